/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What origin.c weighs, gathered. */
#ifndef RP_ORIGIN_EVIDENCE_H
#define RP_ORIGIN_EVIDENCE_H

#include "origin/comment.h"
#include "origin/origin.h"
#include "origin/paths.h"
#include "origin/strings.h"

typedef struct {
    rp_image *img;
    const rp_origin_input *in;
    rp_comment comment;
    uint64_t comment_at; /* the section's bytes, RP_NOWHERE */
    rp_strings strings;  /* zeroed when not asked for */
} rp_evidence;

/* .comment as the ELF facts have it. */
void rp_evidence_comment(rp_evidence *e);
/* .comment read from the image's section table, at most RP_COMMENT_MAX bytes. */
enum { RP_COMMENT_MAX = 64 * 1024 };
void rp_comment_of(rp_image *img, rp_comment *ret);

#endif
