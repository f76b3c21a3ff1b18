/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/lex.h"

#include "base/fs.h"
#include "base/limits.h"
#include "base/source.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "rust/keywords.inc"
#include "rust/scan.h"

enum { SPARE_TOKENS = 4 }; /* room that one step of the loop needs */

typedef struct {
    const uint8_t *base, *end;
    rp_edition edition;
    rp_arena *arena;
    uint8_t *kind;
    uint32_t *start, *mate;
    uint32_t n, cap;
    uint32_t top;     /* the innermost open delimiter; mate links it to the next outer one */
    uint32_t open[4]; /* how many of each kind are open */
    bool bare;        /* what stands in bodies of functions is left out */
    uint32_t macro;   /* bare: the delimiter of the outermost macro call or definition around */
    RP_VEC(rp_comment) comments;
    RP_VEC(rp_rust_error) errors;
    uint32_t n_errors;
    bool refused;
} lexer;

static void complain(lexer *l, const uint8_t *from, const uint8_t *to, const char *text)
{
    l->n_errors++;
    if (l->errors.n >= RP_MAX_RUST_ERRORS)
        return;
    rp_rust_error *e = rp_vec_push(l->arena, &l->errors);
    if (e == NULL) {
        l->refused = true;
        return;
    }
    *e = (rp_rust_error){(uint32_t)(from - l->base), (uint32_t)(to - l->base), text};
}

static void comment(lexer *l, const uint8_t *from, const uint8_t *to, rp_comment_kind kind)
{
    rp_comment *c = rp_vec_push(l->arena, &l->comments);
    if (c == NULL)
        l->refused = true;
    else
        *c = (rp_comment){(uint32_t)(from - l->base), (uint32_t)(to - l->base), l->n, kind};
}

static bool grow(lexer *l, uint32_t cap)
{
    uint8_t *kind = rp_new(l->arena, cap, uint8_t);
    uint32_t *start = rp_new(l->arena, cap, uint32_t);
    uint32_t *mate = rp_new(l->arena, cap, uint32_t);
    if (kind == NULL || start == NULL || mate == NULL)
        return false;
    if (l->n != 0) {
        memcpy(kind, l->kind, l->n);
        memcpy(start, l->start, l->n * sizeof *start);
        memcpy(mate, l->mate, l->n * sizeof *mate);
    }
    l->kind = kind;
    l->start = start;
    l->mate = mate;
    l->cap = cap;
    return true;
}

static inline void push(lexer *l, const uint8_t *at, uint8_t kind)
{
    l->start[l->n] = (uint32_t)(at - l->base);
    l->kind[l->n++] = kind;
}

static void open_delimiter(lexer *l, const uint8_t *at)
{
    uint8_t kind = rp_byte_token_of[*at];
    l->mate[l->n] = l->top;
    l->top = l->n;
    l->open[kind - RP_T_OPEN_PAREN]++;
    push(l, at, kind);
}

/* What stays open has no mate. */
static void abandon(lexer *l, const char *why)
{
    uint32_t open = l->top;
    const uint8_t *at = l->base + l->start[open];
    complain(l, at, at + 1, why);
    l->top = l->mate[open];
    l->mate[open] = RP_NO_MATE;
    l->open[l->kind[open] - RP_T_OPEN_PAREN]--;
    l->macro = open == l->macro ? RP_NO_MATE : l->macro;
}

static void close_delimiter(lexer *l, const uint8_t *at)
{
    uint8_t kind = rp_byte_token_of[*at];
    uint8_t wanted = (uint8_t)(kind - RP_T_CLOSE_PAREN + RP_T_OPEN_PAREN);
    if (l->open[wanted - RP_T_OPEN_PAREN] == 0) {
        complain(l, at, at + 1, "nothing was opened that this closes");
        l->mate[l->n] = RP_NO_MATE;
        push(l, at, kind);
        return;
    }
    while (l->kind[l->top] != wanted)
        abandon(l, "this is closed by another kind of delimiter");
    uint32_t open = l->top;
    l->top = l->mate[open];
    l->open[wanted - RP_T_OPEN_PAREN]--;
    l->mate[open] = l->n;
    l->mate[l->n] = open;
    l->macro = open == l->macro ? RP_NO_MATE : l->macro;
    push(l, at, kind);
}

/* ---- bodies that are left out ---- */

/* `name!(`, `macro_rules! name {`; no body of a function that never returns. */
static bool opens_macro(const lexer *l)
{
    const uint8_t *behind = l->kind + l->n;
    if (l->n >= 1 && behind[-1] == RP_T_NOT)
        return l->n < 2 || behind[-2] != RP_T_ARROW;
    return l->n >= 2 && behind[-2] == RP_T_NOT && rp_is_word(behind[-1]);
}

/* Does a brace begin a body here: do the words of a function stand before it? Each token is looked
 * at for one brace only, since those of before end the search. Generic arguments in braces stand
 * behind `<`, `=` or a comma, which before a body only ends a where clause. One that is taken for a
 * body loses its value, no more. */
static bool opens_body(const lexer *l)
{
    uint8_t before = l->n != 0 ? l->kind[l->n - 1] : RP_T_EOF;
    if (before == RP_T_LT || before == RP_T_EQ)
        return false;
    bool where = false;
    for (uint32_t i = l->n; i-- > 0;) {
        uint8_t kind = l->kind[i];
        if (kind == RP_T_FN && i + 1 < l->n && l->kind[i + 1] != RP_T_OPEN_PAREN)
            return before != RP_T_COMMA || where;
        where |= kind == RP_T_WHERE;
        if ((kind == RP_T_CLOSE_PAREN || kind == RP_T_CLOSE_BRACKET) && l->mate[i] != RP_NO_MATE)
            i = l->mate[i];
        else if (kind == RP_T_SEMI || rp_is_open(kind) || rp_is_close(kind))
            return false;
    }
    return false;
}

/* Nothing is left out of macros: what they write may be a body elsewhere. */
static const uint8_t *open_bare(lexer *l, const uint8_t *p)
{
    bool body = *p == '{' && l->macro == RP_NO_MATE && !opens_macro(l) && opens_body(l);
    const uint8_t *behind = body ? rp_scan_braces(p, l->end, l->edition) : NULL;
    /* where a body does not end others in it will not, either; `macro name(…) {…}` is rare */
    l->bare = body ? behind != NULL : l->n < 2 || l->kind[l->n - 2] != RP_T_MACRO;
    if (l->macro == RP_NO_MATE && opens_macro(l))
        l->macro = l->n;
    open_delimiter(l, p);
    return behind != NULL ? behind - 1 : p + 1;
}

/* A slash: a comment, documentation, or an operator. Returns what is behind it. */
static const uint8_t *slash(lexer *l, const uint8_t *p)
{
    const uint8_t *q;
    if (p[1] == '/') {
        q = rp_scan_line_comment(p, l->end);
        if (p[2] == '!' || (p[2] == '/' && p[3] != '/'))
            push(l, p, p[2] == '!' ? RP_T_DOC_INNER : RP_T_DOC_OUTER);
        else
            comment(l, p, q, RP_COMMENT_LINE);
        return q;
    }
    if (p[1] == '*') {
        q = rp_scan_block_comment(p, l->end);
        if (q == NULL) {
            complain(l, p, l->end, "this comment does not end");
            q = l->end;
        }
        if (p[2] == '!' || (p[2] == '*' && p[3] != '*' && p[3] != '/'))
            push(l, p, p[2] == '!' ? RP_T_DOC_INNER : RP_T_DOC_OUTER);
        else
            comment(l, p, q, RP_COMMENT_BLOCK);
        return q;
    }
    push(l, p, p[1] == '=' ? RP_T_SLASH_EQ : RP_T_SLASH);
    return p + (p[1] == '=' ? 2 : 1);
}

static const uint8_t *literal(lexer *l, const uint8_t *p, rp_scanned s)
{
    if (s.error != NULL)
        complain(l, p, s.end, s.error);
    push(l, p, (uint8_t)s.kind);
    return s.end;
}

/* The longest operator at p, but for those that begin with > or /. */
static inline uint8_t operator_of(const uint8_t *p, unsigned *ret_len)
{
    uint8_t c = p[1];
    *ret_len = 2;
    switch (p[0]) {
    case '.':
        if (c != '.')
            break;
        *ret_len = p[2] == '.' || p[2] == '=' ? 3 : 2;
        return p[2] == '.' ? RP_T_DOT_DOT_DOT : p[2] == '=' ? RP_T_DOT_DOT_EQ : RP_T_DOT_DOT;
    case ':':
        if (c == ':')
            return RP_T_COLON_COLON;
        break;
    case '=':
        if (c == '=' || c == '>')
            return c == '=' ? RP_T_EQ_EQ : RP_T_FAT_ARROW;
        break;
    case '<':
        *ret_len = c == '<' && p[2] == '=' ? 3 : 2;
        if (c == '<')
            return p[2] == '=' ? RP_T_LT_LT_EQ : RP_T_LT_LT;
        if (c == '=' || c == '-')
            return c == '=' ? RP_T_LT_EQ : RP_T_LEFT_ARROW;
        break;
    case '-':
        if (c == '>' || c == '=')
            return c == '>' ? RP_T_ARROW : RP_T_MINUS_EQ;
        break;
    case '&':
    case '|':
        if (c == p[0] || c == '=')
            return (uint8_t)(rp_byte_token_of[p[0]] + (c == '=' ? 2 : 1));
        break;
    case '!':
        if (c == '=')
            return RP_T_NOT_EQ;
        break;
    default: /* + * % ^ */
        if (c == '=')
            return rp_byte_token_of[p[0]] + 1;
        break;
    }
    *ret_len = 1;
    return rp_byte_token_of[p[0]];
}

/* `>`, and what rustc's lexer would glue to it, each for itself. */
static const uint8_t *greater(lexer *l, const uint8_t *p)
{
    push(l, p++, RP_T_GT);
    if (*p == '>')
        push(l, p++, RP_T_GT);
    if (*p == '=')
        push(l, p++, RP_T_EQ);
    return p;
}

static inline const uint8_t *word(lexer *l, const uint8_t *p)
{
    static const uint64_t keep[9] = {0,          0xff,         0xffff,         0xffffff,
                                     0xffffffff, 0xffffffffff, 0xffffffffffff, 0xffffffffffffff,
                                     UINT64_MAX};
    unsigned run = rp_word_run(p);
    uint8_t kind = RP_T_IDENT;
    if (RP_UNLIKELY(p[run] >= 0x80 || run == 16)) {
        push(l, p, kind);
        return rp_scan_word(p, l->end);
    }
    if (run <= 8) {
        uint64_t w;
        memcpy(&w, p, sizeof w);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        w = __builtin_bswap64(w);
#endif
        w &= keep[run];
        unsigned slot = (unsigned)((w * KEYWORD_FACTOR) >> KEYWORD_SHIFT);
        kind = keyword_words[slot] == w ? keyword_kinds[slot] : kind;
    }
    push(l, p, kind);
    return p + run;
}

/* Bytes that begin no token. */
static const uint8_t *odd(lexer *l, const uint8_t *p)
{
    unsigned white = rp_white_high(p);
    if (white != 0)
        return p + white;
    if (*p >= 0x80) {
        push(l, p, RP_T_IDENT);
        return rp_scan_word(p, l->end);
    }
    complain(l, p, p + 1, *p == 0 ? "a NUL byte" : "no token begins with this");
    push(l, p, RP_T_ERROR);
    return p + 1;
}

static const uint8_t *prefixed(lexer *l, const uint8_t *p)
{
    if (p[1] == '"' || p[1] == '\'' || p[1] == '#' || p[1] == 'r') {
        rp_scanned s = rp_scan_prefixed(p, l->end, l->edition);
        if (s.end != NULL)
            return literal(l, p, s);
    }
    return word(l, p);
}

static bool run(lexer *l, const uint8_t *p)
{
    unsigned len;
    while (!l->refused) {
        if (rp_byte_class_of[*p] == RP_B_WHITE) {
            unsigned white = rp_white_run(p);
            p += white;
            if (white == 16)
                continue;
        }
        if (RP_UNLIKELY(l->cap - l->n < SPARE_TOKENS) && !grow(l, l->cap * 2))
            return false;
        switch ((rp_byte_class)rp_byte_class_of[*p]) {
        case RP_B_WORD:
            p = word(l, p);
            break;
        case RP_B_PREFIX:
            p = prefixed(l, p);
            break;
        case RP_B_SINGLE:
            push(l, p, rp_byte_token_of[*p]);
            p++;
            break;
        case RP_B_OPERATOR:
            push(l, p, operator_of(p, &len));
            p += len;
            break;
        case RP_B_GT:
            p = greater(l, p);
            break;
        case RP_B_OPEN:
            if (l->bare)
                p = open_bare(l, p);
            else
                open_delimiter(l, p++);
            break;
        case RP_B_CLOSE:
            close_delimiter(l, p++);
            break;
        case RP_B_SLASH:
            p = slash(l, p);
            break;
        case RP_B_DIGIT:
            p = literal(l, p, rp_scan_number(p, l->end));
            break;
        case RP_B_QUOTE:
            p = literal(l, p, rp_scan_string(p, l->end));
            break;
        case RP_B_TICK:
            p = literal(l, p, rp_scan_tick(p, l->end, l->edition));
            break;
        case RP_B_WHITE:
            break;
        case RP_B_END:
            if (p == l->end)
                return true;
            p = odd(l, p);
            break;
        case RP_B_HIGH:
        case RP_B_BAD:
            p = odd(l, p);
            break;
        }
    }
    return false;
}

/* Does an inner attribute follow behind `#!`: then the line is no shebang (rustc_lexer,
 * strip_shebang: white space and comments may stand between). */
static bool is_attribute(const lexer *l, const uint8_t *p)
{
    while (p < l->end) {
        const uint8_t *before = p;
        if (rp_byte_class_of[*p] == RP_B_WHITE)
            p++;
        else if (p[0] == '/' && p[1] == '/')
            p = rp_scan_line_comment(p, l->end);
        else if (p[0] == '/' && p[1] == '*')
            p = rp_scan_block_comment(p, l->end);
        else
            p += rp_white_high(p);
        if (p == NULL || p == before)
            break;
    }
    return p != NULL && *p == '[';
}

/* RFC 3503: a line of three or more dashes and a word, up to a line of as many dashes. */
static const uint8_t *frontmatter(lexer *l, const uint8_t *p)
{
    size_t dashes = 0;
    while (p[dashes] == '-')
        dashes++;
    if (dashes < 3)
        return p;
    const uint8_t *line = p;
    while ((line = memchr(line, '\n', (size_t)(l->end - line))) != NULL) {
        line++;
        size_t seen = 0;
        while (line[seen] == '-')
            seen++;
        if (seen >= dashes) {
            const uint8_t *end = line + seen;
            comment(l, p, end, RP_COMMENT_FRONTMATTER);
            return end;
        }
    }
    complain(l, p, p + dashes, "this frontmatter does not end");
    comment(l, p, l->end, RP_COMMENT_FRONTMATTER);
    return l->end;
}

/* What may stand before the first token. */
static const uint8_t *prologue(lexer *l)
{
    const uint8_t *p = l->base;
    if (p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf) {
        comment(l, p, p + 3, RP_COMMENT_BOM);
        p += 3;
    }
    if (p[0] == '#' && p[1] == '!' && !is_attribute(l, p + 2)) {
        const uint8_t *end = rp_scan_line_comment(p, l->end);
        comment(l, p, end, RP_COMMENT_SHEBANG);
        p = end;
    }
    const uint8_t *q = p;
    while (rp_byte_class_of[*q] == RP_B_WHITE)
        q++;
    if (q[0] == '-' && (q == l->base || q[-1] == '\n' || q[-1] == 0xbf))
        p = frontmatter(l, q);
    return p;
}

/* A source file is UTF-8 (Reference, "Input format"). */
static void look_at_encoding(lexer *l)
{
    const uint8_t *p = l->base;
    uint32_t c;
    while (p < l->end) {
        uint64_t w;
        memcpy(&w, p, sizeof w);
        if ((w & UINT64_C(0x8080808080808080)) == 0) {
            p += sizeof w;
            continue;
        }
        if (*p < 0x80) {
            p++;
            continue;
        }
        size_t n = rp_utf8_next((rp_str){(const char *)p, (size_t)(l->end - p)}, &c);
        if (n == 0) {
            complain(l, p, p + 1, "not UTF-8");
            return;
        }
        p += n;
    }
}

static rp_code lex(rp_padded text, rp_edition edition, bool bare, rp_arena *arena, rp_tokens *ret,
                   rp_error *err)
{
    lexer l = {.base = (const uint8_t *)text.s.ptr, .edition = edition, .arena = arena};
    l.end = l.base + text.s.len;
    l.top = l.macro = RP_NO_MATE;
    l.bare = bare;
    if (!grow(&l, (uint32_t)(text.s.len / 4) + 16))
        return rp_fail_memory(err);
    look_at_encoding(&l);
    if (!run(&l, prologue(&l)) || l.refused)
        return rp_fail_memory(err);
    while (l.top != RP_NO_MATE)
        abandon(&l, "this is never closed");
    l.mate[l.n] = RP_NO_MATE;
    l.start[l.n] = (uint32_t)text.s.len;
    l.kind[l.n] = RP_T_EOF;
    if (l.refused)
        return rp_fail_memory(err);
    *ret = (rp_tokens){.text = text.s,
                       .n = l.n,
                       .kind = l.kind,
                       .start = l.start,
                       .mate = l.mate,
                       .comments = l.comments.items,
                       .n_comments = l.comments.n,
                       .errors = l.errors.items,
                       .n_errors = l.n_errors,
                       .edition = edition};
    return RP_OK;
}

rp_code rp_lex(rp_padded text, rp_edition edition, rp_arena *arena, rp_tokens *ret, rp_error *err)
{
    return lex(text, edition, false, arena, ret, err);
}

rp_code rp_lex_bare(rp_padded text, rp_edition edition, rp_arena *arena, rp_tokens *ret,
                    rp_error *err)
{
    return lex(text, edition, true, arena, ret, err);
}

/* False when there is no room. */
static bool copy(const void *from, uint32_t n, size_t size, rp_arena *arena, void **ret)
{
    *ret = n != 0 ? rp_arena_array(arena, n, size) : NULL;
    if (*ret != NULL)
        memcpy(*ret, from, n * size);
    return *ret != NULL || n == 0;
}

bool rp_tokens_move(rp_tokens *tokens, rp_arena *arena)
{
    uint32_t n = tokens->n + 1; /* with the end of the file */
    uint32_t errors = tokens->n_errors < RP_MAX_RUST_ERRORS ? tokens->n_errors : RP_MAX_RUST_ERRORS;
    void *kind, *start, *mate, *comments, *error;
    if (!copy(tokens->kind, n, sizeof *tokens->kind, arena, &kind) ||
        !copy(tokens->start, n, sizeof *tokens->start, arena, &start) ||
        !copy(tokens->mate, n, sizeof *tokens->mate, arena, &mate) ||
        !copy(tokens->comments, tokens->n_comments, sizeof *tokens->comments, arena, &comments) ||
        !copy(tokens->errors, errors, sizeof *tokens->errors, arena, &error))
        return false;
    tokens->kind = kind;
    tokens->start = start;
    tokens->mate = mate;
    tokens->comments = comments;
    tokens->errors = error;
    return true;
}

static rp_code too_long(rp_error *err)
{
    return rp_fail(err, RP_E_LIMIT, RP_NOWHERE, "a source file of more than %u MiB",
                   RP_MAX_RUST_TEXT >> 20);
}

rp_code rp_pad(rp_str text, rp_arena *arena, rp_padded *ret, rp_error *err)
{
    if (text.len > RP_MAX_RUST_TEXT)
        return too_long(err);
    char *p = rp_new(arena, text.len + RP_LEX_PAD, char);
    if (p == NULL)
        return rp_fail_memory(err);
    if (text.len != 0)
        memcpy(p, text.ptr, text.len);
    ret->s = (rp_str){p, text.len};
    return RP_OK;
}

rp_code rp_pad_read(const char *path, bool follow, rp_arena *arena, rp_padded *ret, rp_error *err)
{
    int fd;
    rp_fs_info info;
    rp_code code = rp_fs_open(path, follow, &fd, &info, err);
    if (code != RP_OK)
        return code;
    if (info.size > RP_MAX_RUST_TEXT) {
        rp_fs_close(fd);
        return too_long(err);
    }
    rp_source src = rp_source_fd(fd, info.size, arena);
    char *p = rp_new(arena, info.size + RP_LEX_PAD, char);
    size_t got = p != NULL ? rp_source_copy(&src, 0, p, (size_t)info.size) : 0;
    rp_fs_close(fd);
    if (p == NULL)
        return rp_fail_memory(err);
    if (got != info.size)
        return rp_fail(err, RP_E_IO, got, "the file could not be read to its end");
    ret->s = (rp_str){p, got};
    return RP_OK;
}
