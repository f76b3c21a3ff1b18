/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Functions and landmarks of Mach-O files, on an arm64 program built by hand: function starts, data
 * in code, stubs and pointers named by the indirect symbol table. Then cut, bent and short of
 * memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "code_bytes.h"
#include "isa/landmarks_macho.h"
#include "obj/macho.h"
#include "obj/macho_format.h"

enum {
    SIZE = 0x2000,
    TEXT = 0x800,
    STUBS = 0x900,
    GOT = 0x1000,
    LAZY = 0x1100,
    LINKEDIT = 0x1800,
    NLIST = LINKEDIT + 0x40,
    NAMES = LINKEDIT + 0x80,
    INDIRECT = LINKEDIT + 0xc0,
    STARTS = LINKEDIT + 0xe0,
    DATA_IN_CODE = LINKEDIT + 0xf0
};
static const uint64_t base = 0x100000000;

typedef struct {
    uint8_t at[SIZE];
    size_t end; /* of the load commands */
    uint32_t ncommands;
} file;

static void put(file *f, size_t at, uint64_t v, unsigned width)
{
    for (unsigned i = 0; i < width; i++)
        f->at[at + i] = (uint8_t)(v >> (8 * i));
}

static void words(file *f, size_t at, const uint32_t *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        put(f, at + 4 * i, v[i], 4);
}

#define WORDS(f, at, ...)                                                                          \
    words((f), (at), (const uint32_t[]){__VA_ARGS__},                                              \
          sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

static void command(file *f, uint32_t id, uint32_t size)
{
    put(f, f->end, id, 4);
    put(f, f->end + 4, size, 4);
    f->end += size;
    f->ncommands++;
}

static void segment(file *f, const char *name, uint64_t at, uint64_t size, uint32_t prot,
                    uint32_t nsections, uint32_t flags)
{
    size_t c = f->end;
    command(f, RP_LC_SEGMENT_64, 72 + 80 * nsections);
    memcpy(f->at + c + 8, name, strlen(name));
    put(f, c + 24, base + at, 8);
    put(f, c + 32, size, 8);
    put(f, c + 40, at, 8);
    put(f, c + 48, size, 8);
    put(f, c + 56, prot, 4);
    put(f, c + 60, prot, 4);
    put(f, c + 64, nsections, 4);
    put(f, c + 68, flags, 4);
    f->end = c + 72;
}

static void section(file *f, const char *in, const char *name, uint64_t at, uint64_t size,
                    uint32_t flags, uint32_t first, uint32_t stub)
{
    size_t s = f->end;
    memcpy(f->at + s, name, strlen(name));
    memcpy(f->at + s + 16, in, strlen(in));
    put(f, s + 32, base + at, 8);
    put(f, s + 40, size, 8);
    put(f, s + 48, at, 4);
    put(f, s + 64, flags, 4);
    put(f, s + 68, first, 4);
    put(f, s + 72, stub, 4);
    f->end = s + 80;
}

static void linkedit(file *f, uint32_t id, uint32_t at, uint32_t size)
{
    put(f, f->end + 8, at, 4);
    put(f, f->end + 12, size, 4);
    command(f, id, 16);
}

static void put_tables(file *f)
{
    static const char names[] = "\0___stack_chk_fail\0___stack_chk_guard\0_other";
    memcpy(f->at + NAMES, names, sizeof names);
    put(f, NLIST, 1, 4);
    put(f, NLIST + 4, RP_N_EXT, 1);
    put(f, NLIST + 16, 19, 4);
    put(f, NLIST + 20, RP_N_EXT, 1);
    put(f, NLIST + 32, 38, 4);
    put(f, NLIST + 36, RP_N_EXT, 1);
    /* stub; two pointers of __got, the second one local; lazy pointer */
    WORDS(f, INDIRECT, 0, 1, 0x80000000, 2);
    memcpy(f->at + STARTS, "\x80\x10\x20\x20\0", 5); /* 800, 820, 840 */
    put(f, DATA_IN_CODE, 0x850, 4);
    put(f, DATA_IN_CODE + 4, 16, 2);
    put(f, DATA_IN_CODE + 6, 1, 2);
}

static void put_commands(file *f)
{
    f->end = 32;
    segment(f, "__TEXT", 0, 0x1000, 5, 2, 0);
    section(f, "__TEXT", "__text", TEXT, 0x80, 0x80000400, 0, 0);
    section(f, "__TEXT", "__stubs", STUBS, 12, 0x80000408, 0, 12);
    segment(f, "__DATA_CONST", GOT, 0x100, 3, 1, RP_SG_READ_ONLY);
    section(f, "__DATA_CONST", "__got", GOT, 16, RP_S_NON_LAZY_SYMBOL_POINTERS, 1, 0);
    segment(f, "__DATA", LAZY, 0x100, 3, 1, 0);
    section(f, "__DATA", "__la_symbol_ptr", LAZY, 8, RP_S_LAZY_SYMBOL_POINTERS, 3, 0);
    segment(f, "__LINKEDIT", LINKEDIT, 0x800, 1, 0, 0);
    WORDS(f, f->end + 8, NLIST, 3, NAMES, 0x40);
    command(f, RP_LC_SYMTAB, 24);
    WORDS(f, f->end + 56, INDIRECT, 4);
    command(f, RP_LC_DYSYMTAB, 80);
    linkedit(f, RP_LC_FUNCTION_STARTS, STARTS, 8);
    linkedit(f, RP_LC_DATA_IN_CODE, DATA_IN_CODE, 8);
    put(f, f->end + 8, TEXT, 8);
    command(f, RP_LC_MAIN, 24);
}

static file *new_file(rp_arena *a)
{
    file *f = rp_new(a, 1, file);
    assert_non_null(f);
    put_commands(f);
    WORDS(f, 0, RP_MH_MAGIC_64, RP_CPU_ARM64, 2 /* arm64e */, RP_MH_EXECUTE, f->ncommands,
          (uint32_t)f->end - 32, RP_MH_DYLDLINK | RP_MH_PIE, 0);
    put_tables(f);
    /* 800: adrp x8, got; ldr x8, [x8] (the guard); bl stub; ret */
    WORDS(f, TEXT, 0xa9bf7bfd, 0xb0000008, 0xf9400108, 0x9400003d, 0xa8c17bfd, 0xd65f03c0,
          0xd503201f, 0xd503201f);
    /* 820: blraaz x8; blr x9; adrp x10, lazy; ldr x10, [x10, #100h]; br x10 */
    WORDS(f, TEXT + 0x20, 0xd63f091f, 0xd63f0120, 0xb000000a, 0xf940814a, 0xd61f0140, 0xd503201f,
          0xd503201f, 0xd503201f);
    WORDS(f, TEXT + 0x40, 0x52800020, 0xd65f03c0, 0xd503201f, 0xd503201f);
    WORDS(f, STUBS, 0xb0000010, 0xf9400210, 0xd61f0200);
    return f;
}

static bool fits(const rp_image *img)
{
    return img->macho != NULL;
}

static const code_reader reader = {rp_landmarks_macho, fits};

static result read_file(rp_arena *a, const file *f)
{
    return read_whole(&reader, a, (rp_bytes){f->at, SIZE});
}

static void functions_and_data_in_code(void **state)
{
    static const uint32_t starts[] = {0x800, 0x820, 0x840, STUBS};
    (void)state;
    rp_arena a = {0};
    result r = read_file(&a, new_file(&a));
    assert_int_equal(r.functions.n, RP_COUNT(starts));
    for (uint32_t i = 0; i < RP_COUNT(starts); i++)
        assert_int_equal(r.functions.items[i].start, base + starts[i]);
    assert_int_equal(r.functions.items[0].kind, RP_FN_STARTUP);
    assert_int_equal(r.functions.items[3].kind, RP_FN_PLT);
    assert_int_equal(r.functions.ndata, 1);
    assert_int_equal(r.functions.data[0].start, base + 0x850);
    assert_int_equal(r.functions.data[0].end, base + 0x860);
    assert_int_equal(r.functions.whole, RP_YES);
    rp_arena_free(&a);
}

static rp_landmark_id landmark_at(const result *r, uint64_t at)
{
    const rp_landmark *l = rp_landmarks_find(&r->map.landmarks, base + at);
    return l != NULL ? l->id : RP_LM_NONE;
}

static void landmarks_of_the_indirect_table(void **state)
{
    (void)state;
    rp_arena a = {0};
    result r = read_file(&a, new_file(&a));
    assert_int_equal(landmark_at(&r, STUBS), RP_LM_STACK_CHK_FAIL);
    assert_int_equal(landmark_at(&r, GOT), RP_LM_STACK_GUARD);
    assert_int_equal(landmark_at(&r, GOT + 8), RP_LM_IMPORT_SLOT);
    assert_int_equal(landmark_at(&r, LAZY), RP_LM_IMPORT_WRITABLE);
    assert_int_equal(r.map.whole, RP_YES);
    assert_true((r.pass.fns[0].flags & RP_FN_GUARD_LOAD) != 0);
    assert_true((r.pass.fns[0].flags & RP_FN_GUARD_FAIL) != 0);
    rp_arena_free(&a);
}

static void authenticated_and_writable_branches(void **state)
{
    (void)state;
    rp_arena a = {0};
    result r = read_file(&a, new_file(&a));
    assert_int_equal(r.pass.nbranches, 3);
    const rp_branch *b = r.pass.branches;
    assert_int_equal(b[0].edge, RP_EDGE_GUARDED);
    assert_int_equal(b[0].guard, RP_GUARD_PAUTH);
    assert_int_equal(b[1].edge, RP_EDGE_UNGUARDED);
    assert_int_equal(b[2].edge, RP_EDGE_UNGUARDED); /* through a pointer that can be written */
    rp_arena_free(&a);
}

/* A number that never ends. */
static void a_cut_list_is_not_whole(void **state)
{
    (void)state;
    rp_arena a = {0};
    file *f = new_file(&a);
    memset(f->at + STARTS, 0xff, 8);
    assert_int_equal(read_file(&a, f).functions.whole, RP_UNKNOWN);
    rp_arena_free(&a);
}

static void cut_at_every_length(void **state)
{
    (void)state;
    rp_arena a = {0};
    file *f = new_file(&a);
    for (size_t len = 0; len < SIZE; len += len < TEXT || len > LINKEDIT ? 1 : 7)
        try_cut(&reader, f->at, len);
    rp_arena_free(&a);
}

static void every_byte_is_bent(void **state)
{
    (void)state;
    rp_arena a = {0};
    file *f = new_file(&a);
    try_bent(&reader, f->at, SIZE, f->end);
    rp_arena_free(&a);
}

static void every_allocation_fails_once(void **state)
{
    (void)state;
    rp_arena a = {0};
    file *f = new_file(&a);
    try_without_memory(&reader, (rp_bytes){f->at, SIZE});
    rp_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_and_data_in_code),
        cmocka_unit_test(landmarks_of_the_indirect_table),
        cmocka_unit_test(authenticated_and_writable_branches),
        cmocka_unit_test(a_cut_list_is_not_whole),
        cmocka_unit_test(cut_at_every_length),
        cmocka_unit_test(every_byte_is_bent),
        cmocka_unit_test(every_allocation_fails_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
