/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* dump_names MANIFEST ROOT EDITION NAME CARGO_HOME [FEATURE | cfg:NAME | no:NAME …]: what the names
 * of a library mean, on x86-64 Linux with these features and with what its build script set;
 * OUT_DIR says where that wrote.
 *
 * Lines of fields with tabs between them: "use MODULE NAME NAMESPACE TARGET" is what a `pub use`
 * brings ("*" a glob), "api PATH NAMESPACE TARGET" what another crate may name, through re-exports
 * and globs, "impl TYPE TRAIT" an impl, "sig OWNER TARGET" a path in a signature, a field, a bound
 * or an impl's head. A target is a path of the crate, `std NAME`, `ext CRATE NAME`, or `? TEXT`.
 * For tests/rust/names.py, which asks rustdoc the same. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cargo/crates.h"
#include "rust/externs.h"
#include "rust/macros.h"
#include "rust/types.h"

enum { MAX_FEATURES = 512, MAX_NESTED = 12, MAX_MODULES = 100000 };

static const char *const namespaces[] = {"type", "value", "macro"};

/* ---- targets ---- */

static void put_def(rp_rust_crate *c, rp_def_id def)
{
    rp_str inside = rp_str_sub(rp_def_path(c, def, c->arena), c->name.len, SIZE_MAX);
    printf("crate%.*s", RP_FMT(inside));
}

static rp_str last_word(rp_str path)
{
    size_t n = path.len;
    while (n > 0 && path.ptr[n - 1] != ':')
        n--;
    return rp_str_sub(path, n, SIZE_MAX);
}

static rp_str crate_of(rp_str path)
{
    size_t n = 0;
    while (n < path.len && path.ptr[n] != ':')
        n++;
    return rp_str_sub(path, 0, n);
}

static void put_extern(rp_rust_crate *c, rp_str path, rp_namespace ns)
{
    rp_extern there = rp_extern_find(c, path, ns);
    if (there.res.kind == RP_RES_STD) {
        rp_str last = last_word(there.res.path);
        printf("std %.*s", RP_FMT(last));
    } else if (there.res.kind == RP_RES_DEF && there.res.left == 0) {
        rp_str name = there.res.def == 1 ? there.c->name : rp_def_of(there.c, there.res.def)->name;
        printf("ext %.*s %.*s", RP_FMT(there.c->name), RP_FMT(name));
    } else {
        rp_str krate = crate_of(path), last = last_word(path);
        printf("ext? %.*s %.*s", RP_FMT(krate), RP_FMT(last));
    }
}

static void put_target(rp_rust_crate *c, rp_res r, rp_namespace ns, rp_str text)
{
    rp_str last = last_word(r.path);
    if (r.kind == RP_RES_DEF && r.left == 0)
        put_def(c, r.def);
    else if (r.kind == RP_RES_STD || r.kind == RP_RES_PRIMITIVE)
        printf("std %.*s", RP_FMT(last));
    else if (r.kind == RP_RES_EXTERN)
        put_extern(c, r.path, ns);
    else
        printf("? %.*s", RP_FMT(text));
}

/* ---- re-exports ---- */

static bool is_known(const rp_res *r)
{
    return r->kind != RP_RES_UNKNOWN && r->left == 0;
}

static bool extern_has(rp_rust_crate *c, rp_str path, rp_namespace ns)
{
    return rp_extern_find(c, path, ns).res.kind != RP_RES_UNKNOWN;
}

static void put_use(rp_rust_crate *c, const rp_import *use)
{
    bool any = false;
    for (rp_namespace ns = RP_NS_TYPE; ns <= RP_NS_MACRO; ns++) {
        rp_res r = rp_resolve_import(c, use, ns);
        bool there = is_known(&r) && (r.kind != RP_RES_EXTERN || extern_has(c, r.path, ns));
        bool last = ns == RP_NS_MACRO && !any;
        if ((!there && !last) || (use->glob && ns != RP_NS_TYPE))
            continue;
        any = true;
        printf("use\t");
        put_def(c, use->module);
        printf("\t%.*s\t%s\t", RP_FMT(use->glob ? RP_STR("*") : use->name), namespaces[ns]);
        put_target(c, r, ns, use->name);
        printf("\n");
    }
}

/* ---- what can be named from outside ---- */

typedef struct {
    rp_str name;
    rp_namespace ns;
} api_name;

typedef struct {
    rp_rust_crate *c;
    RP_VEC(api_name) names;
    uint32_t modules;
} api;

static void add_name(api *a, rp_str name, rp_namespace ns)
{
    for (uint32_t i = 0; i < a->names.n; i++)
        if (a->names.items[i].ns == ns && rp_str_eq(a->names.items[i].name, name))
            return;
    api_name *to = rp_vec_push(a->c->arena, &a->names);
    if (to != NULL)
        *to = (api_name){name, ns};
}

static bool has_value(const rp_def *d)
{
    bool ctor = d->kind == RP_DEF_STRUCT || d->kind == RP_DEF_VARIANT;
    return d->kind == RP_DEF_FN || d->kind == RP_DEF_CONST || d->kind == RP_DEF_STATIC ||
           (ctor && (d->flags & RP_DEF_UNIT_CTOR) != 0);
}

static bool has_type(const rp_def *d)
{
    return d->kind != RP_DEF_FN && d->kind != RP_DEF_CONST && d->kind != RP_DEF_STATIC &&
           d->kind != RP_DEF_IMPL && d->kind != RP_DEF_MACRO;
}

static void names_of(api *a, rp_def_id module, unsigned depth)
{
    for (rp_def_id d = rp_def_of(a->c, module)->first; d != 0; d = rp_def_of(a->c, d)->next) {
        const rp_def *def = rp_def_of(a->c, d);
        if ((def->flags & RP_DEF_PUB) == 0)
            continue;
        if (has_type(def))
            add_name(a, def->name, RP_NS_TYPE);
        if (has_value(def))
            add_name(a, def->name, RP_NS_VALUE);
    }
    for (uint32_t i = rp_def_of(a->c, module)->imports; i != 0;
         i = a->c->imports.items[i - 1].next) {
        const rp_import use = a->c->imports.items[i - 1];
        for (rp_namespace ns = RP_NS_TYPE; use.pub && ns <= RP_NS_VALUE; ns++) {
            rp_res r = rp_resolve_import(a->c, &use, ns);
            if (!is_known(&r))
                continue;
            if (use.glob && ns == RP_NS_TYPE && r.kind == RP_RES_DEF && depth < MAX_NESTED)
                names_of(a, r.def, depth + 1);
            if (!use.glob && (r.kind != RP_RES_EXTERN || extern_has(a->c, r.path, ns)))
                add_name(a, use.name, ns);
        }
    }
}

typedef struct chain {
    rp_def_id module;
    const struct chain *outer;
} chain;

static bool is_around(const chain *in, rp_def_id module)
{
    while (in != NULL && in->module != module)
        in = in->outer;
    return in != NULL;
}

static void put_module(api *a, const chain *at, rp_str path, unsigned depth)
{
    if (a->modules++ > MAX_MODULES || depth > MAX_NESTED)
        return;
    a->names.n = 0;
    a->names.items = NULL;
    a->names.cap = 0;
    names_of(a, at->module, 0);
    const api_name *names = a->names.items;
    uint32_t n = a->names.n;
    for (uint32_t i = 0; i < n; i++) {
        rp_str inside = path.len == 0 ? names[i].name
                                      : rp_arena_printf(a->c->arena, "%.*s::%.*s", RP_FMT(path),
                                                        RP_FMT(names[i].name));
        rp_res r = rp_resolve_inside(a->c, inside, names[i].ns);
        printf("api\t%.*s\t%s\t", RP_FMT(inside), namespaces[names[i].ns]);
        put_target(a->c, r, names[i].ns, inside);
        printf("\n");
        if (r.kind == RP_RES_DEF && r.left == 0 && names[i].ns == RP_NS_TYPE &&
            rp_def_of(a->c, r.def)->kind == RP_DEF_MODULE && !is_around(at, r.def)) {
            chain in = {r.def, at};
            put_module(a, &in, inside, depth + 1);
        }
    }
}

/* ---- signatures ---- */

static bool begins_generic(const rp_rust_crate *c, rp_def_id scope, const rp_ast *ast, rp_id path)
{
    rp_path_words w = rp_path_start(ast, path);
    rp_id param;
    if (rp_node_has(ast, path, RP_Q_GLOBAL) || !rp_path_next(&w))
        return false;
    rp_str first = rp_token_word(ast->tokens, w.word);
    return rp_str_is(first, "Self") || rp_generic_owner(c, scope, first, &param) != 0;
}

static void put_owner(rp_rust_crate *c, rp_def_id id);

static void put_path(rp_rust_crate *c, rp_def_id id, rp_id path)
{
    const rp_def d = *rp_def_of(c, id);
    const rp_ast *ast = rp_def_ast(c, id);
    if (rp_kid(ast, path, RP_PATH_QSELF) != 0 || begins_generic(c, id, ast, path))
        return;
    rp_res r = rp_resolve_path(c, id, d.file, path, RP_NS_TYPE);
    if (r.kind == RP_RES_PRIMITIVE || (r.kind == RP_RES_DEF && r.left != 0))
        return;
    printf("sig\t");
    put_owner(c, id);
    printf("\t");
    put_target(c, r, RP_NS_TYPE, rp_node_word(ast, path));
    printf("\n");
}

static void put_paths(rp_rust_crate *c, rp_def_id id, rp_id node)
{
    const rp_ast *ast = rp_def_ast(c, id);
    if (node == 0)
        return;
    rp_walk w = rp_walk_start(ast, node, c->arena);
    for (rp_id at; (at = rp_walk_next(&w)) != 0;) {
        rp_node_kind kind = rp_kind_of(ast, at);
        if (!w.entering)
            continue;
        if (rp_cfg_of(ast, at, c->modules.cfg) == RP_NO) {
            rp_walk_skip(&w);
            continue;
        }
        if (kind == RP_N_QSELF) /* of `<T as Trait>::Item` rustdoc always names a trait */
            put_paths(c, id, rp_kid(ast, at, 0));
        else if (kind == RP_N_PATH_TYPE)
            put_path(c, id, at);
        if (kind == RP_N_QSELF || kind == RP_N_PATH_EXPR || kind == RP_N_BLOCK ||
            kind == RP_N_ATTRS)
            rp_walk_skip(&w);
    }
}

static void put_slots(rp_rust_crate *c, rp_def_id id, uint32_t from, uint32_t to)
{
    const rp_def d = *rp_def_of(c, id);
    for (uint32_t i = from; i < to && i < rp_kids_count(rp_def_ast(c, id), d.node); i++)
        put_paths(c, id, rp_kid(rp_def_ast(c, id), d.node, i));
}

static void put_signature(rp_rust_crate *c, rp_def_id id)
{
    switch ((rp_def_kind)rp_def_of(c, id)->kind) {
    case RP_DEF_FN:
        put_slots(c, id, RP_FN_GENERICS, RP_FN_BODY);
        break;
    case RP_DEF_STRUCT:
    case RP_DEF_UNION:
    case RP_DEF_ENUM:
        put_slots(c, id, RP_ADT_GENERICS, UINT32_MAX);
        break;
    case RP_DEF_TRAIT:
        put_slots(c, id, RP_TRAIT_GENERICS, RP_TRAIT_ITEMS);
        break;
    case RP_DEF_IMPL:
        put_slots(c, id, RP_IMPL_GENERICS, RP_IMPL_ITEMS);
        break;
    case RP_DEF_TYPE: /* those of impls rustdoc expands as far as it can */
        if (rp_def_of(c, rp_def_of(c, id)->parent)->kind != RP_DEF_IMPL)
            put_slots(c, id, RP_ALIAS_GENERICS, UINT32_MAX);
        break;
    case RP_DEF_CONST:
        put_slots(c, id, RP_CONST_TYPE, RP_CONST_VALUE);
        break;
    case RP_DEF_STATIC:
        put_slots(c, id, RP_STATIC_TYPE, RP_STATIC_VALUE);
        break;
    default:
        break;
    }
}

/* ---- impls ---- */

static void put_self(rp_rust_crate *c, rp_def_id impl)
{
    const rp_def d = *rp_def_of(c, impl);
    const rp_ast *ast = rp_def_ast(c, impl);
    rp_id type = rp_kid(ast, d.node, RP_IMPL_SELF);
    rp_node_kind kind = rp_kind_of(ast, type);
    while (kind == RP_N_TYPE_REF || kind == RP_N_TYPE_PAREN) {
        type = rp_kid(ast, type, kind == RP_N_TYPE_REF ? 1 : 0);
        kind = rp_kind_of(ast, type);
    }
    if (kind != RP_N_PATH_TYPE || rp_kid(ast, type, RP_PATH_QSELF) != 0)
        printf("-");
    else if (begins_generic(c, impl, ast, type))
        printf("T");
    else if (rp_resolve_type_def(c, d.parent, d.file, type) != 0)
        put_def(c, rp_resolve_type_def(c, d.parent, d.file, type));
    else
        put_target(c, rp_resolve_path(c, impl, d.file, type, RP_NS_TYPE), RP_NS_TYPE,
                   rp_node_word(ast, type));
}

static void put_impl(rp_rust_crate *c, rp_def_id impl)
{
    const rp_def d = *rp_def_of(c, impl);
    const rp_ast *ast = rp_def_ast(c, impl);
    rp_id of = rp_kid(ast, d.node, RP_IMPL_TRAIT);
    put_self(c, impl);
    printf("%s", (d.flags & RP_DEF_NEGATIVE) != 0 ? "\t!" : "\t");
    if (of != 0)
        put_target(c, rp_resolve_path(c, impl, d.file, of, RP_NS_TYPE), RP_NS_TYPE,
                   rp_node_word(ast, of));
}

/* What belongs to an impl is called by its type. */
static void put_owner(rp_rust_crate *c, rp_def_id id)
{
    const rp_def *d = rp_def_of(c, id);
    rp_str name = d->name;
    if (d->kind == RP_DEF_IMPL) {
        printf("impl ");
        put_self(c, id);
    } else if (rp_def_of(c, d->parent)->kind == RP_DEF_IMPL) {
        put_self(c, d->parent);
        printf("::%.*s", RP_FMT(name));
    } else {
        put_def(c, id);
    }
}

/* ---- the crate ---- */

static void put_crate(rp_rust_crate *c)
{
    for (uint32_t i = 0; i < c->imports.n; i++) {
        bool in_body = rp_def_of(c, c->imports.items[i].module)->kind != RP_DEF_MODULE;
        if (c->imports.items[i].pub && !in_body)
            put_use(c, &c->imports.items[i]);
    }
    api a = {.c = c};
    chain root = {1, NULL};
    put_module(&a, &root, (rp_str){"", 0}, 0);
    for (rp_def_id id = 1; id < c->defs.n; id++) {
        if ((rp_def_of(c, id)->flags & (RP_DEF_IN_BODY | RP_DEF_TEST)) != 0)
            continue;
        if (rp_def_of(c, id)->kind == RP_DEF_IMPL) {
            printf("impl\t");
            put_impl(c, id);
            printf("\n");
        }
        put_signature(c, id);
    }
}

/* The target's names with the project's own. */
static bool make_cfg(char **words, uint32_t n, rp_arena *arena, rp_cfg *ret, rp_error *err)
{
    rp_str features[MAX_FEATURES];
    uint32_t nfeatures = 0;
    for (uint32_t i = 0; i < n; i++)
        if (strchr(words[i], ':') == NULL)
            features[nfeatures++] = rp_str_from(words[i]);
    if (rp_cfg_make(RP_STR("x86_64-unknown-linux-gnu"), features, nfeatures, arena, ret, err) !=
        RP_OK)
        return false;
    rp_cfg_name *all = rp_new(arena, ret->n + n, rp_cfg_name);
    if (all == NULL)
        return false;
    memcpy(all, ret->names, ret->n * sizeof *all);
    for (uint32_t i = 0; i < n; i++)
        if (strchr(words[i], ':') != NULL)
            all[ret->n++] = (rp_cfg_name){.key = rp_str_from(strchr(words[i], ':') + 1),
                                          .is = words[i][0] == 'c' ? RP_YES : RP_NO};
    ret->names = all;
    return true;
}

int main(int argc, char **argv)
{
    rp_arena arena = {.limit = (uint64_t)2 << 30};
    rp_rust_crate *c = NULL;
    rp_error err = {0};
    rp_cfg cfg;
    rp_rust_source source = {.cfg = &cfg};
    if (argc < 6 || argc - 6 > MAX_FEATURES ||
        !rp_edition_parse(rp_str_from(argv[3]), &source.edition))
        return 2;
    rp_rust_opener opener = rp_cargo_opener(rp_str_from(argv[5]), NULL);
    source.opener = &opener;
    source.manifest = rp_str_from(argv[1]);
    source.root = rp_str_from(argv[2]);
    source.name = rp_str_from(argv[4]);
    source.out_dir = rp_str_from(getenv("OUT_DIR") != NULL ? getenv("OUT_DIR") : "");
    if (!make_cfg(argv + 6, (uint32_t)(argc - 6), &arena, &cfg, &err) ||
        rp_rust_crate_read(&source, &arena, &c, &err) != RP_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    rp_rust_crate_link(c);
    put_crate(c);
    rp_rust_crate_close(c);
    rp_arena_free(&arena);
    return 0;
}
