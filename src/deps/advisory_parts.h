/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Between the readers of advisories only. */
#ifndef RP_DEPS_ADVISORY_PARTS_H
#define RP_DEPS_ADVISORY_PARTS_H

#include "base/buf.h"
#include "deps/advisory.h"

enum {
    RP_ADVISORY_BYTES = 4 << 20, /* of one file; RustSec's longest has 10 kB */
    RP_ADVISORY_FILES = 1 << 20, /* of one database */
    RP_ADVISORY_TOTAL = 1 << 30  /* bytes of one database */
};

typedef struct {
    rp_arena *arena;
    RP_VEC(rp_advisory) items;
    RP_VEC(rp_advisory_fault) faults;
    uint32_t faults_in_all, lost, database;
    uint64_t bytes;
    uint32_t files;
    rp_str file; /* the one being read, below the database */
    rp_str text;
    bool no_memory; /* sticky */
} rp_advisory_loader;

/* Notes what is wrong at a byte offset of the file being read (RP_NOWHERE: no line). */
void rp_advisory_fault_at(rp_advisory_loader *l, uint64_t at, bool lost, const char *format, ...)
    RP_PRINTF(4, 5);
rp_advisory *rp_advisory_new(rp_advisory_loader *l);
/* Room for n more, at once: false when out of memory. */
RP_MUST_CHECK bool rp_advisory_room(rp_advisory_loader *l, uint32_t n);
/* Fills severity and score from .vector; false when it is no vector. */
bool rp_advisory_rate(rp_advisory *a);
rp_advisory_kind rp_advisory_kind_of(rp_str id, rp_str informational, const rp_strs *categories);

/* The file being read: l->file, l->text. */
void rp_advisory_read_md(rp_advisory_loader *l, rp_advisory_collection collection, rp_str package);
void rp_advisory_read_osv(rp_advisory_loader *l);

/* ---- the index ---- */

/* Puts the index of what was loaded into `out`; identity says of which database. Sorts l->items. */
void rp_advisory_index_put(rp_advisory_loader *l, rp_str identity, rp_buf *out);
/* Adds the advisories of an index. RP_E_FORMAT when it breaks a rule of its format. */
RP_MUST_CHECK rp_code rp_advisory_index_read(rp_advisory_loader *l, rp_bytes bytes,
                                             rp_str *ret_identity, rp_error *err);
bool rp_advisory_is_index(rp_bytes head);
/* <0, 0, >0 by collection, package, id. */
int rp_advisory_cmp(const rp_advisory *a, const rp_advisory *b);

/* ---- what lies at a path ---- */

RP_MUST_CHECK rp_code rp_advisory_load_path(rp_advisory_loader *l, const char *path, rp_error *err);

#endif
