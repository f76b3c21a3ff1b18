/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Functions of Microsoft's C runtime (vcruntime, ucrt, start-up code) in images that have no names
 * for them: by a hash of their code without addresses. The table holds what is the same in programs
 * of other origin and language: tools/gen_msvc_runtime.py. What it does not know (other versions of
 * the runtime) stays of unknown origin. */
#ifndef RP_ORIGIN_RUNTIME_CODE_H
#define RP_ORIGIN_RUNTIME_CODE_H

#include "base/base.h"

/* FNV-1a over x86-64 instructions, without what a linker fills in: displacements from rip, of calls
 * and of long jumps. 0 for what is too short to tell anything (8 instructions, 24 bytes), too long
 * or does not decode. */
uint64_t rp_code_shape(rp_bytes code);
bool rp_is_msvc_runtime(uint64_t shape);

#endif
