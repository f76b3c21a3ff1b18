/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What stands around an attribute that allows a lint: read from tokens, as attributes may stand
 * where the tree keeps none. */
#ifndef RP_CHECKS_UNSAFE_ALLOWED_LINT_H
#define RP_CHECKS_UNSAFE_ALLOWED_LINT_H

#include "rust/token.h"

/* Does a comment before the attribute, behind it on its line, or between it and its item say
 * something? `hash` and `bracket` are its # and [. */
bool rp_allowed_with_comment(const rp_tokens *t, uint32_t hash, uint32_t bracket);
/* Does a comment in what the attribute stands on name the lint? */
bool rp_allowed_by_name(const rp_tokens *t, uint32_t bracket, rp_str lint);
/* Has what the attribute stands on nothing that the lint looks for? False where macros may bring
 * it, and for lints of which no word is certain. */
bool rp_allowed_in_vain(const rp_tokens *t, uint32_t bracket, rp_str lint);
/* The last token of the body of the unsafe function whose `unsafe` is token i, or i. */
uint32_t rp_unsafe_fn_end(const rp_tokens *t, uint32_t i);

#endif
