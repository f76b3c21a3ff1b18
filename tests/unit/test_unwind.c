/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Call frames and landing pads: by hand, cut at every byte, bent at every byte, without memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "obj/elf.h"
#include "obj/elf_const.h"
#include "obj/unwind.h"

#include <stdlib.h>

enum { BASE = 0x4000, CAP = 512, LSDA = 0x100 };

typedef struct {
    uint8_t bytes[CAP];
    size_t len;
} frame_bytes;

static void put(frame_bytes *b, uint64_t v, unsigned width)
{
    for (unsigned i = 0; i < width; i++)
        b->bytes[b->len++] = (uint8_t)(v >> (8 * i));
}

static void pad(frame_bytes *b, size_t start)
{
    while ((b->len - start) % 4 != 0)
        put(b, 0, 1);
    size_t len = b->len - start - 4, end = b->len;
    b->len = start;
    put(b, len, 4);
    b->len = end;
}

/* CIE "zPLR": personality 0x7777, LSDA and starts as 32-bit offsets from their place. */
static size_t add_cie(frame_bytes *b)
{
    size_t start = b->len;
    put(b, 0, 4);
    put(b, 0, 4);
    put(b, 1, 1);
    for (const char *p = "zPLR"; *p != 0; p++)
        put(b, (uint8_t)*p, 1);
    put(b, 0, 1);
    put(b, 1, 1);
    put(b, 0x78, 1); /* data alignment -8 */
    put(b, 16, 1);
    put(b, 7, 1); /* augmentation data */
    put(b, 0x03, 1);
    put(b, 0x7777, 4);
    put(b, 0x1b, 1);
    put(b, 0x1b, 1);
    pad(b, start);
    return start;
}

static void add_fde(frame_bytes *b, size_t cie, uint64_t start, uint32_t len, uint64_t lsda,
                    const uint8_t *cfa, size_t ncfa)
{
    size_t at = b->len;
    put(b, 0, 4);
    put(b, b->len - cie, 4);
    put(b, start - (BASE + b->len), 4);
    put(b, len, 4);
    put(b, 4, 1);
    put(b, lsda ? lsda - (BASE + b->len) : 0, 4);
    for (size_t i = 0; i < ncfa; i++)
        put(b, cfa[i], 1);
    pad(b, at);
}

/* Two functions, the second with two landing pads and a signed return address; then the
 * terminator; at LSDA its table. */
static frame_bytes sample(void)
{
    static const uint8_t signs[] = {0x41, 0x2d, 0x0e, 16};
    frame_bytes b = {{0}, 0};
    size_t cie = add_cie(&b);
    add_fde(&b, cie, 0x2000, 0x40, BASE + LSDA, signs, sizeof signs);
    add_fde(&b, cie, 0x1000, 0x30, 0, NULL, 0);
    put(&b, 0, 4);
    b.len = LSDA;
    put(&b, 0xff, 1);  /* landing pads from the function's start */
    put(&b, 0xff, 1);  /* no types */
    put(&b, 0x01, 1);  /* call sites: ULEB128 */
    put(&b, 4 * 3, 1); /* bytes */
    const uint8_t sites[] = {0x04, 0x08, 0x20, 0, 0x10, 0x04, 0, 0, 0x18, 0x02, 0x3f, 1};
    for (size_t i = 0; i < sizeof sites; i++)
        put(&b, sites[i], 1);
    return b;
}

typedef struct {
    rp_arena arena;
    rp_source src;
    struct rp_elf elf;
    rp_section section;
    rp_segment segment;
    rp_image img;
} fake;

/* An image whose .eh_frame is [0, eh) of the bytes. Everything lies in `f`, which must not move. */
static void open_fake(fake *f, const uint8_t *bytes, size_t len, size_t eh)
{
    *f = (fake){.elf = {.e_type = ET_DYN}};
    f->arena.limit = 1u << 20;
    f->src = rp_source_memory((rp_bytes){bytes, len}, &f->arena);
    f->section = (rp_section){
        .name = RP_STR(".eh_frame"), .addr = BASE, .size = eh, .filesz = eh, .perm = RP_R};
    f->segment = (rp_segment){.addr = BASE, .size = len, .filesz = len, .perm = RP_R};
    f->img = (rp_image){.src = &f->src,
                        .arena = &f->arena,
                        .format = RP_FORMAT_ELF,
                        .arch = RP_ARCH_AARCH64,
                        .bits = 64,
                        .kind = RP_KIND_LIBRARY,
                        .sections = &f->section,
                        .nsections = 1,
                        .segments = &f->segment,
                        .nsegments = 1,
                        .elf = &f->elf};
}

static void frames_and_landing_pads_are_read(void **state)
{
    (void)state;
    frame_bytes b = sample();
    fake f;
    rp_frames frames;
    const rp_landing *pads;
    uint32_t n;
    open_fake(&f, b.bytes, b.len, LSDA);
    assert_true(rp_unwind_frames(&f.img, &frames));
    assert_true(frames.whole);
    assert_int_equal(frames.n, 2);
    assert_int_equal(frames.items[0].start, 0x1000);
    assert_int_equal(frames.items[0].end, 0x1030);
    assert_int_equal(frames.items[0].flags, 0);
    assert_int_equal(frames.items[0].lsda, 0);
    assert_int_equal(frames.items[1].start, 0x2000);
    assert_int_equal(frames.items[1].lsda, BASE + LSDA);
    assert_int_equal(frames.items[1].personality, 0x7777);
    assert_int_equal(frames.items[1].flags, RP_FRAME_SIGNS);
    assert_true(rp_unwind_landings(&f.img, &frames.items[1], &f.arena, &pads, &n));
    assert_int_equal(n, 2);
    assert_int_equal(pads[0].start, 0x2004);
    assert_int_equal(pads[0].end, 0x200c);
    assert_int_equal(pads[0].pad, 0x2020);
    assert_int_equal(pads[1].pad, 0x203f);
    assert_true(rp_unwind_landings(&f.img, &frames.items[0], &f.arena, &pads, &n));
    assert_int_equal(n, 0);
    rp_arena_free(&f.arena);
}

/* What holds whatever was read. */
static void hold(fake *f, const rp_frames *frames)
{
    for (uint32_t i = 0; i < frames->n; i++) {
        const rp_frame *x = &frames->items[i];
        const rp_landing *pads;
        uint32_t n;
        assert_true(x->start < x->end);
        assert_true(i == 0 || frames->items[i - 1].start <= x->start);
        assert_true(x->at < f->src.size);
        if (!rp_unwind_landings(&f->img, x, &f->arena, &pads, &n))
            continue;
        for (uint32_t k = 0; k < n; k++)
            assert_true(pads[k].pad >= x->start && pads[k].pad < x->end);
    }
}

static uint8_t *exact(const uint8_t *bytes, size_t len)
{
    uint8_t *p = malloc(len ? len : 1);
    assert_non_null(p);
    memcpy(p, bytes, len);
    return p;
}

/* Cut anywhere before the terminator's end it is not whole; never more is read than is there. */
static void cut_at_every_byte(void **state)
{
    (void)state;
    frame_bytes b = sample();
    size_t records = 0;
    for (size_t n = 0; records == 0; n += 4 + b.bytes[n])
        records = b.bytes[n] == 0 ? n + 4 : 0;
    for (size_t len = 0; len < b.len; len++) {
        uint8_t *bytes = exact(b.bytes, len);
        fake f;
        rp_frames frames;
        open_fake(&f, bytes, len, len < LSDA ? len : LSDA);
        assert_true(rp_unwind_frames(&f.img, &frames));
        hold(&f, &frames);
        assert_true(frames.n <= 2);
        assert_true(len < records || frames.n == 2);
        rp_arena_free(&f.arena);
        free(bytes);
    }
}

static void bent_at_every_byte(void **state)
{
    (void)state;
    static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    frame_bytes b = sample();
    for (size_t at = 0; at < b.len; at++) {
        for (size_t v = 0; v < RP_COUNT(values) + 8; v++) {
            uint8_t *bytes = exact(b.bytes, b.len);
            fake f;
            rp_frames frames;
            bytes[at] = (uint8_t)(v < RP_COUNT(values)
                                      ? values[v]
                                      : (uint8_t)(bytes[at] ^ 1u << (v - RP_COUNT(values))));
            open_fake(&f, bytes, b.len, LSDA);
            assert_true(rp_unwind_frames(&f.img, &frames));
            hold(&f, &frames);
            rp_arena_free(&f.arena);
            free(bytes);
        }
    }
}

/* Each allocation fails once: the reader says so. */
static void every_allocation_may_fail(void **state)
{
    (void)state;
    frame_bytes b = sample();
    bool done = false;
    for (uint64_t n = 1; !done; n++) {
        fake f;
        rp_frames frames;
        open_fake(&f, b.bytes, b.len, LSDA);
        (void)rp_arena_fail_at(n);
        bool ok = rp_unwind_frames(&f.img, &frames);
        done = rp_arena_fail_at(0) < n;
        assert_int_equal(ok, done);
        assert_true(n > 2 || !ok); /* one for CIEs, one for frames at least */
        rp_arena_free(&f.arena);
    }
}

/* A claim of millions of records in few bytes, and LEB128 that never ends, cost nothing. */
static void lies_about_lengths_end_early(void **state)
{
    (void)state;
    uint8_t bytes[256];
    fake f;
    rp_frames frames;
    memset(bytes, 0xff, sizeof bytes);
    open_fake(&f, bytes, sizeof bytes, sizeof bytes);
    assert_true(rp_unwind_frames(&f.img, &frames));
    assert_false(frames.whole);
    assert_int_equal(frames.n, 0);
    assert_int_equal(f.img.nanomalies, 1);
    rp_arena_free(&f.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_and_landing_pads_are_read),
        cmocka_unit_test(cut_at_every_byte),
        cmocka_unit_test(bent_at_every_byte),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(lies_about_lengths_end_early),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
