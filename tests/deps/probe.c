/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Answers questions of the tests, one a line on standard input, one answer a line:
 *
 *   cvss            VECTOR                      → "98 critical" or "-"
 *   semver          cmp A B | req REQ VERSION   → "-1", "0", "1"; "yes", "no"; "-" unreadable
 *
 * Fields are separated by tabs. */
#include <stdio.h>

#include "deps/cvss.h"
#include "text/semver.h"

static rp_str field(char **at)
{
    size_t n = strcspn(*at, "\t\n");
    rp_str s = {*at, n};
    *at += n + ((*at)[n] != '\0');
    return s;
}

static void answer_cvss(char *line)
{
    rp_cvss c;
    if (rp_cvss_parse(field(&line), &c))
        (void)printf("%u %s\n", c.score, rp_severity_name(c.severity));
    else
        (void)printf("-\n");
}

static const char *compared(rp_str a, rp_str b)
{
    rp_semver x, y;
    if (!rp_semver_parse(a, &x) || !rp_semver_parse(b, &y))
        return "-";
    int c = rp_semver_cmp(&x, &y);
    return c < 0 ? "-1" : c > 0 ? "1" : "0";
}

static const char *required(rp_str text, rp_str version)
{
    rp_semver_req req;
    rp_semver v;
    if (rp_semver_req_parse(text, &req, NULL) != RP_OK || !rp_semver_parse(version, &v))
        return "-";
    return rp_semver_req_matches(&req, &v) ? "yes" : "no";
}

static void answer_semver(char *line)
{
    rp_str what = field(&line), a = field(&line), b = field(&line);
    (void)printf("%s\n", rp_str_is(what, "cmp") ? compared(a, b) : required(a, b));
}

int main(int argc, char **argv)
{
    char line[4096];
    bool cvss = argc == 2 && strcmp(argv[1], "cvss") == 0;
    if (!cvss && (argc != 2 || strcmp(argv[1], "semver") != 0))
        return 2;
    while (fgets(line, sizeof line, stdin) != NULL)
        (cvss ? answer_cvss : answer_semver)(line);
    return 0;
}
