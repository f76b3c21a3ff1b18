/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/attr.h"

rp_id rp_attr_named(const rp_ast *ast, rp_id node, const char *name, rp_id from)
{
    rp_id attrs = rp_node_attrs(ast, node);
    uint32_t n = attrs != 0 ? rp_kids_count(ast, attrs) : 0;
    bool after = from == 0;
    for (uint32_t i = 0; i < n; i++) {
        rp_id attr = rp_kid(ast, attrs, i);
        if (after && rp_kind_of(ast, attr) == RP_N_ATTR && !rp_node_has(ast, attr, RP_Q_DOC) &&
            rp_str_is(rp_node_word(ast, attr), name))
            return attr;
        after |= attr == from;
    }
    return 0;
}

bool rp_attr_has_word(const rp_ast *ast, rp_id attr, const char *word)
{
    uint32_t open, close;
    if (!rp_node_group(ast, attr, &open, &close))
        return false;
    for (uint32_t i = open + 1; i < close; i++)
        if (rp_is_word(ast->tokens->kind[i]) && rp_str_is(rp_token_word(ast->tokens, i), word))
            return true;
    return false;
}
