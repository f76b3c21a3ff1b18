/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/common.h"

#include "base/limits.h"

/* An anomaly may name the place where something should have been; evidence is what was read. */
static uint64_t inside(const rp_facts *f, uint64_t at)
{
    return at <= f->size ? at : RP_NOWHERE;
}

/* The headers by another's eyes, and the bytes at the first place that is odd. */
static void verify(const rp_facts *f, rp_out *out)
{
    const rp_anomalies *a = &f->anomalies;
    rp_verify(out, f->format == RP_FORMAT_ELF     ? "readelf -hlW {}"
                   : f->format == RP_FORMAT_MACHO ? RP_LOAD_COMMANDS
                                                  : "llvm-readobj --file-headers --sections {}");
    if (a->n > 0 && a->items[0].at < f->size)
        rp_verify_also(out, "od -Ax -tx1 -j0x%llx -N64 {}", (unsigned long long)a->items[0].at);
}

static void odd_input(const rp_facts *f, rp_out *out)
{
    const rp_anomalies *a = &f->anomalies;
    verify(f, out);
    if (a->n == 0 && a->dropped == 0) {
        rp_pass(out, "nothing in the file contradicts its format");
        rp_evidence(out, 0, "%s headers, %llu bytes", rp_format_name(f->format),
                    (unsigned long long)f->size);
        return;
    }
    if (a->n == 0)
        rp_find(out, "the file contradicts its format in %u place%s", RP_MANY(a->dropped));
    else
        rp_find(out, "%s%s", a->items[0].text, a->n + a->dropped > 1 ? ", and more" : "");
    for (uint32_t i = 0; i < a->n && i + 1 < RP_MAX_EVIDENCE; i++)
        rp_evidence(out, inside(f, a->items[i].at), "%s", a->items[i].text);
    uint32_t unseen = a->dropped + (a->n > RP_MAX_EVIDENCE - 1 ? a->n - (RP_MAX_EVIDENCE - 1) : 0);
    if (unseen > 0)
        rp_evidence(out, RP_NOWHERE, "%u more of this kind", (unsigned)unseen);
    rp_fix_advice(out, "compare the file with the one that was built (size, checksum); verdicts "
                       "that rest on these parts are unknown");
}

const rp_check rp_check_rp0001 = {
    .code = "RP0001",
    .name = "odd-input",
    .title = "the file follows the rules of its format",
    .guide = "Testing Security",
    .since = "0.1",
    .level = RP_WARN,
    .needs = RP_NEED_HEADERS,
    .formats = RP_ON_ALL,
    .identity = true,
    .run = odd_input,
};
