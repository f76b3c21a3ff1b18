/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "input/job.h"

#include "base/fs.h"
#include "input/ar.h"
#include "input/package.h"
#include "obj/fat.h"

rp_str rp_member_join(rp_arena *arena, rp_str outer, rp_str inner)
{
    if (outer.len == 0)
        return rp_arena_str(arena, inner);
    char *p = rp_arena_array(arena, (uint64_t)outer.len + inner.len + 2, 1);
    if (p == NULL)
        return (rp_str){NULL, 0};
    memcpy(p, outer.ptr, outer.len);
    p[outer.len] = '!';
    if (inner.len != 0)
        memcpy(p + outer.len + 1, inner.ptr, inner.len);
    return (rp_str){p, outer.len + 1 + inner.len};
}

rp_thing rp_thing_of(rp_bytes head, uint64_t size)
{
    if (head.len < 4)
        return RP_THING_OTHER;
    if (rp_image_identify(head, size) != RP_FORMAT_NONE)
        return RP_THING_ARTEFACT;
    if (rp_fat_identify(head, size))
        return RP_THING_FAT;
    if (rp_ar_identify(head))
        return RP_THING_AR;
    return rp_package_identify(head) != NULL ? RP_THING_PACKAGE : RP_THING_OTHER;
}

/* All magic numbers lie in the first bytes, but for PE's, to which the DOS header leads. */
bool rp_thing_none(rp_bytes first, uint64_t size)
{
    return first.len >= RP_FIRST && memcmp(first.ptr, "MZ", 2) != 0 &&
           rp_thing_of(first, size) == RP_THING_OTHER;
}

static rp_steps steps_to(const rp_job *job, rp_str member)
{
    rp_steps s = {.n = 0};
    for (unsigned i = 0; i < job->nopen; i++) {
        size_t from = job->open[i].member;
        size_t to = i + 1 < job->nopen ? job->open[i + 1].member : member.len;
        from += from != 0 && from < to; /* the '!' */
        if (from > to || to > member.len)
            break; /* what is visited is the container itself, which could not be read */
        s.items[s.n++] =
            (rp_step){job->open[i].kind, from, to, job->open[i].offset, job->open[i].size};
    }
    return s;
}

/* The item that the worker has in hand: its windows and all that is made of it are in job->arena.
 */
static void visit_now(rp_job *job, rp_input *item)
{
    job->arena.limit = job->max_memory;
    item->arena = &job->arena;
    item->crew = job->crew;
    if (item->src != NULL)
        item->src->arena = &job->arena;
    job->opt->visit(job->opt->user, item);
    rp_arena_reset(&job->arena);
}

/* One user of the file less. */
static void release(rp_job *job, rp_open_file *file)
{
    uint64_t sequence = 0;
    if (rp_open_file_release(job->files, file, &sequence) && job->opt->file_done != NULL)
        job->opt->file_done(job->opt->user, sequence);
}

static void run_parcel(rp_errand *errand, void *worker)
{
    rp_parcel *p = (rp_parcel *)errand;
    atomic_uint_fast64_t *held = p->held;
    uint64_t bytes = p->bytes.used;
    visit_now(worker, &p->item);
    rp_arena_reset(&p->bytes);
    atomic_fetch_sub(held, bytes);
    release(worker, p->file);
}

/* Hands the item on; false when it is to be visited here. */
static bool hand_on(rp_job *job, const rp_input *item)
{
    if (job->held == NULL || !item->packed ||
        atomic_load(job->held) + job->bytes.used > RP_PARCEL_BYTES)
        return false;
    rp_errand *errand =
        rp_crew_errand(job->crew, item->position, item->ordinal, RP_PARCELS_AHEAD, job);
    if (errand == NULL)
        return false;
    rp_parcel *p = (rp_parcel *)errand;
    rp_arena empty = p->bytes;
    p->bytes = job->bytes;
    job->bytes = empty;
    p->bytes.limit = 0;
    p->item = *item;
    p->item.member = rp_arena_str(&p->bytes, item->member);
    p->src = *item->src;
    p->item.src = &p->src;
    p->held = job->held;
    p->file = job->file;
    rp_open_file_use(p->file);
    errand->run = run_parcel;
    atomic_fetch_add(p->held, p->bytes.used);
    if (p->item.member.ptr == NULL) { /* here, now, while its name is where it was */
        p->item.member = item->member;
        run_parcel(errand, job);
        rp_crew_lend(job->crew, errand);
    } else {
        rp_crew_post(job->crew, errand);
    }
    return true;
}

static bool is_full(void *user)
{
    const rp_job *job = user;
    return job->opt->full(job->opt->user, job->sequence, job->crew);
}

static bool is_wanted(const rp_job *job, const rp_input *item)
{
    return item->kind != RP_INPUT_OTHER || job->opt->wants == NULL ||
           job->opt->wants(job->opt->user, item);
}

static void visit(rp_job *job, rp_input item)
{
    item.path = job->path;
    item.named = job->named;
    item.position = job->sequence;
    if (!is_wanted(job, &item)) {
        job->totals.unwanted++;
        return;
    }
    item.steps = steps_to(job, item.member);
    item.ordinal = job->ordinal++;
    item.artefact = job->artefacts;
    job->artefacts += item.kind == RP_INPUT_ARTEFACT;
    if (item.kind == RP_INPUT_ARTEFACT && job->held != NULL && job->opt->full != NULL)
        rp_crew_pause(job->crew, job->sequence, is_full, job, job);
    if (item.kind == RP_INPUT_ARTEFACT && hand_on(job, &item))
        return;
    visit_now(job, &item);
    rp_arena_reset(&job->bytes);
}

rp_code rp_job_open(rp_job *job, const char *path, bool follow, rp_arena *arena, rp_source *ret,
                    rp_error *err)
{
    rp_fs_info info;
    int fd = -1;
    rp_code code = rp_fs_open(path, follow, &fd, &info, err);
    if (code != RP_OK)
        return code;
    rp_open_file *file = rp_open_file_take(job->files, job->file, job->sequence);
    if (file == NULL) {
        rp_fs_close(fd);
        return rp_fail(err, RP_E_INTERNAL, RP_NOWHERE, "too many files are open");
    }
    file->fd = fd;
    job->file = file;
    *ret = rp_source_fd(fd, info.size, arena);
    return RP_OK;
}

void rp_job_close(rp_job *job)
{
    rp_open_file *file = job->file;
    job->file = file->within;
    release(job, file);
}

void rp_job_end(rp_job *job)
{
    if (job->file != NULL)
        release(job, job->file);
    else if (job->opt->file_done != NULL)
        job->opt->file_done(job->opt->user, job->sequence);
    job->file = NULL;
}

void rp_job_other(rp_job *job, rp_str member, bool packed)
{
    job->totals.others++;
    visit(job, (rp_input){.kind = RP_INPUT_OTHER, .member = member, .packed = packed});
}

void rp_job_error(rp_job *job, rp_str member, const rp_error *err)
{
    job->totals.errors++;
    visit(job, (rp_input){.kind = RP_INPUT_ERROR, .member = member, .err = *err});
}

void rp_job_artefact(rp_job *job, rp_source *src, rp_str member, bool packed)
{
    job->totals.artefacts++;
    visit(job,
          (rp_input){.kind = RP_INPUT_ARTEFACT, .member = member, .src = src, .packed = packed});
}

static void too_big(rp_job *job, rp_str member, uint64_t size, uint64_t max)
{
    rp_error err = {0};
    (void)rp_fail(&err, RP_E_LIMIT, RP_NOWHERE,
                  "%llu bytes are more than the limit of %llu; --max-file-size raises it",
                  (unsigned long long)size, (unsigned long long)max);
    rp_job_error(job, member, &err);
}

/* An artefact in a container, or the whole file. Bytes that a container's arena holds are copied
 * when the artefact may be visited after the container is gone. */
static void artefact_in(rp_job *job, const rp_source *src, rp_bytes head, rp_str member,
                        unsigned depth)
{
    rp_source leaf = *src;
    leaf.read = NULL;
    if (depth == 0 && src->memory.ptr == NULL)
        leaf.head = head; /* it is visited here, while these last */
    if (src->memory.ptr != NULL && depth > 0 && job->held != NULL) {
        job->bytes.limit = 0; /* as many as are here already */
        uint8_t *copy = rp_new(&job->bytes, src->size, uint8_t);
        if (copy == NULL) {
            rp_error err = {0};
            (void)rp_fail_memory(&err);
            rp_job_error(job, member, &err);
            return;
        }
        memcpy(copy, src->memory.ptr, (size_t)src->size);
        leaf.memory.ptr = copy;
    }
    rp_job_artefact(job, &leaf, member, depth > 0);
}

enum { FAT_HEADER = 8, FAT_RECORD = 20 }; /* the smaller of the two kinds of record */

/* Slices that share bytes with the table or an earlier one are not looked into: a table of slices
 * that are the file itself would ask for 64 to the power of the nesting. */
static bool shares_bytes(const rp_fat_slice *slices, uint32_t n, uint32_t i)
{
    const rp_fat_slice *s = &slices[i];
    if (s->offset < FAT_HEADER + (uint64_t)n * FAT_RECORD)
        return true;
    for (uint32_t k = 0; k < i; k++)
        if (!s->outside && !slices[k].outside && s->offset < slices[k].offset + slices[k].size &&
            slices[k].offset < s->offset + s->size)
            return true;
    return false;
}

static void fat_slice(rp_job *job, const rp_source *src, const rp_fat_slice *slices, uint32_t n,
                      uint32_t i, rp_str member, unsigned depth)
{
    const rp_fat_slice *slice = &slices[i];
    rp_error err = {0};
    rp_str name = rp_member_join(src->arena, member, slice->name);
    rp_source part;
    if (name.ptr == NULL) {
        (void)rp_fail_memory(&err);
        rp_job_error(job, member, &err);
        return;
    }
    if (slice->odd != NULL) {
        (void)rp_fail(&err, RP_E_FORMAT, slice->at, "%s", slice->odd);
        rp_job_error(job, name, &err);
    }
    if (!slice->outside && !shares_bytes(slices, n, i) &&
        rp_source_slice(src, slice->offset, slice->size, &part)) {
        part.arena = &job->levels[depth + 1];
        job->open[depth].offset = slice->offset;
        job->open[depth].size = slice->size;
        rp_job_source(job, &part, name, depth + 1);
    }
}

static void fat_file(rp_job *job, rp_source *src, rp_str member, unsigned depth)
{
    const rp_fat_slice *slices = NULL;
    uint32_t n = 0;
    rp_error err = {0};
    if (rp_fat_slices(src, src->arena, &slices, &n, &err) != RP_OK) {
        rp_job_error(job, member, &err);
        return;
    }
    for (uint32_t i = 0; i < n && !job->stop; i++)
        fat_slice(job, src, slices, n, i, member, depth);
}

static void container(rp_job *job, rp_source *src, rp_str member, unsigned depth, rp_thing thing,
                      rp_bytes head)
{
    if (depth > RP_MAX_ARCHIVE_DEPTH) {
        rp_error err = {0};
        (void)rp_fail(&err, RP_E_LIMIT, RP_NOWHERE, "packages are nested more than %u deep",
                      RP_MAX_ARCHIVE_DEPTH);
        rp_job_error(job, member, &err);
        return;
    }
    job->open[depth].kind = thing == RP_THING_FAT  ? RP_STEP_FAT
                            : thing == RP_THING_AR ? RP_STEP_AR
                                                   : RP_STEP_PACKAGE;
    job->open[depth].member = member.len;
    job->nopen = depth + 1;
    if (thing == RP_THING_FAT)
        fat_file(job, src, member, depth);
    else if (thing == RP_THING_AR)
        rp_job_ar(job, src, member, depth);
    else
        rp_job_package(job, src, member, depth, head);
    job->nopen = depth;
    rp_arena_reset(&job->levels[depth]);
}

static bool looks_inside(const rp_job *job, rp_thing thing)
{
    return thing <= RP_THING_FAT || job->opt->archives || (job->opt->archives_named && job->named);
}

void rp_job_source(rp_job *job, rp_source *src, rp_str member, unsigned depth)
{
    uint8_t bytes[RP_HEAD];
    size_t got = rp_source_copy(src, 0, bytes, sizeof bytes);
    rp_bytes head = {bytes, got};
    rp_thing thing = rp_thing_of(head, src->size);
    if (depth == 0)
        job->file_size = src->size;
    uint64_t max = job->opt->max_file ? job->opt->max_file : RP_MAX_FILE;
    if (got == 0 && src->size != 0) {
        rp_error err = {0};
        (void)rp_fail(&err, RP_E_IO, 0, "the first bytes cannot be read");
        rp_job_error(job, member, &err);
    } else if (thing == RP_THING_OTHER || !looks_inside(job, thing)) {
        rp_job_other(job, member, depth > 0);
    } else if (src->size > max) {
        too_big(job, member, src->size, max);
    } else if (thing == RP_THING_ARTEFACT) {
        artefact_in(job, src, head, member, depth);
    } else {
        container(job, src, member, depth, thing, head);
    }
}
