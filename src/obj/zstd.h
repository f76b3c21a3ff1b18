/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* zstd's frames by libzstd, which is loaded when the first comes: few debug sections are packed so.
 */
#ifndef RP_OBJ_ZSTD_H
#define RP_OBJ_ZSTD_H

#include "base/base.h"

/* False: not exactly `size` bytes come out, or there is no libzstd. */
RP_MUST_CHECK bool rp_zstd_unpack(rp_bytes packed, uint8_t *to, size_t size);

#endif
