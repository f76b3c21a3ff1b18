/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/types.h"

#include "base/limits.h"
#include "rust/attr.h"

enum { MAX_TYPES = 1 << 20, MAX_ARGS = 64, MAX_DEPTH = 24 };
enum { NEAR_FIELDS = 1024, FAR_FIELDS = 1 << 25 };

typedef struct {
    rp_types *t;
    rp_def_id scope;
    uint32_t file;
    const rp_subst *with;
    unsigned depth;
} reading;

static rp_ty read_type(reading *r, rp_id node);

bool rp_types_init(rp_types *t, rp_rust_crate *c, rp_arena *arena)
{
    *t = (rp_types){.c = c, .arena = arena};
    return rp_vec_push(arena, &t->items) != NULL; /* number 0 is unknown */
}

rp_ty rp_ty_new(rp_types *t, const rp_type *type)
{
    rp_type *to = t->items.n < MAX_TYPES ? rp_vec_push(t->arena, &t->items) : NULL;
    if (to == NULL) {
        t->refused = true;
        return 0;
    }
    *to = *type;
    return t->items.n - 1;
}

rp_ty rp_ty_with_args(rp_types *t, const rp_type *type, const rp_ty *args, uint32_t n)
{
    rp_type copy = *type;
    rp_ty *own = n != 0 ? rp_new(t->arena, n, rp_ty) : NULL;
    if (n != 0 && own == NULL) {
        t->refused = true;
        return 0;
    }
    for (uint32_t i = 0; i < n; i++)
        own[i] = args[i];
    copy.args = own;
    copy.nargs = n;
    return rp_ty_new(t, &copy);
}

rp_ty rp_ty_of_one(rp_types *t, rp_ty_kind kind, rp_ty arg, bool is_mut)
{
    rp_type type = {.kind = (uint8_t)kind, .is_mut = is_mut};
    return rp_ty_with_args(t, &type, &arg, 1);
}

/* ---- generic parameters ---- */

static rp_id generics_of(const rp_rust_crate *c, rp_def_id def)
{
    const rp_def *d = rp_def_of(c, def);
    switch ((rp_def_kind)d->kind) {
    case RP_DEF_FN:
        return rp_kid(rp_def_ast(c, def), d->node, RP_FN_GENERICS);
    case RP_DEF_STRUCT:
    case RP_DEF_UNION:
    case RP_DEF_ENUM:
    case RP_DEF_TRAIT:
    case RP_DEF_IMPL:
    case RP_DEF_TYPE:
        return rp_kid(rp_def_ast(c, def), d->node, 2);
    default:
        return 0;
    }
}

/* Without looking for the end of the word, which costs more than all else here. */
static bool may_be_called(const rp_ast *ast, rp_id param, rp_str name)
{
    uint32_t token = rp_node_of(ast, param)->main;
    rp_str rest = rp_str_sub(ast->tokens->text, ast->tokens->start[token], name.len);
    return ast->tokens->kind[token] == RP_T_RAW_IDENT || rp_str_eq(rest, name);
}

static rp_id param_named(const rp_rust_crate *c, rp_def_id def, rp_str name, uint32_t *ret_index)
{
    const rp_ast *ast = rp_def_ast(c, def);
    rp_id generics = generics_of(c, def);
    *ret_index = 0;
    if (generics == 0)
        return 0;
    for (uint32_t i = 0; i < rp_kids_count(ast, generics); i++) {
        rp_id p = rp_kid(ast, generics, i);
        if (rp_kind_of(ast, p) != RP_N_GENERIC_PARAM ||
            rp_node_of(ast, p)->aux == RP_GENERIC_LIFETIME)
            continue;
        if (may_be_called(ast, p, name) && rp_str_eq(rp_node_word(ast, p), name))
            return p;
        ++*ret_index;
    }
    return 0;
}

rp_def_id rp_generic_owner(const rp_rust_crate *c, rp_def_id scope, rp_str name, rp_id *ret_param)
{
    uint32_t index;
    for (rp_def_id at = scope; at != 0 && rp_def_of(c, at)->kind != RP_DEF_MODULE;
         at = rp_def_of(c, at)->parent) {
        *ret_param = param_named(c, at, name, &index);
        if (*ret_param != 0)
            return at;
    }
    *ret_param = 0;
    return 0;
}

uint32_t rp_generic_index(const rp_rust_crate *c, rp_def_id owner, rp_str name)
{
    uint32_t index;
    (void)param_named(c, owner, name, &index);
    return index;
}

static rp_ty parameter(reading *r, rp_def_id owner, rp_str name)
{
    if (r->with != NULL && r->with->def == owner) {
        uint32_t i = rp_generic_index(r->t->c, owner, name);
        return i < r->with->nargs ? r->with->args[i] : 0;
    }
    if (r->with != NULL && r->with->closed)
        return 0;
    rp_type type = {.kind = RP_TY_PARAM, .def = owner, .name = name};
    return rp_ty_new(r->t, &type);
}

/* ---- paths ---- */

/* The generic arguments of a path's last word that are types; lifetimes are left out. */
static uint32_t arguments(reading *r, rp_id path, rp_ty out[MAX_ARGS])
{
    const rp_ast *ast = &r->t->c->files.items[r->file]->ast;
    rp_id args = 0;
    uint32_t n = 0;
    for (rp_path_words w = rp_path_start(ast, path); rp_path_next(&w);)
        args = w.args;
    if (args == 0 || rp_kind_of(ast, args) != RP_N_GENERIC_ARGS)
        return 0;
    for (uint32_t i = 0; i < rp_kids_count(ast, args) && n < MAX_ARGS; i++) {
        rp_id a = rp_kid(ast, args, i);
        if (rp_is_type(rp_kind_of(ast, a)))
            out[n++] = read_type(r, a);
    }
    return n;
}

static bool one_word(const rp_ast *ast, rp_id path, rp_str *ret)
{
    rp_path_words w = rp_path_start(ast, path);
    if (rp_kid(ast, path, RP_PATH_QSELF) != 0 || !rp_path_next(&w))
        return false;
    *ret = rp_token_word(ast->tokens, w.word);
    return !rp_path_next(&w);
}

static rp_ty alias(reading *r, rp_def_id def, const rp_ty *args, uint32_t n)
{
    const rp_def *d = rp_def_of(r->t->c, def);
    rp_id type = rp_kid(rp_def_ast(r->t->c, def), d->node, RP_ALIAS_TYPE);
    rp_subst with = {.def = def, .args = args, .nargs = n};
    reading in = {r->t, d->parent, d->file, &with, r->depth + 1};
    return type != 0 ? read_type(&in, type) : 0;
}

/* T::Item, Self::Item, and words behind a type that nothing is known of. */
static rp_ty associated(reading *r, rp_id path)
{
    const rp_ast *ast = &r->t->c->files.items[r->file]->ast;
    rp_path_words w = rp_path_start(ast, path);
    rp_id param;
    rp_str first = {NULL, 0}, last = {NULL, 0};
    uint32_t n = 0;
    for (; rp_path_next(&w); n++) {
        last = rp_token_word(ast->tokens, w.word);
        if (n == 0)
            first = last;
    }
    if (n != 2)
        return 0;
    rp_def_id owner = rp_generic_owner(r->t->c, r->scope, first, &param);
    rp_ty of = owner != 0                 ? parameter(r, owner, first)
               : rp_str_is(first, "Self") ? rp_ty_self(r->t, r->scope, r->with)
                                          : 0;
    if (of == 0)
        return 0;
    rp_type type = {.kind = RP_TY_ASSOC, .name = last};
    return rp_ty_with_args(r->t, &type, &of, 1);
}

static rp_ty path_type(reading *r, rp_id path)
{
    rp_rust_crate *c = r->t->c;
    const rp_ast *ast = &c->files.items[r->file]->ast;
    rp_ty args[MAX_ARGS];
    rp_str word;
    rp_id param;
    if (one_word(ast, path, &word)) {
        rp_def_id owner = rp_generic_owner(c, r->scope, word, &param);
        if (owner != 0)
            return parameter(r, owner, word);
    }
    rp_res res = rp_resolve_path(c, r->scope, r->file, path, RP_NS_TYPE);
    uint32_t n = arguments(r, path, args);
    rp_type type = {.name = res.path, .def = res.def};
    switch (res.kind) {
    case RP_RES_SELF_TYPE:
        return rp_ty_self(r->t, r->scope, r->with);
    case RP_RES_DEF:
        if (res.left != 0)
            return 0;
        if (rp_def_of(c, res.def)->kind == RP_DEF_TYPE)
            return alias(r, res.def, args, n);
        type.kind = RP_TY_DEF;
        break;
    case RP_RES_STD:
        type.kind = RP_TY_STD;
        break;
    case RP_RES_EXTERN:
        return rp_ty_of_extern(r->t, res.path, args, n);
    case RP_RES_PRIMITIVE:
        type.kind = RP_TY_PRIMITIVE;
        break;
    case RP_RES_UNKNOWN:
        return associated(r, path);
    }
    return rp_ty_with_args(r->t, &type, args, n);
}

/* ---- types as they are written ---- */

static rp_ty several(reading *r, rp_id node, rp_ty_kind kind)
{
    const rp_ast *ast = &r->t->c->files.items[r->file]->ast;
    rp_ty args[MAX_ARGS];
    uint32_t n = 0;
    for (uint32_t i = 0; i < rp_kids_count(ast, node) && n < MAX_ARGS; i++)
        args[n++] = read_type(r, rp_kid(ast, node, i));
    rp_type type = {.kind = (uint8_t)kind};
    return rp_ty_with_args(r->t, &type, args, n);
}

static rp_ty one(reading *r, rp_id inner, rp_ty_kind kind, bool is_mut)
{
    return rp_ty_of_one(r->t, kind, read_type(r, inner), is_mut);
}

static rp_ty function(reading *r, rp_id node)
{
    const rp_ast *ast = &r->t->c->files.items[r->file]->ast;
    rp_id ret = rp_kid(ast, node, 3);
    rp_type type = {.kind = RP_TY_FN, .file = r->file, .node = node};
    rp_type unit = {.kind = RP_TY_TUPLE};
    type.is_unsafe = rp_node_has(ast, node, RP_Q_UNSAFE);
    rp_ty out = ret != 0 ? read_type(r, ret) : rp_ty_new(r->t, &unit);
    return rp_ty_with_args(r->t, &type, &out, 1);
}

static rp_ty any_of_trait(reading *r, rp_id node, rp_ty_kind kind)
{
    rp_type type = {.kind = (uint8_t)kind, .def = r->scope, .file = r->file, .node = node};
    return rp_ty_new(r->t, &type);
}

static rp_ty read_type(reading *r, rp_id node)
{
    const rp_ast *ast = &r->t->c->files.items[r->file]->ast;
    bool is_mut = rp_node_has(ast, node, RP_Q_MUT);
    rp_ty ty = 0;
    rp_type never = {.kind = RP_TY_NEVER};
    if (r->depth >= MAX_DEPTH || !rp_types_part(r->t))
        return 0;
    r->depth++;
    switch (rp_kind_of(ast, node)) {
    case RP_N_PATH_TYPE:
    case RP_N_PATH_EXPR: /* of a structure's literal */
        ty = path_type(r, node);
        break;
    case RP_N_TYPE_REF:
        ty = one(r, rp_kid(ast, node, 1), RP_TY_REF, is_mut);
        break;
    case RP_N_TYPE_PTR:
        ty = one(r, rp_kid(ast, node, 0), RP_TY_RAW, is_mut);
        break;
    case RP_N_TYPE_SLICE:
        ty = one(r, rp_kid(ast, node, 0), RP_TY_SLICE, false);
        break;
    case RP_N_TYPE_ARRAY:
        ty = one(r, rp_kid(ast, node, 0), RP_TY_ARRAY, false);
        break;
    case RP_N_TYPE_TUPLE:
        ty = several(r, node, RP_TY_TUPLE);
        break;
    case RP_N_TYPE_PAREN:
        ty = read_type(r, rp_kid(ast, node, 0));
        break;
    case RP_N_TYPE_NEVER:
        ty = rp_ty_new(r->t, &never);
        break;
    case RP_N_TYPE_FN:
        ty = function(r, node);
        break;
    case RP_N_TYPE_DYN:
        ty = any_of_trait(r, node, RP_TY_DYN);
        break;
    case RP_N_TYPE_IMPL:
        ty = any_of_trait(r, node, RP_TY_PARAM);
        break;
    default:
        break;
    }
    r->depth--;
    return ty;
}

rp_ty rp_ty_of_node(rp_types *t, rp_def_id scope, uint32_t file, rp_id node, const rp_subst *with)
{
    reading r = {t, scope, file, with, 0};
    rp_types_begin(t);
    rp_ty ty = node != 0 ? read_type(&r, node) : 0;
    rp_types_end(t);
    return ty;
}

rp_ty rp_ty_self(rp_types *t, rp_def_id scope, const rp_subst *with)
{
    const rp_rust_crate *c = t->c;
    while (scope != 0 && rp_def_of(c, scope)->kind != RP_DEF_IMPL &&
           rp_def_of(c, scope)->kind != RP_DEF_TRAIT)
        scope = rp_def_of(c, scope)->parent;
    if (scope == 0)
        return 0;
    const rp_def *d = rp_def_of(c, scope);
    if (d->kind == RP_DEF_TRAIT && with != NULL && with->closed)
        return 0;
    if (d->kind == RP_DEF_TRAIT) {
        rp_type self = {.kind = RP_TY_PARAM, .def = scope, .name = RP_STR("Self")};
        return rp_ty_new(t, &self);
    }
    return rp_ty_of_node(t, scope, d->file, rp_kid(rp_def_ast(c, scope), d->node, RP_IMPL_SELF),
                         with);
}

rp_subst rp_ty_impl_subst(rp_types *t, rp_def_id impl, rp_ty of)
{
    rp_subst with = {.def = impl, .closed = true};
    const rp_ast *ast = rp_def_ast(t->c, impl);
    rp_id generics = generics_of(t->c, impl);
    uint32_t n = generics != 0 ? rp_kids_count(ast, generics) : 0;
    rp_ty *args = n != 0 && n <= MAX_ARGS ? rp_new(t->arena, n, rp_ty) : NULL;
    rp_ty self = args != NULL ? rp_ty_self(t, impl, NULL) : 0;
    for (uint32_t i = 0; args != NULL && i < rp_type_of(t, self)->nargs; i++) {
        const rp_type *p = rp_type_of(t, rp_ty_arg(t, self, i));
        uint32_t at = p->kind == RP_TY_PARAM && p->def == impl && p->name.len != 0
                          ? rp_generic_index(t->c, impl, p->name)
                          : n;
        if (at < n)
            args[at] = rp_ty_arg(t, of, i);
    }
    with.args = args;
    with.nargs = args != NULL ? n : 0;
    return with;
}

/* ---- looking into types ---- */

static bool std_is(const rp_type *t, const char *path)
{
    return t->kind == RP_TY_STD && rp_str_is(t->name, path);
}

static bool smart_pointer(const rp_type *t)
{
    static const char *const paths[] = {"std::boxed::Box",
                                        "std::rc::Rc",
                                        "std::sync::Arc",
                                        "std::mem::ManuallyDrop",
                                        "std::cell::Ref",
                                        "std::cell::RefMut",
                                        "std::sync::MutexGuard",
                                        "std::sync::RwLockReadGuard",
                                        "std::sync::RwLockWriteGuard",
                                        "std::pin::Pin"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (std_is(t, paths[i]))
            return true;
    return false;
}

rp_ty rp_ty_deref(const rp_types *t, rp_ty ty)
{
    const rp_type *type = rp_type_of(t, ty);
    if (type->kind == RP_TY_RAW || type->kind == RP_TY_REF || smart_pointer(type))
        return rp_ty_arg(t, ty, 0);
    return 0;
}

rp_ty rp_ty_peel(const rp_types *t, rp_ty ty)
{
    for (unsigned i = 0; i < MAX_DEPTH; i++) {
        const rp_type *type = rp_type_of(t, ty);
        if (type->kind != RP_TY_REF && !smart_pointer(type))
            break;
        ty = rp_ty_arg(t, ty, 0);
    }
    return ty;
}

static bool is_number(rp_str text, uint32_t number)
{
    uint32_t value = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || i > 6)
            return false;
        value = value * 10 + (uint32_t)(text.ptr[i] - '0');
    }
    return text.len != 0 && value == number;
}

rp_ty rp_ty_field(rp_types *t, rp_ty of, rp_str name, bool *ret_union)
{
    rp_ty at = rp_ty_peel(t, of);
    const rp_type type = *rp_type_of(t, at);
    *ret_union = false;
    if (type.kind == RP_TY_TUPLE && name.len == 1 && name.ptr[0] >= '0' && name.ptr[0] <= '9')
        return rp_ty_arg(t, at, (uint32_t)(name.ptr[0] - '0'));
    if (type.kind == RP_TY_EXTERN && type.home != NULL)
        return rp_ty_extern_field(t, &type, name, ret_union);
    if (type.kind == RP_TY_EXTERN) {
        rp_type elsewhere = {.kind = RP_TY_EXTERN, .name = {"", 0}};
        return rp_ty_new(t, &elsewhere);
    }
    if (type.kind != RP_TY_DEF)
        return 0;
    const rp_def *d = rp_def_of(t->c, type.def);
    const rp_ast *ast = rp_def_ast(t->c, type.def);
    rp_subst with = {.def = type.def, .args = type.args, .nargs = type.nargs};
    if (d->kind != RP_DEF_STRUCT && d->kind != RP_DEF_UNION)
        return 0;
    bool tuple = rp_node_has(ast, d->node, RP_Q_TUPLE) && d->kind == RP_DEF_STRUCT;
    for (uint32_t i = RP_ADT_MEMBERS; i < rp_kids_count(ast, d->node); i++) {
        rp_id f = rp_kid(ast, d->node, i);
        if (i > NEAR_FIELDS && ++t->far_fields > FAR_FIELDS) {
            t->refused = true; /* accesses times fields of one enormous struct */
            return 0;
        }
        if (tuple ? !is_number(name, i - RP_ADT_MEMBERS) : !rp_str_eq(rp_node_word(ast, f), name))
            continue;
        *ret_union = d->kind == RP_DEF_UNION;
        return rp_ty_of_node(t, type.def, d->file, rp_kid(ast, f, RP_FIELD_TYPE), &with);
    }
    return 0;
}

/* ---- Copy ---- */

enum { MAX_SUPERTRAITS = 4 };

/* Do the bounds ask for Copy, by name or by a trait of the crate that has it for a supertrait? */
static bool ask_copy(rp_rust_crate *c, rp_def_id scope, rp_id bounds, unsigned depth)
{
    uint32_t file = rp_def_of(c, scope)->file;
    const rp_ast *ast = &c->files.items[file]->ast;
    for (uint32_t i = 0; bounds != 0 && i < rp_kids_count(ast, bounds); i++) {
        rp_id b = rp_kid(ast, bounds, i);
        rp_id path = rp_kind_of(ast, b) == RP_N_BOUND ? rp_kid(ast, b, RP_BOUND_PATH) : 0;
        if (path == 0 || !rp_is_path(rp_kind_of(ast, path)))
            continue;
        if (rp_str_is(rp_node_word(ast, path), "Copy"))
            return true;
        rp_res r = rp_resolve_path(c, scope, file, path, RP_NS_TYPE);
        if (depth < MAX_SUPERTRAITS && r.kind == RP_RES_DEF && r.left == 0 &&
            rp_def_of(c, r.def)->kind == RP_DEF_TRAIT &&
            ask_copy(c, r.def,
                     rp_kid(rp_def_ast(c, r.def), rp_def_of(c, r.def)->node, RP_TRAIT_BOUNDS),
                     depth + 1))
            return true;
    }
    return false;
}

/* … in the `where` of a function, impl, trait or type. */
static rp_id predicates_of(const rp_ast *ast, const rp_def *d)
{
    switch ((rp_def_kind)d->kind) {
    case RP_DEF_FN:
        return rp_kid(ast, d->node, RP_FN_WHERE);
    case RP_DEF_IMPL:
        return rp_kid(ast, d->node, RP_IMPL_WHERE);
    case RP_DEF_TRAIT:
        return rp_kid(ast, d->node, RP_TRAIT_WHERE);
    case RP_DEF_STRUCT:
    case RP_DEF_ENUM:
    case RP_DEF_UNION:
        return rp_kid(ast, d->node, RP_ADT_WHERE);
    default:
        return 0;
    }
}

static bool where_asks(rp_rust_crate *c, rp_def_id scope, rp_str name, rp_bounds_ask *asks)
{
    const rp_ast *ast = rp_def_ast(c, scope);
    rp_id preds = predicates_of(ast, rp_def_of(c, scope));
    for (uint32_t i = 0; preds != 0 && i < rp_kids_count(ast, preds); i++) {
        rp_id pred = rp_kid(ast, preds, i), type = rp_kid(ast, pred, RP_PRED_TYPE);
        if (type != 0 && rp_str_eq(rp_node_text(ast, type), name) &&
            asks(c, scope, rp_kid(ast, pred, RP_PRED_BOUNDS)))
            return true;
    }
    return false;
}

bool rp_param_asks(rp_rust_crate *c, rp_def_id scope, rp_str name, rp_bounds_ask *asks)
{
    rp_id param;
    if (name.len == 0)
        return false;
    rp_def_id owner = rp_generic_owner(c, scope, name, &param);
    if (owner == 0 || param == 0)
        return false;
    return asks(c, owner, rp_kid(rp_def_ast(c, owner), param, RP_GENERIC_BOUNDS)) ||
           where_asks(c, owner, name, asks) || (scope != owner && where_asks(c, scope, name, asks));
}

static bool asks_copy(rp_rust_crate *c, rp_def_id scope, rp_id bounds)
{
    return ask_copy(c, scope, bounds, 0);
}

static bool derives(const rp_rust_crate *c, rp_def_id def, const char *name)
{
    const rp_ast *ast = rp_def_ast(c, def);
    rp_id node = rp_def_of(c, def)->node;
    for (rp_id a = 0; (a = rp_attr_named(ast, node, "derive", a)) != 0;)
        if (rp_attr_has_word(ast, a, name))
            return true;
    return false;
}

bool rp_ty_is_copy(const rp_types *t, rp_ty ty)
{
    const rp_type *type = rp_type_of(t, ty);
    switch ((rp_ty_kind)type->kind) {
    case RP_TY_RAW:
    case RP_TY_FN:
    case RP_TY_NEVER:
        return true;
    case RP_TY_REF:
        return !type->is_mut;
    case RP_TY_PRIMITIVE:
        return !rp_str_is(type->name, "str");
    case RP_TY_ARRAY:
        return rp_ty_is_copy(t, rp_ty_arg(t, ty, 0));
    case RP_TY_TUPLE:
        for (uint32_t i = 0; i < type->nargs; i++)
            if (!rp_ty_is_copy(t, type->args[i]))
                return false;
        return true;
    case RP_TY_DEF:
        return derives(t->c, type->def, "Copy");
    case RP_TY_EXTERN:
        return type->home != NULL && derives(type->home, type->def, "Copy");
    case RP_TY_PARAM:
        return rp_param_asks(t->c, type->def, type->name, asks_copy);
    default:
        return false;
    }
}

bool rp_ty_is_copy_in(const rp_types *t, rp_ty ty, rp_def_id scope)
{
    const rp_type *type = rp_type_of(t, ty);
    return rp_ty_is_copy(t, ty) ||
           (type->kind == RP_TY_PARAM && rp_param_asks(t->c, scope, type->name, asks_copy));
}
