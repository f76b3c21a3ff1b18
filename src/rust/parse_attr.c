/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/parser.h"

/* A fragment of a whole attribute, and not of the path it begins with? One that macros hand on is
 * wrapped once more each time. */
static bool at_meta_fragment(const parser *p)
{
    if (!parser_is(p, RP_T_OPEN_NONE))
        return false;
    uint32_t behind = rp_tokens_after_tree(p->t, p->at);
    uint8_t k = behind < p->t->n ? p->t->kind[behind] : (uint8_t)RP_T_EOF;
    return k != RP_T_EQ && (!rp_is_open(k) || k == RP_T_OPEN_NONE);
}

/* Reference, "Attributes": path, then a token tree or `= expression`; rustc 1.82 on:
 * unsafe(attribute). */
rp_id parse_meta(parser *p, uint32_t first, uint32_t aux)
{
    uint32_t mark = p->top;
    bool is_unsafe = parser_is(p, RP_T_UNSAFE) && parser_peek(p, 1) == RP_T_OPEN_PAREN;
    if (is_unsafe) {
        parser_next(p);
        parser_next(p);
        aux |= RP_Q_UNSAFE;
    }
    uint32_t fragments = 0;
    for (; at_meta_fragment(p); fragments++)
        parser_next(p);
    rp_id path = parse_path(p, RP_N_PATH, PATH_PLAIN);
    uint32_t main = path != 0 ? p->ast->nodes[path].main : p->at;
    parser_put(p, path);
    if (parser_eat(p, RP_T_EQ))
        parser_put(p, parse_expr(p, 0));
    else if (rp_is_open(p->k) && p->k != RP_T_OPEN_NONE)
        parser_jump(p, rp_tokens_after_tree(p->t, p->at));
    while (fragments-- > 0)
        parser_expect(p, RP_T_CLOSE_NONE);
    if (is_unsafe)
        parser_expect(p, RP_T_CLOSE_PAREN);
    return parser_node(p, RP_N_ATTR, first, main, aux, mark);
}

static rp_id attribute(parser *p)
{
    uint32_t first = p->at, aux = 0;
    if (parser_is(p, RP_T_DOC_OUTER) || parser_is(p, RP_T_DOC_INNER)) {
        aux = RP_Q_DOC | (parser_is(p, RP_T_DOC_INNER) ? RP_Q_INNER : 0);
        parser_next(p);
        return parser_node(p, RP_N_ATTR, first, first, aux, p->top);
    }
    parser_expect(p, RP_T_HASH);
    if (parser_eat(p, RP_T_NOT))
        aux = RP_Q_INNER;
    parser_expect(p, RP_T_OPEN_BRACKET);
    rp_id id = parse_meta(p, first, aux);
    if (parser_expect(p, RP_T_CLOSE_BRACKET) && id != 0)
        p->ast->nodes[id].last = p->at - 1;
    return id;
}

static bool at_inner(const parser *p)
{
    return parser_is(p, RP_T_DOC_INNER) ||
           (parser_is(p, RP_T_HASH) && parser_peek(p, 1) == RP_T_NOT &&
            parser_peek(p, 2) == RP_T_OPEN_BRACKET);
}

rp_id parse_attrs(parser *p)
{
    if (RP_LIKELY(p->k != RP_T_HASH && p->k != RP_T_DOC_OUTER))
        return 0;
    uint32_t mark = p->top, first = p->at;
    while ((parser_is(p, RP_T_HASH) && parser_peek(p, 1) == RP_T_OPEN_BRACKET) ||
           parser_is(p, RP_T_DOC_OUTER))
        parser_put_some(p, attribute(p));
    return p->at == first ? 0 : parser_node(p, RP_N_ATTRS, first, first, 0, mark);
}

static void put_all(parser *p, rp_id attrs)
{
    for (uint32_t i = 0; i < rp_kids_count(p->ast, attrs); i++)
        parser_put(p, rp_kid(p->ast, attrs, i));
}

rp_id parse_more_attrs(parser *p, rp_id before)
{
    rp_id more = parse_attrs(p);
    if (before == 0 || more == 0)
        return before != 0 ? before : more;
    uint32_t mark = p->top, first = p->ast->nodes[before].first;
    put_all(p, before);
    put_all(p, more);
    return parser_node(p, RP_N_ATTRS, first, first, 0, mark);
}

rp_id parse_inner_attrs(parser *p, rp_id outer)
{
    if (!at_inner(p))
        return outer;
    uint32_t mark = p->top, first = outer != 0 ? p->ast->nodes[outer].first : p->at;
    put_all(p, outer);
    while (at_inner(p))
        parser_put_some(p, attribute(p));
    return parser_node(p, RP_N_ATTRS, first, first, 0, mark);
}

/* Is the parenthesis behind `pub` its own: `pub (crate)`, and not the type of `pub (A, B)`? */
static bool at_restriction(const parser *p)
{
    uint8_t word = parser_peek(p, 1);
    if (!parser_is(p, RP_T_OPEN_PAREN))
        return false;
    if (word == RP_T_IN)
        return true;
    bool one = word == RP_T_CRATE || word == RP_T_SELF || word == RP_T_SUPER;
    return one && parser_peek(p, 2) == RP_T_CLOSE_PAREN;
}

/* A fragment that is a visibility, handed on however often, and not an item that begins with one?
 */
static bool at_vis_fragment(const parser *p)
{
    uint32_t n = 0;
    while (parser_peek(p, n) == RP_T_OPEN_NONE)
        n++;
    uint32_t behind = p->at + n;
    if (n != 0 && parser_peek(p, n) == RP_T_PUB) {
        behind++;
        if (parser_peek(p, n + 1) == RP_T_OPEN_PAREN)
            behind = rp_tokens_after_tree(p->t, behind);
    }
    return n != 0 && behind + n == rp_tokens_after_tree(p->t, p->at);
}

rp_id parse_vis(parser *p)
{
    uint32_t first = p->at, mark = p->top, kind = RP_VIS_PUB;
    if (at_vis_fragment(p)) {
        parser_next(p);
        rp_id inner = parse_vis(p);
        parser_expect(p, RP_T_CLOSE_NONE);
        return inner;
    }
    if (RP_LIKELY(!parser_eat(p, RP_T_PUB)))
        return 0;
    if (at_restriction(p)) {
        parser_next(p);
        kind = parser_is(p, RP_T_CRATE)   ? RP_VIS_CRATE
               : parser_is(p, RP_T_SELF)  ? RP_VIS_SELF
               : parser_is(p, RP_T_SUPER) ? RP_VIS_SUPER
                                          : RP_VIS_IN;
        if (kind == RP_VIS_IN) {
            parser_next(p);
            parser_put(p, parse_path(p, RP_N_PATH, PATH_PLAIN));
        } else {
            parser_next(p);
        }
        parser_expect(p, RP_T_CLOSE_PAREN);
    }
    return parser_node(p, RP_N_VIS, first, first, kind, mark);
}
