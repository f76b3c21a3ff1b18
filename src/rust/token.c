/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/token.h"

#include "base/search.h"
#include "rust/scan.h"

static const struct {
    uint8_t len; /* of an operator or delimiter; 0: it varies */
    const char *text;
} spellings[] = {
#define X(name, text) {RP_T_##name >= RP_T_OPEN_PAREN ? sizeof text - 1 : 0, text},
    RP_TOKENS(X)
#undef X
};

const char *rp_token_name(rp_token_kind kind)
{
    return kind < RP_T_COUNT ? spellings[kind].text : "?";
}

bool rp_edition_parse(rp_str text, rp_edition *ret)
{
    static const char *const names[] = {"2015", "2018", "2021", "2024"};
    for (unsigned i = 0; i < RP_COUNT(names); i++)
        if (rp_str_is(text, names[i])) {
            *ret = (rp_edition)i;
            return true;
        }
    return false;
}

static const uint8_t *documentation_end(const uint8_t *p, const uint8_t *end)
{
    if (p[1] == '/')
        return rp_scan_line_comment(p, end);
    const uint8_t *q = rp_scan_block_comment(p, end);
    return q != NULL ? q : end;
}

static const uint8_t *literal_end(const uint8_t *p, const uint8_t *end, rp_edition edition)
{
    rp_scanned s;
    if (rp_is_digit(*p))
        s = rp_scan_number(p, end);
    else if (*p == '"')
        s = rp_scan_string(p, end);
    else if (*p == '\'')
        s = rp_scan_tick(p, end, edition);
    else
        s = rp_scan_prefixed(p, end, edition);
    return s.end != NULL ? s.end : p;
}

uint32_t rp_token_end(const rp_tokens *t, uint32_t i)
{
    uint32_t at = t->start[i];
    uint8_t kind = t->kind[i];
    if (kind == RP_T_EOF || kind == RP_T_OPEN_NONE || kind == RP_T_CLOSE_NONE)
        return at;
    if (spellings[kind].len != 0)
        return at + spellings[kind].len;
    const uint8_t *base = (const uint8_t *)t->text.ptr, *p = base + at, *end = base + t->text.len;
    if (kind == RP_T_ERROR)
        return at + 1;
    if (kind == RP_T_DOC_OUTER || kind == RP_T_DOC_INNER)
        return (uint32_t)(documentation_end(p, end) - base);
    if (kind == RP_T_RAW_IDENT)
        return (uint32_t)(rp_scan_word(p + 2, end) - base);
    if (kind <= RP_T_UNDERSCORE)
        return (uint32_t)(rp_scan_word(p, end) - base);
    return (uint32_t)(literal_end(p, end, t->edition) - base);
}

rp_str rp_token_text(const rp_tokens *t, uint32_t i)
{
    uint32_t start = t->start[i];
    return (rp_str){t->text.ptr + start, rp_token_end(t, i) - start};
}

rp_str rp_token_word(const rp_tokens *t, uint32_t i)
{
    rp_str s = rp_token_text(t, i);
    if (t->kind[i] == RP_T_LIFETIME)
        s = rp_str_sub(s, 1, SIZE_MAX);
    if (s.len > 2 && s.ptr[0] == 'r' && s.ptr[1] == '#')
        s = rp_str_sub(s, 2, SIZE_MAX);
    return s;
}

uint32_t rp_tokens_glued(const rp_tokens *t, uint32_t i)
{
    uint32_t n = 1;
    if (t->kind[i] != RP_T_GT)
        return 1;
    if (t->kind[i + n] == RP_T_GT && t->start[i + n] == t->start[i] + n)
        n++;
    if (t->kind[i + n] == RP_T_EQ && t->start[i + n] == t->start[i] + n)
        n++;
    return n;
}

uint32_t rp_tokens_after_tree(const rp_tokens *t, uint32_t i)
{
    if (i >= t->n)
        return t->n;
    if (rp_is_open(t->kind[i]))
        return t->mate[i] == RP_NO_MATE ? t->n : t->mate[i] + 1;
    return i + rp_tokens_glued(t, i);
}

uint32_t rp_token_at(const rp_tokens *t, uint32_t at)
{
    uint32_t low; /* behind the last token that starts at or before `at` */
    RP_SEARCH(low, t->n, t->start[low] <= at);
    return low > 0 && rp_token_end(t, low - 1) > at ? low - 1 : low;
}

uint32_t rp_comments_before(const rp_tokens *t, uint32_t i, uint32_t *ret)
{
    uint32_t low, n = 0;
    RP_SEARCH(low, t->n_comments, t->comments[low].token < i);
    *ret = low;
    while (low + n < t->n_comments && t->comments[low + n].token == i)
        n++;
    return n;
}

static uint32_t characters(rp_str text, uint32_t from, uint32_t to)
{
    uint32_t n = 0;
    for (uint32_t i = from; i < to; i++)
        n += ((uint8_t)text.ptr[i] & 0xc0) != 0x80;
    return n;
}

/* All places of one long line would otherwise be counted from its start. */
static bool count_characters(rp_arena *arena, rp_lines *lines)
{
    uint32_t longest = 0, len = (uint32_t)lines->text.len;
    for (uint32_t i = 0; i < lines->n; i++) {
        uint32_t end = i + 1 < lines->n ? lines->start[i + 1] : len;
        longest = end - lines->start[i] > longest ? end - lines->start[i] : longest;
    }
    if (longest <= 4 * RP_LINES_STEP)
        return true;
    uint32_t *chars = rp_new(arena, len / RP_LINES_STEP + 1, uint32_t);
    if (chars == NULL)
        return false;
    for (uint32_t at = RP_LINES_STEP, k = 1; at <= len; at += RP_LINES_STEP, k++)
        chars[k] = chars[k - 1] + characters(lines->text, at - RP_LINES_STEP, at);
    lines->chars = chars;
    return true;
}

rp_code rp_lines_make(rp_str text, rp_arena *arena, rp_lines *ret, rp_error *err)
{
    uint32_t n = 1;
    const char *end = text.ptr + text.len;
    for (const char *p = text.ptr; text.len != 0 && (p = memchr(p, '\n', (size_t)(end - p))); p++)
        n++;
    uint32_t *start = rp_new(arena, n, uint32_t);
    if (start == NULL)
        return rp_fail_memory(err);
    n = 1;
    for (const char *p = text.ptr; text.len != 0 && (p = memchr(p, '\n', (size_t)(end - p))); p++)
        start[n++] = (uint32_t)(p + 1 - text.ptr);
    rp_lines lines = {.text = text, .start = start, .n = n};
    if (!count_characters(arena, &lines))
        return rp_fail_memory(err);
    *ret = lines;
    return RP_OK;
}

uint32_t rp_lines_line(const rp_lines *lines, uint32_t at)
{
    uint32_t low;
    RP_SEARCH(low, lines->n, lines->start[low] <= at);
    return low > 1 ? low : 1;
}

uint32_t rp_lines_column(const rp_lines *lines, uint32_t at)
{
    return at - lines->start[rp_lines_line(lines, at) - 1] + 1;
}

static uint32_t characters_before(const rp_lines *lines, uint32_t at)
{
    uint32_t k = at / RP_LINES_STEP;
    return lines->chars[k] + characters(lines->text, k * RP_LINES_STEP, at);
}

uint32_t rp_lines_column_chars(const rp_lines *lines, uint32_t at)
{
    uint32_t start = lines->start[rp_lines_line(lines, at) - 1];
    if (lines->chars == NULL || at > lines->text.len)
        return 1 + characters(lines->text, start, at);
    return 1 + characters_before(lines, at) - characters_before(lines, start);
}
