/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Between the lexer's files only: looking at bytes of a padded text, sixteen at a time where SSE2
 * is there (on every x86-64), else one by one. A pointer `p` here has at least 16 readable bytes.
 */
#ifndef RP_RUST_SCAN_H
#define RP_RUST_SCAN_H

#include "rust/token.h"

#if defined(__SSE2__) && !defined(RP_NO_SIMD)
#define RP_SSE2 1
#include <emmintrin.h>
#else
#define RP_SSE2 0
#endif

/* What a byte may begin. */
typedef enum {
    RP_B_BAD,
    RP_B_END, /* NUL: the end, or a stray one */
    RP_B_WHITE,
    RP_B_WORD,
    RP_B_PREFIX, /* b, c, r: a word, or a literal with a prefix */
    RP_B_DIGIT,
    RP_B_QUOTE,
    RP_B_TICK,
    RP_B_SLASH,
    RP_B_OPEN,
    RP_B_CLOSE,
    RP_B_SINGLE, /* an operator that nothing adds to */
    RP_B_OPERATOR,
    RP_B_GT,
    RP_B_HIGH /* not ASCII */
} rp_byte_class;

extern const uint8_t rp_byte_class_of[256];
extern const uint8_t rp_byte_token_of[256]; /* the token that a byte alone is */

static inline bool rp_is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* May the byte be in an identifier; every byte that is not ASCII counts. */
static inline bool rp_is_word_byte(uint8_t c)
{
    uint8_t k = rp_byte_class_of[c];
    return k == RP_B_WORD || k == RP_B_PREFIX || k == RP_B_DIGIT || k == RP_B_HIGH;
}

static inline bool rp_is_word_start(uint8_t c)
{
    return rp_is_word_byte(c) && !rp_is_digit(c);
}

/* How many of the bytes at p are white space (ASCII only), at most 16. */
static inline unsigned rp_white_run(const uint8_t *p)
{
#if RP_SSE2
    __m128i v = _mm_loadu_si128((const void *)p);
    /* 9 to 13: tab, line feed, vertical tab, form feed, carriage return */
    __m128i low = _mm_sub_epi8(v, _mm_set1_epi8(9));
    __m128i lines = _mm_cmpeq_epi8(_mm_subs_epu8(low, _mm_set1_epi8(4)), _mm_setzero_si128());
    __m128i white = _mm_or_si128(lines, _mm_cmpeq_epi8(v, _mm_set1_epi8(' ')));
    return (unsigned)__builtin_ctz(~(unsigned)_mm_movemask_epi8(white) | 0x10000u);
#else
    unsigned n = 0;
    while (n < 16 && rp_byte_class_of[p[n]] == RP_B_WHITE)
        n++;
    return n;
#endif
}

/* How many of the bytes at p belong to an identifier (ASCII only), at most 16. */
static inline unsigned rp_word_run(const uint8_t *p)
{
#if RP_SSE2
    __m128i v = _mm_loadu_si128((const void *)p);
    __m128i zero = _mm_setzero_si128();
    __m128i letter = _mm_sub_epi8(_mm_or_si128(v, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
    __m128i digit = _mm_sub_epi8(v, _mm_set1_epi8('0'));
    letter = _mm_cmpeq_epi8(_mm_subs_epu8(letter, _mm_set1_epi8(25)), zero);
    digit = _mm_cmpeq_epi8(_mm_subs_epu8(digit, _mm_set1_epi8(9)), zero);
    __m128i line = _mm_cmpeq_epi8(v, _mm_set1_epi8('_'));
    unsigned word = (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(letter, digit), line));
    return (unsigned)__builtin_ctz(~word | 0x10000u);
#else
    unsigned n = 0;
    while (n < 16 && p[n] < 0x80 && rp_is_word_byte(p[n]))
        n++;
    return n;
#endif
}

/* The first `a` or `b` from p on, or `end`. */
static inline const uint8_t *rp_find_either(const uint8_t *p, const uint8_t *end, uint8_t a,
                                            uint8_t b)
{
#if RP_SSE2
    __m128i va = _mm_set1_epi8((char)a), vb = _mm_set1_epi8((char)b);
    for (; p < end; p += 16) {
        __m128i v = _mm_loadu_si128((const void *)p);
        __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, va), _mm_cmpeq_epi8(v, vb));
        unsigned mask = (unsigned)_mm_movemask_epi8(hit);
        if (mask != 0) {
            p += __builtin_ctz(mask);
            break;
        }
    }
    return p < end ? p : end;
#else
    while (p < end && *p != a && *p != b)
        p++;
    return p;
#endif
}

/* Length of the white space beyond ASCII at p (Pattern_White_Space), 0 when it is none. */
unsigned rp_white_high(const uint8_t *p);
/* Behind the identifier at p, whose bytes beyond ASCII are taken as they are. */
const uint8_t *rp_scan_word(const uint8_t *p, const uint8_t *end);

/* A literal with what rustc's lexer would say of it. */
typedef struct {
    const uint8_t *end; /* behind it and its suffix; NULL: there is no literal */
    rp_token_kind kind;
    const char *error; /* NULL: none */
} rp_scanned;
rp_scanned rp_scan_number(const uint8_t *p, const uint8_t *end);
/* At a quotation mark. */
rp_scanned rp_scan_string(const uint8_t *p, const uint8_t *end);
/* At an apostrophe: a character or a lifetime. */
rp_scanned rp_scan_tick(const uint8_t *p, const uint8_t *end, rp_edition edition);
/* At b, c or r: a literal with a prefix or a raw identifier, or `end` NULL. */
rp_scanned rp_scan_prefixed(const uint8_t *p, const uint8_t *end, rp_edition edition);
/* Behind the block comment at p with all that is nested in it; NULL when it does not end. */
const uint8_t *rp_scan_block_comment(const uint8_t *p, const uint8_t *end);
/* Behind the line comment at p, before its line end. */
const uint8_t *rp_scan_line_comment(const uint8_t *p, const uint8_t *end);
/* Behind the brace that closes the one at p; NULL when none does, or that is not known. Other
 * delimiters are not looked at. */
const uint8_t *rp_scan_braces(const uint8_t *p, const uint8_t *end, rp_edition edition);

#endif
