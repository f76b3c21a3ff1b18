/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What rp_lex_bare promises, held against rp_lex. */
#ifndef RP_TEST_RUST_BARE_H
#define RP_TEST_RUST_BARE_H

#include "rust/token.h"

/* Are the bare tokens those of the whole text, but for what stands between braces? The text has no
 * errors. left[i], where `left` is not NULL: something is left out behind token i of the whole. */
static inline bool rust_bare_is_of(const rp_tokens *bare, const rp_tokens *whole, bool *left)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < bare->n; i++) {
        if (at >= whole->n || bare->kind[i] != whole->kind[at] ||
            bare->start[i] != whole->start[at])
            return false;
        bool out =
            bare->kind[i] == RP_T_OPEN_BRACE && bare->mate[i] == i + 1 && whole->mate[at] != at + 1;
        if (out && left != NULL)
            left[at] = true;
        at = out ? whole->mate[at] : at + 1;
    }
    return at == whole->n;
}

#endif
