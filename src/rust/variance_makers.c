/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the functions that make a value of a type ask of its parameter: a handle that only
 * spawn(f: impl FnOnce() -> T) where T: Send gives out is never of another T. */
#include "rust/variance.h"

enum { MAX_FUNCTIONS = 20000 };

typedef struct {
    rp_types *t;
    const rp_variance *v;
    uint32_t place; /* of the parameter among the type's arguments */
    bool send, sync;
    bool found, lax;
} makers;

static bool names_marker(rp_rust_crate *c, rp_def_id scope, rp_id bounds, const char *marker)
{
    const rp_ast *ast = rp_def_ast(c, scope);
    for (uint32_t i = 0; bounds != 0 && i < rp_kids_count(ast, bounds); i++) {
        rp_id b = rp_kid(ast, bounds, i);
        rp_id path = rp_kind_of(ast, b) == RP_N_BOUND ? rp_kid(ast, b, RP_BOUND_PATH) : 0;
        if (path != 0 && rp_is_path(rp_kind_of(ast, path)) &&
            rp_str_is(rp_node_word(ast, path), marker))
            return true;
    }
    return false;
}

static bool asks_send(rp_rust_crate *c, rp_def_id scope, rp_id bounds)
{
    return names_marker(c, scope, bounds, "Send");
}

static bool asks_sync(rp_rust_crate *c, rp_def_id scope, rp_id bounds)
{
    return names_marker(c, scope, bounds, "Sync");
}

/* The type among what a function gives: itself, Result<X<T>>, (X<T>, Y). */
static rp_ty given(makers *m, rp_ty ty, unsigned depth)
{
    const rp_type type = *rp_type_of(m->t, ty);
    if (type.kind == RP_TY_DEF && type.def == m->v->adt)
        return ty;
    rp_ty found = 0;
    for (uint32_t i = 0; i < type.nargs && found == 0 && depth > 0; i++)
        found = given(m, type.args[i], depth - 1);
    return found;
}

static bool has_one_already(const rp_rust_crate *c, rp_def_id fn)
{
    const rp_ast *ast = rp_def_ast(c, fn);
    rp_id params = rp_kid(ast, rp_def_of(c, fn)->node, RP_FN_PARAMS);
    rp_id self = params != 0 ? rp_kid(ast, params, 0) : 0;
    return self != 0 && rp_kind_of(ast, self) == RP_N_SELF_PARAM;
}

/* A function of a trait's impl is as public as the trait, which may be std's. */
static bool is_at_hand(const rp_rust_crate *c, const rp_def *fn)
{
    const rp_def *up = rp_def_of(c, fn->parent);
    const rp_impl *impl = up->kind == RP_DEF_IMPL ? rp_impl_of(c, fn->parent) : NULL;
    return (fn->flags & RP_DEF_PUB) != 0 || up->kind == RP_DEF_TRAIT ||
           (impl != NULL && !impl->inherent);
}

/* /// # Safety: the future must be polled on the thread that made it. */
static bool speaks_of_threads(const rp_ast *ast, rp_id fn)
{
    rp_id attrs = rp_node_attrs(ast, fn);
    for (uint32_t i = 0; attrs != 0 && i < rp_kids_count(ast, attrs); i++) {
        rp_id attr = rp_kid(ast, attrs, i);
        if (rp_node_has(ast, attr, RP_Q_DOC) &&
            rp_str_find(rp_node_text(ast, attr), RP_STR("thread")) != SIZE_MAX)
            return true;
    }
    return false;
}

static void maker(makers *m, rp_def_id fn)
{
    rp_rust_crate *c = m->t->c;
    const rp_def d = *rp_def_of(c, fn);
    rp_id ret = rp_kid(rp_def_ast(c, fn), d.node, RP_FN_RET);
    rp_ty made = ret != 0 ? given(m, rp_ty_of_node(m->t, fn, d.file, ret, NULL), 3) : 0;
    if (made == 0)
        return;
    const rp_type arg = *rp_type_of(m->t, rp_ty_arg(m->t, made, m->place));
    m->found |= arg.kind == RP_TY_DEF && arg.nargs == 0 && is_at_hand(c, &d);
    if (arg.kind != RP_TY_PARAM || (arg.def != fn && has_one_already(c, fn)))
        return; /* of a known type, or out of one that somebody made before */
    if (!is_at_hand(c, &d))
        return; /* whoever calls it is looked at */
    m->found = true;
    if ((d.flags & RP_DEF_UNSAFE) != 0 && speaks_of_threads(rp_def_ast(c, fn), d.node))
        return; /* who calls it answers for T */
    m->lax |= (m->send && !rp_param_asks(c, fn, arg.name, asks_send)) ||
              (m->sync && !rp_param_asks(c, fn, arg.name, asks_sync));
}

static uint32_t place_of(rp_types *t, const rp_variance *v, const rp_variance_param *p)
{
    const rp_type own = *rp_type_of(t, rp_ty_self(t, v->impl, NULL));
    for (uint32_t i = 0; i < own.nargs; i++) {
        const rp_type *arg = rp_type_of(t, own.args[i]);
        if (arg->kind == RP_TY_PARAM && rp_str_eq(arg->name, p->name))
            return i;
    }
    return own.nargs;
}

bool rp_variance_makers_ask(rp_types *t, const rp_variance *v, const rp_variance_param *p)
{
    rp_rust_crate *c = t->c;
    if (v->adt == 0 || v->is_open)
        return false;
    makers m = {.t = t, .v = v, .place = place_of(t, v, p), .send = !p->send};
    m.sync = v->is_sync && !p->sync;
    if (!m.send && !m.sync)
        return false;
    rp_def_id end = c->defs.n < MAX_FUNCTIONS ? c->defs.n : MAX_FUNCTIONS;
    for (rp_def_id id = 1; id < end && !m.lax; id++) {
        const rp_def *d = rp_def_of(c, id);
        if (d->kind == RP_DEF_FN && (d->flags & (RP_DEF_TEST | RP_DEF_IN_BODY)) == 0)
            maker(&m, id);
    }
    return m.found && !m.lax;
}
