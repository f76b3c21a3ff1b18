/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* One fact: yes, no or unknown, and where it was read. */
#ifndef RP_FACTS_FACT_H
#define RP_FACTS_FACT_H

#include "base/base.h"

typedef struct {
    rp_tri is;
    uint64_t at; /* file offset of what was read, RP_NOWHERE when there is no single place */
    const char
        *why; /* unknown: why, in one clause ("the dynamic section is cut short"); else NULL */
} rp_fact;

static inline rp_fact rp_fact_yes(uint64_t at)
{
    return (rp_fact){RP_YES, at, NULL};
}
static inline rp_fact rp_fact_no(uint64_t at)
{
    return (rp_fact){RP_NO, at, NULL};
}
static inline rp_fact rp_fact_unknown(const char *why)
{
    return (rp_fact){RP_UNKNOWN, RP_NOWHERE, why};
}

#endif
