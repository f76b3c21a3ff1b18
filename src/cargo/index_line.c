/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "cargo/index_line.h"

typedef struct {
    rp_str s;
    size_t at;
} cursor;

static bool next_is(const cursor *c, char what)
{
    return c->at < c->s.len && c->s.ptr[c->at] == what;
}

static void skip_space(cursor *c)
{
    while (next_is(c, ' ') || next_is(c, '\t') || next_is(c, '\n') || next_is(c, '\r'))
        c->at++;
}

static bool take(cursor *c, char what)
{
    skip_space(c);
    bool there = next_is(c, what);
    c->at += there;
    return there;
}

/* Behind the quote that ends the string at the cursor; *ret_escaped: it is written with escapes. */
static bool take_string(cursor *c, rp_str *ret, bool *ret_escaped)
{
    *ret_escaped = false;
    if (!take(c, '"'))
        return false;
    size_t start = c->at;
    while (c->at < c->s.len && c->s.ptr[c->at] != '"') {
        bool escape = c->s.ptr[c->at] == '\\';
        *ret_escaped |= escape;
        c->at += escape ? 2 : 1;
    }
    if (c->at >= c->s.len)
        return false;
    *ret = rp_str_sub(c->s, start, c->at++ - start);
    return true;
}

/* Any value, up to the comma or brace behind it. */
static bool skip_value(cursor *c)
{
    uint32_t open = 0; /* a line has at most 2^20 bytes */
    rp_str ignored;
    bool escaped;
    while (c->at < c->s.len) {
        char b = c->s.ptr[c->at];
        if (open == 0 && (b == ',' || b == '}' || b == ']'))
            return b != ']';
        if (b == '"' && !take_string(c, &ignored, &escaped))
            return false;
        open += b == '[' || b == '{';
        open -= b == ']' || b == '}';
        c->at += b != '"';
    }
    return false;
}

static bool take_plain_string(cursor *c, rp_str *ret)
{
    bool escaped;
    return ret->ptr == NULL && take_string(c, ret, &escaped) && !escaped;
}

static bool take_word(cursor *c, const char *word)
{
    bool there = rp_str_starts(rp_str_sub(c->s, c->at, SIZE_MAX), word);
    c->at += there ? strlen(word) : 0;
    return there;
}

static bool take_truth(cursor *c, bool *ret)
{
    skip_space(c);
    *ret = take_word(c, "true");
    return *ret || take_word(c, "false");
}

static bool take_member(cursor *c, rp_index_line *ret, bool *yanked_seen)
{
    rp_str key;
    bool escaped;
    if (!take_string(c, &key, &escaped) || escaped || !take(c, ':'))
        return false;
    skip_space(c);
    if (rp_str_is(key, "cksum"))
        return take_plain_string(c, &ret->checksum);
    if (rp_str_is(key, "pubtime"))
        return take_plain_string(c, &ret->published);
    if (!rp_str_is(key, "yanked"))
        return skip_value(c);
    bool again = *yanked_seen;
    *yanked_seen = true;
    return !again && take_truth(c, &ret->yanked);
}

bool rp_index_line_glance(rp_str line, rp_index_line *ret)
{
    cursor c = {line, 0};
    bool yanked_seen = false;
    *ret = (rp_index_line){0};
    if (!take(&c, '{'))
        return false;
    do {
        if (!take_member(&c, ret, &yanked_seen))
            return false;
    } while (take(&c, ','));
    if (!take(&c, '}'))
        return false;
    skip_space(&c);
    return c.at == line.len;
}
