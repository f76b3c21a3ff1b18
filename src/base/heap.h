/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef RP_BASE_HEAP_H
#define RP_BASE_HEAP_H

/* For programs that end when their work is done: freed memory stays with the process, up to 256
 * MiB, so that the next file's costs no page faults, and one heap serves all threads. Of the whole
 * process: not for a library. */
void rp_heap_hoard(void);

#endif
