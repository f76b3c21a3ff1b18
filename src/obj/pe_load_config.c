/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/pe_load_config.h"

#include "base/limits.h"

enum { POINTER = 0, OLD_X86_SIZE = 0x40 };

/* Offsets of the fields in the 32-bit and the 64-bit structure; width 0 is a pointer's. */
static const struct {
    uint16_t at32, at64;
    uint8_t width;
} fields[RP_LC_FIELDS] = {
    [RP_LC_SECURITY_COOKIE] = {0x3c, 0x58, POINTER},
    [RP_LC_SE_HANDLER_TABLE] = {0x40, 0x60, POINTER},
    [RP_LC_SE_HANDLER_COUNT] = {0x44, 0x68, POINTER},
    [RP_LC_CF_CHECK] = {0x48, 0x70, POINTER},
    [RP_LC_CF_DISPATCH] = {0x4c, 0x78, POINTER},
    [RP_LC_CF_TABLE] = {0x50, 0x80, POINTER},
    [RP_LC_CF_COUNT] = {0x54, 0x88, POINTER},
    [RP_LC_GUARD_FLAGS] = {0x58, 0x90, 4},
    [RP_LC_IAT_TABLE] = {0x68, 0xa0, POINTER},
    [RP_LC_IAT_COUNT] = {0x6c, 0xa8, POINTER},
    [RP_LC_LONGJMP_TABLE] = {0x70, 0xb0, POINTER},
    [RP_LC_LONGJMP_COUNT] = {0x74, 0xb8, POINTER},
    [RP_LC_CHPE_METADATA] = {0x7c, 0xc8, POINTER},
    [RP_LC_EHCONT_TABLE] = {0xa4, 0x108, POINTER},
    [RP_LC_EHCONT_COUNT] = {0xa8, 0x110, POINTER},
    [RP_LC_XFG_CHECK] = {0xac, 0x118, POINTER},
    [RP_LC_XFG_DISPATCH] = {0xb0, 0x120, POINTER},
    [RP_LC_XFG_TABLE_DISPATCH] = {0xb4, 0x128, POINTER},
    [RP_LC_CASTGUARD] = {0xb8, 0x130, POINTER},
    [RP_LC_MEMCPY] = {0xbc, 0x138, POINTER},
};

/* The loader takes the structure's own Size. The directory's size counts too, except that linkers
 * write 0x40 for every 32-bit x86 image, because Windows XP compared it with that. */
static uint32_t usable_size(rp_image *img, uint32_t size_field, uint64_t at)
{
    const rp_pe_dir *dir = &img->pe->dir[RP_PE_DIR_LOAD_CONFIG];
    uint64_t size = size_field;
    bool fixed_size = img->pe->machine == RP_PE_I386 && dir->size == OLD_X86_SIZE;
    if (!fixed_size && dir->size < size)
        size = dir->size;
    uint64_t room = rp_pe_room(img, dir->rva);
    if (room < size) {
        rp_image_odd(img, at, "the load configuration is cut short: %u bytes are announced",
                     size_field);
        size = room;
    }
    return (uint32_t)size;
}

static void read_fields(rp_image *img, rp_pe_load_config *lc)
{
    bool wide = img->pe->pe32_plus;
    rp_reader r;
    if (!rp_pe_file_reader(img, lc->at, lc->size, &r)) {
        lc->present = RP_UNKNOWN;
        lc->why = "the load configuration cannot be read";
        return;
    }
    for (unsigned i = 0; i < RP_LC_FIELDS; i++) {
        unsigned at = wide ? fields[i].at64 : fields[i].at32;
        unsigned width = fields[i].width != POINTER ? fields[i].width : wide ? 8 : 4;
        if (at + width > lc->size)
            continue;
        rp_seek(&r, at);
        lc->field[i].there = true;
        lc->field[i].at = rp_at(&r);
        lc->field[i].value = rp_uint(&r, width);
    }
}

void rp_pe_read_load_config(rp_image *img, rp_pe_load_config *ret)
{
    const rp_pe_dir *dir = &img->pe->dir[RP_PE_DIR_LOAD_CONFIG];
    *ret = (rp_pe_load_config){.present = RP_NO, .at = dir->at ? dir->at : RP_NOWHERE};
    ret->why = rp_pe_why_unknown(img, RP_PE_DIR_LOAD_CONFIG);
    if (ret->why == NULL && (dir->rva == 0 || dir->size == 0))
        return;
    ret->present = RP_UNKNOWN;
    if (ret->why != NULL)
        return;
    rp_reader r;
    if (!rp_pe_reader(img, dir->rva, 4, &r)) {
        rp_image_odd(img, dir->at, "the load configuration lies outside the image");
        ret->why = "the load configuration lies outside the image";
        return;
    }
    ret->at = rp_at(&r);
    ret->addr = img->pe->image_base + dir->rva;
    uint32_t size = rp_u32(&r);
    if (size == 0) {
        rp_image_odd(img, ret->at, "the load configuration's Size field is 0");
        ret->why = "the load configuration's Size field is 0";
        return;
    }
    ret->size = usable_size(img, size, ret->at);
    ret->present = RP_YES;
    read_fields(img, ret);
}

/* Entries must ascend and lie in executable sections: the loader turns them into bits of a map. */
static void check_entries(rp_image *img, rp_reader *r, uint32_t extra, rp_pe_guard_table *ret)
{
    uint32_t last = 0;
    for (uint32_t i = 0; i < ret->count; i++) {
        uint64_t at = rp_at(r);
        uint32_t rva = rp_u32(r);
        rp_skip_bytes(r, extra);
        const rp_pe_span *span = rp_pe_span_of(img, rva);
        bool executable = span != NULL && (span->perm & RP_X) != 0;
        if (executable && (i == 0 || rva > last)) {
            last = rva;
            continue;
        }
        ret->ok = RP_NO;
        ret->at = at;
        ret->why = executable ? "a guard table is not sorted"
                              : "a guard table names a place that is not executable";
        rp_image_odd(img, at, "%s", ret->why);
        return;
    }
}

void rp_pe_read_guard_table(rp_image *img, const rp_pe_load_config *lc, rp_lc_field table,
                            rp_lc_field count, rp_pe_guard_table *ret)
{
    *ret = (rp_pe_guard_table){.at = RP_NOWHERE};
    uint64_t va = lc->field[table].value, n = lc->field[count].value;
    if (!lc->field[table].there || !lc->field[count].there || va == 0 || n == 0)
        return;
    uint32_t extra = (uint32_t)lc->field[RP_LC_GUARD_FLAGS].value >> RP_GUARD_STRIDE_SHIFT;
    uint32_t rva;
    rp_reader r;
    ret->at = lc->field[table].at;
    ret->ok = RP_UNKNOWN;
    ret->count = n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
    if (n > RP_MAX_FUNCTIONS || !rp_pe_rva(img, va, &rva) ||
        !rp_pe_reader(img, rva, n * (4 + extra), &r)) {
        ret->why = "a guard table lies outside the image";
        rp_image_odd(img, lc->field[table].at,
                     "a guard table of %llu entries lies outside the image", (unsigned long long)n);
        return;
    }
    ret->ok = RP_YES;
    ret->at = rp_at(&r);
    check_entries(img, &r, extra, ret);
}
