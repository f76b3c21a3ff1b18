/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Functions, frames, landing pads and landmarks. An ELF file is read whole; anything else is a
 * machine (one byte) and the bytes of .eh_frame. What holds whatever the bytes are: everything is
 * sorted, nothing overlaps, ends lie behind starts, landing pads lie in their function. */
#include "isa/landmarks_elf.h"
#include "obj/elf.h"
#include "obj/elf_const.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { EH_ADDRESS = 0x10000 };

static void check_frames(rp_image *img, const rp_frames *frames)
{
    for (uint32_t i = 0; i < frames->n; i++) {
        const rp_frame *f = &frames->items[i];
        const rp_landing *pads = NULL;
        uint32_t n = 0;
        REQUIRE(f->start < f->end);
        REQUIRE(i == 0 || frames->items[i - 1].start <= f->start);
        if (i < 64 && rp_unwind_landings(img, f, img->arena, &pads, &n))
            for (uint32_t k = 0; k < n; k++)
                REQUIRE(pads[k].pad >= f->start && pads[k].pad < f->end);
    }
}

static void check_functions(const rp_image *img, const rp_functions *fns)
{
    uint64_t covered = 0;
    for (uint32_t i = 0; i < fns->n; i++) {
        const rp_function *f = &fns->items[i];
        REQUIRE(f->start < f->end);
        REQUIRE(i + 1 == fns->n || f->end <= fns->items[i + 1].start);
        REQUIRE(f->at < img->src->size);
        REQUIRE(f->frame == UINT32_MAX || f->frame < fns->frames.n);
        REQUIRE(f->object == UINT32_MAX || f->object < fns->nobjects);
        covered += f->end - f->start;
    }
    for (uint32_t i = 0; i < fns->ndata; i++) {
        REQUIRE(fns->data[i].start < fns->data[i].end);
        REQUIRE(i == 0 || fns->data[i - 1].end <= fns->data[i].start);
    }
    REQUIRE(covered == fns->covered_bytes && covered <= fns->code_bytes);
}

static void check_map(const rp_code_map *map)
{
    for (uint32_t i = 0; i + 1 < map->nread_only; i++)
        REQUIRE(map->read_only[i + 1].addr - map->read_only[i].addr >= map->read_only[i].size);
}

static void whole_file(rp_source *src, rp_arena *arena)
{
    rp_image *img = NULL;
    rp_functions fns;
    rp_code_map map;
    rp_error err = {0};
    if (rp_image_open(src, arena, &img, &err) != RP_OK || img->elf == NULL ||
        !rp_functions_read(img, &fns))
        return;
    check_frames(img, &fns.frames);
    check_functions(img, &fns);
    if (rp_landmarks_elf(img, &fns, &map, &err) == RP_OK)
        check_map(&map);
}

static void frames_only(rp_source *src, rp_arena *arena, uint8_t how)
{
    struct rp_elf elf = {.e_type = ET_DYN};
    rp_section section = {.name = RP_STR(".eh_frame"),
                          .addr = EH_ADDRESS,
                          .size = src->size,
                          .filesz = src->size,
                          .perm = RP_R};
    rp_segment segment = {.addr = EH_ADDRESS, .size = src->size, .filesz = src->size, .perm = RP_R};
    rp_image img = {.src = src,
                    .arena = arena,
                    .format = RP_FORMAT_ELF,
                    .arch = how & 1 ? RP_ARCH_AARCH64 : RP_ARCH_X86_64,
                    .bits = how & 2 ? 32 : 64,
                    .big = (how & 4) != 0,
                    .kind = RP_KIND_LIBRARY,
                    .sections = &section,
                    .nsections = 1,
                    .segments = &segment,
                    .nsegments = 1,
                    .elf = &elf};
    rp_frames frames;
    if (rp_unwind_frames(&img, &frames))
        check_frames(&img, &frames);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    rp_arena arena = {.limit = 256u << 20};
    bool file = size > 4 && memcmp(data, "\177ELF", 4) == 0;
    rp_source src = rp_source_memory(
        file ? (rp_bytes){data, size} : (rp_bytes){data + (size != 0), size - (size != 0)}, &arena);
    if (file)
        whole_file(&src, &arena);
    else if (size > 1)
        frames_only(&src, &arena, data[0]);
    rp_arena_free(&arena);
    return 0;
}
