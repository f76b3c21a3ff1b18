/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "facts/deps_project.h"

#include "base/fs.h"
#include "base/search.h"
#include "cargo/cfg.h"
#include "cargo/files.h"
#include "text/lines.h"

#include <stdlib.h>

static rp_code read_workspace(rp_deps_project *p)
{
    rp_error err = {0};
    rp_code code = rp_workspace_read(p->folder, p->arena, &p->workspace, &err);
    if (code == RP_E_MEMORY)
        return code;
    if (code == RP_OK)
        return RP_OK;
    rp_str manifest = rp_path_join(p->arena, p->folder, RP_STR("Cargo.toml"));
    if (manifest.ptr == NULL)
        return RP_E_MEMORY;
    p->manifest_there = rp_fs_is_there(manifest.ptr);
    p->no_workspace = code == RP_E_FORMAT ? "the manifest beside the lock file is no TOML"
                      : p->manifest_there ? "the manifest beside the lock file could not be read"
                                          : "no manifest lies beside the lock file";
    return RP_OK;
}

static const rp_local_package *local_of(const rp_deps_project *p, const rp_lock_package *pkg)
{
    for (uint32_t i = 0; p->workspace != NULL && i < p->workspace->npackages; i++) {
        const rp_local_package *l = &p->workspace->packages[i];
        if (rp_str_eq(l->manifest->name, pkg->name) &&
            rp_str_eq(l->manifest->version, pkg->version))
            return l;
    }
    return NULL;
}

/* The versions of one crate stand together in a lock file, and in one file of the index: it is read
 * once, and given back with the next. */
static rp_code open_index(rp_deps_project *p, rp_str path)
{
    rp_str text = {"", 0};
    rp_error err = {0};
    if (rp_str_eq(path, p->index_path))
        return RP_OK;
    rp_arena_reset(&p->scratch);
    p->scratch.limit = p->arena->limit;
    p->scratch.chunk = 256 << 10; /* one block holds nearly every file of crates.io's index */
    rp_code code = rp_read_text(path.ptr, &p->scratch, &text, &err);
    p->index_path = code == RP_OK ? path : (rp_str){"", 0};
    p->index_bytes = (rp_bytes){(const uint8_t *)text.ptr, text.len};
    return code;
}

/* The index tells yanked and age of what it knows, and the manifest of what is not unpacked here.
 */
static rp_code read_index(rp_deps_project *p, uint32_t i)
{
    rp_error err = {0};
    bool with_manifest =
        p->manifests[i] == NULL && (!p->dependents_only || p->lock->packages[i].ndeps != 0);
    p->index[i].yanked = RP_UNKNOWN;
    if (p->places[i].index.len == 0)
        return RP_OK;
    rp_code code = open_index(p, p->places[i].index);
    if (code == RP_OK)
        code = rp_index_read(p->index_bytes, p->lock->packages[i].version, with_manifest, p->arena,
                             &p->index[i], &err);
    if (p->manifests[i] == NULL)
        p->manifests[i] = p->index[i].manifest;
    return code == RP_E_MEMORY ? code : RP_OK;
}

static rp_code read_package(rp_deps_project *p, uint32_t i)
{
    const rp_lock_package *pkg = &p->lock->packages[i];
    rp_error err = {0};
    if (pkg->source.kind == RP_FROM_PATH) {
        const rp_local_package *l = local_of(p, pkg);
        p->manifests[i] = l != NULL ? l->manifest : NULL;
        p->member[i] = l != NULL && l->member;
    } else if (p->places[i].sources.len != 0) {
        rp_str path = rp_path_join(p->arena, p->places[i].sources, RP_STR("Cargo.toml"));
        if (path.ptr == NULL ||
            rp_manifest_read(path, NULL, p->arena, &p->manifests[i], &err) == RP_E_MEMORY)
            return RP_E_MEMORY;
    }
    return read_index(p, i);
}

static rp_code resolve(rp_deps_project *p, bool dev, const rp_resolved **ret, rp_error *err)
{
    rp_resolve_options opt = {.target = p->opt->target,
                              .host = rp_host_triple(),
                              .features = p->opt->features,
                              .nfeatures = p->opt->nfeatures,
                              .all_features = p->opt->all_features,
                              .no_default_features = p->opt->no_default_features,
                              .dev = dev,
                              .resolver = p->workspace->root->resolver};
    return rp_resolve(&opt, p->lock, p->manifests, p->member, p->arena, ret, err);
}

rp_code rp_deps_project_read(rp_deps_project *p, rp_error *err)
{
    uint64_t n = p->lock->npackages;
    p->manifests = rp_new(p->arena, n, const rp_manifest *);
    p->member = rp_new(p->arena, n, bool);
    p->index = rp_new(p->arena, n, rp_index_entry);
    if (p->manifests == NULL || p->member == NULL || p->index == NULL || read_workspace(p) != RP_OK)
        return rp_fail_memory(err);
    rp_code code = rp_config_read(p->folder, p->opt->cargo_home, p->arena, &p->config, err);
    /* without a workspace nothing is resolved: manifests tell who asks for which versions */
    p->dependents_only = p->workspace == NULL && !p->opt->verify && !p->opt->bom;
    rp_cargo_places where = {.home = p->opt->cargo_home,
                             .folder = p->folder,
                             .config = p->config,
                             .workspace = p->workspace,
                             .archives = p->opt->verify,
                             .dependents_only = p->dependents_only};
    if (code == RP_OK)
        code = rp_package_places(&where, p->lock, p->arena, &p->places, err);
    for (uint32_t i = 0; code == RP_OK && i < n; i++)
        if (read_package(p, i) != RP_OK)
            code = rp_fail_memory(err);
    rp_arena_free(&p->scratch);
    if (code != RP_OK || p->workspace == NULL)
        return code;
    code = resolve(p, false, &p->build, err);
    return code == RP_OK ? resolve(p, true, &p->with_dev, err) : code;
}

/* ---- what manifests say wrong ---- */

/* A file that notes are about. */
typedef struct {
    rp_str path;
    rp_lines lines;
} noted;

static rp_code add_note(rp_deps_project *p, rp_lock_oddity what, const noted *file, uint64_t at,
                        rp_str said, rp_error *err)
{
    rp_lock_note *note = rp_vec_push(p->arena, &p->notes);
    if (note == NULL || said.ptr == NULL)
        return rp_fail_memory(err);
    *note =
        (rp_lock_note){.what = what, .component = RP_NO_PACKAGE, .file = file->path, .text = said};
    rp_lines_at(&file->lines, at, &note->line, &note->column);
    return RP_OK;
}

static rp_code note_dep(rp_deps_project *p, const noted *file, const rp_manifest_dep *d,
                        rp_lock_oddity what, rp_str said, rp_error *err)
{
    rp_str text = rp_arena_printf(p->arena, "%.*s%s%.*s", RP_FMT(d->key), said.len ? " = " : "",
                                  RP_FMT(said));
    return add_note(p, what, file, d->at, text, err);
}

static bool is_wildcard(rp_str req)
{
    for (size_t i = 0; i < req.len; i++)
        if (req.ptr[i] != '*' && req.ptr[i] != ' ' && req.ptr[i] != '.')
            return false;
    return true;
}

static rp_code judge_dep(rp_deps_project *p, uint32_t package, const noted *file,
                         const rp_manifest_dep *d, rp_error *err)
{
    rp_code code = RP_OK;
    if (d->git.len != 0 && d->rev.len == 0 && d->tag.len == 0)
        code = note_dep(p, file, d, RP_LOCK_GIT_UNPINNED, d->git, err);
    if (code == RP_OK && d->git.len == 0 && d->path.len == 0 && d->missing == NULL &&
        is_wildcard(d->req))
        code = note_dep(p, file, d, RP_LOCK_WILDCARD, d->req, err);
    if (code == RP_OK && d->path.len != 0 && !rp_path_inside(d->path, p->workspace->root->folder))
        code = note_dep(p, file, d, RP_LOCK_OUTSIDE_PATH, d->path, err);
    if (code == RP_OK && package != RP_NO_PACKAGE &&
        (d->missing != NULL || rp_lock_dep(p->lock, package, d) == RP_NO_PACKAGE))
        code = note_dep(p, file, d, RP_LOCK_STALE, d->req, err);
    return code;
}

/* Manifests with their packages, by manifest: there may be many of both. */
typedef struct {
    const rp_manifest *manifest;
    uint32_t package;
} manifest_row;

static int by_manifest(const void *a, const void *b)
{
    const manifest_row *x = a, *y = b;
    uintptr_t p = (uintptr_t)x->manifest, q = (uintptr_t)y->manifest;
    if (p != q)
        return p < q ? -1 : 1;
    return x->package < y->package ? -1 : x->package > y->package;
}

static manifest_row *manifest_rows(rp_deps_project *p, uint32_t *ret_n)
{
    manifest_row *rows = rp_new(p->arena, p->lock->npackages, manifest_row);
    uint32_t n = 0;
    for (uint32_t i = 0; rows != NULL && i < p->lock->npackages; i++)
        if (p->manifests[i] != NULL)
            rows[n++] = (manifest_row){p->manifests[i], i};
    if (n > 1)
        qsort(rows, n, sizeof *rows, by_manifest);
    *ret_n = n;
    return rows;
}

/* The last package whose manifest it is. */
static uint32_t package_of(const manifest_row *rows, uint32_t n, const rp_manifest *m)
{
    uint32_t low;
    RP_SEARCH(low, n, (uintptr_t)rows[low].manifest <= (uintptr_t)m);
    return low != 0 && rows[low - 1].manifest == m ? rows[low - 1].package : RP_NO_PACKAGE;
}

static rp_code judge_member(rp_deps_project *p, uint32_t package, const rp_manifest *m,
                            rp_error *err)
{
    rp_code code = RP_OK;
    noted file = {.path = m->path};
    if (!rp_lines_of(m->text, p->arena, &file.lines))
        return rp_fail_memory(err);
    if (package == RP_NO_PACKAGE)
        code = add_note(p, RP_LOCK_STALE, &file, 0, m->name, err);
    for (uint32_t i = 0; i < m->ndeps && code == RP_OK; i++)
        code = judge_dep(p, package, &file, &m->deps[i], err);
    return code;
}

static rp_code judge_config(rp_deps_project *p, rp_error *err)
{
    rp_replacement r = {0};
    if (!rp_config_replacement(p->config, RP_STR("crates-io"), p->arena, &r))
        return rp_fail_memory(err);
    if (r.kind == RP_REPLACED_NOT || r.file == NULL)
        return RP_OK;
    rp_str to = r.folder.len != 0 ? r.folder : r.url.len != 0 ? r.url : r.name;
    rp_str said = rp_arena_str(p->arena, to);
    noted file = {.path = r.file->path};
    if (!rp_lines_of(r.file->text, p->arena, &file.lines))
        return rp_fail_memory(err);
    return add_note(p, RP_LOCK_REPLACED, &file, r.at, said, err);
}

/* Without manifests the lock file tells what was asked of a repository. */
static rp_code judge_git(rp_deps_project *p, rp_error *err)
{
    for (uint32_t i = 0; i < p->lock->npackages; i++) {
        const rp_lock_package *pkg = &p->lock->packages[i];
        rp_str asked = pkg->source.reference;
        if (pkg->source.kind != RP_FROM_GIT || rp_str_starts(asked, "rev=") ||
            rp_str_starts(asked, "tag="))
            continue;
        rp_lock_note *note = rp_vec_push(p->arena, &p->notes);
        if (note == NULL)
            return rp_fail_memory(err);
        *note = (rp_lock_note){.what = RP_LOCK_GIT_UNPINNED,
                               .component = i,
                               .file = p->lock_path,
                               .line = pkg->line,
                               .column = 1,
                               .text = pkg->source.url};
    }
    return RP_OK;
}

rp_code rp_deps_project_notes(rp_deps_project *p, rp_error *err)
{
    uint32_t n = 0;
    rp_code code = judge_config(p, err);
    if (code == RP_OK && p->workspace == NULL)
        code = judge_git(p, err);
    manifest_row *rows = p->workspace != NULL ? manifest_rows(p, &n) : NULL;
    if (p->workspace != NULL && rows == NULL)
        return rp_fail_memory(err);
    for (uint32_t i = 0; p->workspace != NULL && i < p->workspace->npackages && code == RP_OK; i++)
        if (p->workspace->packages[i].member) {
            const rp_manifest *m = p->workspace->packages[i].manifest;
            code = judge_member(p, package_of(rows, n, m), m, err);
        }
    return code;
}
