/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Walking back from indirect branches: what each way leaves in the register, held beside the
 * data-flow over the whole function; and functions made to take long. Bytes as GNU as prints them
 * for code at BASE. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "isa/a64_lift.h"
#include "isa/pass.h"

/* Offset o of the file is address BASE + o: code, a switch's table, slots, one LSDA. */
enum { BASE = 0x1000, TABLE = 0x100, SLOT = 0x180, LSDA = 0x1c0, SIZE = 0x200, NONE = 0 };

typedef struct {
    const char *what;
    const char *code;    /* hexadecimal */
    uint8_t cases[4];    /* offsets where the table's entries lead; NONE ends it */
    uint8_t call, pad;   /* a call's offset and where it continues when it unwinds */
    rp_edge_class edge;  /* of the last branch */
    rp_edge_reason why;  /* … set aside */
    rp_edge_class whole; /* what the data-flow says */
} scenario;

#define U RP_EDGE_UNGUARDED
#define A RP_EDGE_NOT_ATTACKABLE
#define X RP_EDGE_UNDECIDED

#define LOAD_RBX "488b1d79010000" /* mov SLOT(%rip), %rbx, at BASE */

static const scenario scenarios[] = {
    {"a read-only slot", "488b0579010000ffd0c3", {NONE}, 0, 0, A, RP_WHY_READ_ONLY_SLOT, A},
    {"copied twice", LOAD_RBX "4889d94889c8ffd0c3", {NONE}, 0, 0, A, RP_WHY_READ_ONLY_SLOT, A},
    {"memory that can be written", "488b05f93f0000ffd0c3", {NONE}, 0, 0, U, RP_WHY_NONE, U},
    {"a constant", "488d05f91f0000ffd0c3", {NONE}, 0, 0, A, RP_WHY_CONSTANT, A},
    {"an argument", "ffd7c3", {NONE}, 0, 0, U, RP_WHY_NONE, U},
    {"two slots that meet",
     "85ff7409488b0575010000eb07488b0574010000ffd0c3",
     {NONE},
     0,
     0,
     A,
     RP_WHY_READ_ONLY_SLOT,
     A},
    {"a slot and an argument that meet",
     "4889f085ff7407488b0572010000ffd0c3",
     {NONE},
     0,
     0,
     U,
     RP_WHY_NONE,
     U},
    {"a slot in a loop", LOAD_RBX "ffd341ffcc75f9c3", {NONE}, 0, 0, A, RP_WHY_READ_ONLY_SLOT, A},
    {"a loop that loads the next",
     LOAD_RBX "ffd3488b1b41ffcc75f6c3",
     {NONE},
     0,
     0,
     U,
     RP_WHY_NONE,
     U},
    {"a callee-saved register across a call",
     LOAD_RBX "e8f41f0000ffd3c3",
     {NONE},
     0,
     0,
     A,
     RP_WHY_READ_ONLY_SLOT,
     A},
    {"a register that a call may change",
     "488b0d79010000e8f41f0000ffd1c3",
     {NONE},
     0,
     0,
     U,
     RP_WHY_NONE,
     U},
    {"a slot that went over the stack",
     "488b05790100005058ffd0c3",
     {NONE},
     0,
     0,
     U,
     RP_WHY_NONE,
     U},
    {"a switch",
     "488d0df9000000486304b94801c8ffe0c3c3",
     {16, 17, NONE},
     0,
     0,
     A,
     RP_WHY_JUMP_TABLE,
     A},
    {"behind a switch",
     LOAD_RBX "488d0df2000000486304b94801c8ffe0c3ffd3c3",
     {23, 24, NONE},
     0,
     0,
     A,
     RP_WHY_READ_ONLY_SLOT,
     A},
    /* movslq (%rcx,%rdi,4), %rdx; add %rcx, %rdx; jmp *%rdx in one of its own cases. Behind the
     * table another function's begins, whose entry seems to lead to the add. */
    {"a table ends where it would lead into a switch's jump",
     "488d0df9000000486314b94801caffe2c3488b38486314b94801caffe2",
     {16, 17, 24, NONE},
     0,
     0,
     A,
     RP_WHY_JUMP_TABLE,
     A},
    {"no entry of a table that cannot be read calls its own address",
     "488d0d39010000486304b94801c8ffe0ffd0c3",
     {NONE},
     0,
     0,
     X,
     RP_WHY_NONE,
     X},
    {"behind a table that cannot be read",
     LOAD_RBX "488d0d32010000486304b94801c8ffe0ffd3c3",
     {NONE},
     0,
     0,
     A,
     RP_WHY_READ_ONLY_SLOT,
     A},
    {"a landing pad", LOAD_RBX "e8f41f0000c3ffd3c3", {NONE}, 7, 13, A, RP_WHY_READ_ONLY_SLOT, A},
    {"nothing leads there", LOAD_RBX "c3ffd3c3", {NONE}, 0, 0, X, RP_WHY_NONE, X},
    {"nothing leads there, loaded through it",
     LOAD_RBX "c3ff5308c3",
     {NONE},
     0,
     0,
     X,
     RP_WHY_NONE,
     X},
    {"nothing leads there, loaded through what was loaded through it",
     LOAD_RBX "c3488b03ff5008c3",
     {NONE},
     0,
     0,
     U,
     RP_WHY_NONE,
     X},
    {"without unwind data, a function behind another's return",
     "c34883ec08ffd7c3",
     {NONE},
     0,
     0,
     U,
     RP_WHY_NONE,
     X},
    {"to the return address", "58ffe0", {NONE}, 0, 0, A, RP_WHY_RETURN, A},
};

/* 32-bit code */
static const scenario narrow_scenarios[] = {
    {"a slot by its address", "a180110000ffd0c3", {NONE}, 0, 0, A, RP_WHY_READ_ONLY_SLOT, A},
    {"a table beside the address that a call of the next instruction pushed",
     "e8000000005b8b442404ff9483fb000000c3",
     {NONE},
     0,
     0,
     A,
     RP_WHY_JUMP_TABLE,
     A},
    {"… where the pop is led to from elsewhere as well",
     "85c07405e8000000005b8b442404ff9483f7000000c3",
     {NONE},
     0,
     0,
     U,
     RP_WHY_NONE,
     U},
};

typedef struct {
    rp_arena arena;
    rp_source src;
    rp_image img;
    rp_segment all, read_only;
    rp_function fn;
    rp_frame frame;
    rp_functions functions;
    rp_code_map map;
} program;

static unsigned digit(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static size_t from_hex(const char *hex, uint8_t *to)
{
    size_t n = 0;
    for (; hex[2 * n] != 0; n++)
        to[n] = (uint8_t)(digit(hex[2 * n]) << 4 | digit(hex[2 * n + 1]));
    return n;
}

static void put_le32(uint8_t *p, uint32_t v)
{
    for (unsigned i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> (8 * i));
}

/* One function of `len` bytes at BASE, in a file of `size` that is read-only from `data` on. */
static void make(program *p, const uint8_t *bytes, size_t size, size_t len, size_t data)
{
    *p = (program){.map.whole = RP_YES, .functions.whole = RP_YES};
    p->src = rp_source_memory((rp_bytes){bytes, size}, &p->arena);
    p->all = (rp_segment){.addr = BASE, .size = size, .filesz = size, .perm = RP_R | RP_X};
    p->read_only = (rp_segment){.addr = BASE + data, .size = size - data};
    p->img = (rp_image){.arch = RP_ARCH_X86_64,
                        .bits = 64,
                        .kind = RP_KIND_EXECUTABLE,
                        .format = RP_FORMAT_ELF,
                        .src = &p->src,
                        .arena = &p->arena,
                        .segments = &p->all,
                        .nsegments = 1};
    p->fn = (rp_function){.start = BASE,
                          .end = BASE + len,
                          .frame = UINT32_MAX,
                          .object = UINT32_MAX,
                          .kind = RP_FN_NORMAL};
    p->functions.items = &p->fn;
    p->functions.n = 1;
    p->map.read_only = &p->read_only;
    p->map.nread_only = 1;
}

/* The last branch of a scenario's function. */
static rp_branch decide(const scenario *s, unsigned bits, bool forwards)
{
    uint8_t bytes[SIZE] = {0};
    program p;
    rp_pass pass;
    size_t n = from_hex(s->code, bytes);
    for (unsigned i = 0; i < 4 && s->cases[i] != NONE; i++)
        put_le32(bytes + TABLE + 4 * i, (uint32_t)s->cases[i] - TABLE);
    make(&p, bytes, SIZE, n, TABLE);
    if (s->pad != 0) { /* no base, no types, call sites in ULEB128: one of five bytes */
        const uint8_t lsda[] = {0xff, 0xff, 1, 4, s->call, 5, s->pad, 0};
        memcpy(bytes + LSDA, lsda, sizeof lsda);
        p.frame = (rp_frame){.start = BASE, .end = BASE + n, .lsda = BASE + LSDA};
        p.functions.frames = (rp_frames){.items = &p.frame, .n = 1};
        p.fn.frame = 0;
    }
    p.img.arch = bits == 32 ? RP_ARCH_X86 : RP_ARCH_X86_64;
    p.img.bits = (uint8_t)bits;
    p.map.forwards = forwards;
    assert_true(rp_pass_run(&p.img, &p.functions, &p.map, &pass));
    assert_true(pass.nbranches > 0);
    rp_branch last = pass.branches[pass.nbranches - 1];
    rp_arena_free(&p.arena);
    return last;
}

static void stand_as_they_should(const scenario *all, size_t n, unsigned bits)
{
    for (size_t i = 0; i < n; i++) {
        const scenario *s = &all[i];
        rp_branch back = decide(s, bits, false), whole = decide(s, bits, true);
        if (back.edge != s->edge || back.reason != s->why || whole.edge != s->whole)
            print_message("%s: %u %u, forwards %u\n", s->what, back.edge, back.reason, whole.edge);
        assert_int_equal(back.edge, s->edge);
        assert_int_equal(back.reason, s->why);
        assert_int_equal(whole.edge, s->whole);
    }
}

static void scenarios_stand_as_they_should(void **state)
{
    (void)state;
    stand_as_they_should(scenarios, RP_COUNT(scenarios), 64);
    stand_as_they_should(narrow_scenarios, RP_COUNT(narrow_scenarios), 32);
}

/* Words as LLVM's assembler encodes them. */
static void a64_vectors_write_bases_that_they_move(void **state)
{
    (void)state;
    static const struct {
        uint32_t word, writes;
    } cases[] = {
        {0x3dc00020, 0},        /* ldr q0, [x1] */
        {0x3cc10420, 1u << 1},  /* ldr q0, [x1], #16 */
        {0x6dbc27e8, 1u << 31}, /* stp d8, d9, [sp, #-64]! */
        {0x4cdf7040, 1u << 2},  /* ld1 {v0.16b}, [x2], #16 */
        {0x0dc59080, 1u << 4},  /* ld1 {v0.s}[1], [x4], x5 */
        {0xad400861, 0},        /* ldp q1, q2, [x3] */
        {0x5c000040, 0},        /* ldr d0, .+8 */
        {0xbc2768c3, 0},        /* str s3, [x6, x7] */
        {0x3c9e0d24, 1u << 9},  /* str q4, [x9, #-32]! */
        {0x3cdf0145, 0},        /* ldur q5, [x10, #-16] */
    };
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        uint8_t bytes[4];
        rp_code_range range = {.start = BASE, .bytes = {bytes, 4}};
        uint32_t writes;
        put_le32(bytes, cases[i].word);
        assert_true(rp_a64_writes(&range, 0, &writes));
        assert_int_equal(writes, cases[i].writes);
    }
}

/* The quick answer is the lifter's. */
static void a64_writes_what_the_lifter_says(void **state)
{
    (void)state;
    uint32_t w = 1, told = 0;
    for (unsigned i = 0; i < 2000000; i++) {
        uint8_t bytes[4];
        rp_code_range range = {.start = BASE, .bytes = {bytes, 4}};
        rp_op ops[RP_A64_OPS];
        uint32_t quick, lifted = 0;
        w = w * 1664525u + 1013904223u;
        put_le32(bytes, w ^ w >> 16);
        if (!rp_a64_writes(&range, 0, &quick))
            continue;
        unsigned n = rp_a64_lift_one(&range, 0, ops);
        for (unsigned j = 0; j < n; j++) {
            assert_true(ops[j].kind != RP_OP_NOP && ops[j].kind <= RP_OP_BRANCH);
            lifted |= ops[j].clobbers | (ops[j].dst < 32 ? 1u << ops[j].dst : 0);
        }
        assert_int_equal(quick, lifted);
        told++;
    }
    assert_true(told > 1000000);
}

/* ---- long functions ---- */

#if defined __has_feature
#if __has_feature(memory_sanitizer) || __has_feature(address_sanitizer)
#define RP_SLOW
#endif
#endif
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__ || defined RP_SLOW
enum { SECONDS = 20 };
#else
enum { SECONDS = 1 };
#endif

enum { MANY = 100000, LONG = 4 << 20 };

/* Runs the pass over one function; how its last branch stands. In less than SECONDS. */
static rp_edge_class timed(const uint8_t *bytes, size_t size, size_t len)
{
    program p;
    rp_pass pass;
    make(&p, bytes, size, len, len);
    clock_t start = clock();
    assert_true(rp_pass_run(&p.img, &p.functions, &p.map, &pass));
    double took = (double)(clock() - start) / CLOCKS_PER_SEC;
    if (took >= SECONDS)
        print_message("%.2f s\n", took);
    assert_true(took < SECONDS);
    assert_true(pass.nbranches > 0);
    rp_edge_class edge = pass.branches[pass.nbranches - 1].edge;
    rp_arena_free(&p.arena);
    return edge;
}

static size_t put(uint8_t *to, size_t at, const char *hex)
{
    return at + from_hex(hex, to + at);
}

static void many_branches_to_one_place(void **state)
{
    (void)state;
    uint8_t *b = calloc(1, LONG);
    size_t n = put(b, 0, LOAD_RBX);
    for (unsigned i = 0; i < MANY; i++) { /* je end */
        put_le32(b + put(b, n, "0f84"), (MANY - 1 - i) * 6);
        n += 6;
    }
    n = put(b, n, "ffd3c3");
    assert_int_equal(timed(b, LONG, n), U); /* the slot is far behind what is read-only */
    free(b);
}

static void many_labels(void **state)
{
    (void)state;
    uint8_t *b = calloc(1, LONG);
    size_t n = 0;
    for (unsigned i = 0; i < MANY; i++) /* je to the next; each call asks for another register */
        n = put(b, n, i % 2 == 0 ? "7400ffd3" : "7400ffd5");
    n = put(b, n, "c3");
    assert_int_equal(timed(b, LONG, n), U);
    free(b);
}

static void a_chain_of_moves(void **state)
{
    (void)state;
    uint8_t *b = calloc(1, LONG);
    size_t n = put(b, 0, "488d0500001000"); /* a constant */
    for (unsigned i = 0; i < MANY; i++)
        n = put(b, n, i % 2 == 0 ? "4889c3" : "4889d8");
    n = put(b, n, "ffd0c3");
    assert_int_equal(timed(b, LONG, n), A);
    for (size_t at = 7; at < n - 3; at += 3) /* now mov (%rax), %rax */
        put(b, at, "488b00");
    assert_int_equal(timed(b, LONG, n), U);
    free(b);
}

/* Each switch has 2,048 entries, all to different places; behind them, calls that any may lead to.
 */
static void many_switches(void **state)
{
    (void)state;
    enum { SWITCHES = 600, PLACES = 4096, ENTRIES = 2048 };
    uint8_t *b = calloc(1, LONG);
    size_t places = SWITCHES * 16, end = places + PLACES * 2, table = (end + 4) & ~(size_t)3;
    for (unsigned i = 0; i < SWITCHES; i++) {
        size_t at = put(b, i * 16, "488d0d");
        put_le32(b + at, (uint32_t)(table + (i % 64) * 64 - (at + 4)));
        put(b, at + 4, "486304b94801c8ffe0");
    }
    for (unsigned i = 0; i < PLACES; i++)
        put(b, places + i * 2, "ffd3");
    put(b, end, "c3");
    for (unsigned i = 0; i < ENTRIES + 64 * 16; i++)
        put_le32(b + table + 4 * i, (uint32_t)(places + i * 2 - table));
    (void)timed(b, LONG, end + 1);
    free(b);
}

/* Calls behind returns, each of which every jump through an unread table may lead to. */
static void many_places_that_nothing_leads_to(void **state)
{
    (void)state;
    enum { SWITCHES = 500, PLACES = MANY / 2 };
    uint8_t *b = calloc(1, LONG);
    size_t n = SWITCHES * 16;
    for (unsigned i = 0; i < SWITCHES; i++) {
        size_t at = put(b, i * 16, "488d0d");
        put_le32(b + at, (uint32_t)(LONG / 2 + i * 8 - (at + 4)));
        put(b, at + 4, "486304b94801c8ffe0");
    }
    for (unsigned i = 0; i < PLACES; i++)
        n = put(b, n, "c37400ffd3");
    n = put(b, n, "c3");
    (void)timed(b, LONG, n);
    free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scenarios_stand_as_they_should),
        cmocka_unit_test(a64_vectors_write_bases_that_they_move),
        cmocka_unit_test(a64_writes_what_the_lifter_says),
        cmocka_unit_test(many_branches_to_one_place),
        cmocka_unit_test(many_labels),
        cmocka_unit_test(a_chain_of_moves),
        cmocka_unit_test(many_switches),
        cmocka_unit_test(many_places_that_nothing_leads_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
