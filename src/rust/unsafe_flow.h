/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Broken invariants that unknown code can see: one body is walked in the order in which it runs,
 * with the set of operations that have left something unsound (a value twice, a length that is too
 * large, a hole), and each piece of code that the body's own crate does not fix (a method of a type
 * parameter, a closure, a trait object, a destructor) is asked which of them it runs under. Such
 * code may unwind, look, or call back: Bae and others, "Rudra: Finding Memory Safety Bugs in Rust
 * at the Ecosystem Scale", SOSP 2021, section 4.1.
 *
 * Branches join, loops are walked twice, closures may run where they are written. */
#ifndef RP_RUST_UNSAFE_FLOW_H
#define RP_RUST_UNSAFE_FLOW_H

#include "rust/body.h"

/* What leaves something unsound behind. */
typedef enum {
    RP_FLOW_SET_LEN,    /* set_len that may make a vector longer */
    RP_FLOW_FROM_PARTS, /* Vec::from_raw_parts: a second owner */
    RP_FLOW_READ,       /* ptr::read: a second copy */
    RP_FLOW_COPY,       /* ptr::copy: copies, and a hole */
    RP_FLOW_COPY_TEXT, /* … of bytes, where a closure takes characters: half of them may be there */
    RP_FLOW_WRITE,     /* ptr::write: what was there is not dropped */
    RP_FLOW_TRANSMUTE,
    RP_FLOW_AS_REF,    /* as_ref, as_mut of a raw pointer */
    RP_FLOW_UNCHECKED, /* get_unchecked */
    RP_FLOW_SLICE      /* slice::from_raw_parts */
} rp_flow_source;

/* Code that this crate does not fix. */
typedef enum {
    RP_FLOW_METHOD,   /* of a type parameter or trait object */
    RP_FLOW_READER,   /* … that is given a buffer to fill */
    RP_FLOW_CLOSURE,  /* call of a value */
    RP_FLOW_OPERATOR, /* of a type parameter */
    RP_FLOW_ITERATOR, /* `for` over a type parameter */
    RP_FLOW_DROP      /* a destructor */
} rp_flow_sink;

typedef struct {
    rp_id source, sink; /* nodes */
    uint8_t source_kind, sink_kind;
    bool sure;    /* the types say that the sink is unknown code; else its name does */
    bool guarded; /* a local whose type has a destructor in this crate was there */
    bool uninit;  /* the source is over memory that was only reserved */
    bool text;    /* the sink is a closure that takes characters */
} rp_flow_hit;

/* set_len over memory that nobody wrote to since it was reserved. */
typedef struct {
    rp_id reserve, set_len;
} rp_flow_unwritten;

/* What happens in the wrong order. */
typedef enum {
    RP_FLOW_DROP_FIRST,  /* a destructor, then the length or index that says what is alive */
    RP_FLOW_COUNT_FIRST, /* the length, then unknown code, then the write of the element */
    RP_FLOW_LATE_FORGET  /* a second owner, then a way out, then forget */
} rp_flow_order;

typedef struct {
    uint8_t kind; /* rp_flow_order */
    bool sure, guarded;
    rp_id first, between, last; /* between: 0 where there is none */
} rp_flow_misorder;

typedef struct {
    RP_VEC(rp_flow_misorder) misorders;
    RP_VEC(rp_flow_hit) hits;            /* in the order in which they were met */
    RP_VEC(rp_flow_unwritten) unwritten; /* with no unknown reader behind them */
    bool refused;                        /* out of memory, or too deep: hits may be missing */
} rp_flow;

/* The flow through a body; everything lives in the arena of its types. */
void rp_flow_read(const rp_body *body, rp_flow *ret);

/* unsafe_flow_calls.c: what a call does, for the walk. */
typedef struct {
    const rp_body *b;
    RP_VEC(rp_res) bounds; /* traits that bound the type parameters in scope */
} rp_flow_scope;

void rp_flow_scope_read(const rp_body *body, rp_flow_scope *ret);
/* Is a value of that type of a type that the crate's users choose? */
bool rp_flow_is_generic(const rp_flow_scope *s, rp_ty ty);
/* Is it the name of a parameter of the body's function? */
bool rp_flow_is_param(const rp_body *b, rp_str name);
/* Is the call (CALL or METHOD_CALL) a source? */
bool rp_flow_source_of(const rp_flow_scope *s, const rp_call *call, rp_flow_source *ret);
/* set_len to 0, or to less than before by a difference. */
bool rp_flow_shrinks(const rp_flow_scope *s, const rp_call *call);
/* Is it the call of a closure that the caller gives and that takes a `char`? */
bool rp_flow_takes_char(const rp_flow_scope *s, rp_id call);
/* Does the call run unknown code? */
bool rp_flow_sink_of(const rp_flow_scope *s, const rp_call *call, rp_flow_sink *ret,
                     bool *ret_sure);
/* unsafe_flow_guards.c. A type of this crate with a destructor: it may set right what a panic would
 * leave. */
bool rp_flow_is_guard(const rp_body *b, rp_ty ty);
/* How many parameters, self among them, lend a guard to the function: who made it still has it. */
uint32_t rp_flow_given_guards(const rp_body *b);
/* Does a call of ptr::read read where nobody else drops the value: out of ManuallyDrop, in the
 * destructor of what points to it, through a raw pointer that a caller hands over? */
bool rp_flow_is_alone(const rp_flow_scope *s, const rp_call *call);
/* on_unwind(|| f(old), || ptr::write(place, …)): does what runs after a panic stand in a closure
 * beside the one that may panic? */
bool rp_flow_is_restored(const rp_body *b, rp_id source, rp_id sink);
/* Is it an unsafe function whose documentation speaks of panics, so that the caller knows? */
bool rp_flow_is_told(const rp_body *b);
/* fn f() -> !: nobody it was called by goes on with what exists twice. */
bool rp_flow_never_returns(const rp_body *b);
const char *rp_flow_source_text(rp_flow_source kind);
const char *rp_flow_sink_text(rp_flow_sink kind);

#endif
