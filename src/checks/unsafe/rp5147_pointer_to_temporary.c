/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"

static bool makes_owner(const rp_call *call)
{
    static const char *const paths[] = {
        "std::ffi::CString::new",       "std::ffi::c_str::CString::new",
        "std::string::String::from",    "std::string::String::new",
        "std::boxed::Box::new",         "std::vec::Vec::new",
        "std::vec::Vec::with_capacity", "std::vec::Vec::from"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (rp_str_is(call->path, paths[i]))
            return true;
    return call->method && (rp_str_is(call->name, "to_string") || rp_str_is(call->name, "to_vec") ||
                            rp_str_is(call->name, "into_bytes"));
}

/* Methods that give what the receiver holds. */
static bool hands_on(rp_str name)
{
    return rp_str_is(name, "unwrap") || rp_str_is(name, "expect") ||
           rp_str_is(name, "unwrap_or_default") || rp_str_is(name, "as_bytes") ||
           rp_str_is(name, "as_c_str") || rp_str_is(name, "as_slice") || rp_str_is(name, "as_str");
}

/* The expression that makes the owner; 0: it is no temporary, or not known to be one. */
static rp_id temporary(const rp_body *body, rp_id expr)
{
    for (unsigned i = 0; expr != 0 && i < 16; i++) {
        rp_node_kind kind = rp_kind_of(body->ast, expr);
        const rp_call *call = rp_body_call(body, expr);
        rp_str name = kind == RP_N_MACRO_CALL && rp_kid(body->ast, expr, 0) != 0
                          ? rp_node_word(body->ast, rp_kid(body->ast, expr, 0))
                          : RP_STR("");
        if (rp_str_is(name, "format") || rp_str_is(name, "vec") ||
            (call != NULL && makes_owner(call)))
            return expr;
        bool on = kind == RP_N_PAREN || kind == RP_N_TRY ||
                  (call != NULL && call->method && hands_on(call->name));
        expr = on ? rp_kid(body->ast, expr, 0) : 0;
    }
    return 0;
}

/* Does the value of the expression stay when its statement has ended? */
static bool stays(const rp_body *body, rp_id node)
{
    for (unsigned i = 0; i < 32; i++) {
        rp_id up = rp_body_parent(body, node);
        rp_node_kind kind = up != 0 ? rp_kind_of(body->ast, up) : RP_N_NONE;
        if (kind == RP_N_LET)
            return rp_kid(body->ast, up, RP_LET_INIT) == node;
        if (kind == RP_N_ASSIGN)
            return rp_kid(body->ast, up, 1) == node;
        if (kind == RP_N_RETURN)
            return true;
        if (kind == RP_N_EXPR_STMT)
            return !rp_node_has(body->ast, up, RP_Q_SEMI) && rp_body_parent(body, up) == body->root;
        if (kind != RP_N_PAREN && kind != RP_N_CAST && kind != RP_N_STRUCT_EXPR &&
            kind != RP_N_FIELD_INIT && kind != RP_N_TUPLE && kind != RP_N_ARRAY)
            return false;
        node = up;
    }
    return false;
}

static void look(rp_rule_run *run, const rp_body *body)
{
    for (uint32_t i = 0; i < body->calls.n; i++) {
        const rp_call *call = &body->calls.items[i];
        bool pointer = call->method &&
                       (rp_str_is(call->name, "as_ptr") || rp_str_is(call->name, "as_mut_ptr"));
        rp_id from = pointer && stays(body, call->node)
                         ? temporary(body, rp_kid(body->ast, call->node, 0))
                         : 0;
        if (from == 0)
            continue;
        rp_rule_note *n =
            rp_rule_in(run, body, call->node, RP_RULE_CONFIRMED,
                       RP_STR("the pointer is kept, and what it points into is dropped "
                              "at the end of the statement"));
        rp_rule_step_at(run, n, body->file, from, RP_STR("the temporary that owns the memory"));
        if (n != NULL)
            n->fix =
                RP_STR("give the owner a name first: let owner = ...; let p = owner.as_ptr();");
    }
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5147 = {
    .code = "RP5147",
    .name = "pointer-to-temporary",
    .title = "no pointer outlives the temporary it points into",
    .guide = "Unsafe Code Patterns",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no pointer is kept that points into a temporary",
    .rule = &rule,
};
