/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What lies at a path: RustSec's folders, OSV files in any depth, a zip of them, an index. */
#include "base/fs.h"
#include "base/limits.h"
#include "base/source.h"
#include "deps/advisory_parts.h"
#include "deps/db_archive.h"
#include "deps/db_place.h"

/* ---- files ---- */

static bool counts(rp_advisory_loader *l, uint64_t size, rp_error *err)
{
    l->files++;
    l->bytes += size;
    if (l->files <= RP_ADVISORY_FILES && l->bytes <= RP_ADVISORY_TOTAL)
        return true;
    (void)rp_fail(err, RP_E_LIMIT, RP_NOWHERE, "the database is too large");
    return false;
}

static rp_code read_whole(rp_arena *arena, const char *path, bool follow, uint64_t max,
                          rp_bytes *ret, rp_error *err)
{
    int fd = -1;
    rp_fs_info info;
    rp_code code = rp_fs_open(path, follow, &fd, &info, err);
    if (code != RP_OK)
        return code;
    uint8_t *bytes = info.size <= max ? rp_new(arena, info.size, uint8_t) : NULL;
    rp_source src = rp_source_fd(fd, info.size, arena);
    if (bytes != NULL)
        *ret = (rp_bytes){bytes, rp_source_copy(&src, 0, bytes, (size_t)info.size)};
    rp_fs_close(fd);
    if (info.size > max)
        return rp_fail(err, RP_E_LIMIT, RP_NOWHERE, "longer than %llu bytes",
                       (unsigned long long)max);
    return bytes != NULL ? RP_OK : rp_fail_memory(err);
}

/* "crates/foo/X.md": the folder below `root` and the file's own. */
static const char *join(rp_advisory_loader *l, const char *folder, const char *name)
{
    rp_str path = rp_arena_printf(l->arena, "%s/%s", folder, name);
    l->no_memory |= path.ptr == NULL;
    return path.ptr;
}

/* Reads one file into l->file and l->text; false (noted) when it cannot be. */
static bool take_file(rp_advisory_loader *l, const char *path, size_t root)
{
    rp_error err = {0};
    rp_bytes bytes = {NULL, 0};
    l->file = rp_str_from(path + root);
    l->text = (rp_str){"", 0};
    if (read_whole(l->arena, path, false, RP_ADVISORY_BYTES, &bytes, &err) == RP_OK) {
        l->text = (rp_str){(const char *)bytes.ptr, bytes.len};
        return true;
    }
    l->no_memory |= err.code == RP_E_MEMORY;
    rp_advisory_fault_at(l, RP_NOWHERE, true, "%s", err.text);
    return false;
}

/* ---- RustSec's layout: COLLECTION/PACKAGE/ID.md ---- */

static rp_code load_package(rp_advisory_loader *l, const char *folder, size_t root, rp_str package,
                            rp_advisory_collection collection, rp_error *err)
{
    rp_fs_listing list = {0};
    rp_error odd = {0};
    if (rp_fs_list(folder, false, l->arena, &list, &odd) != RP_OK) {
        if (odd.code == RP_E_MEMORY)
            return rp_fail_memory(err);
        l->file = rp_str_from(folder + root);
        rp_advisory_fault_at(l, RP_NOWHERE, true, "%s", odd.text);
        return RP_OK;
    }
    for (uint32_t i = 0; i < list.entries.n; i++) {
        const rp_fs_entry *e = &list.entries.items[i];
        if (!rp_str_ends(e->name, ".md") || e->name.ptr[0] == '.')
            continue;
        const char *path = join(l, folder, e->name.ptr);
        if (path == NULL)
            return rp_fail_memory(err);
        if (!counts(l, e->info.size, err))
            return RP_E_LIMIT;
        if (take_file(l, path, root))
            rp_advisory_read_md(l, collection, package);
    }
    return l->no_memory ? rp_fail_memory(err) : RP_OK;
}

static rp_code load_collection(rp_advisory_loader *l, const char *db, const char *name,
                               rp_advisory_collection collection, rp_error *err)
{
    rp_fs_listing list = {0};
    const char *folder = join(l, db, name);
    if (folder == NULL)
        return rp_fail_memory(err);
    if (!rp_fs_is_there(folder))
        return RP_OK; /* private databases have crates only */
    rp_error why = {0};
    rp_code code = rp_fs_list(folder, false, l->arena, &list, &why);
    if (code != RP_OK)
        return rp_fail(err, code, RP_NOWHERE, "%s: %s", folder, why.text);
    for (uint32_t i = 0; code == RP_OK && i < list.entries.n; i++) {
        const rp_fs_entry *e = &list.entries.items[i];
        const char *path = e->info.kind != RP_FS_FILE ? join(l, folder, e->name.ptr) : NULL;
        if (path != NULL) /* a link is not followed: its advisories are lost */
            code = load_package(l, path, strlen(db) + 1, e->name, collection, err);
    }
    return code;
}

rp_str rp_advisory_package_folder(const char *db, rp_advisory_collection collection, rp_str package,
                                  rp_arena *arena)
{
    return rp_arena_printf(arena, "%s/%s/%.*s", db,
                           collection == RP_COLLECTION_CRATES ? "crates" : "rust", RP_FMT(package));
}

rp_code rp_advisory_load_package(rp_advisory_loader *l, const char *db,
                                 rp_advisory_collection collection, rp_str package, rp_error *err)
{
    rp_str name = rp_arena_str(l->arena, package);
    const char *folder = rp_advisory_package_folder(db, collection, package, l->arena).ptr;
    if (folder == NULL || name.ptr == NULL)
        return rp_fail_memory(err);
    l->files = 0;
    l->bytes = 0;
    return load_package(l, folder, strlen(db) + 1, name, collection, err);
}

/* ---- OSV ---- */

static rp_code load_osv_folder(rp_advisory_loader *l, const char *folder, size_t root,
                               unsigned depth, rp_error *err)
{
    rp_fs_listing list = {0};
    rp_code code = rp_fs_list(folder, false, l->arena, &list, err);
    for (uint32_t i = 0; code == RP_OK && i < list.entries.n; i++) {
        const rp_fs_entry *e = &list.entries.items[i];
        bool file = rp_str_ends(e->name, ".json");
        bool below = !file && e->info.kind == RP_FS_FOLDER && depth < 8 && e->name.ptr[0] != '.';
        const char *path = file || below ? join(l, folder, e->name.ptr) : NULL;
        if (path == NULL)
            continue;
        if (file && !counts(l, e->info.size, err))
            return RP_E_LIMIT;
        if (file && take_file(l, path, root))
            rp_advisory_read_osv(l);
        else if (below)
            code = load_osv_folder(l, path, root, depth + 1, err);
    }
    return code == RP_OK && l->no_memory ? rp_fail_memory(err) : code;
}

static rp_code wants_json(void *user, rp_str path, bool file, bool *ret_wanted, rp_error *err)
{
    (void)user;
    (void)err;
    *ret_wanted = file && rp_str_ends(path, ".json");
    return RP_OK;
}

static rp_code take_member(void *user, rp_str path, rp_bytes content, rp_error *err)
{
    rp_advisory_loader *l = user;
    l->text = rp_arena_str(l->arena, (rp_str){(const char *)content.ptr, content.len});
    l->file = rp_arena_str(l->arena, path);
    if (l->text.ptr == NULL || l->file.ptr == NULL)
        return rp_fail_memory(err);
    if (!counts(l, content.len, err))
        return RP_E_LIMIT;
    rp_advisory_read_osv(l);
    return l->no_memory ? rp_fail_memory(err) : RP_OK;
}

/* ---- one path ---- */

static rp_code load_file(rp_advisory_loader *l, const char *path, rp_error *err)
{
    rp_bytes bytes = {NULL, 0};
    rp_str name = rp_str_from(path), identity;
    rp_code code = read_whole(l->arena, path, true, RP_DB_ARCHIVE_BYTES, &bytes, err);
    if (code != RP_OK)
        return code;
    l->file = name;
    l->text = (rp_str){(const char *)bytes.ptr, bytes.len};
    if (rp_advisory_is_index(bytes))
        return rp_advisory_index_read(l, bytes, &identity, err);
    if (bytes.len > 4 && memcmp(bytes.ptr, "PK", 2) == 0)
        return rp_db_archive_read(bytes, wants_json, take_member, l, err);
    if (rp_str_ends(name, ".md"))
        rp_advisory_read_md(l, RP_COLLECTION_CRATES, (rp_str){"", 0});
    else if (rp_str_ends(name, ".json"))
        rp_advisory_read_osv(l);
    else
        return rp_fail(err, RP_E_FORMAT, RP_NOWHERE,
                       "no advisory database: neither .md, .json, "
                       ".zip nor an index");
    return RP_OK;
}

static bool exists_in(rp_advisory_loader *l, const char *folder, const char *name, rp_fs_kind kind)
{
    rp_fs_info info;
    const char *path = join(l, folder, name);
    return path != NULL && rp_fs_look(path, true, &info, NULL) == RP_OK && info.kind == kind;
}

/* The index beside a database of ours. It is a cache: what is wrong with it is no error. */
static bool load_index(rp_advisory_loader *l, const char *folder)
{
    rp_bytes bytes = {NULL, 0};
    rp_str identity, stamp;
    rp_error err = {0};
    const char *path = join(l, folder, RP_DB_INDEX_NAME);
    if (path == NULL || !rp_db_identity(folder, l->arena, &stamp) ||
        read_whole(l->arena, path, true, RP_DB_ARCHIVE_BYTES, &bytes, &err) != RP_OK)
        return false;
    rp_advisory_loader mark = *l;
    l->file = rp_str_from(path);
    if (rp_advisory_index_read(l, bytes, &identity, &err) == RP_OK && rp_str_eq(identity, stamp))
        return true;
    l->items.n = mark.items.n;
    l->faults.n = mark.faults.n;
    l->faults_in_all = mark.faults_in_all;
    l->lost = mark.lost;
    return false;
}

rp_code rp_advisory_load_path(rp_advisory_loader *l, const char *path, rp_error *err)
{
    rp_fs_info info;
    rp_code code = rp_fs_look(path, true, &info, err);
    l->files = 0;
    l->bytes = 0;
    if (code != RP_OK)
        return code;
    if (info.kind != RP_FS_FOLDER)
        return load_file(l, path, err);
    if (exists_in(l, path, RP_DB_INDEX_NAME, RP_FS_FILE) && load_index(l, path))
        return RP_OK;
    uint32_t before = l->items.n + l->lost;
    code = load_collection(l, path, "crates", RP_COLLECTION_CRATES, err);
    if (code == RP_OK)
        code = load_collection(l, path, "rust", RP_COLLECTION_RUST, err);
    if (code == RP_OK && l->items.n + l->lost == before) /* RustSec's branch osv: crates/ID.json */
        code = load_osv_folder(l, path, strlen(path) + 1, 0, err);
    return code;
}
