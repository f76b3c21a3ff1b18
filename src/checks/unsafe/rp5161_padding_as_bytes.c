/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"
#include "checks/unsafe/shapes.h"
#include "rust/attr.h"

enum { MAX_FIELDS = 256, MAX_IN_ONE_ANOTHER = 8 };

/* ---- does every value of a type have padding ---- */

/* Bytes; align 0: not known. */
typedef struct {
    uint64_t size, align, used; /* used: bytes that belong to a field */
} extent;

static extent extent_of(rp_types *t, rp_ty ty, unsigned depth);

static extent of_integer(rp_str name)
{
    static const struct {
        const char *name;
        unsigned size;
    } rows[] = {{"u8", 1},  {"i8", 1},  {"bool", 1}, {"u16", 2}, {"i16", 2}, {"u32", 4},
                {"i32", 4}, {"f32", 4}, {"char", 4}, {"u64", 8}, {"i64", 8}, {"f64", 8}};
    for (size_t i = 0; i < RP_COUNT(rows); i++)
        if (rp_str_is(name, rows[i].name))
            return (extent){rows[i].size, rows[i].size, rows[i].size};
    return (extent){0, 0, 0}; /* usize, u128: not on every target the same */
}

static bool orders_fields(const rp_ast *ast, rp_id node, bool *ret_unknown)
{
    bool c = false;
    for (rp_id a = 0; (a = rp_attr_named(ast, node, "repr", a)) != 0;) {
        c |= rp_attr_has_word(ast, a, "C");
        *ret_unknown |= rp_attr_has_word(ast, a, "packed") || rp_attr_has_word(ast, a, "align");
    }
    *ret_unknown |= rp_attr_named(ast, node, "cfg_attr", 0) != 0;
    return c;
}

static uint64_t round_up(uint64_t n, uint64_t align)
{
    return (n + align - 1) / align * align;
}

/* Fields in their order where repr(C) says so; else without a hole between them: the compiler may
 * not do better than that. */
static extent of_struct(rp_types *t, rp_def_id def, unsigned depth)
{
    const rp_def d = *rp_def_of(t->c, def);
    const rp_ast *ast = rp_def_ast(t->c, def);
    extent sum = {0, 1, 0}, unknown = {0, 0, 0};
    bool odd = false, in_order = orders_fields(ast, d.node, &odd);
    uint32_t n = rp_kids_count(ast, d.node);
    if (d.kind != RP_DEF_STRUCT || odd || n > MAX_FIELDS)
        return unknown;
    for (uint32_t i = RP_ADT_MEMBERS; i < n; i++) {
        rp_id f = rp_kid(ast, d.node, i);
        extent e =
            rp_kind_of(ast, f) == RP_N_FIELD
                ? extent_of(t, rp_ty_of_node(t, def, d.file, rp_kid(ast, f, RP_FIELD_TYPE), NULL),
                            depth + 1)
                : unknown;
        if (e.align == 0)
            return unknown;
        sum.size = (in_order ? round_up(sum.size, e.align) : sum.size) + e.size;
        sum.used += e.used;
        sum.align = e.align > sum.align ? e.align : sum.align;
    }
    sum.size = round_up(sum.size, sum.align);
    return sum;
}

static extent extent_of(rp_types *t, rp_ty ty, unsigned depth)
{
    const rp_type *type = rp_type_of(t, ty);
    if (type->kind == RP_TY_PRIMITIVE)
        return of_integer(type->name);
    if (type->kind == RP_TY_DEF && type->nargs == 0 && depth < MAX_IN_ONE_ANOTHER)
        return of_struct(t, type->def, depth);
    return (extent){0, 0, 0};
}

/* ---- may a type parameter be one with padding ---- */

/* A bound that another trait than std's is in: it may ask for types without padding. */
static bool asks_more(rp_rust_crate *c, rp_def_id scope, rp_id bounds)
{
    const rp_ast *ast = rp_def_ast(c, scope);
    for (uint32_t i = 0; bounds != 0 && i < rp_kids_count(ast, bounds); i++) {
        rp_id b = rp_kid(ast, bounds, i);
        rp_id path = rp_kind_of(ast, b) == RP_N_BOUND ? rp_kid(ast, b, RP_BOUND_PATH) : 0;
        if (path == 0 || !rp_is_path(rp_kind_of(ast, path)))
            continue;
        rp_res r = rp_resolve_path(c, scope, rp_def_of(c, scope)->file, path, RP_NS_TYPE);
        if (r.kind != RP_RES_STD)
            return true;
    }
    return false;
}

/* What says that a value of the type may have padding; NULL: nothing does. */
static const char *padded(rp_rule_run *run, const rp_body *body, rp_ty ty, rp_rule_confidence *ret)
{
    const rp_type type = *rp_type_of(run->types, ty);
    if (type.kind == RP_TY_DEF) {
        extent e = extent_of(run->types, ty, 0);
        *ret = RP_RULE_CONFIRMED;
        return e.align != 0 && e.used < e.size ? "its fields leave holes between or behind them"
                                               : NULL;
    }
    *ret = rp_shape_public_and_safe(body) ? RP_RULE_LIKELY : RP_RULE_REVIEW;
    bool any = type.kind == RP_TY_PARAM && type.name.len != 0 && !rp_str_is(type.name, "Self") &&
               !rp_param_asks(run->c, body->fn, type.name, asks_more);
    return any ? "the caller chooses it, and it may be one with padding" : NULL;
}

/* ---- from_raw_parts(p as *const u8, size_of::<T>()) ---- */

/* What the pointer led to before casts made it one to bytes. */
static rp_ty pointee(const rp_body *body, rp_id expr)
{
    expr = rp_shape_bare(body->ast, expr);
    while (expr != 0 && rp_kind_of(body->ast, expr) == RP_N_METHOD_CALL &&
           rp_str_is(rp_node_word(body->ast, expr), "cast"))
        expr = rp_shape_bare(body->ast, rp_kid(body->ast, expr, 0));
    rp_ty ty = expr != 0 ? rp_body_type(body, expr) : 0;
    rp_ty_kind kind = rp_ty_is(body->types, ty);
    ty = kind == RP_TY_RAW || kind == RP_TY_REF ? rp_ty_arg(body->types, ty, 0) : 0;
    while (rp_ty_is(body->types, ty) == RP_TY_SLICE || rp_ty_is(body->types, ty) == RP_TY_ARRAY)
        ty = rp_ty_arg(body->types, ty, 0);
    return ty;
}

static bool is_byte_slice(const rp_body *body, const rp_call *call)
{
    if (call->kind != RP_RES_STD || !(rp_str_is(call->path, "std::slice::from_raw_parts") ||
                                      rp_str_is(call->path, "std::slice::from_raw_parts_mut")))
        return false;
    rp_id p = rp_kid(body->ast, call->node, RP_CALL_ARGS);
    rp_ty of = rp_ty_arg(body->types, rp_body_type(body, p), 0);
    return rp_str_is(rp_type_of(body->types, of)->name, "u8") &&
           rp_shape_says_size(body, rp_kid(body->ast, call->node, RP_CALL_ARGS + 1));
}

static void look(rp_rule_run *run, const rp_body *body)
{
    if ((rp_def_of(run->c, body->fn)->flags & RP_DEF_UNSAFE) != 0)
        return;
    for (uint32_t i = 0; i < body->calls.n; i++) {
        const rp_call *call = &body->calls.items[i];
        if (!is_byte_slice(body, call))
            continue;
        rp_rule_confidence confidence;
        rp_ty ty = pointee(body, rp_kid(body->ast, call->node, RP_CALL_ARGS));
        const char *why = padded(run, body, ty, &confidence);
        if (why == NULL)
            continue;
        rp_rule_note *n = rp_rule_in(
            run, body, call->node, confidence,
            rp_arena_printf(run->arena, "bytes of a value are read that nobody wrote: %s", why));
        if (n != NULL)
            n->fix = RP_STR("a trait like zerocopy's IntoBytes or bytemuck's NoUninit as a bound, "
                            "or write the fields one by one");
    }
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5161 = {
    .code = "RP5161",
    .name = "padding-as-bytes",
    .title = "no value with padding is read as bytes",
    .guide = "Unsafe Code Patterns",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no value with padding is read as bytes",
    .rule = &rule,
};
