/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "report/rows.h"

#include "report/command.h"
#include "report/coverage.h"
#include "text/display.h"

#include <stdlib.h>

enum { DETAIL_COLUMN = 10, NARROW = 76, MAX_NAME = 26, MANY_OUTSIDE = 20 };

static int by_rank(const void *a, const void *b)
{
    const rp_result *x = *(const rp_result *const *)a, *y = *(const rp_result *const *)b;
    int order = rp_look_of(x)->rank - rp_look_of(y)->rank;
    order = order != 0 ? order : strcmp(x->check->code, y->check->code);
    return order != 0 ? order : x < y ? -1 : x > y; /* subjects as the check gives them */
}

const rp_result **rp_rows_sorted(rp_arena *arena, const rp_report_options *opt,
                                 const rp_target_report *t,
                                 bool (*wanted)(const rp_report_options *, const rp_result *),
                                 uint32_t *ret_n)
{
    const rp_result **rows = rp_new(arena, t->nresults, const rp_result *);
    uint32_t n = 0;
    if (rows == NULL)
        return NULL;
    for (uint32_t i = 0; i < t->nresults; i++)
        if (wanted(opt, &t->results[i]))
            rows[n++] = &t->results[i];
    qsort(rows, n, sizeof(rows[0]), by_rank);
    *ret_n = n;
    return rows;
}

size_t rp_lines(rp_str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += s.ptr[i] == '\n';
    return n;
}

/* ---- details ---- */

typedef enum { WRAPPED, ONE_LINE, COMMANDS } breaks;

/* "          read    …": a label and a text. */
static void put_detail(const rp_report_options *opt, rp_buf *out, const char *label, rp_str text,
                       breaks how)
{
    size_t column = DETAIL_COLUMN + 8;
    rp_buf_repeat(out, ' ', DETAIL_COLUMN);
    rp_put_ink(opt, out, RP_INK_DIM, label);
    rp_put_gap(out, strlen(label), 8);
    if (how == WRAPPED)
        rp_put_wrapped(opt, out, text, column, column);
    else if (how == COMMANDS)
        rp_put_commands(opt, out, text, column);
    else
        rp_buf_put(out, text);
    rp_buf_char(out, '\n');
}

static void put_evidence_lines(const rp_report_options *opt, rp_buf *out, const rp_result *r,
                               uint32_t most)
{
    uint32_t n = r->out.nevidence < most ? r->out.nevidence : most;
    rp_buf text = {0};
    for (uint32_t i = 0; i < n; i++) {
        rp_put_afresh(&text);
        rp_put_evidence(opt, &text, &r->out.evidence[i]);
        if (i + 1 == n && n < r->out.nevidence)
            rp_buf_printf(&text, " (and %u more)", r->out.nevidence - n);
        put_detail(opt, out, i == 0 ? "read" : "", rp_buf_str(&text), WRAPPED);
    }
    out->bad |= text.bad;
    rp_buf_free(&text);
}

static void put_verify_line(const rp_report_options *opt, rp_buf *out, const rp_target_report *t,
                            const rp_result *r)
{
    rp_buf text = {0};
    if (r->out.verify.len > 0) {
        rp_put_verify(opt, &text, t, r);
        put_detail(opt, out, "verify", rp_buf_str(&text), COMMANDS);
    }
    out->bad |= text.bad;
    rp_buf_free(&text);
}

static void put_fix_lines(const rp_report_options *opt, rp_buf *out, const rp_result *r,
                          uint32_t most)
{
    rp_buf text = {0};
    for (uint32_t i = 0; i < r->out.nfixes && i < most; i++) {
        rp_put_afresh(&text);
        rp_put_fix(opt, &text, &r->out.fixes[i]);
        put_detail(opt, out, rp_fix_label(r->out.fixes, i), rp_buf_str(&text), WRAPPED);
    }
    out->bad |= text.bad;
    rp_buf_free(&text);
}

/* The places outside a coverage, at most `most`; the last line counts the others. */
static void put_outside_lines(const rp_report_options *opt, rp_buf *out, const rp_result *r,
                              uint32_t most)
{
    rp_buf text = {0};
    uint32_t at = 0, all = rp_outside_total(&r->out);
    const rp_code_place *place = rp_outside_next(&r->out, &at);
    for (uint32_t i = 0; place != NULL && i < most; i++) {
        const rp_code_place *next = rp_outside_next(&r->out, &at);
        rp_put_afresh(&text);
        rp_put_outside(opt, &text, &r->out, place);
        if ((next == NULL || i + 1 == most) && i + 1 < all)
            rp_buf_printf(&text, " (and %u more)", all - i - 1);
        put_detail(opt, out, i == 0 ? "outside" : "", rp_buf_str(&text), WRAPPED);
        place = next;
    }
    out->bad |= text.bad;
    rp_buf_free(&text);
}

static void put_coverage_rows(const rp_report_options *opt, rp_buf *out, const rp_result *r)
{
    enum { MOST_COLUMNS = 40 };
    uint32_t n;
    const rp_coverage_row *rows = rp_coverage_rows(opt, r->out.coverage, &n);
    rp_coverage_row rest;
    bool more = rp_coverage_rest(opt, r->out.coverage, &rest);
    size_t names = more ? rest.name.len : 0;
    rp_buf text = {0};
    for (uint32_t i = 0; i < n; i++) {
        size_t width = rp_display_width(rows[i].name);
        names = width > names && width <= MOST_COLUMNS ? width : names;
    }
    for (uint32_t i = 0; i < n; i++) {
        rp_put_afresh(&text);
        rp_put_coverage_row(opt, &text, &rows[i], names);
        put_detail(opt, out, i == 0 ? "covers" : "", rp_buf_str(&text), ONE_LINE);
    }
    if (more) {
        rp_put_afresh(&text);
        rp_put_coverage_row(opt, &text, &rest, names);
        put_detail(opt, out, n == 0 ? "covers" : "", rp_buf_str(&text), ONE_LINE);
    }
    out->bad |= text.bad;
    rp_buf_free(&text);
}

static void put_background(const rp_report_options *opt, rp_buf *out, const rp_result *r)
{
    rp_buf text = {0};
    rp_buf_puts(&text, r->check->title);
    put_detail(opt, out, "asks", rp_buf_str(&text), WRAPPED);
    if (r->out.cause_file.len > 0) {
        rp_put_afresh(&text);
        rp_put_text(opt, &text, r->out.cause_file);
        if (r->out.cause_key.len > 0) {
            rp_buf_puts(&text, ": ");
            rp_put_text(opt, &text, r->out.cause_key);
        }
        put_detail(opt, out, "cause", rp_buf_str(&text), WRAPPED);
    }
    out->bad |= text.bad;
    rp_buf_free(&text);
}

static void put_details(const rp_report_options *opt, rp_buf *out, const rp_target_report *t,
                        const rp_result *r, rp_detail detail)
{
    bool quiet = r->out.outcome == RP_OUTCOME_PASS || r->out.outcome == RP_OUTCOME_NA;
    if (opt->by != RP_BY_NOTHING)
        put_coverage_rows(opt, out, r);
    if (detail == RP_DETAIL_NONE || (quiet && detail != RP_DETAIL_ALL))
        return;
    if (detail == RP_DETAIL_ALL)
        put_background(opt, out, r);
    if (detail >= RP_DETAIL_SHORT) {
        static const uint32_t most[] = {0, 0, 1, 3, UINT32_MAX};
        put_evidence_lines(opt, out, r, most[detail]);
        put_outside_lines(opt, out, r,
                          opt->verbose == 1 && detail == RP_DETAIL_NORMAL ? MANY_OUTSIDE
                                                                          : most[detail]);
        if (r->out.outcome != RP_OUTCOME_NA)
            put_verify_line(opt, out, t, r);
    }
    put_fix_lines(opt, out, r, detail >= RP_DETAIL_NORMAL ? UINT32_MAX : 1);
}

/* ---- rows ---- */

static size_t sign_column(const rp_report_options *opt)
{
    return opt->unicode ? 1 : 2;
}

/* "  ! WARN  " */
static void put_mark(const rp_report_options *opt, rp_buf *out, const rp_look *look)
{
    const char *sign = rp_sign(opt, look);
    rp_buf_puts(out, "  ");
    rp_put_ink(opt, out, look->ink, sign);
    rp_put_gap(out, rp_display_width(rp_str_from(sign)), sign_column(opt) + 1);
    if (strcmp(look->row, sign) != 0)
        rp_put_ink(opt, out, look->ink, look->row);
    else
        rp_buf_char(out, ' ');
    rp_put_gap(out, strlen(look->row), 6 - (sign_column(opt) - 1));
}

static void put_row(const rp_report_options *opt, rp_buf *out, const rp_result *r, size_t names)
{
    rp_buf text = {0};
    size_t column = DETAIL_COLUMN + 7 + names + 2;
    put_mark(opt, out, rp_look_of(r));
    rp_put_ink(opt, out, RP_INK_BOLD, r->check->code);
    rp_buf_printf(out, " %s", r->check->name);
    rp_put_text(opt, &text, r->out.text);
    if (opt->width != 0 && opt->width < NARROW) {
        rp_buf_char(out, '\n');
        rp_buf_repeat(out, ' ', DETAIL_COLUMN);
        rp_put_wrapped(opt, out, rp_buf_str(&text), DETAIL_COLUMN, DETAIL_COLUMN);
    } else {
        rp_put_gap(out, strlen(r->check->name), names + 2);
        rp_put_wrapped(opt, out, rp_buf_str(&text), column, column);
    }
    rp_buf_char(out, '\n');
    out->bad |= text.bad;
    rp_buf_free(&text);
}

/* How many rows from here on one row tells: checks that do not know, for the same reason. */
static uint32_t told_together(const rp_report_options *opt, const rp_result *const *rows,
                              uint32_t n)
{
    uint32_t same = 1;
    while (opt->verbose <= 0 && opt->by == RP_BY_NOTHING && same < n &&
           rp_same_unknown(rows[0], rows[same]))
        same++;
    return same;
}

static void put_also(const rp_report_options *opt, rp_buf *out, const rp_result *const *rows,
                     uint32_t n)
{
    rp_buf text = {0};
    rp_put_checks(&text, rows, n);
    if (n > 0)
        put_detail(opt, out, "also", rp_buf_str(&text), WRAPPED);
    out->bad |= text.bad;
    rp_buf_free(&text);
}

void rp_put_rows(const rp_report_options *opt, rp_buf *out, const rp_target_report *t,
                 const rp_result *const *rows, uint32_t n, rp_detail detail)
{
    size_t names = 0;
    for (uint32_t i = 0; i < n; i++) {
        size_t len = strlen(rows[i]->check->name);
        if (len > names && len <= MAX_NAME)
            names = len;
    }
    for (uint32_t i = 0, told; i < n; i += told) {
        told = told_together(opt, &rows[i], n - i);
        put_row(opt, out, rows[i], names);
        put_also(opt, out, &rows[i + 1], told - 1);
        put_details(opt, out, t, rows[i], detail);
    }
}

void rp_put_heading(const rp_report_options *opt, rp_buf *out, const rp_target_report *t,
                    bool extract)
{
    rp_buf text = {0};
    rp_put_text(opt, &text, t->name);
    size_t column = rp_display_width(rp_buf_str(&text)) + 2;
    if (opt->color)
        rp_buf_puts(out, "\x1b[1m");
    rp_put_name(opt, out, t);
    if (opt->color)
        rp_buf_puts(out, "\x1b[0m");
    rp_put_afresh(&text);
    rp_put_description(opt, &text, t);
    bool below = opt->width != 0 && opt->width < column + 30;
    rp_buf_puts(out, below ? "\n  " : "  ");
    if (below)
        column = 2;
    rp_put_wrapped(opt, out, rp_buf_str(&text), column, 2);
    rp_buf_char(out, '\n');
    if (t->skipped != NULL)
        rp_buf_printf(out, "  not judged: %s\n", t->skipped);
    rp_put_afresh(&text);
    if (extract && rp_put_extract(opt, &text, t)) {
        rp_put_ink(opt, out, RP_INK_DIM, "  to verify by hand, first: ");
        rp_buf_put(out, rp_buf_str(&text));
        rp_buf_char(out, '\n');
    }
    out->bad |= text.bad;
    rp_buf_free(&text);
}

/* ---- one target ---- */

static bool is_hidden_pass(const rp_report_options *opt, const rp_result *r)
{
    return r->out.outcome == RP_OUTCOME_PASS && !r->ignored && !rp_is_shown(opt, r);
}

/* Passes by name only; what does not apply only counted. */
static void put_compact(const rp_report_options *opt, rp_buf *out, const rp_target_report *t,
                        rp_arena *arena)
{
    uint32_t n = 0;
    const rp_result **rows = rp_rows_sorted(arena, opt, t, is_hidden_pass, &n);
    rp_buf names = {0};
    if (rows == NULL) {
        out->bad = true;
        return;
    }
    for (uint32_t i = 0; i < n; i++)
        rp_buf_printf(&names, "%s%s", i == 0 ? "" : ", ", rows[i]->check->name);
    if (n > 0) {
        put_mark(opt, out, rp_look_of(rows[0]));
        rp_put_wrapped(opt, out, rp_buf_str(&names), DETAIL_COLUMN, DETAIL_COLUMN);
        rp_buf_char(out, '\n');
    }
    out->bad |= names.bad;
    rp_buf_free(&names);
    rp_result na = {.out.outcome = RP_OUTCOME_NA};
    if (t->count[RP_OUTCOME_NA] != 0 && !rp_is_shown(opt, &na)) {
        put_mark(opt, out, rp_look_of(&na));
        rp_put_count(out, t->count[RP_OUTCOME_NA], "check does not apply to this file",
                     "checks do not apply to this file");
        rp_buf_char(out, '\n');
    }
}

/* Cuts the lines that begin behind line `lines`; says how many rows that hides. */
static void put_cut(const rp_report_options *opt, rp_buf *out, rp_str rows, size_t lines)
{
    size_t total = rp_lines(rows), end = 0;
    if (total <= lines || lines < 2) {
        rp_buf_put(out, rows);
        return;
    }
    for (size_t line = 0; line + 1 < lines; end++)
        line += rows.ptr[end] == '\n';
    rp_buf_put(out, rp_str_sub(rows, 0, end));
    rp_buf_printf(out, "  %s %zu more line%s: -v shows all\n", rp_dots(opt), total - lines + 1,
                  rp_plural(total - lines + 1));
}

/* What is unknown for the same reason stands together, where the first of it stood. */
static void bring_together(const rp_result **rows, uint32_t n)
{
    uint32_t from = 0;
    while (from < n && rows[from]->out.outcome != RP_OUTCOME_UNKNOWN)
        from++;
    if (n - from > rp_checks_count) /* some check says it of many things */
        return;
    for (uint32_t end; from < n; from = end) {
        end = from + 1;
        for (uint32_t i = end; i < n; i++) {
            const rp_result *row = rows[i];
            if (!rp_same_unknown(rows[from], row))
                continue;
            memmove(&rows[end + 1], &rows[end], (i - end) * sizeof(rows[0]));
            rows[end++] = row;
        }
    }
}

void rp_put_one(const rp_report_options *opt, rp_buf *out, const rp_target_report *t, size_t lines)
{
    rp_arena arena = {0};
    rp_buf body = {0}, compact = {0};
    uint32_t n = 0;
    const rp_result **rows = rp_rows_sorted(&arena, opt, t, rp_is_shown, &n);
    if (rows == NULL) {
        out->bad = true;
        return;
    }
    if (opt->verbose <= 0)
        bring_together(rows, n);
    uint32_t shown = opt->max_shown != 0 && opt->max_shown < n ? opt->max_shown : n;
    if (shown < n)
        rp_buf_printf(&compact, "  %s %u more result%s: --max-findings hides them\n", rp_dots(opt),
                      RP_MANY(n - shown));
    if (opt->verbose == 0)
        put_compact(opt, &compact, t, &arena);
    size_t below = rp_lines(rp_buf_str(&compact));
    size_t room = lines == 0 ? SIZE_MAX : lines > below + 2 ? lines - below : 2;
    int detail = opt->verbose >= 2 ? RP_DETAIL_ALL : opt->verbose < 0 ? 0 : RP_DETAIL_NORMAL;
    do {
        rp_put_afresh(&body);
        rp_put_rows(opt, &body, t, rows, shown, (rp_detail)detail);
    } while (rp_lines(rp_buf_str(&body)) > room && detail-- > 0);
    put_cut(opt, out, rp_buf_str(&body), room);
    rp_buf_put(out, rp_buf_str(&compact));
    out->bad |= body.bad || compact.bad;
    rp_buf_free(&body);
    rp_buf_free(&compact);
    rp_arena_free(&arena);
}
