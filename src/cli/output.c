/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _XOPEN_SOURCE 700 /* realpath, mkstemp, fchmod */
#include "cli/output.h"

#include "cli/term.h"
#include "report/fleet.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FLUSH_AT (64u << 10)

/* ---- opening ---- */

static const rp_reporter *by_extension(const char *path)
{
    const rp_reporter *best = NULL; /* the longest: .cdx.json, not .json */
    for (uint32_t i = 0; i < rp_reporters_count; i++) {
        const char *extension = rp_reporters[i]->extension;
        if (extension != NULL && rp_str_ends(rp_str_from(path), extension) &&
            (best == NULL || strlen(extension) > strlen(best->extension)))
            best = rp_reporters[i];
    }
    return best;
}

static const rp_reporter *reporter_of(const char *format, const char *path, bool facts)
{
    const rp_reporter *r = format != NULL ? rp_reporter_find(format) : by_extension(path);
    if (!facts)
        return r;
    return r != NULL && strcmp(r->name, "jsonl") == 0 ? &rp_report_facts_lines : &rp_report_facts;
}

static bool stands_apart(const char *path)
{
    struct stat st = {0};
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

/* mkstemp makes files private; a report gets what open would have given it. */
static void usual_mode(int fd, const char *final)
{
    struct stat st = {0};
    mode_t mask = umask(0);
    (void)umask(mask);
    mode_t mode = stat(final, &st) == 0 ? st.st_mode & 0777 : 0666 & ~mask;
    (void)fchmod(fd, mode);
}

static bool open_beside(rp_output *out, rp_arena *arena)
{
    char real[PATH_MAX];
    const char *final = realpath(out->path, real) != NULL ? real : out->path;
    out->final = (char *)(uintptr_t)rp_arena_str(arena, rp_str_from(final)).ptr;
    out->temp = (char *)(uintptr_t)rp_arena_printf(arena, "%s.XXXXXX", final).ptr;
    if (out->final == NULL || out->temp == NULL) {
        errno = ENOMEM;
        return false;
    }
    out->fd = mkstemp(out->temp);
    if (out->fd < 0) {
        out->temp = NULL;
        return false;
    }
    usual_mode(out->fd, out->final);
    return true;
}

/* Bills of materials and their like need an inventory, which only some commands read. */
static bool suits(const rp_cli *cli, const rp_reporter *reporter)
{
    static const char *const names[] = {"cyclonedx", "spdx", "openvex", "cargo-audit"};
    for (size_t i = 0; i < RP_COUNT(names); i++)
        if (strcmp(reporter->name, names[i]) == 0)
            return (cli->command->bits & (RP_CMD_DEPS | RP_CMD_BOM)) != 0;
    return true;
}

static rp_code open_one(rp_outputs *o, const rp_reporter *reporter, const char *path, rp_error *err)
{
    rp_output *out = &o->items[o->n];
    bool screen = strcmp(path, "-") == 0;
    if (!suits(o->cli, reporter))
        return rp_fail(err, RP_E_USAGE, RP_NOWHERE,
                       "'%s' does not read dependencies: rustproof deps, sbom and vex write %s",
                       o->cli->command->name, reporter->name);
    *out = (rp_output){.reporter = reporter, .path = path, .fd = STDOUT_FILENO};
    if (!screen && stands_apart(path)) {
        out->fd = open(path, O_WRONLY | O_CLOEXEC);
    } else if (!screen && !open_beside(out, &o->cli->arena)) {
        out->fd = -1;
    }
    if (out->fd < 0)
        return rp_fail(err, RP_E_IO, RP_NOWHERE, "cannot write '%.100s': %s", path,
                       strerror(errno));
    o->n++; /* from here rp_outputs_close cleans up */
    out->options = rp_term_options(o->cli, out->fd);
    if (!screen) {
        out->options.hyperlinks = false;
        out->options.color = out->options.color && o->cli->color == RP_WHEN_ALWAYS;
    }
    o->keeps |= reporter->keeps;
    o->identity |= reporter->identity;
    o->places |= reporter->places || o->cli->verbose > 0;
    return RP_OK;
}

/* -o files are beside the screen, which then shows text; -f is for those that name no format. */
static rp_code open_all(rp_outputs *o, bool facts, rp_error *err)
{
    rp_cli *cli = o->cli;
    rp_code code = RP_OK;
    bool screen = true;
    for (uint32_t i = 0; code == RP_OK && i < cli->outputs.n; i++) {
        const rp_output_spec *spec = &cli->outputs.items[i];
        const char *format = spec->format != NULL ? spec->format : cli->format;
        const rp_reporter *reporter = reporter_of(format, spec->path, facts);
        screen &= strcmp(spec->path, "-") != 0;
        if (reporter == NULL)
            return rp_fail(err, RP_E_USAGE, RP_NOWHERE,
                           "'%.100s' does not tell its format: write FORMAT=%.60s", spec->path,
                           spec->path);
        code = open_one(o, reporter, spec->path, err);
    }
    if (code != RP_OK || !screen ||
        (cli->outputs.n > 0 && (cli->quiet || facts || (cli->command->bits & RP_CMD_BOM) != 0)))
        return code;
    const char *format = cli->outputs.n == 0 && cli->format != NULL ? cli->format : "text";
    const rp_reporter *reporter = reporter_of(format, "-", facts);
    if (reporter == NULL)
        return rp_fail(err, RP_E_USAGE, RP_NOWHERE, "there is no report of format '%.40s'", format);
    return open_one(o, reporter, "-", err);
}

rp_code rp_outputs_open(rp_cli *cli, bool facts, rp_progress *progress, rp_outputs *ret,
                        rp_error *err)
{
    *ret = (rp_outputs){.cli = cli, .progress = progress};
    ret->items = rp_new(&cli->arena, (uint64_t)cli->outputs.n + 1, rp_output);
    if (ret->items == NULL)
        return rp_fail_memory(err);
    rp_code code = open_all(ret, facts, err);
    if (code != RP_OK && rp_outputs_close(ret, false))
        ret->n = 0;
    return code;
}

/* ---- writing ---- */

static void remove_unfinished(rp_outputs *o)
{
    for (uint32_t i = 0; i < o->n; i++)
        if (o->items[i].temp != NULL)
            (void)unlink(o->items[i].temp);
}

/* The reader of our pipe went away (`| head`): end as other tools do, by SIGPIPE. */
static void end_by_sigpipe(rp_outputs *o)
{
    remove_unfinished(o);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)raise(SIGPIPE);
}

static void write_out(rp_outputs *o, rp_output *out, const rp_buf *text)
{
    if (text->bad && out->error == 0)
        out->error = ENOMEM;
    if (out->error == 0 && text->len > 0) {
        rp_progress_pause(o->progress);
        out->error = rp_write_all(out->fd, rp_buf_str(text));
        rp_progress_resume(o->progress);
    }
    if (out->error == EPIPE && out->fd == STDOUT_FILENO)
        end_by_sigpipe(o);
}

static void flush(rp_outputs *o, rp_output *out)
{
    write_out(o, out, &out->buf);
    rp_buf_clear(&out->buf);
}

void rp_outputs_begin(rp_outputs *o)
{
    for (uint32_t i = 0; i < o->n; i++) {
        rp_output *out = &o->items[i];
        if (out->reporter->begin != NULL)
            out->reporter->begin(&out->options, &out->buf);
        if (out->reporter->gather != NULL)
            out->fleet = out->reporter->gather(&out->options);
    }
}

/* On any thread. */
static void render(void *user, const rp_target_report *target, rp_buf *texts)
{
    const rp_outputs *o = user;
    for (uint32_t i = 0; i < o->n; i++) {
        const rp_output *out = &o->items[i];
        if (out->reporter->target != NULL)
            out->reporter->target(&out->options, target, &texts[i]);
        if (out->fleet != NULL)
            rp_fleet_add(out->fleet, target, target->position, target->ordinal);
    }
}

static void emit(void *user, const rp_buf *texts)
{
    rp_outputs *o = user;
    for (uint32_t i = 0; i < o->n; i++) {
        rp_output *out = &o->items[i];
        if (out->reporter->target == NULL)
            continue;
        if (out->targets++ > 0 && out->reporter->between != NULL)
            rp_buf_puts(&out->buf, out->reporter->between);
        flush(o, out);
        write_out(o, out, &texts[i]);
    }
}

rp_streams rp_outputs_streams(rp_outputs *o)
{
    return (rp_streams){.n = o->n, .render = render, .emit = emit, .user = o};
}

void rp_outputs_end(rp_outputs *o, const rp_run_report *run)
{
    for (uint32_t i = 0; i < o->n; i++) {
        rp_output *out = &o->items[i];
        if (out->error == 0)
            rp_report_end(out->reporter, &out->options, run, out->fleet, &out->buf);
        out->lacks = out->reporter->may_lack && out->buf.len == 0 && !out->buf.bad;
        if (out->lacks && out->error == 0)
            o->lacking = out->reporter->name;
        flush(o, out);
    }
}

/* The first error of closing and renaming counts: full disks may show only here. */
static void close_one(rp_output *out, bool ok)
{
    if (out->fd != STDOUT_FILENO && close(out->fd) != 0 && out->error == 0)
        out->error = errno;
    if (out->temp == NULL)
        return;
    if (ok && !out->lacks && out->error == 0 && rename(out->temp, out->final) != 0)
        out->error = errno;
    if (!ok || out->lacks || out->error != 0)
        (void)unlink(out->temp);
}

bool rp_outputs_close(rp_outputs *o, bool ok)
{
    bool written = true;
    for (uint32_t i = 0; i < o->n; i++) {
        rp_output *out = &o->items[i];
        close_one(out, ok);
        rp_buf_free(&out->buf);
        rp_fleet_free(out->fleet);
        if (out->error == 0)
            continue;
        written = false;
        bool screen = strcmp(out->path, "-") == 0;
        rp_complain(o->cli, NULL, "cannot write %s%s%s: %s", screen ? "the report" : "'",
                    screen ? "" : out->path, screen ? "" : "'", strerror(out->error));
    }
    o->n = 0;
    return written;
}
