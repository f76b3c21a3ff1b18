/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Sanitizers that a program ships with, by the traces that they leave and by the code. Shared
 * arms. */
#ifndef RP_CHECKS_CFI_PRESENCE_H
#define RP_CHECKS_CFI_PRESENCE_H

#include "checks/coverage.h"

typedef struct {
    const char *what;     /* "CFI" */
    uint32_t sanitizer;   /* RP_SAN_ bit */
    const char *rustflag; /* of a nightly toolchain */
    const char *cflag;    /* advice for C */
} rp_sanitizer;

/* No trace was found. `stripped`: why that proves nothing, NULL when all traces would be there.
 * The finding is allowed: nobody can have it on a stable toolchain, and few C programs ask. */
void rp_judge_absent(const rp_facts *f, rp_out *out, const rp_sanitizer *s, const char *stripped);
/* The same, by code that was read: `c` covers nothing. `among`: "indirect branches". */
void rp_judge_absent_code(const rp_facts *f, rp_out *out, const rp_sanitizer *s, const rp_cover *c,
                          const char *among);
/* Why a missing symbol proves nothing here, or NULL when the symbol table is whole. */
const char *rp_symbols_gap(const rp_facts *f);
/* The advice when some code has it: rebuild the rest. */
void rp_fix_sanitizer(const rp_facts *f, rp_out *out, const rp_sanitizer *s);

/* How many forward edges each way of standing has, as evidence. */
void rp_show_edges(const rp_facts *f, rp_out *out);

#endif
