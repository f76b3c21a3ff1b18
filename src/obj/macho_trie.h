/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The export trie: names by prefix. Each node: ULEB size of its export data, that data, a count of
 * children, and for each an edge's text and the child's offset. Source: mach-o/loader.h, dyld. */
#ifndef RP_OBJ_MACHO_TRIE_H
#define RP_OBJ_MACHO_TRIE_H

#include "obj/macho.h"

enum { /* EXPORT_SYMBOL_FLAGS_ */
       RP_TRIE_KIND = 0x03,
       RP_TRIE_THREAD_LOCAL = 0x01,
       RP_TRIE_REEXPORT = 0x08,
       RP_TRIE_RESOLVER = 0x10
};

typedef enum {
    RP_TRIE_WHOLE,
    RP_TRIE_BROKEN, /* an anomaly says where */
    RP_TRIE_STOPPED /* out of memory, or visit said stop */
} rp_trie_end;

/* An export: its address counts from the image's base. `name` lives in the image's arena. */
typedef bool (*rp_trie_fn)(void *user, rp_str name, uint64_t address, uint64_t flags, uint64_t at);

/* Each export once. Takes time in proportion to the trie's size whatever the bytes say. */
rp_trie_end rp_macho_trie_walk(rp_image *img, const rp_macho_range *range, rp_trie_fn visit,
                               void *user);

#endif
