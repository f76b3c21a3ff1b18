/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/common.h"

static void debug_info(const rp_facts *f, rp_out *out)
{
    rp_verify(out, f->format == RP_FORMAT_ELF ? "readelf -SW {} | grep debug_info"
                                              : "llvm-objdump -h {} | grep -i debug");
    if (rp_skip_unloaded(f, out) || rp_unknown_fact(out, f->debug_info))
        return;
    if (f->debug_info.is == RP_NO) {
        rp_pass(out, "no debug information inside");
        rp_evidence(out, RP_NOWHERE,
                    f->debug_name.len != 0 ? "%.*s only" : "no section of DWARF%.*s",
                    RP_FMT(f->debug_name));
        rp_brief(out, "none");
        return;
    }
    rp_find(out, "debug information is inside: source paths, types and lines for whoever has the "
                 "file");
    rp_evidence(out, f->debug_info.at, "section %.*s", RP_FMT(f->debug_name));
    rp_brief(out, "kept");
    if (rp_facts_rust(f)) {
        rp_cause(out, "Cargo.toml", "profile.release.strip");
        rp_fix_key(out, RP_FIX_SAFE, "Cargo.toml", "profile.release.strip", "\"debuginfo\"");
    }
    rp_fix_advice(out, "keep it in a file of its own (split-debuginfo, objcopy --only-keep-debug)");
}

const rp_check rp_check_rp7102 = {
    .code = "RP7102",
    .name = "debug-info",
    .title = "debug information is kept out of the file",
    .guide = "Stripping Symbols",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_HEADERS,
    .formats = RP_ON_ALL,
    .run = debug_info,
};
