/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The functions that glibc, bionic and musl's fortify headers replace by a checked form. */
#ifndef RP_FACTS_FORTIFY_H
#define RP_FACTS_FORTIFY_H

#include "base/arena.h"
#include "facts/symbol_facts.h"

enum { RP_FORTIFY_MAX = 128 };

/* Which of them were seen; zeroed at the start. A name counts once, in however many tables. */
typedef struct {
    bool checked[RP_FORTIFY_MAX]; /* "__<name>_chk" */
    bool plain[RP_FORTIFY_MAX];   /* "<name>" as an import */
} rp_fortify;

void rp_fortify_count(rp_fortify *f, rp_str name, bool defined);
/* Writes counts and name lists; false when out of memory. */
RP_MUST_CHECK bool rp_fortify_names(const rp_fortify *f, rp_arena *arena, rp_symbol_facts *ret);

#endif
