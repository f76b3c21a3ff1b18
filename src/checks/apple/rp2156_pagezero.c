/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/apple/apple.h"
#include "checks/common.h"

static void pagezero(const rp_facts *f, rp_out *out)
{
    const rp_macho_facts *m = f->macho;
    unsigned long long size = m->pagezero_size;
    rp_verify(out, RP_LOAD_COMMANDS " | grep -A4 __PAGEZERO");
    if (f->kind != RP_KIND_EXECUTABLE) {
        rp_skip(out, "only an executable reserves the low addresses of a process");
    } else if (m->pagezero.is == RP_UNKNOWN) {
        rp_unknown(out, "%s", m->pagezero.why);
    } else if (m->pagezero.is == RP_YES) {
        rp_pass(out, "nothing can be mapped below 0x%llx", size);
        rp_evidence(out, m->pagezero.at, "a segment without access at 0, size 0x%llx", size);
    } else {
        if (size != 0) {
            rp_out_level(out, RP_NOTE);
            rp_find(out, "the inaccessible range at 0 is only 0x%llx bytes", size);
            rp_evidence(out, m->pagezero.at, "size 0x%llx, less than 4 GiB", size);
        } else {
            rp_find(out, "no inaccessible range at address 0");
            rp_evidence(out, RP_NOWHERE, "no segment __PAGEZERO");
        }
        if (rp_facts_rust(f))
            rp_cause(out, ".cargo/config.toml", "build.rustflags");
        rp_fix_advice(out, "link without -pagezero_size: the default is 4 GiB on 64-bit machines");
    }
}

const rp_check rp_check_rp2156 = {
    .code = "RP2156",
    .name = "pagezero",
    .title = "the low 4 GiB of the address space are inaccessible",
    .guide = "Exploit Mitigations",
    .since = "0.1",
    .level = RP_WARN,
    .needs = RP_NEED_HEADERS,
    .formats = RP_ON_MACHO,
    .run = pagezero,
};
