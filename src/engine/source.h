/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Crates' sources as targets. */
#ifndef RP_ENGINE_SOURCE_H
#define RP_ENGINE_SOURCE_H

#include "engine/policy.h"

/* The crate whose root this file is, NULL: none of those that were asked for. */
const rp_source_crate *rp_source_crate_of(const rp_source_options *opt, const rp_input *item);
/* Facts of it, in item->arena, by the rules of the checks that are on. */
RP_MUST_CHECK rp_code rp_crate_facts(const rp_source_options *opt, const rp_source_crate *crate,
                                     const rp_rule *rules, const rp_input *item, rp_str name,
                                     const rp_facts **ret, rp_error *err);

#endif
