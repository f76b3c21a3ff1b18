/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What rustproof takes for the build of a lock file, a package a line: "name version kinds".
 *
 *   dump_deps CARGO_HOME LOCK TARGET [--all-features] [--no-default-features] [FEATURE …] */
#include <stdio.h>

#include "cargo/files.h"
#include "facts/deps_build.h"

static void print(const rp_deps_facts *f)
{
    if (f->resolved.is != RP_YES)
        printf("! %s\n", f->resolved.why);
    for (uint32_t i = 0; i < f->nnotes; i++)
        printf("# %d %.*s:%u %.*s\n", (int)f->notes[i].what, RP_FMT(f->notes[i].file),
               f->notes[i].line, RP_FMT(f->notes[i].text));
    for (uint32_t i = 0; i < f->inventory->ncomponents; i++) {
        const rp_component *c = &f->inventory->components[i];
        printf("%.*s %.*s%s%s%s%s%s\n", RP_FMT(c->name), RP_FMT(c->version),
               c->kinds & RP_DEP_NORMAL ? " normal" : "", c->kinds & RP_DEP_BUILD ? " build" : "",
               c->kinds & RP_DEP_DEV ? " dev" : "", c->kinds & RP_DEP_PROC_MACRO ? " macro" : "",
               c->in_build == RP_YES ? " in" : "");
    }
}

int main(int argc, char **argv)
{
    rp_arena arena = {0};
    rp_error err = {0};
    rp_str text = {0}, features[64];
    const rp_deps_facts *facts = NULL;
    if (argc < 4)
        return 2;
    rp_deps_options opt = {
        .cargo_home = rp_str_from(argv[1]), .target = rp_str_from(argv[3]), .features = features};
    for (int i = 4; i < argc && opt.nfeatures < 64; i++) {
        if (strcmp(argv[i], "--all-features") == 0)
            opt.all_features = true;
        else if (strcmp(argv[i], "--no-default-features") == 0)
            opt.no_default_features = true;
        else
            features[opt.nfeatures++] = rp_str_from(argv[i]);
    }
    rp_code code = rp_read_text(argv[2], &arena, &text, &err);
    if (code == RP_OK)
        code = rp_deps_of_lock(&opt, rp_str_from(argv[2]), text, &arena, &facts, &err);
    if (code == RP_OK)
        print(facts);
    else
        fprintf(stderr, "%s\n", err.text);
    rp_arena_free(&arena);
    return code == RP_OK ? 0 : 1;
}
