/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/dwarf_sections.h"

#include "base/limits.h"
#include "base/outside.h"
#include "obj/elf.h"
#include "obj/elf_const.h"
#include "obj/zstd.h"

#include <zlib.h>

enum { UNREAD, THERE, ABSENT, BROKEN };

enum { COMPRESS_ZLIB = 1, COMPRESS_ZSTD = 2 }; /* gABI ELFCOMPRESS_ */

/* deflate cannot pack better than 1032 : 1 (zlib's technical notes); a block of zstd holds 128 KiB
 * and takes four bytes at least (RFC 8878, 3.1.1.2) */
enum { DEFLATE_RATIO = 1032, ZSTD_RATIO = 1 << 15 };

static const char *const names[RP_DEBUG_COUNT][3] = {
    {".debug_info", ".zdebug_info", "__DWARF,__debug_info"},
    {".debug_abbrev", ".zdebug_abbrev", "__DWARF,__debug_abbrev"},
    {".debug_str", ".zdebug_str", "__DWARF,__debug_str"},
    {".debug_line_str", ".zdebug_line_str", "__DWARF,__debug_line_str"},
    {".debug_str_offsets", ".zdebug_str_offsets", "__DWARF,__debug_str_offs"},
    {".debug_addr", ".zdebug_addr", "__DWARF,__debug_addr"},
    {".debug_ranges", ".zdebug_ranges", "__DWARF,__debug_ranges"},
    {".debug_rnglists", ".zdebug_rnglists", "__DWARF,__debug_rnglists"},
    {".debug_line", ".zdebug_line", "__DWARF,__debug_line"},
    {".debug_cu_index", ".zdebug_cu_index", ".debug_cu_index"}};

/* In .dwo and .dwp files; what is not there stays in the program. */
static const char *const split_names[RP_DEBUG_COUNT] = {
    [RP_DEBUG_INFO] = ".debug_info.dwo",         [RP_DEBUG_ABBREV] = ".debug_abbrev.dwo",
    [RP_DEBUG_STR] = ".debug_str.dwo",           [RP_DEBUG_STR_OFFSETS] = ".debug_str_offsets.dwo",
    [RP_DEBUG_RNGLISTS] = ".debug_rnglists.dwo", [RP_DEBUG_LINE] = ".debug_line.dwo",
    [RP_DEBUG_CU_INDEX] = ".debug_cu_index"};

rp_debug_sections rp_debug_sections_of(rp_image *img, rp_arena *arena)
{
    return (rp_debug_sections){.img = img, .arena = arena, .budget = RP_MAX_DEBUG_BYTES};
}

static const rp_section *find(const rp_image *img, rp_debug_section which, bool dwo)
{
    const rp_section *s = NULL;
    for (size_t i = 0; !dwo && i < RP_COUNT(names[which]) && s == NULL; i++)
        s = rp_image_section(img, names[which][i]);
    if (dwo && split_names[which] != NULL)
        s = rp_image_section(img, split_names[which]);
    return s != NULL && s->offset != RP_NOWHERE && s->filesz != 0 ? s : NULL;
}

/* gABI Elf_Chdr: ch_type, (64-bit: ch_reserved,) ch_size, ch_addralign; before it "ZLIB" and a
 * big-endian size in sections called .zdebug_. */
static bool unpacked_size(rp_reader *r, bool elf64, bool old, uint32_t *ret_type, uint64_t *ret)
{
    *ret_type = COMPRESS_ZLIB;
    if (old) {
        bool magic = rp_left(r) >= 12 && memcmp(rp_take(r, 4), "ZLIB", 4) == 0;
        r->big = true;
        *ret = rp_u64(r);
        return magic && !r->bad;
    }
    *ret_type = rp_u32(r);
    if (elf64)
        (void)rp_u32(r);
    *ret = rp_uint(r, elf64 ? 8 : 4);
    (void)rp_uint(r, elf64 ? 8 : 4);
    return !r->bad && (*ret_type == COMPRESS_ZLIB || *ret_type == COMPRESS_ZSTD);
}

/* Exactly `size` bytes come out. */
static bool inflate_to(uint32_t type, rp_bytes packed, uint8_t *to, uint64_t size)
{
    if (type == COMPRESS_ZLIB) {
        uLongf len = (uLongf)size;
        return uncompress(to, &len, packed.ptr, (uLong)packed.len) == Z_OK && len == size;
    }
    return rp_zstd_unpack(packed, to, (size_t)size);
}

static uint8_t unpack(rp_debug_sections *s, const rp_section *sec, rp_bytes packed, rp_bytes *ret)
{
    rp_reader r = rp_reader_of(packed, sec->offset, s->img->big);
    uint64_t size;
    uint32_t type;
    if (!unpacked_size(&r, s->img->bits == 64, rp_str_starts(sec->name, ".zdebug"), &type, &size) ||
        size > s->budget ||
        size / (type == COMPRESS_ZSTD ? ZSTD_RATIO : DEFLATE_RATIO) > rp_left(&r))
        return BROKEN;
    s->budget -= size;
    uint8_t *to = rp_arena_alloc(s->arena, (size_t)size);
    if (to == NULL) {
        s->out_of_memory = true;
        return BROKEN;
    }
    if (!inflate_to(type, (rp_bytes){r.buf.ptr + r.pos, (size_t)rp_left(&r)}, to, size)) {
        rp_image_odd(s->img, sec->offset, "compressed debug section cannot be unpacked");
        return BROKEN;
    }
    rp_outside_wrote(to, (size_t)size);
    *ret = (rp_bytes){to, (size_t)size};
    return THERE;
}

/* Go's linker compresses in PE files, too, by the older names. */
static bool is_packed(const rp_image *img, const rp_section *sec)
{
    return img->elf != NULL ? rp_elf_section_compressed(sec) : rp_str_starts(sec->name, ".zdebug");
}

static uint8_t load(rp_debug_sections *s, rp_debug_section which)
{
    const rp_section *sec = find(s->img, which, s->dwo);
    if (sec == NULL)
        return ABSENT;
    if (sec->filesz > s->budget)
        return BROKEN;
    s->budget -= sec->filesz;
    rp_bytes bytes;
    if (!rp_source_bytes(s->img->src, sec->offset, sec->filesz, &bytes)) {
        rp_image_odd(s->img, sec->offset, "a debug section lies outside the file");
        return BROKEN;
    }
    if (is_packed(s->img, sec))
        return unpack(s, sec, bytes, &s->bytes[which]);
    s->bytes[which] = bytes;
    return THERE;
}

rp_tri rp_debug_section_bytes(rp_debug_sections *s, rp_debug_section which, rp_bytes *ret)
{
    if (s->state[which] == UNREAD)
        s->state[which] = load(s, which);
    *ret = s->bytes[which];
    return s->state[which] == THERE ? RP_YES : s->state[which] == ABSENT ? RP_NO : RP_UNKNOWN;
}
