/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* How fast code is read: the length decoder alone, the first pass, and the whole pass with the
 * data-flow, over all functions of one file, on one core and in processor time. `--list` prints
 * every indirect branch and how it stands instead (for tests/differential), `--forwards` the same
 * by the data-flow over whole functions alone, `--switches` AArch64's compressed jump tables:
 * ADDRESS ENTRIES TABLE BASE SIZE SIGNED SHIFT, 0 entries where their number is not told.
 *
 * usage: bench_code [--list|--forwards|--switches] FILE [ROUNDS] */
#define _GNU_SOURCE
#include "base/arena.h"
#include "base/threads.h"
#include "isa/a64_idioms.h"
#include "isa/a64_switch.h"
#include "isa/landmarks_elf.h"
#include "isa/landmarks_macho.h"
#include "isa/landmarks_pe.h"
#include "isa/pass.h"
#include "isa/pass_decoders.h"
#include "isa/x86_insn.h"
#include "obj/elf.h"
#include "obj/elf_loaded.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    rp_arena arena;
    rp_source src;
    rp_image *img;
    rp_functions fns;
    rp_code_map map;
    uint8_t *memory;
} file;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static bool find_landmarks(file *f, rp_error *err)
{
    if (f->img->elf != NULL)
        return rp_landmarks_elf(f->img, &f->fns, &f->map, err) == RP_OK;
    if (f->img->pe != NULL)
        return rp_landmarks_pe(f->img, &f->fns, &f->map, err) == RP_OK;
    return rp_landmarks_macho(f->img, &f->fns, &f->map, err) == RP_OK;
}

static bool load(file *f, const char *path)
{
    struct stat st;
    rp_error err = {0};
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &st) != 0)
        return false;
    f->memory = malloc((size_t)st.st_size + 1);
    size_t got = 0;
    while (f->memory != NULL && got < (size_t)st.st_size) {
        ssize_t n = read(fd, f->memory + got, (size_t)st.st_size - got);
        if (n <= 0)
            return false;
        got += (size_t)n;
    }
    close(fd);
    f->src = rp_source_memory((rp_bytes){f->memory, got}, &f->arena);
    return rp_image_open(&f->src, &f->arena, &f->img, &err) == RP_OK && rp_pass_supports(f->img) &&
           rp_load_code(f->img, &f->img) && rp_functions_read(f->img, &f->fns) &&
           find_landmarks(f, &err);
}

static rp_bytes bytes_of(const file *f, const rp_function *fn)
{
    uint64_t len = fn->end - fn->start;
    if (fn->at == RP_NOWHERE || fn->end <= fn->start || fn->at > f->src.size ||
        len > f->src.size - fn->at)
        return (rp_bytes){NULL, 0};
    return (rp_bytes){f->memory + fn->at, (size_t)len};
}

static uint64_t decode_all(const file *f, uint64_t *ret_instructions)
{
    bool mode64 = f->img->arch == RP_ARCH_X86_64;
    uint64_t bytes = 0, n = 0;
    for (uint32_t i = 0; i < f->fns.n; i++) {
        rp_bytes b = bytes_of(f, &f->fns.items[i]);
        bytes += b.len;
        for (size_t at = 0; at < b.len; n++) {
            rp_x86_insn in = rp_x86_decode(b.ptr + at, b.len - at, mode64);
            at += in.len != 0 ? in.len : 1;
        }
    }
    *ret_instructions = n;
    return bytes;
}

static uint64_t scan_all(file *f)
{
    const rp_decoder *decoder = rp_decoder_of(f->img);
    rp_arena arena = {0};
    rp_code_sink sink = {.arena = &arena,
                         .landmarks = f->map.landmarks,
                         .read_only = f->map.read_only,
                         .nread_only = f->map.nread_only,
                         .text_low = f->fns.n ? f->fns.items[0].start : 0,
                         .text_high = f->fns.n ? f->fns.items[f->fns.n - 1].end : 0,
                         .fn_low = f->fns.n ? f->fns.items[0].start : 0,
                         .fn_high = f->fns.n ? f->fns.items[f->fns.n - 1].end : 0,
                         .guard_size = 4096};
    rp_fn_code code;
    for (uint32_t i = 0; i < f->fns.n; i++) {
        rp_code_range range = {
            .start = f->fns.items[i].start, .bytes = bytes_of(f, &f->fns.items[i]), .index = i};
        range.around = range.bytes;
        range.around_start = range.start;
        decoder->scan(&sink, &range, f->fns.items[i].thumb, &code);
        sink.branches.n = sink.taken.n = sink.file_votes.n = 0;
    }
    rp_arena_free(&arena);
    return sink.bytes;
}

static bool pass_all(file *f, rp_pass *ret)
{
    return rp_pass_run(f->img, &f->fns, &f->map, ret);
}

static void report(const char *what, uint64_t bytes, double seconds)
{
    printf("%-24s %8.3f s %8.0f MB/s\n", what, seconds, (double)bytes / 1e6 / seconds);
}

static void list(const rp_pass *p, const file *f)
{
    static const char *const edges[] = {"undecided", "guarded", "spilled", "unguarded", "aside"};
    static const char *const whys[] = {"", "slot", "table", "constant", "plt", "runtime", "return"};
    static const char *const guards[] = {"",     "cfi", "cfi-diag", "cfi-cross-dso",
                                         "kcfi", "cfg", "xfg",      "pauth"};
    for (uint32_t i = 0; i < p->nbranches; i++) {
        const rp_branch *b = &p->branches[i];
        printf("%llx %s %s %s%s %u %.*s\n", (unsigned long long)b->addr, b->jump ? "jmp" : "call",
               edges[b->edge], whys[b->reason], guards[b->guard], b->class_size,
               (int)f->fns.items[b->fn].name.len, f->fns.items[b->fn].name.ptr);
    }
}

/* Every jump through a compressed table, and what its code tells of the table. */
static void list_switches(const file *f)
{
    for (uint32_t i = 0; i < f->fns.n; i++) {
        rp_bytes b = bytes_of(f, &f->fns.items[i]);
        rp_a64_code code = {b.ptr, b.len / 4};
        rp_code_range range = {.start = f->fns.items[i].start, .bytes = b, .index = i};
        for (size_t k = 0; f->img->arch == RP_ARCH_AARCH64 && k < code.n; k++) {
            rp_switch s;
            if ((rp_a64_word(&code, k) & 0xfffffc1f) != 0xd61f0000 || !rp_a64_jump_table(&code, k))
                continue;
            bool told = rp_a64_switch(&range, (uint32_t)(4 * k), &s);
            printf("%llx %u %llx %llx %u %d %u\n", (unsigned long long)(range.start + 4 * k),
                   told ? s.entries : 0, (unsigned long long)s.table, (unsigned long long)s.base,
                   1u << s.size_log2, s.is_signed, s.shift);
        }
    }
}

static void totals(const rp_pass *p)
{
    uint32_t edges[5] = {0};
    for (uint32_t i = 0; i < p->nbranches; i++)
        edges[p->branches[i].edge]++;
    printf("%u branches: %u guarded, %u spilled, %u unguarded, %u set aside, %u undecided\n",
           p->nbranches, edges[RP_EDGE_GUARDED], edges[RP_EDGE_GUARDED_SPILLED],
           edges[RP_EDGE_UNGUARDED], edges[RP_EDGE_NOT_ATTACKABLE], edges[RP_EDGE_UNDECIDED]);
}

static double wall(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* The whole pass by the clock on the wall, alone and with a second thread. */
static bool in_parallel(file *f, uint64_t bytes, int rounds)
{
    double best[2] = {1e9, 1e9};
    rp_pass p;
    for (int i = 0; i < 2 * rounds; i++) {
        rp_crew crew;
        if (!rp_crew_init(&crew, (unsigned)i % 2))
            return false;
        f->img->crew = &crew;
        double t = wall();
        bool ok = pass_all(f, &p);
        t = wall() - t;
        f->img->crew = NULL;
        rp_crew_free(&crew);
        if (!ok)
            return false;
        best[i % 2] = t < best[i % 2] ? t : best[i % 2];
    }
    report("whole pass, -j1, wall", bytes, best[0]);
    report("whole pass, -j2, wall", bytes, best[1]);
    return true;
}

int main(int argc, char **argv)
{
    static file f;
    rp_pass p;
    bool forwards = argc > 1 && strcmp(argv[1], "--forwards") == 0;
    bool switches = argc > 1 && strcmp(argv[1], "--switches") == 0;
    bool lists = forwards || switches || (argc > 1 && strcmp(argv[1], "--list") == 0);
    const char *path = argc > 1 + lists ? argv[1 + lists] : "";
    int rounds = argc > 2 + lists ? (int)strtol(argv[2 + lists], NULL, 10) : 3;
    if (!load(&f, path)) {
        fprintf(stderr, "usage: bench_code [--list|--forwards|--switches] FILE [ROUNDS]\n");
        return 2;
    }
    f.map.forwards = forwards;
    if (switches) {
        list_switches(&f);
        return 0;
    }
    if (lists) {
        if (!pass_all(&f, &p))
            return 1;
        list(&p, &f);
        return 0;
    }
    double best[3] = {1e9, 1e9, 1e9};
    uint64_t bytes = 0, instructions = 0;
    for (int i = 0; i < rounds; i++) {
        double t[4] = {now()};
        bool x86 = f.img->arch == RP_ARCH_X86_64 || f.img->arch == RP_ARCH_X86;
        if (x86)
            bytes = decode_all(&f, &instructions);
        t[1] = now();
        bytes = scan_all(&f);
        t[2] = now();
        if (!pass_all(&f, &p))
            return 1;
        bytes = p.bytes;
        t[3] = now();
        for (int k = 0; k < 3; k++)
            best[k] = t[k + 1] - t[k] < best[k] ? t[k + 1] - t[k] : best[k];
    }
    printf("%u functions, %llu bytes, %llu instructions\n", f.fns.n, (unsigned long long)bytes,
           (unsigned long long)instructions);
    if (instructions != 0)
        report("length decoder", bytes, best[0]);
    report("first pass", bytes, best[1]);
    report("whole pass", bytes, best[2]);
    totals(&p);
    return in_parallel(&f, bytes, rounds) ? 0 : 1;
}
