/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/unsafe/flow_rule.h"

static rp_flow_class class_of(const rp_flow_hit *h)
{
    switch ((rp_flow_source)h->source_kind) {
    case RP_FLOW_SET_LEN:
        return h->sink_kind == RP_FLOW_READER ? RP_FLOW_CLASS_READER : RP_FLOW_CLASS_OWNERS;
    case RP_FLOW_FROM_PARTS:
        return RP_FLOW_CLASS_OWNERS;
    case RP_FLOW_READ:
        return RP_FLOW_CLASS_TWICE;
    case RP_FLOW_COPY:
    case RP_FLOW_WRITE:
        return RP_FLOW_CLASS_HOLE;
    case RP_FLOW_SLICE:
        return h->sink_kind == RP_FLOW_READER && h->uninit ? RP_FLOW_CLASS_READER
                                                           : RP_FLOW_CLASS_WEAK;
    default:
        return RP_FLOW_CLASS_WEAK;
    }
}

static rp_rule_confidence confidence(const rp_flow_hit *h, rp_flow_class of)
{
    bool weak = of == RP_FLOW_CLASS_WEAK || h->source_kind == RP_FLOW_WRITE;
    return weak || !h->sure || h->guarded ? RP_RULE_REVIEW : RP_RULE_LIKELY;
}

static const rp_flow_hit *weightiest(const rp_flow *flow, rp_flow_class of)
{
    const rp_flow_hit *best = NULL;
    for (uint32_t i = 0; i < flow->hits.n; i++) {
        const rp_flow_hit *h = &flow->hits.items[i];
        if (class_of(h) == of && (best == NULL || confidence(h, of) < confidence(best, of)))
            best = h;
    }
    return best;
}

void rp_flow_report(rp_rule_run *run, const rp_body *body, const rp_flow_rule *rule)
{
    const rp_flow *flow = rp_rule_flow(run, body);
    const rp_flow_hit *h = flow != NULL ? weightiest(flow, rule->of) : NULL;
    if (h == NULL)
        return;
    rp_rule_note *n =
        rp_rule_in(run, body, h->source, confidence(h, rule->of), rp_str_from(rule->text));
    rp_rule_step_at(run, n, body->file, h->source,
                    rp_str_from(rp_flow_source_text((rp_flow_source)h->source_kind)));
    rp_rule_step_at(run, n, body->file, h->sink,
                    rp_str_from(rp_flow_sink_text((rp_flow_sink)h->sink_kind)));
    if (n != NULL)
        n->fix = rp_str_from(rule->fix);
}
