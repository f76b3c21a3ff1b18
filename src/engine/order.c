/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "engine/order.h"

#include "engine/keep.h"

enum { IDLE_TEXTS = 32, KEEPER_CHUNK = 4 << 20 };

struct rp_outgoing {
    rp_outgoing *next;
    rp_buf *texts;                /* of a report: one for each stream */
    const rp_target_report *kept; /* where reports are kept */
    uint64_t ordinal, n;          /* of the first item, and how many in a row: 1 with a report */
    bool is_report;
};

struct rp_keeper {
    rp_keeper *next;
    rp_arena arena;
};

rp_code rp_order_init(rp_order *o, rp_error *err)
{
    if (!rp_lock_init(&o->lock))
        return rp_fail_memory(err);
    o->totals.complete = true;
    return RP_OK;
}

static void free_texts(const rp_order *o, rp_outgoing *list)
{
    for (; list != NULL; list = list->next)
        for (uint32_t i = 0; i < o->streams.n; i++)
            rp_buf_free(&list->texts[i]);
}

static void free_part(const rp_order *o, rp_order_part *part)
{
    for (uint32_t i = 0; part->files != NULL && i < RP_ORDER_PART; i++)
        free_texts(o, part->files[i].first);
    part->files = NULL;
    rp_arena_free(&part->arena);
}

void rp_order_free(rp_order *o)
{
    for (uint32_t i = 0; i < o->parts.n; i++)
        free_part(o, &o->parts.items[i]);
    free_texts(o, o->idle);
    for (rp_keeper *k = o->keepers; k != NULL; k = k->next)
        rp_arena_free(&k->arena);
    rp_lock_free(&o->lock);
    rp_arena arena = o->arena;
    rp_arena_free(&arena);
}

/* ---- what goes out ---- */

/* An empty one. NULL when out of memory. Lock held. */
static rp_outgoing *take_outgoing(rp_order *o)
{
    rp_outgoing **list = o->idle != NULL ? &o->idle : &o->bare;
    rp_outgoing *w = *list;
    if (w == NULL) {
        w = rp_new(&o->arena, 1, rp_outgoing);
        rp_buf *texts = rp_new(&o->arena, o->streams.n, rp_buf);
        if (w == NULL || texts == NULL)
            return NULL;
        w->texts = texts;
        return w;
    }
    *list = w->next;
    o->nidle -= list == &o->idle;
    *w = (rp_outgoing){.texts = w->texts};
    return w;
}

/* Its texts' memory serves the next one, but for what a crowd of waiting ones took. Lock held. */
static void put_back(rp_order *o, rp_outgoing *w)
{
    bool bare = o->nidle >= IDLE_TEXTS;
    for (uint32_t i = 0; i < o->streams.n; i++) {
        if (bare)
            rp_buf_free(&w->texts[i]);
        else
            rp_buf_clear(&w->texts[i]);
    }
    rp_outgoing **list = bare ? &o->bare : &o->idle;
    w->next = *list;
    *list = w;
    o->nidle += !bare;
}

/* Memory for what is kept that no other thread has in hand. NULL when there is none. Lock held. */
static rp_keeper *take_keeper(rp_order *o)
{
    rp_keeper *k = o->keepers;
    if (k != NULL)
        o->keepers = k->next;
    else if ((k = rp_new(&o->arena, 1, rp_keeper)) != NULL)
        k->arena.chunk = KEEPER_CHUNK;
    return k;
}

static uint64_t size_of(const rp_order *o, const rp_outgoing *w)
{
    uint64_t size = 0;
    for (uint32_t i = 0; i < o->streams.n; i++)
        size += w->texts[i].cap;
    return size;
}

/* ---- files ---- */

/* NULL before the first file near it begins, and when memory ran out (o->lost) then. */
static rp_order_file *file_of(rp_order *o, uint64_t n)
{
    uint64_t part = n / RP_ORDER_PART;
    if (part >= o->parts.n || o->parts.items[part].files == NULL)
        return NULL;
    return &o->parts.items[part].files[n % RP_ORDER_PART];
}

static rp_order_file *new_file(rp_order *o, uint64_t n)
{
    while (o->parts.n <= n / RP_ORDER_PART)
        if (rp_vec_push(&o->arena, &o->parts) == NULL)
            return NULL;
    rp_order_part *part = &o->parts.items[n / RP_ORDER_PART];
    if (part->files == NULL)
        part->files = rp_new(&part->arena, RP_ORDER_PART, rp_order_file);
    return file_of(o, n);
}

void rp_order_start(rp_order *o, uint64_t n, rp_str path, bool named)
{
    rp_lock_take(&o->lock);
    rp_order_file *f = new_file(o, n);
    if (f != NULL)
        *f = (rp_order_file){.path = path, .begun = true, .named = named};
    else
        o->lost = true; /* nobody sleeps for ever: drain goes on without it */
    rp_lock_give(&o->lock);
}

/* A file that nobody has begun may be what the waiting worker itself would take next. */
static bool turn_has_begun(rp_order *o)
{
    const rp_order_file *f = file_of(o, o->turn);
    return f != NULL && f->begun;
}

bool rp_order_full(rp_order *o, uint64_t n, rp_crew *crew)
{
    rp_lock_take(&o->lock);
    bool full = n != o->turn && o->waiting > o->budget && !o->lost && turn_has_begun(o);
    if (full) {
        o->awaited = o->asleep == NULL || n < o->awaited ? n : o->awaited;
        o->asleep = crew;
    }
    rp_lock_give(&o->lock);
    return full;
}

/* Wakes who found it full, when there is a good deal of room or it is their turn. Lock held. */
static void wake(rp_order *o)
{
    if (o->asleep != NULL && (o->waiting < o->budget / 4 * 3 || o->turn >= o->awaited || o->lost ||
                              !turn_has_begun(o))) {
        rp_crew_wake(o->asleep);
        o->asleep = NULL;
    }
}

/* Something cannot be reported any more: the run fails. Lock held. */
static void lose(rp_order *o)
{
    o->lost = true;
    wake(o);
}

static uint32_t count_ignored(const rp_target_report *t)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < t->nresults; i++)
        n += t->results[i].ignored;
    return n;
}

static void add_counts(rp_run_report *sum, const rp_target_report *t, uint32_t ignored)
{
    if (t->err.code != RP_OK)
        sum->failed++;
    else if (t->skipped != NULL)
        sum->skipped_debug++;
    else
        sum->judged++;
    sum->in_part += t->read_in_part;
    for (size_t i = 0; i < RP_COUNT(sum->count); i++)
        sum->count[i] += t->count[i];
    for (size_t i = 0; i < RP_COUNT(sum->findings); i++)
        sum->findings[i] += t->findings[i];
    sum->ignored += ignored;
    if (t->facts != NULL && t->skipped == NULL)
        sum->not_rust += t->facts->rust->is_rust.is == RP_NO;
    if (t->facts != NULL && t->facts->deps != NULL)
        sum->unlisted += t->facts->deps->inventory == NULL;
    if (t->err.code != RP_OK || t->incomplete)
        sum->complete = false;
}

static void end_turn(rp_order *o, const rp_order_file *f)
{
    if (f->named && !f->understood) {
        rp_str path = rp_arena_str(&o->arena, f->path);
        rp_str *slot = path.ptr ? rp_vec_push(&o->arena, &o->nothing) : NULL;
        if (slot != NULL)
            *slot = path;
        else
            lose(o);
        o->totals.nothing_named = true;
    }
    o->turn++;
    if (o->turn % RP_ORDER_PART == 0)
        free_part(o, &o->parts.items[o->turn / RP_ORDER_PART - 1]);
    wake(o);
}

static void keep(rp_order *o, const rp_target_report *copy)
{
    const rp_target_report **slot = rp_vec_push(&o->arena, &o->kept);
    if (slot != NULL)
        *slot = copy;
    else
        lose(o);
}

/* The file's first goes out. With the lock held; gives it back while it is handed out. */
static void hand_out_first(rp_order *o, rp_order_file *f)
{
    rp_outgoing *w = f->first;
    f->first = w->next;
    if (f->first == NULL)
        f->last = NULL;
    f->next = w->ordinal + w->n;
    if (w->is_report && o->streams.n != 0) {
        o->emitting = true;
        rp_lock_give(&o->lock);
        o->streams.emit(o->streams.user, w->texts);
        rp_lock_take(&o->lock);
        o->emitting = false;
    }
    if (w->kept != NULL)
        keep(o, w->kept);
    o->waiting -= size_of(o, w);
    put_back(o, w);
    wake(o);
}

/* Hands out what may go out. Lock held; nobody else is emitting. */
static void drain(rp_order *o)
{
    for (;;) {
        rp_order_file *f = file_of(o, o->turn);
        if (f == NULL)
            return;
        if (f->first != NULL && (f->first->ordinal == f->next || o->lost))
            hand_out_first(o, f); /* the order does not matter to a run that fails */
        else if (f->done)
            end_turn(o, f);
        else
            return;
    }
}

/* Puts it into its file's queue. Lock held. */
static void enqueue(rp_order *o, rp_order_file *f, rp_outgoing *w)
{
    bool last = f->last == NULL || f->last->ordinal < w->ordinal;
    rp_outgoing **at = last && f->last != NULL ? &f->last->next : &f->first;
    while (!last && (*at)->ordinal < w->ordinal)
        at = &(*at)->next;
    w->next = last ? NULL : *at;
    *at = w;
    if (last)
        f->last = w;
    o->waiting += size_of(o, w);
}

/* All that is left of a report; false when there is no room for the copy. No lock: this is most of
 * the work, and what the report was made from is many times larger. */
static bool prepare(const rp_order *o, rp_outgoing *w, rp_keeper *keeper,
                    const rp_target_report *report)
{
    w->is_report = true;
    w->n = 1;
    if (o->streams.n != 0)
        o->streams.render(o->streams.user, report, w->texts);
    if (keeper != NULL)
        w->kept = rp_report_copy(&keeper->arena, report);
    return w->kept != NULL || !o->keep;
}

/* With the lock held, as when it returns. NULL when out of memory. */
static rp_outgoing *outgoing_of(rp_order *o, const rp_target_report *report)
{
    rp_outgoing *w = take_outgoing(o);
    rp_keeper *keeper = w != NULL && o->keep ? take_keeper(o) : NULL;
    if (w == NULL)
        return NULL;
    rp_lock_give(&o->lock);
    uint32_t ignored = count_ignored(report);
    bool whole = prepare(o, w, keeper, report);
    rp_lock_take(&o->lock);
    add_counts(&o->totals, report, ignored);
    if (keeper != NULL) {
        keeper->next = o->keepers;
        o->keepers = keeper;
    }
    if (whole)
        return w;
    put_back(o, w);
    return NULL;
}

void rp_order_report(rp_order *o, uint64_t n, uint64_t ordinal, const rp_target_report *report)
{
    rp_lock_take(&o->lock);
    rp_outgoing *w = outgoing_of(o, report);
    rp_order_file *f = file_of(o, n);
    if (w != NULL && f != NULL) {
        f->understood = true;
        w->ordinal = ordinal;
        enqueue(o, f, w);
    } else {
        lose(o);
    }
    if (!o->emitting)
        drain(o);
    rp_lock_give(&o->lock);
}

/* Lock held. Items in a row take one record. */
static void pass_over(rp_order *o, rp_order_file *f, uint64_t ordinal)
{
    rp_outgoing *last = f->last;
    if (ordinal == f->next) {
        f->next++;
        if (!o->emitting)
            drain(o);
    } else if (last != NULL && !last->is_report && last->ordinal + last->n == ordinal) {
        last->n++;
    } else {
        rp_outgoing *w = take_outgoing(o);
        if (w == NULL) {
            lose(o);
            return;
        }
        w->ordinal = ordinal;
        w->n = 1;
        enqueue(o, f, w);
    }
}

void rp_order_skip(rp_order *o, uint64_t n, uint64_t ordinal, rp_skip_reason reason)
{
    rp_lock_take(&o->lock);
    rp_order_file *f = file_of(o, n);
    switch (reason) {
    case RP_SKIP_NOT_RUST:
        o->totals.skipped_not_rust++;
        if (f != NULL)
            f->understood = true;
        break;
    case RP_SKIP_DEBUG:
        o->totals.skipped_debug++;
        break;
    case RP_SKIP_OTHER:
        o->totals.others++;
        break;
    }
    if (f != NULL)
        pass_over(o, f, ordinal);
    rp_lock_give(&o->lock);
}

void rp_order_lose(rp_order *o)
{
    rp_lock_take(&o->lock);
    lose(o);
    rp_lock_give(&o->lock);
}

void rp_order_done(rp_order *o, uint64_t n)
{
    rp_lock_take(&o->lock);
    rp_order_file *f = file_of(o, n);
    if (f != NULL)
        f->done = true;
    if (!o->emitting)
        drain(o);
    rp_lock_give(&o->lock);
}

rp_code rp_order_finish(rp_order *o, rp_error *err)
{
    if (o->lost)
        return rp_fail_memory(err);
    o->totals.targets = o->kept.items;
    o->totals.ntargets = o->kept.n;
    o->totals.nothing = o->nothing.items;
    o->totals.nnothing = o->nothing.n;
    return RP_OK;
}
