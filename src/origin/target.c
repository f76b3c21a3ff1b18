/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "origin/origin.h"

#include "base/search.h"

#define N RP_NO
#define Y RP_YES

static const rp_target_facts targets[] = {
#define RP_TARGET(name, pie_, static_pie_, crt_static, relro, unwind_, tls, plt, bare_, probes_,   \
                  sanitizers_, model)                                                              \
    {.triple = name,                                                                               \
     .pie = pie_,                                                                                  \
     .static_pie = static_pie_,                                                                    \
     .crt_static_default = crt_static,                                                             \
     .relro_full = relro,                                                                          \
     .unwind = unwind_,                                                                            \
     .thread_local_storage = tls,                                                                  \
     .plt_by_default = plt,                                                                        \
     .bare = bare_,                                                                                \
     .probes = RP_PROBES_##probes_,                                                                \
     .sanitizers = sanitizers_,                                                                    \
     .tls_model = model},
#include "origin/targets.inc"
#undef RP_TARGET
};
#undef N
#undef Y

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

const rp_target_facts *rp_origin_target(rp_str triple)
{
    size_t low;
    RP_SEARCH(low, RP_COUNT(targets), rp_str_cmp(rp_str_from(targets[low].triple), triple) < 0);
    return low < RP_COUNT(targets) && rp_str_cmp(rp_str_from(targets[low].triple), triple) == 0
               ? &targets[low]
               : &unknown;
}

const rp_target_facts *rp_origin_target_at(size_t i)
{
    return i < RP_COUNT(targets) ? &targets[i] : NULL;
}
