/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Who sets right what a panic would leave, and who owns a value that was read. */
#include "base/limits.h"
#include "rust/unsafe_flow.h"

enum { MAX_PLACES = 16 };

bool rp_flow_is_guard(const rp_body *b, rp_ty ty)
{
    const rp_type *type = rp_type_of(b->types, ty);
    if (type->kind != RP_TY_DEF)
        return false;
    uint32_t left = RP_MAX_RUST_IMPLS;
    for (uint32_t i = rp_def_of(b->c, type->def)->impls; i != 0 && left-- > 0;) {
        const rp_impl *impl = &b->c->impls.items[i - 1];
        if (rp_str_ends(impl->trait_path, "::Drop"))
            return true;
        i = impl->next_of_type;
    }
    return false;
}

/* struct Drain<'a, T> { from: &'a mut Vec<T>, … } with a destructor: it gives back what it took. */
static bool borrows_and_restores(const rp_body *b, rp_ty ty)
{
    const rp_type *of = rp_type_of(b->types, ty);
    if (of->kind != RP_TY_DEF || !rp_flow_is_guard(b, ty))
        return false;
    const rp_def *d = rp_def_of(b->c, of->def);
    const rp_ast *ast = rp_def_ast(b->c, of->def);
    for (uint32_t i = RP_ADT_MEMBERS; d->kind == RP_DEF_STRUCT && i < rp_kids_count(ast, d->node);
         i++) {
        rp_id field = rp_kid(ast, d->node, i);
        rp_id type = rp_kind_of(ast, field) == RP_N_FIELD ? rp_kid(ast, field, RP_FIELD_TYPE) : 0;
        if (type != 0 && rp_kind_of(ast, type) == RP_N_TYPE_REF && rp_node_has(ast, type, RP_Q_MUT))
            return true;
    }
    return false;
}

/* self.index += 1 */
static bool keeps_account(const rp_body *b, rp_id node)
{
    rp_id left = rp_kind_of(b->ast, node) == RP_N_ASSIGN ? rp_kid(b->ast, node, 0) : 0;
    return left != 0 && rp_kind_of(b->ast, left) == RP_N_FIELD_EXPR &&
           rp_str_starts(rp_node_text(b->ast, left), "self.");
}

/* (self.pred)(x), self.index += 1: what the destructor goes by is changed behind the first code
 * that may panic. Before it, it would take the element for done. */
static bool accounts_last(const rp_body *b)
{
    uint32_t first = UINT32_MAX;
    for (uint32_t i = 0; i < b->calls.n; i++) {
        uint32_t at = rp_node_of(b->ast, b->calls.items[i].node)->first;
        if (b->calls.items[i].value && at < first)
            first = at;
    }
    for (uint32_t i = 0; i < b->n && first != UINT32_MAX; i++) {
        bool own = b->parent[i] != 0 && keeps_account(b, b->low + i);
        if (own && rp_node_of(b->ast, b->low + i)->first < first)
            return false;
    }
    return first != UINT32_MAX;
}

/* &mut self of such a type. */
static bool is_guard_self(const rp_body *b, rp_id param)
{
    return rp_kind_of(b->ast, param) == RP_N_SELF_PARAM && rp_node_has(b->ast, param, RP_Q_REF) &&
           borrows_and_restores(b, rp_ty_self(b->types, b->fn, NULL)) && accounts_last(b);
}

/* fn step(g: &mut Guard<T>): who made the guard still has it. */
uint32_t rp_flow_given_guards(const rp_body *b)
{
    rp_types *t = b->types;
    rp_id params = rp_body_fn_kid(b, RP_FN_PARAMS);
    uint32_t n = 0;
    for (uint32_t i = 0; params != 0 && i < rp_kids_count(b->ast, params); i++) {
        rp_id p = rp_kid(b->ast, params, i);
        n += is_guard_self(b, p);
        rp_id type = rp_kind_of(b->ast, p) == RP_N_PARAM ? rp_kid(b->ast, p, RP_PARAM_TYPE) : 0;
        if (type == 0 || rp_kind_of(b->ast, type) != RP_N_TYPE_REF)
            continue;
        rp_ty ty = rp_ty_of_node(t, b->fn, b->file, type, NULL);
        n += borrows_and_restores(b, rp_ty_peel(t, ty));
    }
    return n;
}

static bool in_drop(const rp_body *b)
{
    const rp_def *fn = rp_def_of(b->c, b->fn);
    const rp_impl *impl = rp_impl_of(b->c, fn->parent);
    return rp_str_is(fn->name, "drop") && impl != NULL && rp_str_ends(impl->trait_path, "::Drop");
}

/* The parameter that a place begins with: of (*(data as *mut F)).next it is data. */
static rp_id root_of(const rp_body *b, rp_id at)
{
    for (unsigned i = 0; at != 0 && i < MAX_PLACES; i++) {
        rp_node_kind kind = rp_kind_of(b->ast, at);
        if (kind != RP_N_METHOD_CALL && kind != RP_N_CAST && kind != RP_N_PAREN)
            break;
        at = rp_kid(b->ast, at, 0);
    }
    return at;
}

static rp_str root_word(const rp_body *b, rp_id at)
{
    rp_id root = root_of(b, at);
    return root != 0 && rp_kind_of(b->ast, root) == RP_N_PATH_EXPR ? rp_node_text(b->ast, root)
                                                                   : RP_STR("");
}

/* ptr::write(p, …) somewhere: who gave the pointer goes on using what is there. */
static bool is_written(const rp_body *b, rp_str pointer)
{
    for (uint32_t i = 0; i < b->calls.n; i++) {
        const rp_call *call = &b->calls.items[i];
        rp_id to = rp_kid(b->ast, call->node, call->method ? 0 : (uint32_t)RP_CALL_ARGS);
        if (rp_str_starts(call->name, "write") && to != 0 &&
            rp_str_eq(rp_node_text(b->ast, root_of(b, to)), pointer))
            return true;
    }
    return false;
}

static bool is_undropped(const rp_flow_scope *s, rp_ty ty)
{
    const rp_type *type = rp_type_of(s->b->types, ty);
    return type->kind == RP_TY_STD && (rp_str_is(type->name, "std::mem::ManuallyDrop") ||
                                       rp_str_is(type->name, "std::mem::MaybeUninit"));
}

/* ptr::read of what lies in ManuallyDrop or MaybeUninit. */
static bool leaves_one(const rp_flow_scope *s, const rp_call *call)
{
    const rp_ast *ast = s->b->ast;
    rp_id at = rp_kid(ast, call->node, call->method ? 0 : (uint32_t)RP_CALL_ARGS);
    if (at != 0 && is_undropped(s, rp_ty_deref(s->b->types, rp_body_type(s->b, at))))
        return true;
    for (unsigned i = 0; at != 0 && i < MAX_PLACES; i++) {
        rp_node_kind kind = rp_kind_of(ast, at);
        if (is_undropped(s, rp_body_type(s->b, at)))
            return true;
        if (kind != RP_N_REF && kind != RP_N_DEREF && kind != RP_N_PAREN && kind != RP_N_CAST)
            return false;
        at = rp_kid(ast, at, 0);
    }
    return false;
}

bool rp_flow_is_alone(const rp_flow_scope *s, const rp_call *call)
{
    const rp_body *b = s->b;
    if (in_drop(b) || leaves_one(s, call))
        return true;
    rp_id at = root_of(b, rp_kid(b->ast, call->node, call->method ? 0 : (uint32_t)RP_CALL_ARGS));
    if (at == 0 || rp_kind_of(b->ast, at) != RP_N_PATH_EXPR)
        return false;
    rp_str name = rp_node_text(b->ast, at);
    return rp_ty_is(b->types, rp_body_type(b, at)) == RP_TY_RAW && rp_flow_is_param(b, name) &&
           !is_written(b, name);
}

/* Does a closure write where the name points to? */
static bool writes_back(const rp_body *b, rp_id closure, rp_str name)
{
    const rp_node *in = rp_node_of(b->ast, closure);
    for (uint32_t i = 0; i < b->calls.n; i++) {
        const rp_call *c = &b->calls.items[i];
        const rp_node *n = rp_node_of(b->ast, c->node);
        rp_id to = rp_kid(b->ast, c->node, c->method ? 0 : (uint32_t)RP_CALL_ARGS);
        if (n->first >= in->first && n->last <= in->last && rp_str_starts(c->name, "write") &&
            rp_str_eq(root_word(b, to), name))
            return true;
    }
    return false;
}

bool rp_flow_is_restored(const rp_body *b, rp_id source, rp_id sink)
{
    rp_node_kind kind = rp_kind_of(b->ast, source);
    rp_str name =
        root_word(b, rp_kid(b->ast, source, kind == RP_N_CALL ? (uint32_t)RP_CALL_ARGS : 0));
    rp_id in = sink;
    while (in != 0 && in != b->root && rp_kind_of(b->ast, in) != RP_N_CLOSURE)
        in = rp_body_parent(b, in);
    rp_id call = in != 0 && in != b->root ? rp_body_parent(b, in) : 0;
    if (name.len == 0 || call == 0 || rp_kind_of(b->ast, call) != RP_N_CALL)
        return false;
    for (uint32_t i = RP_CALL_ARGS; i < rp_kids_count(b->ast, call); i++) {
        rp_id arg = rp_kid(b->ast, call, i);
        if (arg != in && rp_kind_of(b->ast, arg) == RP_N_CLOSURE && writes_back(b, arg, name))
            return true;
    }
    return false;
}

bool rp_flow_never_returns(const rp_body *b)
{
    rp_id ret = rp_kid(b->ast, rp_def_of(b->c, b->fn)->node, RP_FN_RET);
    return ret != 0 && rp_kind_of(b->ast, ret) == RP_N_TYPE_NEVER;
}

bool rp_flow_is_told(const rp_body *b)
{
    const rp_def *d = rp_def_of(b->c, b->fn);
    rp_id attrs = (d->flags & RP_DEF_UNSAFE) != 0 ? rp_node_attrs(b->ast, d->node) : 0;
    for (uint32_t i = 0; attrs != 0 && i < rp_kids_count(b->ast, attrs); i++) {
        rp_id attr = rp_kid(b->ast, attrs, i);
        if (rp_node_has(b->ast, attr, RP_Q_DOC) &&
            rp_str_find(rp_node_text(b->ast, attr), RP_STR("panic")) != SIZE_MAX)
            return true;
    }
    return false;
}
