/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Section headers: a convenience of linkers and debuggers that strip may remove. Anything wrong
 * here is an anomaly, never an error. */
#include "base/limits.h"
#include "obj/elf_const.h"
#include "obj/elf_parts.h"

typedef struct {
    uint32_t name, type, link, info;
    uint64_t flags, addr, offset, size, align, entsize;
} shdr;

static shdr read_shdr(rp_reader *r, unsigned word)
{
    shdr s;
    s.name = rp_u32(r);
    s.type = rp_u32(r);
    s.flags = rp_uint(r, word);
    s.addr = rp_uint(r, word);
    s.offset = rp_uint(r, word);
    s.size = rp_uint(r, word);
    s.link = rp_u32(r);
    s.info = rp_u32(r);
    s.align = rp_uint(r, word);
    s.entsize = rp_uint(r, word);
    return s;
}

static uint32_t shdr_size(const rp_image *img)
{
    return img->bits == 64 ? 64 : 40;
}

/* Offset of e_shoff, of e_shentsize: evidence. */
static uint64_t shoff_at(const rp_image *img)
{
    return img->bits == 64 ? 40 : 32;
}

static uint64_t shentsize_at(const rp_image *img)
{
    return img->bits == 64 ? 58 : 46;
}

/* gABI: e_phnum PN_XNUM, e_shnum 0 and e_shstrndx SHN_XINDEX move the real values into section 0:
 * sh_info, sh_size and sh_link. */
rp_code rp_elf_read_section_zero(rp_image *img, uint32_t *ret_phnum, rp_error *err)
{
    struct rp_elf *elf = img->elf;
    bool extended = *ret_phnum == PN_XNUM || elf->shnum == 0 || elf->shstrndx == SHN_XINDEX;
    if (!extended || (elf->shoff == 0 && *ret_phnum != PN_XNUM))
        return RP_OK;
    rp_reader r;
    if (elf->shentsize < shdr_size(img) ||
        !rp_source_reader(img->src, elf->shoff, shdr_size(img), img->big, &r)) {
        if (*ret_phnum == PN_XNUM)
            return rp_fail(err, RP_E_FORMAT, shoff_at(img),
                           "the number of program headers is in section 0, which is not there");
        return RP_OK; /* rp_elf_read_sections says what is wrong */
    }
    shdr zero = read_shdr(&r, rp_elf_word(img));
    if (elf->shnum == 0)
        elf->shnum = zero.size > RP_MAX_SECTIONS ? RP_MAX_SECTIONS + 1 : (uint32_t)zero.size;
    if (elf->shstrndx == SHN_XINDEX)
        elf->shstrndx = zero.link;
    if (*ret_phnum == PN_XNUM)
        *ret_phnum = zero.info;
    return RP_OK;
}

static bool starts_with_any(rp_str name, const char *const *prefixes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (rp_str_starts(name, prefixes[i]))
            return true;
    return false;
}

static bool is_debug_name(rp_str name)
{
    static const char *const prefixes[] = {
        ".debug", ".zdebug", ".stab", ".gdb_index", ".gnu.debuglto_", ".line", ".gnu_debugaltlink"};
    if (name.len == 0 || name.ptr[0] != '.')
        return false;
    return starts_with_any(name, prefixes, RP_COUNT(prefixes));
}

/* Tables of the unwinder: allocated and read-only, but without text. */
static bool is_table_name(rp_str name)
{
    return rp_str_starts(name, ".eh_frame") || rp_str_starts(name, ".gcc_except_table") ||
           rp_str_starts(name, ".ARM.ex");
}

static rp_section_kind kind_of_loaded(const shdr *s, rp_str name)
{
    if (s->flags & SHF_EXECINSTR)
        return RP_SEC_CODE;
    if (s->type == SHT_NOBITS)
        return RP_SEC_BSS;
    if (s->flags & SHF_WRITE)
        return RP_SEC_DATA;
    return s->type == SHT_PROGBITS && !is_table_name(name) ? RP_SEC_RODATA : RP_SEC_OTHER;
}

static rp_section_kind kind_of(const shdr *s, rp_str name)
{
    switch (s->type) {
    case SHT_NOTE:
        return RP_SEC_NOTE;
    case SHT_SYMTAB:
    case SHT_STRTAB:
    case SHT_DYNSYM:
    case SHT_SYMTAB_SHNDX:
        return RP_SEC_SYMBOLS;
    default:
        break;
    }
    if (s->flags & SHF_ALLOC)
        return kind_of_loaded(s, name);
    if (rp_str_is(name, ".comment"))
        return RP_SEC_COMMENT;
    if (is_debug_name(name))
        return RP_SEC_DEBUG;
    return RP_SEC_OTHER;
}

static uint8_t perm_of(uint64_t flags)
{
    if ((flags & SHF_ALLOC) == 0)
        return 0;
    return (uint8_t)(RP_R | (flags & SHF_WRITE ? RP_W : 0) | (flags & SHF_EXECINSTR ? RP_X : 0));
}

/* File bytes of a section that exist; an anomaly when some do not. */
static void place(rp_image *img, const shdr *s, rp_section *ret)
{
    uint64_t size = img->src->size;
    ret->offset = RP_NOWHERE;
    if (s->type == SHT_NOBITS || s->type == SHT_NULL)
        return;
    if (s->offset <= size) {
        uint64_t have = size - s->offset;
        ret->offset = s->offset;
        ret->filesz = s->size < have ? s->size : have;
    }
    if (ret->filesz < s->size)
        rp_image_odd(img, ret->at, "section %.*s lies outside the file: %llu bytes at 0x%llx",
                     RP_FMT(ret->name), (unsigned long long)s->size, (unsigned long long)s->offset);
}

/* The section name string table; an empty one without. */
static rp_string_table name_table(rp_image *img, const rp_reader *table)
{
    struct rp_elf *elf = img->elf;
    rp_string_table none =
        rp_string_table_of(rp_reader_of((rp_bytes){(const uint8_t *)"", 0}, 0, false));
    if (elf->shstrndx == 0)
        return none; /* SHN_UNDEF: no names */
    rp_reader r = *table;
    rp_reader names;
    if (elf->shstrndx >= elf->shnum) {
        rp_image_odd(img, shoff_at(img), "e_shstrndx is %u of %u sections", elf->shstrndx,
                     elf->shnum);
        elf->sections_why = "the section names cannot be read";
        return none;
    }
    rp_seek(&r, (uint64_t)elf->shstrndx * elf->shentsize);
    uint64_t at = rp_at(&r);
    shdr s = read_shdr(&r, rp_elf_word(img));
    if (s.type == SHT_NOBITS)
        return none; /* separate debug files of some tools */
    if (!rp_elf_part(img, s.offset, s.size, at, "the section name table", &names)) {
        elf->sections_why = "the section names cannot be read";
        return none;
    }
    return rp_string_table_of(names);
}

static void read_one(rp_image *img, rp_reader *table, rp_string_table *names, rp_section *ret,
                     rp_elf_shdr *ret_more)
{
    ret->at = rp_at(table);
    shdr s = read_shdr(table, rp_elf_word(img));
    if (!rp_string_at(names, s.name, &ret->name)) {
        ret->name = RP_STR("");
        if (names->strings.buf.len != 0 && img->elf->sections_why == NULL) {
            img->elf->sections_why = names->left == 0
                                         ? "section names are shared beyond reason"
                                         : "a section name lies outside the name table";
            rp_image_odd(img, ret->at, "sh_name 0x%x: %s", s.name, img->elf->sections_why);
        }
    }
    ret->addr = s.addr;
    ret->size = s.size;
    ret->flags = s.flags;
    ret->type = s.type;
    ret->perm = perm_of(s.flags);
    ret->kind = kind_of(&s, ret->name);
    place(img, &s, ret);
    *ret_more = (rp_elf_shdr){s.link, s.info, s.entsize};
}

/* Whether the table can be read at all; says why not. */
static bool table_there(rp_image *img, rp_reader *ret)
{
    struct rp_elf *elf = img->elf;
    if (elf->shoff == 0)
        return false; /* removed: that is legal */
    elf->sections_why = "the section headers cannot be read";
    if (elf->shnum == 0) {
        rp_image_odd(img, shoff_at(img), "e_shoff is 0x%llx, but there are no section headers",
                     (unsigned long long)elf->shoff);
        return false;
    }
    if (elf->shentsize < shdr_size(img)) {
        rp_image_odd(img, shentsize_at(img), "e_shentsize is %u: a section header has %u bytes",
                     elf->shentsize, shdr_size(img));
        return false;
    }
    if (elf->shnum > RP_MAX_SECTIONS) {
        rp_image_odd(img, shoff_at(img), "more than %u section headers", RP_MAX_SECTIONS);
        return false;
    }
    return rp_elf_part(img, elf->shoff, (uint64_t)elf->shnum * elf->shentsize, shoff_at(img),
                       "the section header table", ret);
}

/* objcopy --only-keep-debug keeps section headers but turns what is loaded into SHT_NOBITS; .dwo,
 * .dwp and dwz files have debug sections and nothing that is loaded. */
static bool is_debug_file(const rp_image *img)
{
    uint32_t loadable = 0, with_bytes = 0, emptied_code = 0, debug = 0;
    for (uint32_t i = 0; i < img->nsections; i++) {
        const rp_section *s = &img->sections[i];
        debug += s->kind == RP_SEC_DEBUG;
        if ((s->flags & SHF_ALLOC) == 0 || s->type == SHT_NOTE)
            continue;
        loadable++;
        with_bytes += s->type != SHT_NOBITS && s->size != 0;
        emptied_code += s->type == SHT_NOBITS && s->size != 0 && (s->flags & SHF_EXECINSTR) != 0;
    }
    if (img->elf->e_type == ET_CORE || with_bytes != 0)
        return false;
    return emptied_code != 0 || (debug != 0 && loadable == 0);
}

rp_code rp_elf_read_sections(rp_image *img, rp_error *err)
{
    struct rp_elf *elf = img->elf;
    rp_reader table;
    if (!table_there(img, &table))
        return RP_OK;
    elf->sections_why = NULL;
    rp_string_table names = name_table(img, &table);
    uint32_t n = elf->shnum - 1; /* gABI: section 0 is SHN_UNDEF */
    rp_section *sections = rp_new(img->arena, n, rp_section);
    rp_elf_shdr *more = rp_new(img->arena, n, rp_elf_shdr);
    if (sections == NULL || more == NULL)
        return rp_fail_memory(err);
    for (uint32_t i = 0; i < n; i++) {
        rp_seek(&table, (uint64_t)(i + 1) * elf->shentsize);
        read_one(img, &table, &names, &sections[i], &more[i]);
    }
    img->sections = sections;
    img->nsections = n;
    elf->shdrs = more;
    elf->has_sections = n != 0;
    elf->debug_file = is_debug_file(img);
    return RP_OK;
}

bool rp_elf_section_compressed(const rp_section *s)
{
    return (s->flags & SHF_COMPRESSED) != 0 || rp_str_starts(s->name, ".zdebug");
}
