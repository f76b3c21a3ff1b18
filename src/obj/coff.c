/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/coff.h"

#include "base/limits.h"

enum {
    HEADER = 20,
    SECTION_HEADER = 40,
    BIG_HEADER = 56,
    IMPORT_HEADER = 20,
    ANONYMOUS_HEADER = 32,
    CLASS_AT = 12, /* of an anonymous object's ClassID */
};

static const struct {
    uint16_t machine;
    uint8_t bits;
    rp_arch arch;
} machines[] = {
    {RP_PE_I386, 32, RP_ARCH_X86},
    {RP_PE_AMD64, 64, RP_ARCH_X86_64},
    {RP_PE_ARM, 32, RP_ARCH_ARM},
    {RP_PE_THUMB, 32, RP_ARCH_ARM},
    {RP_PE_ARMNT, 32, RP_ARCH_ARM},
    {RP_PE_ARM64, 64, RP_ARCH_AARCH64},
    {RP_PE_ARM64EC, 64, RP_ARCH_AARCH64},
    {RP_PE_ARM64X, 64, RP_ARCH_AARCH64},
    {0x5032, 32, RP_ARCH_RISCV},
    {0x5064, 64, RP_ARCH_RISCV},
    {0x6232, 32, RP_ARCH_LOONGARCH},
    {0x6264, 64, RP_ARCH_LOONGARCH},
    {0x200, 64, RP_ARCH_OTHER}, /* Itanium */
    {0xebc, 64, RP_ARCH_OTHER}, /* EFI byte code */
    {0x166, 32, RP_ARCH_MIPS},
    {0x1f0, 32, RP_ARCH_PPC},
};

bool rp_coff_machine(uint16_t machine, rp_arch *ret_arch, uint8_t *ret_bits)
{
    for (size_t i = 0; i < RP_COUNT(machines); i++) {
        if (machines[i].machine == machine) {
            *ret_arch = machines[i].arch;
            *ret_bits = machines[i].bits;
            return true;
        }
    }
    return false;
}

/* ---- what kind of object the first bytes are ---- */

typedef enum { NOT_COFF, PLAIN, BIGOBJ, SHORT_IMPORT, LTCG } coff_form;

/* {D1BAA1C7-BAEE-4BA9-AF20-FAF66AA4DCB8}: ANON_OBJECT_HEADER_BIGOBJ */
static const uint8_t bigobj_class[16] = {0xc7, 0xa1, 0xba, 0xd1, 0xee, 0xba, 0xa9, 0x4b,
                                         0xaf, 0x20, 0xfa, 0xf6, 0x6a, 0xa4, 0xdc, 0xb8};
/* {0CB3FE38-D9A5-4DAB-AC9B-D6B6222653C2}: objects of /GL */
static const uint8_t ltcg_class[16] = {0x38, 0xfe, 0xb3, 0x0c, 0xa5, 0xd9, 0xab, 0x4d,
                                       0xac, 0x9b, 0xd6, 0xb6, 0x22, 0x26, 0x53, 0xc2};

/* Sig1 0, Sig2 0xffff: an import header (version 0) or an anonymous object (1 and later). */
static coff_form anonymous_form(rp_bytes head, uint64_t size)
{
    rp_reader r = rp_reader_of(head, 0, false);
    rp_skip_bytes(&r, 4);
    uint16_t version = rp_u16(&r);
    rp_arch arch;
    uint8_t bits;
    bool machine = rp_coff_machine(rp_u16(&r), &arch, &bits);
    rp_skip_bytes(&r, 4);
    if (version == 0) {
        uint32_t data = rp_u32(&r);
        return !r.bad && machine && size >= IMPORT_HEADER && data <= size - IMPORT_HEADER &&
                       data != 0
                   ? SHORT_IMPORT
                   : NOT_COFF;
    }
    const uint8_t *class_id = rp_take(&r, sizeof bigobj_class);
    if (class_id == NULL)
        return NOT_COFF;
    if (version >= 2 && machine && size >= BIG_HEADER &&
        memcmp(class_id, bigobj_class, sizeof bigobj_class) == 0)
        return BIGOBJ;
    if (size >= ANONYMOUS_HEADER && memcmp(class_id, ltcg_class, sizeof ltcg_class) == 0)
        return LTCG;
    return NOT_COFF;
}

/* Two bytes of magic are little: the tables must be where an object has them. */
static coff_form plain_form(rp_bytes head, uint64_t size)
{
    rp_reader r = rp_reader_of(head, 0, false);
    rp_arch arch;
    uint8_t bits;
    if (!rp_coff_machine(rp_u16(&r), &arch, &bits))
        return NOT_COFF;
    uint16_t sections = rp_u16(&r);
    (void)rp_u32(&r); /* TimeDateStamp */
    uint32_t symbols_at = rp_u32(&r), symbols = rp_u32(&r);
    uint16_t optional = rp_u16(&r), characteristics = rp_u16(&r);
    uint64_t tables = HEADER + (uint64_t)SECTION_HEADER * sections;
    if (r.bad || optional != 0 || tables > size || (sections == 0 && symbols == 0) ||
        (characteristics & (RP_PE_EXECUTABLE | RP_PE_DLL)) != 0)
        return NOT_COFF;
    if (symbols != 0 && (symbols_at < tables || symbols_at > size))
        return NOT_COFF;
    if (sections == 0)
        return PLAIN;
    const uint8_t *name = rp_take(&r, 8);
    rp_skip_bytes(&r, 12);
    uint32_t data_at = rp_u32(&r);
    if (name == NULL || r.bad || name[0] < 0x20 || name[0] > 0x7e)
        return NOT_COFF;
    return data_at == 0 || data_at >= tables ? PLAIN : NOT_COFF;
}

static coff_form form_of(rp_bytes head, uint64_t size)
{
    if (head.len < HEADER)
        return NOT_COFF;
    static const uint8_t anonymous[4] = {0, 0, 0xff, 0xff};
    return memcmp(head.ptr, anonymous, 4) == 0 ? anonymous_form(head, size)
                                               : plain_form(head, size);
}

bool rp_coff_identify(rp_bytes head, uint64_t size)
{
    return form_of(head, size) != NOT_COFF;
}

/* ---- section table ---- */

/* The string table follows the symbols; its first four bytes are its size, themselves included. */
static bool string_at(rp_image *img, uint64_t offset, rp_str *ret)
{
    const struct rp_pe *pe = img->pe;
    if (pe->symbols_offset == 0)
        return false;
    uint64_t at = pe->symbols_offset + (uint64_t)pe->symbols_count * (pe->bigobj ? 20 : 18);
    rp_reader r;
    if (!rp_pe_file_reader(img, at, 4, &r))
        return false;
    uint32_t size = rp_u32(&r);
    if (offset < 4 || offset >= size || at > img->src->size || offset >= img->src->size - at)
        return false;
    uint64_t room =
        size - offset < img->src->size - at - offset ? size - offset : img->src->size - at - offset;
    if (!rp_pe_file_reader(img, at + offset, room < RP_MAX_NAME ? room : RP_MAX_NAME, &r))
        return false;
    return rp_cstr(&r, 0, ret);
}

/* "/123": decimal; "//AAAAAA": base 64, for tables beyond 10 MB (LLVM, GNU ld). */
static bool long_name_offset(const uint8_t *name, size_t len, uint64_t *ret)
{
    bool base64 = len > 1 && name[1] == '/';
    uint64_t value = 0;
    size_t from = base64 ? 2 : 1;
    if (from == len)
        return false;
    for (size_t i = from; i < len; i++) {
        static const char digits[] =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        const char *d = name[i] ? strchr(digits, name[i]) : NULL;
        if (d == NULL || (!base64 && (name[i] < '0' || name[i] > '9')))
            return false;
        value = base64 ? value * 64 + (uint64_t)(d - digits) : value * 10 + name[i] - '0';
    }
    *ret = value;
    return true;
}

static rp_str section_name(rp_image *img, const uint8_t *name, uint64_t at)
{
    size_t len = 0;
    while (len < 8 && name[len] != 0)
        len++;
    rp_str s = {(const char *)name, len};
    uint64_t offset;
    if (len < 2 || name[0] != '/' || !long_name_offset(name, len, &offset))
        return s;
    if (!string_at(img, offset, &s))
        rp_image_odd(img, at, "the name of a section lies outside the string table");
    return s;
}

static rp_section_kind kind_of(rp_str name, uint64_t flags, uint8_t perm)
{
    if (rp_str_starts(name, ".debug") || rp_str_starts(name, ".zdebug"))
        return RP_SEC_DEBUG;
    if ((flags & RP_PE_SCN_CODE) != 0 || (perm & RP_X) != 0)
        return RP_SEC_CODE;
    if (rp_str_is(name, ".reloc") || rp_str_is(name, ".rsrc") || rp_str_is(name, ".drectve"))
        return RP_SEC_OTHER;
    if ((flags & RP_PE_SCN_UNINITIALIZED) != 0 && (flags & RP_PE_SCN_INITIALIZED) == 0)
        return RP_SEC_BSS;
    if ((flags & RP_PE_SCN_INITIALIZED) != 0)
        return (perm & RP_W) != 0 ? RP_SEC_DATA : RP_SEC_RODATA;
    return RP_SEC_OTHER;
}

/* Keeps what of the section's bytes the file really has. */
static void clamp_to_file(rp_image *img, rp_section *s)
{
    if (s->offset == RP_NOWHERE)
        return;
    uint64_t size = img->src->size;
    uint64_t there = s->offset < size ? size - s->offset : 0;
    uint64_t end = s->filesz > UINT64_MAX - s->offset ? UINT64_MAX : s->offset + s->filesz;
    if (end > img->pe->promised_size) {
        img->pe->promised_size = end;
        img->pe->promised_at = s->at;
    }
    if (s->filesz <= there)
        return;
    rp_image_odd(img, s->at, "section '%.*s' ends %llu bytes behind the end of the file",
                 RP_FMT(s->name), (unsigned long long)(s->filesz - there));
    s->filesz = there;
    if (there == 0)
        s->offset = RP_NOWHERE;
}

static rp_section read_section(rp_image *img, rp_reader *r)
{
    rp_section s = {.at = rp_at(r), .offset = RP_NOWHERE};
    const uint8_t *name = rp_take(r, 8);
    uint32_t virtual_size = rp_u32(r), rva = rp_u32(r);
    uint32_t raw_size = rp_u32(r), raw_at = rp_u32(r);
    rp_skip_bytes(r, 12); /* relocations and line numbers of objects */
    s.flags = rp_u32(r);
    s.name = section_name(img, name, s.at);
    s.perm =
        (uint8_t)((s.flags & RP_PE_SCN_READ ? RP_R : 0) | (s.flags & RP_PE_SCN_WRITE ? RP_W : 0) |
                  (s.flags & RP_PE_SCN_EXECUTE ? RP_X : 0));
    s.kind = kind_of(s.name, s.flags, s.perm);
    s.size = img->pe->image && virtual_size != 0 ? virtual_size : raw_size;
    if (img->pe->image)
        s.addr = img->pe->image_base + rva;
    if (raw_at != 0 && raw_size != 0 && (img->pe->image || s.kind != RP_SEC_BSS)) {
        s.offset = raw_at;
        s.filesz = raw_size < s.size ? raw_size : s.size;
        clamp_to_file(img, &s);
    }
    return s;
}

bool rp_coff_sections(rp_image *img, uint64_t at, uint32_t n)
{
    uint64_t room = at < img->src->size ? (img->src->size - at) / SECTION_HEADER : 0;
    if (n > room || n > RP_MAX_SECTIONS) {
        rp_image_odd(img, at, "the section table is cut short: %u sections are announced", n);
        img->pe->sections_cut = true;
        n = (uint32_t)(room < RP_MAX_SECTIONS ? room : RP_MAX_SECTIONS);
    }
    if (n == 0)
        return true;
    rp_reader r;
    rp_section *sections = rp_new(img->arena, n, rp_section);
    if (sections == NULL)
        return false;
    if (!rp_source_reader(img->src, at, (uint64_t)n * SECTION_HEADER, false, &r)) {
        rp_image_odd(img, at, "the section table cannot be read");
        img->pe->sections_cut = true;
        return true;
    }
    for (uint32_t i = 0; i < n; i++)
        sections[i] = read_section(img, &r);
    img->sections = sections;
    img->nsections = n;
    return true;
}

/* ---- objects ---- */

static rp_code open_import(rp_image *img, rp_reader *r, rp_error *err)
{
    struct rp_pe *pe = img->pe;
    pe->short_import = true;
    rp_skip_bytes(r, 6);
    pe->machine = rp_u16(r);
    pe->timestamp = rp_u32(r);
    uint32_t data = rp_u32(r);
    rp_skip_bytes(r, 4); /* ordinal or hint, type */
    if (!rp_pe_file_reader(img, IMPORT_HEADER, data < 2 * RP_MAX_NAME ? data : 2 * RP_MAX_NAME, r))
        return rp_fail(err, RP_E_FORMAT, IMPORT_HEADER, "the import object is cut short");
    pe->import_name = rp_next_cstr(r);
    pe->import_dll = rp_next_cstr(r);
    if (r->bad)
        rp_image_odd(img, IMPORT_HEADER, "the names of the import object are cut short");
    rp_str *library = rp_new(img->arena, 1, rp_str);
    if (library == NULL)
        return rp_fail_memory(err);
    *library = pe->import_dll;
    img->libraries = library;
    img->nlibraries = r->bad ? 0 : 1;
    return RP_OK;
}

static rp_code open_plain(rp_image *img, rp_reader *r, rp_error *err)
{
    struct rp_pe *pe = img->pe;
    pe->machine = rp_u16(r);
    uint16_t sections = rp_u16(r);
    pe->timestamp = rp_u32(r);
    pe->symbols_offset = rp_u32(r);
    pe->symbols_count = rp_u32(r);
    (void)rp_u16(r); /* SizeOfOptionalHeader: 0 */
    pe->characteristics_at = rp_at(r);
    pe->characteristics = rp_u16(r);
    return rp_coff_sections(img, HEADER, sections) ? RP_OK : rp_fail_memory(err);
}

static rp_code open_bigobj(rp_image *img, rp_reader *r, rp_error *err)
{
    struct rp_pe *pe = img->pe;
    pe->bigobj = true;
    rp_skip_bytes(r, 6);
    pe->machine = rp_u16(r);
    pe->timestamp = rp_u32(r);
    rp_skip_bytes(r, 16 + 16); /* ClassID; SizeOfData, Flags, MetaData */
    uint32_t sections = rp_u32(r);
    pe->symbols_offset = rp_u32(r);
    pe->symbols_count = rp_u32(r);
    return rp_coff_sections(img, BIG_HEADER, sections) ? RP_OK : rp_fail_memory(err);
}

static rp_code open_form(rp_image *img, coff_form form, rp_reader *r, rp_error *err)
{
    switch (form) {
    case SHORT_IMPORT:
        return open_import(img, r, err);
    case BIGOBJ:
        return open_bigobj(img, r, err);
    case LTCG:
        img->pe->ltcg = true;
        rp_skip_bytes(r, 6);
        img->pe->machine = rp_u16(r);
        return RP_OK;
    case PLAIN:
        return open_plain(img, r, err);
    case NOT_COFF:
        break;
    }
    return rp_fail(err, RP_E_FORMAT, 0, "not a COFF object");
}

rp_code rp_coff_open(rp_image *img, rp_error *err)
{
    rp_bytes head;
    if (!rp_source_upto(img->src, 0, 4096, &head))
        return rp_fail(err, RP_E_IO, 0, "the object's header cannot be read");
    rp_reader r = rp_reader_of(head, 0, false);
    rp_code code = open_form(img, form_of(head, img->src->size), &r, err);
    if (code != RP_OK)
        return code;
    img->kind = RP_KIND_OBJECT;
    img->machine = img->pe->machine;
    if (!rp_coff_machine(img->pe->machine, &img->arch, &img->bits))
        img->arch = RP_ARCH_OTHER;
    return RP_OK;
}

/* ---- symbols ---- */

enum { CLASS_EXTERNAL = 2, CLASS_STATIC = 3, CLASS_FILE = 103, CLASS_WEAK = 105 };

static rp_str symbol_name(rp_image *img, const uint8_t *name)
{
    rp_str s = {(const char *)name, 0};
    rp_reader r = rp_reader_of((rp_bytes){name, 8}, 0, false);
    if (rp_u32(&r) == 0) {
        uint32_t offset = rp_u32(&r);
        if (offset != 0 && !string_at(img, offset, &s))
            s.len = 0;
        return s;
    }
    while (s.len < 8 && name[s.len] != 0)
        s.len++;
    return s;
}

static rp_sym_kind symbol_kind(uint8_t class, uint16_t type, const rp_section *section,
                               uint32_t value, uint8_t naux)
{
    if (class == CLASS_FILE)
        return RP_SYM_FILE;
    if ((type & 0xf0) == 0x20) /* IMAGE_SYM_DTYPE_FUNCTION */
        return RP_SYM_FUNC;
    if (class == CLASS_STATIC && value == 0 && naux != 0)
        return RP_SYM_SECTION;
    return section != NULL && section->kind != RP_SEC_CODE ? RP_SYM_OBJECT : RP_SYM_OTHER;
}

/* Section numbers: 0 undefined (with a value: common), -1 absolute, -2 debug. */
static rp_symbol read_symbol(rp_image *img, rp_reader *r, uint8_t *ret_naux)
{
    rp_symbol s = {.at = rp_at(r)};
    const uint8_t *name = rp_take(r, 8);
    uint32_t value = rp_u32(r);
    int32_t number = img->pe->bigobj ? (int32_t)rp_u32(r) : (int16_t)rp_u16(r);
    uint16_t type = rp_u16(r);
    uint8_t class = rp_u8(r);
    *ret_naux = rp_u8(r);
    const rp_section *section = NULL;
    if (number > 0 && (uint32_t)number <= img->nsections) {
        s.section = (uint32_t)number;
        section = &img->sections[number - 1];
    }
    s.name = symbol_name(img, name);
    s.defined = number != 0 || (class == CLASS_EXTERNAL && value != 0);
    s.global = class == CLASS_EXTERNAL || class == CLASS_WEAK;
    s.kind = symbol_kind(class, type, section, value, *ret_naux);
    s.addr = section != NULL ? section->addr + value : value;
    return s;
}

uint32_t rp_coff_symbols(rp_image *img, rp_symbol *ret, bool *ret_whole)
{
    const struct rp_pe *pe = img->pe;
    unsigned width = pe->bigobj ? 20 : 18;
    uint64_t at = pe->symbols_offset;
    uint64_t room = at < img->src->size ? (img->src->size - at) / width : 0;
    uint64_t n = pe->symbols_count < room ? pe->symbols_count : room;
    rp_reader r;
    *ret_whole = n == pe->symbols_count;
    if (n == 0 || !rp_source_reader(img->src, at, n * width, false, &r)) {
        *ret_whole = pe->symbols_count == 0;
        return 0;
    }
    uint32_t added = 0;
    while (rp_left(&r) >= width) {
        uint8_t naux;
        ret[added++] = read_symbol(img, &r, &naux);
        if (rp_left(&r) < (uint64_t)naux * width) {
            *ret_whole = false; /* auxiliary records are missing */
            break;
        }
        rp_skip_bytes(&r, (uint64_t)naux * width);
    }
    return added;
}
