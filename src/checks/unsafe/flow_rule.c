/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/unsafe/flow_rule.h"

#include "checks/unsafe/made_value.h"

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
    case RP_FLOW_COPY_TEXT:
    case RP_FLOW_WRITE:
        return RP_FLOW_CLASS_HOLE;
    case RP_FLOW_SLICE:
    case RP_FLOW_UNCHECKED:
        return h->sink_kind == RP_FLOW_READER && h->uninit ? RP_FLOW_CLASS_READER
                                                           : RP_FLOW_CLASS_WEAK;
    default:
        return RP_FLOW_CLASS_WEAK;
    }
}

/* An unsafe function that reads through its raw pointer, or makes a vector of parts, takes the
 * value over from its caller, as calls through erased types do: whether there is a second owner,
 * the caller knows. */
static bool taken_over(const rp_body *b, const rp_flow_hit *h)
{
    rp_node_kind kind = rp_kind_of(b->ast, h->source);
    rp_id at = rp_kid(b->ast, h->source, kind == RP_N_CALL ? (uint32_t)RP_CALL_ARGS : 0);
    if (h->source_kind == RP_FLOW_FROM_PARTS)
        return (rp_def_of(b->c, b->fn)->flags & RP_DEF_UNSAFE) != 0;
    if (h->source_kind != RP_FLOW_READ || (rp_def_of(b->c, b->fn)->flags & RP_DEF_UNSAFE) == 0)
        return false;
    while (at != 0 && (rp_kind_of(b->ast, at) == RP_N_METHOD_CALL ||
                       rp_kind_of(b->ast, at) == RP_N_CAST || rp_kind_of(b->ast, at) == RP_N_PAREN))
        at = rp_kid(b->ast, at, 0);
    return at != 0 && rp_kind_of(b->ast, at) == RP_N_PATH_EXPR &&
           rp_ty_is(b->types, rp_body_type(b, at)) == RP_TY_RAW &&
           rp_flow_is_param(b, rp_node_text(b->ast, at));
}

static bool is_unknown(const rp_body *b, rp_ty ty)
{
    rp_ty_kind kind = rp_ty_is(b->types, ty);
    return kind == RP_TY_PARAM || kind == RP_TY_ASSOC;
}

/* Bytes and numbers may be copied as often as one likes: only where a pointer leads to a value of a
 * type that the caller chooses is a copy surely a second owner, or leaves a hole. */
static bool copies_known(const rp_body *b, const rp_flow_hit *h)
{
    if (h->source_kind != RP_FLOW_COPY || h->text)
        return false;
    for (uint32_t i = 0; i < 3; i++) {
        rp_id at = rp_kid(b->ast, h->source, i);
        if (is_unknown(b, at != 0 ? rp_ty_deref(b->types, rp_body_type(b, at)) : 0))
            return false;
    }
    return true;
}

/* The type that read::<X>(p) or read(p.cast::<X>()) says; 0: it says none. */
static rp_ty written_type(const rp_body *b, rp_id call)
{
    rp_id arg = rp_kid(b->ast, call, RP_CALL_ARGS);
    bool cast = arg != 0 && rp_kind_of(b->ast, arg) == RP_N_METHOD_CALL &&
                rp_str_is(rp_node_word(b->ast, arg), "cast");
    return cast ? rp_first_type(b, rp_kid(b->ast, arg, 1)) : rp_called_with_type(b, call);
}

/* ptr::read::<usize>(p): as many as one likes. What another crate's type is, is not known; where a
 * pointer of an unknown type has a method, its type is another crate's most often. */
static bool reads_plain(const rp_body *b, const rp_flow_hit *h)
{
    bool method = rp_kind_of(b->ast, h->source) == RP_N_METHOD_CALL;
    rp_ty said = method ? 0 : written_type(b, h->source);
    rp_ty ty = said != 0 ? said : rp_body_type(b, h->source);
    rp_ty_kind kind = rp_ty_is(b->types, ty);
    bool other = kind == RP_TY_EXTERN || (kind == RP_TY_UNKNOWN && method);
    return h->source_kind == RP_FLOW_READ && (other || rp_ty_is_copy_in(b->types, ty, b->fn));
}

static rp_rule_confidence confidence(const rp_body *b, const rp_flow_hit *h, rp_flow_class of)
{
    bool weak = of == RP_FLOW_CLASS_WEAK || h->source_kind == RP_FLOW_WRITE || taken_over(b, h) ||
                copies_known(b, h) || reads_plain(b, h);
    return weak || !h->sure || h->guarded ? RP_RULE_REVIEW : RP_RULE_LIKELY;
}

static const rp_flow_hit *weightiest(const rp_body *b, const rp_flow *flow, rp_flow_class of)
{
    const rp_flow_hit *best = NULL;
    for (uint32_t i = 0; i < flow->hits.n; i++) {
        const rp_flow_hit *h = &flow->hits.items[i];
        if (class_of(h) == of && (best == NULL || confidence(b, h, of) < confidence(b, best, of)))
            best = h;
    }
    return best;
}

void rp_flow_report(rp_rule_run *run, const rp_body *body, const rp_flow_rule *rule)
{
    const rp_flow *flow = rp_rule_flow(run, body);
    const rp_flow_hit *h = flow != NULL ? weightiest(body, flow, rule->of) : NULL;
    if (h == NULL)
        return;
    rp_rule_note *n =
        rp_rule_in(run, body, h->source, confidence(body, h, rule->of), rp_str_from(rule->text));
    rp_rule_step_at(run, n, body->file, h->source,
                    rp_str_from(rp_flow_source_text((rp_flow_source)h->source_kind)));
    rp_rule_step_at(run, n, body->file, h->sink,
                    rp_str_from(rp_flow_sink_text((rp_flow_sink)h->sink_kind)));
    if (n != NULL)
        n->fix = rp_str_from(rule->fix);
}
