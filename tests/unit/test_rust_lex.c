/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "rust/lex.h"

typedef struct {
    rp_arena arena;
    rp_tokens t;
} lexed;

static lexed lex_with(rp_code (*how)(rp_padded, rp_edition, rp_arena *, rp_tokens *, rp_error *),
                      rp_str text, rp_edition edition)
{
    lexed l = {0};
    rp_padded padded;
    assert_int_equal(rp_pad(text, &l.arena, &padded, NULL), RP_OK);
    assert_int_equal(how(padded, edition, &l.arena, &l.t, NULL), RP_OK);
    return l;
}

static lexed lex(rp_str text, rp_edition edition)
{
    return lex_with(rp_lex, text, edition);
}

/* The tokens as "kind" or "kind:text" for what is no operator or keyword, blanks between. */
static void expect(const char *text, rp_edition edition, const char *want)
{
    lexed l = lex(rp_str_from(text), edition);
    rp_buf out = {0};
    for (uint32_t i = 0; i < l.t.n; i++) {
        rp_str word = rp_token_text(&l.t, i);
        if (i != 0)
            rp_buf_char(&out, ' ');
        if (!rp_str_is(word, rp_token_name(l.t.kind[i])))
            rp_buf_printf(&out, "%s:", rp_token_name(l.t.kind[i]));
        rp_buf_put(&out, word);
    }
    rp_buf_char(&out, '\0');
    assert_string_equal(out.ptr, want);
    assert_int_equal(l.t.kind[l.t.n], RP_T_EOF);
    assert_int_equal(l.t.start[l.t.n], strlen(text));
    rp_buf_free(&out);
    rp_arena_free(&l.arena);
}

static void words_and_keywords(void **state)
{
    (void)state;
    expect("fn r#fn _ _a a_1 unsafely continues macro_rules", RP_EDITION_2021,
           "fn raw identifier:r#fn _ identifier:_a identifier:a_1 identifier:unsafely "
           "identifier:continues identifier:macro_rules");
    expect("größe \xe2\x80\x8e x\xc2\x85y", RP_EDITION_2021,
           "identifier:größe identifier:x identifier:y");
    expect("an_identifier_of_more_than_sixteen_bytes_ß_x.y", RP_EDITION_2021,
           "identifier:an_identifier_of_more_than_sixteen_bytes_ß_x . identifier:y");
}

static void every_keyword_is_known(void **state)
{
    (void)state;
    for (unsigned kind = RP_T_AUTO; kind <= RP_T_UNDERSCORE; kind++) {
        lexed l = lex(rp_str_from(rp_token_name((rp_token_kind)kind)), RP_EDITION_2024);
        assert_int_equal(l.t.n, 1);
        assert_int_equal(l.t.kind[0], kind);
        rp_arena_free(&l.arena);
        /* longer by one letter, it is a name */
        char longer[32];
        (void)snprintf(longer, sizeof longer, "%sx", rp_token_name((rp_token_kind)kind));
        l = lex(rp_str_from(longer), RP_EDITION_2024);
        assert_int_equal(l.t.kind[0], RP_T_IDENT);
        rp_arena_free(&l.arena);
    }
    assert_true(rp_is_ident(RP_T_ASYNC, RP_EDITION_2015));
    assert_false(rp_is_ident(RP_T_ASYNC, RP_EDITION_2018));
    assert_true(rp_is_ident(RP_T_GEN, RP_EDITION_2021));
    assert_false(rp_is_ident(RP_T_GEN, RP_EDITION_2024));
    assert_false(rp_is_ident(RP_T_SELF, RP_EDITION_2015));
    assert_false(rp_is_ident(RP_T_UNDERSCORE, RP_EDITION_2015));
}

static void lifetimes_and_characters(void **state)
{
    (void)state;
    expect("'a 'static '_ 'a' '\\'' '\\u{1F600}' 'é' b'x' '(' x", RP_EDITION_2021,
           "lifetime:'a lifetime:'static lifetime:'_ character literal:'a' "
           "character literal:'\\'' character literal:'\\u{1F600}' character literal:'é' "
           "byte literal:b'x' character literal:'(' identifier:x");
    expect("'r#fn 'r#", RP_EDITION_2021, "lifetime:'r#fn lifetime:'r #");
    expect("'r#fn", RP_EDITION_2018, "lifetime:'r # fn");
    expect("<'a>'b'", RP_EDITION_2021, "< lifetime:'a > character literal:'b'");
}

static void numbers(void **state)
{
    (void)state;
    expect("1 1. 1.0 1..2 1.e 1e5 1e+5 1E-5f32 0x1F 0b1_0u8 0o7 1_u8 2.0.1 0xe+1 1.foo", 2,
           "integer literal:1 floating-point literal:1. floating-point literal:1.0 "
           "integer literal:1 .. integer literal:2 integer literal:1 . identifier:e "
           "floating-point literal:1e5 floating-point literal:1e+5 "
           "floating-point literal:1E-5f32 integer literal:0x1F integer literal:0b1_0u8 "
           "integer literal:0o7 integer literal:1_u8 floating-point literal:2.0 . "
           "integer literal:1 integer literal:0xe + integer literal:1 integer literal:1 . "
           "identifier:foo");
}

static void strings(void **state)
{
    (void)state;
    expect("\"a\\\"b\\\\\" r\"\\\" r##\"a\"#b\"## b\"x\" br#\"y\"# c\"z\" cr\"w\" \"x\"s", 2,
           "string literal:\"a\\\"b\\\\\" raw string literal:r\"\\\" "
           "raw string literal:r##\"a\"#b\"## byte string literal:b\"x\" "
           "raw byte string literal:br#\"y\"# C string literal:c\"z\" "
           "raw C string literal:cr\"w\" string literal:\"x\"s");
    expect("c\"z\"", RP_EDITION_2018, "identifier:c string literal:\"z\"");
}

static void operators_are_the_longest_that_fit(void **state)
{
    (void)state;
    expect("+ += - -= -> * *= / /= % %= ^ ^= ! != & && &= | || |= << <<= < <= <- = == => . .. "
           "... ..= : :: ; , # $ ? @ ~",
           2,
           "+ += - -= -> * *= / /= % %= ^ ^= ! != & && &= | || |= << <<= < <= <- = == => . .. "
           "... ..= : :: ; , # $ ? @ ~");
    expect("&&&=|||=..==:::<<<=", 2, "&& &= || |= ..= = :: : << <=");
}

static void greater_is_always_alone(void **state)
{
    (void)state;
    lexed l = lex(RP_STR(">>= >> >= > > >>> >=="), RP_EDITION_2021);
    assert_int_equal(l.t.n, 15);
    assert_int_equal(rp_tokens_glued(&l.t, 0), 3);
    assert_int_equal(rp_tokens_after_tree(&l.t, 0), 3);
    assert_int_equal(rp_tokens_glued(&l.t, 3), 2);  /* >> */
    assert_int_equal(rp_tokens_glued(&l.t, 5), 2);  /* >= */
    assert_int_equal(rp_tokens_glued(&l.t, 7), 1);  /* > */
    assert_int_equal(rp_tokens_glued(&l.t, 9), 2);  /* >> of >>> */
    assert_int_equal(rp_tokens_glued(&l.t, 12), 2); /* >= of >== */
    assert_int_equal(l.t.kind[14], RP_T_EQ);
    rp_arena_free(&l.arena);
}

static void comments_know_their_token(void **state)
{
    (void)state;
    lexed l =
        lex(RP_STR("// SAFETY: a\r\n/* b /* c */ d */ unsafe //\n/**/ {} //// e\n//!f\n/***/"),
            RP_EDITION_2021);
    uint32_t from;
    assert_int_equal(l.t.n, 4);
    assert_int_equal(l.t.n_comments, 6);
    assert_int_equal(rp_comments_before(&l.t, 0, &from), 2);
    assert_int_equal(from, 0);
    assert_int_equal(l.t.comments[0].end, 12);
    assert_int_equal(l.t.comments[1].kind, RP_COMMENT_BLOCK);
    assert_int_equal(rp_comments_before(&l.t, 1, &from), 2);
    assert_int_equal(from, 2);
    assert_int_equal(l.t.kind[3], RP_T_DOC_INNER);
    assert_int_equal(rp_comments_before(&l.t, 3, &from), 1);
    assert_int_equal(rp_comments_before(&l.t, 4, &from), 1);
    rp_arena_free(&l.arena);
}

static void what_stands_before_the_first_token(void **state)
{
    (void)state;
    lexed l = lex(RP_STR("\xef\xbb\xbf#!/bin/x\n---cargo\n[x]\n---\nfn"), RP_EDITION_2021);
    assert_int_equal(l.t.n, 1);
    assert_int_equal(l.t.n_comments, 3);
    assert_int_equal(l.t.comments[1].kind, RP_COMMENT_SHEBANG);
    assert_int_equal(l.t.comments[2].kind, RP_COMMENT_FRONTMATTER);
    assert_int_equal(l.t.n_errors, 0);
    rp_arena_free(&l.arena);
    expect("#!/*x*/ [allow(x)]", 2, "# ! [ identifier:allow ( identifier:x ) ]");
}

static void delimiters_match(void **state)
{
    (void)state;
    lexed l = lex(RP_STR("({[]}) ( ] { ) }"), RP_EDITION_2021);
    assert_int_equal(l.t.mate[0], 5);
    assert_int_equal(l.t.mate[5], 0);
    assert_int_equal(l.t.mate[2], 3);
    assert_int_equal(l.t.mate[7], RP_NO_MATE); /* ] that nothing opened */
    assert_int_equal(l.t.mate[8], RP_NO_MATE); /* { inside ( … ) */
    assert_int_equal(l.t.mate[6], 9);
    assert_int_equal(l.t.mate[10], RP_NO_MATE);
    assert_int_equal(l.t.n_errors, 3);
    assert_int_equal(rp_tokens_after_tree(&l.t, 0), 6);
    rp_arena_free(&l.arena);
}

static void errors_have_a_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t at;
    } cases[] = {{"a \"b", 2},  {"x b's", 2},   {"r#\"x\"", 0}, {"x /* /* */", 2}, {"'ab'", 0},
                 {"a \\ b", 2}, {"0x", 0},      {"' ", 0},      {"(", 0},          {"a\x01", 1},
                 {"\xff", 0},   {"x \xc3(", 2}, {"'1x", 0},     {"}", 0},          {"---\na", 0}};
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        lexed l = lex(rp_str_from(cases[i].text), RP_EDITION_2021);
        assert_true(l.t.n_errors > 0);
        assert_int_equal(l.t.errors[0].at, cases[i].at);
        assert_true(l.t.errors[0].text[0] != '\0');
        rp_arena_free(&l.arena);
    }
}

static void literals_say_something(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want; /* want NULL: no value */
    } cases[] = {
        {"\"a\\n\\x41\\u{e9}\\\n   b\"", "a\nA\xc3\xa9"
                                         "b"},
        {"r#\"a\\\"b\"#", "a\\\"b"},
        {"b\"\\xff\"", "\xff"},
        {"c\"x\"", "x"},
        {"\"a\r\nb\"", "a\nb"},
        {"\"\\q\"", NULL},
        {"\"\\u{110000}\"", NULL},
        {"\"\\u{}\"", NULL},
        {"\"\\x4\"", NULL},
        {"/// doc", " doc"},
        {"/** doc */", " doc "},
        {"'a'", NULL},
        {"\"x\"suffix", "x"},
        {"\"\\u{1_F600}\"", "\xf0\x9f\x98\x80"},
        {"\"open", NULL},
        {"/*! x", NULL},
    };
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        lexed l = lex(rp_str_from(cases[i].text), RP_EDITION_2021);
        rp_str got = {0};
        assert_int_equal(rp_token_string(&l.t, 0, &l.arena, &got), cases[i].want != NULL);
        if (cases[i].want != NULL)
            assert_true(rp_str_is(got, cases[i].want));
        rp_arena_free(&l.arena);
    }
}

static void integers_have_values(void **state)
{
    (void)state;
    static const struct {
        const char *text, *suffix; /* suffix NULL: no value */
        uint64_t want;
    } cases[] = {{"1_000u8", "u8", 1000},
                 {"0xff_i64", "i64", 255},
                 {"0b101", "", 5},
                 {"0o17usize", "usize", 15},
                 {"18446744073709551615", "", UINT64_MAX},
                 {"18446744073709551616", NULL, 0},
                 {"0b2", NULL, 0},
                 {"1.5", NULL, 0},
                 {"0", "", 0}};
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        lexed l = lex(rp_str_from(cases[i].text), RP_EDITION_2021);
        uint64_t got = 0;
        rp_str suffix = {0};
        bool ok = rp_token_integer(&l.t, 0, &got, &suffix);
        assert_int_equal(ok, cases[i].suffix != NULL);
        if (ok) {
            assert_int_equal(got, cases[i].want);
            assert_true(rp_str_is(suffix, cases[i].suffix));
        }
        rp_arena_free(&l.arena);
    }
}

static void places_have_lines_and_columns(void **state)
{
    (void)state;
    rp_arena a = {0};
    rp_lines lines;
    rp_str text = RP_STR("ab\n\nö c\n");
    assert_int_equal(rp_lines_make(text, &a, &lines, NULL), RP_OK);
    assert_int_equal(lines.n, 4);
    assert_int_equal(rp_lines_line(&lines, 0), 1);
    assert_int_equal(rp_lines_line(&lines, 2), 1);
    assert_int_equal(rp_lines_line(&lines, 3), 2);
    assert_int_equal(rp_lines_line(&lines, 7), 3);
    assert_int_equal(rp_lines_column(&lines, 7), 4);
    assert_int_equal(rp_lines_column_chars(&lines, 7), 3);
    assert_int_equal(rp_lines_line(&lines, 9), 4);
    rp_arena_free(&a);
}

/* Columns of a long line are counted from marks in it, not from its start. */
static void columns_of_long_lines(void **state)
{
    (void)state;
    enum { PAIRS = 5000 };
    static char text[3 * PAIRS + 1];
    rp_arena a = {0};
    rp_lines lines;
    text[0] = '\n';
    for (size_t i = 0; i < PAIRS; i++) /* three bytes, two characters */
        memcpy(text + 1 + 3 * i, "x\xc3\xb6", 3);
    assert_int_equal(rp_lines_make((rp_str){text, sizeof text}, &a, &lines, NULL), RP_OK);
    assert_non_null(lines.chars);
    for (uint32_t i = 0; i < PAIRS; i++) {
        assert_int_equal(rp_lines_column_chars(&lines, 1 + 3 * i), 1 + 2 * i);
        assert_int_equal(rp_lines_column_chars(&lines, 2 + 3 * i), 2 + 2 * i);
    }
    assert_int_equal(rp_lines_column_chars(&lines, sizeof text), 1 + 2 * PAIRS);
    rp_arena_free(&a);
}

static void tokens_are_found_by_place(void **state)
{
    (void)state;
    lexed l = lex(RP_STR("  ab /* */ + \"x\""), RP_EDITION_2021);
    static const uint32_t want[] = {0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3};
    for (uint32_t at = 0; at < RP_COUNT(want); at++)
        assert_int_equal(rp_token_at(&l.t, at), want[at]);
    assert_true(rp_tokens_have(&l.t, 0, 3, RP_T_PLUS));
    assert_false(rp_tokens_have(&l.t, 2, 3, RP_T_PLUS));
    assert_false(rp_tokens_have(&l.t, 3, 3, RP_T_PLUS));
    rp_arena_free(&l.arena);
}

/* Each token as it is written, blanks between. */
static void expect_bare(const char *text, const char *want)
{
    lexed l = lex_with(rp_lex_bare, rp_str_from(text), RP_EDITION_2021);
    rp_buf out = {0};
    for (uint32_t i = 0; i < l.t.n; i++)
        rp_buf_printf(&out, "%s%.*s", i != 0 ? " " : "", RP_FMT(rp_token_text(&l.t, i)));
    rp_buf_char(&out, '\0');
    assert_string_equal(out.ptr, want);
    rp_buf_free(&out);
    rp_arena_free(&l.arena);
}

static void bodies_are_left_out(void **state)
{
    (void)state;
    expect_bare("fn f() -> u8 { 1 } struct S { a: u8 }", "fn f ( ) -> u8 { } struct S { a : u8 }");
    expect_bare(
        "impl A { fn f<T>(x: fn(u8)) -> ! where T: B, { if x { y } } const C: u8 = { 1 }; }",
        "impl A { fn f < T > ( x : fn ( u8 ) ) -> ! where T : B , { } const C : u8 = { 1 } ; }");
    expect_bare("trait T { fn a(); fn b() { c() } }", "trait T { fn a ( ) ; fn b ( ) { } }");
    expect_bare("type F = fn(u8); mod m { fn f() { x } }",
                "type F = fn ( u8 ) ; mod m { fn f ( ) { } }");
    /* delimiters that are none */
    expect_bare("fn f() { '{'; \"}\\\"}\"; /* } /* } */ */ b'}'; 'a: loop {} // }\n } x",
                "fn f ( ) { } x");
    expect_bare("fn f() { r\"}\\\"; br#\"}\"}\"#; cr##\"}\"#}\"##; ar\"}\\\"\"; } x",
                "fn f ( ) { } x");
    expect_bare("fn f() { a / b; '\\''; b'\\''; '\"'; 'r\"}\\\"\"; } x", "fn f ( ) { } x");
}

static void what_is_no_body_stays(void **state)
{
    (void)state;
    expect_bare("m! { fn f() { a } } fn g() { b }", "m ! { fn f ( ) { a } } fn g ( ) { }");
    expect_bare("macro_rules! m { () => { fn f() { a } } } fn g() { b }",
                "macro_rules ! m { ( ) => { fn f ( ) { a } } } fn g ( ) { }");
    expect_bare("macro m() { fn f() { a } }", "macro m ( ) { fn f ( ) { a } }");
    expect_bare("fn f() -> A<u8, { N }> { 1 }", "fn f ( ) -> A < u8 , { N } > { 1 }");
    expect_bare("fn f() -> A<{ N }> where B: C {}", "fn f ( ) -> A < { N } > where B : C { }");
    expect_bare("fn f() { { a }", "fn f ( ) { { a }"); /* it does not end */
    expect_bare("fn f() { fn g() { a } \"", "fn f ( ) { fn g ( ) { a } \"");
}

static void each_failing_allocation_is_an_error(void **state)
{
    (void)state;
    static const char text[] = "fn a() { /* x */ } // y\n ( ( ] \" ";
    rp_buf big = {0};
    for (int i = 0; i < 300; i++)
        rp_buf_puts(&big, text);
    for (uint64_t n = 1;; n++) {
        lexed l = {0};
        rp_padded padded;
        rp_arena_fail_at(n);
        rp_code code = rp_pad(rp_buf_str(&big), &l.arena, &padded, NULL);
        if (code == RP_OK)
            code = rp_lex(padded, RP_EDITION_2021, &l.arena, &l.t, NULL);
        uint64_t asked = rp_arena_fail_at(0);
        rp_arena_free(&l.arena);
        if (code == RP_OK) {
            assert_true(asked < n);
            break;
        }
        assert_int_equal(code, RP_E_MEMORY);
    }
    rp_buf_free(&big);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_keywords),
        cmocka_unit_test(every_keyword_is_known),
        cmocka_unit_test(lifetimes_and_characters),
        cmocka_unit_test(numbers),
        cmocka_unit_test(strings),
        cmocka_unit_test(operators_are_the_longest_that_fit),
        cmocka_unit_test(greater_is_always_alone),
        cmocka_unit_test(comments_know_their_token),
        cmocka_unit_test(what_stands_before_the_first_token),
        cmocka_unit_test(delimiters_match),
        cmocka_unit_test(errors_have_a_place),
        cmocka_unit_test(literals_say_something),
        cmocka_unit_test(integers_have_values),
        cmocka_unit_test(places_have_lines_and_columns),
        cmocka_unit_test(columns_of_long_lines),
        cmocka_unit_test(tokens_are_found_by_place),
        cmocka_unit_test(bodies_are_left_out),
        cmocka_unit_test(what_is_no_body_stays),
        cmocka_unit_test(each_failing_allocation_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
