/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "cargo/lock_parts.h"

#include "base/limits.h"

#include <stdlib.h>

/* ---- lines and notes ---- */

uint32_t rp_lock_line(rp_lock_reader *r, uint64_t at)
{
    if (at < r->line_at || r->line == 0) {
        r->line_at = 0;
        r->line = 1;
    }
    size_t end = at < r->text.len ? (size_t)at : r->text.len;
    while (r->line_at < end) {
        const char *from = r->text.ptr + r->line_at;
        const char *newline = memchr(from, '\n', end - (size_t)r->line_at);
        r->line += newline != NULL;
        r->line_at = newline != NULL ? r->line_at + (size_t)(newline - from) + 1 : end;
    }
    return r->line;
}

void rp_lock_note_add(rp_lock_reader *r, rp_lock_oddity what, uint32_t package, uint64_t at,
                      rp_str text)
{
    rp_lock_note *note = rp_vec_push(r->arena, &r->notes);
    uint32_t line = 0;
    if (note == NULL) {
        r->out_of_memory = true;
        return;
    }
    if (package < r->packages.n && r->packages.items[package].at == at)
        line =
            r->packages.items[package].line; /* known: no counting, in whatever order notes come */
    else if (at != RP_NOWHERE)
        line = rp_lock_line(r, at);
    *note = (rp_lock_note){.what = what,
                           .component = package,
                           .file = RP_STR(""),
                           .line = line,
                           .column = line != 0,
                           .text = text};
}

/* ---- packages ---- */

static bool add_package(rp_lock_reader *r, const rp_toml *table, bool root)
{
    rp_lock_package p = {.name = rp_toml_string(table, "name"),
                         .version = rp_toml_string(table, "version"),
                         .source_text = rp_toml_string(table, "source"),
                         .checksum = rp_toml_string(table, "checksum"),
                         .replaced = RP_NO_PACKAGE,
                         .root = root,
                         .at = table->at};
    if (p.name.len ==
        0) { /* Cargo refuses the file; there is nothing to say of a thing without name */
        rp_lock_note_add(r, RP_LOCK_BROKEN, RP_NO_PACKAGE, table->at,
                         RP_STR("a package without a name"));
        return !r->out_of_memory;
    }
    p.line = rp_lock_line(r, p.at);
    if (!rp_crate_source_parse(p.source_text, r->lock->version >= 4, r->arena, &p.source))
        return false;
    rp_lock_package *slot = rp_vec_push(r->arena, &r->packages);
    const rp_toml **from = slot != NULL ? rp_vec_push(r->arena, &r->tables) : NULL;
    if (from == NULL)
        return false;
    *slot = p;
    *from = table;
    r->v2_checksums |= p.checksum.len != 0;
    if (p.version.len == 0)
        rp_lock_note_add(r, RP_LOCK_BROKEN, r->packages.n - 1, p.at,
                         RP_STR("a package without a version"));
    return !r->out_of_memory;
}

static bool add_packages(rp_lock_reader *r, const rp_toml *root)
{
    const rp_toml *old = rp_toml_get(root, "root"), *list = rp_toml_get(root, "package");
    if (list != NULL && list->kind == RP_TOML_ARRAY &&
        (!rp_vec_reserve(r->arena, &r->packages, list->n + 1) ||
         !rp_vec_reserve(r->arena, &r->tables, list->n + 1)))
        return false;
    if (old != NULL && old->kind == RP_TOML_TABLE && !add_package(r, old, true))
        return false;
    for (uint32_t i = 0; list != NULL && list->kind == RP_TOML_ARRAY && i < list->n; i++)
        if (list->items[i].value->kind == RP_TOML_TABLE &&
            !add_package(r, list->items[i].value, false))
            return false;
    return true;
}

static void read_version(rp_lock_reader *r, const rp_toml *root)
{
    const rp_toml *version = rp_toml_get(root, "version");
    r->lock->version = 2; /* until checksums in [metadata] tell that it is 1 */
    if (version == NULL)
        return;
    bool known = version->kind == RP_TOML_INTEGER && version->integer >= 1 && version->integer <= 5;
    if (known)
        r->lock->version = (uint32_t)version->integer;
    else if (version->kind == RP_TOML_INTEGER && version->integer > 5 &&
             version->integer < UINT32_MAX)
        r->lock->version = (uint32_t)version->integer; /* read by the rules of the newest */
    if (!known)
        rp_lock_note_add(r, RP_LOCK_VERSION, RP_NO_PACKAGE, version->at,
                         rp_str_sub(r->text, version->at, version->end - version->at));
}

/* ---- what stands there and should not, or does not and should ---- */

static bool is_sha256(rp_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!((s.ptr[i] >= '0' && s.ptr[i] <= '9') || (s.ptr[i] >= 'a' && s.ptr[i] <= 'f') ||
              (s.ptr[i] >= 'A' && s.ptr[i] <= 'F')))
            return false;
    return s.len == 64;
}

static void judge_checksum(rp_lock_reader *r, uint32_t i)
{
    const rp_lock_package *p = &r->packages.items[i];
    bool registry = p->source.kind == RP_FROM_REGISTRY;
    if (p->checksum.len == 0) {
        if (registry)
            rp_lock_note_add(r, RP_LOCK_NO_CHECKSUM, i, p->at, p->source_text);
    } else if (!is_sha256(p->checksum)) {
        rp_lock_note_add(r, RP_LOCK_BAD_CHECKSUM, i, p->at, p->checksum);
    } else if (!registry && p->source.kind != RP_FROM_UNKNOWN) {
        rp_lock_note_add(r, RP_LOCK_NEEDLESS_CHECKSUM, i, p->at, p->checksum);
    }
}

static bool is_insecure(rp_str url)
{
    return rp_str_starts(url, "http://") || rp_str_starts(url, "git://") ||
           rp_str_starts(url, "sparse+http://") || rp_str_starts(url, "ftp://");
}

static bool is_commit(rp_str s)
{
    size_t digits = 0;
    while (digits < s.len && ((s.ptr[digits] >= '0' && s.ptr[digits] <= '9') ||
                              (s.ptr[digits] >= 'a' && s.ptr[digits] <= 'f')))
        digits++;
    return digits == s.len && (s.len == 40 || s.len == 64); /* SHA-1, SHA-256 repositories */
}

static void judge_source(rp_lock_reader *r, uint32_t i)
{
    const rp_lock_package *p = &r->packages.items[i];
    if (p->source.kind == RP_FROM_UNKNOWN)
        rp_lock_note_add(r, RP_LOCK_UNKNOWN_SOURCE, i, p->at, p->source_text);
    if (p->source.kind == RP_FROM_GIT && !is_commit(p->source.revision))
        rp_lock_note_add(r, RP_LOCK_GIT_NO_COMMIT, i, p->at, p->source_text);
    if (p->source.kind == RP_FROM_REGISTRY && p->source.crates_io == RP_NO)
        rp_lock_note_add(r, RP_LOCK_OTHER_REGISTRY, i, p->at, p->source.url);
    if (is_insecure(p->source.url))
        rp_lock_note_add(r, RP_LOCK_INSECURE_URL, i, p->at, p->source.url);
}

static void judge_twins(rp_lock_reader *r)
{
    for (uint32_t i = 1; i < r->packages.n; i++) {
        const rp_lock_package *a = &r->packages.items[r->by_name[i - 1]],
                              *b = &r->packages.items[r->by_name[i]];
        if (rp_str_eq(a->name, b->name) && rp_str_eq(a->version, b->version) &&
            rp_str_eq(a->source_text, b->source_text))
            rp_lock_note_add(r, RP_LOCK_DUPLICATE, r->by_name[i], b->at, b->name);
    }
}

static void judge(rp_lock_reader *r, const rp_toml *root)
{
    const rp_toml *unused = rp_toml_get(rp_toml_get(root, "patch"), "unused");
    bool mixed = r->v1_checksums && r->v2_checksums;
    if (mixed) { /* Cargo's encode.rs: a bad merge, no checksum counts */
        rp_lock_note_add(r, RP_LOCK_MERGE, RP_NO_PACKAGE, rp_toml_get(root, "metadata")->at,
                         RP_STR("checksums in [metadata] beside checksums in packages"));
        for (uint32_t i = 0; i < r->packages.n; i++)
            r->packages.items[i].checksum = RP_STR("");
    }
    for (uint32_t i = 0; i < r->packages.n; i++) {
        if (!mixed)
            judge_checksum(r, i);
        judge_source(r, i);
    }
    judge_twins(r);
    for (uint32_t i = 0; unused != NULL && unused->kind == RP_TOML_ARRAY && i < unused->n; i++)
        rp_lock_note_add(r, RP_LOCK_UNUSED_PATCH, RP_NO_PACKAGE, unused->items[i].value->at,
                         rp_toml_string(unused->items[i].value, "name"));
}

/* ---- the whole ---- */

static int by_line(const void *a, const void *b)
{
    const rp_lock_note *x = a, *y = b;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    if (x->what != y->what)
        return x->what < y->what ? -1 : 1;
    return rp_str_cmp(x->text, y->text);
}

static rp_code read_all(rp_lock_reader *r, const rp_toml *root, rp_error *err)
{
    const rp_toml *metadata = rp_toml_get(root, "metadata");
    read_version(r, root);
    if (!add_packages(r, root) || !rp_lock_index(r) ||
        (metadata != NULL && !rp_lock_metadata(r, metadata)) || !rp_lock_resolve(r))
        return rp_fail_memory(err);
    judge(r, root);
    if (r->v1_checksums && rp_toml_get(root, "version") == NULL)
        r->lock->version = 1;
    if (r->out_of_memory)
        return rp_fail_memory(err);
    if (r->notes.n > 1)
        qsort(r->notes.items, r->notes.n, sizeof *r->notes.items, by_line);
    r->lock->packages = r->packages.items;
    r->lock->npackages = r->packages.n;
    r->lock->notes = r->notes.items;
    r->lock->nnotes = r->notes.n;
    return RP_OK;
}

static rp_code parse(rp_lock_reader *r, rp_arena *tree, rp_error *err)
{
    const rp_toml *root = NULL;
    rp_error why = {0};
    rp_code code = rp_toml_parse_apart(r->text, tree, r->arena, &root, &why);
    if (code != RP_OK)
        return rp_fail(err, code, why.offset, "line %u: %s",
                       why.offset == RP_NOWHERE ? 0 : rp_lock_line(r, why.offset), why.text);
    const rp_toml *list = rp_toml_get(root, "package");
    if (list != NULL && list->kind == RP_TOML_ARRAY && list->n > RP_MAX_COMPONENTS)
        return rp_fail(err, RP_E_LIMIT, list->at, "more than %u packages", RP_MAX_COMPONENTS);
    return read_all(r, root, err);
}

rp_code rp_lock_parse(rp_str text, rp_arena *arena, const rp_lock **ret, rp_error *err)
{
    rp_arena tree = {.limit = arena->limit};
    rp_lock_reader r = {.arena = arena, .text = text, .lock = rp_new(arena, 1, rp_lock)};
    if (r.lock == NULL)
        return rp_fail_memory(err);
    rp_code code = parse(&r, &tree, err);
    rp_arena_free(&tree);
    if (code == RP_OK)
        *ret = r.lock;
    return code;
}

uint32_t rp_lock_find(const rp_lock *lock, rp_str name, rp_str version)
{
    for (uint32_t i = 0; i < lock->npackages; i++)
        if (rp_str_eq(lock->packages[i].name, name) &&
            (version.len == 0 || rp_str_eq(lock->packages[i].version, version)))
            return i;
    return RP_NO_PACKAGE;
}
