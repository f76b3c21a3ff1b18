/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/windows/windows.h"

static void executable_imports(const rp_facts *f, rp_out *out)
{
    const rp_pe_facts *pe = f->pe;
    rp_verify(out, "llvm-readobj --file-headers --sections {} | "
                   "grep -E 'ImportTableRVA|IATRVA|Name:|VirtualAddress|MEM_EXECUTE'");
    if (rp_pe_skip_unloaded(f, out) || rp_pe_skip_managed(f, out) ||
        rp_unknown_fact(out, pe->imports_executable))
        return;
    if (pe->imports_executable.is == RP_YES) {
        rp_find(out, "the import table lies in an executable section");
        rp_evidence(out, pe->imports_executable.at,
                    "the section that holds the import directory "
                    "or the import address table");
        rp_fix_advice(out, "do not merge .idata or .rdata into .text (/MERGE, a linker script, a "
                           "packer)");
    } else if (f->nlibraries == 0) {
        rp_skip(out, "imports nothing");
    } else {
        rp_pass(out, "the import table lies in data");
        rp_evidence(out, pe->imports_executable.at, "import directory of %u DLL%s",
                    RP_MANY(f->nlibraries));
    }
}

const rp_check rp_check_rp2140 = {
    .code = "RP2140",
    .name = "executable-imports",
    .title = "imported addresses lie in memory that is not executable",
    .guide = "Non-Executable Memory Regions",
    .since = "0.1",
    .level = RP_WARN,
    .needs = RP_NEED_HEADERS,
    .formats = RP_ON_PE,
    .run = executable_imports,
};
