/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Checks that read one GNU property: what the file declares about all of its code. The linker keeps
 * a bit only when every input has it; a linker can also be told to set it. */
#ifndef RP_CHECKS_BRANCH_NOTE_H
#define RP_CHECKS_BRANCH_NOTE_H

#include "checks/common.h"

typedef struct {
    const char *what;     /* "BTI" */
    const char *property; /* "GNU_PROPERTY_AARCH64_FEATURE_1_AND" */
    uint32_t bits;        /* any of them */
    const char *rustflag; /* of a nightly toolchain; NULL: rustc cannot */
    const char *cflag;    /* advice for C */
    bool needs_segment;   /* kernel and loader read it through PT_GNU_PROPERTY alone */
} rp_property;

/* The outcome by the property's value, read at `at` (RP_NOWHERE: not there). */
void rp_judge_property(const rp_facts *f, rp_out *out, const rp_property *p, uint64_t at,
                       uint32_t value);
/* Does not apply: kernels and bare metal turn the feature on by themselves. */
bool rp_skip_property(const rp_facts *f, rp_out *out);

#endif
