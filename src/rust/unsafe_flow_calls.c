/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/closed.h"
#include "rust/unsafe_flow.h"

enum { MAX_BOUNDS = 64, MAX_ASSOC = 4 };

/* ---- type parameters in scope ---- */

/* What the crate alone implements is no unknown code. */
static void add_bound(rp_flow_scope *s, rp_res bound)
{
    bool own = bound.kind == RP_RES_DEF && bound.left == 0;
    if (s->bounds.n >= MAX_BOUNDS || (own && rp_trait_is_closed(s->b->c, bound.def)))
        return;
    rp_res *to = rp_vec_push(s->b->types->arena, &s->bounds);
    if (to != NULL)
        *to = bound;
}

static void add_bounds(rp_flow_scope *s, rp_def_id scope, uint32_t file, rp_id bounds)
{
    const rp_ast *ast = &s->b->c->files.items[file]->ast;
    for (uint32_t i = 0; bounds != 0 && i < rp_kids_count(ast, bounds); i++) {
        rp_id b = rp_kid(ast, bounds, i);
        rp_id path = rp_kind_of(ast, b) == RP_N_BOUND ? rp_kid(ast, b, RP_BOUND_PATH) : 0;
        if (path != 0 && rp_is_path(rp_kind_of(ast, path)))
            add_bound(s, rp_resolve_path(s->b->c, scope, file, path, RP_NS_TYPE));
    }
}

static void add_of_def(rp_flow_scope *s, rp_def_id def, uint32_t generics, uint32_t where)
{
    const rp_def d = *rp_def_of(s->b->c, def);
    const rp_ast *ast = rp_def_ast(s->b->c, def);
    rp_id list = rp_kid(ast, d.node, generics), preds = rp_kid(ast, d.node, where);
    for (uint32_t i = 0; list != 0 && i < rp_kids_count(ast, list); i++) {
        rp_id p = rp_kid(ast, list, i);
        if (rp_kind_of(ast, p) == RP_N_GENERIC_PARAM)
            add_bounds(s, def, d.file, rp_kid(ast, p, RP_GENERIC_BOUNDS));
    }
    for (uint32_t i = 0; preds != 0 && i < rp_kids_count(ast, preds); i++)
        add_bounds(s, def, d.file, rp_kid(ast, rp_kid(ast, preds, i), RP_PRED_BOUNDS));
}

void rp_flow_scope_read(const rp_body *body, rp_flow_scope *ret)
{
    *ret = (rp_flow_scope){.b = body};
    rp_def_id at = body->fn;
    for (unsigned i = 0; at != 0 && i < 8; i++, at = rp_def_of(body->c, at)->parent) {
        rp_def_kind kind = (rp_def_kind)rp_def_of(body->c, at)->kind;
        if (kind == RP_DEF_FN)
            add_of_def(ret, at, RP_FN_GENERICS, RP_FN_WHERE);
        else if (kind == RP_DEF_IMPL)
            add_of_def(ret, at, RP_IMPL_GENERICS, RP_IMPL_WHERE);
        else if (kind == RP_DEF_TRAIT) {
            add_of_def(ret, at, RP_TRAIT_GENERICS, RP_TRAIT_WHERE);
            add_bound(ret, (rp_res){.kind = RP_RES_DEF, .def = at});
        } else
            break;
    }
}

bool rp_flow_is_param(const rp_body *b, rp_str name)
{
    rp_id params = rp_body_fn_kid(b, RP_FN_PARAMS);
    for (uint32_t i = 0; params != 0 && i < rp_kids_count(b->ast, params); i++) {
        rp_id p = rp_kid(b->ast, params, i);
        rp_id pat = rp_kind_of(b->ast, p) == RP_N_PARAM ? rp_kid(b->ast, p, RP_PARAM_PAT) : 0;
        if (pat != 0 && rp_str_eq(rp_node_word(b->ast, pat), name))
            return true;
    }
    return false;
}

bool rp_flow_is_generic(const rp_flow_scope *s, rp_ty ty)
{
    const rp_types *t = s->b->types;
    const rp_type *type = rp_type_of(t, rp_ty_peel(t, ty));
    for (unsigned i = 0; i < MAX_ASSOC && type->kind == RP_TY_ASSOC && type->nargs != 0; i++)
        type = rp_type_of(t, type->args[0]); /* T::Item is chosen with T */
    switch ((rp_ty_kind)type->kind) {
    case RP_TY_PARAM:
        return !rp_param_is_closed(s->b->c, type->def, type->name);
    case RP_TY_ASSOC:
    case RP_TY_DYN:
        return true;
    case RP_TY_DEF:
        return rp_def_of(s->b->c, type->def)->kind == RP_DEF_TRAIT &&
               !rp_trait_is_closed(s->b->c, type->def);
    default:
        return false;
    }
}

static rp_ty argument(const rp_flow_scope *s, const rp_call *call, uint32_t i)
{
    rp_id arg = rp_kid(s->b->ast, call->node,
                       (call->method ? (uint32_t)RP_METHOD_ARGS : (uint32_t)RP_CALL_ARGS) + i);
    return arg != 0 ? rp_body_type(s->b, arg) : 0;
}

static uint32_t argument_count(const rp_flow_scope *s, const rp_call *call)
{
    uint32_t first = call->method ? (uint32_t)RP_METHOD_ARGS : (uint32_t)RP_CALL_ARGS;
    uint32_t n = rp_kids_count(s->b->ast, call->node);
    return n > first ? n - first : 0;
}

/* ---- sources ---- */

static bool name_is(rp_str name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (rp_str_is(name, list[i]))
            return true;
    return false;
}

static rp_id last_argument(const rp_flow_scope *s, const rp_call *call)
{
    const rp_ast *ast = s->b->ast;
    uint32_t n = argument_count(s, call);
    uint32_t first = call->method ? (uint32_t)RP_METHOD_ARGS : (uint32_t)RP_CALL_ARGS;
    rp_id arg = n != 0 ? rp_kid(ast, call->node, first + n - 1) : 0;
    while (arg != 0 && rp_kind_of(ast, arg) == RP_N_PAREN)
        arg = rp_kid(ast, arg, 0);
    return arg;
}

static bool is_less(const rp_ast *ast, rp_id expr)
{
    return expr != 0 && rp_kind_of(ast, expr) == RP_N_BINARY &&
           rp_node_of(ast, expr)->aux == RP_OP_SUB;
}

/* if n < v.len() { v.set_len(n) } */
static bool tested_less(const rp_flow_scope *s, rp_id node, rp_str name)
{
    const rp_body *b = s->b;
    for (rp_id up = rp_body_parent(b, node); up != 0; node = up, up = rp_body_parent(b, node)) {
        rp_id cond = rp_kind_of(b->ast, up) == RP_N_IF && node == rp_kid(b->ast, up, RP_IF_THEN)
                         ? rp_kid(b->ast, up, RP_IF_COND)
                         : 0;
        if (cond == 0 || rp_kind_of(b->ast, cond) != RP_N_BINARY)
            continue;
        unsigned op = rp_node_of(b->ast, cond)->aux;
        bool below = op == RP_OP_LT || op == RP_OP_LE, above = op == RP_OP_GT || op == RP_OP_GE;
        rp_id less = rp_kid(b->ast, cond, above ? 1 : 0);
        rp_id more = rp_kid(b->ast, cond, above ? 0 : 1);
        rp_str whole = rp_node_text(b->ast, more);
        bool length = rp_str_ends(whole, "len") || rp_str_ends(whole, "len()");
        if ((below || above) && length && rp_str_eq(rp_node_text(b->ast, less), name))
            return true;
    }
    return false;
}

/* set_len(0) and set_len(n - 1) make a vector shorter: that is how it is made safe. */
bool rp_flow_shrinks(const rp_flow_scope *s, const rp_call *call)
{
    const rp_ast *ast = s->b->ast;
    rp_id arg = last_argument(s, call);
    rp_str text = arg != 0 ? rp_node_text(ast, arg) : RP_STR("0");
    if (rp_str_is(text, "0") ||
        rp_str_is(text, "start")) /* where a range begins that is taken out */
        return true;
    return is_less(ast, arg) || is_less(ast, rp_body_let(s->b, text, call->node)) ||
           tested_less(s, call->node, text);
}

/* Vec<MaybeUninit<T>>: whatever is in such elements is valid. */
static bool of_maybe(const rp_flow_scope *s, const rp_call *call)
{
    rp_ty of = rp_ty_peel(s->b->types, call->method ? call->receiver : argument(s, call, 0));
    const rp_type *element = rp_type_of(s->b->types, rp_ty_arg(s->b->types, of, 0));
    return element->kind == RP_TY_STD && rp_str_is(element->name, "std::mem::MaybeUninit");
}

static bool copies(const rp_flow_scope *s, rp_ty pointer)
{
    rp_ty to = rp_ty_deref(s->b->types, pointer);
    return to != 0 && rp_ty_is_copy_in(s->b->types, to, s->b->fn);
}

/* let mut a = [x; n]: an x that can be repeated is Copy, whatever is written there later. */
static bool is_repeated(const rp_flow_scope *s, rp_id of)
{
    const rp_ast *ast = s->b->ast;
    rp_id owner = of != 0 && rp_kind_of(ast, of) == RP_N_METHOD_CALL ? rp_kid(ast, of, 0) : 0;
    if (owner == 0 || rp_kind_of(ast, owner) != RP_N_PATH_EXPR)
        return false;
    rp_str name = rp_node_text(ast, owner);
    rp_str changing = rp_arena_printf(s->b->types->arena, "mut %.*s", RP_FMT(name));
    rp_id made = rp_body_let(s->b, changing, of);
    made = made != 0 ? made : rp_body_let(s->b, name, of);
    return made != 0 && rp_kind_of(ast, made) == RP_N_REPEAT;
}

static bool of_bytes(const rp_flow_scope *s, rp_ty pointer)
{
    const rp_type *to = rp_type_of(s->b->types, rp_ty_deref(s->b->types, pointer));
    return to->kind == RP_TY_PRIMITIVE && rp_str_is(to->name, "u8");
}

static bool argument_text_is(const rp_flow_scope *s, const rp_call *call, uint32_t i,
                             const char *text)
{
    rp_id arg = rp_kid(s->b->ast, call->node, (uint32_t)RP_CALL_ARGS + i);
    return arg != 0 && rp_str_is(rp_node_text(s->b->ast, arg), text);
}

/* Functions by their last two words, which say what they are whatever crate spells them. */
static bool function_source(const rp_flow_scope *s, const rp_call *call, rp_flow_source *ret)
{
    static const struct {
        const char *path;
        rp_flow_source kind;
    } rows[] = {
        {"std::intrinsics::copy", RP_FLOW_COPY},
        {"std::intrinsics::copy_nonoverlapping", RP_FLOW_COPY},
        {"std::intrinsics::transmute", RP_FLOW_TRANSMUTE},
        {"std::mem::transmute", RP_FLOW_TRANSMUTE},
        {"std::mem::transmute_copy", RP_FLOW_TRANSMUTE},
        {"std::ptr::copy", RP_FLOW_COPY},
        {"std::ptr::copy_nonoverlapping", RP_FLOW_COPY},
        {"std::ptr::read", RP_FLOW_READ},
        {"std::ptr::read_unaligned", RP_FLOW_READ},
        {"std::ptr::read_volatile", RP_FLOW_READ},
        {"std::ptr::slice_from_raw_parts", RP_FLOW_SLICE},
        {"std::ptr::slice_from_raw_parts_mut", RP_FLOW_SLICE},
        {"std::ptr::write", RP_FLOW_WRITE},
        {"std::ptr::write_unaligned", RP_FLOW_WRITE},
        {"std::ptr::write_volatile", RP_FLOW_WRITE},
        {"std::slice::from_raw_parts", RP_FLOW_SLICE},
        {"std::slice::from_raw_parts_mut", RP_FLOW_SLICE},
        {"std::string::String::from_raw_parts", RP_FLOW_FROM_PARTS},
        {"std::vec::Vec::from_raw_parts", RP_FLOW_FROM_PARTS},
        {"std::vec::Vec::set_len", RP_FLOW_SET_LEN},
    };
    for (size_t i = 0; call->kind == RP_RES_STD && i < sizeof rows / sizeof rows[0]; i++) {
        if (!rp_str_is(call->path, rows[i].path))
            continue;
        *ret = rows[i].kind;
        bool moves = *ret == RP_FLOW_READ || *ret == RP_FLOW_WRITE || *ret == RP_FLOW_COPY;
        if (*ret == RP_FLOW_FROM_PARTS && argument_text_is(s, call, 1, "0"))
            return false; /* owns memory, and nothing in it */
        rp_id to = rp_kid(s->b->ast, call->node, (uint32_t)RP_CALL_ARGS + 1);
        bool other =
            *ret == RP_FLOW_COPY && (copies(s, argument(s, call, 1)) || is_repeated(s, to));
        if (!moves || !(other || copies(s, argument(s, call, 0))))
            return true;
        bool text = *ret == RP_FLOW_COPY &&
                    (of_bytes(s, argument(s, call, 0)) || of_bytes(s, argument(s, call, 1)));
        *ret = RP_FLOW_COPY_TEXT;
        return text;
    }
    return false;
}

static bool in_raw(const rp_flow_scope *s, const rp_call *call)
{
    return rp_ty_is(s->b->types, call->receiver) == RP_TY_RAW;
}

static bool method_source(const rp_flow_scope *s, const rp_call *call, rp_flow_source *ret)
{
    static const char *const copying[] = {"copy_from", "copy_from_nonoverlapping", "copy_to",
                                          "copy_to_nonoverlapping"};
    static const char *const refs[] = {"as_ref", "as_mut", "as_uninit_ref", "as_uninit_mut"};
    bool raw = in_raw(s, call);
    uint32_t n = argument_count(s, call);
    if (rp_str_is(call->name, "set_len") && n == 1)
        *ret = RP_FLOW_SET_LEN;
    else if (rp_str_starts(call->name, "get_unchecked") ||
             rp_str_starts(call->name, "slice_unchecked"))
        *ret = RP_FLOW_UNCHECKED;
    else if (raw && rp_str_starts(call->name, "read") && !copies(s, call->receiver))
        *ret = RP_FLOW_READ;
    else if (raw && rp_str_starts(call->name, "write") && !copies(s, call->receiver) &&
             !rp_str_is(call->name, "write_bytes"))
        *ret = RP_FLOW_WRITE;
    else if (raw && name_is(call->name, copying, sizeof copying / sizeof copying[0]) &&
             !copies(s, call->receiver))
        *ret = RP_FLOW_COPY;
    else if (raw && name_is(call->name, refs, sizeof refs / sizeof refs[0]))
        *ret = RP_FLOW_AS_REF;
    else
        return false;
    return true;
}

bool rp_flow_source_of(const rp_flow_scope *s, const rp_call *call, rp_flow_source *ret)
{
    bool is = call->method ? method_source(s, call, ret) : function_source(s, call, ret);
    if (is && *ret == RP_FLOW_SET_LEN)
        return !rp_flow_shrinks(s, call) && !of_maybe(s, call);
    return is;
}

/* ---- sinks ---- */

/* Methods of std's traits: what a bound by one of them lets a caller's type do. */
static bool std_trait_has(rp_str trait, rp_str name)
{
    static const struct {
        const char *trait, *names;
    } rows[] = {
        {"Read", " read read_exact read_to_end read_to_string read_vectored "},
        {"BufRead", " read read_exact read_to_end fill_buf consume read_until read_line "},
        {"Write", " write write_all flush write_fmt write_vectored "},
        {"Seek", " seek "},
        {"Iterator", " next nth last count fold for_each map filter zip size_hint by_ref "},
        {"DoubleEndedIterator", " next next_back "},
        {"ExactSizeIterator", " next len "},
        {"IntoIterator", " into_iter next "},
        {"Clone", " clone clone_from "},
        {"Ord", " cmp partial_cmp lt le gt ge eq ne max min "},
        {"PartialOrd", " partial_cmp lt le gt ge eq ne "},
        {"PartialEq", " eq ne "},
        {"Eq", " eq ne "},
        {"Borrow", " borrow "},
        {"BorrowMut", " borrow borrow_mut "},
        {"AsRef", " as_ref "},
        {"AsMut", " as_mut "},
        {"Into", " into "},
        {"TryInto", " try_into "},
        {"Hash", " hash "},
        {"Future", " poll "},
        {"Deref", " deref "},
        {"DerefMut", " deref deref_mut "},
        {"Display", " fmt to_string "},
        {"Debug", " fmt "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!rp_str_is(trait, rows[i].trait))
            continue;
        for (const char *at = rows[i].names; (at = strchr(at, ' ')) != NULL && at[1] != 0; at++)
            if (strncmp(at + 1, name.ptr, name.len) == 0 && at[1 + name.len] == ' ')
                return true;
    }
    return false;
}

static bool bound_has(const rp_flow_scope *s, rp_str name)
{
    for (uint32_t i = 0; i < s->bounds.n; i++) {
        const rp_res *b = &s->bounds.items[i];
        bool own = b->kind == RP_RES_DEF && b->left == 0;
        if (own ? rp_def_child(s->b->c, b->def, name) != 0 : std_trait_has(b->last, name))
            return true;
    }
    return false;
}

/* … is it of an unsafe trait? Whoever implements that has promised what the crate relies on. */
static bool is_promised(const rp_flow_scope *s, rp_str name)
{
    for (uint32_t i = 0; i < s->bounds.n; i++) {
        const rp_res *b = &s->bounds.items[i];
        if (b->kind == RP_RES_DEF && b->left == 0 && rp_def_child(s->b->c, b->def, name) != 0)
            return (rp_def_of(s->b->c, b->def)->flags & RP_DEF_UNSAFE) != 0;
    }
    return false;
}

/* Reading into a buffer that the caller gives: &mut of bytes, or a name that says so. */
static bool is_reader(const rp_flow_scope *s, const rp_call *call)
{
    bool named = rp_str_starts(call->name, "read") || rp_str_starts(call->name, "poll_read") ||
                 rp_str_starts(call->name, "recv") || rp_str_starts(call->name, "fill");
    return named && argument_count(s, call) != 0;
}

static bool method_sink(const rp_flow_scope *s, const rp_call *call, bool *ret_sure)
{
    rp_ty of = rp_ty_peel(s->b->types, call->receiver);
    rp_ty_kind kind = rp_ty_is(s->b->types, of);
    bool generic = rp_flow_is_generic(s, call->receiver);
    *ret_sure = generic && !is_promised(s, call->name);
    if (generic)
        return true;
    if (kind == RP_TY_UNKNOWN || kind == RP_TY_EXTERN)
        return bound_has(s, call->name) || (is_reader(s, call) && kind == RP_TY_UNKNOWN);
    return false;
}

/* Is it the name of a trait that bounds a type parameter in scope? */
static bool bound_named(const rp_flow_scope *s, rp_str name)
{
    for (uint32_t i = 0; i < s->bounds.n; i++)
        if (rp_str_eq(s->bounds.items[i].last, name))
            return true;
    return false;
}

/* T::f(), <T as Trait>::f(), Trait::f(t) */
static bool path_sink(const rp_flow_scope *s, const rp_call *call, bool *ret_sure)
{
    const rp_ast *ast = s->b->ast;
    rp_id callee = rp_kid(ast, call->node, 0), param;
    rp_id qself =
        callee != 0 && rp_is_path(rp_kind_of(ast, callee)) ? rp_kid(ast, callee, RP_PATH_QSELF) : 0;
    *ret_sure = true;
    if (callee == 0 || !rp_is_path(rp_kind_of(ast, callee)))
        return false;
    if (qself != 0) {
        rp_ty of = rp_ty_of_node(s->b->types, s->b->fn, s->b->file, rp_kid(ast, qself, 0), NULL);
        return rp_flow_is_generic(s, of);
    }
    rp_path_words w = rp_path_start(ast, callee);
    if (!rp_path_next(&w))
        return false;
    rp_str first = rp_token_word(ast->tokens, w.word);
    bool more = rp_path_next(&w);
    rp_def_id owner = more ? rp_generic_owner(s->b->c, s->b->fn, first, &param) : 0;
    if (owner != 0) {
        *ret_sure = !is_promised(s, call->name);
        return !rp_param_is_closed(s->b->c, s->b->fn, first);
    }
    rp_def_id parent = call->kind == RP_RES_DEF ? rp_def_of(s->b->c, call->def)->parent : 0;
    if (more && parent != 0 && rp_def_of(s->b->c, parent)->kind == RP_DEF_TRAIT) {
        bool given = argument_count(s, call) != 0;
        *ret_sure = rp_str_is(first, "Self") || bound_named(s, rp_def_of(s->b->c, parent)->name) ||
                    (given && rp_flow_is_generic(s, argument(s, call, 0)));
        return *ret_sure || !given || argument(s, call, 0) == 0;
    }
    if (more && bound_named(s, first) && call->kind != RP_RES_DEF)
        return true;
    static const char *const traits[] = {"std::clone::Clone::", "std::cmp::",
                                         "std::convert::",      "std::borrow::Borrow::",
                                         "std::iter::Iterator", "std::iter::IntoIterator",
                                         "std::io::Read::",     "std::io::Write::",
                                         "std::hash::Hash::",   "std::ops::"};
    for (size_t i = 0; call->kind == RP_RES_STD && i < sizeof traits / sizeof traits[0]; i++)
        if (rp_str_starts(call->path, traits[i]))
            return rp_flow_is_generic(s, argument(s, call, 0));
    return false;
}

static bool drop_sink(const rp_flow_scope *s, const rp_call *call, bool *ret_sure)
{
    bool method = call->method && in_raw(s, call) && rp_str_is(call->name, "drop_in_place");
    bool in_place = !call->method && rp_str_is(call->path, "std::ptr::drop_in_place");
    if (method || in_place) {
        rp_ty to = rp_ty_deref(s->b->types, method ? call->receiver : argument(s, call, 0));
        *ret_sure = to != 0 && rp_flow_is_generic(s, to);
        return to == 0 || !rp_ty_is_copy_in(s->b->types, to, s->b->fn);
    }
    rp_ty of = argument(s, call, 0);
    *ret_sure = rp_flow_is_generic(s, of);
    return !call->method && rp_str_is(call->path, "std::mem::drop") &&
           (*ret_sure || (of == 0 && s->bounds.n != 0)) && rp_ty_is(s->b->types, of) != RP_TY_REF;
}

static bool asks_for_char(rp_rust_crate *c, rp_def_id scope, rp_id bounds)
{
    const rp_ast *ast = rp_def_ast(c, scope);
    const rp_node *n = rp_node_of(ast, bounds);
    for (uint32_t i = n->first; bounds != 0 && i + 2 <= n->last; i++)
        if (ast->tokens->kind[i] == RP_T_OPEN_PAREN &&
            rp_str_is(rp_token_word(ast->tokens, i + 1), "char"))
            return true;
    return false;
}

bool rp_flow_takes_char(const rp_flow_scope *s, rp_id call)
{
    rp_id callee = rp_kind_of(s->b->ast, call) == RP_N_CALL ? rp_kid(s->b->ast, call, 0) : 0;
    rp_ty of = callee != 0 ? rp_ty_peel(s->b->types, rp_body_type(s->b, callee)) : 0;
    const rp_type *type = rp_type_of(s->b->types, of);
    return type->kind == RP_TY_PARAM &&
           rp_param_asks(s->b->c, type->def, type->name, asks_for_char);
}

bool rp_flow_sink_of(const rp_flow_scope *s, const rp_call *call, rp_flow_sink *ret, bool *ret_sure)
{
    if (call->value) {
        rp_id callee = rp_kid(s->b->ast, call->node, 0);
        *ret = RP_FLOW_CLOSURE;
        *ret_sure = true;
        return callee != 0 && rp_flow_is_generic(s, rp_body_type(s->b, callee));
    }
    *ret = RP_FLOW_DROP;
    if (drop_sink(s, call, ret_sure))
        return true;
    *ret = is_reader(s, call) ? RP_FLOW_READER : RP_FLOW_METHOD;
    return call->method ? method_sink(s, call, ret_sure) : path_sink(s, call, ret_sure);
}

/* ---- words ---- */

const char *rp_flow_source_text(rp_flow_source kind)
{
    switch (kind) {
    case RP_FLOW_SET_LEN:
        return "the length is set here, over elements that need not be valid";
    case RP_FLOW_FROM_PARTS:
        return "a second owner of the same memory is made here";
    case RP_FLOW_READ:
        return "the value is copied bit by bit here: it exists twice";
    case RP_FLOW_COPY:
        return "values are copied bit by bit here: they exist twice, or leave a hole";
    case RP_FLOW_COPY_TEXT:
        return "bytes of text are moved here: until it is made shorter it need not be UTF-8";
    case RP_FLOW_WRITE:
        return "a value is written here past the compiler's eyes";
    case RP_FLOW_TRANSMUTE:
        return "the value gets another type, or lifetime, here";
    case RP_FLOW_AS_REF:
        return "a raw pointer becomes a reference here";
    case RP_FLOW_UNCHECKED:
        return "an element is taken without a check here";
    case RP_FLOW_SLICE:
        return "a slice is made of a raw pointer here";
    }
    return "";
}

const char *rp_flow_sink_text(rp_flow_sink kind)
{
    switch (kind) {
    case RP_FLOW_METHOD:
        return "code of a type that the caller chooses runs here";
    case RP_FLOW_READER:
        return "a reader that the caller chooses gets the buffer here";
    case RP_FLOW_CLOSURE:
        return "a closure of the caller runs here";
    case RP_FLOW_OPERATOR:
        return "an operator of a type that the caller chooses runs here";
    case RP_FLOW_ITERATOR:
        return "an iterator of the caller runs here";
    case RP_FLOW_DROP:
        return "a destructor of a type that the caller chooses runs here";
    }
    return "";
}
