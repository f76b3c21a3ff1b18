/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE /* clock_gettime */
#include "engine/engine.h"

#include "base/limits.h"
#include "engine/judge.h"
#include "engine/order.h"
#include "engine/policy.h"
#include "cargo/files.h"
#include "engine/project.h"
#include "facts/deps_image.h"
#include "engine/source.h"
#include "input/debug_file.h"

#include <time.h>

/* Bytes of finished reports that may wait for an earlier file. */
#define WAITING_BUDGET (64ull << 20)

/* What tells whether an artefact is Rust; asked for alone when everything else may be spared. */
enum { IDENTITY_NEEDS = RP_NEED_HEADERS | RP_NEED_SYMBOLS | RP_NEED_STRINGS };

struct rp_run {
    rp_engine_options opt;
    const rp_rule *rules;
    uint32_t needs;
    bool few; /* few paths were named: their code is read by default */
    bool
        projects; /* deps_only: there are lock files that were not named, so artefacts are theirs */
    rp_input_options input;
    rp_order order;
    rp_run_report report;
    rp_arena arena; /* holds this struct too */
};

static uint64_t now(void)
{
    struct timespec t = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* A report with its names, in `arena`; NULL when out of memory. */
static rp_target_report *new_report(rp_arena *arena, const rp_input *item)
{
    rp_target_report *t = rp_new(arena, 1, rp_target_report);
    if (t == NULL)
        return NULL;
    size_t len = item->path.len + (item->member.len ? 1 + item->member.len : 0);
    char *name = rp_new(arena, len + 1, char);
    if (name == NULL)
        return NULL;
    if (item->path.len != 0)
        memcpy(name, item->path.ptr, item->path.len);
    if (item->member.len != 0) {
        name[item->path.len] = '!';
        memcpy(name + item->path.len + 1, item->member.ptr, item->member.len);
    }
    t->name = (rp_str){name, len};
    t->path = (rp_str){name, item->path.len};
    t->member = rp_str_sub(t->name, item->path.len + 1, SIZE_MAX);
    t->steps = item->steps;
    t->position = item->position;
    t->ordinal = item->ordinal;
    return t;
}

/* Everything made for the item so far is dropped: room for the report that says so. */
static void report_error(rp_run *run, const rp_input *item, const rp_error *err)
{
    rp_error copy = *err; /* it may lie in what is reset now */
    rp_arena_reset(item->arena);
    rp_target_report *t = new_report(item->arena, item);
    if (t == NULL) { /* once more, with everything given back */
        rp_arena_free(item->arena);
        t = new_report(item->arena, item);
    }
    if (t == NULL) {
        rp_order_lose(&run->order);
        return;
    }
    t->err = copy;
    t->incomplete = true;
    rp_order_report(&run->order, item->position, item->ordinal, t);
}

static void set_read_in_part(rp_target_report *t)
{
    t->read_in_part = true;
    t->incomplete = true;
}

static bool named_itself(const rp_input *item)
{
    return item->named && !item->packed;
}

/* A slice of a fat file stands for the file itself. */
static bool is_slice(const rp_input *item, const rp_image *img)
{
    return item->packed && img->macho != NULL && img->kind != RP_KIND_OBJECT &&
           memchr(item->member.ptr, '/', item->member.len) == NULL &&
           memchr(item->member.ptr, '!', item->member.len) == NULL;
}

/* What is read of this artefact: code only where it was asked for. */
static uint32_t needs_of(const rp_run *run, const rp_input *item, const rp_image *img)
{
    bool first = item->artefact < RP_CODE_NAMED && img->kind != RP_KIND_OBJECT;
    bool asked = item->named && (!item->packed || is_slice(item, img) || first);
    bool code =
        run->opt.code == RP_CODE_ALWAYS || (run->opt.code == RP_CODE_AUTO && run->few && asked);
    return code ? run->needs : run->needs & ~(uint32_t)RP_NEED_CODE;
}

static bool leaves_others(const rp_run *run)
{
    return run->opt.only_rust || run->opt.deps_only;
}

/* Facts of the artefact. With only_rust the cheapest question comes first: headers may tell that it
 * is Rust; only strings can tell that it is not. *ret_skip: it is not. */
static rp_code build_facts(rp_run *run, const rp_input *item, rp_image *img,
                           const rp_target_report *t, const rp_facts **ret, bool *ret_skip,
                           rp_error *err)
{
    uint32_t needs = needs_of(run, item, img);
    *ret_skip = false;
    if (leaves_others(run) && !named_itself(item)) {
        const rp_facts *f = NULL;
        rp_code code = rp_facts_build(img, t->name, t->member, RP_NEED_HEADERS, &f, err);
        if (code == RP_OK && f->rust->is_rust.is != RP_YES)
            code = rp_facts_build(img, t->name, t->member, IDENTITY_NEEDS, &f, err);
        *ret_skip = code == RP_OK && f->rust->is_rust.is == RP_NO;
        if (code != RP_OK || *ret_skip)
            return code;
    }
    return rp_facts_build(img, t->name, t->member, needs, ret, err);
}

/* The separate debug file is looked for only where its symbols are. */
static void join_debug(uint32_t needs, rp_image *img, const rp_input *item, rp_debug_file **debug)
{
    if (*debug == NULL && (needs & (RP_NEED_SYMBOLS | RP_NEED_CODE)) != 0)
        *debug = rp_debug_file_join(img, item);
}

static rp_code judge_with_deps(rp_run *run, const rp_input *item, rp_image *img,
                               const rp_facts *facts, rp_target_report *t, rp_error *err)
{
    rp_code code = RP_OK;
    rp_str path = named_itself(item) ? item->path : RP_STR("");
    if (run->opt.deps != NULL && !run->opt.no_artefact_deps)
        code = rp_deps_of_image(run->opt.deps, img, facts->rust, path,
                                &((rp_facts *)(uintptr_t)facts)->deps, err);
    return code == RP_OK ? rp_judge_with(run->rules, facts, img->arena, t, err) : code;
}

/* Of a file among few, what is not Rust is remarked on, whatever is shown. */
static bool fixes_count(const rp_run *run, const rp_input *item)
{
    return !run->opt.no_fixes || (run->few && named_itself(item) && !run->opt.any_language);
}

/* Judges the image into *t; *ret_skip tells that it is not to be reported but counted. */
static rp_code judge_image(rp_run *run, const rp_input *item, rp_image *img,
                           rp_debug_file **ret_debug, rp_target_report *t, bool *ret_skip,
                           rp_skip_reason *ret_reason, rp_error *err)
{
    const rp_facts *facts = NULL;
    rp_target_report afresh = *t;
    join_debug(run->needs, img, item, ret_debug);
    rp_code code = build_facts(run, item, img, t, &facts, ret_skip, err);
    if (code != RP_OK || *ret_skip) {
        *ret_reason = RP_SKIP_NOT_RUST;
        return code;
    }
    code = judge_with_deps(run, item, img, facts, t, err);
    uint32_t doubts = code == RP_OK ? rp_judge_doubts(t, fixes_count(run, item)) : 0;
    if (doubts != 0) {
        *t = afresh;
        join_debug(doubts, img, item, ret_debug);
        code = rp_facts_build(img, t->name, t->member, run->needs | doubts, &facts, err);
        if (code == RP_OK)
            code = judge_with_deps(run, item, img, facts, t, err);
    }
    if (code == RP_OK && item->src->short_read)
        set_read_in_part(t);
    return code;
}

static rp_code judge_item(rp_run *run, const rp_input *item, rp_target_report *t, bool *ret_skip,
                          rp_skip_reason *ret_reason, rp_error *err)
{
    rp_image *img = NULL;
    rp_code code = rp_image_open(item->src, item->arena, &img, err);
    *ret_skip = false;
    if (code != RP_OK)
        return code;
    img->crew = item->crew;
    if (rp_not_judged(img->kind) != NULL && !named_itself(item)) {
        *ret_skip = true;
        *ret_reason = RP_SKIP_DEBUG;
        return RP_OK;
    }
    rp_debug_file *debug = NULL;
    code = judge_image(run, item, img, &debug, t, ret_skip, ret_reason, err);
    rp_debug_file_close(debug);
    return code;
}

static rp_code judge_project(rp_run *run, const rp_input *item, rp_target_report *t, rp_error *err)
{
    const rp_facts *facts = NULL;
    const rp_source_crate *crate = rp_source_crate_of(run->opt.source, item);
    rp_code code = crate != NULL ? rp_crate_facts(run->opt.source, crate, run->rules, item, t->name,
                                                  &facts, err)
                                 : rp_project_facts(run->opt.deps, item, t->name, &facts, err);
    if (code == RP_OK)
        code = rp_judge_with(run->rules, facts, item->arena, t, err);
    if (code == RP_OK && crate != NULL &&
        (facts->source->nunknown != 0 || facts->source->read.is != RP_YES))
        set_read_in_part(t);
    return code;
}

static void visit_target(rp_run *run, const rp_input *item)
{
    rp_error err = {0};
    bool skip = false;
    rp_skip_reason reason = RP_SKIP_OTHER;
    rp_target_report *t = new_report(item->arena, item);
    rp_code code = RP_OK;
    if (t == NULL)
        code = rp_fail_memory(&err);
    else if (item->kind == RP_INPUT_OTHER)
        code = judge_project(run, item, t, &err);
    else
        code = judge_item(run, item, t, &skip, &reason, &err);
    if (item->arena->refused) { /* whatever was concluded rests on half of the file */
        err = (rp_error){0};
        code = rp_fail(&err, RP_E_MEMORY, RP_NOWHERE,
                       "it needs more memory than there is or than the limit of %llu MiB; "
                       "--max-memory raises it",
                       (unsigned long long)(item->arena->limit >> 20));
    }
    if (code != RP_OK)
        report_error(run, item, &err);
    else if (skip)
        rp_order_skip(&run->order, item->position, item->ordinal, reason);
    else
        rp_order_report(&run->order, item->position, item->ordinal, t);
}

/* Of files that are no artefacts: roots of crates, manifests, lock files. */
static bool wants(void *user, const rp_input *item)
{
    const rp_run *run = user;
    return rp_source_crate_of(run->opt.source, item) != NULL ||
           (run->opt.deps != NULL && !run->opt.no_projects && rp_is_project_file(item));
}

static void visit(void *user, const rp_input *item)
{
    rp_run *run = user;
    switch (item->kind) {
    case RP_INPUT_ARTEFACT:
        if (run->projects && !item->named)
            rp_order_skip(&run->order, item->position, item->ordinal, RP_SKIP_OTHER);
        else
            visit_target(run, item);
        break;
    case RP_INPUT_OTHER:
        visit_target(run, item);
        break;
    case RP_INPUT_ERROR:
        report_error(run, item, &item->err);
        break;
    }
}

static void file_start(void *user, uint64_t sequence, bool named, rp_str path)
{
    rp_run *run = user;
    rp_order_start(&run->order, sequence, path, named);
}

static bool full(void *user, uint64_t sequence, struct rp_crew *crew)
{
    rp_run *run = user;
    return rp_order_full(&run->order, sequence, crew);
}

static void file_done(void *user, uint64_t sequence)
{
    rp_run *run = user;
    rp_order_done(&run->order, sequence);
}

static void progress(void *user, uint64_t done, uint64_t total, rp_str path)
{
    rp_run *run = user;
    run->opt.on_progress(run->opt.user, done, total, path);
}

static rp_code new_run(const rp_engine_options *opt, rp_run **ret, rp_error *err)
{
    rp_arena arena = {0};
    rp_run *run = rp_new(&arena, 1, rp_run);
    if (run == NULL) {
        rp_arena_free(&arena);
        return rp_fail_memory(err);
    }
    run->opt = *opt;
    rp_code code = rp_policy_rules(opt, &arena, &run->rules, err);
    if (code == RP_OK) {
        run->order =
            (rp_order){.streams = opt->streams, .keep = opt->keep, .budget = WAITING_BUDGET};
        code = rp_order_init(&run->order, err);
    }
    if (code != RP_OK) {
        rp_arena_free(&arena);
        return code;
    }
    run->needs = rp_rules_needs(run->rules) | opt->needs;
    if (opt->deps != NULL && !opt->no_artefact_deps) /* which compiler, which crates */
        run->needs |= RP_NEED_SYMBOLS | RP_NEED_STRINGS;
    run->opt.policy = NULL; /* the caller's; done with */
    run->opt.npolicy = 0;
    run->arena = arena;
    *ret = run;
    return RP_OK;
}

/* Before any worker begins. What is built of projects is not asked what their lock files say. */
static void listed(void *user, bool named, rp_str path)
{
    rp_run *run = user;
    if (!run->opt.deps_only || named || !rp_str_is(rp_path_last(path), "Cargo.lock"))
        return;
    run->projects = true;
    run->input.archives = false;
}

static rp_input_options input_options(rp_run *run)
{
    return (rp_input_options){.jobs = run->opt.jobs,
                              .max_file = run->opt.max_file,
                              .max_memory = run->opt.max_memory,
                              .max_unpacked = run->opt.max_unpacked,
                              .archives = true,
                              .archives_named = true,
                              .listed = listed,
                              .visit = visit,
                              .wants = wants,
                              .user = run,
                              .file_start = file_start,
                              .file_done = file_done,
                              .full = full,
                              .progress = run->opt.on_progress ? progress : NULL};
}

static rp_code finish(rp_run *run, rp_code code, const rp_input_totals *totals, uint64_t began,
                      rp_run **ret, rp_error *err)
{
    if (code == RP_OK)
        code = rp_order_finish(&run->order, err);
    if (code != RP_OK) {
        rp_run_free(run);
        return code;
    }
    run->report = run->order.totals;
    run->report.files = totals->files;
    run->report.folders = totals->folders;
    run->report.others += (uint32_t)totals->unwanted;
    run->report.skipped_special = totals->skipped_special;
    run->report.nanoseconds = now() - began;
    *ret = run;
    return RP_OK;
}

rp_code rp_run_paths(const rp_engine_options *opt, const char *const *paths, size_t n, rp_run **ret,
                     rp_error *err)
{
    uint64_t began = now();
    rp_run *run = NULL;
    rp_code code = new_run(opt, &run, err);
    if (code != RP_OK)
        return code;
    run->few = n <= RP_CODE_NAMED;
    run->input = input_options(run);
    rp_input_totals totals = {0};
    code = rp_input_run(&run->input, paths, n, &totals, err);
    return finish(run, code, &totals, began, ret, err);
}

rp_code rp_run_memory(const rp_engine_options *opt, rp_bytes bytes, const char *name, rp_run **ret,
                      rp_error *err)
{
    uint64_t began = now();
    rp_run *run = NULL;
    rp_code code = new_run(opt, &run, err);
    if (code != RP_OK)
        return code;
    run->few = true;
    run->input = input_options(run);
    rp_input_totals totals = {0};
    code = rp_input_memory(&run->input, bytes, name, &totals, err);
    return finish(run, code, &totals, began, ret, err);
}

const rp_run_report *rp_run_result(const rp_run *run)
{
    return &run->report;
}

int rp_run_exit_code(const rp_run *run)
{
    const rp_run_report *r = &run->report;
    for (int level = RP_DENY; run->opt.fail_on != RP_ALLOW && level >= (int)run->opt.fail_on;
         level--)
        if (r->findings[level] != 0)
            return RP_EXIT_FINDINGS;
    if (!r->complete && !run->opt.allow_incomplete)
        return RP_EXIT_INCOMPLETE;
    if (r->nothing_named && !run->opt.allow_empty)
        return RP_EXIT_NOTHING;
    return RP_EXIT_CLEAN;
}

void rp_run_free(rp_run *run)
{
    if (run == NULL)
        return;
    rp_order_free(&run->order);
    rp_arena arena = run->arena;
    rp_arena_free(&arena);
}
