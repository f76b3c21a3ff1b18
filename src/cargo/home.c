/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "cargo/home.h"

#include "base/fs.h"
#include "cargo/files.h"

/* A folder of Cargo's home that belongs to one registry, open: by its descriptor a name is asked
 * for at half the price of its full path. */
typedef struct {
    rp_str registry; /* "HOST-HASH" */
    rp_str path;     /* ends in '/' */
    int fd;
    rp_str missed; /* folder of the last name that was not there, "" for one without a folder */
    bool lacks;    /* that folder is not there either */
} shelf;

typedef RP_VEC(shelf) shelves;

typedef struct {
    rp_arena *arena;
    const rp_cargo_places *where;
    rp_str home; /* in short form */
    shelves src, cache, index;
    rp_fs_listing git; /* a folder for each clone */
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
    if (path.ptr != NULL && rp_fs_list(path.ptr, true, f->arena, &listing, &err) != RP_OK)
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
    return folder.len > host.len && folder.ptr[host.len] == '-' && /* of a folder: "-HASH" */
           rp_str_eq(rp_str_sub(folder, 0, host.len), host);
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

static void open_shelf(finder *f, const char *below, rp_str registry, const char *end, shelves *to)
{
    rp_error err = {0};
    int fd = -1;
    const rp_str parts[] = {f->home,  RP_STR("/"), rp_str_from(below), RP_STR("/"),
                            registry, RP_STR("/"), rp_str_from(end)};
    rp_str path = joined(f, parts, RP_COUNT(parts));
    if (f->out_of_memory || rp_fs_open_folder(path.ptr, &fd, &err) != RP_OK)
        return;
    shelf *s = rp_vec_push(f->arena, to);
    if (s != NULL)
        *s = (shelf){.registry = registry, .path = path, .fd = fd};
    else
        rp_fs_close(fd);
    f->out_of_memory |= s == NULL;
}

/* HOME/BELOW/HOST-HASH/END of all registries that Cargo has used; END is "" or ends in a slash. */
static void open_shelves(finder *f, const char *below, const char *end, shelves *to)
{
    rp_fs_listing folders = list(f, below);
    for (uint32_t i = 0; i < folders.entries.n && !f->out_of_memory; i++)
        if (folders.entries.items[i].info.kind == RP_FS_FOLDER)
            open_shelf(f, below, folders.entries.items[i].name, end, to);
}

static void close_shelves(const shelves *all)
{
    for (uint32_t i = 0; i < all->n; i++)
        rp_fs_close(all->items[i].fd);
}

/* Names that follow one another share a folder ("ab/cd/abcdef"). Where two in a row are not there
 * the folder is asked for, and without it no third name is. */
static bool is_on(shelf *s, rp_str name, rp_fs_info *ret)
{
    char folder[8]; /* of an index: "ab/cd" */
    rp_str in = rp_path_folder(name);
    in.len = rp_str_is(in, ".") || in.len >= sizeof folder ? 0 : in.len;
    bool again = in.len != 0 && rp_str_eq(in, s->missed);
    if (again && s->lacks)
        return false;
    if (rp_fs_look_below(s->fd, name.ptr, ret))
        return true;
    memcpy(folder, in.ptr, in.len);
    folder[in.len] = '\0';
    s->lacks = again && !rp_fs_look_below(s->fd, folder, ret);
    s->missed = in;
    return false;
}

/* The full path of `name` below the registry's folder when it is there and of that kind. */
static rp_str on_shelf(finder *f, shelves *all, const rp_crate_source *source, rp_str name,
                       rp_fs_kind kind)
{
    for (uint32_t i = 0; i < all->n && !f->out_of_memory; i++) {
        shelf *s = &all->items[i];
        rp_fs_info info = {0};
        if (is_registry(s->registry, source) && is_on(s, name, &info) && info.kind == kind)
            return joined(f, (const rp_str[]){s->path, name}, 2);
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
        const rp_str parts[] = {name.len == 1 ? RP_STR("1/") : RP_STR("2/"), whole};
        return joined(f, parts, RP_COUNT(parts));
    }
    bool three = name.len == 3;
    const rp_str parts[] = {three ? RP_STR("3") : rp_str_sub(whole, 0, 2), slash,
                            three ? rp_str_sub(whole, 0, 1) : rp_str_sub(whole, 2, 2), slash,
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

/* The registry that Cargo really asks: "" as its URL stands for a local one. */
static rp_crate_source asked(finder *f, const rp_crate_source *source, const rp_replacement *r)
{
    rp_crate_source other = {.kind = RP_FROM_REGISTRY, .url = {"", 0}, .crates_io = RP_NO};
    if (r->kind != RP_REPLACED_REGISTRY || (r->url.len == 0 && r->folder.len == 0))
        return *source;
    if (r->folder.len != 0)
        return other;
    rp_str text = rp_arena_printf(
        f->arena, "%s%.*s", rp_str_starts(r->url, "sparse+") ? "" : "registry+", RP_FMT(r->url));
    f->out_of_memory |= text.ptr == NULL || !rp_crate_source_parse(text, false, f->arena, &other);
    return other;
}

/* A local registry holds the archives themselves. */
static rp_str archive_of(finder *f, const rp_lock_package *p, const rp_crate_source *source,
                         const rp_replacement *r)
{
    rp_str name = versioned(f, p, ".crate");
    if (r->kind != RP_REPLACED_REGISTRY || r->folder.len == 0)
        return on_shelf(f, &f->cache, source, name, RP_FS_FILE);
    rp_str path = join(f, r->folder, name);
    return path.ptr != NULL && rp_is_file(path.ptr) ? path : RP_STR("");
}

static void place_registry(finder *f, const rp_lock_package *p, rp_package_place *ret)
{
    rp_replacement r = {0};
    rp_str name = p->source.crates_io == RP_YES ? RP_STR("crates-io") : p->source.url;
    if (!rp_config_replacement(f->where->config, name, f->arena, &r)) {
        f->out_of_memory = true;
        return;
    }
    rp_crate_source source = asked(f, &p->source, &r);
    if (r.kind == RP_REPLACED_FOLDER) {
        ret->sources = in_vendor(f, r.folder, p);
        ret->vendored = ret->sources.len != 0;
    }
    if (!ret->vendored && (!f->where->dependents_only || p->ndeps != 0))
        ret->sources = on_shelf(f, &f->src, &source, versioned(f, p, ""), RP_FS_FOLDER);
    if (f->where->archives)
        ret->archive = archive_of(f, p, &source, &r);
    ret->index = on_shelf(f, &f->index, &source, index_name(f, p->name), RP_FS_FILE);
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

static void open_home(finder *f)
{
    if (f->where->home.len == 0)
        return;
    f->home = join(f, f->where->home, RP_STR(""));
    open_shelves(f, "registry/src", "", &f->src);
    if (f->where->archives)
        open_shelves(f, "registry/cache", "", &f->cache);
    open_shelves(f, "registry/index", ".cache/", &f->index);
    f->git = list(f, "git/checkouts");
}

static void close_home(const finder *f)
{
    close_shelves(&f->src);
    close_shelves(&f->cache);
    close_shelves(&f->index);
}

rp_code rp_package_places(const rp_cargo_places *where, const rp_lock *lock, rp_arena *arena,
                          const rp_package_place **ret, rp_error *err)
{
    finder f = {.arena = arena, .where = where};
    rp_package_place *places = rp_new(arena, lock->npackages, rp_package_place);
    if (places == NULL)
        return rp_fail_memory(err);
    open_home(&f);
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
    close_home(&f);
    if (f.out_of_memory)
        return rp_fail_memory(err);
    *ret = places;
    return RP_OK;
}
