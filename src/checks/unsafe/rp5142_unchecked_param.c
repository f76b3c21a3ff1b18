/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"
#include "checks/unsafe/shapes.h"

static bool is_number(const rp_rule_run *run, rp_ty ty)
{
    const rp_type *t = rp_type_of(run->types, ty);
    return t->kind == RP_TY_PRIMITIVE &&
           (rp_str_is(t->name, "usize") || rp_str_is(t->name, "isize") ||
            rp_str_is(t->name, "u64") || rp_str_is(t->name, "u32") || rp_str_is(t->name, "i32") ||
            rp_str_is(t->name, "u16") || rp_str_is(t->name, "i64"));
}

/* The parameter that the expression is made of by casts, sums and products; empty: none. */
static rp_str source_of(const rp_body *body, rp_id expr)
{
    for (unsigned i = 0; expr != 0 && i < 16; i++) {
        expr = rp_shape_bare(body->ast, expr);
        unsigned op = rp_kind_of(body->ast, expr) == RP_N_BINARY ? rp_node_of(body->ast, expr)->aux
                                                                 : RP_OP_NONE;
        if (op != RP_OP_ADD && op != RP_OP_MUL)
            break;
        rp_id left = rp_kid(body->ast, expr, 0);
        bool plain = rp_shape_param(body, rp_shape_name(body->ast, left)) != 0;
        expr = plain ? left : rp_kid(body->ast, expr, 1);
    }
    return expr != 0 ? rp_shape_name(body->ast, expr) : RP_STR("");
}

static bool utf8(const rp_call *call)
{
    return call->std != NULL && (call->std->safety & RP_SAFETY_UTF8) != 0;
}

/* Does the parameter matter to what the call asks for? */
static bool matters(rp_rule_run *run, const rp_body *body, const rp_call *call, rp_id type)
{
    rp_ty ty = rp_ty_of_node(run->types, body->fn, body->file, type, NULL);
    bool bytes = rp_ty_is(run->types, ty) == RP_TY_REF &&
                 rp_ty_is(run->types, rp_ty_arg(run->types, ty, 0)) == RP_TY_SLICE;
    bool bounds =
        call->std != NULL && (call->std->safety & (RP_SAFETY_IN_BOUNDS | RP_SAFETY_CAPACITY)) != 0;
    return (bounds && is_number(run, ty)) || (utf8(call) && bytes);
}

/* Vec<MaybeUninit<T>> may be as long as it has room. */
static bool maybe_elements(const rp_rule_run *run, const rp_body *body, const rp_call *call)
{
    rp_ty of = call->method ? rp_ty_peel(run->types, call->receiver) : 0;
    const rp_type *element = rp_type_of(run->types, rp_ty_arg(run->types, of, 0));
    return rp_shape_mentions(body->ast, body->root, RP_STR("MaybeUninit")) ||
           (element->kind == RP_TY_STD && rp_str_is(element->name, "std::mem::MaybeUninit"));
}

/* p.write_bytes(0, n), copy(a, b, n): as many as the length grows by. */
static bool written_before(const rp_body *body, const rp_call *set_len, rp_str name)
{
    static const char *const fills[] = {"write_bytes",
                                        "copy",
                                        "copy_nonoverlapping",
                                        "copy_from",
                                        "copy_from_nonoverlapping",
                                        "copy_to",
                                        "copy_to_nonoverlapping"};
    for (const rp_call *c = body->calls.items; c < set_len; c++)
        for (size_t i = 0; i < RP_COUNT(fills); i++)
            if (rp_str_is(c->name, fills[i]) && rp_shape_mentions(body->ast, c->node, name))
                return true;
    return false;
}

/* fill(v.as_mut_ptr(), n): a function that is not std's is told where, and how many. */
static bool filled_by(const rp_body *body, const rp_call *call, rp_str name)
{
    return call->kind != RP_RES_STD && !call->value &&
           rp_shape_mentions(body->ast, call->node, RP_STR("as_mut_ptr")) &&
           rp_shape_mentions(body->ast, call->node, name);
}

/* Vec::with_capacity(n), fill(v.as_mut_ptr(), n), v.set_len(n) */
static bool made_and_filled(const rp_body *body, const rp_call *set_len, rp_str name)
{
    bool room = false, filled = false;
    for (const rp_call *c = body->calls.items; c < body->calls.items + body->calls.n; c++) {
        if (rp_node_of(body->ast, c->node)->first >= rp_node_of(body->ast, set_len->node)->first)
            continue;
        bool makes = rp_str_starts(c->name, "with_capacity") || rp_str_starts(c->name, "reserve");
        room |= makes && rp_shape_mentions(body->ast, c->node, name);
        filled |= filled_by(body, c, name);
    }
    return room && filled;
}

static void report(rp_rule_run *run, const rp_body *body, const rp_call *call, rp_id arg,
                   rp_str name, rp_id type)
{
    rp_rule_note *n = rp_rule_in(
        run, body, call->node, rp_shape_public_and_safe(body) ? RP_RULE_LIKELY : RP_RULE_REVIEW,
        rp_arena_printf(run->arena, "a safe function hands its parameter %.*s to %.*s unseen",
                        RP_FMT(name), RP_FMT(call->path)));
    rp_rule_step_at(run, n, body->file, type, RP_STR("safe code may pass any value here"));
    rp_rule_step_at(run, n, body->file, arg, RP_STR("nothing on the way looks at it"));
    for (uint32_t bit = 0; bit < RP_SAFETY_BITS; bit++)
        if (call->std != NULL && (call->std->safety >> bit & 1) != 0)
            rp_rule_step_at(
                run, n, body->file, call->node,
                rp_arena_printf(run->arena, "the call asks that %s", rp_safety_text(1u << bit)));
    if (n != NULL)
        n->fix = RP_STR("check it (assert!, get, checked arithmetic), or make the function unsafe");
}

static bool one_call(rp_rule_run *run, const rp_body *body, const rp_call *call)
{
    for (uint32_t i = call->method ? RP_METHOD_ARGS : RP_CALL_ARGS;
         i < rp_kids_count(body->ast, call->node); i++) {
        rp_id arg = rp_kid(body->ast, call->node, i);
        rp_str name = source_of(body, arg);
        rp_id type = rp_shape_param(body, name);
        bool filled = rp_str_is(call->name, "set_len") &&
                      (maybe_elements(run, body, call) || written_before(body, call, name) ||
                       made_and_filled(body, call, name));
        if (type == 0 || filled || !matters(run, body, call, type) ||
            rp_shape_tested(run, body, name, call->node) == RP_TESTED)
            continue;
        report(run, body, call, arg, name, type);
        return true;
    }
    return false;
}

static void look(rp_rule_run *run, const rp_body *body)
{
    if (rp_shape_pub_and_safe(body))
        rp_shape_ask(run, body, rp_shape_block_call, one_call);
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5142 = {
    .code = "RP5142",
    .name = "unchecked-param",
    .title = "no safe function hands its parameter to an unsafe one unseen",
    .guide = "Unsafe Code Patterns",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no safe public function hands a parameter to an unsafe one unseen",
    .rule = &rule,
};
