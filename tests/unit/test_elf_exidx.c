/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Function starts out of .ARM.exidx: prel31 offsets either way, the entry that ends the table,
 * order and doubles, other machines, and a table that is cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "elf_builder.h"
#include "obj/elf.h"

enum { CANTUNWIND = 1, PACKED = 0x40b0b0b0 };

typedef struct {
    uint32_t place; /* address of a function */
    uint32_t data;
} entry;

/* A file whose table has these entries; `size` in bytes. */
static build file(uint32_t machine, const entry *entries, size_t n, size_t size)
{
    build b = build_start(machine, false, false, ET_DYN);
    uint64_t at = b.len;
    for (size_t i = 0; i < n; i++) {
        uint32_t here = (uint32_t)(BUILD_BASE + b.len);
        build_add(&b, (entries[i].place - here) & 0x7fffffffu, 4);
        build_add(&b, entries[i].data, 4);
    }
    build_phdr(&b, PT_ARM_EXIDX, PF_R, at, size, 4);
    build_finish(&b, PF_R | PF_X);
    return b;
}

static void expect(const build *b, const uint64_t *want, uint32_t n)
{
    opened o;
    const uint64_t *starts = NULL;
    uint32_t found = 0;
    opened_read(&o, b->bytes, b->len, 0);
    rp_elf_function_starts(o.img, &starts, &found);
    assert_int_equal(found, n);
    for (uint32_t i = 0; i < n; i++)
        assert_int_equal(starts[i], want[i]);
    opened_free(&o);
}

static void before_and_behind_the_table(void **state)
{
    (void)state;
    const entry entries[] = {{0x10040, CANTUNWIND}, {0x10080, 0x7fffff00}, {0x10600, PACKED}};
    const uint64_t want[] = {0x10040, 0x10080, 0x10600};
    build b = file(EM_ARM, entries, 3, 24);
    expect(&b, want, 3);
}

/* Without section headers a last entry that cannot be unwound is where the code ends. */
static void the_last_entry_ends_the_table(void **state)
{
    (void)state;
    const entry entries[] = {{0x10040, PACKED}, {0x10080, PACKED}, {0x100c0, CANTUNWIND}};
    const uint64_t want[] = {0x10040, 0x10080};
    build b = file(EM_ARM, entries, 3, 24);
    expect(&b, want, 2);
    b = file(EM_ARM, entries + 2, 1, 8); /* a table of one has no end */
    const uint64_t only[] = {0x100c0};
    expect(&b, only, 1);
}

static void order_and_doubles(void **state)
{
    (void)state;
    const entry entries[] = {
        {0x10080, PACKED}, {0x10040, PACKED}, {0x10080, PACKED}, {0x10060, PACKED}};
    const uint64_t want[] = {0x10040, 0x10060, 0x10080};
    build b = file(EM_ARM, entries, 4, 32);
    expect(&b, want, 3);
}

static void half_an_entry_and_other_machines(void **state)
{
    (void)state;
    const entry entries[] = {{0x10040, PACKED}, {0x10080, PACKED}};
    const uint64_t want[] = {0x10040};
    build b = file(EM_ARM, entries, 2, 15);
    expect(&b, want, 1);
    b = file(EM_386, entries, 2, 16);
    expect(&b, NULL, 0);
    b = file(EM_ARM, entries, 2, 0x10000); /* longer than the file */
    expect(&b, NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_and_behind_the_table),
        cmocka_unit_test(the_last_entry_ends_the_table),
        cmocka_unit_test(order_and_doubles),
        cmocka_unit_test(half_an_entry_and_other_machines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
