/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* OSV's format (schema 1.6), what of it is about crates.io: one advisory for each package of it,
 * and one for each of its `affected` entries, since each has ranges of its own. */
#include "deps/advisory_parts.h"
#include "text/json_read.h"

#include <stdlib.h>

static rp_strs strings(rp_advisory_loader *l, const rp_json_value *list)
{
    rp_strs ret = {NULL, 0};
    rp_str *items = rp_new(l->arena, list->n, rp_str);
    l->no_memory |= items == NULL;
    for (uint32_t i = 0; items != NULL && i < list->n; i++)
        if (list->items[i].value.kind == RP_JSON_STRING)
            items[ret.n++] = list->items[i].value.text;
    ret.items = items;
    return ret;
}

/* ---- ranges: "Evaluation" of the schema ---- */

typedef enum { EVENT_FIXED, EVENT_LAST, EVENT_INTRODUCED } event_kind;

typedef struct {
    event_kind kind;
    rp_semver at;
} event;

static int by_version(const void *a, const void *b)
{
    const event *x = a;
    const event *y = b;
    int c = rp_semver_cmp(&x->at, &y->at);
    return c != 0 ? c : (int)x->kind - (int)y->kind;
}

/* "0" stands for what is below every version. */
static bool version_of(rp_str text, rp_semver *ret)
{
    if (rp_str_is(text, "0")) {
        *ret = rp_semver_lowest();
        return true;
    }
    return rp_semver_parse(text, ret);
}

static bool event_of(const rp_json_value *v, event *ret)
{
    static const struct {
        const char *key;
        event_kind kind;
    } kinds[] = {
        {"introduced", EVENT_INTRODUCED}, {"fixed", EVENT_FIXED}, {"last_affected", EVENT_LAST}};
    for (size_t i = 0; i < RP_COUNT(kinds); i++) {
        rp_str text = rp_json_get_str(v, kinds[i].key);
        ret->kind = kinds[i].kind;
        if (text.len > 0)
            return version_of(text, &ret->at);
    }
    return false;
}

typedef struct {
    rp_advisory_loader *l;
    rp_advisory *to;
    rp_semver_range *ranges;
    rp_str *fixes;
} affected;

static void close_range(affected *x, rp_semver_range *range, const event *e)
{
    rp_error err = {0};
    range->open = false;
    range->to = e->at;
    rp_str text = rp_semver_text(x->l->arena, &e->at);
    rp_str req = rp_arena_printf(x->l->arena, e->kind == EVENT_FIXED ? ">= %s" : "> %s",
                                 text.ptr ? text.ptr : "");
    x->l->no_memory |= text.ptr == NULL || req.ptr == NULL;
    if (req.ptr == NULL)
        return;
    x->fixes[x->to->patched.n++] = req;
    rp_semver_range behind;
    if (e->kind == EVENT_LAST && rp_semver_range_parse(req, x->l->arena, &behind, &err) == RP_OK)
        range->to = behind.from;
}

/* One range: sorted, "introduced" opens, the next other event closes. */
static void add_range(affected *x, const rp_json_value *events)
{
    event *sorted = rp_new(x->l->arena, events->n, event);
    uint32_t n = 0;
    bool inside = false;
    if (sorted == NULL) {
        x->l->no_memory = true;
        return;
    }
    for (uint32_t i = 0; i < events->n; i++) {
        if (event_of(&events->items[i].value, &sorted[n]))
            n++;
        else if (rp_json_get(&events->items[i].value, "limit") == NULL)
            rp_advisory_fault_at(x->l, RP_NOWHERE, false, "ranges: event %u cannot be read", i);
    }
    if (n > 1)
        qsort(sorted, n, sizeof *sorted, by_version);
    for (uint32_t i = 0; i < n; i++) {
        bool opens = sorted[i].kind == EVENT_INTRODUCED;
        if (opens && !inside)
            x->ranges[x->to->nranges++] = (rp_semver_range){sorted[i].at, rp_semver_lowest(), true};
        else if (!opens && inside)
            close_range(x, &x->ranges[x->to->nranges - 1], &sorted[i]);
        inside = opens;
    }
}

static bool is_versions(const rp_json_value *range)
{
    rp_str type = rp_json_get_str(range, "type");
    return rp_str_is(type, "SEMVER") || rp_str_is(type, "ECOSYSTEM");
}

static void read_ranges(affected *x, const rp_json_value *entry)
{
    const rp_json_value *ranges = rp_json_get_list(entry, "ranges");
    uint64_t events = 0;
    bool any = false;
    for (uint32_t i = 0; i < ranges->n; i++)
        events += rp_json_get_list(&ranges->items[i].value, "events")->n;
    x->ranges = rp_new(x->l->arena, events + 1, rp_semver_range);
    x->fixes = rp_new(x->l->arena, events + 1, rp_str);
    if (x->ranges == NULL || x->fixes == NULL) {
        x->l->no_memory = true;
        return;
    }
    for (uint32_t i = 0; i < ranges->n; i++) {
        if (!is_versions(&ranges->items[i].value))
            continue;
        any = true;
        add_range(x, rp_json_get_list(&ranges->items[i].value, "events"));
    }
    x->to->versions = strings(x->l, rp_json_get_list(entry, "versions"));
    if ((!any || x->to->nranges == 0) && x->to->versions.n == 0) {
        rp_advisory_fault_at(x->l, RP_NOWHERE, false, "no readable range: every version counts");
        x->ranges[0] = (rp_semver_range){rp_semver_lowest(), rp_semver_lowest(), true};
        x->to->nranges = 1;
    }
    x->to->ranges = x->ranges;
    x->to->patched.items = x->fixes;
}

/* ---- the rest ---- */

/* Names in RustSec's export, which leaves their versions out; an object in others. */
static void read_functions(affected *x, const rp_json_value *affects)
{
    const rp_json_value *list = rp_json_get(affects, "functions");
    if (list == NULL || (list->kind != RP_JSON_ARRAY && list->kind != RP_JSON_OBJECT))
        return;
    rp_advisory_function *to = rp_new(x->l->arena, list->n, rp_advisory_function);
    x->l->no_memory |= to == NULL;
    for (uint32_t i = 0; to != NULL && i < list->n; i++) {
        const rp_json_member *m = &list->items[i];
        rp_str path = list->kind == RP_JSON_OBJECT      ? m->key
                      : m->value.kind == RP_JSON_STRING ? m->value.text
                                                        : (rp_str){"", 0};
        if (path.len > 0)
            to[x->to->nfunctions++] = (rp_advisory_function){.path = path, .always = true};
    }
    x->to->functions = to;
}

/* The newest kind of vector that can be read. */
static void read_severity(rp_advisory *a, const rp_json_value *list)
{
    for (uint32_t i = 0; i < list->n; i++) {
        rp_advisory try = *a;
        try.vector = rp_json_get_str(&list->items[i].value, "score");
        if (rp_str_starts(rp_json_get_str(&list->items[i].value, "type"), "CVSS") &&
            rp_advisory_rate(&try) && rp_str_cmp(try.vector, a->vector) > 0)
            *a = try;
    }
}

/* GHSA's word, where no vector tells more. */
static void read_word(rp_advisory *a, rp_str word)
{
    static const struct {
        const char *word;
        rp_severity severity;
    } words[] = {{"LOW", RP_SEVERITY_LOW},
                 {"MODERATE", RP_SEVERITY_MEDIUM},
                 {"MEDIUM", RP_SEVERITY_MEDIUM},
                 {"HIGH", RP_SEVERITY_HIGH},
                 {"CRITICAL", RP_SEVERITY_CRITICAL}};
    for (size_t i = 0; i < RP_COUNT(words) && a->severity == RP_SEVERITY_UNKNOWN; i++)
        if (rp_str_is(word, words[i].word))
            a->severity = words[i].severity;
}

static rp_strs reference_urls(rp_advisory_loader *l, const rp_json_value *list)
{
    rp_strs ret = {NULL, 0};
    rp_str *items = rp_new(l->arena, list->n, rp_str);
    l->no_memory |= items == NULL;
    for (uint32_t i = 0; items != NULL && i < list->n; i++) {
        rp_str url = rp_json_get_str(&list->items[i].value, "url");
        if (url.len > 0)
            items[ret.n++] = url;
    }
    ret.items = items;
    return ret;
}

static void read_common(rp_advisory_loader *l, rp_advisory *a, const rp_json_value *root)
{
    a->id = rp_json_get_str(root, "id");
    a->title = rp_json_get_str(root, "summary");
    a->description = rp_json_get_str(root, "details");
    a->date = rp_str_sub(rp_json_get_str(root, "published"), 0, 10);
    a->withdrawn = rp_str_sub(rp_json_get_str(root, "withdrawn"), 0, 10);
    a->aliases = strings(l, rp_json_get_list(root, "aliases"));
    a->related = strings(l, rp_json_get_list(root, "related"));
    a->references = reference_urls(l, rp_json_get_list(root, "references"));
    a->license = rp_json_get_str(rp_json_get(root, "database_specific"), "license");
    if (a->title.len == 0)
        a->title = a->id;
    for (uint32_t i = 0; i < a->references.n && a->url.len == 0; i++)
        a->url = a->references.items[i];
}

static void read_entry(rp_advisory_loader *l, const rp_json_value *root, const rp_json_value *entry)
{
    rp_advisory *a = rp_advisory_new(l);
    if (a == NULL)
        return;
    const rp_json_value *database = rp_json_get(entry, "database_specific");
    const rp_json_value *affects = rp_json_get(rp_json_get(entry, "ecosystem_specific"), "affects");
    affected x = {.l = l, .to = a};
    read_common(l, a, root);
    a->package = rp_json_get_str(rp_json_get(entry, "package"), "name");
    a->informational = rp_json_get_str(database, "informational");
    a->categories = strings(l, rp_json_get_list(database, "categories"));
    a->arch = strings(l, rp_json_get_list(affects, "arch"));
    a->os = strings(l, rp_json_get_list(affects, "os"));
    a->kind = rp_advisory_kind_of(a->id, a->informational, &a->categories);
    read_severity(a, rp_json_get_list(root, "severity"));
    read_severity(a, rp_json_get_list(entry, "severity"));
    read_word(a, rp_json_get_str(rp_json_get(root, "database_specific"), "severity"));
    read_functions(&x, affects);
    read_ranges(&x, entry);
}

void rp_advisory_read_osv(rp_advisory_loader *l)
{
    const rp_json_value *root = NULL;
    rp_error err = {0};
    if (rp_json_read(l->text, l->arena, &root, &err) != RP_OK) {
        l->no_memory |= err.code == RP_E_MEMORY;
        rp_advisory_fault_at(l, err.offset, true, "%s", err.text);
        return;
    }
    const rp_json_value *entries = rp_json_get_list(root, "affected");
    if (rp_json_get_str(root, "id").len == 0) {
        rp_advisory_fault_at(l, 0, true, "no OSV advisory: it has no id");
        return;
    }
    for (uint32_t i = 0; i < entries->n; i++) {
        const rp_json_value *package = rp_json_get(&entries->items[i].value, "package");
        if (rp_str_is(rp_json_get_str(package, "ecosystem"), "crates.io") &&
            rp_json_get_str(package, "name").len > 0)
            read_entry(l, root, &entries->items[i].value);
    }
}
