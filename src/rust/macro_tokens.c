/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/macro_tokens.h"

#include "base/limits.h"
#include "rust/lex.h"

enum { MAX_GAP = 1024 }; /* bytes of white space and comments that are kept between two tokens */

/* ---- room ---- */

static void *larger(rp_token_writer *w, const void *old, size_t used, uint64_t n, size_t size)
{
    void *to = rp_arena_array(w->arena, n, size);
    if (to == NULL)
        w->refused = true;
    else if (used != 0)
        memcpy(to, old, used * size);
    return to;
}

/* For n more: at most those of a text. */
static bool room_for_tokens(rp_token_writer *w, uint32_t n)
{
    if (w->refused || w->full || w->n >= w->max || n > w->max - w->n) {
        w->full |= w->n >= w->max || n > w->max - w->n;
        return false;
    }
    uint64_t need = (uint64_t)w->n + n + 1; /* one is left for the end of the file */
    if (need <= w->cap)
        return true;
    uint64_t twice = (uint64_t)w->cap * 2 + 64, cap64 = need > twice ? need : twice;
    uint32_t cap = cap64 < UINT32_MAX ? (uint32_t)cap64 : UINT32_MAX;
    uint8_t *kind = larger(w, w->kind, w->n, cap, 1);
    uint8_t *fragment = larger(w, w->fragment, w->n, cap, 1);
    uint32_t *start = larger(w, w->start, w->n, cap, sizeof *start);
    rp_origin *origin = larger(w, w->origin, w->n, cap, sizeof *origin);
    if (w->refused)
        return false;
    w->kind = kind;
    w->fragment = fragment;
    w->start = start;
    w->origin = origin;
    w->cap = cap;
    return true;
}

static char *room_for_text(rp_token_writer *w, size_t n)
{
    if (n > RP_MAX_MACRO_TEXT || w->len + n > RP_MAX_MACRO_TEXT) {
        w->full = true;
        return NULL;
    }
    uint32_t need = w->len + (uint32_t)n + RP_LEX_PAD;
    if (need > w->cap_text) {
        uint32_t cap = need * 2 + 256;
        char *text = larger(w, w->text, w->len, cap, 1);
        if (text == NULL)
            return NULL;
        w->text = text;
        w->cap_text = cap;
    }
    return w->text + w->len;
}

static void put_text(rp_token_writer *w, rp_str text)
{
    char *to = room_for_text(w, text.len);
    if (to == NULL || text.len == 0)
        return;
    memcpy(to, text.ptr, text.len);
    w->len += (uint32_t)text.len;
}

static void put_token(rp_token_writer *w, uint8_t kind, uint8_t fragment, rp_str text,
                      rp_origin origin)
{
    if (!room_for_tokens(w, 1))
        return;
    w->kind[w->n] = kind;
    w->fragment[w->n] = fragment;
    w->start[w->n] = w->len;
    w->origin[w->n] = origin;
    if (kind != RP_T_OPEN_NONE && kind != RP_T_CLOSE_NONE)
        w->before = kind;
    put_text(w, text);
    w->n++;
}

void rp_writer_move(rp_token_writer *w, rp_arena *arena)
{
    uint32_t cap = w->n + 2, cap_text = w->len + RP_LEX_PAD, n = w->comments.n;
    w->arena = arena;
    w->kind = larger(w, w->kind, w->n, cap, sizeof *w->kind);
    w->fragment = larger(w, w->fragment, w->n, cap, sizeof *w->fragment);
    w->start = larger(w, w->start, w->n, cap, sizeof *w->start);
    w->origin = larger(w, w->origin, w->n, cap, sizeof *w->origin);
    w->text = larger(w, w->text, w->len, cap_text, 1);
    w->comments.items = larger(w, w->comments.items, n, n, sizeof *w->comments.items);
    w->comments.cap = n;
    w->cap = cap;
    w->cap_text = cap_text;
}

/* ---- what stands between ---- */

static void copy_comments(rp_token_writer *w, const rp_tokens *t, uint32_t i, uint32_t from)
{
    uint32_t first, n = rp_comments_before(t, i, &first);
    for (uint32_t k = 0; k < n; k++) {
        const rp_comment *c = &t->comments[first + k];
        rp_comment *to = c->start >= from ? rp_vec_push(w->arena, &w->comments) : NULL;
        w->refused |= c->start >= from && to == NULL;
        if (to != NULL)
            *to = (rp_comment){w->len + c->start - from, w->len + c->end - from, w->n, c->kind};
    }
}

/* Of two tokens that were not side by side: may they be written so? They stay two tokens, for a
 * word is one of them, and no operator grows. */
static bool may_touch(uint8_t before, uint8_t next)
{
    static const uint8_t behind[] = {RP_T_LT,          RP_T_GT,          RP_T_COMMA,
                                     RP_T_SEMI,        RP_T_OPEN_PAREN,  RP_T_OPEN_BRACKET,
                                     RP_T_DOT,         RP_T_CLOSE_PAREN, RP_T_CLOSE_BRACKET,
                                     RP_T_COLON_COLON, RP_T_QUESTION};
    static const uint8_t front[] = {RP_T_LT,  RP_T_OPEN_PAREN,  RP_T_OPEN_BRACKET,
                                    RP_T_DOT, RP_T_COLON_COLON, RP_T_AND};
    return (rp_is_word(before) && memchr(behind, next, sizeof behind) != NULL) ||
           (rp_is_word(next) && memchr(front, before, sizeof front) != NULL);
}

static void keep_apart(rp_token_writer *w, uint8_t next)
{
    uint8_t before = w->before;
    if (before == RP_T_DOC_OUTER || before == RP_T_DOC_INNER)
        put_text(w, RP_STR("\n"));
    else if (before != RP_T_EOF && next != RP_T_OPEN_NONE && next != RP_T_CLOSE_NONE &&
             !may_touch(before, next))
        put_text(w, RP_STR(" "));
}

/* The kind of the first token from i on that has a text: it will stand where i does. */
static uint8_t text_from(const rp_tokens *t, uint32_t i)
{
    while (t->kind[i] == RP_T_OPEN_NONE || t->kind[i] == RP_T_CLOSE_NONE)
        i++;
    return t->kind[i];
}

/* What stood before token i when the token before it was copied, too; else what keeps it apart. */
static void separate(rp_token_writer *w, const rp_tokens *t, uint32_t i)
{
    bool follows = w->from == t && i != 0 && w->last == i - 1;
    uint32_t from = follows ? rp_token_end(t, i - 1) : 0, n = t->start[i] - from;
    if (!follows || n > MAX_GAP) {
        keep_apart(w, text_from(t, i));
        return;
    }
    if (n > 2 && t->n_comments != 0)
        copy_comments(w, t, i, from);
    put_text(w, rp_str_sub(t->text, from, n));
}

/* ---- from outside ---- */

void rp_writer_copy(rp_token_writer *w, const rp_token_source *s, uint32_t i, uint32_t site)
{
    rp_origin origin = rp_origin_of(s, i);
    if (site != 0)
        origin.site = site;
    if (w->refused || w->full)
        return;
    separate(w, s->t, i);
    put_token(w, s->t->kind[i], s->fragment != NULL ? s->fragment[i] : 0, rp_token_text(s->t, i),
              origin);
    w->from = s->t;
    w->last = i;
}

/* Where the tokens from `from` on end that stand so close to each other that what is between them
 * is kept, at most at `to`. */
static uint32_t run_end(const rp_tokens *t, uint32_t from, uint32_t to)
{
    uint32_t i = from + 1;
    while (i < to && t->start[i] - t->start[i - 1] <= MAX_GAP)
        i++;
    return i;
}

static void run_comments(rp_token_writer *w, const rp_tokens *t, uint32_t from, uint32_t to)
{
    uint32_t k = t->n_comments;
    if (t->n_comments != 0)
        (void)rp_comments_before(t, from + 1, &k);
    for (; k < t->n_comments && t->comments[k].token < to; k++) {
        const rp_comment *c = &t->comments[k];
        rp_comment *put = rp_vec_push(w->arena, &w->comments);
        w->refused |= put == NULL;
        if (put != NULL)
            *put = (rp_comment){w->len + c->start - t->start[from],
                                w->len + c->end - t->start[from], w->n + c->token - from, c->kind};
    }
}

static void run_origins(rp_token_writer *w, const rp_token_source *s, uint32_t from, uint32_t to,
                        uint32_t site)
{
    rp_origin *put = w->origin + w->n;
    for (uint32_t i = from; i < to; i++, put++) {
        *put = rp_origin_of(s, i);
        put->site = site != 0 ? site : put->site;
    }
}

/* Tokens [from, to) of one text in one piece. */
static void copy_run(rp_token_writer *w, const rp_token_source *s, uint32_t from, uint32_t to,
                     uint32_t site)
{
    const rp_tokens *t = s->t;
    uint32_t n = to - from, base = t->start[from], before = to;
    separate(w, t, from);
    if (!room_for_tokens(w, n))
        return;
    memcpy(w->kind + w->n, t->kind + from, n);
    if (s->fragment != NULL)
        memcpy(w->fragment + w->n, s->fragment + from, n);
    else
        memset(w->fragment + w->n, 0, n);
    for (uint32_t i = 0; i < n; i++)
        w->start[w->n + i] = w->len + (t->start[from + i] - base);
    run_origins(w, s, from, to, site);
    run_comments(w, t, from, to);
    while (before > from &&
           (t->kind[before - 1] == RP_T_OPEN_NONE || t->kind[before - 1] == RP_T_CLOSE_NONE))
        before--;
    w->before = before > from ? t->kind[before - 1] : w->before;
    put_text(w, rp_str_sub(t->text, base, rp_token_end(t, to - 1) - base));
    w->n += n;
    w->from = t;
    w->last = to - 1;
}

void rp_writer_copy_all(rp_token_writer *w, const rp_token_source *s, uint32_t from, uint32_t to,
                        uint32_t site)
{
    while (from < to && !w->refused && !w->full) {
        uint32_t end = run_end(s->t, from, to);
        if (end - from == 1)
            rp_writer_copy(w, s, from, site);
        else
            copy_run(w, s, from, end, site);
        from = end;
    }
}

void rp_writer_put(rp_token_writer *w, rp_token_kind kind, uint8_t fragment, rp_str text,
                   rp_origin origin)
{
    w->from = NULL;
    keep_apart(w, (uint8_t)kind);
    put_token(w, (uint8_t)kind, fragment, text, origin);
}

/* The text as a raw string: with one more # than follows any quote in it. */
static rp_str raw_string(rp_arena *arena, rp_str s)
{
    size_t most = 0, run = 0;
    bool quote = false;
    for (size_t i = 0; i < s.len; i++) {
        run = quote && s.ptr[i] == '#' ? run + 1 : 0;
        quote = s.ptr[i] == '"' || (quote && s.ptr[i] == '#');
        most = quote && run + 1 > most ? run + 1 : most;
    }
    char *to = rp_arena_alloc(arena, s.len + 2 * most + 4);
    if (to == NULL)
        return (rp_str){NULL, 0};
    size_t n = 0;
    to[n++] = 'r';
    for (size_t i = 0; i < most; i++)
        to[n++] = '#';
    to[n++] = '"';
    for (size_t i = 0; i < s.len; i++)
        to[n++] = s.ptr[i];
    to[n++] = '"';
    for (size_t i = 0; i < most; i++)
        to[n++] = '#';
    return (rp_str){to, n};
}

static void documentation(rp_token_writer *w, const rp_token_source *s, uint32_t i)
{
    rp_str said, text;
    rp_origin at = rp_origin_of(s, i);
    if (!rp_token_string(s->t, i, w->arena, &said))
        said = RP_STR("");
    text = raw_string(w->arena, said);
    if (text.ptr == NULL) {
        w->refused = true;
        return;
    }
    rp_writer_put(w, RP_T_HASH, 0, RP_STR("#"), at);
    if (s->t->kind[i] == RP_T_DOC_INNER)
        rp_writer_put(w, RP_T_NOT, 0, RP_STR("!"), at);
    rp_writer_put(w, RP_T_OPEN_BRACKET, 0, RP_STR("["), at);
    rp_writer_put(w, RP_T_IDENT, 0, RP_STR("doc"), at);
    rp_writer_put(w, RP_T_EQ, 0, RP_STR("="), at);
    rp_writer_put(w, RP_T_RAW_STR, 0, text, at);
    rp_writer_put(w, RP_T_CLOSE_BRACKET, 0, RP_STR("]"), at);
}

void rp_writer_copy_input(rp_token_writer *w, const rp_token_source *s, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to && !w->refused && !w->full; i++)
        if (s->t->kind[i] == RP_T_DOC_OUTER || s->t->kind[i] == RP_T_DOC_INNER)
            documentation(w, s, i);
        else
            rp_writer_copy(w, s, i, 0);
}

/* While a delimiter is open its mate is the next outer one. */
static void match_delimiters(const rp_token_writer *w, uint32_t *mate)
{
    uint32_t top = RP_NO_MATE;
    for (uint32_t i = 0; i < w->n; i++) {
        if (rp_is_open(w->kind[i])) {
            mate[i] = top;
            top = i;
        } else if (rp_is_close(w->kind[i])) {
            uint32_t open = top;
            bool fits = open != RP_NO_MATE &&
                        w->kind[i] - RP_T_CLOSE_PAREN == w->kind[open] - RP_T_OPEN_PAREN;
            mate[i] = fits ? open : RP_NO_MATE;
            if (fits) {
                top = mate[open];
                mate[open] = i;
            }
        }
    }
    while (top != RP_NO_MATE) { /* never closed */
        uint32_t outer = mate[top];
        mate[top] = RP_NO_MATE;
        top = outer;
    }
}

bool rp_writer_finish(rp_token_writer *w, rp_edition edition, rp_tokens *ret,
                      rp_token_source *ret_source)
{
    uint32_t max = w->max;
    char *end = room_for_text(w, 0);
    w->max = UINT32_MAX; /* the end of the file needs its room, too */
    bool fits = !w->full && room_for_tokens(w, 1);
    w->max = max;
    uint32_t *mate = fits ? rp_new(w->arena, w->n + 1, uint32_t) : NULL;
    w->refused |= fits && (mate == NULL || end == NULL);
    if (!fits || w->refused || w->full)
        return false;
    memset(w->text + w->len, 0, RP_LEX_PAD);
    w->kind[w->n] = RP_T_EOF;
    w->start[w->n] = w->len;
    w->origin[w->n] = (rp_origin){0, 0, 0};
    match_delimiters(w, mate);
    *ret = (rp_tokens){.text = {w->text, w->len},
                       .n = w->n,
                       .kind = w->kind,
                       .start = w->start,
                       .mate = mate,
                       .comments = w->comments.items,
                       .n_comments = w->comments.n,
                       .edition = edition};
    *ret_source = (rp_token_source){ret, w->origin, w->fragment, 0};
    return true;
}
