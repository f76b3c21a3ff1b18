/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/arm_kcfi.h"

/* One instruction of the check; registers are told apart from what `mask` covers. T32's are both
 * halves, the first one high. */
typedef struct {
    uint32_t mask, bits;
    uint8_t scratch[2]; /* where the scratch register stands in it; where `target` does: NO_PLACE */
    uint8_t target;
} step;

enum { NO_PLACE = 32, STEPS = 6, TARGET_SCRATCH = 3, IP = 12 };

/* bic rS, rT, #1; ldr rS, [rS, #-n]; eor rS, rS, #… three times; eors rS, rS, #… (LLVM,
 * ARMAsmPrinter::LowerKCFI_CHECK) */
static const step arm_steps[STEPS] = {
    {0xfff00fff, 0xe3c00001, {12, 12}, 16},       {0xfff00000, 0xe5100000, {12, 16}, NO_PLACE},
    {0xfff00000, 0xe2200000, {12, 16}, NO_PLACE}, {0xfff00000, 0xe2200000, {12, 16}, NO_PLACE},
    {0xfff00000, 0xe2200000, {12, 16}, NO_PLACE}, {0xfff00000, 0xe2300000, {12, 16}, NO_PLACE},
};
static const step thumb_steps[STEPS] = {
    {0xfff0f0ff, 0xf0200001, {8, 8}, 16},        {0xfff00f00, 0xf8500c00, {12, 16}, NO_PLACE},
    {0xfbf08000, 0xf0800000, {8, 16}, NO_PLACE}, {0xfbf08000, 0xf0800000, {8, 16}, NO_PLACE},
    {0xfbf08000, 0xf0800000, {8, 16}, NO_PLACE}, {0xfbf08000, 0xf0900000, {8, 16}, NO_PLACE},
};

static uint32_t half(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t word(const uint8_t *p, bool thumb)
{
    return thumb ? half(p) << 16 | half(p + 2) : half(p) | half(p + 2) << 16;
}

static unsigned field(uint32_t w, unsigned place)
{
    return w >> place & 15u;
}

static bool is_step(const step *s, uint32_t w, unsigned scratch, unsigned target)
{
    return (w & s->mask) == s->bits && field(w, s->scratch[0]) == scratch &&
           field(w, s->scratch[1]) == scratch &&
           (s->target == NO_PLACE || field(w, s->target) == target);
}

/* beq over the trap; udf, whose number names the register */
static bool traps(const uint8_t *end, bool thumb, unsigned target)
{
    if (thumb)
        return half(end - 2) == (0xde80u | target) && word(end - 6, true) == 0xf0008001;
    return word(end - 4, false) == (0xe7f83ef0u | target) && word(end - 8, false) == 0x0a000000;
}

bool rp_arm_kcfi(rp_bytes code, size_t at, bool thumb, unsigned target)
{
    const step *steps = thumb ? thumb_steps : arm_steps;
    size_t after = thumb ? 6 : 8, saved = thumb ? 2 : 4; /* beq and udf; pop of the scratch */
    unsigned scratch = target == IP ? TARGET_SCRATCH : IP;
    size_t need = after + STEPS * 4 + (target == IP ? saved : 0);
    if (at > code.len || at < need || !traps(code.ptr + at, thumb, target))
        return false;
    const uint8_t *p = code.ptr + at - need;
    for (unsigned i = 0; i < STEPS; i++)
        if (!is_step(&steps[i], word(p + (size_t)i * 4, thumb), scratch, target))
            return false;
    return true;
}
