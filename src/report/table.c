/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "report/table.h"

#include "base/arena.h"
#include "text/display.h"

enum { CODES = 6, MIN_FILE = 16, MAX_BRIEF = 10 };

/* A column shows the first of its checks that applies to the artefact. */
static const struct {
    const char *title;
    const char *codes[CODES];
} columns[] = {
    {"PIE", {"RP2101"}}, {"NX", {"RP2102"}},
    {"W^X", {"RP2103"}}, {"RELRO", {"RP2104", "RP2157"}},
    {"CFG", {"RP2201"}}, {"probes", {"RP2112"}},
    {"IBT", {"RP2305"}}, {"SHSTK", {"RP2306", "RP2307"}},
    {"BTI", {"RP2301"}}, {"PAC", {"RP2302", "RP2158"}},
    {"ovf", {"RP1001"}}, {"deps", {"RP9101"}},
};

typedef struct {
    rp_str text; /* escaped */
    rp_ink ink;
    size_t width;
    bool tells; /* a column in which no cell tells anything is left out */
} cell;

enum { FIRST = 2, COLUMNS = RP_COUNT(columns) + FIRST + 1 }; /* file, rustc, …, worst */

static const rp_result *result_of(const rp_target_report *t, const char *code)
{
    for (uint32_t i = 0; i < t->nresults; i++)
        if (strcmp(t->results[i].check->code, code) == 0)
            return &t->results[i];
    return NULL;
}

static const rp_result *result_in_column(const rp_target_report *t, size_t column)
{
    const rp_result *found = NULL;
    for (size_t i = 0; i < CODES && columns[column].codes[i] != NULL; i++) {
        const rp_result *r = result_of(t, columns[column].codes[i]);
        if (r != NULL && (found == NULL || found->out.outcome == RP_OUTCOME_NA))
            found = r;
    }
    return found;
}

static cell make_cell(rp_arena *arena, rp_buf *scratch, rp_ink ink)
{
    rp_str text = rp_arena_str(arena, rp_buf_str(scratch));
    scratch->bad |= text.ptr == NULL;
    return (cell){text, ink, rp_display_width(text), true};
}

/* Neither "does not apply" nor "the code was not read". */
static bool tells(const rp_target_report *t, const rp_result *r)
{
    bool unread = (r->check->needs & RP_NEED_CODE) != 0 && t->facts->code->read != RP_YES;
    return r->out.outcome != RP_OUTCOME_NA && !(r->out.outcome == RP_OUTCOME_UNKNOWN && unread);
}

static cell result_cell(const rp_report_options *opt, rp_arena *arena, rp_buf *scratch,
                        const rp_target_report *t, const rp_result *r)
{
    if (r == NULL || (r->ignored && !opt->show_ignored))
        return (cell){RP_STR(""), RP_INK_PLAIN, 0, false};
    const rp_look *look = rp_look_of(r);
    rp_put_afresh(scratch);
    if (r->out.brief.len > 0 && r->out.brief.len <= MAX_BRIEF)
        rp_put_text(opt, scratch, r->out.brief);
    else
        rp_buf_puts(scratch, rp_sign(opt, look));
    cell made = make_cell(arena, scratch, look->ink);
    made.tells = tells(t, r);
    return made;
}

static cell worst_cell(const rp_report_options *opt, rp_arena *arena, rp_buf *scratch,
                       const rp_target_report *t)
{
    const rp_result *worst = NULL;
    for (uint32_t i = 0; i < t->nresults; i++) {
        const rp_result *r = &t->results[i];
        if (rp_is_problem(opt, r) &&
            (worst == NULL || rp_look_of(r)->rank < rp_look_of(worst)->rank))
            worst = r;
    }
    rp_put_afresh(scratch);
    if (t->facts == NULL) {
        rp_buf_puts(scratch, "unreadable");
        return make_cell(arena, scratch, RP_INK_RED);
    }
    if (worst == NULL && t->skipped != NULL) {
        rp_buf_puts(scratch, "not judged");
        return make_cell(arena, scratch, RP_INK_DIM);
    }
    if (worst == NULL) {
        rp_buf_puts(scratch, "none");
        return make_cell(arena, scratch, RP_INK_GREEN);
    }
    const rp_look *look = rp_look_of(worst);
    rp_buf_printf(scratch, "%s %s",
                  worst->out.outcome == RP_OUTCOME_FINDING ? rp_level_name(worst->out.level)
                                                           : look->row,
                  worst->check->code);
    return make_cell(arena, scratch, look->ink);
}

static cell version_cell(const rp_report_options *opt, rp_arena *arena, rp_buf *scratch,
                         const rp_target_report *t)
{
    rp_put_afresh(scratch);
    if (t->facts == NULL || t->facts->rust->is_rust.is == RP_UNKNOWN)
        rp_buf_puts(scratch, "?");
    else if (t->facts->rust->is_rust.is == RP_NO)
        rp_buf_puts(scratch, "-");
    else if (t->facts->rust->version.len == 0)
        rp_buf_puts(scratch, "?");
    else
        rp_put_text(opt, scratch, t->facts->rust->version);
    return make_cell(arena, scratch, RP_INK_PLAIN);
}

static void fill_row(const rp_report_options *opt, rp_arena *arena, rp_buf *scratch,
                     const rp_target_report *t, cell *row)
{
    rp_put_afresh(scratch);
    rp_put_text(opt, scratch, t->name);
    row[0] = make_cell(arena, scratch, RP_INK_PLAIN);
    row[1] = version_cell(opt, arena, scratch, t);
    for (size_t i = 0; i < RP_COUNT(columns); i++)
        row[FIRST + i] = result_cell(opt, arena, scratch, t, result_in_column(t, i));
    row[COLUMNS - 1] = worst_cell(opt, arena, scratch, t);
}

static const char *title_of(size_t column)
{
    if (column < FIRST)
        return column == 0 ? "file" : "rustc";
    return column == COLUMNS - 1 ? "worst" : columns[column - FIRST].title;
}

/* Width of each column, 0 = left out. The file column gives way when the table is too wide. */
static void measure(const rp_report_options *opt, const cell *cells, uint32_t n, size_t *widths)
{
    size_t total = 0;
    for (size_t c = 0; c < COLUMNS; c++) {
        bool any = false;
        widths[c] = 0;
        for (uint32_t i = 0; i < n; i++) {
            any |= cells[i * COLUMNS + c].tells;
            if (cells[i * COLUMNS + c].width > widths[c])
                widths[c] = cells[i * COLUMNS + c].width;
        }
        widths[c] = any ? widths[c] : 0;
        size_t title = strlen(title_of(c));
        if (widths[c] != 0 && widths[c] < title)
            widths[c] = title;
        total += widths[c] == 0 ? 0 : widths[c] + 2;
    }
    if (opt->width == 0 || total <= opt->width)
        return;
    size_t over = total - opt->width;
    size_t file = widths[0];
    widths[0] = file > over + MIN_FILE ? file - over : file < MIN_FILE ? file : MIN_FILE;
}

/* The end of a name that is too long says more than its beginning. */
static void put_file(const rp_report_options *opt, rp_buf *out, const rp_target_report *t,
                     const cell *file, size_t width)
{
    if (file->width <= width) {
        rp_put_name(opt, out, t);
        rp_buf_repeat(out, ' ', width - file->width);
        return;
    }
    const char *dots = rp_dots(opt);
    size_t room = width - rp_display_width(rp_str_from(dots)), left = file->width, at = 0;
    uint32_t c = 0;
    while (left > room) {
        size_t n = rp_utf8_decode(file->text, at, &c);
        left -= rp_char_width(c);
        at += n == 0 ? 1 : n;
    }
    rp_buf_puts(out, dots);
    rp_buf_put(out, rp_str_sub(file->text, at, SIZE_MAX));
    rp_buf_repeat(out, ' ', room - left);
}

static void put_titles(const rp_report_options *opt, rp_buf *out, const size_t *widths)
{
    for (size_t c = 0; c < COLUMNS; c++) {
        if (widths[c] == 0)
            continue;
        rp_buf_puts(out, "  ");
        rp_put_ink(opt, out, RP_INK_DIM, title_of(c));
        if (c + 1 < COLUMNS)
            rp_buf_repeat(out, ' ', widths[c] - strlen(title_of(c)));
    }
    rp_buf_char(out, '\n');
}

/* Behind "unreadable", when the line has room: why. */
static void put_why(const rp_report_options *opt, rp_buf *out, const rp_target_report *t,
                    size_t column)
{
    enum { LEAST = 16 };
    if (opt->width != 0 && opt->width < column + LEAST)
        return;
    rp_buf why = {0};
    rp_put_text(opt, &why, rp_str_from(t->err.text));
    rp_buf_puts(out, ": ");
    rp_put_clipped(opt, out, rp_buf_str(&why), column + 2);
    out->bad |= why.bad;
    rp_buf_free(&why);
}

static void put_line(const rp_report_options *opt, rp_buf *out, const rp_target_report *t,
                     const cell *row, const size_t *widths)
{
    size_t column = 2 + widths[0];
    rp_buf_puts(out, "  ");
    put_file(opt, out, t, &row[0], widths[0]);
    for (size_t c = 1; c < COLUMNS; c++) {
        if (widths[c] == 0)
            continue;
        rp_buf_puts(out, "  ");
        rp_put_ink(opt, out, row[c].width ? row[c].ink : RP_INK_PLAIN, row[c].text.ptr);
        if (c + 1 < COLUMNS)
            rp_buf_repeat(out, ' ', widths[c] - row[c].width);
        column += 2 + (c + 1 < COLUMNS ? widths[c] : row[c].width);
    }
    if (t->facts == NULL)
        put_why(opt, out, t, column);
    rp_buf_char(out, '\n');
}

void rp_put_table(const rp_report_options *opt, rp_buf *out, const rp_target_report *const *targets,
                  uint32_t n)
{
    rp_arena arena = {0};
    rp_buf scratch = {0};
    size_t widths[COLUMNS];
    cell *cells = rp_new(&arena, (uint64_t)n * COLUMNS, cell);
    if (cells == NULL) {
        out->bad = true;
        return;
    }
    for (uint32_t i = 0; i < n && !scratch.bad; i++)
        fill_row(opt, &arena, &scratch, targets[i], &cells[(size_t)i * COLUMNS]);
    if (!scratch.bad) {
        measure(opt, cells, n, widths);
        put_titles(opt, out, widths);
        for (uint32_t i = 0; i < n; i++)
            put_line(opt, out, targets[i], &cells[(size_t)i * COLUMNS], widths);
    }
    out->bad |= scratch.bad;
    rp_buf_free(&scratch);
    rp_arena_free(&arena);
}

void rp_put_fleet_totals(const rp_report_options *opt, rp_buf *out, const rp_run_report *run)
{
    uint32_t rust = 0, worst[RP_DENY + 1] = {0};
    for (uint32_t i = 0; i < run->ntargets; i++) {
        const rp_target_report *t = run->targets[i];
        rust += t->facts != NULL && t->facts->rust->is_rust.is == RP_YES;
        if (t->facts != NULL)
            worst[t->worst]++;
    }
    rp_put_count(out, run->judged, "artefact", NULL);
    rp_buf_printf(out, " (%u Rust) in ", rust);
    rp_put_count(out, run->files, "file", NULL);
    rp_buf_printf(out, "%s%u with errors, %u with warnings", rp_dot(opt), worst[RP_DENY],
                  worst[RP_WARN]);
    if (run->failed != 0)
        rp_buf_printf(out, ", %u unreadable", run->failed);
    if (run->skipped_not_rust != 0)
        rp_buf_printf(out, "%s%u not Rust, skipped", rp_dot(opt), run->skipped_not_rust);
    if (run->skipped_debug != 0)
        rp_buf_printf(out, "%s%u separate debug file%s", rp_dot(opt), RP_MANY(run->skipped_debug));
    rp_buf_char(out, '\n');
}
