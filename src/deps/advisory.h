/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Advisories in memory, whatever they were read from: RustSec's Markdown with TOML front matter,
 * OSV's JSON (files, folders, a zip), our own index. One that is broken costs that one, or one
 * field of it, and is counted with its place; it never costs the run. */
#ifndef RP_DEPS_ADVISORY_H
#define RP_DEPS_ADVISORY_H

#include "deps/match.h"
#include "text/semver.h"

typedef struct {
    const rp_str *items;
    uint32_t n;
} rp_strs;

/* A function that is affected, in versions that satisfy any of the requirements (Cargo's rule). */
typedef struct {
    rp_str path;  /* "std::fs::remove_dir_all" */
    rp_strs reqs; /* empty: RustSec "[]" never; OSV, which has no versions here: see always */
    bool always;  /* no versions were given, or none could be read */
} rp_advisory_function;

typedef enum { RP_COLLECTION_CRATES, RP_COLLECTION_RUST } rp_advisory_collection;

typedef struct {
    rp_advisory_collection collection; /* RUST: package is std, cargo, rustdoc … */
    rp_advisory_kind kind;
    rp_severity severity;
    uint16_t score;      /* CVSS times ten, UINT16_MAX without */
    bool expect_deleted; /* the crate is gone from crates.io */
    uint32_t database;   /* index in rp_advisory_db.databases */
    rp_str id, package, title, date, withdrawn, url, source, license, vector;
    rp_str informational; /* as written; "" a vulnerability */
    rp_str description;   /* Markdown */
    rp_str file;          /* below the database */
    rp_strs aliases, related, references, categories, keywords, arch, os;
    rp_strs patched, unaffected;   /* requirements as written */
    const rp_semver_range *ranges; /* what is affected */
    uint32_t nranges;
    rp_strs versions; /* OSV: affected beside the ranges, by name */
    const rp_advisory_function *functions;
    uint32_t nfunctions;
} rp_advisory;

typedef struct {
    rp_str file;   /* below the database */
    uint32_t line; /* from 1; 0 unknown */
    rp_str what;   /* one clause */
    bool lost;     /* the whole advisory could not be used */
} rp_advisory_fault;

enum { RP_MAX_ADVISORY_FAULTS = 1000 }; /* kept; all are counted */

typedef struct rp_advisory_lazy rp_advisory_lazy;

typedef struct {
    rp_advisory_lazy *lazy;   /* read as they are asked: items and faults are then empty */
    const rp_advisory *items; /* by collection, package, id */
    uint32_t n;
    const rp_advisory_fault *faults;
    uint32_t nfaults, faults_in_all;
    uint32_t repeated; /* ids that an earlier database had already */
    const rp_dep_database *databases;
    uint32_t ndatabases;
} rp_advisory_db;

/* Reads the databases at the n paths, the earlier ones first in rank. A path is a folder of
 * RustSec's layout, a folder with OSV files somewhere below, a zip of them, one such file, or an
 * index. today: days since 1970, for the age; 0 unknown. Strings live in the arena.
 * RP_E_IO, RP_E_FORMAT: a path holds no database. */
RP_MUST_CHECK rp_code rp_advisory_db_open(const char *const *paths, uint32_t n, uint32_t today,
                                          rp_arena *arena, const rp_advisory_db **ret,
                                          rp_error *err);

/* The same for who asks about some packages only: of an index the head is read, of a folder the
 * names, and the rest as it is asked. Threads may share it; `arena` is not touched after the call.
 * checkouts: where indexes of checkouts of git are kept (deps/db_checkout.h), NULL nowhere. What
 * could not be read is told by rp_advisory_databases, of what was asked. The caller closes it. */
RP_MUST_CHECK rp_code rp_advisory_db_open_lazily(const char *const *paths, uint32_t n,
                                                 const char *checkouts, uint32_t today,
                                                 rp_arena *arena, const rp_advisory_db **ret,
                                                 rp_error *err);
/* Whether an index is asked for the i-th database. */
bool rp_advisory_db_is_indexed(const rp_advisory_db *db, uint32_t i);
/* Does nothing for one that was opened as a whole. */
void rp_advisory_db_close(const rp_advisory_db *db);
/* What is known of the databases now: db->ndatabases of them in the arena, NULL: no memory. */
const rp_dep_database *rp_advisory_databases(const rp_advisory_db *db, rp_arena *arena);

/* The advisories on a package: *ret_n of them from *ret on, valid until the database is closed;
 * *ret is NULL when there are none. Fails only where they are read now. */
RP_MUST_CHECK rp_code rp_advisories_on(const rp_advisory_db *db, rp_advisory_collection collection,
                                       rp_str package, const rp_advisory **ret, uint32_t *ret_n,
                                       rp_error *err);
/* Advisories on a package that rp_advisories_on was asked for and that could not be read. Those of
 * which nobody can tell the package are counted in rp_dep_database.broken instead. */
uint32_t rp_advisories_lost(const rp_advisory_db *db, rp_advisory_collection collection,
                            rp_str package);
bool rp_advisory_affects(const rp_advisory *a, const rp_semver *v, rp_str version);

/* Days since 1970 of "2026-08-21" or a longer text that starts so; 0 when it is none. */
uint32_t rp_advisory_day(rp_str date);

#endif
