/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/common.h"

/* A home folder of a person is worth a warning; a build service's folders are noted. */
static void judge_leaks(const rp_rust_facts *r, rp_out *out)
{
    bool person = r->leaked_user.len != 0 && !r->leaked_user_is_service;
    if (person) {
        rp_out_level(out, RP_WARN);
        rp_find(out, "tells who built it and where: the home folder of %.*s is in %u local %s",
                RP_FMT(r->leaked_user), (unsigned)r->leaks_total,
                rp_by_count(r->leaks_total, "path", "paths"));
    } else {
        rp_find(out, "tells where it was built: %u %s", (unsigned)r->leaks_total,
                rp_by_count(r->leaks_total, "local path", "local paths"));
    }
    for (uint32_t i = 0; i < r->nleaks; i++)
        rp_evidence(out, r->leaks[i].at, "%.*s", RP_FMT(r->leaks[i].text));
    rp_brief(out, person ? "user" : "build");
}

/* The bytes at the places; without places, the folders that most often leak. A path of the file is
 * never a part of the command. */
static void verify(const rp_rust_facts *r, rp_out *out)
{
    enum { SHOWN = 3 };
    for (uint32_t i = 0; i < r->nleaks && i < SHOWN; i++)
        if (r->leaks[i].at != RP_NOWHERE)
            rp_verify_also(out, "tail -c +%llu {} | head -c 80 | strings -n 1",
                           (unsigned long long)r->leaks[i].at + 1);
    if (out->verify.len == 0)
        rp_verify(out, "strings -d -n 8 {} | "
                       "grep -oE '(/home/|/Users/|/root/|/builds?/|/srv/|[A-Z]:.Users.)[^ ]*'");
}

static void leaked_paths(const rp_facts *f, rp_out *out)
{
    const rp_rust_facts *r = f->rust;
    verify(r, out);
    if (rp_skip_no_code(f, out))
        return;
    if (r->nleaks == 0 && rp_unknown_fact(out, r->leaks_known))
        return;
    if (r->nleaks == 0) {
        rp_pass(out, "no local path in read-only data");
        rp_evidence(out, RP_NOWHERE, "read-only data was read whole");
        rp_brief(out, "none");
        return;
    }
    judge_leaks(r, out);
    if (rp_facts_rust(f)) {
        rp_cause(out, ".cargo/config.toml", "build.rustflags");
        rp_fix_key(out, RP_FIX_SAFE, ".cargo/config.toml", "build.rustflags",
                   "--remap-path-prefix=<the folder>=<a neutral name>");
    }
    if (f->macho != NULL && f->kind == RP_KIND_LIBRARY)
        rp_fix_advice(out,
                      "the library's own name: -Clink-arg=-Wl,-install_name,@rpath/<its name>");
    rp_fix_advice(out, "C and C++ objects: -ffile-prefix-map=<the folder>=<a neutral name>");
}

const rp_check rp_check_rp7103 = {
    .code = "RP7103",
    .name = "leaked-paths",
    .title = "no path of the machine that built it",
    .guide = "Stripping Symbols",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_HEADERS | RP_NEED_STRINGS,
    .formats = RP_ON_ALL,
    .run = leaked_paths,
};
