/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Functions of x64 images that catch exceptions: the unwinder sets the instruction pointer in the
 * middle of them, so each of these places belongs into the table of exception continuation targets
 * (EHCONT). Sources: Microsoft "x64 exception handling" (UNWIND_INFO, C scope table); ehdata.h and
 * ehdata4_export.h of its C++ runtime (FuncInfo, FuncInfo4). */
#ifndef RP_OBJ_PE_HANDLERS_H
#define RP_OBJ_PE_HANDLERS_H

#include "obj/pe_load_config.h"

typedef struct {
    rp_tri known; /* UNKNOWN: not all of the exception directory could be read: `why` */
    const char *why;
    uint32_t catching; /* functions with __except or catch */
    uint32_t listed;   /* … in which the table names a place */
    uint32_t untold;   /* functions whose handler's data are of an unknown form */
    uint32_t unlisted; /* RVA of the first that is not listed, 0 without */
} rp_pe_handlers;

/* Holds the handlers against the table that the load configuration names. False: out of memory. */
RP_MUST_CHECK bool rp_pe_read_handlers(rp_image *img, const rp_pe_load_config *lc,
                                       rp_pe_handlers *ret);

#endif
