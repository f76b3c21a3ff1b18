/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "facts/source_allow.h"

#include "base/limits.h"

typedef struct {
    rp_rust_crate *c;
    const rp_rust_rule *const *rules;
    rp_arena *arena;
    rp_source_allows *to;
    uint32_t file;
    uint32_t from, behind; /* a run of attributes: its tokens [from, behind) */
    bool refused;
} reading;

static rp_str trimmed(rp_str s)
{
    while (s.len > 0 && strchr(" \t:,-*/", s.ptr[0]) != NULL && s.ptr[0] != 0) {
        s.ptr++;
        s.len--;
    }
    while (s.len > 0 && strchr(" \t\r\n*/", s.ptr[s.len - 1]) != NULL && s.ptr[s.len - 1] != 0)
        s.len--;
    return s;
}

static bool same_name(rp_str text, const char *name)
{
    rp_str b = rp_str_from(name);
    bool same = text.len == b.len;
    for (size_t i = 0; same && i < b.len; i++) /* codes and names are ASCII, in any case */
        same = (text.ptr[i] | 0x20) == (b.ptr[i] | 0x20);
    return same;
}

static bool names_rule(const rp_source_allows *a, uint32_t rule, rp_str text)
{
    const rp_rule_name *n = &a->names[rule];
    return n->code != NULL && (same_name(text, n->code) || same_name(text, n->name));
}

static uint32_t line_of(const reading *r, uint32_t at, uint32_t *ret_column)
{
    uint32_t line = 0;
    rp_rust_place(r->c, r->file, at, &line, ret_column);
    return line;
}

/* The first token from i on that is in no attribute. Each run of attributes is walked once, however
 * many comments are in it. */
static uint32_t behind_attributes(reading *r, uint32_t i)
{
    const rp_tokens *t = &r->c->files.items[r->file]->tokens;
    if (i >= r->from && i < r->behind && t->kind[i] == RP_T_HASH)
        return r->behind;
    r->from = i;
    while (i + 1 < t->n && t->kind[i] == RP_T_HASH) {
        uint32_t open = t->kind[i + 1] == RP_T_NOT ? i + 2 : i + 1;
        if (open >= t->n || t->kind[open] != RP_T_OPEN_BRACKET)
            break;
        i = rp_tokens_after_tree(t, open);
    }
    r->behind = i;
    return i;
}

/* The line that a comment is about: its own behind code, else that of the code below it. */
static uint32_t target_of(reading *r, const rp_comment *comment, uint32_t line)
{
    const rp_tokens *t = &r->c->files.items[r->file]->tokens;
    uint32_t column, before = comment->token;
    if (before > 0 && line_of(r, rp_token_end(t, before - 1), &column) == line)
        return line;
    uint32_t next = behind_attributes(r, comment->token);
    return next < t->n ? line_of(r, t->start[next], &column) : line;
}

static void one_code(reading *r, const rp_rust_allow *common, rp_str code)
{
    if (code.len == 0)
        return;
    bool room = r->to->items.n < RP_MAX_RUST_ALLOWS;
    rp_rust_allow *to = room ? rp_vec_push(r->arena, &r->to->items) : NULL;
    uint32_t *rule = to != NULL ? rp_vec_push(r->arena, &r->to->rules) : NULL;
    if (rule == NULL) {
        r->refused = true;
        r->to->items.n -= to != NULL;
        return;
    }
    *to = *common;
    to->code = code;
    while (*rule < r->to->nnames && !names_rule(r->to, *rule, code))
        ++*rule;
    to->known = *rule < r->to->nnames;
    to->judged =
        to->known && r->rules[*rule] != NULL && !rp_rust_file_unsound(r->c->files.items[r->file]);
}

static void one_comment(reading *r, const rp_comment *comment)
{
    static const rp_str mark = {"rustproof: allow(", 17};
    const rp_rust_file *f = r->c->files.items[r->file];
    rp_str text = {f->tokens.text.ptr + comment->start, comment->end - comment->start};
    size_t at = rp_str_find(text, mark);
    if (at == SIZE_MAX)
        return;
    rp_str rest = {text.ptr + at + mark.len, text.len - at - mark.len};
    size_t end = rp_str_find(rest, RP_STR(")"));
    if (end == SIZE_MAX)
        return;
    rp_rust_allow common = {.file = f->path,
                            .reason = trimmed((rp_str){rest.ptr + end + 1, rest.len - end - 1})};
    common.line = line_of(r, comment->start, &common.column);
    common.target = target_of(r, comment, common.line);
    for (size_t from = 0, i = 0; i <= end; i++)
        if (i == end || rest.ptr[i] == ',') {
            one_code(r, &common, trimmed((rp_str){rest.ptr + from, i - from}));
            from = i + 1;
        }
}

bool rp_source_allows_read(rp_rust_crate *c, const rp_rust_rule *const *rules,
                           const rp_rule_name *names, uint32_t n, rp_arena *arena,
                           rp_source_allows *ret)
{
    *ret = (rp_source_allows){.names = names, .nnames = n};
    reading r = {.c = c, .rules = rules, .arena = arena, .to = ret};
    for (r.file = 0; r.file <= c->files.n; r.file++) {
        uint32_t *first = rp_vec_push(arena, &ret->first);
        if (first == NULL)
            return false;
        *first = ret->items.n;
        r.from = r.behind = 0;
        bool source = r.file < c->files.n && rp_rust_file_is_source(c->files.items[r.file]);
        const rp_tokens *t = source ? &c->files.items[r.file]->tokens : NULL;
        for (uint32_t i = 0; t != NULL && i < t->n_comments; i++)
            one_comment(&r, &t->comments[i]);
    }
    return !r.refused;
}

const rp_rust_allow *rp_source_allow_of(rp_source_allows *a, const rp_rule_note *note)
{
    const rp_rust_allow *found = NULL;
    if (note->at.file + 1 >= a->first.n)
        return NULL;
    uint32_t low = a->first.items[note->at.file], end = a->first.items[note->at.file + 1];
    for (uint32_t high = end; low < high;) {
        uint32_t mid = low + (high - low) / 2;
        if (a->items.items[mid].target < note->line)
            low = mid + 1;
        else
            high = mid;
    }
    for (; low < end && a->items.items[low].target == note->line; low++) {
        rp_rust_allow *allow = &a->items.items[low];
        if (a->rules.items[low] != note->rule)
            continue;
        allow->used = true;
        found = found == NULL && allow->reason.len != 0 ? allow : found;
    }
    return found;
}
