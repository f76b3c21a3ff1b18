/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* ELF objects: sections keep their place in the file. */
#include "base/limits.h"
#include "obj/elf_const.h"
#include "obj/elf_parts.h"
#include "obj/place_parts.h"

#include <stdlib.h>

enum { TLS_BELOW = 0x8000 /* x86: variables lie below the thread pointer */ };

/* A value that was computed for a place: RISC-V's low parts ask for that of their high part. */
typedef struct {
    uint64_t place, value;
} computed;

typedef struct {
    rp_placing base;
    RP_VEC(computed) high; /* RISC-V */
    bool low;              /* this round applies RISC-V's low parts, and only them */
} placer;

static bool loaded(const rp_section *s)
{
    return (s->flags & SHF_ALLOC) != 0 && s->size != 0;
}

/* Sections get addresses: those with bytes by their place in the file, the others behind it. */
static void place_sections(rp_placing *p)
{
    p->end = RP_PLACED_BASE + p->img->src->size;
    for (uint32_t i = 0; i < p->img->nsections; i++) {
        rp_section *s = &p->sections[i];
        s->addr = 0;
        if (!loaded(s))
            continue;
        if (s->offset != RP_NOWHERE && s->filesz != 0) {
            s->addr = RP_PLACED_BASE + s->offset;
            continue;
        }
        p->end = (p->end + 63) & ~(uint64_t)63;
        s->addr = p->end;
        p->end += s->size < RP_MAX_FILE ? s->size : RP_MAX_FILE;
    }
}

/* Tentative definitions have a size but no section yet (SHN_COMMON), absolute ones none. */
static bool is_common(const rp_symbol *s)
{
    return s->defined && s->section == 0 && s->kind == RP_SYM_OBJECT;
}

static bool place_symbols(rp_placing *p)
{
    rp_image *img = p->img;
    p->symbols = rp_new(img->arena, img->nsymbols, rp_symbol);
    if (p->symbols == NULL)
        return false;
    p->end = (p->end + 0xfff) & ~(uint64_t)0xfff;
    p->placed->externs = p->end;
    for (uint32_t i = 0; i < img->nsymbols; i++) {
        rp_symbol s = img->symbols[i];
        const rp_section *in = s.section != 0 ? &p->sections[s.section - 1] : NULL;
        if (in != NULL && loaded(in)) {
            s.addr += (in->flags & SHF_TLS) == 0 ? in->addr : 0; /* TLS: offsets in the block */
        } else if ((!s.defined && s.name.len != 0) || is_common(&s)) {
            s.addr = s.kind == RP_SYM_TLS ? 0 : p->end;
            p->end += RP_EXTERN_SIZE;
        }
        p->symbols[i] = s;
    }
    img->symbols = p->symbols;
    return true;
}

/* ---- relocations ---- */

/* Where a thread-local variable would lie from the thread pointer: below it on x86, above on the
 * others. What matters is that it is some constant and not 0. */
static uint64_t from_thread_pointer(const rp_placing *p, uint64_t offset)
{
    bool below = p->img->arch == RP_ARCH_X86_64 || p->img->arch == RP_ARCH_X86;
    return below ? (offset & (TLS_BELOW - 1)) - TLS_BELOW : offset + 16;
}

static uint64_t page(uint64_t v)
{
    return v & ~(uint64_t)0xfff;
}

static int by_place(const void *a, const void *b)
{
    const computed *x = a, *y = b;
    return (x->place > y->place) - (x->place < y->place);
}

/* RISC-V: the low part's symbol labels the auipc whose high part it completes. */
static uint64_t high_value(const placer *p, uint64_t label)
{
    computed key = {label, 0};
    const computed *found = NULL;
    if (p->high.n != 0)
        found = bsearch(&key, p->high.items, p->high.n, sizeof key, by_place);
    return found != NULL ? found->value : 0;
}

typedef struct {
    const rp_reloc_how *how;
    uint32_t record; /* of the symbol, 0 none */
    uint64_t symbol, size, addend, place;
} relocation;

static uint64_t value_of(placer *p, const relocation *r)
{
    uint64_t to = r->symbol + r->addend, got = p->base.end;
    uint64_t g = 0;
    if (r->how->puts >= RP_PUTS_SLOT && r->how->puts <= RP_PUTS_SLOT_GOT)
        g = rp_place_slot(&p->base, (rp_got_kind)r->how->got, r->record) + r->addend;
    switch ((rp_puts)r->how->puts) {
    case RP_PUTS_ABS:
        return to;
    case RP_PUTS_PC:
        return to - r->place;
    case RP_PUTS_PAGE:
        return page(to) - page(r->place);
    case RP_PUTS_SIZE:
        return r->size + r->addend;
    case RP_PUTS_TP:
        return from_thread_pointer(&p->base, to);
    case RP_PUTS_DTP:
        return to;
    case RP_PUTS_SLOT:
        return g;
    case RP_PUTS_SLOT_PC:
        return g - r->place;
    case RP_PUTS_SLOT_PAGE:
        return page(g) - page(r->place);
    case RP_PUTS_SLOT_GOT:
        return g - got;
    case RP_PUTS_GOT_PC:
        return got + r->addend - r->place;
    case RP_PUTS_GOT_REL:
        return to - got;
    case RP_PUTS_LOW:
        return high_value(p, r->symbol);
    case RP_PUTS_NOTHING:
        break;
    }
    return 0;
}

static void keep_high(placer *p, uint64_t place, uint64_t value)
{
    computed *to = rp_vec_push(p->base.img->arena, &p->high);
    if (to != NULL)
        *to = (computed){place, value};
    else
        p->base.out_of_memory = true;
}

/* What the record says about a section's bytes; false: not to be applied. */
static bool describe(placer *p, const rp_elf_reloc *r, relocation *ret, uint8_t **ret_bytes)
{
    rp_image *img = p->base.img;
    if (r->section == 0 || r->section > img->nsections)
        return false;
    const rp_section *s = &p->base.sections[r->section - 1];
    *ret = (relocation){.how = rp_reloc_how_of(img->arch, r->type), .record = r->symbol};
    if (ret->how == NULL || r->symbol > img->elf->nsymtab) {
        p->base.placed->whole &= !loaded(s);
        return false;
    }
    if (ret->how->puts == RP_PUTS_NOTHING || (ret->how->puts == RP_PUTS_LOW) != p->low ||
        s->offset == RP_NOWHERE || rp_elf_section_compressed(s))
        return false;
    unsigned room = rp_reloc_room((rp_reloc_field)ret->how->field);
    if (r->place >= s->filesz || s->filesz - r->place < room || s->filesz > img->src->size ||
        s->offset > img->src->size - s->filesz) {
        p->base.placed->whole = false;
        return false;
    }
    *ret_bytes = p->base.bytes + s->offset + r->place;
    ret->place = s->addr + r->place;
    ret->addend = r->has_addend
                      ? r->addend
                      : rp_reloc_addend(*ret_bytes, img->big, (rp_reloc_field)ret->how->field);
    if (r->symbol != 0) {
        ret->symbol = img->symbols[r->symbol - 1].addr;
        ret->size = img->symbols[r->symbol - 1].size;
    }
    return true;
}

static bool on_reloc(void *user, const rp_elf_reloc *record)
{
    placer *p = user;
    relocation r;
    uint8_t *bytes;
    if (!describe(p, record, &r, &bytes))
        return true;
    uint64_t value = value_of(p, &r);
    if (p->base.img->arch == RP_ARCH_RISCV && r.how->field == RP_FIELD_RV_U)
        keep_high(p, r.place, value);
    rp_reloc_write(bytes, p->base.img->big, (rp_reloc_field)r.how->field, value);
    return !p->base.out_of_memory;
}

/* The relocations are those of the object; RISC-V's low parts need a round of their own. */
static bool relocate(placer *p, rp_image *object)
{
    bool all = rp_elf_relocs_each(object, on_reloc, p);
    if (p->high.n > 1)
        qsort(p->high.items, p->high.n, sizeof *p->high.items, by_place);
    p->low = true;
    if (p->base.img->arch == RP_ARCH_RISCV && !p->base.out_of_memory)
        all &= rp_elf_relocs_each(object, on_reloc, p);
    p->base.placed->whole &= all;
    return !p->base.out_of_memory;
}

bool rp_elf_place(rp_image *img, rp_image **ret)
{
    placer p = {.base = {.nrecords = img->elf->nsymtab}};
    if (rp_reloc_how_of(img->arch, 0) == NULL)
        return true;
    if (!rp_place_copy(&p.base, img, 0))
        return false;
    place_sections(&p.base);
    if (!rp_place_segments(&p.base))
        return !img->arena->refused;
    if (!place_symbols(&p.base))
        return false;
    p.base.end = (p.base.end + 0xfff) & ~(uint64_t)0xfff; /* the GOT */
    if (!relocate(&p, img))
        return false;
    rp_place_finish(&p.base);
    *ret = p.base.img;
    return true;
}
