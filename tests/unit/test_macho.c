/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clang-format off: cmocka needs these first */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include "base/buf.h"
#include "base/crypto.h"
#include "facts/facts.h"
#include "facts/macho_facts_build.h"
#include "obj/codesign.h"
#include "obj/macho.h"
#include "obj/macho_format.h"

#include <stdlib.h>

/* A writer of Mach-O bytes in either byte order and width. */
typedef struct {
    uint8_t at[8192];
    size_t len;
    bool big, wide;
    uint32_t ncommands;
} writer;

static void put(writer *w, uint64_t v, unsigned width)
{
    for (unsigned i = 0; i < width; i++)
        w->at[w->len++] = (uint8_t)(v >> (8 * (w->big ? width - 1 - i : i)));
}

static void put_name(writer *w, const char *name, size_t width)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < width; i++)
        w->at[w->len++] = i < n ? (uint8_t)name[i] : 0;
}

static void patch(writer *w, size_t at, uint64_t v, unsigned width)
{
    size_t len = w->len;
    w->len = at;
    put(w, v, width);
    w->len = len;
}

static void begin(writer *w, uint32_t cpu, uint32_t subtype, uint32_t filetype, uint32_t flags)
{
    put(w, w->wide ? RP_MH_MAGIC_64 : RP_MH_MAGIC_32, 4);
    put(w, cpu, 4);
    put(w, subtype, 4);
    put(w, filetype, 4);
    put(w, 0, 8); /* count and size of commands: end() */
    put(w, flags, 4);
    if (w->wide)
        put(w, 0, 4);
}

static void end(writer *w)
{
    patch(w, 16, w->ncommands, 4);
    patch(w, 20, w->len - (w->wide ? 32 : 28), 4);
}

static void command(writer *w, uint32_t cmd, uint32_t size)
{
    put(w, cmd, 4);
    put(w, size, 4);
    w->ncommands++;
}

static void segment(writer *w, const char *name, uint64_t addr, uint64_t size, uint64_t off,
                    uint64_t filesz, uint32_t max, uint32_t init, uint32_t nsections)
{
    unsigned n = w->wide ? 8 : 4;
    command(w, w->wide ? RP_LC_SEGMENT_64 : RP_LC_SEGMENT,
            (w->wide ? 72 : 56) + nsections * (w->wide ? 80 : 68));
    put_name(w, name, 16);
    put(w, addr, n);
    put(w, size, n);
    put(w, off, n);
    put(w, filesz, n);
    put(w, max, 4);
    put(w, init, 4);
    put(w, nsections, 4);
    put(w, 0, 4);
}

static void section(writer *w, const char *in, const char *name, uint64_t addr, uint64_t size,
                    uint32_t off, uint32_t flags)
{
    unsigned n = w->wide ? 8 : 4;
    put_name(w, name, 16);
    put_name(w, in, 16);
    put(w, addr, n);
    put(w, size, n);
    put(w, off, 4);
    for (int i = 0; i < 3; i++)
        put(w, 0, 4);
    put(w, flags, 4);
    for (int i = 0; i < (w->wide ? 3 : 2); i++)
        put(w, 0, 4);
}

static void text_command(writer *w, uint32_t cmd, const char *text)
{
    command(w, cmd, 12 + 20);
    put(w, 12, 4);
    put_name(w, text, 20);
}

static void range_command(writer *w, uint32_t cmd, uint32_t off, uint32_t size)
{
    command(w, cmd, 16);
    put(w, off, 4);
    put(w, size, 4);
}

/* A small executable, by which byte order and width are tried. */
static writer program(bool big, bool wide)
{
    writer w = {.big = big, .wide = wide};
    uint64_t base = wide ? 0x100000000u : 0x1000;
    begin(&w, wide ? (big ? RP_CPU_PPC64 : RP_CPU_X86_64) : (big ? RP_CPU_PPC : RP_CPU_X86), 3,
          RP_MH_EXECUTE, RP_MH_PIE);
    segment(&w, "__PAGEZERO", 0, base, 0, 0, 0, 0, 0);
    segment(&w, "__TEXT", base, 0x1000, 0, 0x800, 7, 5, 2);
    section(&w, "__TEXT", "__text", base + 0x700, 0x20, 0x700, RP_S_ATTR_PURE_INSTRUCTIONS);
    section(&w, "__TEXT", "__sixteen_chars_", base + 0x720, 0x10, 0x720, 0);
    segment(&w, "__DATA", base + 0x1000, 0x1000, 0x800, 0x100, 7, 7, 1);
    section(&w, "__DATA", "__bss", base + 0x1100, 0x100, 0, RP_S_ZEROFILL);
    command(&w, RP_LC_MAIN, 24);
    put(&w, 0x700, 8);
    put(&w, 0, 8);
    text_command(&w, RP_LC_RPATH, "@loader_path/lib");
    text_command(&w, RP_LC_LOAD_DYLINKER, "/usr/lib/dyld");
    command(&w, RP_LC_LOAD_WEAK_DYLIB, 24 + 16);
    put(&w, 24, 4);
    put(&w, 2, 4);
    put(&w, 0x10203, 4);
    put(&w, 0x10000, 4);
    put_name(&w, "libweak.dylib", 16);
    command(&w, RP_LC_BUILD_VERSION, 32);
    put(&w, 1, 4);
    put(&w, 0x000b0000, 4);
    put(&w, 0x000c0300, 4);
    put(&w, 1, 4);
    put(&w, 3, 4);
    put(&w, 0x02c40000, 4);
    range_command(&w, RP_LC_FUNCTION_STARTS, 0x900, 8);
    command(&w, RP_LC_SYMTAB, 24);
    put(&w, 0x910, 4);
    put(&w, 3, 4);
    put(&w, 0x950, 4);
    put(&w, 32, 4);
    end(&w);
    w.len = 0x900;
    const uint8_t starts[] = {0x80, 0x0e, 0x10, 0, 0, 0, 0, 0};
    memcpy(w.at + w.len, starts, sizeof starts);
    w.len = 0x910;
    static const struct {
        uint32_t name;
        uint8_t type, sect;
        uint32_t value;
    } symbols[] = {
        {1, RP_N_SECT | RP_N_EXT, 1, 0x1700}, {7, RP_N_SECT, 3, 0x2100}, {14, RP_N_EXT, 0, 0}};
    for (size_t i = 0; i < 3; i++) {
        put(&w, symbols[i].name, 4);
        put(&w, symbols[i].type, 1);
        put(&w, symbols[i].sect, 1);
        put(&w, 0, 2);
        put(&w, symbols[i].value, wide ? 8 : 4);
    }
    memcpy(w.at + 0x950, "\0_main\0_local\0_puts\0", 20);
    w.len = 0x970;
    return w;
}

typedef struct {
    rp_arena arena;
    rp_source src;
    rp_image *img;
    const rp_macho_facts *facts;
    rp_error err;
    rp_code code;
    uint8_t *copy; /* exact: a sanitizer sees each byte too many */
} opened;

static void open_bytes(opened *o, const uint8_t *bytes, size_t len)
{
    *o = (opened){.copy = malloc(len ? len : 1)};
    assert_non_null(o->copy);
    if (len != 0)
        memcpy(o->copy, bytes, len);
    o->src = rp_source_memory((rp_bytes){o->copy, len}, &o->arena);
    o->code = rp_image_open(&o->src, &o->arena, &o->img, &o->err);
    if (o->code == RP_OK)
        o->code = rp_macho_facts_build(o->img, UINT32_MAX, &o->facts, &o->err);
    if (o->code == RP_OK)
        rp_image_symbols(o->img);
}

static void shut(opened *o)
{
    rp_arena_free(&o->arena);
    free(o->copy);
}

static void test_every_order_and_width(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        bool big = (i & 1) != 0, wide = (i & 2) != 0;
        uint64_t base = wide ? 0x100000000u : 0x1000;
        writer w = program(big, wide);
        opened o;
        open_bytes(&o, w.at, w.len);
        assert_int_equal(o.code, RP_OK);
        const rp_image *img = o.img;
        assert_int_equal(img->nanomalies, 0);
        assert_int_equal(img->big, big);
        assert_int_equal(img->bits, wide ? 64 : 32);
        assert_int_equal(img->kind, RP_KIND_EXECUTABLE);
        assert_int_equal(img->nsegments, 3);
        assert_int_equal(img->nsections, 3);
        assert_true(rp_str_is(img->sections[1].name, "__TEXT,__sixteen_chars_"));
        assert_int_equal(img->sections[0].kind, RP_SEC_CODE);
        assert_int_equal(img->sections[0].perm, RP_R | RP_X);
        assert_int_equal(img->sections[1].kind, RP_SEC_RODATA);
        assert_int_equal(img->sections[2].kind, RP_SEC_BSS);
        assert_true(img->sections[2].offset == RP_NOWHERE);
        assert_true(img->entry == base + 0x700);
        assert_true(rp_image_offset(img, base + 0x700) == 0x700);
        assert_int_equal(o.facts->nwx, 2);
        assert_int_equal(o.facts->pagezero.is, RP_YES);
        assert_true(o.facts->pagezero_size == base);
        assert_int_equal(o.facts->nrpaths, 1);
        assert_true(rp_str_is(o.facts->rpaths[0].text, "@loader_path/lib"));
        assert_int_equal(o.facts->ndylibs, 1);
        assert_true(o.facts->dylibs[0].weak);
        assert_int_equal(o.facts->dylinker.is, RP_YES);
        assert_true(rp_str_is(o.facts->platform, "macOS"));
        assert_int_equal(o.facts->min_os, 0x000b0000);
        assert_int_equal(o.facts->functions, 2);
        assert_int_equal(o.facts->signature.is, RP_NO);
        assert_int_equal(o.facts->page_hashes.is, RP_UNKNOWN);
        assert_int_equal(img->symbols_known, RP_YES);
        assert_int_equal(img->nsymbols, 3);
        assert_true(rp_str_is(img->symbols[0].name, "_main"));
        assert_int_equal(img->symbols[0].kind, RP_SYM_FUNC);
        assert_true(img->symbols[0].dynamic && img->symbols[0].defined);
        assert_true(img->symbols[1].defined && !img->symbols[1].dynamic);
        assert_false(img->symbols[2].defined);
        assert_int_equal(img->macho->locals, 1);
        shut(&o);
    }
}

static void test_kinds(void **state)
{
    (void)state;
    static const struct {
        uint32_t filetype;
        rp_kind kind;
    } rows[] = {{1, RP_KIND_OBJECT},  {2, RP_KIND_EXECUTABLE}, {4, RP_KIND_CORE},
                {6, RP_KIND_LIBRARY}, {8, RP_KIND_LIBRARY},    {10, RP_KIND_DEBUG},
                {11, RP_KIND_KERNEL}, {12, RP_KIND_KERNEL},    {99, RP_KIND_UNKNOWN}};
    for (size_t i = 0; i < RP_COUNT(rows); i++) {
        writer w = {.wide = true};
        begin(&w, RP_CPU_ARM64, 0x80000002, rows[i].filetype, 0);
        end(&w);
        opened o;
        open_bytes(&o, w.at, w.len);
        assert_int_equal(o.code, RP_OK);
        assert_int_equal(o.img->kind, rows[i].kind);
        assert_true(o.facts->arm64e);
        assert_true(o.facts->ptrauth_versioned);
        assert_int_equal(o.facts->ptrauth_abi, 0);
        shut(&o);
    }
}

static rp_tri fact_after(const writer *w, const char *oddness, bool *ret_odd)
{
    opened o;
    open_bytes(&o, w->at, w->len);
    assert_int_equal(o.code, RP_OK);
    *ret_odd = false;
    for (uint32_t i = 0; i < o.img->nanomalies; i++)
        *ret_odd |= strstr(o.img->anomaly_items[i].text, oddness) != NULL;
    rp_tri is = o.facts->commands.is;
    shut(&o);
    return is;
}

static void test_hostile_commands(void **state)
{
    (void)state;
    bool odd;
    writer w = {.wide = true};
    begin(&w, RP_CPU_ARM64, 0, RP_MH_EXECUTE, 0);
    command(&w, RP_LC_UUID, 4); /* smaller than itself */
    put(&w, 0, 8);
    end(&w);
    assert_int_equal(fact_after(&w, "does not fit", &odd), RP_UNKNOWN);
    assert_true(odd);
    patch(&w, 36, 16, 4); /* too short for a UUID */
    assert_int_equal(fact_after(&w, "too short for what it holds", &odd), RP_UNKNOWN);
    assert_true(odd);
    patch(&w, 36, 0xfffffff8, 4); /* longer than the file */
    assert_int_equal(fact_after(&w, "does not fit", &odd), RP_UNKNOWN);
    assert_true(odd);
    patch(&w, 16, 0xffffffff, 4); /* more commands than anybody has */
    assert_int_equal(fact_after(&w, "load commands: only", &odd), RP_UNKNOWN);
    assert_true(odd);
    patch(&w, 20, 0xffffffff, 4); /* and larger than the file */
    assert_int_equal(fact_after(&w, "are cut short", &odd), RP_UNKNOWN);
    assert_true(odd);
}

static void test_hostile_segments(void **state)
{
    (void)state;
    bool odd;
    writer w = {.wide = true};
    begin(&w, RP_CPU_ARM64, 0, RP_MH_EXECUTE, 0);
    segment(&w, "__TEXT", UINT64_MAX - 10, 0x1000, UINT64_MAX - 5, 0x100, 1, 5, 0);
    segment(&w, "__DATA", UINT64_MAX - 8, 0x10, 0, 0x20, 3, 3, 0);
    range_command(&w, RP_LC_CODE_SIGNATURE, 0xfffffff0, 0x100);
    range_command(&w, RP_LC_CODE_SIGNATURE, 0, 0x10);
    end(&w);
    static const char *const texts[] = {"outside the file",       "wraps around",
                                        "that its maximum lacks", "overlaps the one before",
                                        "more bytes in the file", "that may come once"};
    for (size_t i = 0; i < RP_COUNT(texts); i++) {
        assert_int_equal(fact_after(&w, texts[i], &odd), RP_YES);
        assert_true(odd);
    }
    opened o;
    open_bytes(&o, w.at, w.len);
    assert_int_equal(o.facts->signature.is, RP_UNKNOWN);
    assert_non_null(o.facts->signature.why);
    shut(&o);
}

static void check_invariants(const opened *o, size_t size)
{
    if (o->code != RP_OK) {
        assert_true(o->err.code != RP_OK && o->err.text[0] != '\0');
        return;
    }
    for (uint32_t i = 0; i < o->img->nsegments; i++)
        assert_true(o->img->segments[i].at < size);
    for (uint32_t i = 0; i < o->img->nsections; i++) {
        const rp_section *s = &o->img->sections[i];
        assert_true(s->offset == RP_NOWHERE || s->offset + s->filesz <= size);
    }
    for (uint32_t i = 0; i < o->img->nsymbols; i++)
        assert_true(o->img->symbols[i].at < size);
    assert_true(o->facts->signature.is != RP_UNKNOWN || o->facts->signature.why != NULL);
}

static void test_cut_everywhere(void **state)
{
    (void)state;
    writer w = program(false, true);
    size_t commands_end = 32 + (w.at[20] | (size_t)w.at[21] << 8);
    for (size_t size = 0; size < w.len; size++) {
        opened o;
        open_bytes(&o, w.at, size);
        check_invariants(&o, size);
        if (size < 32)
            assert_int_not_equal(o.code, RP_OK);
        else if (size < commands_end)
            assert_true(o.facts->commands.is == RP_UNKNOWN && o.facts->pagezero.is != RP_NO);
        else
            assert_int_equal(o.facts->commands.is, RP_YES);
        shut(&o);
    }
}

static void test_flip_everywhere(void **state)
{
    (void)state;
    for (unsigned order = 0; order < 2; order++) {
        writer w = program(order != 0, order == 0);
        for (size_t i = 0; i < 0x400; i++) {
            static const uint8_t masks[] = {0xff, 0x80, 0x01};
            for (size_t k = 0; k < RP_COUNT(masks); k++) {
                w.at[i] ^= masks[k];
                opened o;
                open_bytes(&o, w.at, w.len);
                check_invariants(&o, w.len);
                shut(&o);
                w.at[i] ^= masks[k];
            }
        }
    }
}

static void test_out_of_memory(void **state)
{
    (void)state;
    writer w = program(false, true);
    unsigned failures = 0;
    for (;; failures++) {
        opened o;
        rp_arena_fail_at(failures + 1);
        open_bytes(&o, w.at, w.len);
        uint64_t left = rp_arena_fail_at(0);
        check_invariants(&o, w.len);
        bool whole = o.code == RP_OK && o.img->symbols_known == RP_YES;
        assert_true(o.code == RP_OK || o.err.code == RP_E_MEMORY);
        shut(&o);
        if (whole && left <= failures)
            break;
    }
    assert_true(failures > 15);
}

/* ---- export trie ---- */

static void test_trie_that_returns(void **state)
{
    (void)state;
    writer w = {.wide = true};
    begin(&w, RP_CPU_ARM64, 0, RP_MH_DYLIB, 0);
    range_command(&w, RP_LC_EXPORTS_TRIE, 0x100, 16);
    end(&w);
    w.len = 0x100;
    /* one node without an export, whose only edge "a" leads back to it */
    const uint8_t trie[16] = {0, 1, 'a', 0, 0};
    memcpy(w.at + w.len, trie, sizeof trie);
    w.len += sizeof trie;
    opened o;
    open_bytes(&o, w.at, w.len);
    assert_int_equal(o.code, RP_OK);
    assert_int_equal(o.img->symbols_known, RP_UNKNOWN);
    assert_int_equal(o.img->nanomalies, 1);
    shut(&o);
}

/* Each of its nodes but the last leads to the next one twice: as a tree it has 2^DEPTH nodes. */
static void test_trie_that_shares_nodes(void **state)
{
    (void)state;
    enum { DEPTH = 12, NODE = 8, TRIE = DEPTH * NODE + 4 };
    writer w = {.wide = true};
    begin(&w, RP_CPU_ARM64, 0, RP_MH_DYLIB, 0);
    range_command(&w, RP_LC_EXPORTS_TRIE, 0x100, TRIE);
    end(&w);
    for (unsigned i = 0; i < DEPTH; i++) {
        const uint8_t next = (uint8_t)((i + 1) * NODE);
        const uint8_t node[NODE] = {0, 2, 'a', 0, next, 'b', 0, next};
        memcpy(w.at + 0x100 + (size_t)i * NODE, node, sizeof node);
    }
    const uint8_t leaf[4] = {2, 0, 0x10, 0};
    memcpy(w.at + 0x100 + DEPTH * NODE, leaf, sizeof leaf);
    w.len = 0x100 + TRIE;
    opened o;
    open_bytes(&o, w.at, w.len);
    assert_int_equal(o.code, RP_OK);
    assert_int_equal(o.img->symbols_known, RP_UNKNOWN);
    assert_true(o.img->nsymbols < TRIE);
    assert_non_null(strstr(o.img->anomaly_items[0].text, "met more than once"));
    shut(&o);
}

static void test_trie_names(void **state)
{
    (void)state;
    writer w = {.wide = true};
    begin(&w, RP_CPU_ARM64, 0, RP_MH_DYLIB, 0);
    range_command(&w, RP_LC_EXPORTS_TRIE, 0x100, 24);
    end(&w);
    w.len = 0x100;
    /* root: "_" -> 6; node 6: exports "_" at 0x10, edge "ab" -> 15; node 15: "_ab" at 0x20 */
    const uint8_t trie[24] = {0, 1, '_', 0, 6, 0, 2, 0, 0x10, 1, 'a', 'b', 0, 15, 0, 2, 0, 0x20, 0};
    memcpy(w.at + w.len, trie, sizeof trie);
    w.len += sizeof trie;
    opened o;
    open_bytes(&o, w.at, w.len);
    assert_int_equal(o.img->symbols_known, RP_YES);
    assert_int_equal(o.img->nsymbols, 2);
    assert_true(rp_str_is(o.img->symbols[0].name, "_"));
    assert_true(rp_str_is(o.img->symbols[1].name, "_ab"));
    assert_int_equal(o.img->symbols[1].addr, 0x20);
    assert_true(o.img->symbols[1].dynamic && o.img->symbols[1].global);
    shut(&o);
}

/* Names that many records share, ended or not, do not make the time grow with their product. */
static void test_shared_names(void **state)
{
    (void)state;
    enum { RECORDS = 20000, NAME = 200000 };
    size_t size = 56 + RECORDS * 16 + NAME;
    for (unsigned ended = 0; ended < 2; ended++) {
        writer w = {.wide = true};
        begin(&w, RP_CPU_ARM64, 0, RP_MH_OBJECT, 0);
        command(&w, RP_LC_SYMTAB, 24);
        put(&w, 56, 4);
        put(&w, RECORDS, 4);
        put(&w, 56 + RECORDS * 16, 4);
        put(&w, NAME, 4);
        end(&w);
        uint8_t *bytes = malloc(size);
        assert_non_null(bytes);
        memset(bytes, 0, size);
        memcpy(bytes, w.at, w.len);
        for (size_t i = 0; i < RECORDS; i++) {
            bytes[56 + i * 16] = 1;
            bytes[56 + i * 16 + 4] = RP_N_EXT;
        }
        memset(bytes + 56 + RECORDS * 16, 'a', NAME - ended);
        opened o;
        open_bytes(&o, bytes, size);
        assert_int_equal(o.code, RP_OK);
        assert_int_equal(o.img->symbols_known, RP_UNKNOWN);
        assert_int_equal(o.img->nanomalies, 1);
        uint64_t total = 0;
        for (uint32_t i = 0; i < o.img->nsymbols; i++)
            total += o.img->symbols[i].name.len;
        assert_true(total <= 17ull * NAME);
        assert_true(ended == (total != 0));
        shut(&o);
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_order_and_width),  cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_hostile_commands),       cmocka_unit_test(test_hostile_segments),
        cmocka_unit_test(test_cut_everywhere),         cmocka_unit_test(test_flip_everywhere),
        cmocka_unit_test(test_out_of_memory),          cmocka_unit_test(test_trie_that_returns),
        cmocka_unit_test(test_trie_that_shares_nodes), cmocka_unit_test(test_trie_names),
        cmocka_unit_test(test_shared_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
