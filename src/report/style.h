/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the text formats share: colours, signs, wrapping, words for outcomes, descriptions. */
#ifndef RP_REPORT_STYLE_H
#define RP_REPORT_STYLE_H

#include "report/report.h"
#include "text/json.h"

typedef enum {
    RP_INK_PLAIN,
    RP_INK_BOLD,
    RP_INK_DIM,
    RP_INK_RED,
    RP_INK_YELLOW,
    RP_INK_CYAN,
    RP_INK_GREEN
} rp_ink;

/* What a result looks like: sign, word in a row ("WARN"), word at the head of a block ("warning").
 */
typedef struct {
    const char *sign, *ascii;
    const char *row;
    const char *block;
    rp_ink ink;
    int rank; /* order on the screen: the worst first */
} rp_look;

const rp_look *rp_look_of(const rp_result *r);
const char *rp_sign(const rp_report_options *opt, const rp_look *look);
const char *rp_level_name(rp_level level);       /* "deny" */
const char *rp_outcome_name(rp_outcome outcome); /* "not-applicable" */
const char *rp_safety_name(rp_safety safety);    /* "review" */
const char *rp_code_name(rp_code code);          /* "format" */

/* Whether both checks do not know, for the same reason. */
bool rp_same_unknown(const rp_result *a, const rp_result *b);

/* The separators "·" and "…", or ASCII. */
const char *rp_dot(const rp_report_options *opt);
const char *rp_dots(const rp_report_options *opt);

/* Coloured text; `s` is ours and harmless. */
void rp_put_ink(const rp_report_options *opt, rp_buf *out, rp_ink ink, const char *s);
/* Text from a file: redacted when asked, then escaped. */
void rp_put_text(const rp_report_options *opt, rp_buf *out, rp_str s);
/* `s` (escaped already) broken at spaces to opt->width; the first line starts at column `column`,
 * the others are indented to `indent`. */
void rp_put_wrapped(const rp_report_options *opt, rp_buf *out, rp_str s, size_t column,
                    size_t indent);
/* `s` (escaped already) from column `column` on, in one line: what is wider than opt->width is cut
 * at a space, with dots. */
void rp_put_clipped(const rp_report_options *opt, rp_buf *out, rp_str s, size_t column);
/* "Cargo.lock:611:1", or the target's name when the result is about no line. */
void rp_put_where(const rp_report_options *opt, rp_buf *out, const rp_target_report *t,
                  const rp_result *r);
/* The name of a target, linked to its file, `path`, when hyperlinks are on. */
void rp_put_link(const rp_report_options *opt, rp_buf *out, rp_str path, rp_str name);
void rp_put_name(const rp_report_options *opt, rp_buf *out, const rp_target_report *t);
/* `s` with user names in it replaced: /home/NAME, /Users/NAME, \Users\NAME, and the home folder. */
void rp_put_redacted(const rp_report_options *opt, rp_buf *out, rp_str s);
/* A path as part of a URI (RFC 3986). */
void rp_put_percent(rp_buf *out, rp_str s);
/* "1 warning", "3 warnings"; `many` NULL: `one` + "s". */
void rp_put_count(rp_buf *out, uint64_t n, const char *one, const char *many);
/* Spaces up to column `to` behind `column`, at least one. */
void rp_put_gap(rp_buf *out, size_t column, size_t to);

/* "ELF 64-bit LE x86-64 · PIE, dynamically linked · rustc 1.95.0 (.comment) · stripped · 6.1 MB",
 * escaped. */
void rp_put_description(const rp_report_options *opt, rp_buf *out, const rp_target_report *t);
/* "read: …", with the offset in front when there is one; escaped. */
void rp_put_evidence(const rp_report_options *opt, rp_buf *out, const rp_evidence_line *e);
/* The fix in one line: "build.rustflags = -Crelro-level=full in .cargo/config.toml (safe)". */
/* What stands before fix i: the first is "fix", another one "or", a line to write "edit". */
const char *rp_fix_label(const rp_fix *fixes, uint32_t i);
void rp_put_fix(const rp_report_options *opt, rp_buf *out, const rp_fix *fix);
/* The command that verifies a result, with "{}" replaced by the quoted path. */
void rp_put_verify(const rp_report_options *opt, rp_buf *out, const rp_target_report *t,
                   const rp_result *r);
/* How to get a member out of its archive, or nothing for a plain file; true when written. */
bool rp_put_extract(const rp_report_options *opt, rp_buf *out, const rp_target_report *t);

/* Empties a scratch buffer; unlike rp_buf_clear it stays bad when it was. */
static inline void rp_put_afresh(rp_buf *scratch)
{
    scratch->len = 0;
}

/* Is this result worth a line on the default screen, and with -v and --show? */
bool rp_is_problem(const rp_report_options *opt, const rp_result *r);
bool rp_is_shown(const rp_report_options *opt, const rp_result *r);

/* What a check is, as an object: as in reports and in `list`. */
void rp_json_check(rp_json *j, const rp_check *check);

/* What a toolchain can do on a target, as an object: as in `facts` and in `list targets`. */
void rp_json_target_facts(rp_json *j, const rp_target_facts *target);

enum { RP_NAMED_CHECKS = 4 };
/* "RP9102 malicious-crate, RP9103 unsound-crate and 3 more checks": of n results at most the first
 * RP_NAMED_CHECKS + 1 are read. */
void rp_put_checks(rp_buf *out, const rp_result *const *results, uint32_t n);

/* The last line: "0 errors, 2 warnings, 17 passed, 6 n/a, 1 unknown". */
void rp_put_totals(const rp_report_options *opt, rp_buf *out, const rp_run_report *run);
/* "error: cannot read 'x': reason" for a target that failed. */
void rp_put_failure(const rp_report_options *opt, rp_buf *out, const rp_target_report *t);

#endif
