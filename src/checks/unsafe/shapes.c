/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/unsafe/shapes.h"

#include "rust/attr.h"
#include "rust/exports.h"

enum { MAX_NESTED = 64, MAX_PROXIES = 8, MAX_QUESTIONS = 64 };

/* The value of a block that holds nothing else, 0 for others. */
static rp_id only_value(const rp_ast *ast, rp_id block)
{
    rp_id last = rp_kid(ast, block, RP_BLOCK_STMTS);
    bool lone = rp_kids_count(ast, block) == RP_BLOCK_STMTS + 1 &&
                rp_kind_of(ast, last) == RP_N_EXPR_STMT && !rp_node_has(ast, last, RP_Q_SEMI);
    return lone ? rp_kid(ast, last, 1) : 0;
}

rp_id rp_shape_bare(const rp_ast *ast, rp_id expr)
{
    for (unsigned i = 0; expr != 0 && i < MAX_NESTED; i++) {
        rp_node_kind kind = rp_kind_of(ast, expr);
        rp_id inner = 0;
        if (kind == RP_N_PAREN || kind == RP_N_CAST)
            inner = rp_kid(ast, expr, 0);
        else if (kind == RP_N_BLOCK)
            inner = only_value(ast, expr);
        if (inner == 0)
            break;
        expr = inner;
    }
    return expr;
}

static rp_str lone_word(const rp_ast *ast, rp_id path)
{
    rp_path_words w = rp_path_start(ast, path);
    if (rp_kid(ast, path, RP_PATH_QSELF) != 0 || !rp_path_next(&w))
        return RP_STR("");
    rp_str word = rp_token_word(ast->tokens, w.word);
    return rp_path_next(&w) ? RP_STR("") : word;
}

rp_str rp_shape_name(const rp_ast *ast, rp_id expr)
{
    rp_id bare = rp_shape_bare(ast, expr);
    return bare != 0 && rp_kind_of(ast, bare) == RP_N_PATH_EXPR ? lone_word(ast, bare) : RP_STR("");
}

static bool says(const rp_tokens *t, uint32_t from, uint32_t to, rp_str word)
{
    for (uint32_t i = from; i < to; i++)
        if (rp_is_word(t->kind[i]) && rp_str_eq(rp_token_word(t, i), word))
            return true;
    return false;
}

bool rp_shape_mentions(const rp_ast *ast, rp_id node, rp_str word)
{
    const rp_node *n = rp_node_of(ast, node);
    return word.len != 0 && says(ast->tokens, n->first, n->last + 1, word);
}

/* ---- parameters ---- */

/* Is the name bound or assigned once more? Any `name =`, `let name`, `mut name` counts. */
static bool changes(const rp_body *body, rp_str name)
{
    const rp_tokens *t = body->ast->tokens;
    const rp_node *root = rp_node_of(body->ast, body->root);
    for (uint32_t i = root->first + 1; i + 1 < root->last; i++) {
        if (!rp_is_word(t->kind[i]) || !rp_str_eq(rp_token_word(t, i), name))
            continue;
        bool bound = t->kind[i - 1] == RP_T_LET || t->kind[i - 1] == RP_T_MUT;
        bool field = t->kind[i - 1] == RP_T_DOT;
        uint8_t next = t->kind[i + 1];
        bool assigned = next == RP_T_EQ ||
                        (next >= RP_T_PLUS && next <= RP_T_OR_EQ &&
                         (next == RP_T_PLUS_EQ || next == RP_T_MINUS_EQ || next == RP_T_STAR_EQ ||
                          next == RP_T_AND_EQ || next == RP_T_PERCENT_EQ));
        if (!field && (bound || assigned))
            return true;
    }
    return false;
}

rp_id rp_shape_param(const rp_body *body, rp_str name)
{
    rp_id list = rp_body_fn_kid(body, RP_FN_PARAMS);
    for (uint32_t i = 0; list != 0 && name.len != 0 && i < rp_kids_count(body->ast, list); i++) {
        rp_id p = rp_kid(body->ast, list, i), pat = rp_kid(body->ast, p, RP_PARAM_PAT);
        if (rp_kind_of(body->ast, p) == RP_N_PARAM &&
            rp_kind_of(body->ast, pat) == RP_N_PAT_IDENT &&
            rp_str_eq(rp_node_word(body->ast, pat), name))
            return changes(body, name) ? 0 : rp_kid(body->ast, p, RP_PARAM_TYPE);
    }
    return 0;
}

bool rp_shape_pub_and_safe(const rp_body *body)
{
    const rp_def *d = rp_def_of(body->c, body->fn);
    return (d->flags & RP_DEF_PUB) != 0 && (d->flags & (RP_DEF_UNSAFE | RP_DEF_TEST)) == 0;
}

bool rp_shape_public_and_safe(const rp_body *body)
{
    return rp_shape_pub_and_safe(body) && rp_def_is_seen(body->c, body->fn);
}

bool rp_shape_tells_safety(const rp_ast *ast, rp_id node)
{
    rp_id attrs = rp_node_attrs(ast, node);
    for (uint32_t i = 0; attrs != 0 && i < rp_kids_count(ast, attrs); i++) {
        rp_id attr = rp_kid(ast, attrs, i);
        rp_str text = rp_node_text(ast, attr);
        bool doc = rp_node_has(ast, attr, RP_Q_DOC) || rp_str_is(rp_node_word(ast, attr), "doc");
        bool speaks = rp_str_find(text, RP_STR("afety")) != SIZE_MAX ||
                      rp_str_find(text, RP_STR("SAFETY")) != SIZE_MAX ||
                      rp_str_find(text, RP_STR("include_str")) != SIZE_MAX;
        if (doc && (speaks || rp_attr_has_word(ast, attr, "hidden")))
            return true;
    }
    return false;
}

/* ---- tests of a value ---- */

/* min(x, n), x.min(n), v.get(x), x.checked_add(n), usize::try_from(x). */
static bool bounds(rp_str call)
{
    static const char *const names[] = {"min", "clamp", "get", "get_mut", "try_from", "try_into"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (rp_str_is(call, names[i]))
            return true;
    return rp_str_starts(call, "checked_") || rp_str_starts(call, "is_") ||
           rp_str_starts(call, "check") || rp_str_starts(call, "assert") ||
           rp_str_starts(call, "valid");
}

static rp_id macro_path(const rp_ast *ast, rp_id node)
{
    return rp_kind_of(ast, node) == RP_N_MACRO_CALL ? rp_kid(ast, node, 0) : 0;
}

/* What a node tests, as one of its kids or itself; 0: it tests nothing. */
static rp_id tests(const rp_ast *ast, rp_id node)
{
    switch (rp_kind_of(ast, node)) {
    case RP_N_IF:
        return rp_kid(ast, node, RP_IF_COND);
    case RP_N_WHILE:
        return rp_kid(ast, node, RP_WHILE_COND);
    case RP_N_FOR:
        return rp_kid(ast, node, RP_FOR_ITER);
    case RP_N_MATCH:
        return rp_kid(ast, node, RP_MATCH_EXPR);
    case RP_N_INDEX: /* a checked one */
        return rp_kid(ast, node, 1);
    case RP_N_METHOD_CALL:
        return bounds(rp_node_word(ast, node)) ? node : 0;
    case RP_N_CALL:
        return rp_kind_of(ast, rp_kid(ast, node, 0)) == RP_N_PATH_EXPR &&
                       bounds(rp_node_word(ast, rp_kid(ast, node, 0)))
                   ? node
                   : 0;
    case RP_N_MACRO_CALL:
        return node;
    default:
        return 0;
    }
}

static rp_tested strength(const rp_ast *ast, rp_id node)
{
    rp_id path = macro_path(ast, node);
    return path != 0 && rp_str_starts(rp_node_word(ast, path), "debug_assert") ? RP_TESTED_IN_DEBUG
                                                                               : RP_TESTED;
}

static rp_tested tested_itself(rp_rule_run *run, const rp_body *body, rp_str name, rp_id before)
{
    const rp_ast *ast = body->ast;
    uint32_t end = rp_node_of(ast, before)->first;
    rp_tested best = RP_UNTESTED;
    rp_walk w = rp_walk_start(ast, body->root, run->types->arena);
    for (rp_id id; best != RP_TESTED && (id = rp_walk_next(&w)) != 0;) {
        rp_id what =
            w.entering && id != before && rp_node_of(ast, id)->first < end ? tests(ast, id) : 0;
        bool around = what != 0 && rp_node_of(ast, what)->first <= end &&
                      rp_node_of(ast, what)->last >= end; /* holds the operation itself */
        if (what == 0 || around || !rp_shape_mentions(ast, what, name))
            continue;
        rp_tested here = strength(ast, id);
        best = here > best ? here : best;
    }
    run->refused |= w.refused;
    return best;
}

/* Is one of the names that `let` binds tested? One that rooms are counted by says nothing. */
static rp_tested bound_and_tested(rp_rule_run *run, const rp_body *body, rp_id let, rp_id before)
{
    const rp_tokens *t = body->ast->tokens;
    const rp_node *pat = rp_node_of(body->ast, rp_kid(body->ast, let, RP_LET_PAT));
    rp_tested best = RP_UNTESTED;
    for (uint32_t i = pat->first; i <= pat->last && best != RP_TESTED; i++) {
        rp_tested here = t->kind[i] == RP_T_IDENT
                             ? tested_itself(run, body, rp_token_word(t, i), before)
                             : RP_UNTESTED;
        best = here == RP_TESTED ? here : best;
    }
    return best;
}

/* let n = v.len(); if i < n …: what is made of a value is tested for it. */
static rp_tested tested_by_proxy(rp_rule_run *run, const rp_body *body, rp_str name, rp_id before)
{
    const rp_ast *ast = body->ast;
    uint32_t end = rp_node_of(ast, before)->first, left = MAX_PROXIES;
    rp_tested best = RP_UNTESTED;
    rp_walk w = rp_walk_start(ast, body->root, run->types->arena);
    for (rp_id id; best != RP_TESTED && left > 0 && (id = rp_walk_next(&w)) != 0;) {
        bool let =
            w.entering && rp_kind_of(ast, id) == RP_N_LET && rp_node_of(ast, id)->first < end;
        rp_id init = let ? rp_kid(ast, id, RP_LET_INIT) : 0;
        if (init == 0 || !rp_shape_mentions(ast, init, name) ||
            rp_node_of(ast, init)->last >= end ||
            rp_shape_mentions(ast, init, RP_STR("with_capacity")))
            continue;
        left--;
        best = bound_and_tested(run, body, id, before);
    }
    run->refused |= w.refused;
    return best;
}

rp_tested rp_shape_tested(rp_rule_run *run, const rp_body *body, rp_str name, rp_id before)
{
    rp_tested itself = tested_itself(run, body, name, before);
    if (itself == RP_TESTED)
        return itself;
    rp_tested proxy = tested_by_proxy(run, body, name, before);
    return proxy == RP_TESTED ? proxy : itself;
}

/* ---- bounds ---- */

bool rp_shape_compares(unsigned op)
{
    return op == RP_OP_LT || op == RP_OP_LE || op == RP_OP_GT || op == RP_OP_GE;
}

unsigned rp_shape_int_bits(const rp_body *body, rp_id expr)
{
    static const struct {
        const char *name;
        unsigned bits;
    } rows[] = {{"u8", 8},     {"i8", 8},     {"u16", 16},   {"i16", 16},
                {"u32", 32},   {"i32", 32},   {"u64", 64},   {"i64", 64},
                {"usize", 64}, {"isize", 64}, {"u128", 128}, {"i128", 128}};
    const rp_type *t = rp_type_of(body->types, rp_body_type(body, expr));
    for (size_t i = 0; t->kind == RP_TY_PRIMITIVE && i < RP_COUNT(rows); i++)
        if (rp_str_is(t->name, rows[i].name))
            return rows[i].bits;
    return 0;
}

const rp_call *rp_shape_needs_bounds(const rp_body *body, const rp_unsafe_op *op)
{
    const rp_call *call = op->call != 0 ? &body->calls.items[op->call - 1] : NULL;
    bool asks = call != NULL && call->std != NULL &&
                (call->std->safety & (RP_SAFETY_IN_BOUNDS | RP_SAFETY_READS | RP_SAFETY_WRITES |
                                      RP_SAFETY_CAPACITY)) != 0;
    return asks ? call : NULL;
}

bool rp_shape_says_size(const rp_body *body, rp_id expr)
{
    rp_str name = rp_shape_name(body->ast, expr);
    rp_id made = name.len != 0 ? rp_body_let(body, name, expr) : 0;
    rp_id value = made != 0 ? made : expr;
    return rp_shape_mentions(body->ast, value, RP_STR("size_of")) ||
           rp_shape_mentions(body->ast, value, RP_STR("size_of_val"));
}

/* ---- transmute ---- */

/* The i-th generic argument that the callee's last word has, if it says something. */
static rp_id turbofish(const rp_ast *ast, rp_id callee, uint32_t i)
{
    rp_id args = 0;
    rp_path_words w = rp_path_start(ast, callee);
    while (rp_path_next(&w))
        args = w.args;
    rp_id type = args != 0 ? rp_kid(ast, args, i) : 0;
    return type != 0 && rp_kind_of(ast, type) != RP_N_TYPE_INFER ? type : 0;
}

/* The type that the place where the value ends up has, if it is written. */
static rp_id expected(const rp_body *body, rp_id node)
{
    const rp_ast *ast = body->ast;
    for (unsigned i = 0; node != 0 && i < MAX_NESTED; i++) {
        rp_id up = rp_body_parent(body, node);
        rp_node_kind kind = up != 0 ? rp_kind_of(ast, up) : RP_N_NONE;
        uint32_t n = up != 0 ? rp_kids_count(ast, up) : 0;
        if (node == body->root || kind == RP_N_RETURN)
            return rp_body_result(body);
        if (kind == RP_N_LET && rp_kid(ast, up, RP_LET_INIT) == node)
            return rp_kid(ast, up, RP_LET_TYPE);
        bool value = kind == RP_N_PAREN ||
                     (kind == RP_N_EXPR_STMT && !rp_node_has(ast, up, RP_Q_SEMI)) ||
                     (kind == RP_N_BLOCK && rp_kid(ast, up, n - 1) == node);
        if (!value)
            return 0;
        node = up;
    }
    return 0;
}

bool rp_shape_transmute(rp_rule_run *run, const rp_body *body, uint32_t i, rp_transmute *ret)
{
    const rp_call *call = &body->calls.items[i];
    if (call->kind != RP_RES_STD || !(rp_str_is(call->path, "std::mem::transmute") ||
                                      rp_str_is(call->path, "std::intrinsics::transmute")))
        return false;
    rp_id callee = rp_kid(body->ast, call->node, 0);
    while (rp_kind_of(body->ast, callee) == RP_N_PAREN)
        callee = rp_kid(body->ast, callee, 0);
    *ret = (rp_transmute){.call = call, .value = rp_kid(body->ast, call->node, RP_CALL_ARGS)};
    ret->from_node = turbofish(body->ast, callee, 0);
    ret->to_node = turbofish(body->ast, callee, 1);
    if (ret->to_node == 0)
        ret->to_node = expected(body, call->node);
    if (ret->to_node != 0)
        ret->to = rp_ty_of_node(run->types, body->fn, body->file, ret->to_node, NULL);
    if (ret->from_node == 0)
        ret->from_node = rp_shape_param(body, rp_shape_name(body->ast, ret->value));
    ret->from = ret->from_node != 0
                    ? rp_ty_of_node(run->types, body->fn, body->file, ret->from_node, NULL)
                    : rp_body_type(body, ret->value);
    return true;
}

const rp_call *rp_shape_block_call(const rp_body *body, const rp_unsafe_op *op)
{
    return op->sure && op->in_block && op->call != 0 ? &body->calls.items[op->call - 1] : NULL;
}

void rp_shape_ask(rp_rule_run *run, const rp_body *body, rp_shape_pick *pick,
                  rp_shape_question *ask)
{
    uint32_t asked = 0;
    for (uint32_t i = 0; i < body->ops.n && asked < MAX_QUESTIONS; i++) {
        const rp_call *call = pick(body, &body->ops.items[i]);
        asked += call != NULL;
        if (call != NULL && ask(run, body, call))
            return;
    }
}
