/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The v0 scheme, RFC 2603. `inner` is what follows "_R". */
#ifndef RP_ORIGIN_DEMANGLE_V0_H
#define RP_ORIGIN_DEMANGLE_V0_H

#include "origin/demangle.h"

/* Fills *info when `inner` is a whole valid name (a ".suffix" may follow). */
bool rp_v0_parse(rp_str inner, rp_mangled *info);
/* Appends the readable form; false, and nothing appended, when `inner` is no valid name. */
bool rp_v0_print(rp_str inner, bool with_hashes, rp_buf *out);

#endif
