/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Objects laid out as a linker would: ELF, COFF, Mach-O. What holds whatever the bytes are: places
 * ascend and lie in the object's own bytes, slots belong to symbols that exist and lie behind all
 * else, an address leads to one place in the file; the layout is the same twice; with an
 * allocation failing too. */
#include "base/arena.h"
#include "base/source.h"
#include "obj/place.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_sections(const rp_image *img, uint64_t object_size)
{
    const rp_placed *p = img->placed;
    for (uint32_t i = 0; i < p->nsections; i++) {
        const rp_segment *s = &p->sections[i];
        REQUIRE(s->addr >= RP_PLACED_BASE && s->size != 0 && s->addr <= p->externs);
        REQUIRE(i == 0 || p->sections[i - 1].addr <= s->addr);
        REQUIRE(s->filesz == 0 ||
                (s->offset <= object_size && s->filesz <= object_size - s->offset));
        REQUIRE(rp_placed_offset(img, s->addr) == 0);
        uint64_t at = rp_placed_file_offset(img, s->addr, RP_NOWHERE);
        REQUIRE(at == RP_NOWHERE || at < object_size);
    }
}

static void check_image(rp_image *img)
{
    const rp_placed *p = img->placed;
    for (uint32_t i = 0; i < img->nsegments; i++) {
        const rp_segment *s = &img->segments[i];
        rp_bytes bytes;
        REQUIRE(i == 0 || img->segments[i - 1].addr <= s->addr);
        REQUIRE(s->filesz <= s->size);
        REQUIRE(s->filesz == 0 || rp_source_bytes(img->src, s->offset, s->filesz, &bytes));
    }
    for (uint32_t i = 0; i < p->nslots; i++) {
        const rp_got_slot *s = &p->slots[i];
        REQUIRE((unsigned)s->kind < RP_GOT_KINDS && s->addr >= p->externs);
        REQUIRE(s->symbol == UINT32_MAX || s->symbol < img->nsymbols);
        REQUIRE(i == 0 || p->slots[i - 1].addr < s->addr);
    }
}

static void check_same(const rp_image *a, const rp_image *b)
{
    REQUIRE(a->src->size == b->src->size && a->nsegments == b->nsegments);
    REQUIRE(memcmp(a->src->memory.ptr, b->src->memory.ptr, (size_t)a->src->size) == 0);
    REQUIRE(a->placed->whole == b->placed->whole && a->placed->nslots == b->placed->nslots);
    REQUIRE(a->placed->externs == b->placed->externs);
}

static void place(const uint8_t *data, size_t size, bool fails)
{
    rp_arena arena = {.limit = 256u << 20};
    rp_source src = rp_source_memory((rp_bytes){data, size}, &arena);
    rp_image *img = NULL, *placed = NULL, *again = NULL;
    rp_error err = {0};
    if (rp_image_open(&src, &arena, &img, &err) == RP_OK && rp_place(img, &placed) &&
        placed != NULL) {
        REQUIRE(placed != img && placed->placed != NULL && img->placed == NULL);
        check_sections(placed, size);
        check_image(placed);
        if (!fails) {
            REQUIRE(rp_place(img, &again) && again != NULL);
            check_same(placed, again);
        }
    }
    rp_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    place(data, size, false);
    if (size != 0 && data[size - 1] < 0x40) { /* once more with one allocation failing */
        rp_arena_fail_at(1u + data[size - 1]);
        place(data, size, true);
        rp_arena_fail_at(0);
    }
    return 0;
}
