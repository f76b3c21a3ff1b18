/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What lock files and manifests say wrong, each at its line.
 *
 * Declared for tools/gen_copy and tools/gen-facts. */
#ifndef RP_CARGO_NOTES_H
#define RP_CARGO_NOTES_H

#include "base/base.h"

typedef enum {
    RP_LOCK_MERGE,             /* v1 and v2 checksums beside each other: Cargo discards all */
    RP_LOCK_DUPLICATE,         /* same name, version and source twice: Cargo refuses the file */
    RP_LOCK_NO_CHECKSUM,       /* registry package without one */
    RP_LOCK_BAD_CHECKSUM,      /* not 64 hexadecimal digits */
    RP_LOCK_NEEDLESS_CHECKSUM, /* a git or path package that has one */
    RP_LOCK_DANGLING,          /* a dependency that no package of the file is */
    RP_LOCK_GIT_UNPINNED,      /* the manifest asks for no revision or tag */
    RP_LOCK_GIT_NO_COMMIT,     /* a git source without its commit */
    RP_LOCK_UNKNOWN_SOURCE,
    RP_LOCK_OTHER_REGISTRY, /* not crates.io */
    RP_LOCK_REPLACED,     /* crates.io is replaced by a mirror or folder in a configuration file */
    RP_LOCK_INSECURE_URL, /* http: or git: without transport security */
    RP_LOCK_WILDCARD,     /* the manifest asks for "*" or nothing at all */
    RP_LOCK_OUTSIDE_PATH, /* path dependency outside of the workspace */
    RP_LOCK_UNUSED_PATCH,
    RP_LOCK_STALE,   /* the manifest asks for what the lock file does not hold */
    RP_LOCK_BROKEN,  /* a package without name or version: Cargo refuses the file */
    RP_LOCK_VERSION, /* a format version that is not known */
    RP_LOCK_ODDITY_COUNT
} rp_lock_oddity;

typedef struct {
    rp_lock_oddity what;
    uint32_t component; /* UINT32_MAX: none */
    rp_str file;
    uint32_t line, column; /* from 1, 0 unknown */
    rp_str text;           /* what stands there: name, version, requirement */
} rp_lock_note;

/* Where a component stands in its lock file. */
typedef struct {
    uint32_t component;
    uint32_t line, column;
} rp_lock_place;

#endif
