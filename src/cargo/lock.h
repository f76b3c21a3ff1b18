/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Cargo.lock, formats 1 to 5, with the line of each package.
 *
 * What Cargo refuses (a package twice, a dependency that is no package) is a note here: an audit
 * says more of a broken lock file than that it is broken. Only what is no TOML fails. */
#ifndef RP_CARGO_LOCK_H
#define RP_CARGO_LOCK_H

#include "base/error.h"
#include "base/vec.h"
#include "cargo/notes.h"
#include "cargo/source.h"

#define RP_NO_PACKAGE UINT32_MAX

typedef struct {
    rp_str name, version;
    rp_str source_text; /* as written, "" none: workspace member or path dependency */
    rp_crate_source source;
    rp_str checksum;      /* as written, "" none; of format 1 from [metadata] */
    uint32_t replaced;    /* the package that stands in for this one ([replace]), RP_NO_PACKAGE */
    bool root;            /* [root] of the oldest files */
    uint64_t at;          /* offset of its header */
    uint32_t line;        /* of its header, from 1 */
    const uint32_t *deps; /* packages it asks for; what could not be resolved is a note */
    uint32_t ndeps;
    const uint32_t *deps_by_name; /* the same with [replace] followed, by name, as many */
} rp_lock_package;

typedef struct {
    uint32_t version;                /* 1 … 5; 2 and 1 are told apart by where checksums stand */
    const rp_lock_package *packages; /* in the order of the file; [root] first */
    uint32_t npackages;
    const rp_lock_note *notes; /* by line; .component is an index of packages, .file is "" */
    uint32_t nnotes;
} rp_lock;

/* Borrows from `text`. RP_E_FORMAT: no TOML, with the line in the text and the offset; a file
 * without any package is one. */
RP_MUST_CHECK rp_code rp_lock_parse(rp_str text, rp_arena *arena, const rp_lock **ret,
                                    rp_error *err);

/* First package of that name and version ("" any), RP_NO_PACKAGE. */
uint32_t rp_lock_find(const rp_lock *lock, rp_str name, rp_str version);

#endif
