/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The modules of a crate, from its root file on (Reference, "Module source filenames"), and what
 * `use` brings in. Files are parsed without bodies. Modules that macros make are not found here:
 * rp_modules_add takes them when the macro has been expanded, rp_modules_include what include!
 * names. */
#ifndef RP_RUST_MODULES_H
#define RP_RUST_MODULES_H

#include "rust/cfg.h"
#include "rust/macro_tokens.h"
#include "rust/parse.h"

/* From token `from` of a file on, these macro definitions are in scope (rust/macros.h). */
typedef struct {
    uint32_t from, env;
} rp_macro_scope;

typedef struct {
    rp_str path; /* as it was opened */
    uint64_t dev, ino;
    rp_error err; /* code != RP_OK: it could not be read, there are no tokens and no tree */
    rp_tokens tokens;
    rp_ast ast;
    rp_lines lines;              /* made when first asked for */
    uint32_t includer;           /* index + 1 of the file whose include! names it, 0: none */
    rp_str folder;               /* of what include! brought: where files of its modules lie */
    const rp_token_source *made; /* NULL: a file that was read; else an expansion */
    RP_VEC(rp_macro_scope) scopes;
} rp_rust_file;

typedef enum {
    RP_MODULE_FILE,
    RP_MODULE_INLINE,
    RP_MODULE_OFF,     /* its cfg does not hold; not read */
    RP_MODULE_MISSING, /* there is no such file, or only a module above it has it */
    RP_MODULE_UNREAD   /* the file is there and could not be read: its err says why */
} rp_module_kind;

typedef struct {
    rp_module_kind kind;
    rp_str name;        /* empty for the root */
    uint32_t parent;    /* index in modules; the root is 0 and its own parent */
    uint32_t file;      /* index in files: of its items (FILE, INLINE, UNREAD) */
    rp_id items;        /* the FILE or MODULE there; 0 when it has none */
    uint32_t declared;  /* index in files: of its declaration */
    rp_id declaration;  /* the MODULE there; 0 for the root */
    rp_tri active;      /* of its cfg and those of the modules around it */
    uint32_t depth;     /* of the root: 0 */
    rp_str folder;      /* where files of its modules lie */
    rp_str path_folder; /* what #[path] in it is relative to */
} rp_module;

typedef struct {
    rp_arena *arena;
    rp_edition edition;
    const rp_cfg *cfg;
    bool bare; /* files are read without bodies (rp_lex_bare) */
    RP_VEC(rp_rust_file *) files;
    RP_VEC(rp_module) modules; /* parents first */
    uint64_t text_left;        /* bytes of the files that may still be read */
    bool capped; /* RP_MAX_RUST_MODULES, their depth, or text_left was met: modules are missing */
} rp_modules;

/* Reads the root and all modules below it. `cfg` must outlive the result. A root that cannot be
 * read is an error; of other files the module says so. */
RP_MUST_CHECK rp_code rp_modules_read(const char *root, rp_edition edition, const rp_cfg *cfg,
                                      bool bare, rp_arena *arena, rp_modules *ret, rp_error *err);
/* The module that MODULE `declaration` of file `file` declares inside module `parent`, and all
 * below it. */
RP_MUST_CHECK rp_code rp_modules_add(rp_modules *m, uint32_t parent, uint32_t file,
                                     rp_id declaration, rp_error *err);

/* The file `path` that an include! in file `by` names, relative to that file or, `from_here`, to
 * the working folder; read as the inside of `of` (rp_parse_inside). *ret is UINT32_MAX when there
 * is no such file, or it includes itself. */
RP_MUST_CHECK rp_code rp_modules_include(rp_modules *m, uint32_t by, rp_str path, bool from_here,
                                         rp_node_kind of, uint32_t *ret, rp_error *err);

/* One leaf of a use declaration. */
typedef struct {
    rp_id item;            /* the USE */
    rp_id tree;            /* the USE_TREE of the leaf */
    const uint32_t *words; /* tokens of the whole path: for `use a::{b as c}` a, b; a final `self`
                            * is left out */
    uint32_t n_words;
    uint32_t name; /* token of the name it gets (`_` too); of the `*` of a glob */
    bool glob;     /* all of what the words name */
    bool global;   /* begins with :: */
} rp_use;
typedef RP_VEC(rp_use) rp_uses;
/* All leaves of one USE. RP_E_LIMIT: a path of more than RP_MAX_PATH_WORDS words. */
RP_MUST_CHECK rp_code rp_uses_of(const rp_ast *ast, rp_id use, rp_arena *arena, rp_uses *to,
                                 rp_error *err);

#endif
