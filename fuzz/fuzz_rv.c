/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Any bytes as code: the scan ends, and what it says agrees with itself. */
#include "isa/rv_scan.h"
#include "scan_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void narrow(rp_code_sink *sink, const rp_code_range *range, rp_fn_code *ret)
{
    rp_rv_scan(sink, range, false, ret);
}

static void wide(rp_code_sink *sink, const rp_code_range *range, rp_fn_code *ret)
{
    rp_rv_scan(sink, range, true, ret);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    scan_any(data, size, narrow);
    scan_any(data, size, wide);
    return 0;
}
