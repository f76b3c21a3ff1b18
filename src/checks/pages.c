/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The pages of docs/checks, embedded at build time by tools/gen. */
#include "checks/pages.h"

static const struct {
    const char *code;
    const char *text;
} pages[] = {
#define RP_PAGE(code, text) {code, text},
#include "pages.inc"
#undef RP_PAGE
};

rp_str rp_page(const char *code)
{
    for (size_t i = 0; i < RP_COUNT(pages); i++)
        if (strcmp(pages[i].code, code) == 0)
            return rp_str_from(pages[i].text);
    return (rp_str){NULL, 0};
}
