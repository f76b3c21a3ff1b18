/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The pass over functions, on code assembled by hand (bytes as GNU as prints them). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "isa/pass.h"

enum { BASE = 0x1000, CAP = 1 << 12 };

/* An image of one executable segment; offset o of the file is address BASE + o. */
typedef struct {
    rp_arena arena;
    rp_source src;
    rp_image img;
    rp_segment text;
    uint8_t bytes[CAP];
    size_t len;
    rp_function fns[16];
    rp_functions functions;
    rp_code_map map;
} code;

static void start(code *c, rp_arch arch)
{
    *c = (code){.map.whole = RP_YES, .functions.whole = RP_YES};
    c->img = (rp_image){.arch = arch,
                        .bits = arch == RP_ARCH_X86 || arch == RP_ARCH_ARM ? 32 : 64,
                        .kind = RP_KIND_EXECUTABLE,
                        .format = RP_FORMAT_ELF};
}

/* Appends a function of these bytes. */
static void add(code *c, rp_fn_kind kind, const void *bytes, size_t n)
{
    rp_function *f = &c->fns[c->functions.n++];
    *f = (rp_function){.start = BASE + c->len,
                       .end = BASE + c->len + n,
                       .at = c->len,
                       .frame = UINT32_MAX,
                       .object = UINT32_MAX,
                       .kind = (uint8_t)kind};
    memcpy(c->bytes + c->len, bytes, n);
    c->len += n;
}

#define ADD(c, kind, ...)                                                                          \
    do {                                                                                           \
        static const uint8_t bytes_[] = {__VA_ARGS__};                                             \
        add((c), (kind), bytes_, sizeof bytes_);                                                   \
    } while (0)

static bool run(code *c, rp_pass *ret)
{
    c->functions.items = c->fns;
    c->src = rp_source_memory((rp_bytes){c->bytes, c->len}, &c->arena);
    c->text = (rp_segment){.addr = BASE, .size = c->len, .filesz = c->len, .perm = RP_R | RP_X};
    c->img.src = &c->src;
    c->img.arena = &c->arena;
    c->img.segments = &c->text;
    c->img.nsegments = 1;
    return rp_pass_run(&c->img, &c->functions, &c->map, ret);
}

static void functions_are_read_one_by_one(void **state)
{
    (void)state;
    code c;
    rp_pass p;
    start(&c, RP_ARCH_X86_64);
    /* endbr64; sub $8, %rsp; call *%rax; add $8, %rsp; ret */
    ADD(&c, RP_FN_NORMAL, 0xf3, 0x0f, 0x1e, 0xfa, 0x48, 0x83, 0xec, 0x08, 0xff, 0xd0, 0x48, 0x83,
        0xc4, 0x08, 0xc3);
    ADD(&c, RP_FN_PLT, 0xff, 0x25, 0, 0, 0, 0); /* jmp *0(%rip) */
    ADD(&c, RP_FN_CFI_TABLE, 0xe9, 0, 0, 0, 0, 0xcc, 0xcc, 0xcc);
    ADD(&c, RP_FN_NORMAL, 0xc3);
    assert_true(run(&c, &p));
    assert_int_equal(p.nscanned, 2);
    assert_int_equal(p.nmissing, 0);
    assert_int_equal(p.bytes, 16);
    assert_int_equal(p.instructions, 6);
    assert_true(p.scanned[0] && !p.scanned[1] && !p.scanned[2] && p.scanned[3]);
    assert_int_equal(p.fns[0].flags & (RP_FN_LANDING | RP_FN_FRAME), RP_FN_LANDING | RP_FN_FRAME);
    assert_int_equal(p.fns[0].frame, 8);
    assert_int_equal(p.fns[2].flags, 0);
    assert_int_equal(p.fns[3].flags & RP_FN_LANDING, 0);
    assert_int_equal(p.nbranches, 1);
    assert_int_equal(p.fns[0].nsites, 1);
    assert_int_equal(p.branches[0].addr, BASE + 8);
    assert_int_equal(p.branches[0].edge, RP_EDGE_UNGUARDED);
    rp_arena_free(&c.arena);
}

static void kcfi_checks_guard_their_call(void **state)
{
    (void)state;
    code c;
    rp_pass p;
    start(&c, RP_ARCH_X86_64);
    /* mov $-0x11223344, %r10d; add -4(%rax), %r10d; je 1f; ud2; 1: call *%rax; ret */
    ADD(&c, RP_FN_NORMAL, 0x41, 0xba, 0xbc, 0xcc, 0xdd, 0xee, 0x44, 0x03, 0x50, 0xfc, 0x74, 0x02,
        0x0f, 0x0b, 0xff, 0xd0, 0xc3);
    /* the same with the check of another register */
    ADD(&c, RP_FN_NORMAL, 0x41, 0xba, 0xbc, 0xcc, 0xdd, 0xee, 0x44, 0x03, 0x50, 0xfc, 0x74, 0x02,
        0x0f, 0x0b, 0xff, 0xd3, 0xc3);
    assert_true(run(&c, &p));
    assert_int_equal(p.nbranches, 2);
    assert_int_equal(p.branches[0].edge, RP_EDGE_GUARDED);
    assert_int_equal(p.branches[0].guard, RP_GUARD_KCFI);
    assert_int_equal(p.branches[0].class_size, 0x11223344);
    assert_int_equal(p.branches[1].edge, RP_EDGE_UNGUARDED);
    assert_int_equal(p.branches[1].fn, 1);
    rp_arena_free(&c.arena);
}

static void a_hash_before_the_entry_is_a_prefix(void **state)
{
    (void)state;
    code c;
    rp_pass p;
    start(&c, RP_ARCH_X86_64);
    ADD(&c, RP_FN_THUNK, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0xb8, 1,
        2, 3, 4);
    ADD(&c, RP_FN_NORMAL, 0xc3);
    ADD(&c, RP_FN_NORMAL, 0xc3);
    assert_true(run(&c, &p));
    assert_int_equal(p.fns[1].flags & RP_FN_KCFI_PREFIX, RP_FN_KCFI_PREFIX);
    assert_int_equal(p.fns[2].flags & RP_FN_KCFI_PREFIX, 0);
    assert_int_equal(p.fns[1].flags & RP_FN_BAD_CODE, 0);
    rp_arena_free(&c.arena);
}

static void addresses_in_code_and_data_are_taken(void **state)
{
    (void)state;
    code c;
    rp_pass p;
    static const uint64_t held[] = {BASE + 9, BASE + 10, 0, UINT64_MAX};
    start(&c, RP_ARCH_X86_64);
    /* lea 1(%rip), %rax; ret */
    ADD(&c, RP_FN_NORMAL, 0x48, 0x8d, 0x05, 0x01, 0, 0, 0, 0xc3);
    ADD(&c, RP_FN_NORMAL, 0xc3);
    ADD(&c, RP_FN_NORMAL, 0xc3);
    ADD(&c, RP_FN_NORMAL, 0xc3, 0xc3);
    c.map.pointers = held;
    c.map.npointers = 4;
    assert_true(run(&c, &p));
    assert_int_equal(p.fns[0].flags & RP_FN_TAKEN, 0);
    assert_int_equal(p.fns[1].flags & RP_FN_TAKEN, RP_FN_TAKEN); /* lea, too: BASE + 8 */
    assert_int_equal(p.fns[2].flags & RP_FN_TAKEN, RP_FN_TAKEN);
    assert_int_equal(p.fns[3].flags & RP_FN_TAKEN, RP_FN_TAKEN);
    rp_arena_free(&c.arena);
}

static void literal_pools_are_no_code(void **state)
{
    (void)state;
    code c;
    rp_pass p;
    start(&c, RP_ARCH_AARCH64);
    /* paciasp; b .+12; .word pool (2); stp x29, x30, [sp, #-16]!; blr x8; ldp; autiasp; ret */
    ADD(&c, RP_FN_NORMAL, 0x3f, 0x23, 0x03, 0xd5, 0x03, 0x00, 0x00, 0x14, 0x00, 0x01, 0x1f, 0xd6,
        0x00, 0x01, 0x1f, 0xd6, 0xfd, 0x7b, 0xbf, 0xa9, 0x00, 0x01, 0x3f, 0xd6, 0xfd, 0x7b, 0xc1,
        0xa8, 0xbf, 0x23, 0x03, 0xd5, 0xc0, 0x03, 0x5f, 0xd6);
    rp_data_in_code pool = {BASE + 8, BASE + 16};
    c.functions.data = &pool;
    c.functions.ndata = 1;
    assert_true(run(&c, &p));
    assert_int_equal(p.instructions, 7);
    assert_int_equal(p.bytes, 28);
    uint32_t all = RP_FN_LANDING | RP_FN_SIGNS | RP_FN_AUTHENTICATES | RP_FN_SPILLS_LR;
    assert_int_equal(p.fns[0].flags & all, all);
    assert_int_equal(p.nbranches, 1); /* the pool's words would be br x8 */
    assert_int_equal(p.branches[0].addr, BASE + 20);
    assert_false(p.branches[0].jump);
    /* a pool that is the whole function, and one that hangs over both ends */
    pool = (rp_data_in_code){BASE - 8, BASE + 4096};
    assert_true(run(&c, &p));
    assert_int_equal(p.bytes, 0);
    assert_int_equal(p.fns[0].flags, 0);
    rp_arena_free(&c.arena);
}

static void hostile_bounds_are_bounded(void **state)
{
    (void)state;
    code c;
    rp_pass p;
    start(&c, RP_ARCH_X86_64);
    for (unsigned i = 0; i < 12; i++)
        ADD(&c, RP_FN_NORMAL, 0x90, 0x90, 0x90, 0xc3);
    for (unsigned i = 0; i < 12; i++)
        c.fns[i].end = BASE + 48;      /* each reaches to the end */
    c.fns[0].end = c.fns[0].start - 1; /* backwards: not read */
    assert_true(run(&c, &p));
    assert_int_equal(p.nscanned, 1);
    assert_int_equal(p.bytes, 44);
    c.fns[1].at = 47; /* the file ends inside of it */
    c.fns[2].at = RP_NOWHERE;
    c.fns[3].at = UINT64_MAX - 2;
    assert_true(run(&c, &p));
    assert_int_equal(p.nmissing, 3);
    assert_int_equal(p.nscanned, 1);
    assert_int_equal(p.scanned[4], 1);
    rp_arena_free(&c.arena);
}

static void other_machines_are_not_read(void **state)
{
    (void)state;
    code c;
    rp_pass p;
    start(&c, RP_ARCH_SPARC);
    ADD(&c, RP_FN_NORMAL, 1, 0, 0, 0);
    assert_true(run(&c, &p));
    assert_false(rp_pass_supports(&c.img));
    assert_int_equal(p.nscanned, 0);
    start(&c, RP_ARCH_X86);
    ADD(&c, RP_FN_NORMAL, 0x81, 0xec, 0x00, 0x20, 0, 0, 0xc3); /* sub $0x2000, %esp; ret */
    assert_true(rp_pass_supports(&c.img));
    assert_true(run(&c, &p));
    assert_int_equal(p.fns[0].flags & RP_FN_UNPROBED, RP_FN_UNPROBED);
    assert_int_equal(p.fns[0].frame, 0x2000);
    rp_arena_free(&c.arena);
}

/* ---- a file through the window against the same bytes in memory ---- */

enum { LARGE = 5 << 20, STEP = 40000 };

static void fill(uint8_t *bytes)
{
    memset(bytes, 0x90, LARGE);
    for (size_t at = 0; at + STEP <= LARGE; at += STEP) {
        static const uint8_t call[] = {0x48, 0x81, 0xec, 0x08, 0x10, 0, 0, 0xff, 0xd0, 0xc3};
        memcpy(bytes + at + STEP - sizeof call, call, sizeof call);
        if (at / STEP % 32 != 0)
            memset(bytes + at + STEP - 3, 0x90, 2); /* no call: nothing to follow */
    }
}

static void read_large(rp_source src, rp_arena *arena, rp_pass *ret)
{
    rp_functions functions = {0};
    rp_function *fns = calloc(LARGE / STEP + 1, sizeof *fns);
    rp_segment text = {.addr = BASE, .size = LARGE, .filesz = LARGE, .perm = RP_R | RP_X};
    rp_image img = {.arch = RP_ARCH_X86_64,
                    .bits = 64,
                    .src = &src,
                    .arena = arena,
                    .segments = &text,
                    .nsegments = 1};
    rp_code_map map = {0};
    assert_non_null(fns);
    for (uint64_t at = 0; at + STEP <= LARGE; at += STEP)
        fns[functions.n++] = (rp_function){
            .start = BASE + at, .end = BASE + at + STEP, .at = at, .frame = UINT32_MAX};
    fns[3].end += (2 << 20); /* longer than the window */
    functions.items = fns;
    assert_true(rp_pass_run(&img, &functions, &map, ret));
    free(fns);
}

static void a_file_reads_as_memory_does(void **state)
{
    (void)state;
    rp_arena one = {0}, two = {0};
    rp_pass a, b;
    uint8_t *bytes = malloc(LARGE);
    FILE *file = tmpfile();
    assert_non_null(bytes);
    assert_non_null(file);
    fill(bytes);
    assert_int_equal(fwrite(bytes, 1, LARGE, file), LARGE);
    assert_int_equal(fflush(file), 0);
    read_large(rp_source_memory((rp_bytes){bytes, LARGE}, &one), &one, &a);
    read_large(rp_source_fd(fileno(file), LARGE, &two), &two, &b);
    uint32_t n = LARGE / STEP;
    assert_true(a.nscanned > 50 && a.nscanned < n);
    assert_int_equal(a.nscanned, b.nscanned);
    assert_int_equal(a.instructions, b.instructions);
    assert_int_equal(a.bytes, b.bytes);
    assert_int_equal(a.nbranches, b.nbranches);
    assert_memory_equal(a.scanned, b.scanned, n);
    assert_memory_equal(a.fns, b.fns, n * sizeof *a.fns);
    assert_memory_equal(a.branches, b.branches, a.nbranches * sizeof *a.branches);
    assert_int_equal(ftruncate(fileno(file), LARGE / 2), 0); /* it shrinks while it is read */
    rp_arena_free(&two);
    read_large(rp_source_fd(fileno(file), LARGE, &two), &two, &b);
    assert_true(b.nmissing > 0 && b.nscanned < a.nscanned);
    (void)fclose(file);
    free(bytes);
    rp_arena_free(&one);
    rp_arena_free(&two);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    uint64_t asked = 0;
    for (uint64_t n = 1; n <= asked + 1 || n == 1; n++) {
        code c;
        rp_pass p;
        start(&c, RP_ARCH_X86_64);
        ADD(&c, RP_FN_NORMAL, 0x48, 0x8d, 0x05, 0x03, 0, 0, 0, 0xff, 0xd3, 0xc3);
        ADD(&c, RP_FN_NORMAL, 0xff, 0xe0);
        if (n == 1) {
            (void)rp_arena_fail_at(0);
            assert_true(run(&c, &p));
            asked = rp_arena_fail_at(0);
            assert_true(asked > 5);
        } else {
            (void)rp_arena_fail_at(n - 1);
            assert_false(run(&c, &p));
            (void)rp_arena_fail_at(0);
        }
        rp_arena_free(&c.arena);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_are_read_one_by_one),
        cmocka_unit_test(kcfi_checks_guard_their_call),
        cmocka_unit_test(a_hash_before_the_entry_is_a_prefix),
        cmocka_unit_test(addresses_in_code_and_data_are_taken),
        cmocka_unit_test(literal_pools_are_no_code),
        cmocka_unit_test(hostile_bounds_are_bounded),
        cmocka_unit_test(other_machines_are_not_read),
        cmocka_unit_test(a_file_reads_as_memory_does),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
