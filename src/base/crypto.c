/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "base/crypto.h"

#include "base/library.h"
#include "base/outside.h"

static const struct {
    const char *name;
    const char *method; /* function of libcrypto that names the algorithm */
    size_t size;
} kinds[RP_HASH_COUNT] = {
    [RP_HASH_NONE] = {"none", "", 0},
    [RP_HASH_SHA1] = {"sha1", "EVP_sha1", 20},
    [RP_HASH_SHA256] = {"sha256", "EVP_sha256", 32},
    [RP_HASH_SHA384] = {"sha384", "EVP_sha384", 48},
    [RP_HASH_SHA512] = {"sha512", "EVP_sha512", 64},
};

static bool load_all(rp_hash *h)
{
    const void *(*method)(void) = NULL;
    void *(*context_new)(void) = NULL;
    const rp_library_function wanted[] = {
        {kinds[h->kind].method, &method}, {"EVP_MD_CTX_new", &context_new},
        {"EVP_MD_CTX_free", &h->release}, {"EVP_DigestInit_ex", &h->init},
        {"EVP_DigestUpdate", &h->update}, {"EVP_DigestFinal_ex", &h->final},
    };
    if (rp_library_lacks(h->library, wanted, RP_COUNT(wanted)) != NULL)
        return false;
    h->method = method();
    h->context = context_new();
    return h->context != NULL && h->method != NULL && h->init(h->context, h->method, NULL) == 1;
}

rp_code rp_hash_start(rp_hash_kind kind, rp_hash *ret, rp_error *err)
{
    if (kind <= RP_HASH_NONE || kind >= RP_HASH_COUNT)
        return rp_fail(err, RP_E_INTERNAL, RP_NOWHERE, "no such hash");
    static const char *const names[] = {"libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.so",
                                        "libcrypto.3.dylib"};
    rp_hash h = {.kind = kind, .library = rp_library_open(names, RP_COUNT(names))};
    if (h.library == NULL)
        return rp_fail(err, RP_E_UNSUPPORTED, RP_NOWHERE,
                       "OpenSSL's libcrypto, which computes hashes, is not installed");
    rp_outside_enter();
    bool loaded = load_all(&h);
    rp_outside_leave();
    if (!loaded) {
        rp_hash_end(&h);
        return rp_fail(err, RP_E_UNSUPPORTED, RP_NOWHERE, "libcrypto does not offer %s",
                       kinds[kind].name);
    }
    *ret = h;
    return RP_OK;
}

void rp_hash_add(rp_hash *h, rp_bytes bytes)
{
    rp_outside_enter();
    if (!h->bad && bytes.len != 0 && h->update(h->context, bytes.ptr, bytes.len) != 1)
        h->bad = true;
    rp_outside_leave();
}

static bool add_piece(void *user, rp_bytes piece, uint64_t at)
{
    (void)at;
    rp_hash_add(user, piece);
    return true;
}

bool rp_hash_add_range(rp_hash *h, rp_source *src, uint64_t off, uint64_t len)
{
    if (!rp_source_scan(src, off, len, 0, add_piece, h))
        h->bad = true;
    return !h->bad;
}

bool rp_hash_finish(rp_hash *h, uint8_t ret[RP_HASH_MAX])
{
    uint8_t digest[RP_HASH_MAX];
    unsigned len = 0;
    rp_outside_enter();
    bool whole = !h->bad && h->final(h->context, digest, &len) == 1 && len == kinds[h->kind].size;
    /* when it cannot start again this digest stands, but no other will */
    h->bad = !whole || h->init(h->context, h->method, NULL) != 1;
    rp_outside_leave();
    if (!whole)
        return false;
    rp_outside_wrote(digest, len);
    memcpy(ret, digest, len);
    return true;
}

void rp_hash_end(rp_hash *h)
{
    if (h->context != NULL)
        h->release(h->context);
    if (h->library != NULL)
        rp_library_close(h->library);
    *h = (rp_hash){.bad = true};
}

size_t rp_hash_size(rp_hash_kind kind)
{
    return kinds[kind].size;
}

const char *rp_hash_name(rp_hash_kind kind)
{
    return kinds[kind].name;
}

rp_str rp_hash_text(rp_arena *arena, rp_hash_kind kind, const uint8_t *digest)
{
    char hex[2 * RP_HASH_MAX + 1] = "";
    for (size_t i = 0; i < kinds[kind].size; i++) {
        hex[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    return rp_arena_printf(arena, "%s:%s", kinds[kind].name, hex);
}
