/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Between the macro files: what the variables of a rule stand for. */
#ifndef RP_RUST_MACRO_MATCH_H
#define RP_RUST_MACRO_MATCH_H

#include "rust/macro.h"

/* What a variable matched: tokens [from, to) of the input, or one of these for each repetition. */
typedef struct rp_match rp_match;
struct rp_match {
    bool list;
    uint32_t from, to;
    RP_VEC(rp_match *) items;
    rp_match *outer; /* while they are built */
};

/* Matches the whole input against a rule: *ret gets one match for each variable. */
rp_macro_result rp_macro_match(const rp_macro_rules *m, const rp_macro_rule *rule,
                               const rp_token_source *in, uint32_t from, uint32_t to,
                               uint64_t *fuel, rp_arena *scratch, rp_match ***ret);

/* Writes the rule's right side. */
rp_macro_result rp_macro_write(const rp_macro_rules *m, const rp_macro_rule *rule,
                               rp_match *const *matches, const rp_token_source *in, uint32_t site,
                               uint64_t *fuel, rp_token_writer *out);

#endif
