/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Macros of other crates (the Rust Reference, "Path-based scope", "The macro_use attribute"): the
 * definition's file is one of this crate's that nobody wrote, its tokens are the other crate's.
 * Only crates that this one depends on itself: what `$crate` means has to have a name here. */
#include "rust/attr.h"
#include "rust/externs.h"
#include "rust/macros_parts.h"

enum { MAX_FOREIGN = 512 };

/* This crate's copy of another one's file; 0 when out of memory. */
static uint32_t copy_file(rp_rust_crate *c, const rp_rust_file *of)
{
    for (uint32_t i = 0; i < c->macros->foreign.n; i++)
        if (c->macros->foreign.items[i].of == of)
            return c->macros->foreign.items[i].file;
    rp_rust_file *f = rp_new(c->arena, 1, rp_rust_file);
    rp_token_source *made = rp_new(c->arena, 1, rp_token_source);
    rp_rust_file **to = f != NULL && made != NULL ? rp_vec_push(c->arena, &c->modules.files) : NULL;
    if (to == NULL)
        return 0;
    *to = f;
    c->files.items = c->modules.files.items;
    c->files.n = c->modules.files.n;
    *f = (rp_rust_file){.path = of->path, .tokens = of->tokens, .ast = of->ast, .made = made};
    *made = (rp_token_source){&f->tokens, NULL, NULL, c->files.n - 1};
    return made->file;
}

/* Macro `id` of crate `of`, which this one calls `krate`, as one of this crate's; 0 when out of
 * memory, or it lies in an expansion. */
static uint32_t take(rp_rust_crate *c, rp_macro_foreign *as, const rp_rust_crate *of, uint32_t id,
                     rp_str krate)
{
    const rp_macro *theirs = &of->macros->items.items[id];
    const rp_rust_file *file = of->files.items[theirs->source.file];
    if (theirs->source.origin != NULL || theirs->source.t != &file->tokens)
        return 0;
    as->file = copy_file(c, file);
    rp_macro *to = as->file != 0 ? rp_vec_push(c->arena, &c->macros->items) : NULL;
    if (to == NULL) {
        c->refused = true;
        return 0;
    }
    as->of = file;
    *to = (rp_macro){.name = theirs->name,
                     .source = *c->files.items[as->file]->made,
                     .open = theirs->open,
                     .close = theirs->close,
                     .token = theirs->token,
                     .in_body = true,
                     .known = true,
                     .local_inner = theirs->local_inner,
                     .krate = krate};
    return c->macros->items.n - 1;
}

/* `macro_export` puts it at the root of its crate, wherever it stands. */
static uint32_t exported_by(const rp_extern *e, rp_str name)
{
    bool read = e->c != NULL && e->res.kind == RP_RES_DEF && e->c->macros != NULL;
    return read ? rp_macro_exported(e->c->macros, rp_macro_named(e->c, name)) : 0;
}

/* Looks for it in crate `krate`, then in the crate that this one has it from: *ret_as is what this
 * crate calls that one. */
static uint32_t find(rp_rust_crate *c, rp_str path, rp_str krate, rp_str *ret_as,
                     const rp_rust_crate **ret)
{
    size_t last = path.len;
    while (last > 0 && path.ptr[last - 1] != ':')
        last--;
    rp_extern at = rp_extern_find(c, krate, RP_NS_TYPE);
    uint32_t id = exported_by(&at, rp_str_sub(path, last, SIZE_MAX));
    *ret_as = krate;
    *ret = at.c;
    if (id != 0)
        return id;
    at = rp_extern_find(c, path, RP_NS_MACRO);
    if (at.c == NULL || at.c == *ret || at.res.kind != RP_RES_DEF ||
        rp_extern_find(c, at.c->name, RP_NS_TYPE).c != at.c)
        return 0;
    *ret_as = at.c->name;
    *ret = at.c;
    return exported_by(&at, rp_def_of(at.c, at.res.def)->name);
}

uint32_t rp_macro_of_path(rp_rust_crate *c, rp_str path)
{
    rp_macros *m = c->macros;
    for (uint32_t i = 0; i < m->foreign.n; i++)
        if (rp_str_eq(m->foreign.items[i].path, path))
            return m->foreign.items[i].macro;
    size_t n = 0;
    while (n < path.len && path.ptr[n] != ':')
        n++;
    if (c->dependency || m->own_only || m->foreign.n >= MAX_FOREIGN ||
        !rp_extern_known(c, rp_str_sub(path, 0, n)))
        return 0;
    rp_macro_foreign found = {.path = rp_arena_str(c->arena, path)};
    rp_str krate = rp_arena_str(c->arena, rp_str_sub(path, 0, n)), as;
    const rp_rust_crate *of = NULL;
    uint32_t id = find(c, found.path, krate, &as, &of);
    if (id != 0)
        found.macro = take(c, &found, of, id, as);
    rp_macro_foreign *to = rp_vec_push(c->arena, &m->foreign);
    c->refused |= to == NULL;
    if (to != NULL)
        *to = found;
    return found.macro;
}

/* The crates of `#[macro_use] extern crate k;` at the root. */
static void list_preludes(rp_rust_crate *c)
{
    c->macros->preludes_known = true;
    for (rp_def_id id = rp_def_of(c, 1)->first; id != 0; id = rp_def_of(c, id)->next) {
        const rp_def *d = rp_def_of(c, id);
        const rp_ast *ast = rp_def_ast(c, id);
        if (d->kind != RP_DEF_EXTERN_CRATE || rp_attr_named(ast, d->node, "macro_use", 0) == 0)
            continue;
        rp_str *to = rp_vec_push(c->arena, &c->macros->preludes);
        c->refused |= to == NULL;
        if (to != NULL)
            *to = rp_node_word(ast, d->node);
    }
}

uint32_t rp_macro_of_prelude(rp_rust_crate *c, rp_str name)
{
    if (!c->macros->preludes_known)
        list_preludes(c);
    for (uint32_t i = 0; i < c->macros->preludes.n; i++) {
        uint32_t id = rp_macro_of_path(c, rp_arena_printf(c->arena, "%.*s::%.*s",
                                                          RP_FMT(c->macros->preludes.items[i]),
                                                          RP_FMT(name)));
        if (id != 0)
            return id;
    }
    return 0;
}
