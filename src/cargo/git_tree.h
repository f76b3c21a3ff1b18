/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What a commit put into a checkout of git. */
#ifndef RP_CARGO_GIT_TREE_H
#define RP_CARGO_GIT_TREE_H

#include "base/vec.h"
#include "cargo/git_objects.h"

typedef struct {
    rp_str name;           /* from the checkout's folder, '/' between */
    uint8_t id[RP_GIT_ID]; /* SHA-1 of "blob LENGTH", a NUL, and the content; of a link its text */
    bool link;             /* a symbolic link */
} rp_git_file;

typedef RP_VEC(rp_git_file) rp_git_files;

/* The commit that HEAD of the checkout at `folder` stands for, in lower case hexadecimal; "" when
 * that cannot be told. False: out of memory. */
RP_MUST_CHECK bool rp_git_head(rp_str folder, rp_arena *arena, rp_str *ret);

/* The files of `commit` and of the submodules that are checked out, in no order. Whatever is read
 * is held against the commit's name, down to the names of the files' contents. Errors as
 * rp_git_object. */
RP_MUST_CHECK rp_code rp_git_files_of(rp_str folder, rp_str commit, rp_arena *arena,
                                      rp_git_files *ret, rp_error *err);

#endif
