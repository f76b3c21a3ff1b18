/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/pe_sign.h"

#include "obj/der.h"

enum { CERTIFICATE_HEADER = 8, PKCS_SIGNED_DATA = 2, MAX_TABLE = 16 << 20 };

static const uint8_t oid_signed_data[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02};
static const uint8_t oid_spc_indirect[] = {0x2b, 0x06, 0x01, 0x04, 0x01,
                                           0x82, 0x37, 0x02, 0x01, 0x04};
static const uint8_t oid_message_digest[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04};
static const uint8_t oid_common_name[] = {0x55, 0x04, 0x03};

static rp_hash_kind hash_of(const rp_reader *oid)
{
    static const struct {
        uint8_t bytes[9];
        uint8_t len;
        rp_hash_kind kind;
    } known[] = {
        {{0x2b, 0x0e, 0x03, 0x02, 0x1a}, 5, RP_HASH_SHA1},
        {{0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01}, 9, RP_HASH_SHA256},
        {{0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02}, 9, RP_HASH_SHA384},
        {{0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03}, 9, RP_HASH_SHA512},
    };
    for (size_t i = 0; i < RP_COUNT(known); i++)
        if (rp_der_is(oid, known[i].bytes, known[i].len))
            return known[i].kind;
    return RP_HASH_NONE;
}

/* AlgorithmIdentifier ::= SEQUENCE { OID, parameters } */
static bool algorithm(rp_reader *r, rp_hash_kind *ret)
{
    rp_reader id, oid;
    if (!rp_der_enter(r, RP_DER_SEQUENCE, &id) || !rp_der_enter(&id, RP_DER_OID, &oid))
        return false;
    *ret = hash_of(&oid);
    return true;
}

/* ContentInfo { OID SpcIndirectData, [0] SEQUENCE { data, DigestInfo { algorithm, digest } } } */
static bool indirect_data(rp_reader *signed_data, rp_pe_signature *ret)
{
    rp_reader info, oid, outer, content, digest_info, digest;
    if (!rp_der_enter(signed_data, RP_DER_SEQUENCE, &info) ||
        !rp_der_enter(&info, RP_DER_OID, &oid) ||
        !rp_der_is(&oid, oid_spc_indirect, sizeof oid_spc_indirect) ||
        !rp_der_enter(&info, RP_DER_CONTEXT, &outer) ||
        !rp_der_enter(&outer, RP_DER_SEQUENCE, &content))
        return false;
    ret->content = content.buf;
    if (!rp_der_skip(&content) || !rp_der_enter(&content, RP_DER_SEQUENCE, &digest_info) ||
        !algorithm(&digest_info, &ret->kind) || !rp_der_enter(&digest_info, RP_DER_OCTETS, &digest))
        return false;
    ret->digest = digest.buf;
    return true;
}

/* The messageDigest among the authenticated attributes: SET OF SEQUENCE { OID, SET { value } }. */
static bool message_digest(rp_reader *attributes, rp_pe_signature *ret)
{
    rp_reader attribute, oid, values, value;
    while (rp_left(attributes) != 0) {
        if (!rp_der_enter(attributes, RP_DER_SEQUENCE, &attribute) ||
            !rp_der_enter(&attribute, RP_DER_OID, &oid))
            return false;
        if (!rp_der_is(&oid, oid_message_digest, sizeof oid_message_digest))
            continue;
        if (!rp_der_enter(&attribute, RP_DER_SET, &values) ||
            !rp_der_enter(&values, RP_DER_OCTETS, &value))
            return false;
        ret->content_digest = value.buf;
        return true;
    }
    return false;
}

/* IssuerAndSerialNumber: what finds the signer's certificate. */
typedef struct {
    rp_bytes issuer, serial;
} signer_id;

static bool signer_info(rp_reader *signed_data, signer_id *ret_id, rp_pe_signature *ret)
{
    rp_reader set, info, id, issuer, serial, attributes;
    if (!rp_der_enter(signed_data, RP_DER_SET, &set) ||
        !rp_der_enter(&set, RP_DER_SEQUENCE, &info) || !rp_der_skip(&info) || /* version */
        !rp_der_enter(&info, RP_DER_SEQUENCE, &id) ||
        !rp_der_enter(&id, RP_DER_SEQUENCE, &issuer) ||
        !rp_der_enter(&id, RP_DER_INTEGER, &serial) || !algorithm(&info, &ret->content_kind) ||
        !rp_der_enter(&info, RP_DER_CONTEXT, &attributes))
        return false;
    *ret_id = (signer_id){issuer.buf, serial.buf};
    return message_digest(&attributes, ret);
}

static bool same(rp_bytes a, rp_bytes b)
{
    return a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0;
}

/* Name ::= SEQUENCE OF SET OF SEQUENCE { OID, string } */
static rp_str common_name(rp_reader *name)
{
    rp_reader set, pair, oid, text;
    uint8_t tag;
    rp_str found = {"", 0};
    while (rp_der_next(name, &tag, &set)) {
        if (!rp_der_enter(&set, RP_DER_SEQUENCE, &pair) || !rp_der_enter(&pair, RP_DER_OID, &oid))
            break;
        if (rp_der_is(&oid, oid_common_name, sizeof oid_common_name) &&
            rp_der_next(&pair, &tag, &text) &&
            (tag == RP_DER_UTF8 || tag == RP_DER_PRINTABLE || tag == RP_DER_T61))
            found = (rp_str){(const char *)text.buf.ptr, text.buf.len};
    }
    return found;
}

/* TBSCertificate { [0] version, serial, algorithm, issuer, validity, subject, … } */
static bool is_certificate_of(rp_reader *certificate, const signer_id *id, rp_str *ret_name)
{
    rp_reader tbs, version, serial, issuer, subject;
    if (!rp_der_enter(certificate, RP_DER_SEQUENCE, &tbs))
        return false;
    if (rp_left(&tbs) != 0 && tbs.buf.ptr[0] == RP_DER_CONTEXT &&
        !rp_der_enter(&tbs, RP_DER_CONTEXT, &version))
        return false;
    if (!rp_der_enter(&tbs, RP_DER_INTEGER, &serial) || !rp_der_skip(&tbs) ||
        !rp_der_enter(&tbs, RP_DER_SEQUENCE, &issuer) || !rp_der_skip(&tbs) ||
        !rp_der_enter(&tbs, RP_DER_SEQUENCE, &subject))
        return false;
    if (!same(serial.buf, id->serial) || !same(issuer.buf, id->issuer))
        return false;
    *ret_name = common_name(&subject);
    return true;
}

static void find_signer(rp_reader certificates, const signer_id *id, rp_pe_signature *ret)
{
    uint8_t tag;
    rp_reader one;
    while (rp_der_next(&certificates, &tag, &one))
        if (tag == RP_DER_SEQUENCE && is_certificate_of(&one, id, &ret->signer))
            return;
}

/* SignedData { version, digestAlgorithms, contentInfo, [0] certificates, [1] lists, signerInfos }
 */
static bool parse_message(rp_reader *r, rp_pe_signature *ret)
{
    rp_reader message, oid, outer, data, certificates = {0}, lists;
    if (!rp_der_enter(r, RP_DER_SEQUENCE, &message) || !rp_der_enter(&message, RP_DER_OID, &oid) ||
        !rp_der_is(&oid, oid_signed_data, sizeof oid_signed_data) ||
        !rp_der_enter(&message, RP_DER_CONTEXT, &outer) ||
        !rp_der_enter(&outer, RP_DER_SEQUENCE, &data) || !rp_der_skip(&data) ||
        !rp_der_skip(&data) || !indirect_data(&data, ret))
        return false;
    if (rp_left(&data) != 0 && data.buf.ptr[data.pos] == RP_DER_CONTEXT &&
        !rp_der_enter(&data, RP_DER_CONTEXT, &certificates))
        return false;
    if (rp_left(&data) != 0 && data.buf.ptr[data.pos] == RP_DER_CONTEXT + 1 &&
        !rp_der_enter(&data, RP_DER_CONTEXT + 1, &lists))
        return false;
    signer_id id;
    if (!signer_info(&data, &id, ret))
        return false;
    find_signer(certificates, &id, ret);
    return true;
}

static rp_pe_found table_error(rp_image *img, uint64_t at, const char *why)
{
    rp_image_odd(img, at, "%s", why);
    return (rp_pe_found){RP_UNKNOWN, at, why};
}

/* WIN_CERTIFICATE { length, revision, type, data }, each at a multiple of 8. */
static rp_pe_found find_message(rp_image *img, rp_reader *table, rp_reader *ret)
{
    while (rp_left(table) >= CERTIFICATE_HEADER) {
        uint64_t at = rp_at(table);
        uint32_t len = rp_u32(table);
        (void)rp_u16(table); /* wRevision */
        uint16_t type = rp_u16(table);
        if (len < CERTIFICATE_HEADER ||
            !rp_window(table, table->pos, len - CERTIFICATE_HEADER, ret))
            return table_error(img, at, "a certificate is longer than the certificate table");
        if (type == PKCS_SIGNED_DATA)
            return (rp_pe_found){RP_YES, at, NULL};
        rp_skip_bytes(table, (len + 7ull) / 8 * 8 - CERTIFICATE_HEADER);
    }
    return (rp_pe_found){RP_NO, table->origin, NULL};
}

void rp_pe_read_signature(rp_image *img, rp_pe_signature *ret)
{
    const rp_pe_dir *dir = &img->pe->dir[RP_PE_DIR_SECURITY];
    *ret = (rp_pe_signature){.table_at = dir->rva, .table_size = dir->size, .signer = {"", 0}};
    ret->present = (rp_pe_found){RP_NO, dir->at != 0 ? dir->at : RP_NOWHERE, NULL};
    const char *why = rp_pe_why_unknown(img, RP_PE_DIR_SECURITY);
    if (why != NULL)
        ret->present = (rp_pe_found){RP_UNKNOWN, RP_NOWHERE, why};
    if (dir->rva == 0 || dir->size == 0)
        return;
    rp_reader table, message;
    /* the one directory whose address is a file offset */
    if (dir->size > MAX_TABLE) {
        ret->present = table_error(img, dir->at, "the certificate table is larger than is read");
        return;
    }
    if (!rp_source_reader(img->src, dir->rva, dir->size, false, &table)) {
        ret->present = table_error(img, dir->at, "the certificate table lies outside the file");
        return;
    }
    ret->present = find_message(img, &table, &message);
    if (ret->present.is != RP_YES)
        return;
    if (!parse_message(&message, ret)) {
        ret->why = "the signature's PKCS #7 message cannot be read";
        rp_image_odd(img, ret->present.at, "%s", ret->why);
    }
}

rp_code rp_pe_file_digest(rp_image *img, const rp_pe_signature *signature, rp_hash_kind kind,
                          uint8_t ret[RP_HASH_MAX], rp_error *err)
{
    const uint64_t checksum = img->pe->checksum_at, entry = img->pe->dir[RP_PE_DIR_SECURITY].at;
    uint64_t size = img->src->size, table = signature->table_at;
    uint64_t behind = table + signature->table_size; /* 32-bit each */
    if (entry < checksum + 4 || table < entry + 8 || behind > size)
        return rp_fail(err, RP_E_FORMAT, entry, "the certificate table lies over the headers");
    rp_hash h;
    rp_code code = rp_hash_start(kind, &h, err);
    if (code != RP_OK)
        return code;
    bool ok = rp_hash_add_range(&h, img->src, 0, checksum) &&
              rp_hash_add_range(&h, img->src, checksum + 4, entry - checksum - 4) &&
              rp_hash_add_range(&h, img->src, entry + 8, table - entry - 8) &&
              rp_hash_add_range(&h, img->src, behind, size - behind) && rp_hash_finish(&h, ret);
    rp_hash_end(&h);
    return ok ? RP_OK : rp_fail(err, RP_E_IO, RP_NOWHERE, "the file could not be hashed");
}
