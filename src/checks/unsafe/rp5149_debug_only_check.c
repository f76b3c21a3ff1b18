/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"
#include "checks/unsafe/shapes.h"

/* p.write(value): the value may be any. */
static bool is_written(const rp_body *body, const rp_call *call, rp_id arg)
{
    rp_id to = call->method ? 0 : rp_kid(body->ast, call->node, RP_CALL_ARGS);
    return rp_str_starts(call->name, "write") && arg != to;
}

/* v.reserve(n): there is room for n. */
static bool has_room(const rp_body *body, const rp_call *before, rp_str name)
{
    for (const rp_call *c = body->calls.items; c < before; c++)
        if ((rp_str_starts(c->name, "reserve") || rp_str_starts(c->name, "with_capacity")) &&
            rp_shape_mentions(body->ast, c->node, name))
            return true;
    return false;
}

static bool one_call(rp_rule_run *run, const rp_body *body, const rp_call *call)
{
    for (uint32_t i = call->method ? RP_METHOD_ARGS : RP_CALL_ARGS;
         i < rp_kids_count(body->ast, call->node); i++) {
        rp_id arg = rp_kid(body->ast, call->node, i);
        rp_str name = rp_shape_name(body->ast, arg);
        if (name.len == 0 || is_written(body, call, arg) || has_room(body, call, name) ||
            rp_shape_tested(run, body, name, call->node) != RP_TESTED_IN_DEBUG)
            continue;
        bool given = rp_shape_param(body, name) != 0 && rp_shape_public_and_safe(body);
        rp_rule_note *n = rp_rule_in(
            run, body, call->node, given ? RP_RULE_CONFIRMED : RP_RULE_REVIEW,
            rp_arena_printf(run->arena,
                            "%.*s goes into %.*s and is checked by a debug assertion only: release "
                            "builds do not",
                            RP_FMT(name), RP_FMT(call->name)));
        if (n != NULL)
            n->fix = RP_STR("assert! instead of debug_assert!, or make the function unsafe");
        return true;
    }
    return false;
}

static void look(rp_rule_run *run, const rp_body *body)
{
    if ((rp_def_of(run->c, body->fn)->flags & RP_DEF_UNSAFE) == 0)
        rp_shape_ask(run, body, rp_shape_block_call, one_call);
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5149 = {
    .code = "RP5149",
    .name = "debug-only-check",
    .title = "no safety condition is checked in debug builds only",
    .guide = "Debug vs Release Builds",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no safety condition is checked in debug builds only",
    .rule = &rule,
};
