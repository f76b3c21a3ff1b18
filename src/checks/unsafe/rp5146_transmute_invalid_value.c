/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"
#include "checks/unsafe/shapes.h"

static bool is_number(const rp_type *t)
{
    bool word =
        rp_str_is(t->name, "bool") || rp_str_is(t->name, "char") || rp_str_is(t->name, "str");
    return t->kind == RP_TY_PRIMITIVE && !word;
}

/* Bytes or numbers: any bits are a value of them. */
static bool is_plain(const rp_rule_run *run, rp_ty ty)
{
    const rp_type *t = rp_type_of(run->types, ty);
    if (t->kind == RP_TY_REF || t->kind == RP_TY_ARRAY || t->kind == RP_TY_SLICE)
        t = rp_type_of(run->types, rp_ty_arg(run->types, ty, 0));
    if (t->kind == RP_TY_SLICE || t->kind == RP_TY_ARRAY)
        return t->nargs != 0 && is_number(rp_type_of(run->types, t->args[0]));
    return is_number(t);
}

/* What it may be wrong as; NULL: any bits are fine, or it is not known. */
static const char *invalid_as(const rp_rule_run *run, rp_ty ty)
{
    const rp_type *t = rp_type_of(run->types, ty);
    if (t->kind == RP_TY_REF)
        t = rp_type_of(run->types, rp_ty_arg(run->types, ty, 0));
    if (t->kind == RP_TY_PRIMITIVE && rp_str_is(t->name, "bool"))
        return "bool is 0 or 1";
    if (t->kind == RP_TY_PRIMITIVE && rp_str_is(t->name, "char"))
        return "not every number is a char";
    if (t->kind == RP_TY_PRIMITIVE && rp_str_is(t->name, "str"))
        return "str is UTF-8";
    if (t->kind == RP_TY_STD && rp_str_starts(t->name, "std::num::NonZero"))
        return "NonZero is not 0";
    if (t->kind == RP_TY_DEF && rp_def_of(run->c, t->def)->kind == RP_DEF_ENUM)
        return "an enum has no values but its variants";
    return NULL;
}

static void look(rp_rule_run *run, const rp_body *body)
{
    rp_transmute t;
    for (uint32_t i = 0; i < body->calls.n; i++) {
        if (!rp_shape_transmute(run, body, i, &t) || !is_plain(run, t.from))
            continue;
        const char *why = invalid_as(run, t.to);
        if (why == NULL)
            continue;
        rp_str name = rp_shape_name(body->ast, t.value);
        bool is_unsafe = (rp_def_of(run->c, body->fn)->flags & RP_DEF_UNSAFE) != 0;
        /* what does not come from the caller may come from what made it */
        bool given = rp_shape_param(body, name) != 0;
        bool tested = !given || rp_shape_tested(run, body, name, t.call->node) != RP_UNTESTED;
        rp_rule_note *n = rp_rule_in(
            run, body, t.call->node, is_unsafe || tested ? RP_RULE_REVIEW : RP_RULE_LIKELY,
            rp_arena_printf(run->arena, "transmute makes a value that may be invalid: %s", why));
        if (name.len != 0 && !tested)
            rp_rule_step_at(run, n, body->file, t.value,
                            RP_STR("nothing before this looks at the value"));
        if (n != NULL)
            n->fix = RP_STR("convert with a check: TryFrom, char::from_u32, str::from_utf8, "
                            "NonZero::new, a match");
    }
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5146 = {
    .code = "RP5146",
    .name = "transmute-invalid-value",
    .title = "no transmute makes a value that may be invalid",
    .guide = "Minimizing Unsafe Scope",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no transmute makes an enum, bool, char, string or non-zero number of plain bytes",
    .rule = &rule,
};
