/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* zip archives (also whl, jar, Android's apk), read by their central directory, in the order in
 * which the members lie. Stored and deflated members; ZIP64. Source: PKWARE's APPNOTE.TXT 6.3.10.
 */
#ifndef RP_INPUT_ZIP_H
#define RP_INPUT_ZIP_H

#include "base/vec.h"
#include "input/members.h"
#include "input/unpack.h"

typedef struct rp_inflater rp_inflater;
typedef struct rp_zip_entry rp_zip_entry;

/* A stretch of the archive, read in one piece: headers and members follow one another. */
typedef struct {
    uint64_t at;
    size_t n;
    uint8_t *bytes;
} rp_zip_view;

typedef struct {
    const rp_source *src;
    rp_unpack_count count; /* told of each byte that was inflated */
    void *user;
    rp_arena arena; /* the entries */
    rp_arena names;
    RP_VEC(rp_zip_entry) entries;
    uint32_t n;    /* of the next one */
    uint64_t free; /* no later member may begin before: members do not share bytes */
    /* of the current one */
    uint64_t pos, packed, left; /* in src; bytes that follow there; bytes of the member to come */
    uint32_t crc, wanted_crc;
    bool deflated, begun;  /* begun: the inflater has this member in hand */
    rp_inflater *inflater; /* made for the first deflated member, for all */
    rp_zip_view members, directory;
} rp_zip;

/* Finds the central directory and reads it. Ends with rp_zip_close, also when it fails. */
RP_MUST_CHECK rp_code rp_zip_open(rp_zip *z, const rp_source *src, rp_unpack_count count,
                                  void *user, rp_error *err);
void rp_zip_close(rp_zip *z);

extern const rp_format_reader rp_zip_reader; /* self: rp_zip */

#endif
