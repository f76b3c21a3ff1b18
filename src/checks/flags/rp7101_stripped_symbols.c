/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/common.h"

static const char *command(const rp_facts *f)
{
    return f->format == RP_FORMAT_ELF ? "readelf -SW {} | grep symtab"
           : f->macho != NULL         ? "llvm-nm -a {} | grep -v ' [Uu] ' | head"
                                      : "llvm-readobj --symbols {} | head";
}

static void stripped_symbols(const rp_facts *f, rp_out *out)
{
    rp_verify(out, "%s", command(f));
    if (rp_skip_unloaded(f, out) || rp_unknown_fact(out, f->symbol_table))
        return;
    if (f->symbol_table.is == RP_NO) {
        rp_pass(out, "no names of functions that are not exported");
        rp_evidence(out, RP_NOWHERE, "no symbol table beside imports and exports (%u)",
                    (unsigned)f->symbols->dynamic);
        rp_brief(out, "none");
        return;
    }
    rp_find(out, "the names of functions that are not exported are inside");
    if (f->symbols->known != RP_UNKNOWN)
        rp_evidence(out, f->symbol_table.at, "symbol table; it defines %u symbol%s",
                    RP_MANY(f->symbols->defined));
    else
        rp_evidence(out, f->symbol_table.at, "symbol table");
    rp_brief(out, "kept");
    if (rp_facts_rust(f)) {
        rp_cause(out, "Cargo.toml", "profile.release.strip");
        rp_fix_key(out, RP_FIX_SAFE, "Cargo.toml", "profile.release.strip", "\"symbols\"");
    } else {
        rp_fix_advice(out, "strip the file when it is packaged");
    }
}

const rp_check rp_check_rp7101 = {
    .code = "RP7101",
    .name = "stripped-symbols",
    .title = "symbol names are stripped",
    .guide = "Stripping Symbols",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_HEADERS | RP_NEED_SYMBOLS,
    .formats = RP_ON_ALL,
    .run = stripped_symbols,
};
