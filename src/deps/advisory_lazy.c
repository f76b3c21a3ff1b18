/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Databases that are read as they are asked. A project has a few hundred packages, of which some
 * dozen have advisories; RustSec's database has twelve hundred files. Opened is what tells which
 * packages have advisories at all: the head of an index, the names in folders. */
#include "base/fs.h"
#include "base/search.h"
#include "base/source.h"
#include "base/threads.h"
#include "deps/advisory_parts.h"
#include "deps/db_checkout.h"
#include "deps/db_place.h"

#include <stdlib.h>

enum { HEAD_READ = 64 << 10, DATE_READ = 4 << 10, MAX_HEAD = 64 << 20 };

typedef struct {
    const char *path;
    const char *folder; /* RustSec's layout; NULL: it is none */
    int fd;             /* of the index, -1: there is none */
    rp_source file;
    rp_advisory_index index;
    uint64_t begun; /* of a checkout: packages that were touched since are read as text; else 0 */
    const rp_advisory *items; /* neither a folder nor an index: all of it */
    uint32_t n;
    rp_dep_database *about;
} database;

/* A package on which some database has advisories. */
typedef struct {
    rp_advisory_collection collection;
    rp_str name;
    bool loaded;
    const rp_advisory *items;
    uint32_t n;
    uint32_t lost; /* that could not be read */
} slot;

struct rp_advisory_lazy {
    rp_lock lock; /* over the slots' contents, the databases, the arena */
    rp_arena arena;
    database *databases;
    uint32_t ndatabases;
    RP_VEC(slot) slots; /* in order, each once */
};

typedef RP_VEC(const char *) file_list;

typedef struct {
    rp_advisory_lazy *lazy;
    rp_arena *arena;
    database *db;
    uint32_t today;
    const char *checkouts; /* folder of their indexes, NULL none */
    rp_advisory_collection collection;
    /* of the folder being read */
    const char *folder;
    uint32_t files;
    bool unread; /* a collection is there and is no folder that can be read */
    /* files that may be the newest: those of the latest year so far, and those that name none */
    unsigned year;
    file_list newest, undated;
    bool no_memory;
} opening;

/* ---- slots ---- */

static int cmp_place(rp_advisory_collection a, rp_str x, rp_advisory_collection b, rp_str y)
{
    return a != b ? (a < b ? -1 : 1) : rp_str_cmp(x, y);
}

static int by_place(const void *a, const void *b)
{
    const slot *x = a, *y = b;
    return cmp_place(x->collection, x->name, y->collection, y->name);
}

static void add_slot(opening *o, rp_advisory_collection collection, rp_str name)
{
    slot *s = rp_vec_push(o->arena, &o->lazy->slots);
    o->no_memory |= s == NULL;
    if (s != NULL)
        *s = (slot){.collection = collection, .name = name};
}

static void settle_slots(rp_advisory_lazy *lazy)
{
    slot *items = lazy->slots.items;
    uint32_t kept = 0, n = lazy->slots.n;
    bool sorted = true;
    for (uint32_t i = 1; i < n; i++)
        sorted = sorted && by_place(&items[i - 1], &items[i]) <= 0;
    if (!sorted)
        qsort(items, n, sizeof *items, by_place);
    for (uint32_t i = 0; i < n; i++)
        if (kept == 0 || by_place(&items[kept - 1], &items[i]) != 0)
            items[kept++] = items[i];
    lazy->slots.n = kept;
}

static slot *find_slot(const rp_advisory_lazy *lazy, rp_advisory_collection collection, rp_str name)
{
    uint32_t low;
    RP_SEARCH(low, lazy->slots.n,
              cmp_place(lazy->slots.items[low].collection, lazy->slots.items[low].name, collection,
                        name) < 0);
    return low < lazy->slots.n && cmp_place(lazy->slots.items[low].collection,
                                            lazy->slots.items[low].name, collection, name) == 0
               ? &lazy->slots.items[low]
               : NULL;
}

/* ---- an index ---- */

static rp_code read_head(opening *o, rp_error *err)
{
    database *db = o->db;
    uint64_t n = db->file.size < HEAD_READ ? db->file.size : HEAD_READ;
    for (int i = 0; i < 2; i++) { /* the second time as much as the first told */
        uint8_t *bytes = rp_new(o->arena, n, uint8_t);
        if (bytes == NULL)
            return rp_fail_memory(err);
        const rp_bytes head = {bytes, rp_source_copy(&db->file, 0, bytes, (size_t)n)};
        rp_code code = rp_advisory_index_head(head, db->file.size, o->arena, &db->index, err);
        if (code != RP_OK || db->index.whole)
            return code;
        n = db->index.records;
        if (n > MAX_HEAD)
            break;
    }
    return rp_fail(err, RP_E_FORMAT, 0, "the index of advisories is damaged");
}

static void close_index(database *db)
{
    if (db->fd >= 0)
        rp_fs_close(db->fd);
    db->fd = -1;
}

static rp_code read_index(opening *o, const char *path, rp_error *err)
{
    database *db = o->db;
    rp_fs_info info;
    rp_code code = rp_fs_open(path, true, &db->fd, &info, err);
    if (code != RP_OK)
        return code;
    db->file = rp_source_fd(db->fd, info.size, o->arena);
    code = read_head(o, err);
    if (code != RP_OK)
        close_index(db);
    return code;
}

/* What the index that was read lists is what the database has. */
static void take_index(opening *o)
{
    database *db = o->db;
    uint32_t slots = o->lazy->slots.n + db->index.npackages; /* far from what 32 bits hold */
    o->no_memory |= !rp_vec_reserve(o->arena, &o->lazy->slots, slots);
    for (uint32_t i = 0; i < db->index.npackages && !o->no_memory; i++)
        add_slot(o, db->index.packages[i].collection, db->index.packages[i].name);
    db->about->as_of = db->index.newest;
    db->about->advisories = db->index.advisories;
    db->about->broken = db->index.lost;
}

static rp_code open_index(opening *o, const char *path, rp_error *err)
{
    rp_code code = read_index(o, path, err);
    if (code == RP_OK)
        take_index(o);
    return code;
}

/* The index beside a database of ours is a cache: what is wrong with it is no error. One that lacks
 * an advisory is not used: the folders tell on which package it is. */
static bool open_index_beside(opening *o)
{
    rp_str stamp = {"", 0};
    rp_error err = {0};
    rp_str path = rp_arena_printf(o->arena, "%s/%s", o->db->path, RP_DB_INDEX_NAME);
    o->no_memory |= path.ptr == NULL;
    if (path.ptr == NULL || !rp_db_identity(o->db->path, o->arena, &stamp) ||
        read_index(o, path.ptr, &err) != RP_OK)
        return false;
    bool fits = rp_str_eq(o->db->index.identity, stamp) && o->db->index.lost == 0;
    if (fits)
        take_index(o);
    else
        close_index(o->db);
    return fits;
}

/* That of a checkout is one, too. */
static bool open_index_of_checkout(opening *o)
{
    database *db = o->db;
    rp_str state = {"", 0};
    rp_error err = {0};
    if (o->checkouts == NULL || !rp_db_checkout_state(db->path, o->arena, &state))
        return false;
    const char *path = rp_db_checkout_index(o->checkouts, db->path, o->arena);
    if (path == NULL || read_index(o, path, &err) != RP_OK)
        return false;
    if (db->index.lost == 0)
        db->begun = rp_db_checkout_begun(db->path, state, db->index.identity, o->arena);
    if (db->begun != 0)
        take_index(o);
    else
        close_index(db);
    return db->begun != 0;
}

/* ---- a folder in RustSec's layout ---- */

/* The year of "RUSTSEC-2026-0001.md", 0 when it has none. */
static unsigned year_of(const char *name)
{
    static const char prefix[] = "RUSTSEC-";
    unsigned year = 0;
    if (strncmp(name, prefix, sizeof prefix - 1) != 0)
        return 0;
    for (const char *p = name + sizeof prefix - 1; *p >= '0' && *p <= '9' && year < 10000; p++)
        year = year * 10 + (unsigned)(*p - '0');
    return year;
}

static bool see_advisory(void *user, const char *name, rp_fs_kind kind)
{
    opening *o = user;
    size_t n = strlen(name);
    if (kind != RP_FS_FILE || name[0] == '.' || n < 3 || strcmp(name + n - 3, ".md") != 0)
        return true;
    o->files++;
    unsigned year = year_of(name);
    if (year != 0 && year < o->year)
        return true;
    if (year > o->year) {
        o->year = year;
        o->newest.n = 0;
    }
    const char **item = rp_vec_push(o->arena, year != 0 ? &o->newest : &o->undated);
    rp_str path = rp_arena_printf(o->arena, "%s/%s", o->folder, name);
    o->no_memory |= item == NULL || path.ptr == NULL;
    if (item != NULL)
        *item = path.ptr;
    return !o->no_memory;
}

static bool see_package(void *user, const char *name, rp_fs_kind kind)
{
    opening *o = user;
    rp_str copy = kind != RP_FS_FILE ? rp_arena_str(o->arena, rp_str_from(name)) : (rp_str){"", 0};
    o->no_memory |= copy.ptr == NULL;
    if (copy.len > 0)
        add_slot(o, o->collection, copy);
    return !o->no_memory;
}

/* The names of a collection, and how many advisories each has. */
static void see_collection(opening *o, const char *name, rp_advisory_collection collection)
{
    uint32_t first = o->lazy->slots.n;
    rp_str folder = rp_arena_printf(o->arena, "%s/%s", o->db->path, name);
    o->collection = collection;
    o->no_memory |= folder.ptr == NULL;
    if (o->no_memory)
        return;
    if (rp_fs_names(folder.ptr, true, see_package, o, NULL) != RP_OK) {
        o->unread |= rp_fs_is_there(folder.ptr);
        return; /* private databases have crates only */
    }
    for (uint32_t i = first; i < o->lazy->slots.n && !o->no_memory; i++) {
        rp_str path =
            rp_arena_printf(o->arena, "%s/%s", folder.ptr, o->lazy->slots.items[i].name.ptr);
        o->no_memory |= path.ptr == NULL;
        o->folder = path.ptr;
        if (path.ptr != NULL && rp_fs_names(path.ptr, false, see_advisory, o, NULL) != RP_OK)
            o->files++; /* what is in there will be told when it is asked */
    }
}

/* The date in the front matter of an advisory, or "": its line alone is looked for. */
static rp_str date_in(rp_str text)
{
    size_t at = rp_str_find(text, RP_STR("\ndate"));
    rp_str line = at != SIZE_MAX ? rp_str_sub(text, at + 5, 40) : (rp_str){"", 0};
    size_t quote = rp_str_find(line, RP_STR("\""));
    rp_str date = quote != SIZE_MAX ? rp_str_sub(line, quote + 1, 10) : (rp_str){"", 0};
    return rp_advisory_day(date) != 0 ? date : (rp_str){"", 0};
}

/* The later one of `newest`, 16 bytes, and of the dates in the files. */
static void find_newest(opening *o, const file_list *files, char *newest)
{
    char text[DATE_READ];
    for (uint32_t i = 0; i < files->n; i++) {
        int fd = -1;
        rp_fs_info info;
        if (rp_fs_open(files->items[i], false, &fd, &info, NULL) != RP_OK)
            continue;
        const rp_source file = rp_source_fd(fd, info.size, o->arena);
        rp_str date = date_in((rp_str){text, rp_source_copy(&file, 0, text, sizeof text)});
        rp_fs_close(fd);
        if (rp_str_cmp(date, rp_str_from(newest)) > 0)
            memcpy(newest, date.ptr, 10);
    }
}

static void date_by_files(opening *o)
{
    char newest[16] = "";
    find_newest(o, &o->newest, newest);
    find_newest(o, &o->undated, newest);
    o->db->about->as_of = rp_arena_str(o->arena, rp_str_from(newest));
    o->no_memory |= o->db->about->as_of.ptr == NULL;
}

/* False: there is no advisory in such a layout. */
static bool open_folder(opening *o)
{
    uint32_t first = o->lazy->slots.n;
    rp_db_stamp stamp = {.checked = {"", 0}};
    o->files = 0;
    o->unread = false;
    o->year = 0;
    o->newest.n = o->undated.n = 0;
    see_collection(o, "crates", RP_COLLECTION_CRATES);
    see_collection(o, "rust", RP_COLLECTION_RUST);
    if (o->files == 0 || o->unread) {
        o->lazy->slots.n = first;
        return false;
    }
    if (rp_db_stamp_read(o->db->path, o->arena, &stamp, NULL) != RP_OK || stamp.checked.len < 10)
        date_by_files(o);
    o->db->folder = o->db->path;
    o->db->about->advisories = o->files;
    return true;
}

/* ---- opening ---- */

static rp_code open_whole(opening *o, rp_error *err)
{
    rp_advisory_loader l = {.arena = o->arena, .database = (uint32_t)(o->db - o->lazy->databases)};
    rp_code code = rp_advisory_open_one(&l, o->db->path, o->today, o->db->about, err);
    if (code != RP_OK)
        return code;
    o->db->n = rp_advisory_settle(l.items.items, l.items.n);
    o->db->items = l.items.items;
    for (uint32_t i = 0; i < o->db->n; i++)
        if (i == 0 || o->db->items[i].collection != o->db->items[i - 1].collection ||
            !rp_str_eq(o->db->items[i].package, o->db->items[i - 1].package))
            add_slot(o, o->db->items[i].collection, o->db->items[i].package);
    return RP_OK;
}

static bool starts_as_index(const char *path)
{
    int fd = -1;
    uint8_t start[8];
    rp_fs_info info;
    rp_arena arena = {0};
    if (rp_fs_open(path, true, &fd, &info, NULL) != RP_OK)
        return false;
    const rp_source file = rp_source_fd(fd, info.size, &arena);
    const rp_bytes head = {start, rp_source_copy(&file, 0, start, sizeof start)};
    rp_fs_close(fd);
    return rp_advisory_is_index(head);
}

static rp_code open_one(opening *o, rp_error *err)
{
    rp_fs_info info;
    rp_code code = rp_fs_look(o->db->path, true, &info, err);
    if (code != RP_OK)
        return code;
    bool folder = info.kind == RP_FS_FOLDER;
    if (!folder && starts_as_index(o->db->path))
        code = open_index(o, o->db->path, err);
    else if (folder && (open_index_beside(o) || open_index_of_checkout(o)))
        o->db->folder = o->db->path; /* for records that are damaged */
    else if (!folder || !open_folder(o))
        code = open_whole(o, err);
    if (code != RP_OK || o->no_memory)
        return code != RP_OK ? code : rp_fail_memory(err);
    o->db->about->path = rp_arena_str(o->arena, rp_str_from(o->db->path));
    rp_advisory_date(o->db->about, o->db->path, o->today, o->arena);
    if (o->db->about->path.ptr == NULL)
        return rp_fail_memory(err);
    if (o->db->about->advisories == 0 && o->db->about->broken == 0)
        return rp_fail(err, RP_E_FORMAT, RP_NOWHERE, "%.150s holds no advisory", o->db->path);
    return RP_OK;
}

void rp_advisory_db_close(const rp_advisory_db *db)
{
    rp_advisory_lazy *lazy = db != NULL ? db->lazy : NULL;
    if (lazy == NULL)
        return;
    for (uint32_t i = 0; i < lazy->ndatabases; i++)
        close_index(&lazy->databases[i]);
    rp_arena_free(&lazy->arena);
    rp_lock_free(&lazy->lock);
}

bool rp_advisory_db_is_indexed(const rp_advisory_db *db, uint32_t i)
{
    return db->lazy != NULL && db->lazy->databases[i].fd >= 0;
}

rp_code rp_advisory_db_open_lazily(const char *const *paths, uint32_t n, const char *checkouts,
                                   uint32_t today, rp_arena *arena, const rp_advisory_db **ret,
                                   rp_error *err)
{
    rp_advisory_db *db = rp_new(arena, 1, rp_advisory_db);
    rp_advisory_lazy *lazy = rp_new(arena, 1, rp_advisory_lazy);
    database *databases = rp_new(arena, n, database);
    rp_dep_database *about = rp_new(arena, n, rp_dep_database);
    rp_code code = RP_OK;
    if (db == NULL || lazy == NULL || databases == NULL || about == NULL ||
        !rp_lock_init(&lazy->lock))
        return rp_fail_memory(err);
    lazy->databases = databases;
    db->lazy = lazy;
    db->databases = about;
    db->ndatabases = n;
    opening o = {.lazy = lazy, .arena = arena, .today = today, .checkouts = checkouts};
    for (uint32_t i = 0; code == RP_OK && i < n; i++) {
        databases[i] = (database){.path = paths[i], .fd = -1, .about = &about[i]};
        lazy->ndatabases = i + 1;
        o.db = &databases[i];
        code = open_one(&o, err);
    }
    if (code != RP_OK) {
        rp_advisory_db_close(db);
        return code;
    }
    settle_slots(lazy);
    *ret = db;
    return RP_OK;
}

const rp_dep_database *rp_advisory_databases(const rp_advisory_db *db, rp_arena *arena)
{
    rp_dep_database *copy = rp_new(arena, db->ndatabases, rp_dep_database);
    if (db->lazy == NULL || copy == NULL)
        return copy == NULL ? NULL : db->databases;
    rp_lock_take(&db->lazy->lock);
    for (uint32_t i = 0; i < db->ndatabases; i++)
        copy[i] = db->databases[i];
    rp_lock_give(&db->lazy->lock);
    return copy;
}

/* ---- asking ---- */

static const rp_index_package *in_index(const rp_advisory_index *x, const slot *s)
{
    uint32_t low;
    RP_SEARCH(
        low, x->npackages,
        cmp_place(x->packages[low].collection, x->packages[low].name, s->collection, s->name) < 0);
    return low < x->npackages && cmp_place(x->packages[low].collection, x->packages[low].name,
                                           s->collection, s->name) == 0
               ? &x->packages[low]
               : NULL;
}

static rp_code load_from_index(rp_advisory_loader *l, const database *db, const slot *s,
                               rp_error *err)
{
    const rp_index_package *p = in_index(&db->index, s);
    if (p == NULL)
        return RP_OK;
    uint8_t *bytes = rp_new(l->arena, p->len, uint8_t);
    if (bytes == NULL)
        return rp_fail_memory(err);
    const rp_bytes records = {bytes, rp_source_copy(&db->file, p->at, bytes, (size_t)p->len)};
    return rp_advisory_index_records(l, p, records, err);
}

/* An advisory in the folder of another package is lost: who asks for its package does not look
 * there. */
static void keep_named(rp_advisory_loader *l, uint32_t from, rp_str name)
{
    uint32_t kept = from;
    for (uint32_t i = from; i < l->items.n; i++)
        if (rp_str_eq(l->items.items[i].package, name))
            l->items.items[kept++] = l->items.items[i];
    l->lost += l->items.n - kept;
    l->items.n = kept;
}

/* Whether the index knows the package as it is now. */
static bool is_current(rp_advisory_loader *l, const database *db, const slot *s)
{
    if (db->begun == 0)
        return true;
    rp_str path = rp_advisory_package_folder(db->folder, s->collection, s->name, l->arena);
    return path.ptr != NULL && rp_db_checkout_same(path.ptr, db->begun);
}

static rp_code load_from(rp_advisory_loader *l, database *db, const slot *s, rp_error *err)
{
    rp_code code = RP_OK;
    uint32_t n = 0, before = l->items.n;
    if (db->fd >= 0 && is_current(l, db, s)) {
        code = load_from_index(l, db, s, err);
        if (code != RP_E_FORMAT || db->folder == NULL)
            return code;
        l->items.n = before; /* the index is but a cache */
    }
    if (db->folder != NULL) {
        code = rp_advisory_load_package(l, db->folder, s->collection, s->name, err);
        keep_named(l, before, s->name);
        return code;
    }
    const rp_advisory *items = rp_advisories_among(db->items, db->n, s->collection, s->name, &n);
    for (uint32_t i = 0; i < n; i++) {
        rp_advisory *a = rp_advisory_new(l);
        if (a == NULL)
            return rp_fail_memory(err);
        *a = items[i];
    }
    return RP_OK;
}

static rp_code load(rp_advisory_lazy *lazy, slot *s, rp_error *err)
{
    rp_advisory_loader l = {.arena = &lazy->arena};
    for (uint32_t i = 0; i < lazy->ndatabases; i++) {
        l.database = i;
        rp_code code = load_from(&l, &lazy->databases[i], s, err);
        if (code != RP_OK || l.no_memory)
            return code != RP_OK ? code : rp_fail_memory(err);
    }
    s->lost = l.lost;
    s->n = rp_advisory_settle(l.items.items, l.items.n);
    s->items = s->n > 0 ? l.items.items : NULL;
    s->loaded = true;
    return RP_OK;
}

rp_code rp_advisory_lazy_on(rp_advisory_lazy *lazy, rp_advisory_collection collection,
                            rp_str package, const rp_advisory **ret, uint32_t *ret_n, rp_error *err)
{
    slot *s = find_slot(lazy, collection, package);
    rp_code code = RP_OK;
    *ret = NULL;
    *ret_n = 0;
    if (s == NULL)
        return RP_OK;
    rp_lock_take(&lazy->lock);
    if (!s->loaded)
        code = load(lazy, s, err);
    if (code == RP_OK) {
        *ret = s->items;
        *ret_n = s->n;
    }
    rp_lock_give(&lazy->lock);
    return code;
}

uint32_t rp_advisories_lost(const rp_advisory_db *db, rp_advisory_collection collection,
                            rp_str package)
{
    slot *s = db->lazy != NULL ? find_slot(db->lazy, collection, package) : NULL;
    uint32_t lost = 0;
    if (s == NULL)
        return 0;
    rp_lock_take(&db->lazy->lock);
    lost = s->lost;
    rp_lock_give(&db->lazy->lock);
    return lost;
}
