/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* ar archives, streamed: GNU (with long names, /SYM64/ and thin), BSD (#1/), COFF libraries, Debian
 * packages. Sources: ar(5) of FreeBSD, binutils' include/aout/ar.h, Microsoft "PE Format" (archive
 * files), deb(5). */
#ifndef RP_INPUT_AR_H
#define RP_INPUT_AR_H

#include "base/error.h"
#include "base/source.h"

bool rp_ar_identify(rp_bytes head);

typedef struct {
    const rp_source *src;
    uint64_t pos; /* of the next header */
    bool thin;    /* members are files beside the archive */
    rp_str names; /* the "//" member, empty until it is met */
    rp_arena *arena;
} rp_ar;

typedef struct {
    rp_str name;     /* in the archive's arena when long, else in short_name */
    uint64_t at;     /* of its header: evidence */
    uint64_t offset; /* of its bytes; meaningless when outside */
    uint64_t size;
    bool index;   /* symbol table or table of names: not a member that anybody put there */
    bool outside; /* thin: the bytes are in the file `name`, relative to the archive's folder */
    char short_name[17];
} rp_ar_member;

/* False when it is no ar archive. The names' table goes to `arena`. */
RP_MUST_CHECK bool rp_ar_open(const rp_source *src, rp_arena *arena, rp_ar *ret);
/* The next member; *ret_end at the end of the archive, with *ret untouched. A damaged header fails,
 * and nothing behind it can be found. */
RP_MUST_CHECK rp_code rp_ar_next(rp_ar *ar, rp_ar_member *ret, bool *ret_end, rp_error *err);

#endif
