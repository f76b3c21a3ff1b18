/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "engine/order.h"

#include "engine/keep.h"

enum { WAITING_CHUNK = 8 * 1024 }; /* what most reports fit into */

struct rp_waiting {
    rp_waiting *next;
    const rp_target_report *report; /* NULL: items without one */
    uint64_t ordinal, n;            /* of the first, and how many in a row: 1 with a report */
    rp_arena arena;                 /* holds this struct too */
};

rp_code rp_order_init(rp_order *o, rp_error *err)
{
    if (!rp_lock_init(&o->lock))
        return rp_fail_memory(err);
    o->kept_arena.chunk = 4u << 20;
    o->totals.complete = true;
    return RP_OK;
}

static void free_waiting(rp_waiting *w)
{
    while (w != NULL) {
        rp_waiting *next = w->next;
        rp_arena arena = w->arena;
        rp_arena_free(&arena);
        w = next;
    }
}

static void free_part(rp_order_part *part)
{
    for (uint32_t i = 0; part->files != NULL && i < RP_ORDER_PART; i++)
        free_waiting(part->files[i].first);
    part->files = NULL;
    rp_arena_free(&part->arena);
}

void rp_order_free(rp_order *o)
{
    for (uint32_t i = 0; i < o->parts.n; i++)
        free_part(&o->parts.items[i]);
    rp_arena_free(&o->kept_arena);
    rp_lock_free(&o->lock);
    rp_arena arena = o->arena;
    rp_arena_free(&arena);
}

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

static void add_counts(rp_run_report *sum, const rp_target_report *t)
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
    for (uint32_t i = 0; i < t->nresults; i++)
        sum->ignored += t->results[i].ignored;
    if (t->err.code != RP_OK || t->incomplete)
        sum->complete = false;
}

/* Only the thread that is emitting comes here. */
static bool keep(rp_order *o, const rp_target_report *report)
{
    const rp_target_report *copy = rp_report_copy(&o->kept_arena, report);
    const rp_target_report **slot = copy ? rp_vec_push(&o->kept_arena, &o->kept) : NULL;
    if (slot != NULL)
        *slot = copy;
    return slot != NULL;
}

/* With the lock held; gives it back while on_target runs. */
static void hand_out(rp_order *o, const rp_target_report *report)
{
    o->emitting = true;
    rp_lock_give(&o->lock);
    if (o->on_target != NULL)
        o->on_target(o->user, report);
    bool kept = !o->keep || keep(o, report);
    rp_lock_take(&o->lock);
    o->emitting = false;
    o->lost |= !kept;
    add_counts(&o->totals, report);
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
        free_part(&o->parts.items[o->turn / RP_ORDER_PART - 1]);
    wake(o);
}

/* The file's first that waits goes out. Lock held, as when it returns. */
static void hand_out_first(rp_order *o, rp_order_file *f)
{
    rp_waiting *w = f->first;
    f->first = w->next;
    if (f->first == NULL)
        f->last = NULL;
    f->next = w->ordinal + w->n;
    if (w->report != NULL) {
        hand_out(o, w->report);
        o->waiting -= w->arena.used;
        wake(o);
    }
    w->next = NULL;
    free_waiting(w);
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

/* A copy of the report on its own; NULL when there is no room for it. What the report was made from
 * is many times larger, and its arena serves the worker's next file. */
static rp_waiting *set_aside(const rp_target_report *report)
{
    rp_arena arena = {.chunk = report ? WAITING_CHUNK : sizeof(rp_waiting)};
    rp_waiting *w = rp_new(&arena, 1, rp_waiting);
    const rp_target_report *copy = w && report ? rp_report_copy(&arena, report) : NULL;
    if (w == NULL || (copy == NULL && report != NULL)) {
        rp_arena_free(&arena);
        return NULL;
    }
    w->report = copy;
    w->n = 1;
    w->arena = arena;
    return w;
}

/* Puts it into its file's queue. Lock held. */
static void enqueue(rp_order *o, rp_order_file *f, rp_waiting *w)
{
    bool last = f->last == NULL || f->last->ordinal < w->ordinal;
    rp_waiting **at = last && f->last != NULL ? &f->last->next : &f->first;
    while (!last && (*at)->ordinal < w->ordinal)
        at = &(*at)->next;
    w->next = last ? NULL : *at;
    *at = w;
    if (last)
        f->last = w;
    if (w->report != NULL)
        o->waiting += w->arena.used;
}

void rp_order_report(rp_order *o, uint64_t n, uint64_t ordinal, const rp_target_report *report)
{
    rp_lock_take(&o->lock);
    rp_order_file *f = file_of(o, n);
    if (f == NULL) {
        rp_lock_give(&o->lock);
        return;
    }
    f->understood = true;
    if (n == o->turn && !o->emitting && ordinal == f->next) {
        hand_out(o, report);
        f->next = ordinal + 1;
    } else {
        rp_lock_give(&o->lock);
        rp_waiting *w = set_aside(report);
        rp_lock_take(&o->lock);
        if (w != NULL) {
            w->ordinal = ordinal;
            enqueue(o, f, w);
        } else {
            lose(o);
        }
    }
    if (!o->emitting)
        drain(o);
    rp_lock_give(&o->lock);
}

/* Lock held. Items in a row take one record. */
static void pass_over(rp_order *o, rp_order_file *f, uint64_t ordinal)
{
    rp_waiting *last = f->last;
    if (ordinal == f->next) {
        f->next++;
        if (!o->emitting)
            drain(o);
    } else if (last != NULL && last->report == NULL && last->ordinal + last->n == ordinal) {
        last->n++;
    } else {
        rp_waiting *w = set_aside(NULL);
        if (w != NULL) {
            w->ordinal = ordinal;
            enqueue(o, f, w);
        } else {
            lose(o);
        }
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
