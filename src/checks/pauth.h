/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A header that says "pointers are signed", held against AArch64's code. */
#ifndef RP_CHECKS_PAUTH_H
#define RP_CHECKS_PAUTH_H

#include "checks/check.h"

/* Settles the outcome, and returns true, where the code does not do what `claim` says ("the note
 * says …") or was not read. */
RP_MUST_CHECK bool rp_pauth_denied(const rp_facts *f, rp_out *out, const char *claim);
/* "; 4 of 4 indirect calls and 8 of 8 functions do so", for a pass. */
const char *rp_pauth_counts(const rp_facts *f, rp_out *out);

#endif
