/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Any bytes as code: the scan ends, and what it says agrees with itself. */
#include "isa/a64_lift.h"
#include "isa/a64_scan.h"
#include "scan_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    rp_code_range range = {.start = 0x10000, .bytes = {data, size}};
    rp_arena arena = {.limit = 64u << 20};
    rp_ops ops = {0};
    if (rp_a64_lift(&arena, &range, &ops))
        REQUIRE(ops.n <= 4 * (size / 4) && ops.end == range.start + size);
    rp_arena_free(&arena);
    scan_any(data, size, rp_a64_scan);
    return 0;
}
