/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Prints what is read of an artefact's code, a record a line, for tests that hold it against other
 * tools: dump_code whole|frames|functions|landmarks|pointers|readonly FILE */
#include "isa/landmarks_elf.h"
#include "isa/landmarks_macho.h"
#include "isa/landmarks_pe.h"
#include "origin/runtime_code.h"
#include "obj/functions.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void hex(uint64_t v)
{
    printf("%llx ", (unsigned long long)v);
}

static void print_frames(const rp_functions *fns)
{
    for (uint32_t i = 0; i < fns->frames.n; i++) {
        hex(fns->frames.items[i].start);
        hex(fns->frames.items[i].end);
        printf("%u\n", fns->frames.items[i].flags);
    }
}

static void print_functions(const rp_functions *fns)
{
    for (uint32_t i = 0; i < fns->n; i++) {
        const rp_function *f = &fns->items[i];
        hex(f->start);
        hex(f->end);
        printf("%u %u %u %.*s", f->source, f->kind, f->thumb, RP_FMT(f->name));
        for (uint32_t k = 0; k < f->naliases; k++)
            printf(" %.*s", RP_FMT(f->aliases[k]));
        printf("\n");
    }
}

static void print_landmarks(const rp_code_map *map)
{
    for (uint32_t i = 0; map->landmarks.slots != NULL && i <= map->landmarks.mask; i++) {
        const rp_landmark *l = &map->landmarks.slots[i];
        if (l->id == RP_LM_NONE)
            continue;
        hex(l->addr);
        printf("%d %u\n", (int)l->id, l->index);
    }
}

static void print_map(const rp_code_map *map, const char *what)
{
    if (strcmp(what, "landmarks") == 0)
        print_landmarks(map);
    for (uint32_t i = 0; strcmp(what, "pointers") == 0 && i < map->npointers; i++) {
        hex(map->pointers[i]);
        printf("\n");
    }
    for (uint32_t i = 0; strcmp(what, "readonly") == 0 && i < map->nread_only; i++) {
        hex(map->read_only[i].addr);
        hex(map->read_only[i].addr + map->read_only[i].size);
        printf("\n");
    }
}

static rp_code read_landmarks(rp_image *img, const rp_functions *fns, rp_code_map *ret,
                              rp_error *err)
{
    if (img->elf != NULL)
        return rp_landmarks_elf(img, fns, ret, err);
    return img->pe != NULL ? rp_landmarks_pe(img, fns, ret, err)
                           : rp_landmarks_macho(img, fns, ret, err);
}

/* Start, length and shape of each function of an image for Windows. */
static void print_shapes(rp_image *img, const rp_functions *fns)
{
    for (uint32_t i = 0; img->pe != NULL && i < fns->n; i++) {
        const rp_function *f = &fns->items[i];
        rp_bytes code;
        if (!rp_image_bytes(img, f->start, f->end - f->start, &code))
            continue;
        hex(f->start);
        hex(code.len);
        uint64_t shape = rp_code_shape(code, rp_code_home_of(img));
        hex(shape);
        printf("%d\n", rp_is_msvc_runtime(img->arch, shape));
    }
}

static int dump(const char *what, int fd, uint64_t size)
{
    rp_arena arena = {0};
    rp_source src = rp_source_fd(fd, size, &arena);
    rp_image *img = NULL;
    rp_functions fns;
    rp_code_map map;
    rp_error err = {0};
    int status = 1;
    if (rp_image_open(&src, &arena, &img, &err) == RP_OK && rp_functions_read(img, &fns)) {
        status = 0;
        if (strcmp(what, "whole") == 0)
            printf("%d\n", (int)fns.whole);
        else if (strcmp(what, "frames") == 0)
            print_frames(&fns);
        else if (strcmp(what, "functions") == 0)
            print_functions(&fns);
        else if (strcmp(what, "shapes") == 0)
            print_shapes(img, &fns);
        else if (read_landmarks(img, &fns, &map, &err) != RP_OK)
            status = 1;
        else
            print_map(&map, what);
    }
    if (status != 0)
        (void)fprintf(stderr, "dump_code: %s\n", err.text);
    rp_arena_free(&arena);
    return status;
}

int main(int argc, char **argv)
{
    struct stat st;
    int fd = argc == 3 ? open(argv[2], O_RDONLY) : -1;
    if (fd < 0 || fstat(fd, &st) != 0) {
        (void)fprintf(
            stderr,
            "usage: dump_code whole|frames|functions|shapes|landmarks|pointers|readonly FILE\n");
        return 2;
    }
    int status = dump(argv[1], fd, (uint64_t)st.st_size);
    (void)close(fd);
    return status;
}
