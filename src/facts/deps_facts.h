/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What is known of the dependencies of a project, a lock file or an artefact: inventory,
 * advisories, what the lock file itself says wrong, and whether the sources on disk are those it
 * promised. */
#ifndef RP_FACTS_DEPS_FACTS_H
#define RP_FACTS_DEPS_FACTS_H

#include "deps/match.h"
#include "facts/fact.h"

/* Oddities of a lock file or manifest, each at its line. */
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

/* What is wrong with sources on disk. */
typedef enum {
    RP_SOURCE_CRATE_MISMATCH, /* the cached .crate is not the one that the lock promises */
    RP_SOURCE_TREE_CHANGED,   /* a file differs from the .crate or from its recorded hash */
    RP_SOURCE_TREE_EXTRA,     /* a file that neither has */
    RP_SOURCE_TREE_MISSING,
    RP_SOURCE_NO_LIST,          /* .cargo-checksum.json lists no file: nothing is verified */
    RP_SOURCE_PACKAGE_MISMATCH, /* its package hash is not the lock's */
    RP_SOURCE_LINK,             /* a symbolic link where sources are */
    RP_SOURCE_UNREADABLE,
    RP_SOURCE_GIT_MISMATCH, /* a checkout at another revision */
    RP_SOURCE_ABSENT,       /* nothing of it is on this machine: not verified */
    RP_SOURCE_STATE_COUNT
} rp_source_state;

typedef struct {
    rp_source_state what;
    uint32_t component;
    rp_str file;
    rp_str text; /* expected and found, in short */
} rp_source_note;

/* What runs on the builder's machine, or came compiled. */
typedef struct {
    uint32_t component;
    bool build_script, proc_macro;
    rp_str links;        /* `links` of its manifest */
    const rp_str *blobs; /* files that are machine code: objects, libraries, executables, WASM */
    uint32_t nblobs;
} rp_source_power;

typedef struct {
    rp_fact read;    /* YES: there is an inventory; UNKNOWN: why not */
    rp_str lock;     /* path of the lock file, "" none */
    rp_str manifest; /* path of the root manifest, "" none */
    uint32_t lock_version;
    rp_fact locked;                /* NO: a project without a lock file */
    rp_str target;                 /* triple that the graph is resolved for, "" all */
    rp_fact resolved;              /* YES: in_build and kinds follow Cargo's resolver */
    const rp_inventory *inventory; /* NULL unless read */
    const rp_lock_note *notes;     /* by file, line */
    uint32_t nnotes;
    const rp_lock_place *places; /* by component */
    uint32_t nplaces;
    rp_fact matched; /* YES: an advisory database was asked; UNKNOWN: why none */
    const rp_dep_database *databases;
    uint32_t ndatabases;
    const rp_dep_match *matches; /* by component, then id */
    uint32_t nmatches;
    rp_fact yanked_known;    /* YES: the local index cache was there for every crates.io crate */
    uint32_t yanked_unknown; /* crates that it does not hold */
    rp_fact verified;        /* YES: sources were compared (--verify) */
    uint32_t nverified;      /* components whose sources were compared whole */
    const rp_source_note *sources; /* by component, file */
    uint32_t nsources;
    const rp_source_power *powers; /* by component */
    uint32_t npowers;
} rp_deps_facts;

#endif
