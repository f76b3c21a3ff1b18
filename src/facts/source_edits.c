/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "facts/source_edits.h"

#include <stdlib.h>
#include <string.h>

/* Bytes that are shown, and looked at: thousands of edits may be on one long line. */
enum { MAX_LINE = 240, MAX_LOOK = 4 * MAX_LINE };

typedef struct {
    rp_arena *arena;
    const rp_rule_edit *const *edits; /* of one line, sorted */
    uint32_t n;
    rp_str text; /* of the file */
    size_t from; /* of the line, without its indentation */
} line_edits;

static int by_place(const void *a, const void *b)
{
    const rp_span *x = &(*(const rp_rule_edit *const *)a)->at,
                  *y = &(*(const rp_rule_edit *const *)b)->at;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end);
}

static size_t end_of_line(rp_str text, size_t at)
{
    size_t most = text.len - at < MAX_LOOK ? text.len - at : MAX_LOOK;
    const char *end = most != 0 ? memchr(text.ptr + at, '\n', most) : NULL;
    return end != NULL ? (size_t)(end - text.ptr) : at + most;
}

/* One line of what is shown: no more than there is room for, blanks at its ends left out, and a
 * mark where more lines follow. */
static rp_str shown(rp_arena *arena, rp_str s)
{
    while (s.len != 0 && strchr(" \t\r\n", s.ptr[0]) != NULL)
        s = rp_str_sub(s, 1, SIZE_MAX);
    while (s.len != 0 && strchr(" \t\r\n", s.ptr[s.len - 1]) != NULL)
        s.len--;
    size_t end = end_of_line(s, 0);
    bool more = end < s.len;
    s = rp_str_sub(s, 0, end < MAX_LINE ? end : MAX_LINE);
    return more ? rp_arena_printf(arena, "%.*s …", RP_FMT(s)) : s;
}

/* The line with all its edits made, as far as there is room. */
static rp_str edited(const line_edits *l, size_t end)
{
    rp_str made = {"", 0};
    size_t at = l->from;
    for (uint32_t i = 0; i < l->n && made.len < MAX_LINE; i++) {
        const rp_rule_edit *e = l->edits[i];
        size_t start = e->at.start > at ? e->at.start : at;
        rp_str kept = rp_str_sub(l->text, at, start - at < MAX_LINE ? start - at : MAX_LINE);
        made =
            rp_arena_printf(l->arena, "%.*s%.*s%.*s", RP_FMT(made), RP_FMT(kept), RP_FMT(e->text));
        at = e->at.end > start ? e->at.end : start;
    }
    rp_str rest = rp_str_sub(l->text, at, end > at && end - at < MAX_LINE ? end - at : 0);
    return rp_arena_printf(l->arena, "%.*s%.*s", RP_FMT(made), RP_FMT(rest));
}

/* Is it a line of its own, put above another one? */
static bool is_new_line(const line_edits *l)
{
    const rp_rule_edit *e = l->edits[0];
    return l->n == 1 && e->at.start == e->at.end && e->text.len > 1 &&
           e->text.ptr[e->text.len - 1] == '\n' &&
           (e->at.start == 0 || l->text.ptr[e->at.start - 1] == '\n');
}

static rp_rust_change change_of(const line_edits *l, size_t end)
{
    if (is_new_line(l))
        return (rp_rust_change){.before = {"", 0}, .after = shown(l->arena, l->edits[0]->text)};
    rp_str before = {l->text.ptr + l->from, end - l->from};
    return (rp_rust_change){.before = shown(l->arena, before),
                            .after = shown(l->arena, edited(l, end))};
}

/* The first byte of the line that `at` is on, as far back as is shown. */
static size_t start_of_line(rp_str text, size_t at)
{
    size_t from = at;
    while (from > 0 && at - from < MAX_LINE && text.ptr[from - 1] != '\n')
        from--;
    return from;
}

/* The edits on the lines of the first of them; *ret_end: where these end. */
static uint32_t on_lines(const rp_rule_edit *const *edits, uint32_t n, rp_str text, size_t *ret_end)
{
    uint32_t k = 0, file = edits[0]->at.file;
    *ret_end = end_of_line(text, edits[0]->at.end);
    for (k = 1; k < n && edits[k]->at.file == file && edits[k]->at.start <= *ret_end; k++)
        if (edits[k]->at.end > *ret_end)
            *ret_end = end_of_line(text, edits[k]->at.end);
    return k;
}

bool rp_source_changes(rp_rust_crate *c, const rp_rule_note *note, rp_arena *arena,
                       rp_rust_note *to)
{
    uint32_t n = note->edits.n;
    const rp_rule_edit **edits = rp_new(arena, n, const rp_rule_edit *);
    rp_rust_change *changes = rp_new(arena, n, rp_rust_change);
    to->changes = changes;
    if (n != 0 && (edits == NULL || changes == NULL))
        return false;
    for (uint32_t i = 0; i < n; i++)
        edits[i] = &note->edits.items[i];
    if (n != 0)
        qsort(edits, n, sizeof *edits, by_place);
    for (uint32_t i = 0, k; i < n; i += k) {
        const rp_span at = edits[i]->at;
        line_edits l = {.arena = arena, .edits = edits + i};
        uint32_t column;
        l.text = c->files.items[at.file]->tokens.text;
        size_t end;
        l.n = k = on_lines(edits + i, n - i, l.text, &end);
        l.from = start_of_line(l.text, at.start);
        rp_rust_change *change = &changes[to->nchanges++];
        *change = change_of(&l, end);
        change->file = c->files.items[at.file]->path;
        rp_rust_place(c, at.file, at.start, &change->line, &column);
        rp_rust_place(c, at.file, (uint32_t)end, &change->last_line, &column);
    }
    return true;
}
