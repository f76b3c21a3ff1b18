/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/rule.h"

#include "base/limits.h"
#include "rust/macros.h"

#include <stdlib.h>

rp_span rp_node_bytes(const rp_rust_crate *c, uint32_t file, rp_id node)
{
    uint32_t site;
    rp_written_span s = rp_written(c, file, node, &site);
    return (rp_span){s.file, s.start, s.end};
}

/* What a macro wrote is placed at its call; where the definition is, is a step. */
static void from_macro(rp_rule_run *run, rp_rule_note *note, uint32_t file, rp_id node)
{
    uint32_t site;
    (void)rp_written(run->c, file, node, &site);
    if (site == 0)
        return;
    const rp_macro_site *s = rp_macro_site_of(run->c, site);
    rp_written_span place = {note->at.file, note->at.start, note->at.end};
    const char *where = rp_macro_place(run->c, file, node, &place) ? ", here" : "";
    note->from_macro = true;
    rp_str text = s->krate.len != 0
                      ? rp_arena_printf(run->arena, "the macro `%.*s` of crate %.*s wrote it",
                                        RP_FMT(s->name), RP_FMT(s->krate))
                      : rp_arena_printf(run->arena, "the %smacro `%.*s` wrote it%s",
                                        s->known ? "well-known " : "", RP_FMT(s->name), where);
    rp_rule_step *to = rp_vec_push(run->arena, &note->steps);
    run->refused |= to == NULL;
    if (to != NULL)
        *to = (rp_rule_step){.at = {place.file, place.start, place.end}, .text = text};
}

/* Nobody edits what a build script wrote: it counts, but what is wrong in it is told as what is
 * wrong in tests is. */
static bool is_aside(const rp_rust_crate *c, rp_def_id def, uint32_t file)
{
    if (def != 0 && (rp_def_of(c, def)->flags & RP_DEF_TEST) != 0)
        return true;
    rp_str path = c->files.items[file]->path, out = c->out_dir;
    return out.len != 0 && path.len > out.len && path.ptr[out.len] == '/' &&
           rp_str_eq(rp_str_sub(path, 0, out.len), out);
}

rp_rule_note *rp_rule_at(rp_rule_run *run, rp_def_id def, uint32_t file, rp_id node,
                         rp_rule_confidence confidence, rp_str text)
{
    rp_rule_note *n =
        run->notes.n < RP_MAX_RUST_NOTES ? rp_vec_push(run->arena, &run->notes) : NULL;
    if (n == NULL) {
        run->refused = true;
        return NULL;
    }
    n->rule = run->rule;
    n->confidence = (uint8_t)confidence;
    n->def = def;
    n->at = rp_node_bytes(run->c, file, node);
    n->text = text;
    n->test = is_aside(run->c, def, n->at.file);
    from_macro(run, n, file, node);
    return n;
}

rp_rule_note *rp_rule_in(rp_rule_run *run, const rp_body *body, rp_id node,
                         rp_rule_confidence confidence, rp_str text)
{
    return rp_rule_at(run, body->fn, body->file, node, confidence, text);
}

void rp_rule_step_at(rp_rule_run *run, rp_rule_note *note, uint32_t file, rp_id node, rp_str text)
{
    rp_rule_step *s = note != NULL ? rp_vec_push(run->arena, &note->steps) : NULL;
    if (s != NULL)
        *s = (rp_rule_step){.at = rp_node_bytes(run->c, file, node), .text = text};
    else
        run->refused |= note != NULL;
}

void rp_rule_edit_at(rp_rule_run *run, rp_rule_note *note, rp_span at, rp_str text)
{
    rp_written_span to;
    if (note != NULL && !rp_written_bytes(run->c, at.file, at.start, at.end, &to)) {
        note->no_edits = true;
        note->fix_is_safe = false;
        if (note->fix.len == 0)
            note->fix =
                rp_arena_printf(run->arena, "in the definition of the macro: %.*s", RP_FMT(text));
    }
    if (note != NULL && note->no_edits) {
        note->edits.n = 0; /* all of them together are the fix */
        return;
    }
    rp_rule_edit *e = note != NULL ? rp_vec_push(run->arena, &note->edits) : NULL;
    if (e != NULL)
        *e = (rp_rule_edit){{to.file, to.start, to.end}, text};
    else
        run->refused |= note != NULL;
}

const rp_flow *rp_rule_flow(rp_rule_run *run, const rp_body *body)
{
    if (run->flow != NULL)
        return run->flow;
    rp_flow *flow = rp_new(run->types->arena, 1, rp_flow);
    if (flow == NULL) {
        run->refused = true;
        return NULL;
    }
    rp_flow_read(body, flow);
    run->refused |= flow->refused;
    run->flow = flow;
    return flow;
}

/* The note gets each of them as a step, up to a few. */
static uint32_t fold_steps(rp_rule_run *run, rp_rule_note *to)
{
    enum { MAX_PLACES = 8 };
    uint32_t n = 0;
    for (uint32_t i = 0; i < run->notes.n; i++) {
        const rp_rule_note *from = &run->notes.items[i];
        if (from->rule != run->rule || from->test || from->fold)
            continue;
        if (n == 0)
            to->at = from->at;
        rp_rule_step *s = n++ < MAX_PLACES ? rp_vec_push(run->arena, &to->steps) : NULL;
        if (s != NULL)
            *s = (rp_rule_step){.at = from->at, .text = from->text};
    }
    return n;
}

/* One alone speaks for itself. */
static void show_only(rp_rule_run *run)
{
    for (uint32_t i = 0; i < run->notes.n; i++)
        if (run->notes.items[i].rule == run->rule && !run->notes.items[i].test)
            run->notes.items[i].confidence = RP_RULE_CONFIRMED;
}

void rp_rule_fold(rp_rule_run *run, const char *what, const char *fix)
{
    rp_rule_note note = {
        .rule = run->rule, .confidence = RP_RULE_CONFIRMED, .fold = true, .fix = rp_str_from(fix)};
    uint32_t n = fold_steps(run, &note);
    if (n < 2) {
        show_only(run);
        return;
    }
    note.text = rp_arena_printf(run->arena, "%u %s", n, what);
    rp_rule_note *to =
        run->notes.n < RP_MAX_RUST_NOTES ? rp_vec_push(run->arena, &run->notes) : NULL;
    run->refused |= to == NULL;
    if (to != NULL)
        *to = note;
}

/* ---- the run ---- */

static void crate_rules(rp_rule_run *run, const rp_rust_rule *const *rules, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        run->rule = (uint16_t)i;
        if (rules[i] != NULL && rules[i]->on_crate != NULL)
            rules[i]->on_crate(run);
    }
}

static void end_rules(rp_rule_run *run, const rp_rust_rule *const *rules, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        run->rule = (uint16_t)i;
        if (rules[i] != NULL && rules[i]->on_end != NULL)
            rules[i]->on_end(run);
    }
}

static void def_rules(rp_rule_run *run, const rp_rust_rule *const *rules, uint32_t n, rp_def_id def)
{
    for (uint32_t i = 0; i < n; i++) {
        run->rule = (uint16_t)i;
        if (rules[i] != NULL && rules[i]->on_def != NULL)
            rules[i]->on_def(run, def);
    }
}

/* Has the text of a function, constant or static the word `unsafe`? What has none cannot be unsafe
 * inside. */
static bool says_unsafe(const rp_rust_crate *c, rp_def_id fn)
{
    const rp_ast *ast = rp_def_ast(c, fn);
    const rp_node *n = rp_node_of(ast, rp_def_of(c, fn)->node);
    return rp_tokens_have(ast->tokens, n->first, n->last + 1, RP_T_UNSAFE);
}

static void body_rules(rp_rule_run *run, const rp_rust_rule *const *rules, uint32_t n, rp_def_id fn,
                       rp_arena *scratch)
{
    bool is_unsafe = says_unsafe(run->c, fn) || rp_macros_bring_unsafe(run->c, fn);
    bool wanted = is_unsafe, is_fn = rp_def_of(run->c, fn)->kind == RP_DEF_FN;
    rp_types types;
    rp_body body;
    for (uint32_t i = 0; is_fn && i < n; i++)
        wanted |= rules[i] != NULL && rules[i]->on_body != NULL && rules[i]->every_body;
    if (!wanted)
        return;
    if (!rp_types_init(&types, run->c, scratch)) {
        run->refused = true;
        return;
    }
    run->types = &types;
    run->flow = NULL;
    if (rp_body_read(&types, fn, &body)) {
        is_unsafe = says_unsafe(run->c, fn); /* what its macros bring is in its text now */
        run->refused |= body.refused;
        run->refused |= is_unsafe && !rp_unsafe_count_add(&run->inventory, &body, run->arena);
        for (uint32_t i = 0; i < n; i++) {
            run->rule = (uint16_t)i;
            if (rules[i] != NULL && rules[i]->on_body != NULL &&
                (is_unsafe || rules[i]->every_body))
                rules[i]->on_body(run, &body);
        }
    }
    run->refused |= types.refused || scratch->refused;
    run->types = NULL;
    run->flow = NULL;
    run->refused |= types.refused || scratch->refused;
    rp_arena_reset(scratch);
}

/* ---- one mistake of a macro, many calls ---- */

typedef struct {
    const rp_rule_note *note;
    uint32_t index;
} called;

static int compare(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

/* The same thing wrong at the same place of a definition? */
static int by_definition(const rp_rule_note *a, const rp_rule_note *b)
{
    const rp_span *x = &a->steps.items[0].at, *y = &b->steps.items[0].at;
    int order = compare(a->rule, b->rule);
    order = order != 0 ? order : compare(a->test, b->test);
    order = order != 0 ? order : compare(x->file, y->file);
    order = order != 0 ? order : compare(x->start, y->start);
    order = order != 0 ? order : compare((uint32_t)a->text.len, (uint32_t)b->text.len);
    return order != 0 || a->text.len == 0 ? order : memcmp(a->text.ptr, b->text.ptr, a->text.len);
}

static int by_definition_and_call(const void *a, const void *b)
{
    const called *x = a, *y = b;
    int order = by_definition(x->note, y->note);
    return order != 0 ? order : compare(x->index, y->index);
}

static bool is_called(const rp_rule_note *n)
{
    return n->from_macro && !n->fold && n->steps.n != 0;
}

/* The other calls become a step of the first. */
static void join(rp_rule_run *run, const called *all, uint32_t n)
{
    rp_rule_note *first = &run->notes.items[all[0].index];
    rp_rule_step *s = n > 1 ? rp_vec_push(run->arena, &first->steps) : NULL;
    run->refused |= n > 1 && s == NULL;
    if (s == NULL)
        return;
    *s = (rp_rule_step){.at = all[1].note->at,
                        .text =
                            rp_arena_printf(run->arena, "here, too: %u call%s in all", RP_MANY(n))};
    for (uint32_t i = 1; i < n; i++)
        run->notes.items[all[i].index].joined = true;
}

/* What is wrong in a macro's definition is said once, at its first call. */
static void join_calls(rp_rule_run *run)
{
    uint32_t n = 0, kept = 0;
    for (uint32_t i = 0; i < run->notes.n; i++)
        n += is_called(&run->notes.items[i]);
    called *all = n > 1 ? rp_new(run->arena, n, called) : NULL;
    run->refused |= n > 1 && all == NULL;
    if (all == NULL)
        return;
    n = 0;
    for (uint32_t i = 0; i < run->notes.n; i++)
        if (is_called(&run->notes.items[i]))
            all[n++] = (called){&run->notes.items[i], i};
    qsort(all, n, sizeof *all, by_definition_and_call);
    for (uint32_t from = 0, i = 1; i <= n; i++)
        if (i == n || by_definition(all[from].note, all[i].note) != 0) {
            join(run, all + from, i - from);
            from = i;
        }
    for (uint32_t i = 0; i < run->notes.n; i++)
        if (!run->notes.items[i].joined)
            run->notes.items[kept++] = run->notes.items[i];
    run->notes.n = kept;
}

static int by_place(const void *a, const void *b)
{
    const rp_rule_note *x = a, *y = b;
    if (x->rule != y->rule)
        return x->rule < y->rule ? -1 : 1;
    if (x->at.file != y->at.file)
        return x->at.file < y->at.file ? -1 : 1;
    if (x->at.start != y->at.start)
        return x->at.start < y->at.start ? -1 : 1;
    return (x->at.end > y->at.end) - (x->at.end < y->at.end);
}

static bool is_told(const rp_rule_note *a, const rp_rule_note *b)
{
    return by_place(a, b) == 0 && rp_str_eq(a->text, b->text);
}

/* A file that is several modules is one place: what is wrong in it is told once. */
static void one_file(rp_rule_run *run)
{
    const uint32_t *first = run->inventory.first_file;
    uint32_t kept = 0;
    for (uint32_t i = 0; first != NULL && i < run->notes.n; i++) {
        rp_rule_note *n = &run->notes.items[i];
        n->at.file = first[n->at.file];
        for (uint32_t s = 0; s < n->steps.n; s++)
            n->steps.items[s].at.file = first[n->steps.items[s].at.file];
        for (uint32_t e = 0; e < n->edits.n; e++)
            n->edits.items[e].at.file = first[n->edits.items[e].at.file];
    }
    if (run->notes.n > 1)
        qsort(run->notes.items, run->notes.n, sizeof run->notes.items[0], by_place);
    for (uint32_t i = 0; i < run->notes.n; i++)
        if (first == NULL || kept == 0 ||
            !is_told(&run->notes.items[kept - 1], &run->notes.items[i]))
            run->notes.items[kept++] = run->notes.items[i];
    run->notes.n = kept;
}

/* Out of memory: what was found is worth nothing, and what is not found would be looked for again.
 */
static bool lost(const rp_rust_crate *c)
{
    return c->arena->refused;
}

static void places(rp_rule_run *run)
{
    for (uint32_t i = 0; i < run->notes.n && !lost(run->c); i++) {
        rp_rule_note *n = &run->notes.items[i];
        rp_rust_place(run->c, n->at.file, n->at.start, &n->line, &n->column);
        rp_rust_place(run->c, n->at.file, n->at.end, &n->end_line, &n->end_column);
        for (uint32_t s = 0; s < n->steps.n; s++)
            rp_rust_place(run->c, n->steps.items[s].at.file, n->steps.items[s].at.start,
                          &n->steps.items[s].line, &n->steps.items[s].column);
    }
}

void rp_rules_run(rp_rust_crate *c, const rp_rust_rule *const *rules, uint32_t n, rp_arena *arena,
                  rp_arena *scratch, rp_rule_run *ret)
{
    rp_rule_run run = {.c = c, .arena = arena};
    rp_types types;
    if (rp_types_init(&types, c, scratch)) {
        run.types = &types;
        run.refused = !rp_unsafe_count_start(c, &run.inventory);
        crate_rules(&run, rules, n);
        for (rp_def_id id = 1; id < c->defs.n && !lost(c); id++)
            if ((rp_def_of(c, id)->flags & RP_DEF_IN_BODY) == 0)
                def_rules(&run, rules, n, id);
        run.refused |= types.refused || scratch->refused;
        rp_arena_reset(scratch);
    } else {
        run.refused = true;
    }
    /* bodies add definitions, which are met later */
    for (rp_def_id id = 1; id < c->defs.n && !lost(c); id++)
        if (rp_def_body_slot(c, id) != 0)
            body_rules(&run, rules, n, id, scratch);
    rp_unsafe_count_end(&run.inventory);
    one_file(&run);
    join_calls(&run);
    end_rules(&run, rules, n);
    if (run.notes.n > 1)
        qsort(run.notes.items, run.notes.n, sizeof run.notes.items[0], by_place);
    places(&run);
    run.refused |= rp_rust_crate_refused(c);
    *ret = run;
}
