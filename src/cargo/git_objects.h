/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Objects of a git repository by their name: loose ones and those in packs (gitformat-pack(5),
 * gitformat-loose, gitrepository-layout(5)). Each is held against its name, so that a tampered
 * store gives nothing. SHA-1 repositories only: Cargo knows no others. */
#ifndef RP_CARGO_GIT_OBJECTS_H
#define RP_CARGO_GIT_OBJECTS_H

#include "base/arena.h"
#include "base/error.h"

enum { RP_GIT_ID = 20 };

typedef enum { /* as packs number them */
               RP_GIT_COMMIT = 1,
               RP_GIT_TREE = 2,
               RP_GIT_BLOB = 3,
               RP_GIT_TAG = 4
} rp_git_kind;

typedef struct rp_git_objects rp_git_objects;

/* Opens the store of a git folder (".git"), and those that it borrows from. Ends with
 * rp_git_objects_close; on failure there is nothing to close. */
RP_MUST_CHECK rp_code rp_git_objects_open(rp_str git_folder, rp_arena *arena, rp_git_objects **ret,
                                          rp_error *err);
void rp_git_objects_close(rp_git_objects *objects);

/* The bytes of the object of that kind and name, in the arena. RP_E_IO: it is not there;
 * RP_E_FORMAT: damaged, or another than its name says; RP_E_LIMIT; RP_E_UNSUPPORTED: no SHA-1. */
RP_MUST_CHECK rp_code rp_git_object(rp_git_objects *objects, const uint8_t id[RP_GIT_ID],
                                    rp_git_kind kind, rp_bytes *ret, rp_error *err);

/* The name of an object with these bytes: the SHA-1 of "blob 123", a NUL, and the bytes.
 * RP_E_UNSUPPORTED: no SHA-1. */
RP_MUST_CHECK rp_code rp_git_name(rp_git_kind kind, rp_bytes bytes, uint8_t ret[RP_GIT_ID],
                                  rp_error *err);

/* 40 hexadecimal digits. */
bool rp_git_parse_id(rp_str text, uint8_t ret[RP_GIT_ID]);

#endif
