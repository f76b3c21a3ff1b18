/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef RP_ORIGIN_PUNYCODE_H
#define RP_ORIGIN_PUNYCODE_H

#include "base/base.h"

enum { RP_PUNYCODE_MAX = 128 };

/* Decodes an identifier as RFC 3492 does, its basic part and its deltas given apart. Returns the
 * number of code points, 0 when it is malformed or longer than RP_PUNYCODE_MAX. */
size_t rp_punycode_decode(rp_str basic, rp_str deltas, uint32_t ret[RP_PUNYCODE_MAX]);

#endif
