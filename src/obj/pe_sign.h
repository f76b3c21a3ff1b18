/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Authenticode: the attribute certificate table, the PKCS #7 message in it, and the digest of the
 * file that it signs. Source: Microsoft "Windows Authenticode Portable Executable Signature
 * Format", PE Format, RFC 2315. No certificate is judged: who signed, and whether to believe it, is
 * the system's to say. */
#ifndef RP_OBJ_PE_SIGN_H
#define RP_OBJ_PE_SIGN_H

#include "base/crypto.h"
#include "obj/pe_parts.h"

typedef struct {
    rp_pe_found present; /* a WIN_CERTIFICATE of type PKCS #7 */
    uint64_t table_at;   /* certificate table: what the digest leaves out */
    uint64_t table_size;
    const char *why;   /* the message cannot be read; NULL: it can */
    rp_hash_kind kind; /* of the file's digest; RP_HASH_NONE: an algorithm that we do not have */
    rp_bytes digest;   /* of the file, as signed */
    rp_bytes content;  /* the contents of SpcIndirectDataContent: what the signer hashed */
    rp_hash_kind content_kind;
    rp_bytes content_digest; /* messageDigest attribute of the signer */
    rp_str signer;           /* its certificate's common name, empty when it has none */
} rp_pe_signature;

/* Reads the first PKCS #7 certificate of the table. Never fails. */
void rp_pe_read_signature(rp_image *img, rp_pe_signature *ret);

/* The digest of the file without checksum, security directory entry and certificate table. */
RP_MUST_CHECK rp_code rp_pe_file_digest(rp_image *img, const rp_pe_signature *signature,
                                        rp_hash_kind kind, uint8_t ret[RP_HASH_MAX], rp_error *err);

#endif
