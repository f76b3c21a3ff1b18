/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Types as far as they are written down: what signatures, fields, `let`s and casts say, carried
 * through expressions by rust/body.h. No trait is solved and nothing is guessed: a type that would
 * need that is unknown. */
#ifndef RP_RUST_TYPES_H
#define RP_RUST_TYPES_H

#include "rust/resolve.h"

typedef uint32_t rp_ty; /* index in rp_types.items; 0 is unknown */

typedef enum {
    RP_TY_UNKNOWN,
    RP_TY_RAW,    /* *const, *mut of arg 0 */
    RP_TY_REF,    /* & of arg 0 */
    RP_TY_DEF,    /* struct, union, enum, foreign type of the crate: `def`, generic arguments */
    RP_TY_STD,    /* `name`, "std::vec::Vec", generic arguments */
    RP_TY_EXTERN, /* `name` of another crate, generic arguments; `def` of crate `home`, if known */
    RP_TY_PARAM,  /* generic parameter `name` of `def`; `Self` of a trait; impl Trait: no name */
    RP_TY_ASSOC,  /* T::Item of arg 0, `name` */
    RP_TY_PRIMITIVE, /* `name` */
    RP_TY_SLICE,     /* of arg 0 */
    RP_TY_ARRAY,     /* of arg 0 */
    RP_TY_TUPLE,     /* of its arguments; none: () */
    RP_TY_FN,        /* returns arg 0; a function `def`, or a pointer */
    RP_TY_CLOSURE,   /* `node` */
    RP_TY_DYN,       /* `node` has its bounds */
    RP_TY_NEVER
} rp_ty_kind;

typedef struct {
    uint8_t kind;   /* rp_ty_kind */
    bool is_mut;    /* RAW, REF */
    bool is_unsafe; /* FN */
    uint32_t nargs;
    const rp_ty *args;
    rp_def_id def;
    rp_rust_crate *home; /* EXTERN: NULL when its source is not known */
    rp_str name;
    uint32_t file; /* of node */
    rp_id node;    /* PARAM by impl Trait: its TYPE_IMPL; DYN; CLOSURE; FN pointers */
} rp_type;

typedef struct {
    rp_rust_crate *c;
    rp_arena *arena;
    RP_VEC(rp_type) items;
    uint32_t far_fields; /* fields behind the first many of a struct that lookups went through */
    /* Of the type that is being read: parts of it so far, aliases in place of their names, and how
     * many crates lie between it and where the reading began. */
    uint32_t parts, crates;
    uint32_t reading; /* readings in one another */
    bool refused;     /* out of memory, or a cap */
} rp_types;

/* A type has so many parts that aliases which name others twice cannot make it a tree of 2^n. */
enum { RP_MAX_TYPE_PARTS = 4096 };

/* A reading: the first one begins to count. False: no more of the type is read. */
static inline void rp_types_begin(rp_types *t)
{
    if (t->reading++ == 0)
        t->parts = 0;
}
static inline void rp_types_end(rp_types *t)
{
    t->reading--;
}
static inline bool rp_types_part(rp_types *t)
{
    return ++t->parts <= RP_MAX_TYPE_PARTS;
}

/* What the generic parameters of `def` stand for, in order. Closed: those of others are unknown,
 * for types that are read on behalf of another function. */
typedef struct {
    rp_def_id def;
    const rp_ty *args;
    uint32_t nargs;
    bool closed;
} rp_subst;

RP_MUST_CHECK bool rp_types_init(rp_types *t, rp_rust_crate *c, rp_arena *arena);

static inline const rp_type *rp_type_of(const rp_types *t, rp_ty ty)
{
    return &t->items.items[ty];
}

static inline rp_ty_kind rp_ty_is(const rp_types *t, rp_ty ty)
{
    return (rp_ty_kind)t->items.items[ty].kind;
}

/* Argument i, unknown when there is none. */
static inline rp_ty rp_ty_arg(const rp_types *t, rp_ty ty, uint32_t i)
{
    return i < t->items.items[ty].nargs ? t->items.items[ty].args[i] : 0;
}

rp_ty rp_ty_new(rp_types *t, const rp_type *type);
rp_ty rp_ty_with_args(rp_types *t, const rp_type *type, const rp_ty *args, uint32_t n);
rp_ty rp_ty_of_one(rp_types *t, rp_ty_kind kind, rp_ty arg, bool is_mut);

/* The type that a node of `file` means, as seen from `scope`. */
rp_ty rp_ty_of_node(rp_types *t, rp_def_id scope, uint32_t file, rp_id node, const rp_subst *with);
/* Self, as seen from `scope`. */
rp_ty rp_ty_self(rp_types *t, rp_def_id scope, const rp_subst *with);
/* The parameters of `impl` for a receiver of type `of`: impl<T> X<Vec<T>, T> for X<_, u8> gives T =
 * u8. */
rp_subst rp_ty_impl_subst(rp_types *t, rp_def_id impl, rp_ty of);

/* The type that a node in another crate's file means, as far as it means something here: standard
 * types, primitives, pointers to them, and EXTERN ones of that crate or those behind it. `with`: a
 * definition of that crate, and types of `t`; NULL: its parameters are not known. */
rp_ty rp_ty_import(rp_types *t, rp_rust_crate *from, rp_def_id scope, uint32_t file, rp_id node,
                   const rp_subst *with);
/* rp_ty_impl_subst for an impl of another crate and an EXTERN type. */
rp_subst rp_ty_extern_subst(rp_types *t, rp_rust_crate *from, rp_def_id impl, rp_ty of);
/* The type that a path of another crate names (rp_res.path). */
rp_ty rp_ty_of_extern(rp_types *t, rp_str path, const rp_ty *args, uint32_t nargs);
/* A field of an EXTERN type whose home is known; 0: it has none of that name. */
rp_ty rp_ty_extern_field(rp_types *t, const rp_type *of, rp_str name, bool *ret_union);

/* The definition whose generic parameter `name` is, from `scope` outwards; 0: it is none.
 * *ret_param gets its GENERIC_PARAM in the file of the definition. */
rp_def_id rp_generic_owner(const rp_rust_crate *c, rp_def_id scope, rp_str name, rp_id *ret_param);
/* Its place among the type parameters of its owner. */
uint32_t rp_generic_index(const rp_rust_crate *c, rp_def_id owner, rp_str name);

/* A question about a list of bounds (0: none) that stands in `scope`. */
typedef bool rp_bounds_ask(rp_rust_crate *c, rp_def_id scope, rp_id bounds);
/* Is it true of some list of bounds of the parameter, in its declaration or a `where` of its owner
 * or of `scope`? False when there is no such parameter. */
bool rp_param_asks(rp_rust_crate *c, rp_def_id scope, rp_str name, rp_bounds_ask *asks);

/* Field `name` (or "0") of a struct or union, or of what references to it lead to; unknown if there
 * is none. *ret_union: it is a field of a union. */
rp_ty rp_ty_field(rp_types *t, rp_ty of, rp_str name, bool *ret_union);
/* Through references and Box, Rc, Arc, …: what a method call or a field looks at in the end. Raw
 * pointers stay. */
rp_ty rp_ty_peel(const rp_types *t, rp_ty ty);
/* What `*x` gives for x of a type with an impl of Deref in its crate; unknown without. */
rp_ty rp_ty_target(rp_types *t, rp_ty ty);
/* What `*x` gives for x of that type; unknown for what is no pointer. */
rp_ty rp_ty_deref(const rp_types *t, rp_ty ty);
/* Is it surely Copy: numbers, raw pointers, shared references, tuples and arrays of them,
 * parameters with that bound, types that derive it. */
bool rp_ty_is_copy(const rp_types *t, rp_ty ty);
/* … as far as a function of that scope can tell, which may ask more of a parameter of its impl. */
bool rp_ty_is_copy_in(const rp_types *t, rp_ty ty, rp_def_id scope);

#endif
