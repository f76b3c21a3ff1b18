/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The pages of the checks, offline: as text for a terminal, as Markdown, as JSON. */
#include "checks/pages.h"
#include "cli/opt.h"
#include "cli/term.h"
#include "report/style.h"

#include <strings.h>
#include <unistd.h>

static const char exit_codes[] =
    "# exit-codes\n"
    "\n"
    "The exit code depends on findings and policy only, never on format, verbosity or colour.\n"
    "\n"
    "## 0\n"
    "The audit is complete; nothing is at or above --fail-on (default: deny).\n"
    "\n"
    "## 1\n"
    "The audit found something at or above --fail-on. Wins over 3; the JSON formats say complete: "
    "false then. --exit-zero makes it 0.\n"
    "\n"
    "## 2\n"
    "Usage error; nothing was audited.\n"
    "\n"
    "## 3\n"
    "The audit is incomplete: an input could not be read or understood, or the outcome of a check "
    "at level deny "
    "is unknown (--allow-incomplete accepts both), or a report could not be written. What is "
    "shown is valid.\n"
    "\n"
    "## 4\n"
    "Nothing to audit: a named path holds nothing that rustproof understands, or there was nothing "
    "to state in OpenVEX and none is written (--allow-empty makes both 0).\n"
    "\n"
    "## 70\n"
    "Internal error or out of memory. Please report it with the output of rustproof doctor.\n";

typedef enum { AS_TEXT, AS_MARKDOWN, AS_JSON } form;

static form form_of(const rp_cli *cli)
{
    if (cli->format == NULL)
        return AS_TEXT;
    if (strcmp(cli->format, "md") == 0)
        return AS_MARKDOWN;
    return rp_str_starts(rp_str_from(cli->format), "json") ? AS_JSON : AS_TEXT;
}

/* The next line of *text, without its end. */
static bool next_line(rp_str *text, rp_str *ret)
{
    if (text->len == 0)
        return false;
    size_t n = 0;
    while (n < text->len && text->ptr[n] != '\n')
        n++;
    *ret = rp_str_sub(*text, 0, n);
    *text = rp_str_sub(*text, n + 1, SIZE_MAX);
    return true;
}

/* ---- text ---- */

static bool is_space(char c)
{
    return c == ' ' || c == '\0';
}

/* Code spans and emphasis lose their marks: they are noise on a terminal. A star between spaces is
 * one. */
static void put_plain(rp_buf *out, rp_str s)
{
    bool code = false;
    for (size_t i = 0; i < s.len; i++) {
        char before = i > 0 ? s.ptr[i - 1] : ' ', after = i + 1 < s.len ? s.ptr[i + 1] : ' ';
        if (s.ptr[i] == '`')
            code = !code;
        else if (code || s.ptr[i] != '*' || (is_space(before) && is_space(after)))
            rp_buf_char(out, s.ptr[i]);
    }
}

static void put_paragraph(const rp_report_options *opt, rp_buf *out, rp_buf *paragraph)
{
    rp_buf plain = {0};
    if (paragraph->len > 0) {
        bool item = rp_str_starts(rp_buf_str(paragraph), "- ");
        put_plain(&plain, rp_buf_str(paragraph));
        rp_buf_puts(out, "  ");
        rp_put_wrapped(opt, out, rp_buf_str(&plain), 2, item ? 4 : 2);
        rp_buf_char(out, '\n');
    }
    out->bad |= paragraph->bad || plain.bad;
    rp_buf_free(&plain);
    rp_put_afresh(paragraph);
}

static bool starts_block(rp_str line)
{
    return line.len == 0 || rp_str_starts(line, "#") || rp_str_starts(line, "- ") ||
           rp_str_starts(line, "|");
}

/* Lines of one paragraph are joined and wrapped anew; code and tables stay as they are. */
static void put_body(const rp_report_options *opt, rp_buf *out, rp_str text)
{
    rp_buf paragraph = {0};
    rp_str line;
    bool fence = false;
    while (next_line(&text, &line)) {
        bool mark = rp_str_starts(line, "```");
        if (fence || mark || starts_block(line))
            put_paragraph(opt, out, &paragraph);
        if (mark) {
            fence = !fence;
        } else if (fence || rp_str_starts(line, "|")) {
            rp_buf_puts(out, "  ");
            rp_buf_put(out, line);
            rp_buf_char(out, '\n');
        } else if (rp_str_starts(line, "## ")) {
            rp_buf_char(out, '\n');
            rp_buf heading = {0};
            rp_buf_put(&heading, rp_str_sub(line, 3, SIZE_MAX));
            rp_put_ink(opt, out, RP_INK_BOLD, rp_buf_str(&heading).ptr);
            rp_buf_free(&heading);
            rp_buf_char(out, '\n');
        } else if (line.len > 0 && !rp_str_starts(line, "# ")) {
            size_t indent = 0;
            while (indent < line.len && line.ptr[indent] == ' ')
                indent++;
            rp_buf_puts(&paragraph, paragraph.len > 0 ? " " : "");
            rp_buf_put(&paragraph, rp_str_sub(line, indent, SIZE_MAX));
        }
    }
    put_paragraph(opt, out, &paragraph);
    rp_buf_free(&paragraph);
}

static void put_text_head(const rp_report_options *opt, rp_buf *out, const rp_check *c)
{
    rp_put_ink(opt, out, RP_INK_BOLD, c->code);
    rp_buf_char(out, ' ');
    rp_put_ink(opt, out, RP_INK_BOLD, c->name);
    rp_buf_printf(out, "%sdefault level %s%ssince %s%s\n", rp_dot(opt), rp_level_name(c->level),
                  rp_dot(opt), c->since, c->preview ? " (preview)" : "");
    rp_buf_puts(out, "  passes when ");
    rp_put_wrapped(opt, out, rp_str_from(c->title), 14, 2);
    rp_buf_char(out, '\n');
}

/* ---- JSON ---- */

static void put_section(rp_json *j, rp_str heading, const rp_buf *body)
{
    rp_json_open(j);
    rp_json_str(j, "heading", heading);
    rp_json_str(j, "text", rp_buf_str(body));
    rp_json_close(j);
    j->out->bad |= body->bad;
}

static void put_sections(rp_json *j, rp_str text)
{
    rp_str line, heading = RP_STR("");
    rp_buf body = {0};
    rp_json_key(j, "sections");
    rp_json_open_list(j);
    while (next_line(&text, &line)) {
        if (rp_str_starts(line, "## ")) {
            if (body.len > 0)
                put_section(j, heading, &body);
            heading = rp_str_sub(line, 3, SIZE_MAX);
            rp_put_afresh(&body);
        } else if ((line.len > 0 || body.len > 0) && !rp_str_starts(line, "# ")) {
            rp_buf_puts(&body, body.len > 0 ? "\n" : "");
            rp_buf_put(&body, line);
        }
    }
    if (body.len > 0)
        put_section(j, heading, &body);
    rp_buf_free(&body);
    rp_json_close_list(j);
}

/* ---- pages ---- */

static void put_page(const rp_report_options *opt, form as, rp_buf *out, rp_json *j,
                     const rp_check *c)
{
    rp_str page = c != NULL ? rp_page(c->code) : rp_str_from(exit_codes);
    if (as == AS_MARKDOWN) {
        rp_buf_puts(out, out->len > 0 ? "\n" : "");
        rp_buf_put(out, page);
    } else if (as == AS_JSON) {
        rp_json_open(j);
        if (c != NULL) {
            rp_json_key(j, "check");
            rp_json_check(j, c);
        } else {
            rp_json_cstr(j, "page", "exit-codes");
        }
        put_sections(j, page);
        rp_json_close(j);
    } else {
        rp_buf_puts(out, out->len > 0 ? "\n" : "");
        if (c != NULL)
            put_text_head(opt, out, c);
        put_body(opt, out, page);
    }
}

/* "RP21": every check of it, one line each. */
static uint32_t put_group(const rp_report_options *opt, form as, rp_buf *out, rp_json *j,
                          const char *prefix)
{
    uint32_t n = 0;
    size_t len = strlen(prefix);
    if (len < 2 || len > 5 || strncasecmp(prefix, "RP", 2) != 0)
        return 0;
    for (uint32_t i = 0; i < rp_checks_count; i++) {
        const rp_check *c = rp_checks[i];
        if (strncasecmp(c->code, prefix, len) != 0)
            continue;
        n++;
        if (as != AS_TEXT) {
            put_page(opt, as, out, j, c);
            continue;
        }
        rp_put_ink(opt, out, RP_INK_BOLD, c->code);
        rp_buf_printf(out, "  %-24s  ", c->name);
        rp_put_wrapped(opt, out, rp_str_from(c->title), 34, 34);
        rp_buf_char(out, '\n');
    }
    return n;
}

/* Names with `what` in them; else the one that is spelled nearly so. */
static void put_suggestions(rp_buf *hint, const char *what)
{
    const char *names[256];
    size_t n = 0, within = 0;
    names[n++] = "exit-codes";
    for (uint32_t i = 0; i < rp_checks_count && n + 1 < RP_COUNT(names); i++) {
        names[n++] = rp_checks[i]->name;
        names[n++] = rp_checks[i]->code;
    }
    for (size_t i = 0; i < n && within < 5; i++) {
        if (what[0] == '\0' || strstr(names[i], what) == NULL)
            continue;
        rp_buf_printf(hint, "%s%s", within++ == 0 ? "did you mean " : ", ", names[i]);
    }
    bool number = rp_str_starts(rp_str_from(what), "RP") && what[2] >= '0' && what[2] <= '9';
    const char *nearest = within == 0 && !number ? rp_nearest(what, names, n) : NULL;
    if (nearest != NULL)
        rp_buf_printf(hint, "did you mean %s", nearest);
    rp_buf_puts(hint, hint->len > 0 ? "?" : "rustproof list shows all checks");
}

static int unknown_topic(const rp_cli *cli, const char *what)
{
    rp_buf hint = {0};
    put_suggestions(&hint, what);
    rp_complain(cli, hint.ptr, "there is no page about '%.60s'", what);
    rp_buf_free(&hint);
    return RP_EXIT_USAGE;
}

static bool explain_one(const rp_report_options *opt, form as, rp_buf *out, rp_json *j,
                        const char *what)
{
    const rp_check *c = rp_check_find(rp_str_from(what));
    if (c == NULL && strcmp(what, "exit-codes") != 0)
        return put_group(opt, as, out, j, what) > 0;
    put_page(opt, as, out, j, c);
    return true;
}

int rp_cmd_explain(rp_cli *cli)
{
    rp_buf out = {0};
    rp_report_options opt = rp_term_options(cli, STDOUT_FILENO);
    rp_json j = {.out = &out, .pretty = true};
    form as = form_of(cli);
    if (cli->paths.n == 0) {
        rp_complain(cli, "rustproof list shows all checks",
                    "explain needs a code, a name, a prefix such as RP21, or exit-codes");
        return RP_EXIT_USAGE;
    }
    if (as == AS_JSON)
        rp_json_open_list(&j);
    for (uint32_t i = 0; i < cli->paths.n; i++) {
        if (!explain_one(&opt, as, &out, &j, cli->paths.items[i])) {
            rp_buf_free(&out);
            return unknown_topic(cli, cli->paths.items[i]);
        }
    }
    if (as == AS_JSON) {
        rp_json_close_list(&j);
        rp_buf_char(&out, '\n');
    }
    return rp_print(cli, &out, RP_EXIT_CLEAN);
}
