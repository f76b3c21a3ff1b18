/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Thread-local variables of Mach-O: __thread_vars holds a descriptor of three words for each, and
 * __thread_ptrs a pointer for each of another library (mach-o/loader.h, S_THREAD_LOCAL_*). */
#include "base/limits.h"
#include "facts/facts.h"
#include "facts/macho_facts_build.h"
#include "obj/macho.h"
#include "obj/macho_format.h"

static uint64_t width_of(const rp_image *img, const rp_section *s)
{
    uint64_t word = img->bits / 8u;
    switch (RP_S_TYPE(s->flags)) {
    case RP_S_THREAD_LOCAL_VARIABLES:
        return 3 * word;
    case RP_S_THREAD_LOCAL_VARIABLE_POINTERS:
        return word;
    default:
        return 0;
    }
}

static rp_str name_at(const rp_image *img, uint64_t addr)
{
    for (uint32_t i = 0; i < img->nsymbols; i++) {
        const rp_symbol *s = &img->symbols[i];
        if (s->defined && s->kind == RP_SYM_TLS && s->addr == addr)
            return s->name;
    }
    return RP_STR("");
}

static void list_section(const rp_image *img, const rp_section *s, rp_macho_tls *list,
                         rp_macho_facts *f)
{
    uint64_t width = width_of(img, s), n = width == 0 ? 0 : s->filesz / width;
    for (uint64_t i = 0; i < n && f->ntls_variables < RP_MAX_TLS_ACCESSES; i++) {
        rp_macho_tls *to = &list[f->ntls_variables++];
        *to = (rp_macho_tls){.addr = s->addr + i * width,
                             .at = s->offset == RP_NOWHERE ? s->at : s->offset + i * width,
                             .imported = width == img->bits / 8u};
        to->name = name_at(img, to->addr);
    }
}

static uint64_t count(const rp_image *img, uint64_t *ret_at)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < img->nsections; i++) {
        const rp_section *s = &img->sections[i];
        uint64_t width = width_of(img, s);
        if (width == 0 || s->filesz < width)
            continue;
        *ret_at = n == 0 ? s->at : *ret_at;
        n += s->filesz / width;
    }
    return n;
}

bool rp_macho_tls_facts(rp_image *img, uint32_t needs, rp_macho_facts *f)
{
    uint64_t at = RP_NOWHERE, n = count(img, &at);
    f->tls = n != 0                       ? rp_fact_yes(at)
             : img->macho->commands_whole ? rp_fact_no(RP_NOWHERE)
                                          : rp_fact_unknown("the load commands are cut short");
    if (n == 0 || (needs & RP_NEED_SYMBOLS) == 0)
        return true;
    rp_image_symbols(img);
    rp_macho_tls *list = rp_new(img->arena, RP_MAX_TLS_ACCESSES, rp_macho_tls);
    if (list == NULL)
        return false;
    for (uint32_t i = 0; i < img->nsections; i++)
        list_section(img, &img->sections[i], list, f);
    f->tls_variables = list;
    n -= f->ntls_variables;
    f->tls_unlisted = n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
    return true;
}
