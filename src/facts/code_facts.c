/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "facts/code_facts_build.h"
#include "facts/code_facts_parts.h"
#include "obj/elf_loaded.h"
#include "obj/place.h"

/* ---- why code cannot be read ---- */

static const char *obstacle(const rp_image *img, const rp_facts *f)
{
    if ((f->needs & RP_NEED_CODE) == 0)
        return "the machine code was not read (--code reads it)";
    if (img->kind == RP_KIND_DEBUG || img->kind == RP_KIND_CORE)
        return img->kind == RP_KIND_DEBUG ? "a separate debug file has no code"
                                          : "a core dump is no program";
    if (f->packed.is != RP_NO)
        return "the file is packed: only its unpacker can be seen";
    if (f->macho != NULL && f->macho->encrypted.is != RP_NO)
        return "the code is encrypted";
    if (f->metadata_only)
        return "it holds a library's metadata, no code";
    if (!rp_pass_supports(img))
        return "there is no decoder for this machine's code";
    return NULL;
}

/* ---- the whole ---- */

/* What the names and tables of the file tell of each kind of landmark. */
static void note_names(rp_code_view *v, const rp_landmarks *landmarks)
{
    uint32_t named = 0;
    for (uint32_t i = 0; landmarks->used != 0 && i <= landmarks->mask; i++)
        v->met[landmarks->slots[i].id] = true;
    for (uint32_t i = 0; i < v->functions->n; i++)
        named += v->functions->items[i].name.len != 0;
    v->nameless = named < v->functions->n / 2;
    for (uint32_t i = 0; i < v->img->nsymbols && !v->imports; i++)
        v->imports = v->img->symbols[i].dynamic && !v->img->symbols[i].defined;
}

static bool is_helper(rp_landmark_id id)
{
    return id == RP_LM_STACK_CHK_FAIL || id == RP_LM_CHKSTK || id == RP_LM_RETPOLINE ||
           id == RP_LM_LVI_THUNK || id == RP_LM_GUARD_CALL;
}

static bool find_helpers(rp_code_view *v, const rp_landmarks *landmarks)
{
    uint32_t n = v->functions->n;
    bool *helpers = rp_new(v->arena, n, bool);
    for (uint32_t i = 0; helpers != NULL && i < n; i++) {
        const rp_landmark *l = rp_landmarks_find(landmarks, v->functions->items[i].start);
        helpers[i] = l != NULL && is_helper(l->id);
    }
    v->helpers = helpers;
    return helpers != NULL;
}

static bool run_pass(rp_code_view *v, const rp_locations *locations, rp_code_facts *c, rp_pass *ret)
{
    rp_image *img = v->img;
    const rp_functions *functions = v->functions;
    rp_code_map map = {0};
    if (!rp_code_map_of(img, functions, &map) ||
        !rp_locations_landmarks(locations, img->arena, &map.landmarks) ||
        !rp_pass_run(img, functions, &map, ret) || !find_helpers(v, &map.landmarks))
        return false;
    if (map.whole != RP_YES || ret->nmissing != 0)
        c->whole = RP_UNKNOWN;
    note_names(v, &map.landmarks);
    v->pass = ret;
    return true;
}

static bool attribute(rp_image *img, const rp_functions *functions, const rp_locations *locations,
                      const rp_pass *pass, const rp_attribution **ret)
{
    rp_location_votes votes = {pass->file_votes, pass->nfile_votes};
    return rp_attribution_build(img, functions, locations, votes, img->arena, ret, NULL) == RP_OK;
}

static bool uses_glibc(const rp_elf_facts *e, const rp_facts *f)
{
    bool named = e->min_glibc.len != 0 ||
                 rp_str_find(e->interp_path, RP_STR("/ld-linux-aarch64")) != SIZE_MAX;
    for (uint32_t i = 0; i < f->nlibraries && !named; i++)
        named = rp_str_is(f->libraries[i], "libc.so.6");
    return named;
}

/* glibc: sysdeps/aarch64 pthread, ARCH_MIN_GUARD_SIZE: 64 KiB since 2.27, whatever the size of
 * pages, and GCC for AArch64 counts on it. The kernel keeps more below the main thread's. */
static uint32_t stack_guard(const rp_facts *f)
{
    enum { GLIBC_A64 = 65536 };
    bool wide = f->arch == RP_ARCH_AARCH64 && f->elf != NULL && uses_glibc(f->elf, f);
    return wide ? GLIBC_A64 : RP_STACK_PAGE;
}

static bool read_code(rp_image *img, bool lines, rp_code_facts *c)
{
    rp_functions functions;
    rp_locations locations;
    rp_pass pass;
    const rp_attribution *attribution = NULL;
    if (!rp_functions_read(img, &functions))
        return false;
    c->code_bytes = functions.code_bytes;
    c->covered_bytes = functions.covered_bytes;
    c->whole = functions.whole;
    if (functions.n == 0) {
        c->why = functions.hybrid            ? "all of it is ARM64EC code, which is not read"
                 : functions.code_bytes != 0 ? "nothing tells where its functions begin"
                 : functions.whole != RP_YES ? "an object file: its sections have no addresses yet"
                                             : "there is no code in it";
        return true;
    }
    rp_code_view v = {
        .img = img, .functions = &functions, .arena = img->arena, .stack_guard = c->stack_guard};
    if (!rp_locations_read(img, img->arena, &locations) || !run_pass(&v, &locations, c, &pass) ||
        !attribute(img, &functions, &locations, &pass, &attribution))
        return false;
    c->read = RP_YES;
    return rp_code_view_build(&v, attribution) && rp_code_facts_functions(&v, c) &&
           rp_code_facts_edges(&v, c) && rp_code_facts_crates(&v, &locations, c) &&
           (!lines || rp_code_facts_lines(&v, attribution->dwarf, c));
}

/* Objects: reads the copy that is laid out as a linker would, which keeps file offsets; files with
 * text relocations: as the dynamic linker leaves them. What is odd in it is the file's. */
static bool read_linked(rp_image *img, bool lines, rp_code_facts *c)
{
    rp_image *as_run = NULL;
    if (!rp_place(img, &as_run) || (as_run == NULL && !rp_load_code(img, &as_run)))
        return false;
    bool ok = read_code(as_run, lines, c);
    img->anomaly_items = as_run->anomaly_items;
    img->nanomalies = as_run->nanomalies;
    img->dropped_anomalies = as_run->dropped_anomalies;
    return ok;
}

rp_coverage *rp_code_coverage(rp_code_facts *c, unsigned index)
{
    rp_coverage *const all[RP_COVERAGES] = {
        &c->probes,        &c->protector,      &c->landing,     &c->signing,  &c->bare_returns,
        &c->shadow_stack,  &c->safe_stack,     &c->cfi,         &c->kcfi,     &c->cfg,
        &c->pauth,         &c->retpoline,      &c->sls,         &c->asan,     &c->hwasan,
        &c->msan,          &c->tsan,           &c->memtag,      &c->overflow, &c->bounds,
        &c->debug_asserts, &c->fenced_returns, &c->fenced_loads};
    return all[index];
}

static void mark_unknown(rp_code_facts *c, const char *why)
{
    for (unsigned i = 0; i < RP_COVERAGES; i++)
        *rp_code_coverage(c, i) = (rp_coverage){.known = RP_UNKNOWN, .why = why};
    c->kcfi_traps_agree = rp_fact_unknown(why);
}

rp_code rp_code_facts_build(rp_image *img, const rp_facts *facts, const rp_code_facts **ret,
                            rp_error *err)
{
    rp_code_facts *c = rp_new(img->arena, 1, rp_code_facts);
    if (c == NULL)
        return rp_fail_memory(err);
    c->read = RP_UNKNOWN;
    c->whole = RP_UNKNOWN;
    c->stack_guard = stack_guard(facts);
    c->why = obstacle(img, facts);
    if (c->why == NULL && !read_linked(img, (facts->needs & RP_NEED_LINES) != 0, c))
        return rp_fail_memory(err);
    if (c->read != RP_YES)
        mark_unknown(c, c->why);
    *ret = c;
    return RP_OK;
}
