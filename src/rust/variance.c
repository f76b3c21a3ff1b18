/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "base/limits.h"
#include "rust/attr.h"
#include "rust/exports.h"
#include "rust/variance.h"

/* ---- which promise it is ---- */

/* A trait of that name which is not the crate's own is std's, whatever way it came. */
static bool auto_trait(rp_rust_crate *c, rp_def_id id, bool *ret_sync)
{
    const rp_def *d = rp_def_of(c, id);
    const rp_impl *impl = rp_impl_of(c, id);
    rp_id trait = rp_kid(rp_def_ast(c, id), d->node, RP_IMPL_TRAIT);
    rp_str word = trait != 0 ? rp_node_word(rp_def_ast(c, id), trait) : (rp_str){NULL, 0};
    if (impl != NULL && impl->trait_path.len != 0)
        word = impl->trait_path;
    *ret_sync = rp_str_is(word, "Sync") || rp_str_is(word, "std::marker::Sync");
    return impl != NULL && impl->trait == 0 &&
           (*ret_sync || rp_str_is(word, "Send") || rp_str_is(word, "std::marker::Send"));
}

/* ---- parameters and fields ---- */

/* Is the parameter used outside of PhantomData and function pointers, which hold no value of it? */
static bool held(const rp_ast *ast, rp_id members, rp_str name, rp_arena *arena)
{
    rp_walk w = rp_walk_start(ast, members, arena);
    for (rp_id id; (id = rp_walk_next(&w)) != 0;) {
        rp_node_kind kind = w.entering ? rp_kind_of(ast, id) : RP_N_NONE;
        if (kind == RP_N_TYPE_FN || kind == RP_N_WHERE || kind == RP_N_GENERICS ||
            kind == RP_N_ATTRS) {
            rp_walk_skip(&w);
        } else if (kind == RP_N_MACRO_CALL) {
            return true;
        } else if (kind == RP_N_PATH_TYPE) {
            rp_path_words p = rp_path_start(ast, id);
            if (rp_path_next(&p) && rp_str_eq(rp_token_word(ast->tokens, p.word), name))
                return true;
            if (rp_str_is(rp_node_word(ast, id), "PhantomData"))
                rp_walk_skip(&w);
        }
    }
    return w.refused;
}

/* PhantomData<T>, (), [()]: has no bytes. */
static bool weightless(const rp_ast *ast, rp_id type)
{
    rp_node_kind kind = rp_kind_of(ast, type);
    if (kind == RP_N_TYPE_SLICE || kind == RP_N_TYPE_ARRAY)
        return weightless(ast, rp_kid(ast, type, 0));
    return (kind == RP_N_TYPE_TUPLE && rp_kids_count(ast, type) == 0) ||
           (kind == RP_N_PATH_TYPE && rp_str_is(rp_node_word(ast, type), "PhantomData"));
}

enum { MAX_PLAIN = 8 }; /* types in one another */

static bool is_std_of(rp_str path, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (rp_str_is(path, names[i]))
            return true;
    return false;
}

/* What is all that its type says: parameters, numbers, std's containers of them. A pointer without
 * a type may lead to a value of any type; so may what another crate defines. */
static bool is_plain(rp_types *t, rp_ty ty, unsigned depth)
{
    static const char *const containers[] = {"std::vec::Vec",
                                             "std::boxed::Box",
                                             "std::option::Option",

                                             "std::cell::Cell",
                                             "std::cell::RefCell",
                                             "std::cell::UnsafeCell",
                                             "std::mem::MaybeUninit",
                                             "std::collections::VecDeque",
                                             "std::collections::HashMap",
                                             "std::collections::BTreeMap"};
    static const char *const markers[] = {"std::marker::PhantomData"};
    const rp_type type = *rp_type_of(t, ty);
    bool known = type.kind == RP_TY_PARAM || type.kind == RP_TY_TUPLE || type.kind == RP_TY_ARRAY ||
                 type.kind == RP_TY_SLICE ||
                 (type.kind == RP_TY_STD && is_std_of(type.name, containers, RP_COUNT(containers)));
    if (type.kind == RP_TY_STD && is_std_of(type.name, markers, RP_COUNT(markers)))
        return true;
    for (uint32_t i = 0; i < type.nargs && known; i++)
        known = depth > 0 && is_plain(t, type.args[i], depth - 1);
    return known;
}

/* Whatever stands in PhantomData, there is no place in the type for a value of it. */
static bool is_hollow(rp_types *t, rp_def_id adt)
{
    const rp_def d = *rp_def_of(t->c, adt);
    const rp_ast *ast = rp_def_ast(t->c, adt);
    for (uint32_t i = RP_ADT_MEMBERS; i < rp_kids_count(ast, d.node); i++) {
        rp_id field = rp_kid(ast, d.node, i);
        rp_id type = rp_kind_of(ast, field) == RP_N_FIELD ? rp_kid(ast, field, RP_FIELD_TYPE) : 0;
        if (type == 0 || !is_plain(t, rp_ty_of_node(t, adt, d.file, type, NULL), MAX_PLAIN))
            return false;
    }
    return d.kind == RP_DEF_STRUCT;
}

/* The ADT's own name of its nth parameter that is no lifetime. */
static rp_str name_at(const rp_ast *ast, rp_id generics, uint32_t n)
{
    for (uint32_t i = 0; generics != 0 && i < rp_kids_count(ast, generics); i++) {
        rp_id p = rp_kid(ast, generics, i);
        if (rp_kind_of(ast, p) != RP_N_GENERIC_PARAM ||
            rp_node_of(ast, p)->aux != RP_GENERIC_TYPE_PARAM)
            continue;
        if (n-- == 0)
            return rp_node_word(ast, p);
    }
    return (rp_str){NULL, 0};
}

static void add_param(rp_types *t, rp_variance *v, rp_str name, uint32_t place)
{
    rp_variance_param *p = &v->params[v->n];
    *p = (rp_variance_param){.name = name};
    if (v->n == RP_MAX_VARIANCE_PARAMS ||
        rp_generic_owner(t->c, v->impl, name, &p->param) != v->impl)
        return;
    for (uint32_t i = 0; i < v->n; i++)
        if (rp_str_eq(v->params[i].name, name))
            return;
    if (v->adt != 0) {
        const rp_def *d = rp_def_of(t->c, v->adt);
        const rp_ast *ast = rp_def_ast(t->c, v->adt);
        rp_str own = name_at(ast, rp_kid(ast, d->node, RP_ADT_GENERICS), place);
        p->phantom = own.len != 0 && !held(ast, d->node, own, t->arena);
        p->hollow = p->phantom && is_hollow(t, v->adt);
    }
    v->n++;
}

/* #[derive(Copy)], impl Copy for …: the same of Clone. */
static bool has_trait(const rp_rust_crate *c, rp_def_id adt, const char *name)
{
    const rp_ast *ast = rp_def_ast(c, adt);
    for (rp_id a = 0; (a = rp_attr_named(ast, rp_def_of(c, adt)->node, "derive", a)) != 0;)
        if (rp_attr_has_word(ast, a, name))
            return true;
    uint32_t left = RP_MAX_RUST_IMPLS;
    for (uint32_t i = rp_def_of(c, adt)->impls; i != 0 && left-- > 0;
         i = c->impls.items[i - 1].next_of_type) {
        rp_def_id impl = c->impls.items[i - 1].def;
        rp_id trait = rp_kid(rp_def_ast(c, impl), rp_def_of(c, impl)->node, RP_IMPL_TRAIT);
        if (trait != 0 && rp_str_is(rp_node_word(rp_def_ast(c, impl), trait), name))
            return true;
    }
    return false;
}

/* *mut ffi::Object, NonNull<Object>: not what bytes or a value without its type are. */
static bool leads_to_object(const rp_ast *ast, rp_id type)
{
    static const char *const bytes[] = {"u8", "i8", "c_void", "c_char", "T"};
    bool raw = rp_kind_of(ast, type) == RP_N_TYPE_PTR;
    bool non_null =
        rp_kind_of(ast, type) == RP_N_PATH_TYPE && rp_str_is(rp_node_word(ast, type), "NonNull");
    rp_id args = 0, to = raw ? rp_kid(ast, type, 0) : 0;
    for (rp_path_words w = rp_path_start(ast, type); non_null && rp_path_next(&w);)
        args = w.args;
    to = args != 0 ? rp_kid(ast, args, 0) : to;
    if (to == 0 || rp_kind_of(ast, to) != RP_N_PATH_TYPE)
        return false;
    for (size_t i = 0; i < sizeof bytes / sizeof bytes[0]; i++)
        if (rp_str_is(rp_node_word(ast, to), bytes[i]))
            return false;
    return true;
}

static bool is_handle(const rp_ast *ast, rp_id adt)
{
    uint32_t objects = 0;
    for (uint32_t i = RP_ADT_MEMBERS; i < rp_kids_count(ast, adt); i++) {
        rp_id field = rp_kid(ast, adt, i);
        rp_id type = rp_kind_of(ast, field) == RP_N_FIELD ? rp_kid(ast, field, RP_FIELD_TYPE) : 0;
        if (type == 0 || (!weightless(ast, type) && !leads_to_object(ast, type)))
            return false;
        objects += !weightless(ast, type);
    }
    return rp_kind_of(ast, adt) == RP_N_STRUCT && objects == 1;
}

static void kind_of_type(const rp_rust_crate *c, rp_variance *v)
{
    v->is_copy = has_trait(c, v->adt, "Copy");
    v->is_cloned = v->is_copy || has_trait(c, v->adt, "Clone");
    v->lends_mut = has_trait(c, v->adt, "DerefMut");
    v->is_handle = is_handle(rp_def_ast(c, v->adt), rp_def_of(c, v->adt)->node);
}

/* The parameters that stand in the type by themselves, in its order. */
static void params_of(rp_types *t, rp_variance *v)
{
    rp_ty self = rp_ty_self(t, v->impl, NULL);
    for (uint32_t i = 0; i < rp_type_of(t, self)->nargs && v->n < RP_MAX_VARIANCE_PARAMS; i++) {
        const rp_type *arg = rp_type_of(t, rp_ty_arg(t, self, i));
        if (arg->kind == RP_TY_PARAM && arg->def == v->impl && arg->name.len != 0)
            add_param(t, v, arg->name, i);
    }
}

/* A type that is not known, of a macro for instance: the words of its path's arguments. */
static void params_by_words(rp_types *t, rp_variance *v, rp_id self)
{
    const rp_ast *ast = &t->c->files.items[v->file]->ast;
    rp_id args = 0;
    for (rp_path_words w = rp_path_start(ast, self); rp_path_next(&w);)
        args = w.args;
    for (uint32_t i = 0; args != 0 && i < rp_kids_count(ast, args) && v->n < RP_MAX_VARIANCE_PARAMS;
         i++) {
        rp_id a = rp_kid(ast, args, i);
        if (rp_kind_of(ast, a) == RP_N_PATH_TYPE)
            add_param(t, v, rp_node_word(ast, a), i);
    }
}

bool rp_variance_of(rp_types *t, rp_def_id impl, rp_variance *ret)
{
    const rp_def *d = rp_def_of(t->c, impl);
    *ret = (rp_variance){.impl = impl, .file = d->file, .node = d->node};
    if (d->kind != RP_DEF_IMPL || (d->flags & RP_DEF_UNSAFE) == 0 ||
        (d->flags & RP_DEF_NEGATIVE) != 0 || !auto_trait(t->c, impl, &ret->is_sync))
        return false;
    const rp_ast *ast = rp_def_ast(t->c, impl);
    rp_id self = rp_kid(ast, d->node, RP_IMPL_SELF);
    if (rp_kid(ast, d->node, RP_IMPL_GENERICS) == 0 || self == 0 ||
        rp_kind_of(ast, self) != RP_N_PATH_TYPE)
        return false;
    rp_def_id adt = rp_impl_of(t->c, impl)->type;
    rp_def_kind kind = adt != 0 ? (rp_def_kind)rp_def_of(t->c, adt)->kind : RP_DEF_MODULE;
    bool known = kind == RP_DEF_STRUCT || kind == RP_DEF_ENUM || kind == RP_DEF_UNION;
    ret->type = rp_node_text(ast, self);
    ret->adt = known ? adt : 0;
    ret->is_public = !known || (rp_def_of(t->c, adt)->flags & RP_DEF_PUB) != 0;
    ret->is_exported = !known || rp_def_is_exported(t->c, adt);
    ret->is_open = kind == RP_DEF_ENUM || kind == RP_DEF_UNION;
    if (known)
        params_of(t, ret);
    else
        params_by_words(t, ret, self);
    if (ret->n == 0)
        return false;
    rp_variance_bounds(t->c, ret);
    if (known) {
        kind_of_type(t->c, ret);
        rp_variance_api(t, ret);
        rp_variance_fields(t, ret);
    }
    return true;
}

/* ---- what a rule says of it ---- */

rp_rule_confidence rp_variance_confidence(rp_types *t, const rp_variance *v,
                                          const rp_variance_param *p, rp_rule_confidence best)
{
    bool saved = p->foreign || p->sealed || v->asks_thread || v->adt == 0;
    bool owns_nothing = v->is_copy && !v->is_exported;
    bool tag = p->phantom && v->is_handle; /* the parameter says what kind of object it is */
    if (saved || owns_nothing || tag || best == RP_RULE_REVIEW || rp_variance_makers_ask(t, v, p))
        return RP_RULE_REVIEW;
    if (!v->is_public) /* its promise is another type's, or nobody's */
        return rp_variance_holder(t, v, p) != 0 ? RP_RULE_LIKELY : RP_RULE_REVIEW;
    /* who cannot make one of any T may never meet a T that must not cross */
    return best == RP_RULE_CONFIRMED && (p->phantom || !p->enters) ? RP_RULE_LIKELY : best;
}

rp_rule_note *rp_variance_note(rp_rule_run *run, const rp_variance *v,
                               rp_rule_confidence confidence, rp_str text)
{
    rp_rule_note *n = rp_rule_at(run, v->impl, v->file, v->node, confidence, text);
    if (n != NULL && v->adt != 0)
        n->def = v->adt;
    return n;
}

static rp_str use_text(rp_rule_run *run, const rp_variance_param *p, rp_use_kind kind)
{
    static const char *const texts[RP_USES] = {
        "%s%.*s%s passes %.*s through a shared reference to the whole: any thread that has one "
        "takes or changes the value",
        "%s%.*s%s lends %.*s through a shared reference to the whole: two threads can have it at "
        "once",
        "%s%.*s%s takes %.*s in: the value can come from another thread",
        "%s%.*s%s hands %.*s out: the value goes to the thread that has the whole",
    };
    const rp_api_use *use = &p->uses[kind];
    rp_str fn = use->fn != 0 ? rp_def_of(run->c, use->fn)->name : RP_STR("the public field");
    const char *quote = use->fn != 0 ? "`" : "";
    return rp_arena_printf(run->arena, texts[kind], quote, RP_FMT(fn), quote, RP_FMT(p->name));
}

/* Behind the bounds that the parameter has, or behind its name. */
static void add_bound(rp_rule_run *run, rp_rule_note *note, const rp_variance *v,
                      const rp_variance_param *p, const char *bound)
{
    const rp_ast *ast = &run->c->files.items[v->file]->ast;
    rp_id list = rp_kid(ast, p->param, RP_GENERIC_BOUNDS);
    const rp_node *n = rp_node_of(ast, list != 0 ? list : p->param);
    uint32_t token = list != 0 ? n->last : n->main;
    rp_span at = {.file = v->file};
    at.start = at.end = rp_token_end(ast->tokens, token);
    rp_rule_edit_at(run, note, at,
                    rp_arena_printf(run->arena, list != 0 ? " + %s" : ": %s", bound));
}

void rp_variance_explain(rp_rule_run *run, rp_rule_note *note, const rp_variance *v,
                         const rp_variance_param *p, rp_use_kind why, const char *bound)
{
    if (note == NULL)
        return;
    rp_rule_step_at(
        run, note, v->file, p->param,
        rp_arena_printf(run->arena, "%.*s need not be %s here", RP_FMT(p->name), bound));
    if (why < RP_USES && rp_use_is(p, why))
        rp_rule_step_at(run, note, p->uses[why].file, p->uses[why].node, use_text(run, p, why));
    add_bound(run, note, v, p, bound);
}

const rp_variance_param *rp_variance_worst(rp_types *t, const rp_variance *v,
                                           const rp_variance_rule *rule, rp_rule_confidence *ret)
{
    const rp_variance_param *first = NULL;
    *ret = RP_RULE_REVIEW;
    for (const rp_variance_param *p = v->params; p < v->params + v->n; p++) {
        if (!rule->lacks(v, p))
            continue;
        rp_rule_confidence c = rule->confidence(t, v, p);
        first = first == NULL || c < *ret ? p : first;
        *ret = c < *ret ? c : *ret;
    }
    return first;
}

void rp_variance_explain_all(rp_rule_run *run, rp_rule_note *note, const rp_variance *v,
                             const rp_variance_rule *rule)
{
    for (const rp_variance_param *p = v->params; p < v->params + v->n; p++)
        if (rule->lacks(v, p))
            rp_variance_explain(run, note, v, p, rule->why(p), rule->bound);
}
