/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/unsafe/allowed_lint.h"

/* ---- comments ---- */

/* Four words, the first of which does not put it off: a note to do it later is no reason. */
static bool says_something(rp_str comment)
{
    enum { WORDS = 4 };
    static const char *const later[] = {"TO"
                                        "DO",
                                        "FIX"
                                        "ME",
                                        "XX"
                                        "X",
                                        "HACK"};
    uint32_t words = 0;
    for (size_t i = 0; i < comment.len;) {
        size_t from = i;
        while (i < comment.len && ((comment.ptr[i] | 32) >= 'a' && (comment.ptr[i] | 32) <= 'z'))
            i++;
        rp_str word = rp_str_sub(comment, from, i - from);
        for (size_t k = 0; words == 0 && k < RP_COUNT(later); k++)
            if (rp_str_is(word, later[k]))
                return false;
        words += word.len > 1;
        i += word.len == 0;
    }
    return words >= WORDS;
}

static bool on_one_line(const rp_tokens *t, uint32_t from, uint32_t to)
{
    return rp_str_find(rp_str_sub(t->text, from, to - from), RP_STR("\n")) == SIZE_MAX;
}

/* Of the comments before token i: those on the line of the token before it, or those that are not.
 */
static bool comments_say(const rp_tokens *t, uint32_t i, bool on_line_before)
{
    uint32_t first = 0, n = i < t->n ? rp_comments_before(t, i, &first) : 0;
    uint32_t before = i > 0 ? rp_token_end(t, i - 1) : 0;
    for (uint32_t k = first; k < first + n; k++) {
        const rp_comment *c = &t->comments[k];
        bool behind = i > 0 && on_one_line(t, before, c->start);
        if (behind == on_line_before &&
            says_something(rp_str_sub(t->text, c->start, c->end - c->start)))
            return true;
    }
    return false;
}

bool rp_allowed_with_comment(const rp_tokens *t, uint32_t hash, uint32_t bracket)
{
    uint32_t close = t->mate[bracket];
    if (close == RP_NO_MATE)
        return false;
    bool outer = bracket == hash + 1; /* behind an inner one comes the next attribute's comment */
    return comments_say(t, hash, false) || comments_say(t, close + 1, true) ||
           (outer && comments_say(t, close + 1, false));
}

/* ---- what a lint looks for ---- */

static const struct {
    const char *lint, *words; /* one of them stands wherever the lint has something to say */
} wanted[] = {
    {"static_mut_refs", " unsafe "},
    {"not_unsafe_ptr_arg_deref", " unsafe "},
    {"invalid_value", " zeroed uninitialized assume_init uninit transmute transmute_copy read "},
    {"deref_nullptr", " null null_mut "},
    {"uninit_assumed_init", " assume_init "},
    {"uninit_vec", " set_len "},
    {"mem_replace_with_uninit", " replace "},
    {"mutable_transmutes", " transmute "},
    {"transmuting_null", " transmute "},
    {"unsound_collection_transmute", " transmute "},
    {"invalid_from_utf8_unchecked", " from_utf8_unchecked from_utf8_unchecked_mut "},
};

static bool is_listed(rp_str word, const char *words)
{
    for (const char *at = words; (at = strchr(at, ' ')) != NULL && at[1] != '\0'; at++)
        if (strncmp(at + 1, word.ptr, word.len) == 0 && at[1 + word.len] == ' ')
            return word.len != 0;
    return false;
}

/* make!(…): it may write anything. Those that test, print and panic do not. */
static bool calls_macro(const rp_tokens *t, uint32_t i)
{
    static const char *const plain = " assert assert_eq assert_ne debug_assert debug_assert_eq "
                                     "debug_assert_ne format matches panic print println eprintln "
                                     "todo unimplemented unreachable vec write writeln ";
    return i + 2 < t->n && t->kind[i] == RP_T_IDENT && t->kind[i + 1] == RP_T_NOT &&
           t->mate[i + 2] != RP_NO_MATE && !is_listed(rp_token_text(t, i), plain);
}

/* Each lint of each list looks at its item: only so far, for items may be in one another. */
enum { MAX_STEPS = 4096, MAX_TOKENS = 16384, MAX_COMMENTS = 256 };

/* The last token of what begins at i: a block in braces, or what a semicolon ends; 0: it is far. */
static uint32_t end_of(const rp_tokens *t, uint32_t i)
{
    bool statement = i < t->n && t->kind[i] == RP_T_LET;
    for (uint32_t left = MAX_STEPS; i < t->n && t->kind[i] != RP_T_SEMI; i++) {
        if (left-- == 0)
            return 0;
        bool group = t->mate[i] != RP_NO_MATE && t->mate[i] > i;
        if (group && t->kind[i] == RP_T_OPEN_BRACE && !statement)
            return t->mate[i];
        i = group ? t->mate[i] : i;
    }
    return i;
}

/* The tokens [*ret, result] of what an outer attribute stands on; nothing for an inner one. */
static uint32_t item_at(const rp_tokens *t, uint32_t bracket, uint32_t *ret)
{
    uint32_t i = t->mate[bracket];
    *ret = UINT32_MAX;
    if (i == RP_NO_MATE || bracket == 0 || t->kind[bracket - 1] != RP_T_HASH)
        return 0;
    uint32_t left = MAX_STEPS;
    for (i++; i + 1 < t->n && t->kind[i] == RP_T_HASH && t->mate[i + 1] != RP_NO_MATE; i++) {
        if (left-- == 0)
            return 0;
        i = t->mate[i + 1]; /* other attributes of it */
    }
    uint32_t end = end_of(t, i);
    *ret = end != 0 ? i : UINT32_MAX;
    return end;
}

bool rp_allowed_by_name(const rp_tokens *t, uint32_t bracket, rp_str lint)
{
    uint32_t from = 0, end = item_at(t, bracket, &from), first = 0;
    if (from >= t->n)
        return false;
    (void)rp_comments_before(t, from, &first);
    uint32_t last = first + MAX_COMMENTS < t->n_comments ? first + MAX_COMMENTS : t->n_comments;
    for (uint32_t k = first; k < last && t->comments[k].token <= end; k++) {
        const rp_comment *c = &t->comments[k];
        if (rp_str_find(rp_str_sub(t->text, c->start, c->end - c->start), lint) != SIZE_MAX)
            return true;
    }
    return false;
}

bool rp_allowed_in_vain(const rp_tokens *t, uint32_t bracket, rp_str lint)
{
    const char *words = NULL;
    for (size_t k = 0; k < RP_COUNT(wanted); k++)
        if (rp_str_is(lint, wanted[k].lint))
            words = wanted[k].words;
    uint32_t i = 0, end = item_at(t, bracket, &i);
    if (words == NULL || i >= t->n || end - i > MAX_TOKENS)
        return false;
    for (; i < t->n && i <= end; i++)
        if (calls_macro(t, i) || (rp_is_word(t->kind[i]) && is_listed(rp_token_word(t, i), words)))
            return false;
    return true;
}

uint32_t rp_unsafe_fn_end(const rp_tokens *t, uint32_t i)
{
    uint32_t fn = i + 1;
    while (fn < t->n && fn < i + 3 &&
           (t->kind[fn] == RP_T_EXTERN || t->kind[fn] == RP_T_STR)) /* unsafe extern "C" fn */
        fn++;
    uint32_t end = fn < t->n && t->kind[fn] == RP_T_FN ? end_of(t, fn) : 0;
    return end != 0 ? end : i;
}
