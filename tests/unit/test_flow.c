/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "isa/x86_lift.h"
#include "isa/x86_scan.h"

enum { START = 0x1000, READ_ONLY = 0x9000 };

typedef struct {
    const char *what;
    const char *code; /* at START; hexadecimal, spaces between instructions */
    rp_edge_class edge;
    unsigned detail; /* rp_guard of guarded ones, rp_edge_reason of those set aside */
} scenario;

/* The check of LLVM 22 on rdi against three slots at 0x2000; `ja` skips what follows up to ud2. */
#define LAST_MINUS_POINTER  "488d05f90f0000 4829f8 4883c010 48c1c03d 4883f802 "
#define POINTER_MINUS_FIRST "488d0df90f0000 4889fa 4829ca 48c1c23d 4883fa03 "

static const scenario scenarios[] = {
    {"checked", LAST_MINUS_POINTER "7703 ffd7 c3 0f0b", RP_EDGE_GUARDED, RP_GUARD_CFI},
    {"checked, the older order", POINTER_MINUS_FIRST "7303 ffd7 c3 0f0b", RP_EDGE_GUARDED,
     RP_GUARD_CFI},
    {"ud1 as clang's trap", LAST_MINUS_POINTER "7703 ffd7 c3 670fb94002", RP_EDGE_GUARDED,
     RP_GUARD_CFI},
    {"the only target", "488d0df90f0000 4839cf 7503 ffd7 c3 0f0b", RP_EDGE_GUARDED, RP_GUARD_CFI},
    {"a copy of the checked value", LAST_MINUS_POINTER "7706 4889fb ffd3 c3 0f0b", RP_EDGE_GUARDED,
     RP_GUARD_CFI},
    {"a tail call", LAST_MINUS_POINTER "7702 ffe7 0f0b", RP_EDGE_GUARDED, RP_GUARD_CFI},
    {"another register", LAST_MINUS_POINTER "7703 ffd6 c3 0f0b", RP_EDGE_UNGUARDED, 0},
    {"no trap where the check fails", LAST_MINUS_POINTER "7703 ffd7 c3 c3", RP_EDGE_UNGUARDED, 0},
    {"loaded anew after the check", LAST_MINUS_POINTER "7706 488b3f ffd7 c3 0f0b",
     RP_EDGE_UNGUARDED, 0},
    {"called through memory", LAST_MINUS_POINTER "7703 ff17 c3 0f0b", RP_EDGE_UNGUARDED, 0},
    {"reloaded from the stack", "48897c24f8 " LAST_MINUS_POINTER "7708 488b7c24f8 ffd7 c3 0f0b",
     RP_EDGE_GUARDED_SPILLED, RP_GUARD_CFI},
    {"checked on one path only", "85f6 7418 " LAST_MINUS_POINTER "7703 ffd7 c3 0f0b",
     RP_EDGE_UNGUARDED, 0},
    {"the other way round", LAST_MINUS_POINTER "7603 ffd7 c3 0f0b", RP_EDGE_UNGUARDED, 0},
    {"KCFI checked", "41ba78563412 440357fc 7402 0f0b ffd7 c3", RP_EDGE_GUARDED, RP_GUARD_KCFI},
    {"KCFI of another register", "41ba78563412 440356fc 7402 0f0b ffd7 c3", RP_EDGE_UNGUARDED, 0},
    {"an argument", "ffd7 c3", RP_EDGE_UNGUARDED, 0},
    {"a virtual call", "488b07 ff5018 c3", RP_EDGE_UNGUARDED, 0},
    {"a constant", "488d0510000000 ffd0 c3", RP_EDGE_NOT_ATTACKABLE, RP_WHY_CONSTANT},
    {"a read-only slot", "488b05f97f0000 ffd0 c3", RP_EDGE_NOT_ATTACKABLE, RP_WHY_READ_ONLY_SLOT},
    {"a writable slot", "488b05f9ff0000 ffd0 c3", RP_EDGE_UNGUARDED, 0},
    {"a slot, then the stack", "488b05f97f0000 48894424f8 488b4424f8 ffd0 c3", RP_EDGE_UNGUARDED,
     0},
    {"a switch", "488d0df97f0000 486304b9 4801c8 ffe0", RP_EDGE_NOT_ATTACKABLE, RP_WHY_JUMP_TABLE},
    {"a switch over a writable table", "488d0df9ff0000 486304b9 4801c8 ffe0", RP_EDGE_UNGUARDED, 0},
};

static size_t from_hex(const char *hex, uint8_t *to)
{
    size_t n = 0;
    for (; hex[0] != 0; hex++) {
        if (hex[0] == ' ')
            continue;
        unsigned v = 0;
        for (unsigned i = 0; i < 2; i++)
            v = v * 16 + (unsigned)(hex[i] <= '9' ? hex[i] - '0' : hex[i] - 'a' + 10);
        to[n++] = (uint8_t)v;
        hex++;
    }
    return n;
}

/* Both passes over one function; false when it has no branch. */
static bool decide(const uint8_t *code, size_t n, rp_branch *ret)
{
    rp_arena arena = {0}, scratch = {0};
    rp_segment read_only = {.addr = READ_ONLY, .size = 0x1000};
    rp_code_sink sink = {.arena = &arena,
                         .text_low = START,
                         .text_high = 0x3000,
                         .read_only = &read_only,
                         .nread_only = 1,
                         .guard_size = 4096};
    rp_flow_env env = {.landmarks = &sink.landmarks,
                       .text_low = START,
                       .text_high = 0x3000,
                       .read_only = &read_only,
                       .nread_only = 1,
                       .scratch = &scratch};
    rp_code_range range = {.start = START, .bytes = {code, n}};
    rp_fn_code fn;
    rp_ops ops;
    rp_x86_flow_env(&env, true, false);
    rp_x86_scan(&sink, &range, true, &fn);
    bool any = fn.nsites != 0;
    if (any) {
        assert_true(rp_x86_lift(&scratch, &range, true, &ops));
        assert_true(rp_flow_decide(&env, &ops, sink.branches.items, fn.nsites));
        *ret = sink.branches.items[fn.nsites - 1];
    }
    rp_arena_free(&arena);
    rp_arena_free(&scratch);
    return any;
}

static void test_flow__scenarios(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++) {
        const scenario *s = &scenarios[i];
        uint8_t code[128];
        rp_branch b;
        size_t n = from_hex(s->code, code);
        assert_true(decide(code, n, &b));
        bool spared = s->edge == RP_EDGE_NOT_ATTACKABLE;
        unsigned detail = spared ? (unsigned)b.reason : (unsigned)b.guard;
        if (b.edge != s->edge || detail != s->detail)
            print_message("%s: %u %u\n", s->what, b.edge, detail);
        assert_int_equal(b.edge, s->edge);
        assert_int_equal(detail, s->detail);
    }
}

static void test_flow__class_sizes(void **state)
{
    (void)state;
    uint8_t code[128];
    rp_branch b;
    assert_true(decide(code, from_hex(LAST_MINUS_POINTER "7703 ffd7 c3 0f0b", code), &b));
    assert_int_equal(b.class_size, 3);
    assert_true(decide(code, from_hex(POINTER_MINUS_FIRST "7303 ffd7 c3 0f0b", code), &b));
    assert_int_equal(b.class_size, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_flow__scenarios),
                                       cmocka_unit_test(test_flow__class_sizes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
