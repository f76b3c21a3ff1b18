/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "facts/deps_build.h"

#include "base/crypto.h"
#include "base/fs.h"
#include "cargo/files.h"
#include "deps/from_lock.h"
#include "deps/from_sbom.h"
#include "deps/ignores.h"
#include "deps/verify.h"
#include "deps/wasm.h"
#include "facts/deps_pins.h"
#include "facts/deps_project.h"

#include <stdlib.h>

typedef struct {
    const rp_deps_options *opt;
    rp_arena *arena;
    rp_deps_facts *facts;
    const rp_lock *lock;
    rp_deps_project project;
    const uint32_t *index; /* component of each package of the lock file */
} builder;

static rp_deps_facts *start(rp_arena *arena)
{
    rp_deps_facts *f = rp_new(arena, 1, rp_deps_facts);
    if (f == NULL)
        return NULL;
    f->read = rp_fact_unknown("nothing was read");
    f->locked = rp_fact_unknown("nothing was read");
    f->resolved = rp_fact_unknown("the manifests were not read");
    f->matched = rp_fact_unknown("no advisory database was asked");
    f->yanked_known = rp_fact_unknown("the local index was not asked");
    f->verified = rp_fact_unknown("sources were not compared: --verify does it");
    return f;
}

static int by_kind(const void *a, const void *b)
{
    const rp_lock_note *x = a, *y = b;
    if (x->what != y->what)
        return x->what < y->what ? -1 : 1;
    int c = rp_str_cmp(x->file, y->file);
    if (c == 0 && x->line != y->line)
        c = x->line < y->line ? -1 : 1;
    return c != 0 ? c : rp_str_cmp(x->text, y->text);
}

/* Notes of the lock file and of what lies around it, by component. */
static bool copy_notes(builder *b)
{
    const rp_lock *lock = b->lock;
    uint32_t n = lock->nnotes + b->project.notes.n;
    rp_lock_note *notes = rp_new(b->arena, n, rp_lock_note);
    rp_lock_place *places = rp_new(b->arena, b->facts->inventory->ncomponents, rp_lock_place);
    if (notes == NULL || places == NULL)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        bool own = i < lock->nnotes;
        notes[i] = own ? lock->notes[i] : b->project.notes.items[i - lock->nnotes];
        if (own)
            notes[i].file = b->facts->lock;
        if (notes[i].component != RP_NO_PACKAGE)
            notes[i].component = b->index[notes[i].component];
    }
    if (n > 1)
        qsort(notes, n, sizeof *notes, by_kind);
    for (uint32_t i = 0; i < b->facts->inventory->ncomponents; i++)
        places[i].component = i;
    for (uint32_t i = lock->npackages; i-- > 0;) /* of twins the first */
        places[b->index[i]] = (rp_lock_place){b->index[i], lock->packages[i].line, 1};
    b->facts->notes = notes;
    b->facts->nnotes = n;
    b->facts->places = places;
    b->facts->nplaces = b->facts->inventory->ncomponents;
    return true;
}

static rp_component *component_of(const builder *b, uint32_t package)
{
    return &((rp_component *)(uintptr_t)b->facts->inventory->components)[b->index[package]];
}

/* What the resolver and the index say of each crate. */
static bool fill_components(builder *b)
{
    rp_deps_facts *f = b->facts;
    uint32_t n = 0;
    rp_yanked_crate *yanked = rp_new(b->arena, b->lock->npackages, rp_yanked_crate);
    if (yanked == NULL)
        return false;
    for (uint32_t i = 0; i < b->lock->npackages; i++) {
        const rp_index_entry *entry = &b->project.index[i];
        rp_component *c = component_of(b, i);
        if (b->project.build != NULL)
            c->in_build = b->project.build->kinds[i] != 0 ? RP_YES : RP_NO;
        if (b->project.manifests[i] != NULL)
            c->license = b->project.manifests[i]->license;
        c->yanked = entry->yanked;
        c->published = entry->published;
        if (entry->yanked == RP_YES && (n == 0 || yanked[n - 1].component != b->index[i]))
            yanked[n++].component = b->index[i];
        if (c->source.crates_io == RP_YES && entry->yanked == RP_UNKNOWN)
            f->yanked_unknown++;
    }
    f->yanked = yanked;
    f->nyanked = n;
    if (f->yanked_unknown == 0)
        f->yanked_known = rp_fact_yes(RP_NOWHERE);
    else
        f->yanked_known =
            rp_fact_unknown("Cargo's local copy of the index does not know every crate");
    return true;
}

static rp_code verify(builder *b, rp_error *err)
{
    rp_verify_input in = {.lock = b->lock,
                          .places = b->project.places,
                          .manifests = b->project.manifests,
                          .index = b->index};
    rp_verified v = {0};
    if (!b->opt->verify)
        return RP_OK;
    rp_code code = rp_verify_sources(&in, b->arena, &v, err);
    if (code != RP_OK)
        return code;
    b->facts->verified = v.why != NULL ? rp_fact_unknown(v.why) : rp_fact_yes(RP_NOWHERE);
    b->facts->sources = v.notes;
    b->facts->nsources = v.nnotes;
    b->facts->powers = v.powers;
    b->facts->npowers = v.npowers;
    b->facts->nverified = v.compared;
    b->facts->nabsent = v.absent;
    b->facts->nunseen = v.unseen;
    return RP_OK;
}

static void say_resolved(builder *b)
{
    const rp_deps_project *p = &b->project;
    rp_deps_facts *f = b->facts;
    f->target = p->opt->target;
    f->manifests_why = p->workspace != NULL ? p->workspace->doubt
                       : p->manifest_there  ? p->no_workspace
                                            : NULL;
    f->config_why = p->config->doubt;
    if (p->workspace == NULL)
        f->resolved = rp_fact_unknown(p->no_workspace);
    else if (p->workspace->doubt != NULL)
        f->resolved = rp_fact_unknown(p->workspace->doubt);
    else if (p->with_dev->unknown != 0)
        f->resolved =
            rp_fact_unknown("manifests of some packages are not on this machine (cargo fetch)");
    else if (p->with_dev->undecided != 0)
        f->resolved = rp_fact_unknown("some platforms could not be judged for the target");
    else
        f->resolved = rp_fact_yes(RP_NOWHERE);
    if (p->workspace != NULL)
        f->manifest = p->workspace->root->path;
}

static rp_code build_inventory(builder *b, rp_error *err)
{
    rp_inventory_builder *inv = rp_inventory_start(b->arena);
    uint32_t *ids = NULL;
    const uint32_t *of_handle = NULL;
    rp_lock_context context = {.file = b->facts->lock};
    if (b->project.with_dev != NULL) {
        context.resolved = b->project.with_dev;
        context.member = b->project.member;
    }
    if (inv == NULL)
        return rp_fail_memory(err);
    rp_code code = rp_inventory_add_lock(inv, b->lock, &context, b->arena, &ids, err);
    if (code == RP_OK)
        code = rp_inventory_finish(inv, &b->facts->inventory, &of_handle, err);
    if (code != RP_OK)
        return code;
    for (uint32_t i = 0; i < b->lock->npackages; i++)
        ids[i] = of_handle[ids[i]];
    b->index = ids;
    return copy_notes(b) && fill_components(b) ? RP_OK : rp_fail_memory(err);
}

/* ---- advisories ---- */

static int by_advisory_kind(const void *a, const void *b)
{
    const rp_dep_match *x = a, *y = b;
    if (x->ignored != y->ignored)
        return x->ignored ? 1 : -1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->component != y->component)
        return x->component < y->component ? -1 : 1;
    return rp_str_cmp(x->id, y->id);
}

/* "a/Cargo.lock" → "a", "Cargo.lock" → "" */
static rp_str folder_of(rp_str path)
{
    size_t n = path.len;
    while (n > 0 && path.ptr[n - 1] != '/')
        n--;
    return rp_str_sub(path, 0, n > 1 ? n - 1 : n);
}

rp_code rp_deps_ask_advisories(const rp_deps_options *opt, rp_str target, rp_arena *arena,
                               rp_deps_facts *facts, rp_error *err)
{
    const rp_match_options options = rp_match_target(target);
    rp_dep_match *matches = NULL;
    rp_unjudged unjudged = {0};
    facts->max_age = opt->max_age;
    if (opt->advisories == NULL) {
        if (opt->no_advisories != NULL)
            facts->matched = rp_fact_unknown(opt->no_advisories);
        return RP_OK;
    }
    rp_code code = rp_advisories_match(opt->advisories, facts->inventory, &options, arena, &matches,
                                       &facts->nmatches, &unjudged, err);
    rp_dep_ignore *ignores = NULL;
    if (code == RP_OK)
        code = rp_ignores_read(folder_of(facts->lock), opt->today, arena, &ignores,
                               &facts->nignores, err);
    if (code != RP_OK)
        return code;
    facts->ignores = ignores;
    facts->ncrates_unjudged = unjudged.crates;
    facts->nadvisories_lost = unjudged.advisories;
    uint32_t all = facts->nmatches;
    code = rp_ignores_apply(ignores, facts->nignores, matches, all, arena, &facts->nmatches, err);
    if (code != RP_OK)
        return code;
    facts->nignored = all - facts->nmatches;
    if (all > 1)
        qsort(matches, all, sizeof *matches, by_advisory_kind);
    facts->matches = matches;
    facts->ignored = facts->nignored > 0 ? matches + facts->nmatches : NULL;
    facts->databases = rp_advisory_databases(opt->advisories, arena);
    if (facts->databases == NULL)
        return rp_fail_memory(err);
    facts->ndatabases = opt->advisories->ndatabases;
    facts->matched = rp_fact_yes(RP_NOWHERE);
    return RP_OK;
}

rp_code rp_deps_of_lock(const rp_deps_options *opt, rp_str path, rp_str text, rp_arena *arena,
                        const rp_deps_facts **ret, rp_error *err)
{
    builder b = {.opt = opt, .arena = arena, .facts = start(arena)};
    if (b.facts == NULL)
        return rp_fail_memory(err);
    b.facts->lock = path;
    rp_code code = rp_lock_parse(text, arena, &b.lock, err);
    if (code != RP_OK)
        return code;
    b.project = (rp_deps_project){.opt = opt,
                                  .arena = arena,
                                  .lock = b.lock,
                                  .lock_path = path,
                                  .folder = rp_path_folder(path)};
    b.facts->lock_version = b.lock->version;
    b.facts->locked = rp_fact_yes(RP_NOWHERE);
    code = rp_deps_project_read(&b.project, err);
    if (code == RP_OK)
        code = rp_deps_project_notes(&b.project, err);
    if (code == RP_OK)
        code = build_inventory(&b, err);
    if (code != RP_OK)
        return code;
    say_resolved(&b);
    code = verify(&b, err);
    if (code != RP_OK)
        return code;
    b.facts->read = rp_fact_yes(RP_NOWHERE);
    *ret = b.facts;
    code = rp_deps_ask_advisories(opt, opt->target, arena, b.facts, err);
    if (code != RP_OK)
        return code;
    return rp_deps_pins(&b.project, b.index, b.facts->inventory->ncomponents,
                        (rp_dep_match *)(uintptr_t)b.facts->matches, b.facts->nmatches, err);
}

rp_code rp_deps_of_sbom(const rp_deps_options *opt, rp_str path, rp_str text, rp_arena *arena,
                        const rp_deps_facts **ret, rp_error *err)
{
    rp_sbom sbom = {0};
    rp_deps_facts *f = start(arena);
    rp_inventory_builder *b = rp_inventory_start(arena);
    if (f == NULL || b == NULL)
        return rp_fail_memory(err);
    rp_code code = rp_inventory_add_sbom(b, text, path, arena, &sbom, err);
    if (code == RP_OK)
        code = rp_inventory_finish(b, &f->inventory, NULL, err);
    if (code != RP_OK)
        return code;
    f->target = sbom.target;
    f->read = rp_fact_yes(RP_NOWHERE);
    f->locked = rp_fact_unknown("an SBOM, no project");
    f->resolved = sbom.odd != NULL ? rp_fact_unknown(sbom.odd) : rp_fact_yes(RP_NOWHERE);
    f->yanked_known = rp_fact_unknown("not asked for SBOMs");
    f->verified = rp_fact_unknown("an SBOM has no sources");
    for (uint32_t i = 0; i < f->inventory->ncomponents; i++) /* it lists what was built */
        ((rp_component *)(uintptr_t)f->inventory->components)[i].in_build = RP_YES;
    *ret = f;
    return rp_deps_ask_advisories(opt, sbom.target, arena, f, err);
}

rp_code rp_deps_digest(rp_source *src, rp_arena *arena, rp_deps_facts *f, rp_error *err)
{
    rp_hash hash;
    rp_error why = {0};
    uint8_t bytes[RP_HASH_MAX];
    if (rp_hash_start(RP_HASH_SHA256, &hash, &why) != RP_OK)
        return why.code == RP_E_MEMORY ? rp_fail_memory(err) : RP_OK;
    bool ok = rp_hash_add_range(&hash, src, 0, src->size) && rp_hash_finish(&hash, bytes);
    rp_hash_end(&hash);
    if (!ok)
        return RP_OK;
    rp_str text = rp_hash_text(arena, RP_HASH_SHA256, bytes);
    if (text.ptr == NULL)
        return rp_fail_memory(err);
    f->digest = rp_str_sub(text, sizeof "sha256:" - 1, SIZE_MAX);
    return RP_OK;
}

static rp_code read_module(const rp_deps_options *opt, rp_source *src, rp_inventory_builder *b,
                           rp_auditable *ret, rp_deps_facts *f, rp_error *err)
{
    rp_bytes head = {NULL, 0};
    if (!rp_source_upto(src, 0, 8, &head) || !rp_wasm_identify(head))
        return rp_fail(err, RP_E_FORMAT, 0, "no WebAssembly module or component");
    rp_code code = rp_wasm_deps(src, src->arena, b, ret, err);
    return code == RP_OK && opt->bom ? rp_deps_digest(src, src->arena, f, err) : code;
}

rp_code rp_deps_of_module(const rp_deps_options *opt, rp_str path, rp_arena *arena,
                          const rp_deps_facts **ret, rp_error *err)
{
    int fd = -1;
    rp_fs_info info;
    rp_auditable listed = {0};
    rp_deps_facts *f = start(arena);
    rp_inventory_builder *b = rp_inventory_start(arena);
    if (f == NULL || b == NULL)
        return rp_fail_memory(err);
    rp_code code = rp_fs_open(path.ptr, true, &fd, &info, err);
    if (code != RP_OK)
        return code;
    rp_source src = rp_source_fd(fd, info.size, arena);
    code = read_module(opt, &src, b, &listed, f, err);
    rp_fs_close(fd);
    if (code == RP_OK)
        code = rp_inventory_finish(b, &f->inventory, NULL, err);
    if (code != RP_OK)
        return code;
    f->target = RP_STR("wasm32");
    f->read = rp_fact_yes(listed.found == RP_YES ? listed.at : RP_NOWHERE);
    f->locked = rp_fact_unknown("a WebAssembly module, no project");
    f->resolved = listed.odd != NULL ? rp_fact_unknown(listed.odd)
                                     : rp_fact_unknown("a module holds what was built");
    f->yanked_known = rp_fact_unknown("not asked for modules");
    f->verified = rp_fact_unknown("a module has no sources");
    for (uint32_t i = 0; i < f->inventory->ncomponents; i++) /* it lists what was built */
        ((rp_component *)(uintptr_t)f->inventory->components)[i].in_build = RP_YES;
    *ret = f;
    return rp_deps_ask_advisories(opt, f->target, arena, f, err);
}

rp_code rp_deps_of_unlocked(const rp_deps_options *opt, rp_str manifest, rp_arena *arena,
                            const rp_deps_facts **ret, rp_error *err)
{
    (void)opt;
    rp_deps_facts *f = start(arena);
    if (f == NULL)
        return rp_fail_memory(err);
    static const char why[] = "there is no lock file: which versions are built is not fixed";
    f->manifest = manifest;
    f->locked = rp_fact_no(RP_NOWHERE);
    f->read = rp_fact_unknown(why);
    f->resolved = rp_fact_unknown(why);
    f->matched = rp_fact_unknown(why);
    f->yanked_known = rp_fact_unknown(why);
    f->verified = rp_fact_unknown(why);
    *ret = f;
    return RP_OK;
}
