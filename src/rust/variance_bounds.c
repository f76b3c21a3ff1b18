/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The bounds of an impl's type parameters (the Rust Reference, "Trait and lifetime bounds"). */
#include "rust/variance.h"

enum { MAX_SUPERTRAITS = 12 };

typedef struct {
    rp_rust_crate *c;
    rp_variance_param *p;
    bool by_reference; /* the bound is of &T: Send there means Sync here */
} bounds;

static void all(bounds *b, rp_def_id scope, uint32_t file, rp_id list, unsigned depth);

static rp_str last_word(const rp_ast *ast, rp_id path)
{
    rp_str last = {NULL, 0};
    for (rp_path_words w = rp_path_start(ast, path); rp_path_next(&w);)
        last = rp_token_word(ast->tokens, w.word);
    return last;
}

static bool only_word(const rp_ast *ast, rp_id path, rp_str name)
{
    rp_path_words w = rp_path_start(ast, path);
    return rp_kid(ast, path, RP_PATH_QSELF) == 0 && rp_path_next(&w) &&
           rp_str_eq(rp_token_word(ast->tokens, w.word), name) && !rp_path_next(&w);
}

static bool marker(bounds *b, rp_str path)
{
    rp_variance_param *p = b->p;
    if (rp_str_ends(path, "Send") && b->by_reference)
        p->sync = true;
    else if (rp_str_ends(path, "Send"))
        p->send = true;
    else if (rp_str_ends(path, "Sync"))
        p->sync = true;
    else if (rp_str_ends(path, "Copy"))
        p->copy = true;
    else
        return false;
    return true;
}

static bool has_text(rp_str text, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= text.len; i++)
        if (memcmp(text.ptr + i, word, n) == 0)
            return true;
    return false;
}

/* trait X: Send, and trait X where Self: Send. */
static void supertraits(bounds *b, rp_def_id trait, unsigned depth)
{
    const rp_def d = *rp_def_of(b->c, trait);
    const rp_ast *ast = rp_def_ast(b->c, trait);
    rp_id where = rp_kid(ast, d.node, RP_TRAIT_WHERE);
    if (d.kind != RP_DEF_TRAIT)
        return;
    rp_id above = rp_kid(ast, d.node, RP_TRAIT_BOUNDS);
    b->p->sealed |= above != 0 && has_text(rp_node_text(ast, above), "ealed");
    all(b, trait, d.file, rp_kid(ast, d.node, RP_TRAIT_BOUNDS), depth + 1);
    for (uint32_t i = 0; where != 0 && i < rp_kids_count(ast, where); i++) {
        rp_id type = rp_kid(ast, rp_kid(ast, where, i), RP_PRED_TYPE);
        if (type != 0 && rp_kind_of(ast, type) == RP_N_PATH_TYPE &&
            only_word(ast, type, RP_STR("Self")))
            all(b, trait, d.file, rp_kid(ast, rp_kid(ast, where, i), RP_PRED_BOUNDS), depth + 1);
    }
}

static void one(bounds *b, rp_def_id scope, uint32_t file, rp_id bound, unsigned depth)
{
    const rp_ast *ast = &b->c->files.items[file]->ast;
    rp_id path = rp_kid(ast, bound, RP_BOUND_PATH);
    if (rp_kind_of(ast, bound) != RP_N_BOUND || rp_node_has(ast, bound, RP_Q_MAYBE) || path == 0 ||
        rp_kind_of(ast, path) != RP_N_PATH_TYPE)
        return;
    rp_str word = last_word(ast, path);
    rp_res r = rp_resolve_path(b->c, scope, file, path, RP_NS_TYPE);
    if (r.kind == RP_RES_DEF && r.left == 0)
        supertraits(b, r.def, depth);
    else if (r.kind == RP_RES_STD)
        (void)marker(b, r.path);
    else if (!(rp_str_is(word, "Send") || rp_str_is(word, "Sync") || rp_str_is(word, "Copy")) ||
             !marker(b, word))
        b->p->foreign = true;
}

static void all(bounds *b, rp_def_id scope, uint32_t file, rp_id list, unsigned depth)
{
    const rp_ast *ast = &b->c->files.items[file]->ast;
    if (list == 0 || depth > MAX_SUPERTRAITS)
        return;
    for (uint32_t i = 0; i < rp_kids_count(ast, list); i++)
        one(b, scope, file, rp_kid(ast, list, i), depth);
}

/* Is the parameter somewhere in the type? */
static bool speaks_of(const rp_ast *ast, rp_id type, rp_str name)
{
    const rp_node *n = rp_node_of(ast, type);
    for (uint32_t i = n->first; i <= n->last; i++)
        if (rp_str_eq(rp_token_word(ast->tokens, i), name))
            return true;
    return false;
}

/* where T: …, where Box<T>: …, where &'a T: …: a promise about what holds a T is one about T. */
static void predicates(bounds *b, const rp_variance *v, rp_id where)
{
    const rp_ast *ast = &b->c->files.items[v->file]->ast;
    for (uint32_t i = 0; where != 0 && i < rp_kids_count(ast, where); i++) {
        rp_id pred = rp_kid(ast, where, i), type = rp_kid(ast, pred, RP_PRED_TYPE);
        if (type == 0 || !rp_is_type(rp_kind_of(ast, type)) || !speaks_of(ast, type, b->p->name))
            continue;
        b->by_reference =
            rp_kind_of(ast, type) == RP_N_TYPE_REF && !rp_node_has(ast, type, RP_Q_MUT);
        all(b, v->impl, v->file, rp_kid(ast, pred, RP_PRED_BOUNDS), 0);
        b->by_reference = false;
    }
}

void rp_variance_bounds(rp_rust_crate *c, rp_variance *v)
{
    const rp_ast *ast = &c->files.items[v->file]->ast;
    bool is_impl = rp_def_of(c, v->impl)->kind == RP_DEF_IMPL;
    uint32_t where = is_impl ? (uint32_t)RP_IMPL_WHERE : (uint32_t)RP_ADT_WHERE;
    for (uint32_t i = 0; i < v->n; i++) {
        bounds b = {c, &v->params[i], false};
        if (v->params[i].param == 0)
            continue;
        all(&b, v->impl, v->file, rp_kid(ast, v->params[i].param, RP_GENERIC_BOUNDS), 0);
        predicates(&b, v, rp_kid(ast, v->node, where));
    }
}

void rp_variance_where(rp_rust_crate *c, rp_variance *v, rp_id where)
{
    for (uint32_t i = 0; where != 0 && i < v->n; i++) {
        bounds b = {c, &v->params[i], false};
        if (v->params[i].name.len != 0)
            predicates(&b, v, where);
    }
}
