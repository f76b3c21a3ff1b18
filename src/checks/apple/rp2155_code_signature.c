/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/apple/apple.h"
#include "checks/common.h"

/* The bytes are not those that were signed. */
static void find_changed(const rp_macho_facts *m, rp_out *out)
{
    rp_out_level(out, RP_DENY);
    rp_brief(out, "bad");
    rp_fix_advice(out, "do not ship this file: find out what changed it after signing (strip, "
                       "install_name_tool, a patch), and sign as the last step");
    if (m->page_hashes.is == RP_NO) {
        rp_find(out, "changed after signing: %u of %u page%s %s from the code directory",
                m->bad_pages, RP_MANY(m->pages), rp_by_count(m->bad_pages, "differs", "differ"));
        rp_evidence(out, m->first_bad_page, "the first page that differs");
    } else {
        rp_find(out, "changed after signing: requirements or entitlements differ from what the "
                     "code directory vouches for");
        rp_evidence(out, m->blob_hashes.at, "a special hash of the code directory");
    }
}

static void find_unsigned(const rp_facts *f, rp_out *out)
{
    bool arm = f->macho->cputype == RP_APPLE_CPU_ARM64;
    rp_find(out, arm ? "not signed: Apple silicon does not run it"
                     : "not signed: nobody vouches for its bytes");
    rp_brief(out, "none");
    rp_evidence(out, RP_NOWHERE, "no load command LC_CODE_SIGNATURE");
    rp_apple_advise_signing(out);
}

/* Whole, but by nobody: what the linker leaves behind. */
static void find_adhoc(const rp_macho_facts *m, rp_out *out)
{
    bool linker = (m->cd_flags & RP_APPLE_LINKER_SIGNED) != 0;
    rp_out_level(out, RP_NOTE);
    rp_brief(out, "adhoc");
    rp_find(out, "%s: its bytes are whole, but no identity stands behind them",
            linker ? "ad hoc, signed by the linker" : "signed ad hoc");
    rp_evidence(out, m->cd_flags_at,
                "code directory flags 0x%x%s, %u matching page%s, no CMS signature", m->cd_flags,
                linker ? " (CS_ADHOC, CS_LINKER_SIGNED)" : "", RP_MANY(m->pages));
    rp_apple_advise_signing(out);
}

static void judge_signed(const rp_macho_facts *m, rp_out *out)
{
    if (m->page_hashes.is == RP_NO || m->blob_hashes.is == RP_NO) {
        find_changed(m, out);
    } else if (m->page_hashes.is == RP_UNKNOWN || m->blob_hashes.is == RP_UNKNOWN) {
        rp_unknown(out, "%s",
                   m->page_hashes.is == RP_UNKNOWN ? m->page_hashes.why : m->blob_hashes.why);
    } else if (m->code_covered.is != RP_YES) {
        rp_find(out, "the signature covers only the first 0x%llx bytes",
                (unsigned long long)m->code_limit);
        rp_evidence(out, m->code_directory.at, "the code limit lies before the signature");
        rp_apple_advise_signing(out);
    } else if (m->cms.is != RP_YES || (m->cd_flags & RP_APPLE_ADHOC) != 0) {
        find_adhoc(m, out);
    } else if (m->cd_hash_type == 1) {
        rp_find(out, "signed with SHA-1 hashes only");
        rp_evidence(out, m->code_directory.at, "one code directory, hash type 1 (SHA-1)");
        rp_apple_advise_signing(out);
    } else {
        rp_pass(out, "signed%s%.*s, and every page matches (the certificate is not judged)",
                m->team.len ? " by team " : "", RP_FMT(m->team));
        rp_evidence(out, m->cms.at, "CMS signature; identifier %.*s", RP_FMT(m->identifier));
        rp_evidence(out, m->page_hashes.at, "%u page %s", (unsigned)m->pages,
                    rp_by_count(m->pages, "hash matches", "hashes match"));
    }
}

static void code_signature(const rp_facts *f, rp_out *out)
{
    const rp_macho_facts *m = f->macho;
    rp_apple_verify_signature(f->macho, out, "--verify --strict --verbose=4");
    if (rp_skip_unloaded(f, out))
        return;
    if (m->signature.is == RP_UNKNOWN)
        rp_unknown(out, "%s", m->signature.why);
    else if (m->signature.is == RP_NO)
        find_unsigned(f, out);
    else
        judge_signed(m, out);
}

const rp_check rp_check_rp2155 = {
    .code = "RP2155",
    .name = "code-signature",
    .title = "the file is signed, and is what was signed",
    .guide = "Exploit Mitigations",
    .since = "0.1",
    .level = RP_WARN,
    .needs = RP_NEED_HEADERS | RP_NEED_SIGNATURE,
    .formats = RP_ON_MACHO,
    .run = code_signature,
};
