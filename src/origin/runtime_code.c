/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "origin/runtime_code.h"

#include "base/numbers.h"
#include "isa/x86_insn.h"

#include <stdlib.h>

enum { LEAST_BYTES = 24, LEAST_INSNS = 8, MOST_BYTES = 8192 };
#define FNV_START 0xcbf29ce484222325u
#define FNV_PRIME 0x100000001b3u

static const uint64_t shapes[] = {
#include "origin/msvc_runtime.inc"
};

static uint64_t add(uint64_t hash, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ p[i]) * FNV_PRIME;
    return hash;
}

/* call, jmp and jcc with 32 bits */
static bool branches_far(const rp_x86_insn *i)
{
    if (i->map == RP_X86_ONE)
        return i->op == 0xe8 || i->op == 0xe9;
    return i->map == RP_X86_0F && (i->op & 0xf0u) == 0x80;
}

uint64_t rp_code_shape(rp_bytes code)
{
    uint64_t hash = FNV_START;
    unsigned n = 0;
    if (code.len < LEAST_BYTES || code.len > MOST_BYTES)
        return 0;
    for (size_t at = 0; at < code.len; n++) {
        const uint8_t *p = code.ptr + at;
        rp_x86_insn i = rp_x86_decode(p, code.len - at, true);
        if (i.len == 0)
            return 0;
        size_t from = i.len, to = i.len; /* left out */
        if (branches_far(&i)) {
            from = i.imm;
        } else if (i.modrm != 0 && (p[i.modrm] & 0xc7u) == 5) { /* [rip + disp32] */
            from = i.modrm + 1u;
            to = from + 4;
        }
        hash = add(hash, p, from);
        if (to < i.len)
            hash = add(hash, p + to, i.len - to);
        at += i.len;
    }
    return n >= LEAST_INSNS ? hash : 0;
}

bool rp_is_msvc_runtime(uint64_t shape)
{
    return shape != 0 &&
           bsearch(&shape, shapes, RP_COUNT(shapes), sizeof shapes[0], rp_ascending_u64) != NULL;
}
