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

/* Settles the order of n advisories and drops what an earlier database has of an id and package;
 * the number that is left. */
uint32_t rp_advisory_settle(rp_advisory *items, uint32_t n);

/* Adds what is at `path`, and says of it what is known. RP_E_FORMAT: no advisory. */
RP_MUST_CHECK rp_code rp_advisory_open_one(rp_advisory_loader *l, const char *path, uint32_t today,
                                           rp_dep_database *ret, rp_error *err);
/* The age of a database whose newest advisory is of db->as_of; its stamp, if any, knows better. */
void rp_advisory_date(rp_dep_database *db, const char *path, uint32_t today, rp_arena *arena);
/* Of items in order those on a package, NULL when there is none. */
const rp_advisory *rp_advisories_among(const rp_advisory *items, uint32_t n,
                                       rp_advisory_collection collection, rp_str package,
                                       uint32_t *ret_n);
/* rp_advisories_on of databases that are read as they are asked. */
RP_MUST_CHECK rp_code rp_advisory_lazy_on(rp_advisory_lazy *lazy, rp_advisory_collection collection,
                                          rp_str package, const rp_advisory **ret, uint32_t *ret_n,
                                          rp_error *err);

/* ---- the index ---- */

/* Where the advisories on a package are in an index. */
typedef struct {
    rp_advisory_collection collection;
    uint32_t n;
    rp_str name;
    uint64_t at, len; /* of their records */
} rp_index_package;

typedef struct {
    uint32_t advisories, nfaults, faults_in_all, lost, npackages;
    uint64_t records, faults_at;      /* where they begin */
    rp_str identity, newest;          /* newest: date of the newest advisory */
    const rp_index_package *packages; /* by collection, name */
    bool whole;                       /* all of this is filled, else only the numbers */
} rp_advisory_index;

/* Puts the index of what was loaded into `out`; identity says of which database. Sorts l->items. */
void rp_advisory_index_put(rp_advisory_loader *l, rp_str identity, rp_buf *out);
/* Adds the advisories of an index. RP_E_FORMAT when it breaks a rule of its format. */
RP_MUST_CHECK rp_code rp_advisory_index_read(rp_advisory_loader *l, rp_bytes bytes,
                                             rp_str *ret_identity, rp_error *err);
/* What the head of an index of `size` bytes says. When `head`, its first bytes, ends before the
 * records begin, ret->whole is false and it takes ret->records bytes. Strings are borrowed. */
RP_MUST_CHECK rp_code rp_advisory_index_head(rp_bytes head, uint64_t size, rp_arena *arena,
                                             rp_advisory_index *ret, rp_error *err);
/* Adds the advisories on a package; records: the p->len bytes at p->at. Strings are borrowed. */
RP_MUST_CHECK rp_code rp_advisory_index_records(rp_advisory_loader *l, const rp_index_package *p,
                                                rp_bytes records, rp_error *err);
bool rp_advisory_is_index(rp_bytes head);
/* <0, 0, >0 by collection, package, id. */
int rp_advisory_cmp(const rp_advisory *a, const rp_advisory *b);

/* ---- what lies at a path ---- */

RP_MUST_CHECK rp_code rp_advisory_load_path(rp_advisory_loader *l, const char *path, rp_error *err);
/* The folder of a package's advisories in RustSec's layout. */
rp_str rp_advisory_package_folder(const char *db, rp_advisory_collection collection, rp_str package,
                                  rp_arena *arena);
/* The advisories on one package of a folder in RustSec's layout; none when it is not there. */
RP_MUST_CHECK rp_code rp_advisory_load_package(rp_advisory_loader *l, const char *db,
                                               rp_advisory_collection collection, rp_str package,
                                               rp_error *err);

#endif
