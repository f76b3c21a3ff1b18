/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Sources: mach-o/loader.h (indirect symbols), mach-o/fixup-chains.h. */
#include "isa/landmarks_macho.h"

#include "base/limits.h"
#include "isa/landmark_names.h"
#include "isa/landmarks_parts.h"
#include "obj/macho.h"
#include "obj/macho_format.h"

enum { SYMBOL_STUBS = 8, INDIRECT_AT = 56 };
#define INDIRECT_LOCAL 0x80000000u
#define INDIRECT_ABS   0x40000000u

typedef struct {
    rp_lm_builder *b;
    rp_reader indirect, names, records;
    bool there;
} symbols;

/* Names in C have an underscore of their own. */
static rp_landmark_id meaning(const rp_lm_builder *b, rp_str name)
{
    if (rp_str_is(name, "___chkstk_darwin") || rp_str_is(name, "____chkstk_darwin"))
        return RP_LM_CHKSTK;
    if (rp_str_is(name, "__tlv_bootstrap") || rp_str_is(name, "_tlv_get_addr"))
        return RP_LM_TLS_GET_ADDR;
    if (name.len < 2 || name.ptr[0] != '_')
        return RP_LM_NONE;
    return rp_landmark_of_name((rp_str){name.ptr + 1, name.len - 1}, b->preconditions);
}

static bool from_symbols(rp_lm_builder *b)
{
    const rp_image *img = b->img;
    for (uint32_t i = 0; i < img->nsymbols; i++) {
        const rp_symbol *s = &img->symbols[i];
        if (!s->defined || s->addr == 0 || s->kind == RP_SYM_FILE)
            continue;
        rp_landmark_id id = meaning(b, s->name);
        if (id != RP_LM_NONE && !rp_lm_add(b, s->addr, id, 0))
            return false;
        if (s->dynamic && s->global && s->kind == RP_SYM_FUNC && !rp_lm_add_pointer(b, s->addr))
            return false;
    }
    return true;
}

/* ---- the indirect symbol table ---- */

static bool open_tables(symbols *s)
{
    rp_image *img = s->b->img;
    const rp_macho *m = img->macho;
    rp_reader r;
    if (m->dysymtab_at == RP_NOWHERE || m->symtab.at == RP_NOWHERE)
        return false;
    if (!rp_source_reader(img->src, m->dysymtab_at + INDIRECT_AT, 8, img->big, &r))
        return false;
    uint64_t off = rp_u32(&r), n = rp_u32(&r);
    return n != 0 && rp_source_reader(img->src, off, 4 * n, img->big, &s->indirect) &&
           rp_source_reader(img->src, m->symtab.off, m->symtab.size, img->big, &s->records) &&
           rp_source_reader(img->src, m->strings.off, m->strings.size, img->big, &s->names);
}

/* Name of entry `index`; false for entries that name no symbol. */
static bool indirect_name(const symbols *s, uint64_t index, rp_str *ret)
{
    rp_reader r = s->indirect;
    rp_seek(&r, 4 * index);
    uint32_t symbol = rp_u32(&r);
    if (r.bad || (symbol & (INDIRECT_LOCAL | INDIRECT_ABS)) != 0)
        return false;
    unsigned record = s->b->img->bits == 64 ? RP_MACHO_NLIST_64 : RP_MACHO_NLIST_32;
    r = s->records;
    rp_seek(&r, (uint64_t)record * symbol);
    uint32_t name = rp_u32(&r);
    rp_reader limited = s->names;
    if (r.bad || name > limited.buf.len)
        return false;
    if (limited.buf.len - name > RP_MAX_NAME) /* many entries may name one endless string */
        limited.buf.len = name + RP_MAX_NAME;
    return rp_cstr(&limited, name, ret);
}

static rp_landmark_id pointer_meaning(rp_landmark_id named, uint32_t open)
{
    if (named != RP_LM_NONE)
        return named;
    return open == RP_SLOT_WRITABLE ? RP_LM_IMPORT_WRITABLE : RP_LM_IMPORT_SLOT;
}

/* Entries of a section of pointers or stubs. */
static bool section_entries(symbols *s, const rp_section *section, uint64_t first, uint64_t width,
                            bool stubs)
{
    rp_lm_builder *b = s->b;
    uint64_t n = section->size / width, named = s->indirect.buf.len / 4;
    n = first >= named ? 0 : n < named - first ? n : named - first;
    if (!rp_lm_spend(b, n * 4)) /* sections may share their entries */
        return true;
    for (uint64_t i = 0; i < n; i++) {
        uint64_t addr = section->addr + i * width;
        rp_str name;
        rp_landmark_id id = indirect_name(s, first + i, &name) ? meaning(b, name) : RP_LM_NONE;
        bool fixed = rp_segments_find(b->read_only, b->nread_only, addr) != NULL;
        uint32_t open = fixed ? RP_SLOT_FIXED : RP_SLOT_WRITABLE;
        if (!stubs)
            id = pointer_meaning(id, open);
        if (id != RP_LM_NONE && !rp_lm_add(b, addr, id, stubs ? 0 : open))
            return false;
    }
    return true;
}

/* reserved1 of a section header: its first entry in the table; reserved2: the size of a stub. */
static bool one_section(symbols *s, const rp_section *section)
{
    const rp_image *img = s->b->img;
    unsigned type = RP_S_TYPE(section->flags), word = img->bits / 8u;
    bool stubs = type == SYMBOL_STUBS;
    bool pointers = type == RP_S_NON_LAZY_SYMBOL_POINTERS || type == RP_S_LAZY_SYMBOL_POINTERS ||
                    type == RP_S_LAZY_DYLIB_SYMBOL_POINTERS;
    rp_reader r;
    if ((!stubs && !pointers) || section->size > UINT64_MAX - section->addr)
        return true;
    if (!rp_source_reader(img->src, section->at + (word == 8 ? 68 : 60), 8, img->big, &r)) {
        s->b->cut_short = true;
        return true;
    }
    uint64_t first = rp_u32(&r), size = rp_u32(&r), width = stubs ? size : word;
    return width == 0 || section_entries(s, section, first, width, stubs);
}

static bool from_indirect(rp_lm_builder *b)
{
    symbols s = {.b = b};
    if (!open_tables(&s)) {
        b->cut_short |= b->img->macho->dysymtab_at == RP_NOWHERE && b->img->nlibraries != 0;
        return true;
    }
    for (uint32_t i = 0; i < b->img->nsections; i++)
        if (!one_section(&s, &b->img->sections[i]))
            return false;
    return true;
}

/* ---- thread-local variables ---- */

/* A variable's descriptor: the function that finds it, its key, its offset in the block
 * (mach-o/loader.h, tlv_descriptor). Other libraries' are reached by pointers. */
static bool descriptors(rp_lm_builder *b)
{
    uint64_t word = b->img->bits / 8u;
    for (uint32_t i = 0; i < b->img->nsections; i++) {
        const rp_section *s = &b->img->sections[i];
        unsigned type = RP_S_TYPE(s->flags);
        uint64_t width = type == RP_S_THREAD_LOCAL_VARIABLES           ? 3 * word
                         : type == RP_S_THREAD_LOCAL_VARIABLE_POINTERS ? word
                                                                       : 0;
        if (width == 0 || s->filesz == 0 || s->size > UINT64_MAX - s->addr ||
            !rp_lm_spend(b, s->filesz))
            continue;
        for (uint64_t at = 0; at + width <= s->filesz; at += width)
            if (!rp_lm_add(b, s->addr + at, RP_LM_TLS_DESC, RP_SLOT_FIXED))
                return false;
    }
    return true;
}

/* ---- */

/* dyld makes segments read-only after it has fixed them up: __DATA_CONST, __AUTH_CONST. */
static bool find_read_only(rp_lm_builder *b)
{
    rp_image view = *b->img;
    rp_segment *segments = rp_new(b->img->arena, view.nsegments, rp_segment);
    if (segments == NULL)
        return false;
    for (uint32_t i = 0; i < view.nsegments; i++) {
        segments[i] = b->img->segments[i];
        if (b->img->placed == NULL && (rp_macho_segment_flags(b->img, i) & RP_SG_READ_ONLY) != 0)
            segments[i].perm &= (uint8_t)~RP_W;
    }
    view.segments = segments;
    return rp_read_only_ranges(&view, &b->read_only, &b->nread_only);
}

#define PRECONDITION RP_STR("unsafe precondition(s) violated")

static bool on_piece(void *user, rp_bytes piece, uint64_t at)
{
    rp_lm_builder *b = user;
    (void)at;
    b->preconditions = rp_bytes_find(piece, PRECONDITION) != SIZE_MAX;
    return !b->preconditions;
}

/* Constants lie in __TEXT, between the code. */
static void find_texts(rp_lm_builder *b)
{
    for (uint32_t i = 0; i < b->img->nsections && !b->preconditions; i++) {
        const rp_section *s = &b->img->sections[i];
        if (s->kind != RP_SEC_RODATA || s->offset == RP_NOWHERE || !rp_lm_spend(b, s->filesz))
            continue;
        if (!rp_source_scan(b->img->src, s->offset, s->filesz, PRECONDITION.len - 1, on_piece, b))
            b->cut_short |= !b->preconditions;
    }
}

static bool build(rp_lm_builder *b)
{
    if (!rp_address_map_make(b->img, &b->map) || !find_read_only(b))
        return false;
    find_texts(b);
    if (!descriptors(b))
        return false;
    if (b->img->placed != NULL)
        return rp_lm_object(b, meaning);
    return from_symbols(b) && from_indirect(b) &&
           (b->img->entry == 0 || rp_lm_add_pointer(b, b->img->entry));
}

rp_code rp_landmarks_macho(rp_image *img, const rp_functions *functions, rp_code_map *ret,
                           rp_error *err)
{
    rp_lm_builder b = {.img = img,
                       .functions = functions,
                       .landmarks = &ret->landmarks,
                       .budget = 4 * img->src->size};
    *ret = (rp_code_map){.whole = RP_UNKNOWN};
    rp_image_symbols(img);
    if (!build(&b))
        return rp_fail_memory(err);
    ret->read_only = b.read_only;
    ret->nread_only = b.nread_only;
    ret->pointers = b.pointers.items;
    ret->npointers = b.pointers.n;
    if (!b.cut_short && img->symbols_known != RP_UNKNOWN && img->macho->commands_whole &&
        !img->arena->refused)
        ret->whole = RP_YES;
    return RP_OK;
}
