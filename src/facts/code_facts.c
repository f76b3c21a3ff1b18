/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "facts/code_facts_build.h"

rp_code rp_code_facts_build(rp_image *img, const rp_facts *facts, const rp_code_facts **ret,
                            rp_error *err)
{
    rp_code_facts *c = rp_new(img->arena, 1, rp_code_facts);
    if (c == NULL)
        return rp_fail_memory(err);
    (void)facts;
    c->read = RP_UNKNOWN;
    c->why = "the machine code was not read";
    *ret = c;
    return RP_OK;
}
