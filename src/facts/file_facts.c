/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "facts/file_facts.h"

#include "obj/elf.h"

enum { SHT_SYMTAB = 2, SHF_ALLOC = 2 };

static bool any_section_starts(const rp_image *img, const char *const *prefixes, size_t n,
                               const rp_section **ret)
{
    for (uint32_t i = 0; i < img->nsections; i++) {
        for (size_t k = 0; k < n; k++) {
            if (rp_str_starts(img->sections[i].name, prefixes[k])) {
                *ret = &img->sections[i];
                return true;
            }
        }
    }
    return false;
}

/* Where the last byte that a segment or section header speaks for ends. */
static uint64_t described_end(const rp_image *img)
{
    uint64_t end = 0;
    for (uint32_t i = 0; i < img->nsegments; i++) {
        const rp_segment *s = &img->segments[i];
        if (s->filesz <= img->src->size && s->offset <= img->src->size - s->filesz &&
            s->offset + s->filesz > end)
            end = s->offset + s->filesz;
    }
    return end;
}

/* rustc wraps the metadata of a library (lib.rmeta) into an object file that it hands to no linker:
 * section .rmeta, and nothing that is loaded. */
static bool metadata_only(const rp_image *img)
{
    if (img->format != RP_FORMAT_ELF || img->kind != RP_KIND_OBJECT ||
        rp_image_section(img, ".rmeta") == NULL)
        return false;
    for (uint32_t i = 0; i < img->nsections; i++)
        if ((img->sections[i].flags & SHF_ALLOC) != 0 && img->sections[i].size != 0)
            return false;
    return true;
}

static void find_debug_info(const rp_image *img, rp_facts *f)
{
    static const char *const names[] = {".debug_info",  ".zdebug_info", "__DWARF,",
                                        "__debug_info", ".debug$S",     ".stab"};
    const rp_section *s;
    if (any_section_starts(img, names, RP_COUNT(names), &s) && s->filesz != 0) {
        f->debug_info = rp_fact_yes(s->at);
        f->debug_name = s->name;
    } else if (img->elf != NULL && img->elf->sections_why != NULL) {
        f->debug_info = rp_fact_unknown(img->elf->sections_why);
    } else if (img->format == RP_FORMAT_ELF && img->nsections == 0 &&
               img->src->size - described_end(img) > 4096) {
        f->debug_info = rp_fact_unknown("no section headers, and bytes that no segment maps");
    } else {
        f->debug_info = rp_fact_no(RP_NOWHERE);
        if (f->pe != NULL && f->pe->pdb_path.len != 0)
            f->debug_name = RP_STR("CodeView PDB reference");
    }
}

static void find_symbol_table(const rp_image *img, rp_facts *f)
{
    if (img->debug != NULL && img->elf != NULL) { /* such files have no table of their own */
        f->symbol_table = rp_fact_no(RP_NOWHERE);
    } else if (f->symbols->static_table) {
        f->symbol_table = rp_fact_yes(RP_NOWHERE);
    } else if (f->symbols->known != RP_UNKNOWN) {
        f->symbol_table = rp_fact_no(RP_NOWHERE);
    } else {
        f->symbol_table = rp_fact_unknown("the symbol tables were not read");
    }
    for (uint32_t i = 0; i < img->nsections && img->format == RP_FORMAT_ELF; i++) {
        if (img->sections[i].type == SHT_SYMTAB && img->sections[i].filesz != 0) {
            f->symbol_table = rp_fact_yes(img->sections[i].at);
            return;
        }
    }
}

/* UPX: sections UPX0/UPX1 (PE), or the "UPX!" block behind the program headers (ELF, Mach-O) in an
 * image that unpacks itself into memory far larger than its file bytes. */
static void find_packer(rp_image *img, rp_facts *f)
{
    static const char *const names[] = {"UPX0", "UPX1", ".UPX0"};
    const rp_section *s;
    f->packed = rp_fact_no(RP_NOWHERE);
    if (any_section_starts(img, names, RP_COUNT(names), &s)) {
        f->packed = rp_fact_yes(s->at);
        return;
    }
    uint64_t marker;
    if (img->elf != NULL) {
        if (rp_elf_packed(img, &marker) == RP_YES)
            f->packed = rp_fact_yes(marker);
        return;
    }
    rp_bytes head;
    if (img->format == RP_FORMAT_PE || img->kind == RP_KIND_OBJECT || img->nsections != 0 ||
        !rp_source_upto(img->src, 0, 4096, &head))
        return;
    size_t at = rp_bytes_find(head, RP_STR("UPX!"));
    if (at != SIZE_MAX)
        f->packed = rp_fact_yes(at);
}

void rp_file_facts(rp_image *img, rp_facts *f)
{
    find_debug_info(img, f);
    find_symbol_table(img, f);
    find_packer(img, f);
    f->metadata_only = metadata_only(img);
}
