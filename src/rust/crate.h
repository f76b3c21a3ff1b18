/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* One crate: its files as its module tree names them, and everything that it defines by name (the
 * Rust Reference, "Items", "Modules", "Use declarations"). Bodies of functions are parsed when
 * somebody looks into them.
 *
 * What depends on a `cfg` that is not known is taken in and marked; of two definitions of one name
 * the first is found that a usual build has. */
#ifndef RP_RUST_CRATE_H
#define RP_RUST_CRATE_H

#include "rust/modules.h"

enum {                             /* what a manifest's [lints] say of the crate */
       RP_LINT_NO_UNSAFE = 1,      /* unsafe_code: forbid or deny */
       RP_LINT_UNSAFE_OP_IN_FN = 2 /* unsafe_op_in_unsafe_fn: warn, deny or forbid */
};

enum { RP_LEFT_WORDS = 1 << 15 };

typedef uint32_t rp_def_id; /* index in rp_rust_crate.defs; 0 is none, 1 the root module */

typedef enum {
    RP_DEF_MODULE,
    RP_DEF_FN,
    RP_DEF_STRUCT,
    RP_DEF_UNION,
    RP_DEF_ENUM,
    RP_DEF_VARIANT,
    RP_DEF_TRAIT,
    RP_DEF_TYPE, /* alias, or associated type */
    RP_DEF_CONST,
    RP_DEF_STATIC,
    RP_DEF_MACRO,
    RP_DEF_IMPL, /* has no name */
    RP_DEF_EXTERN_CRATE
} rp_def_kind;

enum {                         /* rp_def.flags */
       RP_DEF_UNSAFE = 1,      /* fn, trait, impl; foreign items unless they are `safe` */
       RP_DEF_PUB = 2,         /* `pub` without restriction; items of traits and trait impls too */
       RP_DEF_FOREIGN = 4,     /* in an extern block */
       RP_DEF_MUT = 8,         /* static mut */
       RP_DEF_METHOD = 16,     /* takes self */
       RP_DEF_TEST = 32,       /* under cfg(test), or a test */
       RP_DEF_CFG = 64,        /* under a cfg that was not evaluated */
       RP_DEF_FEATURES = 128,  /* #[target_feature] */
       RP_DEF_NEGATIVE = 256,  /* impl !Trait */
       RP_DEF_UNIT_CTOR = 512, /* struct or variant that is also a value: unit or tuple */
       RP_DEF_IN_BODY = 1024,  /* defined inside a function */
       RP_DEF_SELDOM = 2048    /* under a cfg that few builds set: another one of its name is it */
};

typedef struct {
    rp_str name;
    rp_id node;       /* in files[file].ast; the FILE node for modules with a file of their own */
    uint32_t file;    /* index in rp_rust_crate.files */
    rp_def_id parent; /* module, trait, impl, enum, function; 0 of the root */
    rp_def_id first;  /* its first child, 0: none */
    rp_def_id last;   /* its last child */
    rp_def_id next;   /* the next child of its parent */
    rp_def_id same;   /* another one with this parent and name, whatever its namespace */
    uint32_t imports; /* its first import: index in rp_rust_crate.imports, + 1 */
    uint32_t impls;   /* of types and traits: first of rp_rust_crate.impls, + 1 (linked ones) */
    uint16_t flags;
    uint8_t kind; /* rp_def_kind */
} rp_def;

/* A name that a `use` brings into a module, or a glob (name empty). */
typedef struct {
    rp_str name;
    rp_def_id module; /* where it stands; a function for those in bodies */
    uint32_t file;
    rp_id tree;      /* USE_TREE; EXTERN_CRATE for `extern crate x as y` */
    uint32_t prefix; /* index in rp_rust_crate.prefixes of the paths before it, 0: none */
    uint32_t next;   /* the next import of this module, index + 1 */
    uint32_t same;   /* the next one of this module and name (of its globs), index + 1 */
    bool glob, pub;  /* pub: for everybody */
    bool seldom;     /* as RP_DEF_SELDOM, or for tests */
} rp_import;

/* `use a::b::{c::{d}}`: d's path is that of its own tree behind those of c's and a::b's. */
typedef struct {
    rp_id tree;
    uint32_t outer; /* index, 0: none */
} rp_use_prefix;

typedef struct {
    rp_str name;
    rp_def_id def;
    uint32_t unsafes;  /* unsafe ones before it in the list */
    uint32_t in_trait; /* the first from it on that stands in a trait; nmethods: none does */
} rp_method;

/* One impl, after rp_rust_crate_link. */
typedef struct {
    rp_def_id def;
    rp_def_id type;    /* of the crate, 0: another's, or no path */
    rp_def_id trait;   /* of the crate, 0: none, or another's: */
    rp_str trait_path; /* … "std::marker::Send"; empty for inherent impls and unknown ones */
    uint32_t next_of_type, next_of_trait; /* index + 1 */
    bool inherent;
} rp_impl;

/* A macro call in place of items. */
typedef struct {
    uint32_t file;
    rp_id node; /* MACRO_ITEM */
    rp_def_id parent;
    uint16_t flags; /* that its items get */
} rp_macro_item;

/* Source that is named, under no cfg, and is not there, or that a macro makes beyond a cap: what it
 * holds is unknown. */
typedef struct {
    uint32_t file; /* where it is named */
    rp_id node;
    rp_str why;
} rp_rust_gap;

typedef struct {
    rp_str name; /* of the crate, with underscores */
    rp_edition edition;
    uint32_t lints; /* RP_LINT_ */
    bool build_script;
    rp_arena *arena;
    rp_modules modules;
    struct {
        rp_rust_file **items;
        uint32_t n;
    } files; /* those of `modules`, expansions among them: see rp_rust_file.made */
    RP_VEC(rp_def_id) module_defs;     /* by module */
    RP_VEC(rp_macro_item) macro_items; /* met so far, those of one file together, by node */
    struct rp_macros *macros;
    RP_VEC(rp_def) defs;
    RP_VEC(rp_import) imports;
    RP_VEC(rp_use_prefix) prefixes;
    RP_VEC(rp_impl) impls;
    rp_method *methods; /* functions of impls and traits, by name, once linked */
    uint32_t nmethods;
    bool linked, linking;
    struct rp_def_slot {
        uint32_t hash; /* of (parent, name), so that other definitions need not be looked at */
        rp_def_id def;
    } * slots;
    uint32_t nslots, nhashed;
    uint32_t *use_slots; /* hash of (module, name) → import, + 1 */
    uint32_t nuse_slots, nhashed_uses;
    struct rp_names *names; /* what was found out (names.h) */
    uint32_t named;         /* grows with what names in modules hang on: items, imports, impls */
    RP_VEC(rp_rust_gap) gaps;
    /* What is left out for its cfg. */
    uint64_t left_words[RP_LEFT_WORDS / 64]; /* bits of hashes: words of items */
    uint64_t left_names[RP_LEFT_WORDS / 64]; /* … with the module that they are missing in */
    bool left_anything;                      /* modules, globs, macros: any name may be in them */
    bool left_macros;                        /* calls that are there may lack their definition */
    bool refused;      /* out of memory, or a cap: what is missing is unknown */
    uint8_t *exported; /* by definition: rp_def_is_exported, once asked for */
    uint32_t nexported;
    bool exports_nothing;
    rp_str manifest;            /* path of its Cargo.toml; "" unknown */
    rp_str out_dir;             /* where its build script wrote; "" unknown */
    struct rp_externs *externs; /* NULL: nothing is known of other crates */
    uint32_t package;           /* of a dependency: which (rust/externs.h) */
    bool dependency;            /* opened for the names in it: a view (rust/outline.h) */
} rp_rust_crate;

typedef struct {
    rp_str name;
    rp_str root; /* path of lib.rs, main.rs, … */
    rp_edition edition;
    uint32_t lints;                      /* RP_LINT_ */
    bool build_script;                   /* runs where the package is built, and is not shipped */
    const struct rp_rust_opener *opener; /* NULL: names end at the crate */
    rp_str manifest;                     /* path of its Cargo.toml, for the opener; "" none */
    rp_str out_dir;    /* where its build script wrote when it was run last; "" it was not */
    bool bare;         /* bodies of functions are not asked for */
    uint64_t max_made; /* bytes of the files that include! and macros name; 0: no limit */
    const rp_cfg *cfg; /* what it rules out is not there; NULL: nothing. Outlives the crate */
} rp_rust_source;

/* Reads the root and every file that its modules name. Only the root's absence is an error; other
 * files that cannot be read are in the list with their reason. The crate lives in `arena`. */
RP_MUST_CHECK rp_code rp_rust_crate_read(const rp_rust_source *source, rp_arena *arena,
                                         rp_rust_crate **ret, rp_error *err);

/* Gives back what it shares with other crates (rust/outline.h). With rp_rust_source.opener its last
 * use, when nothing that came out of it is needed any more. */
void rp_rust_crate_close(rp_rust_crate *c);

/* A file that was read; others are expansions, whose tokens were written elsewhere. */
static inline bool rp_rust_file_is_source(const rp_rust_file *f)
{
    return f->made == NULL;
}

/* What a file with errors lacks is unknown, not absent. */
static inline bool rp_rust_file_unread(const rp_rust_file *f)
{
    return f->err.code != RP_OK;
}

static inline bool rp_rust_file_unsound(const rp_rust_file *f)
{
    return f->err.code == RP_OK && (f->tokens.n_errors != 0 || f->ast.n_errors != 0);
}

/* Something is missing for want of memory, or beyond a cap: what was not found is unknown. */
static inline bool rp_rust_crate_refused(const rp_rust_crate *c)
{
    return c->refused || c->arena->refused;
}

static inline const rp_def *rp_def_of(const rp_rust_crate *c, rp_def_id id)
{
    return &c->defs.items[id];
}

static inline rp_ast *rp_def_ast(const rp_rust_crate *c, rp_def_id id)
{
    return &c->files.items[c->defs.items[id].file]->ast;
}

/* The definition `name` directly in `parent`, 0: none; others by .same. */
rp_def_id rp_def_child(const rp_rust_crate *c, rp_def_id parent, rp_str name);
/* The first import of a module that brings `name`, "" a glob: index + 1, 0: none; others by .same.
 */
uint32_t rp_import_named(const rp_rust_crate *c, rp_def_id module, rp_str name);
/* The module (or function with items in its body) that a definition's names are looked up in. */
rp_def_id rp_def_module(const rp_rust_crate *c, rp_def_id id);
/* "crate::a::b::Type::method", for messages; in the crate's arena. */
rp_str rp_def_path(const rp_rust_crate *c, rp_def_id id, rp_arena *arena);

/* Fills c->impls: which types and traits of the crate the impls are for. Once; cheap when done. */
void rp_rust_crate_link(rp_rust_crate *c);

/* What was linked of an impl, NULL: it was not. */
const rp_impl *rp_impl_of(const rp_rust_crate *c, rp_def_id def);

/* The functions called `name` in whatever impl or trait, with self or without; result: how many,
 * *ret_first: the first of them in c->methods. The crate is linked. */
uint32_t rp_methods_named(const rp_rust_crate *c, rp_str name, uint32_t *ret_first);
/* How many of the n methods from `first` on are unsafe. */
uint32_t rp_unsafe_methods(const rp_rust_crate *c, uint32_t first, uint32_t n);

/* The slot of a definition's node for what it runs: a function's body, the value of a constant or
 * static; 0: it is none of them. */
uint32_t rp_def_body_slot(const rp_rust_crate *c, rp_def_id id);
/* The body of a function, a BLOCK, or the value of a constant or static, parsed now if it was not;
 * or 0. Items inside become definitions with it as their parent. */
rp_id rp_def_body(rp_rust_crate *c, rp_def_id id);

/* Line and column (both from 1, columns in characters) of a byte offset of a file; 0, 0 when out of
 * memory. */
void rp_rust_place(rp_rust_crate *c, uint32_t file, uint32_t at, uint32_t *ret_line,
                   uint32_t *ret_column);

#endif
