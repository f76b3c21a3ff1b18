/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Macro calls in place of items: modules are gone through in the order of the text, definitions of
 * macros come into scope, calls become items, which are gone through in their turn. */
#include "rust/attr.h"
#include "base/search.h"
#include "rust/macros_parts.h"

#include <stdlib.h>

enum { MAX_DEPTH = 600, MAX_ROUNDS = 4 };

/* A call that named nothing known when it was met: a `use` may bring the macro from below. */
typedef struct {
    rp_macro_item item;
    uint32_t module, env;
} waiting;

typedef struct {
    rp_rust_crate *c;
    rp_macros *m;
    RP_VEC(uint32_t) first_child; /* of each module, 0: none */
    RP_VEC(waiting) later;
    unsigned depth;   /* of modules and expansions in one another */
    unsigned expands; /* expansions around */
    bool refused;
    rp_arena scratch, written; /* of the call in hand, kept for the next one */
} expander;

/* What is gone through: items of one file in one module. */
typedef struct {
    uint32_t module; /* index */
    uint32_t file;
    uint32_t child;     /* the module's next one in the file; UINT32_MAX in expansions */
    uint32_t low, high; /* the file's in c->macro_items */
    uint32_t env;
} place;

static void items(expander *x, place *p, rp_id node, uint32_t slot);

static void scope_from(expander *x, const place *p, uint32_t token, uint32_t env)
{
    rp_rust_file *f = x->c->files.items[p->file];
    rp_macro_scope *to = rp_vec_push(x->c->arena, &f->scopes);
    x->refused |= to == NULL;
    if (to != NULL)
        *to = (rp_macro_scope){token, env};
}

/* ---- modules ---- */

static void list_children(expander *x)
{
    const rp_modules *m = &x->c->modules;
    for (uint32_t i = x->first_child.n; i < m->modules.n && !x->refused; i++) {
        uint32_t *to = rp_vec_push(x->c->arena, &x->first_child);
        uint32_t up = m->modules.items[i].parent;
        x->refused |= to == NULL;
        if (to != NULL && i != 0 && x->first_child.items[up] == 0)
            x->first_child.items[up] = i;
    }
}

static int by_node(const void *a, const void *b)
{
    const rp_macro_item *x = a, *y = b;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    return (x->node > y->node) - (x->node < y->node);
}

static void file_range(const expander *x, uint32_t file, uint32_t *ret_low, uint32_t *ret_high)
{
    const rp_macro_item *all = x->c->macro_items.items;
    uint32_t n = x->c->macro_items.n, low;
    RP_SEARCH(low, n, all[low].file < file);
    *ret_low = *ret_high = low;
    while (*ret_high < n && all[*ret_high].file == file)
        ++*ret_high;
}

/* Everything in module `index`; returns the scope at its end. */
static uint32_t module(expander *x, uint32_t index, uint32_t env)
{
    const rp_module m = x->c->modules.modules.items[index];
    place p = {.module = index, .file = m.file, .child = x->first_child.items[index], .env = env};
    if ((m.kind != RP_MODULE_FILE && m.kind != RP_MODULE_INLINE) || m.items == 0 ||
        x->depth >= MAX_DEPTH)
        return env;
    const rp_ast *ast = &x->c->files.items[m.file]->ast;
    x->depth++;
    file_range(x, m.file, &p.low, &p.high);
    scope_from(x, &p, rp_node_of(ast, m.items)->first, env);
    items(x, &p, m.items,
          m.kind == RP_MODULE_FILE ? (uint32_t)RP_FILE_ITEMS : (uint32_t)RP_MODULE_ITEMS);
    x->depth--;
    return p.env;
}

/* Does module `index` stand where `node` declares one? */
static bool is_declared(const expander *x, const place *p, uint32_t index, rp_id node)
{
    const rp_modules *m = &x->c->modules;
    const rp_module *at = index != 0 && index < m->modules.n ? &m->modules.items[index] : NULL;
    return at != NULL && at->parent == p->module && at->declared == p->file &&
           at->declaration == node;
}

/* Those that an expansion declares are not read yet: the first one's index, 0 when out of memory.
 */
static uint32_t new_modules(expander *x, const place *p, rp_id node)
{
    rp_error err = {0};
    uint32_t index = x->c->modules.modules.n, before = x->c->macro_items.n;
    if (rp_modules_add(&x->c->modules, p->module, p->file, node, &err) != RP_OK) {
        x->refused = true;
        return 0;
    }
    x->c->files.items = x->c->modules.files.items;
    x->c->files.n = x->c->modules.files.n;
    if (!rp_define_modules(x->c, index))
        x->refused = true;
    list_children(x);
    if (x->c->macro_items.n - before > 1) /* their files are newer than all before */
        qsort(x->c->macro_items.items + before, x->c->macro_items.n - before, sizeof(rp_macro_item),
              by_node);
    return x->refused ? 0 : index;
}

static uint32_t module_in(expander *x, const place *p, uint32_t index, rp_id node)
{
    const rp_ast *ast = &x->c->files.items[p->file]->ast;
    const rp_module *m = &x->c->modules.modules.items[index];
    bool out = rp_attr_named(ast, node, "macro_use", 0) != 0;
    if (m->items != 0 && m->kind == RP_MODULE_FILE)
        out |= rp_attr_named(&x->c->files.items[m->file]->ast, m->items, "macro_use", 0) != 0;
    uint32_t end = module(x, index, p->env);
    return out ? end : p->env;
}

/* What MODULE `node` declares: one module, or one for each of its files under cfgs. */
static void module_item(expander *x, place *p, rp_id node)
{
    bool made = p->child == UINT32_MAX;
    uint32_t index = made ? new_modules(x, p, node) : p->child;
    for (; is_declared(x, p, index, node) && !x->refused; index++)
        p->env = module_in(x, p, index, node);
    if (!made)
        p->child = index;
    scope_from(x, p, rp_node_of(&x->c->files.items[p->file]->ast, node)->last + 1, p->env);
}

/* ---- calls ---- */

static rp_node_kind inside_of(const rp_rust_crate *c, const rp_macro_item *item)
{
    if ((item->flags & RP_DEF_FOREIGN) != 0)
        return RP_N_EXTERN_BLOCK;
    switch ((rp_def_kind)rp_def_of(c, item->parent)->kind) {
    case RP_DEF_IMPL:
        return RP_N_IMPL;
    case RP_DEF_TRAIT:
        return RP_N_TRAIT;
    default:
        return RP_N_FILE;
    }
}

/* What the expansion defines, in the call's place. */
static void enter(expander *x, place *p, const rp_macro_item *item, uint32_t file)
{
    const rp_ast *ast = &x->c->files.items[file]->ast;
    rp_collect at = {.c = x->c, .file = file, .parent = item->parent, .flags = item->flags};
    place inner = {.module = p->module,
                   .file = file,
                   .child = UINT32_MAX,
                   .low = x->c->macro_items.n,
                   .env = p->env};
    for (uint32_t i = RP_FILE_ITEMS; i < rp_kids_count(ast, ast->root); i++) {
        rp_id kid = rp_kid(ast, ast->root, i);
        if (kid != 0 && rp_kind_of(ast, kid) != RP_N_MODULE)
            rp_collect_item(&at, kid);
    }
    inner.high = x->c->macro_items.n;
    if (inner.high - inner.low > 1)
        qsort(x->c->macro_items.items + inner.low, inner.high - inner.low, sizeof *item, by_node);
    scope_from(x, &inner, 0, inner.env);
    x->depth++;
    x->expands++;
    items(x, &inner, ast->root, RP_FILE_ITEMS);
    x->expands--;
    x->depth--;
    p->env = inner.env;
}

/* A call that rustc would not expand, either, or whose expansion we cannot read: what is unsafe in
 * it must not count as nothing. */
static void call_is_lost(const expander *x, const rp_macro_item *item, uint32_t macro, rp_id call)
{
    rp_rust_crate *c = x->c;
    const rp_rust_file *f = c->files.items[item->file];
    const rp_node *n = rp_node_of(&f->ast, call);
    bool risky = c->macros->items.items[macro].brings_unsafe ||
                 rp_tokens_have(&f->tokens, n->first, n->last + 1, RP_T_UNSAFE);
    if (risky && (item->flags & (RP_DEF_TEST | RP_DEF_CFG)) == 0)
        rp_crate_gap(c, item->file, item->node,
                     rp_arena_printf(c->arena, "what macro %.*s becomes here is not Rust",
                                     RP_FMT(c->macros->items.items[macro].name)));
}

/* What the call becomes, as a file's index; false: it stays, or becomes nothing. */
static bool write_call(expander *x, const rp_macro_item *item, uint32_t macro, rp_id call,
                       uint32_t *ret_file)
{
    rp_rust_crate *c = x->c;
    const rp_rust_file *f = c->files.items[item->file];
    rp_token_source source = rp_file_source(c, item->file);
    rp_token_writer w = {.arena = &x->written};
    rp_macro_result made = rp_macro_call_expand(c, macro, &source, &f->ast, call, &x->scratch, &w);
    bool some = made == RP_MACRO_EXPANDED && w.n != 0;
    c->refused |= x->scratch.refused || x->written.refused;
    bool empty = made == RP_MACRO_EXPANDED && w.n == 0;
    if (made == RP_MACRO_LIMIT)
        rp_macro_limit_met(c, item->file, item->node);
    some = some && rp_macro_file(c, &w, inside_of(c, item), f->path, &x->scratch, ret_file) != NULL;
    if (!some && !empty && made != RP_MACRO_LIMIT)
        call_is_lost(x, item, macro, call);
    x->refused |= w.refused;
    rp_arena_reset(&x->scratch);
    rp_arena_reset(&x->written);
    return some;
}

static bool is_deep(const expander *x)
{
    return x->expands >= RP_MAX_MACRO_DEPTH || x->depth >= MAX_DEPTH;
}

static bool expand(expander *x, place *p, const rp_macro_item *item)
{
    rp_rust_crate *c = x->c;
    rp_rust_file *f = c->files.items[item->file];
    rp_id call = rp_kid(&f->ast, item->node, RP_MACRO_ITEM_CALL);
    rp_id path = call != 0 ? rp_kid(&f->ast, call, 0) : 0;
    if (path == 0)
        return true;
    uint32_t id = rp_macro_find(c, item->parent, item->file, &f->ast, path, p->env);
    bool include = id == 0 && rp_is_include(&f->ast, path);
    if (id == 0 && !include)
        return false;
    if (is_deep(x)) {
        rp_macro_limit_met(c, item->file, item->node);
        return true;
    }
    if (include) {
        uint32_t file = rp_macro_include(c, item, inside_of(c, item));
        if (file != UINT32_MAX)
            enter(x, p, item, file);
        x->refused |= c->refused;
        return true;
    }
    uint32_t file;
    if (write_call(x, item, id, call, &file))
        enter(x, p, item, file);
    x->refused |= c->refused;
    return true;
}

static const rp_macro_item *item_at(const expander *x, const place *p, rp_id node)
{
    uint32_t low = p->low, high = p->high;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (x->c->macro_items.items[mid].node < node)
            low = mid + 1;
        else
            high = mid;
    }
    return low < p->high && x->c->macro_items.items[low].node == node
               ? &x->c->macro_items.items[low]
               : NULL;
}

static void call_item(expander *x, place *p, rp_id node)
{
    const rp_macro_item *found = item_at(x, p, node);
    if (found == NULL)
        return;
    rp_macro_item item = *found; /* the list may move */
    if (expand(x, p, &item))
        return;
    waiting *w = rp_vec_push(x->c->arena, &x->later);
    x->refused |= w == NULL;
    if (w != NULL)
        *w = (waiting){item, p->module, p->env};
}

/* ---- items in their order ---- */

static void item(expander *x, place *p, rp_id node)
{
    rp_rust_file *f = x->c->files.items[p->file];
    uint32_t env = p->env, behind = rp_node_of(&f->ast, node)->last + 1;
    switch (rp_kind_of(&f->ast, node)) {
    case RP_N_MODULE:
        module_item(x, p, node);
        break;
    case RP_N_MACRO_RULES: {
        rp_token_source source = rp_file_source(x->c, p->file);
        uint32_t id = rp_macro_define(x->c, &source, &f->ast, node, false);
        p->env = rp_macro_env_with(x->c, p->env, id);
        break;
    }
    case RP_N_MACRO_ITEM:
        call_item(x, p, node);
        break;
    case RP_N_IMPL:
        items(x, p, node, RP_IMPL_ITEMS);
        p->env = env;
        break;
    case RP_N_TRAIT:
        items(x, p, node, RP_TRAIT_ITEMS);
        p->env = env;
        break;
    case RP_N_EXTERN_BLOCK:
        items(x, p, node, RP_EXTERN_ITEMS);
        break;
    default:
        break;
    }
    if (p->env != env)
        scope_from(x, p, behind, p->env);
}

static void items(expander *x, place *p, rp_id node, uint32_t slot)
{
    const rp_ast *ast = &x->c->files.items[p->file]->ast;
    for (uint32_t i = slot; i < rp_kids_count(ast, node) && !x->refused; i++)
        if (rp_kid(ast, node, i) != 0)
            item(x, p, rp_kid(ast, node, i));
}

/* Calls that waited: macros that a path leads to may be there now. */
static void again(expander *x)
{
    for (unsigned round = 0; round < MAX_ROUNDS && x->later.n != 0 && !x->refused; round++) {
        uint32_t n = x->later.n, left = 0, macros = x->m->items.n;
        for (uint32_t i = 0; i < n && !x->refused; i++) {
            waiting w = x->later.items[i];
            place p = {.module = w.module, .file = w.item.file, .child = UINT32_MAX, .env = w.env};
            if (!expand(x, &p, &w.item))
                x->later.items[left++] = w;
        }
        for (uint32_t i = n; i < x->later.n; i++)
            x->later.items[left++] = x->later.items[i];
        bool more = left != n || x->m->items.n != macros;
        x->later.n = left;
        if (!more)
            break;
    }
}

bool rp_macros_expand_items(rp_rust_crate *c)
{
    expander x = {.c = c,
                  .m = rp_new(c->arena, 1, rp_macros),
                  .scratch = {.limit = RP_MAX_MACRO_MEMORY},
                  .written = {.limit = RP_MAX_MACRO_MEMORY}};
    c->macros = x.m;
    if (x.m == NULL || rp_vec_push(c->arena, &x.m->items) == NULL ||
        rp_vec_push(c->arena, &x.m->envs) == NULL || rp_vec_push(c->arena, &x.m->sites) == NULL)
        return false;
    x.m->fuel = RP_MAX_MACRO_FUEL;
    x.m->tokens_left = RP_MAX_MACRO_TOKENS;
    if (c->macro_items.n > 1)
        qsort(c->macro_items.items, c->macro_items.n, sizeof(rp_macro_item), by_node);
    list_children(&x);
    if (!x.refused)
        (void)module(&x, 0, 0);
    again(&x);
    rp_arena_free(&x.scratch);
    rp_arena_free(&x.written);
    c->refused |= x.refused;
    rp_macros_expand_types(c);
    return !c->arena->refused;
}
