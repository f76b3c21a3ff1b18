/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/pe.h"

#include "obj/coff.h"

enum {
    DOS_HEADER = 64,
    LFANEW_AT = 0x3c,
    RELOCATIONS_AT = 0x18, /* e_lfarlc */
    SIGNATURE = 4,
    FILE_HEADER = 20,
    MAGIC_PE32 = 0x10b,
    MAGIC_PE32_PLUS = 0x20b,
    LOADER_SECTIONS = 96 /* PE Format: the loader limits the number of sections to 96 */
};

static bool has_signature(rp_bytes head, uint64_t at)
{
    return at <= head.len && head.len - at >= SIGNATURE &&
           memcmp(head.ptr + at, "PE\0\0", SIGNATURE) == 0;
}

/* An MZ file whose new header lies behind `head`: believed when the DOS header is of the new kind.
 */
static bool plausible_far_header(rp_bytes head, uint32_t at, uint64_t size)
{
    rp_reader r = rp_reader_of(head, 0, false);
    rp_seek(&r, RELOCATIONS_AT);
    return rp_u16(&r) >= DOS_HEADER && at % 4 == 0 && at > head.len - SIGNATURE &&
           size >= SIGNATURE + FILE_HEADER && at <= size - (SIGNATURE + FILE_HEADER);
}

rp_format rp_pe_identify(rp_bytes head, uint64_t size)
{
    if (head.len < 2 || head.ptr[0] != 'M' || head.ptr[1] != 'Z')
        return rp_coff_identify(head, size) ? RP_FORMAT_COFF : RP_FORMAT_NONE;
    rp_reader r = rp_reader_of(head, 0, false);
    rp_seek(&r, LFANEW_AT);
    uint32_t at = rp_u32(&r);
    if (r.bad)
        return RP_FORMAT_NONE;
    return has_signature(head, at) || plausible_far_header(head, at, size) ? RP_FORMAT_PE
                                                                           : RP_FORMAT_NONE;
}

static void read_file_header(rp_image *img, rp_reader *r, uint16_t *ret_sections,
                             uint16_t *ret_optional)
{
    struct rp_pe *pe = img->pe;
    pe->header_at = rp_at(r);
    pe->machine = rp_u16(r);
    *ret_sections = rp_u16(r);
    pe->timestamp = rp_u32(r);
    pe->symbols_offset = rp_u32(r);
    pe->symbols_count = rp_u32(r);
    *ret_optional = rp_u16(r);
    pe->characteristics_at = rp_at(r);
    pe->characteristics = rp_u16(r);
}

/* NumberOfRvaAndSizes bounds the directories; so do the bytes of the file. The loader does not look
 * at SizeOfOptionalHeader for that. */
static void read_directories(rp_image *img, uint64_t at, uint32_t announced)
{
    struct rp_pe *pe = img->pe;
    rp_reader r;
    if (announced > RP_PE_DIR_COUNT) {
        rp_image_odd(img, at - 4, "NumberOfRvaAndSizes is %u, only %d directories exist", announced,
                     RP_PE_DIR_COUNT);
        announced = RP_PE_DIR_COUNT;
    }
    for (uint32_t i = 0; i < announced; i++) {
        if (!rp_pe_file_reader(img, at + 8ull * i, 8, &r)) {
            rp_image_odd(img, at + 8ull * i, "the data directories are cut short after %u", i);
            pe->directories_cut = true;
            return;
        }
        uint64_t entry = rp_at(&r);
        uint32_t rva = rp_u32(&r);
        pe->dir[i] = (rp_pe_dir){.rva = rva, .size = rp_u32(&r), .at = entry};
        pe->directories = i + 1;
    }
}

const char *rp_pe_why_unknown(const rp_image *img, unsigned dir)
{
    bool cut = img->pe->directories_cut && dir >= img->pe->directories;
    return cut ? "the data directories are cut short" : NULL;
}

/* The fields that PE32 and PE32+ have at the same places, and those that follow ImageBase. */
static rp_code read_optional_header(rp_image *img, uint16_t size, rp_error *err)
{
    struct rp_pe *pe = img->pe;
    uint64_t at = pe->optional_at;
    rp_reader r;
    if (!rp_pe_file_reader(img, at, 2, &r))
        return rp_fail(err, RP_E_FORMAT, at, "the optional header is cut short");
    uint16_t magic = rp_u16(&r);
    if (magic != MAGIC_PE32 && magic != MAGIC_PE32_PLUS)
        return rp_fail(err, RP_E_FORMAT, at, "optional header of an unknown kind, 0x%x", magic);
    pe->pe32_plus = magic == MAGIC_PE32_PLUS;
    unsigned fixed = pe->pe32_plus ? 112 : 96, width = pe->pe32_plus ? 8 : 4;
    if (!rp_pe_file_reader(img, at, fixed, &r))
        return rp_fail(err, RP_E_FORMAT, at, "the optional header is cut short");
    rp_seek(&r, 2);
    pe->linker_major = rp_u8(&r);
    pe->linker_minor = rp_u8(&r);
    rp_seek(&r, 16);
    pe->entry_rva = rp_u32(&r);
    rp_seek(&r, pe->pe32_plus ? 24 : 28);
    pe->image_base = rp_uint(&r, width);
    pe->section_alignment = rp_u32(&r);
    pe->file_alignment = rp_u32(&r);
    rp_seek(&r, 56);
    pe->image_size = rp_u32(&r);
    pe->headers_size = rp_u32(&r);
    pe->checksum_at = rp_at(&r);
    (void)rp_u32(&r);
    pe->subsystem = rp_u16(&r);
    pe->dll_characteristics_at = rp_at(&r);
    pe->dll_characteristics = rp_u16(&r);
    rp_seek(&r, fixed - 4);
    uint32_t directories = rp_u32(&r);
    read_directories(img, at + fixed, directories);
    if (size < fixed + 8 * pe->directories)
        rp_image_odd(img, pe->header_at + 16,
                     "SizeOfOptionalHeader is %u: the section table lies over the directories",
                     size);
    return RP_OK;
}

static rp_kind kind_of(const struct rp_pe *pe)
{
    bool native = pe->subsystem == 1 || (pe->dll_characteristics & RP_PE_WDM_DRIVER) != 0;
    bool efi = pe->subsystem >= 10 && pe->subsystem <= 13; /* EFI application, drivers, ROM */
    if (native || efi || pe->subsystem == 16)              /* 16: Windows boot application */
        return RP_KIND_KERNEL;
    return (pe->characteristics & RP_PE_DLL) != 0 ? RP_KIND_LIBRARY : RP_KIND_EXECUTABLE;
}

/* objcopy --only-keep-debug: DWARF is there, the code's bytes are not. */
static bool only_debug(const rp_image *img)
{
    bool dwarf = false;
    for (uint32_t i = 0; i < img->nsections; i++) {
        const rp_section *s = &img->sections[i];
        if (s->kind == RP_SEC_CODE && s->offset != RP_NOWHERE)
            return false;
        dwarf = dwarf || (s->kind == RP_SEC_DEBUG && s->offset != RP_NOWHERE);
    }
    return dwarf;
}

static void set_machine(rp_image *img)
{
    struct rp_pe *pe = img->pe;
    img->machine = pe->machine;
    img->bits = pe->pe32_plus ? 64 : 32;
    uint8_t bits = img->bits;
    if (!rp_coff_machine(pe->machine, &img->arch, &bits))
        img->arch = RP_ARCH_OTHER;
    if (bits != img->bits)
        rp_image_odd(img, pe->optional_at, "a %s optional header for a %u-bit machine",
                     pe->pe32_plus ? "PE32+" : "PE32", bits);
    img->kind = kind_of(pe);
    img->entry = pe->entry_rva != 0 ? pe->image_base + pe->entry_rva : 0;
}

static rp_code open_image(rp_image *img, rp_error *err)
{
    struct rp_pe *pe = img->pe;
    rp_reader r;
    if (!rp_pe_file_reader(img, LFANEW_AT, 4, &r))
        return rp_fail(err, RP_E_FORMAT, 0, "the DOS header is cut short");
    uint64_t at = rp_u32(&r);
    if (!rp_pe_file_reader(img, at, SIGNATURE + FILE_HEADER, &r))
        return rp_fail(err, RP_E_FORMAT, at, "the PE header lies outside the file");
    if (memcmp(rp_take(&r, SIGNATURE), "PE\0\0", SIGNATURE) != 0)
        return rp_fail(err, RP_E_UNSUPPORTED, at, "an MZ program without a PE header");
    pe->image = true;
    uint16_t sections, optional;
    read_file_header(img, &r, &sections, &optional);
    pe->optional_at = pe->header_at + FILE_HEADER;
    rp_code code = read_optional_header(img, optional, err);
    if (code != RP_OK)
        return code;
    set_machine(img);
    if (sections > LOADER_SECTIONS)
        rp_image_odd(img, pe->header_at + 2, "%u sections: the loader of Windows takes %d",
                     sections, LOADER_SECTIONS);
    if (!rp_coff_sections(img, pe->optional_at + optional, sections) || !rp_pe_map(img))
        return rp_fail_memory(err);
    if (only_debug(img))
        img->kind = RP_KIND_DEBUG; /* its directories speak of what is in the other file */
    else if (!rp_pe_libraries(img))
        return rp_fail_memory(err);
    return RP_OK;
}

rp_code rp_pe_open(rp_image *img, rp_error *err)
{
    img->pe = rp_new(img->arena, 1, struct rp_pe);
    if (img->pe == NULL)
        return rp_fail_memory(err);
    img->pe->imports_known = img->pe->exports_known = RP_UNKNOWN;
    return img->format == RP_FORMAT_PE ? open_image(img, err) : rp_coff_open(img, err);
}

/* ---- symbols: the COFF table, then imports, then exports ---- */

static uint32_t add_imports(rp_image *img, rp_symbol *to)
{
    const struct rp_pe *pe = img->pe;
    uint32_t n = 0;
    for (uint32_t i = 0; i < pe->imports.n; i++) {
        const rp_pe_import *im = &pe->imports.items[i];
        if (im->name.len != 0)
            to[n++] = (rp_symbol){.name = im->name,
                                  .addr = pe->image_base + im->slot,
                                  .at = im->at,
                                  .kind = RP_SYM_OTHER,
                                  .global = true,
                                  .dynamic = true};
    }
    return n;
}

static uint32_t add_exports(rp_image *img, rp_symbol *to)
{
    const struct rp_pe *pe = img->pe;
    uint32_t n = 0;
    for (uint32_t i = 0; i < pe->exports.n; i++) {
        const rp_pe_export *ex = &pe->exports.items[i];
        const rp_pe_span *span = rp_pe_span_of(img, ex->rva);
        bool code = span != NULL && (span->perm & RP_X) != 0;
        if (ex->name.len != 0)
            to[n++] = (rp_symbol){.name = ex->name,
                                  .addr = pe->image_base + ex->rva,
                                  .at = ex->at,
                                  .kind = code ? RP_SYM_FUNC : RP_SYM_OBJECT,
                                  .defined = true,
                                  .global = true,
                                  .dynamic = true,
                                  .section = span != NULL ? span->section : 0};
    }
    return n;
}

/* An import object defines NAME (a jump) and __imp_NAME (the slot); the name stands for both. */
static void import_object_symbol(rp_image *img)
{
    rp_symbol *s = rp_new(img->arena, 1, rp_symbol);
    if (s == NULL)
        return;
    *s = (rp_symbol){
        .name = img->pe->import_name, .at = 20, .defined = true, .global = true, .dynamic = true};
    img->symbols = s;
    img->nsymbols = 1;
    img->symbols_known = RP_YES;
}

static rp_tri known(const rp_image *img, bool whole)
{
    const struct rp_pe *pe = img->pe;
    if (!whole ||
        (pe->image && (pe->imports_known == RP_UNKNOWN || pe->exports_known == RP_UNKNOWN)))
        return RP_UNKNOWN;
    return img->nsymbols != 0 ? RP_YES : RP_NO;
}

void rp_pe_symbols(rp_image *img)
{
    const struct rp_pe *pe = img->pe;
    if (pe->short_import) {
        import_object_symbol(img);
        return;
    }
    if (pe->ltcg)
        return; /* intermediate code: its symbols are not ours to read */
    rp_pe_read_tables(img);
    /* no more records than the file has bytes for */
    uint64_t room = pe->symbols_offset < img->src->size ? img->src->size - pe->symbols_offset : 0;
    uint64_t coff = pe->symbols_count < room / 18 ? pe->symbols_count : room / 18;
    rp_symbol *all = rp_new(img->arena, coff + pe->imports.n + pe->exports.n + 1, rp_symbol);
    if (all == NULL) {
        rp_image_odd(img, pe->symbols_offset, "too many symbols for the memory limit");
        return;
    }
    bool whole;
    uint32_t n = rp_coff_symbols(img, all, &whole);
    if (!whole)
        rp_image_odd(img, pe->symbols_offset, "the COFF symbol table is cut short");
    n += add_imports(img, all + n);
    n += add_exports(img, all + n);
    img->symbols = all;
    img->nsymbols = n;
    img->symbols_known = known(img, whole);
}
