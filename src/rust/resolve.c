/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "base/search.h"
#include "rust/crate_parts.h"
#include "rust/resolve.h"

#include "rust/externs.h"
#include "rust/names.h"
#include "rust/std_table.h"

#include <stdlib.h>

/* FUEL bounds the steps of one look-up: globs may bring in each other in circles. */
enum { MAX_WORDS = 64, FUEL = 4000, MAX_DEPTH = 48 };

typedef struct {
    rp_str words[MAX_WORDS];
    uint32_t n;
    bool global;     /* begins with :: */
    bool from_crate; /* begins with $crate */
} words;

typedef struct {
    rp_rust_crate *c;
    uint32_t fuel;
    unsigned depth;
    bool glob_outside; /* a glob of another crate may have the name */
} search;

static const rp_res unknown;

static rp_res named(search *s, rp_def_id scope, rp_str name, rp_namespace ns);
static rp_res follow(search *s, rp_def_id scope, const words *w, rp_namespace ns);

/* ---- words ---- */

/* Adds the words of a path; false when there are too many. */
static bool add_words(const rp_ast *ast, rp_id path, words *w)
{
    bool first = w->n == 0;
    if (path == 0)
        return true;
    if (first && rp_node_has(ast, path, RP_Q_GLOBAL))
        w->global = true;
    for (rp_path_words at = rp_path_start(ast, path); rp_path_next(&at);) {
        if (w->n == MAX_WORDS)
            return false;
        w->from_crate |= w->n == 0 && at.is_dollar;
        w->words[w->n++] = rp_token_word(ast->tokens, at.word);
    }
    return true;
}

static bool prefix_words(const rp_rust_crate *c, const rp_ast *ast, uint32_t prefix, words *w)
{
    uint32_t chain[MAX_WORDS], n = 0;
    for (; prefix != 0 && n < MAX_WORDS; prefix = c->prefixes.items[prefix].outer)
        chain[n++] = prefix;
    if (prefix != 0)
        return false;
    while (n-- > 0)
        if (!add_words(ast, rp_kid(ast, c->prefixes.items[chain[n]].tree, RP_TREE_PATH), w))
            return false;
    return true;
}

/* ---- what a definition is ---- */

static bool in_namespace(const rp_def *d, rp_namespace ns)
{
    switch ((rp_def_kind)d->kind) {
    case RP_DEF_FN:
    case RP_DEF_CONST:
    case RP_DEF_STATIC:
        return ns == RP_NS_VALUE;
    case RP_DEF_MACRO:
        return ns == RP_NS_MACRO;
    case RP_DEF_STRUCT:
    case RP_DEF_VARIANT:
        return ns == RP_NS_TYPE || (ns == RP_NS_VALUE && (d->flags & RP_DEF_UNIT_CTOR) != 0);
    case RP_DEF_IMPL:
        return false;
    default:
        return ns == RP_NS_TYPE;
    }
}

static rp_def_id child_in(const rp_rust_crate *c, rp_def_id parent, rp_str name, rp_namespace ns)
{
    rp_def_id seldom = 0;
    for (rp_def_id id = rp_def_child(c, parent, name); id != 0; id = c->defs.items[id].same) {
        if (!in_namespace(&c->defs.items[id], ns))
            continue;
        if ((c->defs.items[id].flags & (RP_DEF_SELDOM | RP_DEF_TEST)) == 0)
            return id;
        seldom = seldom != 0 ? seldom : id;
    }
    return seldom;
}

static rp_res is_def(rp_def_id def, rp_str name)
{
    return (rp_res){.kind = RP_RES_DEF, .def = def, .last = name};
}

static rp_str canonical(rp_rust_crate *c, rp_str path)
{
    bool core = rp_str_starts(path, "core::"), alloc = rp_str_starts(path, "alloc::");
    if (!core && !alloc)
        return path;
    size_t skip = core ? 6 : 7;
    return rp_arena_printf(c->arena, "std::%.*s", (int)(path.len - skip), path.ptr + skip);
}

static rp_res outside(rp_rust_crate *c, rp_res_kind kind, rp_str path, rp_str last)
{
    return (rp_res){.kind = kind, .path = canonical(c, path), .last = last};
}

/* ---- names that are everywhere ---- */

static bool is_std_crate(rp_str name)
{
    return rp_str_is(name, "std") || rp_str_is(name, "core") || rp_str_is(name, "alloc");
}

static bool is_primitive(rp_str name)
{
    static const char *const names[] = {"u8",  "u16",  "u32", "u64",  "u128",  "usize", "i8",
                                        "i16", "i32",  "i64", "i128", "isize", "bool",  "f32",
                                        "f64", "char", "str", "f16",  "f128",  "never"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (rp_str_is(name, names[i]))
            return true;
    return false;
}

static const char *in_prelude(rp_str name)
{
    static const struct {
        const char *name, *path;
    } rows[] = {
#include "rust/prelude.inc"
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rp_str_is(name, rows[i].name))
            return rows[i].path;
    return NULL;
}

/* ---- imports ---- */

static rp_res import(search *s, const rp_import *i, rp_namespace ns)
{
    const rp_ast *ast = &s->c->files.items[i->file]->ast;
    words w = {.n = 0};
    if (rp_kind_of(ast, i->tree) != RP_N_USE_TREE || !prefix_words(s->c, ast, i->prefix, &w) ||
        !add_words(ast, rp_kid(ast, i->tree, RP_TREE_PATH), &w))
        return unknown;
    if (w.n > 1 && rp_str_is(w.words[w.n - 1], "self"))
        w.n--;
    if (s->c->edition == RP_EDITION_2015 && w.n != 0) {
        /* paths of `use` begin at the root, or with the name of a crate */
        rp_str first = w.words[0];
        bool relative =
            rp_str_is(first, "self") || rp_str_is(first, "super") || rp_str_is(first, "crate");
        if (!relative && (child_in(s->c, 1, first, RP_NS_TYPE) != 0 || w.n == 1))
            return follow(s, 1, &w, ns);
    }
    rp_res r = follow(s, i->module, &w, ns);
    bool alone = r.kind == RP_RES_UNKNOWN && w.n == 1 && ns == RP_NS_TYPE;
    if (alone && rp_extern_known(s->c, w.words[0])) /* `use krate as k`, `use krate::*` */
        return outside(s->c, RP_RES_EXTERN, w.words[0], w.words[0]);
    return r;
}

/* What an import leads to, while nothing else looks through it: what it does not find while it is
 * looked through already, others may find. */
static rp_res import_once(search *s, uint32_t index, rp_namespace ns)
{
    rp_import_look *look = rp_import_look_of(s->c, index);
    if (look == NULL) {
        rp_name_cut(s->c);
        return unknown;
    }
    if (look->busy != 0) {
        rp_name_met(s->c, look->busy - 1);
        return unknown;
    }
    look->busy = 1 + s->c->names->lookups->depth;
    rp_res r = import(s, &s->c->imports.items[index], ns);
    rp_import_look_of(s->c, index)->busy = 0;
    return r;
}

/* Where a glob leads, whatever name is asked for: kept until names may mean something else. Only
 * what hangs neither on the look-ups around (circles, fuel) nor on globs is kept. */
static rp_res glob_target(search *s, uint32_t index)
{
    rp_import_look *look = rp_import_look_of(s->c, index);
    if (look == NULL)
        return unknown;
    if (look->age == s->c->named + 1)
        return *look->target;
    rp_lookups *all = s->c->names->lookups;
    uint32_t cuts = all->cuts, lowest = all->lowest;
    bool outside = s->glob_outside;
    all->lowest = RP_NAME_FREE;
    s->glob_outside = false;
    rp_res into = import_once(s, index, RP_NS_TYPE);
    bool keep = all->lowest == RP_NAME_FREE && all->cuts == cuts && !s->glob_outside;
    all->lowest = all->lowest < lowest ? all->lowest : lowest;
    s->glob_outside |= outside;
    look = rp_import_look_of(s->c, index);
    if (keep && look->target == NULL)
        look->target = rp_new(s->c->arena, 1, rp_res);
    if (keep && look->target != NULL) {
        *look->target = into;
        look->age = s->c->named + 1;
    }
    return into;
}

/* A name that a glob import may bring: what it leads to is looked into. */
static rp_res glob(search *s, uint32_t index, rp_str name, rp_namespace ns)
{
    rp_res into = glob_target(s, index);
    if (into.kind == RP_RES_DEF && into.left == 0) {
        rp_def_kind kind = (rp_def_kind)s->c->defs.items[into.def].kind;
        if (kind == RP_DEF_MODULE)
            return named(s, into.def, name, ns);
        rp_def_id v = kind == RP_DEF_ENUM ? child_in(s->c, into.def, name, ns) : 0;
        return v != 0 ? is_def(v, name) : unknown;
    }
    if (into.kind == RP_RES_STD) {
        rp_str path = rp_arena_printf(s->c->arena, "%.*s::%.*s", RP_FMT(into.path), RP_FMT(name));
        if (rp_std_has(path))
            return outside(s->c, RP_RES_STD, path, name);
    }
    if (into.kind == RP_RES_EXTERN) {
        rp_str path = rp_arena_printf(s->c->arena, "%.*s::%.*s", RP_FMT(into.path), RP_FMT(name));
        rp_extern there = rp_extern_find(s->c, path, ns);
        if (there.res.kind != RP_RES_UNKNOWN && there.res.left == 0)
            return outside(s->c, RP_RES_EXTERN, path, name);
    }
    s->glob_outside |= into.kind != RP_RES_UNKNOWN;
    return unknown;
}

/* What the first import of a list brings that brings anything: of those that few builds have, or of
 * the others. */
static rp_res first_of(search *s, uint32_t at, bool seldom, rp_str name, rp_namespace ns)
{
    rp_res found = unknown;
    for (uint32_t next; at != 0 && found.kind == RP_RES_UNKNOWN && s->fuel > 0; at = next) {
        const rp_import *i = &s->c->imports.items[at - 1];
        next = i->same;
        if (i->seldom != seldom)
            continue;
        s->fuel--;
        found = i->glob ? glob(s, at - 1, name, ns) : import_once(s, at - 1, ns);
    }
    return found;
}

/* A name that an import or a glob of the module brings. */
static rp_res imported(search *s, rp_def_id module, rp_str name, rp_namespace ns)
{
    rp_res found = unknown;
    uint32_t lists[] = {name.len != 0 ? rp_import_named(s->c, module, name) : 0,
                        is_std_crate(name) ? 0 : rp_import_named(s->c, module, RP_STR(""))};
    for (unsigned i = 0; i < 4 && found.kind == RP_RES_UNKNOWN; i++)
        found = first_of(s, lists[i / 2], i % 2 != 0, name, ns);
    if (s->fuel == 0)
        rp_name_cut(s->c);
    return found;
}

/* … of a module that is in no body: its answers are kept. */
static rp_res imported_once(search *s, rp_def_id module, rp_str name, rp_namespace ns)
{
    rp_name_work work;
    rp_name_answer kept;
    if (s->c->defs.items[module].imports == 0)
        return unknown;
    if (rp_name_begin(s->c, module, name, ns, &work, &kept)) {
        s->glob_outside |= kept.glob_outside;
        return kept.res;
    }
    bool outside = s->glob_outside;
    s->glob_outside = false;
    rp_res found = imported(s, module, name, ns);
    rp_name_end(s->c, &work, found, s->glob_outside);
    s->glob_outside |= outside;
    return found;
}

/* The crate of `extern crate x as y` gives way to an item that is called x. */
static rp_def_id item_or_crate(const rp_rust_crate *c, rp_def_id parent, rp_str name,
                               rp_namespace ns)
{
    rp_def_id first = child_in(c, parent, name, ns), id = first;
    while (id != 0 &&
           (c->defs.items[id].kind == RP_DEF_EXTERN_CRATE || !in_namespace(&c->defs.items[id], ns)))
        id = c->defs.items[id].same;
    return id != 0 ? id : first;
}

/* `extern crate x as name`, `extern crate name`. */
static rp_res extern_crate(const search *s, rp_def_id def, rp_str name)
{
    rp_str own = rp_node_word(rp_def_ast(s->c, def), s->c->defs.items[def].node);
    if (rp_str_is(own, "self"))
        return is_def(1, name);
    if (rp_str_starts(own, "rustc_std_workspace_")) /* as std itself calls core and alloc */
        own = rp_str_sub(own, sizeof "rustc_std_workspace_" - 1, SIZE_MAX);
    return outside(s->c, is_std_crate(own) ? RP_RES_STD : RP_RES_EXTERN, own, name);
}

/* What is called `name` directly in a module: its items, then imports, then globs. */
static rp_res named(search *s, rp_def_id module, rp_str name, rp_namespace ns)
{
    rp_res found = unknown;
    rp_def_id def = item_or_crate(s->c, module, name, ns);
    if (def != 0 && s->c->defs.items[def].kind != RP_DEF_EXTERN_CRATE)
        return is_def(def, name);
    if (def != 0)
        return extern_crate(s, def, name);
    if (s->depth >= MAX_DEPTH) {
        rp_name_cut(s->c);
        return unknown;
    }
    s->depth++;
    bool inner = s->c->defs.items[module].kind != RP_DEF_MODULE ||
                 (s->c->defs.items[module].flags & RP_DEF_IN_BODY) != 0;
    found = inner ? imported(s, module, name, ns) : imported_once(s, module, name, ns);
    s->depth--;
    return found;
}

/* ---- words of a path ---- */

/* The first word of a relative path, as seen from `scope`. */
static rp_res first_word(search *s, rp_def_id scope, rp_str name, rp_namespace ns)
{
    for (rp_def_id at = rp_def_module(s->c, scope); at != 0;) {
        rp_res found = named(s, at, name, ns);
        if (found.kind != RP_RES_UNKNOWN)
            return found;
        if (s->c->defs.items[at].kind == RP_DEF_MODULE)
            break;
        at = rp_def_module(s->c, s->c->defs.items[at].parent);
    }
    if (is_std_crate(name))
        return outside(s->c, RP_RES_STD, RP_STR("std"), name);
    const char *path = ns != RP_NS_MACRO ? in_prelude(name) : NULL;
    if (path != NULL)
        return outside(s->c, RP_RES_STD, rp_str_from(path), name);
    if (is_primitive(name))
        return outside(s->c, RP_RES_PRIMITIVE, name, name);
    return unknown;
}

static rp_def_id parent_module(const rp_rust_crate *c, rp_def_id module)
{
    rp_def_id id = c->defs.items[module].parent;
    while (id != 0 && c->defs.items[id].kind != RP_DEF_MODULE)
        id = c->defs.items[id].parent;
    return id;
}

static rp_def_id own_module(const rp_rust_crate *c, rp_def_id scope)
{
    while (scope != 0 && c->defs.items[scope].kind != RP_DEF_MODULE)
        scope = c->defs.items[scope].parent;
    return scope;
}

static rp_def_id impl_or_trait(const rp_rust_crate *c, rp_def_id scope)
{
    while (scope != 0 && c->defs.items[scope].kind != RP_DEF_IMPL &&
           c->defs.items[scope].kind != RP_DEF_TRAIT)
        scope = c->defs.items[scope].parent;
    return scope;
}

/* A crate by name: `extern crate x as name` at the root names crates everywhere (Reference, "Extern
 * prelude"), `extern crate self as name` this one. */
static rp_res crate_called(const search *s, rp_str name)
{
    rp_def_id def = child_in(s->c, 1, name, RP_NS_TYPE);
    while (def != 0 && s->c->defs.items[def].kind != RP_DEF_EXTERN_CRATE)
        def = s->c->defs.items[def].same;
    if (def != 0)
        return extern_crate(s, def, name);
    return outside(s->c, is_std_crate(name) ? RP_RES_STD : RP_RES_EXTERN, name, name);
}

/* Where a path begins: *at becomes the number of words that were used. */
static rp_res start(search *s, rp_def_id scope, const words *w, rp_namespace ns, uint32_t *at)
{
    rp_def_id module = own_module(s->c, scope);
    rp_str first = w->words[0];
    *at = 1;
    if (w->from_crate || rp_str_is(first, "crate"))
        return is_def(1, first);
    if (rp_str_is(first, "Self")) {
        rp_def_id self = impl_or_trait(s->c, scope);
        return (rp_res){.kind = self != 0 ? RP_RES_SELF_TYPE : RP_RES_UNKNOWN, .def = self};
    }
    if (rp_str_is(first, "self") && w->n > 1)
        return is_def(module, first);
    if (rp_str_is(first, "super")) {
        for (*at = 0; *at < w->n && rp_str_is(w->words[*at], "super"); (*at)++)
            module = parent_module(s->c, module);
        return module != 0 ? is_def(module, first) : unknown;
    }
    if (w->global && s->c->edition != RP_EDITION_2015)
        return crate_called(s, first);
    rp_res found = first_word(s, w->global ? 1 : scope, first, w->n > 1 ? RP_NS_TYPE : ns);
    bool small = first.len != 0 && (first.ptr[0] < 'A' || first.ptr[0] > 'Z');
    if (found.kind == RP_RES_UNKNOWN && w->n > 1 && small &&
        (!s->glob_outside || rp_extern_known(s->c, first)))
        return crate_called(s, first); /* very likely */
    return found;
}

/* An item that an impl of the type gives it. */
static rp_def_id associated(search *s, rp_def_id type, rp_str name, rp_namespace ns)
{
    rp_extern_link(s->c);
    if (!s->c->linked)
        return 0;
    for (uint32_t i = s->c->defs.items[type].impls; i != 0 && s->fuel > 0; s->fuel--) {
        const rp_impl *impl = &s->c->impls.items[i - 1];
        rp_def_id id = child_in(s->c, impl->def, name, ns);
        if (id != 0)
            return id;
        i = impl->next_of_type;
    }
    return 0;
}

static rp_res alias_of(search *s, rp_def_id alias)
{
    const rp_def *d = &s->c->defs.items[alias];
    const rp_ast *ast = rp_def_ast(s->c, alias);
    rp_id type = rp_kid(ast, d->node, RP_ALIAS_TYPE);
    words w = {.n = 0};
    if (type == 0 || rp_kind_of(ast, type) != RP_N_PATH_TYPE || rp_kid(ast, type, 0) != 0 ||
        s->depth >= MAX_DEPTH || !add_words(ast, type, &w) || w.n == 0)
        return unknown;
    s->depth++;
    rp_res r = follow(s, d->parent, &w, RP_NS_TYPE);
    s->depth--;
    return r;
}

/* The type that Self is in an impl; a trait itself. */
static rp_res self_type(search *s, rp_def_id self)
{
    const rp_def *d = &s->c->defs.items[self];
    const rp_ast *ast = rp_def_ast(s->c, self);
    rp_id type = d->kind == RP_DEF_IMPL ? rp_kid(ast, d->node, RP_IMPL_SELF) : 0;
    words w = {.n = 0};
    if (d->kind == RP_DEF_TRAIT)
        return is_def(self, d->name);
    if (type == 0 || rp_kind_of(ast, type) != RP_N_PATH_TYPE || !add_words(ast, type, &w) ||
        w.n == 0 || s->depth >= MAX_DEPTH || rp_str_is(w.words[0], "Self"))
        return unknown;
    s->depth++;
    rp_res r = follow(s, d->parent, &w, RP_NS_TYPE);
    s->depth--;
    return r;
}

/* Where std has a module of a primitive's name, the primitive is meant wherever that fits better:
 * `str` as a type, `f32::to_bits` (Reference, "Names", "Preludes"). */
static bool is_module_of_primitive(const search *s, const rp_res *r)
{
    if (r->left != 0 || !is_primitive(r->last))
        return false;
    if (r->kind == RP_RES_DEF)
        return s->c->defs.items[r->def].kind == RP_DEF_MODULE;
    return r->kind == RP_RES_STD && rp_str_starts(r->path, "std::") &&
           rp_str_eq(rp_str_sub(r->path, sizeof "std::" - 1, SIZE_MAX), r->last);
}

/* One word further from what was found. */
static rp_res step(search *s, rp_res from, rp_str name, rp_namespace ns)
{
    if (from.kind == RP_RES_SELF_TYPE)
        from = self_type(s, from.def);
    if (from.kind == RP_RES_STD || from.kind == RP_RES_EXTERN || from.kind == RP_RES_PRIMITIVE) {
        rp_str path = rp_arena_printf(s->c->arena, "%.*s::%.*s", RP_FMT(from.path), RP_FMT(name));
        if (is_module_of_primitive(s, &from) && !rp_std_has(path))
            path = rp_str_sub(path, sizeof "std::" - 1, SIZE_MAX);
        from.path = path;
        if (from.kind == RP_RES_PRIMITIVE)
            from.kind = RP_RES_STD;
        return outside(s->c, from.kind, from.path, name);
    }
    if (from.kind != RP_RES_DEF)
        return unknown;
    rp_def_kind kind = (rp_def_kind)s->c->defs.items[from.def].kind;
    if (kind == RP_DEF_MODULE)
        return named(s, from.def, name, ns);
    rp_def_id id = child_in(s->c, from.def, name, ns);
    if (id == 0)
        id = associated(s, from.def, name, ns);
    if (id != 0)
        return is_def(id, name);
    if (kind == RP_DEF_TYPE) {
        rp_res to = alias_of(s, from.def);
        if (to.kind != RP_RES_UNKNOWN && s->depth < MAX_DEPTH) {
            s->depth++;
            to = step(s, to, name, ns);
            s->depth--;
            return to;
        }
    }
    from.left = 1; /* a trait gives it, or a derive */
    from.last = name;
    return from;
}

static rp_res follow(search *s, rp_def_id scope, const words *w, rp_namespace ns)
{
    uint32_t at;
    if (w->n == 0)
        return unknown;
    if (s->fuel == 0) {
        rp_name_cut(s->c);
        return unknown;
    }
    s->fuel--;
    rp_res r = start(s, scope, w, ns, &at);
    for (; at < w->n && r.kind != RP_RES_UNKNOWN && s->fuel > 0; at++) {
        if (r.left != 0) {
            r.left++;
            continue;
        }
        r = step(s, r, w->words[at], at + 1 < w->n ? RP_NS_TYPE : ns);
    }
    if (at < w->n) /* unknown, or no fuel: what was found is not what was asked for */
        return unknown;
    r.last = w->words[w->n - 1];
    if (w->n == 1 && ns == RP_NS_TYPE && !w->global && is_module_of_primitive(s, &r))
        return outside(s->c, RP_RES_PRIMITIVE, r.last, r.last);
    return r;
}

/* ---- from outside ---- */

/* `<T as Trait>::f` is the trait's f, `<T>::f` the type's. */
static rp_res qualified(search *s, rp_def_id scope, const rp_ast *ast, rp_id path, rp_namespace ns)
{
    rp_id qself = rp_kid(ast, path, RP_PATH_QSELF), of = rp_kid(ast, qself, 1);
    words w = {.n = 0}, rest = {.n = 0};
    if (of == 0)
        of = rp_kid(ast, qself, 0);
    if (of == 0 || !rp_is_path(rp_kind_of(ast, of)) || rp_kid(ast, of, RP_PATH_QSELF) != 0 ||
        !add_words(ast, of, &w) || w.n == 0 || !add_words(ast, path, &rest))
        return unknown;
    rp_res r = follow(s, scope, &w, RP_NS_TYPE);
    for (uint32_t i = 0; i < rest.n && r.kind != RP_RES_UNKNOWN && r.left == 0; i++)
        r = step(s, r, rest.words[i], i + 1 < rest.n ? RP_NS_TYPE : ns);
    if (rest.n != 0)
        r.last = rest.words[rest.n - 1];
    return r;
}

rp_res rp_resolve_path(rp_rust_crate *c, rp_def_id scope, uint32_t file, rp_id path,
                       rp_namespace ns)
{
    const rp_ast *ast = &c->files.items[file]->ast;
    search s = {.c = c, .fuel = FUEL};
    words w = {.n = 0};
    if (path == 0 || !rp_is_path(rp_kind_of(ast, path)))
        return unknown;
    if (rp_kid(ast, path, RP_PATH_QSELF) != 0)
        return qualified(&s, scope, ast, path, ns);
    return add_words(ast, path, &w) ? follow(&s, scope, &w, ns) : unknown;
}

rp_res rp_resolve_name(rp_rust_crate *c, rp_def_id scope, rp_str name, rp_namespace ns)
{
    search s = {.c = c, .fuel = FUEL};
    words w = {.words = {name}, .n = 1};
    return name.len != 0 ? follow(&s, scope, &w, ns) : unknown;
}

rp_res rp_resolve_import(rp_rust_crate *c, const rp_import *use, rp_namespace ns)
{
    search s = {.c = c, .fuel = FUEL};
    return import(&s, use, ns);
}

rp_res rp_resolve_inside(rp_rust_crate *c, rp_str path, rp_namespace ns)
{
    search s = {.c = c, .fuel = FUEL};
    rp_res r = is_def(1, c->name);
    while (path.len != 0 && r.kind != RP_RES_UNKNOWN && r.left == 0) {
        size_t n = 0;
        while (n < path.len && path.ptr[n] != ':')
            n++;
        bool last = n + 2 >= path.len;
        r = step(&s, r, rp_str_sub(path, 0, n), last ? ns : RP_NS_TYPE);
        path = last ? (rp_str){"", 0} : rp_str_sub(path, n + 2, SIZE_MAX);
    }
    return path.len == 0 ? r : unknown;
}

rp_def_id rp_resolve_type_def(rp_rust_crate *c, rp_def_id scope, uint32_t file, rp_id type)
{
    search s = {.c = c, .fuel = FUEL};
    rp_res r = rp_resolve_path(c, scope, file, type, RP_NS_TYPE);
    if (r.kind == RP_RES_SELF_TYPE)
        r = self_type(&s, r.def);
    for (unsigned i = 0; i < MAX_DEPTH && r.kind == RP_RES_DEF && r.left == 0; i++) {
        if (c->defs.items[r.def].kind != RP_DEF_TYPE)
            return r.def;
        r = alias_of(&s, r.def);
    }
    return 0;
}

/* ---- impls ---- */

static rp_def_id self_of(rp_rust_crate *c, const rp_def *d, rp_id type)
{
    const rp_ast *ast = &c->files.items[d->file]->ast;
    while (rp_kind_of(ast, type) == RP_N_TYPE_REF || rp_kind_of(ast, type) == RP_N_TYPE_PAREN)
        type = rp_kid(ast, type, rp_kind_of(ast, type) == RP_N_TYPE_REF ? 1 : 0);
    return rp_kind_of(ast, type) == RP_N_PATH_TYPE
               ? rp_resolve_type_def(c, d->parent, d->file, type)
               : 0;
}

static void link_impl(rp_rust_crate *c, rp_def_id id)
{
    const rp_def d = c->defs.items[id];
    const rp_ast *ast = &c->files.items[d.file]->ast;
    rp_id of = rp_kid(ast, d.node, RP_IMPL_TRAIT), type = rp_kid(ast, d.node, RP_IMPL_SELF);
    rp_impl impl = {.def = id, .inherent = of == 0, .trait_path = {"", 0}};
    impl.type = type != 0 ? self_of(c, &d, type) : 0;
    if (of != 0) {
        rp_res r = rp_resolve_path(c, d.parent, d.file, of, RP_NS_TYPE);
        impl.trait = r.kind == RP_RES_DEF && r.left == 0 ? r.def : 0;
        if (r.kind == RP_RES_STD || r.kind == RP_RES_EXTERN)
            impl.trait_path = r.path;
    }
    rp_impl *to = rp_vec_push(c->arena, &c->impls);
    if (to == NULL) {
        c->refused = true;
        return;
    }
    impl.next_of_type = c->defs.items[impl.type].impls;
    impl.next_of_trait = c->defs.items[impl.trait].impls;
    *to = impl;
    if (impl.type != 0)
        c->defs.items[impl.type].impls = c->impls.n;
    if (impl.trait != 0)
        c->defs.items[impl.trait].impls = c->impls.n;
}

const rp_impl *rp_impl_of(const rp_rust_crate *c, rp_def_id def)
{
    uint32_t low; /* they are linked in the order of definitions */
    RP_SEARCH(low, c->impls.n, c->impls.items[low].def < def);
    return low < c->impls.n && c->impls.items[low].def == def ? &c->impls.items[low] : NULL;
}

static int compare_names(rp_str a, rp_str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n != 0 ? memcmp(a.ptr, b.ptr, n) : 0;
    return c != 0 ? c : (a.len > b.len) - (a.len < b.len);
}

static int by_name(const void *a, const void *b)
{
    const rp_method *x = a, *y = b;
    int order = compare_names(x->name, y->name);
    return order != 0 ? order : (x->def > y->def) - (x->def < y->def);
}

static bool is_associated(const rp_rust_crate *c, rp_def_id id)
{
    uint8_t in = c->defs.items[c->defs.items[id].parent].kind;
    return c->defs.items[id].kind == RP_DEF_FN && (in == RP_DEF_IMPL || in == RP_DEF_TRAIT);
}

/* So that a name that many have costs no more than one that few have. */
static void count_methods(rp_rust_crate *c)
{
    uint32_t unsafes = 0, in_trait = c->nmethods;
    for (uint32_t i = 0; i < c->nmethods; i++) {
        c->methods[i].unsafes = unsafes;
        unsafes += (c->defs.items[c->methods[i].def].flags & RP_DEF_UNSAFE) != 0;
    }
    for (uint32_t i = c->nmethods; i-- > 0;) {
        rp_def_id up = c->defs.items[c->methods[i].def].parent;
        if (c->defs.items[up].kind == RP_DEF_TRAIT)
            in_trait = i;
        c->methods[i].in_trait = in_trait;
    }
}

static void list_methods(rp_rust_crate *c)
{
    uint32_t n = 0;
    for (rp_def_id id = 1; id < c->defs.n; id++)
        n += is_associated(c, id);
    c->methods = rp_new(c->arena, n, rp_method);
    if (c->methods == NULL) {
        c->refused = true;
        return;
    }
    for (rp_def_id id = 1; id < c->defs.n; id++)
        if (is_associated(c, id))
            c->methods[c->nmethods++] = (rp_method){.name = c->defs.items[id].name, .def = id};
    if (n > 1)
        qsort(c->methods, n, sizeof c->methods[0], by_name);
    count_methods(c);
}

/* The first method whose name is not below (behind: nor equal to) `name`. */
static uint32_t method_bound(const rp_rust_crate *c, rp_str name, bool behind)
{
    uint32_t low;
    RP_SEARCH(low, c->nmethods, compare_names(c->methods[low].name, name) < (behind ? 1 : 0));
    return low;
}

uint32_t rp_methods_named(const rp_rust_crate *c, rp_str name, uint32_t *ret_first)
{
    *ret_first = method_bound(c, name, false);
    return method_bound(c, name, true) - *ret_first;
}

uint32_t rp_unsafe_methods(const rp_rust_crate *c, uint32_t first, uint32_t n)
{
    if (n == 0)
        return 0;
    const rp_method *last = &c->methods[first + n - 1];
    return last->unsafes - c->methods[first].unsafes +
           ((c->defs.items[last->def].flags & RP_DEF_UNSAFE) != 0);
}

void rp_link_impls(rp_rust_crate *c, rp_def_id from)
{
    for (rp_def_id id = from; id < c->defs.n; id++)
        if (c->defs.items[id].kind == RP_DEF_IMPL)
            link_impl(c, id);
}

void rp_rust_crate_link(rp_rust_crate *c)
{
    if (c->linked)
        return;
    if (!c->dependency) /* an outline is open, and its files are others', too */
        rp_open_unnamed(c);
    rp_link_impls(c, 1);
    if (!c->dependency) /* methods by name are the crate's own */
        list_methods(c);
    c->linked = true;
    c->named++;
}
