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
    bool linked; /* r_offset is an address */
} counter;

static void incomplete(counter *c, uint64_t at, const char *why)
{
    if (c->out->why == NULL) {
        c->out->why = why;
        c->out->why_at = at;
    }
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

static void place(counter *c, uint64_t addr, uint64_t at)
{
    if (!c->linked || !in_readonly(c, addr))
        return;
    if (c->out->text++ == 0)
        c->out->text_at = at;
}

static void count(counter *c, uint32_t type, uint64_t addr, uint64_t at)
{
    rp_elf_relocs *o = c->out;
    uint32_t slot = type < RP_ELF_RELOC_TYPES ? type : RP_ELF_RELOC_TYPES;
    c->by_type[slot]++;
    o->total++;
    if (slot == RP_ELF_RELOC_TYPES)
        return;
    switch ((rp_elf_reloc_kind)c->kinds[slot]) {
    case RP_RELOC_RELATIVE:
        o->relative++;
        break;
    case RP_RELOC_IRELATIVE:
        o->irelative++;
        break;
    case RP_RELOC_TLS_MOD:
        o->tls_mod++;
        break;
    case RP_RELOC_TLS_OFF:
        o->tls_off++;
        break;
    case RP_RELOC_TLS_TP:
        o->tls_tp++;
        break;
    case RP_RELOC_TLS_DESC:
        o->tls_desc++;
        break;
    case RP_RELOC_OTHER:
        break;
    }
    if (type != 0) /* R_*_NONE writes nothing */
        place(c, addr, at);
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

static void count_records(counter *c, uint64_t off, uint64_t size, unsigned entsize, uint64_t at)
{
    rp_image *img = c->img;
    unsigned word = rp_elf_word(img);
    rp_reader r;
    if (size / entsize > RP_MAX_RELOCS - c->out->total) {
        incomplete(c, at, "there are too many relocations");
        return;
    }
    if (!rp_elf_part(img, off, size, at, "a relocation table", &r)) {
        incomplete(c, at, "a relocation table lies outside the file");
        return;
    }
    while (rp_left(&r) >= entsize) {
        uint64_t record = rp_at(&r);
        uint64_t addr = rp_uint(&r, word), info = rp_uint(&r, word);
        if (entsize == 3 * word)
            (void)rp_uint(&r, word); /* the addend */
        count(c, type_of(img, info), addr, record);
    }
    if (rp_left(&r) != 0)
        rp_image_odd(img, at, "a relocation table's size is no multiple of its records' size");
}

/* gABI SHT_RELR: an even word is an address to relocate; an odd one a bitmap of the words after the
 * last one described. */
static void count_relr(counter *c, uint64_t off, uint64_t size, uint64_t at)
{
    rp_image *img = c->img;
    unsigned word = rp_elf_word(img);
    uint64_t next = 0;
    rp_reader r;
    if (!rp_elf_part(img, off, size, at, "the RELR table", &r)) {
        incomplete(c, at, "the RELR table lies outside the file");
        return;
    }
    while (rp_left(&r) >= word) {
        uint64_t record = rp_at(&r), v = rp_uint(&r, word);
        if ((v & 1) == 0) {
            place(c, v, record);
            c->out->relr++;
            next = v + word;
            continue;
        }
        uint64_t addr = next;
        for (uint64_t bits = v >> 1; bits != 0; bits >>= 1, addr += word) {
            if (bits & 1) {
                place(c, addr, record);
                c->out->relr++;
            }
        }
        next += (uint64_t)word * (8 * word - 1);
    }
}

/* Android's packed relocations, "APS2": signed LEB128 words. Groups share what their flags say. */
enum { BY_INFO = 1, BY_OFFSET_DELTA = 2, BY_ADDEND = 4, HAS_ADDEND = 8 };

static void count_android(counter *c, uint64_t off, uint64_t size, uint64_t at)
{
    rp_image *img = c->img;
    rp_reader r;
    if (!rp_elf_part(img, off, size, at, "the packed relocation table", &r) || size < 4 ||
        memcmp(rp_take(&r, 4), "APS2", 4) != 0) {
        incomplete(c, at, "the packed relocation table is not in APS2 form");
        return;
    }
    uint64_t left = (uint64_t)rp_sleb(&r), addr = (uint64_t)rp_sleb(&r), info = 0;
    if (left > RP_MAX_RELOCS - c->out->total)
        r.bad = true;
    while (left > 0 && !r.bad) {
        uint64_t n = (uint64_t)rp_sleb(&r), flags = (uint64_t)rp_sleb(&r), delta = 0;
        if (flags & BY_OFFSET_DELTA)
            delta = (uint64_t)rp_sleb(&r);
        if (flags & BY_INFO)
            info = (uint64_t)rp_sleb(&r);
        if ((flags & BY_ADDEND) && (flags & HAS_ADDEND))
            (void)rp_sleb(&r);
        if (n == 0 || n > left)
            r.bad = true;
        for (uint64_t i = 0; i < n && !r.bad; i++) {
            uint64_t record = rp_at(&r);
            addr += flags & BY_OFFSET_DELTA ? delta : (uint64_t)rp_sleb(&r);
            if ((flags & BY_INFO) == 0)
                info = (uint64_t)rp_sleb(&r);
            if ((flags & HAS_ADDEND) && (flags & BY_ADDEND) == 0)
                (void)rp_sleb(&r);
            if (r.bad)
                break;
            count(c, type_of(img, info), addr, record < img->src->size ? record : at);
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
        count_records(c, e.off, e.size, entsize, e.at);
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
    count_records(c, plt.off, plt.size, (rela ? 3 : 2) * word, plt.at);
}

static void count_dynamic(counter *c)
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
        count_relr(c, e.off, e.size, e.at);
    if (dynamic_extent(c, DT_ANDROID_RELA, DT_ANDROID_RELASZ, &e))
        count_android(c, e.off, e.size, e.at);
    if (dynamic_extent(c, DT_ANDROID_REL, DT_ANDROID_RELSZ, &e))
        count_android(c, e.off, e.size, e.at);
}

static void count_section(counter *c, const rp_section *s)
{
    unsigned word = rp_elf_word(c->img);
    switch (s->type) {
    case SHT_RELA:
        count_records(c, s->offset, s->size, 3 * word, s->at);
        break;
    case SHT_REL:
        count_records(c, s->offset, s->size, 2 * word, s->at);
        break;
    case SHT_RELR:
        count_relr(c, s->offset, s->size, s->at);
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
static void count_sections(counter *c)
{
    const rp_image *img = c->img;
    if (img->elf->sections_why != NULL)
        incomplete(c, 0, img->elf->sections_why);
    for (uint32_t i = 0; i < img->nsections; i++) {
        const rp_section *s = &img->sections[i];
        if (s->size != 0 && (!c->linked || (s->flags & SHF_ALLOC) != 0))
            count_section(c, s);
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
    else if (elf->dynamic != NULL)
        count_dynamic(&c);
    else
        count_sections(&c);
    elf->relocs = out;
    return out;
}
