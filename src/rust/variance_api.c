/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the safe functions of a type do with values of its parameters, by their signatures. */
#include "rust/variance.h"

enum { MAX_IMPLS = 256, MAX_DEPTH = 8, FUEL = 20000 };

typedef enum { BY_VALUE, BY_REF, BY_MUT } access;

typedef struct {
    rp_types *t;
    rp_variance *v;
    rp_def_id impl;                       /* whose function it is */
    rp_str names[RP_MAX_VARIANCE_PARAMS]; /* the ADT's parameters as that impl calls them */
    rp_variance bounds;                   /* that the impl itself asks of them */
    rp_def_id fn;
    uint32_t file;
    rp_id at;         /* the part of the signature in hand */
    rp_use_kind base; /* how the function has its values: MOVED by a shared reference, … */
    bool in;          /* into the function, or out of it */
    unsigned depth;
    unsigned fuel;
    bool handed; /* in the functions of a value that the function gave out */
} api;

static void visit(api *a, rp_ty ty, access how);

static rp_id kid_of(const api *a, rp_id node, uint32_t slot)
{
    return rp_kid(&a->t->c->files.items[a->file]->ast, node, slot);
}

/* ---- what is noted ---- */

static void record(api *a, const rp_type *type, access how)
{
    rp_use_kind kind = a->base;
    if (a->in && how == BY_REF)
        return;
    if (kind == RP_USE_MOVED && how == BY_REF)
        kind = RP_USE_SHARED;
    for (uint32_t i = 0; i < a->v->n; i++) {
        bool same = a->names[i].len != 0 && rp_str_eq(a->names[i], type->name);
        const rp_variance_param *asked = &a->bounds.params[i];
        if (kind == RP_USE_SHARED ? asked->sync : asked->send)
            continue; /* a function of impl<T: Send> is there for such a T only */
        rp_api_use *use = &a->v->params[i].uses[kind];
        a->v->params[i].enters |= same && a->in;
        if (same && use->node == 0)
            *use = (rp_api_use){a->fn, a->file, a->at};
    }
}

/* ---- bounds of closures, iterators, conversions ---- */

static void inputs(api *a, rp_id args)
{
    const rp_ast *ast = &a->t->c->files.items[a->file]->ast;
    a->in = !a->in;
    for (uint32_t i = 1; i < rp_kids_count(ast, args); i++)
        visit(a, rp_ty_of_node(a->t, a->fn, a->file, rp_kid(ast, args, i), NULL), BY_VALUE);
    a->in = !a->in;
}

/* F: Fn(&T) -> T: the function gives out what the closure takes in. M: Into<T>, I:
 * Iterator<Item = T>: it is as if there were a T. */
static void bound(api *a, rp_id path)
{
    const rp_ast *ast = &a->t->c->files.items[a->file]->ast;
    rp_id args = 0;
    rp_str word = {NULL, 0};
    for (rp_path_words w = rp_path_start(ast, path); rp_path_next(&w);) {
        args = w.args;
        word = rp_token_word(ast->tokens, w.word);
    }
    access how = rp_str_is(word, "AsRef") || rp_str_is(word, "Borrow") || rp_str_is(word, "Deref")
                     ? BY_REF
                     : BY_VALUE;
    if (args == 0)
        return;
    if (rp_kind_of(ast, args) == RP_N_PAREN_ARGS) {
        inputs(a, args);
        visit(a, rp_ty_of_node(a->t, a->fn, a->file, rp_kid(ast, args, 0), NULL), BY_VALUE);
        return;
    }
    for (uint32_t i = 0; i < rp_kids_count(ast, args); i++) {
        rp_id arg = rp_kid(ast, args, i);
        if (rp_kind_of(ast, arg) == RP_N_ASSOC_ARG)
            arg = rp_kid(ast, arg, 2);
        if (arg != 0 && rp_is_type(rp_kind_of(ast, arg)))
            visit(a, rp_ty_of_node(a->t, a->fn, a->file, arg, NULL), how);
    }
}

static void bounds(api *a, rp_id list)
{
    const rp_ast *ast = &a->t->c->files.items[a->file]->ast;
    rp_id before = a->at;
    if (list == 0 || a->depth >= MAX_DEPTH)
        return;
    a->depth++;
    for (uint32_t i = 0; i < rp_kids_count(ast, list); i++) {
        rp_id b = rp_kid(ast, list, i), path = rp_kid(ast, b, RP_BOUND_PATH);
        if (rp_kind_of(ast, b) != RP_N_BOUND || path == 0 ||
            rp_kind_of(ast, path) != RP_N_PATH_TYPE)
            continue;
        a->at = b;
        bound(a, path);
    }
    a->at = before;
    a->depth--;
}

/* A parameter of the function itself stands for what its bounds speak of. */
static void own_parameter(api *a, rp_str name)
{
    const rp_ast *ast = &a->t->c->files.items[a->file]->ast;
    const rp_def *d = rp_def_of(a->t->c, a->fn);
    rp_id param, where = rp_kid(ast, d->node, RP_FN_WHERE);
    if (rp_generic_owner(a->t->c, a->fn, name, &param) != a->fn)
        return;
    bounds(a, rp_kid(ast, param, RP_GENERIC_BOUNDS));
    for (uint32_t i = 0; where != 0 && i < rp_kids_count(ast, where); i++) {
        rp_id type = rp_kid(ast, rp_kid(ast, where, i), RP_PRED_TYPE);
        if (type != 0 && rp_kind_of(ast, type) == RP_N_PATH_TYPE &&
            rp_str_eq(rp_node_word(ast, type), name))
            bounds(a, rp_kid(ast, rp_kid(ast, where, i), RP_PRED_BOUNDS));
    }
}

/* ---- types ---- */

static rp_id child_type(const rp_rust_crate *c, rp_def_id impl, const char *name)
{
    rp_def_id id = rp_def_child(c, impl, rp_str_from(name));
    return id != 0 && rp_def_of(c, id)->kind == RP_DEF_TYPE
               ? rp_kid(rp_def_ast(c, id), rp_def_of(c, id)->node, RP_ALIAS_TYPE)
               : 0;
}

static bool impl_is_of(const rp_rust_crate *c, const rp_impl *impl, const char *trait)
{
    const rp_def *d = rp_def_of(c, impl->def);
    rp_id path = rp_kid(rp_def_ast(c, impl->def), d->node, RP_IMPL_TRAIT);
    return path != 0 && rp_str_is(rp_node_word(rp_def_ast(c, impl->def), path), trait);
}

/* A guard gives what it dereferences to, for writing when it can; an iterator its items. False:
 * the type is neither. */
static bool smart(api *a, rp_ty ty, access how)
{
    rp_rust_crate *c = a->t->c;
    rp_def_id adt = rp_type_of(a->t, ty)->def;
    bool is_mut = false, found = false;
    uint32_t left = MAX_IMPLS, all = 0;
    for (uint32_t i = rp_def_of(c, adt)->impls; i != 0 && all++ < MAX_IMPLS;
         i = c->impls.items[i - 1].next_of_type)
        is_mut |= impl_is_of(c, &c->impls.items[i - 1], "DerefMut");
    for (uint32_t i = rp_def_of(c, adt)->impls; i != 0 && left-- > 0;
         i = c->impls.items[i - 1].next_of_type) {
        rp_def_id id = c->impls.items[i - 1].def;
        bool deref = impl_is_of(c, &c->impls.items[i - 1], "Deref");
        bool items = impl_is_of(c, &c->impls.items[i - 1], "Iterator");
        rp_id type = deref || items ? child_type(c, id, deref ? "Target" : "Item") : 0;
        if (type == 0)
            continue;
        rp_subst with = rp_ty_impl_subst(a->t, id, ty);
        found = true;
        visit(a, rp_ty_of_node(a->t, id, rp_def_of(c, id)->file, type, &with),
              items    ? how
              : is_mut ? BY_MUT
                       : BY_REF);
    }
    return found;
}

static bool is_pub(const rp_ast *ast, rp_id field)
{
    rp_id vis = rp_kid(ast, field, RP_SLOT_VIS);
    return vis != 0 && rp_node_of(ast, vis)->aux == RP_VIS_PUB;
}

static void field_types(api *a, rp_ty ty, rp_id of, uint32_t from, bool open, access how)
{
    const rp_type *type = rp_type_of(a->t, ty);
    const rp_subst with = {type->def, type->args, type->nargs, true};
    const rp_def *d = rp_def_of(a->t->c, type->def);
    const rp_ast *ast = rp_def_ast(a->t->c, type->def);
    for (uint32_t i = from; i < rp_kids_count(ast, of); i++) {
        rp_id f = rp_kid(ast, of, i);
        if (rp_kind_of(ast, f) == RP_N_FIELD && (open || is_pub(ast, f)))
            visit(a, rp_ty_of_node(a->t, type->def, d->file, rp_kid(ast, f, RP_FIELD_TYPE), &with),
                  how);
    }
}

/* store.read().at(0): the functions of what a function of the type gave out are its own, too. */
static void functions_of(api *a, rp_ty ty)
{
    rp_rust_crate *c = a->t->c;
    uint32_t left = MAX_IMPLS;
    for (uint32_t i = rp_def_of(c, rp_type_of(a->t, ty)->def)->impls; i != 0 && left-- > 0;
         i = c->impls.items[i - 1].next_of_type) {
        rp_def_id impl = c->impls.items[i - 1].def;
        rp_subst with = rp_ty_impl_subst(a->t, impl, ty);
        for (rp_def_id id = rp_def_of(c, impl)->first; id != 0; id = rp_def_of(c, id)->next) {
            const rp_def d = *rp_def_of(c, id);
            rp_id ret = d.kind == RP_DEF_FN ? rp_kid(rp_def_ast(c, id), d.node, RP_FN_RET) : 0;
            bool open = c->impls.items[i - 1].inherent && (d.flags & RP_DEF_PUB) != 0 &&
                        (d.flags & (RP_DEF_UNSAFE | RP_DEF_TEST)) == 0 &&
                        (d.flags & RP_DEF_METHOD) != 0;
            if (ret != 0 && open)
                visit(a, rp_ty_of_node(a->t, id, d.file, ret, &with), BY_VALUE);
        }
    }
}

/* What whoever has a value of a type of the crate can take out of it. */
static void own_type(api *a, rp_ty ty, access how)
{
    const rp_rust_crate *c = a->t->c;
    rp_def_id adt = rp_type_of(a->t, ty)->def;
    const rp_def *d = rp_def_of(c, adt);
    const rp_ast *ast = rp_def_ast(c, adt);
    if (adt == a->v->adt || smart(a, ty, how))
        return;
    if (d->kind == RP_DEF_STRUCT)
        field_types(a, ty, d->node, RP_ADT_MEMBERS, false, how);
    for (uint32_t i = RP_ADT_MEMBERS; d->kind == RP_DEF_ENUM && i < rp_kids_count(ast, d->node);
         i++)
        field_types(a, ty, rp_kid(ast, d->node, i), RP_VARIANT_FIELDS, true, how);
    /* Slot<&T>: what it is given by reference it gives so */
    for (uint32_t i = 0; i < rp_type_of(a->t, ty)->nargs; i++)
        if (rp_ty_is(a->t, rp_ty_arg(a->t, ty, i)) == RP_TY_REF)
            visit(a, rp_ty_arg(a->t, ty, i), how);
    if (!a->handed && !a->in && how == BY_VALUE) {
        a->handed = true;
        functions_of(a, ty);
        a->handed = false;
    }
}

static bool one_of(rp_str path, const char *words)
{
    rp_str last = path;
    for (size_t i = 0; i + 1 < path.len; i++)
        if (path.ptr[i] == ':' && path.ptr[i + 1] == ':')
            last = rp_str_sub(path, i + 2, path.len);
    for (const char *w = words; *w != '\0';) {
        size_t n = strcspn(w, " ");
        if (n == last.len && memcmp(w, last.ptr, n) == 0)
            return true;
        w += n + (w[n] == ' ');
    }
    return false;
}

/* What another crate's type gives of its arguments, by the names that such types have. */
static void other_type(api *a, const rp_type *type, access how)
{
    static const char *const shared = "Ref Arc Rc Weak RwLockReadGuard MappedRwLockReadGuard Iter "
                                      "Cow ArcRef Values Keys";
    static const char *const exclusive = "RefMut MutexGuard RwLockWriteGuard MappedMutexGuard "
                                         "MappedRwLockWriteGuard IterMut ValuesMut PeekMut Entry";
    static const char *const owned =
        "Box Option Result Poll Pin Vec VecDeque BinaryHeap BTreeMap BTreeSet HashMap HashSet "
        "LinkedList ManuallyDrop MaybeUninit Cell RefCell UnsafeCell Mutex RwLock IntoIter Drain "
        "SendError TrySendError PoisonError TryLockError LockResult TryLockResult SmallVec "
        "ArrayVec Reverse Wrapping PushError";
    access by = how;
    if (one_of(type->name, shared))
        by = BY_REF;
    else if (one_of(type->name, exclusive))
        by = how == BY_REF ? BY_REF : BY_MUT;
    else if (!one_of(type->name, owned))
        return;
    for (uint32_t i = 0; i < type->nargs; i++)
        visit(a, type->args[i], by);
}

/* Self::Target: the type of that name in the impl. */
static void own_associated(api *a, const rp_type *type, access how)
{
    const rp_type *of = rp_type_of(a->t, type->args[0]);
    rp_def_id id = of->kind == RP_TY_DEF ? rp_def_child(a->t->c, a->impl, type->name) : 0;
    if (id == 0 || rp_def_of(a->t->c, id)->kind != RP_DEF_TYPE)
        return;
    rp_id node = rp_kid(rp_def_ast(a->t->c, id), rp_def_of(a->t->c, id)->node, RP_ALIAS_TYPE);
    visit(a, rp_ty_of_node(a->t, a->impl, rp_def_of(a->t->c, id)->file, node, NULL), how);
}

static void written_bounds(api *a, const rp_type *type)
{
    if (type->file == a->file && type->node != 0)
        bounds(a, kid_of(a, type->node, 0));
}

static void parts(api *a, rp_ty ty, access how)
{
    for (uint32_t i = 0; i < rp_type_of(a->t, ty)->nargs; i++)
        visit(a, rp_ty_arg(a->t, ty, i), how);
}

static void visit(api *a, rp_ty ty, access how)
{
    rp_type type = *rp_type_of(a->t, ty);
    if (a->depth >= MAX_DEPTH || a->fuel == 0)
        return;
    a->depth++;
    a->fuel--;
    switch ((rp_ty_kind)type.kind) {
    case RP_TY_PARAM:
        if (type.def == a->impl && type.name.len != 0)
            record(a, &type, how);
        else if (type.name.len != 0 && type.def == a->fn)
            own_parameter(a, type.name);
        else if (type.name.len == 0)
            written_bounds(a, &type);
        break;
    case RP_TY_DYN:
        written_bounds(a, &type);
        break;
    case RP_TY_ASSOC:
        own_associated(a, &type, how);
        break;
    case RP_TY_REF:
        parts(a, ty, type.is_mut && how != BY_REF ? BY_MUT : BY_REF);
        break;
    case RP_TY_SLICE:
    case RP_TY_ARRAY:
    case RP_TY_TUPLE:
        parts(a, ty, how);
        break;
    case RP_TY_DEF:
        own_type(a, ty, how);
        break;
    case RP_TY_STD:
    case RP_TY_EXTERN:
        other_type(a, &type, how);
        break;
    default:
        break;
    }
    a->depth--;
}

/* ---- functions ---- */

static bool speaks(const rp_ast *ast, rp_id node, rp_str word)
{
    const rp_node *n = rp_node_of(ast, node);
    for (uint32_t i = n->first; i <= n->last; i++)
        if (rp_str_eq(rp_token_word(ast->tokens, i), word))
            return true;
    return false;
}

static bool words_in(const rp_ast *ast, rp_id node, const char *a, const char *b)
{
    const rp_node *n = rp_node_of(ast, node);
    for (uint32_t i = n->first; i <= n->last; i++) {
        rp_str w = rp_token_word(ast->tokens, i);
        if (rp_str_is(w, a) || (b != NULL && rp_str_is(w, b)))
            return true;
    }
    return false;
}

/* `&` that is not `&mut`, at any depth; Arc and Rc lend in the same way. */
static bool lends(const rp_ast *ast, rp_id type)
{
    const rp_node *n = rp_node_of(ast, type);
    for (uint32_t i = n->first; i <= n->last; i++) {
        bool reference = rp_str_is(rp_token_text(ast->tokens, i), "&");
        uint32_t next = i + 1;
        if (reference && next <= n->last && rp_str_starts(rp_token_text(ast->tokens, next), "'"))
            next++;
        if (reference && !(next <= n->last && rp_str_is(rp_token_text(ast->tokens, next), "mut")))
            return true;
    }
    return words_in(ast, type, "Arc", "Rc");
}

/* How a function has the value: by its receiver, by a first parameter `this: &Self`, or not. */
static rp_use_kind receiver(const api *a, const rp_ast *ast, rp_id params, uint32_t *ret_first)
{
    rp_id p = params != 0 ? rp_kid(ast, params, 0) : 0;
    rp_id type = p == 0 ? 0 : rp_kid(ast, p, 2);
    rp_str name = a->v->adt != 0 ? rp_def_of(a->t->c, a->v->adt)->name : (rp_str){NULL, 0};
    *ret_first = 1;
    if (p != 0 && rp_kind_of(ast, p) == RP_N_SELF_PARAM) {
        bool shared = type != 0 ? lends(ast, type)
                                : rp_node_has(ast, p, RP_Q_REF) && !rp_node_has(ast, p, RP_Q_MUT);
        return shared ? RP_USE_MOVED : RP_USE_OTHER;
    }
    if (p != 0 && type != 0 && rp_kind_of(ast, type) == RP_N_TYPE_REF) {
        rp_ty of = rp_ty_of_node(a->t, a->fn, a->file, type, NULL);
        const rp_type *to = rp_type_of(a->t, rp_ty_arg(a->t, of, 0));
        if (to->kind == RP_TY_DEF && to->def == a->v->adt && name.len != 0)
            return rp_type_of(a->t, of)->is_mut ? RP_USE_OTHER : RP_USE_MOVED;
    }
    *ret_first = 0;
    return RP_USE_MADE;
}

static void function(api *a, rp_def_id fn, uint32_t self)
{
    const rp_def *d = rp_def_of(a->t->c, fn);
    const rp_ast *ast = rp_def_ast(a->t->c, fn);
    rp_id params = rp_kid(ast, d->node, RP_FN_PARAMS), ret = rp_kid(ast, d->node, RP_FN_RET);
    uint32_t first = 0;
    const rp_variance asked = a->bounds;
    rp_variance_where(a->t->c, &a->bounds, rp_kid(ast, d->node, RP_FN_WHERE));
    a->fn = fn;
    a->file = d->file;
    a->base = receiver(a, ast, params, &first);
    if (self != 0) /* the type is an argument */
        a->base = RP_USE_MOVED;
    a->in = true;
    for (uint32_t i = self != 0 ? UINT32_MAX : first; params != 0 && i < rp_kids_count(ast, params);
         i++) {
        rp_id type = rp_kid(ast, rp_kid(ast, params, i), RP_PARAM_TYPE);
        a->at = rp_kid(ast, params, i);
        visit(a, rp_ty_of_node(a->t, fn, d->file, type, NULL), BY_VALUE);
    }
    a->in = false;
    a->at = ret;
    if (a->base != RP_USE_MADE && ret != 0)
        visit(a, rp_ty_of_node(a->t, fn, d->file, ret, NULL), BY_VALUE);
    a->bounds = asked;
}

/* ---- impls ---- */

/* The ADT's parameters under the names that this impl gives them. */
static void names_of(api *a, rp_ty self)
{
    while (rp_ty_is(a->t, self) == RP_TY_REF)
        self = rp_ty_arg(a->t, self, 0);
    /* the impl in question gives the order: its own names stand at certain places of the type */
    rp_ty own = rp_ty_self(a->t, a->v->impl, NULL);
    for (uint32_t i = 0; i < a->v->n; i++) {
        a->names[i] = (rp_str){NULL, 0};
        for (uint32_t k = 0; k < rp_type_of(a->t, own)->nargs; k++) {
            const rp_type *mine = rp_type_of(a->t, rp_ty_arg(a->t, own, k));
            const rp_type *its = rp_type_of(a->t, rp_ty_arg(a->t, self, k));
            if (mine->kind == RP_TY_PARAM && rp_str_eq(mine->name, a->v->params[i].name) &&
                its->kind == RP_TY_PARAM && its->def == a->impl)
                a->names[i] = its->name;
        }
    }
}

static void bounds_of(api *a)
{
    const rp_def *d = rp_def_of(a->t->c, a->impl);
    rp_variance *b = &a->bounds;
    *b = (rp_variance){.impl = a->impl, .file = d->file, .node = d->node, .n = a->v->n};
    for (uint32_t i = 0; i < b->n; i++) {
        b->params[i].name = a->names[i];
        if (a->names[i].len != 0)
            (void)rp_generic_owner(a->t->c, a->impl, a->names[i], &b->params[i].param);
    }
    rp_variance_bounds(a->t->c, b);
}

/* Is part of the word one of those by which code tells threads apart, or lets one in at a time? */
static bool tells_threads(rp_str word)
{
    static const char *const parts[] = {"thread_id",    "ThreadId",         "CriticalSection",
                                        "SendWrapper",  "MainThreadMarker", "is_main_thread",
                                        "WorkerThread", "current_thread",   "LocalKey",
                                        "ThreadLocal",  "thread_local",     "in_thread_mode"};
    for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++)
        for (size_t i = 0, n = strlen(parts[k]); i + n <= word.len; i++)
            if (memcmp(word.ptr + i, parts[k], n) == 0)
                return true;
    return false;
}

static bool asks_thread(const rp_ast *ast, rp_id node)
{
    const rp_node *n = rp_node_of(ast, node);
    for (uint32_t i = n->first; i <= n->last; i++)
        if (rp_is_word(ast->tokens->kind[i]) && tells_threads(rp_token_word(ast->tokens, i)))
            return true;
    return false;
}

/* Debug, Drop, Clone and their like have signatures without T: nothing is lost by reading all. */
static void one_impl(api *a, const rp_impl *impl)
{
    const rp_rust_crate *c = a->t->c;
    a->impl = impl->def;
    names_of(a, rp_ty_self(a->t, impl->def, NULL));
    bounds_of(a);
    for (rp_def_id id = rp_def_of(c, impl->def)->first; id != 0; id = rp_def_of(c, id)->next) {
        const rp_def *d = rp_def_of(c, id);
        bool hidden = impl->inherent && (d->flags & RP_DEF_PUB) == 0;
        if (d->kind == RP_DEF_FN && (d->flags & (RP_DEF_UNSAFE | RP_DEF_TEST)) == 0 && !hidden)
            function(a, id, 0);
    }
    const rp_def *d = rp_def_of(c, impl->def);
    a->v->asks_thread |= asks_thread(rp_def_ast(c, impl->def), d->node);
}

/* Fields that anybody may read. */
static void open_fields(api *a)
{
    const rp_def *d = rp_def_of(a->t->c, a->v->adt);
    const rp_ast *ast = rp_def_ast(a->t->c, a->v->adt);
    rp_def_id adt = a->v->adt;
    if (d->kind != RP_DEF_STRUCT)
        return;
    a->impl = adt;
    a->fn = 0;
    a->file = d->file;
    a->base = RP_USE_MOVED;
    a->in = false;
    rp_ty own = rp_ty_self(a->t, a->v->impl, NULL);
    for (uint32_t i = 0; i < a->v->n; i++)
        a->names[i] = a->v->params[i].name;
    a->impl = a->v->impl;
    const rp_subst with = {adt, rp_type_of(a->t, own)->args, rp_type_of(a->t, own)->nargs, true};
    for (uint32_t i = RP_ADT_MEMBERS; i < rp_kids_count(ast, d->node); i++) {
        rp_id f = rp_kid(ast, d->node, i);
        a->at = f;
        if (rp_kind_of(ast, f) == RP_N_FIELD && is_pub(ast, f))
            visit(a, rp_ty_of_node(a->t, adt, d->file, rp_kid(ast, f, RP_FIELD_TYPE), &with),
                  BY_REF);
    }
    a->v->asks_thread |= asks_thread(ast, d->node);
}

/* at(&self, key: &Key<T>) -> &T: whoever shares the key has the T. The place of such an argument of
 * an exported function, 0: it has none; the first one is the receiver. */
static uint32_t argument(api *a, rp_def_id fn, rp_ty *ret)
{
    const rp_def d = *rp_def_of(a->t->c, fn);
    const rp_ast *ast = rp_def_ast(a->t->c, fn);
    rp_id params = rp_kid(ast, d.node, RP_FN_PARAMS);
    rp_str name = rp_def_of(a->t->c, a->v->adt)->name;
    if (params == 0 || !speaks(ast, params, name))
        return 0;
    for (uint32_t i = 1; i < rp_kids_count(ast, params); i++) {
        rp_id type = rp_kid(ast, rp_kid(ast, params, i), RP_PARAM_TYPE);
        if (type == 0 || rp_kind_of(ast, type) != RP_N_TYPE_REF)
            continue;
        rp_ty of = rp_ty_arg(a->t, rp_ty_of_node(a->t, fn, d.file, type, NULL), 0);
        if (rp_ty_is(a->t, of) == RP_TY_DEF && rp_type_of(a->t, of)->def == a->v->adt) {
            *ret = of;
            return i;
        }
    }
    return 0;
}

/* A key or handle has no function that gives a value: what takes it may. */
static void elsewhere(api *a)
{
    const rp_rust_crate *c = a->t->c;
    for (uint32_t k = 0; k < c->nmethods && a->fuel > 0; k++) {
        rp_def_id id = c->methods[k].def;
        const rp_def *d = rp_def_of(c, id);
        rp_ty self;
        if (rp_def_of(c, d->parent)->kind != RP_DEF_IMPL || (d->flags & RP_DEF_PUB) == 0 ||
            (d->flags & (RP_DEF_UNSAFE | RP_DEF_TEST)) != 0)
            continue;
        uint32_t place = argument(a, id, &self);
        if (place == 0)
            continue;
        a->impl = d->parent;
        names_of(a, self);
        bounds_of(a);
        function(a, id, place);
    }
}

static bool used(const rp_variance *v)
{
    for (uint32_t i = 0; i < v->n; i++)
        for (unsigned k = 0; k < RP_USES; k++)
            if (v->params[i].uses[k].node != 0)
                return true;
    return false;
}

void rp_variance_api(rp_types *t, rp_variance *v)
{
    rp_rust_crate *c = t->c;
    api a = {.t = t, .v = v, .fuel = FUEL};
    uint32_t left = MAX_IMPLS;
    open_fields(&a);
    for (uint32_t i = rp_def_of(c, v->adt)->impls; i != 0 && left > 0; left--) {
        const rp_impl impl = c->impls.items[i - 1];
        one_impl(&a, &impl);
        i = impl.next_of_type;
    }
    if (v->is_exported && !used(v))
        elsewhere(&a);
}
