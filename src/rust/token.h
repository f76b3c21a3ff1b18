/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The tokens of one Rust text (the Rust Reference, "Lexical structure", editions 2015 to 2024).
 *
 * Struct of arrays: token i is kind[i] and start[i]; n tokens, then one RP_T_EOF at [n]. White
 * space and comments are no tokens: comments have a table of their own and know the token they
 * stand before; documentation comments are tokens, because the grammar and macros treat them as
 * attributes. Nothing is lost: tokens, comments and the white space between them are the text.
 *
 * `>` is always one token, so that `Vec<Vec<T>>` ends where its `>` stands; `>>`, `>=` and `>>=`
 * are two or three tokens side by side (rp_tokens_glued). All other operators are one token, the
 * longest that fits; the parser splits `&&`, `||` and `<<` where the grammar wants halves. */
#ifndef RP_RUST_TOKEN_H
#define RP_RUST_TOKEN_H

#include "base/arena.h"
#include "base/error.h"

typedef enum { RP_EDITION_2015, RP_EDITION_2018, RP_EDITION_2021, RP_EDITION_2024 } rp_edition;

/* X(name, spelling). Words first: a kind up to the last weak keyword is an identifier in every
 * edition, see rp_is_ident. */
#define RP_TOKENS(X)                                                                               \
    X(EOF, "end of file")                                                                          \
    X(ERROR, "unknown token")                                                                      \
    X(IDENT, "identifier")                                                                         \
    X(RAW_IDENT, "raw identifier")                                                                 \
    /* weak keywords: identifiers that mean something in some places */                            \
    X(AUTO, "auto")                                                                                \
    X(BUILTIN, "builtin")                                                                          \
    X(DEFAULT, "default")                                                                          \
    X(PIN, "pin")                                                                                  \
    X(RAW, "raw")                                                                                  \
    X(REUSE, "reuse")                                                                              \
    X(SAFE, "safe")                                                                                \
    X(UNION, "union")                                                                              \
    X(YEET, "yeet")                                                                                \
    /* keywords from an edition on: gen 2024, the others 2018 */                                   \
    X(GEN, "gen")                                                                                  \
    X(ASYNC, "async")                                                                              \
    X(AWAIT, "await")                                                                              \
    X(DYN, "dyn")                                                                                  \
    X(TRY, "try")                                                                                  \
    /* words that begin a path */                                                                  \
    X(CRATE, "crate")                                                                              \
    X(SELF, "self")                                                                                \
    X(SELF_TYPE, "Self")                                                                           \
    X(SUPER, "super")                                                                              \
    X(AS, "as")                                                                                    \
    X(BECOME, "become")                                                                            \
    X(BOX, "box")                                                                                  \
    X(BREAK, "break")                                                                              \
    X(CONST, "const")                                                                              \
    X(CONTINUE, "continue")                                                                        \
    X(DO, "do")                                                                                    \
    X(ELSE, "else")                                                                                \
    X(ENUM, "enum")                                                                                \
    X(EXTERN, "extern")                                                                            \
    X(FALSE, "false")                                                                              \
    X(FN, "fn")                                                                                    \
    X(FOR, "for")                                                                                  \
    X(IF, "if")                                                                                    \
    X(IMPL, "impl")                                                                                \
    X(IN, "in")                                                                                    \
    X(LET, "let")                                                                                  \
    X(LOOP, "loop")                                                                                \
    X(MACRO, "macro")                                                                              \
    X(MATCH, "match")                                                                              \
    X(MOD, "mod")                                                                                  \
    X(MOVE, "move")                                                                                \
    X(MUT, "mut")                                                                                  \
    X(PUB, "pub")                                                                                  \
    X(REF, "ref")                                                                                  \
    X(RETURN, "return")                                                                            \
    X(STATIC, "static")                                                                            \
    X(STRUCT, "struct")                                                                            \
    X(TRAIT, "trait")                                                                              \
    X(TRUE, "true")                                                                                \
    X(TYPE, "type")                                                                                \
    X(TYPEOF, "typeof")                                                                            \
    X(UNSAFE, "unsafe")                                                                            \
    X(USE, "use")                                                                                  \
    X(WHERE, "where")                                                                              \
    X(WHILE, "while")                                                                              \
    X(YIELD, "yield")                                                                              \
    /* reserved without a meaning so far */                                                        \
    X(ABSTRACT, "abstract")                                                                        \
    X(FINAL, "final")                                                                              \
    X(OVERRIDE, "override")                                                                        \
    X(PRIV, "priv")                                                                                \
    X(UNSIZED, "unsized")                                                                          \
    X(VIRTUAL, "virtual")                                                                          \
    X(UNDERSCORE, "_")                                                                             \
    X(LIFETIME, "lifetime")                                                                        \
    /* literals, with their suffix */                                                              \
    X(INT, "integer literal")                                                                      \
    X(FLOAT, "floating-point literal")                                                             \
    X(CHAR, "character literal")                                                                   \
    X(BYTE, "byte literal")                                                                        \
    X(STR, "string literal")                                                                       \
    X(RAW_STR, "raw string literal")                                                               \
    X(BYTE_STR, "byte string literal")                                                             \
    X(RAW_BYTE_STR, "raw byte string literal")                                                     \
    X(C_STR, "C string literal")                                                                   \
    X(RAW_C_STR, "raw C string literal")                                                           \
    X(DOC_OUTER, "documentation comment")                                                          \
    X(DOC_INNER, "inner documentation comment")                                                    \
    /* delimiters; the invisible ones are empty and stand around a fragment in expansions */       \
    X(OPEN_PAREN, "(")                                                                             \
    X(OPEN_BRACKET, "[")                                                                           \
    X(OPEN_BRACE, "{")                                                                             \
    X(OPEN_NONE, "start of a fragment")                                                            \
    X(CLOSE_PAREN, ")")                                                                            \
    X(CLOSE_BRACKET, "]")                                                                          \
    X(CLOSE_BRACE, "}")                                                                            \
    X(CLOSE_NONE, "end of a fragment")                                                             \
    X(SEMI, ";")                                                                                   \
    X(COMMA, ",")                                                                                  \
    X(DOT, ".")                                                                                    \
    X(DOT_DOT, "..")                                                                               \
    X(DOT_DOT_DOT, "...")                                                                          \
    X(DOT_DOT_EQ, "..=")                                                                           \
    X(COLON, ":")                                                                                  \
    X(COLON_COLON, "::")                                                                           \
    X(ARROW, "->")                                                                                 \
    X(FAT_ARROW, "=>")                                                                             \
    X(LEFT_ARROW, "<-")                                                                            \
    X(HASH, "#")                                                                                   \
    X(DOLLAR, "$")                                                                                 \
    X(QUESTION, "?")                                                                               \
    X(AT, "@")                                                                                     \
    X(TILDE, "~")                                                                                  \
    X(NOT, "!")                                                                                    \
    X(EQ, "=")                                                                                     \
    X(EQ_EQ, "==")                                                                                 \
    X(NOT_EQ, "!=")                                                                                \
    X(LT, "<")                                                                                     \
    X(LT_EQ, "<=")                                                                                 \
    X(GT, ">")                                                                                     \
    X(LT_LT, "<<")                                                                                 \
    X(LT_LT_EQ, "<<=")                                                                             \
    X(PLUS, "+")                                                                                   \
    X(PLUS_EQ, "+=")                                                                               \
    X(MINUS, "-")                                                                                  \
    X(MINUS_EQ, "-=")                                                                              \
    X(STAR, "*")                                                                                   \
    X(STAR_EQ, "*=")                                                                               \
    X(SLASH, "/")                                                                                  \
    X(SLASH_EQ, "/=")                                                                              \
    X(PERCENT, "%")                                                                                \
    X(PERCENT_EQ, "%=")                                                                            \
    X(CARET, "^")                                                                                  \
    X(CARET_EQ, "^=")                                                                              \
    X(AND, "&")                                                                                    \
    X(AND_AND, "&&")                                                                               \
    X(AND_EQ, "&=")                                                                                \
    X(OR, "|")                                                                                     \
    X(OR_OR, "||")                                                                                 \
    X(OR_EQ, "|=")

typedef enum {
#define X(name, text) RP_T_##name,
    RP_TOKENS(X)
#undef X
        RP_T_COUNT
} rp_token_kind;

typedef enum {
    RP_COMMENT_LINE,        /* without its line end */
    RP_COMMENT_BLOCK,       /* with what is nested in it */
    RP_COMMENT_SHEBANG,     /* the first line, when it begins with #! and is no attribute */
    RP_COMMENT_FRONTMATTER, /* from its opening --- line to its closing one */
    RP_COMMENT_BOM          /* U+FEFF at the start of the text */
} rp_comment_kind;

typedef struct {
    uint32_t start, end; /* bytes of the text, [start, end) */
    uint32_t token;      /* the token behind it (and behind comments that follow) */
    uint32_t kind;       /* rp_comment_kind */
} rp_comment;

/* What is wrong at a place of the text; text is a constant without the place. */
typedef struct {
    uint32_t at;  /* byte offset */
    uint32_t end; /* byte offset behind what is wrong; at == end: something is missing there */
    const char *text;
} rp_rust_error;

#define RP_NO_MATE UINT32_MAX
enum { RP_MAX_RUST_ERRORS = 64 };

typedef struct {
    rp_str text;
    uint32_t n;            /* tokens, without the RP_T_EOF at [n] */
    const uint8_t *kind;   /* rp_token_kind */
    const uint32_t *start; /* byte offset; start[n] == text.len */
    /* Of a delimiter the token that matches it, RP_NO_MATE when there is none; of other tokens
     * nothing: do not read it. */
    const uint32_t *mate;
    const rp_comment *comments; /* in the order of the text */
    uint32_t n_comments;
    /* The first RP_MAX_RUST_ERRORS; n_errors counts all. A text with one is no Rust. */
    const rp_rust_error *errors;
    uint32_t n_errors;
    rp_edition edition;
} rp_tokens;

/* A spelling for messages: "`fn`" has no quotes here. */
const char *rp_token_name(rp_token_kind kind);
/* 2015, 2018, 2021, 2024; false for others. */
RP_MUST_CHECK bool rp_edition_parse(rp_str text, rp_edition *ret);

/* May a token of this kind be a name in this edition? Raw identifiers may, `_` may not. */
static inline bool rp_is_ident(uint8_t kind, rp_edition edition)
{
    static const uint8_t last[] = {RP_T_TRY, RP_T_GEN, RP_T_GEN, RP_T_YEET};
    return kind >= RP_T_IDENT && kind <= last[edition];
}

/* Is it spelled like an identifier: what macro_rules! calls $x:ident, `_` left out. */
static inline bool rp_is_word(uint8_t kind)
{
    return kind >= RP_T_IDENT && kind < RP_T_UNDERSCORE;
}

static inline bool rp_is_literal(uint8_t kind)
{
    return (kind >= RP_T_INT && kind <= RP_T_RAW_C_STR) || kind == RP_T_TRUE || kind == RP_T_FALSE;
}

static inline bool rp_is_open(uint8_t kind)
{
    return kind >= RP_T_OPEN_PAREN && kind <= RP_T_OPEN_NONE;
}

static inline bool rp_is_close(uint8_t kind)
{
    return kind >= RP_T_CLOSE_PAREN && kind <= RP_T_CLOSE_NONE;
}

/* Byte offset behind token i; it is found by looking at the token again, which for a long literal
 * takes as long as the literal is. */
uint32_t rp_token_end(const rp_tokens *t, uint32_t i);
/* The token as it is written, empty for RP_T_EOF. */
rp_str rp_token_text(const rp_tokens *t, uint32_t i);
/* The name that a word or a lifetime stands for: without r#, 'r# or '. */
rp_str rp_token_word(const rp_tokens *t, uint32_t i);
/* What a string, byte string, C string, raw or not, or a documentation comment says: escapes and
 * line ends decoded, without suffix, in `arena` when it differs from the text. False: it is none,
 * holds an invalid escape, or memory ran out. */
RP_MUST_CHECK bool rp_token_string(const rp_tokens *t, uint32_t i, rp_arena *arena, rp_str *ret);
/* The value of an integer literal of any base and its suffix (may be empty); false when it is none
 * or does not fit into 64 bits. */
RP_MUST_CHECK bool rp_token_integer(const rp_tokens *t, uint32_t i, uint64_t *ret,
                                    rp_str *ret_suffix);

/* How many tokens from i on are one operator for rustc: 2 for `>>` and `>=`, 3 for `>>=`, else 1.
 */
uint32_t rp_tokens_glued(const rp_tokens *t, uint32_t i);
/* The token behind the token tree at i: behind the matching delimiter, or behind an operator.
 * Never behind t->n. */
uint32_t rp_tokens_after_tree(const rp_tokens *t, uint32_t i);
/* Is there a token of this kind in [from, to)? As fast as memchr: for instance to look for
 * RP_T_UNSAFE in a body before parsing it. */
static inline bool rp_tokens_have(const rp_tokens *t, uint32_t from, uint32_t to,
                                  rp_token_kind kind)
{
    return from < to && memchr(t->kind + from, (int)kind, to - from) != NULL;
}
/* The token that offset `at` lies in or before: the first one that ends behind it; n at the end. */
uint32_t rp_token_at(const rp_tokens *t, uint32_t at);
/* The comments directly before token i: comments[*ret .. *ret + result). */
uint32_t rp_comments_before(const rp_tokens *t, uint32_t i, uint32_t *ret);

/* Line and column, both from 1, of byte offsets. Columns count bytes, as rustc's JSON byte columns
 * do not: rp_lines_column_chars counts characters, as rustc prints. */
typedef struct {
    rp_str text;
    const uint32_t *start; /* of each line */
    uint32_t n;
    /* Characters before byte k * RP_LINES_STEP of the text; NULL when no line is long. */
    const uint32_t *chars;
} rp_lines;
enum { RP_LINES_STEP = 1024 };
RP_MUST_CHECK rp_code rp_lines_make(rp_str text, rp_arena *arena, rp_lines *ret, rp_error *err);
uint32_t rp_lines_line(const rp_lines *lines, uint32_t at);
uint32_t rp_lines_column(const rp_lines *lines, uint32_t at);
uint32_t rp_lines_column_chars(const rp_lines *lines, uint32_t at);

#endif
