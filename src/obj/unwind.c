/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/unwind.h"

#include "base/limits.h"
#include "base/numbers.h"
#include "base/search.h"
#include "obj/elf.h"
#include "obj/elf_const.h"

#include <stdlib.h>

/* DW_EH_PE_* (LSB, 10.5.1) */
enum {
    ENC_ABSPTR = 0,
    ENC_ULEB = 1,
    ENC_U2 = 2,
    ENC_U4 = 3,
    ENC_U8 = 4,
    ENC_SIGNED = 8,
    ENC_SLEB = 9,
    ENC_PCREL = 0x10,
    ENC_INDIRECT = 0x80,
    ENC_OMIT = 0xff,
};

typedef struct {
    uint64_t at; /* offset in the section */
    uint8_t fde_encoding, lsda_encoding;
    uint8_t flags;
    bool augmented; /* 'z': FDEs carry augmentation data */
    bool usable;
    uint64_t personality;
} cie;

typedef struct {
    rp_image *img;
    rp_reader r;   /* the section */
    uint64_t addr; /* of its first byte */
    unsigned word;
    RP_VEC(cie) cies;
    RP_VEC(rp_frame) frames;
} eh;

static unsigned width_of(uint8_t encoding, unsigned word)
{
    static const uint8_t widths[8] = {0, 0, 2, 4, 8, 0, 0, 0};
    return (encoding & 7u) == 0 ? word : widths[encoding & 7u];
}

/* One encoded pointer at the reader; `section` is the address of its window's first byte. 0 for a
 * null one. */
static uint64_t pointer(rp_reader *r, uint64_t section, uint8_t encoding, unsigned word)
{
    uint64_t place = section + r->pos, v;
    if (encoding == ENC_OMIT)
        return 0;
    if ((encoding & 15u) == ENC_ULEB) {
        v = rp_uleb(r);
    } else if ((encoding & 15u) == ENC_SLEB) {
        v = (uint64_t)rp_sleb(r);
    } else {
        unsigned width = width_of(encoding, word);
        v = rp_uint(r, width);
        if (width == 0)
            r->bad = true;
        else if ((encoding & ENC_SIGNED) != 0)
            v = rp_extend(v, 8 * width);
    }
    if (v == 0)
        return 0;
    if ((encoding & 0x70u) == ENC_PCREL)
        v += place;
    else if ((encoding & 0x70u) !=
             0) /* text-, data- and function-relative: no toolchain emits them in .eh_frame */
        r->bad = true;
    return word == 4 ? (uint32_t)v : v;
}

/* The letters behind 'z' tell what the augmentation data holds, in order. */
static void augmentation(eh *e, rp_reader *r, rp_str letters, cie *ret)
{
    for (size_t i = 1; i < letters.len && !r->bad; i++) {
        switch (letters.ptr[i]) {
        case 'R':
            ret->fde_encoding = rp_u8(r);
            break;
        case 'L':
            ret->lsda_encoding = rp_u8(r);
            break;
        case 'P': {
            uint8_t encoding = rp_u8(r);
            ret->personality = pointer(r, e->addr, encoding, e->word);
            break;
        }
        case 'S':
            ret->flags |= RP_FRAME_SIGNAL;
            break;
        case 'B':
            ret->flags |= RP_FRAME_B_KEY;
            break;
        case 'G':
            ret->flags |= RP_FRAME_TAGGED;
            break;
        default: /* what follows cannot be understood; its length is known from 'z' */
            return;
        }
    }
}

/* Looks for what signs return addresses: DW_CFA_AARCH64_negate_ra_state (0x2d; on SPARC a window
 * save), DW_CFA_val_expression of x18. Steps over operands; stops at what it does not know. */
static uint8_t scan_instructions(rp_reader *r, bool aarch64)
{
    uint8_t flags = 0;
    while (rp_left(r) != 0 && !r->bad) {
        uint8_t op = rp_u8(r);
        uint64_t reg;
        switch (op) {
        case 0x00: /* nop */
        case 0x0a: /* remember_state */
        case 0x0b: /* restore_state */
            break;
        case 0x02: /* advance_loc1 */
            rp_skip_bytes(r, 1);
            break;
        case 0x03:
            rp_skip_bytes(r, 2);
            break;
        case 0x04:
            rp_skip_bytes(r, 4);
            break;
        case 0x05: /* offset_extended, register, def_cfa, offset_extended_sf, def_cfa_sf,
                      val_offset[_sf]: two numbers */
        case 0x09:
        case 0x0c:
        case 0x11:
        case 0x12:
        case 0x14:
        case 0x15:
            (void)rp_uleb(r);
            (void)rp_uleb(r);
            break;
        case 0x06: /* restore_extended, undefined, same_value, def_cfa_register,
                      def_cfa_offset[_sf]: one */
        case 0x07:
        case 0x08:
        case 0x0d:
        case 0x0e:
        case 0x13:
        case 0x2e: /* GNU_args_size */
            (void)rp_uleb(r);
            break;
        case 0x0f: /* def_cfa_expression */
            rp_skip_bytes(r, rp_uleb(r));
            break;
        case 0x10: /* expression, val_expression: register, block */
        case 0x16:
            reg = rp_uleb(r);
            rp_skip_bytes(r, rp_uleb(r));
            flags |= op == 0x16 && reg == (aarch64 ? 18 : 3) ? RP_FRAME_SHADOW : 0;
            break;
        case 0x2d:
            flags |= aarch64 ? RP_FRAME_SIGNS : 0;
            break;
        default:
            if (op >= 0xc0 || (op & 0xc0u) == 0x40) /* restore, advance_loc */
                break;
            if ((op & 0xc0u) != 0x80)
                return flags;
            (void)rp_uleb(r); /* offset */
        }
    }
    return flags;
}

static void read_cie(eh *e, rp_reader *r, cie *ret)
{
    uint8_t version = rp_u8(r);
    rp_str letters = rp_next_cstr(r);
    if (version == 4)
        rp_skip_bytes(r, 2); /* address and segment selector size */
    (void)rp_uleb(r);
    (void)rp_sleb(r);
    if (version == 1)
        (void)rp_u8(r);
    else
        (void)rp_uleb(r);
    ret->fde_encoding = ENC_ABSPTR;
    ret->lsda_encoding = ENC_OMIT;
    if (letters.len != 0 && letters.ptr[0] == 'z') {
        rp_reader data;
        uint64_t len = rp_uleb(r);
        ret->augmented = true;
        if (!rp_window(r, 0, r->pos + (len < rp_left(r) ? len : rp_left(r)), &data))
            return;
        data.pos = r->pos;
        augmentation(e, &data, letters, ret);
        rp_skip_bytes(r, len);
        r->bad |= data.bad;
    } else if (letters.len != 0) {
        return; /* "eh" of GCC 2: no FDE can be read without knowing it */
    }
    bool supported = version == 1 || version == 3 || version == 4;
    ret->usable = supported && !r->bad;
    if (ret->usable)
        ret->flags |= scan_instructions(r, e->img->arch == RP_ARCH_AARCH64) & RP_FRAME_SHADOW;
    r->bad = false;
}

/* CIEs come in ascending order, and FDEs mostly use the last one. */
static const cie *cie_at(const eh *e, uint64_t at)
{
    uint32_t low, n = e->cies.n;
    if (n != 0 && e->cies.items[n - 1].at == at)
        return &e->cies.items[n - 1];
    RP_SEARCH(low, n, e->cies.items[low].at < at);
    return low < n && e->cies.items[low].at == at ? &e->cies.items[low] : NULL;
}

/* What the first row tells beside the CIE: registers that were saved (offset) or stack that was
 * taken (def_cfa, def_cfa_register, def_cfa_offset) before the first instruction. */
static uint8_t begins_inside(const rp_reader *r)
{
    uint8_t op = rp_left(r) != 0 ? r->buf.ptr[r->pos] : 0;
    return (op & 0xc0u) == 0x80 || (op >= 0x0c && op <= 0x0e) ? RP_FRAME_INSIDE : 0;
}

/* false: memory ran out */
static bool read_fde(eh *e, rp_reader *r, const cie *c, uint64_t at)
{
    rp_frame f = {.at = at, .flags = c->flags, .personality = c->personality};
    f.start = pointer(r, e->addr, c->fde_encoding, e->word);
    f.end = f.start + pointer(r, 0, c->fde_encoding & 15u, e->word);
    if (c->augmented) {
        uint64_t len = rp_uleb(r);
        size_t from = r->pos;
        if (len != 0 && c->lsda_encoding != ENC_OMIT)
            f.lsda = pointer(r, e->addr, c->lsda_encoding, e->word);
        r->pos = from;
        rp_skip_bytes(r, len);
    }
    if (r->bad || f.start == 0 || f.end <= f.start) /* 0: the linker dropped the function */
        return true;
    f.flags |= begins_inside(r);
    f.flags |= scan_instructions(r, e->img->arch == RP_ARCH_AARCH64);
    rp_frame *to = rp_vec_push(e->img->arena, &e->frames);
    if (to != NULL)
        *to = f;
    return to != NULL;
}

/* One record; *ret_more says whether another may follow. false: memory ran out */
static bool read_record(eh *e, bool *ret_more)
{
    *ret_more = false;
    if (rp_left(&e->r) == 0) /* crtend.o brings the terminator: not all link it */
        return true;
    uint64_t start = e->r.pos;
    if (e->img->macho != NULL && rp_left(&e->r) == 0) { /* there, no empty record ends it */
        *ret_more = false;
        return true;
    }
    uint64_t len = rp_u32(&e->r);
    unsigned id_width = 4;
    if (len == 0xffffffffu) {
        len = rp_u64(&e->r);
        id_width = 8;
    }
    uint64_t id_at = e->r.pos;
    *ret_more = !e->r.bad && len != 0 && len >= id_width && len <= rp_left(&e->r);
    if (!*ret_more) {
        e->r.bad |= len != 0;
        return true;
    }
    rp_reader r;
    if (!rp_window(&e->r, 0, id_at + len, &r))
        return true;
    r.pos = (size_t)id_at;
    e->r.pos = (size_t)(id_at + len);
    uint64_t id = rp_uint(&r, id_width);
    if (id == 0) {
        cie *c = rp_vec_push(e->img->arena, &e->cies);
        if (c == NULL)
            return false;
        c->at = start;
        read_cie(e, &r, c);
        return true;
    }
    const cie *c = id <= id_at ? cie_at(e, id_at - id) : NULL;
    return c == NULL || !c->usable || e->frames.n >= RP_MAX_FUNCTIONS ||
           read_fde(e, &r, c, e->r.origin + start);
}

/* Without section headers: .eh_frame_hdr begins with a pointer to .eh_frame, which runs to its
 * terminator. */
static bool find_by_header(rp_image *img, uint64_t *ret_addr, uint64_t *ret_size)
{
    const rp_elf_phdr *p = img->elf ? rp_elf_last_phdr(img->elf, PT_GNU_EH_FRAME) : NULL;
    rp_reader r;
    if (p == NULL || p->filesz < 12 || !rp_source_reader(img->src, p->offset, 12, img->big, &r))
        return false;
    uint8_t version = rp_u8(&r), encoding = rp_u8(&r);
    rp_skip_bytes(&r, 2);
    uint64_t addr = pointer(&r, p->vaddr, encoding, img->bits / 8u);
    if (r.bad || version != 1 || addr == 0)
        return false;
    for (uint32_t i = 0; i < img->nsegments; i++) {
        const rp_segment *s = &img->segments[i];
        if (addr < s->addr || addr - s->addr >= s->filesz)
            continue;
        *ret_addr = addr;
        *ret_size = s->filesz - (addr - s->addr);
        return true;
    }
    return false;
}

static bool find_section(rp_image *img, uint64_t *ret_addr, uint64_t *ret_off, uint64_t *ret_size)
{
    const rp_section *s = rp_image_section(img, img->macho ? "__TEXT,__eh_frame" : ".eh_frame");
    if (s != NULL && s->offset != RP_NOWHERE) {
        *ret_addr = s->addr;
        *ret_off = s->offset;
        *ret_size = s->filesz;
        return true;
    }
    if (!find_by_header(img, ret_addr, ret_size))
        return false;
    *ret_off = rp_image_offset(img, *ret_addr);
    return *ret_off != RP_NOWHERE;
}

static int by_start(const void *a, const void *b)
{
    const rp_frame *x = a, *y = b;
    return (x->start > y->start) - (x->start < y->start);
}

bool rp_unwind_frames(rp_image *img, rp_frames *ret)
{
    eh e = {.img = img, .word = img->bits / 8u};
    uint64_t off, size;
    *ret = (rp_frames){.whole = true};
    if (img->kind == RP_KIND_OBJECT || img->kind == RP_KIND_DEBUG ||
        !find_section(img, &e.addr, &off, &size))
        return true;
    if (!rp_source_reader(img->src, off, size, img->big, &e.r)) {
        rp_image_odd(img, off, ".eh_frame lies outside the file");
        ret->whole = false;
        return true;
    }
    for (bool more = true; more;)
        if (!read_record(&e, &more))
            return false;
    if (e.r.bad)
        rp_image_odd(img, e.r.origin + e.r.pos, ".eh_frame is cut short or malformed");
    if (e.frames.n > 1)
        qsort(e.frames.items, e.frames.n, sizeof *e.frames.items, by_start);
    *ret = (rp_frames){e.frames.items, e.frames.n, !e.r.bad};
    return true;
}

/* LSDA header: landing-pad base, type table, then the call-site table. */
static bool open_call_sites(rp_reader *r, uint64_t addr, unsigned word, uint64_t *base,
                            uint8_t *encoding, uint64_t *ret_end)
{
    uint8_t lp = rp_u8(r);
    if (lp != ENC_OMIT)
        *base = pointer(r, addr, lp, word);
    if (rp_u8(r) != ENC_OMIT)
        (void)rp_uleb(r);
    *encoding = rp_u8(r);
    uint64_t len = rp_uleb(r);
    *ret_end = r->pos + len;
    return !r->bad && len <= rp_left(r);
}

/* All bytes from the LSDA on, out of one window over its whole section, or without sections its
 * segment: thousands of functions ask for theirs. */
static bool lsda_bytes(rp_image *img, uint64_t addr, uint64_t off, rp_bytes *ret)
{
    uint64_t from = RP_NOWHERE, len = 0;
    for (uint32_t i = 0; i < img->nsegments && from == RP_NOWHERE; i++) {
        const rp_segment *s = &img->segments[i];
        if (addr < s->addr || addr - s->addr >= s->filesz)
            continue;
        from = s->offset;
        len = s->filesz;
    }
    for (uint32_t i = 0; i < img->nsections && from != RP_NOWHERE; i++) {
        const rp_section *s = &img->sections[i];
        if (s->offset == RP_NOWHERE || s->addr == 0 || addr < s->addr ||
            addr - s->addr >= s->filesz || off - (addr - s->addr) != s->offset)
            continue;
        from = s->offset;
        len = s->filesz;
        break;
    }
    if (from == RP_NOWHERE || off < from || !rp_source_bytes(img->src, from, len, ret) ||
        off - from > ret->len)
        return false;
    *ret = (rp_bytes){ret->ptr + (off - from), ret->len - (size_t)(off - from)};
    return true;
}

bool rp_unwind_landings(rp_image *img, const rp_frame *frame, rp_arena *arena,
                        const rp_landing **ret, uint32_t *ret_n)
{
    RP_VEC(rp_landing) pads = {0};
    uint64_t off = frame->lsda ? rp_image_offset(img, frame->lsda) : RP_NOWHERE, end;
    unsigned word = img->bits / 8u;
    uint64_t base = frame->start;
    uint8_t encoding;
    rp_bytes bytes;
    *ret = NULL;
    *ret_n = 0;
    if (off == RP_NOWHERE || !lsda_bytes(img, frame->lsda, off, &bytes))
        return true;
    rp_reader r = rp_reader_of(bytes, off, img->big);
    if (!open_call_sites(&r, frame->lsda, word, &base, &encoding, &end))
        return true;
    while (r.pos < end && !r.bad) {
        uint64_t start = pointer(&r, 0, encoding & 15u, word),
                 len = pointer(&r, 0, encoding & 15u, word);
        uint64_t pad = pointer(&r, 0, encoding & 15u, word);
        (void)rp_uleb(&r);
        if (r.bad || pad == 0 || base + pad < frame->start || base + pad >= frame->end)
            continue;
        rp_landing *l = rp_vec_push(arena, &pads);
        if (l == NULL)
            return false;
        *l = (rp_landing){frame->start + start, frame->start + start + len, base + pad};
    }
    *ret = pads.items;
    *ret_n = pads.n;
    return true;
}
