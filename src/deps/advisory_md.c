/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* RustSec's format: a fenced block of TOML, then a title, then Markdown. Each field is read for
 * itself: an unreadable one is noted and left out, in the direction that hides nothing. */
#include "deps/advisory_parts.h"
#include "text/toml.h"

typedef struct {
    rp_advisory_loader *l;
    uint64_t base; /* offset of the TOML in the file */
    rp_advisory *to;
} md;

/* ---- fields ---- */

static void fault(const md *m, const rp_toml *at, const char *what)
{
    rp_advisory_fault_at(m->l, m->base + at->at, false, "%s", what);
}

static rp_str text_field(const md *m, const rp_toml *table, const char *key)
{
    const rp_toml *v = rp_toml_get(table, key);
    if (v == NULL)
        return (rp_str){"", 0};
    if (v->kind == RP_TOML_STRING || v->kind == RP_TOML_LOCAL_DATE)
        return v->text;
    rp_advisory_fault_at(m->l, m->base + v->at, false, "%s is no string", key);
    return (rp_str){"", 0};
}

/* A list of strings; one string stands for a list of one. */
static rp_strs list_of(const md *m, const rp_toml *v, const char *key)
{
    rp_strs list = {NULL, 0};
    if (v == NULL)
        return list;
    bool one = v->kind == RP_TOML_STRING;
    if (!one && v->kind != RP_TOML_ARRAY) {
        rp_advisory_fault_at(m->l, m->base + v->at, false, "%s is no list", key);
        return list;
    }
    rp_str *items = rp_new(m->l->arena, one ? 1 : v->n, rp_str);
    if (items == NULL) {
        m->l->no_memory = true;
        return list;
    }
    list.items = items;
    for (uint32_t i = 0; i < (one ? 1 : v->n); i++) {
        const rp_toml *item = one ? v : v->items[i].value;
        if (item->kind == RP_TOML_STRING)
            items[list.n++] = item->text;
        else
            rp_advisory_fault_at(m->l, m->base + item->at, false, "%s: an item is no string", key);
    }
    return list;
}

static rp_strs list_field(const md *m, const rp_toml *table, const char *key)
{
    return list_of(m, rp_toml_get(table, key), key);
}

static rp_str date_field(const md *m, const rp_toml *table, const char *key)
{
    rp_str date = text_field(m, table, key);
    if (date.len > 0 && (date.len != 10 || rp_advisory_day(date) == 0)) {
        fault(m, rp_toml_get(table, key), "a date that is none");
        return (rp_str){"", 0};
    }
    return date;
}

/* ---- versions ---- */

static uint32_t items_in(const rp_toml *table, const char *key)
{
    const rp_toml *list = rp_toml_get(table, key);
    return list != NULL && list->kind == RP_TOML_ARRAY ? list->n : 0;
}

/* Adds the intervals of the requirements under `key`. One that is none is left out: then more
 * versions count as affected, never fewer. */
static void add_intervals(const md *m, const rp_toml *versions, const char *key,
                          rp_semver_range *ranges, uint32_t *n)
{
    const rp_toml *list = rp_toml_get(versions, key);
    if (list != NULL && list->kind == RP_TOML_STRING)
        fault(m, list, "requirements are no list");
    for (uint32_t i = 0; i < items_in(versions, key); i++) {
        const rp_toml *item = list->items[i].value;
        rp_error err = {0};
        if (item->kind != RP_TOML_STRING)
            continue; /* noted by list_of */
        rp_code code = rp_semver_range_parse(item->text, m->l->arena, &ranges[*n], &err);
        if (code == RP_OK)
            (*n)++;
        else if (code == RP_E_MEMORY)
            m->l->no_memory = true;
        else
            fault(m, item, err.text);
    }
}

static void read_versions(const md *m, const rp_toml *root)
{
    const rp_toml *versions = rp_toml_get(root, "versions");
    rp_advisory *a = m->to;
    a->patched = list_field(m, versions, "patched");
    a->unaffected = list_field(m, versions, "unaffected");
    if (versions == NULL)
        rp_advisory_fault_at(m->l, m->base, false, "no [versions]: every version counts");
    uint32_t n = 0;
    rp_semver_range *gaps = NULL;
    uint64_t most = (uint64_t)items_in(versions, "patched") + items_in(versions, "unaffected");
    rp_semver_range *ranges = rp_new(m->l->arena, most, rp_semver_range);
    if (ranges == NULL) {
        m->l->no_memory = true;
        return;
    }
    add_intervals(m, versions, "patched", ranges, &n);
    add_intervals(m, versions, "unaffected", ranges, &n);
    if (rp_semver_complement(ranges, n, m->l->arena, &gaps, &a->nranges) != RP_OK)
        m->l->no_memory = true;
    a->ranges = gaps;
}

/* ---- what is affected ---- */

static bool readable(const md *m, const rp_toml *list, const rp_strs *reqs)
{
    for (uint32_t i = 0; i < reqs->n; i++) {
        rp_semver_req req;
        rp_error err = {0};
        if (rp_semver_req_parse(reqs->items[i], &req, &err) == RP_OK)
            continue;
        fault(m, list, err.text);
        return false;
    }
    return list->kind == RP_TOML_ARRAY || list->kind == RP_TOML_STRING;
}

static void read_affected(const md *m, const rp_toml *affected)
{
    const rp_toml *functions = rp_toml_get(affected, "functions");
    m->to->arch = list_field(m, affected, "arch");
    m->to->os = list_field(m, affected, "os");
    if (functions == NULL)
        return;
    if (functions->kind != RP_TOML_TABLE) {
        fault(m, functions, "functions is no table");
        return;
    }
    rp_advisory_function *to = rp_new(m->l->arena, functions->n, rp_advisory_function);
    if (to == NULL) {
        m->l->no_memory = true;
        return;
    }
    for (uint32_t i = 0; i < functions->n; i++) {
        const rp_toml *list = functions->items[i].value;
        to[i].path = functions->items[i].key;
        to[i].reqs = list_of(m, list, "functions");
        to[i].always = !readable(m, list, &to[i].reqs);
    }
    m->to->functions = to;
    m->to->nfunctions = functions->n;
}

static void read_metadata(const md *m, const rp_toml *t)
{
    rp_advisory *a = m->to;
    rp_str id = text_field(m, t, "id"), package = text_field(m, t, "package");
    a->id = id.len > 0 ? id : a->id;
    a->package = package.len > 0 ? package : a->package;
    a->date = date_field(m, t, "date");
    a->withdrawn = date_field(m, t, "withdrawn");
    a->url = text_field(m, t, "url");
    a->source = text_field(m, t, "source");
    a->license = text_field(m, t, "license");
    a->informational = text_field(m, t, "informational");
    a->vector = text_field(m, t, "cvss");
    a->references = list_field(m, t, "references");
    a->categories = list_field(m, t, "categories");
    a->keywords = list_field(m, t, "keywords");
    a->aliases = list_field(m, t, "aliases");
    a->related = list_field(m, t, "related");
    const rp_toml *deleted = rp_toml_get(t, "expect-deleted");
    a->expect_deleted = deleted != NULL && deleted->kind == RP_TOML_BOOL && deleted->truth;
    a->kind = rp_advisory_kind_of(a->id, a->informational, &a->categories);
    if (a->vector.len > 0 && !rp_advisory_rate(a))
        fault(m, rp_toml_get(t, "cvss"), "a CVSS vector that cannot be read");
}

/* ---- the document ---- */

static rp_str trimmed(rp_str s)
{
    while (s.len > 0 && strchr(" \t\r\n", s.ptr[0]) != NULL)
        s = rp_str_sub(s, 1, SIZE_MAX);
    while (s.len > 0 && strchr(" \t\r\n", s.ptr[s.len - 1]) != NULL)
        s.len--;
    return s;
}

/* "# Title", then the text. */
static void read_markdown(const md *m, rp_str body)
{
    body = trimmed(body);
    size_t line = rp_str_find(body, RP_STR("\n"));
    m->to->title = m->to->id;
    m->to->description = body;
    if (!rp_str_starts(body, "# ")) {
        rp_advisory_fault_at(m->l, (uint64_t)(body.ptr - m->l->text.ptr), false, "no title");
        return;
    }
    m->to->title = trimmed(rp_str_sub(body, 2, line == SIZE_MAX ? SIZE_MAX : line - 2));
    m->to->description = trimmed(rp_str_sub(body, line == SIZE_MAX ? body.len : line, SIZE_MAX));
}

/* "crates/foo/RUSTSEC-2020-0001.md" → "RUSTSEC-2020-0001" */
static rp_str stem(rp_str file)
{
    for (size_t i = file.len; i > 0; i--)
        if (file.ptr[i - 1] == '/')
            return rp_str_sub(file, i, file.len - i - 3);
    return rp_str_sub(file, 0, file.len - 3);
}

void rp_advisory_read_md(rp_advisory_loader *l, rp_advisory_collection collection, rp_str package)
{
    static const char fence[] = "```toml";
    const rp_toml *root = NULL;
    rp_error err = {0};
    size_t end = rp_str_find(l->text, RP_STR("\n```"));
    if (!rp_str_starts(l->text, fence) || end == SIZE_MAX) {
        rp_advisory_fault_at(l, 0, true, "no front matter");
        return;
    }
    size_t base = sizeof fence - 1;
    rp_str toml = rp_str_sub(l->text, base, end + 1 - base);
    if (rp_toml_parse(toml, l->arena, &root, &err) != RP_OK) {
        l->no_memory |= err.code == RP_E_MEMORY;
        rp_advisory_fault_at(l, err.offset == RP_NOWHERE ? RP_NOWHERE : base + err.offset, true,
                             "%s", err.text);
        return;
    }
    rp_advisory *a = rp_advisory_new(l);
    md m = {l, base, a};
    const rp_toml *advisory = rp_toml_get(root, "advisory");
    if (a == NULL)
        return;
    a->collection = collection;
    a->package = package;
    a->id = stem(l->file);
    read_metadata(&m, advisory != NULL ? advisory : root);
    read_versions(&m, root);
    read_affected(&m, rp_toml_get(root, "affected"));
    read_markdown(&m, rp_str_sub(l->text, end + 4, SIZE_MAX));
    if (a->package.len > 0)
        return;
    rp_advisory_fault_at(l, base, true, "no package");
    l->items.n--;
}
