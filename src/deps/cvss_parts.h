/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Between cvss.c and cvss4.c only. */
#ifndef RP_DEPS_CVSS_PARTS_H
#define RP_DEPS_CVSS_PARTS_H

#include "deps/cvss.h"

enum { RP_CVSS_METRICS = 32 };

typedef struct {
    const char *name;
    const char *values; /* "N|A|L|P" */
} rp_cvss_metric;

/* What a vector says of each metric of its version: the first letter of the value, 0 when it is not
 * mentioned. */
typedef struct {
    const rp_cvss_metric *metrics;
    uint32_t n;
    char value[RP_CVSS_METRICS];
} rp_cvss_vector;

extern const rp_cvss_metric rp_cvss4_metrics[];
extern const uint32_t rp_cvss4_metrics_count;
enum { RP_CVSS4_BASE = 11 };

/* Times ten. */
uint16_t rp_cvss4_score(const rp_cvss_vector *v);

#endif
