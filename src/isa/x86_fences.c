/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What LLVM writes (X86LoadValueInjectionRetHardening, …LoadHardening) and what the assembler does
 * (-mlfence-before-ret, -mlfence-after-load). */
#include "isa/x86_fences.h"

#include "isa/scan_note.h"

static const uint8_t lfence[] = {0x0f, 0xae, 0xe8};

/* The instruction before the one at hand; empty when there is none. */
static rp_bytes before(const rp_code_range *range, const uint32_t *at, uint32_t n)
{
    if (n < 2)
        return (rp_bytes){NULL, 0};
    return (rp_bytes){range->bytes.ptr + at[-1], at[0] - at[-1]};
}

/* pop reg */
static bool pops(rp_bytes insn, unsigned reg)
{
    size_t high = reg >= 8;
    return insn.len == 1 + high && (high == 0 || insn.ptr[0] == 0x41) &&
           insn.ptr[high] == 0x58 + (reg & 7u);
}

/* jmp reg */
static bool jumps(const uint8_t *p, size_t left, unsigned *ret_reg)
{
    size_t high = left != 0 && p[0] == 0x41;
    if (left < 2 + high || p[high] != 0xff || (p[high + 1] & 0xf8u) != 0xe0)
        return false;
    *ret_reg = (p[high + 1] & 7u) + 8 * (unsigned)high;
    return true;
}

/* pop reg; lfence; jmp reg is a return. Before a jump or a return it waits for where that leads;
 * elsewhere for what was loaded. */
void rp_x86_lfence(const rp_code_range *range, const uint32_t *at, uint32_t n, rp_fn_code *fn)
{
    const uint8_t *next = range->bytes.ptr + *at + sizeof lfence;
    size_t left = range->bytes.len - *at - sizeof lfence;
    unsigned reg;
    fn->flags |= RP_FN_LFENCE;
    if (left != 0 && (*next == 0xc3 || *next == 0xc2))
        return; /* the return says so */
    if (!jumps(next, left, &reg)) {
        rp_note_one(&fn->fences);
    } else if (pops(before(range, at, n), reg)) {
        rp_note_one(&fn->returns);
        rp_note_one(&fn->fenced_returns);
    }
}

void rp_x86_return(const rp_code_range *range, const uint32_t *at, uint32_t n, rp_fn_code *fn)
{
    rp_bytes last = before(range, at, n);
    rp_note_one(&fn->returns);
    if (last.len == sizeof lfence && memcmp(last.ptr, lfence, sizeof lfence) == 0)
        rp_note_one(&fn->fenced_returns);
}
