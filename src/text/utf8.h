/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* UTF-8 (RFC 3629) for text that may be hostile: decoding, and what a character does to a terminal.
 */
#ifndef RP_TEXT_UTF8_H
#define RP_TEXT_UTF8_H

#include "base/base.h"

/* Length in bytes of the character at `at` and its code point; 0 when the bytes there are no UTF-8
 * (overlong forms, surrogates and values past U+10FFFF are none) or `at` is at the end. */
size_t rp_utf8_decode(rp_str s, size_t at, uint32_t *ret_char);
bool rp_utf8_valid(rp_str s);

/* May this character mislead a reader or a terminal: controls (C0, DEL, C1), line separators,
 * direction overrides and isolates, zero-width and filler characters, tags, non-characters. */
bool rp_char_hidden(uint32_t c);
/* Columns on a terminal: 0 for combining marks, 2 for East Asian wide characters and emoji, else 1.
 */
unsigned rp_char_width(uint32_t c);
/* Columns of `s`, which holds no escape sequences; a byte that is no UTF-8 counts as one. */
size_t rp_utf8_width(rp_str s);

#endif
