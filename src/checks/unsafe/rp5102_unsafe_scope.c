/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"

enum {
    MANY = 3, /* safe statements in a row that are worth a finding by default */
    SHOWN = 3 /* findings of a crate that are shown by themselves by default */
};

/* An unsafe block: its statements [first, end) are those from the first to the last that need it.
 */
typedef struct {
    rp_rule_run *run;
    const rp_body *body;
    const rp_ast *ast;
    const uint32_t *before; /* by token of the body: unsafe operations that begin before it */
    uint32_t base;          /* the body's first token */
    rp_id block;
    uint32_t n, first, end;
    uint32_t inner; /* the longest run of statements between those that need none */
} scope;

static rp_id statement(const scope *s, uint32_t i)
{
    return rp_kid(s->ast, s->block, RP_BLOCK_STMTS + i);
}

static bool needs_unsafe(const scope *s, rp_id node)
{
    const rp_node *n = rp_node_of(s->ast, node);
    return s->before[n->last + 1 - s->base] != s->before[n->first - s->base];
}

static const uint32_t *operations_before(const rp_body *body, rp_arena *arena)
{
    const rp_node *root = rp_node_of(body->ast, body->root);
    uint32_t n = root->last - root->first + 2;
    uint32_t *before = rp_new(arena, n, uint32_t);
    for (uint32_t i = 0; before != NULL && i < body->ops.n; i++) {
        uint32_t at = rp_node_of(body->ast, body->ops.items[i].node)->first;
        if (at >= root->first && at <= root->last)
            before[at - root->first + 1]++;
    }
    for (uint32_t i = 1; before != NULL && i < n; i++)
        before[i] += before[i - 1];
    return before;
}

/* Where in the block are the statements that need it? False: nowhere. */
static bool measure(scope *s)
{
    uint32_t run = 0;
    s->n = rp_kids_count(s->ast, s->block) - RP_BLOCK_STMTS;
    s->first = s->n;
    for (uint32_t i = 0; i < s->n; i++) {
        bool needs = needs_unsafe(s, statement(s, i));
        if (needs && s->first == s->n)
            s->first = i;
        else if (needs && run > s->inner)
            s->inner = run;
        run = needs ? 0 : run + 1;
        s->end = needs ? i + 1 : s->end;
    }
    return s->first < s->n;
}

/* ---- what kinds of statements ---- */

/* The value of the block, when statement i is it. */
static rp_id value_of(const scope *s, uint32_t i)
{
    rp_id node = statement(s, i);
    bool value = i + 1 == s->n && rp_kind_of(s->ast, node) == RP_N_EXPR_STMT &&
                 !rp_node_has(s->ast, node, RP_Q_SEMI);
    return value ? rp_kid(s->ast, node, 1) : 0;
}

/* A value that is only named: nobody gains by moving it. */
static bool only_names(const scope *s, uint32_t i)
{
    rp_id value = value_of(s, i);
    rp_node_kind kind = value != 0 ? rp_kind_of(s->ast, value) : RP_N_NONE;
    return kind == RP_N_PATH_EXPR || kind == RP_N_LIT ||
           (kind == RP_N_TUPLE && rp_kids_count(s->ast, value) == 0);
}

/* `let x = …; x`, x without a type of its own: the block is worth what x is. */
static bool returns_its_let(const scope *s)
{
    if (s->n != 2 || s->first != 0 || s->end != 1 || value_of(s, 1) == 0)
        return false;
    rp_id let = statement(s, 0), pat = rp_kid(s->ast, let, RP_LET_PAT), value = value_of(s, 1);
    return rp_kind_of(s->ast, let) == RP_N_LET && rp_kind_of(s->ast, pat) == RP_N_PAT_IDENT &&
           rp_kid(s->ast, pat, 0) == 0 && !rp_node_has(s->ast, pat, RP_Q_REF) &&
           rp_kid(s->ast, let, RP_LET_TYPE) == 0 && rp_kid(s->ast, let, RP_LET_ELSE) == 0 &&
           rp_kind_of(s->ast, value) == RP_N_PATH_EXPR &&
           rp_str_eq(rp_node_text(s->ast, value), rp_node_text(s->ast, pat));
}

/* Statements whose names or guards those behind them may use: each is narrowed by itself. */
static bool binds(const scope *s)
{
    for (uint32_t i = s->first; i < s->end; i++) {
        rp_id node = statement(s, i);
        rp_node_kind kind = rp_kind_of(s->ast, node);
        if (kind == RP_N_LET || rp_is_item(kind))
            return true;
    }
    return false;
}

/* The part of a statement that `unsafe { }` goes around: 0 when none holds all operations. */
static rp_id narrowed(const scope *s, uint32_t i)
{
    rp_id node = statement(s, i);
    if (rp_kind_of(s->ast, node) != RP_N_LET)
        return rp_kind_of(s->ast, node) == RP_N_EXPR_STMT ? node : 0;
    rp_id other = rp_kid(s->ast, node, RP_LET_ELSE);
    if (rp_kid(s->ast, node, RP_SLOT_ATTRS) != 0 || (other != 0 && needs_unsafe(s, other)))
        return 0;
    return rp_kid(s->ast, node, RP_LET_INIT);
}

/* An unknown macro may bind names, which a block around it would hide. */
static bool may_bind(const scope *s, rp_id statement_node)
{
    rp_id expr = rp_kind_of(s->ast, statement_node) == RP_N_EXPR_STMT
                     ? rp_kid(s->ast, statement_node, 1)
                     : 0;
    return expr != 0 && rp_kind_of(s->ast, expr) == RP_N_MACRO_CALL;
}

static bool can_narrow_each(const scope *s)
{
    for (uint32_t i = s->first; i < s->end; i++) {
        rp_id node = statement(s, i);
        if (needs_unsafe(s, node) && (narrowed(s, i) == 0 || may_bind(s, node)))
            return false;
    }
    return true;
}

/* ---- edits ---- */

static void put(const scope *s, rp_rule_note *n, uint32_t start, uint32_t end, const char *text)
{
    rp_span at = {.file = s->body->file, .start = start, .end = end};
    rp_rule_edit_at(s->run, n, at, rp_str_from(text));
}

static void around(const scope *s, rp_rule_note *n, rp_id from, rp_id to)
{
    uint32_t start, end, other;
    rp_node_span(s->ast, from, &start, &other);
    rp_node_span(s->ast, to, &other, &end);
    put(s, n, start, start, "unsafe { ");
    put(s, n, end, end, " }");
}

/* `unsafe {` becomes `{`. */
static void open_up(const scope *s, rp_rule_note *n)
{
    const rp_node *block = rp_node_of(s->ast, s->block);
    uint32_t start = s->ast->tokens->start[block->first];
    uint32_t end = rp_token_end(s->ast->tokens, block->first);
    uint32_t brace = s->ast->tokens->start[block->main];
    uint32_t comment;
    bool spaces = rp_comments_before(s->ast->tokens, block->main, &comment) == 0;
    put(s, n, start, spaces ? brace : end, "");
}

/* `{ let x = init; x }` becomes `{ init }`. */
static void give_at_once(const scope *s, rp_rule_note *n)
{
    const rp_tokens *t = s->ast->tokens;
    const rp_node *block = rp_node_of(s->ast, s->block);
    uint32_t start, end, comment;
    rp_node_span(s->ast, rp_kid(s->ast, statement(s, 0), RP_LET_INIT), &start, &end);
    put(s, n, rp_token_end(t, block->main), start, " ");
    put(s, n, end, t->start[block->last], " ");
    bool said = false;
    for (uint32_t i = block->main + 1; i <= block->last; i++)
        said |= rp_comments_before(t, i, &comment) != 0;
    if (n != NULL)
        n->fix_is_safe = !said; /* a person decides what becomes of the comments */
}

static void edit(const scope *s, rp_rule_note *n)
{
    if (n == NULL)
        return;
    if (returns_its_let(s)) {
        n->fix = RP_STR("give the value at once: unsafe { … } around the operation alone");
        give_at_once(s, n);
    } else if (s->end == s->n || (!binds(s) && can_narrow_each(s))) {
        n->fix = RP_STR("open the block up and put unsafe { } around what needs it");
        n->fix_is_safe = true;
        open_up(s, n);
        around(s, n, statement(s, s->first), statement(s, s->end - 1));
    } else if (can_narrow_each(s)) {
        n->fix = RP_STR("let x = unsafe { … }; for each of them, outside of a block");
        open_up(s, n);
        for (uint32_t i = s->first; i < s->end; i++)
            if (needs_unsafe(s, statement(s, i)))
                around(s, n, narrowed(s, i), narrowed(s, i));
    } else {
        n->fix = RP_STR("move them out of the block");
    }
}

/* ---- notes ---- */

static void steps(const scope *s, rp_rule_note *n)
{
    uint32_t run = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        bool needs = needs_unsafe(s, statement(s, i));
        if (!needs && run++ == 0)
            rp_rule_step_at(s->run, n, s->body->file, statement(s, i),
                            RP_STR("from here on nothing is or may be unsafe"));
        else if (needs && (run != 0 || i == 0))
            rp_rule_step_at(s->run, n, s->body->file, statement(s, i),
                            RP_STR("this needs the block"));
        run = needs ? 0 : run;
    }
}

static void judge(scope *s)
{
    if (!rp_node_has(s->ast, s->block, RP_Q_UNSAFE) || !measure(s))
        return;
    uint32_t first = rp_node_of(s->ast, s->block)->first;
    bool at_once = returns_its_let(s);
    uint32_t behind = s->n - s->end, plain = behind == 1 && only_names(s, s->n - 1);
    uint32_t safe = s->first + behind - plain;
    if (s->ast->tokens->kind[first] != RP_T_UNSAFE || (!at_once && safe == 0 && s->inner < MANY))
        return;
    rp_rule_confidence sure = at_once                     ? RP_RULE_CONFIRMED
                              : s->first + behind >= MANY ? RP_RULE_LIKELY
                                                          : RP_RULE_REVIEW;
    rp_str text =
        safe != 0 || at_once
            ? rp_arena_printf(s->run->arena,
                              "%u of the block's %u statement%s, at its start or end, %s nothing "
                              "that is or may be unsafe",
                              s->first + behind, RP_MANY(s->n),
                              rp_by_count(s->first + behind, "holds", "hold"))
            : rp_arena_printf(
                  s->run->arena,
                  "%u statement%s inside of the block hold nothing that is or may be unsafe",
                  RP_MANY(s->inner));
    rp_rule_note *n = rp_rule_in(s->run, s->body, s->block, sure, text);
    steps(s, n);
    if (safe != 0 || at_once)
        edit(s, n);
    else if (n != NULL)
        n->fix = RP_STR("make it several blocks, unless one SAFETY comment is about them all");
}

static void look(rp_rule_run *run, const rp_body *body)
{
    scope s = {.run = run, .body = body, .ast = body->ast};
    s.before = operations_before(body, run->types->arena);
    s.base = rp_node_of(body->ast, body->root)->first;
    run->refused |= s.before == NULL;
    for (uint32_t i = 0; s.before != NULL && i < body->blocks.n; i++) {
        const rp_node *node = rp_node_of(body->ast, body->blocks.items[i].node);
        const rp_node *root = rp_node_of(body->ast, body->root);
        s.block = body->blocks.items[i].node;
        s.first = s.end = s.inner = 0;
        if (body->blocks.items[i].all != 0 && node->first >= root->first &&
            node->last <= root->last)
            judge(&s);
    }
}

/* One place after the other is work for a day, not news: beyond a few the number says it. */
static void end(rp_rule_run *run)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < run->notes.n; i++) {
        const rp_rule_note *note = &run->notes.items[i];
        n += note->rule == run->rule && !note->test && note->confidence != RP_RULE_REVIEW;
    }
    if (n <= SHOWN)
        return;
    for (uint32_t i = 0; i < run->notes.n; i++)
        if (run->notes.items[i].rule == run->rule)
            run->notes.items[i].confidence = RP_RULE_REVIEW;
    rp_rule_fold(
        run, "unsafe blocks hold statements that need none (--strict shows each, with its edit)",
        "put unsafe { } around what needs it alone");
}

static const rp_rust_rule rule = {.on_body = look, .on_end = end};

const rp_check rp_check_rp5102 = {
    .code = "RP5102",
    .name = "unsafe-scope",
    .title = "unsafe blocks hold no more than they must",
    .guide = "Minimizing Unsafe Scope",
    .since = "0.2",
    .level = RP_NOTE,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "unsafe blocks begin and end with what needs them",
    .rule = &rule,
};
