/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* ELF facts from the ELF model: what could not be read whole is unknown, never absent. */
#include "facts/elf_facts_build.h"

#include "base/limits.h"
#include "facts/elf_facts_parts.h"
#include "facts/facts.h"
#include "obj/elf_const.h"

rp_fact rp_elf_tag_fact(const struct rp_elf *elf, uint64_t tag)
{
    const rp_elf_dyn *d = rp_elf_tag(elf, tag);
    return rp_elf_found(d != NULL, d ? d->at : RP_NOWHERE, elf->dynamic_why);
}

static rp_fact phdr_fact(const struct rp_elf *elf, uint32_t type)
{
    const rp_elf_phdr *p = rp_elf_last_phdr(elf, type);
    return rp_elf_found(p != NULL, p ? p->at : RP_NOWHERE, NULL);
}

/* A section is the only trace: without section headers nothing is known of it. */
static rp_fact section_fact(const rp_image *img, const rp_section *s)
{
    const struct rp_elf *elf = img->elf;
    const char *why = elf->sections_why;
    if (why == NULL && !elf->has_sections)
        why = "there are no section headers";
    return rp_elf_found(s != NULL, s ? s->at : RP_NOWHERE, why);
}

static void identity(rp_image *img, rp_elf_facts *f)
{
    const struct rp_elf *elf = img->elf;
    const rp_elf_phdr *interp = rp_elf_first_phdr(elf, PT_INTERP);
    f->type = elf->type;
    f->type_rule = elf->type_rule;
    f->type_sure = elf->type_sure;
    f->type_at = elf->type_at;
    f->bare_metal = elf->host != RP_ELF_HOSTED;
    f->firmware = elf->host == RP_ELF_BARE;
    f->osabi = elf->osabi;
    f->e_type = elf->e_type;
    f->e_flags = elf->e_flags;
    f->section_headers = elf->has_sections;
    f->interp = rp_elf_found(interp != NULL, interp ? interp->at : RP_NOWHERE, NULL);
    f->interp_path = rp_elf_interpreter(img);
    f->soname = elf->soname.ptr ? elf->soname : RP_STR("");
    f->min_glibc = elf->min_glibc.ptr ? elf->min_glibc : RP_STR("");
    f->build_id = elf->build_id.ptr ? elf->build_id : RP_STR("");
    f->build_id_at = elf->build_id_at;
    f->debuglink = elf->debuglink;
}

static void dynamic(const struct rp_elf *elf, rp_elf_facts *f)
{
    const rp_elf_dyn *textrel = rp_elf_tag(elf, DT_TEXTREL), *flags = rp_elf_tag(elf, DT_FLAGS);
    if (elf->debug_file)
        f->dynamic = rp_fact_unknown("separate debug information");
    else if (elf->dynamic_why != NULL || elf->strings_why != NULL)
        f->dynamic = rp_fact_unknown(elf->dynamic_why ? elf->dynamic_why : elf->strings_why);
    else
        f->dynamic = phdr_fact(elf, PT_DYNAMIC);
    if (textrel == NULL && flags != NULL && (flags->value & DF_TEXTREL) != 0)
        textrel = flags;
    f->textrel =
        rp_elf_found(textrel != NULL, textrel ? textrel->at : RP_NOWHERE, elf->dynamic_why);
    bool static_tls = flags != NULL && (flags->value & DF_STATIC_TLS) != 0;
    f->static_tls = rp_elf_found(static_tls, static_tls ? flags->at : RP_NOWHERE, elf->dynamic_why);
    bool gnu = rp_elf_tag(elf, DT_GNU_HASH) != NULL, sysv = rp_elf_tag(elf, DT_HASH) != NULL;
    f->gnu_hash_style = gnu && sysv ? RP_STR("both")
                        : gnu       ? RP_STR("gnu")
                        : sysv      ? RP_STR("sysv")
                                    : RP_STR("");
}

/* Splits one DT_RPATH or DT_RUNPATH at ':'; an empty element means the current folder. */
static void split_path(rp_image *img, const rp_elf_dyn *d, rp_elf_path *to, rp_elf_facts *f)
{
    rp_str s;
    if (!rp_elf_dynamic_string(img, d->value, &s)) {
        f->paths_why = "a library search path cannot be read";
        return; /* noted while the dynamic section was read */
    }
    for (size_t from = 0; from <= s.len;) {
        size_t end = from;
        while (end < s.len && s.ptr[end] != ':')
            end++;
        if (f->npaths == RP_MAX_PATHS) {
            rp_image_odd(img, d->at, "more than %u RPATH and RUNPATH elements", RP_MAX_PATHS);
            f->paths_why = "there are more library search paths than are read";
            return;
        }
        to[f->npaths++] = (rp_elf_path){{s.ptr + from, end - from}, d->at, d->tag == DT_RUNPATH};
        from = end + 1;
    }
}

static bool is_path_tag(uint64_t tag)
{
    return tag == DT_RPATH || tag == DT_RUNPATH;
}

static rp_code paths(rp_image *img, rp_elf_facts *f, rp_error *err)
{
    const struct rp_elf *elf = img->elf;
    uint32_t n = 0;
    for (uint32_t i = 0; i < elf->ndyn; i++)
        n += is_path_tag(elf->dyn[i].tag);
    if (n == 0)
        return RP_OK;
    rp_elf_path *to = rp_new(img->arena, RP_MAX_PATHS, rp_elf_path);
    if (to == NULL)
        return rp_fail_memory(err);
    f->paths = to;
    for (uint32_t i = 0; i < elf->ndyn; i++) {
        if (is_path_tag(elf->dyn[i].tag))
            split_path(img, &elf->dyn[i], to, f);
        if (f->npaths == RP_MAX_PATHS && f->paths_why != NULL)
            break;
    }
    return RP_OK;
}

static void properties(const rp_image *img, rp_elf_facts *f)
{
    const rp_elf_properties *p = &img->elf->properties;
    const char *why = p->why ? p->why : img->elf->notes_why;
    f->properties = rp_elf_found(p->by != NULL && p->why == NULL, p->at, why);
    f->properties_by = p->by ? p->by : "";
    f->properties_unmerged = p->others;
    f->x86_feature_at = f->aarch64_feature_at = f->riscv_feature_at = f->pauth_at = RP_NOWHERE;
    if (f->properties.is != RP_YES)
        return;
    f->x86_feature_at = p->x86_feature_at;
    f->aarch64_feature_at = p->aarch64_feature_at;
    f->riscv_feature_at = p->riscv_feature_at;
    f->pauth_at = p->pauth_at;
    f->x86_feature_1 = p->x86_feature_1;
    f->aarch64_feature_1 = p->aarch64_feature_1;
    f->riscv_feature_1 = p->riscv_feature_1;
    f->pauth_platform = p->pauth_platform;
    f->pauth_version = p->pauth_version;
}

/* Android's note: level in bits 0 and 1 (0 none, 1 async, 2 sync), heap 4, stack 8. */
static void memtag_note(const struct rp_elf *elf, rp_elf_facts *f)
{
    uint32_t level = elf->android_memtag & 3;
    if (elf->android_memtag_at == RP_NOWHERE || level == 0)
        return;
    f->memtag = rp_fact_yes(elf->android_memtag_at);
    f->memtag_mode = level == 1 ? 1 : 0;
    f->memtag_heap = (elf->android_memtag & 4) != 0;
    f->memtag_stack = (elf->android_memtag & 8) != 0;
}

/* Processor-specific tags and segments have other meanings on other machines. */
static void aarch64(const rp_image *img, rp_elf_facts *f)
{
    static const uint64_t tags[] = {DT_AARCH64_MEMTAG_MODE, DT_AARCH64_MEMTAG_HEAP,
                                    DT_AARCH64_MEMTAG_STACK, DT_AARCH64_MEMTAG_GLOBALS,
                                    DT_AARCH64_MEMTAG_GLOBALSSZ};
    const struct rp_elf *elf = img->elf;
    f->bti_plt = f->pac_plt = f->memtag = rp_fact_no(RP_NOWHERE);
    if (img->arch != RP_ARCH_AARCH64)
        return;
    f->bti_plt = rp_elf_tag_fact(elf, DT_AARCH64_BTI_PLT);
    f->pac_plt = rp_elf_tag_fact(elf, DT_AARCH64_PAC_PLT);
    f->memtag = phdr_fact(elf, PT_AARCH64_MEMTAG_MTE);
    for (size_t i = 0; i < RP_COUNT(tags) && f->memtag.is != RP_YES; i++)
        f->memtag = rp_elf_tag_fact(elf, tags[i]);
    const rp_elf_dyn *mode = rp_elf_tag(elf, DT_AARCH64_MEMTAG_MODE);
    const rp_elf_dyn *heap = rp_elf_tag(elf, DT_AARCH64_MEMTAG_HEAP);
    const rp_elf_dyn *stack = rp_elf_tag(elf, DT_AARCH64_MEMTAG_STACK);
    memtag_note(elf, f);
    f->memtag_mode = mode ? (uint32_t)mode->value : f->memtag_mode;
    f->memtag_heap = heap ? heap->value != 0 : f->memtag_heap;
    f->memtag_stack = stack ? stack->value != 0 : f->memtag_stack;
    if (f->memtag.is == RP_NO && elf->notes_why != NULL)
        f->memtag = rp_fact_unknown(elf->notes_why);
}

static const rp_section *annobin_section(const rp_image *img)
{
    for (uint32_t i = 0; i < img->nsections; i++)
        if (rp_str_starts(img->sections[i].name, ".gnu.build.attributes"))
            return &img->sections[i];
    return NULL;
}

static void traces(rp_image *img, rp_elf_facts *f)
{
    const struct rp_elf *elf = img->elf;
    const rp_section *traps = rp_image_section(img, ".kcfi_traps");
    const rp_section *preinit = rp_image_section(img, ".preinit_array");
    const rp_section *note = rp_image_section(img, ".note.GNU-stack");
    const rp_elf_phdr *tls = rp_elf_last_phdr(elf, PT_TLS);
    const rp_elf_phdr *eh = rp_elf_last_phdr(elf, PT_GNU_EH_FRAME);
    f->openbsd_wxneeded = phdr_fact(elf, PT_OPENBSD_WXNEEDED);
    f->openbsd_nobtcfi = phdr_fact(elf, PT_OPENBSD_NOBTCFI);
    f->kcfi_traps = section_fact(img, traps);
    f->kcfi_traps_count = traps ? traps->size / 4 : 0;
    f->preinit_array = elf->dynamic || elf->dynamic_why ? rp_elf_tag_fact(elf, DT_PREINIT_ARRAY)
                                                        : section_fact(img, preinit);
    f->annobin = section_fact(img, annobin_section(img));
    f->tls = phdr_fact(elf, PT_TLS);
    f->tls_size = tls ? tls->memsz : 0;
    f->eh_frame_hdr = rp_elf_found(eh != NULL, eh ? eh->at : RP_NOWHERE, NULL);
    f->functions = rp_elf_eh_frame_entries(img);
    if (elf->e_type != ET_REL)
        f->object_stack_note = rp_fact_no(RP_NOWHERE);
    else if (note != NULL)
        f->object_stack_note =
            (note->flags & SHF_EXECINSTR) != 0 ? rp_fact_no(note->at) : rp_fact_yes(note->at);
    else
        f->object_stack_note = section_fact(img, NULL);
}

static bool is_known(const rp_elf_facts *f, rp_str s)
{
    for (uint32_t i = 0; i < f->ncomments; i++)
        if (rp_str_eq(f->comments[i], s))
            return true;
    return false;
}

/* .comment: NUL-terminated strings of the compilers and the linker, each kept once. */
static rp_code comments(rp_image *img, rp_elf_facts *f, rp_error *err)
{
    const rp_section *s = rp_image_section(img, ".comment");
    f->comment = section_fact(img, s);
    rp_reader r;
    if (s == NULL || s->offset == RP_NOWHERE)
        return RP_OK;
    uint64_t len = s->filesz < RP_MAX_COMMENT ? s->filesz : RP_MAX_COMMENT;
    if (!rp_source_reader(img->src, s->offset, len, img->big, &r)) {
        f->comment = rp_fact_unknown("the .comment section cannot be read");
        return RP_OK;
    }
    rp_str *list = rp_new(img->arena, RP_MAX_COMMENTS, rp_str);
    if (list == NULL)
        return rp_fail_memory(err);
    f->comments = list;
    while (rp_left(&r) != 0 && f->ncomments < RP_MAX_COMMENTS) {
        rp_str text = rp_next_cstr(&r);
        if (text.len != 0 && !is_known(f, text))
            list[f->ncomments++] = text;
    }
    if (f->ncomments != 0)
        f->comment = rp_fact_yes(s->at);
    else
        f->comment = s->filesz < s->size ? rp_fact_unknown("the .comment section is cut short")
                                         : rp_fact_no(s->at);
    return RP_OK;
}

static rp_code relocations(rp_image *img, uint32_t needs, rp_elf_facts *f, rp_error *err)
{
    f->text_relocs = f->tls_dtpmod = f->tls_dtpoff = f->tls_tpoff = f->tls_desc = UINT32_MAX;
    f->tls_unlisted = UINT32_MAX;
    f->relocations = f->relative_relocations = f->relr = f->android_packed = UINT32_MAX;
    if ((needs & RP_NEED_RELOCS) == 0)
        return RP_OK;
    const rp_elf_relocs *r = rp_elf_relocations(img);
    if (r == NULL)
        return rp_fail_memory(err);
    if (r->why != NULL)
        return RP_OK; /* lower bounds are no facts */
    f->text_relocs = img->elf->e_type == ET_REL ? UINT32_MAX : r->text;
    f->relocations = r->total;
    f->relr = r->relr;
    f->android_packed = r->android;
    if (!r->kinds_known)
        return RP_OK;
    f->tls_dtpmod = r->tls_mod;
    f->tls_dtpoff = r->tls_off;
    f->tls_tpoff = r->tls_tp;
    f->tls_desc = r->tls_desc;
    f->relative_relocations = r->relative;
    if ((needs & RP_NEED_SYMBOLS) != 0 && img->elf->e_type != ET_REL && !img->elf->debug_file)
        return rp_elf_tls_facts(img, r, f, err);
    return RP_OK;
}

static void exports(rp_image *img, uint32_t needs, rp_elf_facts *f)
{
    f->exported = UINT32_MAX;
    if ((needs & RP_NEED_SYMBOLS) == 0 || img->elf->debug_file)
        return;
    if (!rp_elf_exports(img, &f->exported))
        f->exported = UINT32_MAX;
}

rp_code rp_elf_facts_build(rp_image *img, uint32_t needs, const rp_elf_facts **ret, rp_error *err)
{
    rp_elf_facts *f = rp_new(img->arena, 1, rp_elf_facts);
    if (f == NULL)
        return rp_fail_memory(err);
    identity(img, f);
    dynamic(img->elf, f);
    properties(img, f);
    aarch64(img, f);
    traces(img, f);
    exports(img, needs, f);
    rp_code code = rp_elf_segment_facts(img, f, err);
    if (code == RP_OK)
        code = paths(img, f, err);
    if (code == RP_OK)
        code = comments(img, f, err);
    if (code == RP_OK)
        code = relocations(img, needs, f, err);
    if (code != RP_OK)
        return code;
    rp_elf_relro_facts(img, f);
    *ret = f;
    return RP_OK;
}
