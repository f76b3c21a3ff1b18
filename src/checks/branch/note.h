/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Checks that read one GNU property: what the file declares about all of its code. The linker keeps
 * a bit only when every input has it; a linker can also be told to set it. */
#ifndef RP_CHECKS_BRANCH_NOTE_H
#define RP_CHECKS_BRANCH_NOTE_H

#include "checks/coverage.h"

typedef struct {
    const char *what;     /* "BTI" */
    const char *property; /* "GNU_PROPERTY_AARCH64_FEATURE_1_AND" */
    uint32_t bits;        /* any of them */
    const char *rustflag; /* of a nightly toolchain; NULL: rustc cannot */
    const char *cflag;    /* advice for C */
    bool needs_segment;   /* kernel and loader read it through PT_GNU_PROPERTY alone */
} rp_property;

/* Says the note what its readers will find? Otherwise the outcome is settled. */
RP_MUST_CHECK bool rp_property_stands(const rp_facts *f, rp_out *out, const rp_property *p,
                                      uint64_t at, uint32_t value);
/* The outcome by the property's value, read at `at` (RP_NOWHERE: not there), where no instruction
 * shows the feature: the note is all there is. */
void rp_judge_property(const rp_facts *f, rp_out *out, const rp_property *p, uint64_t at,
                       uint32_t value);
/* The same where instructions would, but the code does not tell (`c`): a note alone is no pass. */
void rp_judge_unread(const rp_facts *f, rp_out *out, const rp_property *p, const rp_cover *c,
                     uint64_t at, uint32_t value);
/* The same, held against the landing pads in the code. */
void rp_judge_landing(const rp_facts *f, rp_out *out, const rp_property *p, uint64_t at,
                      uint32_t value);
/* Is the bit there? */
bool rp_property_said(const rp_facts *f, const rp_property *p, uint64_t at, uint32_t value);
/* The finding when it is not. Allowed in Rust programs: no stable toolchain can have it. */
void rp_find_property_absent(const rp_facts *f, rp_out *out, const rp_property *p, uint64_t at,
                             uint32_t value);
/* Of findings about what nobody asked for: stable Rust cannot have it, C can. */
rp_level rp_absent_level(const rp_facts *f);
/* How to get it into all code. */
void rp_fix_property(const rp_facts *f, rp_out *out, const rp_property *p);
/* Does not apply: kernels and bare metal turn the feature on by themselves. */
bool rp_skip_property(const rp_facts *f, rp_out *out);

#endif
