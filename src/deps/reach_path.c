/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Ways from entry points to the functions that were found: by what the code calls directly, then
 * through what it hands on, then through tables of functions that it uses. */
#include "deps/reach_parts.h"

#include "base/limits.h"
#include "base/numbers.h"
#include "deps/reach_tables.h"
#include "isa/calls.h"
#include "origin/demangle.h"

#include <inttypes.h>
#include <stdlib.h>

#define FROM_NOWHERE UINT32_MAX

enum { SCRATCH = 64 * 1024 };

typedef struct {
    rp_image *img;
    rp_arena *arena;
    const rp_reach_code *code;
    const rp_functions *functions;
    const rp_calls *calls;
    rp_table_walk tables;
    uint32_t *parent;    /* edge that led to it: caller << 1 | address; FROM_NOWHERE: an entry */
    uint32_t *seen;      /* order in which it was reached + 1; 0: it was not */
    uint32_t *order;     /* functions as they were reached */
    uint32_t norder, at; /* at: the next one to go on from */
    uint64_t *table;     /* that it was reached through, 0 none */
    bool addresses;      /* addresses that are formed lead on, too */
    bool through_tables; /* tables of functions, too */
    rp_buf scratch;
} finder;

/* ---- the walk ---- */

static void reach(finder *f, uint32_t function, uint32_t parent)
{
    if (f->seen[function] != 0)
        return;
    f->parent[function] = parent;
    f->order[f->norder++] = function;
    f->seen[function] = f->norder;
}

static void reach_from_table(void *user, uint32_t function, uint64_t table)
{
    finder *f = user;
    if (f->seen[function] == 0)
        f->table[function] = table;
    reach(f, function, f->order[f->at] << 1);
}

static void go_on(finder *f)
{
    for (; f->at < f->norder; f->at++) {
        uint32_t from = f->order[f->at];
        if (f->through_tables)
            rp_table_walk_from(&f->tables, from, reach_from_table, f);
        for (uint32_t i = f->calls->first[from]; i < f->calls->first[from + 1]; i++) {
            uint32_t edge = f->calls->edges[i];
            if (f->addresses || !rp_edge_is_address(edge))
                reach(f, rp_edge_to(edge), from << 1 | (edge & 1u));
        }
    }
}

/* ---- entry points ---- */

static bool is_main(rp_str name)
{
    static const char *const names[] = {"main", "_main", "WinMain", "wWinMain", "wmain"};
    for (size_t i = 0; i < RP_COUNT(names); i++)
        if (rp_str_is(name, names[i]))
            return true;
    return false;
}

/* What the function hands to others: C's main hands Rust's on, start-up code C's. */
static void from_handed_on(finder *f, uint32_t function)
{
    for (uint32_t i = f->calls->first[function]; i < f->calls->first[function + 1]; i++)
        if (rp_edge_is_address(f->calls->edges[i]))
            reach(f, rp_edge_to(f->calls->edges[i]), FROM_NOWHERE);
}

static void from_main(finder *f)
{
    uint32_t entry = rp_function_holding(f->functions, f->img->entry);
    bool named = false;
    for (uint32_t i = 0; i < f->functions->n; i++) {
        if (!is_main(f->functions->items[i].name))
            continue;
        named = true;
        from_handed_on(f, i);
        reach(f, i, FROM_NOWHERE);
    }
    if (!named && entry != RP_NO_FUNCTION) {
        from_handed_on(f, entry);
        for (uint32_t i = 0, n = f->norder; i < n; i++)
            from_handed_on(f, f->order[i]);
        reach(f, entry, FROM_NOWHERE);
    }
    go_on(f);
}

static void from_exports(finder *f)
{
    for (uint32_t i = 0; i < f->img->nsymbols; i++) {
        const rp_symbol *s = &f->img->symbols[i];
        uint64_t bit = f->img->arch == RP_ARCH_ARM ? 1 : 0; /* Thumb's */
        uint32_t function = s->defined && s->dynamic
                                ? rp_function_starting(f->functions, s->addr & ~bit)
                                : RP_NO_FUNCTION;
        if (function != RP_NO_FUNCTION)
            reach(f, function, FROM_NOWHERE);
    }
    go_on(f);
}

/* The readable name, kept in the arena; empty when it has none. {NULL, 0}: out of memory. */
static rp_str name_of(finder *f, uint32_t function)
{
    const rp_function *fn = &f->functions->items[function];
    rp_buf_clear(&f->scratch);
    if (rp_demangle(fn->name, false, &f->scratch) && !f->scratch.bad)
        return rp_arena_str(f->arena, rp_buf_str(&f->scratch));
    if (f->scratch.bad) { /* longer than SCRATCH, or no memory for it */
        rp_buf_free(&f->scratch);
        f->scratch = (rp_buf){.max = SCRATCH};
    }
    if (fn->name.len != 0)
        return rp_arena_str(f->arena, rp_str_sub(fn->name, 0, RP_MAX_NAME));
    return rp_arena_printf(f->arena, "0x%" PRIx64, fn->start);
}

/* A test is a function that a closure inside of it calls: libtest's table has such closures. */
static bool from_test(finder *f, uint32_t closure)
{
    rp_str outer = name_of(f, closure);
    size_t cut = rp_str_find(outer, RP_STR("::{"));
    if (outer.ptr == NULL)
        return false;
    for (uint32_t i = f->calls->first[closure]; i < f->calls->first[closure + 1]; i++) {
        uint32_t to = rp_edge_to(f->calls->edges[i]);
        if (rp_mangled_parse(f->functions->items[to].name).crate.len == 0)
            continue;
        rp_str inner = name_of(f, to);
        if (inner.ptr == NULL)
            return false;
        if (cut != SIZE_MAX && rp_str_eq(inner, rp_str_sub(outer, 0, cut)))
            reach(f, to, FROM_NOWHERE);
    }
    return true;
}

static bool from_tests(finder *f)
{
    bool harness = false;
    for (uint32_t i = 0; i < f->functions->n && !harness; i++)
        harness =
            rp_str_find(f->functions->items[i].name, RP_STR("16test_main_static")) != SIZE_MAX;
    for (uint32_t i = 0; i < f->functions->n && harness; i++)
        if (rp_mangled_parse(f->functions->items[i].name).closure && !from_test(f, i))
            return false;
    go_on(f);
    return true;
}

/* Calls first, then the same again through addresses that are handed on, then through tables. */
static bool walk(finder *f)
{
    from_main(f);
    from_exports(f);
    if (!from_tests(f))
        return false;
    f->addresses = true;
    f->at = 0;
    go_on(f);
    f->through_tables = true;
    f->at = 0;
    go_on(f);
    return true;
}

/* ---- the answer ---- */

static rp_str step_name(finder *f, uint32_t function)
{
    uint32_t parent = f->parent[function];
    rp_str name = name_of(f, function);
    if (name.ptr != NULL && f->table[function] != 0)
        return rp_arena_printf(f->arena, "%.*s (possible: through a table at 0x%" PRIx64 ")",
                               RP_FMT(name), f->table[function]);
    if (name.ptr == NULL || parent == FROM_NOWHERE || (parent & 1u) == 0)
        return name;
    return rp_arena_printf(f->arena, "%.*s (its address is handed on)", RP_FMT(name));
}

static uint32_t depth_of(const finder *f, uint32_t function)
{
    uint32_t n = 1;
    for (; f->parent[function] != FROM_NOWHERE; n++)
        function = f->parent[function] >> 1;
    return n;
}

/* The last step where the function is no symbol of its own. */
static rp_str last_step(const rp_reach_place *p, rp_arena *arena)
{
    if (p->data)
        return rp_arena_printf(arena, "%.*s (panics at %.*s)", RP_FMT(p->function),
                               RP_FMT(p->symbol));
    return rp_arena_printf(arena, "%.*s (inlined)", RP_FMT(p->function));
}

/* From the entry to `function`; of a long path the middle is left out. */
static bool tell(finder *f, uint32_t function, const rp_reach_place *p, rp_reach *to)
{
    uint32_t depth = depth_of(f, function);
    uint32_t n = depth + (p->data || f->functions->items[function].start != p->addr);
    uint32_t kept = n < RP_MAX_REACH_PATH ? n : RP_MAX_REACH_PATH;
    uint32_t *chain = rp_new(f->arena, depth, uint32_t);
    rp_str *path = rp_new(f->arena, kept, rp_str);
    if (chain == NULL || path == NULL)
        return false;
    for (uint32_t i = depth; i-- > 0; function = f->parent[function] >> 1) {
        chain[i] = function;
        to->path_possible |= f->table[function] != 0;
    }
    for (uint32_t k = 0; k < kept; k++) {
        uint32_t i = n > kept && k > kept / 2 ? n - kept + k : k;
        if (n > kept && k == kept / 2)
            path[k] = RP_STR("\xe2\x80\xa6"); /* … */
        else
            path[k] = i < depth ? step_name(f, chain[i]) : last_step(p, f->arena);
        if (path[k].ptr == NULL)
            return false;
    }
    to->path = path;
    to->npath = kept;
    return true;
}

static uint32_t function_of(const finder *f, const rp_reach_place *p)
{
    if (!p->data)
        return rp_function_holding(f->functions, p->addr);
    for (uint32_t i = 0; i < f->code->nasked; i++)
        if (f->code->asked[i] == p->addr)
            return f->calls->mentions[i].function;
    return RP_NO_FUNCTION;
}

static void move(rp_reach *to, const rp_reach_place *p)
{
    to->function = p->function;
    to->symbol = p->symbol;
    to->by = rp_str_from(p->by);
    to->at = p->at;
    to->addr = p->addr;
}

static bool answer(finder *f, uint32_t query, const rp_reach_place *places, uint32_t n,
                   rp_reach *to)
{
    const rp_reach_place *best = NULL;
    uint32_t end = RP_NO_FUNCTION;
    bool located = false;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = places[i].query == query ? function_of(f, &places[i]) : RP_NO_FUNCTION;
        located |= at != RP_NO_FUNCTION;
        if (at == RP_NO_FUNCTION || f->seen[at] == 0 ||
            (end != RP_NO_FUNCTION && f->seen[at] >= f->seen[end]))
            continue;
        end = at;
        best = &places[i];
    }
    if (best != NULL) {
        move(to, best);
        return tell(f, end, best, to);
    }
    to->no_path = f->calls->known != RP_YES ? f->calls->why
                  : !located                ? "no known function holds it"
                                            : "no visible calls or tables of functions lead there "
                                              "(other pointers are not followed)";
    return true;
}

static bool find(finder *f, const rp_reach_place *places, uint32_t n, rp_reach *ret,
                 uint32_t nqueries)
{
    f->parent = rp_new(f->arena, f->functions->n, uint32_t);
    f->seen = rp_new(f->arena, f->functions->n, uint32_t);
    f->order = rp_new(f->arena, f->functions->n, uint32_t);
    f->table = rp_new(f->arena, f->functions->n, uint64_t);
    if (f->parent == NULL || f->seen == NULL || f->order == NULL || f->table == NULL ||
        !rp_table_walk_start(&f->code->tables, f->calls, f->arena, &f->tables) || !walk(f))
        return false;
    for (uint32_t i = 0; i < nqueries; i++)
        if (ret[i].state == RP_REACH_PRESENT && !answer(f, i, places, n, &ret[i]))
            return false;
    return true;
}

bool rp_reach_paths(rp_image *img, const rp_reach_code *code, const rp_reach_place *places,
                    uint32_t n, rp_reach *ret, uint32_t nqueries)
{
    finder f = {.img = img,
                .arena = img->arena,
                .code = code,
                .functions = &code->functions,
                .calls = &code->calls,
                .scratch = {.max = SCRATCH}};
    bool ok = find(&f, places, n, ret, nqueries);
    rp_buf_free(&f.scratch);
    return ok;
}

bool rp_reach_code_read(rp_image *img, const rp_reach_place *places, uint32_t n, rp_reach_code *ret)
{
    *ret = (rp_reach_code){.asked = rp_new(img->arena, n, uint64_t)};
    if (ret->asked == NULL || !rp_functions_read(img, &ret->functions))
        return false;
    for (uint32_t i = 0; i < n; i++)
        if (places[i].data)
            ret->asked[ret->nasked++] = places[i].addr;
    if (ret->nasked > 1)
        qsort(ret->asked, ret->nasked, sizeof *ret->asked, rp_ascending_u64);
    return rp_code_tables_read(img, &ret->functions, &ret->tables) &&
           rp_calls_read(img, &ret->functions, &ret->tables, ret->asked, ret->nasked, &ret->calls);
}
