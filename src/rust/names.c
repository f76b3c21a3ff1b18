/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/names.h"

static uint32_t hash(rp_def_id module, rp_str name, rp_namespace ns)
{
    uint32_t h = 2166136261u ^ ((module * 4 + (uint32_t)ns) * 2654435761u);
    for (size_t i = 0; i < name.len; i++)
        h = (h ^ (uint8_t)name.ptr[i]) * 16777619u;
    return h ^ h >> 15;
}

rp_names *rp_names_of(rp_rust_crate *c)
{
    rp_lookups *own;
    if (c->names != NULL)
        return c->names;
    rp_names *n = rp_new(c->arena, 1, rp_names);
    own = n != NULL ? rp_new(c->arena, 1, rp_lookups) : NULL;
    if (own == NULL)
        return NULL;
    *own = (rp_lookups){.lowest = RP_NAME_FREE};
    *n = (rp_names){.arena = c->arena, .lookups = own};
    c->names = n;
    return n;
}

void rp_names_share(rp_rust_crate *c, rp_lookups *lookups)
{
    rp_names *n = rp_names_of(c);
    if (n != NULL)
        n->lookups = lookups;
}

rp_import_look *rp_import_look_of(rp_rust_crate *c, uint32_t index)
{
    rp_names *n = rp_names_of(c);
    if (n == NULL || index < n->nimports)
        return n != NULL ? &n->imports[index] : NULL;
    uint32_t size = index < c->imports.cap ? c->imports.cap : index + 1;
    rp_import_look *more = rp_new(c->arena, size, rp_import_look);
    if (more == NULL)
        return NULL;
    if (n->nimports != 0)
        memcpy(more, n->imports, n->nimports * sizeof *more);
    n->imports = more;
    n->nimports = size;
    return &more[index];
}

static uint32_t *slot_of(const rp_names *n, rp_def_id module, rp_str name, rp_namespace ns)
{
    uint32_t at = hash(module, name, ns) & (n->nslots - 1);
    for (;; at = (at + 1) & (n->nslots - 1)) {
        const rp_name_answer *a = &n->answers.items[n->slots[at] - 1];
        if (n->slots[at] == 0 ||
            (a->module == module && a->ns == (uint8_t)ns && rp_str_eq(a->name, name)))
            return &n->slots[at];
    }
}

static bool grow(rp_names *n)
{
    uint32_t size = n->nslots != 0 ? n->nslots * 2 : 256;
    uint32_t *slots = rp_new(n->arena, size, uint32_t);
    if (slots == NULL)
        return false;
    n->slots = slots;
    n->nslots = size;
    for (uint32_t i = 0; i < n->answers.n; i++) {
        const rp_name_answer *a = &n->answers.items[i];
        *slot_of(n, a->module, a->name, (rp_namespace)a->ns) = i + 1;
    }
    return true;
}

/* The answer's index, UINT32_MAX when there is no room. The name is copied: its text may belong to
 * a body that is given back. */
static uint32_t answer_of(rp_names *n, rp_def_id module, rp_str name, rp_namespace ns)
{
    if (n->answers.n * 2 >= n->nslots && !grow(n))
        return UINT32_MAX;
    uint32_t *slot = slot_of(n, module, name, ns);
    if (*slot != 0)
        return *slot - 1;
    rp_str copy = rp_arena_str(n->arena, name);
    rp_name_answer *a = copy.ptr != NULL ? rp_vec_push(n->arena, &n->answers) : NULL;
    if (a == NULL)
        return UINT32_MAX;
    *a = (rp_name_answer){.name = copy, .module = module, .ns = (uint8_t)ns};
    *slot = n->answers.n;
    return n->answers.n - 1;
}

static uint32_t lower(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

bool rp_name_begin(rp_rust_crate *c, rp_def_id module, rp_str name, rp_namespace ns,
                   rp_name_work *work, rp_name_answer *ret)
{
    rp_names *n = rp_names_of(c);
    uint32_t i = n != NULL ? answer_of(n, module, name, ns) : UINT32_MAX;
    *work = (rp_name_work){.names = NULL};
    if (i == UINT32_MAX)
        return false;
    rp_name_answer *a = &n->answers.items[i];
    rp_lookups *all = n->lookups;
    bool known = a->state == RP_NAME_KNOWN && a->age == c->named;
    if (known || a->state == RP_NAME_AT_WORK || a->state == RP_NAME_PENDING) {
        *ret = *a;
        if (!known) {
            rp_name_met(c, a->depth);
            ret->res = (rp_res){.kind = RP_RES_UNKNOWN};
        }
        return true;
    }
    *work = (rp_name_work){n, i, all->lowest, all->cuts, all->pending.n};
    a->state = RP_NAME_AT_WORK;
    a->depth = ++all->depth;
    all->lowest = RP_NAME_FREE;
    return false;
}

/* What was not found inside a look-up that is done: known as its own answer is. */
static void settle(rp_lookups *all, uint32_t from, rp_name_state state)
{
    while (all->pending.n > from) {
        rp_name_pending p = all->pending.items[--all->pending.n];
        p.in->answers.items[p.index].state = (uint8_t)state;
    }
}

void rp_name_end(rp_rust_crate *c, const rp_name_work *work, rp_res res, bool glob_outside)
{
    if (work->names == NULL)
        return;
    rp_lookups *all = work->names->lookups;
    rp_name_answer *a = &work->names->answers.items[work->index];
    bool alone = all->lowest >= a->depth, cut = all->cuts != work->cuts;
    uint32_t lowest = alone ? RP_NAME_FREE : all->lowest;
    bool missing = res.kind == RP_RES_UNKNOWN;
    all->depth--;
    all->lowest = lower(work->outer_lowest, lowest);
    a->res = res;
    a->glob_outside = glob_outside;
    a->age = c->named;
    a->state = RP_NAME_STALE;
    if (alone && !cut)
        a->state = RP_NAME_KNOWN;
    rp_name_pending *p =
        missing && !alone && !cut ? rp_vec_push(work->names->arena, &all->pending) : NULL;
    if (p != NULL) {
        a->state = RP_NAME_PENDING;
        a->depth = lowest;
        *p = (rp_name_pending){work->names, work->index};
    } else {
        settle(all, work->pending,
               missing && a->state == RP_NAME_KNOWN ? RP_NAME_KNOWN : RP_NAME_STALE);
    }
}

void rp_name_cut(rp_rust_crate *c)
{
    rp_names *n = rp_names_of(c);
    if (n != NULL)
        n->lookups->cuts++;
}

void rp_name_met(rp_rust_crate *c, uint32_t depth)
{
    rp_names *n = rp_names_of(c);
    if (n != NULL)
        n->lookups->lowest = lower(n->lookups->lowest, depth);
}
