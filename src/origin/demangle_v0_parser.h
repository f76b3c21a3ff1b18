/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The parser behind demangle_v0.h, shared by its files. Hostile names: depth is capped, back
 * references only point backwards, the number of steps is capped (back references could double the
 * work at each level), and so is the text. */
#ifndef RP_ORIGIN_DEMANGLE_V0_PARSER_H
#define RP_ORIGIN_DEMANGLE_V0_PARSER_H

#include "origin/demangle.h"

typedef struct {
    rp_str s; /* behind "_R" */
    size_t at;
    unsigned depth;
    unsigned steps;
    bool bad;           /* sticky: nothing more is read or written */
    uint64_t lifetimes; /* bound by the binders around here */
    bool with_hashes;
    rp_buf *out;      /* NULL: only parse */
    rp_mangled *info; /* first path only, then NULL */
} rp_v0;

typedef struct {
    rp_str ascii, punycode;
} rp_v0_ident;

/* Characters: '\0' at the end. rp_v0_next makes the parser bad there. */
char rp_v0_peek(const rp_v0 *d);
char rp_v0_next(rp_v0 *d);
bool rp_v0_eat(rp_v0 *d, char c);
/* Around each recursion; false when too deep. leave is called either way. */
bool rp_v0_enter(rp_v0 *d);
void rp_v0_leave(rp_v0 *d);

void rp_v0_put(rp_v0 *d, const char *text);
void rp_v0_put_char(rp_v0 *d, char c);
void rp_v0_put_number(rp_v0 *d, uint64_t n, bool hex);
void rp_v0_put_ident(rp_v0 *d, rp_v0_ident id);

uint64_t rp_v0_integer_62(rp_v0 *d);
/* 0 without the tag, else the number plus 1. */
uint64_t rp_v0_optional_62(rp_v0 *d, char tag);
rp_v0_ident rp_v0_ident_next(rp_v0 *d);
/* Follows the back reference behind 'B' with f; when only parsing it is not followed (its target
 * was parsed before). */
void rp_v0_backref(rp_v0 *d, void (*f)(rp_v0 *d, bool in_value), bool in_value);
/* Items up to 'E', each by f, `separator` between. Returns how many. */
unsigned rp_v0_list(rp_v0 *d, void (*f)(rp_v0 *d), const char *separator);

void rp_v0_path(rp_v0 *d, bool in_value);
void rp_v0_type(rp_v0 *d);
void rp_v0_constant(rp_v0 *d, bool in_value);
/* "i32" for 'l' and so on, NULL for what is no basic type. */
const char *rp_v0_basic_type(char tag);

#endif
