/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Symbols: .symtab through section headers, the dynamic table as ld.so finds it. */
#include "base/limits.h"
#include "obj/elf_const.h"
#include "obj/elf_parts.h"

/* One symbol table as it lies in the file. */
typedef struct {
    rp_reader records, shndx; /* shndx: SHT_SYMTAB_SHNDX, empty without */
    rp_string_table names;
    uint32_t n, entsize;
    bool dynamic;
    bool cut; /* fewer records or names than there should be */
} table;

static uint32_t record_size(const rp_image *img)
{
    return img->bits == 64 ? 24 : 16;
}

static rp_sym_kind kind_of(unsigned info)
{
    switch (info & 15) {
    case STT_FUNC:
    case STT_GNU_IFUNC:
        return RP_SYM_FUNC;
    case STT_OBJECT:
    case STT_COMMON:
        return RP_SYM_OBJECT;
    case STT_TLS:
        return RP_SYM_TLS;
    case STT_FILE:
        return RP_SYM_FILE;
    case STT_SECTION:
        return RP_SYM_SECTION;
    default:
        return RP_SYM_OTHER;
    }
}

/* gABI: SHN_XINDEX says that the section index is in the table beside. */
static uint32_t section_of(table *t, uint32_t index, uint32_t shndx)
{
    if (shndx < SHN_LORESERVE)
        return shndx;
    if (shndx != SHN_XINDEX || t->shndx.buf.len / 4 <= index)
        return 0;
    rp_reader r = t->shndx;
    rp_seek(&r, (uint64_t)index * 4);
    return rp_u32(&r);
}

/* Elf32_Sym and Elf64_Sym order their fields differently. */
static void read_record(rp_image *img, table *t, uint32_t index, rp_symbol *ret)
{
    rp_reader *r = &t->records;
    rp_seek(r, (uint64_t)index * t->entsize);
    ret->at = rp_at(r);
    uint32_t name = rp_u32(r), shndx;
    unsigned info;
    if (img->bits == 64) {
        info = rp_u8(r);
        (void)rp_u8(r);
        shndx = rp_u16(r);
        ret->addr = rp_u64(r);
        ret->size = rp_u64(r);
    } else {
        ret->addr = rp_u32(r);
        ret->size = rp_u32(r);
        info = rp_u8(r);
        (void)rp_u8(r);
        shndx = rp_u16(r);
    }
    ret->name = RP_STR("");
    if (name != 0 && !rp_string_at(&t->names, name, &ret->name) && !t->cut) {
        t->cut = true;
        rp_image_odd(img, ret->at,
                     t->names.left == 0 && t->names.strings.buf.len != 0
                         ? "symbol names are shared beyond reason"
                         : "a symbol's name lies outside the string table");
    }
    ret->kind = kind_of(info);
    ret->defined = shndx != 0;
    ret->global = info >> 4 != STB_LOCAL;
    ret->dynamic = t->dynamic;
    uint32_t section = section_of(t, index, shndx);
    ret->section = section <= img->nsections ? section : 0;
}

/* The records that are there; `cut` when some are not. */
static void open_records(rp_image *img, table *t, uint64_t off, uint64_t n, uint64_t at)
{
    uint64_t room = off < img->src->size ? (img->src->size - off) / t->entsize : 0;
    if (n > room || n > RP_MAX_SYMBOLS) {
        t->cut = true;
        rp_image_odd(img, at, "a symbol table of %llu records does not fit", (unsigned long long)n);
        n = room < RP_MAX_SYMBOLS ? room : RP_MAX_SYMBOLS;
    }
    if (!rp_source_reader(img->src, off, n * t->entsize, img->big, &t->records)) {
        t->cut = true;
        n = 0;
    }
    t->n = (uint32_t)n;
}

static void open_names(rp_image *img, table *t, uint64_t off, uint64_t len, uint64_t at)
{
    rp_reader strings;
    if (rp_elf_part(img, off, len, at, "a symbol string table", &strings))
        t->names = rp_string_table_of(strings);
    else
        t->cut = true;
}

static const rp_section *section_number(const rp_image *img, uint32_t index)
{
    return index != 0 && index <= img->nsections ? &img->sections[index - 1] : NULL;
}

/* SHT_SYMTAB_SHNDX whose sh_link is the symbol table `symtab` (1-based). */
static void open_shndx(rp_image *img, table *t, uint32_t symtab)
{
    for (uint32_t i = 0; i < img->nsections; i++) {
        const rp_section *s = &img->sections[i];
        if (s->type != SHT_SYMTAB_SHNDX || img->elf->shdrs[i].link != symtab ||
            s->offset == RP_NOWHERE)
            continue;
        if (!rp_source_reader(img->src, s->offset, s->filesz, img->big, &t->shndx))
            t->cut = true;
        return;
    }
}

static bool open_symtab(rp_image *img, table *t)
{
    const struct rp_elf *elf = img->elf;
    uint32_t i = 0;
    while (i < img->nsections && img->sections[i].type != SHT_SYMTAB)
        i++;
    if (i == img->nsections)
        return false;
    const rp_section *s = &img->sections[i], *names = section_number(img, elf->shdrs[i].link);
    t->entsize = record_size(img);
    if (elf->shdrs[i].entsize != t->entsize && s->size != 0)
        rp_image_odd(img, s->at, "sh_entsize of the symbol table is %llu, not %u",
                     (unsigned long long)elf->shdrs[i].entsize, t->entsize);
    open_records(img, t, s->offset, s->size / t->entsize, s->at);
    if (names == NULL || names->offset == RP_NOWHERE) {
        t->cut = t->cut || t->n > 1;
    } else {
        open_names(img, t, names->offset, names->filesz, names->at);
        t->cut = t->cut || names->filesz < names->size;
    }
    open_shndx(img, t, i + 1);
    return true;
}

static bool open_dynsym(rp_image *img, table *t)
{
    struct rp_elf *elf = img->elf;
    const rp_elf_dyn *tag = rp_elf_tag(elf, DT_SYMTAB);
    uint64_t off = RP_NOWHERE, n = 0;
    if (tag == NULL && elf->dynamic_why == NULL)
        return false;
    t->dynamic = true;
    t->entsize = record_size(img);
    t->cut = elf->dynamic_why != NULL;
    if (!rp_elf_dynsym_extent(img, &off, &n))
        t->cut = true;
    if (tag == NULL || n == 0)
        return true;
    open_records(img, t, off, n, tag->at);
    if (elf->strtab == RP_NOWHERE)
        t->cut = true;
    else
        open_names(img, t, elf->strtab, elf->strsz, tag->at);
    return true;
}

/* Record 0 is the null symbol of every table. */
static rp_tri read_table(rp_image *img, table *t, rp_symbol *to, uint32_t *ret_n)
{
    uint32_t n = 0;
    for (uint32_t i = 1; i < t->n; i++)
        read_record(img, t, i, &to[n++]);
    *ret_n = n;
    return t->cut ? RP_UNKNOWN : RP_YES;
}

static rp_tri both(rp_tri a, rp_tri b)
{
    if (a == RP_UNKNOWN || b == RP_UNKNOWN)
        return RP_UNKNOWN;
    return a == RP_YES || b == RP_YES ? RP_YES : RP_NO;
}

/* Symbols of the separate debug file stand for those stripped from this one; they have no place in
 * it. */
static uint32_t joined_symbols(const rp_image *img)
{
    if (img->debug == NULL)
        return 0;
    rp_image_symbols(img->debug);
    return img->debug->elf->symtab_known == RP_YES ? img->debug->elf->nsymtab : 0;
}

static void copy_joined(const rp_image *img, rp_symbol *to, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        to[i] = img->debug->symbols[i];
        to[i].at = RP_NOWHERE;
    }
}

void rp_elf_symbols(rp_image *img)
{
    struct rp_elf *elf = img->elf;
    table sym = {0}, dyn = {0};
    bool has_sym = open_symtab(img, &sym);
    bool has_dyn = open_dynsym(img, &dyn);
    uint32_t joined = has_sym ? 0 : joined_symbols(img);
    rp_symbol *symbols = rp_new(img->arena, (uint64_t)sym.n + dyn.n + joined, rp_symbol);
    if (symbols == NULL)
        return; /* symbols_known stays UNKNOWN */
    rp_tri no_table = elf->sections_why != NULL ? RP_UNKNOWN : RP_NO;
    elf->symtab_known = has_sym ? read_table(img, &sym, symbols, &elf->nsymtab) : no_table;
    elf->dynsym_known = RP_NO;
    if (has_dyn)
        elf->dynsym_known = read_table(img, &dyn, symbols + elf->nsymtab, &elf->ndynsym);
    img->symbols = symbols;
    img->nsymbols = elf->nsymtab + elf->ndynsym;
    copy_joined(img, symbols + img->nsymbols, joined);
    img->nsymbols += joined;
    img->symbols_known = both(elf->symtab_known, elf->dynsym_known);
}

const rp_symbol *rp_elf_dynamic_symbol(const rp_image *img, uint32_t index)
{
    if (index == 0 || img->elf->ndynsym < index)
        return NULL;
    return &img->symbols[img->elf->nsymtab + index - 1];
}

bool rp_elf_exports(rp_image *img, uint32_t *ret)
{
    table t = {0};
    uint32_t n = 0;
    if (img->elf->dynamic_why != NULL)
        return false;
    if (open_dynsym(img, &t)) {
        for (uint32_t i = 1; i < t.n; i++) {
            rp_symbol s;
            read_record(img, &t, i, &s);
            n += s.defined && s.global;
        }
    }
    if (t.cut)
        return false;
    *ret = n;
    return true;
}
