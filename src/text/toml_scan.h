/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Between toml.c and its scalars only: a cursor over the document, and the values without
 * structure. */
#ifndef RP_TEXT_TOML_SCAN_H
#define RP_TEXT_TOML_SCAN_H

#include "text/toml.h"

typedef struct {
    rp_str text;
    uint64_t at;
} rp_toml_part;

typedef struct {
    rp_str s;
    size_t at;
    rp_arena *arena;   /* of the tree */
    rp_arena *strings; /* of what is written with escapes */
    rp_error *err;
    bool bad; /* sticky; err says why */
    unsigned depth;
    uint32_t section; /* number of the [header] that we are below */
    /* of the key that was read last: zeroed once, which for every key would be most of the work */
    rp_toml_part parts[RP_TOML_DEPTH];
    unsigned nparts;
} rp_toml_cursor;

/* Fails at the cursor; returns false. */
bool rp_toml_fail(rp_toml_cursor *c, const char *why);
/* The byte at the cursor, or '\0' at the end (a NUL in the text is refused before). */
static inline char rp_toml_peek(const rp_toml_cursor *c)
{
    return c->bad || c->at >= c->s.len ? '\0' : c->s.ptr[c->at];
}
bool rp_toml_eat(rp_toml_cursor *c, const char *literal);

/* A quoted string of any of the four forms; multi-line ones only where `lines`. */
bool rp_toml_quoted(rp_toml_cursor *c, bool lines, rp_str *ret);
/* Numbers, booleans, dates, times: everything that begins without a quote or a bracket. */
bool rp_toml_bare_value(rp_toml_cursor *c, rp_toml *ret);

#endif
