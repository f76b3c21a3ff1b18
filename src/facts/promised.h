/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* How long a file must be for what its headers speak of. */
#ifndef RP_FACTS_PROMISED_H
#define RP_FACTS_PROMISED_H

#include "obj/image.h"

/* End of the segment, section or table of headers that ends last in the file, 0 without any;
 * *ret_at: its header. An end beyond 2^64 counts as UINT64_MAX. */
uint64_t rp_promised_size(const rp_image *img, uint64_t *ret_at);

#endif
