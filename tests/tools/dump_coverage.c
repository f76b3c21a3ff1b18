/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Prints what the code facts say of a file, a record a line, for tests that count exactly:
 * "coverage NAME KNOWN COVERED TOTAL", "outside NAME ADDRESS DETAIL FUNCTION", "edges …", "tls …".
 * usage: dump_coverage FILE */
#include "facts/code_facts_build.h"
#include "facts/facts.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
    const char *name;
    size_t at;
} coverages[] = {
#define ROW(field)                                                                                 \
    {                                                                                              \
#field, offsetof(rp_code_facts, field)                                                     \
    }
    ROW(probes),        ROW(protector),      ROW(landing),      ROW(signing),  ROW(bare_returns),
    ROW(shadow_stack),  ROW(safe_stack),     ROW(cfi),          ROW(kcfi),     ROW(cfg),
    ROW(pauth),         ROW(retpoline),      ROW(sls),          ROW(asan),     ROW(hwasan),
    ROW(msan),          ROW(tsan),           ROW(memtag),       ROW(overflow), ROW(bounds),
    ROW(debug_asserts), ROW(fenced_returns), ROW(fenced_loads),
#undef ROW
};

static const char *tri(rp_tri t)
{
    return t == RP_YES ? "yes" : t == RP_NO ? "no" : "unknown";
}

static void print_coverage(const char *name, const rp_coverage *c)
{
    printf("coverage %s %s %u %u\n", name, tri(c->known), c->covered, c->total);
    for (uint32_t i = 0; i < c->noutside; i++) {
        const rp_code_place *p = &c->outside[i];
        printf("outside %s %llx %u %.*s", name, (unsigned long long)p->addr, p->detail,
               RP_FMT(p->name));
        if (p->line != 0)
            printf(" %.*s:%u", RP_FMT(p->file), p->line);
        printf("\n");
    }
}

static void print(const rp_code_facts *c)
{
    const rp_edges *e = &c->edges;
    printf("read %s %s\n", tri(c->read), c->why != NULL ? c->why : "");
    printf("whole %s\n", tri(c->whole));
    printf("functions %u named %u undecodable %u\n", c->functions, c->named, c->undecodable);
    for (size_t i = 0; i < RP_COUNT(coverages); i++)
        print_coverage(coverages[i].name,
                       (const rp_coverage *)(const void *)((const char *)c + coverages[i].at));
    printf("edges guarded %u spilled %u unguarded %u undecided %u read_only %u jump_table %u "
           "constant %u runtime %u\n",
           e->guarded, e->spilled, e->unguarded, e->undecided, e->aside_read_only,
           e->aside_jump_table, e->aside_constant, e->aside_runtime);
    printf("modes diagnostic %d cross_dso %d class_max %u\n", e->diagnostic, e->cross_dso,
           e->class_max);
    printf("sites overflow %u bounds %u debug_asserts %u\n", c->overflow_sites, c->bounds_sites,
           c->debug_assert_sites);
    printf("kcfi prefixes %u traps %s\n", c->kcfi_prefixes, tri(c->kcfi_traps_agree.is));
    printf("tls gd %u ld %u desc %u ie %u le %u emulated %u\n", c->tls_gd, c->tls_ld, c->tls_desc,
           c->tls_ie, c->tls_le, c->tls_emulated);
}

int main(int argc, char **argv)
{
    struct stat st;
    rp_arena arena = {0};
    rp_error err = {0};
    rp_image *img = NULL;
    const rp_code_facts *code = NULL;
    int fd = argc == 2 ? open(argv[1], O_RDONLY) : -1;
    if (fd < 0 || fstat(fd, &st) != 0) {
        (void)fprintf(stderr, "usage: dump_coverage FILE\n");
        return 2;
    }
    rp_source src = rp_source_fd(fd, (uint64_t)st.st_size, &arena);
    rp_facts facts = {.needs = RP_NEED_CODE | RP_NEED_LINES, .packed = {.is = RP_NO}};
    int status = 1;
    if (rp_image_open(&src, &arena, &img, &err) == RP_OK &&
        rp_code_facts_build(img, &facts, &code, &err) == RP_OK) {
        print(code);
        status = 0;
    } else {
        (void)fprintf(stderr, "dump_coverage: %s\n", err.text);
    }
    rp_arena_free(&arena);
    (void)close(fd);
    return status;
}
