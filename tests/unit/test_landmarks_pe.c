/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Functions and landmarks of PE images, on one built by hand: what the exception directory, the
 * guard table, exports and gaps tell; guard slots, the cookie, __chkstk; and what the pass makes of
 * them. Then the same image cut, bent and short of memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "code_bytes.h"
#include "pe_image.h"

#include "isa/landmarks_pe.h"

enum { COOKIE = 0x2800, CHECK = 0x2820, DISPATCH = 0x2828, SLOT = 0x2380 };

static size_t text_at(uint32_t rva)
{
    return rva - 0x1000 + TEXT;
}

static void put_code(pe_image *p, uint32_t rva, const char *bytes, size_t n)
{
    memcpy(p->at + text_at(rva), bytes, n);
}

#define CODE(p, rva, bytes) put_code((p), (rva), (bytes), sizeof(bytes) - 1)

static void put_relative(pe_image *p, uint32_t rva, uint32_t at, uint32_t to)
{
    put(p, text_at(rva + at), to - (rva + at + 4), 4);
}

static void put_entry(pe_image *p, unsigned i, uint32_t begin, uint32_t end, uint32_t unwind)
{
    put(p, data_at(0x2700) + 12u * i, begin, 4);
    put(p, data_at(0x2704) + 12u * i, end, 4);
    put(p, data_at(0x2708) + 12u * i, unwind, 4);
}

/* 1000 a guarded call; 1010 __security_check_cookie; 1020 an import thunk; 1040 __chkstk; 1080 a
 * large frame whose last part is a chained entry, with a raw and a guarded tail call. */
static pe_image *image_64(rp_arena *a)
{
    pe_image *p = pe_image_new(a, true);
    memset(p->at + TEXT, 0xcc, 0x200);
    put(p, data_at(0x2000) + 0x78, base_of(p) + DISPATCH, 8);
    CODE(p, 0x1000, "\x48\x83\xec\x28\xff\x15\0\0\0\0\x48\x83\xc4\x28\xc3");
    put_relative(p, 0x1000, 6, DISPATCH);
    CODE(p, 0x1010, "\x48\x3b\x0d\0\0\0\0\x75\x01\xc3\xcd\x29");
    put_relative(p, 0x1010, 3, COOKIE);
    CODE(p, 0x1020, "\xff\x25\0\0\0\0");
    put_relative(p, 0x1020, 2, SLOT);
    CODE(p, 0x1040,
         "\x51\x50\x48\x3d\0\x10\0\0\x48\x8d\x4c\x24\x18\x72\x19\x48\x81\xe9\0\x10\0\0"
         "\x48\x83\x09\0\x48\x2d\0\x10\0\0\x48\x3d\0\x10\0\0\x77\xe7\x48\x29\xc1\x48\x83"
         "\x09\0\x58\x59\xc3");
    CODE(p, 0x1080,
         "\xb8\0\x30\0\0\xe8\0\0\0\0\x48\x29\xc4"         /* 3000h bytes of stack */
         "\x48\x8b\x05\0\0\0\0\x48\x31\xe0\xff\xd2"       /* the cookie; call rdx */
         "\xe8\0\0\0\0\x48\x81\xc4\0\x30\0\0"             /* the check */
         "\x4c\x8b\x05\0\0\0\0\x48\x89\xc8\x49\xff\xe0"); /* jmp [dispatch], through r8 */
    put_relative(p, 0x1080, 6, 0x1040);
    put_relative(p, 0x1080, 16, COOKIE);
    put_relative(p, 0x1080, 26, 0x1010);
    put_relative(p, 0x1080, 40, DISPATCH);
    put_entry(p, 0, 0x1000, 0x100f, 0x2740);
    put_entry(p, 1, 0x1080, 0x10a0, 0x2740);
    put_entry(p, 2, 0x10a0, 0x10b2, 0x2748);
    put_dir(p, RP_PE_DIR_EXCEPTION, 0x2700, 36);
    put(p, data_at(0x2740), 0x01, 4);
    put(p, data_at(0x2748), 0x21, 4); /* version 1, UNW_FLAG_CHAININFO */
    return p;
}

/* mov ecx, eax; call [check]; call ecx; then a raw call. */
static pe_image *image_32(rp_arena *a)
{
    pe_image *p = pe_image_new(a, false);
    memset(p->at + TEXT, 0xcc, 0x200);
    CODE(p, 0x1000, "\xa1\0\0\0\0\x89\xc1\xff\x15\0\0\0\0\xff\xd1\xff\xd2\xc3");
    put(p, text_at(0x1001), base_of(p) + COOKIE, 4);
    put(p, text_at(0x1009), base_of(p) + CHECK, 4);
    CODE(p, 0x1020, "\xc3");
    put(p, data_at(0x2000) + 0x54, 1, 4); /* one entry in the guard table */
    return p;
}

static bool fits(const rp_image *img)
{
    return img->pe != NULL;
}

static const code_reader reader = {rp_landmarks_pe, fits};

static result read_image(rp_arena *a, const pe_image *p)
{
    return read_whole(&reader, a, (rp_bytes){p->at, p->len});
}

static uint32_t index_of(const result *r, const pe_image *p, uint32_t rva)
{
    for (uint32_t i = 0; i < r->functions.n; i++)
        if (r->functions.items[i].start == base_of(p) + rva)
            return i;
    fail_msg("no function at %x", rva);
    return 0;
}

static rp_landmark_id landmark_at(const result *r, const pe_image *p, uint32_t rva)
{
    const rp_landmark *l = rp_landmarks_find(&r->map.landmarks, base_of(p) + rva);
    return l != NULL ? l->id : RP_LM_NONE;
}

/* CHPE metadata: a code map of `n` ranges, whose lowest bits are their kind. */
static void put_code_map(pe_image *p, const uint32_t (*map)[2], unsigned n)
{
    put(p, data_at(0x2000) + 0xc8, base_of(p) + 0x2760, 8);
    put(p, data_at(0x2760), 2, 4);
    put(p, data_at(0x2764), 0x2770, 4);
    put(p, data_at(0x2768), n, 4);
    for (unsigned i = 0; i < n; i++) {
        put(p, data_at(0x2770) + 8u * i, map[i][0], 4);
        put(p, data_at(0x2774) + 8u * i, map[i][1], 4);
    }
}

/* What the map gives to another processor is nobody's function, whatever other tables say. */
static void code_of_the_other_processor_is_left_out(void **state)
{
    static const uint32_t map[][2] = {{0x1000 | 2, 0x30}, {0x1030 | 1, 0x50}, {0x1080 | 2, 0x80}};
    static const uint32_t all[][2] = {{0x1000 | 1, 0x1000}};
    static const uint32_t twice[][2] = {{0x1080 | 2, 0x80}, {0x1080 | 2, 0x80}, {0x1000 | 2, 0x30}};
    (void)state;
    rp_arena a = {0};
    pe_image *p = image_64(&a);
    put_code_map(p, map, 3);
    result r = read_image(&a, p);
    assert_int_equal(r.functions.n, 4); /* without __chkstk's */
    for (uint32_t i = 0; i < r.functions.n; i++)
        assert_true(r.functions.items[i].start != base_of(p) + 0x1040);
    assert_int_equal(r.functions.code_bytes, 0x30 + 0x80);
    assert_int_equal(r.functions.whole, RP_UNKNOWN);
    put_code_map(p, all, 1);
    r = read_image(&a, p);
    assert_int_equal(r.functions.n, 0);
    assert_true(r.functions.hybrid);
    assert_int_equal(r.functions.whole, RP_UNKNOWN);
    put_code_map(p, twice, 3); /* not ascending: no byte counts twice */
    r = read_image(&a, p);
    assert_int_equal(r.functions.code_bytes, 0x80);
    put(p, data_at(0x2764), 0xfffffff0u, 4); /* no such place: nothing is known to be whole */
    r = read_image(&a, p);
    assert_int_equal(r.functions.whole, RP_UNKNOWN);
    rp_arena_free(&a);
}

static void functions_of_all_sources(void **state)
{
    static const struct {
        uint32_t start, end;
        rp_fn_source source;
        rp_fn_kind kind;
    } want[] = {
        {0x1000, 0x100f, RP_FN_BY_UNWIND, RP_FN_STARTUP}, /* the entry point */
        {0x1010, 0x101c, RP_FN_BY_STARTS, RP_FN_NORMAL},
        {0x1020, 0x1026, RP_FN_BY_SYMBOL, RP_FN_PLT}, /* the export "answer" */
        {0x1040, 0x1072, RP_FN_BY_STARTS, RP_FN_NORMAL},
        {0x1080, 0x10b2, RP_FN_BY_UNWIND, RP_FN_NORMAL},
    };
    (void)state;
    rp_arena a = {0};
    pe_image *p = image_64(&a);
    result r = read_image(&a, p);
    assert_int_equal(r.functions.n, RP_COUNT(want));
    for (uint32_t i = 0; i < RP_COUNT(want); i++) {
        const rp_function *f = &r.functions.items[i];
        assert_int_equal(f->start, base_of(p) + want[i].start);
        assert_int_equal(f->end, base_of(p) + want[i].end);
        assert_int_equal(f->kind, want[i].kind);
        if (f->name.len == 0)
            assert_int_equal(f->source, want[i].source);
    }
    assert_int_equal(r.functions.whole, RP_YES);
    rp_arena_free(&a);
}

static void landmarks_of_the_load_configuration(void **state)
{
    (void)state;
    rp_arena a = {0};
    pe_image *p = image_64(&a);
    result r = read_image(&a, p);
    assert_int_equal(landmark_at(&r, p, CHECK), RP_LM_GUARD_CHECK);
    assert_int_equal(landmark_at(&r, p, DISPATCH), RP_LM_GUARD_DISPATCH);
    assert_int_equal(landmark_at(&r, p, COOKIE), RP_LM_STACK_GUARD);
    assert_int_equal(landmark_at(&r, p, 0x1010), RP_LM_STACK_CHK_FAIL);
    assert_int_equal(landmark_at(&r, p, 0x1040), RP_LM_CHKSTK);
    assert_int_equal(landmark_at(&r, p, 0x1000), RP_LM_NONE);
    assert_int_equal(landmark_at(&r, p, SLOT), RP_LM_IMPORT_WRITABLE); /* .data is */
    put(p, sections_at(p) + 40 + 36, 0x40000040, 4);
    r = read_image(&a, p);
    assert_int_equal(landmark_at(&r, p, SLOT), RP_LM_IMPORT_SLOT);
    assert_int_equal(r.map.whole, RP_YES);
    rp_arena_free(&a);
}

static const rp_branch *branch_at(const result *r, const pe_image *p, uint32_t rva)
{
    for (uint32_t i = 0; i < r->pass.nbranches; i++)
        if (r->pass.branches[i].addr == base_of(p) + rva)
            return &r->pass.branches[i];
    return NULL;
}

static void guarded_and_raw_calls(void **state)
{
    (void)state;
    rp_arena a = {0};
    pe_image *p = image_64(&a);
    result r = read_image(&a, p);
    assert_int_equal(r.pass.fns[index_of(&r, p, 0x1000)].guarded_calls, 1);
    const rp_branch *raw = branch_at(&r, p, 0x1097), *tail = branch_at(&r, p, 0x10af);
    assert_non_null(raw);
    assert_int_equal(raw->edge, RP_EDGE_UNGUARDED);
    assert_non_null(tail);
    assert_true(tail->jump);
    assert_int_equal(tail->edge, RP_EDGE_GUARDED);
    assert_int_equal(tail->guard, RP_GUARD_CFG);
    rp_arena_free(&a);
}

static void guard_check_of_32_bit_code(void **state)
{
    (void)state;
    rp_arena a = {0};
    pe_image *p = image_32(&a);
    result r = read_image(&a, p);
    const rp_branch *checked = branch_at(&r, p, 0x100d), *raw = branch_at(&r, p, 0x100f);
    assert_non_null(checked);
    assert_int_equal(checked->edge, RP_EDGE_GUARDED);
    assert_int_equal(checked->guard, RP_GUARD_CFG);
    assert_non_null(raw);
    assert_int_equal(raw->edge, RP_EDGE_UNGUARDED);
    assert_true((r.pass.fns[index_of(&r, p, 0x1000)].flags & RP_FN_GUARD_LOAD) != 0);
    assert_int_equal(r.functions.whole, RP_UNKNOWN); /* nothing lists them all */
    rp_arena_free(&a);
}

static void probes_and_cookies(void **state)
{
    (void)state;
    rp_arena a = {0};
    pe_image *p = image_64(&a);
    result r = read_image(&a, p);
    const rp_fn_code *fn = &r.pass.fns[index_of(&r, p, 0x1080)];
    assert_int_equal(fn->frame, 0x3000);
    assert_true((fn->flags & RP_FN_PROBE_CALL) != 0);
    assert_true((fn->flags & RP_FN_UNPROBED) == 0);
    assert_true((fn->flags & RP_FN_GUARD_LOAD) != 0);
    assert_true((fn->flags & RP_FN_GUARD_FAIL) != 0);
    fn = &r.pass.fns[index_of(&r, p, 0x1000)];
    assert_true((fn->flags & (RP_FN_GUARD_LOAD | RP_FN_GUARD_FAIL | RP_FN_PROBE_CALL)) == 0);
    rp_arena_free(&a);
}

/* ---- hostile ---- */

static void a_cut_table_is_not_whole(void **state)
{
    (void)state;
    rp_arena a = {0};
    pe_image *p = image_64(&a);
    put_dir(p, RP_PE_DIR_EXCEPTION, 0x2700, 0x100000);
    assert_int_equal(read_image(&a, p).functions.whole, RP_UNKNOWN);
    p = image_64(&a);
    put_dir(p, RP_PE_DIR_BASERELOC, 0x21c0, 0x100000);
    assert_int_equal(read_image(&a, p).map.whole, RP_UNKNOWN);
    p = image_64(&a);
    put_entry(p, 1, 0x10a0, 0x1080, 0x2740);
    assert_int_equal(read_image(&a, p).functions.whole, RP_UNKNOWN);
    rp_arena_free(&a);
}

static void cut_at_every_length(void **state)
{
    (void)state;
    rp_arena a = {0};
    for (int wide = 0; wide < 2; wide++) {
        pe_image *p = wide ? image_64(&a) : image_32(&a);
        for (size_t len = 0; len < p->len; len += len < TEXT ? 1 : 3)
            try_cut(&reader, p->at, len);
    }
    rp_arena_free(&a);
}

static void every_byte_is_bent(void **state)
{
    (void)state;
    rp_arena a = {0};
    for (int wide = 0; wide < 2; wide++) {
        pe_image *p = wide ? image_64(&a) : image_32(&a);
        try_bent(&reader, p->at, p->len, DATA);
    }
    rp_arena_free(&a);
}

static void every_allocation_fails_once(void **state)
{
    (void)state;
    rp_arena a = {0};
    pe_image *p = image_64(&a);
    try_without_memory(&reader, (rp_bytes){p->at, p->len});
    rp_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_of_all_sources),
        cmocka_unit_test(code_of_the_other_processor_is_left_out),
        cmocka_unit_test(landmarks_of_the_load_configuration),
        cmocka_unit_test(guarded_and_raw_calls),
        cmocka_unit_test(guard_check_of_32_bit_code),
        cmocka_unit_test(probes_and_cookies),
        cmocka_unit_test(a_cut_table_is_not_whole),
        cmocka_unit_test(cut_at_every_length),
        cmocka_unit_test(every_byte_is_bent),
        cmocka_unit_test(every_allocation_fails_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
