/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "facts/deps_build.h"

#include "deps/from_lock.h"

#include <stdlib.h>

typedef struct {
    const rp_deps_options *opt;
    rp_arena *arena;
    rp_deps_facts *facts;
    const rp_lock *lock;
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

/* Notes and lines of the lock file, by component. */
static bool copy_notes(builder *b)
{
    const rp_lock *lock = b->lock;
    rp_lock_note *notes = rp_new(b->arena, lock->nnotes, rp_lock_note);
    rp_lock_place *places = rp_new(b->arena, b->facts->inventory->ncomponents, rp_lock_place);
    if (notes == NULL || places == NULL)
        return false;
    for (uint32_t i = 0; i < lock->nnotes; i++) {
        notes[i] = lock->notes[i];
        notes[i].file = b->facts->lock;
        if (notes[i].component != RP_NO_PACKAGE)
            notes[i].component = b->index[notes[i].component];
    }
    if (lock->nnotes > 1)
        qsort(notes, lock->nnotes, sizeof *notes, by_kind);
    for (uint32_t i = 0; i < b->facts->inventory->ncomponents; i++)
        places[i].component = i;
    for (uint32_t i = lock->npackages; i-- > 0;) /* of twins the first */
        places[b->index[i]] = (rp_lock_place){b->index[i], lock->packages[i].line, 1};
    b->facts->notes = notes;
    b->facts->nnotes = lock->nnotes;
    b->facts->places = places;
    b->facts->nplaces = b->facts->inventory->ncomponents;
    return true;
}

static rp_code build_inventory(builder *b, rp_error *err)
{
    rp_inventory_builder *inv = rp_inventory_start(b->arena);
    uint32_t *ids = NULL;
    const uint32_t *of_handle = NULL;
    if (inv == NULL)
        return rp_fail_memory(err);
    rp_code code = rp_inventory_add_lock(inv, b->lock, b->facts->lock, b->arena, &ids, err);
    if (code == RP_OK)
        code = rp_inventory_finish(inv, &b->facts->inventory, &of_handle, err);
    if (code != RP_OK)
        return code;
    for (uint32_t i = 0; i < b->lock->npackages; i++)
        ids[i] = of_handle[ids[i]];
    b->index = ids;
    return copy_notes(b) ? RP_OK : rp_fail_memory(err);
}

/* ---- advisories ---- */

static int by_advisory_kind(const void *a, const void *b)
{
    const rp_dep_match *x = a, *y = b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->component != y->component)
        return x->component < y->component ? -1 : 1;
    return rp_str_cmp(x->id, y->id);
}

rp_code rp_deps_ask_advisories(const rp_deps_options *opt, rp_str target, rp_arena *arena,
                               rp_deps_facts *facts, rp_error *err)
{
    const rp_match_options options = rp_match_target(target);
    rp_dep_match *matches = NULL;
    uint32_t unjudged = 0;
    if (opt->advisories == NULL) {
        if (opt->no_advisories != NULL)
            facts->matched = rp_fact_unknown(opt->no_advisories);
        return RP_OK;
    }
    rp_code code = rp_advisories_match(opt->advisories, facts->inventory, &options, arena, &matches,
                                       &facts->nmatches, &unjudged, err);
    if (code != RP_OK)
        return code;
    if (facts->nmatches > 1)
        qsort(matches, facts->nmatches, sizeof *matches, by_advisory_kind);
    facts->matches = matches;
    facts->databases = opt->advisories->databases;
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
    b.facts->lock_version = b.lock->version;
    b.facts->locked = rp_fact_yes(RP_NOWHERE);
    code = build_inventory(&b, err);
    if (code != RP_OK)
        return code;
    b.facts->read = rp_fact_yes(RP_NOWHERE);
    *ret = b.facts;
    return rp_deps_ask_advisories(opt, opt->target, arena, b.facts, err);
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
