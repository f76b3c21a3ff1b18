/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* RP5102's edits, applied: what comes out is compared as text, and looked at again. */
#define _XOPEN_SOURCE 700
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "checks/check.h"
#include "rust/rule.h"
#include "rust_texts.h"

extern const rp_check rp_check_rp5102, rp_check_rp5103;

static bool before(const rp_rule_edit *a, const rp_rule_edit *b)
{
    return a->at.start < b->at.start;
}

/* The text with the edits of the first note applied; `text` itself without a note. */
static rp_str narrowed(const char *text, rp_arena *a, uint32_t *ret_notes)
{
    const rp_rust_rule *rule = rp_check_rp5102.rule;
    rust_text file = {"lib.rs", text};
    rust_texts all = {.items = &file, .n = 1};
    rp_arena scratch = {0};
    rp_rule_run run;
    rp_rust_crate *c = rust_crate_of(&all, RP_EDITION_2021, a);
    assert_non_null(c);
    assert_false(rp_rust_file_unsound(c->files.items[0]));
    rp_rules_run(c, &rule, 1, a, &scratch, &run);
    rp_arena_free(&scratch);
    assert_false(run.refused);
    *ret_notes = run.notes.n;
    if (run.notes.n == 0)
        return rp_str_from(text);
    const rp_rule_note *n = &run.notes.items[0];
    rp_str out = RP_STR("");
    uint32_t at = 0;
    for (uint32_t done = 0; done < n->edits.n; done++) {
        const rp_rule_edit *next = NULL;
        for (uint32_t i = 0; i < n->edits.n; i++) /* few: the next one not before `at` */
            if (n->edits.items[i].at.start >= at &&
                (next == NULL || before(&n->edits.items[i], next)))
                next = &n->edits.items[i];
        assert_non_null(next);
        out = rp_arena_printf(a, "%.*s%.*s%.*s", RP_FMT(out), (int)(next->at.start - at), text + at,
                              RP_FMT(next->text));
        at = next->at.end > next->at.start ? next->at.end : next->at.start + 1;
        if (next->at.end == next->at.start) /* an insertion: the byte behind it comes, too */
            out = rp_arena_printf(a, "%.*s%c", RP_FMT(out), text[next->at.start]);
    }
    return rp_arena_printf(a, "%.*s%s", RP_FMT(out), text + at);
}

static void becomes(const char *text, const char *want)
{
    rp_arena a = {0};
    uint32_t notes;
    rp_str got = narrowed(text, &a, &notes);
    assert_int_equal(notes, strcmp(text, want) != 0);
    assert_string_equal(rp_arena_str(&a, got).ptr, want);
    narrowed(want, &a, &notes); /* nothing is left to narrow */
    assert_int_equal(notes, 0);
    rp_arena_free(&a);
}

static void guide_sample_becomes_the_good_one(void **state)
{
    (void)state;
    becomes("fn read_ptr(ptr: *const u32) -> u32 {\n    unsafe {\n        let value = *ptr;\n"
            "        // ... lots of safe code\n        value\n    }\n}\n",
            "fn read_ptr(ptr: *const u32) -> u32 {\n    unsafe { *ptr }\n}\n");
    becomes("fn read_ptr(ptr: *const u32) -> u32 {\n    unsafe { *ptr }\n}\n",
            "fn read_ptr(ptr: *const u32) -> u32 {\n    unsafe { *ptr }\n}\n");
}

static void statements_at_the_start_go_out(void **state)
{
    (void)state;
    becomes("fn f(p: *const u32, n: u32) -> u32 { unsafe { let a = n + 1; *p + a } }",
            "fn f(p: *const u32, n: u32) -> u32 { { let a = n + 1; unsafe { *p + a } } }");
    becomes("fn f(p: *mut u32, n: u32) { unsafe { let a = n + 1; *p = a; *p += 1; } }",
            "fn f(p: *mut u32, n: u32) { { let a = n + 1; unsafe { *p = a; *p += 1; } } }");
}

static void statements_at_the_end_go_out(void **state)
{
    (void)state;
    becomes("fn g() {} fn f(p: *mut u32) { unsafe { *p = 1; g(); } }",
            "fn g() {} fn f(p: *mut u32) { { unsafe { *p = 1; } g(); } }");
}

static void lets_that_escape_are_narrowed_each(void **state)
{
    (void)state;
    becomes("fn f(p: *const u32) -> u32 { unsafe { let a = *p; let b = a + 1; b * 2 } }",
            "fn f(p: *const u32) -> u32 { { let a = unsafe { *p }; let b = a + 1; b * 2 } }");
    becomes("fn f(p: *mut u32) -> u32 { unsafe { let a = *p; *p = 2; let b = a + 1; b * 2 } }",
            "fn f(p: *mut u32) -> u32 { { let a = unsafe { *p }; unsafe { *p = 2; } let b = a + 1; "
            "b * 2 } }");
}

static void blocks_that_are_small_enough_stay(void **state)
{
    static const char *const texts[] = {
        "fn f(p: *mut u32) -> u32 { unsafe { *p = 1; let v = *p; v } }",
        "fn f(p: *mut u32) -> Result<(), ()> { unsafe { *p = 1; } Ok(()) }",
        "fn f(p: *mut u32) -> u32 { unsafe { odd!(p); *p } }",
        "unsafe fn f(p: *mut u32) -> u32 { let a = 1; *p + a }",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        becomes(texts[i], texts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guide_sample_becomes_the_good_one),
        cmocka_unit_test(statements_at_the_start_go_out),
        cmocka_unit_test(statements_at_the_end_go_out),
        cmocka_unit_test(lets_that_escape_are_narrowed_each),
        cmocka_unit_test(blocks_that_are_small_enough_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
