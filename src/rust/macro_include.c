/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* include! in place of items (std, "include"): the file is read as the crate's other files are, and
 * its items stand where the call does. What a build script writes is not there before a build. */
#include "rust/macros_parts.h"

enum { MAX_PIECES = 64 };

bool rp_is_include(const rp_ast *ast, rp_id path)
{
    uint32_t n = 0;
    bool is = false;
    for (rp_path_words w = rp_path_start(ast, path); rp_path_next(&w); n++) {
        rp_str word = rp_token_word(ast->tokens, w.word);
        if (n == 0 && (rp_str_is(word, "std") || rp_str_is(word, "core")))
            continue;
        is = n <= 1 && rp_str_is(word, "include");
        if (!is)
            return false;
    }
    return is;
}

/* ---- the name ---- */

typedef struct {
    rp_rust_crate *c;
    const rp_tokens *t;
    rp_str text;
    bool from_here;  /* it begins with a folder that Cargo names, which is known from here */
    const char *why; /* it is not known */
} file_name;

/* Is the string `at` the variable of env!? */
static bool is_variable(const rp_tokens *t, uint32_t at)
{
    return at >= 3 && rp_is_open(t->kind[at - 1]) && t->kind[at - 2] == RP_T_NOT &&
           rp_str_is(rp_token_word(t, at - 3), "env");
}

static rp_str value_of(file_name *n, rp_str variable)
{
    rp_str manifest = n->c->manifest;
    size_t len = manifest.len;
    n->from_here |= n->text.len == 0;
    if (rp_str_is(variable, "OUT_DIR") && n->c->out_dir.len != 0)
        return n->c->out_dir;
    if (rp_str_is(variable, "OUT_DIR"))
        n->why = "include! of a file that only a build writes (OUT_DIR): cargo build does";
    else if (!rp_str_is(variable, "CARGO_MANIFEST_DIR") || len == 0)
        n->why = "include! of a file whose name only a build knows";
    while (len > 0 && manifest.ptr[len - 1] != '/')
        len--;
    return len > 1 ? rp_str_sub(manifest, 0, len - 1) : len == 1 ? RP_STR("/") : RP_STR(".");
}

static void add_string(file_name *n, uint32_t at)
{
    rp_str piece;
    if (!rp_token_string(n->t, at, n->c->arena, &piece)) {
        n->why = "include! of a file whose name is not known";
        return;
    }
    if (is_variable(n->t, at))
        piece = value_of(n, piece);
    if (n->why == NULL)
        n->text = rp_arena_printf(n->c->arena, "%.*s%.*s", RP_FMT(n->text), RP_FMT(piece));
}

/* Words that may stand around strings: `concat!` and `env!` in one another. */
static bool is_around(const rp_tokens *t, uint32_t at)
{
    static const char *const words[] = {"concat", "env", "std", "core"};
    uint8_t kind = t->kind[at];
    if (kind == RP_T_NOT || kind == RP_T_COMMA || kind == RP_T_COLON_COLON || rp_is_open(kind) ||
        rp_is_close(kind))
        return true;
    for (size_t i = 0; rp_is_word(kind) && i < RP_COUNT(words); i++)
        if (rp_str_is(rp_token_word(t, at), words[i]))
            return true;
    return false;
}

static file_name name_between(rp_rust_crate *c, const rp_tokens *t, uint32_t from, uint32_t to)
{
    file_name n = {.c = c, .t = t, .text = {"", 0}};
    uint32_t pieces = 0;
    for (uint32_t i = from; i < to && n.why == NULL; i++) {
        rp_token_kind kind = (rp_token_kind)t->kind[i];
        if (kind == RP_T_STR || kind == RP_T_RAW_STR)
            add_string(&n, i);
        else if (!is_around(t, i))
            n.why = "include! of a file whose name is not known";
        if (pieces++ > MAX_PIECES)
            n.why = "include! of a file whose name has too many pieces";
    }
    if (n.why == NULL && n.text.len == 0)
        n.why = "include! without the name of a file";
    return n;
}

/* ---- the file ---- */

/* Does it stand under a cfg, or in tests? */
static bool is_sure(const rp_rust_crate *c, const rp_macro_item *item)
{
    unsigned flags = item->flags;
    for (rp_def_id id = item->parent; id != 0; id = rp_def_of(c, id)->parent)
        flags |= rp_def_of(c, id)->flags;
    return (flags & (RP_DEF_CFG | RP_DEF_TEST)) == 0;
}

/* What was read before costs as an expansion does: files may include files twice that do the same.
 */
static bool may_cost(rp_rust_crate *c, uint32_t file)
{
    const rp_rust_file *f = c->files.items[file];
    uint32_t *left = &c->macros->tokens_left;
    if (c->macros->includes++ >= RP_MAX_RUST_INCLUDES)
        return false;
    for (uint32_t i = 0; i < file; i++) {
        const rp_rust_file *other = c->files.items[i];
        if (!rp_rust_file_is_source(other) || other->dev != f->dev || other->ino != f->ino)
            continue;
        bool enough = f->tokens.n < *left;
        *left -= enough ? f->tokens.n : *left;
        return enough;
    }
    return true;
}

static uint32_t read_file(rp_rust_crate *c, uint32_t by, const file_name *name, rp_node_kind of)
{
    rp_error err = {0};
    uint32_t file;
    if (rp_modules_include(&c->modules, by, name->text, name->from_here, of, &file, &err) !=
        RP_OK) {
        c->refused = true;
        return UINT32_MAX;
    }
    c->files.items = c->modules.files.items;
    c->files.n = c->modules.files.n;
    return file;
}

uint32_t rp_macro_include(rp_rust_crate *c, const rp_macro_item *item, rp_node_kind of)
{
    const rp_ast *ast = &c->files.items[item->file]->ast;
    uint32_t open, close, site, file = UINT32_MAX;
    rp_id call = rp_kid(ast, item->node, RP_MACRO_ITEM_CALL);
    if (!rp_node_group(ast, call, &open, &close))
        return UINT32_MAX;
    file_name name = name_between(c, ast->tokens, open + 1, close);
    if (name.why == NULL) {
        uint32_t by = rp_written(c, item->file, call, &site).file;
        file = read_file(c, by, &name, of);
        if (file == UINT32_MAX)
            name.why = "include! of a file that is not there";
        else if (!may_cost(c, file))
            c->refused = true;
    }
    if (file == UINT32_MAX && is_sure(c, item))
        rp_crate_gap(c, item->file, item->node, rp_str_from(name.why));
    return c->refused || file == UINT32_MAX || rp_rust_file_unread(c->files.items[file])
               ? UINT32_MAX
               : file;
}
