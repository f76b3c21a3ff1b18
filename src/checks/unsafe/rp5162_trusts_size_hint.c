/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"
#include "checks/unsafe/shapes.h"

enum { MAX_HINTS = 16 }; /* per body: each walks through it */

/* size_hint() or len() of a value whose type the caller chooses. */
static const rp_call *hint_in(rp_rule_run *run, const rp_body *body, rp_id expr)
{
    rp_walk w = rp_walk_start(body->ast, expr, run->types->arena);
    const rp_call *ret = NULL;
    for (rp_id id; ret == NULL && (id = rp_walk_next(&w)) != 0;) {
        const rp_call *call = w.entering ? rp_body_call(body, id) : NULL;
        bool asks = call != NULL && call->method && call->def == 0 &&
                    (rp_str_is(call->name, "size_hint") || rp_str_is(call->name, "len"));
        if (asks && rp_ty_is(run->types, rp_ty_peel(run->types, call->receiver)) == RP_TY_PARAM)
            ret = call;
    }
    run->refused |= w.refused;
    return ret;
}

/* TrustedLen promises the number, and is unsafe to implement. */
static bool promises(rp_rust_crate *c, rp_def_id scope, rp_id bounds)
{
    return rp_shape_mentions(rp_def_ast(c, scope), bounds, RP_STR("TrustedLen"));
}

static bool trusted(rp_rule_run *run, const rp_body *body, const rp_call *hint)
{
    rp_str name = rp_type_of(run->types, rp_ty_peel(run->types, hint->receiver))->name;
    return name.len != 0 && rp_param_asks(run->c, body->fn, name, promises);
}

/* The loop around a node that takes the elements of the named iterator, as many as there are. */
static bool in_loop_over(const rp_body *body, rp_id node, rp_str iterator)
{
    for (rp_id up = node; up != 0; up = rp_body_parent(body, up)) {
        rp_id over = rp_kind_of(body->ast, up) == RP_N_FOR ? rp_kid(body->ast, up, RP_FOR_ITER)
                     : rp_kind_of(body->ast, up) == RP_N_WHILE
                         ? rp_kid(body->ast, up, RP_WHILE_COND)
                         : 0;
        if (over != 0 && rp_shape_mentions(body->ast, over, iterator))
            return !rp_shape_mentions(body->ast, over, RP_STR("take")) &&
                   !rp_shape_mentions(body->ast, over, RP_STR("zip"));
    }
    return false;
}

static bool is_let_of(const rp_body *body, rp_id let, rp_id *ret_init)
{
    *ret_init = rp_kind_of(body->ast, let) == RP_N_LET ? rp_kid(body->ast, let, RP_LET_INIT) : 0;
    return *ret_init != 0;
}

/* The names that the `let` binds. Is one of them tested before the operation, or mentioned by it?
 */
typedef struct {
    bool tested, mentioned;
} uses;

static uses uses_of(rp_rule_run *run, const rp_body *body, rp_id let, rp_id op)
{
    const rp_tokens *t = body->ast->tokens;
    const rp_node *pat = rp_node_of(body->ast, rp_kid(body->ast, let, RP_LET_PAT));
    uses ret = {false, false};
    for (uint32_t i = pat->first; i <= pat->last; i++) {
        if (t->kind[i] != RP_T_IDENT)
            continue;
        rp_str name = rp_token_word(t, i);
        ret.tested |= rp_shape_tested(run, body, name, op) == RP_TESTED;
        ret.mentioned |= rp_shape_mentions(body->ast, op, name);
    }
    return ret;
}

/* An unsafe operation behind the `let` that is right only if the number is. */
static rp_id relies(rp_rule_run *run, const rp_body *body, rp_id let, rp_str iterator)
{
    for (uint32_t i = 0; i < body->ops.n; i++) {
        const rp_call *call = rp_shape_needs_bounds(body, &body->ops.items[i]);
        if (call == NULL || !body->ops.items[i].sure ||
            rp_node_of(body->ast, call->node)->first <= rp_node_of(body->ast, let)->last)
            continue;
        uses u = uses_of(run, body, let, call->node);
        bool counts = (call->std->safety & RP_SAFETY_CAPACITY) != 0 && u.mentioned;
        bool writes = (call->std->safety & (RP_SAFETY_WRITES | RP_SAFETY_IN_BOUNDS)) != 0 &&
                      in_loop_over(body, call->node, iterator);
        if (!u.tested && (counts || writes))
            return call->node;
    }
    return 0;
}

static bool one_let(rp_rule_run *run, const rp_body *body, rp_id let, rp_id init)
{
    const rp_call *hint = hint_in(run, body, init);
    if (hint == NULL || trusted(run, body, hint))
        return false;
    rp_str iterator = rp_shape_name(body->ast, rp_kid(body->ast, hint->node, 0));
    rp_id op = relies(run, body, let, iterator);
    if (op == 0)
        return false;
    rp_rule_note *n = rp_rule_in(run, body, op, RP_RULE_LIKELY,
                                 rp_arena_printf(run->arena,
                                                 "an unsafe call goes by %.*s() of a caller's "
                                                 "iterator, which may answer anything",
                                                 RP_FMT(hint->name)));
    rp_rule_step_at(run, n, body->file, hint->node,
                    RP_STR("safe code answers here, and may give more or fewer elements"));
    if (n != NULL)
        n->fix = RP_STR("extend or collect, or count what is written and stop at the capacity");
    return true;
}

static void look(rp_rule_run *run, const rp_body *body)
{
    uint32_t hints = 0;
    rp_walk w = rp_walk_start(body->ast, body->root, run->types->arena);
    if ((rp_def_of(run->c, body->fn)->flags & RP_DEF_UNSAFE) != 0)
        return;
    for (rp_id id, init; hints < MAX_HINTS && (id = rp_walk_next(&w)) != 0;) {
        if (!w.entering || !is_let_of(body, id, &init) ||
            !(rp_shape_mentions(body->ast, init, RP_STR("size_hint")) ||
              rp_shape_mentions(body->ast, init, RP_STR("len"))))
            continue;
        hints++;
        if (one_let(run, body, id, init))
            return;
    }
    run->refused |= w.refused;
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5162 = {
    .code = "RP5162",
    .name = "trusts-size-hint",
    .title = "unsafe code does not go by what a caller's iterator says of its length",
    .guide = "Unsafe Code Patterns",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no unsafe code goes by what a caller's iterator says of its length",
    .rule = &rule,
};
