/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "engine/source.h"

#include "engine/policy.h"
#include "facts/source_build.h"

const rp_source_crate *rp_source_crate_of(const rp_source_options *opt, const rp_input *item)
{
    for (uint32_t i = 0; opt != NULL && i < opt->ncrates; i++)
        if (item->member.len == 0 && rp_str_eq(opt->crates[i].root, item->path))
            return &opt->crates[i];
    return NULL;
}

rp_code rp_crate_facts(const rp_source_options *opt, const rp_source_crate *crate,
                       const rp_rule *rules, const rp_input *item, rp_str name,
                       const rp_facts **ret, rp_error *err)
{
    const struct rp_rust_rule **wanted =
        rp_new(item->arena, rp_checks_count, const struct rp_rust_rule *);
    rp_rule_name *names = rp_new(item->arena, rp_checks_count, rp_rule_name);
    rp_source_facts *source = NULL;
    if (wanted == NULL || names == NULL)
        return rp_fail_memory(err);
    for (uint32_t i = 0; i < rp_checks_count; i++)
        if (rp_checks[i]->rule != NULL) {
            names[i] = (rp_rule_name){rp_checks[i]->code, rp_checks[i]->name};
            wanted[i] = rules[i].on ? rp_checks[i]->rule : NULL;
        }
    rp_code code = rp_source_build(crate, wanted, names, rp_checks_count, opt->opener, opt->strict,
                                   item->arena, &source, err);
    if (code != RP_OK)
        return code;
    *ret = rp_facts_of_source(item->arena, name, source);
    return *ret != NULL ? RP_OK : rp_fail_memory(err);
}
