/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/ast.h"

const char *const rp_node_names[RP_N_COUNT] = {
#define X(name, slots, main) #name,
    RP_NODES(X)
#undef X
};

const char *const rp_node_slots[RP_N_COUNT] = {
#define X(name, slots, main) slots,
    RP_NODES(X)
#undef X
};

void rp_node_span(const rp_ast *ast, rp_id id, uint32_t *ret_start, uint32_t *ret_end)
{
    const rp_node *n = rp_node_of(ast, id);
    *ret_start = ast->tokens->start[n->first];
    *ret_end = rp_token_end(ast->tokens, n->last);
    if ((n->flags & RP_F_HALF) != 0) { /* up to the second dot of `x.0.1` */
        const char *text = ast->tokens->text.ptr + ast->tokens->start[n->main];
        const char *dot = memchr(text, '.', *ret_end - ast->tokens->start[n->main]);
        if (dot != NULL)
            *ret_end = (uint32_t)(dot - ast->tokens->text.ptr);
    }
}

rp_str rp_node_text(const rp_ast *ast, rp_id id)
{
    uint32_t start, end;
    if (id == 0)
        return (rp_str){"", 0};
    rp_node_span(ast, id, &start, &end);
    return (rp_str){ast->tokens->text.ptr + start, end > start ? end - start : 0};
}

rp_str rp_node_word(const rp_ast *ast, rp_id id)
{
    if (id == 0)
        return (rp_str){"", 0};
    return rp_token_word(ast->tokens, rp_node_of(ast, id)->main);
}

rp_path_words rp_path_start(const rp_ast *ast, rp_id path)
{
    const rp_node *n = rp_node_of(ast, path);
    rp_path_words w = {.ast = ast, .path = path, .at = n->first, .end = n->last + 1};
    w.slot = RP_PATH_ARGS;
    rp_id self = rp_kid(ast, path, RP_PATH_QSELF);
    if (self != 0)
        w.at = rp_node_of(ast, self)->last + 1;
    if (path == 0)
        w.end = w.at;
    return w;
}

bool rp_path_next(rp_path_words *w)
{
    const rp_tokens *t = w->ast->tokens;
    w->is_dollar = false;
    while (w->at < w->end && !rp_is_word(t->kind[w->at])) {
        w->is_dollar = t->kind[w->at] == RP_T_DOLLAR;
        w->at++;
    }
    if (w->at >= w->end)
        return false;
    w->word = w->at++;
    w->args = 0;
    rp_id next = rp_kid(w->ast, w->path, w->slot);
    if (next == 0)
        return true;
    /* only `::` may stand between the word and its arguments */
    uint32_t behind = w->at + (w->at < w->end && t->kind[w->at] == RP_T_COLON_COLON);
    if (rp_node_of(w->ast, next)->first == behind) {
        w->args = next;
        w->at = rp_node_of(w->ast, next)->last + 1;
        w->slot++;
    }
    return true;
}

bool rp_path_is(const rp_ast *ast, rp_id path, const char *words)
{
    rp_str rest = rp_str_from(words);
    rp_path_words w = rp_path_start(ast, path);
    bool first = true;
    while (rp_path_next(&w)) {
        rp_str word = rp_token_word(ast->tokens, w.word);
        if (!first && !rp_str_starts(rest, "::"))
            return false;
        rest = rp_str_sub(rest, first ? 0 : 2, SIZE_MAX);
        if (rest.len < word.len || memcmp(rest.ptr, word.ptr, word.len) != 0)
            return false;
        rest = rp_str_sub(rest, word.len, SIZE_MAX);
        first = false;
    }
    return !first && rest.len == 0;
}

rp_id rp_node_attrs(const rp_ast *ast, rp_id id)
{
    rp_id kid = rp_kid(ast, id, RP_SLOT_ATTRS);
    return kid != 0 && rp_kind_of(ast, kid) == RP_N_ATTRS ? kid : 0;
}

bool rp_node_group(const rp_ast *ast, rp_id id, uint32_t *ret_open, uint32_t *ret_close)
{
    const rp_tokens *t = ast->tokens;
    const rp_node *n = rp_node_of(ast, id);
    uint32_t i = n->main + 1;
    while (i <= n->last && i < t->n && t->kind[i] == RP_T_CLOSE_NONE)
        i++;
    if (i > n->last || i >= t->n || !rp_is_open(t->kind[i]) || t->mate[i] == RP_NO_MATE)
        return false;
    *ret_open = i;
    *ret_close = t->mate[i];
    return true;
}

static bool push(rp_walk *w, rp_id id)
{
    rp_walk_level *l = rp_vec_push(w->arena, &w->path);
    if (l == NULL) {
        w->refused = true;
        return false;
    }
    *l = (rp_walk_level){id, 0};
    return true;
}

rp_walk rp_walk_start(const rp_ast *ast, rp_id root, rp_arena *arena)
{
    return (rp_walk){.ast = ast, .arena = arena, .root = root};
}

rp_id rp_walk_next(rp_walk *w)
{
    if (w->refused)
        return 0;
    if (w->path.n == 0) {
        if (w->root == 0 || !push(w, w->root))
            return 0;
        w->entering = true;
        rp_id root = w->root;
        w->root = 0;
        return root;
    }
    if (!w->entering && --w->path.n == 0)
        return 0;
    rp_walk_level *top = &w->path.items[w->path.n - 1];
    uint32_t n = rp_kids_count(w->ast, top->id);
    while (top->next < n) {
        rp_id kid = rp_kid(w->ast, top->id, top->next++);
        if (kid == 0)
            continue;
        w->entering = true;
        return push(w, kid) ? kid : 0;
    }
    w->entering = false;
    return top->id;
}

void rp_walk_skip(rp_walk *w)
{
    if (w->entering && w->path.n != 0)
        w->path.items[w->path.n - 1].next = UINT32_MAX;
}

rp_id rp_walk_parent(const rp_walk *w, uint32_t n)
{
    return n < w->path.n ? w->path.items[w->path.n - 1 - n].id : 0;
}

rp_id *rp_ast_parents(const rp_ast *ast, rp_id root, rp_arena *arena)
{
    rp_id *parents = rp_new(arena, ast->n, rp_id);
    rp_arena scratch = {.limit = arena->limit};
    rp_walk w = rp_walk_start(ast, root, &scratch);
    rp_id id;
    while (parents != NULL && (id = rp_walk_next(&w)) != 0)
        if (w.entering)
            parents[id] = rp_walk_parent(&w, 1);
    rp_arena_free(&scratch);
    return w.refused ? NULL : parents;
}

/* The name of a slot: the n-th word, or the last one when that is a list. */
static rp_str slot_name(rp_node_kind kind, uint32_t slot)
{
    const char *p = rp_node_slots[kind];
    for (; slot != 0; slot--) {
        const char *end = strchr(p, ' ');
        if (end == NULL)
            break;
        p = end + 1;
    }
    size_t len = strcspn(p, " ");
    return (rp_str){p, len != 0 && p[len - 1] == '*' ? len - 1 : len};
}

static void dump_node(const rp_walk *w, rp_id id, rp_buf *out)
{
    const rp_node *n = rp_node_of(w->ast, id);
    rp_buf_repeat(out, ' ', 2 * (w->path.n - 1));
    if (w->path.n > 1) {
        const rp_walk_level *parent = &w->path.items[w->path.n - 2];
        rp_buf_put(out, slot_name(rp_kind_of(w->ast, parent->id), parent->next - 1));
        rp_buf_puts(out, ": ");
    }
    rp_buf_puts(out, rp_node_names[n->kind]);
    if (n->aux != 0)
        rp_buf_printf(out, " #%u", n->aux);
    if ((n->flags & RP_F_ERROR) != 0)
        rp_buf_puts(out, " error");
    rp_buf_char(out, ' ');
    rp_buf_put(out, rp_str_sub(rp_token_text(w->ast->tokens, n->main), 0, 40));
    if (rp_is_path(rp_kind_of(w->ast, id)) && n->first != n->last) {
        rp_buf_puts(out, " = ");
        rp_buf_put(out, rp_str_sub(rp_node_text(w->ast, id), 0, 60));
    }
    rp_buf_char(out, '\n');
}

void rp_ast_dump(const rp_ast *ast, rp_id root, rp_arena *scratch, rp_buf *out)
{
    rp_walk w = rp_walk_start(ast, root, scratch);
    rp_id id;
    while ((id = rp_walk_next(&w)) != 0)
        if (w.entering)
            dump_node(&w, id, out);
    if (w.refused)
        out->bad = true;
}
