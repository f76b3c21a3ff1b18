/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/unsafe_count.h"

#include "base/numbers.h"
#include "rust/attr.h"
#include "rust/macros.h"

#include <stdlib.h>

/* ---- files that are several modules ---- */

typedef struct {
    uint64_t dev, ino;
    uint32_t file;
} place_on_disk;

static int by_disk(const void *a, const void *b)
{
    const place_on_disk *x = a, *y = b;
    if (x->dev != y->dev)
        return x->dev < y->dev ? -1 : 1;
    if (x->ino != y->ino)
        return x->ino < y->ino ? -1 : 1;
    return (x->file > y->file) - (x->file < y->file);
}

static bool is_same(const place_on_disk *a, const place_on_disk *b)
{
    return a->dev == b->dev && a->ino == b->ino;
}

/* False when out of memory. */
static bool find_first_files(const rp_rust_crate *c, rp_unsafe_inventory *inv)
{
    place_on_disk *all = rp_new(c->arena, c->files.n, place_on_disk);
    uint32_t *first = rp_new(c->arena, c->files.n, uint32_t), n = 0;
    if (all == NULL || first == NULL)
        return false;
    for (uint32_t i = 0; i < c->files.n; i++) {
        const rp_rust_file *f = c->files.items[i];
        first[i] = i;
        if (rp_rust_file_is_source(f) && !rp_rust_file_unread(f))
            all[n++] = (place_on_disk){f->dev, f->ino, i};
    }
    if (n > 1)
        qsort(all, n, sizeof *all, by_disk);
    for (uint32_t i = 1; i < n; i++) {
        if (!is_same(&all[i], &all[i - 1]))
            continue;
        first[all[i].file] = first[all[i - 1].file];
        inv->first_file = first;
    }
    return true;
}

/* Is it written in a file that was counted already, as another module? */
static bool is_again(const rp_unsafe_inventory *inv, const rp_rust_crate *c, const rp_def *d)
{
    uint32_t site;
    if (inv->first_file == NULL)
        return false;
    uint32_t file = rp_written(c, d->file, d->node, &site).file;
    return inv->first_file[file] != file;
}

/* ---- definitions ---- */

static void count_def(rp_unsafe_inventory *inv, const rp_rust_crate *c, rp_def_id id)
{
    static const char *const attributes[] = {"no_mangle", "export_name", "link_section"};
    const rp_def *d = rp_def_of(c, id);
    const rp_ast *ast = rp_def_ast(c, id);
    bool is_unsafe = (d->flags & RP_DEF_UNSAFE) != 0, foreign = (d->flags & RP_DEF_FOREIGN) != 0;
    if ((d->flags & RP_DEF_TEST) != 0 || is_again(inv, c, d))
        return;
    inv->foreign_functions += foreign && d->kind == RP_DEF_FN;
    inv->foreign_statics += foreign && d->kind == RP_DEF_STATIC;
    inv->mutable_statics += !foreign && d->kind == RP_DEF_STATIC && (d->flags & RP_DEF_MUT) != 0;
    inv->unsafe_traits += d->kind == RP_DEF_TRAIT && is_unsafe;
    inv->unsafe_impls += d->kind == RP_DEF_IMPL && is_unsafe;
    bool body = d->kind == RP_DEF_FN && !foreign && rp_kid(ast, d->node, RP_FN_BODY) != 0;
    inv->functions += body;
    inv->unsafe_functions += body && is_unsafe;
    if (d->kind != RP_DEF_FN && d->kind != RP_DEF_STATIC)
        return;
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++)
        inv->unsafe_attributes += rp_attr_named(ast, d->node, attributes[i], 0) != 0;
    for (rp_id a = 0; (a = rp_attr_named(ast, d->node, "unsafe", a)) != 0;)
        inv->unsafe_attributes++;
}

static bool forbids(const rp_rust_crate *c)
{
    const rp_ast *ast = &c->files.items[0]->ast;
    for (rp_id a = 0; (a = rp_attr_named(ast, ast->root, "forbid", a)) != 0;)
        if (rp_attr_has_word(ast, a, "unsafe_code"))
            return true;
    return false;
}

static uint32_t lines_of(rp_str text)
{
    uint32_t n = 0;
    for (const char *at = text.ptr, *end = text.ptr + text.len; at < end; n++) {
        const char *next = memchr(at, '\n', (size_t)(end - at));
        at = next != NULL ? next + 1 : end;
    }
    return n;
}

bool rp_unsafe_count_start(rp_rust_crate *c, rp_unsafe_inventory *ret)
{
    *ret = (rp_unsafe_inventory){.files = 0};
    if (!find_first_files(c, ret))
        return false;
    for (uint32_t i = 0; i < c->files.n; i++) {
        const rp_rust_file *f = c->files.items[i];
        if (!rp_rust_file_is_source(f) || (ret->first_file != NULL && ret->first_file[i] != i))
            continue;
        ret->files++;
        ret->unknown_files += rp_rust_file_unread(f) || rp_rust_file_unsound(f);
        ret->lines += rp_rust_file_unread(f) ? 0 : lines_of(f->tokens.text);
    }
    ret->unknown_files += c->gaps.n;
    for (rp_def_id id = 1; id < c->defs.n; id++)
        count_def(ret, c, id);
    ret->forbidden = c->files.n != 0 && forbids(c);
    return !c->refused;
}

static void add(rp_unsafe_count *to, const rp_unsafe_count *from)
{
    for (unsigned k = 0; k < RP_UNSAFE_KINDS; k++) {
        to->sure[k] += from->sure[k];
        to->maybe[k] += from->maybe[k];
    }
    to->blocks += from->blocks;
    to->idle_blocks += from->idle_blocks;
}

/* An operation that a macro's definition wrote. */
static bool from_macro(rp_unsafe_inventory *inv, const rp_body *body, const rp_unsafe_op *op,
                       rp_arena *arena)
{
    rp_origin at = rp_token_origin(body->c, body->file, rp_node_of(body->ast, op->node)->main);
    if (at.site == 0)
        return true;
    uint64_t *to = rp_vec_push(arena, &inv->places);
    inv->from_macros++;
    if (to != NULL)
        *to = (uint64_t)at.file << 32 | at.at;
    return to != NULL;
}

void rp_unsafe_count_end(rp_unsafe_inventory *inv)
{
    if (inv->places.n > 1)
        qsort(inv->places.items, inv->places.n, sizeof *inv->places.items, rp_ascending_u64);
    inv->macro_places = 0;
    for (uint32_t i = 0; i < inv->places.n; i++)
        inv->macro_places += i == 0 || inv->places.items[i] != inv->places.items[i - 1];
}

bool rp_unsafe_count_add(rp_unsafe_inventory *inv, const rp_body *body, rp_arena *arena)
{
    const rp_def *d = rp_def_of(body->c, body->fn);
    rp_unsafe_count count = {.blocks = body->blocks.n};
    if (is_again(inv, body->c, d))
        return true;
    for (uint32_t i = 0; i < body->ops.n; i++) {
        const rp_unsafe_op *op = &body->ops.items[i];
        if (!op->in_block && !op->in_fn)
            continue; /* it would not compile: what was taken for it is not unsafe */
        if (op->sure && (d->flags & RP_DEF_TEST) == 0 && !from_macro(inv, body, op, arena))
            return false;
        count.sure[op->kind] += op->sure;
        count.maybe[op->kind] += !op->sure;
    }
    for (uint32_t i = 0; i < body->blocks.n; i++)
        count.idle_blocks += body->blocks.items[i].all == 0;
    if (count.blocks == 0 && (d->flags & RP_DEF_UNSAFE) == 0)
        return true;
    add((d->flags & RP_DEF_TEST) != 0 ? &inv->tests : &inv->code, &count);
    rp_unsafe_fn *fn = rp_vec_push(arena, &inv->fns);
    if (fn == NULL)
        return false;
    *fn = (rp_unsafe_fn){body->fn, count};
    return true;
}

uint32_t rp_unsafe_total(const rp_unsafe_count *count, bool sure)
{
    uint32_t n = 0;
    for (unsigned k = 0; k < RP_UNSAFE_KINDS; k++)
        n += sure ? count->sure[k] : count->maybe[k];
    return n;
}
