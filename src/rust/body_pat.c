/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/body_parts.h"
#include "rust/macros.h"

static void bind_name(rp_reader *r, rp_id pattern, rp_ty ty, bool by_ref, bool is_mut)
{
    const rp_ast *ast = r->b->ast;
    rp_local *l = rp_vec_push(r->t->arena, &r->locals);
    if (l == NULL) {
        r->b->refused = true;
        return;
    }
    if (rp_node_has(ast, pattern, RP_Q_REF)) {
        by_ref = true;
        is_mut = rp_node_has(ast, pattern, RP_Q_MUT);
    }
    *l = (rp_local){rp_node_word(ast, pattern),
                    by_ref && ty != 0 ? rp_ty_of_one(r->t, RP_TY_REF, ty, is_mut) : ty,
                    rp_token_origin(r->t->c, r->b->file, rp_node_of(ast, pattern)->main)};
    if (rp_kid(ast, pattern, 0) != 0)
        rp_reader_bind(r, rp_kid(ast, pattern, 0), ty);
}

/* The type of what Some(x), Ok(x), or a tuple struct's place i holds. */
static rp_ty held(rp_reader *r, rp_id path, rp_ty of, uint32_t i)
{
    const rp_type *type = rp_type_of(r->t, of);
    rp_str word = rp_node_word(r->b->ast, path);
    bool is_union;
    if (type->kind == RP_TY_STD && rp_str_is(type->name, "std::result::Result"))
        return rp_ty_arg(r->t, of, rp_str_is(word, "Err") ? 1 : 0);
    if (type->kind == RP_TY_STD)
        return rp_str_is(type->name, "std::option::Option") ? rp_ty_arg(r->t, of, 0) : 0;
    if (type->kind != RP_TY_DEF)
        return 0;
    const rp_def *d = rp_def_of(r->t->c, type->def);
    char number[12] = {(char)('0' + i % 10), 0};
    if (d->kind == RP_DEF_STRUCT)
        return i < 10 ? rp_ty_field(r->t, of, (rp_str){number, 1}, &is_union) : 0;
    rp_def_id v = rp_def_child(r->t->c, type->def, word);
    if (v == 0 || rp_def_of(r->t->c, v)->kind != RP_DEF_VARIANT)
        return 0;
    const rp_ast *ast = rp_def_ast(r->t->c, v);
    rp_subst with = {.def = type->def, .args = type->args, .nargs = type->nargs, .closed = true};
    rp_id f = rp_kid(ast, rp_def_of(r->t->c, v)->node, RP_VARIANT_FIELDS + i);
    return f != 0 ? rp_ty_of_node(r->t, type->def, d->file, rp_kid(ast, f, RP_FIELD_TYPE), &with)
                  : 0;
}

static rp_ty field_of(rp_reader *r, rp_id pattern, rp_ty of, rp_id field)
{
    bool is_union;
    const rp_type *type = rp_type_of(r->t, of);
    (void)pattern;
    if (type->kind != RP_TY_DEF || rp_def_of(r->t->c, type->def)->kind == RP_DEF_ENUM)
        return 0;
    return rp_ty_field(r->t, of, rp_node_word(r->b->ast, field), &is_union);
}

/* Through references: what is bound below is then a reference, too. */
static rp_ty default_mode(rp_reader *r, rp_ty ty, bool *by_ref, bool *is_mut)
{
    for (unsigned i = 0; i < 8 && rp_ty_is(r->t, ty) == RP_TY_REF; i++) {
        *is_mut = (!*by_ref || *is_mut) && rp_type_of(r->t, ty)->is_mut;
        *by_ref = true;
        ty = rp_ty_arg(r->t, ty, 0);
    }
    return ty;
}

/* The depth is bounded by the parser's. */
static void bind(rp_reader *r, rp_id pattern, rp_ty ty, bool by_ref, bool is_mut)
{
    const rp_ast *ast = r->b->ast;
    rp_node_kind kind = rp_kind_of(ast, pattern);
    uint32_t n = rp_kids_count(ast, pattern);
    if (kind == RP_N_PAT_TUPLE || kind == RP_N_PAT_TUPLE_STRUCT || kind == RP_N_PAT_STRUCT ||
        kind == RP_N_PAT_SLICE)
        ty = default_mode(r, ty, &by_ref, &is_mut);
    switch (kind) {
    case RP_N_PAT_IDENT:
        bind_name(r, pattern, ty, by_ref, is_mut);
        break;
    case RP_N_PAT_REF:
        bind(r, rp_kid(ast, pattern, 0), rp_ty_deref(r->t, ty), false, false);
        break;
    case RP_N_PAT_BOX:
    case RP_N_PAT_PAREN:
    case RP_N_PAT_GUARD:
        bind(r, rp_kid(ast, pattern, 0), kind == RP_N_PAT_BOX ? rp_ty_deref(r->t, ty) : ty, by_ref,
             is_mut);
        break;
    case RP_N_PAT_TUPLE:
        for (uint32_t i = 0; i < n; i++)
            bind(r, rp_kid(ast, pattern, i), rp_ty_arg(r->t, ty, i), by_ref, is_mut);
        break;
    case RP_N_PAT_OR:
        for (uint32_t i = 0; i < n; i++)
            bind(r, rp_kid(ast, pattern, i), ty, by_ref, is_mut);
        break;
    case RP_N_PAT_SLICE:
        for (uint32_t i = 0; i < n; i++)
            bind(r, rp_kid(ast, pattern, i), rp_ty_arg(r->t, ty, 0), by_ref, is_mut);
        break;
    case RP_N_PAT_TUPLE_STRUCT:
        for (uint32_t i = 1; i < n; i++)
            bind(r, rp_kid(ast, pattern, i), held(r, rp_kid(ast, pattern, 0), ty, i - 1), by_ref,
                 is_mut);
        break;
    case RP_N_PAT_STRUCT:
        for (uint32_t i = 1; i < n; i++) {
            rp_id f = rp_kid(ast, pattern, i);
            if (rp_kind_of(ast, f) == RP_N_PAT_FIELD && rp_kid(ast, f, 1) != 0)
                bind(r, rp_kid(ast, f, 1), field_of(r, pattern, ty, f), by_ref, is_mut);
        }
        break;
    default:
        break;
    }
}

void rp_reader_bind(rp_reader *r, rp_id pattern, rp_ty ty)
{
    if (pattern != 0)
        bind(r, pattern, ty, false, false);
}
