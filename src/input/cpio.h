/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* cpio archives in the forms of cpio(5): "new" ASCII with and without checksums (what rpm and
 * initramfs use), old ASCII, binary in both byte orders. */
#ifndef RP_INPUT_CPIO_H
#define RP_INPUT_CPIO_H

#include "input/members.h"
#include "input/unpack.h"

typedef struct {
    rp_unpack *from;
    rp_arena names;
    uint64_t left;    /* bytes of the current member that were not read */
    unsigned padding; /* behind them */
    bool ended;
} rp_cpio;

/* Two bytes of magic are not much: whether a binary header may follow them. */
bool rp_cpio_binary(rp_bytes head);

extern const rp_format_reader rp_cpio_reader; /* self: rp_cpio with `from` set */
void rp_cpio_free(rp_cpio *c);

#endif
