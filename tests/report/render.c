/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* render SAMPLE FORMAT [WIDTH [FLAGS]]: prints a literal report model. FLAGS: a ASCII, c colour,
 * h hyperlinks, q quiet, r redact, v verbose,
 * C L O by crate, language, object. */
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
    const char *name;
    void (*make)(rp_arena *, sample *);
} samples[] = {{"one", sample_one},     {"covered", sample_covered}, {"few", sample_few},
               {"fleet", sample_fleet}, {"hostile", sample_hostile}, {"nothing", sample_nothing}};

static rp_report_options options(int argc, char **argv)
{
    rp_report_options opt = {.unicode = true,
                             .width = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 0,
                             .folder = RP_STR("/srv/work"),
                             .home = RP_STR("/root"),
                             .command = RP_STR("rustproof bin sample")};
    for (const char *p = argc > 4 ? argv[4] : ""; *p != '\0'; p++) {
        opt.unicode &= *p != 'a';
        opt.color |= *p == 'c';
        opt.hyperlinks |= *p == 'h';
        opt.redact |= *p == 'r';
        opt.by = *p == 'C'   ? RP_BY_CRATE
                 : *p == 'L' ? RP_BY_LANGUAGE
                 : *p == 'O' ? RP_BY_OBJECT
                             : opt.by;
        opt.verbose += *p == 'v' ? 1 : *p == 'q' ? -1 : 0;
    }
    return opt;
}

int main(int argc, char **argv)
{
    rp_arena arena = {0};
    rp_buf out = {0};
    sample s;
    const rp_reporter *reporter = argc > 2 ? rp_reporter_find(argv[2]) : NULL;
    for (size_t i = 0; i < RP_COUNT(samples) && reporter != NULL; i++) {
        if (strcmp(samples[i].name, argv[1]) != 0)
            continue;
        rp_report_options opt = options(argc, argv);
        samples[i].make(&arena, &s);
        sample_render(reporter, &opt, &s, &out);
    }
    if (out.bad || out.len == 0)
        return 2;
    fwrite(out.ptr, 1, out.len, stdout);
    rp_buf_free(&out);
    rp_arena_free(&arena);
    return 0;
}
