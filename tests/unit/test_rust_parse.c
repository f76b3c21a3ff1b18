/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/limits.h"
#include "rust/parse.h"

typedef struct {
    rp_arena arena;
    rp_tokens t;
    rp_ast ast;
} parsed;

/* `p` is filled in place: the tree points at the tokens. */
static rp_code parse(parsed *p, rp_str text, rp_parse_depth depth)
{
    rp_padded padded;
    rp_code code = rp_pad(text, &p->arena, &padded, NULL);
    if (code == RP_OK)
        code = rp_lex(padded, RP_EDITION_2021, &p->arena, &p->t, NULL);
    return code != RP_OK ? code : rp_parse(&p->t, depth, &p->arena, &p->ast, NULL);
}

static rp_id find(const parsed *p, rp_node_kind kind)
{
    for (rp_id id = 1; id < p->ast.n; id++)
        if (rp_kind_of(&p->ast, id) == kind)
            return id;
    return 0;
}

static char *dump(parsed *p)
{
    rp_buf out = {0};
    rp_ast_dump(&p->ast, p->ast.root, &p->arena, &out);
    assert_false(out.bad);
    char *text = rp_new(&p->arena, out.len + 1, char);
    memcpy(text, out.ptr, out.len);
    rp_buf_free(&out);
    return text;
}

static const char sample[] =
    "//! File\n#![allow(x)]\nuse a::{b as c, d::*};\n"
    "pub(crate) unsafe fn f<'a, T: Clone>(x: &'a T, _: u8) -> Vec<Vec<u8>> where T: Copy {\n"
    "    let y = unsafe { *x.p };\n    if a { b() } else if let Some(c) = d { e!(f) } else { g }\n"
    "    fn inner() { 1 + 2 * 3 }\n    x.0.1.method::<T>(1, 2)?.await\n}\n"
    "const C: [u8; 2] = { [1, 2] };\nstatic mut S: u8 = 3;\n"
    "impl<T> Tr for Ty<T> { fn m(&self) { loop { break } } const D: u8 = 4; }\n";

static void slots_hold_what_they_say(void **state)
{
    (void)state;
    parsed p = {0};
    assert_int_equal(parse(&p, RP_STR(sample), RP_PARSE_ALL), RP_OK);
    assert_int_equal(p.t.n_errors + p.ast.n_errors, 0);
    const rp_ast *a = &p.ast;
    rp_id fn = rp_kid(a, a->root, RP_FILE_ITEMS + 1);
    assert_int_equal(rp_kind_of(a, fn), RP_N_FN);
    assert_true(rp_str_is(rp_node_word(a, fn), "f"));
    assert_true(rp_node_has(a, fn, RP_Q_UNSAFE));
    assert_false(rp_node_has(a, fn, RP_Q_CONST));
    assert_int_equal(rp_node_of(a, rp_kid(a, fn, RP_SLOT_VIS))->aux, RP_VIS_CRATE);
    assert_int_equal(rp_kids_count(a, rp_kid(a, fn, RP_FN_PARAMS)), 2);
    assert_int_equal(rp_kids_count(a, rp_kid(a, fn, RP_FN_GENERICS)), 2);
    assert_true(rp_str_is(rp_node_text(a, rp_kid(a, fn, RP_FN_RET)), "Vec<Vec<u8>>"));
    assert_true(rp_str_is(rp_node_text(a, rp_kid(a, fn, RP_FN_WHERE)), "where T: Copy"));
    assert_int_equal(rp_kid(a, fn, RP_FN_ABI), 0);
    assert_int_equal(rp_kid(a, fn, 99), 0);
    rp_id body = rp_kid(a, fn, RP_FN_BODY);
    assert_int_equal(rp_kids_count(a, body), RP_BLOCK_STMTS + 4);
    rp_id let = rp_kid(a, body, RP_BLOCK_STMTS);
    assert_true(rp_str_is(rp_node_text(a, rp_kid(a, let, RP_LET_INIT)), "unsafe { *x.p }"));
    assert_true(rp_node_has(a, rp_kid(a, let, RP_LET_INIT), RP_Q_UNSAFE));
    assert_true(rp_str_is(rp_node_text(a, find(&p, RP_N_METHOD_CALL)), "x.0.1.method::<T>(1, 2)"));
    rp_id field = find(&p, RP_N_FIELD_EXPR); /* x.p */
    assert_true(rp_str_is(rp_node_word(a, field), "p"));
    rp_id half = rp_kid(a, rp_kid(a, find(&p, RP_N_METHOD_CALL), 0), 0);
    assert_true(rp_str_is(rp_node_text(a, half), "x.0"));
    assert_int_equal(rp_kids_count(a, rp_node_attrs(a, a->root)), 2);
    rp_arena_free(&p.arena);
}

static void bodies_on_demand_are_the_same_bodies(void **state)
{
    (void)state;
    parsed all = {0}, lazy = {0};
    assert_int_equal(parse(&all, RP_STR(sample), RP_PARSE_ALL), RP_OK);
    assert_int_equal(parse(&lazy, RP_STR(sample), RP_PARSE_ITEMS), RP_OK);
    assert_int_equal(find(&lazy, RP_N_BLOCK), 0);
    assert_true(strcmp(dump(&all), dump(&lazy)) != 0);
    uint32_t n = 0;
    for (rp_id id = 1; id < lazy.ast.n; id++)
        for (uint32_t slot = 0; slot < rp_kids_count(&lazy.ast, id); slot++)
            if (rp_kind_of(&lazy.ast, rp_kid(&lazy.ast, id, slot)) == RP_N_UNPARSED) {
                rp_id got = rp_ast_slot(&lazy.ast, id, slot);
                assert_int_not_equal(got, 0);
                assert_int_equal(rp_ast_slot(&lazy.ast, id, slot), got);
                n++;
            }
    assert_int_equal(n, 5);
    assert_string_equal(dump(&all), dump(&lazy));
    rp_arena_free(&all.arena);
    rp_arena_free(&lazy.arena);
}

static void errors_of_bodies_come_with_the_body(void **state)
{
    (void)state;
    parsed p = {0};
    assert_int_equal(parse(&p, RP_STR("fn f() { let = 1; g() }"), RP_PARSE_ITEMS), RP_OK);
    assert_int_equal(p.ast.n_errors, 0);
    rp_id fn = rp_kid(&p.ast, p.ast.root, RP_FILE_ITEMS);
    rp_id body = rp_ast_slot(&p.ast, fn, RP_FN_BODY);
    assert_int_equal(p.ast.n_errors, 1);
    assert_int_equal(p.ast.errors.items[0].at, 13);
    assert_int_equal(rp_kind_of(&p.ast, rp_kid(&p.ast, body, RP_BLOCK_STMTS)), RP_N_ERROR);
    assert_int_equal(rp_kind_of(&p.ast, rp_kid(&p.ast, body, RP_BLOCK_STMTS + 1)), RP_N_EXPR_STMT);
    rp_arena_free(&p.arena);
}

static void paths_have_words(void **state)
{
    (void)state;
    static const char text[] = "type A = ::std::vec::Vec<u8>::Out; type B = <T as U::V<W>>::X::<Y>;"
                               "type C = $crate::r#fn::D; type E = Fn(u8) -> F;";
    static const struct {
        const char *words, *with_args;
    } want[] = {{"std vec Vec Out", "Vec"}, {"X", "X"}, {"crate fn D", ""}, {"Fn", "Fn"}};
    parsed p = {0};
    assert_int_equal(parse(&p, RP_STR(text), RP_PARSE_ALL), RP_OK);
    assert_int_equal(p.ast.n_errors, 0);
    for (uint32_t i = 0; i < RP_COUNT(want); i++) {
        rp_id item = rp_kid(&p.ast, p.ast.root, RP_FILE_ITEMS + i);
        rp_id path = rp_kid(&p.ast, item, RP_ALIAS_TYPE);
        rp_path_words w = rp_path_start(&p.ast, path);
        char words[64] = "", args[64] = "";
        while (rp_path_next(&w)) {
            rp_str word = rp_token_word(&p.t, w.word);
            (void)snprintf(words + strlen(words), sizeof words - strlen(words), "%s%.*s",
                           words[0] ? " " : "", RP_FMT(word));
            if (w.args != 0)
                (void)snprintf(args + strlen(args), sizeof args - strlen(args), "%.*s",
                               RP_FMT(word));
        }
        assert_string_equal(words, want[i].words);
        assert_string_equal(args, want[i].with_args);
    }
    rp_id third = rp_kid(&p.ast, rp_kid(&p.ast, p.ast.root, RP_FILE_ITEMS), RP_ALIAS_TYPE);
    assert_true(rp_path_is(&p.ast, third, "std::vec::Vec::Out"));
    assert_false(rp_path_is(&p.ast, third, "std::vec::Vec"));
    assert_false(rp_path_is(&p.ast, third, "std::vec::Vec::Out::x"));
    rp_arena_free(&p.arena);
}

static void a_walk_meets_every_node_twice(void **state)
{
    (void)state;
    parsed p = {0};
    assert_int_equal(parse(&p, RP_STR(sample), RP_PARSE_ALL), RP_OK);
    rp_walk w = rp_walk_start(&p.ast, p.ast.root, &p.arena);
    rp_id *parents = rp_ast_parents(&p.ast, p.ast.root, &p.arena);
    uint32_t in = 0, out = 0, last = 0;
    for (rp_id id; (id = rp_walk_next(&w)) != 0;) {
        in += w.entering;
        out += !w.entering;
        assert_int_equal(rp_walk_parent(&w, 1), parents[id]);
        if (w.entering && id != p.ast.root) {
            const rp_node *n = rp_node_of(&p.ast, id), *up = rp_node_of(&p.ast, parents[id]);
            assert_true(n->first >= up->first && n->last <= up->last && n->first <= n->last);
            assert_true(n->main >= n->first && n->main <= n->last);
            assert_true(n->first >= last || n->kind == RP_N_ATTRS || n->first == up->first);
            last = n->first;
        }
    }
    assert_int_equal(in, out);
    assert_true(in > 100);
    assert_int_equal(rp_walk_next(&w), 0);

    w = rp_walk_start(&p.ast, p.ast.root, &p.arena);
    assert_int_equal(rp_walk_next(&w), p.ast.root);
    rp_walk_skip(&w);
    assert_int_equal(rp_walk_next(&w), p.ast.root);
    assert_false(w.entering);
    assert_int_equal(rp_walk_next(&w), 0);
    rp_arena_free(&p.arena);
}

/* What a fragment ends with, by the text behind it. */
static void fragments_end_where_they_end(void **state)
{
    (void)state;
    static const struct {
        rp_fragment what;
        const char *text, *rest; /* rest NULL: none begins here */
        rp_node_kind kind;
    } cases[] = {
        {RP_PARSE_EXPR, "a + b * c, d", ", d", RP_N_BINARY},
        {RP_PARSE_EXPR, "a =>", "=>", RP_N_PATH_EXPR},
        {RP_PARSE_EXPR, "fn", NULL, 0},
        {RP_PARSE_TYPE, "Vec<Vec<u8>> = 1", "= 1", RP_N_PATH_TYPE},
        {RP_PARSE_TYPE, "A + B ,", ",", RP_N_TYPE_DYN},
        {RP_PARSE_PAT, "A | B if", "if", RP_N_PAT_OR},
        {RP_PARSE_PAT_PARAM, "A | B", "| B", RP_N_PAT_IDENT},
        {RP_PARSE_PATH, "a::b<T>::c; d", "; d", RP_N_PATH_TYPE},
        {RP_PARSE_STMT, "let x = 1; y", "; y", RP_N_LET},
        {RP_PARSE_STMT, "struct S; y", "y", RP_N_STRUCT},
        {RP_PARSE_BLOCK, "{ a } b", "b", RP_N_BLOCK},
        {RP_PARSE_ITEM, "pub fn f() {} x", "x", RP_N_FN},
        {RP_PARSE_LITERAL, "-1 x", "x", RP_N_NEG},
        {RP_PARSE_LITERAL, "x", NULL, 0},
        {RP_PARSE_META, "derive(A, B) x", "x", RP_N_ATTR},
        {RP_PARSE_META, "path = \"a\" x", "x", RP_N_ATTR},
        {RP_PARSE_VIS, "pub(in a::b) fn", "fn", RP_N_VIS},
        {RP_PARSE_VIS, "fn", "fn", RP_N_NONE},
        {RP_PARSE_ITEMS_ALL, "fn a() {} struct S;", "", RP_N_FILE},
        {RP_PARSE_ITEMS_ALL, "fn a() {} 3", NULL, 0},
        {RP_PARSE_STMTS_ALL, "let x = 1; x", "", RP_N_BLOCK},
        {RP_PARSE_EXPRS_ALL, "\"{}\", x, y = 2,", "", RP_N_TUPLE},
        {RP_PARSE_EXPRS_ALL, "a => b", NULL, 0},
    };
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        parsed p = {0};
        rp_padded padded;
        uint32_t end = UINT32_MAX;
        assert_int_equal(rp_pad(rp_str_from(cases[i].text), &p.arena, &padded, NULL), RP_OK);
        assert_int_equal(rp_lex(padded, RP_EDITION_2021, &p.arena, &p.t, NULL), RP_OK);
        assert_int_equal(rp_ast_start(&p.t, &p.arena, &p.ast, NULL), RP_OK);
        rp_id id = rp_parse_fragment(&p.ast, cases[i].what, 0, p.t.n, false, &end);
        assert_int_equal(p.ast.n_errors, 0);
        if (cases[i].rest == NULL) {
            assert_int_equal(id, 0);
            assert_int_equal(end, UINT32_MAX);
            assert_int_equal(p.ast.n, 1); /* nothing is left behind */
        } else {
            assert_int_equal(rp_kind_of(&p.ast, id), cases[i].kind);
            const char *rest = p.t.text.ptr + p.t.start[end];
            assert_string_equal(rest, cases[i].rest);
        }
        rp_arena_free(&p.arena);
    }
}

/* An expansion: fragments stand in invisible delimiters. The text is lexed with `(` for them. */
static void fragments_in_invisible_delimiters(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "fn f() { let x = ( a + b ) * c; }",
        "fn f(x: ( Vec<u8> )) {}",
        "fn f() { ( Vec<u8> )::new(); }",
        "fn f() { match x { ( A | B ) => 1, } }",
        "fn f() ( { 1 } )",
        "( fn f() {} )",
        "( pub ) fn f() {}",
        "fn f() { ( a::S ) { x: 1 } }",
        "type A = ( T )::Out;",
        "fn f() { ( let x = 1 ); }",
        "#[( doc = \"x\" )] fn f() {}",
        "impl ( Trait ) for ( Type ) {}",
    };
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        parsed p = {0};
        rp_padded padded;
        assert_int_equal(rp_pad(rp_str_from(cases[i]), &p.arena, &padded, NULL), RP_OK);
        assert_int_equal(rp_lex(padded, RP_EDITION_2021, &p.arena, &p.t, NULL), RP_OK);
        uint8_t *kind = rp_new(&p.arena, p.t.n + 1, uint8_t);
        memcpy(kind, p.t.kind, p.t.n + 1);
        for (uint32_t t = 0; t < p.t.n; t++)
            if (kind[t] == RP_T_OPEN_PAREN && p.t.text.ptr[p.t.start[t] + 1] == ' ') {
                kind[t] = RP_T_OPEN_NONE;
                kind[p.t.mate[t]] = RP_T_CLOSE_NONE;
            }
        p.t.kind = kind;
        assert_int_equal(rp_parse(&p.t, RP_PARSE_ALL, &p.arena, &p.ast, NULL), RP_OK);
        if (p.ast.n_errors != 0)
            fail_msg("%s: %s at %u", cases[i], p.ast.errors.items[0].text,
                     p.ast.errors.items[0].at);
        rp_arena_free(&p.arena);
    }
}

/* `n` times `open`, then `middle`, then `n` times `close`. */
static void nested(rp_buf *b, const char *open, const char *middle, const char *close, int n)
{
    rp_buf_clear(b);
    for (int i = 0; i < n; i++)
        rp_buf_puts(b, open);
    rp_buf_puts(b, middle);
    for (int i = 0; i < n; i++)
        rp_buf_puts(b, close);
}

static void nesting_is_capped(void **state)
{
    (void)state;
    static const struct {
        const char *open, *middle, *close;
        bool capped;
    } cases[] = {
        {"const A: u8 = ", "", "", true}, {"fn f() {", "", "}", true},
        {"mod m {", "", "}", true},       {"type A = (", "u8", ");", true},
        {"impl X {", "", "}", true},      {"use a::{", "b", "}", true},
        {"fn f() { (", "1", ") }", true}, {"fn f(x: &", "u8", ") {}", true},
    };
    rp_buf b = {0};
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        parsed p = {0};
        nested(&b, cases[i].open, cases[i].middle, cases[i].close, 20000);
        assert_int_equal(parse(&p, rp_buf_str(&b), RP_PARSE_ALL), RP_OK);
        assert_true(p.ast.n_errors > 0);
        rp_arena_free(&p.arena);
    }
    static const char *const prefixes[] = {
        "-",       "&",       "(",      "[",          "{",
        "|x|",     "*&",      "if a {", "f(",         "m(|| {",
        "a..",     "return ", "&&",     "'a: loop {", "match x { _ => ",
        "S { a: ", "async {", "a = ",   "x as Vec<",  "<",
        "let (",   "!",       "a[",     "unsafe {"};
    for (size_t i = 0; i < RP_COUNT(prefixes); i++) {
        parsed p = {0};
        rp_buf_clear(&b);
        rp_buf_puts(&b, "fn f() { ");
        for (int k = 0; k < 50000; k++)
            rp_buf_puts(&b, prefixes[i]);
        assert_int_equal(parse(&p, rp_buf_str(&b), RP_PARSE_ALL), RP_OK);
        assert_true(p.ast.n_errors > 0);
        rp_arena_free(&p.arena);
    }
    rp_buf_free(&b);
}

static void long_chains_are_no_nesting(void **state)
{
    (void)state;
    static const struct {
        const char *before, *each, *after;
    } cases[] = {{"fn f() { a", " + a", " }"},
                 {"fn f() { a", ".b()", " }"},
                 {"fn f() { if a {}", " else if a {}", " }"},
                 {"fn f() { a", "?", " }"},
                 {"fn f() { a", "[0]", " }"},
                 {"fn f() { a", " as u8", " }"},
                 {"fn f() { match x { a", " | a", " => 1 } }"},
                 {"type A = A", "::A", ";"},
                 {"fn f<T>() where T: A", " + A", " {}"},
                 {"fn f() { f(a", ", a", ") }"}};
    rp_buf b = {0};
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        parsed p = {0};
        rp_buf_clear(&b);
        rp_buf_puts(&b, cases[i].before);
        for (int k = 0; k < 20000; k++)
            rp_buf_puts(&b, cases[i].each);
        rp_buf_puts(&b, cases[i].after);
        assert_int_equal(parse(&p, rp_buf_str(&b), RP_PARSE_ALL), RP_OK);
        assert_int_equal(p.ast.n_errors, 0);
        rp_walk w = rp_walk_start(&p.ast, p.ast.root, &p.arena);
        uint32_t n = 0;
        while (rp_walk_next(&w) != 0)
            n++;
        assert_false(w.refused);
        assert_true(n > 3);
        rp_arena_free(&p.arena);
    }
    rp_buf_free(&b);
}

static void every_prefix_ends(void **state)
{
    (void)state;
    for (size_t len = 0; len < sizeof sample; len++) {
        parsed p = {0};
        assert_int_equal(parse(&p, (rp_str){sample, len}, RP_PARSE_ALL), RP_OK);
        rp_walk w = rp_walk_start(&p.ast, p.ast.root, &p.arena);
        while (rp_walk_next(&w) != 0)
            assert_true(w.path.n < 100);
        rp_arena_free(&p.arena);
    }
}

static void an_error_spoils_its_item_only(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "fn a( {} ",
        "struct S { a: , b }",
        "impl X for { fn f() {} }",
        "enum E { A = , B }",
        "use a::;",
        "fn b() { let x = ; }",
        "trait T { fn f(; }",
        "const C: = 1;",
        "type A = <T>;",
        "static S u8 = 1;",
        "mod m { fn 1() {} }",
        "union { }",
        "macro_rules! ;",
        "extern \"C\" { fn f( }",
        "3 + 4",
        "#[derive fn x",
    };
    for (size_t i = 0; i < RP_COUNT(broken); i++) {
        rp_buf b = {0};
        parsed p = {0};
        rp_buf_printf(&b, "fn before() {}\n%s\nfn after() { 1 }\n", broken[i]);
        assert_int_equal(parse(&p, rp_buf_str(&b), RP_PARSE_ALL), RP_OK);
        if (p.ast.n_errors + p.t.n_errors == 0)
            fail_msg("no error: %s", broken[i]);
        bool before = false, after = false;
        for (rp_id id = 1; id < p.ast.n; id++) {
            bool fn = rp_kind_of(&p.ast, id) == RP_N_FN;
            before = before || (fn && rp_str_is(rp_node_word(&p.ast, id), "before"));
            after = after || (fn && rp_str_is(rp_node_word(&p.ast, id), "after"));
        }
        assert_true(before);
        if (!after)
            fail_msg("lost what follows: %s", broken[i]);
        rp_buf_free(&b);
        rp_arena_free(&p.arena);
    }
}

static void each_failing_allocation_is_an_error(void **state)
{
    (void)state;
    for (uint64_t n = 1;; n++) {
        parsed p = {0};
        rp_arena_fail_at(n);
        rp_code code = parse(&p, RP_STR(sample), RP_PARSE_ITEMS);
        for (rp_id id = 1; code == RP_OK && id < p.ast.n; id++)
            for (uint32_t slot = 0; slot < rp_kids_count(&p.ast, id); slot++)
                if (rp_ast_slot(&p.ast, id, slot) == 0 && p.ast.refused)
                    code = RP_E_MEMORY;
        uint64_t asked = rp_arena_fail_at(0);
        rp_arena_free(&p.arena);
        if (code == RP_OK) {
            assert_true(asked < n);
            return;
        }
        assert_int_equal(code, RP_E_MEMORY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_hold_what_they_say),
        cmocka_unit_test(bodies_on_demand_are_the_same_bodies),
        cmocka_unit_test(errors_of_bodies_come_with_the_body),
        cmocka_unit_test(paths_have_words),
        cmocka_unit_test(a_walk_meets_every_node_twice),
        cmocka_unit_test(fragments_end_where_they_end),
        cmocka_unit_test(fragments_in_invisible_delimiters),
        cmocka_unit_test(nesting_is_capped),
        cmocka_unit_test(long_chains_are_no_nesting),
        cmocka_unit_test(every_prefix_ends),
        cmocka_unit_test(an_error_spoils_its_item_only),
        cmocka_unit_test(each_failing_allocation_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
