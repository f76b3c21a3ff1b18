/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE
#include <stdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "pe_image.h"

#include "obj/der.h"
#include "obj/pe_parts.h"

static void the_image_is_read_whole(void **state)
{
    (void)state;
    for (int wide = 0; wide < 2; wide++) {
        rp_arena a = {0};
        pe_image *p = pe_image_new(&a, wide != 0);
        rp_image *img = pe_image_open(&a, p);
        const rp_pe_facts *f;
        assert_int_equal(rp_pe_facts_build(img, 0, &f, NULL), RP_OK);
        assert_int_equal(img->nanomalies, 0);
        assert_int_equal(img->bits, wide ? 64 : 32);
        assert_int_equal(img->entry, base_of(p) + 0x1000);
        assert_int_equal(img->nsections, 2);
        assert_int_equal(img->nsegments, 3);
        assert_int_equal(f->guard_count, 2);
        assert_int_equal(f->guard_table_ok.is, RP_YES);
        assert_int_equal(f->cookie_default.is, RP_YES);
        assert_int_equal(f->relocations, 2);
        assert_int_equal(f->imports, 2);
        assert_int_equal(f->exports, 2);
        assert_int_equal(f->functions, wide ? 2 : 3);
        assert_int_equal(f->tls_callbacks.is, RP_YES);
        assert_int_equal(f->ex_characteristics.at, data_at(0x2290));
        assert_true(rp_str_is(f->pdb_path, "a.pdb"));
        assert_true(rp_str_is(f->pdb_guid, "0403020106050807090A0B0C0D0E0F102A"));
        assert_int_equal(f->signature.is, RP_NO);
        rp_arena_free(&a);
    }
}

static void imports_and_exports_are_symbols(void **state)
{
    (void)state;
    rp_arena a = {0};
    pe_image *p = pe_image_new(&a, true);
    rp_image *img = pe_image_open(&a, p);
    rp_image_symbols(img);
    assert_int_equal(img->symbols_known, RP_YES);
    assert_int_equal(img->nsymbols, 2); /* what has no name is no symbol */
    assert_true(rp_str_is(img->symbols[0].name, "ExitProcess"));
    assert_false(img->symbols[0].defined);
    assert_true(img->symbols[0].dynamic);
    assert_int_equal(img->symbols[0].addr, base_of(p) + 0x2380);
    assert_true(rp_str_is(img->symbols[1].name, "answer"));
    assert_true(img->symbols[1].defined && img->symbols[1].dynamic);
    assert_int_equal(img->symbols[1].kind, RP_SYM_FUNC);
    assert_int_equal(img->symbols[1].addr, base_of(p) + 0x1020);
    assert_int_equal(img->nlibraries, 1);
    assert_true(rp_str_is(img->libraries[0], "KERNEL32.dll"));
    rp_arena_free(&a);
}

/* Each field is there exactly when the size reaches its end. */
static void load_config_grows_field_by_field(void **state)
{
    (void)state;
    for (uint32_t size = 4; size <= 0x140; size += 4) {
        rp_arena a = {0};
        pe_image *p = pe_image_new(&a, true);
        put(p, data_at(0x2000), size, 4);
        rp_pe_load_config lc;
        rp_pe_read_load_config(pe_image_open(&a, p), &lc);
        assert_int_equal(lc.present, RP_YES);
        assert_int_equal(lc.field[RP_LC_SECURITY_COOKIE].there, size >= 0x60);
        assert_int_equal(lc.field[RP_LC_GUARD_FLAGS].there, size >= 0x94);
        assert_int_equal(lc.field[RP_LC_EHCONT_COUNT].there, size >= 0x118);
        assert_int_equal(lc.field[RP_LC_CASTGUARD].there, size >= 0x138);
        assert_int_equal(lc.field[RP_LC_MEMCPY].there, size >= 0x140);
        rp_arena_free(&a);
    }
}

static uint32_t config_size(bool wide, uint32_t field, uint32_t directory)
{
    rp_arena a = {0};
    pe_image *p = pe_image_new(&a, wide);
    put(p, data_at(0x2000), field, 4);
    put_dir(p, RP_PE_DIR_LOAD_CONFIG, 0x2000, directory);
    rp_pe_load_config lc;
    rp_pe_read_load_config(pe_image_open(&a, p), &lc);
    uint32_t size = lc.present == RP_YES ? lc.size : 0;
    rp_arena_free(&a);
    return size;
}

static void load_config_size_is_the_smallest(void **state)
{
    (void)state;
    assert_int_equal(config_size(true, 0x140, 0x100), 0x100);
    assert_int_equal(config_size(true, 0x100, 0x140), 0x100);
    assert_int_equal(config_size(true, 0x94, 0x40), 0x40);
    /* 32-bit x86: every linker writes 0x40 into the directory */
    assert_int_equal(config_size(false, 0xc0, 0x40), 0xc0);
    assert_int_equal(config_size(false, 0xc0, 0x48), 0x48);
    /* the section's bytes end it: 0x2000 to 0x3000, of which 0xa00 are in the file */
    assert_int_equal(config_size(true, 0xffffffff, 0xffffffff), 0xa00);
    assert_int_equal(config_size(true, 0, 0x140), 0);
}

static void directories_end_where_the_header_says(void **state)
{
    (void)state;
    rp_arena a = {0};
    pe_image *p = pe_image_new(&a, true);
    put(p, OPT + 108, RP_PE_DIR_LOAD_CONFIG, 4); /* one too few */
    const rp_pe_facts *f = pe_image_facts(&a, p);
    assert_int_equal(f->directories, RP_PE_DIR_LOAD_CONFIG);
    assert_int_equal(f->load_config.is, RP_NO);
    assert_int_equal(f->relocs.is, RP_YES);
    rp_arena_free(&a);
}

static void a_guard_table_must_be_sorted_code(void **state)
{
    (void)state;
    static const struct {
        uint32_t first, second;
        rp_tri ok;
    } cases[] = {
        {0x1000, 0x1010, RP_YES}, {0x1010, 0x1000, RP_NO}, {0x1000, 0x1000, RP_NO},
        {0x2000, 0x2010, RP_NO},  {0x1000, 0x9000, RP_NO},
    };
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        rp_arena a = {0};
        pe_image *p = pe_image_new(&a, true);
        put(p, data_at(0x2180), cases[i].first, 4);
        put(p, data_at(0x2185), cases[i].second, 4);
        assert_int_equal(pe_image_facts(&a, p)->guard_table_ok.is, cases[i].ok);
        rp_arena_free(&a);
    }
}

static void a_guard_table_beyond_the_file_is_unknown(void **state)
{
    (void)state;
    static const uint64_t counts[] = {0x10000, UINT64_MAX, UINT64_MAX / 5 + 1, 1ull << 33};
    for (size_t i = 0; i < RP_COUNT(counts); i++) {
        rp_arena a = {0};
        pe_image *p = pe_image_new(&a, true);
        put(p, data_at(0x2088), counts[i], 8);
        const rp_pe_facts *f = pe_image_facts(&a, p);
        assert_int_equal(f->guard_table_ok.is, RP_UNKNOWN);
        assert_non_null(f->guard_table_ok.why);
        rp_arena_free(&a);
    }
}

static rp_tri cookie_at(uint64_t addr, uint64_t value)
{
    rp_arena a = {0};
    pe_image *p = pe_image_new(&a, true);
    put(p, data_at(0x2058), addr, 8);
    put(p, data_at(0x2800), value, 8);
    rp_tri is = pe_image_facts(&a, p)->cookie_default.is;
    rp_arena_free(&a);
    return is;
}

static void the_cookie_s_value_counts(void **state)
{
    (void)state;
    assert_int_equal(cookie_at(0x140002800, 0x2b992ddfa232), RP_YES);
    assert_int_equal(cookie_at(0x140002800, 0xbb40e64e), RP_NO); /* the 32-bit one */
    assert_int_equal(cookie_at(0x140002800, 0), RP_NO);
    assert_int_equal(cookie_at(0x140002e00, 0x2b992ddfa232), RP_NO); /* zeroed memory */
    assert_int_equal(cookie_at(0x10, 0), RP_UNKNOWN);
    assert_int_equal(cookie_at(0, 0), RP_NO); /* no cookie at all */
}

static rp_tri relocs_with(uint32_t at, uint64_t value, unsigned width, uint32_t *ret_count)
{
    rp_arena a = {0};
    pe_image *p = pe_image_new(&a, true);
    put(p, data_at(at), value, width);
    const rp_pe_facts *f = pe_image_facts(&a, p);
    *ret_count = f->relocations;
    rp_tri is = f->relocs.is;
    rp_arena_free(&a);
    return is;
}

static void relocation_blocks_are_parsed(void **state)
{
    (void)state;
    uint32_t n;
    assert_int_equal(relocs_with(0x21c4, 7, 4, &n), RP_UNKNOWN); /* smaller than its header */
    assert_int_equal(relocs_with(0x21c4, 0, 4, &n), RP_UNKNOWN);
    assert_int_equal(relocs_with(0x21c4, 18, 4, &n), RP_UNKNOWN); /* longer than the directory */
    assert_int_equal(relocs_with(0x21c4, 0xffffffff, 4, &n), RP_UNKNOWN);
    assert_int_equal(relocs_with(0x21c8, 0x0000, 2, &n), RP_YES); /* padding counts not */
    assert_int_equal(n, 1);
    assert_int_equal(relocs_with(0x21c8, 0x4000, 2, &n), RP_YES); /* HIGHADJ takes the next */
    assert_int_equal(n, 1);
}

static void the_security_directory_is_a_file_offset(void **state)
{
    (void)state;
    rp_arena a = {0};
    pe_image *p = pe_image_new(&a, true);
    put_dir(p, RP_PE_DIR_SECURITY, 0x2000, 0x100); /* an RVA that is mapped, but no such offset */
    const rp_pe_facts *f = pe_image_facts(&a, p);
    assert_int_equal(f->signature.is, RP_UNKNOWN);
    assert_int_equal(f->signature_hash.is, RP_UNKNOWN);
    p = pe_image_new(&a, true);
    put_dir(p, RP_PE_DIR_SECURITY, 0xf00, 0x100); /* zeros: a certificate of length 0 */
    assert_int_equal(pe_image_facts(&a, p)->signature.is, RP_UNKNOWN);
    put(p, 0xf00, 0x100, 4);
    put(p, 0xf06, 1, 2); /* X.509, not PKCS #7 */
    assert_int_equal(pe_image_facts(&a, p)->signature.is, RP_NO);
    put(p, 0xf06, 2, 2);
    f = pe_image_facts(&a, p);
    assert_int_equal(f->signature.is, RP_YES);
    assert_int_equal(f->signature_hash.is, RP_UNKNOWN);
    rp_arena_free(&a);
}

/* 16 MiB of certificates are read, and not a byte more. */
static void certificate_tables_have_a_limit(void **state)
{
    (void)state;
    enum { MOST = 16 << 20 };
    for (uint32_t more = 0; more < 2; more++) {
        rp_arena a = {0};
        const rp_pe_facts *f = NULL;
        pe_image *p = pe_image_new(&a, true);
        put_dir(p, RP_PE_DIR_SECURITY, (uint32_t)p->len, MOST + more);
        uint8_t *all = calloc(1, p->len + MOST + 1);
        assert_non_null(all);
        memcpy(all, p->at, p->len);
        memcpy(all + p->len, "\0\1\0\0\0\2\2", 7); /* 0x100 bytes, revision 2, PKCS #7 */
        rp_image *img = pe_open(&a, (rp_bytes){all, p->len + MOST + 1});
        assert_int_equal(rp_pe_facts_build(img, RP_NEED_SIGNATURE, &f, NULL), RP_OK);
        assert_int_equal(f->signature.is, more ? RP_UNKNOWN : RP_YES);
        if (more != 0)
            assert_non_null(strstr(f->signature.why, "larger than is read"));
        rp_arena_free(&a);
        free(all);
    }
}

static void what_is_odd_is_said(void **state)
{
    (void)state;
    rp_arena a = {0};
    pe_image *p = pe_image_new(&a, true);
    put(p, sections_at(p) + 40 + 12, 0x1000, 4); /* .data over .text */
    rp_image *img = pe_image_open(&a, p);
    assert_true(img->nanomalies >= 1);
    assert_non_null(strstr(img->anomaly_items[0].text, "overlaps"));
    p = pe_image_new(&a, true);
    put(p, PE_AT + 4, RP_PE_I386, 2);
    img = pe_image_open(&a, p);
    assert_non_null(strstr(img->anomaly_items[0].text, "32-bit machine"));
    p = pe_image_new(&a, true);
    put(p, PE_AT + 6, 200, 2);
    img = pe_image_open(&a, p);
    assert_true(img->nanomalies >= 2); /* more than the loader takes, more than there are */
    rp_arena_free(&a);
}

static rp_format identify(const pe_image *p, size_t len)
{
    return rp_pe_identify((rp_bytes){p->at, len < 4096 ? len : 4096}, len);
}

static void identification_judges_more_than_the_magic(void **state)
{
    (void)state;
    rp_arena a = {0};
    pe_image *p = pe_image_new(&a, true);
    assert_int_equal(identify(p, p->len), RP_FORMAT_PE);
    assert_int_equal(identify(p, 0x82), RP_FORMAT_NONE);
    assert_int_equal(identify(p, 1), RP_FORMAT_NONE);
    assert_int_equal(identify(p, 0), RP_FORMAT_NONE);
    put(p, PE_AT, 'N', 1); /* NE: 16-bit Windows */
    assert_int_equal(identify(p, p->len), RP_FORMAT_NONE);
    assert_int_equal(
        rp_pe_identify((rp_bytes){(const uint8_t *)"d\x86text, not an object file", 27}, 27),
        RP_FORMAT_NONE);
    uint8_t zeros[64] = {0};
    assert_int_equal(rp_pe_identify((rp_bytes){zeros, 64}, 64), RP_FORMAT_NONE);
    rp_arena_free(&a);
}

/* ---- objects ---- */

static void an_import_object_names_its_dll(void **state)
{
    (void)state;
    static const char text[] =
        "\0\0\xff\xff\0\0\x64\x86\1\2\3\4\x10\0\0\0\7\0\4\0function\0a.dll\0";
    rp_arena a = {0};
    rp_image *img = pe_open(&a, (rp_bytes){(const uint8_t *)text, 20 + 16});
    assert_non_null(img);
    assert_int_equal(img->kind, RP_KIND_OBJECT);
    assert_int_equal(img->arch, RP_ARCH_X86_64);
    assert_true(img->pe->short_import);
    rp_image_symbols(img);
    assert_int_equal(img->nsymbols, 1);
    assert_true(rp_str_is(img->symbols[0].name, "function"));
    assert_int_equal(img->nlibraries, 1);
    assert_true(rp_str_is(img->libraries[0], "a.dll"));
    assert_null(pe_open(&a, (rp_bytes){(const uint8_t *)text, 20 + 10})); /* data are missing */
    rp_arena_free(&a);
}

static void intermediate_code_is_not_an_empty_object(void **state)
{
    (void)state;
    uint8_t bytes[64] = {0,    0,    0xff, 0xff, 1,    0,    0x64, 0x86, 0,    0,
                         0,    0,    0x38, 0xfe, 0xb3, 0x0c, 0xa5, 0xd9, 0xab, 0x4d,
                         0xac, 0x9b, 0xd6, 0xb6, 0x22, 0x26, 0x53, 0xc2, 32};
    rp_arena a = {0};
    rp_image *img = pe_open(&a, (rp_bytes){bytes, sizeof bytes});
    assert_non_null(img);
    assert_true(img->pe->ltcg);
    assert_int_equal(img->kind, RP_KIND_OBJECT);
    rp_image_symbols(img);
    assert_int_equal(img->symbols_known, RP_UNKNOWN);
    const rp_pe_facts *f;
    assert_int_equal(rp_pe_facts_build(img, 0, &f, NULL), RP_OK);
    assert_true(f->intermediate && !f->image);
    rp_arena_free(&a);
}

/* One section, two symbols (one with a long name), a string table; 18 or 20 bytes a symbol. */
static size_t object(pe_image *p, bool big, const char *section)
{
    static const uint8_t class_id[16] = {0xc7, 0xa1, 0xba, 0xd1, 0xee, 0xba, 0xa9, 0x4b,
                                         0xaf, 0x20, 0xfa, 0xf6, 0x6a, 0xa4, 0xdc, 0xb8};
    size_t sections = big ? 56 : 20, symbols = sections + 40, width = big ? 20 : 18;
    if (big) {
        put(p, 2, 0xffff, 2);
        put(p, 4, 2, 2);
        put(p, 6, RP_PE_ARM64, 2);
        memcpy(p->at + 12, class_id, sizeof class_id);
        put(p, 44, 1, 4);
        put(p, 48, symbols, 4);
        put(p, 52, 2, 4);
    } else {
        put(p, 0, RP_PE_ARM64, 2);
        put(p, 2, 1, 2);
        put(p, 8, symbols, 4);
        put(p, 12, 2, 4);
    }
    memcpy(p->at + sections, section, strlen(section));
    put(p, sections + 36, 0x60000020, 4);
    memcpy(p->at + symbols, "shortest", 8);
    put(p, symbols + 12, 1, big ? 4 : 2);
    put(p, symbols + (big ? 16 : 14), 0x20, 2);
    put(p, symbols + (big ? 18 : 16), 2, 1);
    put(p, symbols + width + 4, 4, 4);
    put(p, symbols + width + (big ? 18 : 16), 2, 1);
    size_t strings = symbols + 2 * width;
    put(p, strings, 32, 4);
    put_text(p, strings + 4, "a_long_name");
    put_text(p, strings + 16, ".a_long_section");
    return strings + 32;
}

static void objects_of_both_kinds_are_read(void **state)
{
    (void)state;
    static const char *const names[] = {"/16", "//AAAAAQ"}; /* decimal; base 64 */
    for (int big = 0; big < 2; big++) {
        for (size_t i = 0; i < 2; i++) {
            rp_arena a = {0};
            pe_image *p = rp_new(&a, 1, pe_image);
            size_t len = object(p, big != 0, names[i]);
            rp_image *img = pe_open(&a, (rp_bytes){p->at, len});
            assert_non_null(img);
            assert_int_equal(img->arch, RP_ARCH_AARCH64);
            assert_int_equal(img->pe->bigobj, big);
            assert_true(rp_str_is(img->sections[0].name, ".a_long_section"));
            rp_image_symbols(img);
            assert_int_equal(img->symbols_known, RP_YES);
            assert_int_equal(img->nsymbols, 2);
            assert_true(rp_str_is(img->symbols[0].name, "shortest"));
            assert_int_equal(img->symbols[0].kind, RP_SYM_FUNC);
            assert_int_equal(img->symbols[0].section, 1);
            assert_true(rp_str_is(img->symbols[1].name, "a_long_name"));
            assert_false(img->symbols[1].defined);
            rp_arena_free(&a);
        }
    }
}

static void names_outside_the_string_table_are_odd(void **state)
{
    (void)state;
    /* the table has 32 bytes; `size` is what it says of itself, `more` what lies behind it */
    static const struct {
        const char *name;
        uint32_t size, more;
        const char *is; /* NULL: outside */
    } cases[] = {
        {"/99", 32, 0, NULL},      {"/3", 32, 0, NULL},          {"//AABAAA", 32, 0, NULL},
        {"/9999999", 32, 0, NULL}, {"/4", 32, 0, "a_long_name"}, {"/30", 32, 0, "n"},
        {"/32", 32, 32, NULL},     {"/32", 64, 0, NULL},         {"/40", 64, 0, NULL},
        {"//AAAAAD", 32, 0, NULL},
    };
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        rp_arena a = {0};
        pe_image *p = rp_new(&a, 1, pe_image);
        size_t len = object(p, false, cases[i].name);
        put(p, len - 32, cases[i].size, 4);
        rp_image *img = pe_open(&a, (rp_bytes){p->at, len + cases[i].more});
        assert_non_null(img);
        assert_int_equal(img->nanomalies, cases[i].is == NULL);
        const char *name = cases[i].is != NULL ? cases[i].is : cases[i].name;
        assert_true(rp_str_is(img->sections[0].name, name));
        rp_arena_free(&a);
    }
}

/* ---- parts ---- */

static void a_rich_header_is_checked(void **state)
{
    (void)state;
    rp_arena a = {0};
    pe_image *p = pe_image_new(&a, true);
    put(p, 0x3c, 0x80, 4);
    /* "DanS", three zeros and one pair at 0x40: XORed with the sum of DOS header and pair */
    uint32_t tool = 0x01058179, count = 3, key = 0x40;
    for (unsigned i = 0; i < 0x40; i++)
        if (i < 0x3c && p->at[i] != 0)
            key +=
                (uint32_t)p->at[i] << (i & 31) | (i % 32 ? (uint32_t)p->at[i] >> (32 - i % 32) : 0);
    key += tool << count | tool >> (32 - count);
    const uint32_t words[] = {0x536e6144, 0, 0, 0, tool, count};
    for (unsigned i = 0; i < 6; i++)
        put(p, 0x40 + 4 * i, words[i] ^ key, 4);
    put_text(p, 0x58, "Rich");
    put(p, 0x5c, key, 4);
    const rp_pe_facts *f = pe_image_facts(&a, p);
    assert_int_equal(f->rich.is, RP_YES);
    assert_true(rp_str_is(f->rich_summary, "C++ 33145 ×3"));
    put(p, 2, 0x90, 1); /* the stub was changed after the link */
    rp_image *img = pe_image_open(&a, p);
    assert_int_equal(rp_pe_facts_build(img, 0, &f, NULL), RP_OK);
    assert_int_equal(f->rich.is, RP_NO);
    assert_int_equal(img->nanomalies, 1);
    rp_arena_free(&a);
}

static bool der(const char *bytes, size_t len)
{
    rp_reader r = rp_reader_of((rp_bytes){(const uint8_t *)bytes, len}, 0, false), body;
    uint8_t tag;
    return rp_der_next(&r, &tag, &body);
}

static void der_takes_only_definite_lengths(void **state)
{
    (void)state;
    assert_true(der("\x30\x02\x05\x00", 4));
    assert_true(der("\x30\x81\x02\x05\x00", 5));
    assert_false(der("\x30\x80\x05\x00\x00\x00", 6));     /* indefinite */
    assert_false(der("\x30\x85\0\0\0\0\x02\x05\x00", 9)); /* five length bytes */
    assert_false(der("\x30\x03\x05\x00", 4));
    assert_false(der("\x30\x84\xff\xff\xff\xff\x05\x00", 8));
    assert_false(der("\x1f\x81\x01\x00", 4)); /* a tag of several bytes */
    assert_false(der("", 0));
}

/* Reads go through a cache of pages when the file is not in memory: the answers are the same. */
static void a_file_reads_as_memory_does(void **state)
{
    (void)state;
    rp_arena a = {0};
    pe_image *p = pe_image_new(&a, true);
    FILE *f = tmpfile();
    assert_non_null(f);
    assert_int_equal(fwrite(p->at, 1, p->len, f), p->len);
    assert_int_equal(fflush(f), 0);
    rp_source src = rp_source_fd(fileno(f), p->len, &a);
    rp_image *img = NULL;
    const rp_pe_facts *facts;
    assert_int_equal(rp_image_open(&src, &a, &img, NULL), RP_OK);
    assert_int_equal(rp_pe_facts_build(img, RP_NEED_SIGNATURE, &facts, NULL), RP_OK);
    assert_int_equal(img->nanomalies, 0);
    assert_int_equal(facts->guard_table_ok.is, RP_YES);
    assert_int_equal(facts->exports, 2);
    rp_reader r;
    assert_false(rp_pe_reader(img, 0x29ff, 2, &r)); /* beyond the file's bytes of the section */
    assert_true(rp_pe_reader(img, 0x29ff, 1, &r));
    fclose(f);
    rp_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_image_is_read_whole),
        cmocka_unit_test(imports_and_exports_are_symbols),
        cmocka_unit_test(load_config_grows_field_by_field),
        cmocka_unit_test(load_config_size_is_the_smallest),
        cmocka_unit_test(directories_end_where_the_header_says),
        cmocka_unit_test(a_guard_table_must_be_sorted_code),
        cmocka_unit_test(a_guard_table_beyond_the_file_is_unknown),
        cmocka_unit_test(the_cookie_s_value_counts),
        cmocka_unit_test(relocation_blocks_are_parsed),
        cmocka_unit_test(the_security_directory_is_a_file_offset),
        cmocka_unit_test(certificate_tables_have_a_limit),
        cmocka_unit_test(what_is_odd_is_said),
        cmocka_unit_test(identification_judges_more_than_the_magic),
        cmocka_unit_test(an_import_object_names_its_dll),
        cmocka_unit_test(intermediate_code_is_not_an_empty_object),
        cmocka_unit_test(objects_of_both_kinds_are_read),
        cmocka_unit_test(names_outside_the_string_table_are_odd),
        cmocka_unit_test(a_rich_header_is_checked),
        cmocka_unit_test(der_takes_only_definite_lengths),
        cmocka_unit_test(a_file_reads_as_memory_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
