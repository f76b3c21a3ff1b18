/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "origin/evidence.h"

void rp_evidence_comment(rp_evidence *e)
{
    if (e->in->elf == NULL)
        return;
    for (uint32_t i = 0; i < e->in->elf->ncomments; i++)
        rp_comment_add(&e->comment, e->in->elf->comments[i]);
    e->comment_at = e->in->elf->comment.at;
}

void rp_comment_of(rp_image *img, rp_comment *ret)
{
    const rp_section *s = rp_image_section(img, ".comment");
    rp_bytes b;
    if (img->format != RP_FORMAT_ELF || s == NULL || s->filesz == 0 ||
        !rp_source_upto(img->src, s->offset,
                        s->filesz < RP_COMMENT_MAX ? s->filesz : RP_COMMENT_MAX, &b))
        return;
    size_t from = 0;
    for (size_t i = 0; i < b.len; i++) {
        if (b.ptr[i] != 0)
            continue;
        rp_comment_add(ret, (rp_str){(const char *)b.ptr + from, i - from});
        from = i + 1;
    }
}
