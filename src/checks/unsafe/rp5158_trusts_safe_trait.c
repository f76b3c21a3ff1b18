/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"
#include "checks/unsafe/shapes.h"
#include "rust/closed.h"

enum { MAX_QUESTIONS = 64, MAX_CALLS = 64 };

/* ---- T::LEN in an argument ---- */

/* A trait of the crate that others can implement without the word `unsafe`. */
static bool open_trait(rp_rule_run *run, const rp_res *r, bool *ret_sealed)
{
    if (r->kind != RP_RES_DEF || r->left != 0)
        return false;
    const rp_def d = *rp_def_of(run->c, r->def);
    bool sealed = rp_trait_is_closed(run->c, r->def);
    *ret_sealed |= sealed;
    return d.kind == RP_DEF_TRAIT && (d.flags & RP_DEF_UNSAFE) == 0 && !sealed;
}

/* A list of bounds: is one an open trait with the item (empty: any)? */
static bool in_list(rp_rule_run *run, rp_def_id owner, rp_id bounds, rp_str item, bool *ret_sealed)
{
    const rp_ast *ast = rp_def_ast(run->c, owner);
    for (uint32_t i = 0; bounds != 0 && i < rp_kids_count(ast, bounds); i++) {
        rp_id b = rp_kid(ast, bounds, i);
        rp_id path = rp_kind_of(ast, b) == RP_N_BOUND ? rp_kid(ast, b, RP_BOUND_PATH) : 0;
        if (path == 0 || !rp_is_path(rp_kind_of(ast, path)))
            continue;
        rp_res r = rp_resolve_path(run->c, owner, rp_def_of(run->c, owner)->file, path, RP_NS_TYPE);
        if (open_trait(run, &r, ret_sealed) && rp_def_child(run->c, r.def, item) != 0)
            return true;
    }
    return false;
}

static rp_id where_of(const rp_rust_crate *c, rp_def_id owner)
{
    const rp_def *d = rp_def_of(c, owner);
    uint32_t slot = d->kind == RP_DEF_FN     ? (uint32_t)RP_FN_WHERE
                    : d->kind == RP_DEF_IMPL ? (uint32_t)RP_IMPL_WHERE
                                             : (uint32_t)RP_TRAIT_WHERE;
    bool has = d->kind == RP_DEF_FN || d->kind == RP_DEF_IMPL || d->kind == RP_DEF_TRAIT;
    return has ? rp_kid(rp_def_ast(c, owner), d->node, slot) : 0;
}

/* Does a trait that bounds the parameter have the item? */
static bool bound_by(rp_rule_run *run, rp_def_id owner, rp_id param, rp_str item, bool *ret_sealed)
{
    const rp_ast *ast = rp_def_ast(run->c, owner);
    rp_id where = where_of(run->c, owner);
    if (in_list(run, owner, rp_kid(ast, param, RP_GENERIC_BOUNDS), item, ret_sealed))
        return true;
    for (uint32_t i = 0; where != 0 && i < rp_kids_count(ast, where); i++) {
        rp_id pred = rp_kid(ast, where, i), type = rp_kid(ast, pred, RP_PRED_TYPE);
        if (type != 0 && rp_str_eq(rp_node_text(ast, type), rp_node_word(ast, param)) &&
            in_list(run, owner, rp_kid(ast, pred, RP_PRED_BOUNDS), item, ret_sealed))
            return true;
    }
    return false;
}

/* The path `T::item` in the expression, T a type parameter with such a bound; 0: none. */
static rp_id from_trait(rp_rule_run *run, const rp_body *body, rp_id expr, rp_str *ret_item)
{
    rp_walk w = rp_walk_start(body->ast, expr, run->types->arena);
    for (rp_id id; (id = rp_walk_next(&w)) != 0;) {
        if (!w.entering || rp_kind_of(body->ast, id) != RP_N_PATH_EXPR)
            continue;
        rp_path_words words = rp_path_start(body->ast, id);
        rp_id param;
        bool sealed = false;
        if (!rp_path_next(&words))
            continue;
        rp_str first = rp_token_word(body->ast->tokens, words.word);
        if (!rp_path_next(&words))
            continue;
        rp_str item = rp_token_word(body->ast->tokens, words.word);
        rp_def_id owner = rp_generic_owner(run->c, body->fn, first, &param);
        if (owner == 0 || rp_path_next(&words) || !bound_by(run, owner, param, item, &sealed))
            continue;
        *ret_item = item;
        return id;
    }
    return 0;
}

static bool asks_bounds(const rp_call *call)
{
    bool known =
        call->std != NULL && (call->std->safety & (RP_SAFETY_IN_BOUNDS | RP_SAFETY_CAPACITY)) != 0;
    return known || rp_str_starts(call->name, "get_unchecked");
}

/* Such a path that nothing has tested before `at`. */
static rp_id stated(rp_rule_run *run, const rp_body *body, rp_id expr, rp_id at, rp_str *ret_item)
{
    rp_id path = from_trait(run, body, expr, ret_item);
    return path != 0 && rp_shape_tested(run, body, *ret_item, at) != RP_TESTED ? path : 0;
}

/* ---- let n = x.offset(); p.add(n) ---- */

/* A number, or what may be one: Option<usize>. */
static bool answers_number(const rp_rust_crate *c, rp_def_id fn)
{
    const rp_ast *ast = rp_def_ast(c, fn);
    rp_id ret = rp_kid(ast, rp_def_of(c, fn)->node, RP_FN_RET);
    return ret != 0 && (rp_shape_mentions(ast, ret, RP_STR("usize")) ||
                        rp_shape_mentions(ast, ret, RP_STR("isize")) ||
                        rp_shape_mentions(ast, ret, RP_STR("u32")) ||
                        rp_shape_mentions(ast, ret, RP_STR("u64")));
}

/* A method of a safe trait of the crate, called on a value whose type others choose; 0: none. */
static rp_id answer_in(rp_rule_run *run, const rp_body *body, rp_id expr, rp_str *ret_item)
{
    rp_walk w = rp_walk_start(body->ast, expr, run->types->arena);
    for (rp_id id; (id = rp_walk_next(&w)) != 0;) {
        if (w.entering && rp_kind_of(body->ast, id) == RP_N_CLOSURE)
            rp_walk_skip(&w);
        if (!w.entering || rp_kind_of(body->ast, id) != RP_N_METHOD_CALL)
            continue;
        const rp_call *call = rp_body_call(body, id);
        bool own = call != NULL && call->kind == RP_RES_DEF && call->def != 0;
        bool sealed = false;
        rp_res r = {.kind = RP_RES_DEF, .def = own ? rp_def_of(run->c, call->def)->parent : 0};
        const rp_type *of =
            rp_type_of(run->types, own ? rp_ty_peel(run->types, call->receiver) : 0);
        bool any = of->kind == RP_TY_PARAM || (of->kind == RP_TY_DEF && of->def == r.def);
        if (!own || !any || !answers_number(run->c, call->def) || !open_trait(run, &r, &sealed))
            continue;
        *ret_item = call->name;
        return id;
    }
    return 0;
}

/* n & mask, n % len: whatever it is, it fits; Vec::with_capacity(n): there is room for it. */
static bool made_to_fit(const rp_body *body, rp_str name, rp_id expr)
{
    for (rp_id up = expr; up != 0 && !rp_is_item(rp_kind_of(body->ast, up));
         up = rp_body_parent(body, up)) {
        unsigned op = rp_kind_of(body->ast, up) == RP_N_BINARY ? rp_node_of(body->ast, up)->aux
                                                               : (unsigned)RP_OP_NONE;
        if (op == RP_OP_BIT_AND || op == RP_OP_REM)
            return true;
    }
    for (uint32_t i = 0; i < body->calls.n; i++) {
        const rp_call *call = &body->calls.items[i];
        bool room = rp_str_starts(call->name, "with_capacity") ||
                    rp_str_starts(call->name, "reserve") || rp_str_is(call->name, "array");
        if (room && rp_shape_mentions(body->ast, call->node, name))
            return true;
    }
    return false;
}

/* The local in the expression that keeps such an answer. */
static rp_id kept_answer(rp_rule_run *run, const rp_body *body, rp_id expr, rp_id at,
                         rp_str *ret_item)
{
    rp_walk w = rp_walk_start(body->ast, expr, run->types->arena);
    for (rp_id id; (id = rp_walk_next(&w)) != 0;) {
        if (!w.entering || rp_kind_of(body->ast, id) != RP_N_PATH_EXPR)
            continue;
        rp_str name = rp_node_text(body->ast, id);
        rp_id value = rp_body_let(body, name, at);
        rp_id answer = value != 0 ? answer_in(run, body, value, ret_item) : 0;
        if (answer != 0 && !made_to_fit(body, name, id) &&
            rp_shape_tested(run, body, name, at) != RP_TESTED)
            return answer;
    }
    return 0;
}

/* What an unsafe call may go by, in an expression around the node `at`; 0: nothing. */
typedef struct {
    rp_id (*find)(rp_rule_run *run, const rp_body *body, rp_id expr, rp_id at, rp_str *ret_item);
    const char *text; /* of the item */
    const char *step, *fix;
} ground;

static const ground grounds[] = {
    {stated, "an unsafe call goes by %.*s of a safe trait, which anybody may implement wrongly",
     "safe code says what this is",
     "make it an unsafe trait that says what its items must be, seal it, or check the value"},
    {kept_answer,
     "an unsafe call goes by what %.*s() of a safe trait answers, which anybody may implement "
     "wrongly",
     "safe code answers here",
     "make it an unsafe trait that says what the answer must be, seal it, or check the value"}};

static bool goes_by(rp_rule_run *run, const rp_body *body, const rp_call *call, const ground *g)
{
    for (uint32_t i = call->method ? RP_METHOD_ARGS : RP_CALL_ARGS;
         i < rp_kids_count(body->ast, call->node); i++) {
        rp_str item = {NULL, 0};
        rp_id from = g->find(run, body, rp_kid(body->ast, call->node, i), call->node, &item);
        if (from == 0)
            continue;
        rp_rule_note *n = rp_rule_in(run, body, call->node, RP_RULE_LIKELY,
                                     rp_arena_printf(run->arena, g->text, RP_FMT(item)));
        rp_rule_step_at(run, n, body->file, from, rp_str_from(g->step));
        if (n != NULL)
            n->fix = rp_str_from(g->fix);
        return true;
    }
    return false;
}

/* ---- x.borrow(), unsafe code, x.borrow() ---- */

static bool converts(rp_str name)
{
    static const char *const names[] = {"borrow", "borrow_mut", "as_ref", "as_mut", "deref"};
    for (size_t i = 0; i < RP_COUNT(names); i++)
        if (rp_str_is(name, names[i]))
            return true;
    return false;
}

/* A parameter that only the crate's own types can be. */
static bool is_sealed(rp_rule_run *run, const rp_body *body, rp_str name)
{
    bool sealed = false;
    rp_id param;
    rp_def_id owner = rp_generic_owner(run->c, body->fn, name, &param);
    (void)(owner != 0 && bound_by(run, owner, param, RP_STR(""), &sealed));
    return sealed;
}

/* A conversion of a value of a type parameter. */
static bool chosen(const rp_body *body, const rp_call *call)
{
    const rp_types *t = body->types;
    rp_ty of =
        rp_ty_is(t, call->receiver) == RP_TY_REF ? rp_ty_arg(t, call->receiver, 0) : call->receiver;
    return call->method && converts(call->name) && rp_ty_is(t, of) == RP_TY_PARAM;
}

static rp_str param_of(const rp_body *body, const rp_call *call)
{
    const rp_types *t = body->types;
    bool ref = rp_ty_is(t, call->receiver) == RP_TY_REF;
    return rp_type_of(t, ref ? rp_ty_arg(t, call->receiver, 0) : call->receiver)->name;
}

static rp_id between(const rp_body *body, rp_id a, rp_id b)
{
    for (uint32_t i = 0; i < body->ops.n; i++) {
        const rp_node *n = rp_node_of(body->ast, body->ops.items[i].node);
        const rp_call *call =
            body->ops.items[i].call != 0 ? &body->calls.items[body->ops.items[i].call - 1] : NULL;
        if (body->ops.items[i].sure && (call == NULL || !chosen(body, call)) &&
            n->last > rp_node_of(body->ast, a)->last && n->first < rp_node_of(body->ast, b)->first)
            return body->ops.items[i].node;
    }
    return 0;
}

/* Does the unsafe operation have the answer among its own words? */
static bool holds(const rp_body *body, rp_id op, rp_id answer)
{
    const rp_node *a = rp_node_of(body->ast, op), *b = rp_node_of(body->ast, answer);
    return a->first <= b->first && b->last <= a->last;
}

/* The pattern that binds what is made of an expression, in a `let` or a condition; 0: none. */
static rp_id bound_by_let(const rp_body *body, rp_id expr)
{
    for (rp_id up = expr; up != 0 && up != body->root; up = rp_body_parent(body, up)) {
        if (rp_kind_of(body->ast, up) == RP_N_LET)
            return rp_kid(body->ast, up, RP_LET_PAT);
        if (rp_kind_of(body->ast, up) == RP_N_LET_EXPR)
            return rp_kid(body->ast, up, 0);
    }
    return 0;
}

/* … or a local that was made of it? */
static bool has_local_of(const rp_body *body, rp_id op, rp_id answer)
{
    rp_id bound = bound_by_let(body, answer);
    if (bound == 0)
        return false;
    const rp_tokens *t = body->ast->tokens;
    const rp_node *pat = rp_node_of(body->ast, bound);
    for (uint32_t i = pat->first; i <= pat->last; i++)
        if (t->kind[i] == RP_T_IDENT && rp_shape_mentions(body->ast, op, rp_token_word(t, i)))
            return true;
    return false;
}

/* Unsafe code that asks nothing of the caller's type does not mind two answers. */
static bool relies_on(const rp_body *body, rp_id answer)
{
    for (uint32_t i = 0; i < body->ops.n; i++) {
        rp_id op = body->ops.items[i].node;
        if (op != answer && (holds(body, op, answer) || has_local_of(body, op, answer)))
            return true;
    }
    return false;
}

/* Does a bound by one of std's conversions, or by a trait of the crate, say whose method it is? */
static bool asks_known(rp_rust_crate *c, rp_def_id scope, rp_id bounds)
{
    const rp_ast *ast = rp_def_ast(c, scope);
    for (uint32_t i = 0; bounds != 0 && i < rp_kids_count(ast, bounds); i++) {
        rp_id b = rp_kid(ast, bounds, i);
        rp_id path = rp_kind_of(ast, b) == RP_N_BOUND ? rp_kid(ast, b, RP_BOUND_PATH) : 0;
        if (path == 0 || !rp_is_path(rp_kind_of(ast, path)))
            continue;
        rp_res r = rp_resolve_path(c, scope, rp_def_of(c, scope)->file, path, RP_NS_TYPE);
        bool plain = rp_str_is(r.last, "Sized") || rp_str_is(r.last, "Send") ||
                     rp_str_is(r.last, "Sync") || rp_str_is(r.last, "Unpin");
        if (r.kind == RP_RES_DEF || (r.kind == RP_RES_STD && !plain))
            return true;
    }
    return false;
}

/* What another crate's trait promises is not known: it may be an unsafe one. */
static rp_rule_confidence trust(rp_rule_run *run, const rp_body *body, const rp_call *call)
{
    rp_str param = param_of(body, call); /* impl AsRef<X> has no name */
    bool known = param.len == 0 || rp_param_asks(run->c, body->fn, param, asks_known);
    return known ? RP_RULE_LIKELY : RP_RULE_REVIEW;
}

static bool asked_twice(rp_rule_run *run, const rp_body *body)
{
    const rp_ast *ast = body->ast;
    uint32_t end = body->calls.n < MAX_CALLS ? body->calls.n : MAX_CALLS;
    for (uint32_t i = 0; i < end; i++) {
        const rp_call *a = &body->calls.items[i];
        for (uint32_t k = i + 1; chosen(body, a) && k < end; k++) {
            const rp_call *b = &body->calls.items[k];
            bool same = rp_str_eq(rp_node_text(ast, a->node), rp_node_text(ast, b->node)) &&
                        chosen(body, b) && !is_sealed(run, body, param_of(body, a));
            rp_id op = same ? between(body, a->node, b->node) : 0;
            if (op == 0 || !(relies_on(body, a->node) || relies_on(body, b->node)))
                continue;
            rp_rule_note *n = rp_rule_in(
                run, body, b->node, trust(run, body, a),
                rp_arena_printf(run->arena,
                                "%.*s is asked twice around unsafe code: the caller's type may "
                                "answer differently",
                                RP_FMT(rp_node_text(ast, a->node))));
            rp_rule_step_at(run, n, body->file, a->node, RP_STR("the first answer"));
            rp_rule_step_at(run, n, body->file, op, RP_STR("what goes by it"));
            if (n != NULL)
                n->fix = RP_STR("ask once and keep the answer");
            return true;
        }
    }
    return false;
}

static void look(rp_rule_run *run, const rp_body *body)
{
    uint32_t asked = 0;
    if ((rp_def_of(body->c, body->fn)->flags & RP_DEF_UNSAFE) != 0 || asked_twice(run, body))
        return;
    for (uint32_t i = 0; i < body->ops.n && asked < MAX_QUESTIONS; i++) {
        const rp_unsafe_op *op = &body->ops.items[i];
        const rp_call *call = op->call != 0 ? &body->calls.items[op->call - 1] : NULL;
        if (call == NULL || !op->sure || !op->in_block || !asks_bounds(call))
            continue;
        asked++;
        if (goes_by(run, body, call, &grounds[0]) || goes_by(run, body, call, &grounds[1]))
            return;
    }
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5158 = {
    .code = "RP5158",
    .name = "trusts-safe-trait",
    .title = "unsafe code does not trust what a safe trait says",
    .guide = "Unsafe Code Patterns",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no unsafe code trusts what a safe trait says",
    .rule = &rule,
};
