/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Paths as texts: the system is not asked. */
#ifndef RP_TEXT_PATH_H
#define RP_TEXT_PATH_H

#include "base/arena.h"

/* FOLDER/NAME with "." and ".." taken out as far as they can be without asking the system; NAME
 * alone when it is absolute. NUL-terminated; {NULL, 0} when out of memory. */
rp_str rp_path_join(rp_arena *arena, rp_str folder, rp_str name);
/* "a/b" of "a/b/c", "." of "c", "/" of "/c"; borrowed. */
rp_str rp_path_folder(rp_str path);
rp_str rp_path_last(rp_str path);
/* Whether `path` is `folder` or below it; both as rp_path_join makes them. */
bool rp_path_inside(rp_str path, rp_str folder);

#endif
