/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Just enough of ASN.1 DER (X.690) to walk signatures: one-byte tags, definite lengths. */
#ifndef RP_OBJ_DER_H
#define RP_OBJ_DER_H

#include "base/reader.h"

enum {
    RP_DER_INTEGER = 0x02,
    RP_DER_OCTETS = 0x04,
    RP_DER_OID = 0x06,
    RP_DER_UTF8 = 0x0c,
    RP_DER_PRINTABLE = 0x13,
    RP_DER_T61 = 0x14,
    RP_DER_SEQUENCE = 0x30,
    RP_DER_SET = 0x31,
    RP_DER_CONTEXT = 0xa0 /* + n: constructed, [n] */
};

/* The next value: its tag and a reader of its contents. False, and r is bad, when it is cut short,
 * or in a form that DER forbids. False with r good: nothing is left. */
RP_MUST_CHECK bool rp_der_next(rp_reader *r, uint8_t *ret_tag, rp_reader *ret_body);
/* The next value must have this tag; otherwise r becomes bad. */
RP_MUST_CHECK bool rp_der_enter(rp_reader *r, uint8_t tag, rp_reader *ret_body);
/* Skips one value. */
RP_MUST_CHECK bool rp_der_skip(rp_reader *r);
bool rp_der_is(const rp_reader *body, const uint8_t *bytes, size_t len);

#endif
