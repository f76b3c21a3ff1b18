/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/apple/apple.h"

static bool runs_on_mac(const rp_macho_facts *m)
{
    return m->platform.len == 0 || rp_str_is(m->platform, "macOS") ||
           rp_str_is(m->platform, "Mac Catalyst");
}

bool rp_apple_no_mac_process(const rp_facts *f, rp_out *out)
{
    if (f->kind == RP_KIND_OBJECT)
        rp_skip(out, "an object file: linking and signing decide");
    else if (f->kind == RP_KIND_LIBRARY)
        rp_skip(out, "a library: the executable that loads it decides for the process");
    else if (f->kind != RP_KIND_EXECUTABLE)
        rp_skip(out, "not a program of the operating system");
    else if (!runs_on_mac(f->macho))
        rp_skip(out, "built for %.*s, which enforces signed code by itself",
                RP_FMT(f->macho->platform));
    else
        return false;
    return true;
}

rp_tri rp_apple_entitled(const rp_macho_facts *m, const char *name, uint64_t *ret_at)
{
    if (m->entitlements_present.is == RP_UNKNOWN)
        return RP_UNKNOWN;
    rp_tri is = RP_NO;
    for (uint32_t i = 0; i < m->nentitlements; i++) {
        const rp_entitlement *e = &m->entitlements[i];
        if (e->value == RP_NO || is == RP_YES || !rp_str_is(e->name, name))
            continue;
        is = e->value;
        if (ret_at != NULL)
            *ret_at = e->at;
    }
    return is;
}

rp_tri rp_apple_signed_with(const rp_macho_facts *m, uint32_t flags)
{
    if (m->signature.is != RP_YES)
        return m->signature.is;
    return (m->cd_flags & flags) != 0 ? RP_YES : RP_NO;
}

void rp_apple_advise_signing(rp_out *out)
{
    rp_fix_advice(out, "sign the finished file: codesign --force --options runtime --timestamp "
                       "--sign \"Developer ID Application: NAME (TEAM)\" FILE, then notarize it");
}

void rp_apple_verify_signature(const rp_macho_facts *m, rp_out *out, const char *options)
{
    if (m->signature.is == RP_YES)
        rp_verify(out,
                  "codesign %s {} || { printf flags=0x; od -An -tx1 -j0x%llx -N4 {} | tr -d ' '; "
                  "strings {} | grep -A1 '<key>com[.]apple[.]'; }",
                  options, (unsigned long long)m->cd_flags_at);
    else
        rp_verify(out, RP_LOAD_COMMANDS " | grep -A3 LC_CODE_SIGNATURE");
}
