/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/closed.h"

#include "base/limits.h"
#include "rust/exports.h"

enum { MAX_SUPERTRAITS = 4 };

static bool is_closed(rp_rust_crate *c, rp_def_id trait, unsigned depth);

static bool bounds_close(rp_rust_crate *c, rp_def_id scope, rp_id bounds, unsigned depth)
{
    uint32_t file = rp_def_of(c, scope)->file;
    const rp_ast *ast = &c->files.items[file]->ast;
    for (uint32_t i = 0; bounds != 0 && i < rp_kids_count(ast, bounds); i++) {
        rp_id b = rp_kid(ast, bounds, i);
        rp_id path = rp_kind_of(ast, b) == RP_N_BOUND ? rp_kid(ast, b, RP_BOUND_PATH) : 0;
        if (path == 0 || !rp_is_path(rp_kind_of(ast, path)))
            continue;
        rp_res r = rp_resolve_path(c, scope, file, path, RP_NS_TYPE);
        bool own = r.kind == RP_RES_DEF && r.left == 0;
        if (own ? is_closed(c, r.def, depth) : rp_str_is(rp_node_word(ast, path), "Sealed"))
            return true;
    }
    return false;
}

/* impl<T> Trait for T, for &T: types of other crates have it, too. */
static bool is_for_any(const rp_rust_crate *c, rp_def_id impl)
{
    const rp_ast *ast = rp_def_ast(c, impl);
    rp_id self = rp_kid(ast, rp_def_of(c, impl)->node, RP_IMPL_SELF), param;
    while (self != 0 && rp_kind_of(ast, self) == RP_N_TYPE_REF)
        self = rp_kid(ast, self, 1);
    return self != 0 && rp_generic_owner(c, impl, rp_node_text(ast, self), &param) == impl;
}

static bool has_blanket(const rp_rust_crate *c, rp_def_id trait)
{
    uint32_t left = RP_MAX_RUST_IMPLS;
    for (uint32_t i = rp_def_of(c, trait)->impls; i != 0; i = c->impls.items[i - 1].next_of_trait)
        if (left-- == 0 || is_for_any(c, c->impls.items[i - 1].def))
            return true;
    return false;
}

/* fn __private__(&self) -> Guard: who writes an impl has no Guard. */
static bool has_hidden_item(const rp_rust_crate *c, rp_def_id trait)
{
    for (rp_def_id id = rp_def_of(c, trait)->first; id != 0; id = rp_def_of(c, id)->next)
        if (rp_str_starts(rp_def_of(c, id)->name, "__"))
            return true;
    return false;
}

static bool is_closed(rp_rust_crate *c, rp_def_id trait, unsigned depth)
{
    const rp_def d = *rp_def_of(c, trait);
    if (d.kind != RP_DEF_TRAIT || depth >= MAX_SUPERTRAITS)
        return false;
    if (has_hidden_item(c, trait))
        return true;
    if (!rp_def_is_exported(c, trait) && !has_blanket(c, trait))
        return true;
    return bounds_close(c, trait, rp_kid(rp_def_ast(c, trait), d.node, RP_TRAIT_BOUNDS), depth + 1);
}

bool rp_trait_is_closed(rp_rust_crate *c, rp_def_id trait)
{
    return is_closed(c, trait, 0);
}

static bool asks_closed(rp_rust_crate *c, rp_def_id scope, rp_id bounds)
{
    return bounds_close(c, scope, bounds, 0);
}

bool rp_param_is_closed(rp_rust_crate *c, rp_def_id scope, rp_str name)
{
    return rp_param_asks(c, scope, name, asks_closed);
}
