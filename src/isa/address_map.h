/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* An image's segments by address, for many look-ups: sorted, and no address in two of them. */
#ifndef RP_ISA_ADDRESS_MAP_H
#define RP_ISA_ADDRESS_MAP_H

#include "obj/image.h"

typedef struct {
    const rp_segment *items; /* by address, cut where the next begins; size and filesz as cut */
    uint32_t n;
    rp_bytes *bytes; /* of each segment, once it was asked for */
    bool *unread;    /* its bytes could not be had */
} rp_address_map;

/* Into the image's arena. False when memory ran out. */
RP_MUST_CHECK bool rp_address_map_make(rp_image *img, rp_address_map *ret);
/* The segment that holds the address, or NULL. */
const rp_segment *rp_address_map_find(const rp_address_map *map, uint64_t addr);
/* Whether code lies there. */
bool rp_address_map_code(const rp_address_map *map, uint64_t addr);
/* Bytes at an address that the file has, to the end of its segment; false when there are none. */
RP_MUST_CHECK bool rp_address_map_bytes(rp_image *img, rp_address_map *map, uint64_t addr,
                                        rp_bytes *ret);
/* The pointer at an address; false when the file does not have it. */
RP_MUST_CHECK bool rp_address_map_word(rp_image *img, rp_address_map *map, uint64_t addr,
                                       uint64_t *ret);

/* What nobody can write at run time: segments without W that no writable one overlaps, and what the
 * loader protects after start-up (PT_GNU_RELRO). By address. False when memory ran out. */
RP_MUST_CHECK bool rp_read_only_ranges(rp_image *img, const rp_segment **ret, uint32_t *ret_n);

/* Binary search in sorted segments that do not overlap. */
const rp_segment *rp_segments_find(const rp_segment *items, uint32_t n, uint64_t addr);

#endif
