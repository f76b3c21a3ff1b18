/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "report/style.h"

#include "text/display.h"

static const rp_look look_pass = {"✓", "ok", "pass", "pass", RP_INK_GREEN, 6};
static const rp_look look_na = {"–", "-", "n/a", "not applicable", RP_INK_DIM, 7};
static const rp_look look_unknown = {"?", "?", "?", "unknown", RP_INK_CYAN, 4};
static const rp_look look_error = {"✗", "X", "FAIL", "check failed", RP_INK_RED, 3};
static const rp_look look_deny = {"✗", "X", "DENY", "error", RP_INK_RED, 0};
static const rp_look look_warn = {"!", "!", "WARN", "warning", RP_INK_YELLOW, 1};
static const rp_look look_note = {"!", "!", "note", "note", RP_INK_CYAN, 2};
static const rp_look look_allow = {"–", "-", "allow", "allowed", RP_INK_DIM, 5};

const rp_look *rp_look_of(const rp_result *r)
{
    static const rp_look *const levels[] = {
        [RP_ALLOW] = &look_allow,
        [RP_NOTE] = &look_note,
        [RP_WARN] = &look_warn,
        [RP_DENY] = &look_deny,
    };
    switch (r->out.outcome) {
    case RP_OUTCOME_PASS:
        return &look_pass;
    case RP_OUTCOME_NA:
        return &look_na;
    case RP_OUTCOME_UNKNOWN:
        return &look_unknown;
    case RP_OUTCOME_FINDING:
        return r->ignored ? &look_allow : levels[r->out.level];
    case RP_OUTCOME_NONE:
    case RP_OUTCOME_ERROR:
        break;
    }
    return &look_error;
}

bool rp_same_unknown(const rp_result *a, const rp_result *b)
{
    return a->out.outcome == RP_OUTCOME_UNKNOWN && rp_look_of(a) == rp_look_of(b) &&
           rp_str_eq(a->out.text, b->out.text);
}

void rp_put_checks(rp_buf *out, const rp_result *const *results, uint32_t n)
{
    uint32_t named = n <= RP_NAMED_CHECKS + 1 ? n : RP_NAMED_CHECKS;
    for (uint32_t i = 0; i < named; i++)
        rp_buf_printf(out, "%s%s %s", i == 0 ? "" : ", ", results[i]->check->code,
                      results[i]->check->name);
    if (named < n)
        rp_buf_printf(out, " and %u more checks", n - named);
}

const char *rp_sign(const rp_report_options *opt, const rp_look *look)
{
    return opt->unicode ? look->sign : look->ascii;
}

const char *rp_level_name(rp_level level)
{
    static const char *const names[] = {
        [RP_ALLOW] = "allow", [RP_NOTE] = "note", [RP_WARN] = "warn", [RP_DENY] = "deny"};
    return names[level];
}

const char *rp_outcome_name(rp_outcome outcome)
{
    static const char *const names[] = {
        [RP_OUTCOME_NONE] = "error",      [RP_OUTCOME_PASS] = "pass",
        [RP_OUTCOME_FINDING] = "finding", [RP_OUTCOME_NA] = "not-applicable",
        [RP_OUTCOME_UNKNOWN] = "unknown", [RP_OUTCOME_ERROR] = "error",
    };
    return names[outcome];
}

const char *rp_safety_name(rp_safety safety)
{
    static const char *const names[] = {
        [RP_FIX_SAFE] = "safe", [RP_FIX_REVIEW] = "review", [RP_FIX_MANUAL] = "manual"};
    return names[safety];
}

const char *rp_code_name(rp_code code)
{
    static const char *const names[] = {
        [RP_OK] = "ok",           [RP_E_FORMAT] = "format",
        [RP_E_MEMORY] = "memory", [RP_E_LIMIT] = "limit",
        [RP_E_IO] = "io",         [RP_E_UNSUPPORTED] = "unsupported",
        [RP_E_USAGE] = "usage",   [RP_E_INTERNAL] = "internal",
    };
    return names[code];
}

const char *rp_dot(const rp_report_options *opt)
{
    return opt->unicode ? " · " : " - ";
}

const char *rp_dots(const rp_report_options *opt)
{
    return opt->unicode ? "…" : "...";
}

/* ECMA-48, 8.3.117: SGR. */
static const char *const ink_on[] = {
    [RP_INK_PLAIN] = "",         [RP_INK_BOLD] = "\x1b[1m",      [RP_INK_DIM] = "\x1b[2m",
    [RP_INK_RED] = "\x1b[1;31m", [RP_INK_YELLOW] = "\x1b[1;33m", [RP_INK_CYAN] = "\x1b[1;36m",
    [RP_INK_GREEN] = "\x1b[32m",
};

void rp_put_ink(const rp_report_options *opt, rp_buf *out, rp_ink ink, const char *s)
{
    bool color = opt->color && ink != RP_INK_PLAIN;
    if (color)
        rp_buf_puts(out, ink_on[ink]);
    rp_buf_puts(out, s);
    if (color)
        rp_buf_puts(out, "\x1b[0m");
}

/* Length of the folder name that a user name follows, when `s` has one at `at`. */
static size_t home_prefix(rp_str s, size_t at)
{
    static const char *const prefixes[] = {"/home/", "/Users/", "\\Users\\", "\\home\\"};
    for (size_t i = 0; i < RP_COUNT(prefixes); i++)
        if (rp_str_starts(rp_str_sub(s, at, SIZE_MAX), prefixes[i]))
            return strlen(prefixes[i]);
    return 0;
}

static bool ends_name(char c)
{
    return c == '/' || c == '\\' || c == ':' || c == '"' || c == '\'' || c == ' ';
}

void rp_put_redacted(const rp_report_options *opt, rp_buf *out, rp_str s)
{
    for (size_t at = 0; at < s.len;) {
        rp_str rest = rp_str_sub(s, at, SIZE_MAX);
        size_t n = home_prefix(s, at);
        if (opt->home.len > 1 && rest.len >= opt->home.len &&
            memcmp(rest.ptr, opt->home.ptr, opt->home.len) == 0) {
            rp_buf_char(out, '~');
            at += opt->home.len;
        } else if (n != 0) {
            rp_buf_put(out, rp_str_sub(s, at, n));
            rp_buf_puts(out, "REDACTED");
            for (at += n; at < s.len && !ends_name(s.ptr[at]);)
                at++;
        } else {
            rp_buf_char(out, s.ptr[at++]);
        }
    }
}

void rp_put_text(const rp_report_options *opt, rp_buf *out, rp_str s)
{
    if (!opt->redact) {
        rp_put_escaped(out, s);
        return;
    }
    rp_buf clean = {0};
    rp_put_redacted(opt, &clean, s);
    rp_put_escaped(out, rp_buf_str(&clean));
    out->bad |= clean.bad;
    rp_buf_free(&clean);
}

/* The longest piece of `s` that ends before a space and fits `columns`, or the first word. */
static size_t line_length(rp_str s, size_t columns)
{
    size_t width = 0, fits = 0;
    uint32_t c;
    for (size_t at = 0; at < s.len;) {
        size_t n = rp_utf8_decode(s, at, &c);
        if (n == 1 && c == ' ') {
            if (width > columns && fits > 0)
                return fits;
            fits = at;
        }
        width += n == 0 ? 1 : rp_char_width(c);
        at += n == 0 ? 1 : n;
    }
    return width > columns && fits > 0 ? fits : s.len;
}

void rp_put_wrapped(const rp_report_options *opt, rp_buf *out, rp_str s, size_t column,
                    size_t indent)
{
    while (opt->width != 0 && s.len > 0) {
        size_t columns = opt->width > column + 12 ? opt->width - column : 12;
        size_t n = rp_display_width(s) <= columns ? s.len : line_length(s, columns);
        rp_buf_put(out, rp_str_sub(s, 0, n));
        s = rp_str_sub(s, n, SIZE_MAX);
        while (s.len > 0 && s.ptr[0] == ' ')
            s = rp_str_sub(s, 1, SIZE_MAX);
        if (s.len == 0)
            return;
        rp_buf_char(out, '\n');
        rp_buf_repeat(out, ' ', indent);
        column = indent;
    }
    rp_buf_put(out, s);
}

void rp_put_clipped(const rp_report_options *opt, rp_buf *out, rp_str s, size_t column)
{
    enum { DOTS = 4, LEAST = 12 };
    size_t columns = opt->width > column + LEAST ? opt->width - column : LEAST;
    if (opt->width == 0 || rp_display_width(s) <= columns) {
        rp_buf_put(out, s);
        return;
    }
    rp_buf_put(out, rp_str_sub(s, 0, line_length(s, columns - DOTS)));
    rp_buf_printf(out, " %s", rp_dots(opt));
}

void rp_put_percent(rp_buf *out, rp_str s)
{
    static const char safe[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] != '\0' && strchr(safe, s.ptr[i]) != NULL)
            rp_buf_char(out, s.ptr[i]);
        else
            rp_buf_printf(out, "%%%02X", (unsigned)(uint8_t)s.ptr[i]);
    }
}

void rp_put_link(const rp_report_options *opt, rp_buf *out, rp_str path, rp_str name)
{
    bool absolute = path.len > 0 && path.ptr[0] == '/';
    bool link = opt->hyperlinks && !opt->redact && !rp_str_is(path, "-") &&
                (absolute || opt->folder.len > 0);
    if (link) { /* OSC 8 */
        rp_buf_puts(out, "\x1b]8;;file://");
        if (!absolute) {
            rp_put_percent(out, opt->folder);
            rp_buf_char(out, '/');
        }
        rp_put_percent(out, path);
        rp_buf_puts(out, "\x1b\\");
    }
    rp_put_text(opt, out, name);
    if (link)
        rp_buf_puts(out, "\x1b]8;;\x1b\\");
}

void rp_put_name(const rp_report_options *opt, rp_buf *out, const rp_target_report *t)
{
    rp_put_link(opt, out, t->path, t->name);
}

void rp_put_where(const rp_report_options *opt, rp_buf *out, const rp_target_report *t,
                  const rp_result *r)
{
    const rp_where *w = &r->out.where;
    rp_put_text(opt, out, w->file.len != 0 ? w->file : t->name);
    if (w->line != 0)
        rp_buf_printf(out, ":%u", w->line);
    if (w->line != 0 && w->column != 0)
        rp_buf_printf(out, ":%u", w->column);
}

void rp_put_count(rp_buf *out, uint64_t n, const char *one, const char *many)
{
    rp_buf_printf(out, "%llu ", (unsigned long long)n);
    if (n == 1 || many == NULL) {
        rp_buf_puts(out, one);
        rp_buf_puts(out, rp_plural(n));
    } else {
        rp_buf_puts(out, many);
    }
}

void rp_put_gap(rp_buf *out, size_t column, size_t to)
{
    rp_buf_repeat(out, ' ', column < to ? to - column : 1);
}

bool rp_is_problem(const rp_report_options *opt, const rp_result *r)
{
    (void)opt;
    if (r->ignored)
        return false;
    return r->out.outcome != RP_OUTCOME_PASS && r->out.outcome != RP_OUTCOME_NA;
}

bool rp_is_shown(const rp_report_options *opt, const rp_result *r)
{
    if (r->ignored && !opt->show_ignored)
        return false;
    switch (r->out.outcome) {
    case RP_OUTCOME_PASS:
        return opt->verbose > 0 || opt->show_pass ||
               (opt->by != RP_BY_NOTHING && r->out.coverage != NULL);
    case RP_OUTCOME_NA:
        return opt->verbose > 0 || opt->show_na;
    case RP_OUTCOME_UNKNOWN:
        return opt->verbose >= 0 || opt->show_unknown;
    case RP_OUTCOME_NONE:
    case RP_OUTCOME_FINDING:
    case RP_OUTCOME_ERROR:
        break;
    }
    return true;
}

void rp_put_evidence(const rp_report_options *opt, rp_buf *out, const rp_evidence_line *e)
{
    if (e->at != RP_NOWHERE)
        rp_buf_printf(out, "at 0x%llx: ", (unsigned long long)e->at);
    rp_put_text(opt, out, e->text);
}

const char *rp_fix_label(const rp_fix *fixes, uint32_t i)
{
    if (i == 0)
        return "fix";
    return fixes[i].is_line ? "edit" : "or";
}

static void put_line_fix(const rp_report_options *opt, rp_buf *out, const rp_fix *fix)
{
    bool removed = fix->value.len == 0;
    rp_buf_puts(out, removed ? "delete " : "write `");
    if (!removed) {
        rp_put_text(opt, out, fix->value);
        rp_buf_puts(out, fix->key.len == 0 ? "` above " : "` at ");
    }
    rp_put_text(opt, out, fix->file);
    rp_buf_printf(out, " (%s)", rp_safety_name(fix->safety));
}

void rp_put_fix(const rp_report_options *opt, rp_buf *out, const rp_fix *fix)
{
    if (fix->file.len == 0) {
        rp_put_text(opt, out, fix->value);
        return;
    }
    if (fix->is_line) {
        put_line_fix(opt, out, fix);
        return;
    }
    rp_put_text(opt, out, fix->key);
    if (fix->value.len > 0) {
        rp_buf_puts(out, " = ");
        rp_put_text(opt, out, fix->value);
    }
    rp_buf_puts(out, " in ");
    rp_put_text(opt, out, fix->file);
    rp_buf_printf(out, " (%s)", rp_safety_name(fix->safety));
}

void rp_put_failure(const rp_report_options *opt, rp_buf *out, const rp_target_report *t)
{
    rp_put_ink(opt, out, RP_INK_RED, "error");
    rp_buf_puts(out, ": cannot read '");
    rp_put_name(opt, out, t);
    rp_buf_puts(out, "': ");
    rp_put_text(opt, out, rp_str_from(t->err.text));
    if (t->err.offset != RP_NOWHERE && t->err.code == RP_E_FORMAT)
        rp_buf_printf(out, " (at 0x%llx)", (unsigned long long)t->err.offset);
    rp_buf_char(out, '\n');
}

static void put_totals(const rp_report_options *opt, rp_buf *out, const rp_run_report *run)
{
    rp_put_count(out, run->findings[RP_DENY], "error", NULL);
    rp_buf_puts(out, ", ");
    rp_put_count(out, run->findings[RP_WARN], "warning", NULL);
    if (run->findings[RP_NOTE] != 0) {
        rp_buf_puts(out, ", ");
        rp_put_count(out, run->findings[RP_NOTE], "note", NULL);
    }
    rp_buf_printf(out, ", %u passed, %u n/a, %u unknown", run->count[RP_OUTCOME_PASS],
                  run->count[RP_OUTCOME_NA], run->count[RP_OUTCOME_UNKNOWN]);
    if (run->count[RP_OUTCOME_ERROR] != 0) {
        rp_buf_puts(out, ", ");
        rp_put_count(out, run->count[RP_OUTCOME_ERROR], "failed check", NULL);
    }
    if (run->ignored != 0)
        rp_buf_printf(out, ", %u allowed", run->ignored);
    if (run->failed != 0)
        rp_buf_printf(out, ", %u unreadable", run->failed);
    if (opt->elapsed)
        rp_buf_printf(out, "%s%.2f s", rp_dot(opt), (double)run->nanoseconds / 1e9);
}

void rp_put_totals(const rp_report_options *opt, rp_buf *out, const rp_run_report *run)
{
    rp_buf text = {0};
    put_totals(opt, &text, run);
    rp_put_wrapped(opt, out, rp_buf_str(&text), 0, 2);
    out->bad |= text.bad;
    rp_buf_free(&text);
}
