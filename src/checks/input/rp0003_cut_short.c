/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/common.h"

static void cut_short(const rp_facts *f, rp_out *out)
{
    unsigned long long size = f->size, promised = f->promised_size;
    rp_verify(out, "stat -c %%s {}; %s",
              f->format == RP_FORMAT_ELF     ? "readelf -hlSW {}"
              : f->format == RP_FORMAT_MACHO ? RP_LOAD_COMMANDS
                                             : "llvm-readobj --file-headers --sections {}");
    if (promised <= size) {
        rp_pass(out, "all that the headers speak of is in the file");
        rp_evidence(out, f->promised_at, "the last part ends at byte %llu of %llu", promised, size);
        return;
    }
    rp_find(out, "the file ends %llu %s before what its headers speak of", promised - size,
            rp_by_count(promised - size, "byte", "bytes"));
    rp_evidence(out, f->promised_at, "this part ends at byte %llu, the file at %llu", promised,
                size);
    rp_fix_advice(out, "get the whole file: a download or a copy was broken off");
}

const rp_check rp_check_rp0003 = {
    .code = "RP0003",
    .name = "cut-short",
    .title = "the file is as long as its headers say",
    .guide = "Testing Security",
    .since = "0.1",
    .level = RP_WARN,
    .needs = RP_NEED_HEADERS,
    .formats = RP_ON_ALL,
    .identity = true,
    .run = cut_short,
};
