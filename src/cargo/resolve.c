/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Cargo's feature resolver as a worklist: src/cargo/core/resolver/features.rs is the rule. A state
 * is a package built for the target or, when the resolver keeps those apart, for the host. */
#include "cargo/resolve.h"

#include "base/limits.h"
#include "base/search.h"
#include "cargo/cfg.h"
#include "text/semver.h"

typedef enum { DO_PACKAGE, DO_FEATURE, DO_DEP } task_kind;

typedef struct {
    task_kind kind;
    uint32_t state;
    rp_str text; /* FEATURE: as in [features]; DEP: key of the dependency */
} task;

typedef struct deferred {
    struct deferred *next;
    rp_str key, feature;
} deferred;

typedef struct {
    bool processed;
    bool *features; /* by the manifest's features */
    bool *deps;     /* optional dependencies that are active, by the manifest's first of the key */
    deferred *weak; /* "x?/y" that wait for x */
} state;

typedef struct {
    const rp_resolve_options *opt;
    const rp_lock *lock;
    const rp_manifest *const *manifests;
    const bool *member;
    rp_arena *arena;
    state *states;     /* 2 * package + (host) */
    uint32_t **target; /* by package: package of each dependency of its manifest */
    rp_tri **platform; /* by package: for target [2i], for host [2i + 1] */
    RP_VEC(task) tasks;
    rp_resolved *out;
    bool out_of_memory;
} resolver;

static bool apart(const resolver *r)
{
    return r->opt->resolver >= 2;
}

/* ---- which package a dependency means ---- */

static bool fits(const rp_lock_package *p, const rp_manifest_dep *d)
{
    rp_semver_req req = {0};
    rp_semver v = {0};
    if (d->git.len != 0 && p->source.kind == RP_FROM_REGISTRY)
        return false;
    if (d->req.len == 0 || rp_semver_req_parse(d->req, &req, NULL) != RP_OK ||
        !rp_semver_parse(p->version, &v))
        return true;
    return rp_semver_req_matches(&req, &v);
}

/* Where in deps_by_name that name begins. */
static uint32_t first_named(const rp_lock *lock, const rp_lock_package *p, rp_str name)
{
    uint32_t low;
    RP_SEARCH(low, p->ndeps, rp_str_cmp(lock->packages[p->deps_by_name[low]].name, name) < 0);
    return low;
}

/* A package that asks for more versions of one crate than this is made up: the others are not
 * looked at. */
enum { MAX_VERSIONS = 64 };

uint32_t rp_lock_dep(const rp_lock *lock, uint32_t p, const rp_manifest_dep *d)
{
    const rp_lock_package *from = &lock->packages[p];
    uint32_t first = first_named(lock, from, d->name), n = 0;
    for (uint32_t i = first; i < from->ndeps && n < MAX_VERSIONS; i++, n++) {
        uint32_t to = from->deps_by_name[i];
        if (!rp_str_eq(lock->packages[to].name, d->name))
            break;
        if (fits(&lock->packages[to], d))
            return to;
    }
    /* a patch may have a version that its dependants do not ask for any more */
    return n == 1 && d->path.len + d->git.len != 0 ? from->deps_by_name[first] : RP_NO_PACKAGE;
}

/* ---- preparation ---- */

static rp_tri holds(const resolver *r, rp_str platform, rp_str triple, const rp_target_cfg *cfg)
{
    if (platform.len == 0 || r->opt->target.len == 0)
        return RP_YES;
    return rp_platform_holds(platform, triple, cfg);
}

static bool prepare_package(resolver *r, uint32_t p, const rp_target_cfg *target,
                            const rp_target_cfg *host)
{
    const rp_manifest *m = r->manifests[p];
    if (m == NULL)
        return true;
    r->target[p] = rp_new(r->arena, m->ndeps, uint32_t);
    r->platform[p] = rp_new(r->arena, (uint64_t)m->ndeps * 2, rp_tri);
    for (uint32_t h = 0; h < 2; h++) {
        r->states[2 * p + h].features = rp_new(r->arena, m->nfeatures, bool);
        r->states[2 * p + h].deps = rp_new(r->arena, m->ndeps, bool);
        if (r->states[2 * p + h].features == NULL || r->states[2 * p + h].deps == NULL)
            return false;
    }
    if (r->target[p] == NULL || r->platform[p] == NULL)
        return false;
    rp_str host_triple = r->opt->host.len != 0 ? r->opt->host : r->opt->target;
    for (uint32_t i = 0; i < m->ndeps; i++) {
        r->target[p][i] = rp_lock_dep(r->lock, p, &m->deps[i]);
        r->platform[p][2 * i] = holds(r, m->deps[i].target, r->opt->target, target);
        r->platform[p][2 * i + 1] = holds(r, m->deps[i].target, host_triple, host);
    }
    return true;
}

static bool prepare(resolver *r)
{
    uint64_t n = r->lock->npackages;
    const rp_target_cfg *target = rp_target_cfg_of(r->opt->target);
    const rp_target_cfg *host = r->opt->host.len != 0 ? rp_target_cfg_of(r->opt->host) : target;
    r->states = rp_new(r->arena, n * 2, state);
    r->target = rp_new(r->arena, n, uint32_t *);
    r->platform = rp_new(r->arena, n, rp_tri *);
    r->out = rp_new(r->arena, 1, rp_resolved);
    if (r->states == NULL || r->target == NULL || r->platform == NULL || r->out == NULL)
        return false;
    for (uint32_t i = 0; i < n; i++)
        if (!prepare_package(r, i, target, host))
            return false;
    return true;
}

/* ---- dependencies of a state ---- */

static bool is_proc_macro(const resolver *r, uint32_t p)
{
    return r->manifests[p] != NULL && r->manifests[p]->proc_macro;
}

/* Whether what dependency i of package p needs runs on the host. */
static bool to_host(const resolver *r, uint32_t p, uint32_t i, bool from_host)
{
    return from_host || r->manifests[p]->deps[i].kind == RP_DEP_BUILD ||
           is_proc_macro(r, r->target[p][i]);
}

static bool takes_dev(const resolver *r, uint32_t p)
{
    return r->opt->dev && r->member[p];
}

/* Platform of dependency i when p is built for the host or not: build dependencies ask the host. */
static rp_tri on_platform(const resolver *r, uint32_t p, uint32_t i, bool host)
{
    bool ask_host = host || r->manifests[p]->deps[i].kind == RP_DEP_BUILD;
    return r->platform[p][2 * i + (ask_host ? 1 : 0)];
}

/* Whether features flow along dependency i. Version 1 looks at no platform and takes the
 * dependencies of tests always. */
static bool flows(const resolver *r, uint32_t p, uint32_t i, bool host)
{
    const rp_manifest_dep *d = &r->manifests[p]->deps[i];
    if (r->target[p][i] == RP_NO_PACKAGE)
        return false;
    if (d->kind == RP_DEP_DEV)
        return apart(r) ? takes_dev(r, p) && on_platform(r, p, i, host) != RP_NO : r->member[p];
    return !apart(r) || on_platform(r, p, i, host) != RP_NO;
}

static uint32_t state_of(const resolver *r, uint32_t p, uint32_t i, bool host)
{
    return 2 * r->target[p][i] + (apart(r) && to_host(r, p, i, host) ? 1 : 0);
}

/* ---- tasks ---- */

static void add_task(resolver *r, task_kind kind, uint32_t s, rp_str text)
{
    task *t = rp_vec_push(r->arena, &r->tasks);
    if (t == NULL)
        r->out_of_memory = true;
    else
        *t = (task){kind, s, text};
}

/* Builds the package of dependency i with the features that it asks for. */
static void ask(resolver *r, uint32_t p, uint32_t i, bool host)
{
    const rp_manifest_dep *d = &r->manifests[p]->deps[i];
    uint32_t s = state_of(r, p, i, host);
    add_task(r, DO_PACKAGE, s, RP_STR(""));
    for (uint32_t k = 0; k < d->nfeatures; k++)
        add_task(r, DO_FEATURE, s, d->features[k]);
    if (d->default_features)
        add_task(r, DO_FEATURE, s, RP_STR("default"));
}

static void do_package(resolver *r, uint32_t s)
{
    uint32_t p = s / 2;
    const rp_manifest *m = r->manifests[p];
    if (r->states[s].processed)
        return;
    r->states[s].processed = true;
    for (uint32_t i = 0; m != NULL && i < m->ndeps; i++)
        if (!m->deps[i].optional && flows(r, p, i, s % 2 != 0))
            ask(r, p, i, s % 2 != 0);
}

static void do_dep(resolver *r, uint32_t s, rp_str key)
{
    const rp_manifest *m = r->manifests[s / 2];
    state *st = &r->states[s];
    uint32_t first = rp_manifest_dep_of(m, key);
    if (first == m->ndeps || st->deps[first])
        return;
    st->deps[first] = true;
    for (uint32_t i = first; i < m->ndeps && rp_str_eq(m->deps[i].key, key); i++) {
        if (!flows(r, s / 2, i, s % 2 != 0))
            continue;
        ask(r, s / 2, i, s % 2 != 0);
        for (const deferred *w = st->weak; w != NULL; w = w->next)
            if (rp_str_eq(w->key, key))
                add_task(r, DO_FEATURE, state_of(r, s / 2, i, s % 2 != 0), w->feature);
    }
}

static void defer(resolver *r, uint32_t s, rp_str key, rp_str feature)
{
    deferred *d = rp_new(r->arena, 1, deferred);
    if (d == NULL) {
        r->out_of_memory = true;
        return;
    }
    *d = (deferred){r->states[s].weak, key, feature};
    r->states[s].weak = d;
}

/* "x/y" and "x?/y" */
static void do_dep_feature(resolver *r, uint32_t s, rp_str key, rp_str feature)
{
    const rp_manifest *m = r->manifests[s / 2];
    bool weak = rp_str_ends(key, "?");
    key.len -= weak ? 1 : 0;
    uint32_t first = rp_manifest_dep_of(m, key);
    for (uint32_t i = first; i < m->ndeps && rp_str_eq(m->deps[i].key, key); i++) {
        if (!flows(r, s / 2, i, s % 2 != 0))
            continue;
        if (m->deps[i].optional && weak && !r->states[s].deps[first]) {
            defer(r, s, key, feature);
            return;
        }
        if (m->deps[i].optional && !weak) {
            add_task(r, DO_DEP, s, key);
            add_task(r, DO_FEATURE, s, key); /* the old meaning: the feature of that name, too */
        }
        add_task(r, DO_FEATURE, state_of(r, s / 2, i, s % 2 != 0), feature);
    }
}

static void do_feature(resolver *r, uint32_t s, rp_str text)
{
    const rp_manifest *m = r->manifests[s / 2];
    size_t slash = rp_str_find(text, RP_STR("/"));
    if (m == NULL)
        return;
    if (rp_str_starts(text, "dep:")) {
        do_dep(r, s, rp_str_sub(text, 4, SIZE_MAX));
        return;
    }
    if (slash != SIZE_MAX) {
        do_dep_feature(r, s, rp_str_sub(text, 0, slash), rp_str_sub(text, slash + 1, SIZE_MAX));
        return;
    }
    const rp_manifest_feature *f = rp_manifest_feature_of(m, text);
    if (f == NULL || r->states[s].features[f - m->features])
        return;
    r->states[s].features[f - m->features] = true;
    for (uint32_t i = 0; i < f->nvalues; i++)
        add_task(r, DO_FEATURE, s, f->values[i]);
}

static bool work(resolver *r)
{
    while (r->tasks.n != 0 && !r->out_of_memory) {
        task t = r->tasks.items[--r->tasks.n];
        if (t.kind == DO_PACKAGE)
            do_package(r, t.state);
        else if (t.kind == DO_DEP)
            do_dep(r, t.state, t.text);
        else
            do_feature(r, t.state, t.text);
    }
    return !r->out_of_memory;
}

/* ---- what the user asks of members ---- */

static void ask_member(resolver *r, uint32_t p)
{
    const rp_manifest *m = r->manifests[p];
    uint32_t s = 2 * p + (apart(r) && is_proc_macro(r, p) ? 1 : 0);
    add_task(r, DO_PACKAGE, s, RP_STR(""));
    for (uint32_t i = 0; m != NULL && r->opt->all_features && i < m->nfeatures; i++)
        add_task(r, DO_FEATURE, s, m->features[i].name);
    if (!r->opt->no_default_features)
        add_task(r, DO_FEATURE, s, RP_STR("default"));
    for (uint32_t i = 0; i < r->opt->nfeatures; i++) {
        rp_str f = r->opt->features[i];
        size_t slash = rp_str_find(f, RP_STR("/"));
        rp_str of = slash != SIZE_MAX ? rp_str_sub(f, 0, slash) : RP_STR("");
        if (slash != SIZE_MAX && rp_str_eq(of, r->lock->packages[p].name))
            f = rp_str_sub(f, slash + 1, SIZE_MAX);
        add_task(r, DO_FEATURE, s, f);
    }
}

/* ---- the graph that is built ---- */

typedef struct {
    resolver *r;
    uint32_t *queue; /* nodes: 4 * package + 2 * dev-only + host */
    uint32_t n;
    bool *seen;
    uint8_t *kinds;
    RP_VEC(rp_resolved_edge) edges;
} walk;

static void visit(walk *w, uint32_t p, bool dev, bool host)
{
    uint32_t node = 4 * p + (dev ? 2 : 0) + (host ? 1 : 0);
    w->kinds[p] |= dev ? RP_DEP_DEV : host ? RP_DEP_BUILD : RP_DEP_NORMAL;
    if (w->seen[node])
        return;
    w->seen[node] = true;
    w->queue[w->n++] = node;
}

static bool add_edge(walk *w, uint32_t from, uint32_t to, uint8_t kind)
{
    if (w->edges.n >= RP_MAX_DEP_EDGES)
        return true;
    rp_resolved_edge *e = rp_vec_push(w->r->arena, &w->edges);
    if (e != NULL)
        *e = (rp_resolved_edge){from, to, kind};
    return e != NULL;
}

/* Nothing is known of it: all that the lock file says of it counts. */
static bool walk_unknown(walk *w, uint32_t p, bool dev, bool host)
{
    const rp_lock_package *pkg = &w->r->lock->packages[p];
    for (uint32_t i = 0; i < pkg->ndeps; i++) {
        uint32_t to = pkg->deps[i];
        if (w->r->lock->packages[to].replaced != RP_NO_PACKAGE)
            to = w->r->lock->packages[to].replaced;
        visit(w, to, dev, host);
        if (!add_edge(w, p, to, 0))
            return false;
    }
    return true;
}

static bool walk_node(walk *w, uint32_t node)
{
    resolver *r = w->r;
    uint32_t p = node / 4;
    bool dev = (node & 2) != 0, host = (node & 1) != 0;
    const rp_manifest *m = r->manifests[p];
    const state *st = &r->states[2 * p + (apart(r) && host ? 1 : 0)];
    if (m == NULL)
        return walk_unknown(w, p, dev, host);
    for (uint32_t i = 0; i < m->ndeps; i++) {
        const rp_manifest_dep *d = &m->deps[i];
        rp_tri on = on_platform(r, p, i, host);
        bool is_dev = d->kind == RP_DEP_DEV;
        if (r->target[p][i] == RP_NO_PACKAGE || on == RP_NO || (is_dev && !takes_dev(r, p)))
            continue;
        if (d->optional && !st->deps[rp_manifest_dep_of(m, d->key)])
            continue;
        r->out->undecided += on == RP_UNKNOWN;
        visit(w, r->target[p][i], dev || is_dev, to_host(r, p, i, host));
        uint8_t kind = d->kind;
        if (is_proc_macro(r, r->target[p][i]))
            kind |= RP_DEP_PROC_MACRO;
        if (!add_edge(w, p, r->target[p][i], kind))
            return false;
    }
    return true;
}

static bool walk_all(resolver *r)
{
    uint64_t n = r->lock->npackages;
    walk w = {.r = r,
              .queue = rp_new(r->arena, n * 4, uint32_t),
              .seen = rp_new(r->arena, n * 4, bool),
              .kinds = rp_new(r->arena, n, uint8_t)};
    if (w.queue == NULL || w.seen == NULL || w.kinds == NULL)
        return false;
    for (uint32_t i = 0; i < n; i++)
        if (r->member[i])
            visit(&w, i, false, is_proc_macro(r, i));
    for (uint32_t i = 0; i < w.n; i++)
        if (!walk_node(&w, w.queue[i]))
            return false;
    for (uint32_t i = 0; i < n; i++) {
        if (w.kinds[i] != 0 && is_proc_macro(r, i))
            w.kinds[i] |= RP_DEP_PROC_MACRO;
        r->out->unknown += w.kinds[i] != 0 && r->manifests[i] == NULL;
    }
    r->out->kinds = w.kinds;
    r->out->edges = w.edges.items;
    r->out->nedges = w.edges.n;
    return true;
}

rp_code rp_resolve(const rp_resolve_options *opt, const rp_lock *lock,
                   const rp_manifest *const *manifests, const bool *member, rp_arena *arena,
                   const rp_resolved **ret, rp_error *err)
{
    resolver r = {
        .opt = opt, .lock = lock, .manifests = manifests, .member = member, .arena = arena};
    if (!prepare(&r))
        return rp_fail_memory(err);
    for (uint32_t i = 0; i < lock->npackages; i++)
        if (member[i])
            ask_member(&r, i);
    if (r.out_of_memory || !work(&r) || !walk_all(&r))
        return rp_fail_memory(err);
    *ret = r.out;
    return RP_OK;
}
