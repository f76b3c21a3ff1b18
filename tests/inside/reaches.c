/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Which functions are in a binary, for twins.py:
 *   reaches FILE CRATE[@VERSION] FUNCTION [CRATE FUNCTION]…
 * One line each: function, state, by, why, symbol, why no path, path, whether overflow checks stand
 * at each place, between tabs. Sources of
 * crates are looked for below $CARGO_HOME. */
#define _GNU_SOURCE /* O_CLOEXEC */
#include "deps/reach.h"
#include "input/debug_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { QUERIES = 256 };

static void print(const rp_reach_query *q, const rp_reach *r)
{
    static const char *const states[] = {"unknown", "present", "not emitted"};
    printf("%.*s\t%s\t%.*s\t%s\t%.*s\t%s\t", RP_FMT(q->functions[0]), states[r->state],
           RP_FMT(r->by), r->why != NULL ? r->why : "", RP_FMT(r->symbol),
           r->no_path != NULL ? r->no_path : "");
    for (uint32_t i = 0; i < r->npath; i++)
        printf("%s%.*s", i != 0 ? " -> " : "", RP_FMT(r->path[i]));
    printf("\t%s\n", r->overflow_checked ? "checked" : "");
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
    const char *home = getenv("CARGO_HOME");
    rp_reach_options options = {rp_str_from(home != NULL ? home : ""), {"", 0}};
    if (argc < 4 || argc % 2 != 0)
        return 2;
    for (int i = 2; i + 1 < argc && n < QUERIES; i += 2, n++) {
        rp_str crate = rp_str_from(argv[i]);
        size_t mark = rp_str_find(crate, RP_STR("@"));
        rp_str version = rp_str_sub(crate, mark != SIZE_MAX ? mark + 1 : crate.len, SIZE_MAX);
        functions[n] = rp_str_from(argv[i + 1]);
        queries[n] = (rp_reach_query){rp_str_sub(crate, 0, mark), &functions[n], 1, version};
    }
    options.path = rp_str_from(argv[1]);
    int fd = open(argv[1], O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0)
        return 2;
    rp_source src = rp_source_fd(fd, (uint64_t)st.st_size, &arena);
    rp_debug_file *debug = NULL;
    const rp_input item = {.path = options.path, .member = {"", 0}};
    if (rp_image_open(&src, &arena, &img, &err) != RP_OK) {
        printf("error\t%s\n", err.text);
        return 1;
    }
    debug = rp_debug_file_join(img, &item);
    if (rp_reach_read(img, queries, n, &options, found, &err) != RP_OK) {
        printf("error\t%s\n", err.text);
        return 1;
    }
    for (uint32_t i = 0; i < n; i++)
        print(&queries[i], &found[i]);
    rp_debug_file_close(debug);
    rp_arena_free(&arena);
    (void)close(fd);
    return 0;
}
