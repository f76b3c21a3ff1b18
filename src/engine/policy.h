/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Which checks run, and at which level their findings are. */
#ifndef RP_ENGINE_POLICY_H
#define RP_ENGINE_POLICY_H

#include "engine/engine.h"

/* What the policy says of one check. */
typedef struct {
    bool on;
    bool forced;      /* `level` stands, whatever the check says */
    rp_level level;   /* when forced */
    bool warnings;    /* findings at level warn become `warn_as` ("-D warnings") */
    rp_level warn_as; /* when warnings */
} rp_rule;

/* One rule per check of the registry, in its order, in `arena`. RP_E_USAGE for a name that stands
 * for nothing, with the nearest one that does. */
RP_MUST_CHECK rp_code rp_policy_rules(const rp_engine_options *opt, rp_arena *arena,
                                      const rp_rule **ret, rp_error *err);
/* The level of a result after policy. */
rp_level rp_rule_level(const rp_rule *rule, rp_level level);
/* Union of what the checks need that are on. */
uint32_t rp_rules_needs(const rp_rule *rules);
/* And of what they may ask for beside (rp_check.on_doubt). */
uint32_t rp_rules_on_doubt(const rp_rule *rules);

#endif
