/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "facts/source_build.h"

#include "cargo/crates.h"
#include "facts/source_allow.h"
#include "facts/source_edits.h"
#include "rust/rule.h"

#include <stdlib.h>

enum { MAX_CODE = 200, MAX_INDENT = 1000 }; /* bytes of a line that are shown, skipped */

typedef struct {
    rp_rust_crate *c;
    rp_rule_run run;
    rp_arena *arena;
    rp_source_facts *f;
    rp_source_allows allows;
    bool refused;
} building;

static rp_str path_of(const building *b, uint32_t file)
{
    return b->c->files.items[file]->path;
}

/* ---- files ---- */

/* Files that are named and not there. */
static void gaps(building *b, rp_unknown_source *to)
{
    for (uint32_t i = 0; i < b->c->gaps.n; i++) {
        const rp_rust_gap *gap = &b->c->gaps.items[i];
        rp_span at = rp_node_bytes(b->c, gap->file, gap->node);
        rp_unknown_source *u = &to[b->f->nunknown++];
        uint32_t column;
        u->file = path_of(b, at.file);
        u->why = gap->why;
        rp_rust_place(b->c, at.file, at.start, &u->line, &column);
        b->refused |= u->why.ptr == NULL;
    }
}

static void files(building *b)
{
    rp_unknown_source *to =
        rp_new(b->arena, (uint64_t)b->c->files.n + b->c->gaps.n, rp_unknown_source);
    b->f->unknown = to;
    b->refused |= to == NULL;
    for (uint32_t i = 0; to != NULL && i < b->c->files.n; i++) {
        const rp_rust_file *file = b->c->files.items[i];
        if (!rp_rust_file_is_source(file))
            continue;
        b->f->bytes += rp_rust_file_unread(file) ? 0 : file->tokens.text.len;
        if (!rp_rust_file_unread(file) && !rp_rust_file_unsound(file))
            continue;
        rp_unknown_source *u = &to[b->f->nunknown++];
        u->file = file->path;
        u->why = rp_str_from(file->err.text);
        const rp_rust_error *e = rp_rust_file_unread(file) ? NULL
                                 : file->tokens.n_errors   ? file->tokens.errors
                                                           : file->ast.errors.items;
        uint32_t column;
        if (e != NULL) {
            u->why = rp_str_from(e->text);
            rp_rust_place(b->c, i, e->at, &u->line, &column);
        }
    }
    if (to != NULL)
        gaps(b, to);
}

/* ---- unsafe code ---- */

static rp_unsafe_sum sum_of(const rp_unsafe_count *c)
{
    return (rp_unsafe_sum){.derefs = c->sure[RP_UNSAFE_DEREF],
                           .calls = c->sure[RP_UNSAFE_CALL],
                           .foreign_calls = c->sure[RP_UNSAFE_FOREIGN_CALL],
                           .mutable_statics = c->sure[RP_UNSAFE_STATIC_MUT],
                           .foreign_statics = c->sure[RP_UNSAFE_FOREIGN_STATIC],
                           .union_fields = c->sure[RP_UNSAFE_UNION_FIELD],
                           .assembly = c->sure[RP_UNSAFE_ASM],
                           .feature_calls = c->sure[RP_UNSAFE_FEATURE_CALL],
                           .maybe = rp_unsafe_total(c, false),
                           .blocks = c->blocks,
                           .idle_blocks = c->idle_blocks};
}

static void inventory(building *b)
{
    const rp_unsafe_inventory *inv = &b->run.inventory;
    rp_source_facts *f = b->f;
    rp_unsafe_function *to = rp_new(b->arena, inv->fns.n, rp_unsafe_function);
    f->files = inv->files;
    f->lines = inv->lines;
    f->functions = inv->functions;
    f->unsafe_functions = inv->unsafe_functions;
    f->unsafe_traits = inv->unsafe_traits;
    f->unsafe_impls = inv->unsafe_impls;
    f->foreign_functions = inv->foreign_functions;
    f->foreign_items = inv->foreign_statics;
    f->mutable_statics = inv->mutable_statics;
    f->unsafe_attributes = inv->unsafe_attributes;
    f->forbidden = inv->forbidden ? rp_fact_yes(RP_NOWHERE) : rp_fact_no(RP_NOWHERE);
    f->code = sum_of(&inv->code);
    f->tests = sum_of(&inv->tests);
    f->from_macros = inv->from_macros;
    f->macro_places = inv->macro_places;
    f->unsafe_in = to;
    b->refused |= to == NULL;
    for (uint32_t i = 0; to != NULL && i < inv->fns.n; i++) {
        const rp_def *d = rp_def_of(b->c, inv->fns.items[i].fn);
        rp_span at = rp_node_bytes(b->c, d->file, d->node);
        uint32_t column;
        rp_unsafe_function *u = &to[f->nunsafe_in++];
        u->path = rp_def_path(b->c, inv->fns.items[i].fn, b->arena);
        u->file = path_of(b, at.file);
        u->test = (d->flags & RP_DEF_TEST) != 0;
        u->is_unsafe = (d->flags & RP_DEF_UNSAFE) != 0;
        u->is_value = d->kind != RP_DEF_FN;
        u->sum = sum_of(&inv->fns.items[i].count);
        rp_rust_place(b->c, at.file, at.start, &u->line, &column);
    }
}

/* ---- notes ---- */

/* The line that a finding begins on. Bounded: thousands of findings may be on one line. */
static rp_str line_at(const building *b, rp_span at)
{
    rp_str text = b->c->files.items[at.file]->tokens.text;
    const rp_lines *lines = &b->c->files.items[at.file]->lines;
    size_t from = lines->n != 0 ? lines->start[rp_lines_line(lines, at.start) - 1] : at.start;
    for (size_t spaces = 0; spaces < MAX_INDENT && from < text.len; spaces++, from++)
        if (text.ptr[from] != ' ' && text.ptr[from] != '\t')
            break;
    size_t to = from;
    while (to < text.len && to - from < MAX_CODE && text.ptr[to] != '\n' && text.ptr[to] != '\r')
        to++;
    return (rp_str){text.ptr + from, to - from};
}

static void steps(building *b, const rp_rule_note *n, rp_rust_note *to)
{
    rp_rust_step *s = rp_new(b->arena, n->steps.n, rp_rust_step);
    b->refused |= s == NULL;
    to->steps = s;
    for (uint32_t i = 0; s != NULL && i < n->steps.n; i++) {
        const rp_rule_step *from = &n->steps.items[i];
        s[to->nsteps++] =
            (rp_rust_step){path_of(b, from->at.file), from->line, from->column, from->text};
    }
}

static void notes(building *b)
{
    rp_rust_note *to = rp_new(b->arena, b->run.notes.n, rp_rust_note);
    b->refused |= to == NULL;
    b->f->notes = to;
    for (uint32_t i = 0; to != NULL && i < b->run.notes.n; i++) {
        const rp_rule_note *n = &b->run.notes.items[i];
        const rp_rust_allow *allow = rp_source_allow_of(&b->allows, n);
        if (n->fold && b->f->strict) /* each is shown */
            continue;
        if (!b->f->strict && (n->test || n->confidence == RP_RULE_REVIEW)) {
            b->f->left_out++;
            continue;
        }
        rp_rust_note *t = &to[b->f->nnotes++];
        *t = (rp_rust_note){.rule = n->rule,
                            .confidence = n->confidence,
                            .fold = n->fold,
                            .test = n->test,
                            .fix_is_safe = n->fix_is_safe,
                            .file = path_of(b, n->at.file),
                            .line = n->line,
                            .column = n->column,
                            .end_line = n->end_line,
                            .end_column = n->end_column,
                            .code = line_at(b, n->at),
                            .text = n->text,
                            .fix = n->fix,
                            .allowed = allow != NULL,
                            .reason = allow != NULL ? allow->reason : RP_STR("")};
        t->function = n->def != 0 ? rp_def_path(b->c, n->def, b->arena) : b->c->name;
        steps(b, n, t);
        b->refused |= !rp_source_changes(b->c, n, b->arena, t);
    }
}

/* Everything that the report will say, in b->arena. */
static void tell(building *b, const rp_rust_rule *const *rules, const rp_rule_name *names,
                 uint32_t nrules)
{
    rp_arena scratch = {.limit = b->arena->limit};
    rp_rust_crate_link(b->c);
    rp_rules_run(b->c, rules, nrules, b->arena, &scratch, &b->run);
    rp_arena_free(&scratch);
    b->refused |= b->arena->refused;
    if (!b->refused) {
        files(b);
        inventory(b);
        b->refused |= !rp_source_allows_read(b->c, rules, names, nrules, b->arena, &b->allows);
        notes(b);
    }
    b->f->allows = b->allows.items.items;
    b->f->nallows = b->allows.items.n;
    if (b->refused || b->run.refused)
        b->f->read = rp_fact_unknown("it needs more memory than there is, or has too many findings "
                                     "or comments that allow them");
}

rp_code rp_source_build(const rp_source_crate *crate, const rp_rust_rule *const *rules,
                        const rp_rule_name *names, uint32_t nrules,
                        const struct rp_rust_opener *opener, bool strict, rp_arena *arena,
                        rp_source_facts **ret, rp_error *err)
{
    building b = {.arena = arena};
    rp_rust_source source = {.name = crate->name,
                             .root = crate->root,
                             .edition = rp_cargo_edition(crate->edition),
                             .lints = crate->lints,
                             .build_script = crate->build_script,
                             .out_dir = crate->out_dir,
                             .opener = opener,
                             .manifest = crate->manifest};
    rp_code code = rp_rust_crate_read(&source, arena, &b.c, err);
    if (code != RP_OK)
        return code;
    b.f = rp_new(arena, 1, rp_source_facts);
    if (b.f != NULL) {
        *b.f = (rp_source_facts){.read = rp_fact_yes(RP_NOWHERE),
                                 .crate = crate->name,
                                 .root = crate->root,
                                 .manifest = crate->manifest,
                                 .strict = strict,
                                 .edition = crate->edition};
        tell(&b, rules, names, nrules);
    }
    rp_rust_crate_close(b.c);
    *ret = b.f;
    return b.f != NULL ? RP_OK : rp_fail_memory(err);
}
