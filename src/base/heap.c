/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "base/heap.h"

#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

void rp_heap_hoard(void)
{
#ifdef __GLIBC__
    (void)mallopt(M_TRIM_THRESHOLD, 256 << 20);
    (void)mallopt(M_MMAP_THRESHOLD, 32 << 20); /* the most that it takes */
    /* arenas ask for blocks, so seldom that threads need no heaps of their own: what one gives back
     * is for all */
    (void)mallopt(M_ARENA_MAX, 1);
#endif
}
