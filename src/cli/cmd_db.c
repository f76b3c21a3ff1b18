/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The database of advisories: what there is, where, how old; and getting a new one. */
#include "cli/databases.h"
#include "cli/db_update.h"
#include "cli/opt.h"
#include "cli/term.h"
#include "deps/advisory.h"
#include "report/style.h"
#include "text/json.h"

#include <unistd.h>

enum { MAX_FAULTS = 10 };

/* The databases that an audit would ask. */
static int find(rp_cli *cli, rp_db_paths *ret)
{
    rp_error err = {0};
    if (rp_cli_databases(cli, ret, &err) != RP_OK) {
        rp_complain(cli, NULL, "%s", err.text);
        return rp_exit_of(err.code);
    }
    if (ret->n > 0)
        return RP_EXIT_CLEAN;
    rp_complain(cli, "rustproof db update fetches it; or set RUSTPROOF_DB to a checkout",
                "no database of advisories was found");
    return RP_EXIT_NOTHING;
}

/* ---- status ---- */

static bool is_stale(const rp_cli *cli, uint32_t age)
{
    return cli->max_age != 0 && (age == UINT32_MAX || age > cli->max_age);
}

static void put_row(const rp_report_options *opt, rp_buf *out, const char *label, rp_str text)
{
    rp_buf escaped = {0};
    rp_put_text(opt, &escaped, text);
    rp_buf_printf(out, "  %-10s ", label);
    rp_put_wrapped(opt, out, rp_buf_str(&escaped), 13, 13);
    rp_buf_char(out, '\n');
    out->bad |= escaped.bad;
    rp_buf_free(&escaped);
}

static void put_age(rp_buf *to, uint32_t age, bool stale)
{
    if (age == UINT32_MAX)
        rp_buf_puts(to, "age unknown");
    else
        rp_buf_printf(to, "%u day%s old", RP_MANY(age));
    rp_buf_puts(to, stale ? ": stale" : "");
}

static void put_database(const rp_cli *cli, const rp_report_options *opt, rp_buf *out,
                         const rp_dep_database *d)
{
    rp_buf text = {0};
    uint32_t age = d->age_days;
    rp_put_ink(opt, out, RP_INK_BOLD, "database of advisories");
    rp_buf_char(out, '\n');
    put_row(opt, out, "path", d->path);
    rp_buf_printf(&text, "%u, as of %.*s", d->advisories, RP_FMT(d->as_of));
    put_row(opt, out, "advisories", rp_buf_str(&text));
    rp_buf_clear(&text);
    put_age(&text, age, is_stale(cli, age));
    put_row(opt, out, "age", rp_buf_str(&text));
    out->bad |= text.bad;
    rp_buf_free(&text);
}

static void put_faults(const rp_report_options *opt, rp_buf *out, const rp_advisory_db *db)
{
    rp_buf line = {0};
    rp_buf_printf(
        &line, "%u in %u %s that could not be used, or a field of others", db->faults_in_all,
        db->ndatabases > 0 ? db->databases[0].broken : 0,
        rp_by_count(db->ndatabases > 0 ? db->databases[0].broken : 0, "advisory", "advisories"));
    if (db->faults_in_all > 0)
        put_row(opt, out, "faults", rp_buf_str(&line));
    for (uint32_t i = 0; i < db->nfaults && i < MAX_FAULTS; i++) {
        rp_put_afresh(&line);
        rp_buf_printf(&line, "%.*s:%u: %.*s", RP_FMT(db->faults[i].file), db->faults[i].line,
                      RP_FMT(db->faults[i].what));
        put_row(opt, out, "", rp_buf_str(&line));
    }
    out->bad |= line.bad;
    rp_buf_free(&line);
}

static void put_json(const rp_cli *cli, rp_buf *out, const rp_advisory_db *db)
{
    rp_json j = {.out = out, .pretty = true};
    rp_json_open(&j);
    rp_json_key(&j, "databases");
    rp_json_open_list(&j);
    for (uint32_t i = 0; i < db->ndatabases; i++) {
        const rp_dep_database *d = &db->databases[i];
        uint32_t age = d->age_days;
        rp_json_open(&j);
        rp_json_str(&j, "path", d->path);
        rp_json_num(&j, "advisories", d->advisories);
        rp_json_num(&j, "broken", d->broken);
        rp_json_str(&j, "as_of", d->as_of);
        rp_json_key(&j, "age_days");
        if (age == UINT32_MAX)
            rp_json_null(&j);
        else
            rp_json_uint(&j, age);
        rp_json_flag(&j, "stale", is_stale(cli, age));
        rp_json_close(&j);
    }
    rp_json_close_list(&j);
    rp_json_num(&j, "advisories", db->n);
    rp_json_num(&j, "repeated", db->repeated);
    rp_json_num(&j, "faults", db->faults_in_all);
    rp_json_close(&j);
    rp_buf_char(out, '\n');
}

static int status(rp_cli *cli)
{
    rp_db_paths paths = {0};
    rp_error err = {0};
    rp_buf out = {0};
    const rp_advisory_db *db = NULL;
    rp_report_options opt = rp_term_options(cli, STDOUT_FILENO);
    bool stale = false;
    int code = find(cli, &paths);
    if (code != RP_EXIT_CLEAN)
        return code;
    if (rp_advisory_db_open(paths.items, paths.n, rp_cli_today(), &cli->arena, &db, &err) !=
        RP_OK) {
        rp_complain(cli, "rustproof db update fetches a new one", "%s", err.text);
        return rp_exit_of(err.code);
    }
    for (uint32_t i = 0; i < db->ndatabases; i++) {
        stale |= is_stale(cli, db->databases[i].age_days);
        if (!rp_wants_json(cli))
            put_database(cli, &opt, &out, &db->databases[i]);
    }
    if (rp_wants_json(cli))
        put_json(cli, &out, db);
    else
        put_faults(&opt, &out, db);
    return rp_print(cli, &out, stale ? RP_EXIT_FINDINGS : RP_EXIT_CLEAN);
}

/* ---- path ---- */

static int path(rp_cli *cli)
{
    rp_db_paths paths = {0};
    rp_buf out = {0};
    int code = find(cli, &paths);
    for (uint32_t i = 0; i < paths.n; i++)
        rp_buf_printf(&out, "%s\n", paths.items[i]);
    return code == RP_EXIT_CLEAN ? rp_print(cli, &out, code) : code;
}

/* ---- update ---- */

static int fetch(rp_cli *cli)
{
    rp_db_environment env = rp_cli_db_environment();
    rp_error err = {0};
    rp_db_update_result done = {0};
    const rp_db_update_options options = {.url = cli->url,
                                          .ca_file = cli->ca_file,
                                          .cache = rp_db_cache(&env, &cli->arena),
                                          .fetcher = rp_db_fetcher(&cli->arena)};
    if (options.cache == NULL) {
        rp_complain(cli, "set HOME or XDG_CACHE_HOME", "there is no folder for the database");
        return RP_EXIT_USAGE;
    }
    rp_status(cli, "Fetching", "%s", options.url != NULL ? options.url : RP_DB_URL);
    if (rp_db_update(&options, &cli->arena, &done, &err) != RP_OK) {
        rp_complain(cli, "the database that was there before is unchanged", "%s", err.text);
        return rp_exit_of(err.code);
    }
    if (done.unchanged)
        rp_status(cli, "Current", "nothing has changed since it was fetched");
    else
        rp_status(cli, "Updated", "%u advisories in %s", done.advisories, done.path);
    if (done.faults > 0)
        rp_remark(cli, "%u place%s of it could not be read: rustproof db status",
                  RP_MANY(done.faults));
    return RP_EXIT_CLEAN;
}

int rp_cmd_db(rp_cli *cli)
{
    static const struct {
        const char *name;
        int (*run)(rp_cli *);
    } verbs[] = {{"status", status}, {"path", path}, {"update", fetch}};
    const char *verb = cli->paths.n > 0 ? cli->paths.items[0] : "status";
    for (size_t i = 0; cli->paths.n <= 1 && i < RP_COUNT(verbs); i++)
        if (strcmp(verb, verbs[i].name) == 0)
            return verbs[i].run(cli);
    rp_complain(cli, "rustproof db status, rustproof db path, rustproof db update",
                "db does not know '%.60s'", cli->paths.items[cli->paths.n - 1]);
    return RP_EXIT_USAGE;
}
