/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "report/fleet.h"

#include "engine/keep.h"

#include <stdlib.h>

rp_fleet *rp_fleet_new(const rp_report_options *opt, rp_fleet_wants wants)
{
    rp_arena arena = {0};
    rp_fleet *fleet = rp_new(&arena, 1, rp_fleet);
    if (fleet != NULL && rp_lock_init(&fleet->lock)) {
        fleet->opt = opt;
        fleet->wants = wants;
        fleet->arena = arena;
        return fleet;
    }
    rp_arena_free(&arena);
    return NULL;
}

void rp_fleet_free(rp_fleet *fleet)
{
    if (fleet == NULL)
        return;
    rp_lock_free(&fleet->lock);
    rp_arena_free(&fleet->whole_arena);
    rp_buf_free(&fleet->scratch);
    rp_arena arena = fleet->arena; /* it holds the fleet, too */
    rp_arena_free(&arena);
}

/* ---- problems and their wordings ---- */

/* A problem (check, look, subject) or a wording of one (problem, NULL, text). */
struct rp_fleet_entry {
    rp_fleet_entry *next;
    uint64_t hash;
    const void *owner, *kind;
    rp_str text;
    rp_fleet_problem *problem;
    uint32_t places; /* of a wording */
};

static uint64_t mix(uint64_t h)
{
    h = (h ^ (h >> 32)) * 0xd6e8feb86659fd93u;
    return h ^ (h >> 32);
}

/* FNV-1a */
static uint64_t hash_text(rp_str s)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (uint8_t)s.ptr[i]) * 0x100000001b3u;
    return h;
}

static bool more_buckets(rp_fleet *f)
{
    enum { FIRST = 256 };
    uint32_t n = f->nbuckets != 0 ? f->nbuckets * 2 : FIRST;
    rp_fleet_entry **buckets = rp_new(&f->arena, n, rp_fleet_entry *);
    if (buckets == NULL || n == 0)
        return false;
    for (uint32_t i = 0; i < f->nbuckets; i++)
        for (rp_fleet_entry *e = f->buckets[i], *next; e != NULL; e = next) {
            next = e->next;
            e->next = buckets[e->hash & (n - 1)];
            buckets[e->hash & (n - 1)] = e;
        }
    f->buckets = buckets;
    f->nbuckets = n;
    return true;
}

/* The entry, made when there is none; NULL when out of memory. */
static rp_fleet_entry *entry_of(rp_fleet *f, const void *owner, const void *kind, rp_str text)
{
    uint64_t hash = mix(hash_text(text) ^ mix((uintptr_t)owner) ^ (uintptr_t)kind);
    rp_fleet_entry *e = f->nbuckets != 0 ? f->buckets[hash & (f->nbuckets - 1)] : NULL;
    while (e != NULL &&
           (e->hash != hash || e->owner != owner || e->kind != kind || !rp_str_eq(e->text, text)))
        e = e->next;
    if (e != NULL)
        return e;
    if (f->nentries >= f->nbuckets && !more_buckets(f))
        return NULL;
    e = rp_new(&f->arena, 1, rp_fleet_entry);
    rp_str copy = e != NULL ? rp_arena_str(&f->arena, text) : (rp_str){NULL, 0};
    if (copy.ptr == NULL)
        return NULL;
    rp_fleet_entry **bucket = &f->buckets[hash & (f->nbuckets - 1)];
    *e =
        (rp_fleet_entry){.next = *bucket, .hash = hash, .owner = owner, .kind = kind, .text = copy};
    *bucket = e;
    f->nentries++;
    return e;
}

static rp_str where_of(rp_fleet *f, const rp_target_report *t, const rp_result *r)
{
    rp_put_afresh(&f->scratch);
    rp_put_where(f->opt, &f->scratch, t, r);
    return f->scratch.bad ? (rp_str){NULL, 0} : rp_arena_str(&f->arena, rp_buf_str(&f->scratch));
}

static rp_fleet_problem *problem_of(rp_fleet *f, const rp_target_report *t, const rp_result *r)
{
    rp_fleet_entry *e = entry_of(f, r->check, rp_look_of(r), r->out.subject);
    if (e == NULL || e->problem != NULL)
        return e != NULL ? e->problem : NULL;
    rp_fleet_problem **slot = rp_vec_push(&f->arena, &f->problems);
    rp_fleet_problem *p = slot != NULL ? rp_new(&f->arena, 1, rp_fleet_problem) : NULL;
    if (p == NULL)
        return NULL;
    *p = (rp_fleet_problem){.check = r->check,
                            .look = rp_look_of(r),
                            .subject = e->text,
                            .outcome = r->out.outcome,
                            .where = where_of(f, t, r)};
    if (p->where.ptr == NULL)
        return NULL;
    *slot = p;
    e->problem = p;
    return p;
}

/* False when out of memory. */
static bool add_problem(rp_fleet *f, const rp_target_report *t, const rp_result *r, uint64_t place)
{
    rp_fleet_problem *p = problem_of(f, t, r);
    rp_fleet_entry *wording = p != NULL ? entry_of(f, p, NULL, r->out.text) : NULL;
    if (wording == NULL)
        return false;
    wording->places++;
    p->places++;
    p->places_and_texts += mix(place ^ hash_text(wording->text));
    if (wording->places > p->most ||
        (wording->places == p->most && rp_str_cmp(wording->text, p->text) < 0)) {
        p->most = wording->places;
        p->text = wording->text;
    }
    return true;
}

static bool add_problems(rp_fleet *f, const rp_target_report *t, uint64_t file, uint64_t item)
{
    uint64_t place = mix(mix(file) + item);
    for (uint32_t i = 0; i < t->nresults; i++) {
        const rp_result *r = &t->results[i];
        if (rp_is_shown(f->opt, r) && rp_is_problem(f->opt, r) && !add_problem(f, t, r, place))
            return false;
    }
    return true;
}

/* ---- rows ---- */

static uint64_t badness(const rp_target_report *t)
{
    if (t->facts == NULL)
        return UINT64_MAX;
    return ((uint64_t)t->findings[RP_DENY] << 40) + ((uint64_t)t->findings[RP_WARN] << 20) +
           t->findings[RP_NOTE];
}

static int by_place(const void *pa, const void *pb)
{
    const rp_fleet_row *a = pa, *b = pb;
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    return a->item < b->item ? -1 : a->item > b->item;
}

static int by_badness(const void *pa, const void *pb)
{
    const rp_fleet_row *a = pa, *b = pb;
    if (a->badness != b->badness)
        return a->badness > b->badness ? -1 : 1;
    return by_place(a, b);
}

/* Where a row goes: a new one, or the best of the worst ones, which it replaces when it is worse.
 * NULL: nowhere. */
static rp_fleet_row *slot_of(rp_fleet *f, const rp_fleet_row *row)
{
    rp_fleet_row *best = NULL;
    if (f->rows.n < f->wants.worst) {
        best = rp_vec_push(&f->arena, &f->rows);
        f->bad |= best == NULL;
        return best;
    }
    for (uint32_t i = 0; i < f->rows.n; i++)
        if (best == NULL || by_badness(&f->rows.items[i], best) > 0)
            best = &f->rows.items[i];
    return best != NULL && by_badness(row, best) < 0 ? best : NULL;
}

/* Bytes for its text, those of the row that was there when they are enough. */
static bool make_room(rp_fleet *f, rp_fleet_row *slot, size_t len)
{
    if (slot->room >= len)
        return true;
    size_t room = slot->room != 0 ? 2 * len : len; /* replaced often, it is copied seldom */
    char *bytes = rp_new(&f->arena, room, char);
    if (bytes == NULL)
        return false;
    slot->row.text.ptr = bytes;
    slot->room = room;
    return true;
}

static bool add_row(rp_fleet *f, const rp_target_report *t, uint64_t file, uint64_t item)
{
    rp_fleet_row row = {.badness = badness(t), .file = file, .item = item};
    rp_fleet_row *slot = slot_of(f, &row);
    if (slot == NULL)
        return !f->bad;
    row.row = rp_table_row_of(f->opt, t, &f->scratch);
    if (f->scratch.bad || !make_room(f, slot, row.row.text.len))
        return false;
    char *bytes = (char *)(uintptr_t)slot->row.text.ptr;
    memcpy(bytes, row.row.text.ptr, row.row.text.len);
    row.row.text.ptr = bytes;
    row.room = slot->room;
    *slot = row;
    return true;
}

/* ---- whole reports, while there are few ---- */

static bool add_whole(rp_fleet *f, const rp_target_report *t, uint64_t file, uint64_t item)
{
    if (f->n > f->wants.whole) {
        f->whole.n = 0;
        rp_arena_free(&f->whole_arena);
        return true;
    }
    rp_fleet_target *slot = rp_vec_push(&f->arena, &f->whole);
    if (slot == NULL)
        return false;
    *slot = (rp_fleet_target){file, item, rp_report_copy(&f->whole_arena, t)};
    return slot->target != NULL;
}

static int by_place_of_target(const void *pa, const void *pb)
{
    const rp_fleet_target *a = pa, *b = pb;
    return by_place(&(rp_fleet_row){.file = a->file, .item = a->item},
                    &(rp_fleet_row){.file = b->file, .item = b->item});
}

/* ---- all ---- */

static void count(rp_fleet *f, const rp_target_report *t)
{
    f->n++;
    f->rust += t->facts != NULL && t->facts->rust->is_rust.is == RP_YES;
    if (t->facts != NULL)
        f->worst[t->worst]++;
}

void rp_fleet_add(rp_fleet *f, const rp_target_report *t, uint64_t file, uint64_t item)
{
    rp_lock_take(&f->lock);
    count(f, t);
    f->bad = f->bad || !add_whole(f, t, file, item) || !add_row(f, t, file, item) ||
             (f->wants.problems && !add_problems(f, t, file, item));
    rp_lock_give(&f->lock);
}

static int by_problem(const void *pa, const void *pb)
{
    const rp_fleet_problem *a = *(const rp_fleet_problem *const *)pa;
    const rp_fleet_problem *b = *(const rp_fleet_problem *const *)pb;
    int order = a->look->rank - b->look->rank;
    if (order == 0)
        order = strcmp(a->check->code, b->check->code);
    return order != 0 ? order : rp_str_cmp(a->subject, b->subject);
}

void rp_fleet_sort(rp_fleet *f)
{
    if (f->whole.n != 0)
        qsort(f->whole.items, f->whole.n, sizeof f->whole.items[0], by_place_of_target);
    if (f->rows.n != 0)
        qsort(f->rows.items, f->rows.n, sizeof f->rows.items[0],
              f->wants.worst == UINT32_MAX ? by_place : by_badness);
    if (f->problems.n != 0)
        qsort(f->problems.items, f->problems.n, sizeof(f->problems.items[0]), by_problem);
}

void rp_put_fleet_totals(const rp_report_options *opt, rp_buf *out, const rp_fleet *fleet,
                         const rp_run_report *run)
{
    rp_put_count(out, run->judged, "artefact", NULL);
    rp_buf_printf(out, " (%u Rust) in ", fleet->rust);
    rp_put_count(out, run->files, "file", NULL);
    rp_buf_printf(out, "%s%u with errors, %u with warnings", rp_dot(opt), fleet->worst[RP_DENY],
                  fleet->worst[RP_WARN]);
    if (run->failed != 0)
        rp_buf_printf(out, ", %u unreadable", run->failed);
    if (run->skipped_not_rust != 0)
        rp_buf_printf(out, "%s%u not Rust, skipped", rp_dot(opt), run->skipped_not_rust);
    if (run->skipped_debug != 0)
        rp_buf_printf(out, "%s%u separate debug file%s", rp_dot(opt), RP_MANY(run->skipped_debug));
    rp_buf_char(out, '\n');
}
