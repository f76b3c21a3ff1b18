/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* tar archives: the first form, ustar, GNU's and pax. Sources: POSIX.1-2017 "pax", tar(5), the GNU
 * tar manual ("Basic Tar Format", "Storing Sparse Files"). */
#ifndef RP_INPUT_TAR_H
#define RP_INPUT_TAR_H

#include "input/members.h"
#include "input/unpack.h"

typedef struct {
    rp_unpack *from;
    rp_arena names;
    uint64_t left; /* bytes of the current member, with its padding, that were not read */
    uint64_t data; /* of these, bytes of data */
    bool ended;
} rp_tar;

/* Whether a tar archive begins with these bytes (at least 512): its first header's checksum is
 * right, or it has the magic and its name. */
bool rp_tar_identify(rp_bytes head);

extern const rp_format_reader rp_tar_reader; /* self: rp_tar with `from` set */
void rp_tar_free(rp_tar *t);

#endif
