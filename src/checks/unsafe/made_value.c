/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/unsafe/made_value.h"

enum { MAX_UP = 16 };

rp_ty rp_first_type(const rp_body *b, rp_id args)
{
    rp_id type = args != 0 ? rp_kid(b->ast, args, 0) : 0;
    return type != 0 && rp_is_type(rp_kind_of(b->ast, type))
               ? rp_ty_of_node(b->types, b->fn, b->file, type, NULL)
               : 0;
}

rp_ty rp_called_with_type(const rp_body *b, rp_id call)
{
    rp_id callee = rp_kid(b->ast, call, 0), args = 0;
    if (callee == 0 || !rp_is_path(rp_kind_of(b->ast, callee)))
        return 0;
    for (rp_path_words w = rp_path_start(b->ast, callee); rp_path_next(&w);)
        args = w.args;
    return rp_first_type(b, args);
}

static rp_ty of_let(const rp_body *b, rp_id let)
{
    rp_id type = rp_kid(b->ast, let, RP_LET_TYPE);
    return type != 0 ? rp_ty_of_node(b->types, b->fn, b->file, type, NULL) : 0;
}

/* What a value that stands at the end of blocks goes to. */
rp_ty rp_made_type(const rp_body *b, rp_id call)
{
    rp_ty ty = rp_called_with_type(b, call);
    rp_id at = call;
    for (unsigned i = 0; ty == 0 && i < MAX_UP; i++) {
        rp_id up = rp_body_parent(b, at);
        rp_node_kind kind = up != 0 ? rp_kind_of(b->ast, up) : RP_N_NONE;
        bool tail = kind == RP_N_EXPR_STMT && !rp_node_has(b->ast, up, RP_Q_SEMI);
        if (kind == RP_N_LET)
            return of_let(b, up);
        if (kind != RP_N_PAREN && kind != RP_N_BLOCK && !tail)
            break;
        uint32_t n = kind == RP_N_BLOCK ? rp_kids_count(b->ast, up) : 0;
        if (kind == RP_N_BLOCK && rp_kid(b->ast, up, n - 1) != at)
            break;
        at = up;
    }
    return ty;
}

bool rp_never_zero(const rp_body *b, rp_ty ty)
{
    static const char *const names[] = {
        "std::boxed::Box",     "std::num::NonZero", "std::ptr::NonNull", "std::rc::Rc",
        "std::string::String", "std::sync::Arc",    "std::vec::Vec"};
    const rp_type *type = rp_type_of(b->types, ty);
    if (type->kind == RP_TY_ARRAY)
        type = rp_type_of(b->types, rp_ty_arg(b->types, ty, 0));
    if (type->kind == RP_TY_REF || type->kind == RP_TY_FN || type->kind == RP_TY_NEVER)
        return true;
    for (size_t i = 0; type->kind == RP_TY_STD && i < sizeof names / sizeof names[0]; i++)
        if (rp_str_is(type->name, names[i]))
            return true;
    return type->kind == RP_TY_STD && rp_str_starts(type->name, "std::num::NonZero");
}
