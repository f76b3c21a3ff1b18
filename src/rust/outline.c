/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/outline.h"

#include "base/threads.h"
#include "rust/crate_parts.h"

enum { SLOTS = 4096, ENTRY_CHUNK = 1024 };

/* Text that include! brings may be this part of the memory there is: of `windows` (122 MB) no more
 * is read than it takes to see that it is too large. */
enum { MADE_SHARE = 64 };

struct rp_outline {
    rp_rust_source source; /* as it was asked for */
    bool whole;
    bool made; /* until then one thread reads it and others wait */
    uint32_t users;
    rp_rust_crate const *c;
    rp_arena own, arena;       /* of this, of the crate */
    rp_outline *same;          /* the next one in its slot */
    rp_outline *older, *newer; /* among those that nobody uses */
};

struct rp_outlines {
    rp_lock lock;
    rp_cfg usual;          /* what is read of a crate, unless the whole is asked for */
    uint64_t limit, keep;  /* bytes of one outline, of all */
    uint64_t bytes;        /* of those that are there */
    rp_outline **slots;    /* by hash of the root's path */
    rp_outline *old, *new; /* the least and the most recently used one that nobody uses */
};

/* ---- reading ---- */

bool rp_outline_usual(rp_arena *arena, rp_cfg *ret)
{
    if (rp_cfg_make(RP_STR("x86_64-unknown-linux-gnu"), NULL, 0, arena, ret, NULL) != RP_OK)
        return false;
    ret->features_known = false;
    return true;
}

const rp_rust_crate *rp_outline_read(const rp_rust_source *source, const rp_cfg *cfg,
                                     rp_arena *arena)
{
    rp_rust_source alone = *source;
    rp_rust_crate *c = NULL;
    alone.cfg = cfg;
    alone.opener = NULL;
    alone.bare = true;
    alone.max_made = (arena->limit - arena->used) / MADE_SHARE + 1;
    if (rp_rust_crate_read(&alone, arena, &c, NULL) != RP_OK)
        return NULL;
    rp_open_unnamed(c);
    c->dependency = true;
    return rp_rust_crate_refused(c) ? NULL : c;
}

/* ---- views ---- */

rp_rust_crate *rp_outline_view(const rp_rust_crate *outline, rp_arena *arena)
{
    rp_rust_crate *c = rp_new(arena, 1, rp_rust_crate);
    if (c == NULL)
        return NULL;
    *c = *outline;
    c->arena = arena;
    c->names = NULL;
    return c;
}

/* Impls are linked through definitions: who links them has definitions of his own. */
void rp_outline_view_link(rp_rust_crate *view)
{
    rp_def *defs = rp_new(view->arena, view->defs.n, rp_def);
    if (defs == NULL)
        return;
    memcpy(defs, view->defs.items, view->defs.n * sizeof *defs);
    view->defs.items = defs;
    view->defs.cap = view->defs.n;
    rp_rust_crate_link(view);
}

/* ---- sharing ---- */

rp_outlines *rp_outlines_new(rp_arena *arena, uint64_t limit, uint64_t keep)
{
    rp_outlines *all = rp_new(arena, 1, rp_outlines);
    if (all == NULL)
        return NULL;
    all->limit = limit;
    all->keep = keep;
    all->slots = rp_new(arena, SLOTS, rp_outline *);
    bool good = all->slots != NULL && rp_outline_usual(arena, &all->usual);
    return good && rp_lock_init(&all->lock) ? all : NULL;
}

static void drop(rp_outline *o)
{
    rp_arena own = o->own;
    rp_arena_free(&o->arena);
    rp_arena_free(&own);
}

void rp_outlines_free(rp_outlines *all)
{
    for (uint32_t i = 0; i < SLOTS; i++)
        for (rp_outline *o = all->slots[i], *same; o != NULL; o = same) {
            same = o->same;
            drop(o);
        }
    rp_lock_free(&all->lock);
}

const rp_rust_crate *rp_outline_crate(const rp_outline *outline)
{
    return outline->c;
}

uint64_t rp_outline_bytes(const rp_outline *outline)
{
    return outline->arena.used;
}

static rp_outline **slot_of(const rp_outlines *all, rp_str root)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < root.len; i++)
        h = (h ^ (uint8_t)root.ptr[i]) * 16777619u;
    return &all->slots[(h ^ h >> 15) % SLOTS];
}

static rp_outline *find(const rp_outlines *all, const rp_rust_source *source, bool whole)
{
    rp_outline *o = *slot_of(all, source->root);
    while (o != NULL &&
           (o->whole != whole || o->source.edition != source->edition ||
            !rp_str_eq(o->source.root, source->root) || !rp_str_eq(o->source.name, source->name)))
        o = o->same;
    return o;
}

static rp_outline *add(rp_outlines *all, const rp_rust_source *source, bool whole)
{
    rp_arena own = {.chunk = ENTRY_CHUNK};
    rp_outline *o = rp_new(&own, 1, rp_outline);
    if (o == NULL)
        return NULL;
    o->source = (rp_rust_source){.edition = source->edition};
    o->source.name = rp_arena_str(&own, source->name);
    o->source.root = rp_arena_str(&own, source->root);
    o->source.manifest = rp_arena_str(&own, source->manifest);
    o->whole = whole;
    o->own = own;
    o->arena.limit = all->limit;
    if (own.refused) {
        drop(o);
        return NULL;
    }
    rp_outline **slot = slot_of(all, source->root);
    o->same = *slot;
    *slot = o;
    return o;
}

/* Somebody uses it, or it is given up. */
static void take_out(rp_outlines *all, rp_outline *o)
{
    *(o->older != NULL ? &o->older->newer : &all->old) = o->newer;
    *(o->newer != NULL ? &o->newer->older : &all->new) = o->older;
    o->older = o->newer = NULL;
}

/* One that could not be read takes no room, and is not to be tried again. */
static void put_in(rp_outlines *all, rp_outline *o)
{
    if (o->c == NULL)
        return;
    o->older = all->new;
    *(all->new != NULL ? &all->new->newer : &all->old) = o;
    all->new = o;
}

static void give_up_some(rp_outlines *all)
{
    while (all->bytes > all->keep && all->old != NULL) {
        rp_outline *o = all->old, **at = slot_of(all, o->source.root);
        take_out(all, o);
        while (*at != o)
            at = &(*at)->same;
        *at = o->same;
        all->bytes -= o->arena.used;
        drop(o);
    }
}

/* Without the lock: others wait for it. */
static void make(const rp_outlines *all, rp_outline *o)
{
    o->c = rp_outline_read(&o->source, o->whole ? NULL : &all->usual, &o->arena);
    if (o->c == NULL)
        rp_arena_free(&o->arena);
}

rp_outline *rp_outline_take(rp_outlines *all, const rp_rust_source *source, bool whole)
{
    rp_lock_take(&all->lock);
    rp_outline *o = find(all, source, whole);
    if (o != NULL) {
        if (o->users++ == 0 && o->c != NULL)
            take_out(all, o);
        while (!o->made)
            rp_lock_wait(&all->lock);
    } else if ((o = add(all, source, whole)) != NULL) {
        o->users = 1;
        rp_lock_give(&all->lock);
        make(all, o);
        rp_lock_take(&all->lock);
        o->made = true;
        all->bytes += o->arena.used;
        give_up_some(all);
        rp_lock_wake(&all->lock);
    }
    rp_lock_give(&all->lock);
    return o;
}

void rp_outline_give(rp_outlines *all, rp_outline *outline)
{
    rp_lock_take(&all->lock);
    if (--outline->users == 0)
        put_in(all, outline);
    give_up_some(all);
    rp_lock_give(&all->lock);
}
