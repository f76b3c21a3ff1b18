/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* For tests/origin/attribution.py: whose code each function of one file is, a line each:
 *   function ADDRESS OWNER BY CRATE VERSION DEFINED_IN OBJECT NAME   ("-" for what is not known)
 * then "crate NAME VERSION OWNER FUNCTIONS", and times in milliseconds. `--locations` lists panic
 * locations instead: "location ADDRESS LINE COLUMN PATH". */
#define _GNU_SOURCE /* O_CLOEXEC */
#include "isa/pass.h"
#include "origin/attribution.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *const owners[RP_OWNER_COUNT] = {"unknown", "user",     "std",     "c",
                                                   "cpp",     "assembly", "runtime", "other"};
static const char *const bys[] = {"symbol", "unit",       "location", "unwind",
                                  "kind",   "neighbours", "none"};

static void text(rp_str s)
{
    putchar(' ');
    if (s.len == 0)
        putchar('-');
    for (size_t i = 0; i < s.len; i++)
        putchar(s.ptr[i] <= ' ' ? '_' : s.ptr[i]);
}

static double now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static rp_str crate_name(const rp_attribution *a, uint32_t crate)
{
    return crate == RP_NO_CRATE ? (rp_str){"", 0} : a->crates[crate].name;
}

static void dump(const rp_functions *f, const rp_attribution *a)
{
    for (uint32_t i = 0; i < a->n; i++) {
        const rp_fn_origin *o = &a->items[i];
        printf("function %llx %s %s", (unsigned long long)f->items[i].start, owners[o->owner],
               bys[o->by]);
        text(crate_name(a, o->crate));
        text(o->crate == RP_NO_CRATE ? (rp_str){"", 0} : a->crates[o->crate].version);
        text(crate_name(a, o->defined_in));
        text(o->object);
        text(f->items[i].name);
        putchar('\n');
    }
    for (uint32_t i = 0; i < a->ncrates; i++) {
        printf("crate");
        text(a->crates[i].name);
        text(a->crates[i].version);
        printf(" %s %u\n", owners[a->crates[i].owner], a->crates[i].functions);
    }
}

static void dump_locations(const rp_locations *l)
{
    for (uint32_t i = 0; i < l->n; i++) {
        printf("location %llx %u %u", (unsigned long long)l->items[i].addr, l->items[i].line,
               l->items[i].column);
        text(l->items[i].path);
        putchar('\n');
    }
}

static int run(rp_image *img, bool locations_only)
{
    rp_functions functions;
    rp_locations locations;
    const rp_attribution *a = NULL;
    rp_error err;
    rp_pass pass = {0};
    double t0 = now();
    if (!rp_locations_read(img, img->arena, &locations))
        return 1;
    double t1 = now();
    if (locations_only) {
        dump_locations(&locations);
        return 0;
    }
    if (!rp_functions_read(img, &functions))
        return 1;
    rp_code_map map = {.whole = RP_UNKNOWN};
    if (!rp_locations_landmarks(&locations, img->arena, &map.landmarks))
        return 1;
    if (rp_pass_supports(img) && !rp_pass_run(img, &functions, &map, &pass))
        return 1;
    double t2 = now();
    rp_location_votes votes = {pass.file_votes, pass.nfile_votes};
    if (rp_attribution_build(img, &functions, &locations, votes, img->arena, &a, &err) != RP_OK)
        return 1;
    double t3 = now();
    dump(&functions, a);
    printf("times locations %.1f attribution %.1f\n", t1 - t0, t3 - t2);
    return 0;
}

int main(int argc, char **argv)
{
    struct stat st;
    int fd = argc > 1 ? open(argv[argc - 1], O_RDONLY | O_CLOEXEC) : -1;
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
    int code = run(img, argc > 2);
    rp_arena_free(&arena);
    (void)close(fd);
    return code;
}
