/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Small files around a project. */
#ifndef RP_CARGO_FILES_H
#define RP_CARGO_FILES_H

#include "base/arena.h"
#include "base/error.h"
#include "text/path.h"

/* The whole of a file of at most RP_MAX_MANIFEST bytes; `path` NUL-terminated. RP_E_IO and others.
 */
RP_MUST_CHECK rp_code rp_read_text(const char *path, rp_arena *arena, rp_str *ret, rp_error *err);
bool rp_is_file(const char *path);
bool rp_is_folder(const char *path);

#endif
