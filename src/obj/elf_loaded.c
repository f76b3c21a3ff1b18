/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/elf_loaded.h"

#include "base/limits.h"
#include "obj/elf.h"
#include "obj/elf_const.h"
#include "obj/place_parts.h"

enum { MAX_CODE = 16 /* segments of code that are looked at; linkers make one or two */ };

typedef struct {
    rp_image *file, *img; /* img: the copy, NULL until a relocation of code was seen */
    rp_loaded *loaded;
    rp_symbol *symbols;
    uint8_t *bytes;
    const rp_segment *code[MAX_CODE];
    uint32_t ncode;
    bool out_of_memory;
} loader;

static bool writes_code(const rp_image *img)
{
    const rp_elf_dyn *flags = rp_elf_tag(img->elf, DT_FLAGS);
    bool writes = rp_elf_tag(img->elf, DT_TEXTREL) != NULL ||
                  (flags != NULL && (flags->value & DF_TEXTREL) != 0);
    for (uint32_t i = 0; i < img->nsegments && !writes; i++)
        writes = (img->segments[i].perm & (RP_W | RP_X)) == (RP_W | RP_X);
    return writes;
}

static bool find_code(loader *l)
{
    for (uint32_t i = 0; i < l->file->nsegments; i++) {
        const rp_segment *s = &l->file->segments[i];
        if ((s->perm & RP_X) == 0 || s->filesz == 0)
            continue;
        if (l->ncode == MAX_CODE)
            return false;
        l->code[l->ncode++] = s;
    }
    return true;
}

static const rp_segment *code_at(const loader *l, uint64_t addr)
{
    for (uint32_t i = 0; i < l->ncode; i++)
        if (addr >= l->code[i]->addr && addr - l->code[i]->addr < l->code[i]->filesz)
            return l->code[i];
    return NULL;
}

/* Behind all that is loaded; false where addresses are too short for one place to each symbol. */
static bool place_externs(const rp_image *img, uint64_t *ret)
{
    uint64_t end = 0, room = (uint64_t)img->nsymbols * RP_EXTERN_SIZE;
    for (uint32_t i = 0; i < img->nsegments; i++) {
        const rp_segment *s = &img->segments[i];
        uint64_t last = s->addr + s->size;
        if (last < s->addr)
            return false;
        end = last > end ? last : end;
    }
    uint64_t limit = img->bits == 64 ? UINT64_MAX : UINT32_MAX;
    if (end > limit - room || limit - room - end < RP_EXTERN_SIZE)
        return false;
    *ret = (end + RP_EXTERN_SIZE - 1) & ~(uint64_t)(RP_EXTERN_SIZE - 1);
    return true;
}

/* The copy, before its first relocation. False: none can be made; l->out_of_memory tells why. */
static bool copy(loader *l)
{
    rp_image *file = l->file;
    uint64_t externs;
    bool whole;
    l->loaded->whole = false;
    if (file->src->size > RP_MAX_TARGET_MEM / 4 || !place_externs(file, &externs))
        return false;
    rp_image *img = rp_place_bytes(file, file->src->size, &l->bytes, &whole);
    l->symbols = rp_new(file->arena, file->nsymbols, rp_symbol);
    if (img == NULL || l->symbols == NULL) {
        l->out_of_memory = true;
        return false;
    }
    if (file->nsymbols != 0)
        memcpy(l->symbols, file->symbols, file->nsymbols * sizeof *l->symbols);
    for (uint32_t i = 0; i < file->nsymbols; i++)
        if (l->symbols[i].dynamic && !l->symbols[i].defined)
            l->symbols[i].addr = externs + (uint64_t)i * RP_EXTERN_SIZE;
    *l->loaded = (rp_loaded){.externs = externs, .whole = whole};
    img->symbols = l->symbols;
    img->loaded = l->loaded;
    l->img = img;
    return true;
}

/* What the field gets; false: not understood. */
static bool value_of(const loader *l, const rp_elf_reloc *r, const rp_reloc_how *how,
                     const uint8_t *bytes, uint64_t *ret)
{
    const rp_symbol *s = rp_elf_dynamic_symbol(l->img, r->symbol);
    uint64_t addend =
        r->has_addend ? r->addend : rp_reloc_addend(bytes, l->img->big, (rp_reloc_field)how->field);
    if (r->symbol != 0 && s == NULL)
        return false;
    *ret = (s != NULL ? s->addr : 0) + addend;
    if (how->puts == RP_PUTS_PC)
        *ret -= r->place;
    return how->puts == RP_PUTS_PC || how->puts == RP_PUTS_ABS;
}

/* A word that is moved with the file: images are read at address 0, so it is the addend. */
static const rp_reloc_how base_word_64 = {.puts = RP_PUTS_ABS, .field = RP_FIELD_64},
                          base_word_32 = {.puts = RP_PUTS_ABS, .field = RP_FIELD_32};

static const rp_reloc_how *how_of(const rp_image *img, const rp_elf_reloc *r)
{
    if (r->stores == RP_STORES_BASE)
        return img->bits == 64 ? &base_word_64 : &base_word_32;
    return rp_reloc_how_of(img->arch, r->type);
}

static void apply(loader *l, const rp_elf_reloc *r, const rp_segment *code)
{
    uint64_t into = r->place - code->addr, value;
    const rp_reloc_how *how = how_of(l->img, r);
    bool thread = r->stores == RP_STORES_TLS; /* an offset: no code, and no pointer */
    if (thread || (how != NULL && how->puts == RP_PUTS_NOTHING))
        return;
    unsigned room = how != NULL ? rp_reloc_room((rp_reloc_field)how->field) : 0;
    uint64_t size = l->img->src->size;
    if (how == NULL || code->filesz - into < room || code->offset > size ||
        into > size - code->offset || size - code->offset - into < room ||
        !value_of(l, r, how, l->bytes + code->offset + into, &value)) {
        l->loaded->whole = false;
        return;
    }
    rp_reloc_write(l->bytes + code->offset + into, l->img->big, (rp_reloc_field)how->field, value);
}

static bool on_reloc(void *user, const rp_elf_reloc *r)
{
    loader *l = user;
    const rp_segment *code = code_at(l, r->place);
    bool slot = r->stores == RP_STORES_SLOT || r->stores == RP_STORES_RESOLVED ||
                r->stores == RP_STORES_TLS_DESC; /* of a GOT among code that may be written */
    if (code == NULL || slot)
        return true;
    if (l->img == NULL && !copy(l))
        return false;
    apply(l, r, code);
    return true;
}

/* No copy, but the reader learns that the code is not what will run. */
static bool as_it_is(loader *l)
{
    rp_image *img = rp_new(l->file->arena, 1, rp_image);
    if (img == NULL)
        return false;
    *img = *l->file;
    *l->loaded = (rp_loaded){.externs = UINT64_MAX};
    img->loaded = l->loaded;
    l->img = img;
    return true;
}

bool rp_load_code(rp_image *img, rp_image **ret)
{
    loader l = {.file = img};
    *ret = img;
    if (img->elf == NULL || img->elf->e_type == ET_REL || img->elf->debug_file ||
        !writes_code(img) || rp_reloc_how_of(img->arch, 0) == NULL)
        return true;
    rp_image_symbols(img);
    l.loaded = rp_new(img->arena, 1, rp_loaded);
    if (l.loaded == NULL)
        return false;
    l.loaded->whole = true;
    bool all = find_code(&l) && rp_elf_relocs_each(img, on_reloc, &l);
    if (l.out_of_memory || (!all && l.img == NULL && !as_it_is(&l)))
        return false;
    l.loaded->whole &= all;
    if (l.img != NULL)
        *ret = l.img;
    return true;
}
