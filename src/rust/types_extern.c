/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "base/limits.h"
#include "rust/externs.h"
#include "rust/types.h"

enum { MAX_ARGS = 16, MAX_DEPTH = 12, MAX_CRATES = 16 };

/* What there is of another crate's type that is not understood here. */
static const rp_type of_elsewhere = {.kind = RP_TY_EXTERN, .name = {"", 0}};

/* Types of another crate, read in the course of reading those of `t`; they may ask for those of
 * crate `t` in turn. False: nothing more is known. */
static bool enter(rp_types *t, rp_rust_crate *from, rp_types *there)
{
    if (t->crates >= MAX_CRATES)
        return false;
    if (!rp_types_init(there, from, t->arena)) {
        t->refused = true;
        return false;
    }
    rp_types_begin(t);
    there->crates = t->crates + 1;
    there->parts = t->parts;
    there->reading = 1;
    return true;
}

static void leave(rp_types *t, const rp_types *there)
{
    t->parts = there->parts;
    t->refused |= there->refused;
    rp_types_end(t);
}

/* From the types of one crate to those of another. */
typedef struct {
    rp_types *t;
    rp_types *from;
    const rp_subst *with; /* NULL */
} passage;

static rp_ty translated(const passage *p, rp_ty ty, unsigned depth);

static rp_ty with_its_arguments(const passage *p, const rp_type *of, rp_type type, unsigned depth)
{
    rp_ty args[MAX_ARGS];
    uint32_t n = of->nargs < MAX_ARGS ? of->nargs : MAX_ARGS;
    for (uint32_t i = 0; i < n; i++)
        args[i] = translated(p, of->args[i], depth + 1);
    type.args = NULL;
    type.nargs = 0;
    return rp_ty_with_args(p->t, &type, args, n);
}

static rp_ty parameter(const passage *p, const rp_type *of)
{
    uint32_t i = p->with != NULL && p->with->def == of->def && of->name.len != 0
                     ? rp_generic_index(p->from->c, of->def, of->name)
                     : UINT32_MAX;
    return p->with != NULL && i < p->with->nargs ? p->with->args[i]
                                                 : rp_ty_new(p->t, &of_elsewhere);
}

static rp_ty translated(const passage *p, rp_ty ty, unsigned depth)
{
    const rp_type *of = rp_type_of(p->from, ty);
    rp_type type = *of;
    if (depth >= MAX_DEPTH || !rp_types_part(p->from))
        return 0;
    switch ((rp_ty_kind)of->kind) {
    case RP_TY_DEF:
        type.kind = RP_TY_EXTERN;
        type.home = p->from->c;
        type.name = rp_def_path(p->from->c, of->def, p->t->arena);
        return with_its_arguments(p, of, type, depth);
    case RP_TY_FN:
        type.node = 0;
        type.def = 0;
        return with_its_arguments(p, of, type, depth);
    case RP_TY_PARAM:
        return parameter(p, of);
    case RP_TY_UNKNOWN:
    case RP_TY_ASSOC:
    case RP_TY_CLOSURE:
    case RP_TY_DYN:
        return rp_ty_new(p->t, &of_elsewhere);
    case RP_TY_RAW:
    case RP_TY_REF:
    case RP_TY_STD:
    case RP_TY_EXTERN:
    case RP_TY_PRIMITIVE:
    case RP_TY_SLICE:
    case RP_TY_ARRAY:
    case RP_TY_TUPLE:
    case RP_TY_NEVER:
        return with_its_arguments(p, of, type, depth);
    }
    return 0;
}

rp_ty rp_ty_import(rp_types *t, rp_rust_crate *from, rp_def_id scope, uint32_t file, rp_id node,
                   const rp_subst *with)
{
    rp_types there;
    if (!enter(t, from, &there))
        return 0;
    passage p = {t, &there, with};
    rp_ty ty = translated(&p, rp_ty_of_node(&there, scope, file, node, NULL), 0);
    leave(t, &there);
    return ty;
}

rp_subst rp_ty_extern_subst(rp_types *t, rp_rust_crate *from, rp_def_id impl, rp_ty of)
{
    rp_subst with = {.def = impl};
    rp_types there;
    rp_ty *args = rp_new(t->arena, MAX_ARGS, rp_ty);
    t->refused |= args == NULL;
    if (args == NULL || !enter(t, from, &there))
        return with;
    rp_ty self = rp_ty_self(&there, impl, NULL);
    for (uint32_t i = 0; i < rp_type_of(&there, self)->nargs; i++) {
        const rp_type *param = rp_type_of(&there, rp_ty_arg(&there, self, i));
        uint32_t at = param->kind == RP_TY_PARAM && param->def == impl && param->name.len != 0
                          ? rp_generic_index(from, impl, param->name)
                          : MAX_ARGS;
        if (at < MAX_ARGS)
            args[at] = rp_ty_arg(t, of, i);
    }
    leave(t, &there);
    with.args = args;
    with.nargs = MAX_ARGS;
    return with;
}

/* An alias is what it stands for. */
static rp_ty alias(rp_types *t, rp_rust_crate *home, rp_def_id def)
{
    const rp_def d = *rp_def_of(home, def);
    rp_id type = rp_kid(rp_def_ast(home, def), d.node, RP_ALIAS_TYPE);
    return type != 0 ? rp_ty_import(t, home, d.parent, d.file, type, NULL) : 0;
}

rp_ty rp_ty_of_extern(rp_types *t, rp_str path, const rp_ty *args, uint32_t nargs)
{
    rp_type type = {.kind = RP_TY_EXTERN, .name = path};
    rp_extern found = rp_extern_find(t->c, path, RP_NS_TYPE);
    bool whole = found.res.left == 0;
    if (whole && found.res.kind == RP_RES_DEF) {
        if (rp_def_of(found.c, found.res.def)->kind == RP_DEF_TYPE)
            return alias(t, found.c, found.res.def);
        type.home = found.c;
        type.def = found.res.def;
    } else if (whole && (found.res.kind == RP_RES_STD || found.res.kind == RP_RES_PRIMITIVE)) {
        type.kind = found.res.kind == RP_RES_STD ? RP_TY_STD : RP_TY_PRIMITIVE;
        type.name = found.res.path;
    }
    return rp_ty_with_args(t, &type, args, nargs);
}

rp_ty rp_ty_extern_field(rp_types *t, const rp_type *of, rp_str name, bool *ret_union)
{
    rp_types there;
    if (!enter(t, of->home, &there))
        return 0;
    rp_type own = {.kind = RP_TY_DEF, .def = of->def};
    rp_ty base = rp_ty_new(&there, &own);
    rp_ty ty = rp_ty_field(&there, base, name, ret_union);
    rp_subst with = {.def = of->def, .args = of->args, .nargs = of->nargs};
    passage p = {t, &there, &with};
    ty = ty != 0 || *ret_union ? translated(&p, ty, 0) : 0;
    leave(t, &there);
    return ty;
}

/* ---- Deref ---- */

/* Target of the impl of Deref for a definition; *ret_impl: which. */
static rp_id target_node(const rp_rust_crate *c, rp_def_id type, rp_def_id *ret_impl)
{
    uint32_t left = RP_MAX_RUST_IMPLS;
    for (uint32_t i = rp_def_of(c, type)->impls; i != 0 && left-- != 0;
         i = c->impls.items[i - 1].next_of_type) {
        const rp_impl *impl = &c->impls.items[i - 1];
        rp_def_id target = rp_str_is(impl->trait_path, "std::ops::Deref")
                               ? rp_def_child(c, impl->def, RP_STR("Target"))
                               : 0;
        if (target == 0 || rp_def_of(c, target)->kind != RP_DEF_TYPE)
            continue;
        *ret_impl = impl->def;
        return rp_kid(rp_def_ast(c, target), rp_def_of(c, target)->node, RP_ALIAS_TYPE);
    }
    return 0;
}

rp_ty rp_ty_target(rp_types *t, rp_ty ty)
{
    const rp_type type = *rp_type_of(t, ty);
    rp_def_id impl = 0;
    rp_rust_crate *home = type.kind == RP_TY_DEF ? t->c : type.home;
    if (home == NULL || (type.kind != RP_TY_DEF && type.kind != RP_TY_EXTERN))
        return 0;
    rp_extern_link(home);
    rp_id node = target_node(home, type.def, &impl);
    if (node == 0)
        return 0;
    uint32_t file = rp_def_of(home, impl)->file;
    rp_subst with = type.kind == RP_TY_DEF ? rp_ty_impl_subst(t, impl, ty)
                                           : rp_ty_extern_subst(t, home, impl, ty);
    return type.kind == RP_TY_DEF ? rp_ty_of_node(t, impl, file, node, &with)
                                  : rp_ty_import(t, home, impl, file, node, &with);
}
