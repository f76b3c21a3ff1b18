/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Commands on the screen: broken where a shell goes on reading, so that they can be copied. */
#include "report/command.h"

#include "text/display.h"

/* Where a word in quotes ends: '…', "…" and $'…'; `at` is behind the opening quote. */
static size_t quote_end(rp_str s, size_t at, char quote, bool escapes)
{
    while (at < s.len && s.ptr[at] != quote)
        at += escapes && s.ptr[at] == '\\' ? 2 : 1;
    return at < s.len ? at + 1 : s.len;
}

/* Index of the first `mark` outside quotes, one that a space follows unless it is one; or s.len. */
static size_t find_mark(rp_str s, char mark)
{
    for (size_t i = 0; i < s.len;) {
        char c = s.ptr[i];
        if (c == '\'' || c == '"')
            i = quote_end(s, i + 1, c, c == '"' || (i > 0 && s.ptr[i - 1] == '$'));
        else if (c == '\\')
            i += 2;
        else if (c == mark && (mark == ' ' || (i + 1 < s.len && s.ptr[i + 1] == ' ')))
            return i;
        else
            i++;
    }
    return s.len;
}

/* Length up to and with that mark. */
static size_t part_length(rp_str s, char mark)
{
    size_t at = find_mark(s, mark);
    return at < s.len ? at + 1 : s.len;
}

static rp_str skip_space(rp_str s)
{
    while (s.len > 0 && s.ptr[0] == ' ')
        s = rp_str_sub(s, 1, SIZE_MAX);
    return s;
}

static void put_line_break(rp_buf *out, size_t indent)
{
    rp_buf_char(out, '\n');
    rp_buf_repeat(out, ' ', indent);
}

/* One command, from column `column` on: what does not fit goes on behind a backslash. */
static void put_words(const rp_report_options *opt, rp_buf *out, rp_str s, size_t column,
                      size_t indent)
{
    enum { BACKSLASH = 2 };
    bool first = true;
    while (s.len > 0) {
        size_t n = find_mark(s, ' ');
        rp_str word = rp_str_sub(s, 0, n);
        size_t wide = rp_display_width(word);
        s = skip_space(rp_str_sub(s, n, SIZE_MAX));
        bool joins = word.ptr[0] == '|'; /* a line must not begin with it */
        if (!first && !joins && opt->width != 0 &&
            column + 1 + wide + (s.len > 0 ? BACKSLASH : 0) > opt->width) {
            rp_buf_puts(out, " \\");
            put_line_break(out, indent);
            column = indent;
        } else if (!first) {
            rp_buf_char(out, ' ');
            column++;
        }
        rp_buf_put(out, word);
        column += wide;
        first = false;
    }
}

/* One pipeline: behind a "|" a shell reads on in the next line. */
static void put_pipeline(const rp_report_options *opt, rp_buf *out, rp_str s, size_t indent)
{
    bool wide = opt->width != 0 && indent + rp_display_width(s) > opt->width;
    size_t column = indent;
    while (s.len > 0) {
        size_t n = wide ? part_length(s, '|') : s.len;
        put_words(opt, out, rp_str_sub(s, 0, n), column, indent + 4);
        column = indent + 2;
        s = skip_space(rp_str_sub(s, n, SIZE_MAX));
        if (s.len > 0)
            put_line_break(out, column);
    }
}

void rp_put_commands(const rp_report_options *opt, rp_buf *out, rp_str s, size_t indent)
{
    bool wide = opt->width != 0 && indent + rp_display_width(s) > opt->width;
    while (s.len > 0) {
        size_t n = wide ? part_length(s, ';') : s.len;
        bool more = n < s.len;
        put_pipeline(opt, out, rp_str_sub(s, 0, more ? n - 1 : n), indent);
        s = skip_space(rp_str_sub(s, n, SIZE_MAX));
        if (s.len > 0)
            put_line_break(out, indent);
    }
}
