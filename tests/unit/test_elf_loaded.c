/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* i386 libraries with text relocations: where calls lead once the dynamic linker has been there.
 * tests/differential/thunks.py has compilers' libraries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/numbers.h"
#include "elf_builder.h"
#include "isa/landmarks_elf.h"
#include "obj/elf_loaded.h"
#include "obj/functions.h"

enum { R_386_32 = 1, R_386_PC32 = 2, R_386_RELATIVE = 8, R_386_TLS_TPOFF = 14, R_386_GOTPC = 10 };
enum { THUNK = 1, OWN = 2 };

/* call *through eax's thunk; ret; call own; ret; mov eax, own; ret; own: ret */
static const uint8_t code[] = {0xe8, 0xfc, 0xff, 0xff, 0xff, 0xc3, 0xe8, 0xfc, 0xff, 0xff,
                               0xff, 0xc3, 0xb8, 0,    0,    0,    0,    0xc3, 0xc3};
enum { AT_THUNK = 1, AT_OWN = 7, AT_WORD = 13, AT_LAST = 18 };

typedef struct {
    build b;
    uint64_t code, records;
} library;

static library start(void)
{
    static const char names[] = "\0__x86_indirect_thunk_eax\0own";
    static const uint32_t hash[] = {1, 3, 1, 0, 2, 0};
    library l = {.b = build_start(EM_386, false, false, ET_DYN)};
    build *b = &l.b;
    l.code = build_bytes(b, code, sizeof code);
    build_align(b, 4);
    uint64_t strings = build_bytes(b, names, sizeof names);
    build_align(b, 4);
    uint64_t symbols = b->len;
    const uint64_t words[] = {0, 0,      0, 0, 1, 0, 0, 0x12, 26, BUILD_BASE + l.code + AT_LAST,
                              1, 0x10012};
    for (size_t i = 0; i < RP_COUNT(words); i++)
        build_add(b, words[i], 4);
    uint64_t table = b->len;
    for (size_t i = 0; i < RP_COUNT(hash); i++)
        build_add(b, hash[i], 4);
    l.records = b->len;
    build_tag(b, DT_STRTAB, BUILD_BASE + strings);
    build_tag(b, DT_STRSZ, sizeof names);
    build_tag(b, DT_SYMTAB, BUILD_BASE + symbols);
    build_tag(b, DT_SYMENT, 16);
    build_tag(b, DT_HASH, BUILD_BASE + table);
    return l;
}

static void relocation(library *l, uint64_t into, uint32_t type, uint32_t symbol)
{
    build_add(&l->b, BUILD_BASE + l->code + into, 4);
    build_add(&l->b, symbol << 8 | type, 4);
}

/* Tags stand first, the records behind them: `n` of these. */
static void finish(library *l, const uint32_t (*records)[3], size_t n, bool textrel)
{
    build *b = &l->b;
    size_t left = 5 * 8; /* what is still to come of the tags */
    build_tag(b, DT_REL, BUILD_BASE + b->len + left - (textrel ? 0 : 8));
    build_tag(b, DT_RELSZ, n * 8);
    build_tag(b, DT_RELENT, 8);
    if (textrel)
        build_tag(b, DT_TEXTREL, 0);
    build_tag(b, DT_NULL, 0);
    for (size_t i = 0; i < n; i++)
        relocation(l, records[i][0], records[i][1], records[i][2]);
    build_finish(b, PF_R | PF_X);
}

static const uint32_t plain[][3] = {{AT_THUNK, R_386_PC32, THUNK},
                                    {AT_OWN, R_386_PC32, OWN},
                                    {AT_WORD, R_386_32, OWN},
                                    {0x100, R_386_TLS_TPOFF, 0}};

typedef struct {
    rp_arena arena;
    rp_source src;
    rp_image *img, *loaded;
    bool ok;
} image;

static void load(image *o, const uint8_t *bytes, size_t n, uint64_t fail_at)
{
    rp_error err = {0};
    *o = (image){.arena = {.limit = 64u << 20}};
    (void)rp_arena_fail_at(fail_at);
    o->src = rp_source_memory((rp_bytes){bytes, n}, &o->arena);
    o->ok = rp_image_open(&o->src, &o->arena, &o->img, &err) == RP_OK &&
            rp_load_code(o->img, &o->loaded);
    (void)rp_arena_fail_at(0);
}

static uint32_t word(rp_image *img, uint64_t addr)
{
    rp_bytes b;
    assert_true(rp_image_bytes(img, addr, 4, &b));
    return rp_le32(b.ptr);
}

static void calls_lead_where_the_relocations_say(void **state)
{
    library l = start();
    image o;
    (void)state;
    finish(&l, plain, RP_COUNT(plain), true);
    load(&o, l.b.bytes, l.b.len, 0);
    assert_true(o.ok);
    assert_non_null(o.loaded->loaded);
    assert_true(o.loaded->loaded->whole);
    uint64_t at = BUILD_BASE + l.code;
    const rp_symbol *thunk = &o.loaded->symbols[THUNK - 1];
    assert_true(thunk->addr >= o.loaded->loaded->externs);
    assert_int_equal((uint32_t)(at + AT_THUNK + 4 + word(o.loaded, at + AT_THUNK)), thunk->addr);
    assert_int_equal((uint32_t)(at + AT_OWN + 4 + word(o.loaded, at + AT_OWN)), at + AT_LAST);
    assert_int_equal(word(o.loaded, at + AT_WORD), at + AT_LAST);
    assert_int_equal(word(o.img, at + AT_THUNK), 0xfffffffc); /* the file's own bytes stay */
    assert_int_equal(o.img->symbols[THUNK - 1].addr, 0);
    rp_arena_free(&o.arena);
}

static void the_thunk_is_known_by_its_relocation(void **state)
{
    library l = start();
    image o;
    rp_functions functions;
    rp_code_map map;
    rp_error err = {0};
    (void)state;
    finish(&l, plain, RP_COUNT(plain), true);
    load(&o, l.b.bytes, l.b.len, 0);
    assert_true(o.ok);
    assert_true(rp_functions_read(o.loaded, &functions));
    assert_int_equal(rp_landmarks_elf(o.loaded, &functions, &map, &err), RP_OK);
    const rp_landmark *found = rp_landmarks_find(&map.landmarks, o.loaded->symbols[THUNK - 1].addr);
    assert_non_null(found);
    assert_int_equal(found->id, RP_LM_RETPOLINE);
    rp_arena_free(&o.arena);
}

static void what_needs_no_copy_gets_none(void **state)
{
    library l = start(), data = start();
    image o;
    (void)state;
    finish(&l, plain, RP_COUNT(plain), false);
    load(&o, l.b.bytes, l.b.len, 0);
    assert_true(o.ok);
    assert_ptr_equal(o.loaded, o.img);
    rp_arena_free(&o.arena);
    finish(&data, plain, 0, true);
    load(&o, data.b.bytes, data.b.len, 0);
    assert_true(o.ok);
    assert_ptr_equal(o.loaded, o.img);
    rp_arena_free(&o.arena);
}

/* A relocation of code that is not understood leaves an instruction that will not run like that. */
static void what_is_not_understood_is_not_whole(void **state)
{
    static const uint32_t bends[][3] = {{AT_THUNK, R_386_GOTPC, THUNK}, /* no dynamic type */
                                        {AT_THUNK, 0xee, THUNK},        /* no type */
                                        {AT_THUNK, R_386_PC32, 77}};    /* no symbol */
    (void)state;
    for (size_t i = 0; i < RP_COUNT(bends); i++) {
        library l = start();
        image o;
        finish(&l, &bends[i], 1, true);
        load(&o, l.b.bytes, l.b.len, 0);
        assert_true(o.ok);
        assert_non_null(o.loaded->loaded);
        assert_false(o.loaded->loaded->whole);
        rp_arena_free(&o.arena);
    }
}

static void read_all(image *o)
{
    rp_functions functions;
    rp_code_map map;
    rp_error err = {0};
    if (o->ok && o->img->elf != NULL && rp_functions_read(o->loaded, &functions))
        (void)!rp_landmarks_elf(o->loaded, &functions, &map, &err);
    rp_arena_free(&o->arena);
}

static void any_bytes_end(void **state)
{
    library l = start();
    image o;
    (void)state;
    finish(&l, plain, RP_COUNT(plain), true);
    for (size_t n = 0; n < l.b.len; n++) {
        load(&o, l.b.bytes, n, 0);
        read_all(&o);
    }
    for (size_t i = 0; i < l.b.len * 8; i++) {
        l.b.bytes[i / 8] ^= (uint8_t)(1u << i % 8);
        load(&o, l.b.bytes, l.b.len, 0);
        read_all(&o);
        l.b.bytes[i / 8] ^= (uint8_t)(1u << i % 8);
    }
}

static void out_of_memory_is_told(void **state)
{
    library l = start();
    (void)state;
    finish(&l, plain, RP_COUNT(plain), true);
    for (uint64_t n = 1; n < 200; n++) {
        image o;
        load(&o, l.b.bytes, l.b.len, n);
        bool whole = o.ok && o.loaded->loaded != NULL && o.loaded->loaded->whole;
        bool refused = o.arena.refused;
        rp_arena_free(&o.arena);
        assert_true(whole || !o.ok || refused);
        if (whole && !refused)
            return;
    }
    fail_msg("more than 200 allocations");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_lead_where_the_relocations_say),
        cmocka_unit_test(the_thunk_is_known_by_its_relocation),
        cmocka_unit_test(what_needs_no_copy_gets_none),
        cmocka_unit_test(what_is_not_understood_is_not_whole),
        cmocka_unit_test(any_bytes_end),
        cmocka_unit_test(out_of_memory_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
