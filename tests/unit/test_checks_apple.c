/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clang-format off: cmocka needs these first */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include "checks/apple/apple.h"
#include "checks/check.h"

/* Facts of a program that has nothing to complain of; each case spoils one thing. */
typedef struct {
    rp_facts f;
    rp_macho_facts m;
    rp_entitlement entitlements[4];
    rp_macho_path rpaths[2];
    rp_macho_library dylibs[2];
    rp_macho_area wx[2];
    rp_rust_facts rust;
    rp_target_facts target;
    rp_code_facts code; /* zeroed: not read */
    rp_symbol_facts symbols;
} world;

static const rp_fact none = {RP_NO, RP_NOWHERE, NULL};

static void set_good(world *w)
{
    *w = (world){.f = {.format = RP_FORMAT_MACHO,
                       .arch = RP_ARCH_AARCH64,
                       .bits = 64,
                       .kind = RP_KIND_EXECUTABLE}};
    rp_macho_facts *m = &w->m;
    m->cputype = RP_APPLE_CPU_ARM64;
    m->flags = 0x200000;
    m->platform = RP_STR("macOS");
    m->signature = m->code_directory = m->code_covered = m->cms = rp_fact_yes(10);
    m->page_hashes = m->blob_hashes = m->commands = m->dylinker = rp_fact_yes(20);
    m->pages = 4;
    m->cd_flags = RP_APPLE_RUNTIME;
    m->cd_hash_type = 2;
    m->team = RP_STR("TEAM");
    m->entitlements_present = m->restrict_segment = none;
    m->pagezero = rp_fact_yes(30);
    m->pagezero_size = UINT64_C(1) << 32;
    m->data_const = rp_fact_yes(40);
    m->writable_got = m->lazy_pointers = none;
    m->chained_fixups = m->pointers_walked = rp_fact_yes(50);
    m->arm64e = true;
    m->fixup_pointers = 9;
    m->authenticated_fixups = 5;
    m->entitlements = w->entitlements;
    m->rpaths = w->rpaths;
    m->dylibs = w->dylibs;
    m->wx = w->wx;
    w->target.triple = "";
    w->f.macho = m;
    w->code.read = RP_YES;
    w->code.functions = 9;
    w->code.pauth = (rp_coverage){.known = RP_YES, .covered = 4, .total = 4};
    w->code.signing = (rp_coverage){.known = RP_YES, .covered = 3, .total = 3};
    w->f.rust = &w->rust;
    w->f.target = &w->target;
    w->f.code = &w->code;
    w->f.symbols = &w->symbols;
}

static void expect(const world *w, const char *code, rp_outcome outcome, rp_level level,
                   const char *text)
{
    rp_arena a = {0};
    const rp_check *check = rp_check_find(rp_str_from(code));
    assert_non_null(check);
    assert_true((check->formats & RP_ON_MACHO) != 0);
    rp_out out = rp_out_start(&a, check);
    check->run(&w->f, &out);
    if (out.outcome != outcome || out.level != level ||
        (text[0] != '\0' && rp_str_find(out.text, rp_str_from(text)) == SIZE_MAX))
        fail_msg("%s: outcome %d level %d: %.*s", code, (int)out.outcome, (int)out.level,
                 RP_FMT(out.text));
    if (outcome == RP_OUTCOME_PASS || outcome == RP_OUTCOME_FINDING)
        assert_true(out.nevidence > 0);
    if (outcome == RP_OUTCOME_FINDING)
        assert_true(out.nfixes > 0 && out.verify.len > 0);
    assert_false(out.out_of_memory);
    rp_arena_free(&a);
}

static void entitle(world *w, uint32_t i, const char *name, rp_tri value)
{
    w->entitlements[i] = (rp_entitlement){rp_str_from(name), value, 77};
    w->m.nentitlements = i + 1;
    w->m.entitlements_present = rp_fact_yes(70);
}

static void test_all_good(void **state)
{
    (void)state;
    static const char *const codes[] = {"RP2101", "RP2102", "RP2103", "RP2107", "RP2151", "RP2152",
                                        "RP2153", "RP2154", "RP2155", "RP2156", "RP2157", "RP2158"};
    world w;
    set_good(&w);
    for (size_t i = 0; i < RP_COUNT(codes); i++)
        expect(&w, codes[i], RP_OUTCOME_PASS, rp_check_find(rp_str_from(codes[i]))->level, "");
}

/* What cannot be read is unknown in every check that rests on it. */
static void test_unknown_is_no_pass(void **state)
{
    (void)state;
    world w;
    set_good(&w);
    w.m.signature = w.m.cms = w.m.page_hashes = w.m.entitlements_present = rp_fact_unknown("torn");
    static const char *const signature[] = {"RP2151", "RP2152", "RP2153", "RP2154", "RP2155"};
    for (size_t i = 0; i < RP_COUNT(signature); i++)
        expect(&w, signature[i], RP_OUTCOME_UNKNOWN,
               rp_check_find(rp_str_from(signature[i]))->level, "torn");
    set_good(&w);
    w.m.commands = w.m.pagezero = w.m.writable_got = w.m.pointers_walked = rp_fact_unknown("torn");
    static const char *const commands[] = {"RP2103", "RP2107", "RP2156", "RP2157", "RP2158"};
    for (size_t i = 0; i < RP_COUNT(commands); i++)
        expect(&w, commands[i], RP_OUTCOME_UNKNOWN, rp_check_find(rp_str_from(commands[i]))->level,
               "torn");
    set_good(&w);
    w.m.entitlements_present = rp_fact_unknown("torn");
    expect(&w, "RP2152", RP_OUTCOME_UNKNOWN, RP_WARN, "torn");
    expect(&w, "RP2153", RP_OUTCOME_UNKNOWN, RP_NOTE, "entitlements cannot be read");
    expect(&w, "RP2154", RP_OUTCOME_UNKNOWN, RP_NOTE, "entitlements cannot be read");
    set_good(&w);
    w.m.blob_hashes = rp_fact_unknown("torn");
    expect(&w, "RP2155", RP_OUTCOME_UNKNOWN, RP_WARN, "torn");
}

static void test_does_not_apply(void **state)
{
    (void)state;
    static const char *const process[] = {"RP2151", "RP2152", "RP2153", "RP2154", "RP2156"};
    world w;
    set_good(&w);
    static const rp_kind kinds[] = {RP_KIND_LIBRARY, RP_KIND_OBJECT, RP_KIND_KERNEL};
    for (size_t k = 0; k < RP_COUNT(kinds); k++) {
        w.f.kind = kinds[k];
        for (size_t i = 0; i < RP_COUNT(process); i++)
            expect(&w, process[i], RP_OUTCOME_NA, rp_check_find(rp_str_from(process[i]))->level,
                   "");
    }
    set_good(&w);
    w.m.platform = RP_STR("iOS");
    expect(&w, "RP2151", RP_OUTCOME_NA, RP_WARN, "built for iOS");
    w.f.kind = RP_KIND_LIBRARY;
    expect(&w, "RP2101", RP_OUTCOME_NA, RP_DENY, "a library");
    expect(&w, "RP2102", RP_OUTCOME_NA, RP_DENY, "a library");
    w.f.arch = RP_ARCH_X86_64;
    expect(&w, "RP2158", RP_OUTCOME_NA, RP_NOTE, "x86-64");
}

static void test_signature_states(void **state)
{
    (void)state;
    world w;
    set_good(&w);
    w.m.page_hashes = rp_fact_no(1);
    w.m.bad_pages = 2;
    expect(&w, "RP2155", RP_OUTCOME_FINDING, RP_DENY, "2 of 4 pages differ");
    set_good(&w);
    w.m.blob_hashes = rp_fact_no(1);
    expect(&w, "RP2155", RP_OUTCOME_FINDING, RP_DENY, "requirements or entitlements");
    set_good(&w);
    w.m.cms = none;
    w.m.cd_flags = RP_APPLE_ADHOC | RP_APPLE_LINKER_SIGNED;
    expect(&w, "RP2155", RP_OUTCOME_FINDING, RP_NOTE, "signed by the linker");
    expect(&w, "RP2151", RP_OUTCOME_FINDING, RP_WARN, "without the hardened runtime");
    expect(&w, "RP2153", RP_OUTCOME_FINDING, RP_NOTE, "DYLD_ variables");
    expect(&w, "RP2154", RP_OUTCOME_FINDING, RP_NOTE, "signed by anybody");
    set_good(&w);
    w.m.code_covered = none;
    expect(&w, "RP2155", RP_OUTCOME_FINDING, RP_WARN, "covers only");
    set_good(&w);
    w.m.cd_hash_type = 1;
    expect(&w, "RP2155", RP_OUTCOME_FINDING, RP_WARN, "SHA-1");
    set_good(&w);
    w.m.signature = none;
    expect(&w, "RP2155", RP_OUTCOME_FINDING, RP_WARN, "Apple silicon does not run it");
    expect(&w, "RP2152", RP_OUTCOME_NA, RP_WARN, "not signed");
}

static void test_entitlements(void **state)
{
    (void)state;
    world w;
    set_good(&w);
    entitle(&w, 0, "com.apple.security.cs.allow-jit", RP_YES);
    expect(&w, "RP2152", RP_OUTCOME_FINDING, RP_NOTE, "allow-jit weakens");
    entitle(&w, 1, "com.apple.security.get-task-allow", RP_YES);
    expect(&w, "RP2152", RP_OUTCOME_FINDING, RP_WARN, "and 1 more");
    expect(&w, "RP2153", RP_OUTCOME_UNKNOWN, RP_NOTE, "get-task-allow");
    set_good(&w);
    entitle(&w, 0, "com.apple.security.cs.disable-library-validation", RP_NO);
    entitle(&w, 1, "com.apple.security.cs.disable-library-validation", RP_YES);
    expect(&w, "RP2154", RP_OUTCOME_FINDING, RP_NOTE, "switches library validation off");
    set_good(&w);
    entitle(&w, 0, "com.apple.security.cs.allow-dyld-environment-variables", RP_YES);
    expect(&w, "RP2153", RP_OUTCOME_FINDING, RP_NOTE, "lets DYLD_ variables through");
    w.m.restrict_segment = rp_fact_yes(9);
    expect(&w, "RP2153", RP_OUTCOME_PASS, RP_NOTE, "__RESTRICT");
    set_good(&w);
    entitle(&w, 0, "com.apple.security.get-task-allow", RP_UNKNOWN);
    expect(&w, "RP2152", RP_OUTCOME_UNKNOWN, RP_WARN, "neither true nor false");
}

static void test_memory(void **state)
{
    (void)state;
    world w;
    set_good(&w);
    w.m.flags = 0x20000;
    expect(&w, "RP2101", RP_OUTCOME_PASS, RP_DENY, "with or without MH_PIE");
    expect(&w, "RP2102", RP_OUTCOME_FINDING, RP_DENY, "the stack is executable");
    w.f.arch = RP_ARCH_X86_64;
    expect(&w, "RP2101", RP_OUTCOME_FINDING, RP_DENY, "fixed address");
    w.m.flags = 0;
    expect(&w, "RP2102", RP_OUTCOME_PASS, RP_DENY, "not executable");
    w.f.arch = RP_ARCH_X86;
    expect(&w, "RP2102", RP_OUTCOME_FINDING, RP_WARN, "the heap is executable");
    w.m.nwx = 1;
    w.wx[0] = (rp_macho_area){RP_STR("__TEXT"), 5, 0, 0, RP_R | RP_X, RP_R | RP_W | RP_X};
    expect(&w, "RP2103", RP_OUTCOME_FINDING, RP_NOTE, "1 segment may become");
    w.wx[0].perm = RP_R | RP_W | RP_X;
    expect(&w, "RP2103", RP_OUTCOME_FINDING, RP_DENY, "1 segment is writable and executable");
    w.m.pagezero = rp_fact_no(3);
    w.m.pagezero_size = 0x1000;
    expect(&w, "RP2156", RP_OUTCOME_FINDING, RP_NOTE, "only 0x1000");
    w.m.pagezero_size = 0;
    expect(&w, "RP2156", RP_OUTCOME_FINDING, RP_WARN, "no inaccessible range");
}

static void test_pointers(void **state)
{
    (void)state;
    world w;
    set_good(&w);
    w.m.lazy_pointers = rp_fact_yes(2);
    expect(&w, "RP2157", RP_OUTCOME_FINDING, RP_NOTE, "lazily bound");
    w.m.writable_got = rp_fact_yes(1);
    expect(&w, "RP2157", RP_OUTCOME_FINDING, RP_WARN, "the GOT lies in");
    w.m.data_const = rp_fact_no(4);
    expect(&w, "RP2157", RP_OUTCOME_FINDING, RP_WARN, "nothing makes it read-only");
    w.m.writable_got = none;
    expect(&w, "RP2157", RP_OUTCOME_FINDING, RP_NOTE, "nothing makes it read-only");
    w.m.data_const = w.m.lazy_pointers = none;
    expect(&w, "RP2157", RP_OUTCOME_NA, RP_WARN, "no pointers");
    w.code.pauth.covered = 0;
    expect(&w, "RP2158", RP_OUTCOME_FINDING, RP_WARN, "0 of 4 indirect calls authenticate");
    w.code.pauth.covered = 4;
    w.code.signing.covered = 2;
    expect(&w, "RP2158", RP_OUTCOME_FINDING, RP_WARN, "2 of 3 functions sign");
    w.code.signing.known = RP_UNKNOWN;
    expect(&w, "RP2158", RP_OUTCOME_UNKNOWN, RP_NOTE, "whether the code does so is not known");
    w.code.signing = w.code.pauth;
    w.m.authenticated_fixups = w.m.fixup_pointers = 0;
    expect(&w, "RP2158", RP_OUTCOME_PASS, RP_NOTE, "0 of 0 pointers");
    w.m.fixup_pointers = 9;
    expect(&w, "RP2158", RP_OUTCOME_FINDING, RP_NOTE, "none of its 9");
    w.m.chained_fixups = none;
    expect(&w, "RP2158", RP_OUTCOME_UNKNOWN, RP_NOTE, "without chained fixups");
    w.m.arm64e = false;
    expect(&w, "RP2158", RP_OUTCOME_NA, RP_NOTE, "not arm64e");
}

static void test_paths(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        rp_outcome outcome;
        rp_level level;
    } rows[] = {
        {"@loader_path", RP_OUTCOME_PASS, RP_WARN},
        {"@executable_path/../Frameworks", RP_OUTCOME_PASS, RP_WARN},
        {"@loader_path/../../x", RP_OUTCOME_FINDING, RP_NOTE},
        {"@loader_pathology", RP_OUTCOME_FINDING, RP_WARN},
        {"/usr/lib/swift", RP_OUTCOME_PASS, RP_WARN},
        {"/usr/lib/../../tmp", RP_OUTCOME_FINDING, RP_WARN},
        {"/usr/local/lib", RP_OUTCOME_FINDING, RP_NOTE},
        {"/private/tmp/x", RP_OUTCOME_FINDING, RP_WARN},
        {"/Users/Shared/x", RP_OUTCOME_FINDING, RP_WARN},
        {"lib", RP_OUTCOME_FINDING, RP_WARN},
        {"", RP_OUTCOME_FINDING, RP_WARN},
        {"/build/lib", RP_OUTCOME_FINDING, RP_NOTE},
    };
    world w;
    set_good(&w);
    w.m.nrpaths = 1;
    for (size_t i = 0; i < RP_COUNT(rows); i++) {
        w.rpaths[0] = (rp_macho_path){rp_str_from(rows[i].path), 8};
        expect(&w, "RP2107", rows[i].outcome, rows[i].level, "");
    }
    w.m.nrpaths = 0;
    w.m.ndylibs = 1;
    w.dylibs[0] = (rp_macho_library){RP_STR("libfoo.dylib"), 8, true};
    expect(&w, "RP2107", RP_OUTCOME_FINDING, RP_WARN, "'libfoo.dylib' is relative");
    w.dylibs[0].name = RP_STR("@rpath/libfoo.dylib");
    expect(&w, "RP2107", RP_OUTCOME_PASS, RP_WARN, "");
    w.m.dylinker = none;
    expect(&w, "RP2107", RP_OUTCOME_NA, RP_WARN, "static");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_good),       cmocka_unit_test(test_unknown_is_no_pass),
        cmocka_unit_test(test_does_not_apply), cmocka_unit_test(test_signature_states),
        cmocka_unit_test(test_entitlements),   cmocka_unit_test(test_memory),
        cmocka_unit_test(test_pointers),       cmocka_unit_test(test_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
