/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Rust files as rustproof reads them.
 *
 *   dump_rust EDITION FILE     the tree
 *   dump_rust --cfg TARGET     what is known of a target, as `rustc --print cfg` writes it
 *   dump_rust --count          the same lines in; "FILE<tab>KIND=n …" out, "unsafe" being blocks
 *                              with that word; "-" for a file with errors
 *   dump_rust --list           lines "EDITION<tab>FILE" on standard input; for each one line
 *                              "FILE<tab>bytes<tab>lines<tab>tokens<tab>nodes<tab>what", where what
 *                              is "ok" or "line:column: message". Tokens, comments and white space
 *                              are put together again and held against the bytes, and so are the
 *                              tokens without bodies. */
#include "base/buf.h"
#include "rust/cfg.h"
#include "rust/parse.h"
#include "rust/scan.h"
#include "rust_bare.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct {
    rp_arena arena;
    rp_padded text;
    rp_tokens tokens;
    rp_ast ast;
    rp_lines lines;
} file;

static const char *load(file *f, const char *path, rp_edition edition, rp_error *err)
{
    if (rp_pad_read(path, true, &f->arena, &f->text, err) != RP_OK ||
        rp_lex(f->text, edition, &f->arena, &f->tokens, err) != RP_OK ||
        rp_parse(&f->tokens, RP_PARSE_ALL, &f->arena, &f->ast, err) != RP_OK ||
        rp_lines_make(f->text.s, &f->arena, &f->lines, err) != RP_OK)
        return err->text;
    return NULL;
}

/* Appends the white space from *at to `to`; false when it is something else. */
static bool white(const file *f, uint32_t *at, uint32_t to, rp_buf *out)
{
    const uint8_t *text = (const uint8_t *)f->text.s.ptr;
    while (*at < to) {
        unsigned n = rp_byte_class_of[text[*at]] == RP_B_WHITE ? 1 : rp_white_high(text + *at);
        if (n == 0)
            return false;
        rp_buf_put(out, rp_str_sub(f->text.s, *at, n));
        *at += n;
    }
    return *at == to;
}

static bool prints_back(const file *f, rp_buf *out)
{
    const rp_tokens *t = &f->tokens;
    uint32_t at = 0, comment = 0;
    for (uint32_t i = 0; i <= t->n; i++) {
        for (; comment < t->n_comments && t->comments[comment].token == i; comment++) {
            const rp_comment *c = &t->comments[comment];
            if (!white(f, &at, c->start, out))
                return false;
            rp_buf_put(out, rp_str_sub(t->text, c->start, c->end - c->start));
            at = c->end;
        }
        if (!white(f, &at, t->start[i], out))
            return false;
        rp_str text = rp_token_text(t, i);
        rp_buf_put(out, text);
        at += (uint32_t)text.len;
    }
    return rp_str_eq(rp_buf_str(out), f->text.s);
}

/* Is what rp_lex_bare leaves out the insides of functions, and nothing else? */
static bool bare_lacks_bodies(file *f)
{
    rp_tokens bare;
    bool *left = rp_new(&f->arena, f->tokens.n + 1u, bool);
    if (left == NULL || rp_lex_bare(f->text, f->tokens.edition, &f->arena, &bare, NULL) != RP_OK ||
        !rust_bare_is_of(&bare, &f->tokens, left))
        return false;
    for (rp_id id = 1; id < f->ast.n; id++)
        if (rp_kind_of(&f->ast, id) == RP_N_FN)
            left[rp_node_of(&f->ast, rp_kid(&f->ast, id, RP_FN_BODY))->first] = false;
    return memchr(left, true, f->tokens.n) == NULL;
}

static void one(const char *path, rp_edition edition)
{
    file f = {0};
    rp_error err = {0};
    rp_buf out = {0};
    const char *failure = load(&f, path, edition, &err);
    if (failure != NULL) {
        printf("%s\t0\t0\t0\t0\t0:0: %s\n", path, failure);
    } else {
        const rp_rust_error *e = f.tokens.n_errors ? f.tokens.errors : NULL;
        if (e == NULL && f.ast.n_errors)
            e = f.ast.errors.items;
        printf("%s\t%zu\t%u\t%u\t%u\t", path, f.text.s.len, f.lines.n, f.tokens.n, f.ast.n);
        if (!prints_back(&f, &out))
            printf("0:0: does not print back\n");
        else if (e == NULL && !bare_lacks_bodies(&f))
            printf("0:0: more is left out than bodies\n");
        else if (e != NULL)
            printf("%u:%u: %s\n", rp_lines_line(&f.lines, e->at), rp_lines_column(&f.lines, e->at),
                   e->text);
        else
            printf("ok\n");
    }
    rp_buf_free(&out);
    rp_arena_free(&f.arena);
}

static void count(const char *path, rp_edition edition)
{
    file f = {0};
    rp_error err = {0};
    uint32_t n[RP_N_COUNT] = {0}, unsafes = 0;
    const char *failure = load(&f, path, edition, &err);
    printf("%s\t", path);
    if (failure != NULL || f.tokens.n_errors + f.ast.n_errors != 0)
        printf("-");
    rp_walk w = rp_walk_start(&f.ast, failure != NULL ? 0 : f.ast.root, &f.arena);
    for (rp_id id; (id = rp_walk_next(&w)) != 0;) {
        n[rp_kind_of(&f.ast, id)] += w.entering;
        unsafes += w.entering && rp_kind_of(&f.ast, id) == RP_N_BLOCK &&
                   rp_node_has(&f.ast, id, RP_Q_UNSAFE);
    }
    bool counted = failure == NULL && f.tokens.n_errors + f.ast.n_errors == 0;
    for (unsigned kind = 0; counted && kind < RP_N_COUNT; kind++)
        if (n[kind] != 0)
            printf("%s=%u ", rp_node_names[kind], n[kind]);
    if (counted)
        printf("unsafe=%u", unsafes);
    printf("\n");
    rp_arena_free(&f.arena);
}

static int dump(const char *path, rp_edition edition)
{
    file f = {0};
    rp_error err = {0};
    rp_buf out = {0};
    const char *failure = load(&f, path, edition, &err);
    if (failure != NULL) {
        fprintf(stderr, "%s: %s\n", path, failure);
        return 2;
    }
    rp_ast_dump(&f.ast, f.ast.root, &f.arena, &out);
    for (uint32_t i = 0; i < f.tokens.n_errors && i < RP_MAX_RUST_ERRORS; i++)
        rp_buf_printf(&out, "error at %u: %s\n", f.tokens.errors[i].at, f.tokens.errors[i].text);
    for (uint32_t i = 0; i < f.ast.errors.n; i++)
        rp_buf_printf(&out, "error at %u: %s\n", f.ast.errors.items[i].at,
                      f.ast.errors.items[i].text);
    fwrite(out.ptr, 1, out.len, stdout);
    bool errors = f.tokens.n_errors + f.ast.n_errors != 0;
    rp_buf_free(&out);
    rp_arena_free(&f.arena);
    return errors ? 1 : 0;
}

static int dump_cfg(const char *target)
{
    rp_arena arena = {0};
    rp_error err = {0};
    rp_cfg cfg;
    if (rp_cfg_make(rp_str_from(target), NULL, 0, &arena, &cfg, &err) != RP_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    for (uint32_t i = 0; i < cfg.n; i++) {
        const rp_cfg_name *n = &cfg.names[i];
        bool alone = rp_str_is(n->key, "unix") || rp_str_is(n->key, "windows");
        if (n->is == RP_YES)
            printf(alone ? "%.*s\n" : "%.*s=\"%.*s\"\n", RP_FMT(n->key), RP_FMT(n->value));
    }
    rp_arena_free(&arena);
    return 0;
}

int main(int argc, char **argv)
{
    char line[8192];
    rp_edition edition;
    if (argc == 3 && strcmp(argv[1], "--cfg") == 0)
        return dump_cfg(argv[2]);
    if (argc == 3 && rp_edition_parse(rp_str_from(argv[1]), &edition))
        return dump(argv[2], edition);
    bool counting = argc == 2 && strcmp(argv[1], "--count") == 0;
    if (argc != 2 || (!counting && strcmp(argv[1], "--list") != 0)) {
        fprintf(stderr, "usage: dump_rust EDITION FILE | --cfg TARGET | --count | --list\n");
        return 2;
    }
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *tab = strchr(line, '\t');
        if (tab == NULL || !rp_edition_parse((rp_str){line, (size_t)(tab - line)}, &edition))
            return 2;
        if (counting)
            count(tab + 1, edition);
        else
            one(tab + 1, edition);
    }
    return 0;
}
