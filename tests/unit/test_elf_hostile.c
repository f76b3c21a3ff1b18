/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Small real ELF files (the fuzz corpus: lld, GNU ld, six machines) cut, bent, and read with too
 * little memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "elf_builder.h"

#include <stdio.h>
#include <stdlib.h>

enum { EVERYTHING = RP_NEED_SYMBOLS | RP_NEED_RELOCS, LARGEST = 64 << 10 };

static const char *const files[] = {"x86_64-nosections.so", "x86_64-pie-relr", "x86_64-pie-android",
                                    "powerpc64.so",         "mips.so",         "x86_64.o",
                                    "x86_64.debug"};

typedef struct {
    uint8_t *bytes;
    size_t len;
} content;

static content load(const char *name)
{
    char path[512];
    content c = {malloc(LARGEST), 0};
    (void)snprintf(path, sizeof path, "%s/fuzz/corpus/elf/%s", RP_SOURCE_ROOT, name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_non_null(c.bytes);
    c.len = fread(c.bytes, 1, LARGEST, f);
    assert_true(c.len > 1000 && c.len < LARGEST);
    (void)fclose(f);
    return c;
}

/* An exact copy: the sanitizer sees a read past its end. */
static uint8_t *copy(const uint8_t *bytes, size_t len)
{
    uint8_t *p = malloc(len ? len : 1);
    assert_non_null(p);
    memcpy(p, bytes, len);
    return p;
}

enum { NFACTS = 16 };

static void facts_of(const rp_elf_facts *f, rp_fact ret[NFACTS])
{
    const rp_fact facts[NFACTS] = {
        f->interp,     f->relro,         f->relro_mapped,      f->relro_page_safe,
        f->bind_now,   f->textrel,       f->properties,        f->kcfi_traps,
        f->tls,        f->separate_code, f->separate_pages,    f->static_tls,
        f->plt_relocs, f->memtag,        f->object_stack_note, f->annobin};
    memcpy(ret, facts, sizeof facts);
}

/* What is missing may make a fact unknown, never its opposite. */
static void never_the_opposite(const opened *whole, const opened *cut, size_t len)
{
    rp_fact a[NFACTS], b[NFACTS];
    facts_of(whole->facts, a);
    facts_of(cut->facts, b);
    for (size_t i = 0; i < NFACTS; i++)
        if (a[i].is != b[i].is && b[i].is != RP_UNKNOWN && a[i].is != RP_UNKNOWN)
            fail_msg("cut at %zu: fact %zu was %d and is %d", len, i, (int)a[i].is, (int)b[i].is);
    assert_int_equal(whole->facts->stack, cut->facts->stack);
    if (cut->facts->relocations != UINT32_MAX)
        assert_int_equal(whole->facts->relocations, cut->facts->relocations);
    if (cut->facts->exported != UINT32_MAX)
        assert_int_equal(whole->facts->exported, cut->facts->exported);
    if (cut->img->symbols_known == RP_NO)
        assert_int_equal(whole->img->nsymbols, 0);
}

static void cut_at_every_length(void **state)
{
    (void)state;
    for (size_t i = 0; i < RP_COUNT(files); i++) {
        content c = load(files[i]);
        opened whole, cut;
        opened_read(&whole, c.bytes, c.len, EVERYTHING);
        assert_int_equal(whole.code, RP_OK);
        for (size_t len = 4; len < c.len; len++) {
            uint8_t *bytes = copy(c.bytes, len);
            opened_read(&cut, bytes, len, EVERYTHING);
            if (cut.code != RP_OK)
                assert_true(cut.err.text[0] != 0);
            else if (whole.img->kind != RP_KIND_DEBUG)
                never_the_opposite(&whole, &cut, len);
            opened_free(&cut);
            free(bytes);
        }
        opened_free(&whole);
        free(c.bytes);
    }
}

static void each_header_byte_changed(void **state)
{
    (void)state;
    static const uint8_t masks[] = {0x01, 0x80, 0xff};
    for (size_t i = 0; i < RP_COUNT(files); i++) {
        content c = load(files[i]);
        for (size_t at = 4; at < c.len; at++) {
            for (size_t m = 0; m < RP_COUNT(masks); m++) {
                opened o;
                c.bytes[at] ^= masks[m];
                opened_read(&o, c.bytes, c.len, EVERYTHING);
                assert_true(o.code == RP_OK || o.err.text[0] != 0);
                opened_free(&o);
                c.bytes[at] ^= masks[m];
            }
        }
        free(c.bytes);
    }
}

/* The n-th allocation fails, for each n until none does. */
static void every_allocation_fails_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < RP_COUNT(files); i++) {
        content c = load(files[i]);
        opened whole;
        opened_read(&whole, c.bytes, c.len, EVERYTHING);
        uint64_t n = 1, asked = 0;
        for (; n < 100000; n++) {
            opened o;
            rp_arena_fail_at(n);
            opened_read(&o, c.bytes, c.len, EVERYTHING);
            asked = rp_arena_fail_at(0);
            if (o.code == RP_OK)
                never_the_opposite(&whole, &o, c.len);
            else
                assert_true(o.code == RP_E_MEMORY || o.err.text[0] != 0);
            opened_free(&o);
            if (asked < n)
                break;
        }
        assert_true(asked < n && n > 5);
        opened_free(&whole);
        free(c.bytes);
    }
}

/* Counts of 2^32 over a file of some kilobytes end at once. */
static void huge_counts_cost_nothing(void **state)
{
    (void)state;
    build b = build_start(EM_X86_64, true, false, ET_DYN);
    uint64_t table = build_add(&b, UINT64_MAX, 8);
    for (int i = 0; i < 64; i++)
        build_add(&b, UINT64_MAX, 8);
    static const uint64_t tags[][2] = {
        {DT_STRSZ, UINT64_MAX},    {DT_RELASZ, UINT64_MAX},     {DT_RELRSZ, UINT64_MAX},
        {DT_PLTRELSZ, UINT64_MAX}, {DT_VERNEEDNUM, UINT64_MAX}, {DT_ANDROID_RELASZ, UINT64_MAX}};
    static const uint64_t places[] = {DT_STRTAB,  DT_RELA,   DT_RELR,     DT_JMPREL,      DT_HASH,
                                      DT_VERNEED, DT_SYMTAB, DT_GNU_HASH, DT_ANDROID_RELA};
    for (size_t i = 0; i < RP_COUNT(tags); i++)
        build_tag(&b, tags[i][0], tags[i][1]);
    for (size_t i = 0; i < RP_COUNT(places); i++)
        build_tag(&b, places[i], BUILD_BASE + table);
    build_tag(&b, DT_NEEDED, UINT64_MAX);
    build_tag(&b, DT_RUNPATH, UINT64_MAX);
    build_tag(&b, DT_NULL, 0);
    build_finish(&b, PF_R | PF_W | PF_X);
    opened o;
    opened_read(&o, b.bytes, b.len, EVERYTHING);
    assert_int_equal(o.code, RP_OK);
    assert_int_equal(o.facts->dynamic.is, RP_UNKNOWN);
    assert_int_equal(o.facts->relocations, UINT32_MAX);
    assert_int_equal(o.img->symbols_known, RP_UNKNOWN);
    assert_true(o.arena.used < 1 << 20);
    opened_free(&o);
}

/* n empty note segments of a library, or note sections of an object. */
static rp_tri properties_of(uint16_t n, bool object)
{
    enum { HEADER = 64, SEGMENT = 56, SECTION = 64 };
    size_t each = object ? SECTION : SEGMENT, size = HEADER + n * each;
    build b = build_start(EM_X86_64, true, false, object ? ET_REL : ET_DYN);
    build_finish(&b, PF_R);
    uint8_t *bytes = calloc(1, size);
    assert_non_null(bytes);
    memcpy(bytes, b.bytes, HEADER);
    memset(bytes + 32, 0, 16); /* e_phoff, e_shoff */
    memset(bytes + 56, 0, 8);  /* e_phnum to e_shstrndx */
    bytes[object ? 40 : 32] = HEADER;
    bytes[58] = SECTION;
    bytes[object ? 60 : 56] = (uint8_t)n;
    bytes[object ? 61 : 57] = (uint8_t)(n >> 8);
    for (size_t i = object ? 1 : 0; i < n; i++)
        bytes[HEADER + i * each + (object ? 4 : 0)] = object ? SHT_NOTE : PT_NOTE;
    opened o;
    opened_read(&o, bytes, size, EVERYTHING);
    assert_int_equal(o.code, RP_OK);
    rp_tri is = o.facts->properties.is;
    opened_free(&o);
    free(bytes);
    return is;
}

/* Those beyond the cap are not read: what they hold is unknown, not absent. */
static void many_notes_are_unknown(void **state)
{
    (void)state;
    assert_int_equal(properties_of(RP_MAX_NOTE_SEGMENTS, false), RP_NO);
    assert_int_equal(properties_of(RP_MAX_NOTE_SEGMENTS + 1, false), RP_UNKNOWN);
    assert_int_equal(properties_of(RP_MAX_NOTE_SEGMENTS, true), RP_NO);
    assert_int_equal(properties_of(RP_MAX_NOTE_SEGMENTS + 2, true), RP_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_at_every_length),         cmocka_unit_test(each_header_byte_changed),
        cmocka_unit_test(every_allocation_fails_once), cmocka_unit_test(huge_counts_cost_nothing),
        cmocka_unit_test(many_notes_are_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
