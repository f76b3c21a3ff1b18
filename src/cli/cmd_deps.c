/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Dependencies of projects and lock files. */
#define _XOPEN_SOURCE 700
#include "base/fs.h"
#include "cargo/files.h"
#include "cli/audit.h"
#include "cli/databases.h"

#include <stdlib.h>
#include <unistd.h>

/* FOLDER/NAME, or NAME alone for ".". */
static const char *join(rp_cli *cli, const char *folder, const char *name)
{
    size_t n = strlen(folder);
    const char *slash = n > 0 && folder[n - 1] == '/' ? "" : "/";
    if (strcmp(folder, ".") == 0)
        return name;
    return rp_arena_printf(&cli->arena, "%s%s%s", folder, slash, name).ptr;
}

/* The lock file of the project in `folder`, or in one above it, as Cargo looks for a workspace; a
 * manifest when there is none; NULL when there is neither. */
static const char *project_file(rp_cli *cli, const char *folder)
{
    enum { DEPTH = 64 };
    const char *manifest = NULL, *up = folder;
    for (int i = 0; i < DEPTH && up != NULL; i++) {
        const char *lock = join(cli, up, "Cargo.lock"), *toml = join(cli, up, "Cargo.toml");
        if (lock != NULL && rp_fs_is_there(lock))
            return lock;
        if (manifest == NULL && toml != NULL && rp_fs_is_there(toml))
            manifest = toml;
        if (manifest == NULL || !rp_is_folder(up))
            break; /* a folder without manifest is no project: what lies above it is another's */
        up = strcmp(up, ".") == 0 ? ".." : join(cli, up, "..");
    }
    return manifest;
}

static bool add_path(rp_cli *cli, rp_path_list *list, const char *path)
{
    const char *project = rp_is_folder(path) ? project_file(cli, path) : NULL;
    const char *toml = strrchr(path, '/');
    toml = toml != NULL ? toml + 1 : path;
    if (project == NULL && strcmp(toml, "Cargo.toml") == 0) {
        size_t n = (size_t)(toml - path);
        const char *folder = n != 0 ? rp_arena_str(&cli->arena, (rp_str){path, n}).ptr : ".";
        project = folder != NULL ? project_file(cli, folder) : NULL;
    }
    const char **slot = rp_vec_push(&cli->arena, list);
    if (slot != NULL)
        *slot = project != NULL ? project : path;
    return slot != NULL;
}

rp_str rp_cargo_home(rp_cli *cli)
{
    const char *home = cli->cargo_home != NULL ? cli->cargo_home : getenv("CARGO_HOME");
    if (home == NULL || home[0] == '\0') {
        const char *user = getenv("HOME");
        home = user != NULL ? rp_arena_printf(&cli->arena, "%s/.cargo", user).ptr : NULL;
    }
    return rp_str_from(home);
}

static rp_deps_options options(rp_cli *cli)
{
    return (rp_deps_options){.target = rp_str_from(cli->target),
                             .features = cli->features.items,
                             .nfeatures = cli->features.n,
                             .all_features = cli->all_features,
                             .no_default_features = cli->no_default_features,
                             .cargo_home = rp_cargo_home(cli),
                             .bom = (cli->command->bits & RP_CMD_BOM) != 0,
                             .verify = cli->verify};
}

static int no_database(rp_cli *cli, const rp_error *err)
{
    rp_complain(cli, "--db takes a checkout of RustSec's database, OSV files or a zip of them",
                "%s", err->text);
    return err->code == RP_E_MEMORY ? rp_exit_of(err->code) : RP_EXIT_USAGE;
}

/* The paths of the command line as lock files and artefacts, the project here without any; an exit
 * code, 0 when they are there. */
static int find_paths(rp_cli *cli, rp_path_list *ret)
{
    bool ok = true;
    for (uint32_t i = 0; i < cli->paths.n; i++)
        ok = ok && add_path(cli, ret, cli->paths.items[i]);
    if (cli->paths.n == 0) {
        if (project_file(cli, ".") == NULL) {
            rp_complain(cli, "give a project, a Cargo.lock or a folder with some of them",
                        "there is no Cargo project here");
            return RP_EXIT_USAGE;
        }
        ok = add_path(cli, ret, ".");
    }
    if (!ok)
        rp_complain(cli, NULL, "out of memory");
    return ok ? 0 : rp_exit_of(RP_E_MEMORY);
}

static rp_code ask_databases(rp_cli *cli, rp_deps_options *deps, rp_error *err)
{
    rp_code code = rp_cli_open_databases(cli, &deps->advisories, &deps->no_advisories, err);
    cli->advisories = deps->advisories;
    deps->today = rp_cli_today();
    deps->max_age = cli->max_age;
    return code;
}

int rp_deps_prepare(rp_cli *cli, rp_deps_options *ret)
{
    rp_error err = {0};
    *ret = options(cli);
    return ask_databases(cli, ret, &err) == RP_OK ? RP_EXIT_CLEAN : no_database(cli, &err);
}

bool rp_project_lock(rp_cli *cli, rp_path_list *ret)
{
    const char *file = project_file(cli, ".");
    const char **item = file != NULL ? rp_vec_push(&cli->arena, ret) : NULL;
    if (item != NULL)
        *item = file;
    return item != NULL;
}

int rp_cmd_deps(rp_cli *cli)
{
    rp_path_list paths = {0};
    rp_deps_options deps;
    int exit_code = rp_deps_prepare(cli, &deps);
    if (exit_code == RP_EXIT_CLEAN)
        exit_code = find_paths(cli, &paths);
    if (exit_code != RP_EXIT_CLEAN)
        return exit_code;
    if (cli->tree) {
        rp_policy_entry *nothing = rp_vec_push(&cli->arena, &cli->policy);
        if (nothing == NULL)
            return rp_exit_of(RP_E_MEMORY);
        *nothing = (rp_policy_entry){RP_POLICY_IGNORE, RP_ALLOW, RP_STR("all")};
        cli->format = cli->format != NULL ? cli->format : "tree";
    }
    return rp_audit_deps(cli, &deps, paths.items, paths.n);
}

/* ---- bills of materials ---- */

/* -f, or `format`; only the formats that are made for it. */
static bool choose_format(rp_cli *cli, const char *format, const char *other)
{
    if (cli->format == NULL)
        cli->format = format;
    if (strcmp(cli->format, format) == 0 || strcmp(cli->format, other) == 0)
        return true;
    rp_complain(cli, NULL, "%s writes %s or %s, not '%.40s'", cli->command->name, format, other,
                cli->format);
    return false;
}

int rp_cmd_sbom(rp_cli *cli)
{
    rp_path_list paths = {0};
    rp_deps_options deps = options(cli);
    if (!choose_format(cli, "cyclonedx", "spdx"))
        return RP_EXIT_USAGE;
    int exit_code = find_paths(cli, &paths);
    return exit_code != 0 ? exit_code : rp_audit_inventory(cli, &deps, paths.items, paths.n);
}

int rp_cmd_vex(rp_cli *cli)
{
    rp_path_list paths = {0};
    rp_deps_options deps = options(cli);
    rp_error err = {0};
    if (!choose_format(cli, "openvex", "cyclonedx"))
        return RP_EXIT_USAGE;
    if (ask_databases(cli, &deps, &err) != RP_OK)
        return no_database(cli, &err);
    if (deps.advisories == NULL) {
        rp_complain(cli, "rustproof db update fetches one; --db names one",
                    "without a database of advisories nothing can be said");
        return RP_EXIT_USAGE;
    }
    int exit_code = find_paths(cli, &paths);
    return exit_code != 0 ? exit_code : rp_audit_inventory(cli, &deps, paths.items, paths.n);
}
