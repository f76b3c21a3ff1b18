/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/left_out.h"

#include "rust/attr.h"

enum { MAX_GLOBBED = 64 }; /* modules that bring each other's names */

/* ---- bits ---- */

static uint32_t hash(rp_def_id module, rp_str word)
{
    uint32_t h = 2166136261u ^ (module * 2654435761u);
    for (size_t i = 0; i < word.len; i++)
        h = (h ^ (uint8_t)word.ptr[i]) * 16777619u;
    return (h ^ h >> 15) % RP_LEFT_WORDS;
}

static void set(uint64_t *bits, uint32_t at)
{
    bits[at / 64] |= 1ull << at % 64;
}

static bool has(const uint64_t *bits, uint32_t at)
{
    return (bits[at / 64] >> at % 64 & 1) != 0;
}

/* No word: any name may be brought by what the module lacks. */
static bool module_lacks(const rp_rust_crate *c, rp_def_id module, rp_str word)
{
    return has(c->left_names, hash(module, word));
}

/* ---- what is left out ---- */

/* May an item bring names that are not words of it? */
static bool brings_names(const rp_ast *ast, rp_id item)
{
    const rp_node *n = rp_node_of(ast, item);
    switch (rp_kind_of(ast, item)) {
    case RP_N_FN:
    case RP_N_STRUCT:
    case RP_N_UNION:
    case RP_N_ENUM:
    case RP_N_TYPE_ALIAS:
    case RP_N_CONST:
    case RP_N_STATIC:
        return false;
    case RP_N_USE:
        return rp_tokens_have(ast->tokens, n->first, n->last + 1, RP_T_STAR);
    case RP_N_TRAIT:
    case RP_N_IMPL:
    case RP_N_EXTERN_BLOCK: /* macros in it */
        return rp_tokens_have(ast->tokens, n->first, n->last + 1, RP_T_NOT);
    default:
        return true;
    }
}

void rp_leave_out_item(rp_rust_crate *c, const rp_ast *ast, rp_id item, rp_def_id parent)
{
    const rp_node *n = rp_node_of(ast, item);
    rp_node_kind kind = rp_kind_of(ast, item);
    bool any = brings_names(ast, item);
    if (kind == RP_N_MODULE) { /* rp_leave_out_module is for its name */
        c->left_anything = true;
        return;
    }
    if (any)
        set(c->left_names, hash(parent, RP_STR("")));
    c->left_anything |= any;
    c->left_macros |= kind == RP_N_MACRO_RULES || kind == RP_N_MACRO_DEF ||
                      (kind == RP_N_EXTERN_CRATE && rp_attr_named(ast, item, "macro_use", 0) != 0);
    for (uint32_t i = n->first; i <= n->last; i++)
        if (rp_is_word(ast->tokens->kind[i])) {
            rp_str word = rp_token_word(ast->tokens, i);
            set(c->left_words, hash(0, word));
            set(c->left_names, hash(parent, word));
        }
}

void rp_leave_out_module(rp_rust_crate *c, const rp_ast *ast, rp_id declaration, rp_def_id parent)
{
    set(c->left_names, hash(parent, rp_node_word(ast, declaration)));
    c->left_anything = true;
    c->left_macros |= rp_attr_named(ast, declaration, "macro_use", 0) != 0;
}

bool rp_crate_may_lack(const rp_rust_crate *c, rp_str path)
{
    bool may = c->left_anything;
    for (size_t from = 0, to = 0; !may && from < path.len; from = to + 2) {
        for (to = from; to < path.len && path.ptr[to] != ':'; to++)
            ;
        may = has(c->left_words, hash(0, rp_str_sub(path, from, to - from)));
    }
    return may;
}

/* ---- where a path leads ---- */

typedef struct {
    rp_rust_crate *c;
    rp_def_id seen[MAX_GLOBBED];
    uint32_t n;
} globbed;

/* Is there another definition of that name for other targets, or of a module around it? */
static bool has_others(const rp_rust_crate *c, rp_def_id def)
{
    for (; def > 1; def = rp_def_of(c, def)->parent)
        if (module_lacks(c, rp_def_of(c, def)->parent, rp_def_of(c, def)->name))
            return true;
    return false;
}

/* False: there are too many. */
static bool see(globbed *g, rp_def_id module)
{
    for (uint32_t i = 0; i < g->n; i++)
        if (g->seen[i] == module)
            return true;
    if (g->n == MAX_GLOBBED)
        return false;
    g->seen[g->n++] = module;
    return true;
}

/* Where the module's globs lead is to be seen, too. True: that is not known, or too
 * much. */
static bool see_globs(globbed *g, rp_def_id module)
{
    rp_rust_crate *c = g->c;
    uint32_t next;
    for (uint32_t at = rp_import_named(c, module, RP_STR("")); at != 0; at = next) {
        next = c->imports.items[at - 1].same;
        const rp_import use = c->imports.items[at - 1];
        rp_res r = rp_resolve_import(c, &use, RP_NS_TYPE);
        if (r.kind == RP_RES_UNKNOWN || (r.kind == RP_RES_DEF && has_others(c, r.def)))
            return true;
        if (r.kind == RP_RES_DEF && rp_def_of(c, r.def)->kind == RP_DEF_MODULE && !see(g, r.def))
            return true;
    }
    return false;
}

/* The module does not have the name: may it, with all that it and those whose names it brings
 * lack? */
static bool may_bring(rp_rust_crate *c, rp_def_id module, rp_str word)
{
    globbed g = {.c = c, .seen = {module}, .n = 1};
    for (uint32_t i = 0; i < g.n; i++) {
        if (module_lacks(c, g.seen[i], word) || module_lacks(c, g.seen[i], RP_STR("")) ||
            rp_import_named(c, g.seen[i], word) != 0 || see_globs(&g, g.seen[i]))
            return true;
    }
    return false;
}

bool rp_path_may_be_left_out(rp_rust_crate *c, rp_str path, rp_namespace ns)
{
    rp_def_id module = 1;
    if (!rp_crate_may_lack(c, path))
        return false;
    if (c->left_macros || ns == RP_NS_MACRO)
        return true;
    for (size_t from = 0, to = 0; from < path.len; from = to + 2) {
        for (to = from; to < path.len && path.ptr[to] != ':'; to++)
            ;
        rp_str word = rp_str_sub(path, from, to - from);
        rp_res r = rp_resolve_inside(c, rp_str_sub(path, 0, to), to < path.len ? RP_NS_TYPE : ns);
        if (r.kind == RP_RES_UNKNOWN)
            return may_bring(c, module, word);
        if (module_lacks(c, module, word))
            return true;
        if (r.kind != RP_RES_DEF)
            return false; /* another crate's matter */
        if (r.left != 0 || rp_def_of(c, r.def)->kind != RP_DEF_MODULE || has_others(c, r.def))
            return true; /* what is left out may be an impl of the type */
        module = r.def;
    }
    return false;
}
