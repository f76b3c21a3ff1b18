/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "engine/policy.h"

#include <strings.h>

enum { LONGEST_NAME = 64 };

/* Names are kebab-case; rustc takes '_' for '-' in lint names, so do we. */
static bool same_name(rp_str given, const char *name)
{
    if (strlen(name) != given.len)
        return false;
    for (size_t i = 0; i < given.len; i++) {
        char c = given.ptr[i] == '_' ? '-' : given.ptr[i];
        if (strncasecmp(&c, &name[i], 1) != 0)
            return false;
    }
    return true;
}

/* "RP21", "rp2": two letters and one to three digits. */
static bool is_prefix(rp_str what)
{
    if (what.len < 3 || what.len > 5 || strncasecmp(what.ptr, "RP", 2) != 0)
        return false;
    for (size_t i = 2; i < what.len; i++)
        if (what.ptr[i] < '0' || what.ptr[i] > '9')
            return false;
    return true;
}

typedef enum { MATCH_NONE, MATCH_GROUP, MATCH_EXACT } match;

static match matches(const rp_check *check, rp_str what)
{
    if (same_name(what, check->code) || same_name(what, check->name))
        return MATCH_EXACT;
    if (same_name(what, "all") ||
        (is_prefix(what) && strncasecmp(check->code, what.ptr, what.len) == 0))
        return MATCH_GROUP;
    return MATCH_NONE;
}

static bool is_warnings(rp_str what)
{
    return same_name(what, "warnings");
}

/* Levenshtein's distance, any case; both at most LONGEST_NAME long. */
static size_t distance(rp_str a, rp_str b)
{
    size_t row[LONGEST_NAME + 1];
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t changed = diagonal + (strncasecmp(&a.ptr[i - 1], &b.ptr[j - 1], 1) != 0);
            size_t shorter = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            diagonal = row[j];
            row[j] = changed < shorter ? changed : shorter;
        }
    }
    return row[b.len];
}

static void consider(rp_str what, const char *candidate, size_t *best, const char **nearest)
{
    rp_str name = rp_str_from(candidate);
    if (name.len > LONGEST_NAME)
        return;
    size_t d = distance(what, name);
    if (d < *best) {
        *best = d;
        *nearest = candidate;
    }
}

static rp_code unknown_name(rp_str what, rp_error *err)
{
    size_t best = what.len / 2 + 1; /* further away is no help */
    const char *nearest = NULL;
    if (what.len <= LONGEST_NAME) {
        for (uint32_t i = 0; i < rp_checks_count; i++) {
            consider(what, rp_checks[i]->name, &best, &nearest);
            consider(what, rp_checks[i]->code, &best, &nearest);
        }
        consider(what, "warnings", &best, &nearest);
        consider(what, "all", &best, &nearest);
    }
    int len = (int)(what.len > LONGEST_NAME ? LONGEST_NAME : what.len);
    const char *text = what.ptr ? what.ptr : "";
    if (nearest == NULL)
        return rp_fail(err, RP_E_USAGE, RP_NOWHERE, "no check is called '%.*s'", len, text);
    return rp_fail(err, RP_E_USAGE, RP_NOWHERE, "no check is called '%.*s'; did you mean '%s'?",
                   len, text, nearest);
}

static void apply(const rp_policy_entry *entry, match m, const rp_check *check, bool preview,
                  rp_rule *rule)
{
    switch (entry->verb) {
    case RP_POLICY_SELECT:
        if (m == MATCH_EXACT || preview || !check->preview)
            rule->on = true;
        break;
    case RP_POLICY_IGNORE:
        rule->on = false;
        break;
    case RP_POLICY_LEVEL:
        *rule = (rp_rule){.on = rule->on, .forced = true, .level = entry->level};
        break;
    }
}

/* "warnings" means every check whose findings are warnings so far. */
static void apply_warnings(const rp_policy_entry *entry, const rp_check *check, rp_rule *rule)
{
    rp_level level = rule->forced ? rule->level : check->level;
    if (entry->verb != RP_POLICY_LEVEL) {
        if (level == RP_WARN)
            rule->on = entry->verb == RP_POLICY_SELECT ? rule->on || !check->preview : false;
    } else if (!rule->forced) {
        rule->warnings = true;
        rule->warn_as = entry->level;
    } else if (level == RP_WARN) {
        rule->level = entry->level;
    }
}

static rp_code apply_entry(const rp_engine_options *opt, const rp_policy_entry *entry,
                           rp_rule *rules, rp_error *err)
{
    bool met = is_warnings(entry->what);
    for (uint32_t i = 0; i < rp_checks_count; i++) {
        match m = matches(rp_checks[i], entry->what);
        if (m != MATCH_NONE) {
            apply(entry, m, rp_checks[i], opt->preview, &rules[i]);
            met = true;
        } else if (is_warnings(entry->what)) {
            apply_warnings(entry, rp_checks[i], &rules[i]);
        }
    }
    return met ? RP_OK : unknown_name(entry->what, err);
}

/* Whoever selects something first wants nothing else. */
static bool starts_empty(const rp_engine_options *opt)
{
    for (uint32_t i = 0; i < opt->npolicy; i++)
        if (opt->policy[i].verb != RP_POLICY_LEVEL)
            return opt->policy[i].verb == RP_POLICY_SELECT;
    return false;
}

rp_code rp_policy_rules(const rp_engine_options *opt, rp_arena *arena, const rp_rule **ret,
                        rp_error *err)
{
    rp_rule *rules = rp_new(arena, rp_checks_count, rp_rule);
    if (rules == NULL)
        return rp_fail_memory(err);
    bool empty = starts_empty(opt);
    for (uint32_t i = 0; i < rp_checks_count; i++)
        rules[i].on = !empty && (opt->preview || !rp_checks[i]->preview);
    for (uint32_t i = 0; i < opt->npolicy; i++) {
        rp_code code = apply_entry(opt, &opt->policy[i], rules, err);
        if (code != RP_OK)
            return code;
    }
    *ret = rules;
    return RP_OK;
}

rp_level rp_rule_level(const rp_rule *rule, rp_level level)
{
    if (rule->forced)
        return rule->level;
    return rule->warnings && level == RP_WARN ? rule->warn_as : level;
}

uint32_t rp_rules_needs(const rp_rule *rules)
{
    uint32_t needs = RP_NEED_HEADERS;
    for (uint32_t i = 0; i < rp_checks_count; i++)
        if (rules[i].on)
            needs |= rp_checks[i]->needs;
    return needs;
}

uint32_t rp_rules_on_doubt(const rp_rule *rules)
{
    uint32_t needs = 0;
    for (uint32_t i = 0; i < rp_checks_count; i++)
        if (rules[i].on)
            needs |= rp_checks[i]->on_doubt;
    return needs;
}

rp_code rp_policy_check(const rp_engine_options *opt, rp_error *err)
{
    rp_arena arena = {0};
    const rp_rule *rules = NULL;
    rp_code code = rp_policy_rules(opt, &arena, &rules, err);
    rp_arena_free(&arena);
    return code;
}
