/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/apple/apple.h"
#include "checks/common.h"

static const char allow_dyld[] = "com.apple.security.cs.allow-dyld-environment-variables";
static const char task_allow[] = "com.apple.security.get-task-allow";

static void find_open(const rp_facts *f, rp_out *out)
{
    const rp_macho_facts *m = f->macho;
    rp_find(out, "DYLD_ variables of the environment put libraries into the process");
    if (m->signature.is == RP_YES)
        rp_evidence(out, m->cd_flags_at, "code directory flags 0x%x: no CS_RUNTIME, no CS_RESTRICT",
                    m->cd_flags);
    else
        rp_evidence(out, RP_NOWHERE, "no code signature, no section __RESTRICT,__restrict");
    rp_apple_advise_signing(out);
    rp_fix_flag(f, out, RP_FIX_REVIEW, "-Clink-arg=-Wl,-sectcreate,__RESTRICT,__restrict,/dev/null",
                "or link with -sectcreate __RESTRICT __restrict /dev/null");
}

/* The hardened runtime closes dyld's variables, unless an entitlement opens them again. */
static void judge_runtime(const rp_macho_facts *m, rp_out *out)
{
    uint64_t at = RP_NOWHERE;
    rp_tri opened = rp_apple_entitled(m, allow_dyld, &at);
    if (opened == RP_YES) {
        rp_find(out, "the hardened runtime is on, but an entitlement lets DYLD_ variables through");
        rp_evidence(out, at, "%s is true", allow_dyld);
        rp_fix_advice(out, "sign without %s", allow_dyld);
    } else if (opened == RP_UNKNOWN) {
        rp_unknown(out, "the hardened runtime is on, but its entitlements cannot be read");
    } else if (rp_apple_entitled(m, task_allow, &at) != RP_NO) {
        rp_unknown(out, "the hardened runtime is on, but get-task-allow opens the process");
        rp_evidence(out, at, "%s", task_allow);
    } else {
        rp_pass(out, "the hardened runtime makes dyld ignore DYLD_ variables");
        rp_evidence(out, m->cd_flags_at, "code directory flags 0x%x hold CS_RUNTIME", m->cd_flags);
    }
}

static void restrict_segment(const rp_facts *f, rp_out *out)
{
    const rp_macho_facts *m = f->macho;
    if (rp_apple_no_mac_process(f, out))
        return;
    rp_apple_verify_signature(m, out, RP_APPLE_DISPLAY);
    rp_verify_also(out, RP_LOAD_COMMANDS " | grep -A2 __RESTRICT");
    for (uint32_t i = 0; i < m->nenvironment; i++)
        rp_evidence(out, m->environment[i].at, "the file itself sets %.*s",
                    RP_FMT(m->environment[i].text));
    if (m->dylinker.is == RP_NO) {
        rp_skip(out, "static: no dyld that could read variables");
    } else if (m->restrict_segment.is == RP_YES) {
        rp_pass(out, "section __RESTRICT,__restrict makes dyld ignore DYLD_ variables");
        rp_evidence(out, m->restrict_segment.at, "section __RESTRICT,__restrict");
    } else if (rp_apple_signed_with(m, RP_APPLE_RESTRICT) == RP_YES) {
        rp_pass(out, "signed with CS_RESTRICT: dyld ignores DYLD_ variables");
        rp_evidence(out, m->cd_flags_at, "code directory flags 0x%x", m->cd_flags);
    } else if (rp_apple_signed_with(m, RP_APPLE_RUNTIME) == RP_YES) {
        judge_runtime(m, out);
    } else if (m->signature.is == RP_UNKNOWN) {
        rp_unknown(out, "%s", m->signature.why);
    } else if (m->restrict_segment.is == RP_UNKNOWN || m->dylinker.is == RP_UNKNOWN) {
        rp_unknown(out, "%s", m->commands.why);
    } else {
        find_open(f, out);
    }
}

const rp_check rp_check_rp2153 = {
    .code = "RP2153",
    .name = "restrict-segment",
    .title = "the environment cannot inject libraries",
    .guide = "Exploit Mitigations",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_HEADERS,
    .formats = RP_ON_MACHO,
    .run = restrict_segment,
};
