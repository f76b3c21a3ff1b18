/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"
#include "checks/unsafe/shapes.h"

/* The reference that is taken to the static or to a part of it; 0: none, or a raw one. */
static rp_id reference_to(const rp_body *b, rp_id node)
{
    for (rp_id at = rp_body_parent(b, node); at != 0; at = rp_body_parent(b, at)) {
        rp_node_kind kind = rp_kind_of(b->ast, at);
        if (kind == RP_N_REF)
            return rp_node_has(b->ast, at, RP_Q_RAW) ? 0 : at;
        bool part = kind == RP_N_PAREN || kind == RP_N_FIELD_EXPR ||
                    (kind == RP_N_INDEX && rp_kid(b->ast, at, 0) == node);
        if (!part)
            return 0;
        node = at;
    }
    return 0;
}

/* `&X as *const T`, or where only a raw pointer is wanted, is an old way to write &raw const X. */
static bool becomes_pointer(const rp_body *b, rp_id reference)
{
    rp_id parent = rp_body_parent(b, reference);
    while (parent != 0 && rp_kind_of(b->ast, parent) == RP_N_PAREN)
        parent = rp_body_parent(b, parent);
    rp_id type =
        parent != 0 && rp_kind_of(b->ast, parent) == RP_N_CAST ? rp_kid(b->ast, parent, 1) : 0;
    return type != 0 && rp_kind_of(b->ast, type) == RP_N_TYPE_PTR;
}

/* CACHE.list.push(x): the call that the static, or a part of it, is lent to; 0: none. What is Copy
 * or a pointer is copied first, most often. */
static rp_id lent_to(const rp_body *b, rp_id node)
{
    for (rp_id at = rp_body_parent(b, node); at != 0; node = at, at = rp_body_parent(b, at)) {
        rp_node_kind kind = rp_kind_of(b->ast, at);
        rp_ty ty = kind == RP_N_METHOD_CALL ? rp_body_type(b, node) : 0;
        if (kind == RP_N_METHOD_CALL)
            return rp_kid(b->ast, at, 0) == node && ty != 0 && !rp_ty_is_copy(b->types, ty) ? at
                                                                                            : 0;
        bool part = kind == RP_N_PAREN || kind == RP_N_FIELD_EXPR ||
                    (kind == RP_N_INDEX && rp_kid(b->ast, at, 0) == node);
        if (!part)
            return 0;
    }
    return 0;
}

/* Methods of std's collections, strings and options that take &mut self. */
static bool changes(const rp_body *b, rp_id method)
{
    static const char *const names[] = {
        "push",    "push_str",      "pop",     "insert", "remove",
        "clear",   "extend",        "append",  "as_mut", "iter_mut",
        "get_mut", "get_or_insert", "replace", "take",   "get_or_insert_with"};
    const rp_type *of = rp_type_of(b->types, rp_body_type(b, rp_kid(b->ast, method, 0)));
    static const char *const types[] = {
        "std::vec::", "std::option::", "std::string::", "std::collections::"};
    bool known = false, named = false;
    for (size_t i = 0; of->kind == RP_TY_STD && i < RP_COUNT(types); i++)
        known |= rp_str_starts(of->name, types[i]);
    for (size_t i = 0; i < RP_COUNT(names); i++)
        named |= rp_str_is(rp_node_word(b->ast, method), names[i]);
    return known && named;
}

/* An unsafe function that says when it may be called: its callers see to it that it is alone. */
static bool is_told(const rp_body *b)
{
    const rp_def *d = rp_def_of(b->c, b->fn);
    return (d->flags & RP_DEF_UNSAFE) != 0 && rp_shape_tells_safety(b->ast, d->node);
}

static void look(rp_rule_run *run, const rp_body *b)
{
    for (uint32_t i = 0; i < b->ops.n; i++) {
        const rp_unsafe_op *op = &b->ops.items[i];
        bool is = op->kind == RP_UNSAFE_STATIC_MUT && op->sure;
        rp_id reference = is ? reference_to(b, op->node) : 0;
        rp_id method = is && reference == 0 ? lent_to(b, op->node) : 0;
        if (reference == 0 && method == 0)
            continue;
        bool writes = method != 0 ? changes(b, method) : rp_node_has(b->ast, reference, RP_Q_MUT);
        bool pointer = method == 0 && becomes_pointer(b, reference);
        reference = method != 0 ? method : reference;
        rp_rule_note *n = rp_rule_in(
            run, b, reference, writes && !pointer && !is_told(b) ? RP_RULE_LIKELY : RP_RULE_REVIEW,
            writes ? RP_STR("a mutable reference to a `static mut`: a second one, in whatever "
                            "thread or function, is undefined behaviour")
                   : RP_STR("a reference to a `static mut`: a write while it lives is undefined "
                            "behaviour"));
        rp_rule_step_at(run, n, b->file, op->node, RP_STR("the static that anybody may change"));
        if (n != NULL)
            n->fix = RP_STR("make it a Mutex, OnceLock, LazyLock or atomic without `mut`, or take "
                            "its address by `&raw`");
    }
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5116 = {
    .code = "RP5116",
    .name = "static-mut-reference",
    .title = "no reference is taken to a static that changes",
    .guide = "Unsafe Code Patterns",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no reference is taken to a static mut",
    .rule = &rule,
};
