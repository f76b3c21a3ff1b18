/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Writes the functions of a file, one per line: start, end, source, kind, name. For tests only. */
#include "obj/functions.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    static const char *const sources[] = {"symbol", "unwind", "starts", "export", "entry"};
    static const char *const kinds[] = {"normal", "plt", "thunk", "startup", "cfi"};
    rp_arena arena = {.limit = 1u << 30};
    rp_image *img = NULL;
    rp_error err = {0};
    rp_functions fns;
    struct stat st = {0};
    int fd = argc == 2 ? open(argv[1], O_RDONLY) : -1;
    if (fd < 0 || fstat(fd, &st) != 0)
        return 2;
    rp_source src = rp_source_fd(fd, (uint64_t)st.st_size, &arena);
    if (rp_image_open(&src, &arena, &img, &err) != RP_OK || !rp_functions_read(img, &fns)) {
        (void)printf("error %s\n", err.text);
        rp_arena_free(&arena);
        (void)close(fd);
        return 1;
    }
    (void)printf("whole %d code %llu covered %llu\n", (int)fns.whole,
                 (unsigned long long)fns.code_bytes, (unsigned long long)fns.covered_bytes);
    for (uint32_t i = 0; i < fns.n; i++) {
        const rp_function *f = &fns.items[i];
        (void)printf("function 0x%llx 0x%llx %s %s %.*s\n", (unsigned long long)f->start,
                     (unsigned long long)f->end, sources[f->source], kinds[f->kind],
                     RP_FMT(f->name));
    }
    rp_arena_free(&arena);
    (void)close(fd);
    return 0;
}
