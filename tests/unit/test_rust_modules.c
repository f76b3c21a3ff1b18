/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "rust/modules.h"

#define FIXTURE RP_SOURCE_ROOT "/tests/rust/crate/"

static rp_cfg linux_cfg(rp_arena *arena)
{
    rp_cfg cfg;
    assert_int_equal(rp_cfg_make(RP_STR("x86_64-unknown-linux-gnu"), NULL, 0, arena, &cfg, NULL),
                     RP_OK);
    return cfg;
}

/* "path::of::module kind active file" a line. */
static void describe(const rp_modules *m, rp_buf *out)
{
    static const char *const kinds[] = {"file", "inline", "off", "missing", "unread"};
    static const char *const truths[] = {"no", "yes", "unknown"};
    for (uint32_t i = 1; i < m->modules.n; i++) {
        const rp_module *mod = &m->modules.items[i];
        rp_str path = m->files.items[mod->file]->path;
        if (mod->parent != 0)
            rp_buf_printf(out, "%.*s::", RP_FMT(m->modules.items[mod->parent].name));
        rp_buf_printf(out, "%.*s %s %s", RP_FMT(mod->name), kinds[mod->kind], truths[mod->active]);
        if (mod->kind == RP_MODULE_FILE)
            rp_buf_printf(out, " %s", path.ptr + sizeof FIXTURE - 1);
        rp_buf_char(out, '\n');
    }
    rp_buf_char(out, '\0');
}

static void modules_are_where_rustc_looks(void **state)
{
    (void)state;
    rp_arena a = {0};
    rp_cfg cfg = linux_cfg(&a);
    rp_modules m;
    rp_buf out = {0};
    assert_int_equal(rp_modules_read(RP_SOURCE_ROOT "/tests/rust/crate/lib.rs", RP_EDITION_2021,
                                     &cfg, false, &a, &m, NULL),
                     RP_OK);
    describe(&m, &out);
    assert_string_equal(out.ptr, "flat file yes flat.rs\n"
                                 "inner file yes inner/mod.rs\n"
                                 "type file yes type.rs\n"
                                 "gone missing yes\n"
                                 "moved file yes elsewhere/file.rs\n"
                                 "only_windows off no\n"
                                 "sys file yes unix.rs\n"
                                 "later off no\n"
                                 "flagged file unknown unix.rs\n"
                                 "flagged file unknown flagged.rs\n"
                                 "nowhere missing yes\n"
                                 "flagged file unknown flagged.rs\n"
                                 "block inline yes\n"
                                 "again missing yes\n"
                                 "flat::child file yes flat/child.rs\n"
                                 "flat::block inline yes\n"
                                 "inner::child file yes inner/child.rs\n"
                                 "moved::beside file yes elsewhere/beside.rs\n"
                                 "block::deep file yes block/deep.rs\n"
                                 "block::other inline yes\n"
                                 "block::deep file yes flat/block/deep.rs\n"
                                 "block::q file yes flat/block/p.rs\n"
                                 "other::leaf file yes block/named/leaf.rs\n");
    assert_false(m.capped);
    rp_buf_free(&out);
    rp_arena_free(&a);
}

static void a_root_that_is_not_there_is_an_error(void **state)
{
    (void)state;
    rp_arena a = {0};
    rp_cfg cfg = linux_cfg(&a);
    rp_modules m;
    rp_error err = {0};
    assert_int_equal(
        rp_modules_read("/nonexistent/lib.rs", RP_EDITION_2021, &cfg, false, &a, &m, &err),
        RP_E_IO);
    assert_true(err.text[0] != '\0');
    rp_arena_free(&a);
}

static void each_failing_allocation_is_an_error(void **state)
{
    (void)state;
    for (uint64_t n = 1;; n++) {
        rp_arena a = {0};
        rp_cfg cfg = linux_cfg(&a);
        rp_modules m;
        rp_arena_fail_at(n);
        rp_code code = rp_modules_read(RP_SOURCE_ROOT "/tests/rust/crate/lib.rs", RP_EDITION_2021,
                                       &cfg, false, &a, &m, NULL);
        uint64_t asked = rp_arena_fail_at(0);
        rp_arena_free(&a);
        if (code == RP_OK && asked < n)
            break;
        assert_true(code == RP_E_MEMORY || code == RP_OK);
    }
}

typedef struct {
    rp_arena arena;
    rp_tokens t;
    rp_ast ast;
} parsed;

static void parse(parsed *p, const char *text)
{
    rp_padded padded;
    assert_int_equal(rp_pad(rp_str_from(text), &p->arena, &padded, NULL), RP_OK);
    assert_int_equal(rp_lex(padded, RP_EDITION_2021, &p->arena, &p->t, NULL), RP_OK);
    assert_int_equal(rp_parse(&p->t, RP_PARSE_ALL, &p->arena, &p->ast, NULL), RP_OK);
    assert_int_equal(p->ast.n_errors + p->t.n_errors, 0);
}

static void use_trees_are_flattened(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"use a;", "a:a;"},
        {"use a::b as c;", "a b:c;"},
        {"use ::a::{self, b::{c, d as _}, e::*};", "/a:a;/a b c:c;/a b d:_;/a e:*;"},
        {"use {a, b::c};", "a:a;b c:c;"},
        {"use crate::x::*;", "crate x:*;"},
        {"use *;", ":*;"},
        {"use self::a as b;", "self a:b;"},
        {"use a::{self as b, r#c};", "a:b;a c:c;"},
        {"use a::{};", ""},
    };
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        parsed p = {0};
        rp_uses uses = {0};
        rp_buf out = {0};
        parse(&p, cases[i].text);
        rp_id item = rp_kid(&p.ast, p.ast.root, RP_FILE_ITEMS);
        assert_int_equal(rp_uses_of(&p.ast, item, &p.arena, &uses, NULL), RP_OK);
        for (uint32_t k = 0; k < uses.n; k++) {
            const rp_use *u = &uses.items[k];
            rp_buf_puts(&out, u->global ? "/" : "");
            for (uint32_t w = 0; w < u->n_words; w++) {
                rp_buf_puts(&out, w != 0 ? " " : "");
                rp_buf_put(&out, rp_token_word(&p.t, u->words[w]));
            }
            rp_buf_char(&out, ':');
            rp_buf_put(&out, rp_token_word(&p.t, u->name));
            rp_buf_char(&out, ';');
        }
        rp_buf_char(&out, '\0');
        assert_string_equal(out.ptr, cases[i].want);
        rp_buf_free(&out);
        rp_arena_free(&p.arena);
    }
}

static void predicates_are_yes_no_or_unknown(void **state)
{
    (void)state;
    static const struct {
        const char *attribute;
        rp_tri want;
    } cases[] = {
        {"#[cfg(unix)]", RP_YES},
        {"#[cfg(windows)]", RP_NO},
        {"#[cfg(not(windows))]", RP_YES},
        {"#[cfg(target_os = \"linux\")]", RP_YES},
        {"#[cfg(target_os = \"macos\")]", RP_NO},
        {"#[cfg(target_pointer_width = \"64\")]", RP_YES},
        {"#[cfg(target_feature = \"avx2\")]", RP_UNKNOWN},
        {"#[cfg(feature = \"std\")]", RP_YES},
        {"#[cfg(feature = \"x\")]", RP_NO},
        {"#[cfg(loom)]", RP_UNKNOWN},
        {"#[cfg(not(loom))]", RP_UNKNOWN},
        {"#[cfg(all(unix, loom))]", RP_UNKNOWN},
        {"#[cfg(all(windows, loom))]", RP_NO},
        {"#[cfg(any(unix, loom))]", RP_YES},
        {"#[cfg(any(windows, loom))]", RP_UNKNOWN},
        {"#[cfg(all())]", RP_YES},
        {"#[cfg(any())]", RP_NO},
        {"#[cfg(test)]", RP_NO},
        {"#[cfg(true)]", RP_YES},
        {"#[cfg(all(unix,))] #[cfg(false)]", RP_NO},
        {"#[cfg(version(\"1.80\"))]", RP_UNKNOWN},
        {"#[cfg(\"x\")]", RP_UNKNOWN},
        {"#[cfg_attr(unix, cfg(windows))]", RP_NO},
        {"#[cfg_attr(windows, cfg(windows))]", RP_YES},
        {"#[cfg_attr(loom, inline, cfg(windows))]", RP_UNKNOWN},
        {"#[cfg_attr(unix, cfg_attr(unix, inline, cfg(any())))]", RP_NO},
        {"#[inline] /// doc\n", RP_YES},
    };
    rp_arena a = {0};
    rp_cfg cfg;
    rp_str features[] = {RP_STR("std")};
    assert_int_equal(rp_cfg_make(RP_STR("x86_64-unknown-linux-gnu"), features, 1, &a, &cfg, NULL),
                     RP_OK);
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        parsed p = {0};
        char text[256];
        (void)snprintf(text, sizeof text, "%s fn f() {}", cases[i].attribute);
        parse(&p, text);
        rp_id item = rp_kid(&p.ast, p.ast.root, RP_FILE_ITEMS);
        if (rp_cfg_of(&p.ast, item, &cfg) != cases[i].want)
            fail_msg("%s", cases[i].attribute);
        rp_arena_free(&p.arena);
    }
    assert_int_equal(rp_cfg_make(RP_STR("x86_64-unknown-nothing"), NULL, 0, &a, &cfg, NULL),
                     RP_E_UNSUPPORTED);
    rp_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modules_are_where_rustc_looks),
        cmocka_unit_test(a_root_that_is_not_there_is_an_error),
        cmocka_unit_test(each_failing_allocation_is_an_error),
        cmocka_unit_test(use_trees_are_flattened),
        cmocka_unit_test(predicates_are_yes_no_or_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
