/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE /* O_CLOEXEC */
/* For the tests of the checks: opens one file, reads all facts, runs every check that its format
 * has, and prints a line per result: code, outcome, level, brief, number of evidence lines, of
 * fixes, verify command and text, between tabs. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checks/check.h"

static const char *const outcomes[] = {"none", "pass", "finding", "na", "unknown", "error"};
static const char *const levels[] = {"allow", "note", "warn", "deny"};

static void put(rp_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c < 0x20 || c == 0x7f)
            printf("\\x%02x", c);
        else
            putchar(c);
    }
}

static uint32_t format_bit(rp_format format)
{
    switch (format) {
    case RP_FORMAT_ELF:
        return RP_ON_ELF;
    case RP_FORMAT_PE:
    case RP_FORMAT_COFF:
        return RP_ON_PE;
    case RP_FORMAT_MACHO:
        return RP_ON_MACHO;
    case RP_FORMAT_NONE:
        break;
    }
    return 0;
}

static void run_checks(const rp_facts *facts, rp_arena *arena)
{
    for (uint32_t i = 0; i < rp_checks_count; i++) {
        const rp_check *check = rp_checks[i];
        rp_out out = rp_out_start(arena, check);
        if (check->formats & format_bit(facts->format))
            check->run(facts, &out);
        else
            rp_skip(&out, "not a matter of %s files", rp_format_name(facts->format));
        printf("%s\t%s\t%s\t", check->code, outcomes[out.outcome], levels[out.level]);
        put(out.brief);
        printf("\t%u\t%u\t", out.nevidence, out.nfixes);
        put(out.verify);
        putchar('\t');
        put(out.text);
        putchar('\n');
    }
}

static rp_code judge(int fd, const char *name, rp_arena *arena, rp_error *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return rp_fail(err, RP_E_IO, RP_NOWHERE, "cannot stat");
    rp_source source = rp_source_fd(fd, (uint64_t)st.st_size, arena);
    rp_image *image;
    rp_code code = rp_image_open(&source, arena, &image, err);
    if (code != RP_OK)
        return code;
    const rp_facts *facts;
    code = rp_facts_build(image, rp_str_from(name), RP_STR(""), UINT32_MAX, &facts, err);
    if (code == RP_OK)
        run_checks(facts, arena);
    return code;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: judge FILE\n");
        return 2;
    }
    int fd = open(argv[1], O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        perror(argv[1]);
        return 2;
    }
    rp_arena arena = {0};
    rp_error err = {0};
    rp_code code = judge(fd, argv[1], &arena, &err);
    if (code != RP_OK)
        fprintf(stderr, "%s (at 0x%llx)\n", err.text, (unsigned long long)err.offset);
    rp_arena_free(&arena);
    close(fd);
    return code == RP_OK ? 0 : 1;
}
