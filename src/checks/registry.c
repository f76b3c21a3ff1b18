/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/check.h"

#define RP_CHECK(code) extern const rp_check rp_check_##code;
#include "checks/registry.inc"
#undef RP_CHECK

const rp_check *const rp_checks[] = {
#define RP_CHECK(code) &rp_check_##code,
#include "checks/registry.inc"
#undef RP_CHECK
};
const uint32_t rp_checks_count = RP_COUNT(rp_checks);
