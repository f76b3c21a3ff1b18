/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Functions that were laid out in parts (BOLT's hot, warm and cold code; compilers' .cold): a
 * branch of one part leads into the middle of another. What the walk back could not decide in one
 * part, it decides in all of them together. */
#ifndef RP_ISA_PASS_PARTS_H
#define RP_ISA_PASS_PARTS_H

#include "isa/pass_worker.h"

/* Does the function begin in the middle of what the compiler made? By its frame, or by the name
 * that BOLT and compilers give to such parts. */
bool rp_parts_is_fragment(const rp_functions *all, const rp_function *f);

/* After the scan of a function: which others does it lead into the middle of? False when memory ran
 * out. */
RP_MUST_CHECK bool rp_parts_note(rp_pass_worker *w, uint32_t function);

/* After all functions were read: decides what is left of branches in functions of several parts.
 * `branches` are all workers', as rp_fn_code.sites counts them; `crossings` pairs of functions,
 * the first << 32 | the second. False when memory ran out. */
RP_MUST_CHECK bool rp_parts_join(rp_pass_worker *w, const uint64_t *crossings, uint32_t n,
                                 rp_branch *branches);

#endif
