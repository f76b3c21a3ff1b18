/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef RP_BASE_UTF8_H
#define RP_BASE_UTF8_H

#include "base/buf.h"

/* Decodes the code point at the start of s (RFC 3629: no overlong forms, no surrogates, at most
 * U+10FFFF). Returns its length in bytes, 0 when s does not start with a valid one. */
size_t rp_utf8_next(rp_str s, uint32_t *ret);
/* How many bytes at the start of s are ASCII and not NUL; eight are looked at in a step, so it may
 * stop up to seven early. */
size_t rp_ascii_run(rp_str s);
/* Appends a code point; false for what is none. */
bool rp_utf8_put(rp_buf *out, uint32_t code_point);

#endif
