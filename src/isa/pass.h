/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* One pass over all functions of an artefact: the architecture's scanner reads each, and those with
 * undecided indirect branches are lifted and followed at once, while their bytes are at hand. */
#ifndef RP_ISA_PASS_H
#define RP_ISA_PASS_H

#include "isa/code.h"
#include "obj/functions.h"

typedef struct {
    const rp_fn_code *fns; /* parallel to functions->items; zero where `scanned` is not set */
    const uint8_t *scanned;
    const rp_branch *branches; /* by function, then address */
    uint32_t nbranches;
    const uint32_t *file_votes; /* pairs: function, source file of a panic location that it names */
    uint32_t nfile_votes;
    const rp_location_use *uses; /* by source file of a panic location … */
    uint32_t nuses;              /* … up to the last that code names */
    uint64_t instructions, bytes, bad_bytes;
    uint32_t nscanned;     /* functions that were read … */
    uint32_t nmissing;     /* … and those whose bytes the file does not have */
    uint32_t set_aside[8]; /* branches not recorded, by rp_edge_reason */
} rp_pass;

/* Whether there is a decoder for this machine's code. */
bool rp_pass_supports(const rp_image *img);

/* Reads the code into the image's arena. Linkers' stubs are not read. Each byte is decoded at most
 * once whatever the functions' bounds say, and once more if it needs following. False only when
 * memory ran out. */
RP_MUST_CHECK bool rp_pass_run(rp_image *img, const rp_functions *functions, const rp_code_map *map,
                               rp_pass *ret);

#endif
