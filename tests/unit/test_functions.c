/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* How sources of functions are joined: names of one address, labels inside, padding, slots of jump
 * tables, literal pools. The files are written by hand, with one section of code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "elf_builder.h"
#include "obj/functions.h"

enum { CODE = 0x800, CODE_LEN = 0x100, ADDRESS = BUILD_BASE + CODE, FUNC = 2, GLOBAL = 16 };

typedef struct {
    const char *name;
    uint32_t at, size; /* in the code */
    uint8_t info;
} symbol;

static void add_section(build *b, uint32_t type, uint32_t flags, uint64_t off, uint64_t size,
                        uint32_t link, uint32_t entsize)
{
    build_add(b, 0, 4);
    build_add(b, type, 4);
    build_add(b, flags, 8);
    build_add(b, flags ? BUILD_BASE + off : 0, 8);
    build_add(b, off, 8);
    build_add(b, size, 8);
    build_add(b, link, 4);
    build_add(b, 0, 4);
    build_add(b, 1, 8);
    build_add(b, entsize, 8);
}

/* Code, its symbols, a section table: null, code, symbols, names. */
static build file(uint32_t machine, const uint8_t *code, const symbol *symbols, size_t n)
{
    build b = build_start(machine, true, false, ET_DYN);
    uint64_t names[16], strings = b.len;
    build_add(&b, 0, 1);
    for (size_t i = 0; i < n; i++)
        names[i] = build_bytes(&b, symbols[i].name, strlen(symbols[i].name) + 1) - strings;
    uint64_t strings_end = b.len;
    build_align(&b, 8);
    uint64_t table = b.len;
    build_add(&b, 0, 8), build_add(&b, 0, 8), build_add(&b, 0, 8);
    for (size_t i = 0; i < n; i++) {
        build_add(&b, names[i], 4);
        build_add(&b, symbols[i].info, 1);
        build_add(&b, 0, 1);
        build_add(&b, 1, 2);
        build_add(&b, ADDRESS + symbols[i].at, 8);
        build_add(&b, symbols[i].size, 8);
    }
    uint64_t table_end = b.len;
    b.len = CODE;
    build_bytes(&b, code, CODE_LEN);
    b.shoff = b.len;
    b.shnum = 4;
    b.shstrndx = 3;
    add_section(&b, SHT_NULL, 0, 0, 0, 0, 0);
    add_section(&b, SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, CODE, CODE_LEN, 0, 0);
    add_section(&b, SHT_SYMTAB, 0, table, table_end - table, 3, 24);
    add_section(&b, SHT_STRTAB, 0, strings, strings_end - strings, 0, 0);
    build_finish(&b, PF_R | PF_X);
    return b;
}

static const rp_function *function_at(const rp_functions *fns, uint32_t at)
{
    for (uint32_t i = 0; i < fns->n; i++)
        if (fns->items[i].start == ADDRESS + at)
            return &fns->items[i];
    return NULL;
}

static void assert_function(const rp_functions *fns, uint32_t at, uint32_t end, rp_fn_kind kind,
                            const char *name)
{
    const rp_function *f = function_at(fns, at);
    assert_non_null(f);
    assert_int_equal(f->end, ADDRESS + end);
    assert_int_equal(f->at, CODE + at);
    assert_int_equal(f->kind, kind);
    assert_true(rp_str_is(f->name, name));
}

static void names_labels_padding_and_slots(void **state)
{
    (void)state;
    static const uint8_t nop[] = {0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0};
    static const uint8_t slot[] = {0xe9, 0, 0, 0, 0, 0xcc, 0xcc, 0xcc};
    static const symbol symbols[] = {
        {"shortest", 0x00, 0x20, FUNC | GLOBAL},
        {"its_local_name", 0x00, 0x20, FUNC},
        {"its_longer_name", 0x00, 0x20, FUNC | GLOBAL},
        {"label_inside", 0x10, 0, GLOBAL},
        {"sizeless", 0x20, 0, FUNC | GLOBAL},
        {"body.cfi", 0x40, 0x10, FUNC},
        {"body", 0x80, 8, FUNC | GLOBAL},
        {"too_long", 0x90, 0xffffff, FUNC | GLOBAL},
    };
    uint8_t code[CODE_LEN];
    memset(code, 0xc3, sizeof code);
    memcpy(code + 0x36, nop, sizeof nop);
    memcpy(code + 0x80, slot, 8);
    memcpy(code + 0x88, slot, 8); /* no symbol: a slot to body.cfi all the same */
    code[0x89] = (uint8_t)(0x40 - 0x8d);
    memset(code + 0x8a, 0xff, 3);
    build b = file(EM_X86_64, code, symbols, RP_COUNT(symbols));
    opened o;
    rp_functions fns;
    opened_read(&o, b.bytes, b.len, RP_NEED_SYMBOLS);
    assert_int_equal(o.code, RP_OK);
    assert_true(rp_functions_read(o.img, &fns));
    assert_int_equal(fns.whole, RP_YES);
    assert_int_equal(fns.n, 6);
    assert_function(&fns, 0x00, 0x20, RP_FN_NORMAL, "shortest");
    assert_function(&fns, 0x20, 0x36, RP_FN_NORMAL, "sizeless");
    assert_function(&fns, 0x40, 0x50, RP_FN_NORMAL, "body.cfi");
    assert_function(&fns, 0x80, 0x88, RP_FN_CFI_TABLE, "body");
    assert_function(&fns, 0x88, 0x90, RP_FN_CFI_TABLE, "");
    assert_function(&fns, 0x90, 0x100, RP_FN_NORMAL, "too_long");
    const rp_function *f = function_at(&fns, 0);
    assert_int_equal(f->naliases, 2);
    assert_true(rp_str_is(f->aliases[0], "its_longer_name"));
    assert_true(rp_str_is(f->aliases[1], "its_local_name"));
    opened_free(&o);
}

static void mapping_symbols_tell_data(void **state)
{
    (void)state;
    static const symbol symbols[] = {{"f", 0, 0x40, FUNC | GLOBAL},
                                     {"$x", 0, 0, 0},
                                     {"$d", 0x20, 0, 0},
                                     {"$x.1", 0x30, 0, 0},
                                     {"$x", 0x40, 0, 0},
                                     {"$d.2", 0x40, 0, 0},
                                     {"$d", 0xf0, 0, 0}};
    uint8_t code[CODE_LEN] = {0};
    build b = file(EM_AARCH64, code, symbols, RP_COUNT(symbols));
    opened o;
    rp_functions fns;
    opened_read(&o, b.bytes, b.len, RP_NEED_SYMBOLS);
    assert_true(rp_functions_read(o.img, &fns));
    assert_int_equal(fns.ndata, 2);
    assert_int_equal(fns.data[0].start, ADDRESS + 0x20);
    assert_int_equal(fns.data[0].end, ADDRESS + 0x30);
    assert_int_equal(fns.data[1].start, ADDRESS + 0xf0);
    assert_int_equal(fns.data[1].end, ADDRESS + CODE_LEN);
    opened_free(&o);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const symbol symbols[] = {
        {"f", 0, 0x40, FUNC | GLOBAL}, {"g", 0, 0x40, FUNC}, {"$d", 0x20, 0, 0}};
    uint8_t code[CODE_LEN] = {0};
    build b = file(EM_AARCH64, code, symbols, RP_COUNT(symbols));
    bool done = false;
    uint64_t n = 1;
    for (; !done; n++) {
        opened o;
        rp_functions fns;
        opened_read(&o, b.bytes, b.len, RP_NEED_SYMBOLS);
        (void)rp_arena_fail_at(n);
        bool ok = rp_functions_read(o.img, &fns);
        done = rp_arena_fail_at(0) < n;
        if (ok != done)
            fail_msg("allocation %u of it", (unsigned)n);
        opened_free(&o);
    }
    assert_true(n > 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_labels_padding_and_slots),
        cmocka_unit_test(mapping_symbols_tell_data),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
