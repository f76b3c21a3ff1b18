/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "cargo/manifest.h"

#include "base/limits.h"
#include "base/search.h"
#include "cargo/files.h"

#include <stdlib.h>

typedef struct {
    rp_arena *arena;
    rp_manifest *m;
    const rp_manifest *workspace;
    RP_VEC(rp_manifest_dep) deps;
    RP_VEC(rp_manifest_feature) features;
    bool out_of_memory;
} reader;

/* `default_features` with an underscore was taken before edition 2024, and still is in
 * dependencies' manifests of that time. */
static const rp_toml *either(const rp_toml *table, const char *dash, const char *underscore)
{
    const rp_toml *v = rp_toml_get(table, dash);
    return v != NULL ? v : rp_toml_get(table, underscore);
}

static bool strings(reader *r, const rp_toml *list, const rp_str **ret, uint32_t *ret_n)
{
    uint32_t n = list != NULL && list->kind == RP_TOML_ARRAY ? list->n : 0, k = 0;
    rp_str *out = rp_new(r->arena, n, rp_str);
    if (out == NULL)
        return !(r->out_of_memory = true);
    for (uint32_t i = 0; i < n; i++)
        if (list->items[i].value->kind == RP_TOML_STRING)
            out[k++] = list->items[i].value->text;
    *ret = out;
    *ret_n = k;
    return true;
}

/* ---- dependencies ---- */

static rp_str first_text(const rp_toml *a, const rp_toml *b, const char *key)
{
    rp_str s = rp_toml_string(a, key);
    return s.len != 0 ? s : rp_toml_string(b, key);
}

/* Features of both, when it is inherited. */
static void join_features(reader *r, rp_manifest_dep *d, const rp_toml *list)
{
    const rp_str *more = NULL;
    uint32_t n = 0;
    if (!strings(r, list, &more, &n) || n == 0)
        return;
    rp_str *all = rp_new(r->arena, (uint64_t)n + d->nfeatures, rp_str);
    if (all == NULL) {
        r->out_of_memory = true;
        return;
    }
    if (d->nfeatures != 0)
        memcpy(all, d->features, d->nfeatures * sizeof *all);
    memcpy(all + d->nfeatures, more, n * sizeof *all);
    d->features = all;
    d->nfeatures += n;
}

static const rp_toml *workspace_dep(const reader *r, rp_str key)
{
    const rp_manifest *w = r->workspace != NULL ? r->workspace : r->m;
    const rp_toml *table = rp_toml_get(rp_toml_get(w->root, "workspace"), "dependencies");
    for (uint32_t i = 0; table != NULL && table->kind == RP_TOML_TABLE && i < table->n; i++)
        if (rp_str_eq(table->items[i].key, key))
            return table->items[i].value;
    return NULL;
}

/* Paths of the workspace's entries start at its root. */
static void set_path(reader *r, rp_manifest_dep *d, const rp_toml *own, const rp_toml *shared)
{
    rp_str path = rp_toml_string(own, "path");
    const rp_manifest *w = r->workspace != NULL ? r->workspace : r->m;
    rp_str folder = path.len != 0 ? r->m->folder : w->folder;
    if (path.len == 0)
        path = rp_toml_string(shared, "path");
    if (path.len == 0)
        return;
    d->path = rp_path_join(r->arena, folder, path);
    r->out_of_memory |= d->path.ptr == NULL;
}

static void fill_dep(reader *r, rp_manifest_dep *d, const rp_toml *own, const rp_toml *shared)
{
    const rp_toml *defaults = either(own, "default-features", "default_features");
    const rp_toml *shared_defaults = either(shared, "default-features", "default_features");
    rp_str package = first_text(own, shared, "package");
    d->name = package.len != 0 ? package : d->key;
    d->req = first_text(own, shared, "version");
    d->optional = rp_toml_truth(own, "optional", false);
    /* workspace-inherited: either of both may ask for them; a member cannot turn them off */
    bool mine = defaults == NULL || defaults->kind != RP_TOML_BOOL || defaults->truth;
    bool theirs =
        shared_defaults == NULL || shared_defaults->kind != RP_TOML_BOOL || shared_defaults->truth;
    d->default_features = shared == NULL ? mine : theirs || (defaults != NULL && mine);
    d->git = first_text(own, shared, "git");
    d->branch = first_text(own, shared, "branch");
    d->tag = first_text(own, shared, "tag");
    d->rev = first_text(own, shared, "rev");
    d->registry = first_text(own, shared, "registry");
    if (d->registry.len == 0)
        d->registry = first_text(own, shared, "registry-index");
    set_path(r, d, own, shared);
    join_features(r, d, rp_toml_get(shared, "features"));
    join_features(r, d, rp_toml_get(own, "features"));
}

static void add_dep(reader *r, const rp_toml_item *item, uint8_t kind, rp_str target)
{
    rp_manifest_dep d = {.key = item->key,
                         .name = item->key,
                         .kind = kind,
                         .target = target,
                         .default_features = true,
                         .at = item->key_at};
    const rp_toml *own = item->value, *shared = NULL;
    if (own->kind == RP_TOML_STRING) {
        d.req = own->text;
    } else if (own->kind == RP_TOML_TABLE) {
        d.inherited = rp_toml_truth(own, "workspace", false);
        shared = d.inherited ? workspace_dep(r, d.key) : NULL;
        if (d.inherited && shared == NULL)
            d.missing = "the workspace has no such dependency";
        fill_dep(r, &d, own, shared != NULL && shared->kind == RP_TOML_TABLE ? shared : NULL);
        if (shared != NULL && shared->kind == RP_TOML_STRING)
            d.req = shared->text;
    }
    rp_manifest_dep *slot = rp_vec_push(r->arena, &r->deps);
    if (slot == NULL)
        r->out_of_memory = true;
    else
        *slot = d;
}

static void add_deps(reader *r, const rp_toml *tables, rp_str target)
{
    static const struct {
        const char *key;
        uint8_t kind;
    } kinds[] = {{"dependencies", RP_DEP_NORMAL},
                 {"build-dependencies", RP_DEP_BUILD},
                 {"build_dependencies", RP_DEP_BUILD},
                 {"dev-dependencies", RP_DEP_DEV},
                 {"dev_dependencies", RP_DEP_DEV}};
    for (size_t k = 0; k < RP_COUNT(kinds); k++) {
        const rp_toml *table = rp_toml_get(tables, kinds[k].key);
        for (uint32_t i = 0; table != NULL && table->kind == RP_TOML_TABLE && i < table->n; i++)
            add_dep(r, &table->items[i], kinds[k].kind, target);
    }
}

static int by_key(const void *a, const void *b)
{
    const rp_manifest_dep *x = a, *y = b;
    int c = rp_str_cmp(x->key, y->key);
    if (c == 0 && x->kind != y->kind)
        c = x->kind < y->kind ? -1 : 1;
    return c != 0 ? c : x->at < y->at ? -1 : x->at > y->at;
}

static void read_deps(reader *r)
{
    const rp_toml *targets = rp_toml_get(r->m->root, "target");
    add_deps(r, r->m->root, RP_STR(""));
    for (uint32_t i = 0; targets != NULL && targets->kind == RP_TOML_TABLE && i < targets->n; i++)
        add_deps(r, targets->items[i].value, targets->items[i].key);
}

uint32_t rp_manifest_dep_of(const rp_manifest *m, rp_str key)
{
    uint32_t low;
    RP_SEARCH(low, m->ndeps, rp_str_cmp(m->deps[low].key, key) < 0);
    return low < m->ndeps && rp_str_eq(m->deps[low].key, key) ? low : m->ndeps;
}

/* ---- features ---- */

static int by_name(const void *a, const void *b)
{
    const rp_manifest_feature *x = a, *y = b;
    return rp_str_cmp(x->name, y->name);
}

const rp_manifest_feature *rp_manifest_feature_of(const rp_manifest *m, rp_str name)
{
    uint32_t low;
    RP_SEARCH(low, m->nfeatures, rp_str_cmp(m->features[low].name, name) < 0);
    return low < m->nfeatures && rp_str_cmp(m->features[low].name, name) == 0 ? &m->features[low]
                                                                              : NULL;
}

static int by_text(const void *a, const void *b)
{
    const rp_str *x = a, *y = b;
    return rp_str_cmp(*x, *y);
}

/* Names behind "dep:" in any feature, sorted: such dependencies have no feature of their name. */
static bool hidden_names(reader *r, rp_str **ret, uint32_t *ret_n)
{
    RP_VEC(rp_str) names = {0};
    for (uint32_t i = 0; i < r->features.n; i++)
        for (uint32_t k = 0; k < r->features.items[i].nvalues; k++) {
            rp_str v = r->features.items[i].values[k];
            if (!rp_str_starts(v, "dep:"))
                continue;
            rp_str *slot = rp_vec_push(r->arena, &names);
            if (slot == NULL)
                return !(r->out_of_memory = true);
            *slot = rp_str_sub(v, 4, SIZE_MAX);
        }
    if (names.n > 1)
        qsort(names.items, names.n, sizeof *names.items, by_text);
    *ret = names.items;
    *ret_n = names.n;
    return true;
}

static bool implicit_feature(reader *r, rp_str key)
{
    rp_str *values = rp_new(r->arena, 1, rp_str);
    rp_str value = rp_arena_printf(r->arena, "dep:%.*s", RP_FMT(key));
    rp_manifest_feature *f = rp_vec_push(r->arena, &r->features);
    if (values == NULL || value.ptr == NULL || f == NULL)
        return !(r->out_of_memory = true);
    values[0] = value;
    *f = (rp_manifest_feature){key, values, 1};
    return true;
}

static void add_implicit(reader *r)
{
    rp_str *hidden = NULL;
    uint32_t nhidden = 0, explicit_ = r->features.n;
    if (!hidden_names(r, &hidden, &nhidden))
        return;
    for (uint32_t i = 0; i < r->deps.n; i++) {
        const rp_manifest_dep *d = &r->deps.items[i];
        rp_manifest_feature key = {.name = d->key};
        bool known = !d->optional || (i > 0 && rp_str_eq(r->deps.items[i - 1].key, d->key) &&
                                      r->deps.items[i - 1].optional);
        known = known || (nhidden != 0 &&
                          bsearch(&d->key, hidden, nhidden, sizeof *hidden, by_text) != NULL);
        known = known || (explicit_ != 0 &&
                          bsearch(&key, r->features.items, explicit_, sizeof key, by_name) != NULL);
        if (!known && !implicit_feature(r, d->key))
            return;
    }
}

static void read_features(reader *r)
{
    const rp_toml *table = rp_toml_get(r->m->root, "features");
    for (uint32_t i = 0; table != NULL && table->kind == RP_TOML_TABLE && i < table->n; i++) {
        rp_manifest_feature *f = rp_vec_push(r->arena, &r->features);
        if (f == NULL) {
            r->out_of_memory = true;
            return;
        }
        f->name = table->items[i].key;
        if (!strings(r, table->items[i].value, &f->values, &f->nvalues))
            return;
    }
}

static void finish(reader *r)
{
    if (r->deps.n > 1)
        qsort(r->deps.items, r->deps.n, sizeof *r->deps.items, by_key);
    if (r->features.n > 1)
        qsort(r->features.items, r->features.n, sizeof *r->features.items, by_name);
    add_implicit(r);
    if (r->features.n > 1)
        qsort(r->features.items, r->features.n, sizeof *r->features.items, by_name);
    r->m->deps = r->deps.items;
    r->m->ndeps = r->deps.n;
    r->m->features = r->features.items;
    r->m->nfeatures = r->features.n;
}

bool rp_manifest_fill(rp_manifest *m, rp_manifest_dep *deps, uint32_t ndeps,
                      rp_manifest_feature *features, uint32_t nfeatures, rp_arena *arena)
{
    reader r = {.arena = arena, .m = m};
    r.deps.items = deps;
    r.deps.n = r.deps.cap = ndeps;
    r.features.items = features;
    r.features.n = r.features.cap = nfeatures;
    finish(&r);
    return !r.out_of_memory;
}

/* ---- [package] ---- */

/* A value of [package], or of [workspace.package] where it says `workspace = true`. */
static rp_str inherited(const reader *r, const rp_toml *package, const char *key)
{
    const rp_toml *own = rp_toml_get(package, key);
    const rp_manifest *w = r->workspace != NULL ? r->workspace : r->m;
    if (own != NULL && own->kind == RP_TOML_TABLE && rp_toml_truth(own, "workspace", false))
        return rp_toml_string(rp_toml_get(rp_toml_get(w->root, "workspace"), "package"), key);
    return rp_toml_string(package, key);
}

static uint32_t number(rp_str s)
{
    uint32_t n = 0;
    for (size_t i = 0; i < s.len && i < 6 && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++)
        n = n * 10 + (uint32_t)(s.ptr[i] - '0');
    return n;
}

static void read_package(reader *r)
{
    rp_manifest *m = r->m;
    const rp_toml *package = rp_toml_get(m->root, "package"), *lib = rp_toml_get(m->root, "lib");
    if (package == NULL)
        package = rp_toml_get(m->root, "project"); /* its name before 1.0 */
    const rp_toml *build = rp_toml_get(package, "build");
    m->package = package != NULL && package->kind == RP_TOML_TABLE;
    m->name = rp_toml_string(package, "name");
    m->version = inherited(r, package, "version");
    if (m->version.len == 0)
        m->version = RP_STR("0.0.0"); /* Cargo 1.75: may be left out */
    m->links = rp_toml_string(package, "links");
    m->license = inherited(r, package, "license");
    m->edition = number(inherited(r, package, "edition"));
    m->build = rp_toml_string(package, "build");
    m->no_build = build != NULL && build->kind == RP_TOML_BOOL && !build->truth;
    m->proc_macro =
        rp_toml_truth(lib, "proc-macro", false) || rp_toml_truth(lib, "proc_macro", false);
    const rp_toml *types = either(lib, "crate-type", "crate_type");
    for (uint32_t i = 0; types != NULL && types->kind == RP_TOML_ARRAY && i < types->n; i++)
        m->proc_macro |= rp_str_is(types->items[i].value->text, "proc-macro");
}

/* Cargo book, "Resolver versions": from the root's own words, else its edition. */
static void read_resolver(rp_manifest *m)
{
    const rp_toml *workspace = rp_toml_get(m->root, "workspace");
    rp_str said = rp_toml_string(workspace, "resolver");
    m->workspace = workspace != NULL;
    if (said.len == 0)
        said = rp_toml_string(rp_toml_get(m->root, "package"), "resolver");
    uint32_t n = number(said);
    m->resolver = n >= 1 && n <= 3 ? n : m->edition >= 2024 ? 3 : m->edition >= 2021 ? 2 : 1;
}

rp_code rp_manifest_parse(rp_str text, rp_str path, const rp_manifest *workspace, rp_arena *arena,
                          const rp_manifest **ret, rp_error *err)
{
    rp_error why = {0};
    reader r = {.arena = arena, .workspace = workspace, .m = rp_new(arena, 1, rp_manifest)};
    if (r.m == NULL)
        return rp_fail_memory(err);
    r.m->path = path;
    r.m->folder = rp_path_folder(path);
    r.m->text = text;
    rp_code code = rp_toml_parse(text, arena, &r.m->root, &why);
    if (code != RP_OK) {
        uint32_t line = 0, column = 0;
        if (why.offset != RP_NOWHERE)
            rp_toml_line(text, why.offset, &line, &column);
        return rp_fail(err, code, why.offset, "%.*s:%u: %s", RP_FMT(rp_str_sub(path, 0, 100)), line,
                       why.text);
    }
    read_package(&r);
    read_resolver(r.m);
    read_deps(&r);
    read_features(&r);
    finish(&r);
    if (r.out_of_memory)
        return rp_fail_memory(err);
    *ret = r.m;
    return RP_OK;
}

rp_code rp_manifest_read(rp_str path, const rp_manifest *workspace, rp_arena *arena,
                         const rp_manifest **ret, rp_error *err)
{
    rp_str text = {0}, copy = rp_arena_str(arena, path);
    if (copy.ptr == NULL)
        return rp_fail_memory(err);
    rp_code code = rp_read_text(copy.ptr, arena, &text, err);
    return code == RP_OK ? rp_manifest_parse(text, copy, workspace, arena, ret, err) : code;
}
