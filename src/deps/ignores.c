/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "deps/ignores.h"

#include "base/fs.h"
#include "deps/advisory.h"
#include "text/lines.h"
#include "text/toml.h"

#include <stdlib.h>

enum { MAX_BYTES = 1 << 20 };

typedef struct {
    rp_arena *arena;
    uint32_t today;
    rp_str file;
    rp_lines lines;
    RP_VEC(rp_dep_ignore) found;
    bool no_memory;
} reading;

static rp_dep_ignore *add(reading *r, uint64_t at)
{
    uint32_t column = 0;
    rp_dep_ignore *i = rp_vec_push(r->arena, &r->found);
    if (i == NULL) {
        r->no_memory = true;
        return NULL;
    }
    i->file = r->file;
    rp_lines_at(&r->lines, at, &i->line, &column);
    return i;
}

/* The last day on which it holds is the one before `until` (osv-scanner: "ignoreUntil"). */
static void set_until(const reading *r, rp_dep_ignore *i, const rp_toml *until)
{
    if (until == NULL)
        return;
    i->until = rp_str_sub(until->text, 0, 10);
    uint32_t day = rp_advisory_day(i->until);
    if (day == 0)
        i->problem = RP_STR("its end is no date");
    i->expired = day == 0 || r->today == 0 || r->today >= day;
}

/* "RUSTSEC-…", or { id = "…", reason = "…", until = 2026-01-01 }. What names a crate instead of an
 * advisory (cargo-deny: yanked ones) is none of ours. */
static void add_item(reading *r, const rp_toml *item)
{
    bool plain = item->kind == RP_TOML_STRING;
    rp_str id = plain ? item->text : rp_toml_string(item, "id");
    if (id.len == 0 || rp_str_find(id, RP_STR("@")) != SIZE_MAX)
        return;
    rp_dep_ignore *i = add(r, plain ? item->at : rp_toml_get(item, "id")->at);
    if (i == NULL)
        return;
    i->id = id;
    i->reason = rp_toml_string(item, "reason");
    set_until(r, i, rp_toml_get(item, "until"));
    set_until(r, i, rp_toml_get(item, "ignoreUntil"));
}

static void add_items(reading *r, const rp_toml *list)
{
    for (uint32_t i = 0; list != NULL && list->kind == RP_TOML_ARRAY && i < list->n; i++)
        add_item(r, list->items[i].value);
}

static bool load(reading *r, const char *path, rp_str *ret_text, rp_error *err)
{
    int fd = -1;
    rp_fs_info info;
    rp_bytes bytes = {NULL, 0};
    if (rp_fs_open(path, true, &fd, &info, err) != RP_OK)
        return false;
    rp_code code = rp_fs_read_all(fd, MAX_BYTES, r->arena, &bytes, err);
    rp_fs_close(fd);
    *ret_text = (rp_str){(const char *)bytes.ptr, bytes.len};
    return code == RP_OK;
}

static void add_problem(reading *r, const rp_error *err)
{
    r->no_memory |= err->code == RP_E_MEMORY;
    rp_dep_ignore *i = add(r, err->offset == RP_NOWHERE ? 0 : err->offset);
    if (i != NULL)
        i->problem = rp_arena_str(r->arena, rp_str_from(err->text));
}

static void read_file(reading *r, rp_str folder, const char *name, const char *table,
                      const char *list)
{
    rp_error err = {0};
    const rp_toml *root = NULL;
    rp_str text = {"", 0};
    r->file = folder.len > 0 ? rp_arena_printf(r->arena, "%.*s/%s", RP_FMT(folder), name)
                             : rp_str_from(name);
    r->no_memory |= r->file.ptr == NULL;
    if (r->file.ptr == NULL || !rp_fs_is_there(r->file.ptr))
        return;
    bool loaded = load(r, r->file.ptr, &text, &err);
    if (!rp_lines_of(text, r->arena, &r->lines))
        r->no_memory = true;
    else if (!loaded || rp_toml_parse(text, r->arena, &root, &err) != RP_OK)
        add_problem(r, &err);
    else
        add_items(r, rp_toml_get(table[0] != '\0' ? rp_toml_get(root, table) : root, list));
}

rp_code rp_ignores_read(rp_str folder, uint32_t today, rp_arena *arena, rp_dep_ignore **ret,
                        uint32_t *ret_n, rp_error *err)
{
    static const char *const files[][3] = {{".cargo/audit.toml", "advisories", "ignore"},
                                           {"deny.toml", "advisories", "ignore"},
                                           {"osv-scanner.toml", "", "IgnoredVulns"},
                                           {"rustproof.toml", "advisories", "ignore"}};
    reading r = {.arena = arena, .today = today};
    for (size_t i = 0; i < RP_COUNT(files); i++)
        read_file(&r, folder, files[i][0], files[i][1], files[i][2]);
    if (r.no_memory)
        return rp_fail_memory(err);
    *ret = r.found.items;
    *ret_n = r.found.n;
    return RP_OK;
}

/* ---- applying ---- */

/* The entries about one advisory: files may have as many as there are matches. */
typedef struct {
    rp_str id;
    rp_dep_ignore **entries; /* in their order */
    uint32_t n;
    const rp_dep_ignore *best; /* the one that holds, NULL when all have expired */
    bool used;
} group;

typedef struct {
    group *items;
    uint32_t n;
} groups;

static int by_id(const void *a, const void *b)
{
    const rp_dep_ignore *x = *(rp_dep_ignore *const *)a, *y = *(rp_dep_ignore *const *)b;
    int c = rp_str_cmp(x->id, y->id);
    return c != 0 ? c : x < y ? -1 : x > y;
}

/* Of several the first that has a reason, else the first. */
static const rp_dep_ignore *better(const rp_dep_ignore *a, const rp_dep_ignore *b)
{
    if (a == NULL || b == NULL)
        return a == NULL ? b : a;
    if ((a->reason.len > 0) != (b->reason.len > 0))
        return a->reason.len > 0 ? a : b;
    return a < b ? a : b;
}

static bool group_entries(rp_dep_ignore *ignores, uint32_t n, rp_arena *arena, groups *ret)
{
    rp_dep_ignore **order = rp_new(arena, n, rp_dep_ignore *);
    ret->items = rp_new(arena, n, group);
    if (order == NULL || ret->items == NULL)
        return false;
    for (uint32_t i = 0; i < n; i++)
        order[i] = &ignores[i];
    if (n > 1)
        qsort(order, n, sizeof *order, by_id);
    for (uint32_t i = 0; i < n; i++) {
        if (order[i]->id.len == 0)
            continue; /* an entry for a file that cannot be read */
        if (ret->n == 0 || !rp_str_eq(ret->items[ret->n - 1].id, order[i]->id))
            ret->items[ret->n++] = (group){.id = order[i]->id, .entries = &order[i]};
        group *g = &ret->items[ret->n - 1];
        g->n++;
        g->best = better(g->best, order[i]->expired ? NULL : order[i]);
    }
    return true;
}

static int against_id(const void *id, const void *g)
{
    return rp_str_cmp(*(const rp_str *)id, ((const group *)g)->id);
}

/* What holds of the entries about this id. */
static const rp_dep_ignore *about(const groups *all, rp_str id)
{
    group *g = all->n != 0 ? bsearch(&id, all->items, all->n, sizeof *g, against_id) : NULL;
    for (uint32_t i = 0; g != NULL && !g->used && i < g->n; i++)
        g->entries[i]->used = true;
    if (g != NULL)
        g->used = true;
    return g != NULL ? g->best : NULL;
}

rp_code rp_ignores_apply(rp_dep_ignore *ignores, uint32_t n, rp_dep_match *matches,
                         uint32_t nmatches, rp_arena *arena, uint32_t *ret_kept, rp_error *err)
{
    groups all = {0};
    uint32_t kept = 0;
    if (!group_entries(ignores, n, arena, &all))
        return rp_fail_memory(err);
    for (uint32_t k = 0; k < nmatches; k++) {
        rp_dep_match *m = &matches[k];
        const rp_dep_ignore *entry = about(&all, m->id);
        for (uint32_t i = 0; i < m->naliases; i++)
            entry = better(entry, about(&all, m->aliases[i]));
        kept += entry == NULL;
        if (entry == NULL)
            continue;
        m->ignored = true;
        m->ignored_reason = entry->reason;
        m->ignored_file = entry->file;
        m->ignored_line = entry->line;
    }
    *ret_kept = kept;
    return RP_OK;
}
