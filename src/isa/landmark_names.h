/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Names that mean something to the scanners: the C runtime's, the compilers' helpers, and the panic
 * entry points of Rust's core in both mangling schemes. */
#ifndef RP_ISA_LANDMARK_NAMES_H
#define RP_ISA_LANDMARK_NAMES_H

#include "isa/code.h"

/* What a function or datum of that name is; RP_LM_NONE for any other. Symbol names as ELF has them
 * (Mach-O: without the leading underscore). `unsafe_preconditions`: the artefact holds the text of
 * core's unsafe precondition checks, so that panic_nounwind is what they end in. */
rp_landmark_id rp_landmark_of_name(rp_str name, bool unsafe_preconditions);

#endif
