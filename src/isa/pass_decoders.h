/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What each architecture brings to the pass. */
#ifndef RP_ISA_PASS_DECODERS_H
#define RP_ISA_PASS_DECODERS_H

#include "isa/flow_ways.h"

/* What an architecture brings. lift and flow are NULL where branches are not followed. */
typedef struct {
    void (*scan)(rp_code_sink *sink, const rp_code_range *range, bool thumb, rp_fn_code *ret);
    bool (*lift)(rp_arena *arena, const rp_code_range *range, bool thumb, rp_ops *ret);
    void (*flow_env)(rp_flow_env *env, bool microsoft);
    unsigned (*lift_one)(const rp_code_range *range, uint32_t offset, rp_op *ret);
    bool (*writes)(const rp_code_range *range, uint32_t offset, uint32_t *ret);
    void (*outline)(rp_code_sink *sink, const rp_code_range *range); /* NULL: the scan did it */
    /* with outline: may a function with traps check anything? Decides branches of functions without
       checks; are some left? */
    bool (*may_check)(const rp_code_sink *sink, const rp_code_range *range);
    bool (*near)(const rp_flow_env *env, const rp_code_range *range, rp_branch *sites, uint32_t n);
    uint32_t (*back)(const rp_code_range *range, uint32_t least, uint32_t k, unsigned reg);
    bool (*table)(const rp_code_range *range, uint32_t offset, rp_switch *ret); /* may be NULL */
} rp_decoder;

/* NULL: no decoder for this machine's code. */
const rp_decoder *rp_decoder_of(const rp_image *img);

#endif
