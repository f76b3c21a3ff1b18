/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Any bytes as code: the scan ends, and what it says agrees with itself. */
#include "isa/t32_scan.h"
#include "scan_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void thumb(rp_code_sink *sink, const rp_code_range *range, rp_fn_code *ret)
{
    rp_t32_scan(sink, range, true, ret);
}

static void arm(rp_code_sink *sink, const rp_code_range *range, rp_fn_code *ret)
{
    rp_t32_scan(sink, range, false, ret);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    scan_any(data, size, thumb);
    scan_any(data, size, arm);
    return 0;
}
