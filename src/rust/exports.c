/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/exports.h"

typedef struct {
    rp_rust_crate *c;
    uint8_t *seen; /* by definition */
    rp_def_id *queue;
    uint32_t n, head;
} exports;

static void reach(exports *e, rp_def_id id)
{
    if (id == 0 || id >= e->c->nexported || e->seen[id] != 0)
        return;
    e->seen[id] = 1;
    if (rp_def_of(e->c, id)->kind == RP_DEF_MODULE)
        e->queue[e->n++] = id; /* each definition once: the queue has room for all */
}

static void module(exports *e, rp_def_id id)
{
    rp_rust_crate *c = e->c;
    for (rp_def_id d = rp_def_of(c, id)->first; d != 0; d = rp_def_of(c, d)->next)
        if ((rp_def_of(c, d)->flags & RP_DEF_PUB) != 0)
            reach(e, d);
    for (uint32_t i = rp_def_of(c, id)->imports; i != 0; i = c->imports.items[i - 1].next) {
        const rp_import *use = &c->imports.items[i - 1];
        for (rp_namespace ns = RP_NS_TYPE; use->pub && ns <= RP_NS_VALUE; ns++) {
            rp_res r = rp_resolve_import(c, use, ns);
            if (r.kind == RP_RES_DEF && r.left == 0)
                reach(e, r.def);
        }
    }
}

static bool look(exports *e)
{
    rp_rust_crate *c = e->c;
    e->seen = rp_new(c->arena, c->defs.n, uint8_t);
    e->queue = rp_new(c->arena, c->defs.n, rp_def_id);
    c->nexported = e->seen != NULL && e->queue != NULL ? c->defs.n : 0;
    if (c->nexported == 0)
        return false;
    reach(e, 1);
    while (e->head < e->n)
        module(e, e->queue[e->head++]);
    return true;
}

static bool root_exports(const rp_rust_crate *c, const uint8_t *seen, uint32_t n)
{
    for (uint32_t i = 2; i < n; i++)
        if (seen[i] != 0 && rp_def_of(c, i)->kind != RP_DEF_MODULE)
            return true;
    return false;
}

bool rp_def_is_exported(rp_rust_crate *c, rp_def_id id)
{
    exports e = {.c = c};
    if (c->exported == NULL && look(&e)) {
        c->exported = e.seen;
        c->exports_nothing = !root_exports(c, e.seen, c->nexported);
    }
    if (c->exported == NULL || c->exports_nothing) /* nothing is known: its own word counts */
        return (rp_def_of(c, id)->flags & RP_DEF_PUB) != 0;
    return id < c->nexported && c->exported[id] != 0;
}

bool rp_def_is_seen(rp_rust_crate *c, rp_def_id id)
{
    const rp_def *d = rp_def_of(c, id), *up = rp_def_of(c, d->parent);
    if (up->kind == RP_DEF_TRAIT)
        return rp_def_is_exported(c, d->parent);
    if (up->kind != RP_DEF_IMPL)
        return rp_def_is_exported(c, id);
    const rp_impl *impl = rp_impl_of(c, d->parent);
    if (impl != NULL && impl->trait != 0 && !rp_def_is_exported(c, impl->trait))
        return false;
    rp_id self = rp_kid(rp_def_ast(c, d->parent), up->node, RP_IMPL_SELF);
    rp_def_id type = self != 0 ? rp_resolve_type_def(c, up->parent, up->file, self) : 0;
    return type == 0 || rp_def_is_exported(c, type);
}
