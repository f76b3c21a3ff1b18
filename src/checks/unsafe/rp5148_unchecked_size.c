/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"
#include "checks/unsafe/shapes.h"

enum { MAX_QUESTIONS = 64 };

/* What trusts its number with memory: the argument's place, -1: none. */
static int size_place(const rp_call *call)
{
    static const struct {
        const char *path;
        int place;
    } rows[] = {
        {"std::alloc::Layout::from_size_align", 0},
        {"std::alloc::Layout::from_size_align_unchecked", 0},
        {"std::alloc::realloc", 2},
        {"std::ptr::slice_from_raw_parts", 1},
        {"std::ptr::slice_from_raw_parts_mut", 1},
        {"std::slice::from_raw_parts", 1},
        {"std::slice::from_raw_parts_mut", 1},
        {"std::vec::Vec::set_len", 0},
    };
    for (size_t i = 0; call->kind == RP_RES_STD && i < RP_COUNT(rows); i++)
        if (rp_str_is(call->path, rows[i].path))
            return rows[i].place;
    return -1;
}

/* The product in the argument: by name, when it is that of a local `let`; 0: none. */
static rp_id product(const rp_body *body, rp_id expr)
{
    expr = rp_shape_bare(body->ast, expr);
    bool binary = expr != 0 && rp_kind_of(body->ast, expr) == RP_N_BINARY;
    return binary && rp_node_of(body->ast, expr)->aux == RP_OP_MUL ? expr : 0;
}

/* A factor that the caller of a safe function gives, and nothing looks at. */
static rp_id free_factor(rp_rule_run *run, const rp_body *body, rp_id mul, rp_id before)
{
    for (uint32_t i = 0; i < 2; i++) {
        rp_id side = rp_kid(body->ast, mul, i);
        rp_id deeper = product(body, side);
        rp_id found = deeper != 0 ? free_factor(run, body, deeper, before) : 0;
        if (found != 0)
            return found;
        rp_str name = rp_shape_name(body->ast, side);
        rp_id type = rp_shape_param(body, name);
        if (type != 0 && rp_kind_of(body->ast, type) == RP_N_PATH_TYPE &&
            rp_shape_tested(run, body, name, before) != RP_TESTED)
            return side;
    }
    return 0;
}

static void look(rp_rule_run *run, const rp_body *body)
{
    uint32_t asked = 0;
    bool is_unsafe = (rp_def_of(body->c, body->fn)->flags & RP_DEF_UNSAFE) != 0;
    for (uint32_t i = 0; i < body->calls.n && asked < MAX_QUESTIONS; i++) {
        const rp_call *call = &body->calls.items[i];
        int place = size_place(call);
        uint32_t first = call->method ? (uint32_t)RP_METHOD_ARGS : (uint32_t)RP_CALL_ARGS;
        rp_id arg = place >= 0 ? rp_kid(body->ast, call->node, first + (uint32_t)place) : 0;
        rp_id mul = arg != 0 ? product(body, arg) : 0;
        if (mul == 0)
            continue;
        asked++;
        rp_id factor = free_factor(run, body, mul, call->node);
        if (factor == 0)
            continue;
        rp_rule_note *n = rp_rule_in(
            run, body, mul,
            is_unsafe || !rp_shape_public_and_safe(body) ? RP_RULE_REVIEW : RP_RULE_LIKELY,
            RP_STR("the size of raw memory is a product that may wrap around"));
        rp_rule_step_at(run, n, body->file, factor,
                        RP_STR("this is whatever the caller gives: nothing looks at it"));
        rp_rule_step_at(run, n, body->file, call->node, RP_STR("this trusts the product"));
        if (n != NULL)
            n->fix = RP_STR("checked_mul, or Layout::array, and an error when it fails");
    }
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5148 = {
    .code = "RP5148",
    .name = "unchecked-size",
    .title = "sizes of raw memory are computed with a check",
    .guide = "Integer Overflow Protection",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no size of raw memory is a product that may wrap around",
    .rule = &rule,
};
