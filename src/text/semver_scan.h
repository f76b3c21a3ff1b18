/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Between the files of text/semver only. Each getter moves *s behind what it took; where it returns
 * false *s stays. */
#ifndef RP_TEXT_SEMVER_SCAN_H
#define RP_TEXT_SEMVER_SCAN_H

#include "text/semver.h"

/* Digits without a leading zero, below 2^64. */
bool rp_semver_number(rp_str *s, uint64_t *ret);
/* Identifiers with dots between; zeros: numeric ones may begin with 0. */
bool rp_semver_identifiers(rp_str *s, bool zeros, rp_str *ret);
bool rp_semver_eat(rp_str *s, char c);
/* By precedence; "" (a release) is the highest. */
int rp_semver_cmp_pre(rp_str a, rp_str b);

#endif
