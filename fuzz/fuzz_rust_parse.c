/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* rust/parse: whatever the tokens, a tree: every node is in its parent and in the text, none is its
 * own descendant, and bodies parsed on demand are those parsed at once. The first byte chooses the
 * edition, the second a fragment. */
#include "base/buf.h"
#include "require.h"
#include "rust/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require_node(const rp_ast *ast, rp_id id, rp_id up)
{
    const rp_node *n = rp_node_of(ast, id), *parent = rp_node_of(ast, up);
    uint32_t start, end;
    REQUIRE(id != 0 && id < ast->n && n->kind < RP_N_COUNT && n->kind != RP_N_NONE);
    REQUIRE(n->first <= n->last && n->last <= ast->tokens->n);
    REQUIRE(n->main <= ast->tokens->n);
    REQUIRE(up == 0 || up > id); /* kids are made before their parent */
    REQUIRE(up == 0 || (n->first >= parent->first && n->last <= parent->last) ||
            (parent->flags & RP_F_ERROR) != 0);
    rp_node_span(ast, id, &start, &end);
    REQUIRE(end <= ast->tokens->text.len);
    if (!rp_is_path(rp_kind_of(ast, id)))
        return;
    rp_path_words w = rp_path_start(ast, id);
    while (rp_path_next(&w))
        REQUIRE(w.word >= n->first && w.word <= n->last);
}

static void require_tree(const rp_ast *ast, rp_id root, rp_arena *arena)
{
    uint32_t met = 0;
    rp_walk w = rp_walk_start(ast, root, arena);
    for (rp_id id; (id = rp_walk_next(&w)) != 0;) {
        if (!w.entering)
            continue;
        require_node(ast, id, rp_walk_parent(&w, 1));
        REQUIRE(++met < ast->n); /* a tree: no node is met twice */
    }
}

static uint64_t hash_of(const rp_ast *ast, rp_arena *arena, uint32_t *ret_errors)
{
    rp_buf out = {.max = 16u << 20};
    uint64_t h = 14695981039346656037u;
    rp_ast_dump(ast, ast->root, arena, &out);
    for (size_t i = 0; i < out.len && !out.bad; i++)
        h = (h ^ (uint8_t)out.ptr[i]) * 1099511628211u;
    *ret_errors = ast->n_errors;
    if (out.bad)
        h = 0;
    rp_buf_free(&out);
    return h;
}

static void on_demand(const rp_tokens *t, rp_arena *arena, uint64_t want, uint32_t errors)
{
    rp_ast lazy;
    uint32_t got;
    if (rp_parse(t, RP_PARSE_ITEMS, arena, &lazy, NULL) != RP_OK)
        return;
    for (rp_id id = 1; id < lazy.n; id++)
        for (uint32_t slot = 0; slot < rp_kids_count(&lazy, id); slot++)
            (void)rp_ast_slot(&lazy, id, slot);
    if (lazy.refused)
        return;
    uint64_t h = hash_of(&lazy, arena, &got);
    REQUIRE((got != 0) == (errors != 0));
    REQUIRE(errors != 0 || h == want || h == 0 || want == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    rp_arena arena = {.limit = 128u << 20};
    rp_padded padded;
    rp_tokens t;
    rp_ast ast;
    uint32_t errors, end = UINT32_MAX;
    if (size < 2)
        return 0;
    rp_str text = {(const char *)data + 2, size - 2};
    if (rp_pad(text, &arena, &padded, NULL) == RP_OK &&
        rp_lex(padded, (rp_edition)(data[0] % 4), &arena, &t, NULL) == RP_OK &&
        rp_parse(&t, RP_PARSE_ALL, &arena, &ast, NULL) == RP_OK) {
        require_tree(&ast, ast.root, &arena);
        REQUIRE(rp_kind_of(&ast, ast.root) == RP_N_FILE);
        uint64_t h = hash_of(&ast, &arena, &errors);
        if (t.n_errors == 0)
            on_demand(&t, &arena, h, errors);
        rp_fragment what = (rp_fragment)(data[1] % (RP_PARSE_EXPRS_ALL + 1));
        rp_id id = rp_parse_fragment(&ast, what, 0, t.n, false, &end);
        REQUIRE(ast.n_errors == errors);
        REQUIRE(id == 0 || end <= t.n);
        if (id != 0)
            require_tree(&ast, id, &arena);
    }
    rp_arena_free(&arena);
    return 0;
}
