/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Shapes of code that several rules ask for. */
#ifndef RP_CHECKS_UNSAFE_SHAPES_H
#define RP_CHECKS_UNSAFE_SHAPES_H

#include "rust/rule.h"

/* What is inside of parentheses, casts and blocks that only hold a value. */
rp_id rp_shape_bare(const rp_ast *ast, rp_id expr);
/* The name, when the bare expression is a path of one word; else empty. */
rp_str rp_shape_name(const rp_ast *ast, rp_id expr);
/* Is the word among the tokens of the node, or in a string literal of it? */
bool rp_shape_mentions(const rp_ast *ast, rp_id node, rp_str word);

/* The type node of the parameter of that name, 0: the function has none, or its body gives the name
 * another meaning or value. */
rp_id rp_shape_param(const rp_body *body, rp_str name);
/* Is it `pub`, safe and no test? */
bool rp_shape_pub_and_safe(const rp_body *body);
/* … and can code outside of the crate call it (rust/exports.h)? */
bool rp_shape_public_and_safe(const rp_body *body);

/* Does the documentation of an item, as a comment or an attribute, speak of safety, or is it
 * hidden?
 */
bool rp_shape_tells_safety(const rp_ast *ast, rp_id item);

typedef enum { RP_UNTESTED, RP_TESTED_IN_DEBUG, RP_TESTED } rp_tested;
/* Does a condition, a match, an assertion or a method that bounds a value mention the name before
 * the node? Debug assertions alone are RP_TESTED_IN_DEBUG. */
rp_tested rp_shape_tested(rp_rule_run *run, const rp_body *body, rp_str name, rp_id before);

/* Is the operator one of < <= > >=? */
bool rp_shape_compares(unsigned op);
/* How many bits the integer has that the expression is of (usize: 64); 0: not known to be one. */
unsigned rp_shape_int_bits(const rp_body *body, rp_id expr);
/* The call that the operation is, if it is one of the standard library's that ask for bounds, for
 * capacity or for memory to read or write; else NULL. */
const rp_call *rp_shape_needs_bounds(const rp_body *body, const rp_unsafe_op *op);
/* The call that the operation is, if it is surely one, in an unsafe block; else NULL. */
const rp_call *rp_shape_block_call(const rp_body *body, const rp_unsafe_op *op);
/* Asks about the calls that `pick` takes among the body's unsafe operations until one has a note.
 * Each question may walk through the body: only so many are asked. */
typedef const rp_call *rp_shape_pick(const rp_body *body, const rp_unsafe_op *op);
typedef bool rp_shape_question(rp_rule_run *run, const rp_body *body, const rp_call *call);
void rp_shape_ask(rp_rule_run *run, const rp_body *body, rp_shape_pick *pick,
                  rp_shape_question *ask);

/* Is the expression made of size_of, or is it a local made of it? */
bool rp_shape_says_size(const rp_body *body, rp_id expr);

/* A call of mem::transmute. Types are unknown and nodes 0 where nobody writes them. */
typedef struct {
    const rp_call *call;
    rp_id value;              /* the argument */
    rp_ty from, to;           /* from: as written, else the argument's */
    rp_id from_node, to_node; /* types in the body's file */
} rp_transmute;

/* The i-th call of the body, if it is a transmute. */
bool rp_shape_transmute(rp_rule_run *run, const rp_body *body, uint32_t i, rp_transmute *ret);

#endif
