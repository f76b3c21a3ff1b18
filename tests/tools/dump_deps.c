/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What rustproof takes for the build of a lock file, a package a line: "name version kinds".
 *
 *   dump_deps CARGO_HOME LOCK TARGET [--all-features] [--no-default-features] [FEATURE …]
 *   dump_deps --sbom FILE      with "[FEATURE …]" at the ends of lines */
#include <stdio.h>

#include "cargo/files.h"
#include "facts/deps_build.h"

static void print_features(const rp_component *c)
{
    printf(" [");
    for (uint32_t i = 0; i < c->nfeatures; i++)
        printf("%s%.*s", i ? " " : "", RP_FMT(c->features[i]));
    printf("]");
}

static void print(const rp_deps_facts *f, bool features)
{
    if (f->resolved.is != RP_YES)
        printf("! %s\n", f->resolved.why);
    for (uint32_t i = 0; i < f->nnotes; i++)
        printf("# %d %.*s:%u %.*s\n", (int)f->notes[i].what, RP_FMT(f->notes[i].file),
               f->notes[i].line, RP_FMT(f->notes[i].text));
    for (uint32_t i = 0; i < f->inventory->ncomponents; i++) {
        const rp_component *c = &f->inventory->components[i];
        printf("%.*s %.*s%s%s%s%s%s", RP_FMT(c->name), RP_FMT(c->version),
               c->kinds & RP_DEP_NORMAL ? " normal" : "", c->kinds & RP_DEP_BUILD ? " build" : "",
               c->kinds & RP_DEP_DEV ? " dev" : "", c->kinds & RP_DEP_PROC_MACRO ? " macro" : "",
               c->in_build == RP_YES ? " in" : "");
        if (features)
            print_features(c);
        printf("\n");
    }
}

int main(int argc, char **argv)
{
    rp_arena arena = {0};
    rp_error err = {0};
    rp_str text = {0}, features[64];
    const rp_deps_facts *facts = NULL;
    bool sbom = argc == 3 && strcmp(argv[1], "--sbom") == 0;
    if (argc < 4 && !sbom)
        return 2;
    rp_deps_options opt = {.features = features};
    if (!sbom) {
        opt.cargo_home = rp_str_from(argv[1]);
        opt.target = rp_str_from(argv[3]);
    }
    for (int i = 4; i < argc && opt.nfeatures < 64; i++) {
        if (strcmp(argv[i], "--all-features") == 0)
            opt.all_features = true;
        else if (strcmp(argv[i], "--no-default-features") == 0)
            opt.no_default_features = true;
        else
            features[opt.nfeatures++] = rp_str_from(argv[i]);
    }
    rp_code code = rp_read_text(argv[2], &arena, &text, &err);
    if (code == RP_OK && sbom)
        code = rp_deps_of_sbom(&opt, rp_str_from(argv[2]), text, &arena, &facts, &err);
    else if (code == RP_OK)
        code = rp_deps_of_lock(&opt, rp_str_from(argv[2]), text, &arena, &facts, &err);
    if (code == RP_OK)
        print(facts, sbom);
    else
        fprintf(stderr, "%s\n", err.text);
    rp_arena_free(&arena);
    return code == RP_OK ? 0 : 1;
}
