/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Runs a fuzz target without libFuzzer, under any compiler and sanitizer: every file of the given
 * corpus folders, then a fixed number of mutations of each (same ones in every run), then a few
 * inputs that every parser must survive. The target aborts when an invariant is broken; an input
 * that takes longer than a second counts as broken too.
 *
 *   fuzz_elf [-m MUTATIONS] [-w FILE] CORPUS…
 *
 * -w names a file that always holds the input being tried, so that a crash can be replayed. */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LONGEST = 4 << 20, SLOW_MS = 1000 };

typedef struct {
    unsigned mutations;
    const char *trace;
    unsigned long files, inputs, slow;
    uint64_t random;
} replay;

static uint64_t next_random(replay *r)
{
    /* xorshift64: the sequence is fixed, so a failure repeats */
    r->random ^= r->random << 13;
    r->random ^= r->random >> 7;
    r->random ^= r->random << 17;
    return r->random;
}

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void save(const char *path, const uint8_t *data, size_t size)
{
    FILE *f = fopen(path, "wb");
    if (f == NULL)
        return;
    (void)fwrite(data, 1, size, f);
    (void)fclose(f);
}

static void try_input(replay *r, const uint8_t *data, size_t size, const char *name)
{
    /* its own allocation of exactly this size: a sanitizer sees each byte read beyond it */
    uint8_t *copy = malloc(size ? size : 1);
    if (copy == NULL)
        abort();
    if (size != 0)
        memcpy(copy, data, size);
    if (r->trace != NULL)
        save(r->trace, copy, size);
    double start = now_ms();
    (void)LLVMFuzzerTestOneInput(copy, size);
    double took = now_ms() - start;
    if (took > SLOW_MS) {
        printf("slow: %s (%zu bytes): %.0f ms\n", name, size, took);
        r->slow++;
    }
    r->inputs++;
    free(copy);
}

static const uint64_t interesting[] = {0,          1,          0x7f,       0x80,
                                       0xff,       0x7fff,     0xffff,     0x7fffffff,
                                       0x80000000, 0xfffffff0, 0xffffffff, 0x7fffffffffffffff,
                                       UINT64_MAX};

/* One to four edits, most of them in the first KiB, where headers are. */
static size_t mutate(replay *r, uint8_t *data, size_t size)
{
    unsigned edits = 1 + (unsigned)(next_random(r) % 4);
    for (unsigned i = 0; i < edits && size != 0; i++) {
        size_t range = (next_random(r) & 3) != 0 && size > 1024 ? 1024 : size;
        size_t at = (size_t)(next_random(r) % range);
        uint64_t value = interesting[next_random(r) % (sizeof interesting / sizeof *interesting)];
        size_t width = (size_t)1 << (next_random(r) % 4);
        switch (next_random(r) % 4) {
        case 0:
            data[at] ^= (uint8_t)(1u << (next_random(r) % 8));
            break;
        case 1:
            data[at] = (uint8_t)next_random(r);
            break;
        case 2:
            memcpy(data + at, &value, width < size - at ? width : size - at);
            break;
        default:
            size = i == 0 ? 1 + (size_t)(next_random(r) % size) : size;
        }
    }
    return size;
}

static void replay_bytes(replay *r, const uint8_t *data, size_t size, const char *name)
{
    try_input(r, data, size, name);
    uint8_t *copy = malloc(size ? size : 1);
    if (copy == NULL)
        abort();
    for (unsigned i = 0; i < r->mutations; i++) {
        if (size != 0)
            memcpy(copy, data, size);
        size_t n = mutate(r, copy, size);
        try_input(r, copy, n, name);
    }
    free(copy);
}

static void replay_file(replay *r, const char *path)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data = malloc(LONGEST);
    if (f == NULL || data == NULL) {
        printf("cannot read %s\n", path);
        exit(1);
    }
    size_t size = fread(data, 1, LONGEST, f);
    (void)fclose(f);
    r->files++;
    replay_bytes(r, data, size, path);
    free(data);
}

static int not_hidden(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static void replay_path(replay *r, const char *path)
{
    struct stat st = {0};
    if (stat(path, &st) != 0)
        return; /* a target without a corpus yet; the count of files says so */
    if (!S_ISDIR(st.st_mode)) {
        replay_file(r, path);
        return;
    }
    struct dirent **entries = NULL;
    int n = scandir(path, &entries, not_hidden, alphasort);
    for (int i = 0; i < n; i++) {
        char name[4096];
        (void)snprintf(name, sizeof name, "%s/%s", path, entries[i]->d_name);
        if (stat(name, &st) == 0 && S_ISREG(st.st_mode))
            replay_file(r, name);
        free(entries[i]);
    }
    free(entries);
}

int main(int argc, char **argv)
{
    replay r = {.mutations = 100, .random = 0x9e3779b97f4a7c15};
    int i = 1;
    for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
        if (argv[i][1] == 'm')
            r.mutations = (unsigned)strtoul(argv[i + 1], NULL, 10);
        else if (argv[i][1] == 'w')
            r.trace = argv[i + 1];
    }
    for (; i < argc; i++)
        replay_path(&r, argv[i]);
    uint8_t zeros[256] = {0}, ones[256];
    memset(ones, 0xff, sizeof ones);
    try_input(&r, zeros, 0, "(empty)");
    replay_bytes(&r, zeros, sizeof zeros, "(zeros)");
    replay_bytes(&r, ones, sizeof ones, "(ones)");
    printf("%lu corpus files, %lu inputs, %lu slower than %d ms\n", r.files, r.inputs, r.slow,
           SLOW_MS);
    return r.slow != 0;
}
