/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/fat.h"

#include "base/limits.h"

#define FAT_MAGIC_32 0xcafebabeu
#define FAT_MAGIC_64 0xcafebabfu
enum { HEADER = 8, RECORD_32 = 20, RECORD_64 = 32 };
/* The first major version of a Java class file (JVMS 4.1). The minor version before it is zero in
 * nearly all, so that the field reads as a count of at least this. */
enum { JAVA_FIRST_MAJOR = 45 };
enum { MAX_ALIGN_SHIFT = 20 }; /* far above the 2^14 of arm64 pages */

static const struct {
    uint32_t cputype, cpusubtype;
    const char *name;
} arch_names[] = {
    {7, 3, "i386"},
    {0x01000007, 3, "x86_64"},
    {0x01000007, 8, "x86_64h"},
    {12, 5, "armv4t"},
    {12, 6, "armv6"},
    {12, 7, "armv5e"},
    {12, 9, "armv7"},
    {12, 11, "armv7s"},
    {12, 12, "armv7k"},
    {12, 14, "armv6m"},
    {12, 15, "armv7m"},
    {12, 16, "armv7em"},
    {0x0100000c, 0, "arm64"},
    {0x0100000c, 1, "arm64v8"},
    {0x0100000c, 2, "arm64e"},
    {0x0200000c, 0, "arm64_32"},
    {0x0200000c, 1, "arm64_32"},
    {18, 0, "ppc"},
    {18, 100, "ppc970"},
    {0x01000012, 0, "ppc64"},
};

const char *rp_fat_arch_name(uint32_t cputype, uint32_t cpusubtype)
{
    for (size_t i = 0; i < RP_COUNT(arch_names); i++)
        if (arch_names[i].cputype == cputype &&
            arch_names[i].cpusubtype == (cpusubtype & 0x00ffffffu))
            return arch_names[i].name;
    return NULL;
}

static bool known_cputype(uint32_t cputype)
{
    for (size_t i = 0; i < RP_COUNT(arch_names); i++)
        if (arch_names[i].cputype == cputype)
            return true;
    return false;
}

bool rp_fat_identify(rp_bytes head, uint64_t size)
{
    rp_reader r = rp_reader_of(head, 0, true);
    uint32_t magic = rp_u32(&r);
    uint32_t n = rp_u32(&r);
    if (r.bad || size < HEADER || (magic != FAT_MAGIC_32 && magic != FAT_MAGIC_64))
        return false;
    if (magic == FAT_MAGIC_64 || n < JAVA_FIRST_MAJOR)
        return true;
    uint32_t cputype = rp_u32(&r);
    return !r.bad && known_cputype(cputype);
}

static bool overlap(const rp_fat_slice *a, const rp_fat_slice *b)
{
    /* both lie inside the file, so that the sums cannot wrap */
    return a->offset < b->offset + b->size && b->offset < a->offset + a->size;
}

static bool same_arch(const rp_fat_slice *a, const rp_fat_slice *b)
{
    return a->cputype == b->cputype &&
           (a->cpusubtype & 0x00ffffffu) == (b->cpusubtype & 0x00ffffffu);
}

/* What is wrong with slice i, seen from those before it. */
static const char *oddness(const rp_fat_slice *slices, uint32_t i, uint64_t table_end,
                           uint32_t align)
{
    const rp_fat_slice *s = &slices[i];
    if (s->outside)
        return "the slice lies outside the file";
    if (s->size == 0)
        return "the slice is empty";
    if (s->offset < table_end)
        return "the slice overlaps the fat table";
    for (uint32_t k = 0; k < i; k++)
        if (!slices[k].outside && overlap(s, &slices[k]))
            return "the slice overlaps another slice";
    for (uint32_t k = 0; k < i; k++)
        if (same_arch(s, &slices[k]))
            return "a second slice of the same architecture";
    if (align > MAX_ALIGN_SHIFT || s->offset % (UINT64_C(1) << align) != 0)
        return "the slice does not start where its alignment asks for";
    return NULL;
}

static rp_str slice_name(rp_arena *arena, const rp_fat_slice *slices, uint32_t i)
{
    const rp_fat_slice *s = &slices[i];
    const char *known = rp_fat_arch_name(s->cputype, s->cpusubtype);
    uint32_t twins = 0;
    for (uint32_t k = 0; k < i; k++)
        twins += same_arch(s, &slices[k]);
    if (known != NULL && twins == 0)
        return rp_str_from(known);
    rp_str base = known ? rp_str_from(known)
                        : rp_arena_printf(arena, "cpu %u subtype %u", s->cputype,
                                          s->cpusubtype & 0x00ffffffu);
    if (base.ptr == NULL || twins == 0)
        return base;
    return rp_arena_printf(arena, "%s (%u)", base.ptr, twins + 1);
}

static rp_code read_record(rp_reader *r, bool wide, uint64_t size, rp_arena *arena,
                           rp_fat_slice *slices, uint32_t i, uint64_t table_end)
{
    unsigned w = wide ? 8 : 4;
    rp_fat_slice *s = &slices[i];
    s->at = rp_at(r);
    s->cputype = rp_u32(r);
    s->cpusubtype = rp_u32(r);
    s->offset = rp_uint(r, w);
    s->size = rp_uint(r, w);
    uint32_t align = rp_u32(r);
    if (wide)
        (void)rp_u32(r); /* reserved */
    s->outside = s->offset > size || s->size > size - s->offset;
    s->odd = oddness(slices, i, table_end, align);
    s->name = slice_name(arena, slices, i);
    return s->name.ptr ? RP_OK : RP_E_MEMORY;
}

rp_code rp_fat_slices(rp_source *src, rp_arena *arena, const rp_fat_slice **ret, uint32_t *ret_n,
                      rp_error *err)
{
    rp_reader r;
    if (!rp_source_reader(src, 0, HEADER, true, &r))
        return rp_fail(err, RP_E_FORMAT, 0, "the fat header is cut short");
    bool wide = rp_u32(&r) == FAT_MAGIC_64;
    uint32_t n = rp_u32(&r);
    if (n == 0)
        return rp_fail(err, RP_E_FORMAT, 4, "the fat header names no slices");
    if (n > RP_MAX_FAT_SLICES)
        return rp_fail(err, RP_E_LIMIT, 4, "the fat header names %u slices, more than %u", n,
                       RP_MAX_FAT_SLICES);
    uint64_t len = (uint64_t)n * (wide ? RECORD_64 : RECORD_32);
    if (!rp_source_reader(src, HEADER, len, true, &r))
        return rp_fail(err, RP_E_FORMAT, HEADER, "the fat table of %u slices is cut short", n);
    rp_fat_slice *slices = rp_new(arena, n, rp_fat_slice);
    if (slices == NULL)
        return rp_fail_memory(err);
    for (uint32_t i = 0; i < n; i++)
        if (read_record(&r, wide, src->size, arena, slices, i, HEADER + len) != RP_OK)
            return rp_fail_memory(err);
    *ret = slices;
    *ret_n = n;
    return RP_OK;
}
