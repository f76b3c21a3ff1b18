/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* COFF objects laid out: sections, relocations. Source: Microsoft "PE Format", "COFF Relocations"
 * and the type indicators of each machine. The image base is 0, so addresses are RVAs. */
#include "obj/coff.h"
#include "obj/place_parts.h"

#define SCN_LNK_INFO   0x00000200u
#define SCN_LNK_REMOVE 0x00000800u

enum {
    RELOCATION = 10,
    SECTION_RELOCATIONS = 24, /* PointerToRelocations in a section header */
    MANY = 0xffff             /* NumberOfRelocations, when the first record holds the count */
};

typedef enum { /* what a type computes: S symbol, A addend of the field, P place, O offset of S */
               PUTS_NOTHING,
               PUTS_ADDRESS, /* S + A */
               PUTS_PC,      /* S + A - P - bias */
               PUTS_PAGE,    /* Page(S + A) - Page(P) */
               PUTS_SECREL   /* O + A */
} coff_puts;

typedef struct {
    uint16_t type;
    uint8_t puts, field;
    uint8_t bias; /* from the place to the end of the instruction */
} how;

#define AMD64_PC(type, bias)                                                                       \
    {                                                                                              \
        type, PUTS_PC, RP_FIELD_32, bias                                                           \
    }
static const how amd64[] = {
    {0x0, PUTS_NOTHING, 0, 0},           /* ABSOLUTE */
    {0x1, PUTS_ADDRESS, RP_FIELD_64, 0}, /* ADDR64 */
    {0x2, PUTS_ADDRESS, RP_FIELD_32, 0}, /* ADDR32 */
    {0x3, PUTS_ADDRESS, RP_FIELD_32, 0}, /* ADDR32NB */
    AMD64_PC(0x4, 4),                    /* REL32 */
    AMD64_PC(0x5, 5),                    /* REL32_1 */
    AMD64_PC(0x6, 6),
    AMD64_PC(0x7, 7),
    AMD64_PC(0x8, 8),
    AMD64_PC(0x9, 9),
    {0xa, PUTS_NOTHING, 0, 0},          /* SECTION: for debug information */
    {0xb, PUTS_SECREL, RP_FIELD_32, 0}, /* SECREL */
    {0xd, PUTS_NOTHING, 0, 0},          /* TOKEN */
};
static const how i386[] = {
    {0x0, PUTS_NOTHING, 0, 0},           {0x6, PUTS_ADDRESS, RP_FIELD_32, 0}, /* DIR32 */
    {0x7, PUTS_ADDRESS, RP_FIELD_32, 0},                                      /* DIR32NB */
    {0xa, PUTS_NOTHING, 0, 0},                                                /* SECTION */
    {0xb, PUTS_SECREL, RP_FIELD_32, 0},                                       /* SECREL */
    {0xc, PUTS_NOTHING, 0, 0},                                                /* TOKEN */
    {0x14, PUTS_PC, RP_FIELD_32, 4},                                          /* REL32 */
};
static const how arm64[] = {
    {0x0, PUTS_NOTHING, 0, 0},
    {0x1, PUTS_ADDRESS, RP_FIELD_32, 0},         /* ADDR32 */
    {0x2, PUTS_ADDRESS, RP_FIELD_32, 0},         /* ADDR32NB */
    {0x3, PUTS_PC, RP_FIELD_A64_B26, 0},         /* BRANCH26 */
    {0x4, PUTS_PAGE, RP_FIELD_A64_ADRP, 0},      /* PAGEBASE_REL21 */
    {0x5, PUTS_PC, RP_FIELD_A64_ADR, 0},         /* REL21 */
    {0x6, PUTS_ADDRESS, RP_FIELD_A64_LOW12, 0},  /* PAGEOFFSET_12A */
    {0x7, PUTS_ADDRESS, RP_FIELD_A64_SCALED, 0}, /* PAGEOFFSET_12L */
    {0x8, PUTS_SECREL, RP_FIELD_32, 0},          /* SECREL */
    {0x9, PUTS_SECREL, RP_FIELD_A64_LOW12, 0},   /* SECREL_LOW12A */
    {0xa, PUTS_SECREL, RP_FIELD_A64_HIGH12, 0},  /* SECREL_HIGH12A */
    {0xb, PUTS_SECREL, RP_FIELD_A64_SCALED, 0},  /* SECREL_LOW12L */
    {0xc, PUTS_NOTHING, 0, 0},                   /* TOKEN */
    {0xd, PUTS_NOTHING, 0, 0},                   /* SECTION */
    {0xe, PUTS_ADDRESS, RP_FIELD_64, 0},         /* ADDR64 */
    {0xf, PUTS_PC, RP_FIELD_A64_B19, 0},         /* BRANCH19 */
    {0x10, PUTS_PC, RP_FIELD_A64_B14, 0},        /* BRANCH14 */
    {0x11, PUTS_PC, RP_FIELD_32, 4},             /* REL32 */
};

static const how *how_of(rp_arch arch, uint16_t type)
{
    const how *table = arch == RP_ARCH_X86_64 ? amd64 : arch == RP_ARCH_X86 ? i386 : arm64;
    size_t n = arch == RP_ARCH_X86_64 ? RP_COUNT(amd64)
               : arch == RP_ARCH_X86  ? RP_COUNT(i386)
                                      : RP_COUNT(arm64);
    for (size_t i = 0; i < n; i++)
        if (table[i].type == type)
            return &table[i];
    return NULL;
}

/* IMAGE_SCN_ALIGN_: four bits, one more than the power of two; without them 16. */
static bool place_of(const rp_image *object, uint32_t section, uint64_t end, uint64_t *ret)
{
    enum { USUAL = 4, MOST = 12 };
    const rp_section *s = &object->sections[section];
    unsigned field = (unsigned)(s->flags >> 20 & 15u);
    unsigned power = field == 0 ? USUAL : field - 1 > MOST ? MOST : field - 1;
    uint64_t unit = (uint64_t)1 << power;
    *ret = (end + unit - 1) & ~(unit - 1);
    return s->kind != RP_SEC_DEBUG && s->kind != RP_SEC_OTHER &&
           (s->flags & (SCN_LNK_INFO | SCN_LNK_REMOVE)) == 0;
}

typedef struct {
    rp_placing base;
    uint32_t *symbol_of; /* by record: index of the symbol + 1 */
} placer;

typedef struct {
    const how *how;
    const rp_section *section;
    uint8_t *bytes;
    uint64_t place, symbol, offset; /* offset: of the symbol in its section */
} relocation;

static uint64_t page(uint64_t v)
{
    return v & ~(uint64_t)0xfff;
}

static void apply(const relocation *r)
{
    rp_reloc_field field = rp_reloc_a64_field(r->bytes, (rp_reloc_field)r->how->field);
    uint64_t addend = rp_reloc_addend(r->bytes, false, field), to = r->symbol + addend;
    switch ((coff_puts)r->how->puts) {
    case PUTS_ADDRESS:
        break;
    case PUTS_PC:
        to -= r->place + r->how->bias;
        break;
    case PUTS_PAGE:
        to = page(to) - page(r->place);
        break;
    case PUTS_SECREL:
        to = r->offset + addend;
        break;
    case PUTS_NOTHING:
        return;
    }
    rp_reloc_write(r->bytes, false, field, to);
}

/* One record of section `s` of the copy. */
static void one(placer *p, const rp_image *object, const rp_section *s, rp_reader *r)
{
    uint64_t place = rp_u32(r);
    uint32_t record = rp_u32(r);
    uint16_t type = rp_u16(r);
    const how *h = how_of(object->arch, type);
    uint32_t symbol = record < p->base.nrecords ? p->symbol_of[record] : 0;
    bool fits = h != NULL && symbol != 0 && s->offset != RP_NOWHERE && place < s->filesz &&
                s->filesz - place >= rp_reloc_room((rp_reloc_field)h->field);
    if (h != NULL && h->puts == PUTS_NOTHING)
        return;
    if (!fits) {
        p->base.placed->whole &= s->addr == 0;
        return;
    }
    const rp_symbol *of = &p->base.symbols[symbol - 1];
    uint64_t start = of->section != 0 ? p->base.sections[of->section - 1].addr : 0;
    relocation rel = {.how = h,
                      .section = s,
                      .bytes = p->base.bytes + s->offset + place,
                      .place = s->addr + place,
                      .symbol = of->addr,
                      .offset = of->section != 0 ? of->addr - start : 0};
    apply(&rel);
}

/* IMAGE_SCN_LNK_NRELOC_OVFL: the first record's address is the count, itself included. */
static void relocate_section(placer *p, rp_image *object, uint32_t i)
{
    const rp_section *s = &p->base.sections[i];
    rp_reader header, r;
    if ((s->addr == 0 && s->kind != RP_SEC_DEBUG) ||
        !rp_source_reader(object->src, s->at + SECTION_RELOCATIONS, 12, false, &header))
        return;
    uint64_t at = rp_u32(&header);
    (void)rp_u32(&header); /* PointerToLinenumbers */
    uint64_t n = rp_u16(&header);
    if (n == MANY && (s->flags & RP_PE_SCN_NRELOC_OVFL) != 0 &&
        rp_source_reader(object->src, at, RELOCATION, false, &r)) {
        n = rp_u32(&r);
        at += RELOCATION;
        n -= n != 0;
    }
    uint64_t room = at < object->src->size ? (object->src->size - at) / RELOCATION : 0;
    if (n > room) {
        rp_image_odd(p->base.img, s->at + SECTION_RELOCATIONS,
                     "the relocations of section '%.*s' are cut short", RP_FMT(s->name));
        p->base.placed->whole = false;
        n = room;
    }
    if (n == 0)
        return;
    if (!rp_source_reader(object->src, at, n * RELOCATION, false, &r)) {
        p->base.placed->whole = false;
        return;
    }
    while (rp_left(&r) >= RELOCATION)
        one(p, object, s, &r);
}

/* Many sections may name the same records: together no more than the file has bytes for, twice. */
static bool relocations_bounded(rp_image *object)
{
    uint64_t all = 0;
    for (uint32_t i = 0; i < object->nsections; i++) {
        rp_reader r;
        if (!rp_source_reader(object->src, object->sections[i].at + SECTION_RELOCATIONS, 12, false,
                              &r))
            return false;
        uint64_t at = rp_u32(&r), size = object->src->size;
        (void)rp_u32(&r);
        uint64_t n = rp_u16(&r), room = at < size ? (size - at) / RELOCATION : 0;
        all += n == MANY || n > room ? room : n;
    }
    return all <= 2 * object->src->size / RELOCATION + object->nsections * 16ull;
}

/* Places in data are looked up by RVA, as in an image. */
static bool make_spans(rp_placing *p)
{
    struct rp_pe *pe = p->img->pe;
    pe->spans = rp_new(p->img->arena, p->placed->nsections, rp_pe_span);
    pe->nspans = 0;
    if (pe->spans == NULL)
        return false;
    for (uint32_t i = 0; i < p->placed->nsections; i++) {
        const rp_segment *s = &p->placed->sections[i];
        bool bytes = s->filesz != 0 && s->addr + s->size <= UINT32_MAX;
        if (bytes)
            pe->spans[pe->nspans++] = (rp_pe_span){.rva = (uint32_t)s->addr,
                                                   .filesz = (uint32_t)s->filesz,
                                                   .size = s->size,
                                                   .offset = s->addr - RP_PLACED_BASE,
                                                   .perm = s->perm};
    }
    return true;
}

/* The copy's own: its windows are of other bytes. */
static bool own_pe(rp_placing *p)
{
    struct rp_pe *pe = rp_new(p->img->arena, 1, struct rp_pe);
    if (pe == NULL)
        return false;
    *pe = *p->img->pe;
    pe->pages = NULL;
    p->img->pe = pe;
    return true;
}

bool rp_coff_place(rp_image *img, rp_image **ret)
{
    placer p = {0};
    const struct rp_pe *pe = img->pe;
    bool known =
        img->arch == RP_ARCH_X86_64 || img->arch == RP_ARCH_X86 || img->arch == RP_ARCH_AARCH64;
    bool can = known && !pe->ltcg && !pe->short_import && relocations_bounded(img);
    if (!can)
        return true;
    if (!rp_place_sections(&p.base, img, place_of, &can))
        return false;
    if (!can)
        return true;
    if (!own_pe(&p.base))
        return false;
    if (!rp_place_segments(&p.base))
        return !img->arena->refused;
    if (!make_spans(&p.base) || !rp_place_symbols(&p.base, img) ||
        !rp_place_records(&p.base, pe->symbols_offset, pe->bigobj ? 20 : 18, pe->symbols_count,
                          &p.symbol_of))
        return false;
    for (uint32_t i = 0; i < img->nsections; i++)
        relocate_section(&p, img, i);
    rp_place_finish(&p.base);
    *ret = p.base.img;
    return !p.base.out_of_memory;
}
