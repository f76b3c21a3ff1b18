/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "cargo/targets.h"

#include "base/fs.h"
#include "base/limits.h"
#include "rust/crate.h"
#include "text/toml.h"

enum { MAX_UP = 32, MAX_MEMBERS = 10000 };

typedef struct {
    rp_arena *arena;
    rp_cargo_targets *to;
    rp_str folder;   /* of the manifest, with its last /, "" for the working folder */
    rp_str manifest; /* path */
    rp_str edition;
    rp_str name; /* of the package */
    uint32_t lints;
    bool refused;
} package;

static rp_str folder_of(rp_str path)
{
    while (path.len > 0 && path.ptr[path.len - 1] != '/')
        path.len--;
    return path;
}

static bool is_file(rp_arena *arena, rp_str path)
{
    rp_fs_info info = {0};
    rp_str z = rp_arena_str(arena, path);
    return z.ptr != NULL && rp_fs_look(z.ptr, true, &info, NULL) == RP_OK &&
           info.kind == RP_FS_FILE;
}

static rp_code read_toml(rp_str path, rp_arena *arena, const rp_toml **ret, rp_error *err)
{
    int fd = -1;
    rp_fs_info info = {0};
    rp_bytes bytes = {0};
    rp_str z = rp_arena_str(arena, path);
    if (z.ptr == NULL)
        return rp_fail_memory(err);
    rp_code code = rp_fs_open(z.ptr, true, &fd, &info, err);
    if (code != RP_OK)
        return code;
    code = rp_fs_read_all(fd, RP_MAX_MANIFEST, arena, &bytes, err);
    rp_fs_close(fd);
    if (code != RP_OK)
        return code;
    return rp_toml_parse((rp_str){(const char *)bytes.ptr, bytes.len}, arena, ret, err);
}

/* ---- targets ---- */

/* cargo names crates as packages are, with - as _. */
static rp_str crate_name(rp_arena *arena, rp_str name)
{
    char *to = rp_arena_alloc(arena, name.len + 1);
    for (size_t i = 0; to != NULL && i < name.len; i++)
        to[i] = name.ptr[i] == '-' ? '_' : name.ptr[i];
    return (rp_str){to, to != NULL ? name.len : 0};
}

static bool known(const package *p, rp_str root)
{
    for (uint32_t i = p->to->n; i-- > 0;)
        if (rp_str_eq(p->to->items[i].root, root))
            return true;
    return false;
}

static bool add(package *p, rp_cargo_target_kind kind, rp_str name, rp_str relative)
{
    rp_str root = rp_arena_printf(p->arena, "%.*s%.*s", RP_FMT(p->folder), RP_FMT(relative));
    if (root.ptr == NULL || !is_file(p->arena, root))
        return false;
    if (known(p, root))
        return true;
    rp_cargo_target *t = rp_vec_push(p->arena, p->to);
    if (t == NULL) {
        p->refused = true;
        return false;
    }
    *t = (rp_cargo_target){kind,    crate_name(p->arena, name), root, p->edition, p->manifest,
                           p->lints};
    return true;
}

static void library(package *p, const rp_toml *root)
{
    const rp_toml *lib = rp_toml_get(root, "lib");
    rp_str path = rp_toml_string(lib, "path"), name = rp_toml_string(lib, "name");
    (void)add(p, RP_CARGO_LIB, name.len != 0 ? name : p->name,
              path.len != 0 ? path : RP_STR("src/lib.rs"));
}

static void named_programs(package *p, const rp_toml *root)
{
    const rp_toml *bins = rp_toml_get(root, "bin");
    for (uint32_t i = 0; bins != NULL && bins->kind == RP_TOML_ARRAY && i < bins->n; i++) {
        const rp_toml *bin = bins->items[i].value;
        rp_str name = rp_toml_string(bin, "name"), path = rp_toml_string(bin, "path");
        if (path.len != 0) {
            (void)add(p, RP_CARGO_BIN, name, path);
            continue;
        }
        rp_str file = rp_arena_printf(p->arena, "src/bin/%.*s.rs", RP_FMT(name));
        rp_str folder = rp_arena_printf(p->arena, "src/bin/%.*s/main.rs", RP_FMT(name));
        if (!add(p, RP_CARGO_BIN, name, file) && !add(p, RP_CARGO_BIN, name, folder))
            (void)add(p, RP_CARGO_BIN, name, RP_STR("src/main.rs"));
    }
}

/* src/main.rs, src/bin/x.rs and src/bin/x/main.rs, without being named. */
static void found_programs(package *p)
{
    rp_fs_listing list = {0};
    rp_str bin = rp_arena_printf(p->arena, "%.*ssrc/bin", RP_FMT(p->folder));
    (void)add(p, RP_CARGO_BIN, p->name, RP_STR("src/main.rs"));
    if (bin.ptr == NULL || rp_fs_list(bin.ptr, true, p->arena, &list, NULL) != RP_OK)
        return;
    for (uint32_t i = 0; i < list.entries.n; i++) {
        rp_str name = list.entries.items[i].name;
        bool file = name.len > 3 && memcmp(name.ptr + name.len - 3, ".rs", 3) == 0;
        rp_str stem = {name.ptr, file ? name.len - 3 : name.len};
        rp_str path =
            rp_arena_printf(p->arena, file ? "src/bin/%.*s" : "src/bin/%.*s/main.rs", RP_FMT(name));
        (void)add(p, RP_CARGO_BIN, stem, path);
    }
}

static void build_script(package *p, const rp_toml *table)
{
    const rp_toml *build = rp_toml_get(table, "build");
    if (build != NULL && build->kind == RP_TOML_BOOL && !build->truth)
        return;
    rp_str path = rp_toml_string(table, "build");
    (void)add(p, RP_CARGO_BUILD, RP_STR("build_script"), path.len != 0 ? path : RP_STR("build.rs"));
}

/* ---- editions ---- */

/* What `x.workspace = true` refers to: the [workspace] above; NULL when there is none. */
static const rp_toml *workspace_above(rp_str folder, rp_arena *arena)
{
    rp_str up = folder;
    for (unsigned i = 0; i < MAX_UP; i++) {
        const rp_toml *root = NULL;
        rp_str path = rp_arena_printf(arena, "%.*sCargo.toml", RP_FMT(up));
        if (path.ptr != NULL && read_toml(path, arena, &root, NULL) == RP_OK &&
            rp_toml_get(root, "workspace") != NULL)
            return rp_toml_get(root, "workspace");
        up = rp_arena_printf(arena, "%.*s../", RP_FMT(up));
        if (up.ptr == NULL)
            break;
    }
    return NULL;
}

static rp_str edition_of(const rp_toml *table, rp_str folder, rp_arena *arena)
{
    const rp_toml *edition = rp_toml_get(table, "edition");
    rp_str text = rp_toml_string(table, "edition");
    if (edition != NULL && edition->kind == RP_TOML_TABLE)
        text = rp_toml_string(rp_toml_get(workspace_above(folder, arena), "package"), "edition");
    return text.len != 0 ? text : RP_STR("2015");
}

/* ---- lints ---- */

/* "deny", or { level = "deny", priority = 1 } */
static rp_str lint_level(const rp_toml *lints, const char *name)
{
    const rp_toml *rust = rp_toml_get(lints, "rust"), *lint = rp_toml_get(rust, name);
    return lint != NULL && lint->kind == RP_TOML_TABLE ? rp_toml_string(lint, "level")
                                                       : rp_toml_string(rust, name);
}

static uint32_t lints_of(const rp_toml *root, rp_str folder, rp_arena *arena)
{
    const rp_toml *lints = rp_toml_get(root, "lints");
    const rp_toml *above = rp_toml_get(lints, "workspace");
    if (above != NULL && above->kind == RP_TOML_BOOL && above->truth)
        lints = rp_toml_get(workspace_above(folder, arena), "lints");
    rp_str code = lint_level(lints, "unsafe_code"),
           op = lint_level(lints, "unsafe_op_in_unsafe_fn");
    bool no_unsafe = rp_str_is(code, "forbid") || rp_str_is(code, "deny");
    bool op_on = rp_str_is(op, "forbid") || rp_str_is(op, "deny") || rp_str_is(op, "warn");
    return (no_unsafe ? (uint32_t)RP_LINT_NO_UNSAFE : 0) |
           (op_on ? (uint32_t)RP_LINT_UNSAFE_OP_IN_FN : 0);
}

/* ---- packages and workspaces ---- */

static rp_code one_package(rp_str path, const rp_toml *root, rp_arena *arena, rp_cargo_targets *ret,
                           rp_error *err)
{
    const rp_toml *table = rp_toml_get(root, "package");
    package p = {.arena = arena, .to = ret, .folder = folder_of(path), .manifest = path};
    if (table == NULL)
        return RP_OK;
    p.name = rp_toml_string(table, "name");
    p.edition = edition_of(table, p.folder, arena);
    p.lints = lints_of(root, p.folder, arena);
    library(&p, root);
    named_programs(&p, root);
    const rp_toml *automatic = rp_toml_get(table, "autobins");
    if (automatic == NULL || automatic->kind != RP_TOML_BOOL || automatic->truth)
        found_programs(&p);
    build_script(&p, table);
    return p.refused ? rp_fail_memory(err) : RP_OK;
}

static rp_code member(rp_str folder, rp_arena *arena, rp_cargo_targets *ret, uint32_t *ret_missing,
                      rp_error *err)
{
    const rp_toml *root = NULL;
    rp_str path = rp_arena_printf(arena, "%.*s/Cargo.toml", RP_FMT(folder));
    if (path.ptr == NULL)
        return rp_fail_memory(err);
    if (read_toml(path, arena, &root, NULL) != RP_OK) {
        ++*ret_missing;
        return RP_OK;
    }
    return one_package(path, root, arena, ret, err);
}

/* A star as the last part: every folder with a manifest. Other stars are not understood: counted.
 */
static rp_code members(rp_str base, rp_str pattern, rp_arena *arena, rp_cargo_targets *ret,
                       uint32_t *ret_missing, rp_error *err)
{
    rp_fs_listing list = {0};
    rp_str whole = rp_arena_printf(arena, "%.*s%.*s", RP_FMT(base), RP_FMT(pattern));
    if (whole.ptr == NULL)
        return rp_fail_memory(err);
    const char *star = memchr(whole.ptr, '*', whole.len);
    if (star == NULL)
        return member(whole, arena, ret, ret_missing, err);
    rp_str folder = {whole.ptr, (size_t)(star - whole.ptr)};
    if (star + 1 != whole.ptr + whole.len || folder.len == 0 || star[-1] != '/') {
        ++*ret_missing;
        return RP_OK;
    }
    rp_str z = rp_arena_str(arena, (rp_str){folder.ptr, folder.len - 1});
    if (z.ptr == NULL || rp_fs_list(z.ptr, true, arena, &list, NULL) != RP_OK)
        return RP_OK;
    rp_code code = RP_OK;
    for (uint32_t i = 0; i < list.entries.n && i < MAX_MEMBERS && code == RP_OK; i++) {
        uint32_t without = 0;
        rp_str path =
            rp_arena_printf(arena, "%.*s%.*s", RP_FMT(folder), RP_FMT(list.entries.items[i].name));
        code = member(path, arena, ret, &without, err);
    }
    return code;
}

rp_code rp_cargo_targets_of(rp_str path, rp_arena *arena, rp_cargo_targets *ret,
                            uint32_t *ret_missing, rp_error *err)
{
    const rp_toml *root = NULL;
    rp_code code = read_toml(path, arena, &root, err);
    if (code == RP_OK)
        code = one_package(path, root, arena, ret, err);
    const rp_toml *list = rp_toml_get(rp_toml_get(root, "workspace"), "members");
    for (uint32_t i = 0; code == RP_OK && list != NULL && list->kind == RP_TOML_ARRAY &&
                         i < list->n && i < MAX_MEMBERS;
         i++)
        if (list->items[i].value->kind == RP_TOML_STRING)
            code =
                members(folder_of(path), list->items[i].value->text, arena, ret, ret_missing, err);
    return code;
}
