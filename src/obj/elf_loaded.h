/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Code as the dynamic linker leaves it. Text relocations change instructions: before they are
 * applied, a call of another file's function leads into the middle of nowhere, mostly right behind
 * itself. */
#ifndef RP_OBJ_ELF_LOADED_H
#define RP_OBJ_ELF_LOADED_H

#include "obj/image.h"

typedef struct rp_loaded {
    uint64_t externs; /* from here on lie symbols of other files, one place each: undefined dynamic
                         symbols have it as their addr; UINT64_MAX: none */
    bool whole;       /* false: relocations of the code were not understood or not applied */
} rp_loaded;

/* *ret: the image itself when nothing relocates its code; else a copy with a source of its own,
 * whose code is relocated (img->loaded tells what else). Addresses and file offsets stay as they
 * are. Lives in the image's arena. False only when memory ran out. */
RP_MUST_CHECK bool rp_load_code(rp_image *img, rp_image **ret);

#endif
