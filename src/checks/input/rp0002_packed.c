/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/common.h"

static void packed(const rp_facts *f, rp_out *out)
{
    rp_verify(out, f->macho != NULL ? RP_LOAD_COMMANDS
                       " | grep -A4 ENCRYPTION_INFO; grep -c 'UPX!' {}"
                                    : "grep -c 'UPX!' {}");
    if (rp_unknown_fact(out, f->packed))
        return;
    if (f->macho != NULL && f->macho->encrypted.is == RP_YES) {
        rp_unknown(out, "encrypted for a store: code and strings of the file are not what runs");
        rp_evidence(out, f->macho->encrypted.at, "LC_ENCRYPTION_INFO with a cryptid");
        return;
    }
    if (f->packed.is == RP_NO) {
        rp_pass(out, "not packed: the code that runs is the code in the file");
        rp_evidence(out, 0, "no mark of a packer, and the segments have the size of their bytes");
        return;
    }
    rp_find(out, "packed: what is in the file unpacks the real program, which is not seen here");
    rp_evidence(out, f->packed.at, "mark of the packer");
    rp_fix_advice(out, "unpack it (upx -d) and audit the result; ship the program as it was "
                       "linked: a packer needs memory that is writable and executable");
}

const rp_check rp_check_rp0002 = {
    .code = "RP0002",
    .name = "packed",
    .title = "the file holds the code that runs",
    .guide = "Testing Security",
    .since = "0.1",
    .level = RP_WARN,
    .needs = RP_NEED_HEADERS,
    .formats = RP_ON_ALL,
    .identity = true,
    .run = packed,
};
