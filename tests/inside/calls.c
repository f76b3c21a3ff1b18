/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Functions and the calls between them, for calls.py:
 *   calls FILE
 * "f START END", "c FROM TO" for calls, "a FROM TO" for addresses that are formed; hexadecimal. */
#define _GNU_SOURCE /* O_CLOEXEC */
#include "isa/calls.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct stat st;
    rp_arena arena = {0};
    rp_error err = {.code = RP_OK};
    rp_image *img;
    rp_functions f;
    rp_calls c;
    int fd = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0 || fstat(fd, &st) != 0)
        return 2;
    rp_source src = rp_source_fd(fd, (uint64_t)st.st_size, &arena);
    if (rp_image_open(&src, &arena, &img, &err) != RP_OK || !rp_functions_read(img, &f) ||
        !rp_calls_read(img, &f, NULL, NULL, 0, &c))
        return 2;
    for (uint32_t i = 0; i < f.n; i++)
        printf("f %llx %llx\n", (unsigned long long)f.items[i].start,
               (unsigned long long)f.items[i].end);
    for (uint32_t i = 0; i < f.n; i++)
        for (uint32_t k = c.first[i]; k < c.first[i + 1]; k++)
            printf("%c %llx %llx\n", rp_edge_is_address(c.edges[k]) ? 'a' : 'c',
                   (unsigned long long)f.items[i].start,
                   (unsigned long long)f.items[rp_edge_to(c.edges[k])].start);
    printf("%s\n", c.known == RP_YES ? "whole" : c.why);
    rp_arena_free(&arena);
    (void)close(fd);
    return 0;
}
