/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"
#include "checks/unsafe/shapes.h"
#include "rust/attr.h"

/* Does the type say how its fields lie? */
static bool fixed(const rp_rust_crate *c, rp_def_id adt)
{
    const rp_ast *ast = rp_def_ast(c, adt);
    rp_id node = rp_def_of(c, adt)->node;
    for (rp_id a = 0; (a = rp_attr_named(ast, node, "repr", a)) != 0;)
        if (rp_attr_has_word(ast, a, "C") || rp_attr_has_word(ast, a, "transparent"))
            return true;
    return rp_attr_named(ast, node, "cfg_attr", 0) != 0; /* it may */
}

static bool collection(rp_str path)
{
    static const char *const names[] = {"std::vec::Vec",
                                        "std::collections::VecDeque",
                                        "std::collections::HashMap",
                                        "std::collections::HashSet",
                                        "std::collections::BTreeMap",
                                        "std::collections::BTreeSet",
                                        "std::collections::BinaryHeap"};
    for (size_t i = 0; i < RP_COUNT(names); i++)
        if (rp_str_is(path, names[i]))
            return true;
    return false;
}

static bool is_adt(const rp_rust_crate *c, const rp_type *t)
{
    rp_def_kind kind =
        t->kind == RP_TY_DEF ? (rp_def_kind)rp_def_of(c, t->def)->kind : RP_DEF_MODULE;
    return kind == RP_DEF_STRUCT || kind == RP_DEF_UNION;
}

/* Both by value, or both behind the same kind of pointer. */
static bool pair(const rp_types *t, rp_ty *a, rp_ty *b)
{
    while ((rp_ty_is(t, *a) == RP_TY_REF || rp_ty_is(t, *a) == RP_TY_RAW) &&
           rp_ty_is(t, *a) == rp_ty_is(t, *b)) {
        *a = rp_ty_arg(t, *a, 0);
        *b = rp_ty_arg(t, *b, 0);
    }
    return *a != 0 && *b != 0;
}

/* #[repr(transparent)] struct W { inner: T }: the same bits. */
static bool wraps(rp_types *t, rp_def_id outer, rp_def_id inner)
{
    const rp_def d = *rp_def_of(t->c, outer);
    const rp_ast *ast = rp_def_ast(t->c, outer);
    for (uint32_t i = RP_ADT_MEMBERS; fixed(t->c, outer) && i < rp_kids_count(ast, d.node); i++) {
        rp_id f = rp_kid(ast, d.node, i);
        if (rp_kind_of(ast, f) != RP_N_FIELD)
            continue;
        rp_ty ty = rp_ty_of_node(t, outer, d.file, rp_kid(ast, f, RP_FIELD_TYPE), NULL);
        if (rp_ty_is(t, ty) == RP_TY_DEF && rp_type_of(t, ty)->def == inner)
            return true;
    }
    return false;
}

static bool same_words(const rp_transmute *t, const rp_ast *ast)
{
    return t->from_node != 0 && t->to_node != 0 &&
           rp_str_eq(rp_node_text(ast, t->from_node), rp_node_text(ast, t->to_node));
}

/* The one of the two whose layout nobody fixed; empty: both are, or it is not known. */
static rp_str loose(rp_rule_run *run, rp_ty from, rp_ty to)
{
    rp_type one = *rp_type_of(run->types, from), other = *rp_type_of(run->types, to);
    const rp_type *a = &one, *b = &other;
    if (a->kind == RP_TY_STD && b->kind == RP_TY_STD && collection(a->name) &&
        rp_str_eq(a->name, b->name) && a->nargs != 0 && b->nargs != 0) {
        const rp_type *x = rp_type_of(run->types, a->args[0]);
        const rp_type *y = rp_type_of(run->types, b->args[0]);
        bool pointers = x->kind != RP_TY_PRIMITIVE && x->kind != RP_TY_DEF;
        bool differ = !pointers && x->kind != RP_TY_UNKNOWN && y->kind != RP_TY_UNKNOWN &&
                      (x->kind != y->kind || x->def != y->def || !rp_str_eq(x->name, y->name));
        return differ ? a->name : RP_STR("");
    }
    if (!is_adt(run->c, a) || !is_adt(run->c, b) || a->def == b->def ||
        wraps(run->types, a->def, b->def) || wraps(run->types, b->def, a->def))
        return RP_STR("");
    if (!fixed(run->c, a->def))
        return rp_def_of(run->c, a->def)->name;
    return fixed(run->c, b->def) ? RP_STR("") : rp_def_of(run->c, b->def)->name;
}

/* Vec<T>: where T is tested to be the other's type, as decoders do, they are the same. */
static bool of_parameter(const rp_rule_run *run, rp_ty ty)
{
    const rp_type *type = rp_type_of(run->types, ty);
    return type->kind == RP_TY_STD &&
           rp_ty_is(run->types, rp_ty_arg(run->types, ty, 0)) == RP_TY_PARAM;
}

static void look(rp_rule_run *run, const rp_body *body)
{
    rp_transmute t;
    for (uint32_t i = 0; i < body->calls.n; i++) {
        if (!rp_shape_transmute(run, body, i, &t) || same_words(&t, body->ast) ||
            !pair(run->types, &t.from, &t.to))
            continue;
        rp_str name = loose(run, t.from, t.to);
        if (name.len == 0)
            continue;
        rp_rule_note *n = rp_rule_in(
            run, body, t.call->node,
            of_parameter(run, t.from) || of_parameter(run, t.to) ? RP_RULE_REVIEW : RP_RULE_LIKELY,
            rp_arena_printf(run->arena,
                            "transmute trusts the layout of %.*s, which the compiler chooses anew "
                            "in every build",
                            RP_FMT(name)));
        if (n != NULL)
            n->fix = RP_STR("#[repr(C)] or #[repr(transparent)] on both types; for collections "
                            "from_raw_parts, or map and collect");
    }
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5157 = {
    .code = "RP5157",
    .name = "transmute-layout",
    .title = "transmute is between types whose layout is fixed",
    .guide = "Unsafe Code Patterns",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no transmute relies on a layout that nobody fixed",
    .rule = &rule,
};
