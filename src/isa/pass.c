/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/pass.h"

#include "base/threads.h"
#include "isa/pass_parts.h"
#include "isa/pass_worker.h"

#include <stdatomic.h>

enum { CHUNK = 2 << 20 }; /* bytes of code that a worker takes at once */

typedef struct {
    rp_pass_common common;
    RP_VEC(rp_pass_chunk) chunks;
    rp_pass_worker *workers;
    uint32_t nworkers;        /* room for them */
    rp_branch *branches;      /* all workers', put together */
    atomic_uint opened, next; /* workers; chunks */
    atomic_bool failed;
} pass;

bool rp_pass_supports(const rp_image *img)
{
    return rp_decoder_of(img) != NULL;
}

/* ---- chunks ---- */

/* Cuts the functions into chunks, and says where the code ends that each leaves to those before: so
 * every function is read or not as if there was one chunk. Finds the longest function on the way.
 * False: out of memory. */
static bool cut(pass *p)
{
    rp_pass_common *c = &p->common;
    const rp_source *src = c->img->src;
    uint64_t done = 0, taken = CHUNK;
    for (uint32_t i = 0; i < c->functions->n; i++) {
        const rp_function *f = &c->functions->items[i];
        uint64_t length = f->end > f->start ? f->end - f->start : 0;
        if (taken >= CHUNK) {
            rp_pass_chunk *next = rp_vec_push(c->img->arena, &p->chunks);
            if (next == NULL)
                return false;
            *next = (rp_pass_chunk){.first = i, .done = done};
            taken = 0;
        }
        p->chunks.items[p->chunks.n - 1].last = i + 1;
        c->longest = length > c->longest ? length : c->longest;
        bool there = f->at <= src->size && length != 0 && length <= src->size - f->at;
        if (there && rp_pass_reads(f, done)) {
            done = f->end;
            taken += length;
        }
    }
    return true;
}

static bool prepare(pass *p)
{
    rp_pass_common *c = &p->common;
    c->fns = rp_new(c->img->arena, c->functions->n, rp_fn_code);
    c->scanned = rp_new(c->img->arena, c->functions->n, uint8_t);
    atomic_init(&p->opened, 0);
    atomic_init(&p->next, 0);
    atomic_init(&p->failed, false);
    return c->fns != NULL && c->scanned != NULL && cut(p) && rp_pass_index_starts(c);
}

/* ---- workers ---- */

/* Takes chunks until none is left. */
static void work(void *user, unsigned number)
{
    pass *p = user;
    unsigned i, index;
    (void)number;
    if (atomic_load(&p->next) >= p->chunks.n)
        return;
    index = atomic_fetch_add(&p->opened, 1);
    if (index >= p->nworkers)
        return;
    bool ok = rp_pass_worker_open(&p->workers[index], &p->common);
    while (ok && (i = atomic_fetch_add(&p->next, 1)) < p->chunks.n)
        ok = rp_pass_worker_run(&p->workers[index], &p->chunks.items[i]);
    if (!ok) {
        atomic_store(&p->failed, true);
        atomic_store(&p->next, p->chunks.n); /* the others need not go on */
    }
}

/* Reads now what all workers ask for, that not each reads it for itself. */
static void read_ahead(const pass *p)
{
    const rp_frames *frames = &p->common.functions->frames;
    const rp_landing *landings;
    rp_arena arena = {0};
    uint32_t n;
    for (uint32_t i = 0; i < frames->n; i++) {
        if (frames->items[i].lsda == 0)
            continue;
        (void)!rp_unwind_landings(p->common.img, &frames->items[i], &arena, &landings, &n);
        break;
    }
    rp_arena_free(&arena);
}

static bool run(pass *p)
{
    uint32_t hands = p->chunks.n < RP_MAX_WORKERS ? p->chunks.n : RP_MAX_WORKERS;
    if (hands == 0)
        return true;
    p->nworkers = hands;
    p->workers = rp_new(p->common.img->arena, hands, rp_pass_worker);
    if (p->workers == NULL)
        return false;
    if (hands > 1)
        read_ahead(p);
    rp_crew_run(p->common.img->crew, hands - 1, work, p);
    return !atomic_load(&p->failed);
}

/* ---- the whole ---- */

static void add_worker(const rp_pass_worker *w, rp_pass *ret)
{
    const rp_code_sink *s = &w->sink;
    ret->instructions += s->instructions;
    ret->bytes += s->bytes;
    ret->bad_bytes += s->bad_bytes;
    ret->nbranches += s->branches.n;
    ret->nfile_votes += s->file_votes.n;
    for (size_t i = 0; i < RP_COUNT(ret->set_aside); i++)
        ret->set_aside[i] += s->set_aside[i];
}

/* Functions of several parts, which lie anywhere: once all were read. */
static bool join_parts(const pass *p, uint32_t opened)
{
    RP_VEC(uint64_t) all = {0};
    for (uint32_t w = 0; w < opened; w++)
        for (uint32_t i = 0; i < p->workers[w].crossings.n; i++) {
            uint64_t *to = rp_vec_push(&p->workers[0].kept, &all);
            if (to == NULL)
                return false;
            *to = p->workers[w].crossings.items[i];
        }
    return all.n == 0 || rp_parts_join(&p->workers[0], all.items, all.n, p->branches);
}

/* Branches and votes in the order of the functions, whoever found them. */
static bool gather(pass *p, rp_pass *ret)
{
    rp_fn_code *fns = p->common.fns;
    rp_branch *branches = rp_new(p->common.img->arena, ret->nbranches, rp_branch);
    uint32_t *votes = rp_new(p->common.img->arena, ret->nfile_votes, uint32_t);
    uint32_t n = 0, nvotes = 0;
    if (branches == NULL || votes == NULL)
        return false;
    for (uint32_t i = 0; i < p->chunks.n; i++) {
        const rp_pass_chunk *c = &p->chunks.items[i];
        const rp_code_sink *s = &c->worker->sink;
        if (c->nbranches != 0)
            memcpy(branches + n, s->branches.items + c->branches, c->nbranches * sizeof *branches);
        if (c->nvotes != 0)
            memcpy(votes + nvotes, s->file_votes.items + c->votes, c->nvotes * sizeof *votes);
        for (uint32_t f = c->first; n != c->branches && f < c->last; f++)
            if (fns[f].nsites != 0)
                fns[f].sites += n - c->branches;
        n += c->nbranches;
        nvotes += c->nvotes;
        ret->nscanned += c->nscanned;
        ret->nmissing += c->nmissing;
    }
    ret->branches = p->branches = branches;
    ret->file_votes = votes;
    return true;
}

/* What code does with panic locations, by source file, over all workers. */
static bool gather_uses(const pass *p, uint32_t opened, rp_pass *ret)
{
    for (uint32_t w = 0; w < opened; w++)
        if (p->workers[w].sink.uses.n > ret->nuses)
            ret->nuses = p->workers[w].sink.uses.n;
    rp_location_use *uses = rp_new(p->common.img->arena, ret->nuses, rp_location_use);
    if (uses == NULL)
        return false;
    for (uint32_t w = 0; w < opened; w++) {
        const rp_code_sink *s = &p->workers[w].sink;
        for (uint32_t i = 0; i < s->uses.n; i++) {
            const rp_location_use *use = &s->uses.items[i];
            uses[i].places += use->places;
            uses[i].overflow += use->overflow;
            uses[i].bounds += use->bounds;
        }
    }
    ret->uses = uses;
    return true;
}

static bool mark_taken(const pass *p)
{
    const rp_pass_common *c = &p->common;
    uint8_t *taken = rp_new(c->img->arena, c->functions->n, uint8_t);
    uint32_t opened = atomic_load(&p->opened);
    if (taken == NULL)
        return false;
    rp_pass_mark_taken(c, taken, c->map->pointers, c->map->npointers);
    for (uint32_t w = 0; w < opened && w < p->nworkers; w++)
        for (uint32_t i = 0; i < c->functions->n; i++)
            taken[i] |= p->workers[w].taken[i];
    for (uint32_t i = 0; i < c->functions->n; i++)
        if (taken[i] != 0)
            c->fns[i].flags |= RP_FN_TAKEN;
    return true;
}

static void close_workers(pass *p)
{
    uint32_t opened = atomic_load(&p->opened);
    for (uint32_t i = 0; i < opened && i < p->nworkers; i++) {
        if (p->workers[i].src.short_read)
            p->common.img->src->short_read = true;
        rp_pass_worker_close(&p->workers[i]);
    }
}

bool rp_pass_run(rp_image *img, const rp_functions *functions, const rp_code_map *map, rp_pass *ret)
{
    *ret = (rp_pass){0};
    pass p = {.common = {.img = img, .functions = functions, .map = map}};
    p.common.decoder = rp_decoder_of(img);
    if (p.common.decoder == NULL)
        return true;
    bool ok = prepare(&p) && run(&p);
    uint32_t opened = p.workers != NULL ? atomic_load(&p.opened) : 0;
    opened = opened < p.nworkers ? opened : p.nworkers;
    for (uint32_t i = 0; ok && i < opened; i++)
        add_worker(&p.workers[i], ret);
    ok = ok && gather(&p, ret) && gather_uses(&p, opened, ret) && join_parts(&p, opened) &&
         mark_taken(&p);
    if (p.workers != NULL)
        close_workers(&p);
    ret->fns = p.common.fns;
    ret->scanned = p.common.scanned;
    return ok;
}
