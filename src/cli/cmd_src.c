/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Rust source of packages, workspaces and single files. */
#include "base/fs.h"
#include "base/limits.h"
#include "cargo/crates.h"
#include "cargo/out_dir.h"
#include "cargo/targets.h"
#include "cli/audit.h"
#include "text/path.h"

typedef struct {
    rp_cli *cli;
    rp_cargo_targets targets;
    RP_VEC(rp_source_crate) crates;
    rp_path_list roots;
    uint32_t unread; /* what cannot be read: paths, folders, manifests */
} source;

static bool ends_with(rp_str s, const char *tail)
{
    size_t n = strlen(tail);
    return s.len >= n && memcmp(s.ptr + s.len - n, tail, n) == 0;
}

static rp_str joined(rp_cli *cli, rp_str folder, rp_str name)
{
    const char *slash = folder.len > 0 && folder.ptr[folder.len - 1] == '/' ? "" : "/";
    if (rp_str_is(folder, "."))
        return rp_arena_str(&cli->arena, name);
    return rp_arena_printf(&cli->arena, "%.*s%s%.*s", RP_FMT(folder), slash, RP_FMT(name));
}

static void not_read(source *s, rp_str path, const rp_error *err)
{
    s->unread++;
    rp_complain(s->cli, NULL, "cannot read '%.*s': %s", RP_FMT(path), err->text);
}

static void manifest(source *s, rp_str path)
{
    rp_error err = {0};
    const char *doubt = NULL;
    if (rp_cargo_targets_of(path, s->cli->all_targets, &s->cli->arena, &s->targets, &doubt, &err) !=
        RP_OK) {
        not_read(s, path, &err);
    } else if (doubt != NULL) {
        s->unread++;
        rp_complain(s->cli, NULL, "members of the workspace of '%.*s' may be missing: %s",
                    RP_FMT(path), doubt);
    }
}

/* The packages in a folder; a folder without a manifest is looked through. */
static void folder(source *s, rp_str path, unsigned depth)
{
    rp_fs_listing list = {0};
    rp_error err = {0};
    rp_str toml = joined(s->cli, path, RP_STR("Cargo.toml"));
    if (toml.ptr != NULL && rp_fs_is_there(toml.ptr)) {
        manifest(s, toml);
        return;
    }
    rp_code code =
        depth < RP_MAX_WALK_DEPTH
            ? rp_fs_list(path.ptr, true, &s->cli->arena, &list, &err)
            : rp_fail(&err, RP_E_LIMIT, RP_NOWHERE, "more than %u folders deep", RP_MAX_WALK_DEPTH);
    if (code != RP_OK)
        not_read(s, path, &err);
    for (uint32_t i = 0; i < list.entries.n; i++) {
        const rp_fs_entry *e = &list.entries.items[i];
        bool hidden = e->name.len > 0 && e->name.ptr[0] == '.';
        if (e->info.kind == RP_FS_FOLDER && !hidden && !rp_str_is(e->name, "target"))
            folder(s, joined(s->cli, path, e->name), depth + 1);
    }
}

/* An edition that is unknown is taken for the newest; 2021 when none is given. */
static uint32_t year_of(const char *edition)
{
    static const uint32_t years[] = {2015, 2018, 2021};
    static const char *const texts[] = {"2015", "2018", "2021"};
    if (edition == NULL)
        return 2021;
    for (size_t i = 0; i < RP_COUNT(years); i++)
        if (strcmp(edition, texts[i]) == 0)
            return years[i];
    return 2024;
}

static rp_str stem(rp_str path)
{
    size_t from = path.len;
    while (from > 0 && path.ptr[from - 1] != '/')
        from--;
    size_t len = path.len - from;
    return (rp_str){path.ptr + from, len > 3 ? len - 3 : len};
}

static void one_path(source *s, rp_str path)
{
    rp_fs_info info = {0};
    rp_error err = {0};
    if (ends_with(path, "Cargo.toml")) {
        manifest(s, path);
    } else if (rp_fs_look(path.ptr, true, &info, &err) != RP_OK) {
        not_read(s, path, &err);
    } else if (info.kind == RP_FS_FOLDER) {
        folder(s, path, 0);
    } else if (ends_with(path, ".rs")) {
        rp_cargo_target *t = rp_vec_push(&s->cli->arena, &s->targets);
        if (t != NULL)
            *t = (rp_cargo_target){.kind = RP_CARGO_LIB,
                                   .name = stem(path),
                                   .root = path,
                                   .edition = year_of(s->cli->edition)};
    }
}

/* What the last build wrote of its source is source, too. */
static bool find_out_dir(const source *s, const rp_cargo_target *t, rp_source_crate *c)
{
    const rp_source_crate *before = s->crates.n > 1 ? c - 1 : NULL;
    const char *named = rp_named_target_folder(s->cli);
    c->out_dir = (rp_str){"", 0};
    if (t->built_by.len == 0)
        return true;
    if (before != NULL && rp_str_eq(before->manifest, t->manifest)) {
        c->out_dir = before->out_dir;
        return true;
    }
    rp_str target = rp_str_from(named);
    if (named == NULL && !rp_configured_target_folder(s->cli, rp_path_folder(t->manifest), &target))
        return false;
    if (target.len == 0)
        target = rp_cargo_target_above(t->manifest, &s->cli->arena);
    if (target.len != 0)
        c->out_dir = rp_cargo_out_dir(target, t->built_by, &s->cli->arena);
    return target.ptr != NULL && c->out_dir.ptr != NULL;
}

/* What the engine is given. */
static bool list_crates(source *s)
{
    for (uint32_t i = 0; i < s->targets.n; i++) {
        const rp_cargo_target *t = &s->targets.items[i];
        if (t->again)
            continue;
        rp_source_crate *c = rp_vec_push(&s->cli->arena, &s->crates);
        const char **root = c != NULL ? rp_vec_push(&s->cli->arena, &s->roots) : NULL;
        rp_str z = rp_arena_str(&s->cli->arena, t->root);
        if (root == NULL || z.ptr == NULL)
            return false;
        *c = (rp_source_crate){.name = t->name, .root = z, .manifest = t->manifest};
        c->edition = t->edition;
        c->lints = t->lints;
        c->build_script = t->kind == RP_CARGO_BUILD;
        if (!find_out_dir(s, t, c))
            return false;
        *root = z.ptr;
    }
    return true;
}

/* What was found was audited; the exit code says what was not. */
static int exit_of(const source *s, int audited)
{
    bool incomplete = s->unread != 0 && !s->cli->allow_incomplete;
    return audited == RP_EXIT_CLEAN && incomplete ? RP_EXIT_INCOMPLETE : audited;
}

bool rp_project_source(rp_cli *cli, rp_source_options *ret, rp_path_list *roots,
                       uint32_t *ret_unread)
{
    source s = {.cli = cli};
    if (rp_fs_is_there("Cargo.toml"))
        one_path(&s, RP_STR("."));
    if (!list_crates(&s))
        return false;
    for (uint32_t i = 0; i < s.roots.n; i++) {
        const char **item = rp_vec_push(&cli->arena, roots);
        if (item == NULL)
            return false;
        *item = s.roots.items[i];
    }
    ret->crates = s.crates.items;
    ret->ncrates = s.crates.n;
    *ret_unread = s.unread;
    return true;
}

bool rp_source_opener(rp_cli *cli, rp_rust_opener *ret)
{
    uint64_t half = cli->max_memory != 0 ? cli->max_memory / 2 : RP_MAX_EXTERN_BYTES;
    rp_outlines *outlines = rp_outlines_new(&cli->arena, half, RP_KEEP_OUTLINE_BYTES);
    if (outlines != NULL)
        *ret = rp_cargo_opener(rp_cargo_home(cli), outlines);
    return outlines != NULL;
}

void rp_source_opener_free(const rp_rust_opener *opener)
{
    rp_outlines_free(opener->outlines);
}

static int audit_crates(source *s)
{
    rp_cli *cli = s->cli;
    rp_rust_opener opener;
    if (!rp_source_opener(cli, &opener)) {
        rp_complain(cli, NULL, "out of memory");
        return rp_exit_of(RP_E_MEMORY);
    }
    rp_source_options opt = {s->crates.items, s->crates.n, cli->strict, &opener};
    int code = cli->unsafe_inventory ? rp_src_inventory(cli, &opt)
                                     : rp_audit_source(cli, &opt, s->roots.items, s->roots.n);
    rp_source_opener_free(&opener);
    return code;
}

int rp_cmd_src(rp_cli *cli)
{
    source s = {.cli = cli};
    if (cli->paths.n == 0)
        one_path(&s, RP_STR("."));
    for (uint32_t i = 0; i < cli->paths.n; i++)
        one_path(&s, rp_str_from(cli->paths.items[i]));
    if (!list_crates(&s)) {
        rp_complain(cli, NULL, "out of memory");
        return rp_exit_of(RP_E_MEMORY);
    }
    if (s.crates.n == 0) {
        rp_complain(cli, "give a Cargo package, a workspace, a folder with some, or a .rs file",
                    "there is no Rust source to audit");
        return s.unread != 0 ? RP_EXIT_INCOMPLETE : RP_EXIT_NOTHING;
    }
    return exit_of(&s, audit_crates(&s));
}
