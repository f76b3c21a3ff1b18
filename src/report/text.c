/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The formats for people: text (one screen), full, table, short. */
#include "report/command.h"
#include "report/coverage.h"
#include "report/groups.h"
#include "text/display.h"
#include "report/rows.h"
#include "report/fleet.h"
#include "report/problems.h"

enum {
    MANY_OUTSIDE = 20,
    SCREEN = 40,     /* lines of the default screen */
    FEW = 8,         /* so many artefacts get blocks; more get the fleet screen */
    FLEET_ROWS = 16, /* of the worst artefacts on the fleet screen */
    NAMED_PLACES = 3,
    NARROW = 100, /* columns: below, totals and notes take two lines each */
    BELOW = 4     /* totals, hint, and what the program says on standard error */
};

static size_t screen_lines(const rp_report_options *opt)
{
    if (opt->verbose > 0 || opt->by != RP_BY_NOTHING)
        return SIZE_MAX;
    if (opt->max_lines != 0)
        return opt->max_lines;
    return opt->width != 0 && opt->width < NARROW ? SCREEN - 2 : SCREEN;
}

static void put_hint(const rp_report_options *opt, rp_buf *out, const char *hint)
{
    if (opt->verbose != 0 || hint == NULL)
        return;
    rp_put_ink(opt, out, RP_INK_DIM, hint);
    rp_buf_char(out, '\n');
}

static void put_failures(const rp_report_options *opt, rp_buf *out, const rp_run_report *run,
                         uint32_t most)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < run->ntargets; i++) {
        if (run->targets[i]->facts != NULL)
            continue;
        if (n++ < most)
            rp_put_failure(opt, out, run->targets[i]);
    }
    if (n > most)
        rp_buf_printf(out, "%s %u more could not be read: --format short names them\n",
                      rp_dots(opt), n - most);
}

static void put_final(const rp_report_options *opt, rp_buf *out, const rp_run_report *run,
                      const char *hint)
{
    rp_put_totals(opt, out, run);
    rp_buf_char(out, '\n');
    put_hint(opt, out, hint);
}

/* ---- one artefact ---- */

static void text_one(const rp_report_options *opt, const rp_run_report *run, rp_buf *out)
{
    const rp_target_report *t = run->targets[0];
    if (t->facts == NULL) {
        rp_put_failure(opt, out, t);
    } else {
        size_t start = out->len, screen = screen_lines(opt);
        if (opt->verbose >= 0)
            rp_put_heading(opt, out, t, t->findings[RP_DENY] + t->findings[RP_WARN] != 0);
        size_t used = BELOW + rp_lines(rp_str_sub(rp_buf_str(out), start, SIZE_MAX));
        rp_put_one(opt, out, t, screen == SIZE_MAX ? 0 : screen > used ? screen - used : 1);
    }
    put_final(opt, out, run,
              t->facts != NULL ? "-v shows every check, --format full shows all evidence" : NULL);
}

/* ---- several artefacts: a block per distinct problem ---- */

static void put_block_line(const rp_report_options *opt, rp_buf *out, const char *label, rp_str s,
                           bool wrap)
{
    rp_put_ink(opt, out, RP_INK_DIM, "   = ");
    rp_put_ink(opt, out, RP_INK_DIM, label);
    rp_buf_puts(out, ": ");
    size_t column = 7 + strlen(label);
    if (wrap)
        rp_put_wrapped(opt, out, s, column, 7);
    else
        rp_buf_put(out, s);
    rp_buf_char(out, '\n');
}

/* Places with the same text, from `from`; returns how many. */
static uint32_t same_text(const rp_group *g, uint32_t from)
{
    uint32_t n = 1;
    while (from + n < g->n &&
           rp_str_eq(g->places[from].result->out.text, g->places[from + n].result->out.text))
        n++;
    return n;
}

static void put_place_names(const rp_report_options *opt, rp_buf *out, const rp_group *g,
                            uint32_t from, uint32_t n)
{
    uint32_t named = n <= NAMED_PLACES + 1 || opt->verbose > 0 ? n : NAMED_PLACES;
    for (uint32_t i = 0; i < named; i++) {
        rp_buf_puts(out, i == 0 ? "" : ", ");
        rp_put_where(opt, out, g->places[from + i].target, g->places[from + i].result);
    }
    if (named < n)
        rp_buf_printf(out, " and %u more", n - named);
}

/* "also in: b, c"; and other wordings of the same problem with their places. */
static void put_places(const rp_report_options *opt, rp_buf *out, const rp_group *g)
{
    rp_buf text = {0};
    uint32_t first = same_text(g, 0);
    if (first > 1) {
        put_place_names(opt, &text, g, 1, first - 1);
        put_block_line(opt, out, "also in", rp_buf_str(&text), true);
    }
    for (uint32_t at = first, n, shown = 0; at < g->n; at += n) {
        n = same_text(g, at);
        rp_put_afresh(&text);
        if (shown++ == NAMED_PLACES && opt->verbose <= 0) {
            rp_buf_printf(&text, "and in %u more", g->n - at);
            put_block_line(opt, out, "also", rp_buf_str(&text), true);
            break;
        }
        put_place_names(opt, &text, g, at, n);
        rp_buf_puts(&text, ": ");
        rp_put_text(opt, &text, g->places[at].result->out.text);
        put_block_line(opt, out, "also", rp_buf_str(&text), true);
    }
    out->bad |= text.bad;
    rp_buf_free(&text);
}

static void put_block_outside(const rp_report_options *opt, rp_buf *out, const rp_out *r,
                              uint32_t most)
{
    rp_buf text = {0};
    uint32_t at = 0, all = rp_outside_total(r);
    const rp_code_place *place = rp_outside_next(r, &at);
    for (uint32_t i = 0; place != NULL && i < most; i++) {
        const rp_code_place *next = rp_outside_next(r, &at);
        rp_put_afresh(&text);
        rp_put_outside(opt, &text, r, place);
        if ((next == NULL || i + 1 == most) && i + 1 < all)
            rp_buf_printf(&text, " (and %u more)", all - i - 1);
        put_block_line(opt, out, "outside", rp_buf_str(&text), true);
        place = next;
    }
    out->bad |= text.bad;
    rp_buf_free(&text);
}

static void put_block_rows(const rp_report_options *opt, rp_buf *out, const rp_coverage *c)
{
    enum { NAMES = 32 };
    uint32_t n;
    const rp_coverage_row *rows = rp_coverage_rows(opt, c, &n);
    rp_buf text = {0};
    for (uint32_t i = 0; i < n; i++) {
        rp_put_afresh(&text);
        rp_put_coverage_row(opt, &text, &rows[i], NAMES);
        put_block_line(opt, out, "covers", rp_buf_str(&text), false);
    }
    rp_coverage_row rest;
    if (rp_coverage_rest(opt, c, &rest)) {
        rp_put_afresh(&text);
        rp_put_coverage_row(opt, &text, &rest, NAMES);
        put_block_line(opt, out, "covers", rp_buf_str(&text), false);
    }
    out->bad |= text.bad;
    rp_buf_free(&text);
}

/* How a member is taken out of its package, and the command that reads it then. */
static void put_block_verify(const rp_report_options *opt, rp_buf *out, const rp_place *p)
{
    rp_buf text = {0};
    if (rp_put_extract(opt, &text, p->target)) {
        rp_put_ink(opt, out, RP_INK_DIM, "   = first: ");
        rp_put_commands(opt, out, rp_buf_str(&text), 12);
        rp_buf_char(out, '\n');
    }
    rp_put_afresh(&text);
    rp_put_verify(opt, &text, p->target, p->result);
    rp_put_ink(opt, out, RP_INK_DIM, "   = verify: ");
    rp_put_commands(opt, out, rp_buf_str(&text), 13);
    rp_buf_char(out, '\n');
    out->bad |= text.bad;
    rp_buf_free(&text);
}

/* The first of the places with text `at`, unless it is mended as the group's first is. */
static const rp_out *mended_otherwise(const rp_group *g, uint32_t at)
{
    const rp_out *first = &g->places[0].result->out, *r = &g->places[at].result->out;
    if (r->nfixes == 0 ||
        (first->nfixes != 0 && rp_str_eq(r->fixes[0].value, first->fixes[0].value)))
        return NULL;
    return r;
}

/* What mends the other wordings, where that is something else. */
static void put_other_fixes(const rp_report_options *opt, rp_buf *out, const rp_group *g)
{
    rp_buf text = {0};
    uint32_t shown = 0;
    for (uint32_t at = same_text(g, 0); at < g->n; at += same_text(g, at)) {
        const rp_out *r = mended_otherwise(g, at);
        if (r == NULL || (shown++ >= NAMED_PLACES && opt->verbose <= 0))
            continue;
        rp_put_afresh(&text);
        rp_put_fix(opt, &text, &r->fixes[0]);
        put_block_line(opt, out, "and", rp_buf_str(&text), true);
    }
    out->bad |= text.bad;
    rp_buf_free(&text);
}

static void put_block_details(const rp_report_options *opt, rp_buf *out, const rp_place *p,
                              rp_detail detail)
{
    rp_buf text = {0};
    const rp_out *r = &p->result->out;
    for (uint32_t i = 0; i < r->nevidence && detail >= RP_DETAIL_SHORT; i++) {
        if (i == 1 && detail == RP_DETAIL_SHORT)
            break;
        rp_put_afresh(&text);
        rp_put_evidence(opt, &text, &r->evidence[i]);
        put_block_line(opt, out, "read", rp_buf_str(&text), true);
    }
    put_block_rows(opt, out, r->coverage);
    if (detail >= RP_DETAIL_SHORT)
        put_block_outside(opt, out, r,
                          opt->verbose > 0             ? MANY_OUTSIDE
                          : detail == RP_DETAIL_NORMAL ? NAMED_PLACES
                                                       : 1);
    if (r->verify.len > 0 && detail >= RP_DETAIL_SHORT)
        put_block_verify(opt, out, p);
    for (uint32_t i = 0; i < r->nfixes && detail >= RP_DETAIL_FIX; i++) {
        rp_put_afresh(&text);
        rp_put_fix(opt, &text, &r->fixes[i]);
        put_block_line(opt, out, rp_fix_label(r->fixes, i), rp_buf_str(&text), true);
    }
    out->bad |= text.bad;
    rp_buf_free(&text);
}

/* Whether both checks do not know the same, for the same reason, of the same things. */
static bool same_unknown(const rp_group *a, const rp_group *b)
{
    if (a->n != b->n)
        return false;
    for (uint32_t i = 0; i < a->n; i++)
        if (a->places[i].target != b->places[i].target ||
            !rp_same_unknown(a->places[i].result, b->places[i].result))
            return false;
    return true;
}

/* How many groups from here on one block tells. */
static uint32_t told_together(const rp_report_options *opt, const rp_group *groups, uint32_t n)
{
    uint32_t same = 1;
    while (opt->verbose <= 0 && same < n && same_unknown(&groups[0], &groups[same]))
        same++;
    return same;
}

static void put_likewise(const rp_report_options *opt, rp_buf *out, const rp_group *groups,
                         uint32_t n)
{
    const rp_result *results[RP_NAMED_CHECKS + 1];
    rp_buf text = {0};
    for (uint32_t i = 0; i < n && i <= RP_NAMED_CHECKS; i++)
        results[i] = groups[i].places[0].result;
    rp_put_checks(&text, results, n);
    if (n > 0)
        put_block_line(opt, out, "likewise", rp_buf_str(&text), true);
    out->bad |= text.bad;
    rp_buf_free(&text);
}

/* rustc's form, so that editors' problem matchers for rustc work. The block is about the first
 * group; the other n - 1 say the same. */
static void put_block(const rp_report_options *opt, rp_buf *out, const rp_group *g, uint32_t n,
                      rp_detail detail)
{
    const rp_place *p = &g->places[0];
    const rp_look *look = rp_look_of(p->result);
    rp_buf text = {0};
    rp_put_ink(opt, out, look->ink, look->block);
    rp_buf_printf(out, "[%s %s]: ", p->result->check->code, p->result->check->name);
    rp_put_text(opt, &text, p->result->out.text);
    rp_put_wrapped(opt, out, rp_buf_str(&text),
                   strlen(look->block) + strlen(p->result->check->name) + 11, 4);
    rp_buf_puts(out, "\n  --> ");
    if (p->result->out.where.file.len != 0)
        rp_put_where(opt, out, p->target, p->result);
    else
        rp_put_name(opt, out, p->target);
    rp_buf_char(out, '\n');
    put_likewise(opt, out, g + 1, n - 1);
    put_places(opt, out, g);
    put_block_details(opt, out, p, detail);
    if (detail >= RP_DETAIL_FIX)
        put_other_fixes(opt, out, g);
    if (detail >= RP_DETAIL_SHORT)
        rp_buf_char(out, '\n');
    out->bad |= text.bad;
    rp_buf_free(&text);
}

/* Where the wording begins that most places of the group have. */
static uint32_t commonest_text(const rp_group *g)
{
    uint32_t best = 0, most = 0;
    for (uint32_t at = 0, n; at < g->n; at += n) {
        n = same_text(g, at);
        if (n > most) {
            most = n;
            best = at;
        }
    }
    return best;
}

/* How many groups from here on say the same, about whatever subject. */
static uint32_t alike(const rp_group *groups, uint32_t n)
{
    const rp_result *r = groups[0].places[commonest_text(&groups[0])].result;
    uint32_t same = 1;
    for (; same < n; same++) {
        const rp_group *g = &groups[same];
        const rp_result *other = g->places[commonest_text(g)].result;
        if (other->check != r->check || rp_look_of(other) != rp_look_of(r) ||
            !rp_str_eq(other->out.text, r->out.text))
            break;
    }
    return same;
}

/* One line about `groups` of one check, or about one, with `likewise` other checks that say the
 * same. */
static void put_problem_line(const rp_report_options *opt, rp_buf *out, const rp_group *g,
                             uint32_t groups, uint32_t likewise)
{
    const rp_place *first = &g->places[0];
    uint32_t most = commonest_text(g);
    rp_buf where = {0};
    rp_put_where(opt, &where, first->target, first->result);
    rp_problem problem = {.check = first->result->check,
                          .look = rp_look_of(first->result),
                          .where = rp_buf_str(&where),
                          .text = g->places[most].result->out.text,
                          .mixed = same_text(g, most) < g->n,
                          .nlikewise = likewise};
    for (uint32_t i = 0; i < groups; i++)
        problem.places += g[i].n;
    for (uint32_t i = 0; i < likewise && i < RP_PROBLEM_CODES; i++)
        problem.likewise[i] = g[i + 1].places[0].result->check->code;
    rp_put_problem(opt, out, &problem);
    out->bad |= where.bad;
    rp_buf_free(&where);
}

static void put_blocks(const rp_report_options *opt, rp_buf *out, const rp_groups *groups,
                       size_t lines)
{
    rp_buf body = {0};
    uint32_t n = opt->max_shown != 0 && opt->max_shown < groups->n ? opt->max_shown : groups->n;
    int detail = opt->verbose < 0 ? RP_DETAIL_NONE : RP_DETAIL_NORMAL;
    for (;; detail--) {
        rp_put_afresh(&body);
        for (uint32_t i = 0, same; i < n && detail >= 0; i += same) {
            same = told_together(opt, &groups->items[i], n - i);
            put_block(opt, &body, &groups->items[i], same, (rp_detail)detail);
        }
        for (uint32_t i = 0, same, told; i < n && detail<0; i += same> told ? same : told) {
            same = alike(&groups->items[i], n - i);
            told = same == 1 ? told_together(opt, &groups->items[i], n - i) : 1;
            put_problem_line(opt, &body, &groups->items[i], same, told - 1);
        }
        if (rp_lines(rp_buf_str(&body)) <= lines || detail < 0)
            break;
    }
    rp_buf_put(out, rp_buf_str(&body));
    if (n < groups->n)
        rp_buf_printf(out, "%s %u more problem%s: --max-findings hides them\n", rp_dots(opt),
                      RP_MANY(groups->n - n));
    out->bad |= body.bad;
    rp_buf_free(&body);
}

/* What a project says is about lines of its files: blocks suit them better than rows. */
static bool has_project(const rp_run_report *run)
{
    for (uint32_t i = 0; i < run->ntargets; i++)
        if (run->targets[i]->facts != NULL && !rp_facts_artefact(run->targets[i]->facts))
            return true;
    return false;
}

static void put_headings(const rp_report_options *opt, rp_buf *out, const rp_run_report *run)
{
    for (uint32_t i = 0; i < run->ntargets; i++)
        if (run->targets[i]->facts != NULL)
            rp_put_heading(opt, out, run->targets[i], false);
}

static void put_few_rows(const rp_report_options *opt, rp_buf *out, const rp_run_report *run)
{
    rp_table_row rows[FEW];
    rp_buf texts[FEW] = {{0}};
    for (uint32_t i = 0; i < run->ntargets; i++) {
        rows[i] = rp_table_row_of(opt, run->targets[i], &texts[i]);
        out->bad |= texts[i].bad;
    }
    if (!out->bad)
        rp_put_table(opt, out, rows, run->ntargets);
    for (uint32_t i = 0; i < run->ntargets; i++)
        rp_buf_free(&texts[i]);
}

static void text_few(const rp_report_options *opt, const rp_run_report *run, rp_buf *out)
{
    rp_arena arena = {0};
    rp_groups groups;
    size_t used = run->ntargets + 5, lines = screen_lines(opt);
    put_failures(opt, out, run, FEW);
    if (rp_groups_of(&arena, opt, run, &groups))
        put_blocks(opt, out, &groups, lines > used ? lines - used : 0);
    else
        out->bad = true;
    if (opt->verbose >= 0 && run->judged > 0 && has_project(run))
        put_headings(opt, out, run);
    else if (opt->verbose >= 0 && run->judged > 0)
        put_few_rows(opt, out, run);
    put_final(opt, out, run,
              run->judged > 0 ? "-v shows every place, --format full every check and its evidence"
                              : NULL);
    rp_arena_free(&arena);
}

/* ---- a fleet ---- */

static bool same_unknown_in_fleet(const rp_fleet_problem *a, const rp_fleet_problem *b)
{
    return a->outcome == RP_OUTCOME_UNKNOWN && a->look == b->look && a->places == b->places &&
           a->places_and_texts == b->places_and_texts;
}

static uint32_t told_together_in_fleet(const rp_report_options *opt,
                                       rp_fleet_problem *const *problems, uint32_t n)
{
    uint32_t same = 1;
    while (opt->verbose <= 0 && same < n && same_unknown_in_fleet(problems[0], problems[same]))
        same++;
    return same;
}

/* The first of `told` problems, the others likewise. */
static void put_fleet_problem(const rp_report_options *opt, rp_buf *out,
                              rp_fleet_problem *const *problems, uint32_t told)
{
    const rp_fleet_problem *p = problems[0];
    rp_problem problem = {.check = p->check,
                          .look = p->look,
                          .places = p->places,
                          .where = p->where,
                          .text = p->text,
                          .mixed = p->most < p->places,
                          .nlikewise = told - 1};
    for (uint32_t i = 0; i + 1 < told && i < RP_PROBLEM_CODES; i++)
        problem.likewise[i] = problems[i + 1]->check->code;
    rp_put_problem(opt, out, &problem);
}

static void put_fleet_problems(const rp_report_options *opt, rp_buf *out, const rp_fleet *fleet,
                               size_t lines)
{
    uint32_t n = fleet->problems.n;
    for (uint32_t i = 0, told; i < n; i += told) {
        told = told_together_in_fleet(opt, &fleet->problems.items[i], n - i);
        if (i + 1 >= lines && i + 1 < n) {
            rp_buf_printf(out, "  %s %u more kind%s of problem: -v shows all\n", rp_dots(opt),
                          RP_MANY(n - i));
            break;
        }
        put_fleet_problem(opt, out, &fleet->problems.items[i], told);
    }
}

static void put_fleet_rows(const rp_report_options *opt, rp_buf *out, const rp_fleet *fleet)
{
    rp_arena arena = {0};
    rp_table_row *rows = rp_new(&arena, fleet->rows.n, rp_table_row);
    for (uint32_t i = 0; rows != NULL && i < fleet->rows.n; i++)
        rows[i] = fleet->rows.items[i].row;
    if (rows != NULL && fleet->rows.n != 0)
        rp_put_table(opt, out, rows, fleet->rows.n);
    out->bad |= rows == NULL;
    rp_arena_free(&arena);
}

static void text_fleet(const rp_report_options *opt, const rp_run_report *run,
                       const rp_fleet *fleet, rp_buf *out)
{
    uint32_t rows = fleet->rows.n;
    put_fleet_rows(opt, out, fleet);
    if (rows != 0 && rows < fleet->n)
        rp_buf_printf(out, "  %s %u more, none worse: --format table shows all\n", rp_dots(opt),
                      fleet->n - rows);
    size_t used = rows + 2 + 2 + BELOW; /* the table, its heading and end, two lines of totals */
    size_t screen = screen_lines(opt);
    put_fleet_problems(opt, out, fleet, screen > used ? screen - used : 1);
    rp_put_fleet_totals(opt, out, fleet, run);
    put_final(opt, out, run,
              fleet->n > 0 ? "one file: rustproof bin FILE; all: --format full" : NULL);
}

static rp_fleet *text_gather(const rp_report_options *opt)
{
    return rp_fleet_new(opt, (rp_fleet_wants){.whole = opt->fleet ? 0 : FEW,
                                              .worst = opt->verbose > 0    ? UINT32_MAX
                                                       : opt->verbose == 0 ? FLEET_ROWS
                                                                           : 0,
                                              .problems = true});
}

static void text_end(const rp_report_options *opt, const rp_run_report *run, const rp_fleet *fleet,
                     rp_buf *out)
{
    const rp_target_report *targets[FEW];
    rp_run_report few = *run;
    few.targets = targets;
    few.ntargets = fleet->whole.n;
    for (uint32_t i = 0; i < few.ntargets; i++)
        targets[i] = fleet->whole.items[i].target;
    if (few.ntargets == 0)
        text_fleet(opt, run, fleet, out);
    else if (few.ntargets == 1 && !has_project(&few))
        text_one(opt, &few, out);
    else
        text_few(opt, &few, out);
}

/* ---- full ---- */

static void full_target(const rp_report_options *opt, const rp_target_report *t, rp_buf *out)
{
    rp_report_options all = *opt;
    all.verbose = 2;
    if (t->facts == NULL) {
        rp_put_failure(&all, out, t);
    } else {
        rp_put_heading(&all, out, t, true);
        rp_put_one(&all, out, t, 0);
    }
    rp_buf_char(out, '\n');
}

static void full_end(const rp_report_options *opt, const rp_run_report *run, rp_buf *out)
{
    rp_put_totals(opt, out, run);
    rp_buf_char(out, '\n');
}

/* ---- table ---- */

static rp_fleet *table_gather(const rp_report_options *opt)
{
    return rp_fleet_new(opt, (rp_fleet_wants){.worst = UINT32_MAX});
}

static void table_end(const rp_report_options *opt, const rp_run_report *run, const rp_fleet *fleet,
                      rp_buf *out)
{
    put_fleet_rows(opt, out, fleet);
    rp_put_fleet_totals(opt, out, fleet, run);
    rp_put_totals(opt, out, run);
    rp_buf_char(out, '\n');
}

/* ---- short ---- */

static void short_target(const rp_report_options *opt, const rp_target_report *t, rp_buf *out)
{
    if (t->facts == NULL) {
        rp_put_text(opt, out, t->name);
        rp_buf_puts(out, ": error: ");
        rp_put_text(opt, out, rp_str_from(t->err.text));
        rp_buf_char(out, '\n');
        return;
    }
    if (t->skipped != NULL) {
        rp_put_text(opt, out, t->name);
        rp_buf_printf(out, ": note: not judged: %s\n", t->skipped);
    }
    for (uint32_t i = 0; i < t->nresults; i++) {
        const rp_result *r = &t->results[i];
        const rp_look *look = rp_look_of(r);
        if (!rp_is_shown(opt, r))
            continue;
        rp_put_where(opt, out, t, r);
        rp_buf_puts(out, ": ");
        rp_put_ink(opt, out, look->ink, look->block);
        rp_buf_printf(out, "[%s %s]: ", r->check->code, r->check->name);
        rp_put_text(opt, out, r->out.text);
        if (r->out.pulled_in_by.len > 0) {
            rp_buf_puts(out, " (pulled in by ");
            rp_put_text(opt, out, r->out.pulled_in_by);
            rp_buf_char(out, ')');
        }
        rp_buf_char(out, '\n');
    }
}

static void short_end(const rp_report_options *opt, const rp_run_report *run, rp_buf *out)
{
    (void)opt;
    (void)run;
    (void)out;
}

const rp_reporter rp_report_text = {
    .name = "text",
    .help = "one screen: a block per problem, or a table for many files (default)",
    .identity = true,
    .extension = ".txt",
    .gather = text_gather,
    .end_fleet = text_end,
};
const rp_reporter rp_report_short = {
    .name = "short",
    .help = "one line per finding: path: warning[CODE name]: text",
    .target = short_target,
    .end = short_end,
};
const rp_reporter rp_report_table = {
    .name = "table",
    .help = "one row per artefact",
    .identity = true,
    .gather = table_gather,
    .end_fleet = table_end,
};
const rp_reporter rp_report_full = {
    .name = "full",
    .help = "every check of every artefact with its evidence",
    .identity = true,
    .places = true,
    .target = full_target,
    .end = full_end,
};
