/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* rpm packages: lead, signature, header, and what is packed. Source: the rpm file format,
 * doc/manual/format of rpm 4.18. */
#ifndef RP_INPUT_RPM_H
#define RP_INPUT_RPM_H

#include "base/error.h"
#include "base/source.h"

/* What is packed, as a part of `src`. */
RP_MUST_CHECK rp_code rp_rpm_payload(const rp_source *src, rp_source *ret, rp_error *err);

#endif
