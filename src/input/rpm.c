/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "input/rpm.h"

enum { LEAD = 96, INTRO = 16, INDEX = 16 };

/* A header: magic, version, four reserved bytes, number of index records of 16 bytes, bytes of
 * data. Its end goes to *pos. */
static bool pass_header(const rp_source *src, uint64_t *pos)
{
    uint8_t bytes[INTRO];
    size_t n = rp_source_copy(src, *pos, bytes, sizeof bytes);
    rp_reader r = rp_reader_of((rp_bytes){bytes, n}, *pos, true);
    uint32_t magic = rp_u32(&r) >> 8; /* and the version */
    rp_skip_bytes(&r, 4);
    uint64_t records = rp_u32(&r), data = rp_u32(&r);
    if (r.bad || magic != 0x8eade8)
        return false;
    *pos += INTRO + records * INDEX + data;
    return *pos <= src->size;
}

rp_code rp_rpm_payload(const rp_source *src, rp_source *ret, rp_error *err)
{
    uint64_t pos = LEAD;
    bool good = pass_header(src, &pos);
    pos = (pos + 7) / 8 * 8; /* the signature is padded */
    if (!good || !pass_header(src, &pos) || !rp_source_slice(src, pos, src->size - pos, ret))
        return rp_fail(err, RP_E_FORMAT, pos, "rpm: damaged or truncated: its headers do not fit");
    return RP_OK;
}
