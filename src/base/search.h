/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Binary search in what is sorted, by any condition. */
#ifndef RP_BASE_SEARCH_H
#define RP_BASE_SEARCH_H

/* How many of the first n items are `before`: the index of the first one that is not, n where all
 * are. `i` is an unsigned variable for it, and the item's index in the condition:
 *     RP_SEARCH(i, places->n, places->items[i].addr < addr);
 */
#define RP_SEARCH(i, n, before)                                                                    \
    do {                                                                                           \
        __typeof__(i) rp_from = 0, rp_behind = (n);                                                \
        while (rp_from < rp_behind) {                                                              \
            (i) = rp_from + (rp_behind - rp_from) / 2;                                             \
            if (before)                                                                            \
                rp_from = (i) + 1;                                                                 \
            else                                                                                   \
                rp_behind = (i);                                                                   \
        }                                                                                          \
        (i) = rp_from;                                                                             \
    } while (0)

#endif
