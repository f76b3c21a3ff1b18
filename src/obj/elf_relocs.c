/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Relocations: counted by kind and held against the segments that they write to. Linked files: the
 * tables that the dynamic section names; without one, and in objects, those of the sections. */
#include "base/limits.h"
#include "obj/elf_const.h"
#include "obj/elf_parts.h"

#include <stdlib.h>

/* A place in memory that PT_LOAD maps without PF_W. */
typedef struct {
    uint64_t first, end;
} span;

typedef struct {
    rp_image *img;
    rp_elf_relocs *out;
    uint32_t *by_type;
    uint8_t *kinds; /* rp_elf_reloc_kind of the first RP_ELF_RELOC_TYPES types */
    span *readonly; /* sorted, disjoint or nested by end */
    uint32_t nreadonly;
    span gap;                 /* addresses known to lie in no such place */
    uint32_t section;         /* objects: that the table at hand is for */
    bool linked;              /* r_offset is an address */
    rp_elf_reloc_visit visit; /* not NULL: each record goes there, nothing is counted */
    void *user;
    bool stopped; /* by visit */
    uint8_t *piece;
    size_t piece_room;
} counter;

static void incomplete(counter *c, uint64_t at, const char *why)
{
    if (c->out->why == NULL) {
        c->out->why = why;
        c->out->why_at = at;
    }
    if (c->visit == NULL)
        rp_image_odd(c->img, at, "%s", why);
}

static int by_first(const void *a, const void *b)
{
    const span *x = a, *y = b;
    return (x->first > y->first) - (x->first < y->first);
}

/* Segments whose addresses overlap are odd; the last one that begins at or before `addr` decides,
 * as the later mapping does. */
static bool in_readonly(const counter *c, uint64_t addr)
{
    uint32_t lo = 0, hi = c->nreadonly;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (c->readonly[mid].first <= addr)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo > 0 && addr < c->readonly[lo - 1].end;
}

/* The addresses around `addr` of which the same is true, for one that is not in a readonly span. */
static span gap_around(const counter *c, uint64_t addr)
{
    span gap = {0, UINT64_MAX};
    for (uint32_t i = 0; i < c->nreadonly; i++) {
        if (c->readonly[i].first <= addr)
            gap.first = c->readonly[i].end;
        else if (c->readonly[i].first < gap.end)
            gap.end = c->readonly[i].first;
    }
    return gap;
}

static void place(counter *c, uint64_t addr, uint64_t at)
{
    if (!c->linked || (addr >= c->gap.first && addr < c->gap.end))
        return;
    if (!in_readonly(c, addr))
        c->gap = gap_around(c, addr);
    else if (c->out->text++ == 0)
        c->out->text_at = at;
}

static void count(counter *c, uint32_t type, uint64_t addr, uint64_t at)
{
    c->by_type[type < RP_ELF_RELOC_TYPES ? type : RP_ELF_RELOC_TYPES]++;
    c->out->total++;
    if (type != 0 && type < RP_ELF_RELOC_TYPES) /* R_*_NONE writes nothing */
        place(c, addr, at);
}

static void sum_kinds(counter *c)
{
    rp_elf_relocs *o = c->out;
    uint32_t *const sums[] = {
        [RP_RELOC_RELATIVE] = &o->relative, [RP_RELOC_IRELATIVE] = &o->irelative,
        [RP_RELOC_TLS_MOD] = &o->tls_mod,   [RP_RELOC_TLS_OFF] = &o->tls_off,
        [RP_RELOC_TLS_TP] = &o->tls_tp,     [RP_RELOC_TLS_DESC] = &o->tls_desc,
    };
    for (uint32_t type = 0; type < RP_ELF_RELOC_TYPES; type++)
        if (c->kinds[type] != RP_RELOC_OTHER)
            *sums[c->kinds[type]] += c->by_type[type];
}

/* r_info: ELF64 symbol << 32 | type, ELF32 symbol << 8 | type. MIPS64 stores a 32-bit symbol, then
 * r_ssym, r_type3, r_type2, r_type in single bytes, whatever the byte order: the first operation
 * decides. SPARC V9 keeps data above the low 8 bits of the type. */
static uint32_t type_of(const rp_image *img, uint64_t info)
{
    if (img->bits == 32)
        return info & 0xff;
    if (img->arch == RP_ARCH_MIPS)
        return img->big ? info & 0xff : (uint32_t)(info >> 56);
    if (img->arch == RP_ARCH_SPARC)
        return info & 0xff;
    return (uint32_t)info;
}

/* A record of any table. */
static void record(counter *c, rp_elf_reloc r)
{
    if (c->visit == NULL) {
        count(c, r.type, r.place, r.at);
        return;
    }
    c->out->total++;
    r.stores = rp_elf_reloc_stores(c->img->arch, r.type);
    r.section = c->section;
    c->stopped = c->stopped || !c->visit(c->user, &r);
}

/* A word that the loader moves by the file's load address, from a table that says no more. */
static void record_relr(counter *c, uint64_t addr, uint64_t at)
{
    if (c->visit == NULL) {
        place(c, addr, at);
        c->out->relr++;
    } else if (!c->stopped) {
        rp_elf_reloc r = {.place = addr, .at = at, .stores = RP_STORES_BASE};
        c->stopped = !c->visit(c->user, &r);
    }
}

/* The index into the symbol table that goes with the record's table. */
static uint32_t symbol_of(const rp_image *img, uint64_t info)
{
    if (img->bits == 32)
        return (uint32_t)info >> 8;
    if (img->arch == RP_ARCH_MIPS && !img->big)
        return (uint32_t)info;
    return (uint32_t)(info >> 32);
}

static uint64_t le64(const uint8_t *p)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < 8; i++)
        v |= (uint64_t)p[i] << (8 * i); /* one load */
    return v;
}

/* Records in a row of one type that lie in the gap need no look at each. */
static size_t count_run(counter *c, rp_bytes records, unsigned entsize, uint32_t type)
{
    uint64_t first = c->linked ? c->gap.first : 0;
    uint64_t room = c->linked ? c->gap.end - first : UINT64_MAX;
    size_t i = 0;
    while (i < records.len && (uint32_t)le64(records.ptr + i + 8) == type &&
           le64(records.ptr + i) - first < room)
        i += entsize;
    c->by_type[type < RP_ELF_RELOC_TYPES ? type : RP_ELF_RELOC_TYPES] += (uint32_t)(i / entsize);
    c->out->total += (uint32_t)(i / entsize);
    return i;
}

static void count_records(counter *c, rp_bytes records, unsigned entsize, uint64_t at)
{
    for (size_t i = 0; i < records.len;) {
        const uint8_t *p = records.ptr + i;
        uint32_t type = (uint32_t)le64(p + 8);
        size_t run = count_run(c, (rp_bytes){p, records.len - i}, entsize, type);
        if (run == 0) {
            count(c, type, le64(p), at + i);
            run = entsize;
        }
        i += run;
    }
}

/* Bytes of a table, in a buffer that serves all of them. False when they cannot be had. */
static bool read_piece(counter *c, uint64_t off, size_t len, rp_bytes *ret)
{
    rp_source *src = c->img->src;
    if (rp_source_held(src, off, len, ret))
        return true;
    if (c->piece_room < len) {
        c->piece = rp_new(c->img->arena, len, uint8_t);
        c->piece_room = c->piece != NULL ? len : 0;
    }
    if (c->piece == NULL)
        return false;
    *ret = (rp_bytes){c->piece, rp_source_copy(src, off, c->piece, len)};
    src->short_read |= ret->len != len;
    return ret->len == len;
}

/* The common table, in pieces that stay in the cache and are not kept. */
static bool count_common(counter *c, uint64_t off, uint64_t size, unsigned entsize)
{
    enum { PIECE = 16 * 24 * 160 }; /* both record sizes divide it */
    for (uint64_t done = 0; done < size; done += PIECE) {
        rp_bytes records;
        size_t want = size - done < PIECE ? (size_t)(size - done) : PIECE;
        if (!read_piece(c, off + done, want, &records))
            return false;
        count_records(c, records, entsize, off + done);
    }
    return true;
}

static bool is_common(const counter *c, uint64_t off, uint64_t size, unsigned entsize)
{
    const rp_image *img = c->img;
    return c->visit == NULL && img->bits == 64 && !img->big && img->arch != RP_ARCH_MIPS &&
           img->arch != RP_ARCH_SPARC && size % entsize == 0 && off <= img->src->size &&
           size <= img->src->size - off;
}

static void read_records(counter *c, uint64_t off, uint64_t size, unsigned entsize, uint64_t at)
{
    rp_image *img = c->img;
    unsigned word = rp_elf_word(img);
    rp_reader r;
    if (size / entsize > RP_MAX_RELOCS - c->out->total) {
        incomplete(c, at, "there are too many relocations");
        return;
    }
    if (is_common(c, off, size, entsize)) {
        if (!count_common(c, off, size, entsize))
            incomplete(c, at, "a relocation table could not be read");
        return;
    }
    if (!rp_elf_part(img, off, size, at, "a relocation table", &r)) {
        incomplete(c, at, "a relocation table lies outside the file");
        return;
    }
    while (rp_left(&r) >= entsize && !c->stopped) {
        rp_elf_reloc found = {.at = rp_at(&r)};
        found.place = rp_uint(&r, word);
        uint64_t info = rp_uint(&r, word);
        found.type = type_of(img, info);
        found.symbol = symbol_of(img, info);
        found.has_addend = entsize == 3 * word;
        found.addend = found.has_addend ? rp_uint(&r, word) : 0;
        record(c, found);
    }
    if (rp_left(&r) != 0 && c->visit == NULL)
        rp_image_odd(img, at, "a relocation table's size is no multiple of its records' size");
}

/* gABI SHT_RELR: an even word is an address to relocate; an odd one a bitmap of the words after the
 * last one described. */
static void read_relr(counter *c, uint64_t off, uint64_t size, uint64_t table)
{
    rp_image *img = c->img;
    unsigned word = rp_elf_word(img);
    uint64_t next = 0;
    rp_reader r;
    if (!rp_elf_part(img, off, size, table, "the RELR table", &r)) {
        incomplete(c, table, "the RELR table lies outside the file");
        return;
    }
    while (rp_left(&r) >= word && !c->stopped) {
        uint64_t at = rp_at(&r), v = rp_uint(&r, word);
        if ((v & 1) == 0) {
            record_relr(c, v, at);
            next = v + word;
            continue;
        }
        uint64_t addr = next;
        for (uint64_t bits = v >> 1; bits != 0; bits >>= 1, addr += word) {
            if (bits & 1)
                record_relr(c, addr, at);
        }
        next += (uint64_t)word * (8 * word - 1);
    }
}

/* Android's packed relocations, "APS2": signed LEB128 words. Groups share what their flags say. */
enum { BY_INFO = 1, BY_OFFSET_DELTA = 2, BY_ADDEND = 4, HAS_ADDEND = 8 };

static void read_android(counter *c, uint64_t off, uint64_t size, uint64_t at)
{
    rp_image *img = c->img;
    rp_reader r;
    if (!rp_elf_part(img, off, size, at, "the packed relocation table", &r) || size < 4 ||
        memcmp(rp_take(&r, 4), "APS2", 4) != 0) {
        incomplete(c, at, "the packed relocation table is not in APS2 form");
        return;
    }
    uint64_t left = (uint64_t)rp_sleb(&r), addr = (uint64_t)rp_sleb(&r), info = 0, addend = 0;
    if (left > RP_MAX_RELOCS - c->out->total)
        r.bad = true;
    while (left > 0 && !r.bad && !c->stopped) {
        uint64_t n = (uint64_t)rp_sleb(&r), flags = (uint64_t)rp_sleb(&r), delta = 0;
        if (flags & BY_OFFSET_DELTA)
            delta = (uint64_t)rp_sleb(&r);
        if (flags & BY_INFO)
            info = (uint64_t)rp_sleb(&r);
        if ((flags & BY_ADDEND) && (flags & HAS_ADDEND))
            addend += (uint64_t)rp_sleb(&r);
        if ((flags & HAS_ADDEND) == 0)
            addend = 0;
        if (n == 0 || n > left)
            r.bad = true;
        for (uint64_t i = 0; i < n && !r.bad && !c->stopped; i++) {
            uint64_t own = rp_at(&r);
            addr += flags & BY_OFFSET_DELTA ? delta : (uint64_t)rp_sleb(&r);
            if ((flags & BY_INFO) == 0)
                info = (uint64_t)rp_sleb(&r);
            if ((flags & HAS_ADDEND) && (flags & BY_ADDEND) == 0)
                addend += (uint64_t)rp_sleb(&r);
            if (r.bad)
                break;
            record(c, (rp_elf_reloc){.place = addr,
                                     .type = type_of(img, info),
                                     .symbol = symbol_of(img, info),
                                     .addend = addend,
                                     .has_addend = (flags & HAS_ADDEND) != 0,
                                     .at = own < img->src->size ? own : at});
            c->out->android++;
        }
        left -= n <= left ? n : left;
    }
    if (r.bad)
        incomplete(c, at, "the packed relocation table is cut short");
}

/* One table that the dynamic section names by address and size. */
typedef struct {
    uint64_t off, size, at;
} extent;

static bool dynamic_extent(counter *c, uint64_t tag, uint64_t size_tag, extent *ret)
{
    const rp_elf_dyn *d = rp_elf_tag(c->img->elf, tag);
    const rp_elf_dyn *size = rp_elf_tag(c->img->elf, size_tag);
    if (d == NULL || (size != NULL && size->value == 0))
        return false;
    uint64_t off = rp_image_offset(c->img, d->value);
    if (size == NULL || off == RP_NOWHERE) {
        incomplete(c, d->at,
                   size ? "a relocation table lies outside the file"
                        : "a relocation table has no size");
        return false;
    }
    *ret = (extent){off, size->value, d->at};
    return true;
}

static void dynamic_records(counter *c, uint64_t tag, uint64_t size_tag, unsigned entsize)
{
    extent e;
    if (dynamic_extent(c, tag, size_tag, &e))
        read_records(c, e.off, e.size, entsize, e.at);
}

/* DT_JMPREL's records may be the tail of DT_RELA's or DT_REL's (s390x, SPARC, old linkers): not
 * counted twice. */
static void plt_records(counter *c, unsigned word)
{
    extent plt, main;
    const rp_elf_dyn *kind = rp_elf_tag(c->img->elf, DT_PLTREL);
    bool rela = kind == NULL ? word == 8 : kind->value == DT_RELA;
    if (!dynamic_extent(c, DT_JMPREL, DT_PLTRELSZ, &plt))
        return;
    uint64_t tag = rela ? DT_RELA : DT_REL, size_tag = rela ? DT_RELASZ : DT_RELSZ;
    if (rp_elf_tag(c->img->elf, tag) != NULL && dynamic_extent(c, tag, size_tag, &main) &&
        plt.off >= main.off && plt.off - main.off < main.size)
        return;
    read_records(c, plt.off, plt.size, (rela ? 3 : 2) * word, plt.at);
}

static void read_dynamic(counter *c)
{
    unsigned word = rp_elf_word(c->img);
    extent e;
    if (c->img->elf->dynamic_why != NULL)
        incomplete(c, c->img->elf->dynamic->at, c->img->elf->dynamic_why);
    dynamic_records(c, DT_RELA, DT_RELASZ, 3 * word);
    dynamic_records(c, DT_REL, DT_RELSZ, 2 * word);
    plt_records(c, word);
    if (dynamic_extent(c, DT_RELR, DT_RELRSZ, &e) ||
        dynamic_extent(c, DT_ANDROID_RELR, DT_ANDROID_RELRSZ, &e))
        read_relr(c, e.off, e.size, e.at);
    if (dynamic_extent(c, DT_ANDROID_RELA, DT_ANDROID_RELASZ, &e))
        read_android(c, e.off, e.size, e.at);
    if (dynamic_extent(c, DT_ANDROID_REL, DT_ANDROID_RELSZ, &e))
        read_android(c, e.off, e.size, e.at);
}

static void read_section(counter *c, const rp_section *s)
{
    unsigned word = rp_elf_word(c->img);
    switch (s->type) {
    case SHT_RELA:
        read_records(c, s->offset, s->size, 3 * word, s->at);
        break;
    case SHT_REL:
        read_records(c, s->offset, s->size, 2 * word, s->at);
        break;
    case SHT_RELR:
        read_relr(c, s->offset, s->size, s->at);
        break;
    case SHT_CREL:
        incomplete(c, s->at, "compact relocations (CREL) are not read");
        break;
    default:
        break;
    }
}

/* Objects: every table. Static programs: the loaded ones (IRELATIVE); linker --emit-relocs leaves
 * others behind. */
static void read_sections(counter *c)
{
    const rp_image *img = c->img;
    if (img->elf->sections_why != NULL)
        incomplete(c, 0, img->elf->sections_why);
    for (uint32_t i = 0; i < img->nsections; i++) {
        const rp_section *s = &img->sections[i];
        if (s->size == 0 || (c->linked && (s->flags & SHF_ALLOC) == 0))
            continue;
        c->section = c->linked ? 0 : img->elf->shdrs[i].info;
        read_section(c, s);
    }
}

static bool prepare(counter *c)
{
    rp_image *img = c->img;
    c->by_type = rp_new(img->arena, RP_ELF_RELOC_TYPES + 1, uint32_t);
    c->kinds = rp_new(img->arena, RP_ELF_RELOC_TYPES, uint8_t);
    c->readonly = rp_new(img->arena, img->nsegments, span);
    if (c->by_type == NULL || c->kinds == NULL || c->readonly == NULL)
        return false;
    c->out->kinds_known = rp_elf_reloc_kinds(img->arch, c->kinds);
    for (uint32_t i = 0; i < img->nsegments; i++) {
        const rp_segment *s = &img->segments[i];
        if ((s->perm & RP_W) == 0 && s->size <= UINT64_MAX - s->addr)
            c->readonly[c->nreadonly++] = (span){s->addr, s->addr + s->size};
    }
    qsort(c->readonly, c->nreadonly, sizeof *c->readonly, by_first);
    return true;
}

static void read_tables(counter *c)
{
    if (c->img->elf->dynamic != NULL)
        read_dynamic(c);
    else
        read_sections(c);
}

const rp_elf_relocs *rp_elf_relocations(rp_image *img)
{
    struct rp_elf *elf = img->elf;
    if (elf->relocs != NULL)
        return elf->relocs;
    rp_elf_relocs *out = rp_new(img->arena, 1, rp_elf_relocs);
    counter c = {.img = img, .out = out, .linked = elf->e_type != ET_REL};
    if (out == NULL || !prepare(&c))
        return NULL;
    out->text_at = out->why_at = RP_NOWHERE;
    out->by_type = c.by_type;
    if (elf->debug_file)
        out->why = "separate debug information: its relocations are in the file it belongs to";
    else
        read_tables(&c);
    sum_kinds(&c);
    elf->relocs = out;
    return out;
}

bool rp_elf_relocs_each(rp_image *img, rp_elf_reloc_visit visit, void *user)
{
    rp_elf_relocs out = {0}; /* rp_elf_relocations has told what is odd */
    counter c = {.img = img,
                 .out = &out,
                 .visit = visit,
                 .user = user,
                 .linked = img->elf->e_type != ET_REL};
    if (!img->elf->debug_file)
        read_tables(&c);
    return !c.stopped && out.why == NULL;
}
