/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Import, delay-import and export directories. */
#include "obj/pe.h"

#include "base/limits.h"

enum {
    IMPORT_DESCRIPTOR = 20,
    DELAY_DESCRIPTOR = 32,
    EXPORT_DIRECTORY = 40,
    BY_RVA = 1, /* of a delay descriptor: its fields are RVAs, not addresses */
};

/* One DLL: of an import descriptor or of a delay-load descriptor. */
typedef struct {
    uint32_t name, lookup, slots;
    bool delayed;
    uint64_t at;
} descriptor;

static bool read_import_descriptor(rp_image *img, uint32_t i, descriptor *ret)
{
    rp_reader r;
    uint64_t rva = img->pe->dir[RP_PE_DIR_IMPORT].rva + (uint64_t)i * IMPORT_DESCRIPTOR;
    if (!rp_pe_reader(img, rva, IMPORT_DESCRIPTOR, &r))
        return false;
    *ret = (descriptor){.at = rp_at(&r)};
    ret->lookup = rp_u32(&r);
    rp_skip_bytes(&r, 8); /* TimeDateStamp, ForwarderChain */
    ret->name = rp_u32(&r);
    ret->slots = rp_u32(&r);
    if (ret->lookup == 0) /* old Borland linkers: only the address table */
        ret->lookup = ret->slots;
    return true;
}

/* Fields were addresses before Visual C++ 7; such images are 32-bit. */
static bool read_delay_descriptor(rp_image *img, uint32_t i, descriptor *ret)
{
    rp_reader r;
    uint64_t rva = img->pe->dir[RP_PE_DIR_DELAY_IMPORT].rva + (uint64_t)i * DELAY_DESCRIPTOR;
    if (!rp_pe_reader(img, rva, DELAY_DESCRIPTOR, &r))
        return false;
    *ret = (descriptor){.at = rp_at(&r), .delayed = true};
    uint32_t base = (rp_u32(&r) & BY_RVA) != 0 ? 0 : (uint32_t)img->pe->image_base;
    ret->name = rp_u32(&r);
    if (ret->name == 0)
        return true;
    ret->name -= base;
    (void)rp_u32(&r); /* ModuleHandle */
    ret->slots = rp_u32(&r) - base;
    ret->lookup = rp_u32(&r) - base;
    return true;
}

static bool read_descriptor(rp_image *img, bool delayed, uint32_t i, descriptor *ret)
{
    return delayed ? read_delay_descriptor(img, i, ret) : read_import_descriptor(img, i, ret);
}

/* The list ends with an empty descriptor; the loader does not look at the directory's size. */
static bool is_last(const descriptor *d)
{
    return d->name == 0 || (!d->delayed && d->slots == 0);
}

static bool present(const rp_image *img, unsigned dir)
{
    return img->pe->dir[dir].rva != 0;
}

bool rp_pe_libraries(rp_image *img)
{
    RP_VEC(rp_str) names = {0};
    for (int delayed = 0; delayed < 2; delayed++) {
        unsigned dir = delayed ? RP_PE_DIR_DELAY_IMPORT : RP_PE_DIR_IMPORT;
        for (uint32_t i = 0; present(img, dir) && i < RP_MAX_IMPORTS; i++) {
            descriptor d;
            if (!read_descriptor(img, delayed != 0, i, &d)) {
                rp_image_odd(img, img->pe->dir[dir].at,
                             "the %s directory is cut short after %u DLLs",
                             delayed ? "delay import" : "import", i);
                break;
            }
            if (is_last(&d))
                break;
            rp_str name;
            if (!rp_pe_cstr(img, d.name, &name)) {
                rp_image_odd(img, d.at, "the name of an imported DLL lies outside the image");
                continue;
            }
            rp_str *to = rp_vec_push(img->arena, &names);
            if (to == NULL)
                return false;
            *to = name;
        }
    }
    img->libraries = names.items;
    img->nlibraries = names.n;
    return true;
}

/* Hint, then the name. */
static bool by_name(rp_image *img, uint32_t rva, rp_pe_import *ret)
{
    rp_reader r;
    if (!rp_pe_reader(img, rva, 2, &r) || !rp_pe_cstr(img, rva + 2ull, &ret->name))
        return false;
    ret->ordinal = rp_u16(&r);
    return true;
}

static rp_tri add_import(rp_image *img, const descriptor *d, rp_str dll, uint32_t i, uint64_t entry,
                         uint64_t at)
{
    unsigned width = img->pe->pe32_plus ? 8 : 4;
    rp_pe_import im = {.dll = dll,
                       .delayed = d->delayed,
                       .slot = d->slots + i * width,
                       .ordinal = (uint16_t)entry,
                       .at = at};
    bool by_ordinal = entry >> (8 * width - 1) != 0;
    if (!by_ordinal && !by_name(img, (uint32_t)entry & 0x7fffffff, &im))
        return RP_UNKNOWN;
    rp_pe_import *to = rp_vec_push(img->arena, &img->pe->imports);
    if (to == NULL)
        return RP_UNKNOWN;
    *to = im;
    return RP_YES;
}

/* All functions of one DLL; UNKNOWN when the table leaves the image or a name cannot be read. */
static rp_tri read_lookup(rp_image *img, const descriptor *d)
{
    unsigned width = img->pe->pe32_plus ? 8 : 4;
    rp_str dll = {"", 0};
    if (!rp_pe_cstr(img, d->name, &dll))
        return RP_UNKNOWN;
    for (uint32_t i = 0; img->pe->imports.n < RP_MAX_IMPORTS; i++) {
        rp_reader r;
        if (!rp_pe_reader(img, d->lookup + (uint64_t)i * width, width, &r)) {
            rp_image_odd(img, d->at, "the lookup table of '%.*s' leaves the image", RP_FMT(dll));
            return RP_UNKNOWN;
        }
        uint64_t at = rp_at(&r), entry = rp_uint(&r, width);
        if (entry == 0)
            return RP_YES;
        if (add_import(img, d, dll, i, entry, at) != RP_YES) {
            rp_image_odd(img, at, "an import of '%.*s' cannot be read", RP_FMT(dll));
            return RP_UNKNOWN;
        }
    }
    rp_image_odd(img, d->at, "more than %u imports", RP_MAX_IMPORTS);
    return RP_UNKNOWN;
}

static rp_tri read_imports(rp_image *img, bool delayed)
{
    unsigned dir = delayed ? RP_PE_DIR_DELAY_IMPORT : RP_PE_DIR_IMPORT;
    if (!present(img, dir))
        return RP_NO;
    rp_tri known = RP_YES;
    for (uint32_t i = 0; i < RP_MAX_IMPORTS && img->pe->imports.n < RP_MAX_IMPORTS; i++) {
        descriptor d;
        if (!read_descriptor(img, delayed, i, &d))
            return RP_UNKNOWN; /* rp_pe_libraries has said so */
        if (is_last(&d))
            return known;
        if (read_lookup(img, &d) == RP_UNKNOWN)
            known = RP_UNKNOWN;
    }
    return RP_UNKNOWN;
}

typedef struct {
    uint32_t base, functions, names;
    rp_reader addresses, name_rvas, ordinals;
} export_directory;

static bool read_export_directory(rp_image *img, export_directory *ret)
{
    rp_reader r;
    if (!rp_pe_reader(img, img->pe->dir[RP_PE_DIR_EXPORT].rva, EXPORT_DIRECTORY, &r))
        return false;
    rp_seek(&r, 16);
    ret->base = rp_u32(&r);
    ret->functions = rp_u32(&r);
    ret->names = rp_u32(&r);
    uint32_t addresses = rp_u32(&r), names = rp_u32(&r), ordinals = rp_u32(&r);
    if (ret->functions > RP_MAX_IMPORTS || ret->names > RP_MAX_IMPORTS)
        return false;
    ret->addresses = ret->name_rvas = ret->ordinals = (rp_reader){0};
    if (ret->functions != 0 &&
        !rp_pe_reader(img, addresses, 4ull * ret->functions, &ret->addresses))
        return false;
    return ret->names == 0 || (rp_pe_reader(img, names, 4ull * ret->names, &ret->name_rvas) &&
                               rp_pe_reader(img, ordinals, 2ull * ret->names, &ret->ordinals));
}

/* One item per non-empty slot of the address table; `place` tells where a slot's item is, plus 1.
 */
static bool add_exports(rp_image *img, export_directory *e, uint32_t *place)
{
    const rp_pe_dir *dir = &img->pe->dir[RP_PE_DIR_EXPORT];
    for (uint32_t i = 0; i < e->functions; i++) {
        uint64_t at = rp_at(&e->addresses);
        uint32_t rva = rp_u32(&e->addresses);
        if (rva == 0)
            continue;
        rp_pe_export *ex = rp_vec_push(img->arena, &img->pe->exports);
        if (ex == NULL)
            return false;
        *ex = (rp_pe_export){.name = {"", 0},
                             .ordinal = e->base + i,
                             .rva = rva,
                             .forwarded = rva >= dir->rva && rva - dir->rva < dir->size,
                             .at = at};
        place[i] = img->pe->exports.n;
    }
    return true;
}

/* A second name for a slot becomes an item of its own. */
static bool name_export(rp_image *img, uint32_t index, rp_str name)
{
    rp_pe_exports *all = &img->pe->exports;
    if (all->items[index].name.len == 0) {
        all->items[index].name = name;
        return true;
    }
    rp_pe_export *ex = rp_vec_push(img->arena, all);
    if (ex == NULL)
        return false;
    *ex = all->items[index];
    ex->name = name;
    return true;
}

static rp_tri name_exports(rp_image *img, export_directory *e, const uint32_t *place)
{
    for (uint32_t i = 0; i < e->names; i++) {
        uint64_t at = rp_at(&e->name_rvas);
        uint32_t rva = rp_u32(&e->name_rvas);
        uint16_t slot = rp_u16(&e->ordinals);
        rp_str name;
        if (slot >= e->functions || place[slot] == 0 || !rp_pe_cstr(img, rva, &name)) {
            rp_image_odd(img, at, "an exported name cannot be read or names nothing");
            return RP_UNKNOWN;
        }
        if (!name_export(img, place[slot] - 1, name))
            return RP_UNKNOWN;
    }
    return RP_YES;
}

static rp_tri read_exports(rp_image *img)
{
    if (!present(img, RP_PE_DIR_EXPORT))
        return RP_NO;
    export_directory e;
    if (!read_export_directory(img, &e)) {
        rp_image_odd(img, img->pe->dir[RP_PE_DIR_EXPORT].at,
                     "the export directory lies outside the image");
        return RP_UNKNOWN;
    }
    uint32_t *place = rp_new(img->arena, e.functions, uint32_t);
    if (place == NULL || !add_exports(img, &e, place))
        return RP_UNKNOWN;
    return name_exports(img, &e, place);
}

void rp_pe_read_tables(rp_image *img)
{
    struct rp_pe *pe = img->pe;
    if (pe->tables_read || !pe->image)
        return;
    pe->tables_read = true;
    if (img->kind == RP_KIND_DEBUG) {
        pe->imports_known = pe->exports_known = RP_NO;
        return;
    }
    rp_tri direct = read_imports(img, false), delayed = read_imports(img, true);
    if (direct == RP_UNKNOWN || delayed == RP_UNKNOWN)
        pe->imports_known = RP_UNKNOWN;
    else
        pe->imports_known = direct == RP_YES || delayed == RP_YES ? RP_YES : RP_NO;
    pe->exports_known = read_exports(img);
}
