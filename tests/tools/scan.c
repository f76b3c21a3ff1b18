/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE /* open_memstream */
/* For the tests of input: prints what it hands on, one line per item, sorted by its order keys:
 * kind, path, member, size or error, between tabs. scan [-jN] [--no-archives] [--max-file N]
 * [--max-unpacked N] [--peak]
 * [--sum] [--read] PATH… */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "input/input.h"

typedef struct {
    uint64_t position, ordinal;
    char *text;
} line;

typedef struct {
    pthread_mutex_t lock;
    line *lines;
    size_t n, cap;
    size_t others;
    bool quiet, read; /* read: a sum of an artefact's bytes is printed, too */
} list;

static bool add_bytes(void *user, rp_bytes piece, uint64_t at)
{
    uint32_t *sum = user;
    (void)at;
    for (size_t i = 0; i < piece.len; i++)
        *sum = *sum * 31 + piece.ptr[i];
    return true;
}

static void put_sum(FILE *out, rp_source *src)
{
    uint32_t sum = 0;
    if (rp_source_scan(src, 0, src->size, 0, add_bytes, &sum))
        fprintf(out, " %08x", (unsigned)sum);
    else
        fputs(" unreadable", out);
}

static void put(FILE *out, rp_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c < 0x20 || c >= 0x7f)
            fprintf(out, "\\x%02x", c);
        else
            fputc(c, out);
    }
}

static void add(list *l, const rp_input *item)
{
    static const char *const kinds[] = {"artefact", "other", "error"};
    line new = {item->position, item->ordinal, NULL};
    size_t len = 0;
    FILE *out = open_memstream(&new.text, &len);
    if (out == NULL)
        abort();
    fprintf(out, "%s\t", kinds[item->kind]);
    put(out, item->path);
    fputc('\t', out);
    put(out, item->member);
    if (item->kind == RP_INPUT_ERROR)
        fprintf(out, "\t%d ", (int)item->err.code), put(out, rp_str_from(item->err.text));
    else if (item->kind == RP_INPUT_ARTEFACT)
        fprintf(out, "\t%llu", (unsigned long long)item->src->size);
    if (item->kind == RP_INPUT_ARTEFACT && l->read)
        put_sum(out, item->src);
    fputc('\n', out);
    if (fclose(out) != 0)
        abort();
    if (l->n == l->cap) {
        l->cap = l->cap ? l->cap * 2 : 64;
        l->lines = realloc(l->lines, l->cap * sizeof *l->lines);
        if (l->lines == NULL)
            abort();
    }
    l->lines[l->n++] = new;
}

static void visit(void *user, const rp_input *item)
{
    list *l = user;
    pthread_mutex_lock(&l->lock);
    if (l->quiet && item->kind == RP_INPUT_OTHER)
        l->others++;
    else
        add(l, item);
    pthread_mutex_unlock(&l->lock);
}

static int in_order(const void *a, const void *b)
{
    const line *x = a, *y = b;
    if (x->position != y->position)
        return x->position < y->position ? -1 : 1;
    return (x->ordinal > y->ordinal) - (x->ordinal < y->ordinal);
}

/* The most that was resident, in kB: of this program alone, unlike what getrusage says, which
 * begins with that of the process that started it. */
static void print_peak(void)
{
    char text[128];
    FILE *status = fopen("/proc/self/status", "r");
    while (status != NULL && fgets(text, sizeof text, status) != NULL)
        if (strncmp(text, "VmHWM:", 6) == 0)
            printf("peak\t%s", text + 6);
    if (status != NULL)
        (void)fclose(status);
}

int main(int argc, char **argv)
{
    list l = {.lock = PTHREAD_MUTEX_INITIALIZER};
    rp_input_options opt = {.jobs = 1, .archives = true, .visit = visit, .user = &l};
    bool peak = false;
    int i = 1;
    for (; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
        if (argv[i][1] == 'j')
            opt.jobs = (unsigned)strtoul(argv[i] + 2, NULL, 10);
        else if (strcmp(argv[i], "--no-archives") == 0)
            opt.archives = false;
        else if (strcmp(argv[i], "--peak") == 0)
            peak = true;
        else if (strcmp(argv[i], "--sum") == 0)
            l.quiet = true;
        else if (strcmp(argv[i], "--read") == 0)
            l.read = true;
        else if (strcmp(argv[i], "--max-file") == 0 && i + 1 < argc)
            opt.max_file = strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--max-unpacked") == 0 && i + 1 < argc)
            opt.max_unpacked = strtoull(argv[++i], NULL, 10);
    }
    rp_input_totals t;
    rp_error err = {0};
    if (rp_input_run(&opt, (const char *const *)argv + i, (size_t)(argc - i), &t, &err) != RP_OK) {
        fprintf(stderr, "scan: %s\n", err.text);
        return 70;
    }
    if (l.n != 0)
        qsort(l.lines, l.n, sizeof *l.lines, in_order);
    for (size_t k = 0; k < l.n; k++) {
        fputs(l.lines[k].text, stdout);
        free(l.lines[k].text);
    }
    free(l.lines);
    if (peak)
        print_peak();
    printf("total\tfiles %llu folders %llu others %llu artefacts %llu errors %llu special %llu\n",
           (unsigned long long)t.files, (unsigned long long)t.folders, (unsigned long long)t.others,
           (unsigned long long)t.artefacts, (unsigned long long)t.errors,
           (unsigned long long)t.skipped_special);
    return 0;
}
