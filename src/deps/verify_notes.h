/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What comparing sources on disk with what the lock file promises finds.
 *
 * Declared for tools/gen_copy and tools/gen-facts: "const T *xs" has its count "nxs" beside it. */
#ifndef RP_DEPS_VERIFY_NOTES_H
#define RP_DEPS_VERIFY_NOTES_H

#include "base/base.h"

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

#endif
