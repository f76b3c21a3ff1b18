/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/windows/windows.h"

#include "base/limits.h"

static void shared_sections(const rp_facts *f, rp_out *out)
{
    const rp_pe_facts *pe = f->pe;
    rp_verify(out, "llvm-readobj --sections {} | grep -E 'Name:|MEM_(SHARED|WRITE)'");
    if (rp_pe_skip_no_sections(f, out))
        return;
    if (pe->nshared == 0 && pe->sections_cut) {
        rp_unknown(out, "the section table is cut short");
        return;
    }
    if (pe->nshared == 0) {
        rp_pass(out, "no section is shared and writable");
        rp_evidence(out, pe->characteristics_at, "all sections looked at");
        return;
    }
    rp_find(out, "%u section%s shared between all processes that load the file, and writable",
            (unsigned)pe->nshared, rp_by_count(pe->nshared, " is", "s are"));
    for (uint32_t i = 0; i < pe->nshared && out->nevidence < RP_MAX_EVIDENCE; i++)
        rp_evidence(out, pe->shared[i].at, "section %.*s: Characteristics 0x%08x",
                    RP_FMT(pe->shared[i].name), (unsigned)pe->shared[i].characteristics);
    rp_fix_advice(out, "remove /SECTION:name,RWS, the .def file's SHARED, or the object's section "
                       "attribute; share memory by CreateFileMapping with an access list");
}

const rp_check rp_check_rp2138 = {
    .code = "RP2138",
    .name = "shared-sections",
    .title = "no other process writes into its memory",
    .guide = "Non-Executable Memory Regions",
    .since = "0.1",
    .level = RP_WARN,
    .needs = RP_NEED_HEADERS,
    .formats = RP_ON_PE,
    .run = shared_sections,
};
