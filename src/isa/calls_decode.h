/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Targets in one function's code, between the files of isa/calls only. */
#ifndef RP_ISA_CALLS_DECODE_H
#define RP_ISA_CALLS_DECODE_H

#include "base/base.h"
#include "obj/image.h"

typedef enum {
    RP_TARGET_CALL,    /* called or jumped to */
    RP_TARGET_SLOT,    /* through a word of data at this address */
    RP_TARGET_ADDRESS, /* this address is formed */
    RP_TARGET_PAGE,    /* this address is formed, mostly as the base of others */
    RP_TARGET_LOAD     /* a word of data at this address is loaded */
} rp_target_kind;

/* from: address of the instruction that names it */
typedef void (*rp_target_fn)(void *user, rp_target_kind kind, uint64_t addr, uint64_t from);

/* Calls give for each target in the code at `addr`. Linear: what is no instruction is stepped over.
 */
typedef void (*rp_targets_fn)(rp_bytes code, uint64_t addr, rp_target_fn give, void *user);

/* NULL: this machine's code is not read. */
rp_targets_fn rp_targets_of(const rp_image *img, bool thumb);

#endif
