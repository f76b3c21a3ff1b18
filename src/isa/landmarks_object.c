/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Landmarks of COFF and Mach-O objects that were laid out (obj/place.h): symbols name everything,
 * also what other files define. */
#include "isa/landmarks_parts.h"
#include "obj/place.h"

/* A slot with the address of `name`: what it means, else only that it is one. */
static bool slot_of(rp_lm_builder *b, uint64_t slot, rp_str name, rp_lm_meaning *meaning)
{
    rp_landmark_id id = meaning(b, name);
    return rp_lm_add(b, slot, id != RP_LM_NONE ? id : RP_LM_IMPORT_SLOT, RP_SLOT_FIXED);
}

/* COFF: "__imp_NAME" is the import table's entry; GCC and clang for MinGW make ".refptr.NAME", a
 * constant of the object, for what may lie in another DLL. */
static bool is_slot(const rp_lm_builder *b, const rp_symbol *s, rp_str *ret)
{
    static const char *const prefixes[] = {"__imp_", ".refptr."};
    for (size_t i = 0; b->img->pe != NULL && i < RP_COUNT(prefixes); i++) {
        size_t n = strlen(prefixes[i]);
        if (s->name.len > n && rp_str_starts(s->name, prefixes[i])) {
            *ret = rp_str_sub(s->name, n, s->name.len - n);
            return true;
        }
    }
    return false;
}

static bool from_symbol(rp_lm_builder *b, const rp_symbol *s, rp_lm_meaning *meaning)
{
    rp_str name;
    if (s->addr == 0 || s->kind == RP_SYM_FILE || s->kind == RP_SYM_SECTION)
        return true;
    if (is_slot(b, s, &name))
        return slot_of(b, s->addr, name, meaning);
    rp_landmark_id id = meaning(b, s->name);
    if (id != RP_LM_NONE && !rp_lm_add(b, s->addr, id, rp_lm_thunk_index(id, s->name)))
        return false;
    bool code = s->kind == RP_SYM_FUNC || s->kind == RP_SYM_OTHER;
    return !s->global || !s->defined || !code || rp_lm_add_pointer(b, s->addr);
}

static bool from_slots(rp_lm_builder *b, rp_lm_meaning *meaning)
{
    const rp_placed *placed = b->img->placed;
    for (uint32_t i = 0; i < placed->nslots; i++) {
        const rp_got_slot *slot = &placed->slots[i];
        if (slot->symbol >= b->img->nsymbols)
            continue;
        const rp_symbol *s = &b->img->symbols[slot->symbol];
        if (!slot_of(b, slot->addr, s->name, meaning) ||
            (s->defined && !rp_lm_add_pointer(b, s->addr)))
            return false;
    }
    return true;
}

/* Words that hold a function's address: relocations were applied. Unwind data has no such words:
 * its addresses are half as wide or count from where they stand. */
static bool words_of(rp_lm_builder *b, const rp_segment *s)
{
    rp_image *img = b->img;
    unsigned word = img->bits / 8u;
    rp_bytes bytes;
    if (!rp_lm_spend(b, s->filesz) || !rp_address_map_bytes(img, &b->map, s->addr, &bytes))
        return !img->arena->refused;
    if (bytes.len > s->filesz)
        bytes.len = (size_t)s->filesz;
    rp_reader r = rp_reader_of(bytes, 0, img->big);
    while (rp_left(&r) >= word) {
        uint64_t value = rp_uint(&r, word);
        if (rp_lm_starts_function(b, value) && !rp_lm_add_pointer(b, value))
            return false;
    }
    return true;
}

static bool unwind_data(const rp_section *s)
{
    return rp_str_starts(s->name, ".pdata") || rp_str_starts(s->name, ".xdata") ||
           rp_str_starts(s->name, ".gfids") || rp_str_starts(s->name, ".gljmp") ||
           rp_str_starts(s->name, ".giats") || rp_str_starts(s->name, ".gehcont") ||
           rp_str_starts(s->name, ".sxdata") || rp_str_starts(s->name, ".eh_frame");
}

bool rp_lm_object(rp_lm_builder *b, rp_lm_meaning *meaning)
{
    const rp_image *img = b->img;
    for (uint32_t i = 0; i < img->nsymbols; i++)
        if (!from_symbol(b, &img->symbols[i], meaning))
            return false;
    for (uint32_t i = 0; i < img->nsections; i++) {
        const rp_section *s = &img->sections[i];
        rp_segment data = {.addr = s->addr, .size = s->size, .filesz = s->filesz};
        if (s->addr != 0 && s->filesz != 0 && s->offset != RP_NOWHERE && (s->perm & RP_X) == 0 &&
            !unwind_data(s) && !words_of(b, &data))
            return false;
    }
    b->cut_short |= !img->placed->whole;
    return from_slots(b, meaning);
}
