/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "facts/facts.h"
#include "facts/macho_facts_build.h"
#include "obj/codesign.h"
#include "obj/macho.h"
#include "obj/macho_format.h"

static const char cut_short[] = "the load commands are cut short";

/* Not found among the load commands: absent, if they were read whole. */
static rp_fact absent(const rp_image *img)
{
    return img->macho->commands_whole ? rp_fact_no(RP_NOWHERE) : rp_fact_unknown(cut_short);
}

static bool is_object(const rp_image *img)
{
    return img->kind == RP_KIND_OBJECT; /* one segment that may do everything: the linker splits */
}

static bool list_wx(const rp_image *img, rp_macho_facts *f)
{
    rp_macho_area *wx = rp_new(img->arena, img->nsegments, rp_macho_area);
    if (wx == NULL)
        return false;
    f->wx = wx;
    for (uint32_t i = 0; i < img->nsegments && !is_object(img); i++) {
        const rp_segment *s = &img->segments[i];
        const uint8_t both = RP_W | RP_X;
        if ((s->perm & both) == both || (s->max_perm & both) == both)
            wx[f->nwx++] = (rp_macho_area){s->name, s->at, s->addr, s->size, s->perm, s->max_perm};
    }
    return true;
}

static rp_fact pagezero(const rp_image *img, uint64_t *ret_size)
{
    uint64_t wanted = img->bits == 64 ? UINT64_C(1) << 32 : 0x1000;
    for (uint32_t i = 0; i < img->nsegments; i++) {
        const rp_segment *s = &img->segments[i];
        if (s->addr != 0 || s->perm != 0 || s->max_perm != 0 || s->filesz != 0)
            continue;
        *ret_size = s->size;
        return s->size >= wanted ? rp_fact_yes(s->at) : rp_fact_no(s->at);
    }
    return absent(img);
}

static rp_fact data_const(const rp_image *img)
{
    rp_fact fact = absent(img);
    for (uint32_t i = 0; i < img->nsegments; i++) {
        const rp_segment *s = &img->segments[i];
        if (!rp_str_is(s->name, "__DATA_CONST") && !rp_str_is(s->name, "__AUTH_CONST"))
            continue;
        if ((rp_macho_segment_flags(img, i) & RP_SG_READ_ONLY) == 0)
            return rp_fact_no(s->at);
        fact = rp_fact_yes(s->at);
    }
    return fact;
}

/* The segment of a section stays writable while the program runs. */
static bool stays_writable(const rp_image *img, const rp_section *section)
{
    for (uint32_t i = 0; i < img->nsegments; i++) {
        const rp_segment *s = &img->segments[i];
        if (section->addr >= s->addr && section->addr - s->addr < s->size)
            return (s->perm & RP_W) != 0 && (rp_macho_segment_flags(img, i) & RP_SG_READ_ONLY) == 0;
    }
    return false;
}

static rp_fact writable_pointers(const rp_image *img, unsigned type)
{
    for (uint32_t i = 0; i < img->nsections; i++) {
        const rp_section *s = &img->sections[i];
        if (RP_S_TYPE(s->flags) == type && s->size != 0 && !is_object(img) &&
            stays_writable(img, s))
            return rp_fact_yes(s->at);
    }
    return absent(img);
}

static rp_fact restrict_segment(const rp_image *img)
{
    const rp_section *s = rp_image_section(img, "__RESTRICT,__restrict");
    return s ? rp_fact_yes(s->at) : absent(img);
}

static bool copy_texts(const rp_image *img, const rp_macho_text *from, uint32_t n,
                       const rp_macho_path **ret)
{
    rp_macho_path *to = rp_new(img->arena, n, rp_macho_path);
    for (uint32_t i = 0; to != NULL && i < n; i++)
        to[i] = (rp_macho_path){from[i].text, from[i].at};
    *ret = to;
    return to != NULL;
}

static bool copy_dylibs(const rp_image *img, rp_macho_facts *f)
{
    rp_macho_library *to = rp_new(img->arena, img->nlibraries, rp_macho_library);
    for (uint32_t i = 0; to != NULL && i < img->nlibraries; i++) {
        const rp_macho_dylib *d = &img->macho->dylibs[i];
        to[i] = (rp_macho_library){d->name, d->at, d->weak};
    }
    f->dylibs = to;
    f->ndylibs = img->nlibraries;
    return to != NULL;
}

static void header_facts(const rp_image *img, rp_macho_facts *f)
{
    const rp_macho *m = img->macho;
    f->commands = m->commands_whole ? rp_fact_yes(16) : rp_fact_unknown(cut_short);
    f->filetype = m->filetype;
    f->flags = m->flags;
    f->flags_at = m->flags_at;
    f->cputype = img->machine;
    f->cpusubtype = m->cpusubtype;
    f->arm64e = img->machine == RP_CPU_ARM64 &&
                (m->cpusubtype & RP_CPU_SUBTYPE_MASK) == RP_CPU_SUBTYPE_ARM64E;
    f->ptrauth_versioned = f->arm64e && (m->cpusubtype & RP_ARM64E_VERSIONED) != 0;
    f->ptrauth_abi = f->arm64e ? RP_ARM64E_VERSION(m->cpusubtype) : 0;
    f->platform = rp_str_from(rp_macho_platform(m->platform));
    f->min_os = m->min_os;
    f->sdk = m->sdk;
    f->uuid = (rp_str){(const char *)m->uuid.ptr, m->uuid.len};
    f->pagezero = pagezero(img, &f->pagezero_size);
    f->data_const = data_const(img);
    f->writable_got = writable_pointers(img, RP_S_NON_LAZY_SYMBOL_POINTERS);
    f->lazy_pointers = writable_pointers(img, RP_S_LAZY_SYMBOL_POINTERS);
    f->restrict_segment = restrict_segment(img);
    f->encrypted = m->encryption_at == RP_NOWHERE ? absent(img)
                   : m->cryptid != 0              ? rp_fact_yes(m->encryption_at)
                                                  : rp_fact_no(m->encryption_at);
    f->dylinker = m->dylinker.text.len != 0 ? rp_fact_yes(m->dylinker.at) : absent(img);
}

static void fixup_facts(rp_image *img, uint32_t needs, rp_macho_facts *f)
{
    bool walk = (needs & RP_NEED_RELOCS) != 0;
    rp_macho_fixups fix;
    rp_macho_chained_fixups(img, walk, &fix);
    uint64_t at = img->macho->chained_fixups.at;
    f->chained_fixups = fix.known == RP_UNKNOWN
                            ? rp_fact_unknown("the chained fixups cannot be read")
                            : (rp_fact){fix.known, at, NULL};
    f->chained_format = fix.format;
    if (fix.known == RP_NO || fix.walked == RP_YES) {
        f->pointers_walked = rp_fact_yes(at);
        f->fixup_pointers = fix.pointers;
        f->authenticated_fixups = fix.authenticated;
    } else {
        f->pointers_walked = rp_fact_unknown(walk ? "the chained fixups cannot be followed"
                                                  : "the chained fixups were not asked for");
    }
}

static rp_code function_facts(rp_image *img, uint32_t needs, rp_macho_facts *f, rp_error *err)
{
    const rp_macho_range *range = &img->macho->function_starts;
    f->function_starts = range->at == RP_NOWHERE ? absent(img) : rp_fact_yes(range->at);
    if ((needs & RP_NEED_SYMBOLS) == 0 || range->at == RP_NOWHERE)
        return RP_OK;
    rp_macho_functions functions;
    rp_code code = rp_macho_function_starts(img, false, &functions, err);
    if (code != RP_OK)
        return code;
    if (functions.known == RP_UNKNOWN)
        f->function_starts = rp_fact_unknown("the table of function starts cannot be read");
    f->functions = functions.n;
    return RP_OK;
}

static rp_fact unread(const rp_codesign *c)
{
    return rp_fact_unknown(c->why ? c->why : "the code signature cannot be read");
}

static void directory_facts(const rp_image *img, const rp_codesign *c, rp_macho_facts *f)
{
    const rp_code_directory *d = c->best;
    f->ncode_directories = c->ndirectories;
    if (d == NULL)
        return;
    f->cd_version = d->version;
    f->cd_flags = d->flags;
    f->cd_flags_at = d->flags_at;
    f->cd_runtime = d->runtime;
    f->cd_hash_type = d->hash_type;
    f->identifier = d->identifier;
    f->team = d->team;
    f->code_limit = d->code_limit;
    /* the signature's own bytes are the only ones that it cannot vouch for */
    bool covered = d->code_limit >= img->macho->code_signature.off;
    f->code_covered = (rp_fact){covered ? RP_YES : RP_NO, d->at, NULL};
}

static bool entitlement_facts(const rp_image *img, const rp_codesign *c, rp_macho_facts *f)
{
    const rp_sign_blob *blob = c->xml ? c->xml : c->der;
    f->entitlements_present =
        c->entitlements_known == RP_UNKNOWN
            ? rp_fact_unknown(c->known == RP_YES ? "the entitlements cannot be read" : c->why)
            : (rp_fact){blob ? RP_YES : RP_NO, blob ? blob->at : RP_NOWHERE, NULL};
    rp_entitlement *to = rp_new(img->arena, c->nentitlements, rp_entitlement);
    for (uint32_t i = 0; to != NULL && i < c->nentitlements; i++) {
        const rp_sign_key *k = &c->entitlements[i];
        to[i] = (rp_entitlement){k->name, k->value, k->at};
    }
    f->entitlements = to;
    f->nentitlements = c->nentitlements;
    return to != NULL;
}

static rp_code verify_facts(rp_image *img, const rp_codesign *c, uint32_t needs, rp_macho_facts *f,
                            rp_error *err)
{
    f->page_hashes = f->blob_hashes = rp_fact_unknown("the file was not hashed");
    if ((needs & RP_NEED_SIGNATURE) == 0)
        return RP_OK;
    rp_codesign_check check;
    rp_code code = rp_codesign_verify(img, c, &check, err);
    if (code != RP_OK)
        return code;
    uint64_t at = c->best ? c->best->hashes_at : RP_NOWHERE;
    f->page_hashes =
        check.pages == RP_UNKNOWN ? rp_fact_unknown(check.why) : (rp_fact){check.pages, at, NULL};
    f->blob_hashes = check.blobs == RP_UNKNOWN
                         ? rp_fact_unknown(check.why ? check.why : "a blob could not be hashed")
                         : (rp_fact){check.blobs, at, NULL};
    f->pages = check.npages;
    f->bad_pages = check.bad_pages;
    f->first_bad_page = check.first_bad;
    return RP_OK;
}

static rp_code signature_facts(rp_image *img, uint32_t needs, rp_macho_facts *f, rp_error *err)
{
    const rp_codesign *c;
    rp_code code = rp_codesign_read(img, &c, err);
    if (code != RP_OK)
        return code;
    uint64_t at = img->macho->code_signature.at;
    f->signature = c->known == RP_UNKNOWN ? unread(c) : (rp_fact){c->known, at, NULL};
    f->code_directory = c->known == RP_UNKNOWN ? unread(c)
                        : c->best != NULL      ? rp_fact_yes(c->best->at)
                                               : rp_fact_no(RP_NOWHERE);
    f->code_covered = c->known == RP_UNKNOWN ? unread(c) : rp_fact_no(RP_NOWHERE);
    f->cms = c->known == RP_UNKNOWN ? unread(c)
             : c->cms != NULL       ? rp_fact_yes(c->cms->at)
                                    : rp_fact_no(RP_NOWHERE);
    if (c->known == RP_YES)
        directory_facts(img, c, f);
    if (!entitlement_facts(img, c, f))
        return rp_fail_memory(err);
    return verify_facts(img, c, needs, f, err);
}

rp_code rp_macho_facts_build(rp_image *img, uint32_t needs, const rp_macho_facts **ret,
                             rp_error *err)
{
    const rp_macho *m = img->macho;
    rp_macho_facts *f = rp_new(img->arena, 1, rp_macho_facts);
    if (f == NULL)
        return rp_fail_memory(err);
    header_facts(img, f);
    f->nrpaths = m->nrpaths;
    f->nenvironment = m->nenvironment;
    if (!list_wx(img, f) || !rp_macho_tls_facts(img, needs, f) || !copy_dylibs(img, f) ||
        !copy_texts(img, m->rpaths, m->nrpaths, &f->rpaths) ||
        !copy_texts(img, m->environment, m->nenvironment, &f->environment))
        return rp_fail_memory(err);
    fixup_facts(img, needs, f);
    rp_code code = function_facts(img, needs, f, err);
    if (code == RP_OK)
        code = signature_facts(img, needs, f, err);
    if (code == RP_OK)
        *ret = f;
    return code;
}
