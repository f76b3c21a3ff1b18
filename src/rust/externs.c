/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/externs.h"

#include "base/limits.h"
#include "rust/left_out.h"
#include "rust/names.h"

/* Globs of other crates ask further crates in turn: DEPTH and FINDS bound what a hostile web of
 * them costs. */
enum { MAX_CRATES = 400, MAX_HOPS = 8, MAX_DEPTH = 6, MAX_FINDS = 1 << 18 };
enum { MAX_ANSWERS = 1 << 16 };

typedef struct {
    uint32_t package;
    bool known; /* `info` is filled */
    bool tried; /* to read its source */
    rp_rust_package info;
    rp_rust_crate *c; /* for the usual target; NULL: not read, or not to be read */
    bool tried_whole;
    rp_rust_crate *whole; /* with the modules of other targets; NULL as above */
} entry;

/* What a path was found to lead to. */
typedef struct {
    const rp_rust_crate *from;
    rp_str path;
    rp_namespace ns;
    rp_extern found;
} answer;

/* One for a crate that is audited and all that are opened for it. */
struct rp_externs {
    const rp_rust_opener *opener;
    rp_str manifest;
    rp_arena *arena;
    void *project;
    uint32_t package; /* of the crate that is audited */
    bool started;
    rp_cfg usual;   /* what is read of other crates at first */
    uint64_t spent; /* memory, for all that was opened */
    uint32_t depth, finds;
    uint32_t reading; /* crates that are being read or linked: they have not all their names yet */
    rp_lookups *lookups; /* of the crate that is audited, for all that were opened */
    RP_VEC(entry *) entries;
    RP_VEC(rp_outline *) taken; /* of those that the run shares */
    RP_VEC(answer) answers;
    uint32_t *slots; /* hash of (from, path, namespace) → answer, + 1 */
    uint32_t nslots;
};

typedef struct rp_externs rp_externs;

rp_externs *rp_externs_new(const rp_rust_source *source, rp_arena *arena)
{
    rp_externs *x = source->opener != NULL ? rp_new(arena, 1, rp_externs) : NULL;
    if (x != NULL)
        *x = (rp_externs){.opener = source->opener, .manifest = source->manifest, .arena = arena};
    return x;
}

/* ---- packages ---- */

static entry *entry_of(rp_externs *x, uint32_t package)
{
    for (uint32_t i = 0; i < x->entries.n; i++)
        if (x->entries.items[i]->package == package)
            return x->entries.items[i];
    entry *e = x->entries.n < MAX_CRATES ? rp_new(x->arena, 1, entry) : NULL;
    entry **to = e != NULL ? rp_vec_push(x->arena, &x->entries) : NULL;
    if (to == NULL)
        return NULL;
    *e = (entry){.package = package};
    e->known = x->opener->package(x->project, package, &e->info);
    *to = e;
    return e;
}

/* What the package of crate `c` may name. */
static const entry *own_entry(rp_rust_crate *c)
{
    rp_externs *x = c->externs;
    if (!x->started) {
        x->started = true;
        x->project = x->opener->project(x->opener, x->manifest, x->arena, &x->package);
    }
    if (x->project == NULL)
        return NULL;
    const entry *e = entry_of(x, c->dependency ? c->package : x->package);
    return e != NULL && e->known ? e : NULL;
}

/* A dependency is called as its manifest key says, or as its library calls itself. */
static entry *linked(rp_externs *x, const entry *from, rp_str name)
{
    for (uint32_t i = 0; i < from->info.nlinks; i++)
        if (rp_str_eq(from->info.links[i].name, name))
            return entry_of(x, from->info.links[i].package);
    for (uint32_t i = 0; i < from->info.nlinks; i++) {
        entry *e = entry_of(x, from->info.links[i].package);
        if (e != NULL && e->known && rp_str_eq(e->info.source.name, name))
            return e;
    }
    return NULL;
}

/* ---- sources ---- */

/* Half of the memory is the audited crate's own. */
static uint64_t room_left(const rp_externs *x)
{
    uint64_t half = x->arena->limit != 0 ? x->arena->limit / 2 : RP_MAX_EXTERN_BYTES;
    return x->spent < half ? half - x->spent : 0;
}

/* The run's outline, for which the crate that is audited pays like for one of its own. */
static const rp_rust_crate *shared_outline(rp_externs *x, const entry *e, bool whole, uint64_t room)
{
    rp_outline **to = rp_vec_push(x->arena, &x->taken);
    rp_outline *o =
        to != NULL ? rp_outline_take(x->opener->outlines, &e->info.source, whole) : NULL;
    if (o == NULL) {
        x->taken.n -= to != NULL;
        return NULL;
    }
    *to = o;
    uint64_t bytes = rp_outline_bytes(o);
    return bytes <= room && rp_arena_charge(x->arena, bytes) ? rp_outline_crate(o) : NULL;
}

static const rp_rust_crate *own_outline(rp_externs *x, const entry *e, bool whole)
{
    if (x->usual.n == 0 && !rp_outline_usual(x->arena, &x->usual))
        return NULL;
    return rp_outline_read(&e->info.source, whole ? NULL : &x->usual, x->arena);
}

/* While a dependency is read or linked it has `room` bytes of memory: one that is too large stays
 * unknown, and must not take what the audited crate needs. */
typedef struct {
    uint64_t limit, used; /* before */
    bool refused;
} allowance;

static allowance begin_within(rp_externs *x, uint64_t room)
{
    rp_arena *a = x->arena;
    allowance before = {a->limit, a->used, a->refused};
    a->limit = a->used + room;
    a->refused = false;
    x->reading++;
    return before;
}

/* False: there was too little. */
static bool end_within(rp_externs *x, const allowance *before)
{
    rp_arena *a = x->arena;
    bool enough = !a->refused;
    x->reading--;
    a->limit = before->limit;
    a->refused = before->refused;
    x->spent += a->used - before->used;
    return enough;
}

static rp_rust_crate *read_within(rp_externs *x, const entry *e, bool whole, uint64_t room)
{
    const allowance before = begin_within(x, room);
    const rp_rust_crate *outline =
        x->opener->outlines != NULL ? shared_outline(x, e, whole, room) : own_outline(x, e, whole);
    rp_rust_crate *c = outline != NULL ? rp_outline_view(outline, x->arena) : NULL;
    if (c != NULL) {
        c->externs = x;
        c->package = e->package;
        c->named++;
        rp_names_share(c, x->lookups);
    }
    return end_within(x, &before) ? c : NULL;
}

void rp_extern_link(rp_rust_crate *c)
{
    rp_externs *x = c->externs;
    uint64_t room = x != NULL ? room_left(x) : 0;
    if (!c->dependency || c->linked || c->linking || room == 0)
        return;
    c->linking = true;
    const allowance before = begin_within(x, room);
    rp_outline_view_link(c);
    c->linked &= end_within(x, &before);
}

/* Most names are those of a common target, and a crate like libc is ten times as large with all. */
static rp_rust_crate *read_crate(rp_externs *x, entry *e)
{
    if (e->tried || !e->known || e->info.source.root.len == 0)
        return e->c;
    e->tried = true;
    uint64_t room = room_left(x);
    if (room != 0)
        e->c = read_within(x, e, false, room);
    return e->c;
}

/* With the modules of other targets, for a name that the usual one does not have; the usual crate
 * where there is no more of it. */
static rp_rust_crate *read_whole(rp_externs *x, entry *e)
{
    if (!e->tried_whole) {
        e->tried_whole = true;
        uint64_t room = room_left(x);
        if (room != 0)
            e->whole = read_within(x, e, true, room);
    }
    return e->whole != NULL ? e->whole : e->c;
}

void rp_externs_close(rp_externs *x)
{
    for (uint32_t i = 0; x != NULL && i < x->taken.n; i++)
        rp_outline_give(x->opener->outlines, x->taken.items[i]);
    if (x != NULL)
        x->taken.n = 0;
}

static rp_str first_word(rp_str path, rp_str *ret_rest)
{
    size_t n = 0;
    while (n < path.len && path.ptr[n] != ':')
        n++;
    *ret_rest = n + 2 <= path.len ? rp_str_sub(path, n + 2, SIZE_MAX) : (rp_str){"", 0};
    return rp_str_sub(path, 0, n);
}

/* `whole`: with what crates on the way leave out, where that may be what is not found. */
static rp_extern find(rp_rust_crate *c, rp_str path, rp_namespace ns, bool whole, bool *ret_more)
{
    static const rp_extern none = {NULL, {.kind = RP_RES_UNKNOWN}};
    for (unsigned hops = 0; hops < MAX_HOPS; hops++) {
        rp_str rest, name = first_word(path, &rest);
        const entry *from = own_entry(c);
        entry *e = from != NULL ? linked(c->externs, from, name) : NULL;
        rp_rust_crate *in = e != NULL ? read_crate(c->externs, e) : NULL;
        if (in == NULL)
            return none;
        if (whole && rp_path_may_be_left_out(in, rest, ns))
            in = read_whole(c->externs, e);
        rp_res res = rp_resolve_inside(in, rest, ns);
        *ret_more |= rp_crate_may_lack(in, rest);
        if (res.kind != RP_RES_EXTERN)
            return (rp_extern){in, res};
        c = in;
        path = res.path;
    }
    return none;
}

/* ---- answers ---- */

static uint32_t *slot_of(const rp_externs *x, const rp_rust_crate *from, rp_str path,
                         rp_namespace ns)
{
    uint32_t h = 2166136261u ^ ((from->package * 4 + (uint32_t)ns) * 2654435761u);
    for (size_t i = 0; i < path.len; i++)
        h = (h ^ (uint8_t)path.ptr[i]) * 16777619u;
    for (uint32_t at = (h ^ h >> 15) & (x->nslots - 1);; at = (at + 1) & (x->nslots - 1)) {
        const answer *a = x->slots[at] != 0 ? &x->answers.items[x->slots[at] - 1] : NULL;
        if (a == NULL || (a->from == from && a->ns == ns && rp_str_eq(a->path, path)))
            return &x->slots[at];
    }
}

static bool more_slots(rp_externs *x)
{
    uint32_t n = x->nslots != 0 ? x->nslots * 2 : 256;
    uint32_t *slots = rp_new(x->arena, n, uint32_t);
    if (slots == NULL)
        return false;
    x->slots = slots;
    x->nslots = n;
    for (uint32_t i = 0; i < x->answers.n; i++) {
        const answer *a = &x->answers.items[i];
        *slot_of(x, a->from, a->path, a->ns) = i + 1;
    }
    return true;
}

static const answer *answered(const rp_externs *x, const rp_rust_crate *from, rp_str path,
                              rp_namespace ns)
{
    uint32_t at = x->nslots != 0 ? *slot_of(x, from, path, ns) : 0;
    return at != 0 ? &x->answers.items[at - 1] : NULL;
}

/* The path is in x->arena. */
static void keep(rp_externs *x, const rp_rust_crate *from, rp_str path, rp_namespace ns,
                 const rp_extern *found)
{
    bool room = x->answers.n < MAX_ANSWERS && (x->answers.n * 2 < x->nslots || more_slots(x));
    answer *a = room ? rp_vec_push(x->arena, &x->answers) : NULL;
    if (a == NULL)
        return;
    *slot_of(x, from, path, ns) = x->answers.n;
    *a = (answer){from, path, ns, *found};
}

/* In the usual crates, then in whole ones. */
static rp_extern find_anywhere(rp_rust_crate *c, rp_str path, rp_namespace ns)
{
    bool more = false;
    rp_extern found = find(c, path, ns, false, &more);
    if (found.res.kind == RP_RES_UNKNOWN && more)
        found = find(c, path, ns, true, &more);
    return found;
}

/* An answer is kept when it hangs on no look-up around it, and on no crate that is half read. */
static rp_extern find_and_keep(rp_rust_crate *c, rp_str path, rp_namespace ns)
{
    rp_externs *x = c->externs;
    rp_lookups *all = x->lookups;
    uint32_t cuts = all->cuts, lowest = all->lowest;
    rp_str copy = rp_arena_str(x->arena, path); /* the answer has words of it */
    all->lowest = RP_NAME_FREE;
    rp_extern found = find_anywhere(c, copy.ptr != NULL ? copy : path, ns);
    if (copy.ptr != NULL && all->lowest == RP_NAME_FREE && all->cuts == cuts && x->reading == 0)
        keep(x, c, copy, ns, &found);
    all->lowest = all->lowest < lowest ? all->lowest : lowest;
    return found;
}

rp_extern rp_extern_find(rp_rust_crate *c, rp_str path, rp_namespace ns)
{
    rp_externs *x = c->externs;
    rp_extern found = {NULL, {.kind = RP_RES_UNKNOWN}};
    const rp_names *names = rp_names_of(c);
    if (x == NULL || names == NULL)
        return found;
    const answer *before = answered(x, c, path, ns);
    if (before != NULL)
        return before->found;
    if (x->depth >= MAX_DEPTH || x->finds >= MAX_FINDS) {
        rp_name_cut(c);
        return found;
    }
    x->lookups = x->lookups != NULL ? x->lookups : names->lookups;
    x->depth++;
    x->finds++;
    found = find_and_keep(c, path, ns);
    x->depth--;
    return found;
}

bool rp_extern_known(rp_rust_crate *c, rp_str name)
{
    const entry *from = c->externs != NULL ? own_entry(c) : NULL;
    return from != NULL && linked(c->externs, from, name) != NULL;
}
