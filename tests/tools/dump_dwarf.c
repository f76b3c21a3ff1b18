/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* For tests/origin/dwarf.py: compile units of one file as lines
 *   unit OFFSET VERSION LANGUAGE SPLIT NAME|FOLDER|PRODUCER   and   range START END UNIT-OFFSET,
 * and, of addresses in hexadecimal on standard input, "line ADDRESS LINE FILE". */
#define _GNU_SOURCE /* O_CLOEXEC */
#include "obj/dwarf_units.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PLACES = 100000 };

static int by_addr(const void *a, const void *b)
{
    const rp_dwarf_place *x = a, *y = b;
    return (x->addr > y->addr) - (x->addr < y->addr);
}

static int lines(rp_dwarf *d, rp_arena *arena)
{
    rp_dwarf_place *places = rp_new(arena, PLACES, rp_dwarf_place);
    char text[64];
    uint32_t n = 0;
    while (places != NULL && n < PLACES && fgets(text, sizeof text, stdin) != NULL)
        places[n++].addr = strtoull(text, NULL, 16);
    if (n == 0)
        return 0;
    qsort(places, n, sizeof *places, by_addr);
    if (!rp_dwarf_lines(d, arena, places, n))
        return 1;
    for (uint32_t i = 0; i < n; i++)
        printf("line %llx %u %.*s\n", (unsigned long long)places[i].addr, places[i].line,
               RP_FMT(places[i].file));
    return 0;
}

static int dump(rp_image *img, rp_arena *arena)
{
    rp_dwarf d;
    if (!rp_dwarf_read(img, arena, &d))
        return 1;
    printf("known %s\n", d.known == RP_YES ? "yes" : d.known == RP_NO ? "no" : "unknown");
    for (uint32_t i = 0; i < d.nunits; i++) {
        const rp_dwarf_unit *u = &d.units[i];
        printf("unit %llx %u %x %d %.*s|%.*s|%.*s\n", (unsigned long long)u->at, u->version,
               u->language, u->split, RP_FMT(u->name), RP_FMT(u->folder), RP_FMT(u->producer));
    }
    for (uint32_t i = 0; i < d.nranges; i++)
        printf("range %llx %llx %llx\n", (unsigned long long)d.ranges[i].start,
               (unsigned long long)d.ranges[i].end,
               (unsigned long long)d.units[d.ranges[i].unit].at);
    return lines(&d, arena);
}

int main(int argc, char **argv)
{
    struct stat st;
    int fd = argc > 1 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0 || fstat(fd, &st) != 0)
        return 2;
    rp_arena arena = {.limit = 4ull << 30};
    rp_source src = rp_source_fd(fd, (uint64_t)st.st_size, &arena);
    rp_image *img = NULL;
    rp_error err;
    if (rp_image_open(&src, &arena, &img, &err) != RP_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    int code = dump(img, &arena);
    rp_arena_free(&arena);
    (void)close(fd);
    return code;
}
