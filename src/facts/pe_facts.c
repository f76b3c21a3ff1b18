/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "base/vec.h"
#include "facts/pe_facts_build.h"
#include "obj/pe.h"
#include "obj/pe_parts.h"

static void headers(const rp_image *img, rp_pe_facts *f)
{
    const struct rp_pe *pe = img->pe;
    f->image = pe->image;
    f->import_object = pe->short_import;
    f->intermediate = pe->ltcg;
    f->pe32_plus = pe->pe32_plus;
    f->dll = (pe->characteristics & RP_PE_DLL) != 0;
    f->driver =
        pe->image && (pe->subsystem == 1 || (pe->dll_characteristics & RP_PE_WDM_DRIVER) != 0);
    f->machine = pe->machine;
    f->characteristics = pe->characteristics;
    f->characteristics_at = pe->characteristics_at;
    f->dll_characteristics = pe->dll_characteristics;
    f->dll_characteristics_at = pe->dll_characteristics_at;
    f->subsystem = pe->subsystem;
    f->linker_major = pe->linker_major;
    f->linker_minor = pe->linker_minor;
    f->image_base = pe->image_base;
    f->directories = pe->directories;
    f->timestamp = pe->timestamp;
    f->section_alignment = pe->section_alignment;
}

/* ---- sections ---- */

typedef RP_VEC(rp_pe_area) areas;

static bool add_area(rp_image *img, const rp_section *s, areas *to)
{
    rp_pe_area *a = rp_vec_push(img->arena, to);
    if (a == NULL)
        return false;
    *a = (rp_pe_area){s->name, s->at, s->addr, s->size, (uint32_t)s->flags};
    return true;
}

static bool sections(rp_image *img, rp_pe_facts *f)
{
    areas wx = {0}, shared = {0};
    f->dwarf_sections = rp_fact_no(RP_NOWHERE);
    for (uint32_t i = 0; i < img->nsections; i++) {
        const rp_section *s = &img->sections[i];
        bool writable = (s->perm & RP_W) != 0;
        if (writable && (s->perm & RP_X) != 0 && !add_area(img, s, &wx))
            return false;
        if (writable && (s->flags & RP_PE_SCN_SHARED) != 0 && !add_area(img, s, &shared))
            return false;
        if (f->dwarf_sections.is == RP_NO && rp_str_starts(s->name, ".debug_"))
            f->dwarf_sections = rp_fact_yes(s->at);
    }
    f->sections_cut = img->pe->sections_cut;
    f->wx = wx.items;
    f->nwx = wx.n;
    f->shared = shared.items;
    f->nshared = shared.n;
    return true;
}

/* GNU ld writes its own version, 2.x. lld calls itself 14.0 in both modes; in that for MinGW it
 * keeps DWARF, or a .buildid section. (Go's linker writes DWARF too, and 3.0.) */
static bool built_for_gnu(const rp_image *img, const rp_pe_facts *f)
{
    if (!f->image || f->rich.is == RP_YES)
        return false;
    if (f->linker_major == 2)
        return true;
    return f->linker_major == 14 && f->linker_minor == 0 &&
           (f->dwarf_sections.is == RP_YES || rp_image_section(img, ".eh_frame") != NULL ||
            rp_image_section(img, ".buildid") != NULL);
}

/* ---- relocations ---- */

static bool has_code(const rp_image *img)
{
    for (uint32_t i = 0; i < img->nsections; i++)
        if (img->sections[i].kind == RP_SEC_CODE)
            return true;
    return img->pe->entry_rva != 0;
}

/* Does the image hold absolute addresses? A linker that was asked to keep relocations and wrote
 * none says no; on 32-bit x86 such code is rare enough to doubt it. Load configuration and TLS
 * directory consist of addresses. */
static rp_fact anything_to_relocate(const rp_image *img, const rp_pe_facts *f)
{
    const struct rp_pe *pe = img->pe;
    if (f->relocs.is == RP_YES)
        return rp_fact_yes(f->relocs.at);
    if (f->relocs.is == RP_UNKNOWN)
        return f->relocs;
    if (pe->dir[RP_PE_DIR_LOAD_CONFIG].rva != 0)
        return rp_fact_yes(pe->dir[RP_PE_DIR_LOAD_CONFIG].at);
    if (pe->dir[RP_PE_DIR_TLS].rva != 0)
        return rp_fact_yes(pe->dir[RP_PE_DIR_TLS].at);
    if (!has_code(img))
        return rp_fact_no(pe->header_at);
    if ((pe->characteristics & RP_PE_RELOCS_STRIPPED) != 0)
        return rp_fact_unknown("relocations were stripped: whether there were any cannot be seen");
    if (!pe->pe32_plus)
        return rp_fact_unknown("32-bit code without relocations: it may hold absolute addresses");
    return rp_fact_no(f->relocs.at);
}

/* ---- imports ---- */

static rp_fact imports_executable(const rp_image *img)
{
    static const unsigned dirs[] = {RP_PE_DIR_IAT, RP_PE_DIR_IMPORT};
    const struct rp_pe *pe = img->pe;
    for (size_t i = 0; i < RP_COUNT(dirs); i++) {
        const rp_pe_dir *dir = &pe->dir[dirs[i]];
        const rp_pe_span *span = dir->rva != 0 ? rp_pe_span_of(img, dir->rva) : NULL;
        const char *why = rp_pe_why_unknown(img, dirs[i]);
        if (why != NULL)
            return rp_fact_unknown(why);
        if (dir->rva != 0 && (span == NULL || rp_pe_room(img, dir->rva) == 0))
            return rp_fact_unknown("the import directory lies outside the image");
        if (span != NULL && (span->perm & RP_X) != 0)
            return rp_fact_yes(span->section != 0 ? img->sections[span->section - 1].at : dir->at);
    }
    uint64_t at = pe->dir[RP_PE_DIR_IMPORT].at;
    return rp_fact_no(at != 0 ? at : RP_NOWHERE);
}

static void tables(rp_image *img, rp_pe_facts *f)
{
    rp_pe_read_tables(img);
    for (uint32_t i = 0; i < img->pe->imports.n; i++) {
        f->imports += !img->pe->imports.items[i].delayed;
        f->delay_imports += img->pe->imports.items[i].delayed;
    }
    f->exports = img->pe->exports.n;
    f->imports_executable = imports_executable(img);
}

static void parts(rp_image *img, rp_pe_facts *f)
{
    uint32_t clr_flags;
    f->dotnet = rp_pe_read_clr(img, &clr_flags).is != RP_NO;
    f->il_only = f->dotnet && (clr_flags & 1) != 0; /* COMIMAGE_FLAGS_ILONLY */
    f->relocs = rp_pe_fact(rp_pe_read_relocs(img, &f->relocations));
    f->anything_to_relocate = anything_to_relocate(img, f);
    rp_pe_tls tls;
    rp_pe_read_tls(img, &tls);
    f->tls = rp_pe_fact(tls.directory);
    f->tls_callbacks = rp_pe_fact(tls.callbacks);
    f->tls_size = tls.size;
    (void)rp_pe_read_exceptions(img, &f->functions);
}

/* An object has none of what a link makes; a separate debug file has left it in the other file. */
static void nothing_linked(rp_pe_facts *f)
{
    rp_fact no = rp_fact_no(RP_NOWHERE);
    f->relocs = f->anything_to_relocate = f->imports_executable = f->load_config = no;
    f->cookie = f->cookie_default = f->safe_seh = f->guard_flags = f->guard_table_ok = no;
    f->ehcont_table = f->handlers = f->xfg = f->castguard = f->retpoline = f->export_suppression =
        no;
    f->memcpy_guard = f->ex_characteristics = f->rich = f->tls = f->tls_callbacks = no;
    f->signature = f->signature_hash = f->signature_content = no;
}

rp_code rp_pe_facts_build(rp_image *img, uint32_t needs, const rp_pe_facts **ret, rp_error *err)
{
    rp_pe_facts *f = rp_new(img->arena, 1, rp_pe_facts);
    if (f == NULL)
        return rp_fail_memory(err);
    headers(img, f);
    if (!sections(img, f))
        return rp_fail_memory(err);
    if (!f->image || img->kind == RP_KIND_DEBUG) {
        nothing_linked(f);
        *ret = f;
        return RP_OK;
    }
    if (!rp_pe_facts_guard(img, f) || !rp_pe_facts_debug(img, f))
        return rp_fail_memory(err);
    parts(img, f);
    tables(img, f);
    f->mingw = built_for_gnu(img, f);
    if (!rp_pe_facts_signature(img, needs, f))
        return rp_fail_memory(err);
    *ret = f;
    return RP_OK;
}
