/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/pass_decoders.h"

#include "isa/a64_back.h"
#include "isa/a64_lift.h"
#include "isa/a64_near.h"
#include "isa/a64_outline.h"
#include "isa/a64_scan.h"
#include "isa/a64_switch.h"
#include "isa/rv_scan.h"
#include "isa/t32_scan.h"
#include "isa/x86_lift.h"
#include "isa/x86_op.h"
#include "isa/x86_scan.h"
#include "obj/elf.h"

enum { EF_ARM_BE8 = 0x00800000 };

static void scan_x86(rp_code_sink *sink, const rp_code_range *range, bool thumb, rp_fn_code *ret)
{
    (void)thumb;
    rp_x86_scan(sink, range, false, ret);
}

static void scan_x86_64(rp_code_sink *sink, const rp_code_range *range, bool thumb, rp_fn_code *ret)
{
    (void)thumb;
    rp_x86_scan(sink, range, true, ret);
}

static void scan_a64(rp_code_sink *sink, const rp_code_range *range, bool thumb, rp_fn_code *ret)
{
    (void)thumb;
    rp_a64_scan(sink, range, ret);
}

static void scan_rv32(rp_code_sink *sink, const rp_code_range *range, bool thumb, rp_fn_code *ret)
{
    (void)thumb;
    rp_rv_scan(sink, range, false, ret);
}

static void scan_rv64(rp_code_sink *sink, const rp_code_range *range, bool thumb, rp_fn_code *ret)
{
    (void)thumb;
    rp_rv_scan(sink, range, true, ret);
}

static bool lift_x86(rp_arena *arena, const rp_code_range *range, bool thumb, rp_ops *ret)
{
    (void)thumb;
    return rp_x86_lift(arena, range, false, ret);
}

static bool lift_x86_64(rp_arena *arena, const rp_code_range *range, bool thumb, rp_ops *ret)
{
    (void)thumb;
    return rp_x86_lift(arena, range, true, ret);
}

static bool writes_x86_64(const rp_code_range *range, uint32_t offset, uint32_t *ret)
{
    const uint8_t *p = range->bytes.ptr + offset;
    rp_x86_insn i;
    if (range->bytes.len - offset < RP_X86_WINDOW || !rp_x86_decode_plain(p, true, &i))
        return false;
    *ret = rp_x86_writes(p, i);
    return *ret != RP_X86_UNTOLD;
}

static bool lift_a64(rp_arena *arena, const rp_code_range *range, bool thumb, rp_ops *ret)
{
    (void)thumb;
    return rp_a64_lift(arena, range, ret);
}

static unsigned lift_x86_at(const rp_code_range *range, uint32_t offset, bool mode64, rp_op *ret)
{
    rp_x86_insn i = rp_x86_decode(range->bytes.ptr + offset, range->bytes.len - offset, mode64);
    return rp_x86_lift_one(range, offset, i, mode64, ret);
}

static unsigned one_x86(const rp_code_range *range, uint32_t offset, rp_op *ret)
{
    return lift_x86_at(range, offset, false, ret);
}

static unsigned one_x86_64(const rp_code_range *range, uint32_t offset, rp_op *ret)
{
    return lift_x86_at(range, offset, true, ret);
}

static void env_x86(rp_flow_env *env, bool microsoft)
{
    rp_x86_flow_env(env, false, microsoft);
}

static void env_x86_64(rp_flow_env *env, bool microsoft)
{
    rp_x86_flow_env(env, true, microsoft);
}

static void env_a64(rp_flow_env *env, bool microsoft)
{
    (void)microsoft;
    rp_a64_flow_env(env);
}

const rp_decoder *rp_decoder_of(const rp_image *img)
{
    static const rp_decoder rv64 = {.scan = scan_rv64};
    static const rp_decoder decoders[RP_ARCH_COUNT] = {
        [RP_ARCH_X86] = {.scan = scan_x86,
                         .lift = lift_x86,
                         .flow_env = env_x86,
                         .lift_one = one_x86},
        [RP_ARCH_X86_64] = {.scan = scan_x86_64,
                            .lift = lift_x86_64,
                            .flow_env = env_x86_64,
                            .lift_one = one_x86_64,
                            .writes = writes_x86_64},
        [RP_ARCH_AARCH64] = {.scan = scan_a64,
                             .lift = lift_a64,
                             .flow_env = env_a64,
                             .lift_one = rp_a64_lift_one,
                             .writes = rp_a64_writes,
                             .outline = rp_a64_outline,
                             .may_check = rp_a64_may_check,
                             .near = rp_a64_near,
                             .back = rp_a64_back,
                             .table = rp_a64_switch},
        [RP_ARCH_ARM] = {.scan = rp_t32_scan},
        [RP_ARCH_RISCV] = {.scan = scan_rv32},
    };
    /* AAELF32, EF_ARM_BE8: only then are the instructions of big-endian files little-endian */
    if (img->arch == RP_ARCH_ARM && img->big &&
        (img->elf == NULL || !(img->elf->e_flags & EF_ARM_BE8)))
        return NULL;
    if (img->arch == RP_ARCH_RISCV && img->bits == 64)
        return &rv64;
    return decoders[img->arch].scan != NULL ? &decoders[img->arch] : NULL;
}
