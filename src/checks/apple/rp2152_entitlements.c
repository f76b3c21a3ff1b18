/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/apple/apple.h"

static const struct {
    const char *name;
    const char *effect;
    rp_level level;
} weakening[] = {
    {"com.apple.security.cs.allow-jit", "memory that is writable and executable, through MAP_JIT",
     RP_NOTE},
    {"com.apple.security.cs.allow-unsigned-executable-memory",
     "executable memory that nobody signed", RP_WARN},
    {"com.apple.security.cs.disable-executable-page-protection",
     "changed code pages run: no code signing enforcement at all", RP_WARN},
    {"com.apple.security.cs.disable-library-validation", "libraries signed by anybody are loaded",
     RP_WARN},
    {"com.apple.security.cs.allow-dyld-environment-variables",
     "DYLD_ variables of the environment choose libraries", RP_WARN},
    {"com.apple.security.cs.allow-relative-library-loads",
     "libraries are searched for relative to the working folder", RP_WARN},
    {"com.apple.security.get-task-allow", "other processes of the user may take this one over",
     RP_WARN},
};

/* Evidence for each weakening entitlement that is true; returns how many. */
static unsigned list_weakening(const rp_macho_facts *m, rp_out *out, const char **ret_first,
                               const char **ret_unclear)
{
    unsigned n = 0;
    rp_level worst = RP_NOTE;
    for (size_t i = 0; i < RP_COUNT(weakening); i++) {
        uint64_t at = RP_NOWHERE;
        rp_tri is = rp_apple_entitled(m, weakening[i].name, &at);
        if (is == RP_NO)
            continue;
        rp_evidence(out, at, "%s is %s: %s", weakening[i].name,
                    is == RP_YES ? "true" : "neither true nor false", weakening[i].effect);
        if (is == RP_UNKNOWN) {
            *ret_unclear = weakening[i].name;
            continue;
        }
        if (n++ == 0)
            *ret_first = weakening[i].name;
        worst = weakening[i].level > worst ? weakening[i].level : worst;
    }
    if (n != 0)
        rp_out_level(out, worst);
    return n;
}

static void entitlements(const rp_facts *f, rp_out *out)
{
    const rp_macho_facts *m = f->macho;
    const char *first = "", *unclear = NULL;
    if (rp_apple_no_mac_process(f, out))
        return;
    rp_apple_verify_signature(m, out, RP_APPLE_DISPLAY);
    if (m->signature.is == RP_NO) {
        rp_skip(out, "not signed: without a signature there are no entitlements");
        return;
    }
    if (m->entitlements_present.is == RP_UNKNOWN) {
        rp_unknown(out, "%s", m->entitlements_present.why);
        return;
    }
    unsigned n = list_weakening(m, out, &first, &unclear);
    if (n != 0) {
        rp_find(out, rp_by_count(n, "%s weakens the process", "%s and %u more weaken the process"),
                first, n - 1);
        rp_fix_advice(out, "sign without these keys: leave them out of the file given to codesign "
                           "--entitlements (get-task-allow is for debug builds only)");
    } else if (unclear != NULL) {
        rp_unknown(out, "%s is neither true nor false", unclear);
    } else if (m->entitlements_present.is == RP_NO) {
        rp_pass(out, "no entitlements");
        rp_evidence(out, m->signature.at, "the code signature holds no entitlements");
    } else {
        rp_pass(out, "%u entitlement%s, none of which weakens the process",
                RP_MANY(m->nentitlements));
        rp_evidence(out, m->entitlements_present.at, "entitlements of the code signature");
    }
}

const rp_check rp_check_rp2152 = {
    .code = "RP2152",
    .name = "entitlements",
    .title = "no entitlement takes protections away",
    .guide = "Exploit Mitigations",
    .since = "0.1",
    .level = RP_WARN,
    .needs = RP_NEED_HEADERS,
    .formats = RP_ON_MACHO,
    .run = entitlements,
};
