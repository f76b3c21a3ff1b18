/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"
#include "checks/unsafe/allowed_lint.h"

/* rustc's and clippy's lints that say "this is, or may be, undefined behaviour". */
static bool on_soundness(rp_str lint)
{
    static const char *const names[] = {"static_mut_refs",
                                        "invalid_value",
                                        "deref_nullptr",
                                        "invalid_reference_casting",
                                        "mutable_transmutes",
                                        "dangling_pointers_from_temporaries",
                                        "undropped_manually_drops",
                                        "invalid_from_utf8_unchecked",
                                        "cast_ref_to_mut",
                                        "not_unsafe_ptr_arg_deref",
                                        "uninit_assumed_init",
                                        "uninit_vec",
                                        "transmuting_null",
                                        "cast_slice_different_sizes",
                                        "mut_from_ref",
                                        "mem_replace_with_uninit",
                                        "unsound_collection_transmute",
                                        "correctness"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (rp_str_is(lint, names[i]))
            return true;
    return false;
}

/* #[allow(x)] … unsafe fn: who calls it has been told. */
static bool on_unsafe_fn(const rp_tokens *t, uint32_t i)
{
    while (i < t->n && t->kind[i] != RP_T_CLOSE_BRACKET)
        i++;
    for (i++; i < t->n; i++) {
        if (t->kind[i] == RP_T_UNSAFE)
            return true;
        if (t->kind[i] == RP_T_HASH && i + 1 < t->n && t->kind[i + 1] == RP_T_OPEN_BRACKET &&
            t->mate[i + 1] != RP_NO_MATE)
            i = t->mate[i + 1];
        else if (t->kind[i] == RP_T_FN || t->kind[i] == RP_T_OPEN_BRACE || t->kind[i] == RP_T_SEMI)
            return false;
    }
    return false;
}

/* quote! { … }: what a macro writes is another crate's. */
static bool is_quote(const rp_tokens *t, uint32_t i)
{
    return i + 2 < t->n && t->kind[i] == RP_T_IDENT && t->kind[i + 1] == RP_T_NOT &&
           t->mate[i + 2] != RP_NO_MATE && t->mate[i + 2] > i &&
           (rp_str_is(rp_token_text(t, i), "quote") ||
            rp_str_is(rp_token_text(t, i), "quote_spanned") ||
            rp_str_is(rp_token_text(t, i), "parse_quote"));
}

/* #[cfg(test)] at a bracket: the last token of the item behind it; else `end`, what was before. */
static uint32_t test_item(const rp_tokens *t, uint32_t bracket, uint32_t end)
{
    uint32_t i = bracket;
    if (bracket + 3 >= t->n || t->mate[bracket] != bracket + 5 ||
        !rp_str_is(rp_token_text(t, bracket + 1), "cfg") ||
        !rp_str_is(rp_token_text(t, bracket + 3), "test"))
        return end;
    for (; i < t->n && t->kind[i] != RP_T_SEMI; i++) {
        bool group = t->mate[i] != RP_NO_MATE && t->mate[i] > i;
        if (group && t->kind[i] == RP_T_OPEN_BRACE)
            return t->mate[i] > end ? t->mate[i] : end;
        i = group ? t->mate[i] : i;
    }
    return i > end ? i : end;
}

/* An attribute, and what the walk knows of its place. */
typedef struct {
    uint32_t file, hash, bracket;
    bool test, in_unsafe_fn;
} attribute;

/* Why it may be right to switch the lint off, or is nothing; NULL: nothing says so. */
static const char *excuse(const rp_rule_run *run, const attribute *a, uint32_t token)
{
    const rp_tokens *t = &run->c->files.items[a->file]->tokens;
    if (a->in_unsafe_fn || on_unsafe_fn(t, token))
        return " in an unsafe function: its callers are told";
    if (rp_allowed_in_vain(t, a->bracket, rp_token_text(t, token)))
        return " where nothing is left for it";
    if (rp_allowed_with_comment(t, a->hash, a->bracket) ||
        rp_allowed_by_name(t, a->bracket, rp_token_text(t, token)))
        return ", and a comment says why";
    return run->c->build_script ? " in a build script" : NULL;
}

static void report(rp_rule_run *run, const attribute *a, uint32_t token)
{
    const rp_rust_file *f = run->c->files.items[a->file];
    const char *why = excuse(run, a, token);
    rp_rule_note *n =
        rp_rule_at(run, 0, a->file, f->ast.root, why != NULL ? RP_RULE_REVIEW : RP_RULE_LIKELY,
                   rp_arena_printf(run->arena, "the lint %.*s is switched off%s",
                                   RP_FMT(rp_token_text(&f->tokens, token)),
                                   why != NULL ? why : ": it finds undefined behaviour"));
    if (n == NULL)
        return;
    n->test |= a->test;
    n->at = (rp_span){a->file, f->tokens.start[token], rp_token_end(&f->tokens, token)};
    n->fix =
        RP_STR("mend what it finds, or say why it is wrong here: allow(..., reason = \"...\")");
}

/* allow ( a, b, reason = "…" ), open being its parenthesis. */
static void one_list(rp_rule_run *run, const attribute *a, uint32_t open)
{
    const rp_tokens *t = &run->c->files.items[a->file]->tokens;
    uint32_t close = t->mate[open];
    if (close == RP_NO_MATE)
        return;
    for (uint32_t i = open + 1; i < close; i++)
        if (rp_is_word(t->kind[i]) && rp_str_is(rp_token_text(t, i), "reason"))
            return;
    for (uint32_t i = open + 1; i < close; i++)
        if (rp_is_word(t->kind[i]) && on_soundness(rp_token_text(t, i)))
            report(run, a, i);
}

/* #[allow(…)], #![allow(…)], #[cfg_attr(…, allow(…))]. */
static void one_attribute(rp_rule_run *run, const attribute *a)
{
    const rp_tokens *t = &run->c->files.items[a->file]->tokens;
    uint32_t close = t->mate[a->bracket];
    for (uint32_t i = a->bracket + 1; close != RP_NO_MATE && i + 1 < close; i++)
        if (t->kind[i] == RP_T_IDENT && t->kind[i + 1] == RP_T_OPEN_PAREN &&
            rp_str_is(rp_token_text(t, i), "allow"))
            one_list(run, a, i + 1);
}

static void one_file(rp_rule_run *run, uint32_t file)
{
    const rp_tokens *t = &run->c->files.items[file]->tokens;
    uint32_t test_end = 0, unsafe_end = 0;
    for (uint32_t i = 0; i + 2 < t->n; i++) {
        if (is_quote(t, i))
            i = t->mate[i + 2];
        if (t->kind[i] == RP_T_UNSAFE && i >= unsafe_end)
            unsafe_end = rp_unsafe_fn_end(t, i);
        if (t->kind[i] != RP_T_HASH)
            continue;
        attribute a = {.file = file, .hash = i, .bracket = i + 1};
        a.bracket += t->kind[i + 1] == RP_T_NOT;
        if (t->kind[a.bracket] != RP_T_OPEN_BRACKET)
            continue;
        test_end = test_item(t, a.bracket, test_end);
        a.test = a.bracket < test_end;
        a.in_unsafe_fn = a.bracket < unsafe_end;
        one_attribute(run, &a);
    }
}

static void look(rp_rule_run *run)
{
    for (uint32_t file = 0; file < run->c->files.n; file++)
        if (rp_rust_file_is_source(run->c->files.items[file]) &&
            !rp_rust_file_unread(run->c->files.items[file]))
            one_file(run, file);
}

static const rp_rust_rule rule = {.on_crate = look};

const rp_check rp_check_rp5150 = {
    .code = "RP5150",
    .name = "soundness-lint-allowed",
    .title = "lints on soundness are not switched off",
    .guide = "Static Analysis",
    .since = "0.2",
    .level = RP_NOTE,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no lint on soundness is switched off without a reason",
    .rule = &rule,
};
