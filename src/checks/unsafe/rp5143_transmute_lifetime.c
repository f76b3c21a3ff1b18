/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"
#include "checks/unsafe/shapes.h"

/* The next token from i on that is no lifetime; *ret_life is set when one was passed that is not
 * the same as the other type's. */
static uint32_t past_lifetimes(const rp_tokens *t, uint32_t i, uint32_t end)
{
    while (i < end && t->kind[i] == RP_T_LIFETIME)
        i++;
    return i;
}

/* Do two types differ in lifetimes and in nothing else? */
static bool only_lifetimes(const rp_ast *ast, rp_id a, rp_id b)
{
    const rp_tokens *t = ast->tokens;
    uint32_t i = rp_node_of(ast, a)->first, iend = rp_node_of(ast, a)->last + 1;
    uint32_t j = rp_node_of(ast, b)->first, jend = rp_node_of(ast, b)->last + 1;
    bool other = false;
    for (;;) {
        uint32_t k = past_lifetimes(t, i, iend), l = past_lifetimes(t, j, jend);
        other |= k - i != l - j || (k != i && !rp_str_eq(rp_token_text(t, i), rp_token_text(t, j)));
        if (k >= iend || l >= jend)
            return other && k >= iend && l >= jend;
        if (t->kind[k] != t->kind[l] || !rp_str_eq(rp_token_text(t, k), rp_token_text(t, l)))
            return false;
        i = k + 1;
        j = l + 1;
    }
}

static bool is_static(const rp_ast *ast, rp_id type)
{
    rp_id life = rp_kind_of(ast, type) == RP_N_TYPE_REF ? rp_kid(ast, type, 0) : 0;
    return life != 0 && rp_str_is(rp_node_text(ast, life), "'static");
}

/* All that lives as long as the program may be said to live shorter. */
static bool only_static(const rp_ast *ast, rp_id type)
{
    const rp_node *n = rp_node_of(ast, type);
    uint32_t lifetimes = 0;
    for (uint32_t i = n->first; i <= n->last; i++) {
        if (ast->tokens->kind[i] != RP_T_LIFETIME)
            continue;
        if (!rp_str_is(rp_token_text(ast->tokens, i), "'static"))
            return false;
        lifetimes++;
    }
    return lifetimes != 0;
}

/* The value is a reference to the same thing, as far as its type is known. */
static bool same_thing(const rp_rule_run *run, const rp_transmute *t)
{
    const rp_type *a = rp_type_of(run->types, t->from), *b = rp_type_of(run->types, t->to);
    if (a->kind != RP_TY_REF || b->kind != RP_TY_REF || a->is_mut != b->is_mut)
        return false;
    a = rp_type_of(run->types, rp_ty_arg(run->types, t->from, 0));
    b = rp_type_of(run->types, rp_ty_arg(run->types, t->to, 0));
    return a->kind == b->kind && a->kind != RP_TY_UNKNOWN && a->def == b->def &&
           rp_str_eq(a->name, b->name);
}

/* The value that the function returns: whoever calls it has the lifetime then. */
static bool returned(const rp_body *body, rp_id node)
{
    for (unsigned i = 0; node != 0 && i < 32; i++) {
        rp_id up = rp_body_parent(body, node);
        rp_node_kind kind = up != 0 ? rp_kind_of(body->ast, up) : RP_N_NONE;
        if (node == body->root || kind == RP_N_RETURN)
            return true;
        bool tail = kind == RP_N_EXPR_STMT && !rp_node_has(body->ast, up, RP_Q_SEMI);
        uint32_t n = up != 0 ? rp_kids_count(body->ast, up) : 0;
        if (kind != RP_N_PAREN && !tail &&
            !(kind == RP_N_BLOCK && rp_kid(body->ast, up, n - 1) == node))
            return false;
        node = up;
    }
    return false;
}

static void look(rp_rule_run *run, const rp_body *body)
{
    rp_transmute t;
    for (uint32_t i = 0; i < body->calls.n; i++) {
        if (!rp_shape_transmute(run, body, i, &t) || t.to_node == 0)
            continue;
        bool written = t.from_node != 0 && only_lifetimes(body->ast, t.from_node, t.to_node);
        bool found = t.from_node == 0 && is_static(body->ast, t.to_node) && same_thing(run, &t);
        if (!written && !found)
            continue;
        bool shorter = written && only_static(body->ast, t.from_node);
        bool given = !shorter && rp_shape_public_and_safe(body) && returned(body, t.call->node);
        rp_rule_note *n = rp_rule_in(
            run, body, t.call->node, given ? RP_RULE_LIKELY : RP_RULE_REVIEW,
            RP_STR("transmute changes a lifetime and nothing else: what it refers to may "
                   "be gone before it is used"));
        rp_rule_step_at(run, n, body->file, t.to_node, RP_STR("the lifetime that it gets"));
        if (n != NULL)
            n->fix = RP_STR("let the signature tie the result to what it borrows from, or own it "
                            "(Arc, Box, an index)");
    }
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5143 = {
    .code = "RP5143",
    .name = "transmute-lifetime",
    .title = "no lifetime is lengthened by transmute",
    .guide = "Minimizing Unsafe Scope",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no transmute changes a lifetime alone",
    .rule = &rule,
};
