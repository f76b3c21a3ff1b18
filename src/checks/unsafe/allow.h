/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Comments that allow findings: shared arms of the checks that judge them. */
#ifndef RP_CHECKS_UNSAFE_ALLOW_H
#define RP_CHECKS_UNSAFE_ALLOW_H

#include "checks/common.h"

typedef bool (*rp_allow_test)(const rp_rust_allow *a);

/* How many comments are `counted`; and the nth of them. */
uint32_t rp_allows(const rp_facts *f, rp_allow_test counted);
const rp_rust_allow *rp_allow(const rp_facts *f, rp_allow_test counted, uint32_t n);
/* Place, subject, evidence and the command to verify of a result about a comment. */
void rp_about_allow(const rp_facts *f, const rp_rust_allow *a, rp_out *out);
/* The outcome when none is: passes with the text, or unknown. */
void rp_no_allow(const rp_facts *f, const char *none, rp_out *out);

#endif
