/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* macro_rules!: one call beside its definition, and the tokens it becomes; `‹ ›` stand around
 * captured fragments. What is expected is what rustc makes of them (tests/rust/macros.py asks it).
 */
#define _XOPEN_SOURCE 700
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "base/limits.h"
#include "rust/macro.h"

typedef struct {
    const char *rules, *input, *want; /* want NULL: an error; "-": no rule fits */
} expansion_case;

static const expansion_case cases[] = {
#include "rust_macro_cases.inc"
};

typedef struct {
    rp_arena arena;
    rp_tokens t;
    rp_ast ast;
    rp_token_source source;
    rp_macro_rules rules;
    rp_token_writer out;
    uint64_t fuel;
    rp_macro_result result;
} sample;

/* macro_rules! m { … } m! { … } */
static bool read_sample(sample *s, const char *rules, const char *input, rp_edition edition)
{
    rp_error err = {0};
    rp_padded text;
    rp_str all = rp_arena_printf(&s->arena, "macro_rules! m { %s } m! { %s }", rules, input);
    uint32_t open, close;
    if (all.ptr == NULL || rp_pad(all, &s->arena, &text, &err) != RP_OK ||
        rp_lex(text, edition, &s->arena, &s->t, &err) != RP_OK ||
        rp_parse(&s->t, RP_PARSE_ITEMS, &s->arena, &s->ast, &err) != RP_OK)
        return false;
    assert_int_equal(s->t.n_errors + s->ast.n_errors, 0);
    rp_id def = rp_kid(&s->ast, s->ast.root, RP_FILE_ITEMS);
    s->source = (rp_token_source){&s->t, NULL, NULL, 0};
    assert_true(rp_node_group(&s->ast, def, &open, &close));
    return rp_macro_rules_read(&s->source, open, close, &s->arena, &s->rules);
}

static void expand(sample *s)
{
    uint32_t open, close;
    rp_id item = rp_kid(&s->ast, s->ast.root, RP_FILE_ITEMS + 1);
    rp_id call = rp_kid(&s->ast, item, RP_MACRO_ITEM_CALL);
    assert_true(rp_node_group(&s->ast, call, &open, &close));
    s->out = (rp_token_writer){.arena = &s->arena, .max = 100000};
    s->fuel = 1000000;
    s->result =
        rp_macro_expand(&s->rules, &s->source, open + 1, close, 7, &s->fuel, &s->arena, &s->out);
}

static void tokens_text(const rp_tokens *t, char *to, size_t size)
{
    size_t n = 0;
    to[0] = 0;
    for (uint32_t i = 0; i < t->n && n < size; i++) {
        rp_str s = t->kind[i] == RP_T_OPEN_NONE    ? RP_STR("‹")
                   : t->kind[i] == RP_T_CLOSE_NONE ? RP_STR("›")
                                                   : rp_token_text(t, i);
        n += (size_t)snprintf(to + n, size - n, "%s%.*s", i != 0 ? " " : "", RP_FMT(s));
    }
}

static void one_case(const expansion_case *c, rp_edition edition)
{
    sample s = {0};
    char got[4096] = "";
    rp_tokens made;
    rp_token_source source;
    assert_true(read_sample(&s, c->rules, c->input, edition));
    expand(&s);
    if (s.result == RP_MACRO_EXPANDED) {
        assert_true(rp_writer_finish(&s.out, edition, &made, &source));
        tokens_text(&made, got, sizeof got);
    }
    const char *said = s.result == RP_MACRO_EXPANDED  ? got
                       : s.result == RP_MACRO_NO_RULE ? "-"
                                                      : "error";
    const char *want = c->want != NULL ? c->want : "error";
    if (strcmp(said, want) != 0)
        print_message("{%s} of {%s}\n", c->rules, c->input);
    assert_string_equal(said, want);
    rp_arena_free(&s.arena);
}

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < RP_COUNT(cases); i++)
        one_case(&cases[i], RP_EDITION_2021);
}

static void test_editions(void **state)
{
    (void)state;
    static const expansion_case old = {"($p:pat | $($r:tt)*) => {$p}", "A | B", "‹ A ›"},
                                new = {"($p:pat) => {$p}", "A | B", "‹ A | B ›"},
                                underscore = {"($e:expr) => {e} ; (_) => {u}", "_", "e"},
                                before = {"($e:expr) => {e} ; (_) => {u}", "_", "u"};
    one_case(&old, RP_EDITION_2018);
    one_case(&new, RP_EDITION_2021);
    one_case(&underscore, RP_EDITION_2024);
    one_case(&before, RP_EDITION_2021);
}

/* Where each token was written, and by whom. */
static void test_origins(void **state)
{
    (void)state;
    sample s = {0};
    rp_tokens made;
    rp_token_source source;
    assert_true(read_sample(&s, "($a:expr) => {f($a) + 1}", "x + /* c */ y", RP_EDITION_2021));
    expand(&s);
    assert_true(rp_writer_finish(&s.out, RP_EDITION_2021, &made, &source));
    assert_int_equal(made.n, 10); /* f ( ‹ x + y › ) + 1 */
    static const uint32_t sites[] = {7, 7, 7, 0, 0, 0, 7, 7, 7, 7};
    for (uint32_t i = 0; i < made.n; i++) {
        rp_origin o = rp_origin_of(&source, i);
        rp_str text = rp_token_text(&made, i);
        assert_int_equal(o.site, sites[i]);
        if (text.len != 0)
            assert_memory_equal(s.t.text.ptr + o.at, text.ptr, text.len);
    }
    assert_int_equal(made.mate[1], 7);
    assert_int_equal(made.mate[2], 6);
    assert_int_equal(made.n_comments, 1); /* between tokens that stay together */
    assert_int_equal(made.comments[0].token, 5);
    assert_memory_equal(made.text.ptr + made.comments[0].start, "/* c */", 7);
    rp_arena_free(&s.arena);
}

/* Fuel and room end, whatever a macro wants. */
static void test_limits(void **state)
{
    (void)state;
    sample s = {0};
    assert_true(read_sample(&s, "($($a:tt)*) => {$($($b)*)*}", "1 2", RP_EDITION_2021));
    expand(&s);
    assert_int_equal(s.result, RP_MACRO_ERROR);
    s = (sample){.arena = s.arena};
    assert_true(read_sample(&s, "($($a:tt)*) => {$($a)* $($a)* $($a)*}", "1 2 3 4 5 6 7 8",
                            RP_EDITION_2021));
    expand(&s);
    assert_int_equal(s.result, RP_MACRO_EXPANDED);
    for (uint64_t fuel = 0; fuel < 60; fuel++) {
        rp_token_writer w = {.arena = &s.arena, .max = 100};
        uint64_t left = fuel;
        uint32_t at = s.t.n - 9;
        rp_macro_result r =
            rp_macro_expand(&s.rules, &s.source, at, at + 8, 1, &left, &s.arena, &w);
        assert_true(r == RP_MACRO_LIMIT || (r == RP_MACRO_EXPANDED && w.n == 24));
    }
    for (uint32_t max = 0; max < 24; max++) {
        rp_token_writer w = {.arena = &s.arena, .max = max};
        uint64_t left = 100000;
        uint32_t at = s.t.n - 9;
        assert_int_equal(rp_macro_expand(&s.rules, &s.source, at, at + 8, 1, &left, &s.arena, &w),
                         RP_MACRO_LIMIT);
    }
    rp_arena_free(&s.arena);
}

/* Each failing allocation ends it without an answer. */
static void test_memory(void **state)
{
    (void)state;
    sample whole = {0};
    assert_true(read_sample(&whole, "($($n:ident : $e:expr),*) => {$(let $n = $e;)*}",
                            "/** d */ a: 1, b: 2 + 3", RP_EDITION_2021));
    expand(&whole);
    assert_int_equal(whole.result, RP_MACRO_NO_RULE); /* #[doc] is no identifier */
    rp_arena_free(&whole.arena);
    for (uint64_t n = 1;; n++) {
        sample s = {0};
        rp_tokens made;
        rp_token_source source;
        assert_true(read_sample(&s,
                                "($(#[$m:meta])* $($n:ident : $e:expr),*) => {$(let $n = $e;)*}",
                                "/** d */ a: 1, b: 2 + 3", RP_EDITION_2021));
        (void)rp_arena_fail_at(n);
        expand(&s);
        bool done = s.result == RP_MACRO_EXPANDED &&
                    rp_writer_finish(&s.out, RP_EDITION_2021, &made, &source);
        (void)rp_arena_fail_at(0);
        assert_true(done || s.result == RP_MACRO_LIMIT || s.out.refused);
        rp_arena_free(&s.arena);
        if (done && n > 20)
            break;
        assert_true(n < 2000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),   cmocka_unit_test(test_editions),
        cmocka_unit_test(test_origins), cmocka_unit_test(test_limits),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
