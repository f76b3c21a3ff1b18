/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Tables of functions, and who uses them, for tables.py:
 *   tables FILE
 * "p PLACE FUNCTION" for words that point to a function, "l PLACE TABLE" for those that point to a
 * table, "u FUNCTION TABLE" for uses by code, "c FROM TO" for what is handed on or called through
 * tables as paths go; hexadecimal. */
#define _GNU_SOURCE /* O_CLOEXEC */
#include "deps/reach_tables.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

typedef unsigned long long number;

typedef struct {
    const rp_functions *functions;
    uint32_t from;
} step;

static void give(void *user, uint32_t to, uint64_t table)
{
    const step *s = user;
    (void)table;
    printf("c %llx %llx\n", (number)s->functions->items[s->from].start,
           (number)s->functions->items[to].start);
}

int main(int argc, char **argv)
{
    struct stat st;
    rp_arena arena = {0};
    rp_error err = {.code = RP_OK};
    rp_image *img;
    rp_functions f;
    rp_code_tables t;
    rp_calls c;
    int fd = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0 || fstat(fd, &st) != 0)
        return 2;
    rp_source src = rp_source_fd(fd, (uint64_t)st.st_size, &arena);
    if (rp_image_open(&src, &arena, &img, &err) != RP_OK || !rp_functions_read(img, &f) ||
        !rp_code_tables_read(img, &f, &t) || !rp_calls_read(img, &f, &t, NULL, 0, &c))
        return 2;
    for (uint32_t i = 0; i < t.npointers; i++)
        printf("p %llx %llx\n", (number)t.pointers[i].place,
               (number)f.items[t.pointers[i].function].start);
    for (uint32_t i = 0; i < t.nlinks; i++)
        printf("l %llx %llx\n", (number)t.links[i].place, (number)t.links[i].table);
    for (uint32_t i = 0; i < c.nuses; i++)
        printf("u %llx %llx\n", (number)f.items[c.uses[i].function].start, (number)c.uses[i].table);
    for (uint32_t i = 0; i < f.n; i++) { /* each from the start, so that nothing is opened yet */
        rp_table_walk walk;
        step s = {&f, i};
        if (!rp_table_walk_start(&t, &c, &arena, &walk))
            return 2;
        rp_table_walk_from(&walk, i, give, &s);
    }
    printf("%s\n", c.known == RP_YES ? "whole" : c.why);
    rp_arena_free(&arena);
    (void)close(fd);
    return 0;
}
