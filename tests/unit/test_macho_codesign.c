/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clang-format off: cmocka needs these first */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include "base/crypto.h"
#include "base/limits.h"
#include "facts/facts.h"
#include "facts/macho_facts_build.h"
#include "obj/codesign.h"
#include "obj/macho_format.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- entitlements ---- */

static rp_code plist(rp_arena *a, const char *text, rp_sign_keys *keys)
{
    *keys = (rp_sign_keys){0};
    return rp_plist_keys(a, (rp_bytes){(const uint8_t *)text, strlen(text)}, 100, keys);
}

static void test_plist_reads(void **state)
{
    (void)state;
    rp_arena a = {0};
    rp_sign_keys keys;
    const char *text =
        "<?xml version=\"1.0\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
        "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<!-- ours -->\n"
        "<plist version=\"1.0\"><dict>\n<key>a.b</key><true/>\n"
        "<key>list</key><array><string>x &amp; y</string><dict><key>a.c</key><true/>"
        "</dict></array><!-- between -->"
        "<key>no</key><false/><key>spelt</key><true></true>"
        "<key>empty</key><array/></dict></plist>\n";
    assert_int_equal(plist(&a, text, &keys), RP_OK);
    static const struct {
        const char *name;
        rp_tri value;
    } want[] = {{"a.b", RP_YES},
                {"list", RP_UNKNOWN},
                {"no", RP_NO},
                {"spelt", RP_YES},
                {"empty", RP_UNKNOWN}};
    assert_int_equal(keys.n, RP_COUNT(want));
    for (uint32_t i = 0; i < keys.n; i++) {
        assert_true(rp_str_is(keys.items[i].name, want[i].name));
        assert_int_equal(keys.items[i].value, want[i].value);
    }
    assert_true(keys.items[0].at == 100 + (uint64_t)(strstr(text, "a.b<") - text));
    assert_int_equal(plist(&a, "<dict/>", &keys), RP_OK);
    assert_int_equal(keys.n, 0);
    rp_arena_free(&a);
}

static void test_plist_refuses(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "nonsense",
        "<plist></plist>",
        "<plist><array/></plist>",
        "<plist><dict><key>a</key></dict></plist>",
        "<plist><dict><true/></dict></plist>",
        "<plist><dict><key>a</key><true/>",
        "<plist><dict><key>a</key><what/></dict></plist>",
        "<plist><dict><key>a</key><array></dict></array></dict></plist>",
        "<plist><dict><key>get&#45;task</key><true/></dict></plist>",
        "<plist><dict><key><![CDATA[a]]></key><true/></dict></plist>",
        "<plist><dict><key>a<!-- x -->b</key><true/></dict></plist>",
        "<plist><dict><!--> <key>a</key><true/> --></dict></plist>",
        "<plist><dict><!-- a -- b --></dict></plist>",
        "<!DOCTYPE plist [<!ENTITY x \"y\">]><plist><dict/></plist>",
        "<plist><dict><key>a</key><string>x</integer></dict></plist>",
        "<plist><dict><key>a</key><true/ ></dict>",
    };
    rp_arena a = {0};
    for (size_t i = 0; i < RP_COUNT(bad); i++) {
        rp_sign_keys keys;
        if (plist(&a, bad[i], &keys) != RP_E_FORMAT)
            fail_msg("taken: %s", bad[i]);
    }
    rp_arena_free(&a);
}

static void test_plist_depth_and_count(void **state)
{
    (void)state;
    rp_arena a = {0};
    rp_sign_keys keys;
    char text[4096] = "<dict><key>a</key>";
    for (int i = 0; i < 200; i++)
        memcpy(text + strlen(text), "<array>", 8);
    assert_int_equal(plist(&a, text, &keys), RP_E_FORMAT);
    size_t size = 64 + (RP_MAX_ENTITLEMENTS + 1) * 20, len = 6;
    char *many = malloc(size);
    assert_non_null(many);
    memcpy(many, "<dict>", 7);
    for (unsigned i = 0; i <= RP_MAX_ENTITLEMENTS; i++)
        len += (size_t)snprintf(many + len, size - len, "<key>k</key><true/>");
    (void)snprintf(many + len, size - len, "</dict>");
    assert_int_equal(plist(&a, many, &keys), RP_E_LIMIT);
    free(many);
    rp_arena_free(&a);
}

static void test_der(void **state)
{
    (void)state;
    rp_arena a = {0};
    rp_sign_keys keys = {0};
    const uint8_t der[] = {0x70, 0x1c, 0x02, 0x01, 0x01, 0xb0, 0x17, 0x30, 0x06, 0x0c,
                           0x01, 'a',  0x01, 0x01, 0xff, 0x30, 0x06, 0x0c, 0x01, 'b',
                           0x01, 0x01, 0x00, 0x30, 0x05, 0x0c, 0x01, 'c',  0x0c, 0x00};
    assert_int_equal(rp_der_keys(&a, (rp_bytes){der, sizeof der}, 0, &keys), RP_OK);
    assert_int_equal(keys.n, 3);
    assert_int_equal(keys.items[0].value, RP_YES);
    assert_int_equal(keys.items[1].value, RP_NO);
    assert_int_equal(keys.items[2].value, RP_UNKNOWN);
    assert_int_equal(keys.items[0].at, 11);
    for (size_t len = 0; len < sizeof der; len++) {
        keys = (rp_sign_keys){0};
        assert_int_equal(rp_der_keys(&a, (rp_bytes){der, len}, 0, &keys), RP_E_FORMAT);
    }
    uint8_t indefinite[] = {0x70, 0x80, 0x02, 0x01, 0x01, 0x00, 0x00};
    keys = (rp_sign_keys){0};
    assert_int_equal(rp_der_keys(&a, (rp_bytes){indefinite, sizeof indefinite}, 0, &keys),
                     RP_E_FORMAT);
    rp_arena_free(&a);
}

/* ---- a signed file ---- */

enum { SIGNED_AT = 0x1800, XML = 140, DIRECTORY = 400, PAGE = 0x1000 };

typedef struct {
    uint8_t at[SIGNED_AT + 1024];
    size_t len;
} file;

static void big(file *f, size_t at, uint64_t v, unsigned width)
{
    for (unsigned i = 0; i < width; i++)
        f->at[at + i] = (uint8_t)(v >> (8 * (width - 1 - i)));
}

static void little(file *f, size_t at, uint32_t v)
{
    for (unsigned i = 0; i < 4; i++)
        f->at[at + i] = (uint8_t)(v >> (8 * i));
}

static void digest_to(file *f, size_t to, size_t from, size_t len)
{
    rp_hash h;
    uint8_t out[RP_HASH_MAX];
    assert_int_equal(rp_hash_start(RP_HASH_SHA256, &h, NULL), RP_OK);
    rp_hash_add(&h, (rp_bytes){f->at + from, len});
    assert_true(rp_hash_finish(&h, out));
    memcpy(f->at + to, out, 32);
    rp_hash_end(&h);
}

static const char xml[] = "<plist><dict><key>com.apple.security.get-task-allow</key><true/></dict>"
                          "</plist>";

/* Header, one load command, two pages, a superblob with a code directory and entitlements. */
static void sign(file *f)
{
    const size_t s = SIGNED_AT, cd = s + DIRECTORY, hashes = cd + 100 + 5 * 32;
    memset(f, 0, sizeof *f);
    little(f, 0, RP_MH_MAGIC_64);
    little(f, 4, RP_CPU_ARM64);
    little(f, 12, RP_MH_EXECUTE);
    little(f, 16, 1);
    little(f, 20, 16);
    little(f, 32, RP_LC_CODE_SIGNATURE);
    little(f, 36, 16);
    little(f, 40, SIGNED_AT);
    little(f, 44, 1024);
    big(f, s, 0xfade0cc0, 4);
    big(f, s + 4, 1024, 4);
    big(f, s + 8, 2, 4);
    big(f, s + 12, 0, 4);
    big(f, s + 16, DIRECTORY, 4);
    big(f, s + 20, 5, 4);
    big(f, s + 24, XML, 4);
    big(f, s + XML, 0xfade7171, 4);
    big(f, s + XML + 4, 8 + sizeof xml - 1, 4);
    memcpy(f->at + s + XML + 8, xml, sizeof xml - 1);
    big(f, cd, 0xfade0c02, 4);
    big(f, cd + 4, 100 + 7 * 32, 4);
    big(f, cd + 8, 0x20400, 4);
    big(f, cd + 12, RP_CS_RUNTIME, 4);
    big(f, cd + 16, 100 + 5 * 32, 4);
    big(f, cd + 20, 88, 4); /* identifier */
    big(f, cd + 24, 5, 4);
    big(f, cd + 28, 2, 4);
    big(f, cd + 32, SIGNED_AT, 4);
    f->at[cd + 36] = 32;
    f->at[cd + 37] = 2;
    f->at[cd + 39] = 12;
    memcpy(f->at + cd + 88, "com.example", 12);
    digest_to(f, hashes - 5 * 32, s + XML, 8 + sizeof xml - 1);
    digest_to(f, hashes, 0, PAGE);
    digest_to(f, hashes + 32, PAGE, SIGNED_AT - PAGE);
    f->len = SIGNED_AT + 1024;
}

typedef struct {
    rp_arena arena;
    rp_source src;
    rp_image *img;
    const rp_macho_facts *facts;
    rp_code code;
    rp_error err;
    uint8_t *copy;
} opened;

static void open_bytes(opened *o, const uint8_t *bytes, size_t len)
{
    *o = (opened){.copy = malloc(len ? len : 1)};
    assert_non_null(o->copy);
    memcpy(o->copy, bytes, len);
    o->src = rp_source_memory((rp_bytes){o->copy, len}, &o->arena);
    o->code = rp_image_open(&o->src, &o->arena, &o->img, &o->err);
    if (o->code == RP_OK)
        o->code = rp_macho_facts_build(o->img, UINT32_MAX, &o->facts, &o->err);
}

static void open_file(opened *o, const file *f, size_t len)
{
    open_bytes(o, f->at, len);
}

static void shut(opened *o)
{
    rp_arena_free(&o->arena);
    free(o->copy);
}

static void test_signature_holds(void **state)
{
    (void)state;
    file f;
    opened o;
    sign(&f);
    open_file(&o, &f, f.len);
    assert_int_equal(o.code, RP_OK);
    assert_int_equal(o.img->nanomalies, 0);
    assert_int_equal(o.facts->signature.is, RP_YES);
    assert_int_equal(o.facts->cd_flags, RP_CS_RUNTIME);
    assert_true(o.facts->cd_flags_at == SIGNED_AT + DIRECTORY + 12);
    assert_true(rp_str_is(o.facts->identifier, "com.example"));
    assert_int_equal(o.facts->page_hashes.is, RP_YES);
    assert_int_equal(o.facts->pages, 2);
    assert_int_equal(o.facts->blob_hashes.is, RP_YES);
    assert_int_equal(o.facts->code_covered.is, RP_YES);
    assert_int_equal(o.facts->cms.is, RP_NO);
    assert_int_equal(o.facts->nentitlements, 1);
    assert_int_equal(o.facts->entitlements[0].value, RP_YES);
    shut(&o);
}

static void test_changes_are_seen(void **state)
{
    (void)state;
    file f;
    opened o;
    sign(&f);
    f.at[PAGE + 17] ^= 1;
    open_file(&o, &f, f.len);
    assert_int_equal(o.facts->page_hashes.is, RP_NO);
    assert_int_equal(o.facts->bad_pages, 1);
    assert_true(o.facts->first_bad_page == PAGE);
    shut(&o);
    sign(&f);
    f.at[SIGNED_AT + XML + 30] ^= 1; /* a letter of the key */
    open_file(&o, &f, f.len);
    assert_int_equal(o.facts->page_hashes.is, RP_YES);
    assert_int_equal(o.facts->blob_hashes.is, RP_NO);
    shut(&o);
}

/* Every broken field of the superblob and the directory ends in unknown, never in a verdict. */
static void test_broken_fields(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint32_t value;
        const char *why;
    } rows[] = {
        {0, 0xfade0c02, "not a signature superblob"},
        {4, 4096, "does not fit"},
        {8, 0xffffffff, "index does not fit"},
        {8, RP_MAX_SIGNATURE_BLOBS + 1, "index does not fit"}, /* though there is room for it */
        {16, 1020, "a blob lies outside"},
        {16, XML, "not what its slot says"},
        {24, DIRECTORY, "not what its slot says"},
        {12, 0x1000 + 9, "no readable code directory"},
        {20, 0x1001, "not what its slot says"},
        {DIRECTORY + 4, 2000, "longer than what holds it"},
        {DIRECTORY + 4, 20, "cut short"},
        {DIRECTORY + 8, 0x30000, "version that no system reads"},
        {DIRECTORY + 16, 0xfffffff0, "hashes do not fit"},
        {DIRECTORY + 24, 0x10000000, "hashes do not fit"},
        {DIRECTORY + 28, 0x10000000, "hashes do not fit"},
        {DIRECTORY + 20, 0xfffffff0, "identifier lies outside"},
        {DIRECTORY + 36, 0x20090000, "unknown hash"},
        {DIRECTORY + 36, 0x14020000, "wrong hash size"},
    };
    for (size_t i = 0; i < RP_COUNT(rows); i++) {
        file f;
        opened o;
        sign(&f);
        big(&f, SIGNED_AT + rows[i].at, rows[i].value, 4);
        open_file(&o, &f, f.len);
        assert_int_equal(o.code, RP_OK);
        assert_int_equal(o.facts->signature.is, RP_UNKNOWN);
        assert_int_equal(o.facts->page_hashes.is, RP_UNKNOWN);
        assert_int_equal(o.facts->entitlements_present.is, RP_UNKNOWN);
        assert_true(o.img->nanomalies > 0);
        bool said = false;
        for (uint32_t k = 0; k < o.img->nanomalies; k++)
            said |= strstr(o.img->anomaly_items[k].text, rows[i].why) != NULL;
        if (!said)
            fail_msg("row %zu: '%s' not said, but '%s'", i, rows[i].why, o.facts->signature.why);
        shut(&o);
    }
}

/* Entitlements behind the superblob's two blobs, as long as are read and one byte longer. */
static void test_long_entitlements(void **state)
{
    (void)state;
    enum { AT = 1024 };
    for (uint32_t more = 0; more < 2; more++) {
        const uint32_t body = RP_MAX_ENTITLEMENT_BYTES + more;
        const size_t len = SIGNED_AT + AT + 8 + (size_t)body;
        file f;
        sign(&f);
        little(&f, 44, AT + 8 + body);
        big(&f, SIGNED_AT + 4, AT + 8 + body, 4);
        big(&f, SIGNED_AT + 24, AT, 4);
        uint8_t *all = malloc(len), *blob = all + SIGNED_AT + AT;
        assert_non_null(all);
        memcpy(all, f.at, SIGNED_AT + AT);
        memset(blob, ' ', 8 + (size_t)body);
        memcpy(blob, "\xfa\xde\x71\x71\0", 5);
        blob[5] = (uint8_t)((8 + body) >> 16);
        blob[6] = (uint8_t)((8 + body) >> 8);
        blob[7] = (uint8_t)(8 + body);
        memcpy(blob + 8, xml, sizeof xml - 1);
        opened o;
        open_bytes(&o, all, len);
        free(all);
        assert_int_equal(o.code, RP_OK);
        assert_int_equal(o.facts->entitlements_present.is, more ? RP_UNKNOWN : RP_YES);
        assert_int_equal(o.facts->nentitlements, more ? 0 : 1);
        shut(&o);
    }
}

/* Page sizes and limits that cannot be judged are unknown, too. */
static void test_odd_pages(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint32_t value;
        unsigned width;
    } rows[] = {{DIRECTORY + 39, 11, 1},
                {DIRECTORY + 39, 63, 1},
                {DIRECTORY + 32, 0, 4},
                {DIRECTORY + 32, 0xffffffff, 4},
                {DIRECTORY + 44, 4, 4} /* scattered */};
    for (size_t i = 0; i < RP_COUNT(rows); i++) {
        file f;
        opened o;
        sign(&f);
        big(&f, SIGNED_AT + rows[i].at, rows[i].value, rows[i].width);
        open_file(&o, &f, f.len);
        assert_int_equal(o.code, RP_OK);
        assert_int_equal(o.facts->page_hashes.is, RP_UNKNOWN);
        assert_non_null(o.facts->page_hashes.why);
        shut(&o);
    }
}

static void test_cut_and_bent(void **state)
{
    (void)state;
    file f;
    opened o;
    sign(&f);
    for (size_t len = SIGNED_AT - 40; len < f.len; len++) {
        open_file(&o, &f, len);
        assert_int_equal(o.code, RP_OK);
        assert_int_equal(o.facts->signature.is, RP_UNKNOWN);
        shut(&o);
    }
    for (size_t i = 0; i < 1024; i++) {
        f.at[SIGNED_AT + i] ^= 0xff;
        open_file(&o, &f, f.len);
        assert_int_equal(o.code, RP_OK);
        assert_true(o.facts->signature.is != RP_UNKNOWN || o.facts->signature.why != NULL);
        shut(&o);
        f.at[SIGNED_AT + i] ^= 0xff;
    }
}

static void test_out_of_memory(void **state)
{
    (void)state;
    file f;
    sign(&f);
    unsigned n = 0;
    for (;; n++) {
        opened o;
        rp_arena_fail_at(n + 1);
        open_file(&o, &f, f.len);
        uint64_t asked = rp_arena_fail_at(0);
        rp_code code = o.code;
        assert_true(code == RP_OK || (code == RP_E_MEMORY && o.err.text[0] != '\0'));
        shut(&o);
        if (asked <= n)
            break;
    }
    assert_true(n > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plist_reads),
        cmocka_unit_test(test_plist_refuses),
        cmocka_unit_test(test_plist_depth_and_count),
        cmocka_unit_test(test_der),
        cmocka_unit_test(test_signature_holds),
        cmocka_unit_test(test_changes_are_seen),
        cmocka_unit_test(test_broken_fields),
        cmocka_unit_test(test_long_entitlements),
        cmocka_unit_test(test_odd_pages),
        cmocka_unit_test(test_cut_and_bent),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
