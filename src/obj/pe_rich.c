/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The Rich header: which tools made the objects of a link by Microsoft's linker. Undocumented; the
 * layout has been stable since Visual Studio 97: "DanS" and three zeros, pairs of (tool, objects),
 * all XORed with a key, then "Rich" and the key. The key is a checksum of the DOS header, the stub
 * and the pairs. */
#include "obj/pe_parts.h"

enum { DOS_HEADER = 64, LFANEW_AT = 0x3c, LONGEST_STUB = 4096 };

static const uint32_t dans = 0x536e6144, rich = 0x68636952;

static uint32_t rotate(uint32_t value, uint32_t by)
{
    by &= 31;
    return by == 0 ? value : value << by | value >> (32 - by);
}

static uint32_t word_at(rp_reader *r, size_t at)
{
    rp_seek(r, at);
    return rp_u32(r);
}

/* The DOS header is summed as if e_lfanew were 0: the linker does not know it yet. */
static uint32_t stub_sum(rp_bytes stub, size_t len)
{
    uint32_t sum = (uint32_t)len;
    for (size_t i = 0; i < len; i++)
        if (i < LFANEW_AT || i >= LFANEW_AT + 4)
            sum += rotate(stub.ptr[i], (uint32_t)i);
    return sum;
}

/* Positions of "Rich" and of "DanS" in the stub; false when either is missing. */
static bool find_marks(rp_reader *r, size_t *ret_start, size_t *ret_end, uint32_t *ret_key)
{
    size_t end = DOS_HEADER;
    while (end + 8 <= r->buf.len && word_at(r, end) != rich)
        end += 4;
    if (end + 8 > r->buf.len)
        return false;
    uint32_t key = word_at(r, end + 4);
    size_t start = end;
    while (start > DOS_HEADER) {
        start -= 4;
        if (word_at(r, start) == (dans ^ key)) {
            *ret_start = start;
            *ret_end = end;
            *ret_key = key;
            return true;
        }
    }
    return false;
}

rp_pe_found rp_pe_read_rich(rp_image *img, const rp_pe_rich_entry **ret, uint32_t *ret_n)
{
    *ret = NULL;
    *ret_n = 0;
    uint64_t stub = img->pe->header_at < LONGEST_STUB ? img->pe->header_at : LONGEST_STUB;
    size_t start, end;
    uint32_t key;
    rp_reader r;
    if (!rp_pe_file_reader(img, 0, stub, &r))
        return (rp_pe_found){RP_UNKNOWN, 0, "the DOS stub cannot be read"};
    if (!find_marks(&r, &start, &end, &key) || end - start < 16)
        return (rp_pe_found){RP_NO, RP_NOWHERE, NULL};
    uint32_t n = (uint32_t)((end - start - 16) / 8);
    rp_pe_rich_entry *entries = rp_new(img->arena, n, rp_pe_rich_entry);
    if (entries == NULL)
        return (rp_pe_found){RP_UNKNOWN, start, "out of memory"};
    uint32_t sum = stub_sum(r.buf, start);
    rp_seek(&r, start + 16);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t tool = rp_u32(&r) ^ key, objects = rp_u32(&r) ^ key;
        entries[i] = (rp_pe_rich_entry){(uint16_t)(tool >> 16), (uint16_t)tool, objects};
        sum += rotate(tool, objects);
    }
    *ret = entries;
    *ret_n = n;
    return (rp_pe_found){sum == key ? RP_YES : RP_NO, start, NULL};
}

/* Product numbers as Visual Studio 2015 and later write them; older ones keep the kinds at other
 * numbers. */
const char *rp_pe_rich_product(uint16_t product)
{
    static const struct {
        uint16_t product;
        const char *name;
    } products[] = {
        {0x00, "unmarked"},    {0x01, "imports"},      {0xff, "resources"},  {0x100, "exports"},
        {0x101, "import lib"}, {0x102, "linker"},      {0x103, "MASM"},      {0x104, "C"},
        {0x105, "C++"},        {0x106, "C (CIL)"},     {0x107, "C++ (CIL)"}, {0x108, "C (LTCG)"},
        {0x109, "C++ (LTCG)"}, {0x10a, "MSIL (LTCG)"}, {0x10d, "C (PGO)"},   {0x10e, "C++ (PGO)"},
    };
    for (size_t i = 0; i < RP_COUNT(products); i++)
        if (products[i].product == product)
            return products[i].name;
    return "tool";
}
