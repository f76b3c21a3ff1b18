/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Which functions are in a binary, for twins.py:
 *   reaches FILE CRATE FUNCTION [CRATE FUNCTION]…
 * One line each: function, state, by, why, symbol, between tabs. */
#define _GNU_SOURCE /* O_CLOEXEC */
#include "deps/reach.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { QUERIES = 256 };

static void print(const rp_reach_query *q, const rp_reach *r)
{
    static const char *const states[] = {"unknown", "present", "not emitted"};
    printf("%.*s\t%s\t%.*s\t%s\t%.*s\n", RP_FMT(q->functions[0]), states[r->state], RP_FMT(r->by),
           r->why != NULL ? r->why : "", RP_FMT(r->symbol));
}

int main(int argc, char **argv)
{
    static rp_reach_query queries[QUERIES];
    static rp_str functions[QUERIES];
    static rp_reach found[QUERIES];
    struct stat st;
    rp_arena arena = {0};
    rp_error err = {.code = RP_OK};
    rp_image *img;
    uint32_t n = 0;
    if (argc < 4 || argc % 2 != 0)
        return 2;
    for (int i = 2; i + 1 < argc && n < QUERIES; i += 2, n++) {
        functions[n] = rp_str_from(argv[i + 1]);
        queries[n] = (rp_reach_query){rp_str_from(argv[i]), &functions[n], 1};
    }
    int fd = open(argv[1], O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0)
        return 2;
    rp_source src = rp_source_fd(fd, (uint64_t)st.st_size, &arena);
    if (rp_image_open(&src, &arena, &img, &err) != RP_OK ||
        rp_reach_read(img, queries, n, found, &err) != RP_OK) {
        printf("error\t%s\n", err.text);
        return 1;
    }
    for (uint32_t i = 0; i < n; i++)
        print(&queries[i], &found[i]);
    rp_arena_free(&arena);
    (void)close(fd);
    return 0;
}
