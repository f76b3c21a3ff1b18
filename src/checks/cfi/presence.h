/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Sanitizers that a program ships with, by the traces that they leave. Shared arms. */
#ifndef RP_CHECKS_CFI_PRESENCE_H
#define RP_CHECKS_CFI_PRESENCE_H

#include "checks/common.h"

typedef struct {
    const char *what;     /* "CFI" */
    uint32_t sanitizer;   /* RP_SAN_ bit */
    const char *rustflag; /* of a nightly toolchain */
    const char *cflag;    /* advice for C */
} rp_sanitizer;

/* No trace was found. `stripped`: why that proves nothing, NULL when all traces would be there. */
void rp_judge_absent(const rp_facts *f, rp_out *out, const rp_sanitizer *s, const char *stripped);
/* Why a missing symbol proves nothing here, or NULL when the symbol table is whole. */
const char *rp_symbols_gap(const rp_facts *f);

#endif
