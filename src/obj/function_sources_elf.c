/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Functions of ELF files beside symbols and frames: search tables, what ld.so calls. */
#include "obj/elf.h"
#include "obj/elf_const.h"
#include "obj/function_sources.h"

/* What ld.so calls by the dynamic section. */
static bool from_dynamic(rp_fn_builder *b)
{
    static const uint64_t tags[] = {DT_INIT, DT_FINI};
    for (size_t i = 0; i < RP_COUNT(tags); i++) {
        const rp_elf_dyn *d = rp_elf_tag(b->img->elf, tags[i]);
        if (d != NULL && d->value != 0 &&
            !rp_fn_add_start(b, d->value, RP_FN_BY_ENTRY, RP_FN_STARTUP))
            return false;
    }
    return true;
}

bool rp_fn_from_elf(rp_fn_builder *b)
{
    rp_image *img = b->img;
    const uint64_t *starts = NULL;
    uint32_t n = 0;
    rp_elf_function_starts(img, &starts, &n);
    for (uint32_t i = 0; i < n; i++)
        if (!rp_fn_add_start(b, starts[i], RP_FN_BY_STARTS, RP_FN_NORMAL))
            return false;
    return from_dynamic(b) && rp_fn_from_calls(b);
}
