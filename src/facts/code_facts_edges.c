/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Indirect branches: who checks their targets. */
#include "base/numbers.h"
#include "facts/code_facts_parts.h"
#include "obj/macho.h"
#include "obj/macho_format.h"

#include <stdlib.h>

static bool is_attackable(const rp_branch *b)
{
    return b->edge != RP_EDGE_NOT_ATTACKABLE;
}

static bool is_guarded(const rp_branch *b)
{
    return b->edge == RP_EDGE_GUARDED || b->edge == RP_EDGE_GUARDED_SPILLED;
}

static void count_class(rp_edges *e, const rp_branch *b)
{
    e->diagnostic |= b->guard == RP_GUARD_CFI_DIAG;
    e->cross_dso |= b->guard == RP_GUARD_CFI_CROSS_DSO;
    if (b->class_size == 0 || (b->guard != RP_GUARD_CFI && b->guard != RP_GUARD_CFI_DIAG))
        return;
    e->class_max = b->class_size > e->class_max ? b->class_size : e->class_max;
    e->class_sum += b->class_size;
    e->class_count++;
}

static void count_aside(rp_edges *e, rp_edge_reason why, uint32_t n)
{
    switch (why) {
    case RP_WHY_READ_ONLY_SLOT:
        e->aside_read_only += n;
        break;
    case RP_WHY_JUMP_TABLE:
        e->aside_jump_table += n;
        break;
    case RP_WHY_CONSTANT:
        e->aside_constant += n;
        break;
    case RP_WHY_PLT:
        e->aside_plt += n;
        break;
    case RP_WHY_RUNTIME:
    case RP_WHY_RETURN: /* a return is no forward edge */
        e->aside_runtime += n;
        break;
    case RP_WHY_NONE:
        break;
    }
}

static void count_edge(rp_edges *e, const rp_branch *b, bool runtime)
{
    if (!is_attackable(b)) {
        count_aside(e, b->reason, 1);
        return;
    }
    if (runtime) {
        count_aside(e, RP_WHY_RUNTIME, 1);
        return;
    }
    e->guarded += b->edge == RP_EDGE_GUARDED;
    e->spilled += b->edge == RP_EDGE_GUARDED_SPILLED;
    e->unguarded += b->edge == RP_EDGE_UNGUARDED;
    e->undecided += b->edge == RP_EDGE_UNDECIDED;
    e->typed += is_guarded(b) && b->guard == RP_GUARD_XFG;
    if (is_guarded(b))
        count_class(e, b);
}

static uint32_t calls_through_dispatch(const rp_fn_code *fn)
{
    return (uint32_t)fn->guarded_calls + fn->typed_calls;
}

static void count_edges(const rp_code_view *v, rp_code_facts *c)
{
    rp_edges *e = &c->edges;
    for (uint32_t i = 0; i < v->pass->nbranches; i++) {
        const rp_branch *b = &v->pass->branches[i];
        count_edge(e, b, !rp_code_counts(v, b->fn));
    }
    for (unsigned why = 0; why < RP_COUNT(v->pass->set_aside); why++)
        count_aside(e, (rp_edge_reason)why, v->pass->set_aside[why]);
    for (uint32_t i = 0; i < v->functions->n; i++) {
        e->aside_plt += v->functions->items[i].kind == RP_FN_PLT;
        e->jump_table_slots += v->functions->items[i].kind == RP_FN_CFI_TABLE;
        if (!v->pass->scanned[i])
            continue;
        e->guarded += calls_through_dispatch(&v->pass->fns[i]);
        e->typed += rp_code_counts(v, i) ? v->pass->fns[i].typed_calls : 0u;
    }
}

/* One scheme's share of the attackable edges. */
typedef struct {
    size_t at;       /* of its rp_coverage in rp_code_facts */
    uint32_t guards; /* bits by rp_guard */
    uint32_t arches; /* 0: all that are decoded */
    bool windows;    /* Windows files only */
} scheme;

static const scheme schemes[] = {
    {offsetof(rp_code_facts, cfi),
     1u << RP_GUARD_CFI | 1u << RP_GUARD_CFI_DIAG | 1u << RP_GUARD_CFI_CROSS_DSO, 0, false},
    {offsetof(rp_code_facts, kcfi), 1u << RP_GUARD_KCFI, 0, false},
    {offsetof(rp_code_facts, cfg), 1u << RP_GUARD_CFG | 1u << RP_GUARD_XFG, 0, true},
    {offsetof(rp_code_facts, pauth), 1u << RP_GUARD_PAUTH, 1u << RP_ARCH_AARCH64, false},
};

/* Plain arm64 code of Apple's may use no signed function pointers: only arm64e's ABI has them. */
static bool plain_arm64(const rp_code_view *v, const scheme *s)
{
    return s->at == offsetof(rp_code_facts, pauth) && v->img->macho != NULL &&
           (v->img->macho->cpusubtype & 0xffffffu) != RP_CPU_SUBTYPE_ARM64E;
}

static bool possible(const rp_code_view *v, const scheme *s, rp_coverage *ret)
{
    if ((s->arches != 0 && (s->arches >> v->img->arch & 1u) == 0) ||
        (s->windows && v->img->pe == NULL)) {
        ret->known = RP_NO;
        ret->why = s->windows ? "for Windows files only" : "this machine's code cannot have it";
        return false;
    }
    if (plain_arm64(v, s)) {
        ret->known = RP_NO;
        ret->why = "only arm64e code has signed function pointers";
        return false;
    }
    return true;
}

static bool count_scheme(const rp_code_view *v, const scheme *s, rp_coverage *ret)
{
    rp_tally t;
    if (!possible(v, s, ret))
        return true;
    rp_tally_start(&t, v, ret);
    for (uint32_t i = 0; i < v->norder; i++) {
        uint32_t index = v->order[i];
        const rp_fn_code *fn = &v->pass->fns[index];
        const rp_function *f = &v->functions->items[index];
        for (uint32_t k = 0; k < fn->nsites; k++) {
            const rp_branch *b = &v->pass->branches[fn->sites + k];
            if (!is_attackable(b))
                continue;
            bool covered = is_guarded(b) && (s->guards >> b->guard & 1u) != 0;
            rp_tally_add(&t, index, covered, b->addr, f->at + (b->addr - f->start), 0);
        }
        if (s->windows && calls_through_dispatch(fn) != 0)
            rp_tally_add_covered(&t, index, calls_through_dispatch(fn));
    }
    return rp_tally_end(&t);
}

/* ---- .kcfi_traps ---- */

/* Of the trap right before a call: ud2; c.ebreak or ebreak; brk. */
static uint32_t trap_size(const rp_code_view *v, uint64_t call)
{
    static const uint8_t c_ebreak[] = {0x02, 0x90};
    uint8_t before[2];
    if (v->img->arch == RP_ARCH_X86_64)
        return 2;
    if (v->img->arch != RP_ARCH_RISCV)
        return 4;
    size_t got =
        rp_source_copy(v->img->src, rp_image_offset(v->img, call - 2), before, sizeof before);
    return got == sizeof before && memcmp(before, c_ebreak, sizeof before) == 0 ? 2 : 4;
}

/* Traps that the code has: right before each call that a KCFI check guards. */
static uint64_t *traps_in_code(const rp_code_view *v, uint32_t *ret_n)
{
    uint64_t *traps = rp_new(v->arena, v->pass->nbranches, uint64_t);
    *ret_n = 0;
    for (uint32_t i = 0; traps != NULL && i < v->pass->nbranches; i++) {
        const rp_branch *b = &v->pass->branches[i];
        if (b->guard == RP_GUARD_KCFI && is_guarded(b))
            traps[(*ret_n)++] = b->addr - trap_size(v, b->addr);
    }
    return traps;
}

typedef RP_VEC(uint64_t) addresses;

static bool is_traps(const rp_section *s)
{
    return rp_str_is(s->name, ".kcfi_traps") && s->offset != RP_NOWHERE;
}

/* A section holds for each trap a 32-bit offset from that very word (LLVM's KCFI lowering). Objects
 * have one such section per section of code. False when it is cut short. */
static bool traps_in_section(const rp_code_view *v, const rp_section *s, addresses *ret)
{
    rp_reader r;
    if (s->filesz > v->img->src->size || s->offset > v->img->src->size - s->filesz ||
        !rp_source_reader(v->img->src, s->offset, s->filesz, v->img->big, &r))
        return false;
    for (uint64_t i = 0; i < s->filesz / 4; i++) {
        uint64_t *to = rp_vec_push(v->arena, ret);
        if (to == NULL)
            return false;
        *to = s->addr + 4 * i + (uint64_t)(int64_t)(int32_t)rp_u32(&r);
    }
    return true;
}

static const rp_section *first_traps(const rp_image *img)
{
    for (uint32_t i = 0; i < img->nsections; i++)
        if (is_traps(&img->sections[i]))
            return &img->sections[i];
    return NULL;
}

static bool all_traps(const rp_code_view *v, addresses *ret)
{
    const rp_image *img = v->img;
    for (uint32_t i = 0; i < img->nsections; i++)
        if (is_traps(&img->sections[i]) && !traps_in_section(v, &img->sections[i], ret))
            return false;
    return true;
}

static bool compare_traps(const rp_code_view *v, rp_fact *ret)
{
    const rp_section *s = first_traps(v->img);
    addresses listed = {0};
    uint32_t n = 0;
    bool whole = s != NULL && all_traps(v, &listed);
    if (v->arena->refused)
        return false;
    if (!whole) {
        *ret = rp_fact_unknown(s == NULL ? "there is no section .kcfi_traps"
                                         : "section .kcfi_traps is cut short");
        return true;
    }
    uint64_t *code = traps_in_code(v, &n);
    if (code == NULL)
        return false;
    if (n > 1)
        qsort(code, n, sizeof *code, rp_ascending_u64);
    if (listed.n > 1)
        qsort(listed.items, listed.n, sizeof *listed.items, rp_ascending_u64);
    bool same = n == listed.n && (n == 0 || memcmp(code, listed.items, n * sizeof *code) == 0);
    *ret = same ? rp_fact_yes(s->at) : rp_fact_no(s->at);
    return true;
}

bool rp_code_facts_edges(const rp_code_view *v, rp_code_facts *c)
{
    count_edges(v, c);
    for (unsigned i = 0; i < RP_COUNT(schemes); i++) {
        rp_coverage *ret = (rp_coverage *)(void *)((char *)c + schemes[i].at);
        if (!count_scheme(v, &schemes[i], ret))
            return false;
    }
    return compare_traps(v, &c->kcfi_traps_agree);
}
