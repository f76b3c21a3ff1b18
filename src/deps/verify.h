/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Whether the sources on this machine are those that the lock file promises. Cargo asks that once,
 * when it downloads; what lies unpacked or vendored is compiled as it is. */
#ifndef RP_DEPS_VERIFY_H
#define RP_DEPS_VERIFY_H

#include "cargo/home.h"
#include "deps/verify_notes.h"

typedef struct {
    const rp_lock *lock;
    const rp_package_place *places;      /* of each package */
    const rp_manifest *const *manifests; /* of each package, NULL unknown */
    const uint32_t *index;               /* component of each package: for the notes */
} rp_verify_input;

typedef struct {
    const rp_source_note
        *notes; /* those of what is absent last, one each; then by component, file */
    uint32_t nnotes;
    const rp_source_power *powers; /* by component */
    uint32_t npowers;
    uint32_t compared; /* packages whose sources were compared whole */
    uint32_t absent;   /* packages that could not be */
    uint32_t unseen;   /* packages whose files were not even looked at */
    const char *why;   /* nothing could be compared: no hash function; NULL */
} rp_verified;

enum { RP_VERIFY_NOTES = 32 }; /* kept of one package; the last says how many more there are */

/* Registry packages: the cached .crate against the lock file's checksum, the unpacked tree against
 * the .crate. Directory sources: every file against .cargo-checksum.json, that against the lock
 * file, and the files against the cached .crate where there is one. Git checkouts: their revision,
 * and every file against its tree. Fails only on out of memory. */
RP_MUST_CHECK rp_code rp_verify_sources(const rp_verify_input *in, rp_arena *arena,
                                        rp_verified *ret, rp_error *err);

#endif
