/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* How fast Rust is read: every file of a list (lines "EDITION<tab>FILE") is held in memory, then
 * lexed and parsed, ROUNDS times, on one core and in processor time; the best round is printed.
 *
 * usage: bench_rust LIST [ROUNDS] */
#define _GNU_SOURCE
#include "base/vec.h"
#include "rust/parse.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct {
    rp_padded text;
    rp_edition edition;
} source;

typedef struct {
    rp_arena arena;
    RP_VEC(source) files;
    uint64_t bytes, lines;
} set;

typedef struct {
    double lex, tree, items;
    uint64_t tokens, nodes, item_nodes, memory, largest, errors;
} figures;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static bool load(set *s, const char *list)
{
    char line[8192];
    FILE *f = fopen(list, "r");
    if (f == NULL)
        return false;
    while (fgets(line, sizeof line, f) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *tab = strchr(line, '\t');
        source one;
        if (tab == NULL || !rp_edition_parse((rp_str){line, (size_t)(tab - line)}, &one.edition) ||
            rp_pad_read(tab + 1, true, &s->arena, &one.text, NULL) != RP_OK)
            continue;
        source *to = rp_vec_push(&s->arena, &s->files);
        if (to == NULL)
            return false;
        *to = one;
        s->bytes += one.text.s.len;
        for (size_t i = 0; i < one.text.s.len; i++)
            s->lines += one.text.s.ptr[i] == '\n';
    }
    fclose(f);
    return s->files.n != 0;
}

static bool measure(const set *s, figures *ret)
{
    figures g = {0};
    for (uint32_t i = 0; i < s->files.n; i++) {
        rp_arena arena = {0};
        rp_tokens tokens;
        rp_ast all, items;
        const source *one = &s->files.items[i];
        double t0 = now();
        if (rp_lex(one->text, one->edition, &arena, &tokens, NULL) != RP_OK)
            return false;
        double t1 = now();
        if (rp_parse(&tokens, RP_PARSE_ALL, &arena, &all, NULL) != RP_OK)
            return false;
        double t2 = now();
        uint64_t used = arena.used;
        if (rp_parse(&tokens, RP_PARSE_ITEMS, &arena, &items, NULL) != RP_OK)
            return false;
        g.items += now() - t2;
        g.lex += t1 - t0;
        g.tree += t2 - t1;
        g.tokens += tokens.n;
        g.nodes += all.n;
        g.item_nodes += items.n;
        g.memory += used;
        g.largest = used > g.largest ? used : g.largest;
        g.errors += tokens.n_errors + all.n_errors != 0;
        rp_arena_free(&arena);
    }
    if (ret->lex == 0 || g.lex + g.tree < ret->lex + ret->tree)
        *ret = g;
    return true;
}

static void row(const char *what, const set *s, double seconds)
{
    printf("%s\t%.1f MB/s\t%.2f M lines/s\t%.4f s\n", what, (double)s->bytes / 1e6 / seconds,
           (double)s->lines / 1e6 / seconds, seconds);
}

int main(int argc, char **argv)
{
    set s = {0};
    figures g = {0};
    long rounds = argc > 2 ? strtol(argv[2], NULL, 10) : 3;
    /* memory that was given back is used again, as in a long run: no page faults for every file */
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    if (argc < 2 || !load(&s, argv[1])) {
        fprintf(stderr, "usage: bench_rust LIST [ROUNDS]\n");
        return 2;
    }
    for (long i = 0; i < rounds; i++)
        if (!measure(&s, &g))
            return 1;
    printf("%u files, %llu bytes, %llu lines, %llu tokens, %llu nodes (%llu without bodies), "
           "%llu with errors\n",
           s.files.n, (unsigned long long)s.bytes, (unsigned long long)s.lines,
           (unsigned long long)g.tokens, (unsigned long long)g.nodes,
           (unsigned long long)g.item_nodes, (unsigned long long)g.errors);
    row("tokens", &s, g.lex);
    row("tokens and tree", &s, g.lex + g.tree);
    row("tokens and items, bodies later", &s, g.lex + g.items);
    printf("memory\t%.2f bytes for one of source\t%.1f MB for the largest file\n",
           (double)g.memory / (double)s.bytes, (double)g.largest / 1e6);
    rp_arena_free(&s.arena);
    return 0;
}
