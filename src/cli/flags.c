/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The table of flags, and the setters that are more than storing a value. */
#include "cli/opt.h"

#include "report/report.h"

#include <stddef.h>

#define ALL         RP_CMD_ALL
#define AUDIT       (RP_CMD_AUDIT | RP_CMD_PROJECT | RP_CMD_DEPS | RP_CMD_SRC)
#define BINARIES    (RP_CMD_AUDIT | RP_CMD_PROJECT)
#define SCAN        (AUDIT | RP_CMD_FACTS | RP_CMD_BOM)
#define GRAPH       (RP_CMD_DEPS | RP_CMD_BOM)
#define RESOLVED    (GRAPH | RP_CMD_PROJECT)
#define TEXT        (AUDIT | RP_CMD_LIST | RP_CMD_EXPLAIN | RP_CMD_DOCTOR | RP_CMD_DB)
#define FIELD(name) offsetof(rp_cli, name)

static const char selection[] = "Selection";
static const char project[] = "Project";
static const char dependencies[] = "Dependencies";
static const char source[] = "Source";
static const char policy[] = "Policy";
static const char output[] = "Output";
static const char running[] = "Run";
static const char database[] = "Database";

/* ---- setters ---- */

/* Calls `one` for each item of a list with commas; empty items are left out. */
static rp_code each_item(const char *list, rp_code (*one)(rp_cli *, rp_str, int, rp_error *),
                         rp_cli *cli, int with, rp_error *err)
{
    rp_code code = RP_OK;
    for (const char *p = list; code == RP_OK && *p != '\0';) {
        size_t n = strcspn(p, ",");
        if (n > 0)
            code = one(cli, (rp_str){p, n}, with, err);
        p += n + (p[n] == ',');
    }
    return code;
}

enum { LEVELS = 10 }; /* `with` of a level is LEVELS + level, else a verb */

static rp_code add_policy(rp_cli *cli, rp_str what, int with, rp_error *err)
{
    rp_policy_entry *entry = rp_vec_push(&cli->arena, &cli->policy);
    if (entry == NULL)
        return rp_fail_memory(err);
    entry->what = what;
    entry->verb = with >= LEVELS ? RP_POLICY_LEVEL : (rp_policy_verb)with;
    entry->level = with >= LEVELS ? (rp_level)(with - LEVELS) : RP_ALLOW;
    return RP_OK;
}

static rp_code set_policy(rp_cli *cli, const rp_flag *flag, const char *value, rp_error *err)
{
    int with = flag->name[0] == 's'   ? (int)RP_POLICY_SELECT
               : flag->name[0] == 'i' ? (int)RP_POLICY_IGNORE
               : flag->name[0] == 'a' ? LEVELS + (int)RP_ALLOW
               : flag->name[0] == 'w' ? LEVELS + (int)RP_WARN
                                      : LEVELS + (int)RP_DENY;
    return each_item(value, add_policy, cli, with, err);
}

static rp_code unknown_format(const char *name, size_t len, rp_error *err)
{
    return rp_fail(err, RP_E_USAGE, RP_NOWHERE, "there is no format '%.*s'",
                   (int)(len > 40 ? 40 : len), name);
}

static rp_code set_format(rp_cli *cli, const rp_flag *flag, const char *value, rp_error *err)
{
    (void)flag;
    /* md is a format of explain only */
    if (rp_reporter_find(value) == NULL && strcmp(value, "md") != 0)
        return unknown_format(value, strlen(value), err);
    cli->format = value;
    return RP_OK;
}

/* [FORMAT=]FILE. What stands before the first '=' is a format unless it has a '/' or a '.'. */
static rp_code set_output(rp_cli *cli, const rp_flag *flag, const char *value, rp_error *err)
{
    (void)flag;
    rp_output_spec spec = {.path = value};
    size_t n = strcspn(value, "=");
    rp_str name = {value, n};
    if (value[n] == '=' && rp_str_find(name, RP_STR("/")) == SIZE_MAX &&
        rp_str_find(name, RP_STR(".")) == SIZE_MAX) {
        rp_str copy = rp_arena_str(&cli->arena, name);
        if (copy.ptr == NULL)
            return rp_fail_memory(err);
        if (rp_reporter_find(copy.ptr) == NULL)
            return unknown_format(value, n, err);
        spec = (rp_output_spec){.format = copy.ptr, .path = value + n + 1};
    }
    if (spec.path[0] == '\0')
        return rp_fail(err, RP_E_USAGE, RP_NOWHERE, "an output needs a file name");
    rp_output_spec *item = rp_vec_push(&cli->arena, &cli->outputs);
    if (item == NULL)
        return rp_fail_memory(err);
    *item = spec;
    return RP_OK;
}

static rp_code show_one(rp_cli *cli, rp_str what, int with, rp_error *err)
{
    (void)with;
    bool all = rp_str_is(what, "all");
    if (!all && !rp_str_is(what, "pass") && !rp_str_is(what, "na") && !rp_str_is(what, "unknown"))
        return rp_fail(err, RP_E_USAGE, RP_NOWHERE, "'%.*s' is none of pass, na, unknown, all",
                       RP_FMT(what));
    cli->show_pass |= all || rp_str_is(what, "pass");
    cli->show_na |= all || rp_str_is(what, "na");
    cli->show_unknown |= all || rp_str_is(what, "unknown");
    return RP_OK;
}

static rp_code set_show(rp_cli *cli, const rp_flag *flag, const char *value, rp_error *err)
{
    (void)flag;
    return each_item(value, show_one, cli, 0, err);
}

static rp_code add_feature(rp_cli *cli, rp_str name, int with, rp_error *err)
{
    (void)with;
    rp_str *slot = rp_vec_push(&cli->arena, &cli->features);
    if (slot == NULL)
        return rp_fail_memory(err);
    *slot = name;
    return RP_OK;
}

static rp_code set_features(rp_cli *cli, const rp_flag *flag, const char *value, rp_error *err)
{
    (void)flag;
    return each_item(value, add_feature, cli, 0, err);
}

/* ---- the table: groups stand together, in the order of the help ---- */

const rp_flag rp_flags[] = {
    {"select", 0, RP_FLAG_CALL, "CHECK,…", NULL, AUDIT, selection,
     "run these checks only: codes (RP2104), prefixes (RP21), names (full-relro) or all", 0,
     set_policy},
    {"ignore", 0, RP_FLAG_CALL, "CHECK,…", NULL, AUDIT, selection, "do not run these checks", 0,
     set_policy},
    {"allow", 'A', RP_FLAG_CALL, "CHECK,…", NULL, AUDIT, selection,
     "report these neither as warnings nor as errors; as in rustc, the later of -A, -W, -D wins", 0,
     set_policy},
    {"warn", 'W', RP_FLAG_CALL, "CHECK,…", NULL, AUDIT, selection, "make these warnings", 0,
     set_policy},
    {"deny", 'D', RP_FLAG_CALL, "CHECK,…", NULL, AUDIT, selection,
     "make these errors; -D warnings makes every warning an error", 0, set_policy},
    {"preview", 0, RP_FLAG_SWITCH, NULL, NULL, AUDIT, selection,
     "run checks that are still on trial too", FIELD(preview), NULL},
    {"only-rust", 0, RP_FLAG_SWITCH, NULL, NULL, BINARIES | RP_CMD_FACTS, selection,
     "in folders and packages, leave out what is not Rust", FIELD(only_rust), NULL},
    {"any-language", 0, RP_FLAG_SWITCH, NULL, NULL, BINARIES, selection,
     "audit files that are not Rust without a remark", FIELD(any_language), NULL},
    {"code", 0, RP_FLAG_SWITCH, NULL, NULL, BINARIES | RP_CMD_FACTS, selection,
     "read the machine code (default: of named files, when they are 16 at most)", FIELD(code),
     NULL},

    {"release", 'r', RP_FLAG_SET, NULL, NULL, RP_CMD_PROJECT, project,
     "in a Cargo project: artefacts of the release profile only", FIELD(release), NULL},
    {"profile", 0, RP_FLAG_TEXT, "NAME", NULL, RP_CMD_PROJECT, project,
     "in a Cargo project: artefacts of this profile only", FIELD(profile), NULL},
    {"target-dir", 0, RP_FLAG_TEXT, "FOLDER", NULL, RP_CMD_PROJECT | RP_CMD_SRC, project,
     "in a Cargo project: where its artefacts are", FIELD(target_dir), NULL},

    {"tree", 0, RP_FLAG_SET, NULL, NULL, RP_CMD_DEPS, dependencies,
     "print who asks for whom, and no verdicts", FIELD(tree), NULL},
    {"verify", 0, RP_FLAG_SET, NULL, NULL, RP_CMD_DEPS, dependencies,
     "compare the sources on disk with what the lock file promises", FIELD(verify), NULL},
    {"target", 0, RP_FLAG_TEXT, "TRIPLE", NULL, RESOLVED, dependencies,
     "what is in the build for this target (default: for any)", FIELD(target), NULL},
    {"features", 0, RP_FLAG_CALL, "FEATURE,…", NULL, RESOLVED, dependencies,
     "features of the members that are on; MEMBER/FEATURE for one of them", 0, set_features},
    {"all-features", 0, RP_FLAG_SET, NULL, NULL, RESOLVED, dependencies,
     "all features of the members are on", FIELD(all_features), NULL},
    {"no-default-features", 0, RP_FLAG_SET, NULL, NULL, RESOLVED, dependencies,
     "the default features of the members are off", FIELD(no_default_features), NULL},
    {"cargo-home", 0, RP_FLAG_TEXT, "FOLDER", NULL, GRAPH | RP_CMD_SRC, dependencies,
     "where Cargo keeps index, archives and sources (default: CARGO_HOME, ~/.cargo)",
     FIELD(cargo_home), NULL},

    {"author", 0, RP_FLAG_TEXT, "NAME", NULL, RP_CMD_VEX, dependencies,
     "who makes the statements (default: Unknown Author)", FIELD(author), NULL},

    {"strict", 0, RP_FLAG_SET, NULL, NULL, RP_CMD_SRC, source,
     "report what is often right, too, and findings in tests", FIELD(strict), NULL},
    {"inventory", 0, RP_FLAG_SET, NULL, NULL, RP_CMD_SRC, source,
     "list unsafe operations by kind, for each crate, module and function, and judge nothing",
     FIELD(unsafe_inventory), NULL},
    {"all-targets", 0, RP_FLAG_SET, NULL, NULL, RP_CMD_SRC, source,
     "examples, tests and benches of packages, too", FIELD(all_targets), NULL},
    {"edition", 0, RP_FLAG_TEXT, "YEAR", NULL, RP_CMD_SRC, source,
     "edition of files that are named themselves (default: 2021)", FIELD(edition), NULL},

    {"fail-on", 0, RP_FLAG_CHOICE, "LEVEL", "deny|warn|note|never", AUDIT, policy,
     "lowest level of a finding that makes the exit code 1", FIELD(fail_on), NULL},
    {"exit-zero", 0, RP_FLAG_SET, NULL, NULL, AUDIT, policy, "exit with 0 in spite of findings",
     FIELD(exit_zero), NULL},
    {"allow-incomplete", 0, RP_FLAG_SET, NULL, NULL, AUDIT | RP_CMD_BOM, policy,
     "an incomplete audit alone is no failure (exit code 3)", FIELD(allow_incomplete), NULL},
    {"allow-empty", 0, RP_FLAG_SET, NULL, NULL, AUDIT | RP_CMD_BOM, policy,
     "a path without anything to audit is no failure (exit code 4)", FIELD(allow_empty), NULL},

    {"format", 'f', RP_FLAG_CALL, "FORMAT",
     "text|short|table|full|json|jsonl|cargo-audit|cyclonedx|spdx|openvex|sarif", SCAN | TEXT,
     output, "form of the report", 0, set_format},
    {"output", 'o', RP_FLAG_CALL, "[FORMAT=]FILE", NULL, SCAN, output,
     "write a report to a file, beside the one on the screen; may be given more than once", 0,
     set_output},
    {"show", 0, RP_FLAG_CALL, "WHAT,…", "pass|na|unknown|all", AUDIT, output,
     "give these results a line each", 0, set_show},
    {"by", 0, RP_FLAG_CHOICE, "WHAT", "none|crate|language|object", BINARIES, output,
     "split what code is covered by crate, language or object file", FIELD(by), NULL},
    {"show-suppressed", 0, RP_FLAG_SET, NULL, NULL, AUDIT, output, "show what -A allows",
     FIELD(show_ignored), NULL},
    {"max-findings", 0, RP_FLAG_NUMBER, "N", NULL, AUDIT, output,
     "show at most so many problems on the screen; the exit code counts all", FIELD(max_findings),
     NULL},
    {"redact-paths", 0, RP_FLAG_SET, NULL, NULL, SCAN, output,
     "hide names of users in paths, for reports that are passed on", FIELD(redact), NULL},
    {"color", 0, RP_FLAG_CHOICE, "WHEN", "auto|always|never", ALL, output,
     "colour; NO_COLOR and CARGO_TERM_COLOR are respected", FIELD(color), NULL},
    {"unicode", 0, RP_FLAG_SWITCH, NULL, NULL, ALL, output,
     "signs beyond ASCII (default: when the locale is UTF-8)", FIELD(unicode), NULL},
    {"hyperlinks", 0, RP_FLAG_SWITCH, NULL, NULL, AUDIT, output, "links to files on the terminal",
     FIELD(hyperlinks), NULL},
    {"width", 0, RP_FLAG_NUMBER, "COLUMNS", NULL, ALL, output,
     "width of the text, 0 for no limit (default: the terminal's)", FIELD(width), NULL},
    {"progress", 0, RP_FLAG_SWITCH, NULL, NULL, SCAN, output,
     "progress line (default: on a terminal)", FIELD(progress), NULL},
    {"quiet", 'q', RP_FLAG_SET, NULL, NULL, ALL, output, "problems only, one line each",
     FIELD(quiet), NULL},
    {"verbose", 'v', RP_FLAG_COUNT, NULL, NULL, ALL, output,
     "a line for every check; twice: with its evidence", FIELD(verbose), NULL},

    {"db", 0, RP_FLAG_TEXT, "PATH", NULL,
     RP_CMD_DB | RP_CMD_DEPS | RP_CMD_VEX | RP_CMD_AUDIT | RP_CMD_PROJECT, database,
     "database of advisories: RustSec's layout, OSV files or a zip of them; several with ':' "
     "between "
     "(default: rustproof's own, else cargo-audit's or cargo-deny's)",
     FIELD(db), NULL},
    {"url", 0, RP_FLAG_TEXT, "URL", NULL, RP_CMD_DB, database,
     "archive to fetch (default: RustSec's, as GitHub packs it)", FIELD(url), NULL},
    {"ca-file", 0, RP_FLAG_TEXT, "FILE", NULL, RP_CMD_DB, database,
     "certificates to trust instead of the system's", FIELD(ca_file), NULL},
    {"max-age", 0, RP_FLAG_NUMBER, "DAYS", NULL, RP_CMD_DB | RP_CMD_DEPS, database,
     "an older database is stale (default: 90; 0: none is)", FIELD(max_age), NULL},
    {"jobs", 'j', RP_FLAG_NUMBER, "N", NULL, SCAN, running, "threads (default: one per processor)",
     FIELD(jobs), NULL},
    {"max-file-size", 0, RP_FLAG_SIZE, "SIZE", NULL, SCAN, running,
     "larger files are errors (default: 4GiB)", FIELD(max_file), NULL},
    {"max-memory", 0, RP_FLAG_SIZE, "SIZE", NULL, SCAN, running,
     "memory for one artefact beside its bytes (default: 512MiB)", FIELD(max_memory), NULL},
    {"max-unpacked", 0, RP_FLAG_SIZE, "SIZE", NULL, SCAN, running,
     "what may come out of the packages in one file (default: 8GiB)", FIELD(max_unpacked), NULL},
    {"help", 'h', RP_FLAG_SET, NULL, NULL, ALL, running, "print help", FIELD(help), NULL},
    {"version", 'V', RP_FLAG_SET, NULL, NULL, ALL, running, "print the version", FIELD(version),
     NULL},
};
const uint32_t rp_flags_count = RP_COUNT(rp_flags);
