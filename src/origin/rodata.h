/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef RP_ORIGIN_RODATA_H
#define RP_ORIGIN_RODATA_H

#include "obj/image.h"

typedef struct {
    uint64_t off, end; /* file offsets */
} rp_range;

/* The file ranges that hold constants, sorted, no byte twice: read-only data sections, else
 * (section table removed) readable segments that are neither writable nor executable, else the
 * readable and executable ones. False when out of memory. Clips to the file; *ret_clipped says that
 * it had to, or that more may lie where it cannot be read: headers cut short, encryption. */
RP_MUST_CHECK bool rp_rodata_ranges(const rp_image *img, const rp_range **ret, uint32_t *ret_n,
                                    bool *ret_clipped);

#endif
