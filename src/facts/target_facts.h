/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What rustc can do on a target; generated from rustc's own target specifications by
 * tools/gen_targets. */
#ifndef RP_FACTS_TARGET_FACTS_H
#define RP_FACTS_TARGET_FACTS_H

#include "facts/fact.h"

typedef enum { RP_PROBES_UNKNOWN, RP_PROBES_NONE, RP_PROBES_INLINE, RP_PROBES_CALL } rp_probes;

enum { /* sanitizers supported, ORed */
       RP_SAN_ADDRESS = 1 << 0,
       RP_SAN_LEAK = 1 << 1,
       RP_SAN_MEMORY = 1 << 2,
       RP_SAN_THREAD = 1 << 3,
       RP_SAN_HWADDRESS = 1 << 4,
       RP_SAN_CFI = 1 << 5,
       RP_SAN_KCFI = 1 << 6,
       RP_SAN_SAFESTACK = 1 << 7,
       RP_SAN_SHADOW_CALL_STACK = 1 << 8,
       RP_SAN_MEMTAG = 1 << 9,
       RP_SAN_DATAFLOW = 1 << 10,
       RP_SAN_REALTIME = 1 << 11,
       RP_SAN_KERNEL_ADDRESS = 1 << 12,
};

typedef struct {
    const char *triple; /* "" : no row fits, everything below is UNKNOWN */
    rp_tri pie;         /* position-independent-executables */
    rp_tri static_pie;  /* static-position-independent-executables */
    rp_tri crt_static_default;
    rp_tri relro_full;           /* relro-level: full */
    rp_tri unwind;               /* panic-strategy unwind is the default */
    rp_tri thread_local_storage; /* has-thread-local */
    rp_tri plt_by_default;
    rp_tri bare; /* no operating system */
    rp_probes probes;
    uint32_t sanitizers;
    const char *tls_model; /* "general-dynamic", "emulated", …; "" unknown */
} rp_target_facts;

#endif
