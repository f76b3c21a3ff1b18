/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* LC_SEGMENT, LC_SEGMENT_64 and their sections. */
#include "base/limits.h"
#include "obj/macho_format.h"
#include "obj/macho_load.h"

/* Sixteen bytes, padded with NULs, not ended by one when full. */
static rp_str fixed_name(rp_reader *r)
{
    rp_str s = rp_next_str(r, RP_MACHO_NAME);
    const char *end = s.len ? memchr(s.ptr, 0, s.len) : NULL;
    if (end != NULL)
        s.len = (size_t)(end - s.ptr);
    return s;
}

static bool is_code(uint32_t flags)
{
    return (flags & (RP_S_ATTR_PURE_INSTRUCTIONS | RP_S_ATTR_SOME_INSTRUCTIONS)) != 0;
}

static bool is_zerofill(uint32_t flags)
{
    unsigned type = RP_S_TYPE(flags);
    return type == RP_S_ZEROFILL || type == RP_S_GB_ZEROFILL || type == RP_S_THREAD_LOCAL_ZEROFILL;
}

static rp_section_kind kind_of(rp_str segment, rp_str name, uint32_t flags)
{
    if (rp_str_is(segment, "__DWARF") || (flags & RP_S_ATTR_DEBUG) != 0)
        return RP_SEC_DEBUG;
    if (is_zerofill(flags))
        return RP_SEC_BSS;
    if (is_code(flags))
        return RP_SEC_CODE;
    if (rp_str_is(segment, "__TEXT"))
        return rp_str_is(name, "__unwind_info") || rp_str_is(name, "__eh_frame") ? RP_SEC_OTHER
                                                                                 : RP_SEC_RODATA;
    return rp_str_starts(segment, "__DATA") || rp_str_starts(segment, "__AUTH") ? RP_SEC_DATA
                                                                                : RP_SEC_OTHER;
}

/* In an object file all sections lie in one segment that may do everything: their own names tell.
 */
static uint8_t perm_of(const rp_image *img, const rp_segment *segment, rp_section_kind kind)
{
    if (img->kind != RP_KIND_OBJECT)
        return segment->perm;
    if (kind == RP_SEC_CODE)
        return RP_R | RP_X;
    return kind == RP_SEC_DATA || kind == RP_SEC_BSS ? RP_R | RP_W : RP_R;
}

static void place(rp_image *img, rp_section *s, uint64_t offset)
{
    s->offset = RP_NOWHERE;
    /* offset 0 is the header's place: dSYM sections without contents have it */
    if (is_zerofill((uint32_t)s->flags) || s->size == 0 || offset == 0)
        return;
    if (offset > img->src->size || s->size > img->src->size - offset) {
        rp_image_odd(img, s->at, "section %.*s lies outside the file", RP_FMT(s->name));
        return;
    }
    s->offset = offset;
    s->filesz = s->size;
}

static void read_section(rp_macho_load *l, rp_reader *r, unsigned w, const rp_segment *segment)
{
    uint64_t at = rp_at(r);
    rp_str name = fixed_name(r);
    rp_str in = fixed_name(r);
    uint64_t addr = rp_uint(r, w);
    uint64_t size = rp_uint(r, w);
    uint32_t offset = rp_u32(r);
    rp_skip_bytes(r, 12); /* align, reloff, nreloc */
    uint32_t flags = rp_u32(r);
    rp_skip_bytes(r, w == 8 ? 12 : 8); /* reserved1 to reserved3 */
    if (r->bad)
        return;
    rp_section *s = rp_vec_push(l->img->arena, &l->sections);
    rp_str full = rp_arena_printf(l->img->arena, "%.*s,%.*s", RP_FMT(in), RP_FMT(name));
    if (s == NULL || full.ptr == NULL) {
        l->out_of_memory = true;
        return;
    }
    rp_section_kind kind = kind_of(in, name, flags);
    *s = (rp_section){.name = full, .addr = addr, .size = size, .at = at, .flags = flags};
    s->kind = kind;
    s->perm = perm_of(l->img, segment, kind);
    place(l->img, s, offset);
}

/* What no loader would accept, or only with luck. */
static void inspect(rp_macho_load *l, const rp_segment *s)
{
    rp_image *img = l->img;
    uint64_t file = img->src->size;
    if (s->offset > file || s->filesz > file - s->offset)
        rp_image_odd(img, s->at, "segment %.*s lies outside the file", RP_FMT(s->name));
    if (s->filesz > s->size)
        rp_image_odd(img, s->at, "segment %.*s has more bytes in the file than in memory",
                     RP_FMT(s->name));
    if (s->size > UINT64_MAX - s->addr)
        rp_image_odd(img, s->at, "segment %.*s wraps around the address space", RP_FMT(s->name));
    if ((s->perm & ~s->max_perm) != 0)
        rp_image_odd(img, s->at, "segment %.*s starts with permissions that its maximum lacks",
                     RP_FMT(s->name));
    if (l->segments.n < 2)
        return;
    const rp_segment *before = s - 1;
    if (s->size != 0 && before->size != 0 && s->addr - before->addr < before->size)
        rp_image_odd(img, s->at, "segment %.*s overlaps the one before it", RP_FMT(s->name));
}

void rp_macho_load_segment(rp_macho_load *l, rp_reader *r, bool wide)
{
    unsigned w = wide ? 8 : 4;
    uint64_t at = rp_at(r);
    rp_skip_bytes(r, RP_MACHO_COMMAND);
    rp_str name = fixed_name(r);
    uint64_t addr = rp_uint(r, w);
    uint64_t size = rp_uint(r, w);
    uint64_t offset = rp_uint(r, w);
    uint64_t filesz = rp_uint(r, w);
    uint32_t maxprot = rp_u32(r);
    uint32_t initprot = rp_u32(r);
    uint32_t nsections = rp_u32(r);
    uint32_t flags = rp_u32(r);
    if (r->bad)
        return;
    if (l->segments.n == RP_MAX_MACHO_SEGMENTS) {
        l->m->commands_whole = false;
        rp_image_odd(l->img, at, "more than %u segments", RP_MAX_MACHO_SEGMENTS);
        r->pos = r->buf.len;
        return;
    }
    rp_segment *s = rp_vec_push(l->img->arena, &l->segments);
    uint32_t *f = rp_vec_push(l->img->arena, &l->segment_flags);
    if (s == NULL || f == NULL) {
        l->out_of_memory = true;
        return;
    }
    *s = (rp_segment){.name = name, .addr = addr, .size = size, .offset = offset, .filesz = filesz};
    s->at = at;
    s->perm =
        (uint8_t)(initprot & 7u); /* VM_PROT_READ 1, WRITE 2, EXECUTE 4 are RP_R, RP_W, RP_X */
    s->max_perm = (uint8_t)(maxprot & 7u);
    *f = flags;
    inspect(l, s);
    for (uint32_t i = 0; i < nsections && !r->bad && !l->out_of_memory; i++)
        read_section(l, r, w, s);
}
