/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Coverages counted over functions, and what else functions tell. */
#include "facts/code_facts_parts.h"

enum {
    X86 = 1u << RP_ARCH_X86 | 1u << RP_ARCH_X86_64,
    A64 = 1u << RP_ARCH_AARCH64,
    ARM = 1u << RP_ARCH_ARM,
    RISCV = 1u << RP_ARCH_RISCV,
    ALL = X86 | A64 | ARM | RISCV
};

/* GCC touches its steps this far above where they end: the area of the function that calls. */
enum { CALLER_AREA = 1024 };

typedef enum { DETAIL_NONE, DETAIL_FRAME } detail_kind;

/* One coverage by the flags of functions. */
typedef struct {
    size_t at;        /* of its rp_coverage in rp_code_facts */
    uint32_t arches;  /* that can have it */
    uint32_t among;   /* counted: functions with one of these flags; 0: all */
    uint32_t with;    /* covered: with all of these … */
    uint32_t without; /* … and none of these */
    detail_kind detail;
} by_flags;

static const by_flags flag_coverages[] = {
    {offsetof(rp_code_facts, probes), X86 | A64 | RISCV,
     RP_FN_PROBE_INLINE | RP_FN_PROBE_CALL | RP_FN_UNPROBED, 0, RP_FN_UNPROBED, DETAIL_FRAME},
    {offsetof(rp_code_facts, protector), ALL, RP_FN_FRAME | RP_FN_GUARD_FAIL,
     RP_FN_GUARD_LOAD | RP_FN_GUARD_FAIL, 0, DETAIL_FRAME},
    {offsetof(rp_code_facts, landing), X86 | A64 | RISCV, RP_FN_TAKEN, RP_FN_LANDING, 0,
     DETAIL_NONE},
    {offsetof(rp_code_facts, signing), A64, RP_FN_SPILLS_LR, RP_FN_SIGNS, 0, DETAIL_NONE},
    {offsetof(rp_code_facts, bare_returns), A64, RP_FN_BARE_RET | RP_FN_AUTHENTICATES,
     RP_FN_AUTHENTICATES, RP_FN_BARE_RET, DETAIL_NONE},
    {offsetof(rp_code_facts, shadow_stack), A64 | RISCV, RP_FN_SPILLS_LR, RP_FN_SHADOW_STACK, 0,
     DETAIL_NONE},
    {offsetof(rp_code_facts, safe_stack), X86 | A64, RP_FN_FRAME | RP_FN_UNSAFE_STACK,
     RP_FN_UNSAFE_STACK, 0, DETAIL_FRAME},
    {offsetof(rp_code_facts, sls), X86 | A64, 0, RP_FN_SLS, 0, DETAIL_NONE},
    {offsetof(rp_code_facts, asan), ALL, RP_FN_MEMORY, RP_FN_ASAN, 0, DETAIL_NONE},
    {offsetof(rp_code_facts, hwasan), A64 | RISCV, RP_FN_MEMORY, RP_FN_HWASAN, 0, DETAIL_NONE},
    {offsetof(rp_code_facts, msan), X86 | A64, RP_FN_MEMORY, RP_FN_MSAN, 0, DETAIL_NONE},
    {offsetof(rp_code_facts, tsan), X86 | A64 | RISCV, RP_FN_MEMORY, RP_FN_TSAN, 0, DETAIL_NONE},
    {offsetof(rp_code_facts, memtag), A64, RP_FN_FRAME, RP_FN_MEMTAG, 0, DETAIL_FRAME},
};

static rp_coverage *coverage_at(rp_code_facts *c, size_t at)
{
    return (rp_coverage *)(void *)((char *)c + at);
}

/* Whether the coverage can be counted in this artefact; otherwise it says why not. */
static bool possible(const rp_code_view *v, uint32_t arches, rp_coverage *ret)
{
    if ((arches >> v->img->arch & 1u) == 0) {
        ret->known = RP_NO;
        ret->why = "this machine's code cannot have it";
        return false;
    }
    return true;
}

static bool not_told(rp_coverage *ret, const char *why)
{
    ret->known = RP_UNKNOWN;
    ret->why = why;
    return true;
}

/* A static, stripped program does not name the function that its checks call. */
static bool protector_hidden(const rp_code_view *v)
{
    bool load = false;
    for (uint32_t i = 0; i < v->norder && !load; i++)
        load = (v->pass->fns[v->order[i]].flags & RP_FN_GUARD_LOAD) != 0;
    return v->nameless && !v->met[RP_LM_STACK_CHK_FAIL] && (load || !v->imports);
}

/* 32-bit libraries reach SafeStack's pointer through a register that holds the GOT's address. */
static bool safe_stack_hidden(const rp_code_view *v)
{
    for (uint32_t i = 0; i < v->norder; i++)
        if ((v->pass->fns[v->order[i]].flags & RP_FN_UNSAFE_STACK) != 0)
            return false;
    return v->img->arch == RP_ARCH_X86 && v->met[RP_LM_UNSAFE_STACK];
}

static bool count_by_flags(const rp_code_view *v, const by_flags *by, rp_coverage *ret)
{
    rp_tally t;
    if (!possible(v, by->arches, ret))
        return true;
    if (by->at == offsetof(rp_code_facts, protector) && protector_hidden(v))
        return not_told(ret, "stripped, and the function that reports a smashed stack was not "
                             "recognised");
    if (by->at == offsetof(rp_code_facts, safe_stack) && safe_stack_hidden(v))
        return not_told(ret, "32-bit code names SafeStack's pointer by its distance from the GOT");
    rp_tally_start(&t, v, ret);
    for (uint32_t i = 0; i < v->norder; i++) {
        uint32_t index = v->order[i];
        const rp_fn_code *fn = &v->pass->fns[index];
        const rp_function *f = &v->functions->items[index];
        if (by->among != 0 && (fn->flags & by->among) == 0)
            continue;
        bool covered = (fn->flags & by->with) == by->with && (fn->flags & by->without) == 0;
        if (by->at == offsetof(rp_code_facts, probes) && v->stack_guard > RP_STACK_PAGE) {
            if (fn->frame <= v->stack_guard)
                continue;
            covered |= fn->step <= v->stack_guard + CALLER_AREA;
        }
        rp_tally_add(&t, index, covered, f->start, f->at,
                     by->detail == DETAIL_FRAME ? fn->frame : 0);
    }
    return rp_tally_end(&t);
}

/* Coverages by call sites of panic functions: Rust code, and code of whom nobody knows. */
static bool count_sites(const rp_code_view *v, size_t field, rp_landmark_id panic, rp_coverage *ret,
                        uint32_t *ret_sites)
{
    rp_tally t;
    if (!possible(v, ALL, ret))
        return true;
    if (v->nameless && !v->met[panic])
        return not_told(ret, "stripped, and the function that panics was not recognised");
    rp_tally_start(&t, v, ret);
    for (uint32_t i = 0; i < v->norder; i++) {
        uint32_t index = v->order[i];
        const rp_fn_code *fn = &v->pass->fns[index];
        const rp_function *f = &v->functions->items[index];
        rp_owner owner = v->who[index].owner;
        uint16_t sites;
        memcpy(&sites, (const char *)fn + field, sizeof sites);
        *ret_sites += sites;
        if (owner == RP_OWNER_RUST_USER || owner == RP_OWNER_RUST_STD || owner == RP_OWNER_UNKNOWN)
            rp_tally_add(&t, index, sites != 0, f->start, f->at, sites);
    }
    return rp_tally_end(&t);
}

/* Indirect branches of a function that go through no thunk and are no returns in disguise. */
static uint32_t branches_of(const rp_code_view *v, const rp_fn_code *fn)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < fn->nsites; i++) {
        const rp_branch *b = &v->pass->branches[fn->sites + i];
        n += b->reason != RP_WHY_RETURN && !b->thunk;
    }
    return n;
}

/* Of functions with indirect branches: those whose branches all go through retpolines. */
static bool count_retpolines(const rp_code_view *v, rp_coverage *ret)
{
    rp_tally t;
    if (!possible(v, X86, ret))
        return true;
    rp_tally_start(&t, v, ret);
    for (uint32_t i = 0; i < v->norder; i++) {
        uint32_t index = v->order[i];
        const rp_fn_code *fn = &v->pass->fns[index];
        const rp_function *f = &v->functions->items[index];
        uint32_t bare = branches_of(v, fn);
        if (bare != 0 || (fn->flags & RP_FN_RETPOLINE) != 0)
            rp_tally_add(&t, index, bare == 0, f->start, f->at, bare);
    }
    return rp_tally_end(&t);
}

/* Against load value injection. Of functions that return: those that wait for the address each
 * time; of functions with memory accesses: those with a fence at one. */
static bool count_fences(const rp_code_view *v, rp_coverage *ret_returns, rp_coverage *ret_loads)
{
    rp_tally returns, loads;
    if (!possible(v, X86, ret_returns) || !possible(v, X86, ret_loads))
        return true;
    rp_tally_start(&returns, v, ret_returns);
    rp_tally_start(&loads, v, ret_loads);
    for (uint32_t i = 0; i < v->norder; i++) {
        uint32_t index = v->order[i];
        const rp_fn_code *fn = &v->pass->fns[index];
        const rp_function *f = &v->functions->items[index];
        uint32_t bare = (uint32_t)fn->returns - fn->fenced_returns;
        if (fn->returns != 0)
            rp_tally_add(&returns, index, bare == 0, f->start, f->at, bare);
        if ((fn->flags & RP_FN_MEMORY) != 0)
            rp_tally_add(&loads, index, fn->fences != 0, f->start, f->at, 0);
    }
    return rp_tally_end(&returns) && rp_tally_end(&loads);
}

static void count_plain(const rp_code_view *v, rp_code_facts *c)
{
    for (uint32_t i = 0; i < v->functions->n; i++) {
        const rp_fn_code *fn = &v->pass->fns[i];
        if (!v->pass->scanned[i])
            continue;
        c->functions++;
        c->named += v->functions->items[i].name.len != 0;
        c->undecodable += (fn->flags & RP_FN_BAD_CODE) != 0;
        c->kcfi_prefixes += (fn->flags & RP_FN_KCFI_PREFIX) != 0;
        c->tls_gd += (fn->flags & RP_FN_TLS_GD) != 0;
        c->tls_ld += (fn->flags & RP_FN_TLS_LD) != 0;
        c->tls_emulated += (fn->flags & RP_FN_TLS_EMULATED) != 0;
        c->tls_desc += (fn->flags & RP_FN_TLS_DESC) != 0;
        c->tls_ie += (fn->flags & RP_FN_TLS_IE) != 0;
        c->tls_le += (fn->flags & RP_FN_TLS_LE) != 0;
        c->lfences += (fn->flags & RP_FN_LFENCE) != 0;
    }
    c->bytes = v->pass->bytes;
    c->instructions = v->pass->instructions;
}

static bool count_owners(const rp_code_view *v, rp_code_facts *c)
{
    rp_tally_count owners[RP_OWNER_COUNT] = {0};
    uint32_t used = 0;
    for (uint32_t i = 0; i < v->functions->n; i++) {
        const rp_code_who *w = &v->who[i];
        if (!v->pass->scanned[i])
            continue;
        owners[w->owner].total++;
        owners[w->owner].covered += w->crate != RP_WHO_NONE || w->object != RP_WHO_NONE;
    }
    for (unsigned i = 0; i < RP_OWNER_COUNT; i++)
        used += owners[i].total != 0;
    rp_coverage_row *rows = rp_new(v->arena, used, rp_coverage_row);
    if (rows == NULL)
        return false;
    for (unsigned i = 0; i < RP_OWNER_COUNT; i++)
        if (owners[i].total != 0)
            rows[c->nowners++] = (rp_coverage_row){rp_str_from(rp_owner_name((rp_owner)i)),
                                                   owners[i].covered, owners[i].total, (rp_owner)i};
    c->owners = rows;
    return true;
}

bool rp_code_facts_functions(const rp_code_view *v, rp_code_facts *c)
{
    count_plain(v, c);
    for (unsigned i = 0; i < RP_COUNT(flag_coverages); i++)
        if (!count_by_flags(v, &flag_coverages[i], coverage_at(c, flag_coverages[i].at)))
            return false;
    return count_owners(v, c) && count_retpolines(v, &c->retpoline) &&
           count_fences(v, &c->fenced_returns, &c->fenced_loads) &&
           count_sites(v, offsetof(rp_fn_code, overflow), RP_LM_OVERFLOW, &c->overflow,
                       &c->overflow_sites) &&
           count_sites(v, offsetof(rp_fn_code, bounds), RP_LM_BOUNDS, &c->bounds,
                       &c->bounds_sites) &&
           count_sites(v, offsetof(rp_fn_code, debug_asserts), RP_LM_DEBUG_ASSERT,
                       &c->debug_asserts, &c->debug_assert_sites);
}
