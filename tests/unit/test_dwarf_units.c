/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* DWARF written here byte by byte: one unit of version 5 with strings in place and a line table.
 * What compilers write is in tests/origin/dwarf.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <zlib.h>

#include "obj/dwarf_units.h"

static const uint8_t abbrev[] = {
    1,    0x11, 0,            /* DW_TAG_compile_unit, no children */
    0x25, 0x08, 0x13, 0x0b,   /* producer: string, language: data1 */
    0x03, 0x08, 0x1b, 0x08,   /* name, folder: string */
    0x11, 0x01, 0x12, 0x0b,   /* low_pc: addr, high_pc: data1 */
    0x10, 0x17, 0,    0,    0 /* stmt_list: sec_offset */
};

static const uint8_t info[] = {34,   0,    0,   0,   5, 0,       /* length, version */
                               1,    8,                          /* DW_UT_compile, address size */
                               0,    0,    0,   0,               /* abbreviations */
                               1,    'g',  'c', 'c', 0,          /* producer */
                               0x1d, 'a',  '.', 'c', 0,          /* C11, name */
                               '/',  'w',  0,                    /* folder */
                               0,    0x10, 0,   0,   0, 0, 0, 0, /* low_pc 0x1000 */
                               0x20, 0,    0,   0,   0};         /* 32 bytes, line table */

static const uint8_t line[] = {
    66, 0,  0, 0,    5,    0,   8,   0, /* length, version, address and segment sizes */
    36, 0,  0, 0,                       /* header length */
    1,  1,  1, 0xfb, 14,   13,          /* min length, ops, is_stmt, line_base -5, range, opcodes */
    0,  1,  1, 1,    1,    0,   0,   0,   1,   0, 0, 1, /* operands of standard opcodes */
    1,  1,  8, 1,    '/',  'w', 0,                      /* one folder: path as string */
    2,  1,  8, 2,    0x0b, 1,   'a', '.', 'c', 0, 0,    /* one file: path and folder's index */
    0,  9,  2, 0,    0x10, 0,   0,   0,   0,   0, 0,    /* set_address 0x1000 */
    4,  0,                                              /* set_file 0 */
    3,  9,  1,           /* advance_line 9, copy: 0x1000 is line 10 */
    75,                  /* special: address + 4, line + 1 */
    2,  28, 0, 1,    1}; /* advance_pc 28, end_sequence */

typedef struct {
    uint8_t bytes[512];
    rp_section sections[3];
    rp_arena arena;
    rp_source src;
    rp_image img;
} file;

static void add(file *f, uint32_t i, const char *name, const uint8_t *bytes, size_t len)
{
    size_t at = i * 128;
    assert_true(len <= 128);
    memcpy(f->bytes + at, bytes, len);
    f->sections[i] = (rp_section){
        .name = rp_str_from(name), .offset = at, .filesz = len, .size = len, .kind = RP_SEC_DEBUG};
}

static void start(file *f)
{
    *f = (file){.arena = {.limit = 1 << 20}};
    f->src = rp_source_memory((rp_bytes){f->bytes, sizeof f->bytes}, &f->arena);
    f->img = (rp_image){.src = &f->src,
                        .arena = &f->arena,
                        .format = RP_FORMAT_PE,
                        .kind = RP_KIND_EXECUTABLE,
                        .bits = 64,
                        .sections = f->sections,
                        .nsections = 3};
    add(f, 0, ".debug_info", info, sizeof info);
    add(f, 1, ".debug_abbrev", abbrev, sizeof abbrev);
    add(f, 2, ".debug_line", line, sizeof line);
}

static void unit_and_lines_are_read(void **state)
{
    (void)state;
    file f;
    rp_dwarf d;
    start(&f);
    assert_int_equal(info[0] + 4u, sizeof info);
    assert_int_equal(line[0] + 4u, sizeof line);
    assert_true(rp_dwarf_read(&f.img, &f.arena, &d));
    assert_int_equal(d.known, RP_YES);
    assert_int_equal(d.nunits, 1);
    assert_int_equal(d.units[0].language, RP_LANG_C11);
    assert_true(rp_str_is(d.units[0].name, "a.c"));
    assert_true(rp_str_is(d.units[0].folder, "/w"));
    assert_true(rp_str_is(d.units[0].producer, "gcc"));
    assert_false(d.units[0].split);
    assert_null(rp_dwarf_unit_at(&d, 0xfff));
    assert_ptr_equal(rp_dwarf_unit_at(&d, 0x1000), d.units);
    assert_ptr_equal(rp_dwarf_unit_at(&d, 0x101f), d.units);
    assert_null(rp_dwarf_unit_at(&d, 0x1020));
    rp_dwarf_place p[] = {{.addr = 0x1000}, {.addr = 0x1003}, {.addr = 0x1004}, {.addr = 0x2000}};
    assert_true(rp_dwarf_lines(&d, &f.arena, p, RP_COUNT(p)));
    assert_int_equal(p[0].line, 10);
    assert_int_equal(p[1].line, 10);
    assert_int_equal(p[2].line, 11);
    assert_int_equal(p[3].line, 0);
    assert_true(rp_str_is(p[2].file, "/w/a.c"));
    assert_int_equal(p[3].file.len, 0);
    rp_arena_free(&f.arena);
}

/* The older form, which Go's linker writes into PE files too: "ZLIB", the size, then the stream. */
static void packed_sections_of_a_pe_file_are_unpacked(void **state)
{
    (void)state;
    file f;
    rp_dwarf d;
    uint8_t packed[128] = {'Z', 'L', 'I', 'B', 0, 0, 0, 0, 0, 0, 0, sizeof info};
    uLongf len = sizeof packed - 12;
    start(&f);
    assert_int_equal(compress(packed + 12, &len, info, sizeof info), Z_OK);
    add(&f, 0, ".zdebug_info", packed, 12 + len);
    assert_true(rp_dwarf_read(&f.img, &f.arena, &d));
    assert_int_equal(d.known, RP_YES);
    assert_int_equal(d.nunits, 1);
    assert_true(rp_str_is(d.units[0].name, "a.c"));
    rp_arena_free(&f.arena);
}

/* What a linker threw away lies at 0; where a section of a kernel module begins, too. */
static void rows_of_discarded_functions_are_none(void **state)
{
    (void)state;
    enum { SET_ADDRESS = 256 + 52, SPECIAL = 256 + 64 };
    static const uint8_t far[] = {2, 0x80, 0x30}; /* advance_pc 0x1800 */
    for (unsigned linked = 0; linked < 2; linked++) {
        file f;
        rp_dwarf d;
        rp_dwarf_place p[] = {{.addr = 0x1003}};
        start(&f);
        f.img.kind = linked ? RP_KIND_LIBRARY : RP_KIND_KERNEL;
        assert_int_equal(f.bytes[SET_ADDRESS], 0x10);
        assert_int_equal(f.bytes[SPECIAL], 75);
        f.bytes[SET_ADDRESS] = 0;
        memcpy(f.bytes + SPECIAL, far, sizeof far);
        assert_true(rp_dwarf_read(&f.img, &f.arena, &d));
        assert_true(rp_dwarf_lines(&d, &f.arena, p, 1));
        assert_int_equal(p[0].line, linked ? 0 : 10);
        rp_arena_free(&f.arena);
    }
}

/* A table as large as LTO makes them: the unit's own declaration comes after hundreds of others. */
static void declarations_far_into_their_table_are_found(void **state)
{
    (void)state;
    enum { OTHERS = 300, BYTES = 7 };
    static uint8_t bytes[512 + OTHERS * (BYTES + 1) + sizeof abbrev];
    file f;
    rp_dwarf d;
    start(&f);
    memcpy(bytes, f.bytes, sizeof f.bytes);
    uint8_t *p = bytes + sizeof f.bytes;
    for (uint32_t code = 2; code < 2 + OTHERS;
         code++) { /* DW_TAG_base_type, DW_AT_byte_size data1 */
        const uint8_t one[BYTES] = {
            (uint8_t)(code | 0x80), (uint8_t)(code >> 7), 0x24, 0, 0x0b, 0x0b, 0};
        memcpy(p, one, BYTES);
        p += BYTES;
        *p++ = 0;
    }
    memcpy(p, abbrev, sizeof abbrev);
    p += sizeof abbrev;
    f.src = rp_source_memory((rp_bytes){bytes, sizeof bytes}, &f.arena);
    f.sections[1].offset = sizeof f.bytes;
    f.sections[1].filesz = f.sections[1].size = (uint64_t)(p - bytes) - sizeof f.bytes;
    assert_true(rp_dwarf_read(&f.img, &f.arena, &d));
    assert_int_equal(d.known, RP_YES);
    assert_int_equal(d.nunits, 1);
    assert_true(rp_str_is(d.units[0].name, "a.c"));
    assert_non_null(rp_dwarf_unit_at(&d, 0x1000));
    rp_arena_free(&f.arena);
}

static void what_is_cut_short_is_unknown(void **state)
{
    (void)state;
    for (uint32_t section = 0; section < 3; section++) {
        for (size_t len = 1;; len++) {
            file f;
            rp_dwarf d;
            start(&f);
            if (len >= f.sections[section].filesz)
                break;
            f.sections[section].filesz = len;
            assert_true(rp_dwarf_read(&f.img, &f.arena, &d));
            /* the last two bytes of the abbreviations only end their table */
            if (section == 0 || (section == 1 && len < sizeof abbrev - 1))
                assert_int_equal(d.known, RP_UNKNOWN);
            rp_dwarf_place p = {.addr = 0x1004};
            assert_true(rp_dwarf_lines(&d, &f.arena, &p, 1));
            if (section == 2)
                assert_int_equal(p.line, 0);
            rp_arena_free(&f.arena);
        }
    }
}

static void any_byte_may_be_wrong(void **state)
{
    (void)state;
    for (size_t at = 0; at < 3 * 128; at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            file f;
            rp_dwarf d;
            start(&f);
            f.bytes[at] ^= (uint8_t)(1u << bit);
            assert_true(rp_dwarf_read(&f.img, &f.arena, &d));
            rp_dwarf_place p = {.addr = 0x1004};
            assert_true(rp_dwarf_lines(&d, &f.arena, &p, 1));
            assert_true(d.nunits <= 1 && d.nranges <= 1);
            rp_arena_free(&f.arena);
        }
    }
}

static void memory_that_runs_out_is_an_error(void **state)
{
    (void)state;
    for (uint64_t n = 1;; n++) {
        file f;
        rp_dwarf d;
        start(&f);
        rp_dwarf_place p = {.addr = 0x1004};
        (void)rp_arena_fail_at(n);
        bool ok = rp_dwarf_read(&f.img, &f.arena, &d) && rp_dwarf_lines(&d, &f.arena, &p, 1);
        bool failed = f.arena.refused;
        (void)rp_arena_fail_at(0);
        assert_int_equal(ok, !failed);
        rp_arena_free(&f.arena);
        if (ok) {
            assert_in_range(n, 5, 40);
            return;
        }
    }
}

static void without_sections_there_is_none(void **state)
{
    (void)state;
    file f;
    rp_dwarf d;
    start(&f);
    f.img.nsections = 0;
    assert_true(rp_dwarf_read(&f.img, &f.arena, &d));
    assert_int_equal(d.known, RP_NO);
    f.img.kind = RP_KIND_OBJECT; /* not relocated yet */
    assert_true(rp_dwarf_read(&f.img, &f.arena, &d));
    assert_int_equal(d.known, RP_UNKNOWN);
    rp_arena_free(&f.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unit_and_lines_are_read),
        cmocka_unit_test(packed_sections_of_a_pe_file_are_unpacked),
        cmocka_unit_test(rows_of_discarded_functions_are_none),
        cmocka_unit_test(declarations_far_into_their_table_are_found),
        cmocka_unit_test(what_is_cut_short_is_unknown),
        cmocka_unit_test(any_byte_may_be_wrong),
        cmocka_unit_test(memory_that_runs_out_is_an_error),
        cmocka_unit_test(without_sections_there_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
