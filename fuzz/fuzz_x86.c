/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Random bytes as a function of 64-bit or 32-bit code: lengths add up, branches lie inside the
 * function and ascend, what is decided says why, and following ends in bounded time. */
#include "isa/x86_insn.h"
#include "isa/x86_lift.h"
#include "isa/x86_scan.h"
#include "require.h"

enum { START = 0x401000, LARGEST = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void lengths(rp_bytes b, bool mode64)
{
    for (size_t at = 0; at < b.len;) {
        rp_x86_insn i = rp_x86_decode(b.ptr + at, b.len - at, mode64);
        REQUIRE(i.len <= 15 && i.len <= b.len - at);
        REQUIRE(i.len == 0 || (i.imm <= i.len && i.modrm < i.len));
        at += i.len != 0 ? i.len : 1;
    }
}

static void judged(const rp_branch *b, const rp_code_range *range)
{
    REQUIRE(b->addr >= range->start && b->addr - range->start < range->bytes.len);
    bool guarded = b->edge == RP_EDGE_GUARDED || b->edge == RP_EDGE_GUARDED_SPILLED;
    REQUIRE(guarded == (b->guard != RP_GUARD_NONE));
    REQUIRE((b->edge == RP_EDGE_NOT_ATTACKABLE) == (b->reason != RP_WHY_NONE));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > LARGEST)
        return 0;
    rp_arena arena = {0}, scratch = {.limit = 256u << 20};
    rp_segment read_only = {.addr = START, .size = size};
    bool mode64 = (data[0] & 1u) != 0;
    rp_code_range range = {.start = START, .bytes = {data + 1, size - 1}};
    rp_code_sink sink = {.arena = &arena,
                         .text_low = START,
                         .text_high = START + size,
                         .read_only = &read_only,
                         .nread_only = 1,
                         .guard_size = 4096};
    rp_flow_env env = {.landmarks = &sink.landmarks,
                       .text_low = START,
                       .text_high = START + size,
                       .read_only = &read_only,
                       .nread_only = 1,
                       .scratch = &scratch};
    rp_fn_code fn;
    rp_ops ops;
    rp_x86_flow_env(&env, mode64, (data[0] & 2u) != 0);
    lengths(range.bytes, mode64);
    rp_x86_scan(&sink, &range, mode64, &fn);
    REQUIRE(!sink.out_of_memory && sink.bytes == range.bytes.len);
    REQUIRE(sink.branches.n >= fn.nsites);
    if (rp_x86_lift(&scratch, &range, mode64, &ops))
        (void)!rp_flow_decide(&env, &ops, sink.branches.items + fn.sites, fn.nsites);
    for (uint32_t i = 0; i < sink.branches.n; i++) {
        judged(&sink.branches.items[i], &range);
        REQUIRE(i == 0 || sink.branches.items[i - 1].addr < sink.branches.items[i].addr);
    }
    rp_arena_free(&arena);
    rp_arena_free(&scratch);
    return 0;
}
