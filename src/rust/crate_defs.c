/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/attr.h"
#include "rust/cfg.h"
#include "rust/crate_parts.h"
#include "rust/left_out.h"
#include "rust/macros.h"

typedef enum { NOTHING, ITEMS, MEMBERS, USE, FOREIGN } inside;

/* What kind of definition an item makes, and what lies in it. */
static bool kind_of_item(rp_node_kind node, rp_def_kind *ret, inside *ret_in)
{
    static const struct {
        uint8_t node, kind, in;
    } rows[] = {
        {RP_N_FN, RP_DEF_FN, NOTHING},
        {RP_N_STRUCT, RP_DEF_STRUCT, NOTHING},
        {RP_N_UNION, RP_DEF_UNION, NOTHING},
        {RP_N_ENUM, RP_DEF_ENUM, MEMBERS},
        {RP_N_TRAIT, RP_DEF_TRAIT, ITEMS},
        {RP_N_TRAIT_ALIAS, RP_DEF_TRAIT, NOTHING},
        {RP_N_IMPL, RP_DEF_IMPL, ITEMS},
        {RP_N_TYPE_ALIAS, RP_DEF_TYPE, NOTHING},
        {RP_N_CONST, RP_DEF_CONST, NOTHING},
        {RP_N_STATIC, RP_DEF_STATIC, NOTHING},
        {RP_N_MACRO_RULES, RP_DEF_MACRO, NOTHING},
        {RP_N_MACRO_DEF, RP_DEF_MACRO, NOTHING},
        {RP_N_EXTERN_CRATE, RP_DEF_EXTERN_CRATE, NOTHING},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].node != node)
            continue;
        *ret = (rp_def_kind)rows[i].kind;
        *ret_in = (inside)rows[i].in;
        return true;
    }
    return false;
}

/* ---- cfg ---- */

uint16_t rp_item_cfg_flags(const rp_ast *ast, rp_id item)
{
    if (rp_attr_named(ast, item, "test", 0) != 0 || rp_attr_named(ast, item, "bench", 0) != 0)
        return RP_DEF_TEST;
    if (rp_attr_named(ast, item, "cfg", 0) == 0)
        return 0;
    static const rp_cfg_name off = {{"test", 4}, {"", 0}, RP_NO},
                             on = {{"test", 4}, {"", 0}, RP_YES};
    const rp_cfg without = {.names = &off, .n = 1}, with = {.names = &on, .n = 1};
    bool only_test =
        rp_cfg_of(ast, item, &without) == RP_NO && rp_cfg_of(ast, item, &with) != RP_NO;
    if (only_test)
        return RP_DEF_TEST;
    static const rp_cfg usual = {.usual = true};
    return rp_cfg_of(ast, item, &usual) == RP_NO ? RP_DEF_CFG | RP_DEF_SELDOM : RP_DEF_CFG;
}

/* ---- what an item's own words say ---- */

static bool takes_self(const rp_ast *ast, rp_id fn)
{
    rp_id params = rp_kid(ast, fn, RP_FN_PARAMS);
    return params != 0 && rp_kids_count(ast, params) > 0 &&
           rp_kind_of(ast, rp_kid(ast, params, 0)) == RP_N_SELF_PARAM;
}

static uint16_t item_flags(const rp_collect *at, const rp_ast *ast, rp_id item, rp_def_kind kind)
{
    const rp_node *n = rp_node_of(ast, item);
    uint16_t flags = at->flags | rp_item_cfg_flags(ast, item);
    rp_id vis = rp_kid(ast, item, RP_SLOT_VIS);
    bool quals =
        kind == RP_DEF_FN || kind == RP_DEF_TRAIT || kind == RP_DEF_IMPL || kind == RP_DEF_STATIC;
    if (vis != 0 && rp_node_of(ast, vis)->aux == RP_VIS_PUB)
        flags |= RP_DEF_PUB;
    if (quals && (n->aux & RP_Q_UNSAFE) != 0)
        flags |= RP_DEF_UNSAFE;
    if ((at->flags & RP_DEF_FOREIGN) != 0 && (n->aux & RP_Q_SAFE) == 0)
        flags |= RP_DEF_UNSAFE;
    if (kind == RP_DEF_STATIC && (n->aux & RP_Q_MUT) != 0)
        flags |= RP_DEF_MUT;
    if (kind == RP_DEF_IMPL && (n->aux & RP_Q_NEGATIVE) != 0)
        flags |= RP_DEF_NEGATIVE;
    if (kind == RP_DEF_FN && takes_self(ast, item))
        flags |= RP_DEF_METHOD;
    if (kind == RP_DEF_FN && rp_attr_named(ast, item, "target_feature", 0) != 0)
        flags |= RP_DEF_FEATURES;
    if (kind == RP_DEF_STRUCT && (n->aux & RP_Q_NAMED) == 0)
        flags |= RP_DEF_UNIT_CTOR;
    return flags;
}

/* ---- use ---- */

static rp_str last_word(const rp_ast *ast, rp_id path)
{
    rp_str word = {NULL, 0};
    if (path == 0)
        return word;
    for (rp_path_words w = rp_path_start(ast, path); rp_path_next(&w);)
        word = rp_token_word(ast->tokens, w.word);
    return word;
}

/* `use a::b::{self}` brings b. */
static rp_str name_of_tree(const rp_collect *at, const rp_ast *ast, rp_id tree, uint32_t prefix)
{
    rp_str name = rp_node_word(ast, tree);
    if (!rp_str_is(name, "self"))
        return name;
    const rp_use_prefix *p = &at->c->prefixes.items[prefix];
    return prefix != 0 ? last_word(ast, rp_kid(ast, p->tree, RP_TREE_PATH)) : name;
}

/* What the trees of one `use` share. */
typedef struct {
    bool pub, seldom;
} use_item;

static void add_import(const rp_collect *at, rp_id tree, rp_str name, uint32_t prefix, bool glob,
                       use_item of)
{
    rp_def *module = &at->c->defs.items[at->parent];
    rp_import *i = rp_vec_push(at->c->arena, &at->c->imports);
    if (i == NULL) {
        at->c->refused = true;
        return;
    }
    *i = (rp_import){.name = name,
                     .module = at->parent,
                     .file = at->file,
                     .tree = tree,
                     .prefix = prefix,
                     .next = module->imports,
                     .glob = glob,
                     .pub = of.pub,
                     .seldom = of.seldom};
    module->imports = at->c->imports.n;
    at->c->refused |= !rp_import_hash(at->c);
    at->c->named += (at->flags & RP_DEF_IN_BODY) == 0;
}

/* Depth is bounded by the parser's. */
static void use_tree(const rp_collect *at, const rp_ast *ast, rp_id tree, uint32_t prefix,
                     use_item of)
{
    switch ((rp_tree_kind)rp_node_of(ast, tree)->aux) {
    case RP_TREE_GLOB:
        add_import(at, tree, RP_STR(""), prefix, true, of);
        break;
    case RP_TREE_NESTED: {
        rp_use_prefix *p = rp_vec_push(at->c->arena, &at->c->prefixes);
        if (p == NULL) {
            at->c->refused = true;
            break;
        }
        *p = (rp_use_prefix){tree, prefix};
        uint32_t inner = at->c->prefixes.n - 1;
        for (uint32_t i = RP_TREE_TREES; i < rp_kids_count(ast, tree); i++)
            use_tree(at, ast, rp_kid(ast, tree, i), inner, of);
        break;
    }
    case RP_TREE_SIMPLE:
    case RP_TREE_RENAME:
        add_import(at, tree, name_of_tree(at, ast, tree, prefix), prefix, false, of);
        break;
    }
}

/* ---- items ---- */

static void variants(const rp_collect *at, const rp_ast *ast, rp_id item, rp_def_id parent)
{
    for (uint32_t i = RP_ADT_MEMBERS; i < rp_kids_count(ast, item); i++) {
        rp_id v = rp_kid(ast, item, i);
        if (rp_kind_of(ast, v) != RP_N_VARIANT)
            continue;
        rp_def d = {.name = rp_node_word(ast, v), .node = v, .file = at->file};
        d.kind = RP_DEF_VARIANT;
        d.flags = RP_DEF_PUB | (at->flags & RP_DEF_TEST);
        d.flags |= rp_node_has(ast, v, RP_Q_NAMED) ? 0 : RP_DEF_UNIT_CTOR;
        (void)rp_def_add(at->c, parent, &d);
    }
}

static void inside_of(const rp_collect *at, const rp_ast *ast, rp_id item, rp_def_id def)
{
    rp_collect in = *at;
    in.parent = def;
    in.flags = at->flags | (at->c->defs.items[def].flags & RP_DEF_TEST);
    bool impl = rp_kind_of(ast, item) == RP_N_IMPL;
    if (!impl || rp_kid(ast, item, RP_IMPL_TRAIT) != 0)
        in.flags |= RP_DEF_PUB;
    rp_collect_items(&in, item, impl ? (uint32_t)RP_IMPL_ITEMS : (uint32_t)RP_TRAIT_ITEMS);
}

static void extern_block(const rp_collect *at, rp_id item)
{
    rp_collect in = *at;
    in.flags |= RP_DEF_FOREIGN;
    in.flags |= rp_item_cfg_flags(&at->c->files.items[at->file]->ast, item);
    rp_collect_items(&in, item, RP_EXTERN_ITEMS);
}

static void macro_item(const rp_collect *at, const rp_ast *ast, rp_id item)
{
    rp_macro_item *to = rp_vec_push(at->c->arena, &at->c->macro_items);
    at->c->refused |= to == NULL;
    if (to != NULL)
        *to = (rp_macro_item){at->file, item, at->parent,
                              (uint16_t)(at->flags | rp_item_cfg_flags(ast, item))};
}

/* `extern crate x as y` is called y. */
static rp_str name_of_item(const rp_ast *ast, rp_id item, rp_def_kind kind)
{
    uint32_t main = rp_node_of(ast, item)->main;
    if (kind == RP_DEF_IMPL)
        return RP_STR("");
    if (kind == RP_DEF_EXTERN_CRATE && main + 2 < ast->tokens->n &&
        ast->tokens->kind[main + 1] == RP_T_AS)
        return rp_token_word(ast->tokens, main + 2);
    return rp_token_word(ast->tokens, main);
}

rp_def rp_def_of_item(const rp_collect *at, rp_id item, rp_def_kind kind)
{
    const rp_ast *ast = &at->c->files.items[at->file]->ast;
    return (rp_def){.name = name_of_item(ast, item, kind),
                    .node = item,
                    .file = at->file,
                    .kind = (uint8_t)kind,
                    .flags = item_flags(at, ast, item, kind)};
}

static bool is_ruled_out(const rp_collect *at, const rp_ast *ast, rp_id item)
{
    const rp_cfg *cfg = at->c->modules.cfg;
    bool out = cfg->n != 0 && rp_cfg_of(ast, item, cfg) == RP_NO;
    if (out)
        rp_leave_out_item(at->c, ast, item, at->parent);
    return out;
}

void rp_collect_item(const rp_collect *at, rp_id item)
{
    const rp_ast *ast = &at->c->files.items[at->file]->ast;
    rp_node_kind node = rp_kind_of(ast, item);
    rp_def_kind kind;
    inside in;
    if (is_ruled_out(at, ast, item))
        return;
    if (node == RP_N_EXTERN_BLOCK) {
        extern_block(at, item);
        return;
    }
    if (node == RP_N_USE) {
        rp_id vis = rp_kid(ast, item, RP_SLOT_VIS), tree = rp_kid(ast, item, RP_USE_TREE);
        use_item of = {.pub = vis != 0 && rp_node_of(ast, vis)->aux == RP_VIS_PUB};
        of.seldom = (rp_item_cfg_flags(ast, item) & (RP_DEF_SELDOM | RP_DEF_TEST)) != 0;
        if (tree != 0)
            use_tree(at, ast, tree, 0, of);
        return;
    }
    if (node == RP_N_MACRO_ITEM)
        macro_item(at, ast, item);
    if (!kind_of_item(node, &kind, &in))
        return;
    rp_def d = rp_def_of_item(at, item, kind);
    rp_def_id def = rp_def_add(at->c, at->parent, &d);
    if (def == 0)
        return;
    rp_str own = rp_node_word(ast, item);
    if (kind == RP_DEF_EXTERN_CRATE && !rp_str_eq(d.name, own) && !rp_str_is(own, "self")) {
        d.name = own; /* it can be named like that too, where nothing else is */
        (void)rp_def_add(at->c, at->parent, &d);
    }
    if (in == ITEMS)
        inside_of(at, ast, item, def);
    else if (in == MEMBERS)
        variants(at, ast, item, def);
}

void rp_collect_items(const rp_collect *at, rp_id node, uint32_t slot)
{
    const rp_ast *ast = &at->c->files.items[at->file]->ast;
    for (uint32_t i = slot; i < rp_kids_count(ast, node); i++)
        if (rp_kid(ast, node, i) != 0)
            rp_collect_item(at, rp_kid(ast, node, i));
}

/* ---- bodies ---- */

uint32_t rp_def_body_slot(const rp_rust_crate *c, rp_def_id id)
{
    switch ((rp_def_kind)c->defs.items[id].kind) {
    case RP_DEF_FN:
        return RP_FN_BODY;
    case RP_DEF_CONST:
        return RP_CONST_VALUE;
    case RP_DEF_STATIC:
        return RP_STATIC_VALUE;
    default:
        return 0;
    }
}

bool rp_def_is_unnamed(const rp_def *d)
{
    return d->kind == RP_DEF_CONST && rp_str_is(d->name, "_");
}

rp_id rp_def_body(rp_rust_crate *c, rp_def_id id)
{
    uint32_t slot = rp_def_body_slot(c, id);
    rp_id before = slot != 0 ? rp_kid(rp_def_ast(c, id), c->defs.items[id].node, slot) : 0;
    if (before == 0)
        return 0;
    bool fresh = rp_kind_of(rp_def_ast(c, id), before) == RP_N_UNPARSED;
    if (fresh)
        rp_macros_expand_body(c, id);
    rp_ast *ast = rp_def_ast(c, id);
    rp_id body = rp_ast_slot(ast, c->defs.items[id].node, slot);
    if (!fresh || body == 0)
        return body;
    rp_collect at = {.c = c, .file = c->defs.items[id].file, .parent = id};
    at.flags = c->defs.items[id].flags & (RP_DEF_TEST | RP_DEF_IN_BODY);
    if (!rp_def_is_unnamed(&c->defs.items[id]))
        at.flags |= RP_DEF_IN_BODY;
    rp_def_id first = c->defs.n;
    rp_walk w = rp_walk_start(ast, body, c->arena);
    for (rp_id node; (node = rp_walk_next(&w)) != 0;) {
        if (!w.entering || !rp_is_item(rp_kind_of(ast, node)))
            continue;
        rp_collect_item(&at, node);
        rp_walk_skip(&w);
    }
    c->refused |= w.refused || ast->refused;
    if (c->linked)
        rp_link_impls(c, first);
    return body;
}

void rp_open_unnamed(rp_rust_crate *c)
{
    for (rp_def_id id = 1; id < c->defs.n; id++) {
        const rp_def *d = &c->defs.items[id];
        const rp_tokens *t = rp_def_ast(c, id)->tokens;
        const rp_node *n = rp_node_of(rp_def_ast(c, id), d->node);
        if (!rp_def_is_unnamed(d) || !rp_tokens_have(t, n->first, n->last, RP_T_OPEN_BRACE))
            continue;
        if (rp_tokens_have(t, n->first, n->last, RP_T_IMPL) ||
            rp_tokens_have(t, n->first, n->last, RP_T_NOT)) /* a macro may bring it */
            (void)rp_def_body(c, id);
    }
}
