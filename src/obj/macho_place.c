/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Mach-O objects of x86-64 and AArch64 laid out: sections, relocations. Sources: mach-o/reloc.h,
 * mach-o/x86_64/reloc.h, mach-o/arm64/reloc.h. */
#include "obj/macho.h"
#include "obj/macho_format.h"
#include "obj/place_parts.h"

enum {
    RELOCATION = 8,
    RECORDS_AT = 56 /* of a section_64 header: reloff, nreloc */
};
#define SCATTERED 0x80000000u

typedef enum { /* S symbol, A addend of the field, P place, G slot of S, B what SUBTRACTOR named */
               PUTS_ADDRESS, /* S + A - B */
               PUTS_PC,      /* S + A - P */
               PUTS_PAGE,    /* Page(S + A) - Page(P) */
               PUTS_SLOT_PC, /* G + A - P */
               PUTS_SLOT_PAGE,
               PUTS_SLOT_LOW,
               PUTS_TLV_PC, /* descriptor of S, as S + A - P; mov becomes lea */
               PUTS_TLV_PAGE,
               PUTS_TLV_LOW,
               PUTS_SUBTRACTOR, /* for the record behind it */
               PUTS_ADDEND
} macho_puts;

typedef struct {
    uint8_t puts, field, bias; /* bias: from the place to where a displacement counts from */
} how;

static const how x86_64[] = {
    {PUTS_ADDRESS, RP_FIELD_64, 0},    /* UNSIGNED; of 32 bits by its length */
    {PUTS_PC, RP_FIELD_32, 4},         /* SIGNED */
    {PUTS_PC, RP_FIELD_32, 4},         /* BRANCH */
    {PUTS_SLOT_PC, RP_FIELD_32, 4},    /* GOT_LOAD */
    {PUTS_SLOT_PC, RP_FIELD_32, 4},    /* GOT */
    {PUTS_SUBTRACTOR, RP_FIELD_64, 0}, /* SUBTRACTOR */
    {PUTS_PC, RP_FIELD_32, 4},         /* SIGNED_1: the field's addend is smaller by 1 already */
    {PUTS_PC, RP_FIELD_32, 4},         /* SIGNED_2 */
    {PUTS_PC, RP_FIELD_32, 4},         /* SIGNED_4 */
    {PUTS_TLV_PC, RP_FIELD_32, 4},     /* TLV */
};
static const how arm64[] = {
    {PUTS_ADDRESS, RP_FIELD_64, 0},          /* UNSIGNED */
    {PUTS_SUBTRACTOR, RP_FIELD_64, 0},       /* SUBTRACTOR */
    {PUTS_PC, RP_FIELD_A64_B26, 0},          /* BRANCH26 */
    {PUTS_PAGE, RP_FIELD_A64_ADRP, 0},       /* PAGE21 */
    {PUTS_ADDRESS, RP_FIELD_A64_SCALED, 0},  /* PAGEOFF12 */
    {PUTS_SLOT_PAGE, RP_FIELD_A64_ADRP, 0},  /* GOT_LOAD_PAGE21 */
    {PUTS_SLOT_LOW, RP_FIELD_A64_SCALED, 0}, /* GOT_LOAD_PAGEOFF12 */
    {PUTS_SLOT_PC, RP_FIELD_32, 0},          /* POINTER_TO_GOT */
    {PUTS_TLV_PAGE, RP_FIELD_A64_ADRP, 0},   /* TLVP_LOAD_PAGE21 */
    {PUTS_TLV_LOW, RP_FIELD_A64_SCALED, 0},  /* TLVP_LOAD_PAGEOFF12 */
    {PUTS_ADDEND, RP_FIELD_32, 0},           /* ADDEND */
    {PUTS_ADDRESS, RP_FIELD_64, 0},          /* AUTHENTICATED_POINTER */
};
enum { ARM64_AUTHENTICATED = 11 };

typedef struct {
    rp_placing base;
    const rp_image *object;
    uint32_t *symbol_of; /* by record: index of the symbol + 1 */
    uint64_t minus;      /* of a SUBTRACTOR before the record at hand */
    uint64_t addend;     /* of an ADDEND before it */
    bool subtracts, adds;
} placer;

typedef struct {
    const how *how;
    const rp_section *section;
    uint8_t *bytes;
    uint64_t place, symbol;
    uint32_t index; /* of the symbol + 1; 0: a section's */
    rp_reloc_field field;
    bool authenticated;
} relocation;

/* Sections keep their distances: unwind data counts from one to the other without relocations. */
static bool place_of(const rp_image *object, uint32_t section, uint64_t end, uint64_t *ret)
{
    const rp_section *s = &object->sections[section];
    (void)end;
    *ret = s->addr;
    return s->kind != RP_SEC_DEBUG && !rp_str_starts(s->name, "__LD,") && /* for linkers alone */
           !rp_str_starts(s->name, "__LLVM,");
}

static uint64_t page(uint64_t v)
{
    return v & ~(uint64_t)0xfff;
}

static uint64_t addend_of(placer *p, const relocation *r)
{
    uint64_t a = rp_reloc_addend(r->bytes, false, r->field);
    if (r->field >= RP_FIELD_A64_B26 && r->field <= RP_FIELD_A64_MOV_3)
        a = p->adds ? p->addend : 0; /* a record of its own; the field holds nothing */
    if (r->authenticated)            /* the upper half tells how it is signed */
        a = (a & 0xffffffffu) - ((a & 0x80000000u) << 1);
    return a;
}

/* mov x@TLVP(%rip), %reg; where the variable is of this file or not, its descriptor is asked for:
 * linkers make it lea. */
static void make_lea(const placer *p, const relocation *r)
{
    uint64_t before = (uint64_t)(r->bytes - p->base.bytes) - r->section->offset;
    if (before >= 2 && r->bytes[-2] == 0x8b)
        r->bytes[-2] = 0x8d;
}

/* ldr x0, [x0, descriptor@TLVPPAGEOFF]: add, likewise. */
static void make_add(const relocation *r)
{
    uint32_t w = (uint32_t)rp_reloc_addend(r->bytes, false, RP_FIELD_32);
    if ((w & 0xffc00000u) == 0xf9400000u)
        rp_reloc_write(r->bytes, false, RP_FIELD_32, 0x91000000u | (w & 0x3ffu));
}

static uint64_t value_of(placer *p, relocation *r)
{
    uint64_t addend = addend_of(p, r), to = r->symbol + addend;
    macho_puts puts = (macho_puts)r->how->puts;
    if (puts >= PUTS_SLOT_PC && puts <= PUTS_SLOT_LOW)
        to = rp_place_slot(&p->base, RP_GOT_ADDRESS, r->index) + addend;
    switch (puts) {
    case PUTS_TLV_PC:
        make_lea(p, r);
        return to - r->place - r->how->bias;
    case PUTS_PC:
    case PUTS_SLOT_PC:
        return to - r->place - r->how->bias;
    case PUTS_PAGE:
    case PUTS_SLOT_PAGE:
    case PUTS_TLV_PAGE:
        return page(to) - page(r->place);
    case PUTS_TLV_LOW:
        make_add(r);
        r->field = RP_FIELD_A64_LOW12;
        return to;
    case PUTS_ADDRESS:
        return p->subtracts ? to - p->minus : to;
    case PUTS_SLOT_LOW:
    case PUTS_SUBTRACTOR:
    case PUTS_ADDEND:
        break;
    }
    return to;
}

/* How far a section was moved. */
static uint64_t moved(const placer *p, uint32_t section)
{
    return p->base.sections[section].addr - p->object->sections[section].addr;
}

/* A record without a symbol: the field holds what the object's own addresses give, so it changes by
 * how far both ends were moved. False: no such record is known. */
static bool section_value(const placer *p, const relocation *r, uint32_t ordinal, uint64_t *ret)
{
    macho_puts puts = (macho_puts)r->how->puts;
    if (ordinal == 0 || ordinal > p->object->nsections || r->field > RP_FIELD_64 ||
        (puts != PUTS_ADDRESS && puts != PUTS_PC))
        return false;
    *ret = rp_reloc_addend(r->bytes, false, r->field) + moved(p, ordinal - 1);
    if (puts == PUTS_PC)
        *ret -= moved(p, (uint32_t)(r->section - p->base.sections));
    else if (p->subtracts)
        *ret -= p->minus;
    return true;
}

typedef struct {
    uint32_t place, number; /* number: of a symbol's record, or of a section from 1 on */
    unsigned length, type;
    bool external;
} record;

static record read_record(rp_reader *r)
{
    record c = {.place = rp_u32(r)};
    uint32_t word = rp_u32(r);
    c.number = word & 0xffffffu;
    c.length = word >> 25 & 3u;
    c.external = (word >> 27 & 1u) != 0;
    c.type = word >> 28;
    return c;
}

static const how *how_of(const rp_image *object, const record *c)
{
    bool a64 = object->arch == RP_ARCH_AARCH64;
    size_t n = a64 ? RP_COUNT(arm64) : RP_COUNT(x86_64);
    if ((c->place & SCATTERED) != 0 || c->type >= n)
        return NULL;
    return a64 ? &arm64[c->type] : &x86_64[c->type];
}

/* Records that only prepare the next one. */
static bool prepares(placer *p, const record *c, const how *h, const relocation *r)
{
    if (h->puts == PUTS_SUBTRACTOR) {
        p->subtracts = true;
        p->minus = c->external                                           ? r->symbol
                   : c->number != 0 && c->number <= p->object->nsections ? moved(p, c->number - 1)
                                                                         : 0;
        return true;
    }
    if (h->puts == PUTS_ADDEND) { /* 24 bits with a sign in the symbol's place */
        p->adds = true;
        p->addend = (uint64_t)c->number - ((uint64_t)(c->number & 0x800000u) << 1);
        return true;
    }
    return false;
}

static bool describe(const placer *p, const rp_section *s, const record *c, relocation *ret)
{
    const how *h = how_of(p->object, c);
    if (h == NULL || s->offset == RP_NOWHERE)
        return false;
    *ret = (relocation){.how = h, .section = s, .field = (rp_reloc_field)h->field};
    if (h->field == RP_FIELD_64)
        ret->field = c->length == 3 ? RP_FIELD_64 : RP_FIELD_32;
    if (c->place >= s->filesz || s->filesz - c->place < rp_reloc_room(ret->field))
        return false;
    ret->bytes = p->base.bytes + s->offset + c->place;
    ret->place = s->addr + c->place;
    ret->field = rp_reloc_a64_field(ret->bytes, ret->field);
    ret->authenticated = p->object->arch == RP_ARCH_AARCH64 && c->type == ARM64_AUTHENTICATED;
    if (!c->external || h->puts == PUTS_ADDEND)
        return true;
    ret->index = c->number < p->base.nrecords ? p->symbol_of[c->number] : 0;
    if (ret->index != 0)
        ret->symbol = p->base.symbols[ret->index - 1].addr;
    return ret->index != 0;
}

static bool apply(placer *p, const record *c, relocation *r)
{
    uint64_t value = 0;
    if (!c->external && !section_value(p, r, c->number, &value))
        return false;
    if (c->external)
        value = value_of(p, r);
    rp_reloc_write(r->bytes, false, r->field, value);
    return true;
}

static void one(placer *p, const rp_section *s, rp_reader *from)
{
    record c = read_record(from);
    relocation r;
    bool known = describe(p, s, &c, &r);
    if (known && prepares(p, &c, r.how, &r))
        return;
    if (!known || !apply(p, &c, &r))
        p->base.placed->whole &= s->addr == 0; /* what debug information says is no matter */
    p->subtracts = p->adds = false;
}

/* reloff and nreloc of section i; false when its header cannot be read. */
static bool records_of(rp_image *object, uint32_t i, uint64_t *ret_at, uint64_t *ret_n)
{
    rp_reader r;
    if (!rp_source_reader(object->src, object->sections[i].at + RECORDS_AT, 8, object->big, &r))
        return false;
    *ret_at = rp_u32(&r);
    *ret_n = rp_u32(&r);
    return true;
}

static void relocate_section(placer *p, rp_image *object, uint32_t i)
{
    const rp_section *s = &p->base.sections[i];
    uint64_t at, n, size = object->src->size;
    rp_reader r;
    if ((s->addr == 0 && s->kind != RP_SEC_DEBUG) || !records_of(object, i, &at, &n) || n == 0)
        return;
    uint64_t room = at < size ? (size - at) / RELOCATION : 0;
    if (n > room) {
        rp_image_odd(p->base.img, s->at, "the relocations of section %.*s are cut short",
                     RP_FMT(s->name));
        p->base.placed->whole = false;
        n = room;
    }
    p->subtracts = p->adds = false;
    if (n == 0 || !rp_source_reader(object->src, at, n * RELOCATION, false, &r)) {
        p->base.placed->whole &= n == 0;
        return;
    }
    while (rp_left(&r) >= RELOCATION)
        one(p, s, &r);
}

/* Many sections may name the same records: together no more than the file has bytes for, twice. */
static bool relocations_bounded(rp_image *object)
{
    uint64_t all = 0, size = object->src->size;
    for (uint32_t i = 0; i < object->nsections; i++) {
        uint64_t at, n;
        if (!records_of(object, i, &at, &n))
            return false;
        uint64_t room = at < size ? (size - at) / RELOCATION : 0;
        all += n > room ? room : n;
    }
    return all <= 2 * size / RELOCATION + object->nsections * 16ull;
}

bool rp_macho_place(rp_image *img, rp_image **ret)
{
    placer p = {.object = img};
    const rp_macho *m = img->macho;
    bool known = img->bits == 64 && !img->big &&
                 (img->arch == RP_ARCH_X86_64 || img->arch == RP_ARCH_AARCH64);
    bool can = known && m->symtab.at != RP_NOWHERE && relocations_bounded(img);
    if (!can)
        return true;
    if (!rp_place_sections(&p.base, img, place_of, &can))
        return false;
    if (!can)
        return true;
    if (!rp_place_segments(&p.base))
        return !img->arena->refused;
    if (!rp_place_symbols(&p.base, img) ||
        !rp_place_records(&p.base, m->symtab.off, RP_MACHO_NLIST_64,
                          (uint32_t)(m->symtab.size / RP_MACHO_NLIST_64), &p.symbol_of))
        return false;
    for (uint32_t i = 0; i < img->nsections; i++)
        relocate_section(&p, img, i);
    rp_place_finish(&p.base);
    *ret = p.base.img;
    return !p.base.out_of_memory;
}
