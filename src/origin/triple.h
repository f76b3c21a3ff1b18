/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef RP_ORIGIN_TRIPLE_H
#define RP_ORIGIN_TRIPLE_H

#include "origin/origin.h"

/* The target triple that the headers speak of, "" when they do not tell; false when out of memory.
 */
RP_MUST_CHECK bool rp_triple_guess(const rp_image *img, const rp_origin_input *in, rp_str *ret,
                                   rp_confidence *ret_by);

#endif
