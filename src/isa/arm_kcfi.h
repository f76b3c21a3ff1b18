/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* KCFI's check in A32 and T32 code, which stands right before the call or jump that it guards. */
#ifndef RP_ISA_ARM_KCFI_H
#define RP_ISA_ARM_KCFI_H

#include "base/base.h"

/* Is the call through register `target` at offset `at` of the code behind such a check of it? */
bool rp_arm_kcfi(rp_bytes code, size_t at, bool thumb, unsigned target);

#endif
