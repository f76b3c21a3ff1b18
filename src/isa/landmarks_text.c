/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Texts of panics among the constants: they survive strip. */
#include "isa/landmarks_parts.h"

/* core::ub_checks: the text that all unsafe precondition checks begin with. */
#define PRECONDITION RP_STR("unsafe precondition(s) violated")

static bool on_piece(void *user, rp_bytes piece, uint64_t at)
{
    rp_lm_builder *b = user;
    (void)at;
    b->preconditions = rp_bytes_find(piece, PRECONDITION) != SIZE_MAX;
    return !b->preconditions;
}

void rp_lm_find_texts(rp_lm_builder *b)
{
    for (uint32_t i = 0; i < b->map.n && !b->preconditions; i++) {
        const rp_segment *s = &b->map.items[i];
        if ((s->perm & (RP_W | RP_X)) != 0 || s->filesz == 0 || s->offset == RP_NOWHERE)
            continue;
        if (!rp_lm_spend(b, s->filesz))
            return;
        if (!rp_source_scan(b->img->src, s->offset, s->filesz, PRECONDITION.len - 1, on_piece, b))
            b->cut_short = true;
    }
}
