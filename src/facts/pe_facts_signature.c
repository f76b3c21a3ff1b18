/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Authenticode: is the file what its signature says? */
#include "facts/facts.h"
#include "facts/pe_facts_build.h"
#include "obj/pe_sign.h"

static void set_hash_facts(rp_pe_facts *f, rp_fact fact)
{
    f->signature_hash = f->signature_content = fact;
}

static bool equal(rp_hash_kind kind, const uint8_t *digest, rp_bytes signed_digest)
{
    return signed_digest.len == rp_hash_size(kind) &&
           memcmp(digest, signed_digest.ptr, signed_digest.len) == 0;
}

static const char *why_of(rp_code code)
{
    switch (code) {
    case RP_E_UNSUPPORTED:
        return "no libcrypto that computes the hash";
    case RP_E_FORMAT:
        return "the certificate table lies over the headers";
    default:
        return "the file could not be hashed";
    }
}

static bool judge_file(rp_image *img, const rp_pe_signature *s, rp_pe_facts *f)
{
    uint8_t digest[RP_HASH_MAX];
    rp_code code = rp_pe_file_digest(img, s, s->kind, digest, NULL);
    if (code != RP_OK) {
        f->signature_hash = rp_fact_unknown(why_of(code));
        return true;
    }
    bool same = equal(s->kind, digest, s->digest);
    f->signature_hash = same ? rp_fact_yes(s->present.at) : rp_fact_no(s->present.at);
    f->signature_digest = rp_hash_text(img->arena, s->kind, digest);
    return f->signature_digest.ptr != NULL;
}

/* The digest of the file stands in the signed content; the signer signed the digest of that. */
static void judge_content(const rp_pe_signature *s, rp_pe_facts *f)
{
    rp_hash h;
    uint8_t digest[RP_HASH_MAX];
    rp_code code = rp_hash_start(s->content_kind, &h, NULL);
    if (code != RP_OK) {
        f->signature_content = rp_fact_unknown(why_of(code));
        return;
    }
    rp_hash_add(&h, s->content);
    if (!rp_hash_finish(&h, digest))
        f->signature_content = rp_fact_unknown(why_of(RP_E_IO));
    else
        f->signature_content = equal(s->content_kind, digest, s->content_digest)
                                   ? rp_fact_yes(s->present.at)
                                   : rp_fact_no(s->present.at);
    rp_hash_end(&h);
}

bool rp_pe_facts_signature(rp_image *img, uint32_t needs, rp_pe_facts *f)
{
    rp_pe_signature s;
    rp_pe_read_signature(img, &s);
    f->signature = (rp_fact){s.present.is, s.present.at, s.present.why};
    set_hash_facts(f, f->signature);
    if (s.present.is != RP_YES)
        return true;
    f->signer = s.signer;
    if (s.why != NULL || s.kind == RP_HASH_NONE || s.content_kind == RP_HASH_NONE) {
        set_hash_facts(f, rp_fact_unknown(s.why != NULL
                                              ? s.why
                                              : "signed with a hash that is not SHA-1 or SHA-2"));
        return true;
    }
    if (s.digest.len == rp_hash_size(s.kind)) {
        f->signature_signed = rp_hash_text(img->arena, s.kind, s.digest.ptr);
        if (f->signature_signed.ptr == NULL)
            return false;
    }
    if ((needs & RP_NEED_SIGNATURE) == 0) {
        set_hash_facts(f, rp_fact_unknown("the file was not hashed"));
        return true;
    }
    judge_content(&s, f);
    return judge_file(img, &s, f);
}
