/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Scores of CVSS vectors (FIRST): 2, 3.0, 3.1 base scores; 4.0 as its calculator does, threat and
 * environmental metrics included where the vector has them. */
#ifndef RP_DEPS_CVSS_H
#define RP_DEPS_CVSS_H

#include "deps/match.h"

typedef struct {
    uint8_t version; /* 20, 30, 31, 40 */
    uint16_t score;  /* times ten: 98 is 9.8 */
    rp_severity severity;
} rp_cvss;

/* "CVSS:4.0/AV:N/…", "CVSS:3.1/…", "CVSS:3.0/…", or without a prefix version 2. False, and *ret
 * untouched, when it is none: unknown version, metric or value, one twice, a base metric missing.
 */
RP_MUST_CHECK bool rp_cvss_parse(rp_str vector, rp_cvss *ret);
const char *rp_severity_name(rp_severity severity); /* "critical" */

#endif
