/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Helpers of Windows' C runtimes, known by their first instructions: they have no other name in a
 * stripped image. */
#ifndef RP_ISA_RUNTIME_SHAPES_H
#define RP_ISA_RUNTIME_SHAPES_H

#include "isa/code.h"

/* RP_LM_CHKSTK: touches the pages below the stack pointer. RP_LM_STACK_CHK_FAIL: compares a
 * register with the security cookie at address `cookie` (0: there is none) before anything else.
 * `bytes`: the function's, which starts at `addr`. RP_LM_NONE for any other. */
rp_landmark_id rp_runtime_shape(rp_arch arch, uint64_t addr, rp_bytes bytes, uint64_t cookie);

/* The slot that an import thunk jumps through; false when `bytes` do not begin with one. */
bool rp_runtime_thunk(rp_arch arch, uint64_t addr, rp_bytes bytes, uint64_t *ret);

#endif
