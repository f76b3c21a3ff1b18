/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "facts/facts.h"

#include "facts/code_facts_build.h"
#include "facts/elf_facts_build.h"
#include "facts/file_facts.h"
#include "facts/macho_facts_build.h"
#include "facts/pe_facts_build.h"
#include "facts/promised.h"
#include "facts/symbol_facts_build.h"
#include "origin/origin.h"
#include "origin/triple.h"

static rp_code build_format(rp_image *img, uint32_t needs, rp_facts *f, rp_error *err)
{
    if (img->elf != NULL)
        return rp_elf_facts_build(img, needs, &f->elf, err);
    if (img->pe != NULL)
        return rp_pe_facts_build(img, needs, &f->pe, err);
    return rp_macho_facts_build(img, needs, &f->macho, err);
}

static rp_code build_origin(rp_image *img, uint32_t needs, rp_facts *f, rp_error *err)
{
    rp_origin_input in = {.elf = f->elf,
                          .pe = f->pe,
                          .macho = f->macho,
                          .container = f->name,
                          .member = f->member.len != 0,
                          .symbols = f->symbols,
                          .strings = (needs & RP_NEED_STRINGS) != 0};
    rp_code code = rp_origin_build(img, &in, &f->rust, err);
    if (code != RP_OK)
        return code;
    rp_str triple = f->rust->triple;
    rp_confidence by = RP_GUESS;
    f->target = rp_origin_target(triple);
    if (f->rust->is_rust.is == RP_UNKNOWN && !rp_triple_guess(img, &in, &triple, &by))
        return rp_fail_memory(err);
    f->target_if_rust = rp_origin_target(triple);
    return RP_OK;
}

static rp_facts *start(const rp_image *img, rp_str name, rp_str member, uint32_t needs)
{
    rp_facts *f = rp_new(img->arena, 1, rp_facts);
    if (f == NULL)
        return NULL;
    *f = (rp_facts){.name = name,
                    .member = member,
                    .size = img->src->size,
                    .format = img->format,
                    .arch = img->arch,
                    .machine = img->machine,
                    .bits = img->bits,
                    .big = img->big,
                    .kind = img->kind,
                    .entry = img->entry,
                    .debug_file = img->debug ? img->debug_path : RP_STR(""),
                    .libraries = img->libraries,
                    .nlibraries = img->nlibraries,
                    .needs = needs | RP_NEED_HEADERS};
    return f;
}

rp_code rp_facts_build(rp_image *img, rp_str name, rp_str member, uint32_t needs,
                       const rp_facts **ret, rp_error *err)
{
    rp_facts *f = start(img, name, member, needs);
    if (f == NULL)
        return rp_fail_memory(err);
    rp_code code = rp_symbol_facts_build(img, (needs & RP_NEED_SYMBOLS) != 0, &f->symbols, err);
    if (code == RP_OK)
        code = build_format(img, needs, f, err);
    if (code == RP_OK)
        code = build_origin(img, needs, f, err);
    if (code != RP_OK)
        return code;
    rp_file_facts(img, f);
    f->promised_size = rp_promised_size(img, &f->promised_at);
    code = rp_code_facts_build(img, f, &f->code, err);
    if (code != RP_OK)
        return code;
    /* last: every builder above may have recorded some */
    f->anomalies = (rp_anomalies){img->anomaly_items, img->nanomalies, img->dropped_anomalies};
    *ret = f;
    return RP_OK;
}

/* Facts of what is no artefact. */
static rp_facts *without_artefact(rp_arena *arena, rp_str name, const char *why)
{
    static const rp_symbol_facts symbols = {.known = RP_UNKNOWN};
    rp_facts *f = rp_new(arena, 1, rp_facts);
    rp_rust_facts *rust = rp_new(arena, 1, rp_rust_facts);
    rp_code_facts *code = rp_new(arena, 1, rp_code_facts);
    rp_target_facts *target = rp_new(arena, 1, rp_target_facts);
    if (f == NULL || rust == NULL || code == NULL || target == NULL)
        return NULL;
    rp_fact unknown = rp_fact_unknown(why);
    rust->is_rust = rp_fact_yes(RP_NOWHERE); /* what Cargo builds */
    code->read = RP_UNKNOWN;
    code->why = why;
    target->triple = "";
    *f = (rp_facts){.name = name,
                    .format = RP_FORMAT_NONE,
                    .kind = RP_KIND_UNKNOWN,
                    .packed = rp_fact_no(RP_NOWHERE),
                    .debug_info = unknown,
                    .symbol_table = unknown,
                    .symbols = &symbols,
                    .rust = rust,
                    .target = target,
                    .target_if_rust = target,
                    .code = code};
    return f;
}

const rp_facts *rp_facts_of_project(rp_arena *arena, rp_str name, const rp_deps_facts *deps)
{
    rp_facts *f = without_artefact(arena, name, "a project, no artefact");
    if (f != NULL) {
        f->needs = RP_NEED_DEPS;
        f->deps = deps;
    }
    return f;
}

const rp_facts *rp_facts_of_source(rp_arena *arena, rp_str name, const rp_source_facts *source)
{
    rp_facts *f = without_artefact(arena, name, "source code, no artefact");
    if (f != NULL) {
        f->needs = RP_NEED_SOURCE;
        f->source = source;
    }
    return f;
}
