/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* dump_macros ROOT EDITION: each function of a crate that a macro wrote or that calls one, as
 * `path TAB tokens`, after expansion; `+` before the path when something was expanded. For
 * tests/rust/expanded.py. */
#include <stdio.h>
#include <stdlib.h>

#include "rust/macros.h"

static void put_function(rp_rust_crate *c, rp_def_id fn)
{
    const rp_def d = *rp_def_of(c, fn);
    const rp_rust_file *f = c->files.items[d.file];
    const rp_node *n = rp_node_of(&f->ast, d.node);
    rp_str path = rp_def_path(c, fn, c->arena);
    printf("%s%.*s\t", rp_rust_file_is_source(f) ? " " : "+", RP_FMT(path));
    rp_id body = rp_kid(&f->ast, d.node, RP_FN_BODY);
    uint32_t from = body != 0 ? rp_node_of(&f->ast, body)->first : n->last + 1;
    for (uint32_t i = from; i <= n->last; i++) {
        rp_str text = rp_token_text(&f->tokens, i);
        if (f->tokens.kind[i] != RP_T_DOC_OUTER && f->tokens.kind[i] != RP_T_DOC_INNER &&
            memchr(text.ptr, '\n', text.len) == NULL)
            printf("%.*s ", RP_FMT(text));
    }
    printf("\n");
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
    for (rp_def_id id = 1; id < c->defs.n; id++)
        if (rp_def_of(c, id)->kind == RP_DEF_FN) {
            (void)rp_def_body(c, id);
            put_function(c, id);
        }
    rp_macro_stats s = rp_macros_stats(c);
    fprintf(stderr, "%u calls, %u expanded, %u tokens\n", s.calls, s.expanded, s.tokens);
    rp_arena_free(&arena);
    return 0;
}
