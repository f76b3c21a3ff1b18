/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "deps/advisory_match.h"

#include <stdlib.h>

typedef struct {
    const rp_inventory *inventory;
    const rp_match_options *options;
    rp_arena *arena;
    RP_VEC(rp_dep_match) found;
    uint32_t first; /* of the component being matched */
    uint32_t component;
    rp_semver version;
    rp_unjudged unjudged;
    bool no_memory;
    rp_code code; /* of the database, sticky */
    rp_error *err;
} matching;

/* All that a database has on one package. */
typedef struct {
    const rp_advisory *items;
    uint32_t n;
} advisory_list;

/* ---- the target ---- */

/* The names of `cfg(target_os)` and `cfg(target_arch)`, which are RustSec's too, by a part of the
 * triple. The first that fits counts: android's triples name linux as well. */
rp_match_options rp_match_target(rp_str triple)
{
    static const char *const systems[][2] = {
        {"-android", "android"}, {"-linux", "linux"},     {"-windows", "windows"},
        {"-darwin", "macos"},    {"-macos", "macos"},     {"-ios", "ios"},
        {"-freebsd", "freebsd"}, {"-openbsd", "openbsd"}, {"-netbsd", "netbsd"},
        {"-solaris", "solaris"}, {"-illumos", "illumos"}, {"-dragonfly", "dragonfly"},
        {"-fuchsia", "fuchsia"}, {"-redox", "redox"},     {"-wasi", "wasi"},
        {"-haiku", "haiku"},     {"-hermit", "hermit"},   {"-emscripten", "emscripten"}};
    static const char *const machines[][2] = {{"x86_64", "x86_64"},
                                              {"aarch64", "aarch64"},
                                              {"arm64", "aarch64"},
                                              {"i386", "x86"},
                                              {"i586", "x86"},
                                              {"i686", "x86"},
                                              {"arm", "arm"},
                                              {"thumb", "arm"},
                                              {"riscv32", "riscv32"},
                                              {"riscv64", "riscv64"},
                                              {"powerpc64", "powerpc64"},
                                              {"powerpc", "powerpc"},
                                              {"s390x", "s390x"},
                                              {"mips64", "mips64"},
                                              {"mips", "mips"},
                                              {"sparc64", "sparc64"},
                                              {"wasm32", "wasm32"},
                                              {"loongarch64", "loongarch64"}};
    rp_match_options o = {.os = {"", 0}, .arch = {"", 0}};
    for (size_t i = 0; i < RP_COUNT(systems) && o.os.len == 0; i++)
        if (rp_str_find(triple, rp_str_from(systems[i][0])) != SIZE_MAX)
            o.os = rp_str_from(systems[i][1]);
    for (size_t i = 0; i < RP_COUNT(machines) && o.arch.len == 0; i++)
        if (rp_str_starts(triple, machines[i][0]))
            o.arch = rp_str_from(machines[i][1]);
    return o;
}

/* ---- one advisory ---- */

static rp_tri listed(const rp_strs *list, rp_str word)
{
    if (list->n == 0)
        return RP_YES;
    for (uint32_t i = 0; i < list->n; i++)
        if (rp_str_eq(list->items[i], word))
            return RP_YES;
    return word.len > 0 ? RP_NO : RP_UNKNOWN;
}

static rp_tri here(const rp_advisory *a, const rp_match_options *o)
{
    rp_tri os = listed(&a->os, o->os), arch = listed(&a->arch, o->arch);
    if (os == RP_NO || arch == RP_NO)
        return RP_NO;
    return os == RP_YES && arch == RP_YES ? RP_YES : RP_UNKNOWN;
}

static bool is_function_affected(const rp_advisory_function *f, const rp_semver *v)
{
    for (uint32_t i = 0; i < f->reqs.n; i++) {
        rp_semver_req req;
        if (rp_semver_req_parse(f->reqs.items[i], &req, NULL) == RP_OK &&
            rp_semver_req_matches(&req, v))
            return true;
    }
    return f->always;
}

static void fill_functions(matching *m, const rp_advisory *a, rp_dep_match *to)
{
    rp_str *items = a->nfunctions > 0 ? rp_new(m->arena, a->nfunctions, rp_str) : NULL;
    m->no_memory |= items == NULL && a->nfunctions > 0;
    for (uint32_t i = 0; items != NULL && i < a->nfunctions; i++)
        if (is_function_affected(&a->functions[i], &m->version))
            items[to->nfunctions++] = a->functions[i].path;
    to->functions = items;
}

/* Cargo takes it without a change of the requirement: "^" of the version in use. */
static bool is_compatible(const rp_semver *v, const rp_semver *with)
{
    if (with->pre.len > 0 || v->major != with->major)
        return false;
    return v->major > 0   ? true
           : v->minor > 0 ? v->minor == with->minor
                          : v->minor == with->minor && v->patch == with->patch;
}

/* The end of the affected range that `v` is in, NULL when it is in none or nobody knows it: of
 * "behind 1.2.3" (1.2.4-0) the next version's name. */
static const rp_semver *end_of(const rp_advisory *a, const rp_semver *v)
{
    for (uint32_t i = 0; i < a->nranges; i++) {
        const rp_semver_range *r = &a->ranges[i];
        if (rp_semver_in(r, v) && !r->open && !rp_str_is(r->to.pre, "0") &&
            !rp_str_ends(r->to.pre, ".0"))
            return &r->to;
    }
    return NULL;
}

/* Whether an update must not lead there: what nobody maintains is no worse in another version. */
static bool is_harm(const rp_advisory *a)
{
    return a->withdrawn.len == 0 &&
           (a->kind == RP_ADVISORY_VULNERABILITY || a->kind == RP_ADVISORY_MALICIOUS ||
            a->kind == RP_ADVISORY_UNSOUND);
}

/* What keeps `v` from being a good version, NULL: nothing that is known. */
static const rp_advisory *harm_of(const advisory_list *all, const rp_semver *v)
{
    for (uint32_t i = 0; i < all->n; i++)
        for (uint32_t k = 0; is_harm(&all->items[i]) && k < all->items[i].nranges; k++)
            if (rp_semver_in(&all->items[i].ranges[k], v))
                return &all->items[i];
    return NULL;
}

/* From the end of one advisory's range on to where no other reaches, as long as Cargo calls each
 * step compatible that it called so before: one update instead of one for each advisory, and none
 * that leads into the next. Where there is no such version the first end stays the answer. */
static void fill_upgrade(matching *m, const rp_advisory *a, const advisory_list *all,
                         rp_dep_match *to)
{
    enum { STEPS = 64 };
    const rp_semver *first = end_of(a, &m->version), *at = first;
    if (first == NULL)
        return;
    to->compatible = is_compatible(&m->version, first);
    for (unsigned i = 0; at != NULL && i < STEPS; i++) {
        const rp_advisory *next = harm_of(all, at);
        if (next == NULL)
            break;
        at = end_of(next, at);
        if (at != NULL && is_compatible(&m->version, at) != to->compatible)
            at = NULL;
    }
    if (at == NULL || harm_of(all, at) != NULL)
        at = first;
    to->upgrade = rp_semver_text(m->arena, at);
    m->no_memory |= to->upgrade.ptr == NULL;
}

static rp_str doubt_of(const rp_crate_source *source)
{
    switch (source->kind) {
    case RP_FROM_GIT:
        return RP_STR("from git: its code may differ from the release of that version");
    case RP_FROM_REGISTRY:
        return source->crates_io == RP_NO ? RP_STR("from another registry than crates.io")
                                          : (rp_str){"", 0};
    case RP_FROM_UNKNOWN:
    case RP_FROM_PATH:
    case RP_FROM_STD:
        break;
    }
    return (rp_str){"", 0};
}

static void fill(matching *m, const rp_advisory_db *db, const rp_advisory *a,
                 const advisory_list *all, rp_dep_match *to)
{
    *to = (rp_dep_match){.component = m->component,
                         .id = a->id,
                         .kind = a->kind,
                         .severity = a->severity,
                         .score = a->score,
                         .vector = a->vector,
                         .title = a->title,
                         .date = a->date,
                         .url = a->url,
                         .database = a->database < db->ndatabases ? db->databases[a->database].path
                                                                  : (rp_str){"", 0},
                         .license = a->license.len > 0 ? a->license : RP_STR("CC0-1.0"),
                         .aliases = a->aliases.items,
                         .naliases = a->aliases.n,
                         .categories = a->categories.items,
                         .ncategories = a->categories.n,
                         .patched = a->patched.items,
                         .npatched = a->patched.n,
                         .pinned_by = {"", 0},
                         .here = here(a, m->options),
                         .source_doubt = doubt_of(&m->inventory->components[m->component].source),
                         .reach = {.why = "the artefact was not searched", .at = RP_NOWHERE}};
    fill_functions(m, a, to);
    fill_upgrade(m, a, all, to);
}

/* ---- one component ---- */

static bool holds(const rp_str *items, uint32_t n, rp_str id)
{
    for (uint32_t i = 0; i < n; i++)
        if (rp_str_eq(items[i], id))
            return true;
    return false;
}

/* The same advisory by id, or the one an alias of the other, or both of one CVE or GHSA. */
static bool is_known(const matching *m, const rp_advisory *a)
{
    for (uint32_t i = m->first; i < m->found.n; i++) {
        const rp_dep_match *f = &m->found.items[i];
        if (rp_str_eq(f->id, a->id) || holds(f->aliases, f->naliases, a->id) ||
            holds(a->aliases.items, a->aliases.n, f->id))
            return true;
        for (uint32_t k = 0; k < f->naliases; k++)
            if (a->database > 0 && holds(a->aliases.items, a->aliases.n, f->aliases[k]))
                return true;
    }
    return false;
}

static void match_with(matching *m, const rp_advisory_db *db, rp_advisory_collection collection,
                       rp_str package, rp_str version)
{
    advisory_list all = {0};
    if (m->code == RP_OK && db != NULL)
        m->code = rp_advisories_on(db, collection, package, &all.items, &all.n, m->err);
    if (m->code == RP_OK && db != NULL)
        m->unjudged.advisories += rp_advisories_lost(db, collection, package);
    for (uint32_t i = 0; m->code == RP_OK && i < all.n; i++) {
        const rp_advisory *a = &all.items[i];
        if ((a->withdrawn.len > 0 && !m->options->withdrawn) ||
            !rp_advisory_affects(a, &m->version, version) || is_known(m, a))
            continue;
        rp_dep_match *to = rp_vec_push(m->arena, &m->found);
        if (to == NULL) {
            m->no_memory = true;
            return;
        }
        fill(m, db, a, &all, to);
    }
}

static bool is_judged(const rp_component *c)
{
    return c->kind == RP_COMPONENT_TOOLCHAIN ||
           (c->kind == RP_COMPONENT_CRATE && c->source.kind != RP_FROM_PATH &&
            c->source.kind != RP_FROM_STD);
}

/* rustc's release is also that of the standard library in the program; Cargo's and rustdoc's are
 * told only where they are what was found. */
static void match_toolchain(matching *m, const rp_advisory_db *db, const rp_advisory_db *own,
                            const rp_component *c)
{
    const rp_advisory_db *const dbs[] = {db, own};
    for (size_t i = 0; i < RP_COUNT(dbs); i++) {
        match_with(m, dbs[i], RP_COLLECTION_RUST, c->name, c->version);
        if (rp_str_is(c->name, "rustc"))
            match_with(m, dbs[i], RP_COLLECTION_RUST, RP_STR("std"), c->version);
    }
}

static int by_component(const void *a, const void *b)
{
    const rp_dep_match *x = a;
    const rp_dep_match *y = b;
    if (x->component != y->component)
        return x->component < y->component ? -1 : 1;
    return rp_str_cmp(x->id, y->id);
}

rp_code rp_advisories_match(const rp_advisory_db *db, const rp_inventory *inventory,
                            const rp_match_options *options, rp_arena *arena, rp_dep_match **ret,
                            uint32_t *ret_n, rp_unjudged *ret_unjudged, rp_error *err)
{
    matching m = {.inventory = inventory, .options = options, .arena = arena, .err = err};
    const rp_advisory_db *own = NULL;
    rp_code code = rp_toolchain_advisories(arena, &own, err);
    if (code != RP_OK)
        return code;
    for (uint32_t i = 0; i < inventory->ncomponents; i++) {
        const rp_component *c = &inventory->components[i];
        m.component = i;
        m.first = m.found.n;
        if (!is_judged(c))
            continue;
        if (!rp_semver_parse(c->version, &m.version))
            m.unjudged.crates++;
        else if (c->kind == RP_COMPONENT_TOOLCHAIN)
            match_toolchain(&m, db, own, c);
        else
            match_with(&m, db, RP_COLLECTION_CRATES, c->name, c->version);
    }
    if (m.code != RP_OK)
        return m.code;
    if (m.no_memory)
        return rp_fail_memory(err);
    if (m.found.n > 1)
        qsort(m.found.items, m.found.n, sizeof *m.found.items, by_component);
    *ret = m.found.items;
    *ret_n = m.found.n;
    *ret_unjudged = m.unjudged;
    return RP_OK;
}

const rp_advisory *rp_advisory_of(const rp_advisory_db *db, const rp_dep_match *match,
                                  rp_str package)
{
    uint32_t n = 0;
    const rp_advisory *list = NULL;
    if (rp_advisories_on(db, RP_COLLECTION_CRATES, package, &list, &n, NULL) != RP_OK)
        return NULL; /* it was there when it matched */
    for (uint32_t i = 0; i < n; i++)
        if (rp_str_eq(list[i].id, match->id))
            return &list[i];
    return NULL;
}
