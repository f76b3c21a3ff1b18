/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* AArch64 code read quickly and word by word, function by function: both must say the same.
 * usage: a64_words FILE… ; what is no AArch64 code is passed over. Exit 77: there was none. */
#include "../reference/a64_compare.h"

#include "base/source.h"
#include "isa/landmarks_elf.h"
#include "obj/functions.h"

#include <stdio.h>

typedef struct {
    uint64_t files, functions, words, differences;
} counts;

static uint8_t *slurp(const char *path, size_t *ret)
{
    FILE *f = fopen(path, "rb");
    uint8_t *p = NULL;
    if (f != NULL && fseek(f, 0, SEEK_END) == 0) {
        long n = ftell(f);
        p = n > 0 ? malloc((size_t)n) : NULL;
        rewind(f);
        *ret = p != NULL ? fread(p, 1, (size_t)n, f) : 0;
    }
    if (f != NULL)
        fclose(f);
    return p;
}

static void compare(const char *path, const rp_image *img, const rp_functions *fns,
                    const rp_code_map *map, counts *c)
{
    rp_arena arena = {0};
    rp_code_sink quick = {.arena = &arena,
                          .landmarks = map->landmarks,
                          .guard_size = 4096,
                          .text_high = UINT64_MAX,
                          .fn_high = UINT64_MAX},
                 slow = quick;
    for (uint32_t i = 0; i < fns->n; i++) {
        const rp_function *f = &fns->items[i];
        uint64_t len = f->end - f->start;
        if (f->at == RP_NOWHERE || f->end <= f->start || f->at > img->src->size ||
            len > img->src->size - f->at)
            continue;
        rp_code_range range = {
            .start = f->start, .bytes = {img->src->memory.ptr + f->at, (size_t)len}, .index = i};
        const char *what = a64_difference(&quick, &slow, &range);
        c->functions++;
        c->words += len / 4;
        if (what != NULL && c->differences++ < 20)
            printf("%s: %llx: %s\n", path, (unsigned long long)f->start, what);
    }
    rp_arena_free(&arena);
}

static void one(const char *path, counts *c)
{
    rp_arena arena = {0};
    rp_error err = {0};
    rp_image *img;
    rp_functions fns;
    rp_code_map map;
    size_t n = 0;
    uint8_t *bytes = slurp(path, &n);
    if (bytes == NULL)
        return;
    rp_source src = rp_source_memory((rp_bytes){bytes, n}, &arena);
    if (rp_image_open(&src, &arena, &img, &err) == RP_OK && img->arch == RP_ARCH_AARCH64 &&
        img->elf != NULL && rp_functions_read(img, &fns) &&
        rp_landmarks_elf(img, &fns, &map, &err) == RP_OK) {
        c->files++;
        compare(path, img, &fns, &map, c);
    }
    rp_arena_free(&arena);
    free(bytes);
}

int main(int argc, char **argv)
{
    counts c = {0};
    for (int i = 1; i < argc; i++)
        one(argv[i], &c);
    printf("%llu files, %llu functions, %llu words: %llu functions differ\n",
           (unsigned long long)c.files, (unsigned long long)c.functions,
           (unsigned long long)c.words, (unsigned long long)c.differences);
    if (c.files == 0)
        puts("skipped: no AArch64 code");
    return c.differences != 0 ? 1 : c.files == 0 ? 77 : 0;
}
