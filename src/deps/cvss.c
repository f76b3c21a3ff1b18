/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Reading vectors, and the formulas of versions 2 and 3. */
#include "deps/cvss_parts.h"

/* CVSS 2.0, 2.4: base, temporal, environmental. Values of one metric differ in their first letter
 * where it is a base metric. */
static const rp_cvss_metric metrics2[] = {
    {"AV", "L|A|N"},       {"AC", "H|M|L"},
    {"Au", "M|S|N"},       {"C", "N|P|C"},
    {"I", "N|P|C"},        {"A", "N|P|C"},
    {"E", "U|POC|F|H|ND"}, {"RL", "OF|TF|W|U|ND"},
    {"RC", "UC|UR|C|ND"},  {"CDP", "N|L|LM|MH|H|ND"},
    {"TD", "N|L|M|H|ND"},  {"CR", "L|M|H|ND"},
    {"IR", "L|M|H|ND"},    {"AR", "L|M|H|ND"},
};

/* CVSS 3.1, table 15 (3.0: the same) */
static const rp_cvss_metric metrics3[] = {
    {"AV", "N|A|L|P"},  {"AC", "L|H"},       {"PR", "N|L|H"},      {"UI", "N|R"},
    {"S", "U|C"},       {"C", "H|L|N"},      {"I", "H|L|N"},       {"A", "H|L|N"},
    {"E", "X|H|F|P|U"}, {"RL", "X|U|W|T|O"}, {"RC", "X|C|R|U"},    {"CR", "X|H|M|L"},
    {"IR", "X|H|M|L"},  {"AR", "X|H|M|L"},   {"MAV", "X|N|A|L|P"}, {"MAC", "X|L|H"},
    {"MPR", "X|N|L|H"}, {"MUI", "X|N|R"},    {"MS", "X|U|C"},      {"MC", "X|H|L|N"},
    {"MI", "X|H|L|N"},  {"MA", "X|H|L|N"},
};

/* ---- reading ---- */

static bool has_value(const char *values, rp_str value)
{
    for (const char *p = values; *p != '\0';) {
        size_t n = strcspn(p, "|");
        if (rp_str_eq((rp_str){p, n}, value))
            return true;
        p += n + (p[n] == '|');
    }
    return false;
}

/* "AV:N" */
static bool take_metric(rp_cvss_vector *v, rp_str part)
{
    size_t colon = rp_str_find(part, RP_STR(":"));
    if (colon == SIZE_MAX)
        return false;
    rp_str name = rp_str_sub(part, 0, colon), value = rp_str_sub(part, colon + 1, SIZE_MAX);
    for (uint32_t i = 0; i < v->n; i++) {
        if (!rp_str_is(name, v->metrics[i].name))
            continue;
        if (v->value[i] != 0 || value.len == 0 || !has_value(v->metrics[i].values, value))
            return false;
        v->value[i] = value.ptr[0];
        return true;
    }
    return false;
}

static bool take_metrics(rp_cvss_vector *v, rp_str s, uint32_t base)
{
    while (s.len > 0) {
        size_t slash = rp_str_find(s, RP_STR("/"));
        if (slash + 1 == s.len || !take_metric(v, rp_str_sub(s, 0, slash)))
            return false;
        s = rp_str_sub(s, slash == SIZE_MAX ? s.len : slash + 1, SIZE_MAX);
    }
    for (uint32_t i = 0; i < base; i++)
        if (v->value[i] == 0)
            return false;
    return true;
}

/* ---- versions 2 and 3 ---- */

typedef struct {
    const char *letters;
    double weights[4];
} weights;

static double weight(const weights *w, char letter)
{
    const char *at = strchr(w->letters, letter); /* the letter was checked when it was read */
    return w->weights[at - w->letters];
}

/* CVSS 2.0, 3.2.1 */
static uint16_t score2(const rp_cvss_vector *v)
{
    static const weights av = {"LAN", {0.395, 0.646, 1.0}}, ac = {"HML", {0.35, 0.61, 0.71}},
                         au = {"MSN", {0.45, 0.56, 0.704}}, cia = {"NPC", {0.0, 0.275, 0.66}};
    double impact = 10.41 * (1 - (1 - weight(&cia, v->value[3])) * (1 - weight(&cia, v->value[4])) *
                                     (1 - weight(&cia, v->value[5])));
    double exploitability =
        20 * weight(&av, v->value[0]) * weight(&ac, v->value[1]) * weight(&au, v->value[2]);
    bool none = v->value[3] == 'N' && v->value[4] == 'N' && v->value[5] == 'N';
    double base = (0.6 * impact + 0.4 * exploitability - 1.5) * (none ? 0 : 1.176);
    return base <= 0 ? 0 : (uint16_t)(base * 10 + 0.5 + 1e-9);
}

/* CVSS 3.1, appendix A: the least tenth that is not below, safe from the error of binary fractions
 */
static uint16_t round_up(double x)
{
    uint64_t n = (uint64_t)(x * 100000 + 0.5);
    return (uint16_t)(n % 10000 == 0 ? n / 10000 : n / 10000 + 1);
}

static double power15(double x)
{
    double x3 = x * x * x;
    double x6 = x3 * x3;
    return x6 * x6 * x3;
}

/* CVSS 3.1, 7.1 and 7.4 */
static uint16_t score3(const rp_cvss_vector *v)
{
    static const weights av = {"NALP", {0.85, 0.62, 0.55, 0.2}}, ac = {"LH", {0.77, 0.44}},
                         pr = {"NLH", {0.85, 0.62, 0.27}}, pr_changed = {"NLH", {0.85, 0.68, 0.5}},
                         ui = {"NR", {0.85, 0.62}}, cia = {"HLN", {0.56, 0.22, 0}};
    bool changed = v->value[4] == 'C';
    double iss = 1 - (1 - weight(&cia, v->value[5])) * (1 - weight(&cia, v->value[6])) *
                         (1 - weight(&cia, v->value[7]));
    double impact = changed ? 7.52 * (iss - 0.029) - 3.25 * power15(iss - 0.02) : 6.42 * iss;
    double exploitability = 8.22 * weight(&av, v->value[0]) * weight(&ac, v->value[1]) *
                            weight(changed ? &pr_changed : &pr, v->value[2]) *
                            weight(&ui, v->value[3]);
    if (impact <= 0)
        return 0;
    double sum = (changed ? 1.08 : 1.0) * (impact + exploitability);
    return round_up(sum < 10 ? sum : 10);
}

/* CVSS 3.1, table 14; version 2 has no words of its own, its ratings are those of the NVD. */
static rp_severity severity_of(unsigned version, uint16_t score)
{
    if (version == 20)
        return score < 40 ? RP_SEVERITY_LOW : score < 70 ? RP_SEVERITY_MEDIUM : RP_SEVERITY_HIGH;
    return score == 0   ? RP_SEVERITY_NONE
           : score < 40 ? RP_SEVERITY_LOW
           : score < 70 ? RP_SEVERITY_MEDIUM
           : score < 90 ? RP_SEVERITY_HIGH
                        : RP_SEVERITY_CRITICAL;
}

typedef struct {
    const char *prefix;
    uint8_t version;
    const rp_cvss_metric *metrics;
    uint32_t n, base;
    uint16_t (*score)(const rp_cvss_vector *);
} standard;

bool rp_cvss_parse(rp_str vector, rp_cvss *ret)
{
    const standard standards[] = {
        {"CVSS:4.0/", 40, rp_cvss4_metrics, rp_cvss4_metrics_count, RP_CVSS4_BASE, rp_cvss4_score},
        {"CVSS:3.1/", 31, metrics3, RP_COUNT(metrics3), 8, score3},
        {"CVSS:3.0/", 30, metrics3, RP_COUNT(metrics3), 8, score3},
        {"", 20, metrics2, RP_COUNT(metrics2), 6, score2},
    };
    size_t i = 0;
    while (!rp_str_starts(vector, standards[i].prefix))
        i++;
    const standard *s = &standards[i];
    rp_cvss_vector v = {.metrics = s->metrics, .n = s->n};
    if (!take_metrics(&v, rp_str_sub(vector, strlen(s->prefix), SIZE_MAX), s->base))
        return false;
    uint16_t score = s->score(&v);
    *ret = (rp_cvss){s->version, score, severity_of(s->version, score)};
    return true;
}

const char *rp_severity_name(rp_severity severity)
{
    static const char *const names[] = {"unknown", "none", "low", "medium", "high", "critical"};
    return names[severity];
}
