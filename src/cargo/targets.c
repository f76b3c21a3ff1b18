/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "cargo/targets.h"

#include "base/fs.h"
#include "cargo/files.h"
#include "cargo/workspace.h"
#include "rust/crate.h"

enum { MAX_UP = 32, MAX_TARGETS = 10000 /* of one package */ };

typedef struct {
    rp_arena *arena;
    rp_cargo_targets *to;
    uint32_t first; /* of this package */
    bool library;   /* it has one */
    const rp_manifest *m;
    const rp_toml *table; /* [package] */
    uint32_t lints;
    bool refused; /* out of memory */
} package;

typedef struct {
    rp_cargo_target_kind kind;
    const char *key, *automatic, *folder;
} shape;

static const shape bins = {RP_CARGO_BIN, "bin", "autobins", "src/bin"};
static const shape others[] = {{RP_CARGO_EXAMPLE, "example", "autoexamples", "examples"},
                               {RP_CARGO_TEST, "test", "autotests", "tests"},
                               {RP_CARGO_BENCH, "bench", "autobenches", "benches"}};

/* ---- one target ---- */

static uint32_t year_of(rp_str edition)
{
    static const uint32_t years[] = {2015, 2018, 2021, 2024};
    static const char *const texts[] = {"2015", "2018", "2021", "2024"};
    for (size_t i = 0; i < RP_COUNT(years); i++)
        if (rp_str_is(edition, texts[i]))
            return years[i];
    return 0;
}

/* Cargo names crates as packages and targets are, with - as _. */
static rp_str crate_name(rp_arena *arena, rp_str name)
{
    char *to = rp_arena_alloc(arena, name.len + 1);
    for (size_t i = 0; to != NULL && i < name.len; i++)
        to[i] = name.ptr[i] == '-' ? '_' : name.ptr[i];
    return (rp_str){to, to != NULL ? name.len : 0};
}

static rp_str path_of(package *p, rp_str relative)
{
    rp_str path = rp_path_join(p->arena, p->m->folder, relative);
    p->refused |= path.ptr == NULL;
    return path;
}

static bool exists(package *p, rp_str relative)
{
    rp_str path = path_of(p, relative);
    return path.ptr != NULL && rp_fs_is_there(path.ptr);
}

static bool root_known(const package *p, rp_str root)
{
    for (uint32_t i = p->first; i < p->to->n; i++)
        if (rp_str_eq(p->to->items[i].root, root))
            return true;
    return false;
}

/* `own`: its table, NULL. What has no file is left out: Cargo refuses such a package. */
static void add(package *p, rp_cargo_target_kind kind, rp_str name, rp_str relative,
                const rp_toml *own)
{
    rp_str root = path_of(p, relative), edition = rp_toml_string(own, "edition");
    if (root.ptr == NULL || !rp_fs_is_there(root.ptr) || p->to->n - p->first >= MAX_TARGETS)
        return;
    bool again = root_known(p, root);
    rp_cargo_target *t = rp_vec_push(p->arena, p->to);
    rp_str crate = crate_name(p->arena, name);
    if (t == NULL || crate.ptr == NULL) {
        p->refused = true;
        return;
    }
    *t = (rp_cargo_target){.kind = kind,
                           .name = crate,
                           .root = root,
                           .edition = p->m->edition != 0 ? p->m->edition : 2015,
                           .manifest = p->m->path,
                           .built_by = {"", 0},
                           .lints = p->lints,
                           .again = again};
    uint32_t year = year_of(edition);
    if (year != 0) /* [lib] edition = …, deprecated, but read */
        t->edition = year;
}

/* ---- found in folders ---- */

typedef struct {
    rp_str name, path;
} found;

typedef RP_VEC(found) found_list;

static void find(package *p, rp_str name, rp_str path, found_list *ret)
{
    found *f = path.ptr != NULL ? rp_vec_push(p->arena, ret) : NULL;
    if (f == NULL)
        p->refused = true;
    else
        *f = (found){name, path};
}

/* NAME.rs and NAME/main.rs of FOLDER, but hidden ones. */
static void look_through(package *p, const char *folder, found_list *ret)
{
    rp_fs_listing list = {0};
    rp_error err = {0};
    rp_str path = path_of(p, rp_str_from(folder));
    if (path.ptr == NULL || !rp_is_folder(path.ptr))
        return;
    if (rp_fs_list(path.ptr, true, p->arena, &list, &err) != RP_OK) {
        p->refused |= err.code == RP_E_MEMORY;
        return;
    }
    for (uint32_t i = 0; i < list.entries.n && ret->n < MAX_TARGETS; i++) {
        rp_str name = list.entries.items[i].name;
        rp_fs_kind kind = list.entries.items[i].info.kind;
        if (rp_str_starts(name, "."))
            continue;
        bool file = rp_str_ends(name, ".rs") && (kind == RP_FS_FILE || kind == RP_FS_LINK);
        rp_str at =
            rp_arena_printf(p->arena, file ? "%s/%.*s" : "%s/%.*s/main.rs", folder, RP_FMT(name));
        if (at.ptr == NULL || exists(p, at))
            find(p, file ? rp_str_sub(name, 0, name.len - 3) : name, at, ret);
    }
}

/* ---- kinds of which a package may have many ---- */

static const found *found_of(const found_list *list, rp_str name)
{
    for (uint32_t i = 0; i < list->n; i++)
        if (rp_str_eq(list->items[i].name, name))
            return &list->items[i];
    return NULL;
}

/* Where a target without a path begins: where it would be found, in edition 2015 also where it was
 * before there were folders for them. */
static rp_str default_path(package *p, const shape *s, const found_list *list, rp_str name)
{
    const found *f = found_of(list, name);
    if (f != NULL)
        return f->path;
    if (s->kind == RP_CARGO_BIN && p->m->edition <= 2015) {
        rp_str old = rp_arena_printf(p->arena, "src/%.*s.rs", RP_FMT(name));
        p->refused |= old.ptr == NULL;
        if (!p->library && old.ptr != NULL && exists(p, old))
            return old;
        return exists(p, RP_STR("src/main.rs")) ? RP_STR("src/main.rs") : RP_STR("src/bin/main.rs");
    }
    bool bench = s->kind == RP_CARGO_BENCH && rp_str_is(name, "bench");
    return bench ? RP_STR("src/bench.rs") : (rp_str){"", 0};
}

/* Those with a table take precedence by name and by path as written. Edition 2015 looks for no
 * others once there is one (Cargo book, "Target auto-discovery"). */
static bool has_table(const rp_toml *list, const found *f)
{
    for (uint32_t i = 0; list != NULL && i < list->n && i < MAX_TARGETS; i++) {
        const rp_toml *own = list->items[i].value;
        if (rp_str_eq(rp_toml_string(own, "name"), f->name) ||
            rp_str_eq(rp_toml_string(own, "path"), f->path))
            return true;
    }
    return false;
}

static void many(package *p, const shape *s)
{
    found_list list = {0};
    const rp_toml *tables = rp_toml_get(p->m->root, s->key);
    if (tables != NULL && tables->kind != RP_TOML_ARRAY)
        tables = NULL;
    if (s->kind == RP_CARGO_BIN && exists(p, RP_STR("src/main.rs")))
        find(p, p->m->name, RP_STR("src/main.rs"), &list);
    look_through(p, s->folder, &list);
    for (uint32_t i = 0; tables != NULL && i < tables->n && i < MAX_TARGETS; i++) {
        const rp_toml *own = tables->items[i].value;
        rp_str name = rp_toml_string(own, "name"), path = rp_toml_string(own, "path");
        add(p, s->kind, name, path.len != 0 ? path : default_path(p, s, &list, name), own);
    }
    if (!rp_toml_truth(p->table, s->automatic, tables == NULL || p->m->edition > 2015))
        return;
    for (uint32_t i = 0; i < list.n; i++)
        if (!has_table(tables, &list.items[i]))
            add(p, s->kind, list.items[i].name, list.items[i].path, NULL);
}

static void library(package *p)
{
    const rp_toml *lib = rp_toml_get(p->m->root, "lib");
    rp_str path = rp_toml_string(lib, "path"), name = rp_toml_string(lib, "name");
    if (lib == NULL && !rp_toml_truth(p->table, "autolib", true))
        return;
    add(p, RP_CARGO_LIB, name.len != 0 ? name : p->m->name,
        path.len != 0 ? path : RP_STR("src/lib.rs"), lib);
}

/* The crate is called after its file: build_script_build of build.rs. */
static void build_script(package *p)
{
    if (p->m->no_build)
        return;
    rp_str path = p->m->build.len != 0 ? p->m->build : RP_STR("build.rs");
    rp_str file = rp_path_last(path);
    if (rp_str_ends(file, ".rs"))
        file.len -= 3;
    rp_str name = rp_arena_printf(p->arena, "build_script_%.*s", RP_FMT(file));
    p->refused |= name.ptr == NULL;
    add(p, RP_CARGO_BUILD, name, path, NULL);
}

/* ---- lints ---- */

/* "deny", or { level = "deny", priority = 1 } */
static rp_str lint_level(const rp_toml *lints, const char *name)
{
    const rp_toml *rust = rp_toml_get(lints, "rust"), *lint = rp_toml_get(rust, name);
    return lint != NULL && lint->kind == RP_TOML_TABLE ? rp_toml_string(lint, "level")
                                                       : rp_toml_string(rust, name);
}

/* `root`: of the workspace, NULL. */
static uint32_t lints_of(const rp_manifest *m, const rp_manifest *root)
{
    const rp_toml *lints = rp_toml_get(m->root, "lints");
    if (rp_toml_truth(lints, "workspace", false))
        lints = root != NULL ? rp_toml_get(rp_toml_get(root->root, "workspace"), "lints") : NULL;
    rp_str code = lint_level(lints, "unsafe_code"),
           op = lint_level(lints, "unsafe_op_in_unsafe_fn");
    bool no_unsafe = rp_str_is(code, "forbid") || rp_str_is(code, "deny");
    bool op_on = rp_str_is(op, "forbid") || rp_str_is(op, "deny") || rp_str_is(op, "warn");
    return (no_unsafe ? (uint32_t)RP_LINT_NO_UNSAFE : 0) |
           (op_on ? (uint32_t)RP_LINT_UNSAFE_OP_IN_FN : 0);
}

/* ---- packages and workspaces ---- */

static bool one_package(const rp_manifest *m, const rp_manifest *root, bool all, rp_arena *arena,
                        rp_cargo_targets *ret)
{
    package p = {.arena = arena, .to = ret, .first = ret->n, .m = m, .lints = lints_of(m, root)};
    if (!m->package)
        return true;
    p.table = rp_toml_get(m->root, "package");
    if (p.table == NULL)
        p.table = rp_toml_get(m->root, "project");
    library(&p);
    p.library = ret->n != p.first;
    many(&p, &bins);
    for (size_t i = 0; all && i < RP_COUNT(others); i++)
        many(&p, &others[i]);
    build_script(&p);
    bool script = ret->n > p.first && ret->items[ret->n - 1].kind == RP_CARGO_BUILD;
    for (uint32_t i = p.first; script && i < ret->n; i++)
        ret->items[i].built_by = m->name;
    return !p.refused;
}

/* The root of the workspace that `m` is in: what it names, else the first one above it; NULL. */
static rp_code root_above(const rp_manifest *m, rp_arena *arena, const rp_manifest **ret,
                          rp_error *err)
{
    rp_str named = rp_toml_string(rp_toml_get(m->root, "package"), "workspace");
    rp_str folder = rp_path_join(arena, m->folder, named.len != 0 ? named : RP_STR(".."));
    *ret = NULL;
    for (unsigned i = 0; i < MAX_UP && folder.ptr != NULL; i++) {
        const rp_manifest *above = NULL;
        rp_str path = rp_path_join(arena, folder, RP_STR("Cargo.toml"));
        rp_code code = RP_OK;
        if (path.ptr != NULL && rp_is_file(path.ptr))
            code = rp_manifest_read(path, NULL, arena, &above, NULL);
        if (path.ptr == NULL || code == RP_E_MEMORY)
            return rp_fail_memory(err);
        if (above != NULL && above->workspace) {
            *ret = above;
            return RP_OK;
        }
        if (rp_str_is(folder, "/") || named.len != 0)
            return RP_OK;
        folder = rp_path_join(arena, folder, RP_STR(".."));
    }
    return folder.ptr != NULL ? RP_OK : rp_fail_memory(err);
}

static rp_code lone_package(const rp_manifest *m, bool all, rp_arena *arena, rp_cargo_targets *ret,
                            rp_error *err)
{
    const rp_manifest *root = NULL;
    rp_code code = root_above(m, arena, &root, err);
    if (code == RP_OK && root != NULL)
        code = rp_manifest_parse(m->text, m->path, root, arena, &m, err);
    if (code != RP_OK)
        return code;
    return one_package(m, root, all, arena, ret) ? RP_OK : rp_fail_memory(err);
}

rp_code rp_cargo_targets_of(rp_str path, bool all, rp_arena *arena, rp_cargo_targets *ret,
                            const char **ret_doubt, rp_error *err)
{
    const rp_manifest *m = NULL;
    const rp_workspace *w = NULL;
    rp_code code = rp_manifest_read(path, NULL, arena, &m, err);
    if (code != RP_OK)
        return code;
    if (!m->workspace)
        return lone_package(m, all, arena, ret, err);
    code = rp_workspace_read(rp_path_folder(path), arena, &w, err);
    if (code != RP_OK)
        return code;
    if (w->doubt != NULL)
        *ret_doubt = w->doubt;
    for (uint32_t i = 0; i < w->npackages; i++)
        if (w->packages[i].member &&
            !one_package(w->packages[i].manifest, w->root, all, arena, ret))
            return rp_fail_memory(err);
    return RP_OK;
}
