/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Paths and small files around a project. */
#ifndef RP_CARGO_FILES_H
#define RP_CARGO_FILES_H

#include "base/arena.h"
#include "base/error.h"

/* The whole of a file of at most RP_MAX_MANIFEST bytes; `path` NUL-terminated. RP_E_IO and others.
 */
RP_MUST_CHECK rp_code rp_read_text(const char *path, rp_arena *arena, rp_str *ret, rp_error *err);
bool rp_is_file(const char *path);
bool rp_is_folder(const char *path);
/* FOLDER/NAME with "." and ".." taken out as far as they can be without asking the system; NAME
 * alone when it is absolute. NUL-terminated; {NULL, 0} when out of memory. */
rp_str rp_path_join(rp_arena *arena, rp_str folder, rp_str name);
/* "a/b" of "a/b/c", "." of "c", "/" of "/c"; borrowed. */
rp_str rp_path_folder(rp_str path);
rp_str rp_path_last(rp_str path);
/* Whether `path` is `folder` or below it; both as rp_path_join makes them. */
bool rp_path_inside(rp_str path, rp_str folder);

#endif
