/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/scan.h"

unsigned rp_white_high(const uint8_t *p)
{
    if (p[0] == 0xc2 && p[1] == 0x85) /* U+0085 next line */
        return 2;
    /* U+200E, U+200F marks of direction, U+2028, U+2029 separators */
    if (p[0] == 0xe2 && p[1] == 0x80 &&
        (p[2] == 0x8e || p[2] == 0x8f || p[2] == 0xa8 || p[2] == 0xa9))
        return 3;
    return 0;
}

const uint8_t *rp_scan_word(const uint8_t *p, const uint8_t *end)
{
    while (p < end) {
        unsigned run = rp_word_run(p);
        p += run;
        if (run == 16)
            continue;
        if (*p < 0x80 || rp_white_high(p) != 0)
            break;
        while (*p >= 0x80 && rp_white_high(p) == 0)
            p++;
    }
    return p < end ? p : end;
}

const uint8_t *rp_scan_line_comment(const uint8_t *p, const uint8_t *end)
{
    const uint8_t *line = memchr(p, '\n', (size_t)(end - p));
    if (line == NULL)
        return end;
    return line[-1] == '\r' ? line - 1 : line;
}

const uint8_t *rp_scan_block_comment(const uint8_t *p, const uint8_t *end)
{
    uint32_t depth = 1;
    p += 2;
    while (depth != 0) {
        p = rp_find_either(p, end, '*', '/');
        if (p == end)
            return NULL;
        bool closes = p[0] == '*' && p[1] == '/';
        bool opens = p[0] == '/' && p[1] == '*';
        depth += opens;
        depth -= closes;
        p += opens || closes ? 2 : 1;
    }
    return p;
}

/* The suffix of a literal, as in 1u8. */
static const uint8_t *suffix(const uint8_t *p, const uint8_t *end)
{
    return p < end && rp_is_word_start(*p) ? rp_scan_word(p, end) : p;
}

static const uint8_t *digits(const uint8_t *p)
{
    while (rp_is_digit(*p) || *p == '_')
        p++;
    return p;
}

/* Reference, "Floating-point literals": e, a sign, then at least one digit among underscores; else
 * the e begins a suffix. */
static const uint8_t *exponent(const uint8_t *p)
{
    if ((*p | 0x20) != 'e')
        return NULL;
    const uint8_t *q = p + 1;
    bool sign = *q == '+' || *q == '-';
    q += sign;
    while (*q == '_')
        q++;
    if (!rp_is_digit(*q))
        return NULL;
    return digits(q);
}

static rp_scanned based_number(const uint8_t *p, const uint8_t *end)
{
    bool hex = p[1] == 'x', any = false;
    p += 2;
    for (;; p++) {
        bool letter = hex && (*p | 0x20) >= 'a' && (*p | 0x20) <= 'f';
        if (!rp_is_digit(*p) && *p != '_' && !letter)
            break;
        any = any || *p != '_';
    }
    return (rp_scanned){suffix(p, end), RP_T_INT, any ? NULL : "no digits in this number"};
}

rp_scanned rp_scan_number(const uint8_t *p, const uint8_t *end)
{
    if (p[0] == '0' && (p[1] == 'x' || p[1] == 'o' || p[1] == 'b'))
        return based_number(p, end);
    rp_token_kind kind = RP_T_INT;
    p = digits(p);
    /* `1..2` is a range, `1.max(2)` a call */
    if (*p == '.' && p[1] != '.' && !rp_is_word_start(p[1])) {
        kind = RP_T_FLOAT;
        p = digits(p + 1);
        if (p[-1] == '.')
            return (rp_scanned){p, kind, NULL};
    }
    const uint8_t *e = exponent(p);
    if (e != NULL) {
        kind = RP_T_FLOAT;
        p = e;
    }
    return (rp_scanned){suffix(p, end), kind, NULL};
}

rp_scanned rp_scan_string(const uint8_t *p, const uint8_t *end)
{
    p++;
    for (;;) {
        p = rp_find_either(p, end, '"', '\\');
        if (p == end)
            return (rp_scanned){end, RP_T_STR, "this string does not end"};
        if (*p == '"')
            return (rp_scanned){suffix(p + 1, end), RP_T_STR, NULL};
        p = end - p > 2 ? p + 2 : end;
    }
}

/* r, hashes, then a quotation mark: `p` is behind the r. */
static rp_scanned raw_string(const uint8_t *p, const uint8_t *end)
{
    size_t hashes = 0, seen;
    while (p[hashes] == '#')
        hashes++;
    if (p[hashes] != '"')
        return (rp_scanned){NULL, RP_T_ERROR, NULL};
    const char *error = hashes > 255 ? "more than 255 # around a raw string" : NULL;
    p += hashes + 1;
    do {
        p = memchr(p, '"', (size_t)(end - p));
        if (p == NULL)
            return (rp_scanned){end, RP_T_RAW_STR, "this raw string does not end"};
        p++;
        for (seen = 0; seen < hashes && p[seen] == '#'; seen++)
            ;
        p += seen;
    } while (seen < hashes);
    return (rp_scanned){suffix(p, end), RP_T_RAW_STR, error};
}

/* Behind the character that an apostrophe at p[-1] is followed by; at least one byte. */
static const uint8_t *one_char(const uint8_t *p, const uint8_t *end)
{
    p++;
    if (p[-1] >= 0xc0)
        while (p < end && (*p & 0xc0) == 0x80)
            p++;
    return p;
}

static rp_scanned bad_char(const uint8_t *tick, const uint8_t *end)
{
    const uint8_t *p = tick + 1;
    while (p < end && *p != '\n' && *p != '\'')
        p += *p == '\\' && end - p > 1 ? 2 : 1;
    if (p < end && *p == '\'')
        return (rp_scanned){suffix(p + 1, end), RP_T_CHAR, "not one character between the quotes"};
    return (rp_scanned){tick + 1, RP_T_ERROR, "this character literal does not end"};
}

static rp_scanned character(const uint8_t *tick, const uint8_t *end)
{
    const uint8_t *p = tick + 1;
    if (p >= end || *p == '\n' || *p == '\'')
        return bad_char(tick, end);
    if (*p == '\\') {
        p += 2;
        while (p < end && *p != '\'' && *p != '\n')
            p++;
    } else {
        p = one_char(p, end);
    }
    if (p < end && *p == '\'')
        return (rp_scanned){suffix(p + 1, end), RP_T_CHAR, NULL};
    return bad_char(tick, end);
}

rp_scanned rp_scan_tick(const uint8_t *p, const uint8_t *end, rp_edition edition)
{
    const uint8_t *next = p + 1;
    if (next >= end || !rp_is_word_byte(*next))
        return character(p, end);
    const uint8_t *behind = one_char(next, end);
    if (behind < end && *behind == '\'')
        return (rp_scanned){suffix(behind + 1, end), RP_T_CHAR, NULL};
    if (next[0] == 'r' && next[1] == '#' && rp_is_word_start(next[2]) && edition >= RP_EDITION_2021)
        return (rp_scanned){rp_scan_word(next + 2, end), RP_T_LIFETIME, NULL};
    const uint8_t *word = rp_scan_word(next, end);
    if (word < end && *word == '\'')
        return bad_char(p, end);
    const char *error = rp_is_digit(*next) ? "a lifetime cannot begin with a digit" : NULL;
    return (rp_scanned){word, RP_T_LIFETIME, error};
}

static rp_scanned as_kind(rp_scanned s, rp_token_kind kind)
{
    if (s.end != NULL && s.kind != RP_T_ERROR)
        s.kind = kind;
    return s;
}

rp_scanned rp_scan_prefixed(const uint8_t *p, const uint8_t *end, rp_edition edition)
{
    static const rp_scanned none = {NULL, RP_T_ERROR, NULL};
    if (p[0] == 'r') {
        if (p[1] == '#' && rp_is_word_start(p[2]))
            return (rp_scanned){rp_scan_word(p + 2, end), RP_T_RAW_IDENT, NULL};
        return p[1] == '"' || p[1] == '#' ? raw_string(p + 1, end) : none;
    }
    if (p[0] == 'c' && edition < RP_EDITION_2021)
        return none;
    if (p[1] == '"')
        return as_kind(rp_scan_string(p + 1, end), p[0] == 'b' ? RP_T_BYTE_STR : RP_T_C_STR);
    if (p[1] == 'r' && (p[2] == '"' || p[2] == '#'))
        return as_kind(raw_string(p + 2, end), p[0] == 'b' ? RP_T_RAW_BYTE_STR : RP_T_RAW_C_STR);
    if (p[0] == 'b' && p[1] == '\'') { /* always a byte: b'a is no word before a lifetime */
        rp_scanned s = as_kind(character(p + 1, end), RP_T_BYTE);
        if (s.kind == RP_T_ERROR) /* which is one byte */
            s.end = p + 1;
        return s;
    }
    return none;
}

/* The first byte from p on that rp_scan_braces has to look at, or `end`. */
static const uint8_t *find_mark(const uint8_t *p, const uint8_t *end)
{
#if RP_SSE2
    const __m128i open = _mm_set1_epi8('{'), close = _mm_set1_epi8('}'), quote = _mm_set1_epi8('"');
    const __m128i tick = _mm_set1_epi8('\''), slash = _mm_set1_epi8('/');
    for (; p < end; p += 16) {
        __m128i v = _mm_loadu_si128((const void *)p);
        __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, open), _mm_cmpeq_epi8(v, close));
        hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, quote));
        hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, tick));
        hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, slash));
        unsigned mask = (unsigned)_mm_movemask_epi8(hit);
        if (mask != 0) {
            p += __builtin_ctz(mask);
            break;
        }
    }
    return p < end ? p : end;
#else
    while (p < end && *p != '{' && *p != '}' && *p != '"' && *p != '\'' && *p != '/')
        p++;
    return p;
#endif
}

/* Behind the string whose quotation mark is at p; its prefix and hashes begin at `from` or later.
 * NULL: that is not known. */
static const uint8_t *behind_string(const uint8_t *from, const uint8_t *p, const uint8_t *end,
                                    rp_edition edition)
{
    const uint8_t *q = p;
    while (q > from && q[-1] == '#')
        q--;
    if (q == from || q[-1] != 'r')
        return rp_scan_string(p, end).end;
    q--;
    q -= q > from && (q[-1] == 'b' || q[-1] == 'c');
    if (q > from && q[-1] >= 0x80) /* white space, or a letter */
        return NULL;
    rp_scanned raw = {NULL, RP_T_ERROR, NULL};
    if (q == from || !rp_is_word_byte(q[-1]))
        raw = rp_scan_prefixed(q, end, edition);
    return raw.end != NULL ? raw.end : rp_scan_string(p, end).end;
}

/* Behind the slash at p, or the comment; NULL when it does not end. */
static const uint8_t *behind_slash(const uint8_t *p, const uint8_t *end)
{
    if (p[1] == '/')
        return rp_scan_line_comment(p, end);
    return p[1] == '*' ? rp_scan_block_comment(p, end) : p + 1;
}

const uint8_t *rp_scan_braces(const uint8_t *p, const uint8_t *end, rp_edition edition)
{
    size_t open = 0;
    for (const uint8_t *from = p; p != NULL && (p = find_mark(p, end)) < end; from = p) {
        switch (*p) {
        case '{':
            open++;
            p++;
            break;
        case '}':
            p++;
            if (--open == 0)
                return p;
            break;
        case '"':
            p = behind_string(from, p, end, edition);
            break;
        case '/':
            p = behind_slash(p, end);
            break;
        default:
            p = rp_scan_tick(p, end, edition).end;
            break;
        }
    }
    return NULL;
}
