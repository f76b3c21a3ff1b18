/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Hashes, by OpenSSL's libcrypto, which is loaded when the first one is asked for: most runs never
 * need it, and loading it costs more than all else at start-up. No state outlives an rp_hash, so it
 * is safe in any thread. */
#ifndef RP_BASE_CRYPTO_H
#define RP_BASE_CRYPTO_H

#include "base/error.h"
#include "base/source.h"

typedef enum {
    RP_HASH_NONE,
    RP_HASH_SHA1,
    RP_HASH_SHA256,
    RP_HASH_SHA384,
    RP_HASH_SHA512,
    RP_HASH_COUNT
} rp_hash_kind;

enum { RP_HASH_MAX = 64 }; /* bytes of the longest digest */

/* A digest in the making. Ends with rp_hash_end, whatever happened between. */
typedef struct {
    rp_hash_kind kind;
    void *library;
    void *context; /* EVP_MD_CTX */
    const void *method;
    int (*init)(void *context, const void *method, void *engine);
    int (*update)(void *context, const void *bytes, size_t len);
    int (*final)(void *context, uint8_t *ret, unsigned *ret_len);
    void (*release)(void *context);
    bool bad; /* sticky: no digest comes out any more */
} rp_hash;

/* RP_E_UNSUPPORTED when there is no libcrypto, or it refuses the algorithm (FIPS mode). On failure
 * there is nothing to end. */
RP_MUST_CHECK rp_code rp_hash_start(rp_hash_kind kind, rp_hash *ret, rp_error *err);
void rp_hash_add(rp_hash *h, rp_bytes bytes);
/* Adds [off, off+len) of a source without keeping it in memory. False when it could not be read. */
RP_MUST_CHECK bool rp_hash_add_range(rp_hash *h, rp_source *src, uint64_t off, uint64_t len);
/* Writes the digest, rp_hash_size bytes, and starts the next one of the same kind. False: something
 * failed, no digest. */
RP_MUST_CHECK bool rp_hash_finish(rp_hash *h, uint8_t ret[RP_HASH_MAX]);
void rp_hash_end(rp_hash *h);

size_t rp_hash_size(rp_hash_kind kind);      /* in bytes, 0 for RP_HASH_NONE */
const char *rp_hash_name(rp_hash_kind kind); /* "sha256" */
/* "sha256:0123…", or {NULL, 0} when out of memory. */
rp_str rp_hash_text(rp_arena *arena, rp_hash_kind kind, const uint8_t *digest);

#endif
