/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "text/lines.h"

enum { STRETCH = 256 };

static void pass(rp_line_mark *m, rp_str text, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (text.ptr[i] != '\n')
            continue;
        m->line++;
        m->start = i + 1;
    }
}

bool rp_lines_of(rp_str text, rp_arena *arena, rp_lines *ret)
{
    size_t n = text.len / STRETCH + 1;
    rp_line_mark *marks = rp_new(arena, n, rp_line_mark), at = {0, 1};
    if (marks == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        marks[i] = at;
        pass(&at, text, i * STRETCH, i + 1 < n ? (i + 1) * STRETCH : text.len);
    }
    *ret = (rp_lines){text, marks};
    return true;
}

void rp_lines_at(const rp_lines *l, uint64_t offset, uint32_t *ret_line, uint32_t *ret_column)
{
    size_t end = offset < l->text.len ? (size_t)offset : l->text.len;
    rp_line_mark at = l->marks[end / STRETCH];
    pass(&at, l->text, end / STRETCH * STRETCH, end);
    *ret_line = at.line;
    *ret_column = (uint32_t)(end - at.start + 1);
}
