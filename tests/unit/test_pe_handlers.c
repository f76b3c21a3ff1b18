/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Which functions of x64 images catch exceptions, by data of handlers written byte by byte, and
 * whether the table of continuation targets names a place in them; then bent, looped and short of
 * memory. tests/checks/RP2202 has the same from an assembler. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pe_image.h"

#include "obj/pe_handlers.h"

enum {
    UNWIND = 0x2740,
    DATA_OF = UNWIND + 8,
    PART = 0x2780,
    INFO = 0x2880,
    MAP = 0x28c0,
    TARGETS = 0x2900
};

static void put_entry(pe_image *p, unsigned i, uint32_t begin, uint32_t end, uint32_t unwind)
{
    put(p, data_at(0x2700) + 12u * i, begin, 4);
    put(p, data_at(0x2704) + 12u * i, end, 4);
    put(p, data_at(0x2708) + 12u * i, unwind, 4);
    put_dir(p, RP_PE_DIR_EXCEPTION, 0x2700, 12 * (i + 1));
}

/* One function, 1000 to 1020, with a handler at 1100; its data follow at DATA_OF. */
static pe_image *one_function(rp_arena *a, uint8_t flags)
{
    pe_image *p = pe_image_new(a, true);
    put_entry(p, 0, 0x1000, 0x1020, UNWIND);
    put(p, data_at(UNWIND), 1u | (unsigned)flags << 3, 1);
    put(p, data_at(UNWIND) + 4, 0x1100, 4);
    return p;
}

static void put_scope(pe_image *p, unsigned i, uint32_t begin, uint32_t end, uint32_t target)
{
    size_t at = data_at(DATA_OF) + 4 + 16u * i;
    put(p, data_at(DATA_OF), i + 1, 4);
    put(p, at, begin, 4);
    put(p, at + 4, end, 4);
    put(p, at + 8, 1, 4);
    put(p, at + 12, target, 4);
}

static pe_image *scoped(rp_arena *a, uint32_t target)
{
    pe_image *p = one_function(a, 3);
    put_scope(p, 0, 0x1000, 0x1008, target);
    return p;
}

static bool read_with(rp_arena *a, const pe_image *p, uint32_t targets, rp_pe_handlers *ret)
{
    rp_pe_load_config lc = {.present = RP_YES};
    rp_image *img = pe_image_open(a, p);
    lc.field[RP_LC_EHCONT_TABLE].there = lc.field[RP_LC_EHCONT_COUNT].there = true;
    lc.field[RP_LC_EHCONT_TABLE].value = base_of(p) + TARGETS;
    lc.field[RP_LC_EHCONT_COUNT].value = targets;
    return rp_pe_read_handlers(img, &lc, ret);
}

static rp_pe_handlers read_handlers(rp_arena *a, const pe_image *p, uint32_t targets)
{
    rp_pe_handlers h;
    assert_true(read_with(a, p, targets, &h));
    return h;
}

static void expect(const rp_pe_handlers *h, uint32_t catching, uint32_t listed, uint32_t untold)
{
    assert_int_equal(h->known, RP_YES);
    assert_int_equal(h->catching, catching);
    assert_int_equal(h->listed, listed);
    assert_int_equal(h->untold, untold);
}

static void scopes(void **state)
{
    (void)state;
    rp_arena a = {0};
    rp_pe_handlers h = read_handlers(&a, scoped(&a, 0x1010), 0);
    expect(&h, 1, 0, 0);
    assert_int_equal(h.unlisted, 0x1000);
    h = read_handlers(&a, scoped(&a, 0), 0); /* __finally */
    expect(&h, 0, 0, 0);
    pe_image *p = scoped(&a, 0);
    put_scope(p, 1, 0x1008, 0x100c, 0x1010); /* the second has __except */
    h = read_handlers(&a, p, 0);
    expect(&h, 1, 0, 0);
    p = one_function(&a, 0); /* no handler */
    put_scope(p, 0, 0x1000, 0x1008, 0x1010);
    h = read_handlers(&a, p, 0);
    expect(&h, 0, 0, 0);
    rp_arena_free(&a);
}

static void what_is_no_table_of_scopes(void **state)
{
    (void)state;
    static const uint32_t rows[][3] = {
        {0x1008, 0x1008, 0x1010}, /* empty */
        {0x2000, 0x2008, 0x1010}, /* of data */
        {0x1000, 0x1008, 0x2010}, /* which goes on in data */
    };
    rp_arena a = {0};
    for (size_t i = 0; i < RP_COUNT(rows); i++) {
        pe_image *p = one_function(&a, 1);
        put_scope(p, 0, rows[i][0], rows[i][1], rows[i][2]);
        rp_pe_handlers h = read_handlers(&a, p, 0);
        expect(&h, 0, 0, 1);
    }
    pe_image *p = scoped(&a, 0x1010);
    put(p, data_at(DATA_OF), 0, 4); /* of none */
    rp_pe_handlers none = read_handlers(&a, p, 0);
    expect(&none, 0, 0, 1);
    p = scoped(&a, 0x1010);
    put(p, data_at(DATA_OF), 0x7fffffff, 4); /* more than there are bytes */
    rp_pe_handlers h = read_handlers(&a, p, 0);
    expect(&h, 0, 0, 1);
    rp_arena_free(&a);
}

/* Codes of the prologue come in pairs: one is filled up. */
static void handlers_behind_codes(void **state)
{
    (void)state;
    rp_arena a = {0};
    for (unsigned codes = 1; codes <= 2; codes++) {
        pe_image *p = one_function(&a, 1);
        put(p, data_at(UNWIND) + 2, codes, 1);
        put(p, data_at(UNWIND) + 4, 0x4202, 4);
        put(p, data_at(UNWIND) + 8, 0x1100, 4);
        put(p, data_at(UNWIND) + 12, 1, 4);
        put(p, data_at(UNWIND) + 16, 0x1000, 4);
        put(p, data_at(UNWIND) + 20, 0x1008, 4);
        put(p, data_at(UNWIND) + 28, 0x1010, 4);
        rp_pe_handlers h = read_handlers(&a, p, 0);
        expect(&h, 1, 0, 0);
    }
    rp_arena_free(&a);
}

/* A table that many functions share costs no more than the file has bytes. */
static void shared_tables_are_bounded(void **state)
{
    (void)state;
    enum { SCOPES = 12, FUNCTIONS = 37, DIRECTORY = 0x2840 };
    rp_arena a = {0};
    pe_image *p = one_function(&a, 1);
    for (unsigned i = 0; i < SCOPES; i++)
        put_scope(p, i, 0x1000, 0x1008, 0x1010);
    for (unsigned i = 0; i < FUNCTIONS; i++) {
        put(p, data_at(DIRECTORY) + 12u * i, 0x1000 + 4 * i, 4);
        put(p, data_at(DIRECTORY) + 12u * i + 4, 0x1004 + 4 * i, 4);
        put(p, data_at(DIRECTORY) + 12u * i + 8, UNWIND, 4);
    }
    put_dir(p, RP_PE_DIR_EXCEPTION, DIRECTORY, 12 * FUNCTIONS);
    uint32_t told = IMAGE_SIZE / 16 / SCOPES;
    rp_pe_handlers h = read_handlers(&a, p, 0);
    expect(&h, told, 0, FUNCTIONS - told);
    rp_arena_free(&a);
}

static void func_infos(void **state)
{
    (void)state;
    rp_arena a = {0};
    for (uint32_t magic = 0x1993051f; magic <= 0x19930523; magic++) {
        for (unsigned tries = 0; tries < 2; tries++) {
            pe_image *p = one_function(&a, 3);
            put(p, data_at(DATA_OF), INFO, 4);
            put(p, data_at(INFO), magic, 4);
            put(p, data_at(INFO) + 4, 2, 4);
            put(p, data_at(INFO) + 8, MAP, 4);
            put(p, data_at(INFO) + 12, tries, 4);
            bool known = magic >= 0x19930520 && magic <= 0x19930522;
            rp_pe_handlers h = read_handlers(&a, p, 0);
            if (known)
                expect(&h, tries, 0, 0);
            else
                assert_int_equal(h.catching, 0);
        }
    }
    rp_arena_free(&a);
}

static void func_infos_4(void **state)
{
    (void)state;
    static const struct {
        uint8_t header, map[4];
        uint32_t catching, untold;
    } rows[] = {
        {0x18, {1 << 1, 0, 0, 1 << 1}, 1, 0},
        {0x18, {0, 0, 0, 1 << 1}, 0, 1},           /* no block */
        {0x18, {1 << 1, 1 << 1, 0, 2 << 1}, 0, 1}, /* states descend */
        {0x18, {1 << 1, 0, 0, 0}, 0, 1},           /* caught in the state that is tried */
        {0x98, {1 << 1, 0, 0, 1 << 1}, 0, 1},      /* a bit that has no meaning */
        {0x08, {0}, 0, 0},                         /* cleans up */
        {0x00, {0}, 0, 1},
    };
    rp_arena a = {0};
    for (size_t i = 0; i < RP_COUNT(rows); i++) {
        pe_image *p = one_function(&a, 3);
        put(p, data_at(DATA_OF), INFO, 4);
        put(p, data_at(INFO), rows[i].header, 1);
        put(p, data_at(INFO) + 1, MAP, 4);
        put(p, data_at(INFO) + 5, MAP, 4);
        put(p, data_at(INFO) + 9, MAP, 4);
        for (unsigned k = 0; k < 4; k++)
            put(p, data_at(MAP) + k, rows[i].map[k], 1);
        rp_pe_handlers h = read_handlers(&a, p, 0);
        if (h.catching != rows[i].catching || h.untold != rows[i].untold)
            fail_msg("row %zu", i);
    }
    rp_arena_free(&a);
}

/* Places in the function, at its ends and outside; in a part of it that its table chains to it. */
static void targets_and_parts(void **state)
{
    (void)state;
    static const struct {
        uint32_t target;
        bool listed;
    } rows[] = {{0x0fff, false}, {0x1000, true}, {0x1010, true}, {0x101f, true},
                {0x1020, false}, {0x1080, true}, {0x1090, false}};
    rp_arena a = {0};
    for (size_t i = 0; i < RP_COUNT(rows); i++) {
        pe_image *p = scoped(&a, 0x1010);
        put_entry(p, 1, 0x1080, 0x1090, PART);
        put(p, data_at(PART), 0x21, 1); /* version 1, UNW_FLAG_CHAININFO */
        put(p, data_at(PART) + 4, 0x1000, 4);
        put(p, data_at(PART) + 8, 0x1020, 4);
        put(p, data_at(PART) + 12, UNWIND, 4);
        put(p, data_at(TARGETS), rows[i].target, 4);
        rp_pe_handlers h = read_handlers(&a, p, 1);
        expect(&h, 1, rows[i].listed, 0);
        put(p, data_at(DATA_OF), 0, 4); /* of an unknown form: one function, not two */
        h = read_handlers(&a, p, 1);
        expect(&h, 0, 0, 1);
    }
    rp_arena_free(&a);
}

static void broken_entries_are_unknown(void **state)
{
    (void)state;
    rp_arena a = {0};
    pe_image *p = scoped(&a, 0x1010);
    put_entry(p, 0, 0x1000, 0x1020, 0x7000);
    assert_int_equal(read_handlers(&a, p, 0).known, RP_UNKNOWN);
    p = scoped(&a, 0x1010); /* a part of itself, for ever */
    put(p, data_at(UNWIND), 0x21, 1);
    put(p, data_at(UNWIND) + 4, 0x1000, 4);
    put(p, data_at(UNWIND) + 8, 0x1020, 4);
    put(p, data_at(UNWIND) + 12, UNWIND, 4);
    assert_int_equal(read_handlers(&a, p, 0).known, RP_UNKNOWN);
    p = scoped(&a, 0x1010);
    put_dir(p, RP_PE_DIR_EXCEPTION, 0x2700, 0x10000);
    assert_int_equal(read_handlers(&a, p, 0).known, RP_UNKNOWN);
    p = scoped(&a, 0x1010); /* zeros fill up the table */
    put_dir(p, RP_PE_DIR_EXCEPTION, 0x2700, 36);
    rp_pe_handlers h = read_handlers(&a, p, 0);
    expect(&h, 1, 0, 0);
    rp_arena_free(&a);
}

static void every_byte_is_bent(void **state)
{
    (void)state;
    static const uint8_t bent[] = {0, 1, 0x7f, 0x80, 0xff};
    for (uint32_t rva = 0x2700; rva < 0x2960; rva++) {
        rp_arena a = {0};
        for (size_t i = 0; i < sizeof bent; i++) {
            pe_image *p = scoped(&a, 0x1010);
            put(p, data_at(TARGETS), 0x1010, 4);
            put(p, data_at(rva), bent[i], 1);
            rp_pe_handlers h = read_handlers(&a, p, 1);
            assert_true(h.listed <= h.catching && h.catching <= 1);
            assert_true(h.known == RP_YES || h.why != NULL);
        }
        rp_arena_free(&a);
    }
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    bool done = false;
    for (unsigned n = 1; !done && n < 20; n++) {
        rp_arena a = {0};
        rp_pe_handlers h;
        pe_image *p = scoped(&a, 0x1010);
        rp_image *img = pe_image_open(&a, p);
        rp_pe_load_config lc = {.present = RP_YES};
        rp_arena_fail_at(n);
        bool good = rp_pe_read_handlers(img, &lc, &h);
        done = rp_arena_fail_at(0) < n;
        assert_true(done == good);
        rp_arena_free(&a);
    }
    assert_true(done);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scopes),
        cmocka_unit_test(what_is_no_table_of_scopes),
        cmocka_unit_test(handlers_behind_codes),
        cmocka_unit_test(shared_tables_are_bounded),
        cmocka_unit_test(func_infos),
        cmocka_unit_test(func_infos_4),
        cmocka_unit_test(targets_and_parts),
        cmocka_unit_test(broken_entries_are_unknown),
        cmocka_unit_test(every_byte_is_bent),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
