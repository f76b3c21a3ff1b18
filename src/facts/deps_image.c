/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "facts/deps_image.h"

#include "base/fs.h"
#include "cargo/files.h"
#include "deps/auditable.h"
#include "deps/clibs.h"
#include "deps/from_sbom.h"
#include "deps/reach.h"
#include "deps/recover.h"

/* Are the functions in it that the advisories name? */
static rp_code reach(rp_image *img, const rp_reach_options *options, rp_deps_facts *f,
                     rp_error *err)
{
    uint32_t n = f->nmatches;
    const rp_inventory *inv = f->inventory;
    rp_dep_match *matches = (rp_dep_match *)(uintptr_t)f->matches; /* ours: just made */
    rp_reach_query *queries = rp_new(img->arena, n, rp_reach_query);
    rp_reach *found = rp_new(img->arena, n, rp_reach);
    if (queries == NULL || found == NULL)
        return rp_fail_memory(err);
    for (uint32_t i = 0; i < n; i++)
        queries[i] =
            (rp_reach_query){inv->components[matches[i].component].name, matches[i].functions,
                             matches[i].nfunctions, inv->components[matches[i].component].version};
    rp_code code = rp_reach_read(img, queries, n, options, found, err);
    for (uint32_t i = 0; code == RP_OK && i < n; i++)
        matches[i].reach = found[i];
    return code;
}

/* ---- an artefact ---- */

static rp_code witnesses(rp_image *img, const rp_rust_facts *rust, rp_inventory_builder *b,
                         rp_auditable *ret, rp_error *err)
{
    rp_recover_options options = {.rustc = rust->version,
                                  .commit = rust->commit,
                                  .rustc_by = rust->version_by,
                                  .rustc_at = rust->version_at};
    rp_code code = rp_auditable_image(img, b, ret, err);
    if (code == RP_OK)
        code = rp_recover(img, &options, b, err);
    return code == RP_OK ? rp_clibs(img, b, err) : code;
}

/* One that another build left there is told by its compiler. True: it is this artefact's, as far as
 * can be told. */
static bool fits(const rp_sbom *sbom, const rp_rust_facts *rust)
{
    return sbom->commit.len == 0 || rust->commit.len == 0 || rp_str_eq(sbom->commit, rust->commit);
}

/* Cargo's SBOM beside the artefact. One that cannot be read is odd, not missing. */
static rp_code precursor(rp_image *img, const rp_rust_facts *rust, rp_str path,
                         rp_inventory_builder *b, rp_error *err)
{
    rp_sbom sbom = {0};
    rp_str text = {0};
    rp_error why = {0};
    if (path.len == 0)
        return RP_OK;
    rp_str file = rp_arena_printf(img->arena, "%.*s" RP_SBOM_ENDING, RP_FMT(path));
    rp_inventory_builder *trial = rp_inventory_start(img->arena);
    if (file.ptr == NULL || trial == NULL)
        return rp_fail_memory(err);
    if (!rp_fs_is_there(file.ptr))
        return RP_OK;
    rp_code code = rp_read_text(file.ptr, img->arena, &text, &why);
    if (code == RP_OK) /* first aside: whether it fits is known when it is read */
        code = rp_inventory_add_sbom(trial, text, file, img->arena, &sbom, &why);
    if (code == RP_E_MEMORY)
        return rp_fail_memory(err);
    if (code != RP_OK) {
        rp_image_odd(img, RP_NOWHERE, "Cargo's SBOM beside it is not used: %s", why.text);
        return RP_OK;
    }
    if (!fits(&sbom, rust)) {
        rp_image_odd(img, RP_NOWHERE,
                     "Cargo's SBOM beside it is not used: another compiler's build");
        return RP_OK;
    }
    if (sbom.odd != NULL)
        rp_image_odd(img, RP_NOWHERE, "Cargo's SBOM beside it: %s", sbom.odd);
    return rp_inventory_add_sbom(b, text, file, img->arena, &sbom, err);
}

rp_code rp_deps_of_image(const rp_deps_options *opt, rp_image *img, const rp_rust_facts *rust,
                         rp_str path, const rp_deps_facts **ret, rp_error *err)
{
    rp_auditable listed = {0};
    rp_deps_facts *f = rp_new(img->arena, 1, rp_deps_facts);
    rp_inventory_builder *b = rp_inventory_start(img->arena);
    if (f == NULL || b == NULL)
        return rp_fail_memory(err);
    rp_code code = witnesses(img, rust, b, &listed, err);
    if (code == RP_OK)
        code = precursor(img, rust, path, b, err);
    if (code == RP_OK)
        code = rp_inventory_finish(b, &f->inventory, NULL, err);
    if (code != RP_OK)
        return code;
    f->read = rp_fact_yes(listed.found == RP_YES ? listed.at : RP_NOWHERE);
    f->locked = rp_fact_unknown("an artefact, no project");
    f->resolved = rp_fact_unknown("an artefact holds what was built");
    f->yanked_known = rp_fact_unknown("not asked for artefacts");
    f->verified = rp_fact_unknown("an artefact has no sources");
    f->target = rust->triple;
    f->matched = rp_fact_unknown("no advisory database was asked");
    code = rp_deps_ask_advisories(opt, rust->triple, img->arena, f, err);
    if (code == RP_OK && f->nmatches != 0)
        code = reach(img, &(rp_reach_options){opt->cargo_home, path}, f, err);
    if (code == RP_OK && opt->bom)
        code = rp_deps_digest(img->src, img->arena, f, err);
    if (code == RP_OK)
        *ret = f;
    return code;
}
