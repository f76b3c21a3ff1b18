/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Functions of Microsoft's C runtime (vcruntime, ucrt, start-up code) in images that have no names
 * for them: by a hash of their code without addresses. The table holds what is the same in programs
 * of other origin and language: tools/gen_msvc_runtime.py. What it does not know (other versions of
 * the runtime) stays of unknown origin. */
#ifndef RP_ORIGIN_RUNTIME_CODE_H
#define RP_ORIGIN_RUNTIME_CODE_H

#include "obj/image.h"

/* FNV-1a over instructions of x86-64, x86 or AArch64, without what a linker fills in: displacements
 * from the instruction pointer, of calls and of long jumps; in x86 words that are addresses of the
 * image, low to high; in AArch64 pages and what is added to them. 0 for what is too short to tell
 * anything (8 instructions, 24 bytes), too long or does not decode, and for other machines. */
typedef struct {
    rp_arch arch;
    uint64_t low, high;
} rp_code_home;

rp_code_home rp_code_home_of(const rp_image *img); /* of an image for Windows */
uint64_t rp_code_shape(rp_bytes code, rp_code_home home);
bool rp_is_msvc_runtime(rp_arch arch, uint64_t shape);

#endif
