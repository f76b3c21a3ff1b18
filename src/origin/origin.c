/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "origin/origin.h"

rp_code rp_origin_build(rp_image *img, const rp_origin_input *in, const rp_rust_facts **ret,
                        rp_error *err)
{
    rp_rust_facts *f = rp_new(img->arena, 1, rp_rust_facts);
    if (f == NULL)
        return rp_fail_memory(err);
    (void)in;
    static const char not_scanned[] = "identity is not read yet";
    f->is_rust = rp_fact_unknown(not_scanned);
    f->has_c = f->has_cpp = f->has_go = f->has_rust = f->is_rust;
    f->std_dynamic = f->lto = f->overflow_checks = f->debug_assertions = f->is_rust;
    f->location_detail = f->is_rust;
    *ret = f;
    return RP_OK;
}

const rp_target_facts *rp_origin_target(rp_str triple)
{
    static const rp_target_facts unknown = {.triple = "",
                                            .pie = RP_UNKNOWN,
                                            .static_pie = RP_UNKNOWN,
                                            .crt_static_default = RP_UNKNOWN,
                                            .relro_full = RP_UNKNOWN,
                                            .unwind = RP_UNKNOWN,
                                            .thread_local_storage = RP_UNKNOWN,
                                            .plt_by_default = RP_UNKNOWN,
                                            .bare = RP_UNKNOWN,
                                            .tls_model = ""};
    (void)triple;
    return &unknown;
}
