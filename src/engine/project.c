/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "engine/project.h"

#include "cargo/files.h"
#include "deps/from_sbom.h"

bool rp_is_project_file(const rp_input *item)
{
    rp_str name = rp_path_last(item->path);
    return item->member.len == 0 &&
           (rp_str_is(name, "Cargo.lock") ||
            (item->named && (rp_str_is(name, "Cargo.toml") || rp_str_ends(name, RP_SBOM_ENDING) ||
                             rp_str_ends(name, ".wasm"))));
}

rp_code rp_project_facts(const rp_deps_options *opt, const rp_input *item, rp_str name,
                         const rp_facts **ret, rp_error *err)
{
    const rp_deps_facts *deps = NULL;
    rp_str path = rp_arena_str(item->arena, item->path);
    rp_str text = {0};
    if (path.ptr == NULL)
        return rp_fail_memory(err);
    rp_code code;
    if (rp_str_is(rp_path_last(path), "Cargo.toml")) {
        code = rp_deps_of_unlocked(opt, path, item->arena, &deps, err);
    } else if (rp_str_ends(path, ".wasm")) {
        code = rp_deps_of_module(opt, path, item->arena, &deps, err);
    } else {
        code = rp_read_text(path.ptr, item->arena, &text, err);
        if (code == RP_OK)
            code = rp_str_ends(path, RP_SBOM_ENDING)
                       ? rp_deps_of_sbom(opt, path, text, item->arena, &deps, err)
                       : rp_deps_of_lock(opt, path, text, item->arena, &deps, err);
    }
    if (code != RP_OK)
        return code;
    *ret = rp_facts_of_project(item->arena, name, deps);
    return *ret != NULL ? RP_OK : rp_fail_memory(err);
}
