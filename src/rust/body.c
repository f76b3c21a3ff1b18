/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/body.h"

#include "base/limits.h"
#include "rust/attr.h"
#include "rust/body_parts.h"
#include "rust/externs.h"
#include "rust/macros.h"

enum { NEAR_LOCALS = 2048, MAX_MACROS = 16 };

/* ---- tables by node ---- */

/* Room for nodes that came into the tree since: macros' arguments. */
static bool make_room(rp_reader *r, rp_id node)
{
    rp_body *b = r->b;
    uint32_t need = node - b->low + 1;
    if (node < b->low)
        return false;
    if (need <= b->cap) {
        b->n = need > b->n ? need : b->n;
        return true;
    }
    uint32_t n = need + need / 2;
    rp_ty *ty = rp_new(r->t->arena, n, rp_ty);
    uint32_t *calls = rp_new(r->t->arena, n, uint32_t);
    rp_id *parent = rp_new(r->t->arena, n, rp_id);
    if (ty == NULL || calls == NULL || parent == NULL) {
        b->refused = true;
        return false;
    }
    for (uint32_t i = 0; i < b->n; i++) {
        ty[i] = b->ty[i];
        calls[i] = b->call_of[i];
        parent[i] = b->parent[i];
    }
    b->ty = ty;
    b->call_of = calls;
    b->parent = parent;
    b->cap = n;
    b->n = need;
    return true;
}

void rp_reader_set(rp_reader *r, rp_id node, rp_ty ty)
{
    if (make_room(r, node))
        r->b->ty[node - r->b->low] = ty;
}

/* The innermost local of this name and site; with `def`, one that was bound before it. */
static bool local_of(const rp_reader *r, rp_str name, uint32_t site, const rp_origin *def,
                     rp_ty *ret)
{
    uint32_t n = r->locals.n, steps = 0;
    while (n-- > 0 && steps++ < NEAR_LOCALS) {
        const rp_local *l = &r->locals.items[n];
        bool later = def != NULL && def->file == l->by.file && l->by.at > def->at;
        if (l->by.site != site || later || !rp_str_eq(l->name, name))
            continue;
        *ret = l->ty;
        return true;
    }
    *ret = 0;
    return false;
}

/* A name of a macro's definition is one that the same expansion binds, or one that the definition
 * can see where it stands, which is nothing but for macros defined in bodies. */
bool rp_reader_local(const rp_reader *r, uint32_t token, rp_ty *ret)
{
    rp_str name = rp_token_word(r->b->ast->tokens, token);
    uint32_t site = rp_token_origin(r->t->c, r->b->file, token).site;
    const rp_origin *def = NULL;
    for (unsigned i = 0; i < RP_MAX_MACRO_DEPTH; i++) {
        if (local_of(r, name, site, def, ret))
            return true;
        const rp_macro_site *s = rp_macro_site_of(r->t->c, site);
        if (site == 0 || !s->def_in_body)
            return false;
        def = &s->def;
        site = s->def_site;
    }
    return false;
}

rp_ty rp_reader_std(rp_reader *r, const char *path, rp_ty arg)
{
    rp_ty *args = rp_new(r->t->arena, 1, rp_ty);
    rp_type type = {.kind = RP_TY_STD, .name = rp_str_from(path), .args = args};
    if (args != NULL) {
        args[0] = arg;
        type.nargs = 1;
    }
    return rp_ty_new(r->t, &type);
}

rp_ty rp_reader_primitive(rp_reader *r, const char *name)
{
    rp_type type = {.kind = RP_TY_PRIMITIVE, .name = rp_str_from(name)};
    return rp_ty_new(r->t, &type);
}

rp_ty rp_reader_written(rp_reader *r, rp_id type)
{
    return rp_ty_of_node(r->t, r->b->fn, r->b->file, type, NULL);
}

/* ---- expressions whose kids are understood ---- */

static rp_ty kid_type(const rp_reader *r, rp_id node, uint32_t slot)
{
    rp_id kid = rp_kid(r->b->ast, node, slot);
    return kid != 0 ? rp_reader_type(r, kid) : 0;
}

static rp_ty literal(rp_reader *r, rp_id node)
{
    const rp_tokens *t = r->b->ast->tokens;
    uint32_t at = rp_node_of(r->b->ast, node)->main;
    uint64_t value;
    rp_str suffix;
    switch ((rp_token_kind)t->kind[at]) {
    case RP_T_INT:
        if (rp_token_integer(t, at, &value, &suffix) && suffix.len != 0) {
            rp_type type = {.kind = RP_TY_PRIMITIVE, .name = suffix};
            return rp_ty_new(r->t, &type);
        }
        return rp_reader_primitive(r, "{integer}");
    case RP_T_FLOAT:
        return rp_reader_primitive(r, "{float}");
    case RP_T_TRUE:
    case RP_T_FALSE:
        return rp_reader_primitive(r, "bool");
    case RP_T_CHAR:
        return rp_reader_primitive(r, "char");
    case RP_T_BYTE:
        return rp_reader_primitive(r, "u8");
    case RP_T_STR:
    case RP_T_RAW_STR:
        return rp_ty_of_one(r->t, RP_TY_REF, rp_reader_primitive(r, "str"), false);
    case RP_T_BYTE_STR:
    case RP_T_RAW_BYTE_STR:
        return rp_ty_of_one(r->t, RP_TY_REF,
                            rp_ty_of_one(r->t, RP_TY_ARRAY, rp_reader_primitive(r, "u8"), false),
                            false);
    default:
        return 0;
    }
}

/* Naming something of another crate. */
static rp_ty elsewhere(rp_reader *r, rp_id node, const rp_extern *found)
{
    if (found->res.kind != RP_RES_DEF)
        return 0;
    rp_rust_crate *home = found->c;
    const rp_def d = *rp_def_of(home, found->res.def);
    rp_type type = {.kind = RP_TY_EXTERN, .home = home, .def = found->res.def};
    bool foreign = (d.flags & RP_DEF_FOREIGN) != 0 && (d.flags & RP_DEF_UNSAFE) != 0;
    uint32_t slot = RP_CONST_TYPE;
    switch ((rp_def_kind)d.kind) {
    case RP_DEF_STATIC:
        slot = RP_STATIC_TYPE;
        if (!r->safe_place && foreign)
            rp_reader_op(r, node, RP_UNSAFE_FOREIGN_STATIC, true, 0);
        else if (!r->safe_place && (d.flags & RP_DEF_MUT) != 0)
            rp_reader_op(r, node, RP_UNSAFE_STATIC_MUT, true, 0);
        break;
    case RP_DEF_CONST:
        break;
    case RP_DEF_FN:
        type.kind = RP_TY_FN;
        type.home = NULL;
        type.def = 0;
        type.is_unsafe = (d.flags & RP_DEF_UNSAFE) != 0;
        return rp_ty_new(r->t, &type);
    case RP_DEF_VARIANT:
        type.def = d.parent;
        return rp_ty_new(r->t, &type);
    case RP_DEF_STRUCT:
        return rp_ty_new(r->t, &type);
    default:
        return 0;
    }
    rp_id written = rp_kid(rp_def_ast(home, found->res.def), d.node, slot);
    return written != 0 ? rp_ty_import(r->t, home, d.parent, d.file, written, NULL) : 0;
}

/* A name that is no local: what it stands for, and whether naming it is unsafe. */
static rp_ty global(rp_reader *r, rp_id node)
{
    rp_rust_crate *c = r->t->c;
    rp_res res = rp_resolve_path(c, r->b->fn, r->b->file, node, RP_NS_VALUE);
    rp_id up = rp_body_parent(r->b, node);
    rp_node_kind above = up != 0 ? rp_kind_of(r->b->ast, up) : RP_N_NONE;
    bool called = above == RP_N_MACRO_CALL || above == RP_N_STRUCT_EXPR ||
                  (above == RP_N_CALL && rp_kid(r->b->ast, up, 0) == node);
    if (res.kind == RP_RES_EXTERN && res.left == 0 && !called) {
        rp_extern found = rp_extern_find(c, res.path, RP_NS_VALUE);
        if (found.res.kind != RP_RES_UNKNOWN && found.res.left == 0)
            return elsewhere(r, node, &found);
    }
    if (res.kind != RP_RES_DEF || res.left != 0) {
        if (!called && !r->safe_place && (res.kind == RP_RES_UNKNOWN || res.kind == RP_RES_EXTERN))
            rp_reader_op(r, node, RP_UNSAFE_STATIC_MUT, false, 0);
        return 0;
    }
    const rp_def *d = rp_def_of(c, res.def);
    rp_ast *ast = rp_def_ast(c, res.def);
    rp_subst closed = {.closed = true};
    rp_type type = {.def = res.def};
    switch ((rp_def_kind)d->kind) {
    case RP_DEF_STATIC:
        if (!r->safe_place && (d->flags & RP_DEF_FOREIGN) != 0 && (d->flags & RP_DEF_UNSAFE) != 0)
            rp_reader_op(r, node, RP_UNSAFE_FOREIGN_STATIC, true, 0);
        else if (!r->safe_place && (d->flags & RP_DEF_MUT) != 0)
            rp_reader_op(r, node, RP_UNSAFE_STATIC_MUT, true, 0);
        return rp_ty_of_node(r->t, d->parent, d->file, rp_kid(ast, d->node, RP_STATIC_TYPE),
                             &closed);
    case RP_DEF_CONST:
        return rp_ty_of_node(r->t, d->parent, d->file, rp_kid(ast, d->node, RP_CONST_TYPE),
                             &closed);
    case RP_DEF_STRUCT:
        type.kind = RP_TY_DEF;
        return rp_ty_new(r->t, &type);
    case RP_DEF_VARIANT:
        type.kind = RP_TY_DEF;
        type.def = d->parent;
        return rp_ty_new(r->t, &type);
    case RP_DEF_FN:
        type.kind = RP_TY_FN;
        type.is_unsafe = (d->flags & RP_DEF_UNSAFE) != 0;
        return rp_ty_new(r->t, &type);
    default:
        return 0;
    }
}

static rp_ty name(rp_reader *r, rp_id node)
{
    rp_ty ty;
    rp_path_words w = rp_path_start(r->b->ast, node);
    if (rp_kid(r->b->ast, node, RP_PATH_QSELF) == 0 && rp_path_next(&w)) {
        uint32_t word = w.word;
        if (!rp_path_next(&w) && rp_reader_local(r, word, &ty))
            return ty;
    }
    return global(r, node);
}

static rp_ty deref(rp_reader *r, rp_id node)
{
    rp_ty of = kid_type(r, node, 0);
    rp_ty_kind kind = rp_ty_is(r->t, of);
    rp_id up = rp_body_parent(r->b, node);
    bool named = up != 0 && rp_kind_of(r->b->ast, up) == RP_N_REF &&
                 rp_node_has(r->b->ast, up, RP_Q_RAW); /* &raw const *p reads nothing */
    bool strange = kind == RP_TY_EXTERN && rp_type_of(r->t, of)->home == NULL;
    bool any = kind == RP_TY_UNKNOWN || strange || kind == RP_TY_ASSOC;
    if (!named && (kind == RP_TY_RAW || any))
        rp_reader_op(r, node, RP_UNSAFE_DEREF, kind == RP_TY_RAW, 0);
    rp_ty to = rp_ty_deref(r->t, of);
    return to != 0 || kind == RP_TY_RAW ? to : rp_ty_target(r->t, of);
}

/* Is the place `node` written as a whole? Writing a union's field is safe. */
static bool assigned(const rp_reader *r, rp_id node)
{
    rp_id up = rp_body_parent(r->b, node);
    return up != 0 && rp_kind_of(r->b->ast, up) == RP_N_ASSIGN &&
           rp_kid(r->b->ast, up, 0) == node && rp_node_of(r->b->ast, up)->aux == RP_OP_NONE;
}

/* A field of a type, or of what it dereferences to: *of is that then. */
static rp_ty field_behind(rp_reader *r, rp_ty *of, rp_str name, bool *ret_union)
{
    enum { MAX_DEREFS = 4 };
    rp_ty at = *of;
    for (unsigned i = 0; i < MAX_DEREFS; i++) {
        rp_ty ty = rp_ty_field(r->t, at, name, ret_union);
        if (ty != 0 || *ret_union) {
            *of = at;
            return ty;
        }
        at = rp_ty_target(r->t, rp_ty_peel(r->t, at));
        if (at == 0)
            break;
    }
    return 0;
}

static rp_ty field(rp_reader *r, rp_id node)
{
    bool of_union = false;
    rp_ty of = kid_type(r, node, 0);
    rp_ty ty = field_behind(r, &of, rp_node_word(r->b->ast, node), &of_union);
    if (assigned(r, node) || r->safe_place)
        return ty;
    if (of_union)
        rp_reader_op(r, node, RP_UNSAFE_UNION_FIELD, true, 0);
    else if (rp_ty_is(r->t, of) == RP_TY_EXTERN) {
        if (rp_type_of(r->t, of)->home == NULL || ty == 0)
            rp_reader_op(r, node, RP_UNSAFE_UNION_FIELD, false, 0);
    } else if (rp_ty_is(r->t, of) == RP_TY_UNKNOWN || rp_ty_is(r->t, of) == RP_TY_ASSOC)
        rp_reader_op(r, node, RP_UNSAFE_UNION_FIELD, false, 0);
    return ty;
}

static rp_ty reference(rp_reader *r, rp_id node)
{
    const rp_ast *ast = r->b->ast;
    bool raw = rp_node_has(ast, node, RP_Q_RAW), is_mut = rp_node_has(ast, node, RP_Q_MUT);
    return rp_ty_of_one(r->t, raw ? RP_TY_RAW : RP_TY_REF, kid_type(r, node, 0), is_mut);
}

/* v[i]: an element, or a slice for a range. */
static rp_ty element(rp_reader *r, rp_id node)
{
    rp_ty of = rp_ty_peel(r->t, kid_type(r, node, 0));
    const rp_type *type = rp_type_of(r->t, of);
    rp_id index = rp_kid(r->b->ast, node, 1);
    bool list = type->kind == RP_TY_SLICE || type->kind == RP_TY_ARRAY ||
                (type->kind == RP_TY_STD && (rp_str_is(type->name, "std::vec::Vec") ||
                                             rp_str_is(type->name, "std::collections::VecDeque")));
    if (!list)
        return 0;
    rp_ty item = rp_ty_arg(r->t, of, 0);
    bool range = index != 0 && rp_kind_of(r->b->ast, index) == RP_N_RANGE;
    return range ? rp_ty_of_one(r->t, RP_TY_SLICE, item, false) : item;
}

static rp_ty binary(rp_reader *r, rp_id node)
{
    unsigned op = rp_node_of(r->b->ast, node)->aux;
    if (op >= RP_OP_OR && op <= RP_OP_GE)
        return rp_reader_primitive(r, "bool");
    rp_ty left = kid_type(r, node, 0);
    return rp_ty_is(r->t, left) == RP_TY_PRIMITIVE ? left : 0;
}

/* What a block is worth: its last statement, when that is an expression. */
static rp_ty tail(rp_reader *r, rp_id block)
{
    uint32_t n = rp_kids_count(r->b->ast, block);
    rp_id last = n > RP_BLOCK_STMTS ? rp_kid(r->b->ast, block, n - 1) : 0;
    if (last == 0 || rp_kind_of(r->b->ast, last) != RP_N_EXPR_STMT ||
        rp_node_has(r->b->ast, last, RP_Q_SEMI))
        return 0;
    return kid_type(r, last, 1);
}

static rp_ty first_arm(rp_reader *r, rp_id node)
{
    for (uint32_t i = RP_MATCH_ARMS; i < rp_kids_count(r->b->ast, node); i++) {
        rp_ty ty = kid_type(r, rp_kid(r->b->ast, node, i), RP_ARM_BODY);
        if (ty != 0 && rp_ty_is(r->t, ty) != RP_TY_NEVER)
            return ty;
    }
    return 0;
}

static rp_ty tuple(rp_reader *r, rp_id node)
{
    uint32_t n = rp_kids_count(r->b->ast, node);
    rp_ty *args = rp_new(r->t->arena, n, rp_ty);
    rp_type type = {.kind = RP_TY_TUPLE, .args = args, .nargs = args != NULL ? n : 0};
    for (uint32_t i = 0; args != NULL && i < n; i++)
        args[i] = kid_type(r, node, i);
    return rp_ty_new(r->t, &type);
}

static rp_ty struct_value(rp_reader *r, rp_id node)
{
    rp_id path = rp_kid(r->b->ast, node, 0);
    rp_res res = rp_resolve_path(r->t->c, r->b->fn, r->b->file, path, RP_NS_TYPE);
    rp_type type = {.kind = RP_TY_DEF, .def = res.def};
    if (res.kind == RP_RES_DEF && res.left == 0 &&
        rp_def_of(r->t->c, res.def)->kind == RP_DEF_VARIANT) {
        type.def = rp_def_of(r->t->c, res.def)->parent;
        return rp_ty_new(r->t, &type);
    }
    return rp_ty_of_node(r->t, r->b->fn, r->b->file, path, NULL);
}

/* x? of Option<T> or Result<T, E>. */
static rp_ty tried(rp_reader *r, rp_id node)
{
    rp_ty of = kid_type(r, node, 0);
    const rp_type *type = rp_type_of(r->t, of);
    if (type->kind == RP_TY_ASSOC)
        return of;
    bool known = type->kind == RP_TY_STD && (rp_str_is(type->name, "std::option::Option") ||
                                             rp_str_is(type->name, "std::result::Result"));
    return known ? rp_ty_arg(r->t, of, 0) : 0;
}

static rp_ty type_of_expr(rp_reader *r, rp_id node)
{
    static const rp_type unit = {.kind = RP_TY_TUPLE}, never = {.kind = RP_TY_NEVER};
    switch (rp_kind_of(r->b->ast, node)) {
    case RP_N_LIT:
        return literal(r, node);
    case RP_N_PATH_EXPR:
        return name(r, node);
    case RP_N_PAREN:
    case RP_N_NEG:
    case RP_N_NOT:
        return kid_type(r, node, 0);
    case RP_N_ATTR_EXPR:
        return kid_type(r, node, 1);
    case RP_N_DEREF:
        return deref(r, node);
    case RP_N_REF:
        return reference(r, node);
    case RP_N_CAST:
        return rp_reader_written(r, rp_kid(r->b->ast, node, 1));
    case RP_N_FIELD_EXPR:
        return field(r, node);
    case RP_N_INDEX:
        return element(r, node);
    case RP_N_BINARY:
        return binary(r, node);
    case RP_N_ASSIGN:
        return rp_ty_new(r->t, &unit);
    case RP_N_RETURN:
    case RP_N_BREAK:
    case RP_N_CONTINUE:
        return rp_ty_new(r->t, &never);
    case RP_N_BLOCK:
        return tail(r, node);
    case RP_N_IF:
        return kid_type(r, node, RP_IF_THEN);
    case RP_N_MATCH:
        return first_arm(r, node);
    case RP_N_TUPLE:
        return tuple(r, node);
    case RP_N_ARRAY:
    case RP_N_REPEAT:
        return rp_ty_of_one(r->t, RP_TY_ARRAY, kid_type(r, node, 0), false);
    case RP_N_STRUCT_EXPR:
        return struct_value(r, node);
    case RP_N_TRY:
        return tried(r, node);
    default:
        return 0;
    }
}

/* ---- scopes ---- */

static void open_scope(rp_reader *r)
{
    uint32_t *mark = rp_vec_push(r->t->arena, &r->scopes);
    if (mark != NULL)
        *mark = r->locals.n;
    else
        r->b->refused = true;
}

static void close_scope(rp_reader *r)
{
    if (r->scopes.n != 0)
        r->locals.n = r->scopes.items[--r->scopes.n];
}

static bool has_scope(rp_node_kind kind)
{
    return kind == RP_N_BLOCK || kind == RP_N_ARM || kind == RP_N_CLOSURE || kind == RP_N_FOR ||
           kind == RP_N_IF || kind == RP_N_WHILE;
}

static void open_unsafe(rp_reader *r, rp_id node)
{
    rp_unsafe_block *b = rp_vec_push(r->t->arena, &r->b->blocks);
    uint32_t *at = b != NULL ? rp_vec_push(r->t->arena, &r->open) : NULL;
    if (at == NULL) {
        r->b->refused = true;
        return;
    }
    b->node = node;
    b->nested = r->open.n > 1;
    *at = r->b->blocks.n - 1;
}

static void closure_params(rp_reader *r, rp_id node)
{
    const rp_ast *ast = r->b->ast;
    rp_id params = rp_kid(ast, node, RP_CLOSURE_PARAMS);
    for (uint32_t i = 0; params != 0 && i < rp_kids_count(ast, params); i++) {
        rp_id p = rp_kid(ast, params, i), type = rp_kid(ast, p, RP_PARAM_TYPE);
        if (rp_kind_of(ast, p) == RP_N_PARAM)
            rp_reader_bind(r, rp_kid(ast, p, RP_PARAM_PAT),
                           type != 0 ? rp_reader_written(r, type) : 0);
    }
}

static rp_ty numbered(rp_reader *r, rp_ty item)
{
    rp_ty *args = rp_new(r->t->arena, 2, rp_ty);
    rp_type pair = {.kind = RP_TY_TUPLE, .args = args, .nargs = 2};
    if (args == NULL)
        return 0;
    args[0] = rp_reader_primitive(r, "usize");
    args[1] = item;
    return rp_ty_new(r->t, &pair);
}

/* What `for` hands out, where that is plain: elements of arrays, slices and vectors. */
static rp_ty item_of(rp_reader *r, rp_ty iter)
{
    const rp_type *type = rp_type_of(r->t, iter);
    bool by_ref = type->kind == RP_TY_REF, is_mut = type->is_mut;
    rp_ty list = rp_ty_peel(r->t, iter);
    const rp_type *of = rp_type_of(r->t, list);
    if (of->kind == RP_TY_PARAM || of->kind == RP_TY_ASSOC)
        return rp_ty_of_one(r->t, RP_TY_ASSOC, list, false);
    if (of->kind == RP_TY_STD && rp_str_is(of->name, "std::slice::Iter"))
        return rp_ty_arg(r->t, list, 0);
    if (of->kind == RP_TY_STD && rp_str_is(of->name, "std::iter::Enumerate"))
        return numbered(r, rp_ty_arg(r->t, list, 0));
    if (of->kind != RP_TY_SLICE && of->kind != RP_TY_ARRAY &&
        !(of->kind == RP_TY_STD && rp_str_is(of->name, "std::vec::Vec")))
        return 0;
    rp_ty item = rp_ty_arg(r->t, list, 0);
    return by_ref ? rp_ty_of_one(r->t, RP_TY_REF, item, is_mut) : item;
}

static void enter(rp_reader *r, rp_id node, rp_id parent)
{
    const rp_ast *ast = r->b->ast;
    rp_node_kind kind = rp_kind_of(ast, node);
    if (make_room(r, node))
        r->b->parent[node - r->b->low] = parent;
    if (has_scope(kind))
        open_scope(r);
    if (kind == RP_N_BLOCK && rp_node_has(ast, node, RP_Q_UNSAFE))
        open_unsafe(r, node);
    if (kind == RP_N_BLOCK && parent != 0 && rp_kind_of(ast, parent) == RP_N_FOR)
        rp_reader_bind(r, rp_kid(ast, parent, RP_FOR_PAT),
                       item_of(r, kid_type(r, parent, RP_FOR_ITER)));
    else if (kind == RP_N_ARM)
        rp_reader_bind(r, rp_kid(ast, node, RP_ARM_PAT), kid_type(r, parent, RP_MATCH_EXPR));
    else if (kind == RP_N_CLOSURE)
        closure_params(r, node);
}

static void let(rp_reader *r, rp_id node)
{
    rp_id type = rp_kid(r->b->ast, node, RP_LET_TYPE);
    rp_ty ty = type != 0 ? rp_reader_written(r, type) : kid_type(r, node, RP_LET_INIT);
    rp_reader_bind(r, rp_kid(r->b->ast, node, RP_LET_PAT), ty);
}

static void leave(rp_reader *r, rp_id node)
{
    rp_node_kind kind = rp_kind_of(r->b->ast, node);
    rp_type closure = {.kind = RP_TY_CLOSURE, .file = r->b->file, .node = node};
    switch (kind) {
    case RP_N_LET:
        let(r, node);
        break;
    case RP_N_LET_EXPR:
        rp_reader_bind(r, rp_kid(r->b->ast, node, 0), kid_type(r, node, 1));
        break;
    case RP_N_CALL:
        rp_reader_call(r, node);
        break;
    case RP_N_METHOD_CALL:
        rp_reader_method(r, node);
        break;
    case RP_N_MACRO_CALL:
        rp_reader_macro(r, node);
        break;
    case RP_N_CLOSURE:
        rp_reader_set(r, node, rp_ty_new(r->t, &closure));
        break;
    default:
        rp_reader_set(r, node, type_of_expr(r, node));
        break;
    }
    if (has_scope(kind))
        close_scope(r);
    if (kind == RP_N_BLOCK && rp_node_has(r->b->ast, node, RP_Q_UNSAFE) && r->open.n != 0)
        r->open.n--;
}

/* Types, patterns, paths and items have nothing that runs. */
static bool runs(rp_node_kind kind)
{
    return kind == RP_N_PATH_EXPR ||
           (!rp_is_item(kind) && !rp_is_type(kind) && !rp_is_pattern(kind) && !rp_is_path(kind) &&
            kind != RP_N_ATTRS && kind != RP_N_GENERIC_ARGS && kind != RP_N_PARAMS);
}

void rp_reader_walk(rp_reader *r, rp_id root, rp_id parent)
{
    rp_walk w = rp_walk_start(r->b->ast, root, r->t->arena);
    bool safe_place = r->safe_place;
    for (rp_id id; (id = rp_walk_next(&w)) != 0;) {
        rp_node_kind kind = rp_kind_of(r->b->ast, id);
        if (!runs(kind)) {
            if (w.entering)
                rp_walk_skip(&w);
            continue;
        }
        bool raw = kind == RP_N_REF && rp_node_has(r->b->ast, id, RP_Q_RAW);
        if (w.entering) {
            rp_id up = rp_walk_parent(&w, 1);
            enter(r, id, up != 0 ? up : parent);
            r->safe_place |= raw;
        } else {
            if (raw)
                r->safe_place = safe_place;
            leave(r, id);
        }
    }
    r->b->refused |= w.refused;
    r->safe_place = safe_place;
}

static void params(rp_reader *r)
{
    const rp_ast *ast = r->b->ast;
    rp_id list = rp_body_fn_kid(r->b, RP_FN_PARAMS);
    for (uint32_t i = 0; list != 0 && i < rp_kids_count(ast, list); i++) {
        rp_id p = rp_kid(ast, list, i);
        if (rp_kind_of(ast, p) == RP_N_PARAM) {
            rp_reader_bind(r, rp_kid(ast, p, RP_PARAM_PAT),
                           rp_reader_written(r, rp_kid(ast, p, RP_PARAM_TYPE)));
            continue;
        }
        rp_id type = rp_kid(ast, p, RP_SELF_TYPE);
        rp_ty self = type != 0 ? rp_reader_written(r, type) : rp_ty_self(r->t, r->b->fn, NULL);
        if (type == 0 && rp_node_has(ast, p, RP_Q_REF))
            self = rp_ty_of_one(r->t, RP_TY_REF, self, rp_node_has(ast, p, RP_Q_MUT));
        rp_local *l = rp_vec_push(r->t->arena, &r->locals);
        if (l != NULL)
            *l = (rp_local){RP_STR("self"), self, {0, 0, 0}};
    }
}

/* The lowest and highest id below `root`: kids are made before or after their parents. */
static bool span_of(const rp_ast *ast, rp_id root, rp_arena *arena, rp_id *ret_low, rp_id *ret_high)
{
    *ret_low = *ret_high = root;
    rp_walk w = rp_walk_start(ast, root, arena);
    for (rp_id id; (id = rp_walk_next(&w)) != 0;) {
        *ret_low = id < *ret_low ? id : *ret_low;
        *ret_high = id > *ret_high ? id : *ret_high;
    }
    return !w.refused;
}

bool rp_body_read(rp_types *types, rp_def_id fn, rp_body *ret)
{
    rp_rust_crate *c = types->c;
    rp_id root = rp_def_body(c, fn);
    const rp_def *d = rp_def_of(c, fn);
    rp_ast *ast = rp_def_ast(c, fn);
    rp_body b = {.c = c, .types = types, .fn = fn, .file = d->file, .ast = ast, .root = root};
    if (root == 0)
        return false;
    rp_id high;
    if (!span_of(ast, root, types->arena, &b.low, &high))
        return false;
    rp_reader r = {.b = &b, .t = types};
    r.fn_is_unsafe = (d->flags & RP_DEF_UNSAFE) != 0;
    r.has_features = (d->flags & RP_DEF_FEATURES) != 0;
    if (!make_room(&r, high))
        return false;
    params(&r);
    rp_reader_walk(&r, root, 0);
    b.refused |= types->refused;
    *ret = b;
    return true;
}

/* The statements of a block that begin before the node: their slots end here. */
static uint32_t slots_before(const rp_ast *ast, rp_id block, rp_id node)
{
    uint32_t low = RP_BLOCK_STMTS, high = rp_kids_count(ast, block);
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (rp_node_of(ast, rp_kid(ast, block, mid))->first < rp_node_of(ast, node)->first)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

rp_id rp_body_let(const rp_body *b, rp_str name, rp_id node)
{
    enum { MAX_LOOK = 256 }; /* statements: bodies may have very many, and calls in each */
    uint32_t looks = 0;
    for (rp_id up = rp_body_parent(b, node); up != 0; node = up, up = rp_body_parent(b, node)) {
        if (rp_kind_of(b->ast, up) != RP_N_BLOCK)
            continue;
        for (uint32_t i = slots_before(b->ast, up, node); i-- > RP_BLOCK_STMTS;) {
            rp_id stmt = rp_kid(b->ast, up, i);
            if (looks++ == MAX_LOOK)
                return 0;
            if (rp_kind_of(b->ast, stmt) == RP_N_LET &&
                rp_str_eq(rp_node_text(b->ast, rp_kid(b->ast, stmt, RP_LET_PAT)), name) &&
                rp_kid(b->ast, stmt, RP_LET_INIT) != 0)
                return rp_kid(b->ast, stmt, RP_LET_INIT);
        }
    }
    return 0;
}
