/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What can be said of an advisory that matches: whether this project or artefact is affected, and
 * why not. Nothing is "not affected" unless something shows it. */
#ifndef RP_FACTS_VEX_H
#define RP_FACTS_VEX_H

#include "deps/advisory.h"
#include "facts/facts.h"

typedef enum {
    RP_VEX_UNDER_INVESTIGATION, /* nothing is proven either way */
    RP_VEX_AFFECTED,
    RP_VEX_NOT_AFFECTED
} rp_vex_status;

typedef enum {
    RP_VEX_NO_REASON,             /* unless not affected; or people decided so */
    RP_VEX_COMPONENT_NOT_PRESENT, /* in the lock file, but not in the build */
    RP_VEX_OTHER_ENVIRONMENT,     /* other systems or processors only */
    RP_VEX_CODE_NOT_PRESENT,      /* the functions were not emitted */
    RP_VEX_PROTECTED_BY_COMPILER  /* overflow checks stop it */
} rp_vex_reason;

typedef struct {
    rp_vex_status status;
    rp_vex_reason reason;
    rp_str why;    /* what was read, in sentences; in `arena` or static */
    rp_str action; /* affected: what to do */
} rp_vex;

/* Advisories that VEX speaks of: vulnerabilities, malicious and unsound crates. */
bool rp_vex_speaks_of(const rp_dep_match *m);
/* a: the advisory itself, NULL when it is not at hand. RP_E_MEMORY only. */
RP_MUST_CHECK rp_code rp_vex_of(const rp_facts *f, const rp_dep_match *m, const rp_advisory *a,
                                rp_arena *arena, rp_vex *ret, rp_error *err);

#endif
