/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "input/input.h"

#include "base/fs.h"
#include "base/threads.h"
#include "input/job.h"
#include "input/queue.h"

#include <stdatomic.h>
#include <unistd.h>

#define LARGE_PART (1ull << 20) /* bytes for which one more worker is worth starting */

typedef struct {
    const rp_input_options *opt;
    const rp_walk_list *list;
    rp_queue queue;
    atomic_uint_fast64_t done;
    rp_lock lock; /* guards totals; serialises progress */
    rp_input_totals *totals;
    rp_crew crew;
    rp_open_files files;
    bool share; /* archives' members among workers */
    atomic_uint_fast64_t held;
    rp_parcel parcels[RP_PARCELS];
} run;

static void job_init(rp_job *job, const rp_input_options *opt)
{
    *job = (rp_job){.opt = opt};
    job->max_memory = opt->max_memory ? opt->max_memory : RP_MAX_TARGET_MEM;
}

static void job_free(rp_job *job)
{
    rp_arena_free(&job->arena);
    rp_arena_free(&job->bytes);
    for (size_t i = 0; i < RP_COUNT(job->levels); i++)
        rp_arena_free(&job->levels[i]);
}

static void totals_add(rp_input_totals *to, const rp_input_totals *from)
{
    to->files += from->files;
    to->folders += from->folders;
    to->others += from->others;
    to->artefacts += from->artefacts;
    to->errors += from->errors;
    to->skipped_special += from->skipped_special;
    to->unwanted += from->unwanted;
}

static void start_file(rp_job *job, uint64_t sequence, rp_str path, bool named)
{
    job->path = path;
    job->named = named;
    job->sequence = sequence;
    job->ordinal = 0;
    job->artefacts = 0;
    job->unpacked = 0;
    job->stop = false;
    job->in_memory = false;
    job->file = job->files != NULL ? rp_open_file_take(job->files, NULL, sequence) : NULL;
    if (job->opt->file_start != NULL)
        job->opt->file_start(job->opt->user, sequence, named, path);
}

static void read_disk_file(rp_job *job, const rp_walk_entry *entry)
{
    rp_error err = {0};
    rp_source src;
    if (rp_job_open(job, entry->path.ptr, entry->follow, &job->levels[0], &src, &err) != RP_OK) {
        rp_job_error(job, (rp_str){"", 0}, &err);
        return;
    }
    job->totals.files++;
    rp_job_source(job, &src, (rp_str){"", 0}, 0);
    rp_job_close(job);
}

static void read_standard_input(rp_job *job)
{
    rp_error err = {0};
    rp_bytes bytes = {0};
    rp_arena whole = {0}; /* lives as long as the job's visits, not only one of them */
    uint64_t max = job->opt->max_file ? job->opt->max_file : RP_MAX_MEMBER;
    if (rp_fs_read_all(STDIN_FILENO, max, &whole, &bytes, &err) != RP_OK) {
        rp_job_error(job, (rp_str){"", 0}, &err);
    } else {
        job->totals.files++;
        job->in_memory = true;
        rp_source src = rp_source_memory(bytes, &job->levels[0]);
        rp_job_source(job, &src, (rp_str){"", 0}, 0);
    }
    rp_arena_free(&whole);
}

static void progress(run *r, rp_str path)
{
    uint64_t done = atomic_fetch_add(&r->done, 1) + 1;
    if (r->opt->progress == NULL || !rp_lock_try(&r->lock))
        return;
    r->opt->progress(r->opt->user, done, r->list->entries.n, path);
    rp_lock_give(&r->lock);
}

/* Parts of files that others have begun come first. */
static bool next_file(run *r, unsigned worker, rp_job *job, uint64_t *ret)
{
    while (r->share && rp_crew_take(&r->crew, UINT64_MAX, job))
        continue;
    return rp_queue_take(&r->queue, worker, ret);
}

static void work(void *user, unsigned worker)
{
    run *r = user;
    rp_job job;
    job_init(&job, r->opt);
    job.crew = &r->crew;
    job.files = &r->files;
    job.held = r->share ? &r->held : NULL;
    rp_crew_join(&r->crew);
    uint64_t i;
    while (next_file(r, worker, &job, &i)) {
        const rp_walk_entry *entry = &r->list->entries.items[i];
        start_file(&job, i, entry->path, entry->named);
        if (entry->err != NULL)
            rp_job_error(&job, (rp_str){"", 0}, entry->err);
        else if (entry->standard_input)
            read_standard_input(&job);
        else
            read_disk_file(&job, entry);
        rp_job_end(&job);
        progress(r, entry->path);
    }
    rp_lock_take(&r->lock);
    totals_add(r->totals, &job.totals);
    rp_lock_give(&r->lock);
    rp_crew_help(&r->crew, &job);
    job_free(&job);
}

/* As many as find something to do: files, and the parts of large ones. */
static unsigned useful_workers(unsigned jobs, const rp_walk_list *list)
{
    uint64_t n = list->entries.n;
    for (uint32_t i = 0; i < list->entries.n && n < jobs; i++)
        n +=
            list->entries.items[i].standard_input ? jobs : list->entries.items[i].size / LARGE_PART;
    return n < 1 ? 1 : n < jobs ? (unsigned)n : jobs;
}

static unsigned jobs_of(const rp_input_options *opt)
{
    unsigned jobs = opt->jobs ? opt->jobs : rp_cores();
    return jobs < RP_MAX_WORKERS ? jobs : RP_MAX_WORKERS;
}

/* The workers, with what they share. */
static rp_code run_workers(run *r, unsigned workers, unsigned spare, rp_error *err)
{
    r->share = workers > 1;
    if (!rp_crew_init(&r->crew, spare))
        return rp_fail_memory(err);
    for (size_t i = 0; i < RP_PARCELS; i++)
        rp_crew_lend(&r->crew, &r->parcels[i].errand);
    rp_run_workers(workers, work, r);
    rp_crew_free(&r->crew);
    for (size_t i = 0; i < RP_PARCELS; i++)
        rp_arena_free(&r->parcels[i].bytes);
    return RP_OK;
}

/* A top-level file, its descriptor, and that of a member beside it. */
enum { OPEN_AT_ONCE = 3 };

static rp_code run_list(const rp_input_options *opt, const rp_walk_list *list, rp_arena *arena,
                        rp_input_totals *totals, rp_error *err)
{
    run r = {.opt = opt, .list = list, .totals = totals};
    unsigned jobs = jobs_of(opt);
    unsigned workers = useful_workers(jobs, list);
    atomic_init(&r.done, 0);
    atomic_init(&r.held, 0);
    rp_code code = rp_queue_init(&r.queue, list, arena, err);
    if (code != RP_OK || !rp_lock_init(&r.lock))
        return code != RP_OK ? code : rp_fail_memory(err);
    code = rp_open_files_init(&r.files, OPEN_AT_ONCE * ((size_t)workers + RP_PARCELS), arena, err);
    if (code == RP_OK) {
        code = run_workers(&r, workers, jobs - workers, err);
        rp_open_files_free(&r.files);
    }
    rp_lock_free(&r.lock);
    return code;
}

rp_code rp_input_run(const rp_input_options *opt, const char *const *paths, size_t n,
                     rp_input_totals *ret, rp_error *err)
{
    rp_arena arena = {0};
    rp_walk_list list;
    rp_input_totals totals = {0};
    const rp_walk_options walk = {.jobs = jobs_of(opt), .wants = opt->wants, .user = opt->user};
    rp_code code = rp_walk(&walk, paths, n, &arena, &list, &totals, err);
    for (uint32_t i = 0; code == RP_OK && opt->listed != NULL && i < list.entries.n; i++)
        opt->listed(opt->user, list.entries.items[i].named, list.entries.items[i].path);
    if (code == RP_OK)
        code = run_list(opt, &list, &arena, &totals, err);
    if (code == RP_OK)
        *ret = totals;
    rp_arena_free(&arena);
    return code;
}

rp_code rp_input_memory(const rp_input_options *opt, rp_bytes bytes, const char *name,
                        rp_input_totals *ret, rp_error *err)
{
    (void)err;
    rp_job job;
    job_init(&job, opt);
    start_file(&job, 0, rp_str_from(name), true);
    job.in_memory = true;
    job.totals.files++;
    rp_source src = rp_source_memory(bytes, &job.levels[0]);
    rp_job_source(&job, &src, (rp_str){"", 0}, 0);
    rp_job_end(&job);
    *ret = job.totals;
    job_free(&job);
    return RP_OK;
}
