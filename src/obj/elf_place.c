/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/elf_place.h"

#include "base/limits.h"
#include "obj/elf_const.h"
#include "obj/elf_parts.h"
#include "obj/elf_place_parts.h"

#include <stdlib.h>

enum {
    EXTERN_SIZE = 16, /* room of a symbol of another file, and of a slot */
    GOT_ENTRY_MAX = 16,
    TLS_BELOW = 0x8000 /* x86: variables lie below the thread pointer */
};

/* A value that was computed for a place: RISC-V's low parts ask for that of their high part. */
typedef struct {
    uint64_t place, value;
} computed;

typedef struct {
    rp_image *img; /* the placed copy */
    rp_elf_placed *placed;
    uint8_t *bytes;
    rp_section *sections;
    rp_symbol *symbols;
    uint64_t end;                    /* of what has an address so far */
    uint32_t *slot_of[RP_GOT_KINDS]; /* by symbol index of the record: its slot + 1 */
    RP_VEC(rp_got_slot) slots;
    RP_VEC(computed) high; /* RISC-V */
    bool low;              /* this round applies RISC-V's low parts, and only them */
    bool out_of_memory;
} placer;

static bool loaded(const rp_section *s)
{
    return (s->flags & SHF_ALLOC) != 0 && s->size != 0;
}

/* Sections get addresses: those with bytes by their place in the file, the others behind it. */
static void place_sections(placer *p)
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

static int by_addr(const void *a, const void *b)
{
    const rp_segment *x = a, *y = b;
    if (x->addr != y->addr)
        return x->addr < y->addr ? -1 : 1;
    return (x->size > y->size) - (x->size < y->size);
}

/* One segment for each run of sections with the same rights. */
static bool make_segments(placer *p)
{
    rp_segment *items = rp_new(p->img->arena, p->img->nsections, rp_segment);
    uint32_t n = 0, kept = 0;
    if (items == NULL)
        return false;
    for (uint32_t i = 0; i < p->img->nsections; i++) {
        const rp_section *s = &p->sections[i];
        if (loaded(s) && s->addr != 0)
            items[n++] = (rp_segment){.addr = s->addr,
                                      .size = s->size,
                                      .offset = s->offset,
                                      .filesz = s->offset == RP_NOWHERE ? 0 : s->filesz,
                                      .at = s->at,
                                      .perm = s->perm,
                                      .max_perm = s->perm};
    }
    if (n > 1)
        qsort(items, n, sizeof *items, by_addr);
    rp_segment *each = rp_new(p->img->arena, n, rp_segment);
    if (each == NULL)
        return false;
    if (n != 0)
        memcpy(each, items, n * sizeof *each);
    p->placed->sections = each;
    p->placed->nsections = n;
    for (uint32_t i = 0; i < n; i++) {
        rp_segment *last = kept ? &items[kept - 1] : NULL, s = items[i];
        bool joins = last != NULL && last->perm == s.perm && last->filesz != 0 && s.filesz != 0;
        if (!joins) {
            items[kept++] = s;
        } else if (s.addr + s.filesz > last->addr + last->size) {
            last->size = last->filesz = s.addr + s.filesz - last->addr;
        }
    }
    p->img->segments = items;
    p->img->nsegments = kept;
    return kept <= RP_MAX_SEGMENTS;
}

/* Tentative definitions have a size but no section yet (SHN_COMMON), absolute ones none. */
static bool is_common(const rp_symbol *s)
{
    return s->defined && s->section == 0 && s->kind == RP_SYM_OBJECT;
}

static bool place_symbols(placer *p)
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
            p->end += EXTERN_SIZE;
        }
        p->symbols[i] = s;
    }
    img->symbols = p->symbols;
    return true;
}

/* ---- relocations ---- */

/* The address of a symbol's slot, made when it is first asked for. */
static uint64_t slot(placer *p, rp_got_kind kind, uint32_t record)
{
    const rp_image *img = p->img;
    uint32_t **index = &p->slot_of[kind];
    uint32_t key = kind == RP_GOT_TLS_LD ? 0 : record;
    if (*index == NULL)
        *index = rp_new(img->arena, img->elf->nsymtab + 1ull, uint32_t);
    if (*index == NULL) {
        p->out_of_memory = true;
        return 0;
    }
    if ((*index)[key] == 0) {
        rp_got_slot *to = rp_vec_push(img->arena, &p->slots);
        if (to == NULL) {
            p->out_of_memory = true;
            return 0;
        }
        *to = (rp_got_slot){.addr = p->end + (uint64_t)(p->slots.n - 1) * GOT_ENTRY_MAX,
                            .symbol = key == 0 ? UINT32_MAX : key - 1,
                            .kind = kind};
        (*index)[key] = p->slots.n;
    }
    return p->end + (uint64_t)((*index)[key] - 1) * GOT_ENTRY_MAX;
}

/* Where a thread-local variable would lie from the thread pointer: below it on x86, above on the
 * others. What matters is that it is some constant and not 0. */
static uint64_t from_thread_pointer(const placer *p, uint64_t offset)
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
    uint64_t to = r->symbol + r->addend, got = p->end;
    uint64_t g = 0;
    if (r->how->puts >= RP_PUTS_SLOT && r->how->puts <= RP_PUTS_SLOT_GOT)
        g = slot(p, (rp_got_kind)r->how->got, r->record) + r->addend;
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
        return from_thread_pointer(p, to);
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
    computed *to = rp_vec_push(p->img->arena, &p->high);
    if (to != NULL)
        *to = (computed){place, value};
    else
        p->out_of_memory = true;
}

/* What the record says about a section's bytes; false: not to be applied. */
static bool describe(placer *p, const rp_elf_reloc *r, relocation *ret, uint8_t **ret_bytes)
{
    rp_image *img = p->img;
    if (r->section == 0 || r->section > img->nsections)
        return false;
    const rp_section *s = &p->sections[r->section - 1];
    *ret = (relocation){.how = rp_reloc_how_of(img->arch, r->type), .record = r->symbol};
    if (ret->how == NULL || r->symbol > img->elf->nsymtab) {
        p->placed->whole &= !loaded(s);
        return false;
    }
    if (ret->how->puts == RP_PUTS_NOTHING || (ret->how->puts == RP_PUTS_LOW) != p->low ||
        s->offset == RP_NOWHERE || rp_elf_section_compressed(s))
        return false;
    unsigned room = rp_reloc_room((rp_reloc_field)ret->how->field);
    if (r->place >= s->filesz || s->filesz - r->place < room || s->filesz > img->src->size ||
        s->offset > img->src->size - s->filesz) {
        p->placed->whole = false;
        return false;
    }
    *ret_bytes = p->bytes + s->offset + r->place;
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
    if (p->img->arch == RP_ARCH_RISCV && r.how->field == RP_FIELD_RV_U)
        keep_high(p, r.place, value);
    rp_reloc_write(bytes, p->img->big, (rp_reloc_field)r.how->field, value);
    return !p->out_of_memory;
}

/* The relocations are those of the object; RISC-V's low parts need a round of their own. */
static bool relocate(placer *p, rp_image *object)
{
    bool all = rp_elf_relocs_each(object, on_reloc, p);
    if (p->high.n > 1)
        qsort(p->high.items, p->high.n, sizeof *p->high.items, by_place);
    p->low = true;
    if (p->img->arch == RP_ARCH_RISCV && !p->out_of_memory)
        all &= rp_elf_relocs_each(object, on_reloc, p);
    p->placed->whole &= all;
    return !p->out_of_memory;
}

/* ---- the copy ---- */

static bool can_be_placed(const rp_image *img)
{
    if (img->elf == NULL || img->elf->e_type != ET_REL || img->elf->debug_file)
        return false;
    /* the copy of the bytes comes out of the artefact's share of memory */
    return img->nsections != 0 && img->src->size <= RP_MAX_TARGET_MEM / 4 &&
           rp_reloc_how_of(img->arch, 0) != NULL;
}

/* Everything that placing changes, as copies. */
static bool copy(placer *p, rp_image *object)
{
    rp_arena *arena = object->arena;
    rp_image *img = rp_new(arena, 1, rp_image);
    struct rp_elf *elf = rp_new(arena, 1, struct rp_elf);
    rp_source *src = rp_new(arena, 1, rp_source);
    p->placed = rp_new(arena, 1, rp_elf_placed);
    p->bytes = rp_arena_array(arena, object->src->size, 1);
    p->sections = rp_new(arena, object->nsections, rp_section);
    if (img == NULL || elf == NULL || src == NULL || p->placed == NULL || p->bytes == NULL ||
        p->sections == NULL)
        return false;
    *img = *object;
    *elf = *object->elf;
    memcpy(p->sections, object->sections, object->nsections * sizeof *p->sections);
    size_t got = rp_source_copy(object->src, 0, p->bytes, (size_t)object->src->size);
    *src = rp_source_memory((rp_bytes){p->bytes, (size_t)object->src->size}, arena);
    src->origin = object->src->origin;
    p->placed->whole = got == object->src->size;
    elf->placed = p->placed;
    img->elf = elf;
    img->src = src;
    img->sections = p->sections;
    img->kind = RP_KIND_LIBRARY; /* its code is read like one's */
    p->img = img;
    return true;
}

uint64_t rp_elf_placed_offset(const rp_image *placed, uint64_t addr)
{
    const rp_elf_placed *p = placed->elf->placed;
    uint32_t low = 0, high = p->nsections;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (p->sections[mid].addr <= addr)
            low = mid + 1;
        else
            high = mid;
    }
    return low != 0 ? addr - p->sections[low - 1].addr : addr;
}

bool rp_elf_place(rp_image *img, rp_image **ret)
{
    placer p = {0};
    *ret = NULL;
    if (!can_be_placed(img))
        return true;
    rp_image_symbols(img);
    if (!copy(&p, img))
        return false;
    place_sections(&p);
    if (!make_segments(&p))
        return !img->arena->refused;
    if (!place_symbols(&p))
        return false;
    p.end = (p.end + 0xfff) & ~(uint64_t)0xfff; /* the GOT */
    if (!relocate(&p, img))
        return false;
    p.placed->slots = p.slots.items;
    p.placed->nslots = p.slots.n;
    *ret = p.img;
    return true;
}
