/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

rp_code rp_fail(rp_error *err, rp_code code, uint64_t offset, const char *format, ...)
{
    if (err == NULL || err->code != RP_OK)
        return code;
    err->code = code;
    err->offset = offset;
    va_list ap;
    va_start(ap, format);
    (void)vsnprintf(err->text, sizeof err->text, format, ap);
    va_end(ap);
    return code;
}

rp_code rp_fail_memory(rp_error *err)
{
    return rp_fail(err, RP_E_MEMORY, RP_NOWHERE, "out of memory, or over the memory limit");
}
