/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the scanners of the fixed-width architectures note in the same way. */
#ifndef RP_ISA_SCAN_NOTE_H
#define RP_ISA_SCAN_NOTE_H

#include "base/numbers.h"
#include "isa/code.h"

/* A call, jump or load names the landmark: its flag and its count; a panic function is called with
 * the location that was named last. */
void rp_note_landmark(rp_code_sink *sink, rp_fn_code *fn, const rp_landmark *l);

/* The function refers to a panic location of that source file. */
void rp_note_vote(rp_code_sink *sink, uint32_t fn, uint32_t file);

/* Code loads the address of a function of this artefact from a slot (RP_LM_LOCAL_SLOT): it may be
 * called through a pointer. */
void rp_note_slot(rp_code_sink *sink, const rp_landmark *l);

/* Code forms the address `to`: landmark, vote for a source file, taken function. `align` is the
 * alignment of instructions less one. */
void rp_note_address(rp_code_sink *sink, const rp_code_range *range, rp_fn_code *fn, uint64_t to,
                     unsigned align);

/* A new branch of the function, or NULL when memory ran out (which the sink then says). */
rp_branch *rp_note_branch(rp_code_sink *sink, const rp_code_range *range, rp_fn_code *fn,
                          uint64_t addr, bool jump);

/* x86: the instruction at hand is a direct branch out of the function. */
void rp_note_exit(rp_code_sink *sink, uint64_t to);

/* Does the function take more stack than a guard page without touching it? LLVM leaves up to 1 KiB
 * behind its last probe untouched (AArch64::StackProbeMaxUnprobedStack), so where there are probes
 * that much more is as intended. */
static inline bool rp_note_unprobed(const rp_fn_code *fn, uint32_t guard_size)
{
    uint32_t more = (fn->flags & RP_FN_PROBE_INLINE) != 0 ? 1024 : 0;
    return fn->step > guard_size + more && (fn->flags & RP_FN_PROBE_CALL) == 0;
}

/* What reports a smashed stack and names no guard reads it at an offset from the thread pointer
 * (-mstack-protector-guard=tls). */
static inline void rp_note_thread_guard(rp_fn_code *fn)
{
    uint32_t both = RP_FN_GUARD_FAIL | RP_FN_TLS_LE;
    if ((fn->flags & (both | RP_FN_GUARD_LOAD)) == both)
        fn->flags = (fn->flags | RP_FN_GUARD_LOAD) & ~(uint32_t)RP_FN_TLS_LE;
}

/* One more; a count that is full stays so. */
static inline void rp_note_one(uint16_t *count)
{
    *count = (uint16_t)(*count + (*count != UINT16_MAX));
}

#endif
