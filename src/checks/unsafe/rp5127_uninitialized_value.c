/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/unsafe/made_value.h"
#include "rust/closed.h"

static bool is_maybe(const rp_body *b, rp_ty ty)
{
    const rp_type *type = rp_type_of(b->types, ty);
    if (type->kind == RP_TY_ARRAY)
        type = rp_type_of(b->types, rp_ty_arg(b->types, ty, 0));
    bool unit = type->kind == RP_TY_TUPLE && type->nargs == 0;
    return unit || (type->kind == RP_TY_STD && rp_str_is(type->name, "std::mem::MaybeUninit"));
}

/* MaybeUninit::uninit().assume_init() */
static bool assumed(const rp_body *b, const rp_call *call)
{
    rp_id receiver = call->method ? rp_kid(b->ast, call->node, 0) : 0;
    const rp_call *from = receiver != 0 ? rp_body_call(b, receiver) : NULL;
    return rp_str_is(call->name, "assume_init") && from != NULL &&
           rp_str_is(from->path, "std::mem::MaybeUninit::uninit");
}

/* Types whose values are not just any bytes: those of a parameter may be, of others surely. */
static bool forbids(const rp_body *b, rp_ty ty)
{
    const rp_type *type = rp_type_of(b->types, ty);
    bool is_bool = type->kind == RP_TY_PRIMITIVE &&
                   (rp_str_is(type->name, "bool") || rp_str_is(type->name, "char"));
    return is_bool || rp_never_zero(b, ty);
}

/* T, [T; N]: who chooses the type chooses one that forbids some bytes. */
static bool is_chosen(const rp_body *b, rp_ty ty)
{
    while (rp_ty_is(b->types, ty) == RP_TY_ARRAY)
        ty = rp_ty_arg(b->types, ty, 0);
    const rp_type *type = rp_type_of(b->types, ty);
    bool any = type->kind == RP_TY_PARAM || type->kind == RP_TY_ASSOC;
    return any && !rp_ty_is_copy(b->types, ty) &&
           !(type->kind == RP_TY_PARAM && rp_param_is_closed(b->c, type->def, type->name));
}

static void look(rp_rule_run *run, const rp_body *body)
{
    for (uint32_t i = 0; i < body->calls.n; i++) {
        const rp_call *call = &body->calls.items[i];
        bool old = call->kind == RP_RES_STD && rp_str_is(call->path, "std::mem::uninitialized");
        if (!old && !assumed(body, call))
            continue;
        rp_ty ty = rp_made_type(body, call->node);
        if (is_maybe(body, ty))
            continue;
        bool bad = forbids(body, ty);
        rp_rule_confidence chosen = is_chosen(body, ty) ? RP_RULE_LIKELY : RP_RULE_REVIEW;
        rp_rule_note *n = rp_rule_in(run, body, call->node, bad ? RP_RULE_CONFIRMED : chosen,
                                     bad ? RP_STR("a value is made of memory that nobody wrote to, "
                                                  "and its type forbids some bytes")
                                         : RP_STR("a value is made of memory that nobody wrote "
                                                  "to"));
        if (n != NULL)
            n->fix = RP_STR("keep it in MaybeUninit until it is written; for arrays, from_fn");
    }
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5127 = {
    .code = "RP5127",
    .name = "uninitialized-value",
    .title = "values are initialized",
    .guide = "Unsafe Code Patterns",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no value is made of memory that nobody wrote to",
    .rule = &rule,
};
