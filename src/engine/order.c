/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "engine/order.h"

#include "engine/keep.h"

enum { WAITING_CHUNK = 8 * 1024 }; /* what most reports fit into */

struct rp_waiting {
    rp_waiting *next;
    const rp_target_report *report;
    rp_arena arena; /* holds this struct too */
};

rp_code rp_order_init(rp_order *o, rp_error *err)
{
    o->files = rp_new(&o->arena, RP_ORDER_FILES, rp_order_file);
    if (o->files == NULL || !rp_lock_init(&o->lock)) {
        rp_arena_free(&o->arena);
        return rp_fail_memory(err);
    }
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

void rp_order_free(rp_order *o)
{
    for (uint32_t i = 0; o->files != NULL && i < RP_ORDER_FILES; i++)
        free_waiting(o->files[i].first);
    rp_arena_free(&o->kept_arena);
    rp_lock_free(&o->lock);
    rp_arena arena = o->arena;
    rp_arena_free(&arena);
}

static rp_order_file *file_of(rp_order *o, uint64_t n)
{
    return &o->files[n % RP_ORDER_FILES];
}

void rp_order_start(rp_order *o, uint64_t n, rp_str path, bool named)
{
    rp_lock_take(&o->lock);
    while (n - o->turn >= RP_ORDER_FILES)
        rp_lock_wait(&o->lock);
    *file_of(o, n) = (rp_order_file){.path = path, .number = n + 1, .named = named};
    rp_lock_give(&o->lock);
}

/* A file that nobody has begun may be what the waiting worker itself would take next. */
static bool turn_has_begun(rp_order *o)
{
    return file_of(o, o->turn)->number == o->turn + 1;
}

void rp_order_pace(rp_order *o, uint64_t n)
{
    rp_lock_take(&o->lock);
    while (n != o->turn && o->waiting > o->budget && turn_has_begun(o))
        rp_lock_wait(&o->lock);
    rp_lock_give(&o->lock);
}

static void add_counts(rp_run_report *sum, const rp_target_report *t)
{
    if (t->err.code != RP_OK)
        sum->failed++;
    else if (t->skipped != NULL)
        sum->skipped_debug++;
    else
        sum->judged++;
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

static void end_turn(rp_order *o, rp_order_file *f)
{
    if (f->named && !f->understood) {
        rp_str path = rp_arena_str(&o->arena, f->path);
        rp_str *slot = path.ptr ? rp_vec_push(&o->arena, &o->nothing) : NULL;
        if (slot != NULL)
            *slot = path;
        else
            o->lost = true;
        o->totals.nothing_named = true;
    }
    o->turn++;
    rp_lock_wake(&o->lock);
}

/* Hands out what may go out. Lock held; nobody else is emitting. */
static void drain(rp_order *o)
{
    for (;;) {
        rp_order_file *f = file_of(o, o->turn);
        rp_waiting *w = f->first;
        if (w != NULL) {
            f->first = w->next;
            if (f->first == NULL)
                f->last = NULL;
            hand_out(o, w->report);
            o->waiting -= w->arena.used;
            rp_lock_wake(&o->lock);
            w->next = NULL;
            free_waiting(w);
        } else if (f->done) {
            f->done = false; /* the slot is free for the file RP_ORDER_FILES further on */
            end_turn(o, f);
        } else {
            return;
        }
    }
}

/* A copy of the report on its own; NULL when there is no room for it. What the report was made from
 * is many times larger, and its arena serves the worker's next file. */
static rp_waiting *set_aside(const rp_target_report *report)
{
    rp_arena arena = {.chunk = WAITING_CHUNK};
    rp_waiting *w = rp_new(&arena, 1, rp_waiting);
    const rp_target_report *copy = w != NULL ? rp_report_copy(&arena, report) : NULL;
    if (copy == NULL) {
        rp_arena_free(&arena);
        return NULL;
    }
    w->report = copy;
    w->arena = arena;
    return w;
}

/* Puts it into its file's queue. Lock held. */
static void enqueue(rp_order *o, rp_order_file *f, rp_waiting *w)
{
    if (f->last != NULL)
        f->last->next = w;
    else
        f->first = w;
    f->last = w;
    o->waiting += w->arena.used;
}

void rp_order_report(rp_order *o, uint64_t n, const rp_target_report *report)
{
    rp_lock_take(&o->lock);
    rp_order_file *f = file_of(o, n);
    f->understood = true;
    if (n == o->turn && !o->emitting && f->first == NULL) {
        hand_out(o, report);
    } else {
        rp_lock_give(&o->lock);
        rp_waiting *w = set_aside(report);
        rp_lock_take(&o->lock);
        if (w != NULL)
            enqueue(o, f, w);
        else
            o->lost = true;
    }
    if (!o->emitting)
        drain(o);
    rp_lock_give(&o->lock);
}

void rp_order_skip(rp_order *o, uint64_t n, rp_skip_reason reason)
{
    rp_lock_take(&o->lock);
    rp_order_file *f = file_of(o, n);
    switch (reason) {
    case RP_SKIP_NOT_RUST:
        o->totals.skipped_not_rust++;
        f->understood = true;
        break;
    case RP_SKIP_DEBUG:
        o->totals.skipped_debug++;
        break;
    case RP_SKIP_OTHER:
        o->totals.others++;
        break;
    }
    rp_lock_give(&o->lock);
}

void rp_order_lose(rp_order *o)
{
    rp_lock_take(&o->lock);
    o->lost = true;
    rp_lock_give(&o->lock);
}

void rp_order_done(rp_order *o, uint64_t n)
{
    rp_lock_take(&o->lock);
    file_of(o, n)->done = true;
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
