/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A small PE image, built field by field: what no linker would write can be written over it.
 * Include after cmocka.h.
 *
 *   file 0x000 DOS header, 0x080 PE header; 0x400 .text (RVA 0x1000, RX); 0x600 .data (RVA 0x2000,
 * RW, 0xa00 bytes) RVA 0x2000 load configuration, 0x2180 guard table, 0x21c0 relocations, 0x2200
 * debug directory and data, 0x2300 imports, 0x2500 exports, 0x2600 TLS directory and callbacks,
 * 0x2700 exception directory, 0x2800 cookie */
#ifndef RP_TESTS_UNIT_PE_IMAGE_H
#define RP_TESTS_UNIT_PE_IMAGE_H

#include "base/arena.h"
#include "base/source.h"
#include "facts/facts.h"
#include "facts/pe_facts_build.h"
#include "obj/pe.h"
#include "obj/pe_load_config.h"

enum { PE_AT = 0x80, OPT = PE_AT + 24, TEXT = 0x400, DATA = 0x600, IMAGE_SIZE = 0x1000 };

typedef struct {
    uint8_t at[IMAGE_SIZE];
    size_t len;
    bool wide;
} pe_image;

static inline void put(pe_image *p, size_t at, uint64_t value, unsigned width)
{
    for (unsigned i = 0; i < width; i++)
        p->at[at + i] = (uint8_t)(value >> (8 * i));
}

static inline void put_text(pe_image *p, size_t at, const char *text)
{
    memcpy(p->at + at, text, strlen(text) + 1);
}

/* File offset of an RVA in .data. */
static inline size_t data_at(uint32_t rva)
{
    return rva - 0x2000 + DATA;
}

static inline uint64_t base_of(const pe_image *p)
{
    return p->wide ? 0x140000000 : 0x400000;
}

static inline size_t dir_at(const pe_image *p, unsigned dir)
{
    return OPT + (p->wide ? 112u : 96u) + 8u * dir;
}

static inline void put_dir(pe_image *p, unsigned dir, uint32_t rva, uint32_t size)
{
    put(p, dir_at(p, dir), rva, 4);
    put(p, dir_at(p, dir) + 4, size, 4);
}

static inline size_t sections_at(const pe_image *p)
{
    return dir_at(p, 16);
}

static inline void put_section(pe_image *p, unsigned i, const char *name, uint32_t rva,
                               uint32_t offset, uint32_t size, uint32_t flags)
{
    size_t at = sections_at(p) + 40u * i;
    memcpy(p->at + at, name, strlen(name) < 8 ? strlen(name) : 8);
    put(p, at + 8, size, 4);
    put(p, at + 12, rva, 4);
    put(p, at + 16, size, 4);
    put(p, at + 20, offset, 4);
    put(p, at + 36, flags, 4);
}

static inline void put_headers(pe_image *p)
{
    unsigned width = p->wide ? 8 : 4;
    put_text(p, 0, "MZ");
    put(p, 0x18, 0x40, 2);
    put(p, 0x3c, PE_AT, 4);
    put_text(p, PE_AT, "PE");
    put(p, PE_AT + 4, p->wide ? RP_PE_AMD64 : RP_PE_I386, 2);
    put(p, PE_AT + 6, 2, 2);
    put(p, PE_AT + 20, (p->wide ? 112 : 96) + 128, 2);
    put(p, PE_AT + 22, 0x22, 2);
    put(p, OPT, p->wide ? 0x20b : 0x10b, 2);
    put(p, OPT + 2, 14, 1);
    put(p, OPT + 16, 0x1000, 4);
    put(p, OPT + (p->wide ? 24 : 28), base_of(p), width);
    put(p, OPT + 32, 0x1000, 4);
    put(p, OPT + 36, 0x200, 4);
    put(p, OPT + 56, 0x3000, 4);
    put(p, OPT + 60, 0x400, 4);
    put(p, OPT + 68, 3, 2);
    put(p, OPT + 70, 0xc160, 2);
    put(p, OPT + (p->wide ? 108 : 92), 16, 4);
    put_section(p, 0, ".text", 0x1000, TEXT, 0x200, 0x60000020);
    put_section(p, 1, ".data", 0x2000, DATA, 0xa00, 0xc0000040);
}

static inline void put_load_config(pe_image *p)
{
    size_t at = data_at(0x2000);
    unsigned width = p->wide ? 8 : 4;
    uint64_t base = base_of(p);
    put(p, at, p->wide ? 0x140 : 0xc0, 4);
    put(p, at + (p->wide ? 0x58 : 0x3c), base + 0x2800, width);
    put(p, at + (p->wide ? 0x70 : 0x48), base + 0x2820, width);
    put(p, at + (p->wide ? 0x80 : 0x50), base + 0x2180, width);
    put(p, at + (p->wide ? 0x88 : 0x54), 2, width);
    put(p, at + (p->wide ? 0x90 : 0x58), 0x10000500, 4); /* entries of 5 bytes */
    put(p, data_at(0x2180), 0x1000, 4);
    put(p, data_at(0x2185), 0x1010, 4);
    put(p, data_at(0x2800), p->wide ? 0x2b992ddfa232 : 0xbb40e64e, width);
    put_dir(p, RP_PE_DIR_LOAD_CONFIG, 0x2000, p->wide ? 0x140 : 0xc0);
}

static inline void put_imports(pe_image *p)
{
    unsigned width = p->wide ? 8 : 4;
    size_t at = data_at(0x2300);
    put(p, at, 0x2340, 4);
    put(p, at + 12, 0x23c0, 4);
    put(p, at + 16, 0x2380, 4);
    for (int table = 0; table < 2; table++) {
        put(p, data_at(0x2340) + 0x40u * (unsigned)table, 0x23a0, width);
        put(p, data_at(0x2340) + 0x40u * (unsigned)table + width, 1ull << (8 * width - 1) | 7,
            width);
    }
    put(p, data_at(0x23a0), 5, 2);
    put_text(p, data_at(0x23a2), "ExitProcess");
    put_text(p, data_at(0x23c0), "KERNEL32.dll");
    put_dir(p, RP_PE_DIR_IMPORT, 0x2300, 40);
}

static inline void put_exports(pe_image *p)
{
    size_t at = data_at(0x2500);
    put(p, at + 16, 10, 4); /* ordinal base */
    put(p, at + 20, 3, 4);
    put(p, at + 24, 1, 4);
    put(p, at + 28, 0x2540, 4);
    put(p, at + 32, 0x2550, 4);
    put(p, at + 36, 0x2558, 4);
    put(p, data_at(0x2540), 0x1000, 4); /* slot 1 is empty */
    put(p, data_at(0x2548), 0x1020, 4);
    put(p, data_at(0x2550), 0x2560, 4);
    put(p, data_at(0x2558), 2, 2);
    put_text(p, data_at(0x2560), "answer");
    put_dir(p, RP_PE_DIR_EXPORT, 0x2500, 0x80);
}

static inline void put_debug(pe_image *p)
{
    size_t at = data_at(0x2200);
    put(p, at + 12, 2, 4);
    put(p, at + 16, 30, 4);
    put(p, at + 20, 0x2260, 4);
    put(p, at + 24, data_at(0x2260), 4);
    put_text(p, data_at(0x2260), "RSDS");
    for (unsigned i = 0; i < 16; i++)
        put(p, data_at(0x2264) + i, i + 1, 1);
    put(p, data_at(0x2274), 0x2a, 4);
    put_text(p, data_at(0x2278), "a.pdb");
    put(p, at + 28 + 12, 20, 4);
    put(p, at + 28 + 16, 4, 4);
    put(p, at + 28 + 24, data_at(0x2290), 4); /* not mapped */
    put(p, data_at(0x2290), 1, 4);
    put_dir(p, RP_PE_DIR_DEBUG, 0x2200, 56);
}

static inline void put_rest(pe_image *p)
{
    unsigned width = p->wide ? 8 : 4;
    put(p, data_at(0x21c0), 0x2000, 4);
    put(p, data_at(0x21c4), 16, 4);
    put(p, data_at(0x21c8), (p->wide ? 0xa058 : 0x303c), 2);
    put(p, data_at(0x21ca), (p->wide ? 0xa070 : 0x3048), 2);
    put_dir(p, RP_PE_DIR_BASERELOC, 0x21c0, 16);
    put(p, data_at(0x2600) + 3u * width, base_of(p) + 0x2640, width);
    put(p, data_at(0x2640), base_of(p) + 0x1000, width);
    put_dir(p, RP_PE_DIR_TLS, 0x2600, 4 * width + 8);
    put_dir(p, RP_PE_DIR_EXCEPTION, 0x2700, 24);
}

/* The whole image, 64-bit or 32-bit x86. */
static inline pe_image *pe_image_new(rp_arena *a, bool wide)
{
    pe_image *p = rp_new(a, 1, pe_image);
    assert_non_null(p);
    p->wide = wide;
    p->len = IMAGE_SIZE;
    put_headers(p);
    put_load_config(p);
    put_imports(p);
    put_exports(p);
    put_debug(p);
    put_rest(p);
    return p;
}

static inline rp_image *pe_open(rp_arena *a, rp_bytes bytes)
{
    rp_source *src = rp_new(a, 1, rp_source);
    rp_image *img = NULL;
    rp_error err = {0};
    assert_non_null(src);
    *src = rp_source_memory(bytes, a);
    rp_code code = rp_image_open(src, a, &img, &err);
    assert_int_equal(code, err.code);
    return img;
}

/* The image must open. */
static inline rp_image *pe_image_open(rp_arena *a, const pe_image *p)
{
    rp_image *img = pe_open(a, (rp_bytes){p->at, p->len});
    assert_non_null(img);
    assert_non_null(img->pe);
    return img;
}

static inline const rp_pe_facts *pe_image_facts(rp_arena *a, const pe_image *p)
{
    const rp_pe_facts *f = NULL;
    assert_int_equal(rp_pe_facts_build(pe_image_open(a, p), RP_NEED_SIGNATURE, &f, NULL), RP_OK);
    return f;
}

#endif
