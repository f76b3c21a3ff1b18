/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* macro_rules! (the Rust Reference, "Macros By Example"): a definition read into matchers, a call
 * matched against them as rustc does it, the rule's right side written out.
 *
 * Never a wrong expansion: where rustc reports an error (ambiguity, a fragment that does not parse,
 * a variable at the wrong depth), or a cap is met, there is none. */
#ifndef RP_RUST_MACRO_H
#define RP_RUST_MACRO_H

#include "rust/macro_tokens.h"
#include "rust/parse.h"

typedef enum {
    RP_MF_NONE,
    RP_MF_BLOCK,
    RP_MF_EXPR,
    RP_MF_EXPR_2021,
    RP_MF_IDENT,
    RP_MF_ITEM,
    RP_MF_LIFETIME,
    RP_MF_LITERAL,
    RP_MF_META,
    RP_MF_PAT,
    RP_MF_PAT_PARAM,
    RP_MF_PATH,
    RP_MF_STMT,
    RP_MF_TT,
    RP_MF_TY,
    RP_MF_VIS
} rp_macro_fragment;

typedef enum {
    RP_LOC_TOKEN,     /* `token`, with those glued to it */
    RP_LOC_VAR,       /* `var`, a `fragment` */
    RP_LOC_SEQUENCE,  /* begins one; `to` is behind it */
    RP_LOC_REPEAT,    /* its end, without separator; `to` is its first */
    RP_LOC_SEPARATOR, /* its end: `token`, then RP_LOC_AGAIN, or behind that */
    RP_LOC_AGAIN,     /* `to` is its first */
    RP_LOC_END        /* of the matcher */
} rp_macro_loc_kind;

/* One place of a matcher, laid out in a row. */
typedef struct {
    uint8_t kind;     /* rp_macro_loc_kind */
    uint8_t op;       /* RP_T_STAR, RP_T_PLUS, RP_T_QUESTION */
    uint8_t fragment; /* rp_macro_fragment */
    uint32_t token, to;
    uint32_t var, end_var; /* variables in a sequence: [var, end_var) */
} rp_macro_loc;

typedef struct {
    rp_str name;
    uint32_t site; /* of the token that names it */
    uint8_t fragment;
} rp_macro_var;

typedef struct {
    const rp_macro_loc *locs;
    uint32_t nlocs;
    const rp_macro_var *vars;
    uint32_t nvars;
    uint32_t from, to; /* the right side, without its delimiters */
} rp_macro_rule;

typedef struct {
    rp_token_source source;
    const rp_macro_rule *rules;
    uint32_t nrules;
    const char *wrong; /* rustc refuses the definition, for this reason: it is of no use */
} rp_macro_rules;

/* Reads the rules between the delimiters `open` and `close`. False when out of memory. */
RP_MUST_CHECK bool rp_macro_rules_read(const rp_token_source *source, uint32_t open, uint32_t close,
                                       rp_arena *arena, rp_macro_rules *ret);

typedef enum {
    RP_MACRO_EXPANDED,
    RP_MACRO_NO_RULE, /* none fits */
    RP_MACRO_ERROR,   /* rustc stops with an error */
    RP_MACRO_LIMIT    /* a cap, or out of memory */
} rp_macro_result;

/* Expands a call whose input is the tokens [from, to) of `in` and puts the result behind what is in
 * `out`. Tokens of the definition get `site`. *fuel goes down by what it cost. */
rp_macro_result rp_macro_expand(const rp_macro_rules *m, const rp_token_source *in, uint32_t from,
                                uint32_t to, uint32_t site, uint64_t *fuel, rp_arena *scratch,
                                rp_token_writer *out);

/* "expr"; RP_MF_NONE for other words. `pat` and `expr` as the edition has them. */
rp_macro_fragment rp_macro_fragment_of(rp_str word, rp_edition edition);

#endif
