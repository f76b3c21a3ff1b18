/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Writes small ELF files, whole or wrong on purpose, of any class and byte order: header, up to
 * BUILD_PHDRS program headers, then what the test adds. Offset o of the file is address
 * BUILD_BASE + o. */
#ifndef RP_TESTS_ELF_BUILDER_H
#define RP_TESTS_ELF_BUILDER_H

#include "base/arena.h"
#include "base/source.h"
#include "facts/elf_facts_build.h"
#include "facts/facts.h"
#include "obj/elf.h"
#include "obj/elf_const.h"

enum { BUILD_BASE = 0x10000, BUILD_PHDRS = 16, BUILD_DATA = 0x400, BUILD_CAP = 0x2000 };

typedef struct {
    uint8_t bytes[BUILD_CAP];
    size_t len;
    bool is64, big;
    uint32_t machine;
    uint16_t type;
    uint64_t entry, shoff;
    uint16_t shnum, shstrndx, phnum;
    uint64_t dynamic; /* offset where dynamic entries begin, 0 without */
} build;

static inline unsigned build_word(const build *b)
{
    return b->is64 ? 8 : 4;
}

static inline void build_put(build *b, size_t at, uint64_t v, unsigned width)
{
    for (unsigned i = 0; i < width && at + i < BUILD_CAP; i++) {
        unsigned byte = b->big ? width - 1 - i : i; /* wide fields are zero beyond 64 bits */
        b->bytes[at + i] = (uint8_t)(byte < 8 ? v >> (8 * byte) : 0);
    }
    if (at + width > b->len)
        b->len = at + width;
}

/* Appends an integer; returns its offset. */
static inline uint64_t build_add(build *b, uint64_t v, unsigned width)
{
    size_t at = b->len;
    build_put(b, at, v, width);
    return at;
}

static inline uint64_t build_bytes(build *b, const void *bytes, size_t n)
{
    size_t at = b->len;
    memcpy(b->bytes + at, bytes, n);
    b->len += n;
    return at;
}

static inline void build_align(build *b, size_t align)
{
    b->len = (b->len + align - 1) / align * align;
}

static inline build build_start(uint32_t machine, bool is64, bool big, uint16_t type)
{
    return (build){.machine = machine, .is64 = is64, .big = big, .type = type, .len = BUILD_DATA};
}

/* A program header of the range [off, off+size); returns the offset of its record. */
static inline uint64_t build_phdr(build *b, uint32_t type, uint32_t flags, uint64_t off,
                                  uint64_t size, uint64_t align)
{
    size_t len = b->len, w = build_word(b);
    size_t at = 64 + (size_t)b->phnum++ * (b->is64 ? 56 : 32), p = at;
    uint64_t fields[] = {off, BUILD_BASE + off, BUILD_BASE + off, size, size};
    build_put(b, p, type, 4);
    p += 4;
    if (b->is64)
        build_put(b, p, flags, 4), p += 4;
    for (size_t i = 0; i < RP_COUNT(fields); i++, p += w)
        build_put(b, p, fields[i], (unsigned)w);
    if (!b->is64)
        build_put(b, p, flags, 4), p += 4;
    build_put(b, p, align, (unsigned)w);
    b->len = len;
    return at;
}

static inline void build_tag(build *b, uint64_t tag, uint64_t value)
{
    if (b->dynamic == 0) {
        build_align(b, 8);
        b->dynamic = b->len;
    }
    build_add(b, tag, build_word(b));
    build_add(b, value, build_word(b));
}

/* One PT_LOAD over the whole file, PT_DYNAMIC over the tags, the header. */
static inline void build_finish(build *b, uint32_t load_flags)
{
    uint64_t dynamic_end = b->len;
    if (b->dynamic != 0)
        build_phdr(b, PT_DYNAMIC, PF_R | PF_W, b->dynamic, dynamic_end - b->dynamic, 8);
    build_phdr(b, PT_LOAD, load_flags, 0, b->len, 0x1000);
    size_t len = b->len, w = build_word(b), p = 24;
    const uint8_t ident[] = {0x7f, 'E', 'L', 'F', b->is64 ? 2 : 1, b->big ? 2 : 1, 1};
    memcpy(b->bytes, ident, sizeof ident);
    build_put(b, 16, b->type, 2);
    build_put(b, 18, b->machine, 2);
    build_put(b, 20, 1, 4);
    build_put(b, p, b->entry, (unsigned)w), p += w;
    build_put(b, p, 64, (unsigned)w), p += w;
    build_put(b, p, b->shoff, (unsigned)w), p += w + 4;
    build_put(b, p, b->is64 ? 64 : 52, 2);
    build_put(b, p + 2, b->is64 ? 56 : 32, 2);
    build_put(b, p + 4, b->phnum, 2);
    build_put(b, p + 6, b->is64 ? 64 : 40, 2);
    build_put(b, p + 8, b->shnum, 2);
    build_put(b, p + 10, b->shstrndx, 2);
    b->len = len;
}

/* A note with GNU's name; `desc` was built for this byte order. */
static inline uint64_t build_note(build *b, const char *name, uint32_t type, const uint64_t *words,
                                  size_t n, unsigned width, size_t align)
{
    build_align(b, align);
    uint64_t at = build_add(b, strlen(name) + 1, 4);
    build_add(b, n * width, 4);
    build_add(b, type, 4);
    build_bytes(b, name, strlen(name) + 1);
    build_align(b, align);
    for (size_t i = 0; i < n; i++)
        build_add(b, words[i], width);
    build_align(b, align);
    return at;
}

/* A file that was opened; free with opened_free. */
typedef struct {
    rp_arena arena;
    rp_source src;
    rp_image *img;
    const rp_elf_facts *facts;
    rp_error err;
    rp_code code;
} opened;

static inline void opened_read(opened *o, const uint8_t *bytes, size_t len, uint32_t needs)
{
    *o = (opened){.arena = {.limit = 64u << 20}};
    o->src = rp_source_memory((rp_bytes){bytes, len}, &o->arena);
    o->code = rp_image_open(&o->src, &o->arena, &o->img, &o->err);
    if (o->code != RP_OK || o->img->elf == NULL)
        return;
    if (needs & RP_NEED_SYMBOLS)
        rp_image_symbols(o->img);
    o->code = rp_elf_facts_build(o->img, needs, &o->facts, &o->err);
}

static inline void opened_free(opened *o)
{
    rp_arena_free(&o->arena);
}

#endif
