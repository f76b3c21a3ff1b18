/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"
#include "checks/unsafe/shapes.h"

/* The cast inside the parentheses of an expression that loses high bits; 0: none does. */
static rp_id narrowing(const rp_body *body, rp_id expr)
{
    while (expr != 0 && rp_kind_of(body->ast, expr) == RP_N_PAREN)
        expr = rp_kid(body->ast, expr, 0);
    for (; expr != 0 && rp_kind_of(body->ast, expr) == RP_N_CAST;
         expr = rp_kid(body->ast, expr, 0)) {
        unsigned to = rp_shape_int_bits(body, expr);
        unsigned from = rp_shape_int_bits(body, rp_kid(body->ast, expr, 0));
        if (to != 0 && to < from)
            return expr;
    }
    return 0;
}

/* What the tests before a place say of a number. */
typedef struct {
    rp_id narrow; /* a comparison that sees the low bits alone */
    bool whole;   /* something looks at all of it */
} tests;

static bool compares_low_bits(const rp_body *body, rp_id id, rp_str name)
{
    for (uint32_t side = 0; side < 2; side++) {
        rp_id cast = narrowing(body, rp_kid(body->ast, id, side));
        if (cast != 0 && rp_str_eq(rp_shape_name(body->ast, cast), name))
            return true;
    }
    return false;
}

static tests tests_of(rp_rule_run *run, const rp_body *body, rp_str name, rp_id before)
{
    tests ret = {0, false};
    rp_walk w = rp_walk_start(body->ast, body->root, run->types->arena);
    for (rp_id id; !ret.whole && (id = rp_walk_next(&w)) != 0;) {
        if (!w.entering || rp_node_of(body->ast, id)->last >= rp_node_of(body->ast, before)->first)
            continue;
        bool comparison = rp_kind_of(body->ast, id) == RP_N_BINARY &&
                          rp_shape_compares(rp_node_of(body->ast, id)->aux);
        if (comparison && compares_low_bits(body, id, name))
            ret.narrow = id;
        else if (comparison || rp_kind_of(body->ast, id) == RP_N_MACRO_CALL ||
                 rp_kind_of(body->ast, id) == RP_N_METHOD_CALL)
            ret.whole |= rp_shape_mentions(body->ast, id, name);
    }
    run->refused |= w.refused;
    return ret;
}

/* An argument that goes by all bits of a number of which only the low ones were compared. */
static bool one_call(rp_rule_run *run, const rp_body *body, const rp_call *call)
{
    for (uint32_t i = call->method ? RP_METHOD_ARGS : RP_CALL_ARGS;
         i < rp_kids_count(body->ast, call->node); i++) {
        rp_id arg = rp_kid(body->ast, call->node, i);
        rp_str name = narrowing(body, arg) == 0 ? rp_shape_name(body->ast, arg) : RP_STR("");
        if (name.len == 0 || rp_shape_param(body, name) == 0)
            continue;
        tests t = tests_of(run, body, name, call->node);
        if (t.narrow == 0 || t.whole)
            continue;
        rp_rule_note *n = rp_rule_in(
            run, body, t.narrow, rp_shape_public_and_safe(body) ? RP_RULE_LIKELY : RP_RULE_REVIEW,
            rp_arena_printf(run->arena,
                            "this compares the low bits of %.*s, and %.*s goes by all of it",
                            RP_FMT(name), RP_FMT(call->name)));
        rp_rule_step_at(run, n, body->file, call->node,
                        RP_STR("a number whose low bits pass the test may be out of bounds here"));
        if (n != NULL)
            n->fix = RP_STR("compare the wider numbers, or try_from instead of `as`");
        return true;
    }
    return false;
}

static void look(rp_rule_run *run, const rp_body *body)
{
    rp_shape_ask(run, body, rp_shape_needs_bounds, one_call);
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5159 = {
    .code = "RP5159",
    .name = "narrowed-bound",
    .title = "bounds are compared with all bits of a number",
    .guide = "Integer Overflow Protection",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no bound that unsafe code relies on is compared after a cast that loses bits",
    .rule = &rule,
};
