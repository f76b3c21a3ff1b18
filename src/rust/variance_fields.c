/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* How a type's fields hold its parameters, who in the crate's interface holds the type, and which
 * functions look at a field through a shared reference. */
#include "rust/exports.h"
#include "rust/variance.h"

enum { MAX_IMPLS = 256, MAX_DEPTH = 8, MAX_OUTER = 3, FUEL = 20000 };

typedef struct {
    rp_types *t;
    rp_variance *v;
    bool locked, lent; /* behind a cell or lock; behind & */
    bool any;          /* the type in hand holds some parameter by value */
    unsigned depth, fuel;
} fields;

static bool ends(rp_str path, const char *words)
{
    size_t at = path.len;
    while (at > 0 && path.ptr[at - 1] != ':')
        at--;
    for (const char *w = words; *w != '\0';) {
        size_t n = strcspn(w, " ");
        if (n == path.len - at && memcmp(w, path.ptr + at, n) == 0)
            return true;
        w += n + (w[n] == ' ');
    }
    return false;
}

/* ---- by value, behind a lock, behind a reference ---- */

static void visit(fields *f, rp_ty ty);

static void parameter(fields *f, const rp_type *type)
{
    for (uint32_t i = 0; i < f->v->n; i++) {
        rp_variance_param *p = &f->v->params[i];
        if (type->def != f->v->impl || !rp_str_eq(p->name, type->name))
            continue;
        p->lent |= f->lent;
        p->owned |= !f->lent;
        p->locked |= !f->lent && f->locked;
        f->any |= !f->lent;
    }
}

/* Box<dyn Handle<T>>: whatever stands behind it has its T and need not be Send itself. */
static void object(fields *f, const rp_type *type)
{
    const rp_ast *ast = &f->t->c->files.items[type->file]->ast;
    const rp_node *n = rp_node_of(ast, type->node);
    for (uint32_t i = n->first; type->node != 0 && i <= n->last; i++)
        if (rp_str_is(rp_token_word(ast->tokens, i), "Send"))
            return;
    for (uint32_t k = 0; type->node != 0 && k < f->v->n; k++)
        for (uint32_t i = n->first; i <= n->last; i++)
            f->v->params[k].owned |= rp_str_eq(rp_token_word(ast->tokens, i), f->v->params[k].name);
}

static void arguments(fields *f, const rp_type *type)
{
    for (uint32_t i = 0; i < type->nargs; i++)
        visit(f, type->args[i]);
}

/* Pointers hold nothing by themselves, nor does memory that need not hold a value, and what another
 * crate's type does with its arguments is known of few. PhantomData<&T> says that there is a &T. */
static void generic(fields *f, const rp_type *type, bool std)
{
    static const char *const pointers = "NonNull AtomicPtr Weak fn";
    static const char *const cells = "Cell UnsafeCell RefCell OnceCell SyncUnsafeCell Mutex RwLock "
                                     "OnceLock ReentrantMutex FairMutex AtomicCell";
    static const char *const owners = "CachePadded SmallVec ArrayVec IndexMap HashMap HashSet Slab";
    bool before = f->locked;
    bool phantom = ends(type->name, "PhantomData");
    bool cell = ends(type->name, cells);
    if (ends(type->name, pointers) || (!std && !cell && !ends(type->name, owners)))
        return;
    if (phantom && (type->nargs == 0 || rp_ty_is(f->t, type->args[0]) != RP_TY_REF))
        return;
    f->locked |= cell;
    arguments(f, type);
    f->locked = before;
}

static void members(fields *f, const rp_type *type, rp_id of, uint32_t from)
{
    const rp_subst with = {type->def, type->args, type->nargs, true};
    uint32_t file = rp_def_of(f->t->c, type->def)->file;
    const rp_ast *ast = rp_def_ast(f->t->c, type->def);
    for (uint32_t i = from; i < rp_kids_count(ast, of); i++) {
        rp_id field = rp_kid(ast, of, i);
        if (rp_kind_of(ast, field) == RP_N_FIELD)
            visit(f,
                  rp_ty_of_node(f->t, type->def, file, rp_kid(ast, field, RP_FIELD_TYPE), &with));
    }
}

static void own_type(fields *f, rp_ty ty)
{
    const rp_type type = *rp_type_of(f->t, ty);
    const rp_def d = *rp_def_of(f->t->c, type.def);
    const rp_ast *ast = rp_def_ast(f->t->c, type.def);
    if (d.kind == RP_DEF_STRUCT || d.kind == RP_DEF_UNION)
        members(f, &type, d.node, RP_ADT_MEMBERS);
    for (uint32_t i = RP_ADT_MEMBERS; d.kind == RP_DEF_ENUM && i < rp_kids_count(ast, d.node); i++)
        members(f, &type, rp_kid(ast, d.node, i), RP_VARIANT_FIELDS);
}

static void visit(fields *f, rp_ty ty)
{
    const rp_type type = *rp_type_of(f->t, ty);
    bool lent = f->lent;
    if (f->depth >= MAX_DEPTH || f->fuel == 0)
        return;
    f->depth++;
    f->fuel--;
    if (type.kind == RP_TY_PARAM)
        parameter(f, &type);
    else if (type.kind == RP_TY_DYN)
        object(f, &type);
    else if (type.kind == RP_TY_REF && !type.is_mut)
        f->lent = true;
    if (type.kind == RP_TY_REF || type.kind == RP_TY_SLICE || type.kind == RP_TY_ARRAY ||
        type.kind == RP_TY_TUPLE)
        arguments(f, &type);
    else if (type.kind == RP_TY_DEF)
        own_type(f, ty);
    else if (type.kind == RP_TY_STD || type.kind == RP_TY_EXTERN)
        generic(f, &type, type.kind == RP_TY_STD);
    f->lent = lent;
    f->depth--;
}

/* ---- functions that look at what is held ---- */

/* self.name */
static bool reads(const rp_ast *ast, rp_id body, rp_str name)
{
    const rp_node *n = rp_node_of(ast, body);
    for (uint32_t i = n->first; i + 2 <= n->last; i++)
        if (rp_str_is(rp_token_word(ast->tokens, i), "self") &&
            rp_str_is(rp_token_text(ast->tokens, i + 1), ".") &&
            rp_str_eq(rp_token_text(ast->tokens, i + 2), name))
            return true;
    return false;
}

static bool by_shared_reference(const rp_ast *ast, rp_id fn)
{
    rp_id params = rp_kid(ast, fn, RP_FN_PARAMS);
    rp_id self = params != 0 ? rp_kid(ast, params, 0) : 0;
    return self != 0 && rp_kind_of(ast, self) == RP_N_SELF_PARAM &&
           rp_node_has(ast, self, RP_Q_REF) && !rp_node_has(ast, self, RP_Q_MUT);
}

/* fn read(&self) -> &T where T: Sync: for such a T only. */
static bool asks_sync(const rp_ast *ast, rp_id fn)
{
    rp_id where = rp_kid(ast, fn, RP_FN_WHERE);
    const rp_node *n = rp_node_of(ast, where);
    for (uint32_t i = n->first; where != 0 && i <= n->last; i++)
        if (rp_str_is(rp_token_word(ast->tokens, i), "Sync"))
            return true;
    return false;
}

/* Safe functions with &self whose bodies have the field. */
static void readers(fields *f, rp_str field, rp_variance_param *p)
{
    rp_rust_crate *c = f->t->c;
    uint32_t left = MAX_IMPLS;
    for (uint32_t i = rp_def_of(c, f->v->adt)->impls; i != 0 && left-- > 0;
         i = c->impls.items[i - 1].next_of_type) {
        rp_def_id impl = c->impls.items[i - 1].def;
        for (rp_def_id id = rp_def_of(c, impl)->first; id != 0; id = rp_def_of(c, id)->next) {
            const rp_def *d = rp_def_of(c, id);
            const rp_ast *ast = rp_def_ast(c, id);
            rp_id body = d->kind == RP_DEF_FN ? rp_kid(ast, d->node, RP_FN_BODY) : 0;
            if (body != 0 && (d->flags & (RP_DEF_UNSAFE | RP_DEF_TEST)) == 0 &&
                by_shared_reference(ast, d->node) && !asks_sync(ast, d->node) &&
                reads(ast, body, field) && p->read.node == 0)
                p->read = (rp_api_use){id, d->file, d->node};
        }
    }
}

static rp_str name_of(rp_types *t, const rp_ast *ast, rp_id field, uint32_t place)
{
    rp_str name = rp_node_word(ast, field);
    return name.len != 0 ? name : rp_arena_printf(t->arena, "%u", place);
}

void rp_variance_fields(rp_types *t, rp_variance *v)
{
    const rp_def d = *rp_def_of(t->c, v->adt);
    const rp_ast *ast = rp_def_ast(t->c, v->adt);
    const rp_type own = *rp_type_of(t, rp_ty_self(t, v->impl, NULL));
    const rp_subst with = {v->adt, own.args, own.nargs, true};
    fields f = {.t = t, .v = v, .fuel = FUEL};
    if (d.kind == RP_DEF_ENUM)
        own_type(&f, rp_ty_self(t, v->impl, NULL));
    for (uint32_t i = RP_ADT_MEMBERS; d.kind != RP_DEF_ENUM && i < rp_kids_count(ast, d.node);
         i++) {
        rp_id field = rp_kid(ast, d.node, i);
        if (rp_kind_of(ast, field) != RP_N_FIELD)
            continue;
        f.any = false;
        visit(&f, rp_ty_of_node(t, v->adt, d.file, rp_kid(ast, field, RP_FIELD_TYPE), &with));
        for (uint32_t k = 0; f.any && k < v->n; k++)
            if (v->params[k].owned)
                readers(&f, name_of(t, ast, field, i - RP_ADT_MEMBERS), &v->params[k]);
    }
}

/* ---- who holds a type that is not exported ---- */

typedef struct {
    rp_types *t;
    bool is_sync;
    unsigned depth, fuel;
} holders;

static bool promises(const rp_rust_crate *c, rp_def_id adt, bool is_sync)
{
    for (uint32_t i = rp_def_of(c, adt)->impls; i != 0; i = c->impls.items[i - 1].next_of_type) {
        const rp_def *d = rp_def_of(c, c->impls.items[i - 1].def);
        const rp_ast *ast = rp_def_ast(c, c->impls.items[i - 1].def);
        rp_id trait = rp_kid(ast, d->node, RP_IMPL_TRAIT);
        if (trait != 0 && rp_str_is(rp_node_word(ast, trait), is_sync ? "Sync" : "Send"))
            return true;
    }
    return false;
}

/* X<…, P, …> with the outer type's own P in that place; raw pointers and Rc let nothing through. */
static rp_str passed(holders *h, rp_ty ty, rp_def_id inner, uint32_t place, rp_def_id outer)
{
    const rp_type type = *rp_type_of(h->t, ty);
    rp_str found = {NULL, 0};
    if (h->fuel == 0 || type.kind == RP_TY_RAW || type.kind == RP_TY_FN ||
        type.kind == RP_TY_PARAM || ends(type.name, "NonNull Rc Weak PhantomData AtomicPtr"))
        return found;
    h->fuel--;
    if (type.kind == RP_TY_DEF && type.def == inner) {
        const rp_type *arg = rp_type_of(h->t, rp_ty_arg(h->t, ty, place));
        return arg->kind == RP_TY_PARAM && arg->def == outer ? arg->name : found;
    }
    for (uint32_t i = 0; i < type.nargs && found.len == 0 && h->depth < MAX_DEPTH; i++) {
        h->depth++;
        found = passed(h, type.args[i], inner, place, outer);
        h->depth--;
    }
    return found;
}

/* The parameter of `outer` that a field gives to `inner`; empty: none. */
static rp_str gives(holders *h, rp_def_id outer, rp_def_id inner, uint32_t place)
{
    const rp_def d = *rp_def_of(h->t->c, outer);
    const rp_ast *ast = rp_def_ast(h->t->c, outer);
    rp_str found = {NULL, 0};
    rp_walk w = rp_walk_start(ast, d.node, h->t->arena);
    for (rp_id id; found.len == 0 && (id = rp_walk_next(&w)) != 0;)
        if (w.entering && rp_kind_of(ast, id) == RP_N_FIELD) {
            rp_id type = rp_kid(ast, id, RP_FIELD_TYPE);
            found = passed(h, rp_ty_of_node(h->t, outer, d.file, type, NULL), inner, place, outer);
            rp_walk_skip(&w);
        }
    return found;
}

static bool is_adt(const rp_def *d)
{
    return d->kind == RP_DEF_STRUCT || d->kind == RP_DEF_ENUM || d->kind == RP_DEF_UNION;
}

static bool asks(rp_rust_crate *c, rp_def_id adt, rp_str name, bool is_sync)
{
    const rp_def *d = rp_def_of(c, adt);
    rp_variance v = {.impl = adt, .file = d->file, .node = d->node, .n = 1};
    v.params[0].name = name;
    (void)rp_generic_owner(c, adt, name, &v.params[0].param);
    rp_variance_bounds(c, &v);
    const rp_variance_param *p = &v.params[0];
    return p->sync || p->copy || p->foreign || (p->send && !is_sync);
}

static rp_def_id holder(holders *h, rp_def_id inner, uint32_t place, unsigned outer)
{
    rp_rust_crate *c = h->t->c;
    for (rp_def_id id = 1; id < c->defs.n && outer < MAX_OUTER; id++) {
        const rp_def *d = rp_def_of(c, id);
        if (id == inner || !is_adt(d) || (d->flags & (RP_DEF_TEST | RP_DEF_IN_BODY)) != 0 ||
            rp_kid(rp_def_ast(c, id), d->node, RP_ADT_GENERICS) == 0)
            continue;
        rp_str name = gives(h, id, inner, place);
        if (name.len == 0 || promises(c, id, h->is_sync) || asks(c, id, name, h->is_sync))
            continue;
        if (rp_def_is_exported(c, id))
            return id;
        rp_def_id up = holder(h, id, rp_generic_index(c, id, name), outer + 1);
        if (up != 0)
            return up;
    }
    return 0;
}

rp_def_id rp_variance_holder(rp_types *t, const rp_variance *v, const rp_variance_param *p)
{
    holders h = {.t = t, .is_sync = v->is_sync, .fuel = FUEL};
    const rp_type own = *rp_type_of(t, rp_ty_self(t, v->impl, NULL));
    for (uint32_t i = 0; v->adt != 0 && i < own.nargs; i++) {
        const rp_type *arg = rp_type_of(t, own.args[i]);
        if (arg->kind == RP_TY_PARAM && rp_str_eq(arg->name, p->name))
            return holder(&h, v->adt, i, 0);
    }
    return 0;
}
