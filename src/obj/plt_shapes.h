/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Procedure linkage tables by their instructions: what tells them from functions where no section
 * header does. */
#ifndef RP_OBJ_PLT_SHAPES_H
#define RP_OBJ_PLT_SHAPES_H

#include "obj/image.h"

enum { RP_PLT_SHAPE_BYTES = 24 };

/* Does code begin as a linker's table does: its head, or one of its entries? `code`: its first
 * bytes, RP_PLT_SHAPE_BYTES are enough; `size`: of all of it, since x86's entries are told from a
 * function that jumps on by their padding. */
bool rp_plt_shape(rp_arch arch, rp_bytes code, uint64_t size);

#endif
