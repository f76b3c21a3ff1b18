/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The tree of one Rust text: nodes of 20 bytes in one array, 32-bit ids, no pointers.
 *
 * A node covers the tokens first..last, both included, and has a main token: its name, operator or
 * keyword. Its kids are ids in slots that its kind fixes (RP_NODES below); slot 0 is the first. An
 * optional kid that is not there is 0, as is any slot behind the last: rp_kid never fails. Node 0
 * is RP_N_NONE. The kids of a node stand in the order of the text, but for the where clause of a
 * tuple struct.
 *
 * A tree can be deep on one side without deep nesting in the text (a + b + c …; else if …;
 * a.b().c() …): walk it with rp_walk, which needs no recursion. */
#ifndef RP_RUST_AST_H
#define RP_RUST_AST_H

#include "base/buf.h"
#include "base/vec.h"
#include "rust/token.h"

typedef uint32_t rp_id; /* of a node in its rp_ast; 0 is none */

/* X(kind, slots, main): the names of the slots, `x*` being a list that goes on to the end; what the
 * main token is, `-` when it is the first. Slots of items begin with `attrs vis`. */
#define RP_NODES(X)                                                                                \
    X(NONE, "", "-")                                                                               \
    X(ERROR, "", "-")    /* tokens that were skipped */                                            \
    X(UNPARSED, "", "-") /* a body or initialiser that rp_ast_slot parses */                       \
    X(FILE, "attrs items*", "-")                                                                   \
    X(NAME, "", "-") /* lone identifiers: labels of use trees, precise captures, … */            \
    X(LIFETIME, "", "-")                                                                           \
    X(ATTRS, "attrs*", "-") /* outer ones, then inner ones */                                      \
    X(ATTR, "path value", "last word of the path")                                                 \
    X(VIS, "path", "-")                                                                            \
    /* items */                                                                                    \
    X(MODULE, "attrs vis items*", "name")                                                          \
    X(FN, "attrs vis abi generics params ret where body", "name")                                  \
    X(STRUCT, "attrs vis generics where fields*", "name")                                          \
    X(UNION, "attrs vis generics where fields*", "name")                                           \
    X(ENUM, "attrs vis generics where variants*", "name")                                          \
    X(TRAIT, "attrs vis generics bounds where items*", "name")                                     \
    X(TRAIT_ALIAS, "attrs vis generics bounds where", "name")                                      \
    X(IMPL, "attrs vis generics trait self where items*", "impl")                                  \
    X(TYPE_ALIAS, "attrs vis generics bounds where type where_after", "name")                      \
    X(CONST, "attrs vis generics type value where", "name or _")                                   \
    X(STATIC, "attrs vis type value", "name")                                                      \
    X(USE, "attrs vis tree", "use")                                                                \
    X(EXTERN_CRATE, "attrs vis", "the crate's name")                                               \
    X(EXTERN_BLOCK, "attrs vis abi items*", "extern")                                              \
    X(MACRO_RULES, "attrs vis", "name")                                                            \
    X(MACRO_DEF, "attrs vis", "name")                                                              \
    X(MACRO_ITEM, "attrs vis call", "!")                                                           \
    X(DELEGATION, "attrs vis path", "the name it gets, or *")                                      \
    /* parts of items */                                                                           \
    X(USE_TREE, "path trees*", "the name it gets, *, or {")                                        \
    X(PARAMS, "params*", "-")                                                                      \
    X(PARAM, "attrs pat type", "-")                                                                \
    X(SELF_PARAM, "attrs lifetime type", "self")                                                   \
    X(FIELD, "attrs vis type default", "name; its first token in tuples")                          \
    X(VARIANT, "attrs vis discriminant fields*", "name")                                           \
    X(GENERICS, "params*", "-")                                                                    \
    X(GENERIC_PARAM, "attrs bounds type default", "name")                                          \
    X(WHERE, "preds*", "-")                                                                        \
    X(WHERE_PRED, "attrs for type bounds", "-")                                                    \
    X(BOUNDS, "bounds*", "-")                                                                      \
    X(BOUND, "for path", "-")                                                                      \
    X(USE_BOUND, "args*", "-")                                                                     \
    /* paths: of an expression, a type, a pattern, anything else */                                \
    X(PATH_EXPR, "qself args*", "last word")                                                       \
    X(PATH_TYPE, "qself args*", "last word")                                                       \
    X(PATH_PAT, "qself args*", "last word")                                                        \
    X(PATH, "qself args*", "last word")                                                            \
    X(QSELF, "type trait", "-")                                                                    \
    X(GENERIC_ARGS, "args*", "-")                                                                  \
    X(PAREN_ARGS, "ret inputs*", "-")                                                              \
    X(ASSOC_ARG, "args bounds value", "name")                                                      \
    /* types */                                                                                    \
    X(TYPE_REF, "lifetime type", "-")                                                              \
    X(TYPE_PTR, "type", "-")                                                                       \
    X(TYPE_SLICE, "type", "-")                                                                     \
    X(TYPE_ARRAY, "type len", "-")                                                                 \
    X(TYPE_TUPLE, "types*", "-")                                                                   \
    X(TYPE_PAREN, "type", "-")                                                                     \
    X(TYPE_NEVER, "", "-")                                                                         \
    X(TYPE_INFER, "", "-")                                                                         \
    X(TYPE_FN, "for abi params ret", "fn")                                                         \
    X(TYPE_DYN, "bounds", "-")                                                                     \
    X(TYPE_IMPL, "bounds", "-")                                                                    \
    X(TYPE_TYPEOF, "expr", "-")                                                                    \
    X(TYPE_BINDER, "for type", "-") /* unsafe<'a> T */                                             \
    /* patterns */                                                                                 \
    X(PAT_WILD, "", "-")                                                                           \
    X(PAT_REST, "", "-")                                                                           \
    X(PAT_NEVER, "", "-")                                                                          \
    X(PAT_IDENT, "sub", "name")                                                                    \
    X(PAT_EXPR, "expr", "-") /* a literal, a negative one, a const block */                        \
    X(PAT_RANGE, "from to", "operator")                                                            \
    X(PAT_REF, "pat", "-")                                                                         \
    X(PAT_BOX, "pat", "-")                                                                         \
    X(PAT_TUPLE, "pats*", "-")                                                                     \
    X(PAT_PAREN, "pat", "-")                                                                       \
    X(PAT_SLICE, "pats*", "-")                                                                     \
    X(PAT_TUPLE_STRUCT, "path pats*", "-")                                                         \
    X(PAT_STRUCT, "path fields*", "-")                                                             \
    X(PAT_FIELD, "attrs pat", "name")                                                              \
    X(PAT_OR, "pats*", "-")                                                                        \
    X(PAT_GUARD, "pat guard", "if")                                                                \
    /* statements; items are statements as they are */                                             \
    X(LET, "attrs pat type init else", "let")                                                      \
    X(EXPR_STMT, "attrs expr", "-")                                                                \
    X(EMPTY_STMT, "", "-")                                                                         \
    /* expressions */                                                                              \
    X(BLOCK, "attrs label stmts*", "{")                                                            \
    X(LIT, "", "-")                                                                                \
    X(UNDERSCORE, "", "-")                                                                         \
    X(PAREN, "expr", "-")                                                                          \
    X(TUPLE, "exprs*", "-")                                                                        \
    X(ARRAY, "exprs*", "-")                                                                        \
    X(REPEAT, "expr len", "-")                                                                     \
    X(STRUCT_EXPR, "path base fields*", "{")                                                       \
    X(FIELD_INIT, "attrs expr", "name")                                                            \
    X(CALL, "callee args*", "(")                                                                   \
    X(METHOD_CALL, "receiver generics args*", "name")                                              \
    X(FIELD_EXPR, "expr", "name or number")                                                        \
    X(INDEX, "expr index", "[")                                                                    \
    X(TRY, "expr", "?")                                                                            \
    X(AWAIT, "expr", "await")                                                                      \
    X(CAST, "expr type", "as")                                                                     \
    X(DEREF, "expr", "*")                                                                          \
    X(NEG, "expr", "-")                                                                            \
    X(NOT, "expr", "!")                                                                            \
    X(REF, "expr", "&")                                                                            \
    X(BINARY, "left right", "operator")                                                            \
    X(ASSIGN, "left right", "operator")                                                            \
    X(RANGE, "from to", "operator")                                                                \
    X(IF, "cond then else", "-")                                                                   \
    X(LET_EXPR, "pat expr", "-")                                                                   \
    X(MATCH, "attrs expr arms*", "match")                                                          \
    X(ARM, "attrs pat guard body", "=>")                                                           \
    X(LOOP, "label body", "loop")                                                                  \
    X(WHILE, "label cond body", "while")                                                           \
    X(FOR, "label pat iter body", "for")                                                           \
    X(CLOSURE, "for params ret body", "|")                                                         \
    X(RETURN, "expr", "-")                                                                         \
    X(BREAK, "label expr", "-")                                                                    \
    X(CONTINUE, "label", "-")                                                                      \
    X(YIELD, "expr", "yield")                                                                      \
    X(YEET, "expr", "yeet")                                                                        \
    X(BECOME, "expr", "-")                                                                         \
    X(USE_EXPR, "expr", "use")                                                                     \
    X(MACRO_CALL, "path", "!")                                                                     \
    X(ATTR_EXPR, "attrs expr", "-")                                                                \
    X(BUILTIN, "", "the word behind #") /* also in place of a pattern */

typedef enum {
#define X(name, slots, main) RP_N_##name,
    RP_NODES(X)
#undef X
        RP_N_COUNT
} rp_node_kind;

/* Slots by name, where two kinds share a meaning they share the number. */
enum {
    RP_SLOT_ATTRS = 0, /* items, FILE, PARAM, FIELD, VARIANT, GENERIC_PARAM, LET, BLOCK, ARM, … */
    RP_SLOT_VIS = 1,   /* items, FIELD, VARIANT */
    RP_FILE_ITEMS = 1,
    RP_MODULE_ITEMS = 2,
    RP_FN_ABI = 2,
    RP_FN_GENERICS,
    RP_FN_PARAMS,
    RP_FN_RET,
    RP_FN_WHERE,
    RP_FN_BODY,
    RP_ADT_GENERICS = 2, /* STRUCT, UNION, ENUM */
    RP_ADT_WHERE,
    RP_ADT_MEMBERS, /* fields or variants, from here on */
    RP_TRAIT_GENERICS = 2,
    RP_TRAIT_BOUNDS,
    RP_TRAIT_WHERE,
    RP_TRAIT_ITEMS,
    RP_IMPL_GENERICS = 2,
    RP_IMPL_TRAIT,
    RP_IMPL_SELF,
    RP_IMPL_WHERE,
    RP_IMPL_ITEMS,
    RP_ALIAS_GENERICS = 2,
    RP_ALIAS_BOUNDS,
    RP_ALIAS_WHERE,
    RP_ALIAS_TYPE,
    RP_ALIAS_WHERE_AFTER,
    RP_CONST_GENERICS = 2,
    RP_CONST_TYPE,
    RP_CONST_VALUE,
    RP_CONST_WHERE,
    RP_STATIC_TYPE = 2,
    RP_STATIC_VALUE,
    RP_USE_TREE = 2,
    RP_EXTERN_ABI = 2,
    RP_EXTERN_ITEMS,
    RP_MACRO_ITEM_CALL = 2,
    RP_TREE_PATH = 0, /* USE_TREE: 0 for `{a, b}` and `*` alone */
    RP_TREE_TREES,
    RP_PARAM_PAT = 1,
    RP_PARAM_TYPE,
    RP_SELF_LIFETIME = 1,
    RP_SELF_TYPE,
    RP_FIELD_TYPE = 2,
    RP_FIELD_DEFAULT,
    RP_VARIANT_VALUE = 2,
    RP_VARIANT_FIELDS,
    RP_GENERIC_BOUNDS = 1, /* GENERIC_PARAM */
    RP_GENERIC_TYPE,       /* of a const parameter */
    RP_GENERIC_DEFAULT,
    RP_PRED_FOR = 1,
    RP_PRED_TYPE, /* a type or a LIFETIME */
    RP_PRED_BOUNDS,
    RP_BOUND_FOR = 0,
    RP_BOUND_PATH, /* a PATH_TYPE or a LIFETIME */
    RP_PATH_QSELF = 0,
    RP_PATH_ARGS,
    RP_CALL_ARGS = 1,
    RP_METHOD_GENERICS = 1,
    RP_METHOD_ARGS,
    RP_BLOCK_LABEL = 1,
    RP_BLOCK_STMTS,
    RP_LET_PAT = 1,
    RP_LET_TYPE,
    RP_LET_INIT,
    RP_LET_ELSE,
    RP_IF_COND = 0,
    RP_IF_THEN,
    RP_IF_ELSE,
    RP_MATCH_EXPR = 1,
    RP_MATCH_ARMS,
    RP_ARM_PAT = 1,
    RP_ARM_GUARD,
    RP_ARM_BODY,
    RP_LOOP_BODY = 1,
    RP_WHILE_COND = 1,
    RP_WHILE_BODY,
    RP_FOR_PAT = 1,
    RP_FOR_ITER,
    RP_FOR_BODY,
    RP_CLOSURE_FOR = 0,
    RP_CLOSURE_PARAMS,
    RP_CLOSURE_RET,
    RP_CLOSURE_BODY,
    RP_STRUCT_EXPR_BASE = 1,
    RP_STRUCT_EXPR_FIELDS
};

/* rp_node.aux: a set of these bits … */
enum {
    RP_Q_CONST = 1, /* FN, TRAIT, IMPL, BLOCK, CLOSURE, BOUND (also ~const, [const]) */
    RP_Q_ASYNC = 2, /* FN, BLOCK, CLOSURE, BOUND */
    RP_Q_GEN = 4,   /* FN, BLOCK */
    RP_Q_UNSAFE =
        8,          /* FN, TRAIT, IMPL, EXTERN_BLOCK, STATIC, BLOCK, TYPE_FN, ATTR, FIELD, MODULE */
    RP_Q_SAFE = 16, /* FN, STATIC in an extern block */
    RP_Q_EXTERN = 32,     /* FN, TYPE_FN: with or without the name of an ABI */
    RP_Q_DEFAULT = 64,    /* items of impls; IMPL */
    RP_Q_AUTO = 128,      /* TRAIT */
    RP_Q_MUT = 256,       /* STATIC, SELF_PARAM, TYPE_REF, TYPE_PTR, PAT_IDENT, PAT_REF, REF */
    RP_Q_REF = 512,       /* SELF_PARAM, PAT_IDENT: by reference */
    RP_Q_NEGATIVE = 1024, /* IMPL: `impl !Trait for` */
    RP_Q_MOVE = 2048,     /* BLOCK, CLOSURE */
    RP_Q_STATIC = 4096,   /* CLOSURE */
    RP_Q_RAW = 8192,      /* REF: &raw const, &raw mut */
    RP_Q_PIN = 16384,     /* REF, TYPE_REF: &pin */
    RP_Q_TRY = 32768,     /* BLOCK */
    RP_Q_INNER = 1,       /* ATTR: #![…], //!, and the one below */
    RP_Q_DOC = 2,         /* ATTR: a documentation comment, which is its only token */
    RP_Q_INLINE = 1,      /* MODULE: with its items here */
    RP_Q_NAMED = 1,       /* STRUCT, VARIANT: { fields }; UNION always */
    RP_Q_TUPLE = 2,       /* STRUCT, VARIANT: ( fields ); neither: unit */
    RP_Q_VARIADIC = 1,    /* PARAM: `...` */
    RP_Q_MAYBE = 4,       /* BOUND: ?Sized */
    RP_Q_BARE = 1,        /* TYPE_DYN: without `dyn` (editions before 2021) */
    RP_Q_SHORTHAND = 1,   /* PAT_FIELD, FIELD_INIT: the name alone */
    RP_Q_REST = 1,        /* PAT_STRUCT, STRUCT_EXPR: ends with `..` without a base */
    RP_Q_SEMI = 1,        /* EXPR_STMT, MACRO_ITEM: with its `;` */
    RP_Q_BOX = 2,         /* PAT_IDENT: `box x` as a field's shorthand */
    RP_Q_GLOBAL = 1       /* PATH*: begins with :: */
};

/* … or one of these. */
typedef enum { RP_VIS_PUB, RP_VIS_CRATE, RP_VIS_SELF, RP_VIS_SUPER, RP_VIS_IN } rp_vis_kind;
typedef enum { RP_GENERIC_LIFETIME, RP_GENERIC_TYPE_PARAM, RP_GENERIC_CONST } rp_generic_kind;
/* USE_TREE: main is the name it gets; the path ends with the name it has. */
typedef enum { RP_TREE_SIMPLE, RP_TREE_RENAME, RP_TREE_GLOB, RP_TREE_NESTED } rp_tree_kind;
typedef enum { RP_RANGE_OPEN, RP_RANGE_CLOSED, RP_RANGE_DOTS } rp_range_kind; /* .. ..= ... */
/* BINARY, ASSIGN (RP_OP_NONE for plain `=`). */
typedef enum {
    RP_OP_NONE,
    RP_OP_OR,
    RP_OP_AND,
    RP_OP_EQ,
    RP_OP_NE,
    RP_OP_LT,
    RP_OP_LE,
    RP_OP_GT,
    RP_OP_GE,
    RP_OP_BIT_OR,
    RP_OP_BIT_XOR,
    RP_OP_BIT_AND,
    RP_OP_SHL,
    RP_OP_SHR,
    RP_OP_ADD,
    RP_OP_SUB,
    RP_OP_MUL,
    RP_OP_DIV,
    RP_OP_REM
} rp_op;

enum {
    RP_F_ERROR = 1, /* the text of this node, not only of its kids, did not parse cleanly */
    RP_F_HALF = 2   /* FIELD_EXPR of `x.0.1`: 0.1 is one token; this is the first half, `x.0` */
};

typedef struct {
    uint8_t kind;  /* rp_node_kind */
    uint8_t flags; /* RP_F_* */
    uint16_t aux;  /* as above, by kind */
    uint32_t first, last;
    uint32_t main;
    uint32_t kids; /* index in rp_ast.kids of their number, the slots follow; 0: no kids */
} rp_node;

/* One text, one tree; bodies are added to it as they are asked for. Not for two threads at a time.
 */
typedef struct {
    const rp_tokens *tokens;
    rp_edition edition;
    rp_arena *arena;
    rp_id root; /* RP_N_FILE, 0 when only fragments were parsed */
    rp_node *nodes;
    uint32_t n, cap;
    uint32_t *kids;
    uint32_t n_kids, cap_kids;
    /* The first RP_MAX_RUST_ERRORS; n_errors counts all. With tokens->n_errors: the text, or what
     * of it was asked for, is no Rust, and what is missing in the tree is unknown, not absent. */
    RP_VEC(rp_rust_error) errors;
    uint32_t n_errors;
    bool refused; /* out of memory somewhere: the tree may lack anything */
} rp_ast;

extern const char *const rp_node_names[RP_N_COUNT]; /* "PATH_TYPE" */
extern const char *const rp_node_slots[RP_N_COUNT]; /* as in RP_NODES */

static inline const rp_node *rp_node_of(const rp_ast *ast, rp_id id)
{
    return &ast->nodes[id];
}

static inline rp_node_kind rp_kind_of(const rp_ast *ast, rp_id id)
{
    return (rp_node_kind)ast->nodes[id].kind;
}

static inline uint32_t rp_kids_count(const rp_ast *ast, rp_id id)
{
    return ast->kids[ast->nodes[id].kids];
}

/* The kid in a slot; 0 when there is none, or no such slot. May be RP_N_UNPARSED: rp_ast_slot in
 * parse.h parses that. */
static inline rp_id rp_kid(const rp_ast *ast, rp_id id, uint32_t slot)
{
    const uint32_t *kids = &ast->kids[ast->nodes[id].kids];
    return slot < kids[0] ? kids[1 + slot] : 0;
}

/* for (uint32_t i = RP_CALL_ARGS; i < rp_kids_count(ast, call); i++) … rp_kid(ast, call, i) */

static inline bool rp_node_has(const rp_ast *ast, rp_id id, uint32_t bits)
{
    return (ast->nodes[id].aux & bits) != 0;
}

static inline bool rp_is_item(rp_node_kind kind)
{
    return kind >= RP_N_MODULE && kind <= RP_N_DELEGATION;
}

static inline bool rp_is_path(rp_node_kind kind)
{
    return kind >= RP_N_PATH_EXPR && kind <= RP_N_PATH;
}

static inline bool rp_is_type(rp_node_kind kind)
{
    return kind == RP_N_PATH_TYPE || (kind >= RP_N_TYPE_REF && kind <= RP_N_TYPE_BINDER);
}

static inline bool rp_is_pattern(rp_node_kind kind)
{
    return kind == RP_N_PATH_PAT || (kind >= RP_N_PAT_WILD && kind <= RP_N_PAT_GUARD);
}

/* Bytes [*ret_start, *ret_end) of the text that the node covers. */
void rp_node_span(const rp_ast *ast, rp_id id, uint32_t *ret_start, uint32_t *ret_end);
rp_str rp_node_text(const rp_ast *ast, rp_id id);
/* The main token as a name: without r#. Empty for node 0. */
rp_str rp_node_word(const rp_ast *ast, rp_id id);

/* The words of a path of any kind, in order; `crate`, `self`, `super`, `Self` and `$crate` are
 * words too. After a qself those behind `>::` only: the trait's are in the QSELF. */
typedef struct {
    const rp_ast *ast;
    rp_id path;
    uint32_t at, end; /* tokens */
    uint32_t slot;
    uint32_t word;  /* out: the token */
    rp_id args;     /* out: its GENERIC_ARGS or PAREN_ARGS, or 0 */
    bool is_dollar; /* out: the word is `crate` of `$crate` */
} rp_path_words;
rp_path_words rp_path_start(const rp_ast *ast, rp_id path);
bool rp_path_next(rp_path_words *w);
/* Is it exactly these words, "std::mem::transmute", whatever its generic arguments? */
bool rp_path_is(const rp_ast *ast, rp_id path, const char *words);

/* The attributes of a node that has the slot (ATTRS or 0); file: rp_kid(ast, ast->root, 0). */
rp_id rp_node_attrs(const rp_ast *ast, rp_id id);
/* The delimited tokens of an attribute or macro call: `open` and its match, with an open brace,
 * bracket or parenthesis; false when there is none. For MACRO_RULES and MACRO_DEF: the body;
 * a `macro` with parameters has its rule in two groups, this gives the first. */
RP_MUST_CHECK bool rp_node_group(const rp_ast *ast, rp_id id, uint32_t *ret_open,
                                 uint32_t *ret_close);

/* A walk through a tree in the order of the text, without recursion.
 *
 *   rp_walk w = rp_walk_start(ast, root, arena);
 *   for (rp_id id; (id = rp_walk_next(&w)) != 0;)
 *       if (w.entering) …  else …
 *
 * Every node comes twice, entering and leaving. Nodes that were added meanwhile are met when their
 * parent has not been passed. */
typedef struct {
    rp_id id;
    uint32_t next; /* slot */
} rp_walk_level;
typedef struct {
    const rp_ast *ast;
    rp_arena *arena;
    RP_VEC(rp_walk_level) path; /* from the root to the node in hand; parents are below it */
    rp_id root;
    bool entering;
    bool refused; /* out of memory: the walk ended early */
} rp_walk;
rp_walk rp_walk_start(const rp_ast *ast, rp_id root, rp_arena *arena);
rp_id rp_walk_next(rp_walk *w);
/* After entering a node: not into its kids; it is left next. */
void rp_walk_skip(rp_walk *w);
/* The parent of the node in hand, n levels up (1 = parent); 0 above the root. */
rp_id rp_walk_parent(const rp_walk *w, uint32_t n);

/* The parent of each node below `root`, indexed by id, 0 where there is none; NULL when out of
 * memory. */
rp_id *rp_ast_parents(const rp_ast *ast, rp_id root, rp_arena *arena);

/* The tree as text, one node a line: indentation, slot, kind, bits, main word. For tests. */
void rp_ast_dump(const rp_ast *ast, rp_id root, rp_arena *scratch, rp_buf *out);

#endif
