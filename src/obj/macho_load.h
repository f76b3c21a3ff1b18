/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the files that read load commands share. Not for other rooms. */
#ifndef RP_OBJ_MACHO_LOAD_H
#define RP_OBJ_MACHO_LOAD_H

#include "obj/macho.h"

typedef struct {
    rp_image *img;
    rp_macho *m;
    RP_VEC(rp_segment) segments;
    RP_VEC(uint32_t) segment_flags;
    RP_VEC(rp_section) sections;
    RP_VEC(rp_str) libraries;
    RP_VEC(rp_macho_dylib) dylibs;
    RP_VEC(rp_macho_text) rpaths;
    RP_VEC(rp_macho_text) environment;
    bool out_of_memory;
} rp_macho_load;

/* `r` reads one command, from its first byte on. A command that is too short leaves it bad. */
void rp_macho_load_segment(rp_macho_load *l, rp_reader *r, bool wide);
/* Any other command; unknown ones are passed over. */
void rp_macho_load_other(rp_macho_load *l, rp_reader *r, uint32_t command);

#endif
