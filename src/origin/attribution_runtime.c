/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Attribution of Microsoft's C runtime and of compilers' thunks, by the looks of their functions.
 */
#include "origin/attribution_parts.h"
#include "obj/pe.h"
#include "origin/runtime_code.h"

enum {
    SHORT = 24, /* bytes: too few to tell anything by themselves */
    MOST_SHORT = 4
};

static bool is_runtime(const rp_attributing *a, uint32_t i)
{
    return i < a->functions->n && a->items[i].by == RP_ATTR_KIND &&
           a->items[i].owner == RP_OWNER_RUNTIME && a->functions->items[i].kind != RP_FN_PLT;
}

static void set_runtime(rp_fn_origin *o)
{
    o->by = RP_ATTR_KIND;
    o->owner = RP_OWNER_RUNTIME;
}

static bool is_short(const rp_attributing *a, uint32_t i)
{
    const rp_function *f = &a->functions->items[i];
    return a->items[i].by == RP_ATTR_NONE && f->end - f->start < SHORT;
}

/* Assembly of a few bytes, one to four functions of it, that lies between two of the runtime. */
static void fill_short(rp_attributing *a)
{
    for (uint32_t i = 1; i < a->functions->n; i++) {
        uint32_t end = i;
        if (!is_runtime(a, i - 1))
            continue;
        while (end < a->functions->n && end - i <= MOST_SHORT && is_short(a, end))
            end++;
        for (uint32_t k = i; k < end && end - i <= MOST_SHORT && is_runtime(a, end); k++)
            set_runtime(&a->items[k]);
    }
}

/* jmp rax is all of it: no argument is passed in rax, so no compiler writes such a function. What
 * CFG's dispatch does without a check, and the end of the linker's thunks of delayed imports. */
static bool passes_on(rp_bytes code)
{
    return (code.len >= 2 && code.ptr[0] == 0xff && code.ptr[1] == 0xe0) ||
           (code.len >= 3 && code.ptr[0] == 0x48 && code.ptr[1] == 0xff && code.ptr[2] == 0xe0);
}

/* mov reg, [esp]; ret: position-independent i386 code asks it where it is. */
static bool is_pc_thunk(rp_bytes code)
{
    return code.len >= 4 && code.ptr[0] == 0x8b && (code.ptr[1] & 0xc7u) == 0x04 &&
           code.ptr[2] == 0x24 && code.ptr[3] == 0xc3;
}

static void set_pc_thunks(rp_attributing *a)
{
    enum { MOST = 5 }; /* bytes: int3 behind the return is hardening */
    for (uint32_t i = 0; i < a->functions->n; i++) {
        const rp_function *f = &a->functions->items[i];
        rp_bytes code;
        if (a->items[i].by == RP_ATTR_NONE && f->name.len == 0 && f->end - f->start <= MOST &&
            rp_image_bytes(a->img, f->start, f->end - f->start, &code) && is_pc_thunk(code))
            set_runtime(&a->items[i]);
    }
}

static bool known_by_looks(const rp_attributing *a, rp_bytes code)
{
    rp_arch arch = a->img->arch;
    return (arch == RP_ARCH_X86_64 && passes_on(code)) ||
           rp_is_msvc_runtime(arch, rp_code_shape(code, rp_code_home_of(a->img)));
}

void rp_attribute_runtime(rp_attributing *a)
{
    bool known = false;
    if (a->img->elf != NULL && a->img->arch == RP_ARCH_X86)
        set_pc_thunks(a);
    if (a->img->pe == NULL || !a->img->pe->image)
        return;
    for (uint32_t i = 0; i < a->functions->n; i++) {
        const rp_function *f = &a->functions->items[i];
        rp_bytes code;
        if (a->items[i].by != RP_ATTR_NONE || f->name.len != 0 ||
            !rp_image_bytes(a->img, f->start, f->end - f->start, &code) || !known_by_looks(a, code))
            continue;
        set_runtime(&a->items[i]);
        known = true;
    }
    if (known)
        fill_short(a);
}
