/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Lines of a text, for a reader that asks for many of them in any order. */
#ifndef RP_TEXT_LINES_H
#define RP_TEXT_LINES_H

#include "base/arena.h"
#include "base/base.h"
#include "base/error.h"

/* What is known at the beginning of each stretch of the text. */
typedef struct {
    uint64_t start; /* of the line that the stretch begins in */
    uint32_t line;  /* its number, from 1 */
} rp_line_mark;

typedef struct {
    rp_str text;
    const rp_line_mark *marks;
} rp_lines;

/* Borrows `text`; the marks lie in the arena, a sixteenth of the text's size. */
RP_MUST_CHECK bool rp_lines_of(rp_str text, rp_arena *arena, rp_lines *ret);
/* Line and column (both from 1; columns in bytes) of an offset. */
void rp_lines_at(const rp_lines *l, uint64_t offset, uint32_t *ret_line, uint32_t *ret_column);

#endif
