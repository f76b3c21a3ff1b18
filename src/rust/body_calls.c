/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "base/limits.h"
#include "rust/body_parts.h"
#include "rust/externs.h"

/* What functions of the standard library give, where it follows from their arguments. */
typedef enum {
    GIVES_OWNER,   /* the type that the path names: Vec::new */
    GIVES_BOXED,   /* the owner, of the argument: Box::new, Some */
    GIVES_POINTEE, /* what the argument points to: ptr::read, mem::replace */
    GIVES_RAW,     /* *mut of what the argument holds: Box::into_raw */
    GIVES_RAW_CONST,
    GIVES_SLICE, /* & of a slice of what it points to: slice::from_raw_parts */
    GIVES_SLICE_MUT,
    GIVES_ARGUMENT, /* the argument itself */
    GIVES_INNER, /* of the receiver's first argument: Option::unwrap, NonNull::as_ptr's pointee */
    GIVES_SELF   /* the receiver: clone */
} gives;

typedef struct {
    const char *path;
    gives what;
} gift;

static const gift functions[] = {
    {"std::boxed::Box::from_raw", GIVES_BOXED}, /* see owner_of */
    {"std::boxed::Box::into_raw", GIVES_RAW},
    {"std::boxed::Box::leak", GIVES_ARGUMENT},
    {"std::boxed::Box::new", GIVES_BOXED},
    {"std::mem::ManuallyDrop::new", GIVES_BOXED},
    {"std::mem::replace", GIVES_POINTEE},
    {"std::mem::take", GIVES_POINTEE},
    {"std::option::Option::Some", GIVES_BOXED},
    {"std::pin::Pin::new", GIVES_BOXED},
    {"std::pin::Pin::new_unchecked", GIVES_BOXED},
    {"std::ptr::read", GIVES_POINTEE},
    {"std::ptr::read_unaligned", GIVES_POINTEE},
    {"std::ptr::read_volatile", GIVES_POINTEE},
    {"std::rc::Rc::new", GIVES_BOXED},
    {"std::slice::from_raw_parts", GIVES_SLICE},
    {"std::slice::from_raw_parts_mut", GIVES_SLICE_MUT},
    {"std::sync::Arc::new", GIVES_BOXED},
};

static const gift methods[] = {
    {"as_mut_slice", GIVES_SLICE_MUT},
    {"as_slice", GIVES_SLICE},

    {"clone", GIVES_SELF},
    {"expect", GIVES_INNER},
    {"to_owned", GIVES_SELF},
    {"unwrap", GIVES_INNER},
    {"unwrap_or", GIVES_INNER},
    {"unwrap_or_default", GIVES_INNER},
    {"unwrap_or_else", GIVES_INNER},
    {"unwrap_unchecked", GIVES_INNER},
};

static const gift *gift_of(const gift *items, size_t n, rp_str name)
{
    for (size_t i = 0; i < n; i++)
        if (rp_str_is(name, items[i].path))
            return &items[i];
    return NULL;
}

static rp_ty first_argument(const rp_reader *r, rp_id node, uint32_t slot)
{
    rp_id arg = rp_kid(r->b->ast, node, slot);
    return arg != 0 ? rp_reader_type(r, arg) : 0;
}

/* "std::vec::Vec" of "std::vec::Vec::new", when it looks like a type. */
static rp_str owner_of(rp_str path)
{
    size_t n = path.len;
    while (n > 0 && path.ptr[n - 1] != ':')
        n--;
    rp_str owner = {path.ptr, n >= 2 ? n - 2 : 0};
    size_t word = owner.len;
    while (word > 0 && owner.ptr[word - 1] != ':')
        word--;
    bool type = word < owner.len && owner.ptr[word] >= 'A' && owner.ptr[word] <= 'Z';
    return type ? owner : RP_STR("");
}

static bool constructs(rp_str name)
{
    return rp_str_starts(name, "new") || rp_str_starts(name, "with_capacity") ||
           rp_str_starts(name, "from") || rp_str_starts(name, "uninit") ||
           rp_str_is(name, "default") || rp_str_is(name, "zeroed") || rp_str_is(name, "dangling");
}

static rp_ty std_type(rp_reader *r, rp_str path, rp_ty arg)
{
    rp_str z = rp_arena_str(r->t->arena, path);
    return z.ptr != NULL ? rp_reader_std(r, z.ptr, arg) : 0;
}

static rp_ty raw_result(rp_reader *r, const rp_std_item *row, rp_ty pointee)
{
    switch ((rp_std_result)row->result) {
    case RP_STD_RAW_CONST:
        return rp_ty_of_one(r->t, RP_TY_RAW, pointee, false);
    case RP_STD_RAW_MUT:
        return rp_ty_of_one(r->t, RP_TY_RAW, pointee, true);
    default:
        return 0;
    }
}

static rp_ty given(rp_reader *r, gives what, rp_str owner, rp_ty arg)
{
    rp_ty inner = rp_ty_arg(r->t, arg, 0);
    switch (what) {
    case GIVES_OWNER:
        return std_type(r, owner, 0);
    case GIVES_BOXED:
        return std_type(r, owner, rp_ty_is(r->t, arg) == RP_TY_RAW ? inner : arg);
    case GIVES_POINTEE:
        return rp_ty_deref(r->t, arg);
    case GIVES_RAW:
    case GIVES_RAW_CONST:
        return rp_ty_of_one(r->t, RP_TY_RAW, inner, what == GIVES_RAW);
    case GIVES_SLICE:
    case GIVES_SLICE_MUT:
        return rp_ty_of_one(r->t, RP_TY_REF, rp_ty_of_one(r->t, RP_TY_SLICE, inner, false),
                            what == GIVES_SLICE_MUT);
    case GIVES_ARGUMENT:
        return arg;
    case GIVES_INNER:
        return inner;
    case GIVES_SELF:
        return arg;
    }
    return 0;
}

/* ---- functions ---- */

/* What other crates give is theirs, whatever it is. */
static const rp_type of_elsewhere = {.kind = RP_TY_EXTERN, .name = {"", 0}};

/* The generic arguments in `Vec::<u8>::new`, or of the type that the path's first words name. */
static rp_ty std_result(rp_reader *r, rp_id node, const rp_call *call)
{
    rp_ty arg = first_argument(r, node, RP_CALL_ARGS);
    rp_str owner = owner_of(call->path);
    const gift *g = gift_of(functions, sizeof functions / sizeof functions[0], call->path);
    if (g != NULL && owner.len == 0 && g->what == GIVES_BOXED)
        owner = RP_STR("std::option::Option");
    if (g != NULL)
        return given(r, g->what, owner, arg);
    if (call->std != NULL && call->std->result >= RP_STD_RAW_CONST)
        return raw_result(r, call->std, rp_ty_arg(r->t, arg, 0));
    return owner.len != 0 && constructs(call->name) ? std_type(r, owner, 0) : 0;
}

static rp_ty result_of_def(rp_reader *r, rp_def_id fn, const rp_subst *with)
{
    static const rp_type unit = {.kind = RP_TY_TUPLE};
    const rp_def *d = rp_def_of(r->t->c, fn);
    rp_id ret = rp_kid(rp_def_ast(r->t->c, fn), d->node, RP_FN_RET);
    return ret != 0 ? rp_ty_of_node(r->t, fn, d->file, ret, with) : rp_ty_new(r->t, &unit);
}

/* A function of the crate, or the constructor of a tuple struct or variant. */
static rp_ty def_result(rp_reader *r, rp_id node, rp_def_id def)
{
    const rp_def *d = rp_def_of(r->t->c, def);
    rp_subst closed = {.closed = true};
    rp_type type = {.kind = RP_TY_DEF, .def = def};
    (void)node;
    if (d->kind == RP_DEF_FN)
        return result_of_def(r, def, &closed);
    if (d->kind == RP_DEF_VARIANT)
        type.def = d->parent;
    return rp_ty_new(r->t, &type);
}

/* The same of another crate. */
static rp_ty extern_result(rp_reader *r, const rp_call *call, const rp_subst *with)
{
    static const rp_type unit = {.kind = RP_TY_TUPLE};
    if (call->home == NULL)
        return rp_ty_new(r->t, &of_elsewhere);
    const rp_def d = *rp_def_of(call->home, call->there);
    rp_type type = {.kind = RP_TY_EXTERN, .home = call->home, .def = call->there};
    if (d.kind == RP_DEF_FN) {
        rp_id ret = rp_kid(rp_def_ast(call->home, call->there), d.node, RP_FN_RET);
        return ret != 0 ? rp_ty_import(r->t, call->home, call->there, d.file, ret, with)
                        : rp_ty_new(r->t, &unit);
    }
    if (d.kind == RP_DEF_VARIANT)
        type.def = d.parent;
    else if (d.kind != RP_DEF_STRUCT)
        return rp_ty_new(r->t, &of_elsewhere);
    type.name = rp_def_path(call->home, type.def, r->t->arena);
    return rp_ty_new(r->t, &type);
}

/* Looks a function of another crate up in its source. What that crate has from the standard library
 * is the standard library's. */
static void look_elsewhere(rp_reader *r, rp_call *call)
{
    rp_extern found = rp_extern_find(r->t->c, call->path, RP_NS_VALUE);
    if (found.res.left != 0)
        return;
    if (found.res.kind == RP_RES_DEF) {
        call->home = found.c;
        call->there = found.res.def;
    } else if (found.res.kind == RP_RES_STD) {
        call->kind = RP_RES_STD;
        call->path = found.res.path;
    }
}

static uint32_t add_call(rp_reader *r, const rp_call *call)
{
    rp_call *to = rp_vec_push(r->t->arena, &r->b->calls);
    if (to == NULL) {
        r->b->refused = true;
        return 0;
    }
    *to = *call;
    if (call->node - r->b->low < r->b->n)
        r->b->call_of[call->node - r->b->low] = r->b->calls.n;
    return r->b->calls.n;
}

static bool is_local(const rp_reader *r, rp_id path)
{
    rp_ty ty;
    rp_path_words w = rp_path_start(r->b->ast, path);
    if (rp_kid(r->b->ast, path, RP_PATH_QSELF) != 0 || !rp_path_next(&w))
        return false;
    uint32_t word = w.word;
    return !rp_path_next(&w) && rp_reader_local(r, word, &ty);
}

/* A call of something that is no path to a function: a local, a field, a closure. */
static void call_value(rp_reader *r, rp_id node, rp_id callee, rp_call *call)
{
    rp_ty of = rp_ty_peel(r->t, rp_reader_type(r, callee));
    rp_ty behind_it = rp_ty_peel(r->t, rp_ty_target(r->t, of));
    if (rp_ty_is(r->t, behind_it) == RP_TY_FN) /* Symbol<unsafe fn()> of a library */
        of = behind_it;
    call->value = true;
    uint32_t index = add_call(r, call);
    if (rp_ty_is(r->t, of) == RP_TY_FN && rp_type_of(r->t, of)->is_unsafe)
        rp_reader_op(r, node, RP_UNSAFE_CALL, true, index);
    else if (rp_ty_is(r->t, of) == RP_TY_UNKNOWN || rp_ty_is(r->t, of) == RP_TY_EXTERN ||
             rp_ty_is(r->t, of) == RP_TY_ASSOC) /* a pointer to an unsafe function, perhaps */
        rp_reader_op(r, node, RP_UNSAFE_CALL, false, index);
    rp_reader_set(r, node, rp_ty_is(r->t, of) == RP_TY_FN ? rp_ty_arg(r->t, of, 0) : 0);
}

void rp_reader_call(rp_reader *r, rp_id node)
{
    rp_id callee = rp_kid(r->b->ast, node, 0);
    rp_call call = {.node = node, .name = {"", 0}, .path = {"", 0}};
    while (callee != 0 && rp_kind_of(r->b->ast, callee) == RP_N_PAREN)
        callee = rp_kid(r->b->ast, callee, 0);
    if (callee == 0 || rp_kind_of(r->b->ast, callee) != RP_N_PATH_EXPR || is_local(r, callee)) {
        call_value(r, node, callee, &call);
        return;
    }
    rp_res res = rp_resolve_path(r->t->c, r->b->fn, r->b->file, callee, RP_NS_VALUE);
    call.kind = res.left == 0 ? res.kind : RP_RES_UNKNOWN;
    call.def = res.left == 0 ? res.def : 0;
    call.name = res.last;
    if (res.kind == RP_RES_STD || res.kind == RP_RES_EXTERN)
        call.path = res.path;
    if (call.kind == RP_RES_EXTERN)
        look_elsewhere(r, &call);
    if (call.kind == RP_RES_STD)
        call.std = rp_std_find(call.path);
    if (call.kind == RP_RES_STD && call.std == NULL && rp_str_ends(call.name, "_unchecked"))
        call.kind = RP_RES_UNKNOWN; /* std has no safe one: another crate's trait gives it */
    uint32_t index = add_call(r, &call);
    rp_reader_call_op(r, &call, index);
    rp_ty ty = 0;
    if (call.kind == RP_RES_DEF)
        ty = def_result(r, node, call.def);
    else if (call.kind == RP_RES_STD)
        ty = std_result(r, node, &call);
    else if (call.kind == RP_RES_EXTERN)
        ty = extern_result(r, &call, NULL);
    rp_reader_set(r, node, ty);
}

/* ---- methods ---- */

/* The method that an impl for the type has; *ret_impl: which. */
static rp_def_id method_of(const rp_rust_crate *c, rp_def_id type, rp_str name, rp_def_id *ret_impl)
{
    uint32_t left = RP_MAX_RUST_IMPLS; /* in more than those it is not known */
    for (uint32_t i = rp_def_of(c, type)->impls; i != 0 && left-- > 0;
         i = c->impls.items[i - 1].next_of_type) {
        const rp_impl *impl = &c->impls.items[i - 1];
        rp_def_id id = rp_def_child(c, impl->def, name);
        if (id == 0 && impl->trait != 0) /* a method that the trait provides */
            id = rp_def_child(c, impl->trait, name);
        if (id == 0 || rp_def_of(c, id)->kind != RP_DEF_FN)
            continue;
        *ret_impl = impl->def;
        return id;
    }
    return 0;
}

/* A method of a trait that bounds a parameter: any trait of the crate with such a method. */
static rp_def_id method_of_traits(const rp_rust_crate *c, rp_str name)
{
    uint32_t first, n = rp_methods_named(c, name, &first);
    uint32_t found = n != 0 ? c->methods[first].in_trait : UINT32_MAX;
    return n != 0 && found - first < n ? c->methods[found].def : 0;
}

/* How the table spells the owner of a type's methods. */
static rp_str owner_text(const rp_type *t)
{
    switch ((rp_ty_kind)t->kind) {
    case RP_TY_RAW:
        return t->is_mut ? RP_STR("*mut") : RP_STR("*const");
    case RP_TY_SLICE:
        return RP_STR("[T]");
    case RP_TY_ARRAY:
        return RP_STR("[T; N]");
    case RP_TY_STD:
    case RP_TY_PRIMITIVE:
        return t->name;
    default:
        return RP_STR("");
    }
}

/* What method calls look through once more: a vector is a slice, a string is a str. */
static rp_str behind(rp_str owner)
{
    static const char *const rows[][2] = {{"std::vec::Vec", "[T]"},
                                          {"[T; N]", "[T]"},
                                          {"std::string::String", "str"},
                                          {"*mut", "*const"},
                                          {"std::ffi::CString", "std::ffi::CStr"},
                                          {"std::path::PathBuf", "std::path::Path"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rp_str_is(owner, rows[i][0]))
            return rp_str_from(rows[i][1]);
    return RP_STR("");
}

static void std_method(rp_reader *r, rp_call *call, const rp_type *of)
{
    rp_str owner = owner_text(of);
    call->path = rp_arena_printf(r->t->arena, "%.*s::%.*s", RP_FMT(owner), RP_FMT(call->name));
    for (rp_str at = owner; at.len != 0 && call->std == NULL; at = behind(at)) {
        rp_str path = rp_arena_printf(r->t->arena, "%.*s::%.*s", RP_FMT(at), RP_FMT(call->name));
        call->std = rp_std_find(path);
        if (call->std != NULL)
            call->path = path;
    }
    call->kind = RP_RES_STD;
}

/* What the methods of std's traits on iterators, borrowed and converted things give for a type
 * parameter: something that is chosen with the parameter. */
static rp_ty of_parameter(rp_reader *r, const rp_call *call, rp_ty of)
{
    static const char *const names[] = {
        "as_mut",    "as_ref", "borrow",    "borrow_mut", "by_ref", "chain",     "deref",
        "deref_mut", "drain",  "enumerate", "fuse",       "get",    "get_mut",   "into",
        "into_iter", "iter",   "iter_mut",  "last",       "next",   "next_back", "nth",
        "peekable",  "rev",    "skip",      "take",       "zip"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!rp_str_is(call->name, names[i]))
            continue;
        rp_ty *args = rp_new(r->t->arena, 1, rp_ty);
        rp_type type = {.kind = RP_TY_ASSOC, .name = call->name, .args = args, .nargs = 1};
        if (args == NULL)
            return 0;
        args[0] = of;
        return rp_ty_new(r->t, &type);
    }
    return 0;
}

static bool one_of(rp_str name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (rp_str_is(name, list[i]))
            return true;
    return false;
}

/* Iterators over slices, and what leaves their items as they are: std::slice::Iter<item>. */
static rp_ty iterator(rp_reader *r, const rp_call *call, rp_ty of)
{
    static const char *const same[] = {
        "by_ref",     "cycle",   "fuse", "into_iter", "peekable",   "rev",    "skip",
        "skip_while", "step_by", "take", "filter",    "take_while", "inspect"};
    static const char *const one[] = {"last", "next", "next_back", "nth", "nth_back", "peek"};
    const rp_type type = *rp_type_of(r->t, of);
    bool list = type.kind == RP_TY_SLICE || type.kind == RP_TY_ARRAY ||
                (type.kind == RP_TY_STD && rp_str_is(type.name, "std::vec::Vec"));
    bool is_mut = rp_str_is(call->name, "iter_mut");
    rp_ty item = rp_ty_arg(r->t, of, 0);
    if (list && item != 0 && (is_mut || rp_str_is(call->name, "iter")))
        return rp_reader_std(r, "std::slice::Iter", rp_ty_of_one(r->t, RP_TY_REF, item, is_mut));
    if (type.kind != RP_TY_STD || !rp_str_is(type.name, "std::slice::Iter"))
        return 0;
    if (one_of(call->name, one, sizeof one / sizeof one[0]))
        return rp_reader_std(r, "std::option::Option", item);
    if (rp_str_is(call->name, "enumerate"))
        return rp_reader_std(r, "std::iter::Enumerate", item);
    return one_of(call->name, same, sizeof same / sizeof same[0]) ? of : 0;
}

static rp_ty std_method_result(rp_reader *r, rp_id node, const rp_call *call, rp_ty of)
{
    rp_ty inner = rp_ty_arg(r->t, of, 0);
    if (rp_ty_is(r->t, of) == RP_TY_EXTERN)
        return rp_str_is(call->name, "len") ? rp_reader_primitive(r, "usize")
                                            : rp_ty_new(r->t, &of_elsewhere);
    bool chosen = rp_ty_is(r->t, of) == RP_TY_PARAM || rp_ty_is(r->t, of) == RP_TY_ASSOC;
    rp_ty given_by = chosen ? of_parameter(r, call, of) : 0;
    if (given_by != 0)
        return given_by;
    rp_ty items = iterator(r, call, of);
    if (items != 0)
        return items;
    const gift *g = gift_of(methods, sizeof methods / sizeof methods[0], call->name);
    if (rp_str_is(call->name, "len") || rp_str_is(call->name, "capacity"))
        return rp_reader_primitive(r, "usize");
    if (rp_ty_is(r->t, of) == RP_TY_RAW && rp_str_is(call->name, "cast")) {
        rp_id generics = rp_kid(r->b->ast, node, RP_METHOD_GENERICS);
        rp_id to = generics != 0 ? rp_kid(r->b->ast, generics, 0) : 0;
        rp_ty pointee = to != 0 ? rp_reader_written(r, to) : 0;
        return rp_ty_of_one(r->t, RP_TY_RAW, pointee, rp_type_of(r->t, of)->is_mut);
    }
    if (rp_ty_is(r->t, of) == RP_TY_RAW && rp_str_starts(call->name, "read"))
        return inner;
    bool cell = rp_str_starts(call->path, "std::cell::RefCell::");
    if (cell && rp_str_is(call->name, "borrow"))
        return rp_reader_std(r, "std::cell::Ref", inner);
    if (cell && rp_str_is(call->name, "borrow_mut"))
        return rp_reader_std(r, "std::cell::RefMut", inner);
    if (call->std != NULL && call->std->result >= RP_STD_RAW_CONST)
        return raw_result(r, call->std, inner);
    if (g == NULL && call->std != NULL &&
        (call->std->result == RP_STD_REF || call->std->result == RP_STD_REF_MUT))
        return rp_ty_of_one(r->t, RP_TY_REF, rp_str_starts(call->name, "get_") ? inner : 0,
                            call->std->result == RP_STD_REF_MUT);
    if (g == NULL)
        return 0;
    return given(r, g->what, RP_STR(""), of);
}

static void crate_method(rp_reader *r, rp_id node, rp_call *call, rp_ty of, rp_def_id impl)
{
    call->kind = RP_RES_DEF;
    uint32_t index = add_call(r, call);
    rp_reader_call_op(r, call, index);
    rp_subst with = {.closed = true};
    if (impl != 0 && rp_def_of(r->t->c, impl)->kind == RP_DEF_IMPL)
        with = rp_ty_impl_subst(r->t, impl, of);
    rp_reader_set(r, node, result_of_def(r, call->def, &with));
}

/* A method that the source of the type's crate has. */
static bool extern_method(rp_reader *r, rp_id node, rp_call *call, rp_ty of)
{
    const rp_type type = *rp_type_of(r->t, of);
    rp_def_id impl = 0, fn;
    rp_extern_link(type.home);
    fn = method_of(type.home, type.def, call->name, &impl);
    if (fn == 0)
        return false;
    call->kind = RP_RES_EXTERN;
    call->home = type.home;
    call->there = fn;
    call->path = rp_def_path(type.home, fn, r->t->arena);
    uint32_t index = add_call(r, call);
    rp_reader_call_op(r, call, index);
    rp_subst with = rp_ty_extern_subst(r->t, type.home, impl, of);
    rp_reader_set(r, node, extern_result(r, call, &with));
    return true;
}

/* A method that a source has: of the type, or of what it dereferences to. *of: the type that was
 * looked into last. */
static bool sourced_method(rp_reader *r, rp_id node, rp_call *call, rp_ty *of)
{
    enum { MAX_DEREFS = 4 };
    for (unsigned i = 0; i < MAX_DEREFS; i++) {
        const rp_type type = *rp_type_of(r->t, *of);
        rp_def_id impl = 0;
        if (type.kind == RP_TY_DEF)
            call->def = method_of(r->t->c, type.def, call->name, &impl);
        else if (type.kind == RP_TY_PARAM || type.kind == RP_TY_DYN)
            call->def = method_of_traits(r->t->c, call->name);
        if (call->def != 0) {
            crate_method(r, node, call, *of, impl);
            return true;
        }
        if (type.kind == RP_TY_EXTERN && type.home != NULL && extern_method(r, node, call, *of))
            return true;
        rp_ty next = rp_ty_target(r->t, *of);
        if (next == 0)
            return false;
        *of = rp_ty_peel(r->t, next);
    }
    return false;
}

void rp_reader_method(rp_reader *r, rp_id node)
{
    rp_id receiver = rp_kid(r->b->ast, node, 0);
    rp_call call = {.node = node, .method = true, .path = {"", 0}};
    call.name = rp_node_word(r->b->ast, node);
    call.receiver = receiver != 0 ? rp_reader_type(r, receiver) : 0;
    rp_ty of = rp_ty_peel(r->t, call.receiver), target = of;
    if (sourced_method(r, node, &call, &target))
        return;
    const rp_type type = *rp_type_of(r->t, of), last = *rp_type_of(r->t, target);
    bool outer = rp_ty_is(r->t, call.receiver) == RP_TY_STD; /* Box::as_ptr before T's */
    if (target != of && owner_text(&last).len != 0) {
        rp_call before = call;
        std_method(r, &call, &last);
        if (call.std != NULL)
            of = target;
        else
            call = before;
    }
    if (call.std == NULL && owner_text(&type).len != 0)
        std_method(r, &call, &type);
    if (call.std == NULL && outer && of != call.receiver) {
        rp_call before = call;
        std_method(r, &call, rp_type_of(r->t, call.receiver));
        if (call.std == NULL) /* what the pointer leads to is not known: its methods are not */
            call = before;
    }
    if (call.std == NULL && type.kind == RP_TY_EXTERN)
        call.kind = RP_RES_EXTERN;
    uint32_t index = add_call(r, &call);
    rp_reader_call_op(r, &call, index);
    rp_reader_set(r, node, std_method_result(r, node, &call, of));
}
