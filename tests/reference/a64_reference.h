/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef A64_REFERENCE_H
#define A64_REFERENCE_H

#include "isa/code.h"

void a64_reference(rp_code_sink *sink, const rp_code_range *range, rp_fn_code *ret);

#endif
