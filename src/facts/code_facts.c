/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "facts/code_facts_build.h"
#include "facts/code_facts_parts.h"

enum { PAGE = 4096 };

/* ---- why code cannot be read ---- */

static const char *several_at_zero(const rp_image *img)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < img->nsections; i++)
        n += (img->sections[i].perm & RP_X) != 0 && img->sections[i].size != 0 &&
             img->sections[i].addr == 0;
    return n > 1 ? "an object file with several code sections: their addresses are not known yet"
                 : NULL;
}

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
    return img->kind == RP_KIND_OBJECT ? several_at_zero(img) : NULL;
}

/* ---- what nobody can write at run time ---- */

typedef struct {
    rp_arena *arena;
    RP_VEC(rp_segment) items;
    bool out_of_memory;
} ranges;

static void add_range(ranges *r, uint64_t addr, uint64_t size)
{
    rp_segment *s = size != 0 ? rp_vec_push(r->arena, &r->items) : NULL;
    if (s != NULL)
        *s = (rp_segment){.addr = addr, .size = size, .perm = RP_R, .max_perm = RP_R};
    else if (size != 0)
        r->out_of_memory = true;
}

static bool stays_read_only(const rp_segment *s)
{
    return (s->perm & RP_W) == 0 || rp_str_is(s->name, "__DATA_CONST") ||
           rp_str_is(s->name, "__AUTH_CONST");
}

static void find_read_only(const rp_image *img, const rp_facts *f, ranges *ret)
{
    for (uint32_t i = 0; i < img->nsegments; i++)
        if (stays_read_only(&img->segments[i]))
            add_range(ret, img->segments[i].addr, img->segments[i].size);
    if (f->elf != NULL && f->elf->relro.is == RP_YES && f->elf->relro_mapped.is == RP_YES) {
        /* the loader protects whole pages: the start is rounded down, the end too */
        uint64_t from = f->elf->relro_addr / PAGE * PAGE;
        uint64_t to = (f->elf->relro_addr + f->elf->relro_size) / PAGE * PAGE;
        if (to > from)
            add_range(ret, from, to - from);
    }
}

/* ---- code addresses that data holds ---- */

typedef struct {
    rp_arena *arena;
    RP_VEC(uint64_t) items;
    bool out_of_memory;
} pointers;

static void add_pointer(pointers *p, uint64_t addr)
{
    uint64_t *item = rp_vec_push(p->arena, &p->items);
    if (item != NULL)
        *item = addr;
    else
        p->out_of_memory = true;
}

static void find_pointers(const rp_image *img, pointers *ret)
{
    for (uint32_t i = 0; i < img->nsymbols; i++) {
        const rp_symbol *s = &img->symbols[i];
        if (s->dynamic && s->defined && s->kind == RP_SYM_FUNC)
            add_pointer(ret, s->addr);
    }
    if (img->entry != 0)
        add_pointer(ret, img->entry);
}

/* ---- the whole ---- */

static bool run_pass(rp_image *img, const rp_facts *f, const rp_functions *functions,
                     const rp_locations *locations, rp_pass *ret)
{
    ranges read_only = {.arena = img->arena};
    pointers held = {.arena = img->arena};
    rp_landmarks landmarks = {0};
    find_read_only(img, f, &read_only);
    find_pointers(img, &held);
    if (read_only.out_of_memory || held.out_of_memory ||
        !rp_locations_landmarks(locations, img->arena, &landmarks))
        return false;
    rp_pass_input in = {.functions = functions,
                        .landmarks = landmarks,
                        .read_only = read_only.items.items,
                        .nread_only = read_only.items.n,
                        .pointers = held.items.items,
                        .npointers = held.items.n};
    return rp_pass_run(img, &in, ret);
}

static bool attribute(rp_image *img, const rp_functions *functions, const rp_locations *locations,
                      const rp_pass *pass, const rp_attribution **ret)
{
    rp_crate_votes votes = {pass->crate_votes, pass->ncrate_votes};
    return rp_attribution_build(img, functions, locations, votes, img->arena, ret, NULL) == RP_OK;
}

static bool read_code(rp_image *img, const rp_facts *f, rp_code_facts *c)
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
        c->why = functions.code_bytes == 0 ? "there is no code in it"
                                           : "nothing tells where its functions begin";
        return true;
    }
    if (!rp_locations_read(img, img->arena, &locations) ||
        !run_pass(img, f, &functions, &locations, &pass) ||
        !attribute(img, &functions, &locations, &pass, &attribution))
        return false;
    rp_code_view v = {.img = img,
                      .functions = &functions,
                      .pass = &pass,
                      .arena = img->arena,
                      .object = img->kind == RP_KIND_OBJECT};
    if (pass.nmissing != 0)
        c->whole = RP_UNKNOWN;
    c->read = RP_YES;
    return rp_code_view_build(&v, attribution) && rp_code_facts_functions(&v, c) &&
           rp_code_facts_edges(&v, c);
}

static void mark_unknown(rp_code_facts *c, const char *why)
{
    rp_coverage *const all[] = {&c->probes,       &c->protector,    &c->landing,    &c->signing,
                                &c->bare_returns, &c->shadow_stack, &c->safe_stack, &c->cfi,
                                &c->kcfi,         &c->cfg,          &c->pauth,      &c->retpoline,
                                &c->sls,          &c->asan,         &c->hwasan,     &c->msan,
                                &c->tsan,         &c->memtag,       &c->overflow,   &c->bounds,
                                &c->debug_asserts};
    for (unsigned i = 0; i < RP_COUNT(all); i++)
        *all[i] = (rp_coverage){.known = RP_UNKNOWN, .why = why};
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
    c->why = obstacle(img, facts);
    if (c->why == NULL && !read_code(img, facts, c))
        return rp_fail_memory(err);
    if (c->read != RP_YES)
        mark_unknown(c, c->why);
    *ret = c;
    return RP_OK;
}
