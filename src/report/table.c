/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "report/table.h"

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

/* A cell is one byte, its ink and whether it tells anything, then its text, escaped, and a NUL. A
 * column in which no cell tells anything is left out. */
enum { INK = 15, TELLS = 16 };

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

/* What is put between these two is a cell. */
static void begin_cell(rp_buf *row, rp_ink ink, bool tells)
{
    rp_buf_char(row, (char)((int)ink | (tells ? TELLS : 0)));
}

static void end_cell(rp_buf *row)
{
    rp_buf_char(row, '\0');
}

static void put_cell(rp_buf *row, rp_ink ink, const char *s)
{
    begin_cell(row, ink, true);
    rp_buf_puts(row, s);
    end_cell(row);
}

/* Neither "does not apply" nor "the code was not read". */
static bool tells(const rp_target_report *t, const rp_result *r)
{
    bool unread = (r->check->needs & RP_NEED_CODE) != 0 && t->facts->code->read != RP_YES;
    return r->out.outcome != RP_OUTCOME_NA && !(r->out.outcome == RP_OUTCOME_UNKNOWN && unread);
}

static void put_result(const rp_report_options *opt, rp_buf *row, const rp_target_report *t,
                       const rp_result *r)
{
    bool empty = r == NULL || (r->ignored && !opt->show_ignored);
    const rp_look *look = empty ? NULL : rp_look_of(r);
    begin_cell(row, empty ? RP_INK_PLAIN : look->ink, !empty && tells(t, r));
    if (!empty && r->out.brief.len > 0 && r->out.brief.len <= MAX_BRIEF)
        rp_put_text(opt, row, r->out.brief);
    else if (!empty)
        rp_buf_puts(row, rp_sign(opt, look));
    end_cell(row);
}

static const rp_result *worst_of(const rp_report_options *opt, const rp_target_report *t)
{
    const rp_result *worst = NULL;
    for (uint32_t i = 0; i < t->nresults; i++) {
        const rp_result *r = &t->results[i];
        if (rp_is_problem(opt, r) &&
            (worst == NULL || rp_look_of(r)->rank < rp_look_of(worst)->rank))
            worst = r;
    }
    return worst;
}

static void put_worst(const rp_report_options *opt, rp_buf *row, const rp_target_report *t)
{
    const rp_result *worst = worst_of(opt, t);
    if (t->facts == NULL) {
        put_cell(row, RP_INK_RED, "unreadable");
    } else if (worst == NULL && t->skipped != NULL) {
        put_cell(row, RP_INK_DIM, "not judged");
    } else if (worst == NULL) {
        put_cell(row, RP_INK_GREEN, "none");
    } else {
        const rp_look *look = rp_look_of(worst);
        begin_cell(row, look->ink, true);
        rp_buf_printf(row, "%s %s",
                      worst->out.outcome == RP_OUTCOME_FINDING ? rp_level_name(worst->out.level)
                                                               : look->row,
                      worst->check->code);
        end_cell(row);
    }
}

static void put_version(const rp_report_options *opt, rp_buf *row, const rp_target_report *t)
{
    begin_cell(row, RP_INK_PLAIN, true);
    if (t->facts == NULL || t->facts->rust->is_rust.is == RP_UNKNOWN)
        rp_buf_char(row, '?');
    else if (t->facts->rust->is_rust.is == RP_NO)
        rp_buf_char(row, '-');
    else if (t->facts->rust->version.len == 0)
        rp_buf_char(row, '?');
    else
        rp_put_text(opt, row, t->facts->rust->version);
    end_cell(row);
}

rp_table_row rp_table_row_of(const rp_report_options *opt, const rp_target_report *t, rp_buf *text)
{
    rp_str why = t->facts == NULL ? rp_str_from(t->err.text) : RP_STR("");
    rp_put_afresh(text);
    rp_buf_put(text, t->name);
    rp_buf_put(text, why);
    size_t cells = text->len;
    begin_cell(text, RP_INK_PLAIN, true);
    rp_put_text(opt, text, t->name);
    end_cell(text);
    put_version(opt, text, t);
    for (size_t i = 0; i < RP_COUNT(columns); i++)
        put_result(opt, text, t, result_in_column(t, i));
    put_worst(opt, text, t);
    return (rp_table_row){.text = rp_buf_str(text),
                          .path = t->path.len,
                          .name = t->name.len,
                          .cells = cells,
                          .unread = t->facts == NULL};
}

/* ---- rows as lines ---- */

typedef struct {
    rp_str text;
    rp_ink ink;
    size_t width;
    bool tells;
} cell;

static void unpack(const rp_table_row *row, cell *ret)
{
    size_t at = row->cells;
    for (size_t c = 0; c < COLUMNS; c++) {
        int head = row->text.ptr[at];
        rp_str text = rp_str_from(&row->text.ptr[at + 1]);
        ret[c] = (cell){text, (rp_ink)(head & INK), rp_display_width(text), (head & TELLS) != 0};
        at += text.len + 2;
    }
}

static const char *title_of(size_t column)
{
    if (column < FIRST)
        return column == 0 ? "file" : "rustc";
    return column == COLUMNS - 1 ? "worst" : columns[column - FIRST].title;
}

/* Width of each column, 0 = left out. The file column gives way when the table is too wide. */
static void measure(const rp_report_options *opt, const rp_table_row *rows, uint32_t n,
                    size_t *widths)
{
    size_t total = 0;
    bool any[COLUMNS] = {false};
    memset(widths, 0, COLUMNS * sizeof widths[0]);
    for (uint32_t i = 0; i < n; i++) {
        cell cells[COLUMNS];
        unpack(&rows[i], cells);
        for (size_t c = 0; c < COLUMNS; c++) {
            any[c] |= cells[c].tells;
            widths[c] = cells[c].width > widths[c] ? cells[c].width : widths[c];
        }
    }
    for (size_t c = 0; c < COLUMNS; c++) {
        widths[c] = any[c] ? widths[c] : 0;
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
static void put_file(const rp_report_options *opt, rp_buf *out, const rp_table_row *row,
                     const cell *file, size_t width)
{
    if (file->width <= width) {
        rp_put_link(opt, out, rp_str_sub(row->text, 0, row->path),
                    rp_str_sub(row->text, 0, row->name));
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
static void put_why(const rp_report_options *opt, rp_buf *out, rp_str reason, size_t column)
{
    enum { LEAST = 16 };
    if (opt->width != 0 && opt->width < column + LEAST)
        return;
    rp_buf why = {0};
    rp_put_text(opt, &why, reason);
    rp_buf_puts(out, ": ");
    rp_put_clipped(opt, out, rp_buf_str(&why), column + 2);
    out->bad |= why.bad;
    rp_buf_free(&why);
}

static void put_line(const rp_report_options *opt, rp_buf *out, const rp_table_row *row,
                     const size_t *widths)
{
    size_t column = 2 + widths[0];
    cell cells[COLUMNS];
    unpack(row, cells);
    rp_buf_puts(out, "  ");
    put_file(opt, out, row, &cells[0], widths[0]);
    for (size_t c = 1; c < COLUMNS; c++) {
        if (widths[c] == 0)
            continue;
        rp_buf_puts(out, "  ");
        rp_put_ink(opt, out, cells[c].width ? cells[c].ink : RP_INK_PLAIN, cells[c].text.ptr);
        if (c + 1 < COLUMNS)
            rp_buf_repeat(out, ' ', widths[c] - cells[c].width);
        column += 2 + (c + 1 < COLUMNS ? widths[c] : cells[c].width);
    }
    if (row->unread)
        put_why(opt, out, rp_str_sub(row->text, row->name, row->cells - row->name), column);
    rp_buf_char(out, '\n');
}

void rp_put_table(const rp_report_options *opt, rp_buf *out, const rp_table_row *rows, uint32_t n)
{
    size_t widths[COLUMNS];
    measure(opt, rows, n, widths);
    put_titles(opt, out, widths);
    for (uint32_t i = 0; i < n; i++)
        put_line(opt, out, &rows[i], widths);
}
