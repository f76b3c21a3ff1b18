/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"
#include "checks/unsafe/shapes.h"
#include "rust/attr.h"

/* The derive that makes values of any fields; empty: none. */
static rp_str deriving(const rp_ast *ast, rp_id adt)
{
    static const char *const names[] = {
        "Deserialize", "BorshDeserialize",      "Decode", "BinRead", "FromBytes", "Pod", "DeRon",
        "DeJson",      "MessagePackDeserialize"};
    for (rp_id a = 0; (a = rp_attr_named(ast, adt, "derive", a)) != 0;)
        for (size_t i = 0; i < RP_COUNT(names); i++)
            if (rp_attr_has_word(ast, a, names[i]))
                return rp_str_from(names[i]);
    return RP_STR("");
}

/* self.field, by value, in an argument: the field's name. */
static rp_str field_in(const rp_body *body, rp_id expr)
{
    for (unsigned i = 0; expr != 0 && i < 16; i++) {
        expr = rp_shape_bare(body->ast, expr);
        rp_node_kind kind = rp_kind_of(body->ast, expr);
        rp_id left = rp_kid(body->ast, expr, 0);
        if (kind == RP_N_FIELD_EXPR && left != 0 &&
            rp_str_is(rp_node_text(body->ast, left), "self"))
            return rp_node_word(body->ast, expr);
        if (kind != RP_N_BINARY && kind != RP_N_FIELD_EXPR)
            break;
        expr = kind == RP_N_BINARY && rp_kind_of(body->ast, left) == RP_N_LIT
                   ? rp_kid(body->ast, expr, 1)
                   : left;
    }
    return RP_STR("");
}

static bool trusts(const rp_call *call)
{
    return call->std != NULL &&
           (call->std->safety & (RP_SAFETY_IN_BOUNDS | RP_SAFETY_CAPACITY | RP_SAFETY_UTF8)) != 0;
}

static rp_def_id adt_of(const rp_body *body)
{
    rp_ty self = rp_ty_self(body->types, body->fn, NULL);
    return rp_ty_is(body->types, self) == RP_TY_DEF ? rp_type_of(body->types, self)->def : 0;
}

static void report(rp_rule_run *run, const rp_body *body, const rp_call *call, rp_id arg,
                   rp_str field)
{
    rp_def_id adt = adt_of(body);
    rp_str derive = deriving(rp_def_ast(run->c, adt), rp_def_of(run->c, adt)->node);
    rp_rule_note *n =
        rp_rule_in(run, body, call->node, RP_RULE_LIKELY,
                   rp_arena_printf(run->arena,
                                   "an unsafe call relies on the field %.*s, which derive(%.*s) "
                                   "fills in from outside",
                                   RP_FMT(field), RP_FMT(derive)));
    rp_rule_step_at(run, n, body->file, arg, RP_STR("nothing in this function looks at it"));
    rp_rule_step_at(run, n, rp_def_of(run->c, adt)->file, rp_def_of(run->c, adt)->node,
                    RP_STR("any input becomes a value of this type"));
    if (n != NULL)
        n->fix = RP_STR("check the fields while reading them (try_from, a hand-written impl), or "
                        "in the function");
}

static bool one_call(rp_rule_run *run, const rp_body *body, const rp_call *call)
{
    for (uint32_t i = call->method ? RP_METHOD_ARGS : RP_CALL_ARGS;
         i < rp_kids_count(body->ast, call->node); i++) {
        rp_id arg = rp_kid(body->ast, call->node, i);
        rp_str field = field_in(body, arg);
        if (field.len == 0 || rp_shape_tested(run, body, field, call->node) == RP_TESTED)
            continue;
        report(run, body, call, arg, field);
        return true;
    }
    return false;
}

static void look(rp_rule_run *run, const rp_body *body)
{
    rp_def_id adt = adt_of(body);
    bool is_unsafe = (rp_def_of(body->c, body->fn)->flags & RP_DEF_UNSAFE) != 0;
    if (adt == 0 || is_unsafe ||
        deriving(rp_def_ast(run->c, adt), rp_def_of(run->c, adt)->node).len == 0)
        return;
    for (uint32_t i = 0; i < body->ops.n; i++) {
        const rp_unsafe_op *op = &body->ops.items[i];
        const rp_call *call = op->call != 0 && op->sure ? &body->calls.items[op->call - 1] : NULL;
        if (call != NULL && trusts(call) && one_call(run, body, call))
            return;
    }
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5153 = {
    .code = "RP5153",
    .name = "derived-construction",
    .title = "what unsafe code relies on is not filled in by a derive",
    .guide = "Input Validation",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no unsafe call relies on a field that a derive fills in from outside",
    .rule = &rule,
};
