/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the first pass says of single instructions. Reads lines "address bytes target", all in hex
 * (target 0: none), and writes one line each: flags, frame, branches, jump tables; then whether it
 * returns (seen behind a reload of the link register), and whether it reloads that (seen before a
 * return). A landmark at the target shows direct calls and jumps as RP_FN_GUARD_FAIL. */
#include "isa/a64_scan.h"
#include "isa/rv_scan.h"
#include "isa/t32_scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *name, *reload, *ret; /* code bytes */
    uint8_t nreload, nret;
} arch;

static const arch arches[] = {
    {"aarch64", "\xfe\x07\x41\xf8", "\xc0\x03\x5f\xd6", 4, 4}, /* ldr x30, [sp], #16; ret */
    {"thumb", "\x5d\xf8\x04\xeb", "\x70\x47", 4, 2},           /* ldr lr, [sp], #4; bx lr */
    {"arm", "\x04\xe0\x9d\xe4", "\x1e\xff\x2f\xe1", 4, 4},
    {"riscv64", "\xa2\x60", "\x82\x80", 2, 2}, /* ld ra, 8(sp); ret */
    {"riscv32", "\xa2\x40", "\x82\x80", 2, 2}, /* lw ra, 8(sp); ret */
};

static void scan(const arch *a, rp_code_sink *sink, const rp_code_range *range, rp_fn_code *ret)
{
    sink->branches.n = sink->taken.n = 0;
    memset(sink->set_aside, 0, sizeof sink->set_aside);
    if (a == &arches[0])
        rp_a64_scan(sink, range, ret);
    else if (a == &arches[1] || a == &arches[2])
        rp_t32_scan(sink, range, a == &arches[1], ret);
    else
        rp_rv_scan(sink, range, a == &arches[3], ret);
}

static bool bare(const arch *a, rp_code_sink *sink, uint64_t start, const uint8_t *p, size_t n)
{
    rp_fn_code fn;
    rp_code_range range = {.start = start, .bytes = {p, n}};
    scan(a, sink, &range, &fn);
    return (fn.flags & RP_FN_BARE_RET) != 0;
}

static void one(const arch *a, rp_code_sink *sink, uint64_t at, const uint8_t *p, size_t n)
{
    uint8_t both[16];
    rp_fn_code fn;
    rp_code_range range = {.start = at, .bytes = {p, n}};
    scan(a, sink, &range, &fn);
    printf("%x %u %u %u ", fn.flags, fn.frame, fn.nsites, sink->set_aside[RP_WHY_JUMP_TABLE]);
    memcpy(both, a->reload, a->nreload);
    memcpy(both + a->nreload, p, n);
    bool returns = bare(a, sink, at - a->nreload, both, n + a->nreload);
    memcpy(both, p, n);
    memcpy(both + n, a->ret, a->nret);
    printf("%d %d\n", returns, bare(a, sink, at, both, n + a->nret));
}

int main(int argc, char **argv)
{
    const arch *a = NULL;
    for (size_t i = 0; argc == 2 && i < RP_COUNT(arches); i++)
        if (strcmp(argv[1], arches[i].name) == 0)
            a = &arches[i];
    if (a == NULL)
        return 2;
    rp_arena arena = {.limit = 64u << 20};
    rp_code_sink sink = {.arena = &arena, .guard_size = 4096};
    rp_landmark slot = {.id = RP_LM_STACK_CHK_FAIL}, table[2];
    char line[128];
    while (fgets(line, sizeof line, stdin) != NULL) {
        char *rest = NULL;
        uint64_t at = strtoull(line, &rest, 16);
        uint8_t p[8];
        size_t n = 0;
        rest += *rest == ' ';
        for (; rest[0] > ' ' && rest[1] > ' ' && n < sizeof p; rest += 2) {
            char two[3] = {rest[0], rest[1], 0};
            p[n++] = (uint8_t)strtoul(two, NULL, 16);
        }
        uint64_t target = strtoull(rest, NULL, 16);
        uint8_t every[1] = {0xff};
        memset(table, 0, sizeof table);
        slot.addr = target;
        table[0] = table[1] = slot;
        sink.landmarks = (rp_landmarks){
            .slots = table, .maybe = every, .mask = 0, .used = 1, .low = target, .high = target};
        if (target == 0)
            sink.landmarks = (rp_landmarks){0};
        one(a, &sink, at, p, n);
    }
    rp_arena_free(&arena);
    return 0;
}
