/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What Cargo has built here. Cargo puts the final artefacts of a workspace's own packages directly
 * into TARGET/PROFILE or TARGET/TRIPLE/PROFILE; intermediate ones are in its sub-folders deps,
 * build, incremental, and stay out. Nothing is run, nothing is built. */
#define _XOPEN_SOURCE 700
#include "cli/audit.h"

#include "base/fs.h"
#include "base/limits.h"
#include "cargo/config.h"
#include "cargo/files.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct {
    rp_cli *cli;
    rp_path_list *found, *libraries; /* rlibs: only when there is nothing else */
    bool out_of_memory;
} search;

static const char *join(search *s, const char *folder, const char *name)
{
    const char *path = rp_arena_printf(&s->cli->arena, "%s/%s", folder, name).ptr;
    s->out_of_memory |= path == NULL;
    return path;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names in `folder`, sorted; none when it cannot be read. */
static rp_path_list entries(search *s, const char *folder)
{
    rp_path_list names = {0};
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return names;
    for (struct dirent *e; (e = readdir(dir)) != NULL && names.n < RP_MAX_ENTRIES;) {
        if (e->d_name[0] == '.')
            continue;
        const char *copy = rp_arena_str(&s->cli->arena, rp_str_from(e->d_name)).ptr;
        const char **item = copy != NULL ? rp_vec_push(&s->cli->arena, &names) : NULL;
        if (item == NULL) {
            s->out_of_memory = true;
            break;
        }
        *item = copy;
    }
    (void)closedir(dir);
    if (names.n > 0)
        qsort(names.items, names.n, sizeof names.items[0], by_name);
    return names;
}

static void keep(search *s, rp_path_list *list, const char *path)
{
    const char **item = rp_vec_push(&s->cli->arena, list);
    if (item == NULL)
        s->out_of_memory = true;
    else
        *item = path;
}

/* Dependency lists, debug files and import libraries lie beside the artefacts. */
static bool is_by_product(rp_str name)
{
    static const char *const endings[] = {".d",       ".pdb",   ".dwp",  ".dwo",  ".exp",
                                          ".dll.lib", ".dll.a", ".json", ".rmeta"};
    for (size_t i = 0; i < RP_COUNT(endings); i++)
        if (rp_str_ends(name, endings[i]))
            return true;
    return false;
}

static uint32_t search_profile(search *s, const char *folder)
{
    uint32_t before = s->found->n + s->libraries->n;
    rp_path_list names = entries(s, folder);
    for (uint32_t i = 0; i < names.n && !s->out_of_memory; i++) {
        rp_str name = rp_str_from(names.items[i]);
        const char *path = join(s, folder, names.items[i]);
        if (path == NULL || is_by_product(name) || rp_is_folder(path))
            continue;
        keep(s, rp_str_ends(name, ".rlib") ? s->libraries : s->found, path);
    }
    return s->found->n + s->libraries->n - before;
}

static bool wanted_profile(const rp_cli *cli, const char *name)
{
    if (cli->profile != NULL)
        return strcmp(name, strcmp(cli->profile, "dev") == 0 ? "debug" : cli->profile) == 0;
    return !cli->release || strcmp(name, "release") == 0;
}

/* What `cargo build --target TRIPLE` makes lies in target/TRIPLE. */
static bool wanted_target(const rp_cli *cli, const char *name)
{
    return cli->target == NULL || strcmp(name, cli->target) == 0;
}

/* A folder of a profile is known by Cargo's own marks in it. */
static bool is_profile(search *s, const char *folder)
{
    const char *deps = join(s, folder, "deps"), *print = join(s, folder, ".fingerprint");
    return deps != NULL && print != NULL && (rp_is_folder(deps) || rp_is_folder(print));
}

static void search_folder(search *s, const char *folder, unsigned depth)
{
    rp_path_list names = entries(s, folder);
    for (uint32_t i = 0; i < names.n && !s->out_of_memory; i++) {
        const char *path = join(s, folder, names.items[i]);
        if (path == NULL || !rp_is_folder(path))
            continue;
        if (!is_profile(s, path)) {
            if (depth == 0 && wanted_target(s->cli, names.items[i]))
                search_folder(s, path, 1);
            continue;
        }
        bool wanted = depth == 1 || s->cli->target == NULL;
        if (!wanted || !wanted_profile(s->cli, names.items[i]))
            continue;
        uint32_t n = search_profile(s, path);
        if (n > 0)
            rp_status(s->cli, "Auditing", "%s (%u artefact%s)", path, RP_MANY(n));
    }
}

/* `folder`/.. as a path that still reads well. */
static bool climb(char *folder)
{
    char *slash = strrchr(folder, '/');
    if (slash == NULL || folder[1] == '\0')
        return false;
    slash[slash == folder ? 1 : 0] = '\0';
    return true;
}

const char *rp_named_target_folder(const rp_cli *cli)
{
    static const char *const variables[] = {"CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"};
    if (cli->target_dir != NULL)
        return cli->target_dir;
    for (size_t i = 0; i < RP_COUNT(variables); i++) {
        const char *value = getenv(variables[i]);
        if (value != NULL && value[0] != '\0')
            return value;
    }
    return NULL;
}

bool rp_configured_target_folder(rp_cli *cli, rp_str folder, rp_str *ret)
{
    const rp_config *config = NULL;
    rp_error err = {0};
    if (rp_config_read(folder, rp_cargo_home(cli), &cli->arena, &config, &err) != RP_OK)
        return false;
    *ret = rp_config_target_folder(config, &cli->arena);
    return ret->ptr != NULL;
}

/* The folder of artefacts: as it is named, else of a project as its configuration says, else the
 * first `target` beside a Cargo.toml from here upwards (a member of a workspace has none of its
 * own). */
static const char *target_folder(search *s, bool *ret_project)
{
    char here[PATH_MAX];
    const char *named = rp_named_target_folder(s->cli);
    rp_str configured;
    *ret_project = named != NULL;
    if (named != NULL)
        return named;
    if (getcwd(here, sizeof here) == NULL)
        return NULL;
    if (!rp_configured_target_folder(s->cli, RP_STR("."), &configured)) {
        s->out_of_memory = true;
        return NULL;
    }
    const char *up = ""; /* the way to `here` from the working folder */
    do {
        const char *manifest = join(s, here, "Cargo.toml");
        const char *target = rp_arena_printf(&s->cli->arena, "%starget", up).ptr;
        up = rp_arena_printf(&s->cli->arena, "../%s", up).ptr;
        if (manifest == NULL || target == NULL || up == NULL) {
            s->out_of_memory = true;
            return NULL;
        }
        bool there = rp_fs_is_there(manifest);
        *ret_project |= there;
        if (there && configured.len != 0)
            return configured.ptr;
        if (there && rp_is_folder(target))
            return target;
    } while (climb(here));
    return NULL;
}

rp_code rp_project_artefacts(rp_cli *cli, rp_path_list *ret, const char **ret_hint, rp_error *err)
{
    rp_path_list libraries = {0};
    search s = {.cli = cli, .found = ret, .libraries = &libraries};
    bool project = false;
    const char *folder = target_folder(&s, &project);
    if (folder != NULL)
        search_folder(&s, folder, 0);
    if (s.out_of_memory)
        return rp_fail_memory(err);
    if (ret->n == 0)
        *ret = libraries;
    if (ret->n > 0)
        return RP_OK;
    if (!project) {
        *ret_hint = "rustproof PATH audits a file, folder or package; rustproof --help lists more";
        return rp_fail(err, RP_E_USAGE, RP_NOWHERE,
                       "no path is given and this is no Cargo project");
    }
    *ret_hint = "cargo build --release, then again; or --target-dir FOLDER";
    if (cli->target != NULL)
        *ret_hint = rp_arena_printf(&cli->arena, "cargo build --release --target %.80s, then again",
                                    cli->target)
                        .ptr;
    if (folder == NULL)
        return rp_fail(err, RP_E_USAGE, RP_NOWHERE, "nothing is built here: no target folder");
    return rp_fail(err, RP_E_USAGE, RP_NOWHERE, "nothing is built here: no artefact in '%.120s'",
                   folder);
}
