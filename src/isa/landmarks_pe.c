/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/landmarks_pe.h"

#include "isa/landmark_names.h"
#include "isa/landmarks_parts.h"
#include "isa/runtime_shapes.h"
#include "obj/pe.h"
#include "obj/pe_load_config.h"
#include "obj/pe_parts.h"

static uint32_t writable(const rp_lm_builder *b, uint64_t slot)
{
    return rp_segments_find(b->read_only, b->nread_only, slot) ? RP_SLOT_FIXED : RP_SLOT_WRITABLE;
}

static bool add_pointer(rp_lm_builder *b, uint64_t addr)
{
    uint64_t code = b->img->arch == RP_ARCH_ARM ? addr & ~(uint64_t)1 : addr;
    if (!rp_address_map_code(&b->map, code))
        return true;
    uint64_t *to = rp_vec_push(b->img->arena, &b->pointers);
    if (to == NULL)
        return false;
    *to = addr;
    return true;
}

/* ---- load configuration ---- */

/* Fields that hold the address of a slot, or of the cookie. */
static bool from_load_config(rp_lm_builder *b, uint64_t *ret_cookie)
{
    static const struct {
        rp_lc_field field;
        rp_landmark_id id;
    } places[] = {
        {RP_LC_CF_CHECK, RP_LM_GUARD_CHECK},
        {RP_LC_CF_DISPATCH, RP_LM_GUARD_DISPATCH},
        {RP_LC_XFG_CHECK, RP_LM_XFG_CHECK},
        {RP_LC_XFG_DISPATCH, RP_LM_XFG_DISPATCH},
        {RP_LC_XFG_TABLE_DISPATCH, RP_LM_XFG_DISPATCH},
        {RP_LC_SECURITY_COOKIE, RP_LM_STACK_GUARD},
    };
    rp_pe_load_config lc;
    rp_pe_read_load_config(b->img, &lc);
    b->cut_short |= lc.present == RP_UNKNOWN;
    *ret_cookie = lc.field[RP_LC_SECURITY_COOKIE].value;
    for (size_t i = 0; i < RP_COUNT(places); i++) {
        uint64_t addr = lc.field[places[i].field].value;
        if (addr != 0 && !rp_lm_add(b, addr, places[i].id, writable(b, addr)))
            return false;
    }
    return true;
}

/* The loader writes the module's index there. */
static bool from_tls(rp_lm_builder *b)
{
    rp_pe_tls tls;
    rp_pe_read_tls(b->img, &tls);
    return tls.index == 0 || rp_lm_add(b, tls.index, RP_LM_TLS_INDEX, RP_SLOT_FIXED);
}

/* ---- names ---- */

/* 32-bit x86: "_name" (cdecl), "_name@8" (stdcall), "@name@8" (fastcall). */
static rp_str undecorated(rp_str name)
{
    rp_str s = {name.ptr + 1, name.len - 1};
    size_t n = s.len;
    while (n != 0 && s.ptr[n - 1] >= '0' && s.ptr[n - 1] <= '9')
        n--;
    if (n > 1 && n < s.len && s.ptr[n - 1] == '@')
        s.len = n - 1;
    return s;
}

static rp_landmark_id meaning(const rp_lm_builder *b, rp_str name)
{
    if (name.len > 6 && rp_str_starts(name, "__imp_"))
        return RP_LM_NONE;
    if (b->img->arch == RP_ARCH_X86 && name.len > 1 && (name.ptr[0] == '_' || name.ptr[0] == '@')) {
        rp_landmark_id id = rp_landmark_of_name(undecorated(name), b->preconditions);
        if (id != RP_LM_NONE)
            return id;
    }
    return rp_landmark_of_name(name, b->preconditions);
}

static bool from_symbols(rp_lm_builder *b)
{
    const rp_image *img = b->img;
    for (uint32_t i = 0; i < img->nsymbols; i++) {
        const rp_symbol *s = &img->symbols[i];
        if (!s->defined || s->addr == 0 || s->kind == RP_SYM_FILE || s->kind == RP_SYM_SECTION)
            continue;
        rp_landmark_id id = meaning(b, s->name);
        if (id != RP_LM_NONE && !rp_lm_add(b, s->addr, id, rp_lm_thunk_index(id, s->name)))
            return false;
        if (s->dynamic && s->global && !add_pointer(b, s->addr))
            return false;
    }
    return true;
}

/* Entries of the import address tables: most linkers put them where the loader alone writes; GNU
 * ld's .idata stays writable. So do the tables of delayed imports, but where they have a section of
 * their own and GuardFlags says so: Windows keeps that one read-only (PE Format,
 * IMAGE_GUARD_PROTECT_DELAYLOAD_IAT). */
static bool from_imports(rp_lm_builder *b)
{
    const uint32_t own = RP_GUARD_PROTECT_DELAYLOAD_IAT | RP_GUARD_DELAYLOAD_IAT_IN_OWN_SECTION;
    const struct rp_pe *pe = b->img->pe;
    rp_pe_load_config lc;
    rp_pe_read_load_config(b->img, &lc);
    bool protected = (lc.field[RP_LC_GUARD_FLAGS].value & own) == own;
    rp_pe_read_tables(b->img);
    b->cut_short |= pe->imports_known == RP_UNKNOWN || pe->exports_known == RP_UNKNOWN;
    for (uint32_t i = 0; i < pe->imports.n; i++) {
        const rp_pe_import *im = &pe->imports.items[i];
        uint64_t slot = pe->image_base + im->slot;
        uint32_t open = im->delayed && protected ? RP_SLOT_FIXED : writable(b, slot);
        rp_landmark_id id = meaning(b, im->name);
        if (id == RP_LM_NONE)
            id = open == RP_SLOT_WRITABLE ? RP_LM_IMPORT_WRITABLE : RP_LM_IMPORT_SLOT;
        if (!rp_lm_add(b, slot, id, open))
            return false;
    }
    return true;
}

/* ---- base relocations: words that hold addresses ---- */

static bool on_reloc(void *user, uint64_t place)
{
    rp_lm_builder *b = user;
    uint64_t value;
    if (!rp_address_map_code(&b->map, place) && rp_address_map_word(b->img, &b->map, place, &value))
        b->out_of_memory |= !add_pointer(b, value);
    return !b->out_of_memory;
}

static bool from_relocs(rp_lm_builder *b)
{
    b->cut_short |= !rp_pe_relocs_each(b->img, on_reloc, b);
    return !b->out_of_memory;
}

/* ---- code that is known by its looks ---- */

static bool add_shape(rp_lm_builder *b, uint64_t addr, rp_bytes bytes, uint64_t cookie)
{
    rp_landmark_id id = rp_runtime_shape(b->img->arch, addr, bytes, cookie);
    return id == RP_LM_NONE || rp_lm_add(b, addr, id, 0);
}

/* 32-bit code has no table of functions: what is told as one may be several. */
static bool shapes_inside(rp_lm_builder *b, uint64_t addr, rp_bytes bytes, uint64_t cookie)
{
    for (size_t at = 1; at < bytes.len; at++) {
        bool begins = bytes.ptr[at] == 0x51 || bytes.ptr[at] == 0x3b; /* push ecx, cmp */
        if (begins && !add_shape(b, addr + at, (rp_bytes){bytes.ptr + at, bytes.len - at}, cookie))
            return false;
    }
    return true;
}

static bool from_shapes(rp_lm_builder *b, uint64_t cookie)
{
    for (uint32_t i = 0; i < b->functions->n; i++) {
        const rp_function *f = &b->functions->items[i];
        rp_bytes bytes;
        if (f->kind == RP_FN_PLT || !rp_address_map_bytes(b->img, &b->map, f->start, &bytes))
            continue;
        if (bytes.len > f->end - f->start)
            bytes.len = (size_t)(f->end - f->start);
        if (!add_shape(b, f->start, bytes, cookie) ||
            (b->img->arch == RP_ARCH_X86 && !shapes_inside(b, f->start, bytes, cookie)))
            return false;
    }
    return true;
}

/* All of it may be a thunk: the linker's, or the C library's way to CFG's check, with call frames.
 */
static bool may_be_thunk(const rp_function *f)
{
    enum { LONGEST = 12 };
    return f->kind == RP_FN_PLT || f->end - f->start <= LONGEST;
}

/* Import thunks mean what their slot means. */
static bool from_thunks(rp_lm_builder *b)
{
    for (uint32_t i = 0; i < b->functions->n; i++) {
        const rp_function *f = &b->functions->items[i];
        uint64_t slot;
        rp_bytes bytes;
        if (!may_be_thunk(f) || !rp_address_map_bytes(b->img, &b->map, f->start, &bytes) ||
            !rp_runtime_thunk(b->img->arch, f->start, bytes, &slot))
            continue;
        const rp_landmark *l = rp_landmarks_find(b->landmarks, slot);
        bool only_slot = l == NULL || l->id == RP_LM_IMPORT_SLOT || l->id == RP_LM_IMPORT_WRITABLE;
        bool check = l != NULL && l->id == RP_LM_GUARD_CHECK;
        if (!only_slot && (check || f->kind == RP_FN_PLT) &&
            !rp_lm_add(b, f->start, check ? RP_LM_GUARD_CALL : l->id, 0))
            return false;
    }
    return true;
}

/* Objects: the slots that the load configuration of a linked file names have symbols. */
static rp_landmark_id object_meaning(const rp_lm_builder *b, rp_str name)
{
    static const struct {
        const char *name;
        rp_landmark_id id;
    } slots[] = {
        {"__guard_check_icall_fptr", RP_LM_GUARD_CHECK},
        {"__guard_dispatch_icall_fptr", RP_LM_GUARD_DISPATCH},
        {"__guard_xfg_check_icall_fptr", RP_LM_XFG_CHECK},
        {"__guard_xfg_dispatch_icall_fptr", RP_LM_XFG_DISPATCH},
        {"__guard_xfg_table_dispatch_icall_fptr", RP_LM_XFG_DISPATCH},
    };
    rp_str plain = name;
    if (b->img->arch == RP_ARCH_X86 && name.len > 1 && name.ptr[0] == '_')
        plain = (rp_str){name.ptr + 1, name.len - 1};
    for (size_t i = 0; i < RP_COUNT(slots); i++)
        if (rp_str_is(plain, slots[i].name))
            return slots[i].id;
    return meaning(b, name);
}

static bool build(rp_lm_builder *b)
{
    uint64_t cookie = 0;
    if (!rp_address_map_make(b->img, &b->map) ||
        !rp_read_only_ranges(b->img, &b->read_only, &b->nread_only))
        return false;
    rp_lm_find_texts(b);
    if (b->img->placed != NULL)
        return rp_lm_object(b, object_meaning) && from_shapes(b, 0);
    return from_load_config(b, &cookie) && from_tls(b) && from_symbols(b) && from_imports(b) &&
           from_relocs(b) && (b->img->entry == 0 || add_pointer(b, b->img->entry)) &&
           from_shapes(b, cookie) && from_thunks(b);
}

rp_code rp_landmarks_pe(rp_image *img, const rp_functions *functions, rp_code_map *ret,
                        rp_error *err)
{
    rp_lm_builder b = {.img = img,
                       .functions = functions,
                       .landmarks = &ret->landmarks,
                       .budget = 4 * img->src->size};
    *ret = (rp_code_map){.whole = RP_UNKNOWN};
    rp_image_symbols(img);
    bool readable = img->pe->image || img->placed != NULL;
    if (readable && !build(&b))
        return rp_fail_memory(err);
    ret->read_only = b.read_only;
    ret->nread_only = b.nread_only;
    ret->pointers = b.pointers.items;
    ret->npointers = b.pointers.n;
    if (readable && !b.cut_short && img->symbols_known != RP_UNKNOWN && !img->arena->refused)
        ret->whole = RP_YES;
    return RP_OK;
}
