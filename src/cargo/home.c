/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "cargo/home.h"

#include "base/fs.h"
#include "cargo/files.h"

typedef struct {
    rp_arena *arena;
    const rp_cargo_places *where;
    rp_str home; /* in short form */
    rp_fs_listing src, cache, index,
        git; /* folders of Cargo's home, one for each registry or clone */
    bool out_of_memory;
} finder;

static rp_str join(finder *f, rp_str a, rp_str b)
{
    rp_str path = rp_path_join(f->arena, a, b);
    f->out_of_memory |= path.ptr == NULL;
    return path;
}

static rp_fs_listing list(finder *f, const char *below)
{
    rp_fs_listing listing = {0};
    rp_error err = {0};
    rp_str path = join(f, f->where->home, rp_str_from(below));
    if (path.ptr != NULL && f->where->home.len != 0 &&
        rp_fs_list(path.ptr, true, f->arena, &listing, &err) != RP_OK)
        f->out_of_memory |= err.code == RP_E_MEMORY;
    return listing;
}

static rp_str host_of(rp_str url)
{
    size_t at = rp_str_find(url, RP_STR("://"));
    url = at != SIZE_MAX ? rp_str_sub(url, at + 3, SIZE_MAX) : url;
    at = rp_str_find(url, RP_STR("@"));
    size_t slash = rp_str_find(url, RP_STR("/"));
    if (at != SIZE_MAX && at < slash)
        url = rp_str_sub(url, at + 1, SIZE_MAX);
    slash = rp_str_find(url, RP_STR("/"));
    return slash != SIZE_MAX ? rp_str_sub(url, 0, slash) : url;
}

/* Whether a folder "HOST-HASH" of Cargo's home is the registry's: crates.io has one name by git and
 * another by the sparse protocol. */
static bool is_registry(rp_str folder, const rp_crate_source *s)
{
    rp_str host = s->crates_io == RP_YES ? RP_STR("crates.io-") : host_of(s->url);
    if (s->crates_io == RP_YES)
        return rp_str_find(folder, host) != SIZE_MAX ||
               rp_str_starts(folder, "github.com-1ecc6299db9ec823");
    return host.len != 0 && folder.len > host.len && folder.ptr[host.len] == '-' &&
           memcmp(folder.ptr, host.ptr, host.len) == 0;
}

/* The parts one behind the other. printf would take as long as asking for the file. */
static rp_str joined(finder *f, const rp_str *parts, size_t n)
{
    size_t len = 0, at = 0;
    for (size_t i = 0; i < n; i++)
        len += parts[i].len;
    char *text = rp_new(f->arena, len + 1, char);
    if (text == NULL) {
        f->out_of_memory = true;
        return (rp_str){NULL, 0};
    }
    for (size_t i = 0; i < n; i++) {
        if (parts[i].len > 0)
            memcpy(text + at, parts[i].ptr, parts[i].len);
        at += parts[i].len;
    }
    return (rp_str){text, len};
}

typedef enum {
    IS_FOLDER,
    IS_FILE,
    MAY_BE /* who opens it will see: where there is but one place */
} look;

static bool is_there(const char *path, look how)
{
    return how == MAY_BE || (how == IS_FOLDER ? rp_is_folder(path) : rp_is_file(path));
}

/* HOME/registry/WHAT/HOST-HASH/NAME when it is there. */
static rp_str in_registry(finder *f, const char *what, const rp_fs_listing *folders,
                          const rp_crate_source *source, rp_str name, look how)
{
    uint32_t last = folders->entries.n;
    if (how == MAY_BE) /* in the last place no look is needed */
        for (uint32_t i = 0; i < folders->entries.n; i++)
            if (is_registry(folders->entries.items[i].name, source))
                last = i;
    for (uint32_t i = 0; i < folders->entries.n && !f->out_of_memory; i++) {
        const rp_fs_entry *e = &folders->entries.items[i];
        if (e->info.kind != RP_FS_FOLDER || !is_registry(e->name, source))
            continue;
        const rp_str parts[] = {f->home,     RP_STR("/"), rp_str_from(what), RP_STR("/"), e->name,
                                RP_STR("/"), name};
        rp_str path = joined(f, parts, RP_COUNT(parts));
        if (path.ptr != NULL && is_there(path.ptr, how == MAY_BE && i != last ? IS_FILE : how))
            return path;
    }
    return RP_STR("");
}

/* "ab/cd/abcdef": lower case, as Cargo names files of an index. */
static rp_str index_name(finder *f, rp_str name)
{
    char *lower = rp_new(f->arena, name.len + 1, char);
    if (lower == NULL) {
        f->out_of_memory = true;
        return RP_STR("");
    }
    for (size_t i = 0; i < name.len; i++)
        lower[i] =
            name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? (char)(name.ptr[i] + 32) : name.ptr[i];
    const rp_str whole = {lower, name.len}, slash = RP_STR("/");
    if (name.len <= 2) {
        const rp_str parts[] = {RP_STR(".cache/"), name.len == 1 ? RP_STR("1/") : RP_STR("2/"),
                                whole};
        return joined(f, parts, RP_COUNT(parts));
    }
    bool three = name.len == 3;
    const rp_str parts[] = {RP_STR(".cache/"),
                            three ? RP_STR("3") : rp_str_sub(whole, 0, 2),
                            slash,
                            three ? rp_str_sub(whole, 0, 1) : rp_str_sub(whole, 2, 2),
                            slash,
                            whole};
    return joined(f, parts, RP_COUNT(parts));
}

static rp_str versioned(finder *f, const rp_lock_package *p, const char *end)
{
    const rp_str parts[] = {p->name, RP_STR("-"), p->version, rp_str_from(end)};
    return joined(f, parts, RP_COUNT(parts));
}

/* Names come from a hostile file and become paths: only what a crate can be called is looked for.
 */
static bool is_plain(rp_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '-' || c == '_' || c == '+' || (c == '.' && i > 0)))
            return false;
    }
    return s.len != 0 && s.len <= 128;
}

/* A directory source has FOLDER/NAME or FOLDER/NAME-VERSION; the manifest tells which version it
 * is. */
static rp_str in_vendor(finder *f, rp_str folder, const rp_lock_package *p)
{
    rp_str names[] = {versioned(f, p, ""), p->name};
    for (size_t i = 0; i < RP_COUNT(names) && !f->out_of_memory; i++) {
        const rp_manifest *m = NULL;
        rp_error err = {0};
        rp_str path = join(f, folder, names[i]);
        rp_str toml = join(f, path, RP_STR("Cargo.toml"));
        if (toml.ptr == NULL || !rp_is_file(toml.ptr))
            continue;
        if (rp_manifest_read(toml, NULL, f->arena, &m, &err) == RP_OK &&
            rp_str_eq(m->name, p->name) && rp_str_eq(m->version, p->version))
            return path;
        f->out_of_memory |= err.code == RP_E_MEMORY;
    }
    return RP_STR("");
}

/* HOME/git/checkouts/NAME-HASH/SHORT-REVISION is a whole repository: the package is the folder
 * whose manifest has its name. */
static rp_str in_checkout(finder *f, rp_str folder, const rp_lock_package *p, unsigned depth,
                          unsigned *left)
{
    enum { DEPTH = 6 };
    const rp_manifest *m = NULL;
    rp_error err = {0};
    rp_fs_listing entries = {0};
    rp_str toml = join(f, folder, RP_STR("Cargo.toml"));
    if (toml.ptr == NULL || *left == 0)
        return RP_STR("");
    --*left;
    if (rp_is_file(toml.ptr) && rp_manifest_read(toml, NULL, f->arena, &m, &err) == RP_OK &&
        m->package && rp_str_eq(m->name, p->name))
        return folder;
    if (depth >= DEPTH || rp_fs_list(folder.ptr, false, f->arena, &entries, &err) != RP_OK) {
        f->out_of_memory |= err.code == RP_E_MEMORY;
        return RP_STR("");
    }
    for (uint32_t i = 0; i < entries.entries.n && !f->out_of_memory; i++) {
        const rp_fs_entry *e = &entries.entries.items[i];
        if (e->info.kind != RP_FS_FOLDER || rp_str_starts(e->name, "."))
            continue;
        rp_str found = in_checkout(f, join(f, folder, e->name), p, depth + 1, left);
        if (found.len != 0)
            return found;
    }
    return RP_STR("");
}

static rp_str in_git(finder *f, const rp_lock_package *p)
{
    rp_str last = rp_path_last(p->source.url);
    if (rp_str_ends(last, ".git"))
        last.len -= 4;
    for (uint32_t i = 0; i < f->git.entries.n && !f->out_of_memory; i++) {
        unsigned left = 2000;
        const rp_fs_entry *e = &f->git.entries.items[i];
        bool named = e->name.len > last.len && memcmp(e->name.ptr, last.ptr, last.len) == 0 &&
                     e->name.ptr[last.len] == '-';
        if (!named || p->source.revision.len < 7)
            continue;
        rp_str path = join(f, join(f, join(f, f->where->home, RP_STR("git/checkouts")), e->name),
                           rp_str_sub(p->source.revision, 0, 7));
        if (path.ptr != NULL && rp_is_folder(path.ptr))
            return in_checkout(f, path, p, 0, &left);
    }
    return RP_STR("");
}

static rp_str in_workspace(const finder *f, const rp_lock_package *p)
{
    const rp_workspace *w = f->where->workspace;
    for (uint32_t i = 0; w != NULL && i < w->npackages; i++)
        if (rp_str_eq(w->packages[i].manifest->name, p->name) &&
            rp_str_eq(w->packages[i].manifest->version, p->version))
            return w->packages[i].manifest->folder;
    return RP_STR("");
}

static void place_registry(finder *f, const rp_lock_package *p, rp_package_place *ret)
{
    rp_replacement r = {0};
    rp_str source = p->source.crates_io == RP_YES ? RP_STR("crates-io") : p->source.url;
    if (!rp_config_replacement(f->where->config, source, f->arena, &r)) {
        f->out_of_memory = true;
        return;
    }
    if (r.kind == RP_REPLACED_FOLDER) {
        ret->sources = in_vendor(f, r.folder, p);
        ret->vendored = ret->sources.len != 0;
    }
    if (!ret->vendored) {
        ret->sources =
            in_registry(f, "registry/src", &f->src, &p->source, versioned(f, p, ""), IS_FOLDER);
        if (f->where->archives)
            ret->archive = in_registry(f, "registry/cache", &f->cache, &p->source,
                                       versioned(f, p, ".crate"), IS_FILE);
    }
    ret->index =
        in_registry(f, "registry/index", &f->index, &p->source, index_name(f, p->name), MAY_BE);
}

static void place_git(finder *f, const rp_lock_package *p, rp_package_place *ret)
{
    rp_replacement r = {0};
    if (!rp_config_replacement(f->where->config, p->source.url, f->arena, &r)) {
        f->out_of_memory = true;
        return;
    }
    if (r.kind == RP_REPLACED_FOLDER) {
        ret->sources = in_vendor(f, r.folder, p);
        ret->vendored = ret->sources.len != 0;
    }
    if (!ret->vendored)
        ret->sources = in_git(f, p);
}

rp_code rp_package_places(const rp_cargo_places *where, const rp_lock *lock, rp_arena *arena,
                          const rp_package_place **ret, rp_error *err)
{
    finder f = {.arena = arena, .where = where};
    rp_package_place *places = rp_new(arena, lock->npackages, rp_package_place);
    if (places == NULL)
        return rp_fail_memory(err);
    f.home = where->home.len != 0 ? join(&f, where->home, RP_STR("")) : RP_STR("");
    f.src = list(&f, "registry/src");
    if (where->archives)
        f.cache = list(&f, "registry/cache");
    f.index = list(&f, "registry/index");
    f.git = list(&f, "git/checkouts");
    for (uint32_t i = 0; i < lock->npackages && !f.out_of_memory; i++) {
        const rp_lock_package *p = &lock->packages[i];
        if (!is_plain(p->name) || !is_plain(p->version))
            continue;
        if (p->source.kind == RP_FROM_PATH)
            places[i].sources = in_workspace(&f, p);
        else if (p->source.kind == RP_FROM_REGISTRY)
            place_registry(&f, p, &places[i]);
        else if (p->source.kind == RP_FROM_GIT)
            place_git(&f, p, &places[i]);
    }
    if (f.out_of_memory)
        return rp_fail_memory(err);
    *ret = places;
    return RP_OK;
}
