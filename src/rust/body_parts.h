/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the files that understand a body share: body.c walks, body_pat.c binds names, body_calls.c
 * says what calls call and give, body_ops.c what is unsafe. */
#ifndef RP_RUST_BODY_PARTS_H
#define RP_RUST_BODY_PARTS_H

#include "rust/body.h"

typedef struct {
    rp_str name;
    rp_ty ty;
    rp_origin by; /* the token that binds it: names of different macro calls differ */
} rp_local;

typedef struct {
    rp_body *b;
    rp_types *t;
    RP_VEC(rp_local) locals; /* innermost last */
    RP_VEC(uint32_t) scopes; /* how many locals there were before each */
    RP_VEC(uint32_t) open;   /* unsafe blocks around, in b->blocks */
    unsigned macros;         /* macro calls around */
    bool safe_place;         /* inside &raw or addr_of!: places are only named */
    bool fn_is_unsafe;
    bool has_features; /* the function has #[target_feature] */
} rp_reader;

void rp_reader_set(rp_reader *r, rp_id node, rp_ty ty);
static inline rp_ty rp_reader_type(const rp_reader *r, rp_id node)
{
    return rp_body_type(r->b, node);
}
/* The type of the innermost local that a token names; false when there is none. */
bool rp_reader_local(const rp_reader *r, uint32_t token, rp_ty *ret);
rp_ty rp_reader_std(rp_reader *r, const char *path, rp_ty arg);
rp_ty rp_reader_primitive(rp_reader *r, const char *name);
rp_ty rp_reader_written(rp_reader *r, rp_id type); /* a type node of the body */

/* body_pat.c: the names of a pattern, for a value of type `ty`. */
void rp_reader_bind(rp_reader *r, rp_id pattern, rp_ty ty);

/* body_calls.c: CALL and METHOD_CALL; sets their types. */
void rp_reader_call(rp_reader *r, rp_id node);
void rp_reader_method(rp_reader *r, rp_id node);

/* body_ops.c */
void rp_reader_op(rp_reader *r, rp_id node, rp_unsafe_kind kind, bool sure, uint32_t call);
void rp_reader_call_op(rp_reader *r, const rp_call *call, uint32_t index);
void rp_reader_macro(rp_reader *r, rp_id node);

/* body.c: understands a tree beside the body's own, such as a macro's arguments. */
void rp_reader_walk(rp_reader *r, rp_id root, rp_id parent);

#endif
