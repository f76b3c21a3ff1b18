/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Between the files that expand a crate's macros: macros.c names and places, macro_items.c items,
 * macro_extern.c those of other crates, macro_include.c what include! names, macro_body.c bodies.
 */
#ifndef RP_RUST_MACROS_PARTS_H
#define RP_RUST_MACROS_PARTS_H

#include "base/limits.h"
#include "rust/crate_parts.h"
#include "rust/macros.h"

typedef struct {
    rp_str name;
    rp_token_source source;
    uint32_t open, close; /* of its rules */
    uint32_t token;       /* its name */
    rp_id node;           /* in the tree of `source`, for macros outside of bodies */
    uint32_t same;        /* the next one of its name outside of bodies, index; 0: none */
    uint16_t flags;       /* RP_DEF_TEST, RP_DEF_CFG */
    bool exported, in_body;
    bool local_inner;   /* macros that it calls without a path are its crate's */
    bool known;         /* a definition of ours, or of another crate */
    rp_str krate;       /* … as this crate calls it, "" none */
    bool brings_unsafe; /* its text has `unsafe`, or calls a macro that brings it */
    bool is_read;
    rp_macro_rules rules;
} rp_macro;

/* Textual scope: a list from the latest definition back. */
typedef struct {
    uint32_t macro;
    uint32_t before; /* index in rp_macros.envs, 0: none */
} rp_macro_env;

/* A macro of another crate that was asked for. */
typedef struct {
    rp_str path;
    uint32_t macro;         /* 0: not known */
    const rp_rust_file *of; /* the other crate's file with its definition … */
    uint32_t file;          /* … and this crate's copy */
} rp_macro_foreign;

struct rp_macros {
    RP_VEC(rp_macro) items;      /* [0] is none */
    RP_VEC(rp_macro_env) envs;   /* [0] is none */
    RP_VEC(rp_macro_site) sites; /* [0] is none */
    uint32_t *slots;             /* hash of name → first macro */
    uint32_t nslots, nhashed;
    uint64_t fuel;
    uint32_t tokens_left;
    uint32_t includes;   /* files that include! brought */
    uint32_t known_file; /* index in the crate's files, 0: not read yet */
    RP_VEC(rp_macro_foreign) foreign;
    RP_VEC(rp_str) preludes; /* crates whose macros `#[macro_use] extern crate` brings */
    bool preludes_known;
    bool own_only;     /* other crates are not asked for the call in hand */
    bool unsafe_known; /* brings_unsafe has been passed on */
    bool limit_met;
    rp_macro_stats stats;
};

typedef struct rp_macros rp_macros;

/* Adds a definition; 0 when it is none or there is no room. Those in bodies are found by scope
 * alone. */
uint32_t rp_macro_define(rp_rust_crate *c, const rp_token_source *source, const rp_ast *ast,
                         rp_id node, bool in_body);
/* The scope with one more definition; `env` itself when out of memory. */
uint32_t rp_macro_env_with(rp_rust_crate *c, uint32_t env, uint32_t macro);
uint32_t rp_macro_env_at(const rp_rust_file *f, uint32_t token);
/* Which macro a path means, 0: none that is known. `scope` is the definition around, `file` the
 * crate's file of `ast`, UINT32_MAX when it is none of them. */
uint32_t rp_macro_find(rp_rust_crate *c, rp_def_id scope, uint32_t file, const rp_ast *ast,
                       rp_id path, uint32_t env);
/* The first macro of a name, 0: none. */
uint32_t rp_macro_named(const rp_rust_crate *c, rp_str name);

/* Expands call `node` (MACRO_CALL) of `ast`, whose tokens are `source`, behind what `out` has; if
 * it does not, the call stays as it is. */
RP_MUST_CHECK rp_macro_result rp_macro_call_expand(rp_rust_crate *c, uint32_t macro,
                                                   const rp_token_source *source, const rp_ast *ast,
                                                   rp_id node, rp_arena *scratch,
                                                   rp_token_writer *out);
/* A call stays that a cap keeps from being expanded: what it becomes is a gap of the crate. The
 * first is told. */
void rp_macro_limit_met(rp_rust_crate *c, uint32_t file, rp_id node);
/* Makes a file of what was written, parsed as the inside of `of`. NULL: it does not parse, or out
 * of memory. The writer's arena is not the crate's. */
rp_rust_file *rp_macro_file(rp_rust_crate *c, rp_token_writer *w, rp_node_kind of, rp_str path,
                            rp_arena *scratch, uint32_t *ret_index);

/* Of those of one name the first that is exported, 0: none. */
uint32_t rp_macro_exported(const rp_macros *m, uint32_t first);

/* Is it the name of one of std's own? */
bool rp_macro_is_std(rp_str name);

/* macro_body.c: calls in signatures and types of fields, of all definitions so far. */
void rp_macros_expand_types(rp_rust_crate *c);

/* macro_extern.c: the macro of another crate that a path means, as rp_res.path has it; 0: none that
 * is known. */
uint32_t rp_macro_of_path(rp_rust_crate *c, rp_str path);
/* … of those that `#[macro_use] extern crate` brings. */
uint32_t rp_macro_of_prelude(rp_rust_crate *c, rp_str name);

/* macro_include.c: does the path mean std's include!? */
bool rp_is_include(const rp_ast *ast, rp_id path);
/* The file that an include! in place of items names, read as the inside of `of`: its index,
 * UINT32_MAX when it is not there, or what it is called is not known: that is a gap. */
uint32_t rp_macro_include(rp_rust_crate *c, const rp_macro_item *item, rp_node_kind of);

rp_token_source rp_file_source(const rp_rust_crate *c, uint32_t file);

#endif
