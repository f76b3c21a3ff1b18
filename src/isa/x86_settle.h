/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Between the passes: indirect branches that a walk back through straight-line code decides, so
 * that most functions need no data-flow. Says only what isa/flow.h would say. */
#ifndef RP_ISA_X86_SETTLE_H
#define RP_ISA_X86_SETTLE_H

#include "isa/code.h"

enum { RP_X86_COMPARES = 8 };

typedef struct {
    bool mode64;
    bool
        checks; /* the function has something that a CFI check may be part of; or one of these is */
    uint32_t compares[RP_X86_COMPARES]; /* offsets of cmp of two registers */
    uint8_t ncompares;
    bool jumps; /* … indirect jumps: code may be entered where no direct branch leads */
} rp_x86_settling;

/* Decides what it can of the branches [sites, sites + n), whose addresses ascend. sink->trail holds
 * the offset of each instruction of the range, sink->labels (any order, sorted here) its direct
 * branches. */
void rp_x86_settle(rp_code_sink *sink, const rp_code_range *range, const rp_x86_settling *how,
                   rp_branch *sites, uint32_t n);

#endif
