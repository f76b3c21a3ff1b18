/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "cargo/crates.h"

#include "base/fs.h"
#include "cargo/files.h"
#include "cargo/home.h"
#include "cargo/resolve.h"

enum { MAX_UP = 32, MAX_PACKAGES = 4096 };

/* A package whose folder is known. */
typedef struct {
    rp_str folder;
    const rp_manifest *manifest; /* NULL: it could not be read */
    uint32_t locked;             /* in the lock file, RP_NO_PACKAGE */
} package;

typedef struct {
    rp_arena *arena;
    const rp_workspace *workspace; /* NULL */
    const rp_lock *lock;           /* NULL: there is none, or it cannot be read */
    const rp_package_place *places;
    RP_VEC(package) packages;
} project;

rp_edition rp_cargo_edition(uint32_t year)
{
    return year >= 2024   ? RP_EDITION_2024
           : year >= 2021 ? RP_EDITION_2021
           : year >= 2018 ? RP_EDITION_2018
                          : RP_EDITION_2015;
}

/* ---- packages ---- */

static const rp_manifest *manifest_in(project *p, rp_str folder)
{
    const rp_workspace *w = p->workspace;
    const rp_manifest *m = NULL, *root = w != NULL ? w->root : NULL;
    for (uint32_t i = 0; w != NULL && i < w->npackages; i++)
        if (rp_str_eq(w->packages[i].manifest->folder, folder))
            return w->packages[i].manifest;
    rp_str path = rp_path_join(p->arena, folder, RP_STR("Cargo.toml"));
    bool read = path.ptr != NULL && rp_is_file(path.ptr) &&
                (rp_manifest_read(path, NULL, p->arena, &m, NULL) == RP_OK ||
                 (root != NULL && rp_manifest_read(path, root, p->arena, &m, NULL) == RP_OK));
    return read ? m : NULL;
}

/* Its number, UINT32_MAX when there is no room. */
static uint32_t package_in(project *p, rp_str folder, uint32_t locked)
{
    for (uint32_t i = 0; i < p->packages.n; i++)
        if (rp_str_eq(p->packages.items[i].folder, folder))
            return i;
    package *to = p->packages.n < MAX_PACKAGES ? rp_vec_push(p->arena, &p->packages) : NULL;
    if (to == NULL)
        return UINT32_MAX;
    *to = (package){.folder = folder, .locked = locked};
    return p->packages.n - 1;
}

/* Where a dependency lies; "" when that is not known. */
static rp_str folder_of(const project *p, uint32_t locked, const rp_manifest_dep *d,
                        uint32_t *ret_locked)
{
    *ret_locked = RP_NO_PACKAGE;
    if (p->lock != NULL && locked != RP_NO_PACKAGE)
        *ret_locked = rp_lock_dep(p->lock, locked, d);
    if (*ret_locked != RP_NO_PACKAGE && p->places[*ret_locked].sources.len != 0)
        return p->places[*ret_locked].sources;
    return d->path;
}

/* Source spells a package's name with underscores. */
static rp_str spelled(rp_arena *arena, rp_str name)
{
    char *to = rp_new(arena, name.len + 1, char);
    for (size_t i = 0; to != NULL && i < name.len; i++)
        to[i] = name.ptr[i] == '-' ? '_' : name.ptr[i];
    return (rp_str){to, to != NULL ? name.len : 0};
}

/* The library's root: [lib] path, or src/lib.rs. */
static rp_str library_of(project *p, const rp_manifest *m)
{
    rp_str path = rp_toml_string(rp_toml_get(m->root, "lib"), "path");
    path = rp_path_join(p->arena, m->folder, path.len != 0 ? path : RP_STR("src/lib.rs"));
    return path.ptr != NULL && rp_is_file(path.ptr) ? path : (rp_str){"", 0};
}

static void describe(project *p, uint32_t id, rp_rust_package *ret)
{
    const package own = p->packages.items[id];
    const rp_manifest *m = own.manifest;
    rp_str name = rp_toml_string(rp_toml_get(m->root, "lib"), "name");
    rp_rust_link *links = rp_new(p->arena, (uint64_t)m->ndeps + 1, rp_rust_link);
    *ret = (rp_rust_package){.links = links};
    ret->source.name = spelled(p->arena, name.len != 0 ? name : m->name);
    ret->source.root = m->proc_macro ? (rp_str){"", 0} : library_of(p, m);
    ret->source.edition = rp_cargo_edition(m->edition);
    ret->source.manifest = m->path;
    if (links == NULL)
        return;
    links[ret->nlinks++] = (rp_rust_link){ret->source.name, id};
    for (uint32_t i = 0; i < m->ndeps; i++) {
        uint32_t locked;
        rp_str folder = folder_of(p, own.locked, &m->deps[i], &locked);
        uint32_t to = folder.len != 0 ? package_in(p, folder, locked) : UINT32_MAX;
        if (to != UINT32_MAX)
            links[ret->nlinks++] = (rp_rust_link){spelled(p->arena, m->deps[i].key), to};
    }
}

static bool open_package(void *user, uint32_t id, rp_rust_package *ret)
{
    project *p = user;
    if (id >= p->packages.n)
        return false;
    const rp_manifest *m = manifest_in(p, p->packages.items[id].folder);
    p->packages.items[id].manifest = m;
    if (m == NULL || !m->package)
        return false;
    describe(p, id, ret);
    return true;
}

/* ---- projects ---- */

/* The lock file for a folder: there, or in one above it; "" none. */
static rp_str lock_above(rp_arena *arena, rp_str folder)
{
    for (unsigned i = 0; i < MAX_UP && folder.ptr != NULL; i++) {
        rp_str path = rp_path_join(arena, folder, RP_STR("Cargo.lock"));
        if (path.ptr != NULL && rp_fs_is_there(path.ptr))
            return path;
        if (rp_str_is(folder, "/"))
            break;
        folder = rp_path_join(arena, folder, RP_STR(".."));
    }
    return (rp_str){"", 0};
}

static void read_lock(project *p, const rp_rust_opener *opener, rp_str path)
{
    rp_str text = {"", 0}, folder = rp_path_folder(path);
    const rp_config *config = NULL;
    const rp_lock *lock = NULL;
    if (rp_workspace_read(folder, p->arena, &p->workspace, NULL) != RP_OK)
        p->workspace = NULL;
    if (rp_read_text(path.ptr, p->arena, &text, NULL) != RP_OK ||
        rp_lock_parse(text, p->arena, &lock, NULL) != RP_OK ||
        rp_config_read(folder, opener->cargo_home, p->arena, &config, NULL) != RP_OK)
        return;
    rp_cargo_places where = {
        .home = opener->cargo_home, .folder = folder, .config = config, .workspace = p->workspace};
    if (rp_package_places(&where, lock, p->arena, &p->places, NULL) == RP_OK)
        p->lock = lock;
}

static void *open_project(const rp_rust_opener *opener, rp_str manifest, rp_arena *arena,
                          uint32_t *ret_package)
{
    project *p = manifest.len != 0 ? rp_new(arena, 1, project) : NULL;
    if (p == NULL)
        return NULL;
    p->arena = arena;
    rp_str folder = rp_path_folder(manifest), lock = lock_above(arena, folder);
    if (lock.len != 0)
        read_lock(p, opener, lock);
    const rp_manifest *own = manifest_in(p, folder);
    uint32_t locked = own != NULL && p->lock != NULL
                          ? rp_lock_find(p->lock, own->name, own->version)
                          : RP_NO_PACKAGE;
    *ret_package = package_in(p, folder, locked);
    return p;
}

rp_rust_opener rp_cargo_opener(rp_str cargo_home, rp_outlines *outlines)
{
    return (rp_rust_opener){cargo_home, outlines, open_project, open_package};
}
