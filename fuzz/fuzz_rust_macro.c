/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* rust/macro: every macro_rules! of the text, every call in place of an item, each with each
 * definition. The first byte chooses the edition. What comes out is again tokens: lexed once more
 * its text gives the same kinds and comments, delimiters match, places lie in the text; and what
 * came out is a call's input again. */
#include "require.h"
#include "rust/macro.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_ROUNDS = 4, MAX_CALLS = 16 };

typedef struct {
    rp_arena *arena;
    rp_edition edition;
    uint64_t fuel;
    size_t text_len;
} fuzzing;

static bool is_none(uint8_t kind)
{
    return kind == RP_T_OPEN_NONE || kind == RP_T_CLOSE_NONE;
}

static void require_tokens(const fuzzing *f, const rp_tokens *t, const rp_token_source *s,
                           bool sound)
{
    rp_padded text;
    rp_tokens again;
    uint32_t at = 0;
    REQUIRE(t->kind[t->n] == RP_T_EOF && t->start[t->n] == t->text.len);
    for (uint32_t i = 0; i < t->n; i++) {
        REQUIRE(t->start[i] <= t->start[i + 1] && rp_token_end(t, i) <= t->text.len);
        REQUIRE(rp_origin_of(s, i).at <= f->text_len);
        if (rp_is_open(t->kind[i]) && t->mate[i] != RP_NO_MATE)
            REQUIRE(t->mate[i] > i && t->mate[i] < t->n && t->mate[t->mate[i]] == i);
    }
    if (!sound || rp_pad(t->text, f->arena, &text, NULL) != RP_OK ||
        rp_lex(text, f->edition, f->arena, &again, NULL) != RP_OK)
        return;
    for (uint32_t i = 0; i < t->n; i++) {
        if (is_none(t->kind[i]))
            continue;
        REQUIRE(at < again.n && again.kind[at] == t->kind[i] && again.start[at] == t->start[i]);
        at++;
    }
    REQUIRE(at == again.n);
    REQUIRE(again.n_comments == t->n_comments);
}

static void expand(fuzzing *f, const rp_macro_rules *m, const rp_token_source *in, uint32_t from,
                   uint32_t to, bool sound, unsigned round)
{
    rp_token_writer w = {.arena = f->arena, .max = 20000};
    rp_tokens *t = rp_new(f->arena, 1, rp_tokens);
    rp_token_source made;
    if (t == NULL ||
        rp_macro_expand(m, in, from, to, round + 1, &f->fuel, f->arena, &w) != RP_MACRO_EXPANDED ||
        !rp_writer_finish(&w, f->edition, t, &made))
        return;
    require_tokens(f, t, &made, sound);
    if (round + 1 < MAX_ROUNDS)
        expand(f, m, &made, 0, t->n, sound, round + 1);
}

static void one_definition(fuzzing *f, const rp_ast *ast, rp_id def, const rp_token_source *source,
                           bool sound)
{
    uint32_t open, close, from, to, calls = 0;
    rp_macro_rules m;
    if (!rp_node_group(ast, def, &open, &close) ||
        !rp_macro_rules_read(source, open, close, f->arena, &m))
        return;
    for (uint32_t i = RP_FILE_ITEMS; i < rp_kids_count(ast, ast->root) && calls < MAX_CALLS; i++) {
        rp_id call = rp_kid(ast, ast->root, i);
        if (call == 0 || rp_kind_of(ast, call) != RP_N_MACRO_ITEM ||
            !rp_node_group(ast, call, &from, &to))
            continue;
        calls++;
        expand(f, &m, source, from + 1, to, sound, 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    rp_arena arena = {.limit = 64u << 20};
    rp_padded text;
    rp_tokens t;
    rp_ast ast;
    if (size == 0)
        return 0;
    fuzzing f = {.arena = &arena, .edition = (rp_edition)(data[0] % 4), .fuel = 200000};
    f.text_len = size - 1;
    if (rp_pad((rp_str){(const char *)data + 1, size - 1}, &arena, &text, NULL) == RP_OK &&
        rp_lex(text, f.edition, &arena, &t, NULL) == RP_OK &&
        rp_parse(&t, RP_PARSE_ITEMS, &arena, &ast, NULL) == RP_OK) {
        rp_token_source source = {&t, NULL, NULL, 0};
        for (uint32_t i = RP_FILE_ITEMS; i < rp_kids_count(&ast, ast.root) && i < 16; i++)
            if (rp_kid(&ast, ast.root, i) != 0 &&
                rp_kind_of(&ast, rp_kid(&ast, ast.root, i)) == RP_N_MACRO_RULES)
                one_definition(&f, &ast, rp_kid(&ast, ast.root, i), &source, t.n_errors == 0);
    }
    rp_arena_free(&arena);
    return 0;
}
