/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Cut at every length, each header byte bent, each allocation failing: no crash (the sanitizers
 * watch), every failure says why, and what cannot be read is never a "no". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pe_image.h"

#include "base/limits.h"

/* Everything that can be read; true when the file was understood. */
static bool read_all(rp_bytes bytes, bool may_lack_memory)
{
    rp_arena a = {.limit = 64u << 20};
    rp_source src = rp_source_memory(bytes, &a);
    rp_image *img = NULL;
    rp_error err = {0};
    rp_code code = rp_image_open(&src, &a, &img, &err);
    const rp_pe_facts *f = NULL;
    if (code == RP_OK && img->pe != NULL)
        code = rp_pe_facts_build(img, RP_NEED_SIGNATURE, &f, &err);
    if (code == RP_OK) {
        rp_image_symbols(img);
        assert_true(may_lack_memory || img->symbols_known != RP_NO || img->nsymbols == 0);
    } else {
        assert_int_equal(code, err.code);
        assert_true(err.text[0] != '\0');
        assert_true(may_lack_memory || code != RP_E_MEMORY);
    }
    rp_arena_free(&a);
    return code == RP_OK;
}

static void cut_at_every_length(void **state)
{
    (void)state;
    rp_arena a = {0};
    for (int wide = 0; wide < 2; wide++) {
        pe_image *p = pe_image_new(&a, wide != 0);
        for (size_t len = 0; len <= p->len; len++) {
            uint8_t *exact = rp_arena_array(&a, len, 1); /* its own block: ASan sees its end */
            memcpy(exact, p->at, len);
            (void)read_all((rp_bytes){exact, len}, false);
            if (len % 512 == 0) {
                rp_arena_free(&a);
                p = pe_image_new(&a, wide != 0);
            }
        }
        rp_arena_free(&a);
    }
}

static void a_cut_file_knows_no_less_than_it_says(void **state)
{
    (void)state;
    rp_arena a = {0};
    pe_image *p = pe_image_new(&a, true);
    p->len = data_at(0x2000) + 0x20; /* inside the load configuration */
    const rp_pe_facts *f = pe_image_facts(&a, p);
    assert_int_equal(f->relocs.is, RP_UNKNOWN);
    assert_int_equal(f->ex_characteristics.is, RP_UNKNOWN);
    assert_int_equal(f->tls_callbacks.is, RP_UNKNOWN);
    p->len = data_at(0x2000);
    assert_int_equal(pe_image_facts(&a, p)->load_config.is, RP_UNKNOWN);
    rp_arena_free(&a);
}

/* The header ends among the directories: those that are not there are not known to be empty. */
static void cut_directories_are_unknown(void **state)
{
    (void)state;
    rp_arena a = {0};
    pe_image *p = pe_image_new(&a, true);
    p->len = dir_at(p, RP_PE_DIR_SECURITY);
    const rp_pe_facts *f = pe_image_facts(&a, p);
    assert_int_equal(f->directories, RP_PE_DIR_SECURITY);
    assert_int_equal(f->signature.is, RP_UNKNOWN);
    assert_int_equal(f->load_config.is, RP_UNKNOWN);
    assert_int_equal(f->cookie.is, RP_UNKNOWN);
    assert_int_equal(f->relocs.is, RP_UNKNOWN);
    assert_int_equal(f->ex_characteristics.is, RP_UNKNOWN);
    assert_int_equal(f->imports_executable.is, RP_UNKNOWN);
    assert_true(f->sections_cut);
    rp_arena_free(&a);
}

static void every_byte_is_bent(void **state)
{
    (void)state;
    rp_arena a = {0};
    for (int wide = 0; wide < 2; wide++) {
        pe_image *p = pe_image_new(&a, wide != 0);
        for (size_t at = 0; at < p->len; at++) {
            uint8_t was = p->at[at];
            const uint8_t bent[] = {0, 0xff, (uint8_t)(was ^ 1), (uint8_t)(was ^ 0x80)};
            for (size_t i = 0; i < RP_COUNT(bent) && (at < DATA || was != 0); i++) {
                p->at[at] = bent[i];
                (void)read_all((rp_bytes){p->at, p->len}, false);
            }
            p->at[at] = was;
        }
    }
    rp_arena_free(&a);
}

static void every_allocation_fails_once(void **state)
{
    (void)state;
    rp_arena a = {0};
    for (int wide = 0; wide < 2; wide++) {
        pe_image *p = pe_image_new(&a, wide != 0);
        rp_arena_fail_at(0);
        assert_true(read_all((rp_bytes){p->at, p->len}, false));
        uint64_t n = rp_arena_fail_at(0);
        assert_true(n > 10);
        for (uint64_t i = 1; i <= n; i++) {
            rp_arena_fail_at(i);
            (void)read_all((rp_bytes){p->at, p->len}, true);
            rp_arena_fail_at(0);
        }
    }
    rp_arena_free(&a);
}

static void poke(uint8_t *bytes, size_t at, uint64_t value, unsigned width)
{
    for (unsigned i = 0; i < width; i++)
        bytes[at + i] = (uint8_t)(value >> (8 * i));
}

/* Many descriptors that name one long list of imports must not cost their product. */
static void imports_do_not_multiply(void **state)
{
    (void)state;
    enum { SIZE = 4 << 20, DESCRIPTORS = 20000 };
    rp_arena a = {0};
    pe_image *head = pe_image_new(&a, true);
    uint8_t *bytes = rp_arena_array(&a, SIZE, 1);
    memcpy(bytes, head->at, head->len);
    poke(bytes, sections_at(head) + 40 + 8, SIZE, 4);
    poke(bytes, sections_at(head) + 40 + 16, SIZE - DATA, 4);
    for (uint32_t i = 0; i < DESCRIPTORS; i++) {
        size_t at = data_at(0x10000) + 20u * i;
        poke(bytes, at, 0x200000, 4);
        poke(bytes, at + 12, 0x23c0, 4);
        poke(bytes, at + 16, 0x200000, 4);
    }
    for (size_t at = data_at(0x200000); at + 16 < SIZE; at += 8)
        poke(bytes, at, 1ull << 63 | 1, 8);
    poke(bytes, dir_at(head, RP_PE_DIR_IMPORT), 0x10000, 4);
    rp_image *img = pe_open(&a, (rp_bytes){bytes, SIZE});
    assert_non_null(img);
    rp_pe_read_tables(img);
    assert_int_equal(img->pe->imports_known, RP_UNKNOWN);
    assert_true(img->pe->imports.n <= RP_MAX_IMPORTS);
    rp_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_at_every_length),
        cmocka_unit_test(a_cut_file_knows_no_less_than_it_says),
        cmocka_unit_test(cut_directories_are_unknown),
        cmocka_unit_test(every_byte_is_bent),
        cmocka_unit_test(every_allocation_fails_once),
        cmocka_unit_test(imports_do_not_multiply),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
