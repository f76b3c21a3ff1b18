/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Is the function with this mangled name the one that an advisory calls by a path? Advisories write
 * paths as documentation shows them (`anyhow::Error::downcast_mut`), compilers as modules and impl
 * blocks lie (`anyhow::error::<impl anyhow::Error>::downcast_mut`). */
#ifndef RP_DEPS_REACH_NAMES_H
#define RP_DEPS_REACH_NAMES_H

#include "base/arena.h"
#include "base/buf.h"

enum { RP_PATH_SEGMENTS = 32 };

/* "time::OffsetDateTime::now_local", without generic arguments; borrowed. */
typedef struct {
    rp_str segments[RP_PATH_SEGMENTS];
    uint32_t n;
    bool is_type;    /* the last segment is a type: any function of it counts */
    char needle[72]; /* how mangled names spell the last segment: "9now_local" */
} rp_fn_path;

/* False: no path of two segments or more. */
RP_MUST_CHECK bool rp_fn_path_parse(rp_str text, rp_fn_path *ret);

/* Does `mangled` name the function? Both Rust schemes; closures inside it count as it. `scratch`
 * is overwritten with the readable name. */
bool rp_fn_path_match(const rp_fn_path *path, rp_str mangled, rp_buf *scratch);
/* The same for a readable name (without hashes). */
bool rp_fn_path_match_readable(const rp_fn_path *path, rp_str readable);

#endif
