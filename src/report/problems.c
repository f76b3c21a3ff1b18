/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "report/problems.h"

#include "text/display.h"

enum { LONGEST_PLACE = 44 }; /* a longer one would push the problem out of the line */

static void put_likewise(rp_buf *out, const rp_problem *p)
{
    for (uint32_t i = 0; i < p->nlikewise && p->nlikewise <= RP_PROBLEM_CODES; i++)
        rp_buf_printf(out, "%s%s%s", i == 0 ? " (also " : ", ", p->likewise[i],
                      i + 1 == p->nlikewise ? ")" : "");
    if (p->nlikewise > RP_PROBLEM_CODES)
        rp_buf_printf(out, " (and %u more checks)", p->nlikewise);
}

void rp_put_problem(const rp_report_options *opt, rp_buf *out, const rp_problem *p)
{
    enum { TEXT_COLUMN = 36 };
    rp_buf text = {0};
    rp_buf_puts(out, "  ");
    rp_put_ink(opt, out, p->look->ink, rp_sign(opt, p->look));
    rp_buf_printf(out, " %s %s", p->check->code, p->check->name);
    size_t column = 10 + 1 + strlen(p->check->name);
    rp_put_gap(out, column, TEXT_COLUMN);
    if (p->places == 1 && rp_display_width(p->where) <= LONGEST_PLACE)
        rp_buf_put(&text, p->where);
    else
        rp_buf_printf(&text, "%u", p->places);
    rp_buf_puts(&text, ": ");
    rp_put_text(opt, &text, p->text);
    if (p->mixed)
        rp_buf_printf(&text, " (%s)", rp_dots(opt));
    put_likewise(&text, p);
    column = column < TEXT_COLUMN ? TEXT_COLUMN : column + 1;
    if (opt->verbose > 0)
        rp_put_wrapped(opt, out, rp_buf_str(&text), column, TEXT_COLUMN);
    else
        rp_put_clipped(opt, out, rp_buf_str(&text), column);
    rp_buf_char(out, '\n');
    out->bad |= text.bad;
    rp_buf_free(&text);
}
