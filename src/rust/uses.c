/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/modules.h"

#include "base/limits.h"

typedef struct {
    const rp_ast *ast;
    rp_arena *arena;
    rp_uses *to;
    rp_id item;
    RP_VEC(uint32_t) words; /* of the trees from the outermost to the one in hand */
    bool global, refused, too_long;
} flattener;

static bool put_word(flattener *f, uint32_t token)
{
    f->too_long = f->too_long || f->words.n >= RP_MAX_PATH_WORDS;
    if (f->too_long)
        return false;
    uint32_t *w = rp_vec_push(f->arena, &f->words);
    if (w == NULL)
        f->refused = true;
    else
        *w = token;
    return w != NULL;
}

static void leaf(flattener *f, rp_id tree)
{
    const rp_node *n = rp_node_of(f->ast, tree);
    uint32_t n_words = f->words.n;
    const uint8_t *kind = f->ast->tokens->kind;
    /* `a::{self}` is `a`; `self` alone stays */
    if (n_words > 1 && n->aux != RP_TREE_GLOB && kind[f->words.items[n_words - 1]] == RP_T_SELF)
        n_words--;
    rp_use *use = rp_vec_push(f->arena, f->to);
    uint32_t *words = rp_new(f->arena, n_words, uint32_t);
    if (use == NULL || words == NULL) {
        f->refused = true;
        return;
    }
    for (uint32_t i = 0; i < n_words; i++)
        words[i] = f->words.items[i];
    *use = (rp_use){.item = f->item, .tree = tree, .words = words, .n_words = n_words};
    use->name = n->main;
    if (n->aux == RP_TREE_SIMPLE && n_words != 0)
        use->name = words[n_words - 1];
    use->glob = n->aux == RP_TREE_GLOB;
    use->global = f->global;
}

/* The parser has capped how deep trees nest. */
static void flatten(flattener *f, rp_id tree)
{
    const rp_ast *ast = f->ast;
    uint32_t mark = f->words.n;
    bool global = f->global;
    rp_id path = rp_kid(ast, tree, RP_TREE_PATH);
    if (mark == 0 && (ast->tokens->kind[rp_node_of(ast, tree)->first] == RP_T_COLON_COLON))
        f->global = true;
    rp_path_words w = rp_path_start(ast, path);
    while (rp_path_next(&w) && put_word(f, w.word))
        ;
    if (rp_node_of(ast, tree)->aux == RP_TREE_NESTED)
        for (uint32_t i = RP_TREE_TREES;
             i < rp_kids_count(ast, tree) && !f->refused && !f->too_long; i++)
            flatten(f, rp_kid(ast, tree, i));
    else
        leaf(f, tree);
    f->words.n = mark;
    f->global = global;
}

rp_code rp_uses_of(const rp_ast *ast, rp_id use, rp_arena *arena, rp_uses *to, rp_error *err)
{
    flattener f = {.ast = ast, .arena = arena, .to = to, .item = use};
    rp_id tree = rp_kid(ast, use, RP_USE_TREE);
    if (tree != 0 && rp_kind_of(ast, tree) == RP_N_USE_TREE)
        flatten(&f, tree);
    if (f.too_long)
        return rp_fail(err, RP_E_LIMIT, ast->tokens->start[rp_node_of(ast, use)->first],
                       "a use path of more than %u words", RP_MAX_PATH_WORDS);
    return f.refused ? rp_fail_memory(err) : RP_OK;
}
