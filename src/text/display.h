/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What text that may be hostile does to a terminal: what hides, what moves, how wide it is. */
#ifndef RP_TEXT_DISPLAY_H
#define RP_TEXT_DISPLAY_H

#include "base/utf8.h"

/* Length in bytes of the character at `at` and its code point; 0 when the bytes there are no UTF-8
 * or `at` is at the end. */
static inline size_t rp_utf8_decode(rp_str s, size_t at, uint32_t *ret_char)
{
    return rp_utf8_next(rp_str_sub(s, at, SIZE_MAX), ret_char);
}
bool rp_utf8_valid(rp_str s);

/* May this character mislead a reader or a terminal: controls (C0, DEL, C1), line separators,
 * direction overrides and isolates, zero-width and filler characters, tags, non-characters. */
bool rp_char_hidden(uint32_t c);
/* Columns on a terminal: 0 for combining marks, 2 for East Asian wide characters and emoji, else 1.
 */
unsigned rp_char_width(uint32_t c);
/* Columns of `s`, which holds no escape sequences; a byte that is no UTF-8 counts as one. */
size_t rp_display_width(rp_str s);

#endif
