/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* dump_defs ROOT EDITION: the files that a crate reads (`file TAB path`), and its unsafe functions
 * with a body, impls and traits (`fn|impl|trait TAB path TAB line TAB marks`; marks: `test`,
 * `trait` for functions of traits, `macro` for what a macro wrote, `input` for what it was given).
 * For tests/rust/geiger.py. */
#include <stdio.h>
#include <stdlib.h>

#include "rust/macros.h"

static void put_unsafe(rp_rust_crate *c, rp_def_id id)
{
    static const char *const kinds[] = {
        [RP_DEF_FN] = "fn", [RP_DEF_IMPL] = "impl", [RP_DEF_TRAIT] = "trait"};
    const rp_def *d = rp_def_of(c, id);
    const rp_ast *ast = rp_def_ast(c, id);
    bool fn = d->kind == RP_DEF_FN;
    if ((d->flags & RP_DEF_UNSAFE) == 0 || (d->flags & RP_DEF_FOREIGN) != 0 ||
        (!fn && d->kind != RP_DEF_IMPL && d->kind != RP_DEF_TRAIT) ||
        (fn && rp_kid(ast, d->node, RP_FN_BODY) == 0))
        return;
    uint32_t site, line, column;
    rp_written_span at = rp_written(c, d->file, d->node, &site);
    rp_rust_place(c, at.file, at.start, &line, &column);
    printf("%s\t%.*s\t%u\t%s%s%s\n", kinds[d->kind], RP_FMT(c->files.items[at.file]->path), line,
           (d->flags & RP_DEF_TEST) != 0 ? "test " : "",
           fn && rp_def_of(c, d->parent)->kind == RP_DEF_TRAIT ? "trait " : "",
           site != 0                                          ? "macro"
           : !rp_rust_file_is_source(c->files.items[d->file]) ? "input"
                                                              : "");
}

static void unsafe_definitions(rp_rust_crate *c)
{
    for (uint32_t i = 0; i < c->files.n; i++)
        if (rp_rust_file_is_source(c->files.items[i]))
            printf("file\t%.*s\n", RP_FMT(c->files.items[i]->path));
    for (rp_def_id id = 1; id < c->defs.n; id++) {
        if (rp_def_of(c, id)->kind == RP_DEF_FN)
            (void)rp_def_body(c, id);
        put_unsafe(c, id);
    }
}

int main(int argc, char **argv)
{
    rp_arena arena = {.limit = 1u << 30};
    rp_rust_crate *c = NULL;
    rp_error err = {0};
    rp_rust_source source = {.name = {"crate", 5}};
    if (argc != 3 || !rp_edition_parse(rp_str_from(argv[2]), &source.edition))
        return 2;
    source.root = rp_str_from(argv[1]);
    if (rp_rust_crate_read(&source, &arena, &c, &err) != RP_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    rp_rust_crate_link(c);
    unsafe_definitions(c);
    rp_arena_free(&arena);
    return 0;
}
