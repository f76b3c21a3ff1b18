/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _POSIX_C_SOURCE 200809L /* lstat */
#include "cli/audit.h"
#include "cli/opt.h"
#include "cli/output.h"
#include "cli/term.h"

#include "base/fs.h"
#include "input/foreign.h"

#include <sys/stat.h>

typedef struct {
    rp_outputs outputs;
    rp_progress progress;
    bool facts; /* read only, nothing is judged */
} audit;

static void on_progress(void *user, uint64_t done, uint64_t total, rp_str path)
{
    audit *a = user;
    rp_progress_update(&a->progress, done, total, path);
}

_Static_assert((int)RP_SWITCH_AUTO == (int)RP_CODE_AUTO, "--code");
_Static_assert((int)RP_SWITCH_ON == (int)RP_CODE_ALWAYS, "--code");
_Static_assert((int)RP_SWITCH_OFF == (int)RP_CODE_NEVER, "--code");

static rp_engine_options engine_options(const rp_cli *cli, audit *a)
{
    static const rp_level fail_on[] = {RP_DENY, RP_WARN, RP_NOTE, RP_ALLOW};
    return (rp_engine_options){
        .policy = cli->policy.items,
        .npolicy = cli->policy.n,
        .preview = cli->preview == RP_SWITCH_ON,
        .only_rust = cli->only_rust == RP_SWITCH_ON,
        .any_language = cli->any_language == RP_SWITCH_ON,
        .jobs = cli->jobs,
        .max_file = cli->max_file,
        .max_memory = cli->max_memory,
        .max_unpacked = cli->max_unpacked,
        .fail_on = fail_on[cli->fail_on],
        .allow_incomplete = cli->allow_incomplete,
        .allow_empty = cli->allow_empty,
        .streams = rp_outputs_streams(&a->outputs),
        .on_progress = on_progress,
        .user = a,
        .code = (rp_code_reading)cli->code, /* rp_switch has the same order */
        .needs = (a->outputs.identity ? RP_NEED_SYMBOLS | RP_NEED_STRINGS : 0u) |
                 (a->outputs.places ? RP_NEED_LINES : 0u) |
                 ((cli->command->bits & RP_CMD_VEX) != 0 ? RP_NEED_CODE : 0u),
        .no_fixes = !a->outputs.identity,
        .keep = a->outputs.keeps,
    };
}

/* ---- what is said on standard error at the end ---- */

static void say_verdict(const rp_cli *cli, const rp_run_report *run)
{
    static const char *const levels[] = {"deny", "warn", "note"};
    static const rp_level level_of[] = {RP_DENY, RP_WARN, RP_NOTE};
    uint64_t n = 0;
    for (int i = 0; i <= cli->fail_on && i < 3; i++)
        n += run->findings[level_of[i]];
    if (!cli->quiet && cli->fail_on < 3 && n > 0)
        rp_complain(cli, NULL, "%llu finding%s at level %s%s", (unsigned long long)n, rp_plural(n),
                    levels[cli->fail_on], cli->fail_on > 0 ? " or above" : "");
}

static void say_incomplete(const rp_cli *cli, const rp_run_report *run)
{
    if (run->complete || cli->allow_incomplete)
        return;
    if (run->failed > 0)
        rp_complain(cli,
                    "what could be read is in the report, --format short says why the rest could "
                    "not; --allow-incomplete accepts that",
                    "the audit is incomplete: %u input%s could not be read", RP_MANY(run->failed));
    else if (run->in_part > 0)
        rp_complain(
            cli,
            "the outcomes that are unknown say what is missing; --allow-incomplete accepts that",
            "the audit is incomplete: %u input%s could be read in part only",
            RP_MANY(run->in_part));
    else
        rp_complain(cli, "explain says what a check needs; --allow-incomplete accepts that",
                    "the audit is incomplete: the outcome of a check at level deny is unknown");
}

/* What a file is that is none of ours, and what to give instead; NULL when that is not known. */
static const char *foreign_hint(const rp_cli *cli, rp_str path)
{
    uint8_t head[64];
    int fd;
    rp_fs_info info;
    rp_error err;
    if (path.ptr[path.len] != '\0' || (cli->command->bits & RP_CMD_AUDIT) == 0 ||
        rp_fs_open(path.ptr, true, &fd, &info, &err) != RP_OK)
        return NULL;
    rp_source src = rp_source_fd(fd, info.size, NULL);
    size_t n = rp_source_copy(&src, 0, head, sizeof head);
    rp_fs_close(fd);
    return rp_foreign_hint((rp_bytes){head, n}, path);
}

static void say_nothing(const rp_cli *cli, const rp_run_report *run)
{
    if (run->judged + run->failed + run->skipped_not_rust == 0 && !run->nothing_named)
        rp_remark(cli, "nothing to audit was found (%llu file%s looked at)",
                  (unsigned long long)run->files, rp_plural(run->files));
    enum { MOST = 8 };
    static const char hint[] =
        "executables, libraries, objects, and archives and packages of them can be audited";
    static const char deps_hint[] =
        "a Cargo project, a Cargo.lock, a program, a package, or a folder with some of them";
    const char *what = (cli->command->bits & (RP_CMD_DEPS | RP_CMD_BOM)) != 0 ? deps_hint : hint;
    if (!run->nothing_named || cli->allow_empty)
        return;
    for (uint32_t i = 0; i < run->nnothing && i < MOST; i++) {
        const char *foreign = foreign_hint(cli, run->nothing[i]);
        bool last = i + 1 == run->nnothing || i + 1 == MOST;
        rp_complain(cli,
                    foreign != NULL ? foreign
                    : last          ? what
                                    : NULL,
                    "nothing to audit in '%.*s'", RP_FMT(run->nothing[i]));
    }
}

static void say_languages(const rp_cli *cli, const rp_run_report *run)
{
    if (run->skipped_not_rust > 0 && run->judged == 0)
        rp_remark(cli, "no Rust among %llu artefact%s: --only-rust left them out",
                  (unsigned long long)run->skipped_not_rust, rp_plural(run->skipped_not_rust));
    else if (run->not_rust == 1 && run->judged == 1 && cli->any_language != RP_SWITCH_ON)
        rp_remark(cli, "this is not Rust: what it lacks is not rustc's doing (--any-language "
                       "silences this)");
    else if (run->not_rust > 0 && cli->any_language != RP_SWITCH_ON)
        rp_remark(cli,
                  "%llu of %llu artefact%s %s not Rust (--only-rust leaves such out, "
                  "--any-language silences this)",
                  (unsigned long long)run->not_rust, (unsigned long long)run->judged,
                  rp_plural(run->judged), rp_by_count(run->not_rust, "is", "are"));
}

/* ---- the run ---- */

static int fail(const rp_cli *cli, rp_code code, const rp_error *err, const char *hint)
{
    rp_complain(cli, hint, "%s", err->text);
    return rp_exit_of(code);
}

/* A format had nothing to say and wrote nothing; the exit code. */
static int say_lacking(const rp_cli *cli, const char *format, int exit_code)
{
    rp_complain(cli,
                "a document of this format has at least one statement, so none is written; "
                "--allow-empty accepts that",
                "%s: no advisory has ever been on a crate of this, in any version", format);
    return exit_code == RP_EXIT_CLEAN && !cli->allow_empty ? RP_EXIT_NOTHING : exit_code;
}

/* Complete and flush the reports, say the verdict; the exit code. */
static int finish(rp_cli *cli, audit *a, rp_run *run)
{
    const rp_run_report *report = rp_run_result(run);
    int exit_code = rp_run_exit_code(run);
    rp_outputs_end(&a->outputs, report);
    rp_progress_done(&a->progress);
    if (!rp_outputs_close(&a->outputs, true))
        return RP_EXIT_INCOMPLETE;
    if (!a->facts && (cli->command->bits & RP_CMD_BOM) == 0)
        say_languages(cli, report);
    say_nothing(cli, report);
    say_incomplete(cli, report);
    if (exit_code == RP_EXIT_CLEAN && (cli->command->bits & RP_CMD_BOM) != 0 &&
        report->unlisted > 0) {
        rp_complain(cli, "cargo generate-lockfile writes one",
                    "there is no lock file: which versions are built is not fixed");
        return RP_EXIT_INCOMPLETE;
    }
    if (a->outputs.lacking != NULL && report->failed == 0 && !report->nothing_named)
        exit_code = say_lacking(cli, a->outputs.lacking, exit_code);
    if (exit_code == RP_EXIT_FINDINGS) {
        if (cli->exit_zero)
            return RP_EXIT_CLEAN;
        say_verdict(cli, report);
    }
    return exit_code;
}

typedef enum {
    OF_ALL,       /* judged, what deps and source say */
    OF_DEPS,      /* dependencies; artefacts where they were named */
    OF_ARTEFACTS, /* no lock files */
    OF_PROJECT,   /* lock files tell the dependencies, not artefacts once more */
    OF_FACTS      /* nothing is judged */
} scope;

static int run_audit(rp_cli *cli, const rp_deps_options *deps, const rp_source_options *source,
                     const char *const *paths, size_t n, scope of)
{
    bool facts = of == OF_FACTS;
    audit a = {.facts = facts};
    rp_error err = {0};
    rp_run *run = NULL;
    rp_progress_init(&a.progress, rp_term_progress(cli), rp_term_unicode(cli));
    const char *hint = NULL;
    rp_code code = rp_outputs_open(cli, facts, &a.progress, &a.outputs, &err);
    if (code == RP_OK) {
        rp_policy_entry nothing = {RP_POLICY_IGNORE, RP_ALLOW, RP_STR("all")};
        rp_engine_options opt = engine_options(cli, &a);
        opt.deps = deps;
        opt.deps_only = of == OF_DEPS;
        opt.no_projects = of == OF_ARTEFACTS;
        opt.no_artefact_deps = of == OF_PROJECT;
        opt.source = source;
        if (facts) {
            opt.needs = UINT32_MAX;
            opt.policy = &nothing;
            opt.npolicy = 1;
        }
        rp_outputs_begin(&a.outputs);
        code = rp_run_paths(&opt, paths, n, &run, &err);
        hint = code == RP_E_USAGE ? "rustproof list shows all checks" : NULL;
    }
    if (code != RP_OK) {
        rp_progress_done(&a.progress);
        if (!rp_outputs_close(&a.outputs, false))
            return RP_EXIT_INCOMPLETE;
        return fail(cli, code, &err, hint);
    }
    int exit_code = finish(cli, &a, run);
    rp_run_free(run);
    return exit_code;
}

int rp_audit(rp_cli *cli, const rp_deps_options *deps, const char *const *paths, size_t n)
{
    return run_audit(cli, deps, NULL, paths, n, OF_ARTEFACTS);
}

int rp_audit_project(rp_cli *cli, const rp_deps_options *deps, const rp_source_options *source,
                     const char *const *paths, size_t n)
{
    return run_audit(cli, deps, source, paths, n, OF_PROJECT);
}

int rp_audit_facts(rp_cli *cli, const char *const *paths, size_t n)
{
    return run_audit(cli, NULL, NULL, paths, n, OF_FACTS);
}

int rp_audit_deps(rp_cli *cli, const rp_deps_options *deps, const char *const *paths, size_t n)
{
    /* of artefacts, too, only what the checks of dependencies say */
    rp_policy_entry *first = rp_vec_push(&cli->arena, &cli->policy);
    if (first == NULL) {
        rp_complain(cli, NULL, "out of memory");
        return rp_exit_of(RP_E_MEMORY);
    }
    bool selected = cli->policy.n > 1 && cli->policy.items[0].verb == RP_POLICY_SELECT;
    for (uint32_t i = cli->policy.n - 1; i > 0; i--)
        cli->policy.items[i] = cli->policy.items[i - 1];
    cli->policy.items[0] = selected ? cli->policy.items[1]
                                    : (rp_policy_entry){RP_POLICY_SELECT, RP_ALLOW, RP_STR("RP91")};
    return run_audit(cli, deps, NULL, paths, n, OF_DEPS);
}

int rp_audit_inventory(rp_cli *cli, const rp_deps_options *deps, const char *const *paths, size_t n)
{
    cli->policy.n = 0;
    rp_policy_entry *nothing = rp_vec_push(&cli->arena, &cli->policy);
    if (nothing == NULL) {
        rp_complain(cli, NULL, "out of memory");
        return rp_exit_of(RP_E_MEMORY);
    }
    *nothing = (rp_policy_entry){RP_POLICY_IGNORE, RP_ALLOW, RP_STR("all")};
    return run_audit(cli, deps, NULL, paths, n, OF_DEPS);
}

int rp_audit_source(rp_cli *cli, const rp_source_options *source, const char *const *paths,
                    size_t n)
{
    return run_audit(cli, NULL, source, paths, n, OF_ALL);
}

/* ---- commands ---- */

static int no_path(const rp_cli *cli)
{
    rp_complain(cli, "a file, a folder, a package, or - for standard input", "%s %s needs a path",
                cli->program, cli->command->name);
    return RP_EXIT_USAGE;
}

/* Advisories are asked where --db says so: what is inside has to be recovered first. */
static int audit_paths(rp_cli *cli)
{
    rp_deps_options deps;
    if (cli->db == NULL)
        return rp_audit(cli, NULL, cli->paths.items, cli->paths.n);
    int code = rp_deps_prepare(cli, &deps);
    return code != RP_EXIT_CLEAN ? code : rp_audit(cli, &deps, cli->paths.items, cli->paths.n);
}

int rp_cmd_bin(rp_cli *cli)
{
    return cli->paths.n == 0 ? no_path(cli) : audit_paths(cli);
}

int rp_cmd_facts(rp_cli *cli)
{
    if (cli->paths.n == 0)
        return no_path(cli);
    return rp_audit_facts(cli, cli->paths.items, cli->paths.n);
}

/* A word that is no path may be meant as a command. */
static const char *command_meant(const rp_cli *cli)
{
    const char *names[16];
    struct stat st = {0};
    uint32_t count = 0;
    if (cli->command_given || lstat(cli->paths.items[0], &st) == 0)
        return NULL;
    for (; count < rp_commands_count && count < RP_COUNT(names); count++)
        names[count] = rp_commands[count].name;
    return rp_nearest(cli->paths.items[0], names, count);
}

static int audit_words(rp_cli *cli)
{
    const char *command = command_meant(cli);
    rp_buf hint = {0};
    if (command == NULL)
        return audit_paths(cli);
    rp_buf_printf(&hint, "did you mean the command %s?", command);
    rp_complain(cli, hint.ptr, "'%.60s' is neither a path nor a command", cli->paths.items[0]);
    rp_buf_free(&hint);
    return RP_EXIT_USAGE;
}

static int audit_project(rp_cli *cli, const rp_deps_options *deps, rp_source_options *source,
                         const rp_path_list *paths)
{
    rp_rust_opener opener;
    rp_error err = {0};
    if (!rp_source_opener(cli, &opener))
        return fail(cli, rp_fail_memory(&err), &err, NULL);
    source->opener = &opener;
    int code = rp_audit_project(cli, deps, source, paths->items, paths->n);
    rp_source_opener_free(&opener);
    return code;
}

/* The project around the working folder: its dependencies, its source, what is built of it. */
int rp_cmd_audit(rp_cli *cli)
{
    rp_path_list paths = {0}, built = {0};
    rp_error err = {0};
    const char *hint = NULL;
    rp_source_options source = {.strict = cli->strict};
    rp_deps_options deps;
    uint32_t unread = 0;
    if (cli->paths.n > 0)
        return audit_words(cli);
    bool locked = rp_project_lock(cli, &paths);
    bool listed = rp_project_source(cli, &source, &paths, &unread);
    rp_code code = rp_project_artefacts(cli, &built, &hint, &err);
    bool asked =
        cli->release || cli->profile != NULL || cli->target_dir != NULL || cli->target != NULL;
    if (!listed || (code != RP_OK && (paths.n == 0 || asked)) || code == RP_E_MEMORY)
        return fail(cli, listed ? code : RP_E_MEMORY, &err, hint);
    if (code != RP_OK)
        rp_remark(cli, "%s: %s", err.text, hint);
    for (uint32_t i = 0; i < built.n; i++) {
        const char **item = rp_vec_push(&cli->arena, &paths);
        if (item == NULL)
            return fail(cli, RP_E_MEMORY, &err, NULL);
        *item = built.items[i];
    }
    int exit_code = locked ? rp_deps_prepare(cli, &deps) : RP_EXIT_CLEAN;
    if (exit_code != RP_EXIT_CLEAN)
        return exit_code;
    if (locked && deps.advisories == NULL && cli->policy.n == 0)
        rp_remark(cli, "%s: rustproof db update fetches one", deps.no_advisories);
    exit_code = audit_project(cli, locked ? &deps : NULL, &source, &paths);
    bool incomplete = unread != 0 && !cli->allow_incomplete;
    return exit_code == RP_EXIT_CLEAN && incomplete ? RP_EXIT_INCOMPLETE : exit_code;
}
