/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* One function's body, or the value of a constant or static, understood once for all rules: types
 * of its expressions, what its calls call, and which of its operations are unsafe (the Rust
 * Reference, "Unsafety"). */
#ifndef RP_RUST_BODY_H
#define RP_RUST_BODY_H

#include "rust/std_table.h"
#include "rust/types.h"

typedef enum {
    RP_UNSAFE_DEREF,        /* of a raw pointer */
    RP_UNSAFE_CALL,         /* of an unsafe function or method */
    RP_UNSAFE_FOREIGN_CALL, /* of a function in an extern block */
    RP_UNSAFE_STATIC_MUT,   /* use of a `static mut` */
    RP_UNSAFE_FOREIGN_STATIC,
    RP_UNSAFE_UNION_FIELD, /* read of a union's field */
    RP_UNSAFE_ASM,
    RP_UNSAFE_FEATURE_CALL, /* of a function with #[target_feature] */
    RP_UNSAFE_MACRO         /* a macro whose expansion is not known: it may do any of these */
} rp_unsafe_kind;

/* One operation. Not `sure`: it may be unsafe, for all that is known. */
typedef struct {
    rp_id node;
    uint8_t kind; /* rp_unsafe_kind */
    bool sure;
    bool in_block; /* inside an unsafe block of this body */
    bool in_fn;    /* outside of blocks, in an unsafe function */
    uint32_t call; /* index in rp_body.calls + 1 for calls, else 0 */
} rp_unsafe_op;

/* What a CALL or METHOD_CALL calls. */
typedef struct {
    rp_id node;
    rp_res_kind kind;       /* UNKNOWN, DEF, STD, EXTERN */
    rp_def_id def;          /* DEF */
    rp_str path;            /* STD, EXTERN: "std::vec::Vec::set_len" */
    rp_str name;            /* the last word */
    rp_rust_crate *home;    /* EXTERN: the crate of `there`, NULL when its source is not known */
    rp_def_id there;        /* … the function, or what is constructed */
    const rp_std_item *std; /* its row, when it has one */
    rp_ty receiver;         /* METHOD_CALL: the type of what it is called on */
    bool method;
    bool value; /* a call of a local, a field, a closure: whatever it holds */
} rp_call;

/* A block, closure body or function body that is, or lies in, unsafe. */
typedef struct {
    rp_id node;         /* BLOCK */
    bool nested;        /* inside another unsafe block */
    uint32_t sure, all; /* unsafe operations in it, nested blocks included */
} rp_unsafe_block;

typedef struct {
    rp_rust_crate *c;
    rp_types *types;
    rp_def_id fn; /* or the constant, the static */
    uint32_t file;
    rp_ast *ast;
    rp_id root; /* BLOCK; of a value whatever it is */
    rp_id low;  /* nodes of the body and of its macros' arguments lie in [low, low + n) */
    uint32_t n;
    uint32_t cap;      /* of the tables by node */
    rp_ty *ty;         /* by node - low */
    uint32_t *call_of; /* by node - low: index in calls + 1 */
    rp_id *parent;     /* by node - low */
    RP_VEC(rp_call) calls;
    RP_VEC(rp_unsafe_op) ops;
    RP_VEC(rp_unsafe_block) blocks;
    bool refused; /* out of memory or a cap: what is missing is unknown */
} rp_body;

/* Understands the body or value of `fn`; false when it has none, or memory ran out
 * (types->refused). Everything lives in the arena of `types`. */
RP_MUST_CHECK bool rp_body_read(rp_types *types, rp_def_id fn, rp_body *ret);

/* A slot of the function whose body it is, 0 of constants and statics. */
static inline rp_id rp_body_fn_kid(const rp_body *b, uint32_t slot)
{
    const rp_def *d = rp_def_of(b->c, b->fn);
    return d->kind == RP_DEF_FN ? rp_kid(b->ast, d->node, slot) : 0;
}

/* The type that its value has, as it is written; 0: (). */
static inline rp_id rp_body_result(const rp_body *b)
{
    const rp_def *d = rp_def_of(b->c, b->fn);
    uint32_t slot = d->kind == RP_DEF_FN      ? (uint32_t)RP_FN_RET
                    : d->kind == RP_DEF_CONST ? (uint32_t)RP_CONST_TYPE
                                              : (uint32_t)RP_STATIC_TYPE;
    return rp_kid(b->ast, d->node, slot);
}

static inline rp_ty rp_body_type(const rp_body *b, rp_id node)
{
    return node >= b->low && node - b->low < b->n ? b->ty[node - b->low] : 0;
}

static inline rp_id rp_body_parent(const rp_body *b, rp_id node)
{
    return node >= b->low && node - b->low < b->n ? b->parent[node - b->low] : 0;
}

/* The call made by a node, NULL when it makes none. */
static inline const rp_call *rp_body_call(const rp_body *b, rp_id node)
{
    bool in = node >= b->low && node - b->low < b->n;
    uint32_t i = in ? b->call_of[node - b->low] : 0;
    return i != 0 ? &b->calls.items[i - 1] : NULL;
}

const char *rp_unsafe_kind_text(rp_unsafe_kind kind); /* "dereference of a raw pointer" */

/* The value of the last `let name = …` before the node, in a block around it; 0: there is none, or
 * none near by. */
rp_id rp_body_let(const rp_body *b, rp_str name, rp_id node);

#endif
