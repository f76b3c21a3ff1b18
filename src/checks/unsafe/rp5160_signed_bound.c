/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"
#include "checks/unsafe/shapes.h"

static bool is_signed(const rp_body *body, rp_id type)
{
    rp_ty ty = rp_ty_of_node(body->types, body->fn, body->file, type, NULL);
    const rp_type *t = rp_type_of(body->types, ty);
    return t->kind == RP_TY_PRIMITIVE && rp_str_starts(t->name, "i");
}

/* Does the comparison bound the name from above alone, as n < len does? */
static bool from_above(const rp_body *body, rp_id comparison, rp_str name)
{
    const rp_ast *ast = body->ast;
    unsigned op = rp_node_of(ast, comparison)->aux;
    bool less = op == RP_OP_LT || op == RP_OP_LE;
    rp_id small = rp_kid(ast, comparison, less ? 0 : 1),
          large = rp_kid(ast, comparison, less ? 1 : 0);
    return rp_str_eq(rp_shape_name(ast, small), name) && !rp_shape_mentions(ast, large, name) &&
           rp_kind_of(ast, rp_shape_bare(ast, large)) != RP_N_LIT;
}

/* The comparison that bounds a number from above, where nothing before the place looks at its other
 * end; 0: none. */
static rp_id only_from_above(rp_rule_run *run, const rp_body *body, rp_str name, rp_id before)
{
    rp_id found = 0;
    bool other = false;
    rp_walk w = rp_walk_start(body->ast, body->root, run->types->arena);
    for (rp_id id; !other && (id = rp_walk_next(&w)) != 0;) {
        if (!w.entering ||
            rp_node_of(body->ast, id)->last >= rp_node_of(body->ast, before)->first ||
            !rp_shape_mentions(body->ast, id, name))
            continue;
        rp_node_kind kind = rp_kind_of(body->ast, id);
        bool binary = kind == RP_N_BINARY && rp_shape_compares(rp_node_of(body->ast, id)->aux);
        if (binary && from_above(body, id, name))
            found = id;
        else /* a local made of it may be tested instead, a match or a call may do anything */
            other = binary || kind == RP_N_LET || kind == RP_N_MATCH || kind == RP_N_METHOD_CALL ||
                    kind == RP_N_CALL || kind == RP_N_MACRO_CALL || kind == RP_N_INDEX;
    }
    run->refused |= w.refused;
    return other ? 0 : found;
}

static bool one_call(rp_rule_run *run, const rp_body *body, const rp_call *call)
{
    for (uint32_t i = call->method ? RP_METHOD_ARGS : RP_CALL_ARGS;
         i < rp_kids_count(body->ast, call->node); i++) {
        rp_str name = rp_shape_name(body->ast, rp_kid(body->ast, call->node, i));
        rp_id type = rp_shape_param(body, name);
        if (type == 0 || !is_signed(body, type))
            continue;
        rp_id test = only_from_above(run, body, name, call->node);
        if (test == 0)
            continue;
        rp_rule_note *n = rp_rule_in(
            run, body, test, rp_shape_public_and_safe(body) ? RP_RULE_LIKELY : RP_RULE_REVIEW,
            rp_arena_printf(run->arena,
                            "%.*s is bounded from above alone, and a negative one is out of bounds",
                            RP_FMT(name)));
        rp_rule_step_at(run, n, body->file, call->node,
                        RP_STR("this is in bounds when the test says so"));
        if (n != NULL)
            n->fix = RP_STR("usize::try_from before the test, or compare with 0, too");
        return true;
    }
    return false;
}

static void look(rp_rule_run *run, const rp_body *body)
{
    rp_shape_ask(run, body, rp_shape_needs_bounds, one_call);
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5160 = {
    .code = "RP5160",
    .name = "signed-bound",
    .title = "signed numbers are bounded from both sides",
    .guide = "Integer Overflow Protection",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no signed number that unsafe code relies on is bounded from above alone",
    .rule = &rule,
};
