/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The ELF model and its facts, on files built here byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "elf_builder.h"
#include "obj/elf_parts.h"

static void read_all(build *b, opened *o)
{
    opened_read(o, b->bytes, b->len, RP_NEED_SYMBOLS | RP_NEED_RELOCS);
    assert_int_equal(o->code, RP_OK);
    assert_non_null(o->facts);
}

static void refuses(const uint8_t *bytes, size_t len, const char *text)
{
    opened o;
    opened_read(&o, bytes, len, 0);
    assert_int_equal(o.code, RP_E_FORMAT);
    assert_non_null(strstr(o.err.text, text));
    opened_free(&o);
}

static void headers_that_cannot_be_understood_say_why(void **state)
{
    (void)state;
    build b = build_start(EM_X86_64, true, false, ET_DYN);
    build_finish(&b, PF_R);
    refuses(b.bytes, 4, "cut short: 4 bytes");
    refuses(b.bytes, 63, "cut short");
    refuses(b.bytes, 64, "program headers at 0x40 lie outside");
    b.bytes[4] = 3;
    refuses(b.bytes, b.len, "ELF class 3");
    b.bytes[4] = 2;
    b.bytes[5] = 0;
    refuses(b.bytes, b.len, "data encoding 0");
    b.bytes[5] = 1;
    b.bytes[54] = 55;
    refuses(b.bytes, b.len, "e_phentsize is 55");
}

static void last_stack_header_wins(void **state)
{
    (void)state;
    for (int order = 0; order < 4; order++) {
        build b = build_start(EM_PPC64, order & 1, order & 2, ET_EXEC);
        build_phdr(&b, PT_GNU_STACK, PF_R | PF_W, 0, 0, 16);
        uint64_t last = build_phdr(&b, PT_GNU_STACK, PF_R | PF_W | PF_X, 0, 0x20000, 16);
        build_finish(&b, PF_R | PF_X);
        opened o;
        read_all(&b, &o);
        assert_int_equal(o.facts->stack, RP_STACK_EXEC);
        assert_int_equal(o.facts->stack_at, last);
        assert_int_equal(o.facts->stack_headers, 2);
        assert_int_equal(o.facts->stack_size, 0x20000);
        assert_int_equal(o.img->bits, order & 1 ? 64 : 32);
        assert_int_equal(o.img->big, (order & 2) != 0);
        opened_free(&o);
    }
}

static void missing_stack_header_is_not_noexec(void **state)
{
    (void)state;
    build b = build_start(EM_386, false, false, ET_EXEC);
    build_finish(&b, PF_R);
    opened o;
    read_all(&b, &o);
    assert_int_equal(o.facts->stack, RP_STACK_MISSING);
    assert_true(o.facts->stack_at == RP_NOWHERE);
    opened_free(&o);
}

static void first_interpreter_wins(void **state)
{
    (void)state;
    build b = build_start(EM_X86_64, true, false, ET_DYN);
    uint64_t one = build_bytes(&b, "/lib/first", 11), two = build_bytes(&b, "/lib/other", 11);
    uint64_t at = build_phdr(&b, PT_INTERP, PF_R, one, 11, 1);
    build_phdr(&b, PT_INTERP, PF_R, two, 11, 1);
    build_finish(&b, PF_R);
    opened o;
    read_all(&b, &o);
    assert_true(rp_str_is(o.facts->interp_path, "/lib/first"));
    assert_int_equal(o.facts->interp.at, at);
    opened_free(&o);
}

/* A dynamic file with the tags given as pairs; strings: "\0libc.so.6\0lib.so\0/a::$ORIGIN/b\0". */
static const char strings[] = "\0libc.so.6\0lib.so\0/a::$ORIGIN/b";
enum { S_LIBC = 1, S_LIB = 11, S_PATH = 18 };

static build with_tags(uint16_t type, const uint64_t (*tags)[2], size_t n)
{
    build b = build_start(EM_X86_64, true, false, type);
    uint64_t at = build_bytes(&b, strings, sizeof strings);
    build_tag(&b, DT_STRTAB, BUILD_BASE + at);
    build_tag(&b, DT_STRSZ, sizeof strings);
    for (size_t i = 0; i < n; i++)
        build_tag(&b, tags[i][0], tags[i][1]);
    build_tag(&b, DT_NULL, 0);
    return b;
}

static void type_follows_the_rules(void **state)
{
    (void)state;
    static const struct {
        uint64_t tag, value, entry;
        bool interp;
        rp_elf_type type;
        bool sure;
        rp_kind kind;
    } cases[] = {
        {DT_FLAGS_1, DF_1_PIE, 1, true, RP_ELF_PIE, true, RP_KIND_EXECUTABLE},
        {DT_FLAGS_1, DF_1_PIE, 1, false, RP_ELF_STATIC_PIE, true, RP_KIND_EXECUTABLE},
        {DT_FLAGS_1, DF_1_NOW, 0, false, RP_ELF_SHARED, true, RP_KIND_LIBRARY},
        {DT_SONAME, S_LIB, 1, false, RP_ELF_SHARED, true, RP_KIND_LIBRARY},
        {DT_SONAME, S_LIB, 1, true, RP_ELF_SHARED_RUNNABLE, true, RP_KIND_LIBRARY},
        {DT_NEEDED, S_LIBC, 1, true, RP_ELF_PIE, true, RP_KIND_EXECUTABLE},
        {DT_DEBUG, 0, 1, false, RP_ELF_STATIC_PIE, true, RP_KIND_EXECUTABLE},
        {DT_NEEDED, S_LIBC, 1, false, RP_ELF_STATIC_PIE, false, RP_KIND_EXECUTABLE},
        {DT_NEEDED, S_LIBC, 0, false, RP_ELF_SHARED, true, RP_KIND_LIBRARY},
    };
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        const uint64_t tags[][2] = {{cases[i].tag, cases[i].value}};
        build b = with_tags(ET_DYN, tags, 1);
        b.entry = cases[i].entry;
        if (cases[i].interp)
            build_phdr(&b, PT_INTERP, PF_R, BUILD_DATA + 1, 10, 1);
        build_finish(&b, PF_R | PF_X);
        opened o;
        read_all(&b, &o);
        assert_int_equal(o.facts->type, cases[i].type);
        assert_int_equal(o.facts->type_sure, cases[i].sure);
        assert_int_equal(o.img->kind, cases[i].kind);
        assert_true(strstr(o.facts->type_rule, "ET_DYN") == o.facts->type_rule);
        opened_free(&o);
    }
}

static void each_immediate_binding_tag_counts(void **state)
{
    (void)state;
    static const struct {
        uint64_t tag, value;
        const char *by;
    } cases[] = {{DT_BIND_NOW, 0, "DT_BIND_NOW"},
                 {DT_FLAGS, DF_BIND_NOW, "DT_FLAGS BIND_NOW"},
                 {DT_FLAGS_1, DF_1_NOW, "DT_FLAGS_1 NOW"},
                 {DT_FLAGS, DF_STATIC_TLS, ""}};
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        const uint64_t tags[][2] = {{cases[i].tag, cases[i].value}};
        build b = with_tags(ET_DYN, tags, 1);
        build_finish(&b, PF_R);
        opened o;
        read_all(&b, &o);
        assert_string_equal(o.facts->bind_now_by, cases[i].by);
        assert_int_equal(o.facts->bind_now.is, cases[i].by[0] ? RP_YES : RP_NO);
        assert_int_equal(o.facts->static_tls.is, cases[i].by[0] ? RP_NO : RP_YES);
        opened_free(&o);
    }
}

/* RELRO over [off, off+size) and a GOT at `got` with two PLT relocations: five words. */
static void relro_case(uint64_t off, uint64_t size, uint64_t got, uint32_t load_flags, opened *o,
                       build *b)
{
    const uint64_t tags[][2] = {
        {DT_PLTGOT, BUILD_BASE + got}, {DT_PLTREL, DT_RELA}, {DT_PLTRELSZ, 48}};
    *b = with_tags(ET_DYN, tags, 3);
    b->len = BUILD_CAP;
    build_phdr(b, PT_GNU_RELRO, PF_R, off, size, 1);
    build_finish(b, load_flags);
    read_all(b, o);
}

static void relro_is_judged_to_the_byte(void **state)
{
    (void)state;
    build b;
    opened o;
    relro_case(0x800, 0x800, 0xfd8, PF_R | PF_W, &o, &b);
    assert_int_equal(o.facts->relro_covers_got.is, RP_YES);
    assert_int_equal(o.facts->relro_mapped.is, RP_YES);
    assert_int_equal(o.facts->relro_page_safe.is, RP_YES);
    opened_free(&o);
    relro_case(0x800, 0x7f8, 0xfd8, PF_R, &o, &b);
    assert_int_equal(o.facts->relro_covers_got.is, RP_NO);
    assert_int_equal(o.facts->relro_mapped.is, RP_NO);
    assert_int_equal(o.facts->relro_page_safe.is, RP_NO);
    opened_free(&o);
    relro_case(0x800, UINT64_MAX - 0x100, 0x400, PF_R | PF_W, &o, &b);
    assert_int_equal(o.facts->relro_covers_got.is, RP_NO);
    assert_int_equal(o.facts->relro_mapped.is, RP_NO);
    opened_free(&o);
}

static void paths_are_split_and_kept_in_order(void **state)
{
    (void)state;
    const uint64_t tags[][2] = {{DT_RUNPATH, S_PATH}, {DT_NEEDED, S_LIBC}, {DT_RPATH, S_LIB}};
    build b = with_tags(ET_DYN, tags, 3);
    build_finish(&b, PF_R);
    opened o;
    read_all(&b, &o);
    static const char *const parts[] = {"/a", "", "$ORIGIN/b", "lib.so"};
    assert_int_equal(o.facts->npaths, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_true(rp_str_is(o.facts->paths[i].text, parts[i]));
        assert_int_equal(o.facts->paths[i].runpath, i < 3);
    }
    assert_int_equal(o.img->nlibraries, 1);
    assert_true(rp_str_is(o.img->libraries[0], "libc.so.6"));
    opened_free(&o);
}

static void broken_dynamic_sections_are_unknown_not_absent(void **state)
{
    (void)state;
    build b = build_start(EM_X86_64, true, false, ET_DYN);
    build_tag(&b, DT_FLAGS, 0);
    build_finish(&b, PF_R); /* no DT_NULL */
    opened o;
    read_all(&b, &o);
    assert_int_equal(o.facts->dynamic.is, RP_UNKNOWN);
    assert_int_equal(o.facts->bind_now.is, RP_UNKNOWN);
    assert_int_equal(o.facts->textrel.is, RP_UNKNOWN);
    assert_int_equal(o.facts->relocations, UINT32_MAX);
    assert_true(o.img->nanomalies > 0);
    opened_free(&o);
    const uint64_t tags[][2] = {{DT_STRSZ, 1 << 30}, {DT_NEEDED, S_LIBC}};
    b = with_tags(ET_DYN, tags, 2);
    build_finish(&b, PF_R);
    read_all(&b, &o);
    assert_int_equal(o.facts->dynamic.is, RP_UNKNOWN);
    assert_true(o.img->nanomalies > 0);
    opened_free(&o);
}

/* A note of one property (type, 4-byte value), built for the class or on purpose not. */
static void property_case(uint32_t machine, bool is64, size_t align, uint32_t type, uint32_t size,
                          uint32_t phdr, opened *o, build *b)
{
    *b = build_start(machine, is64, false, ET_DYN);
    const uint64_t words[] = {type, size, 3, 0};
    uint64_t at = build_note(b, "GNU", NT_GNU_PROPERTY_TYPE_0, words, is64 ? 4 : 3, 4, align);
    build_phdr(b, phdr, PF_R, at, b->len - at, align);
    build_finish(b, PF_R);
    read_all(b, o);
}

static void properties_belong_to_a_machine(void **state)
{
    (void)state;
    build b;
    opened o;
    property_case(EM_X86_64, true, 8, 0xc0000002, 4, PT_GNU_PROPERTY, &o, &b);
    assert_int_equal(o.facts->x86_feature_1, 3);
    assert_string_equal(o.facts->properties_by, "PT_GNU_PROPERTY");
    assert_int_equal(o.facts->x86_feature_at, BUILD_DATA + 16 + 8);
    opened_free(&o);
    property_case(EM_X86_64, false, 4, 0xc0000002, 4, PT_NOTE, &o, &b); /* x32 */
    assert_int_equal(o.facts->x86_feature_1, 3);
    assert_string_equal(o.facts->properties_by, "PT_NOTE");
    opened_free(&o);
    property_case(EM_X86_64, true, 8, 0xc0000000, 4, PT_GNU_PROPERTY, &o, &b);
    assert_int_equal(o.facts->properties.is, RP_YES);
    assert_int_equal(o.facts->x86_feature_1 | o.facts->aarch64_feature_1, 0);
    opened_free(&o);
    property_case(EM_AARCH64, true, 8, 0xc0000000, 4, PT_GNU_PROPERTY, &o, &b);
    assert_int_equal(o.facts->aarch64_feature_1, 3);
    assert_int_equal(o.facts->x86_feature_1, 0);
    opened_free(&o);
    property_case(EM_RISCV, true, 8, 0xc0000000, 4, PT_GNU_PROPERTY, &o, &b);
    assert_int_equal(o.facts->riscv_feature_1, 3);
    opened_free(&o);
    property_case(EM_X86_64, true, 4, 0xc0000002, 4, PT_NOTE, &o, &b); /* binutils 2.30 */
    assert_int_equal(o.facts->x86_feature_1, 3);
    opened_free(&o);
}

static void malformed_properties_are_unknown(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {0, 3, 8, 100, UINT32_MAX};
    for (size_t i = 0; i < RP_COUNT(sizes); i++) {
        build b;
        opened o;
        property_case(EM_X86_64, true, 8, 0xc0000002, sizes[i], PT_GNU_PROPERTY, &o, &b);
        assert_int_equal(o.facts->properties.is, RP_UNKNOWN);
        assert_non_null(o.facts->properties.why);
        assert_int_equal(o.facts->x86_feature_1, 0);
        assert_true(o.facts->x86_feature_at == RP_NOWHERE);
        assert_true(o.img->nanomalies > 0);
        opened_free(&o);
    }
}

static void property_segment_outranks_notes_and_the_last_one_counts(void **state)
{
    (void)state;
    build b = build_start(EM_X86_64, true, false, ET_DYN);
    const uint64_t none[] = {0xc0000002, 4, 0, 0}, both[] = {0xc0000002, 4, 3, 0};
    uint64_t first = build_note(&b, "GNU", NT_GNU_PROPERTY_TYPE_0, both, 4, 4, 8);
    uint64_t last = build_note(&b, "GNU", NT_GNU_PROPERTY_TYPE_0, none, 4, 4, 8);
    build_phdr(&b, PT_NOTE, PF_R, first, 32, 8);
    build_phdr(&b, PT_GNU_PROPERTY, PF_R, first, 32, 8);
    build_phdr(&b, PT_GNU_PROPERTY, PF_R, last, 32, 8);
    build_finish(&b, PF_R);
    opened o;
    read_all(&b, &o);
    assert_int_equal(o.facts->properties.at, last);
    assert_int_equal(o.facts->x86_feature_1, 0);
    opened_free(&o);
}

static void memory_tagging_is_read_from_tags_and_from_the_note(void **state)
{
    (void)state;
    build b = build_start(EM_AARCH64, true, false, ET_DYN);
    build_tag(&b, DT_AARCH64_MEMTAG_MODE, 1);
    build_tag(&b, DT_AARCH64_MEMTAG_STACK, 1);
    build_tag(&b, DT_NULL, 0);
    build_finish(&b, PF_R);
    opened o;
    read_all(&b, &o);
    assert_int_equal(o.facts->memtag.is, RP_YES);
    assert_int_equal(o.facts->memtag_mode, 1);
    assert_true(o.facts->memtag_stack && !o.facts->memtag_heap);
    opened_free(&o);
    b = build_start(EM_AARCH64, true, false, ET_EXEC);
    const uint64_t sync_heap[] = {2 | 4};
    uint64_t at = build_note(&b, "Android", NT_ANDROID_TYPE_MEMTAG, sync_heap, 1, 4, 4);
    build_phdr(&b, PT_NOTE, PF_R, at, b.len - at, 4);
    build_finish(&b, PF_R);
    read_all(&b, &o);
    assert_int_equal(o.facts->memtag.is, RP_YES);
    assert_int_equal(o.facts->memtag_mode, 0);
    assert_true(o.facts->memtag_heap && !o.facts->memtag_stack);
    opened_free(&o);
    b = build_start(EM_X86_64, true, false, ET_DYN); /* the same numbers mean nothing here */
    build_tag(&b, DT_AARCH64_MEMTAG_MODE, 1);
    build_tag(&b, DT_NULL, 0);
    build_finish(&b, PF_R);
    read_all(&b, &o);
    assert_int_equal(o.facts->memtag.is, RP_NO);
    opened_free(&o);
}

/* gABI: with 0xffff program headers the number is in section 0, and so are the section counts. */
static void extended_numbers_are_in_section_zero(void **state)
{
    (void)state;
    build b = build_start(EM_X86_64, true, false, ET_EXEC);
    build_phdr(&b, PT_GNU_STACK, PF_R | PF_W, 0, 0, 16);
    b.shoff = b.len;
    b.len += 2 * 64;
    build_put(&b, b.shoff + 32, 2, 8); /* sh_size: e_shnum */
    build_put(&b, b.shoff + 40, 1, 4); /* sh_link: e_shstrndx */
    build_put(&b, b.shoff + 44, 2, 4); /* sh_info: e_phnum */
    build_put(&b, b.shoff + 64, 1, 4); /* the name table names itself */
    build_put(&b, b.shoff + 64 + 4, SHT_STRTAB, 4);
    build_put(&b, b.shoff + 64 + 24, b.len, 8);
    build_put(&b, b.shoff + 64 + 32, 7, 8);
    build_bytes(&b, "\0names", 7);
    build_finish(&b, PF_R);
    build_put(&b, 56, 0xffff, 2);
    build_put(&b, 60, 0, 2);
    build_put(&b, 62, 0xffff, 2);
    opened o;
    read_all(&b, &o);
    assert_int_equal(o.img->elf->nphdrs, 2);
    assert_int_equal(o.img->nsegments, 1);
    assert_int_equal(o.img->nsections, 1);
    assert_true(rp_str_is(o.img->sections[0].name, "names"));
    assert_int_equal(o.img->nanomalies, 0);
    opened_free(&o);
    build_put(&b, 40, 0xffffff, 8); /* e_shoff */
    refuses(b.bytes, b.len, "which is not there");
}

static void relr_and_text_relocations_are_counted(void **state)
{
    (void)state;
    build b = build_start(EM_X86_64, true, false, ET_DYN);
    uint64_t relr = build_add(&b, BUILD_BASE + 0x500, 8);
    build_add(&b, 1 | (5u << 1), 8); /* words 1 and 3 after it */
    uint64_t rela = build_add(&b, BUILD_BASE + 0x600, 8);
    build_add(&b, (1ull << 32) | 18, 8); /* R_X86_64_TPOFF64 */
    build_add(&b, 0, 8);
    build_add(&b, 0, 8); /* R_X86_64_NONE writes nothing */
    build_add(&b, 0, 8);
    build_add(&b, 0, 8);
    b.len = 0x800; /* so that the segment holds the places */
    const uint64_t tags[][2] = {{DT_RELR, BUILD_BASE + relr},
                                {DT_RELRSZ, 16},
                                {DT_RELA, BUILD_BASE + rela},
                                {DT_RELASZ, 48}};
    for (size_t i = 0; i < RP_COUNT(tags); i++)
        build_tag(&b, tags[i][0], tags[i][1]);
    build_tag(&b, DT_NULL, 0);
    build writable = b;
    build_finish(&b, PF_R | PF_X);
    opened o;
    read_all(&b, &o);
    assert_int_equal(o.facts->relr, 3);
    assert_int_equal(o.facts->relocations, 2);
    assert_int_equal(o.facts->tls_tpoff, 1);
    assert_int_equal(o.facts->text_relocs, 4);
    assert_int_equal(rp_elf_relocations(o.img)->text_at, rela);
    opened_free(&o);
    build_finish(&writable, PF_R | PF_W);
    read_all(&writable, &o);
    assert_int_equal(o.facts->text_relocs, 0);
    opened_free(&o);
}

static void android_packed_relocations_are_unpacked(void **state)
{
    (void)state;
    /* 3 records from offset 8: a group of 2 with common offset step 8 and info 8 (RELATIVE), then
     * one with its own offset delta and info 16 (DTPMOD64) and an addend */
    const uint8_t packed[] = {'A', 'P', 'S', '2', 3, 8, 2, 3, 8, 8, 1, 8, 16, 16, 1};
    build b = build_start(EM_X86_64, true, false, ET_DYN);
    uint64_t at = build_bytes(&b, packed, sizeof packed);
    build_tag(&b, DT_ANDROID_RELA, BUILD_BASE + at);
    build_tag(&b, DT_ANDROID_RELASZ, sizeof packed);
    build_tag(&b, DT_NULL, 0);
    build cut = b;
    build_finish(&b, PF_R | PF_W);
    opened o;
    read_all(&b, &o);
    assert_int_equal(o.facts->android_packed, 3);
    assert_int_equal(o.facts->relative_relocations, 2);
    assert_int_equal(o.facts->tls_dtpmod, 1);
    opened_free(&o);
    cut.bytes[at + 4] = 4; /* one record more than there is */
    build_finish(&cut, PF_R | PF_W);
    read_all(&cut, &o);
    assert_int_equal(o.facts->android_packed, UINT32_MAX);
    assert_true(o.img->nanomalies > 0);
    opened_free(&o);
}

/* MIPS64 r_info: a 32-bit symbol in file order, then r_ssym, r_type3, r_type2, r_type. */
static void mips64_relocation_types_are_single_bytes(void **state)
{
    (void)state;
    for (int big = 0; big < 2; big++) {
        build b = build_start(EM_MIPS, true, big, ET_DYN);
        uint64_t rel = build_add(&b, BUILD_BASE, 8);
        build_add(&b, 7, 4);
        build_bytes(&b, "\0\0\0\050", 4); /* R_MIPS_TLS_DTPMOD64 */
        build_tag(&b, DT_REL, BUILD_BASE + rel);
        build_tag(&b, DT_RELSZ, 16);
        build_tag(&b, DT_NULL, 0);
        build_finish(&b, PF_R | PF_W);
        opened o;
        read_all(&b, &o);
        assert_int_equal(o.facts->tls_dtpmod, 1);
        assert_int_equal(o.facts->relocations, 1);
        opened_free(&o);
    }
}

static uint64_t add_symbol(build *b, uint32_t name, uint8_t info, uint16_t shndx, uint64_t value)
{
    uint64_t at = build_add(b, name, 4);
    build_add(b, info, 1);
    build_add(b, 0, 1);
    build_add(b, shndx, 2);
    build_add(b, value, 8);
    build_add(b, 0, 8);
    return at;
}

/* Symbols 1 (import), 2 and 3 (defined); only the last two are hashed, from index 2 on. */
static void gnu_hash_counts_symbols_without_sections(void **state)
{
    (void)state;
    build b = build_start(EM_X86_64, true, false, ET_DYN);
    uint64_t names = build_bytes(&b, strings, sizeof strings);
    build_align(&b, 8);
    uint64_t symtab = add_symbol(&b, 0, 0, 0, 0);
    add_symbol(&b, S_LIBC, 0x12, 0, 0);
    add_symbol(&b, S_LIB, 0x12, 5, 0x1234);
    add_symbol(&b, S_PATH, 0x11, 5, 0x5678);
    uint64_t hash = build_add(&b, 2, 4); /* buckets */
    build_add(&b, 2, 4);                 /* symoffset */
    build_add(&b, 1, 4);                 /* bloom words */
    build_add(&b, 6, 4);
    build_add(&b, UINT64_MAX, 8);
    build_add(&b, 2, 4); /* both buckets */
    build_add(&b, 3, 4);
    build_add(&b, 0x11, 4); /* chains: each ends at once */
    build_add(&b, 0x21, 4);
    const uint64_t tags[][2] = {{DT_STRTAB, BUILD_BASE + names},
                                {DT_STRSZ, sizeof strings},
                                {DT_SYMTAB, BUILD_BASE + symtab},
                                {DT_GNU_HASH, BUILD_BASE + hash}};
    for (size_t i = 0; i < RP_COUNT(tags); i++)
        build_tag(&b, tags[i][0], tags[i][1]);
    build_tag(&b, DT_NULL, 0);
    build_finish(&b, PF_R);
    opened o;
    read_all(&b, &o);
    assert_int_equal(o.img->symbols_known, RP_YES);
    assert_int_equal(o.img->nsymbols, 3);
    assert_int_equal(o.facts->exported, 2);
    assert_true(rp_str_is(o.img->symbols[0].name, "libc.so.6"));
    assert_false(o.img->symbols[0].defined);
    assert_true(o.img->symbols[2].addr == 0x5678);
    assert_int_equal(o.img->symbols[2].kind, RP_SYM_OBJECT);
    assert_true(rp_str_is(o.facts->gnu_hash_style, "gnu"));
    opened_free(&o);
}

/* A hash table that cannot say how many symbols there are leaves it to the table behind them, and
 * is silent where none is: (first hashed symbol, what the bucket holds, chain word). */
static void hash_tables_without_an_end_count_nothing(void **state)
{
    (void)state;
    static const struct {
        uint32_t first, bucket, chain;
        bool bound;
        uint64_t symbols; /* with the null symbol; 0: nobody knows */
    } rows[] = {
        {1, 1, 1, false, 2},
        {1, 1, 0, true, 2},  /* the chain runs out of the file */
        {1, 1, 0, false, 0}, /* and no table lies behind the symbols */
        {RP_MAX_SYMBOLS - 1, RP_MAX_SYMBOLS - 1, 1, false, RP_MAX_SYMBOLS},
        {RP_MAX_SYMBOLS, RP_MAX_SYMBOLS, 1, false, 0},
        {UINT32_MAX, UINT32_MAX, 1, false, 0},
        {3, 0, 1, false, 3}, /* nothing is hashed: all are imports */
    };
    for (size_t i = 0; i < RP_COUNT(rows); i++) {
        build b = build_start(EM_X86_64, true, false, ET_DYN);
        build_align(&b, 8);
        const uint64_t hash = BUILD_BASE + b.len + 4 * 16, symtab = hash + 6 * 4;
        build_tag(&b, DT_SYMTAB, symtab);
        build_tag(&b, DT_GNU_HASH, hash);
        build_tag(&b, rows[i].bound ? DT_STRTAB : DT_DEBUG, symtab + 2 * 24);
        build_tag(&b, DT_NULL, 0);
        build_add(&b, 1, 4); /* buckets */
        build_add(&b, rows[i].first, 4);
        build_add(&b, 0, 4); /* bloom words */
        build_add(&b, 0, 4);
        build_add(&b, rows[i].bucket, 4);
        build_add(&b, rows[i].chain, 4);
        add_symbol(&b, 0, 0, 0, 0); /* no word from here on would end a chain */
        add_symbol(&b, 0, 0x12, 6, 0x1234);
        build_add(&b, 0, 8);
        build_finish(&b, PF_R);
        opened o;
        opened_read(&o, b.bytes, b.len, 0);
        uint64_t off = 0, n = 0;
        assert_int_equal(rp_elf_dynsym_extent(o.img, &off, &n), rows[i].symbols != 0);
        if (n != rows[i].symbols)
            fail_msg("row %zu: %llu symbols", i, (unsigned long long)n);
        opened_free(&o);
    }
}

/* .eh_frame_hdr: version 1, pcrel sdata4, udata4, datarel sdata4; entries need not be sorted. */
static void function_starts_come_from_the_search_table(void **state)
{
    (void)state;
    build b = build_start(EM_X86_64, true, false, ET_DYN);
    uint64_t at = build_bytes(&b, "\001\033\003\073", 4);
    build_add(&b, 0, 4);
    build_add(&b, 3, 4);
    for (uint32_t i = 0; i < 3; i++) {
        build_add(&b, i == 1 ? (uint32_t)-0x100 : 0x100 * i, 4);
        build_add(&b, 0, 4);
    }
    build_phdr(&b, PT_GNU_EH_FRAME, PF_R, at, b.len - at, 4);
    build_finish(&b, PF_R);
    opened o;
    read_all(&b, &o);
    const uint64_t *starts;
    uint32_t n;
    rp_elf_function_starts(o.img, &starts, &n);
    uint64_t base = BUILD_BASE + at;
    assert_int_equal(o.facts->functions, 3);
    assert_int_equal(n, 3);
    assert_true(starts[0] == base - 0x100 && starts[1] == base && starts[2] == base + 0x200);
    opened_free(&o);
    build_put(&b, at + 8, 1000, 4); /* more than there is room for */
    read_all(&b, &o);
    assert_int_equal(o.facts->functions, 3);
    assert_true(o.img->nanomalies > 0);
    opened_free(&o);
}

static void odd_segments_are_noted(void **state)
{
    (void)state;
    build b = build_start(EM_X86_64, true, false, ET_EXEC);
    build_phdr(&b, PT_LOAD, PF_R | PF_W | PF_X, 0, 1 << 20, 0x1001);
    build_finish(&b, PF_R); /* overlaps the first */
    opened o;
    read_all(&b, &o);
    assert_int_equal(o.img->nanomalies, 3);
    assert_int_equal(o.facts->nwx, 1);
    assert_int_equal(o.img->segments[0].filesz, b.len);
    opened_free(&o);
    build_put(&b, 64 + 16, UINT64_MAX - 0x100, 8);
    read_all(&b, &o);
    assert_non_null(strstr(o.img->anomaly_items[0].text, "wraps"));
    opened_free(&o);
}

static void firmware_is_not_a_program(void **state)
{
    (void)state;
    build b = build_start(EM_ARM, false, false, ET_EXEC);
    uint64_t at = build_phdr(&b, PT_LOAD, PF_R | PF_W, 0, 0x100, 4);
    build_put(&b, at + 12, 0x20000, 4); /* p_paddr: stored in flash, copied to RAM */
    b.len = BUILD_DATA;
    build_finish(&b, PF_R | PF_X);
    opened o;
    read_all(&b, &o);
    assert_true(o.facts->bare_metal);
    assert_int_equal(o.img->kind, RP_KIND_KERNEL);
    assert_int_equal(o.facts->type, RP_ELF_EXEC_STATIC);
    opened_free(&o);
}

static void upx_is_seen_through_its_marker(void **state)
{
    (void)state;
    build b = build_start(EM_X86_64, true, false, ET_EXEC);
    uint64_t at = build_phdr(&b, PT_LOAD, PF_R | PF_W, 0, 0, 0x1000);
    build_put(&b, at + 40, 0x100000, 8); /* p_memsz */
    b.len = BUILD_DATA;
    build_finish(&b, PF_R | PF_X);
    opened o;
    uint64_t marker;
    read_all(&b, &o);
    assert_int_equal(rp_elf_packed(o.img, &marker), RP_NO);
    opened_free(&o);
    memcpy(b.bytes + 64 + 2 * 56 + 4, "UPX!", 4);
    read_all(&b, &o);
    assert_int_equal(rp_elf_packed(o.img, &marker), RP_YES);
    assert_int_equal(marker, 64 + 2 * 56 + 4);
    opened_free(&o);
}

/* A section header table: null, one section over [off, off+size), the names. */
static void add_sections(build *b, const char *name, uint32_t type, uint64_t flags, uint64_t off,
                         uint64_t size)
{
    unsigned w = build_word(b);
    uint64_t names = build_add(b, 0, 1);
    build_bytes(b, name, strlen(name) + 1);
    build_align(b, 8);
    const uint64_t rows[3][5] = {
        {0}, {1, type, flags, off, size}, {0, SHT_STRTAB, 0, names, strlen(name) + 2}};
    b->shoff = b->len;
    b->shnum = 3;
    b->shstrndx = 2;
    for (size_t i = 0; i < 3; i++) {
        build_add(b, rows[i][0], 4);
        build_add(b, rows[i][1], 4);
        build_add(b, rows[i][2], w);
        build_add(b, 0, w);
        build_add(b, rows[i][3], w);
        build_add(b, rows[i][4], w);
        build_add(b, 0, 8); /* sh_link, sh_info */
        build_add(b, 0, w);
        build_add(b, 0, w);
    }
}

static void add_text(build *b, uint32_t type)
{
    b->len += 0x10;
    add_sections(b, ".text", type, SHF_ALLOC | SHF_EXECINSTR, BUILD_DATA, 0x10);
}

/* .ARM.attributes: Tag_CPU_name "x", Tag_CPU_arch_profile as given. */
static void profile_of_an_arm_core_tells_firmware(void **state)
{
    (void)state;
    static const char profiles[] = "AM";
    for (size_t i = 0; i < 2; i++) {
        build b = build_start(EM_ARM, false, false, ET_EXEC);
        uint8_t attributes[] = {'A', 20, 0, 0, 0, 'a', 'e', 'a', 'b', 'i', 0,
                                1,   10, 0, 0, 0, 5,   'x', 0,   7,   0};
        attributes[sizeof attributes - 1] = (uint8_t)profiles[i];
        uint64_t at = build_bytes(&b, attributes, sizeof attributes);
        add_sections(&b, ".ARM.attributes", 0x70000003, 0, at, sizeof attributes);
        build_finish(&b, PF_R | PF_X);
        opened o;
        read_all(&b, &o);
        assert_int_equal(o.facts->bare_metal, profiles[i] == 'M');
        assert_int_equal(o.img->kind, profiles[i] == 'M' ? RP_KIND_KERNEL : RP_KIND_EXECUTABLE);
        opened_free(&o);
    }
}

static void kernel_modules_are_no_plain_objects(void **state)
{
    (void)state;
    build b = build_start(EM_X86_64, true, false, ET_REL);
    b.len += 0x10;
    add_sections(&b, ".gnu.linkonce.this_module", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, BUILD_DATA,
                 0x10);
    build_finish(&b, PF_R);
    opened o;
    read_all(&b, &o);
    assert_int_equal(o.img->kind, RP_KIND_KERNEL);
    assert_int_equal(o.facts->type, RP_ELF_OBJECT);
    assert_int_equal(o.facts->object_stack_note.is, RP_NO);
    opened_free(&o);
}

static void separate_debug_files_are_recognised(void **state)
{
    (void)state;
    static const uint32_t types[] = {SHT_PROGBITS, SHT_NOBITS};
    static const rp_kind kinds[] = {RP_KIND_EXECUTABLE, RP_KIND_DEBUG};
    for (size_t i = 0; i < 2; i++) {
        build b = build_start(EM_X86_64, true, false, ET_EXEC);
        add_text(&b, types[i]);
        build_finish(&b, PF_R | PF_X);
        opened o;
        read_all(&b, &o);
        assert_int_equal(o.img->kind, kinds[i]);
        assert_int_equal(o.img->nsections, 2);
        opened_free(&o);
    }
}

static void section_headers_beyond_the_file_leave_segments_alone(void **state)
{
    (void)state;
    build b = build_start(EM_X86_64, true, false, ET_EXEC);
    add_text(&b, SHT_PROGBITS);
    build_phdr(&b, PT_GNU_STACK, PF_R | PF_W, 0, 0, 16);
    build_finish(&b, PF_R | PF_X);
    b.len = b.shoff + 10;
    opened o;
    read_all(&b, &o);
    assert_int_equal(o.img->nsections, 0);
    assert_int_equal(o.facts->stack, RP_STACK_NOEXEC);
    assert_false(o.facts->section_headers);
    assert_int_equal(o.facts->kcfi_traps.is, RP_UNKNOWN);
    assert_true(o.img->nanomalies > 0);
    opened_free(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_that_cannot_be_understood_say_why),
        cmocka_unit_test(last_stack_header_wins),
        cmocka_unit_test(missing_stack_header_is_not_noexec),
        cmocka_unit_test(first_interpreter_wins),
        cmocka_unit_test(type_follows_the_rules),
        cmocka_unit_test(each_immediate_binding_tag_counts),
        cmocka_unit_test(relro_is_judged_to_the_byte),
        cmocka_unit_test(paths_are_split_and_kept_in_order),
        cmocka_unit_test(broken_dynamic_sections_are_unknown_not_absent),
        cmocka_unit_test(properties_belong_to_a_machine),
        cmocka_unit_test(malformed_properties_are_unknown),
        cmocka_unit_test(property_segment_outranks_notes_and_the_last_one_counts),
        cmocka_unit_test(memory_tagging_is_read_from_tags_and_from_the_note),
        cmocka_unit_test(extended_numbers_are_in_section_zero),
        cmocka_unit_test(relr_and_text_relocations_are_counted),
        cmocka_unit_test(android_packed_relocations_are_unpacked),
        cmocka_unit_test(mips64_relocation_types_are_single_bytes),
        cmocka_unit_test(gnu_hash_counts_symbols_without_sections),
        cmocka_unit_test(hash_tables_without_an_end_count_nothing),
        cmocka_unit_test(function_starts_come_from_the_search_table),
        cmocka_unit_test(odd_segments_are_noted),
        cmocka_unit_test(firmware_is_not_a_program),
        cmocka_unit_test(upx_is_seen_through_its_marker),
        cmocka_unit_test(profile_of_an_arm_core_tells_firmware),
        cmocka_unit_test(kernel_modules_are_no_plain_objects),
        cmocka_unit_test(separate_debug_files_are_recognised),
        cmocka_unit_test(section_headers_beyond_the_file_leave_segments_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
