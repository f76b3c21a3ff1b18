/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Call frame information of .eh_frame, in ELF and Mach-O: where functions begin and end (strip
 * keeps it), how they sign return addresses, and where the unwinder may enter them. Sources: LSB
 * "Exception Frames", DWARF 5 section 6.4, the Itanium C++ ABI's level II for language-specific
 * data. */
#ifndef RP_OBJ_UNWIND_H
#define RP_OBJ_UNWIND_H

#include "obj/image.h"

enum {                       /* rp_frame.flags */
       RP_FRAME_SIGNS = 1,   /* DW_CFA_AARCH64_negate_ra_state: the return address is signed */
       RP_FRAME_B_KEY = 2,   /* augmentation 'B': with the B key */
       RP_FRAME_SHADOW = 4,  /* restores x18 (or gp): a shadow call stack */
       RP_FRAME_SIGNAL = 8,  /* a signal trampoline */
       RP_FRAME_TAGGED = 16, /* augmentation 'G': MTE-tagged frame */
       RP_FRAME_INSIDE =
           32, /* its first instruction finds a frame made: no function begins there */
};

typedef struct {
    uint64_t start, end;  /* addresses */
    uint64_t at;          /* file offset of the FDE */
    uint64_t lsda;        /* address of language-specific data, 0 without */
    uint64_t personality; /* address of the personality routine, or of the slot that holds it; 0
                             without */
    uint8_t flags;
} rp_frame;

typedef struct {
    const rp_frame *items; /* by start address */
    uint32_t n;
    bool whole; /* false: .eh_frame was there and could not be read to its end (an anomaly says
                   where) */
} rp_frames;

/* Reads all frames into the image's arena. No frames is no error: n is 0. False only when memory
 * ran out. */
RP_MUST_CHECK bool rp_unwind_frames(rp_image *img, rp_frames *ret);

/* Calls in [start, end) may continue at `pad` when they unwind. */
typedef struct {
    uint64_t start, end, pad;
} rp_landing;

/* Landing pads of one frame, in the order of its call sites, into `arena`. n is 0 when there are
 * none or when the data is malformed. False only when memory ran out. */
RP_MUST_CHECK bool rp_unwind_landings(rp_image *img, const rp_frame *frame, rp_arena *arena,
                                      const rp_landing **ret, uint32_t *ret_n);

#endif
