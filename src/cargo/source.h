/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Where a crate's sources come from.
 *
 * Declared for tools/gen_copy and tools/gen-facts. */
#ifndef RP_CARGO_SOURCE_H
#define RP_CARGO_SOURCE_H

#include "base/arena.h"

enum {                             /* ORed; 0: unknown */
       RP_DEP_NORMAL = 1 << 0,     /* linked into the program */
       RP_DEP_BUILD = 1 << 1,      /* of a build script, or of a proc-macro: runs on the builder */
       RP_DEP_DEV = 1 << 2,        /* tests, examples, benches of members */
       RP_DEP_PROC_MACRO = 1 << 3, /* is one itself */
       RP_DEP_OFF = 1 << 4 /* of an edge, alone: a feature is off, or it is for another target */
};

typedef enum {
    RP_FROM_UNKNOWN,
    RP_FROM_REGISTRY, /* .crates_io tells crates.io from others */
    RP_FROM_GIT,
    RP_FROM_PATH, /* local: a workspace member or a path dependency */
    RP_FROM_STD   /* the standard library or what it brings along */
} rp_crate_source_kind;

/* Where a crate's sources come from. */
typedef struct {
    rp_crate_source_kind kind;
    rp_str url; /* registry index or repository without "registry+", "git+", query and fragment;
                   "sparse+" stays: Cargo takes it for a part of the URL; "" unknown */
    rp_str reference; /* git: "branch=x", "tag=x", "rev=x"; "" for the default branch */
    rp_str revision;  /* git: the commit; 40 hex digits, or fewer when a path tells no more */
    rp_str path;      /* RP_FROM_PATH: folder, when known */
    rp_tri crates_io; /* the registry is crates.io; advisories are about its crates */
} rp_crate_source;

/* "registry+https://…", "git+https://…?tag=v1#abc…", "sparse+https://…" as lock files and package
 * ids write it; "" is a path. What it cannot be is RP_FROM_UNKNOWN with url = text. Borrowed from
 * `text`; `decode`: the query is percent-encoded (version 4 and later), needs `arena`. */
RP_MUST_CHECK bool rp_crate_source_parse(rp_str text, bool decode, rp_arena *arena,
                                         rp_crate_source *ret);
bool rp_crate_source_eq(const rp_crate_source *a, const rp_crate_source *b);

#endif
