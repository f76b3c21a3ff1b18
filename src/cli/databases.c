/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "cli/databases.h"

#include "base/fs.h"
#include "cli/checkouts.h"

#include <stdlib.h>
#include <time.h>

enum { DAY = 86400 };

rp_db_environment rp_cli_db_environment(void)
{
    return (rp_db_environment){.cache_home = getenv("XDG_CACHE_HOME"),
                               .home = getenv("HOME"),
                               .cargo_home = getenv("CARGO_HOME"),
                               .listed = getenv("RUSTPROOF_DB")};
}

uint32_t rp_cli_today(void)
{
    time_t now = time(NULL);
    return now > 0 ? (uint32_t)(now / DAY) : 0;
}

rp_code rp_cli_databases(rp_cli *cli, rp_db_paths *ret, rp_error *err)
{
    rp_db_environment env = rp_cli_db_environment();
    *ret = (rp_db_paths){0};
    if (cli->db != NULL)
        env.listed = cli->db;
    return rp_db_find(&env, &cli->arena, ret, err);
}

/* Where a user has no home folder, an audit makes none. */
static bool has_home(const rp_db_environment *env)
{
    rp_fs_info info;
    if (env->cache_home != NULL && env->cache_home[0] != '\0')
        return true;
    return env->home != NULL && rp_fs_look(env->home, true, &info, NULL) == RP_OK &&
           info.kind == RP_FS_FOLDER;
}

static const char *checkouts_folder(rp_cli *cli)
{
    rp_db_environment env = rp_cli_db_environment();
    return has_home(&env) ? rp_db_checkouts(&env, &cli->arena) : NULL;
}

rp_code rp_cli_open_databases(rp_cli *cli, const rp_advisory_db **ret, const char **ret_why,
                              rp_error *err)
{
    rp_db_paths paths;
    const char *listed = rp_cli_db_environment().listed;
    bool named = cli->db != NULL || (listed != NULL && listed[0] != '\0');
    *ret = NULL;
    *ret_why = "no advisory database was found";
    rp_code code = rp_cli_databases(cli, &paths, err);
    if (code != RP_OK || paths.n == 0)
        return code;
    const char *checkouts = checkouts_folder(cli);
    code = rp_advisory_db_open_lazily(paths.items, paths.n, checkouts, rp_cli_today(), &cli->arena,
                                      ret, err);
    for (uint32_t i = 0; code == RP_OK && i < paths.n; i++)
        if (!rp_advisory_db_is_indexed(*ret, i))
            rp_cli_index_checkout(paths.items[i], checkouts); /* for the next run */
    if (code == RP_OK || named || code == RP_E_MEMORY)
        return code;
    *ret = NULL;
    *ret_why =
        rp_arena_printf(&cli->arena, "the advisory database cannot be read: %s", err->text).ptr;
    *err = (rp_error){0};
    return RP_OK;
}
