/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Does the file hold what its code directory vouches for? */
#include "base/crypto.h"
#include "base/limits.h"
#include "obj/codesign.h"

static rp_hash_kind kind_of(unsigned type)
{
    static const rp_hash_kind kinds[] = {RP_HASH_NONE, RP_HASH_SHA1, RP_HASH_SHA256, RP_HASH_SHA256,
                                         RP_HASH_SHA384};
    return type < RP_COUNT(kinds) ? kinds[type] : RP_HASH_NONE;
}

typedef struct {
    rp_hash hash;
    const rp_code_directory *d;
    rp_bytes slots;
    uint64_t page_size;
    uint64_t page_left; /* bytes still missing to the current page */
    uint64_t left;      /* bytes still missing to the code limit */
    rp_codesign_check *ret;
    bool failed;
} pages;

static void end_page(pages *p, uint64_t end)
{
    uint8_t digest[RP_HASH_MAX];
    if (!rp_hash_finish(&p->hash, digest)) {
        p->failed = true;
        return;
    }
    const uint8_t *slot = p->slots.ptr + (size_t)p->ret->npages * p->d->hash_size;
    if (memcmp(slot, digest, p->d->hash_size) != 0) {
        if (p->ret->bad_pages++ == 0)
            p->ret->first_bad = (end - 1) / p->page_size * p->page_size;
    }
    p->ret->npages++;
    p->page_left = p->page_size;
}

static bool add_piece(void *user, rp_bytes piece, uint64_t at)
{
    pages *p = user;
    while (piece.len != 0 && !p->failed) {
        size_t n = piece.len < p->page_left ? piece.len : (size_t)p->page_left;
        rp_hash_add(&p->hash, (rp_bytes){piece.ptr, n});
        piece.ptr += n;
        piece.len -= n;
        at += n;
        p->page_left -= n;
        p->left -= n;
        if (p->page_left == 0 || p->left == 0)
            end_page(p, at);
    }
    return !p->failed;
}

static const char *hash_pages(rp_image *img, pages *p)
{
    const rp_code_directory *d = p->d;
    uint64_t size = (uint64_t)d->ncode * d->hash_size;
    p->page_size = d->page_shift == 0 ? d->code_limit : UINT64_C(1) << d->page_shift;
    if (p->page_size == 0)
        return "the code directory covers nothing";
    uint64_t wanted = d->code_limit / p->page_size + (d->code_limit % p->page_size != 0);
    if (wanted != d->ncode)
        return "the code directory has not one hash per page";
    if (!rp_source_bytes(img->src, d->hashes_at, size, &p->slots))
        return "the page hashes cannot be read";
    p->page_left = p->page_size;
    p->left = d->code_limit;
    if (!rp_source_scan(img->src, 0, d->code_limit, 0, add_piece, p) || p->failed)
        return "the file could not be hashed";
    return NULL;
}

/* The blob of a special slot against its hash. UNKNOWN: cannot be hashed. */
static rp_tri check_slot(rp_image *img, pages *p, const rp_codesign *sign, uint32_t slot)
{
    const rp_code_directory *d = p->d;
    const rp_sign_blob *blob = NULL;
    for (uint32_t i = 0; i < sign->nblobs; i++)
        if (sign->blobs[i].slot == slot)
            blob = &sign->blobs[i];
    if (blob == NULL)
        return RP_YES;
    if (slot > d->nspecial)
        return RP_NO; /* a blob that nothing vouches for */
    rp_bytes wanted;
    uint8_t digest[RP_HASH_MAX];
    if (!rp_source_bytes(img->src, d->hashes_at - (uint64_t)slot * d->hash_size, d->hash_size,
                         &wanted) ||
        !rp_hash_add_range(&p->hash, img->src, blob->at, blob->length) ||
        !rp_hash_finish(&p->hash, digest))
        return RP_UNKNOWN;
    return memcmp(wanted.ptr, digest, d->hash_size) == 0 ? RP_YES : RP_NO;
}

static void check_blobs(rp_image *img, pages *p, const rp_codesign *sign)
{
    static const uint32_t slots[] = {RP_CS_SLOT_REQUIREMENTS, RP_CS_SLOT_ENTITLEMENTS,
                                     RP_CS_SLOT_ENTITLEMENTS_DER};
    p->ret->blobs = RP_YES;
    for (size_t i = 0; i < RP_COUNT(slots) && p->ret->blobs != RP_NO; i++) {
        rp_tri is = check_slot(img, p, sign, slots[i]);
        if (is == RP_YES)
            continue;
        p->ret->blobs = is;
        p->ret->bad_slot = slots[i];
    }
}

rp_code rp_codesign_verify(rp_image *img, const rp_codesign *sign, rp_codesign_check *ret,
                           rp_error *err)
{
    *ret = (rp_codesign_check){.pages = RP_UNKNOWN, .blobs = RP_UNKNOWN};
    const rp_code_directory *d = sign->best;
    if (sign->known != RP_YES || d == NULL) {
        ret->why = sign->why ? sign->why : "there is no code signature";
        return RP_OK;
    }
    if (d->scattered || d->page_shift > 24) {
        ret->why = d->scattered ? "the code directory uses scattered pages"
                                : "the code directory's page size cannot be";
        return RP_OK;
    }
    pages p = {.d = d, .ret = ret};
    rp_error local = {0};
    rp_code code = rp_hash_start(kind_of(d->hash_type), &p.hash, &local);
    if (code != RP_OK) {
        ret->why = "no library that hashes could be loaded";
        return code == RP_E_MEMORY ? rp_fail_memory(err) : RP_OK;
    }
    check_blobs(img, &p, sign);
    ret->why = d->code_limit > img->src->size ? "the code directory covers more than the file has"
                                              : hash_pages(img, &p);
    if (ret->why == NULL)
        ret->pages = ret->bad_pages == 0 ? RP_YES : RP_NO;
    rp_hash_end(&p.hash);
    return RP_OK;
}
