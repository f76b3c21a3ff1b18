/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* CVSS 4.0, chapter 8: vectors fall into 270 classes ("macro vectors"), each with a score that
 * experts gave; inside a class the score falls with the distance to the worst vector of it, in
 * proportion to the step to the next lower classes. */
#include "deps/cvss_parts.h"

/* In the order of the specification; the first eleven are the base. */
const rp_cvss_metric rp_cvss4_metrics[] = {
    {"AV", "N|A|L|P"},    {"AC", "L|H"},
    {"AT", "N|P"},        {"PR", "N|L|H"},
    {"UI", "N|P|A"},      {"VC", "H|L|N"},
    {"VI", "H|L|N"},      {"VA", "H|L|N"},
    {"SC", "H|L|N"},      {"SI", "H|L|N"},
    {"SA", "H|L|N"},      {"E", "X|A|P|U"},
    {"CR", "X|H|M|L"},    {"IR", "X|H|M|L"},
    {"AR", "X|H|M|L"},    {"MAV", "X|N|A|L|P"},
    {"MAC", "X|L|H"},     {"MAT", "X|N|P"},
    {"MPR", "X|N|L|H"},   {"MUI", "X|N|P|A"},
    {"MVC", "X|H|L|N"},   {"MVI", "X|H|L|N"},
    {"MVA", "X|H|L|N"},   {"MSC", "X|H|L|N"},
    {"MSI", "X|S|H|L|N"}, {"MSA", "X|S|H|L|N"},
    {"S", "X|N|P"},       {"AU", "X|N|Y"},
    {"R", "X|A|U|I"},     {"V", "X|D|C"},
    {"RE", "X|L|M|H"},    {"U", "X|Clear|Green|Amber|Red"},
};
const uint32_t rp_cvss4_metrics_count = RP_COUNT(rp_cvss4_metrics);
_Static_assert(RP_COUNT(rp_cvss4_metrics) <= RP_CVSS_METRICS, "all have room");

enum { AV, AC, AT, PR, UI, VC, VI, VA, SC, SI, SA, E, CR, IR, AR, MODIFIED, METRICS = MODIFIED };
enum { CLASSES = 270, NO_CLASS = 0xff };

typedef struct {
    uint16_t class; /* the six digits of its macro vector, in base 4 */
    uint8_t score;  /* times ten */
} class_score;

static const class_score class_scores[] = {
#include "deps/cvss4_table.inc"
};
_Static_assert(RP_COUNT(class_scores) == CLASSES, "each class has a score");

/* The value that counts: the modified one over the base one; the worst where nothing is said. */
static char value(const rp_cvss_vector *v, unsigned metric)
{
    if (metric < E) {
        char modified = v->value[MODIFIED + metric];
        return modified != 0 && modified != 'X' ? modified : v->value[metric];
    }
    char c = v->value[metric];
    return c != 0 && c != 'X' ? c : metric == E ? 'A' : 'H';
}

/* ---- the class ---- */

typedef struct {
    int eq[6];
} macro;

static macro macro_of(const char m[METRICS])
{
    macro x = {{0}};
    int none = (m[AV] == 'N') + (m[PR] == 'N') + (m[UI] == 'N');
    x.eq[0] = none == 3 ? 0 : none > 0 && m[AV] != 'P' ? 1 : 2;
    x.eq[1] = m[AC] == 'L' && m[AT] == 'N' ? 0 : 1;
    x.eq[2] = m[VC] == 'H' && m[VI] == 'H'                   ? 0
              : m[VC] == 'H' || m[VI] == 'H' || m[VA] == 'H' ? 1
                                                             : 2;
    x.eq[3] = m[SI] == 'S' || m[SA] == 'S'                   ? 0
              : m[SC] == 'H' || m[SI] == 'H' || m[SA] == 'H' ? 1
                                                             : 2;
    x.eq[4] = m[E] == 'A' ? 0 : m[E] == 'P' ? 1 : 2;
    bool worst = (m[CR] == 'H' && m[VC] == 'H') || (m[IR] == 'H' && m[VI] == 'H') ||
                 (m[AR] == 'H' && m[VA] == 'H');
    x.eq[5] = worst ? 0 : 1;
    return x;
}

/* Times ten; -1: there is no such class. */
static int class_score_of(macro x)
{
    unsigned key = 0;
    for (size_t i = 0; i < 6; i++)
        key = key * 4 + (unsigned)x.eq[i];
    for (size_t i = 0; i < RP_COUNT(class_scores); i++)
        if (class_scores[i].class == key)
            return class_scores[i].score;
    return -1;
}

static int lower(macro x, size_t eq, size_t also)
{
    x.eq[eq]++;
    if (also < 6)
        x.eq[also]++;
    return class_score_of(x);
}

/* EQ3 and EQ6 hang together: their next lower class is the one that exists, the higher of two. */
static int lower_of_impact(macro x)
{
    if (x.eq[2] == 0 && x.eq[5] == 0) {
        int a = lower(x, 5, 6), b = lower(x, 2, 6);
        return a > b ? a : b;
    }
    if (x.eq[5] == 1)
        return lower(x, 2, 6);
    return x.eq[2] == 1 ? lower(x, 5, 6) : lower(x, 2, 5);
}

/* ---- the place in the class ---- */

static int level(unsigned metric, char c)
{
    static const char *const order[METRICS] = {"NALP", "LH",  "NP",  "NLH",  "NPA",
                                               "HLN",  "HLN", "HLN", "_HLN", "SHLN",
                                               "SHLN", "APU", "HML", "HML",  "HML"};
    const char *at = strchr(order[metric], c);
    return at == NULL ? 0 : (int)(at - order[metric]);
}

/* Worst vectors of the classes (8.2, table 24 ff.), each as metrics and their values. */
typedef struct {
    const char *values[5];
} worst;

static const unsigned eq1_metrics[] = {AV, PR, UI}, eq2_metrics[] = {AC, AT},
                      eq36_metrics[] = {VC, VI, VA, CR, IR, AR}, eq4_metrics[] = {SC, SI, SA};
static const worst eq1_worst[] = {{{"NNN"}}, {{"ANN", "NLN", "NNP"}}, {{"PNN", "ALP"}}};
static const worst eq2_worst[] = {{{"LN"}}, {{"HN", "LP"}}};
static const worst eq4_worst[] = {{{"HSS"}}, {{"HHH"}}, {{"LLL"}}};
static const worst eq36_worst[] = {
    {{"HHHHHH"}},
    {{"HHLMMH", "HHHMMM"}},
    {{"LHHHHH", "HLHHHH"}},
    {{"LHLHMH", "LHHHMM", "HLHMHM", "HLLMHH", "LLHHHM"}},
    {{NULL}},
    {{"LLLHHH"}},
};

/* Steps from the first worst vector that is nowhere better; 0 when each is somewhere. */
static int distance(const char m[METRICS], const unsigned *metrics, size_t n, const worst *w)
{
    for (size_t k = 0; k < RP_COUNT(w->values) && w->values[k] != NULL; k++) {
        int sum = 0;
        bool better = false;
        for (size_t i = 0; i < n; i++) {
            int d = level(metrics[i], m[metrics[i]]) - level(metrics[i], w->values[k][i]);
            better |= d < 0;
            sum += d;
        }
        if (!better)
            return sum;
    }
    return 0;
}

typedef struct {
    int drop;  /* to the next lower class, times ten; negative: there is none */
    int steps; /* away from the worst vector */
    int depth; /* steps from the worst vector to the next class */
} slope;

uint16_t rp_cvss4_score(const rp_cvss_vector *v)
{
    static const int depth1[] = {1, 4, 5}, depth2[] = {1, 2}, depth4[] = {6, 5, 4};
    static const int depth36[] = {7, 6, 8, 8, 1, 10};
    char m[METRICS];
    bool harmless = true;
    for (unsigned i = 0; i < METRICS; i++)
        m[i] = value(v, i);
    for (unsigned i = VC; i <= SA; i++)
        harmless &= m[i] == 'N';
    if (harmless)
        return 0;
    macro x = macro_of(m);
    int score = class_score_of(x), impact = x.eq[2] * 2 + x.eq[5];
    int lower36 = lower_of_impact(x);
    const slope slopes[] = {
        {lower(x, 0, 6), distance(m, eq1_metrics, 3, &eq1_worst[x.eq[0]]), depth1[x.eq[0]]},
        {lower(x, 1, 6), distance(m, eq2_metrics, 2, &eq2_worst[x.eq[1]]), depth2[x.eq[1]]},
        {lower36, distance(m, eq36_metrics, 6, &eq36_worst[impact]), depth36[impact]},
        {lower(x, 3, 6), distance(m, eq4_metrics, 3, &eq4_worst[x.eq[3]]), depth4[x.eq[3]]},
        {lower(x, 4, 6), 0, 1},
    };
    double sum = 0;
    int n = 0;
    for (size_t i = 0; i < RP_COUNT(slopes); i++) {
        if (slopes[i].drop < 0)
            continue;
        n++;
        sum += (double)(score - slopes[i].drop) * slopes[i].steps / slopes[i].depth;
    }
    double result = score - (n > 0 ? sum / n : 0);
    return result <= 0 ? 0 : (uint16_t)(result + 0.5 + 1e-5);
}
