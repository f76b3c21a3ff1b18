/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* rust/lex: whatever the bytes, tokens, comments and white space are the text; delimiters match
 * one another; literals decode or do not. The first byte chooses the edition. */
#include "../tests/tools/rust_bare.h"
#include "require.h"
#include "rust/lex.h"
#include "rust/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require_white(const rp_tokens *t, uint32_t from, uint32_t to)
{
    const uint8_t *text = (const uint8_t *)t->text.ptr;
    while (from < to) {
        unsigned n = rp_byte_class_of[text[from]] == RP_B_WHITE ? 1 : rp_white_high(text + from);
        REQUIRE(n != 0);
        from += n;
    }
    REQUIRE(from == to);
}

static void require_text(const rp_tokens *t)
{
    uint32_t at = 0, comment = 0;
    for (uint32_t i = 0; i <= t->n; i++) {
        for (; comment < t->n_comments && t->comments[comment].token == i; comment++) {
            require_white(t, at, t->comments[comment].start);
            REQUIRE(t->comments[comment].end > t->comments[comment].start);
            at = t->comments[comment].end;
        }
        require_white(t, at, t->start[i]);
        REQUIRE(t->kind[i] < RP_T_COUNT);
        REQUIRE((t->kind[i] == RP_T_EOF) == (i == t->n));
        at = rp_token_end(t, i);
        REQUIRE(at > t->start[i] || i == t->n);
        REQUIRE(at <= t->text.len);
    }
    REQUIRE(comment == t->n_comments && at == t->text.len);
}

static void require_mates(const rp_tokens *t)
{
    for (uint32_t i = 0; i < t->n; i++) {
        uint32_t behind = rp_tokens_after_tree(t, i);
        REQUIRE(behind > i && behind <= t->n);
        bool open = rp_is_open(t->kind[i]);
        if ((!open && !rp_is_close(t->kind[i])) || t->mate[i] == RP_NO_MATE)
            continue;
        REQUIRE(t->mate[i] < t->n && t->mate[t->mate[i]] == i);
        REQUIRE((t->mate[i] > i) == open);
        REQUIRE(rp_is_close(t->kind[t->mate[i]]) == open);
    }
}

/* What is left out of bodies: no more than that, and not in a text with errors. */
static void require_bare(rp_padded text, const rp_tokens *t, rp_arena *arena)
{
    rp_tokens bare;
    if (rp_lex_bare(text, t->edition, arena, &bare, NULL) != RP_OK)
        return;
    require_mates(&bare);
    REQUIRE(bare.n <= t->n);
    REQUIRE(t->n_errors != 0 || rust_bare_is_of(&bare, t, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    rp_arena arena = {.limit = 64u << 20};
    rp_padded padded;
    rp_tokens t;
    rp_lines lines;
    if (size == 0)
        return 0;
    rp_str text = {(const char *)data + 1, size - 1}, value;
    rp_edition edition = (rp_edition)(data[0] % 4);
    if (rp_pad(text, &arena, &padded, NULL) == RP_OK &&
        rp_lex(padded, edition, &arena, &t, NULL) == RP_OK) {
        require_text(&t);
        require_mates(&t);
        require_bare(padded, &t, &arena);
        for (uint32_t i = 0; i < t.n; i++) {
            uint64_t number;
            REQUIRE(rp_token_at(&t, t.start[i]) == i);
            if (rp_token_string(&t, i, &arena, &value))
                REQUIRE(value.len <= size);
            if (rp_token_integer(&t, i, &number, &value))
                REQUIRE(value.len < size);
        }
        for (uint32_t i = 0; i < t.n_errors && i < RP_MAX_RUST_ERRORS; i++)
            REQUIRE(t.errors[i].at <= t.errors[i].end && t.errors[i].end <= t.text.len);
        if (rp_lines_make(t.text, &arena, &lines, NULL) == RP_OK)
            REQUIRE(rp_lines_line(&lines, (uint32_t)t.text.len) == lines.n);
    }
    rp_arena_free(&arena);
    return 0;
}
