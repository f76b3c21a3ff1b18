/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What holds of every scanner whatever the bytes are. */
#ifndef RP_FUZZ_SCAN_FUZZ_H
#define RP_FUZZ_SCAN_FUZZ_H

#include "isa/code.h"
#include "require.h"

#include <stdlib.h>
#include <string.h>

typedef void scan_function(rp_code_sink *sink, const rp_code_range *range, rp_fn_code *ret);

static inline void scan_any(const uint8_t *data, size_t size, scan_function *scan)
{
    static const rp_segment read_only = {.addr = 0x20000, .size = 0x1000};
    rp_arena arena = {.limit = 16u << 20};
    rp_code_sink sink = {.arena = &arena,
                         .guard_size = 4096,
                         .text_low = 0x10000,
                         .fn_low = 0x10000,
                         .text_high = 0x20000,
                         .fn_high = 0x20000,
                         .read_only = &read_only,
                         .nread_only = 1};
    for (uint32_t i = 1; i < RP_LM_COUNT; i++) {
        rp_landmark l = {0x10000 + 64 * (uint64_t)i, (rp_landmark_id)i, i};
        if (!rp_landmarks_add(&arena, &sink.landmarks, l))
            break;
    }
    rp_code_range range = {.start = 0x10000, .bytes = {data, size}, .index = 5};
    rp_fn_code fn;
    memset(&fn, 0xff, sizeof fn);
    scan(&sink, &range, &fn);
    REQUIRE(sink.bytes == size && sink.instructions <= size / 2);
    REQUIRE(sink.bad_bytes <= size + 4);
    REQUIRE(fn.nsites == (sink.branches.n > UINT16_MAX ? UINT16_MAX : sink.branches.n));
    REQUIRE(fn.frame == 0 || (fn.flags & RP_FN_FRAME) != 0);
    REQUIRE((fn.flags & RP_FN_UNPROBED) == 0 || fn.step > 4096);
    REQUIRE(sink.file_votes.n % 2 == 0 || sink.out_of_memory);
    for (uint32_t i = 0; i < sink.branches.n; i++) {
        const rp_branch *b = &sink.branches.items[i];
        REQUIRE(b->fn == 5 && b->addr >= range.start && b->addr - range.start < size);
        REQUIRE(i == 0 || sink.branches.items[i - 1].addr < b->addr);
        REQUIRE((b->edge == RP_EDGE_GUARDED) == (b->guard != RP_GUARD_NONE));
        REQUIRE((b->edge == RP_EDGE_NOT_ATTACKABLE) == (b->reason != RP_WHY_NONE));
    }
    rp_arena_free(&arena);
}

#endif
