/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/windows/windows.h"

static void fix_sign(rp_out *out)
{
    rp_fix_advice(out, "sign as the last step of the release: signtool sign /fd sha256 /tr "
                       "TIMESTAMP-URL /td sha256 FILE, or osslsigncode sign");
}

static void find_unsigned(const rp_facts *f, rp_out *out)
{
    rp_find(out, "not signed");
    rp_out_level(out, RP_NOTE);
    rp_brief(out, "none");
    rp_evidence(out, f->pe->signature.at, "the security directory is empty");
    fix_sign(out);
}

static void find_changed(const rp_facts *f, rp_out *out, const char *text)
{
    rp_find(out, "%s", text);
    rp_brief(out, "bad");
    rp_evidence(out, f->pe->signature_hash.at, "signed: %.*s", RP_FMT(f->pe->signature_signed));
    rp_evidence(out, RP_NOWHERE, "the file: %.*s", RP_FMT(f->pe->signature_digest));
    rp_fix_advice(out, "do not use this file: get it again from its maker, or sign it anew after "
                       "the last change (strip, resource and icon editors run before)");
}

static void judge_hash(const rp_facts *f, rp_out *out)
{
    const rp_pe_facts *pe = f->pe;
    if (rp_unknown_fact(out, pe->signature_hash) || rp_unknown_fact(out, pe->signature_content))
        return;
    if (pe->signature_hash.is == RP_NO) {
        find_changed(f, out, "the file was changed after it was signed");
    } else if (pe->signature_content.is == RP_NO) {
        find_changed(f, out,
                     "the digest of the file in the signature is not the one that was "
                     "signed");
    } else if (rp_str_starts(pe->signature_digest, "sha1:")) {
        rp_find(out, "signed with SHA-1, for which collisions can be made");
        rp_out_level(out, RP_WARN);
        rp_evidence(out, pe->signature_hash.at, "%.*s", RP_FMT(pe->signature_digest));
        fix_sign(out);
    } else {
        rp_pass(out, "the file is the one that was signed%s%.*s; who may sign is not judged",
                pe->signer.len != 0 ? " by " : "", RP_FMT(pe->signer));
        rp_evidence(out, pe->signature_hash.at, "%.*s", RP_FMT(pe->signature_digest));
    }
}

static void authenticode(const rp_facts *f, rp_out *out)
{
    rp_verify(out, "osslsigncode verify {}");
    if (!f->pe->image) {
        rp_skip(out, "an object file: it is not signed");
        return;
    }
    if (rp_unknown_fact(out, f->pe->signature))
        return;
    if (f->pe->signature.is == RP_NO)
        find_unsigned(f, out);
    else
        judge_hash(f, out);
}

const rp_check rp_check_rp2139 = {
    .code = "RP2139",
    .name = "authenticode",
    .title = "the file is the one that its signature covers",
    .guide = "Exploit Mitigations",
    .since = "0.1",
    .level = RP_DENY,
    .needs = RP_NEED_HEADERS | RP_NEED_SIGNATURE,
    .formats = RP_ON_PE,
    .run = authenticode,
};
