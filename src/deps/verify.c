/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "deps/verify.h"

#include "base/crypto.h"
#include "base/fs.h"
#include "base/numbers.h"
#include "cargo/files.h"
#include "deps/db_archive.h"
#include "text/json_read.h"

#include <stdlib.h>

enum { DIGEST = 32, MAX_TREE_DEPTH = 32, MAX_SOURCE_FILE = 256 << 20, MAX_MEMBER = 64 << 20 };

/* A file that a tree should have. */
typedef struct {
    rp_str name; /* from the package's folder, '/' between */
    uint8_t hash[DIGEST];
    bool seen;
} listed;

typedef struct {
    rp_arena *arena;  /* of the results */
    rp_arena scratch; /* of one package */
    rp_hash hash;
    const rp_verify_input *in;
    RP_VEC(rp_source_note) notes;
    RP_VEC(rp_source_power) powers;
    rp_verified *out;
    /* of the package at hand */
    uint32_t package;
    uint32_t more; /* notes of it that were not kept */
    uint32_t kept;
    RP_VEC(listed) files;
    RP_VEC(rp_str) blobs;
    size_t prefix; /* of paths, up to the package's folder and its slash */
    bool out_of_memory;
} verifier;

static void add_note(verifier *v, rp_source_state what, rp_str file, const char *text)
{
    if (v->kept++ >= RP_VERIFY_NOTES) {
        v->more++;
        return;
    }
    rp_source_note *note = rp_vec_push(v->arena, &v->notes);
    rp_str name = rp_arena_str(v->arena, file), said = rp_arena_str(v->arena, rp_str_from(text));
    if (note == NULL || name.ptr == NULL || said.ptr == NULL) {
        v->out_of_memory = true;
        return;
    }
    *note = (rp_source_note){what, v->in->index[v->package], name, said};
}

/* ---- hashes ---- */

static bool digest(verifier *v, rp_bytes bytes, uint8_t ret[DIGEST])
{
    uint8_t full[RP_HASH_MAX];
    rp_hash_add(&v->hash, bytes);
    if (!rp_hash_finish(&v->hash, full))
        return false;
    memcpy(ret, full, DIGEST);
    return true;
}

static bool parse_digest(rp_str s, uint8_t ret[DIGEST])
{
    if (s.len != (size_t)DIGEST * 2)
        return false;
    for (size_t i = 0; i < DIGEST; i++) {
        int high = rp_hex_digit(s.ptr[2 * i]), low = rp_hex_digit(s.ptr[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        ret[i] = (uint8_t)(high * 16 + low);
    }
    return true;
}

/* The bytes of a file, in scratch; false with a note when it cannot be read. */
static bool read_bytes(verifier *v, const char *path, rp_arena *arena, rp_bytes *ret)
{
    int fd = -1;
    rp_fs_info info = {0};
    rp_error err = {0};
    rp_code code = rp_fs_open(path, false, &fd, &info, &err);
    if (code == RP_OK) {
        code = rp_fs_read_all(fd, MAX_SOURCE_FILE, arena, ret, &err);
        rp_fs_close(fd);
    }
    v->out_of_memory |= code == RP_E_MEMORY;
    if (code != RP_OK)
        add_note(v, RP_SOURCE_UNREADABLE, rp_str_from(path), err.text);
    return code == RP_OK;
}

/* ---- the list of what should be there ---- */

static int by_name(const void *a, const void *b)
{
    const listed *x = a, *y = b;
    return rp_str_cmp(x->name, y->name);
}

static listed *find(const verifier *v, rp_str name)
{
    listed key = {.name = name};
    return v->files.n == 0 ? NULL : bsearch(&key, v->files.items, v->files.n, sizeof key, by_name);
}

static void sort_files(verifier *v)
{
    if (v->files.n > 1)
        qsort(v->files.items, v->files.n, sizeof *v->files.items, by_name);
}

/* "serde-1.0.0/src/lib.rs" → "src/lib.rs"; "" for what lies elsewhere. */
static rp_str below_top(rp_str name)
{
    const char *slash = name.len != 0 ? memchr(name.ptr, '/', name.len) : NULL;
    return slash != NULL ? rp_str_sub(name, (size_t)(slash - name.ptr) + 1, SIZE_MAX)
                         : (rp_str){"", 0};
}

static rp_code wants(void *user, rp_str name, bool file, bool *ret, rp_error *err)
{
    (void)user;
    (void)err;
    *ret = file && below_top(name).len != 0;
    return RP_OK;
}

static rp_code take(void *user, rp_str name, rp_bytes bytes, rp_error *err)
{
    verifier *v = user;
    listed *file = rp_vec_push(&v->scratch, &v->files);
    if (file == NULL)
        return rp_fail_memory(err);
    file->name = rp_arena_str(&v->scratch, below_top(name));
    if (file->name.ptr == NULL)
        return rp_fail_memory(err);
    return digest(v, bytes, file->hash)
               ? RP_OK
               : rp_fail(err, RP_E_UNSUPPORTED, RP_NOWHERE, "no hash function");
}

static bool list_archive(verifier *v, rp_str path, rp_bytes bytes)
{
    rp_error err = {0};
    rp_code code = rp_archive_members(bytes, MAX_MEMBER, wants, take, v, &err);
    v->out_of_memory |= code == RP_E_MEMORY;
    if (code != RP_OK)
        add_note(v, RP_SOURCE_UNREADABLE, path, err.text);
    sort_files(v);
    return code == RP_OK;
}

static bool list_json(verifier *v, rp_str path, const rp_json_value *root)
{
    const rp_json_value *files = rp_json_get(root, "files");
    uint32_t n = files != NULL && files->kind == RP_JSON_OBJECT ? files->n : 0;
    for (uint32_t i = 0; i < n; i++) {
        listed *file = rp_vec_push(&v->scratch, &v->files);
        if (file == NULL)
            return !(v->out_of_memory = true);
        file->name = files->items[i].key;
        if (files->items[i].value.kind != RP_JSON_STRING ||
            !parse_digest(files->items[i].value.text, file->hash)) {
            v->files.n--;
            add_note(v, RP_SOURCE_UNREADABLE, path, "an entry that is no SHA-256 hash");
        }
    }
    sort_files(v);
    return true;
}

/* ---- a tree on disk ---- */

static bool is_machine_code(rp_bytes b)
{
    static const char *const magics[] = {"\177ELF",          "\xcf\xfa\xed\xfe", "\xce\xfa\xed\xfe",
                                         "\xfe\xed\xfa\xcf", "\xfe\xed\xfa\xce", "!<ar"};
    for (size_t i = 0; i < RP_COUNT(magics); i++)
        if (b.len >= 8 && memcmp(b.ptr, magics[i], 4) == 0)
            return true;
    if (b.len >= 8 && memcmp(b.ptr, "\0asm", 4) == 0)
        return true;
    return b.len >= 64 && b.ptr[0] == 'M' && b.ptr[1] == 'Z'; /* PE: a DOS header of 64 bytes */
}

/* What Cargo or a checkout puts beside the sources. */
static bool is_cargos_own(rp_str name)
{
    return rp_str_is(name, ".cargo-ok") || rp_str_is(name, ".cargo-checksum.json");
}

static void check_file(verifier *v, rp_str path, bool compare)
{
    rp_arena one = {0};
    rp_bytes bytes = {0};
    uint8_t hash[DIGEST];
    rp_str name = rp_str_sub(path, v->prefix, SIZE_MAX);
    if (!read_bytes(v, path.ptr, &one, &bytes) || is_cargos_own(name)) {
        rp_arena_free(&one);
        return;
    }
    listed *file = find(v, name);
    if (is_machine_code(bytes)) {
        rp_str *blob = rp_vec_push(v->arena, &v->blobs);
        rp_str copy = rp_arena_str(v->arena, name);
        v->out_of_memory |= blob == NULL || copy.ptr == NULL;
        if (blob != NULL)
            *blob = copy;
    }
    if (file != NULL)
        file->seen = true;
    if (compare && file == NULL)
        add_note(v, RP_SOURCE_TREE_EXTRA, path, "a file that is not listed");
    else if (compare && (!digest(v, bytes, hash) || memcmp(hash, file->hash, DIGEST) != 0))
        add_note(v, RP_SOURCE_TREE_CHANGED, path, "another content than was published");
    rp_arena_free(&one);
}

static void check_tree(verifier *v, rp_str folder, bool compare, unsigned depth)
{
    rp_fs_listing list = {0};
    rp_error err = {0};
    if (depth > MAX_TREE_DEPTH ||
        rp_fs_list(folder.ptr, false, &v->scratch, &list, &err) != RP_OK) {
        v->out_of_memory |= err.code == RP_E_MEMORY;
        add_note(v, RP_SOURCE_UNREADABLE, folder,
                 err.code != RP_OK ? err.text : "folders too deep in one another");
        return;
    }
    for (uint32_t i = 0; i < list.entries.n && !v->out_of_memory; i++) {
        const rp_fs_entry *e = &list.entries.items[i];
        rp_str path = rp_path_join(&v->scratch, folder, e->name);
        if (path.ptr == NULL)
            v->out_of_memory = true;
        else if (e->info.kind == RP_FS_FOLDER)
            check_tree(v, path, compare, depth + 1);
        else if (e->info.kind == RP_FS_FILE)
            check_file(v, path, compare);
        else if (compare)
            add_note(v, RP_SOURCE_LINK, path,
                     e->info.kind == RP_FS_LINK ? "a symbolic link" : "no regular file");
    }
}

static void check_missing(verifier *v, rp_str folder)
{
    for (uint32_t i = 0; i < v->files.n && !v->out_of_memory; i++) {
        if (v->files.items[i].seen)
            continue;
        rp_str path = rp_path_join(&v->scratch, folder, v->files.items[i].name);
        if (path.ptr == NULL)
            v->out_of_memory = true;
        else
            add_note(v, RP_SOURCE_TREE_MISSING, path, "listed, but not there");
    }
}

/* ---- one package ---- */

static void verify_vendored(verifier *v, const rp_lock_package *p, rp_str folder)
{
    rp_bytes bytes = {0};
    rp_error err = {0};
    const rp_json_value *root = NULL;
    uint8_t have[DIGEST], want[DIGEST];
    rp_str path = rp_path_join(&v->scratch, folder, RP_STR(".cargo-checksum.json"));
    v->out_of_memory |= path.ptr == NULL;
    if (path.ptr == NULL || !read_bytes(v, path.ptr, &v->scratch, &bytes))
        return;
    rp_code code =
        rp_json_read((rp_str){(const char *)bytes.ptr, bytes.len}, &v->scratch, &root, &err);
    if (code != RP_OK) {
        v->out_of_memory |= code == RP_E_MEMORY;
        add_note(v, RP_SOURCE_UNREADABLE, path, err.text);
        return;
    }
    rp_str package = rp_json_get_str(root, "package");
    if (p->checksum.len != 0 && (!parse_digest(package, have) || !parse_digest(p->checksum, want) ||
                                 memcmp(have, want, DIGEST) != 0))
        add_note(v, RP_SOURCE_PACKAGE_MISMATCH, path, "its package hash is not the lock file's");
    if (!list_json(v, path, root))
        return;
    if (v->files.n == 0)
        add_note(v, RP_SOURCE_NO_LIST, path, "it lists no file: Cargo verifies nothing");
    check_tree(v, folder, v->files.n != 0, 0);
    check_missing(v, folder);
    v->out->compared += v->files.n != 0;
}

static void verify_registry(verifier *v, const rp_lock_package *p, const rp_package_place *place)
{
    rp_bytes bytes = {0};
    uint8_t have[DIGEST], want[DIGEST];
    if (place->archive.len == 0 || p->checksum.len == 0) {
        add_note(v, RP_SOURCE_ABSENT, place->sources,
                 p->checksum.len == 0 ? "the lock file has no checksum of it"
                                      : "its .crate is not in Cargo's cache");
        if (place->sources.len != 0)
            check_tree(v, place->sources, false, 0);
        v->out->absent++;
        return;
    }
    if (!read_bytes(v, place->archive.ptr, &v->scratch, &bytes))
        return;
    if (!digest(v, bytes, have) || !parse_digest(p->checksum, want) ||
        memcmp(have, want, DIGEST) != 0) {
        add_note(v, RP_SOURCE_CRATE_MISMATCH, place->archive,
                 "its SHA-256 is not the lock file's checksum");
        return;
    }
    if (place->sources.len != 0 && list_archive(v, place->archive, bytes)) {
        check_tree(v, place->sources, true, 0);
        check_missing(v, place->sources);
    }
    v->out->compared++;
}

/* A checkout is detached at its revision: .git/HEAD holds the commit. */
static void verify_git(verifier *v, const rp_lock_package *p, rp_str folder)
{
    for (unsigned up = 0; up < MAX_TREE_DEPTH && folder.len > 1; up++) {
        rp_str head = rp_path_join(&v->scratch, folder, RP_STR(".git/HEAD"));
        rp_bytes bytes = {0};
        v->out_of_memory |= head.ptr == NULL;
        if (head.ptr == NULL || !rp_is_file(head.ptr)) {
            folder = rp_arena_str(&v->scratch, rp_path_folder(folder));
            continue;
        }
        if (!read_bytes(v, head.ptr, &v->scratch, &bytes))
            return;
        rp_str text = {(const char *)bytes.ptr, bytes.len};
        if (text.len < p->source.revision.len || p->source.revision.len == 0 ||
            memcmp(text.ptr, p->source.revision.ptr, p->source.revision.len) != 0)
            add_note(v, RP_SOURCE_GIT_MISMATCH, head, "not at the lock file's commit");
        else
            v->out->compared++;
        return;
    }
    add_note(v, RP_SOURCE_ABSENT, folder, "no checkout around it");
    v->out->absent++;
}

static void keep_power(verifier *v, const rp_package_place *place)
{
    const rp_manifest *m = v->in->manifests[v->package];
    rp_str script = rp_path_join(&v->scratch, place->sources, RP_STR("build.rs"));
    v->out_of_memory |= script.ptr == NULL;
    bool runs = m != NULL && !m->no_build &&
                (m->build.len != 0 || (script.ptr != NULL && rp_is_file(script.ptr)));
    if (!runs && v->blobs.n == 0 && (m == NULL || (!m->proc_macro && m->links.len == 0)))
        return;
    rp_source_power *power = rp_vec_push(v->arena, &v->powers);
    if (power == NULL) {
        v->out_of_memory = true;
        return;
    }
    *power = (rp_source_power){.component = v->in->index[v->package],
                               .build_script = runs,
                               .proc_macro = m != NULL && m->proc_macro,
                               .links = m != NULL ? m->links : RP_STR(""),
                               .blobs = v->blobs.items,
                               .nblobs = v->blobs.n};
}

static void verify_package(verifier *v, uint32_t i)
{
    const rp_lock_package *p = &v->in->lock->packages[i];
    const rp_package_place *place = &v->in->places[i];
    v->package = i;
    v->more = v->kept = 0;
    v->files.n = v->files.cap = 0;
    v->blobs.items = NULL;
    v->blobs.n = v->blobs.cap = 0;
    v->prefix = place->sources.len + 1;
    if (p->source.kind == RP_FROM_PATH)
        return;
    if (place->sources.len == 0 && place->archive.len == 0) {
        add_note(v, RP_SOURCE_ABSENT, p->name, "nothing of it is on this machine");
        v->out->absent++;
        return;
    }
    if (place->vendored)
        verify_vendored(v, p, place->sources);
    else if (p->source.kind == RP_FROM_GIT)
        verify_git(v, p, place->sources);
    else
        verify_registry(v, p, place);
    if (v->more != 0 && v->notes.n != 0)
        v->notes.items[v->notes.n - 1].text =
            rp_arena_printf(v->arena, "and %u more in this package", v->more);
    if (place->sources.len != 0)
        keep_power(v, place);
}

static int by_component(const void *a, const void *b)
{
    const rp_source_note *x = a, *y = b;
    if ((x->what == RP_SOURCE_ABSENT) != (y->what == RP_SOURCE_ABSENT))
        return x->what == RP_SOURCE_ABSENT ? 1 : -1;
    if (x->component != y->component)
        return x->component < y->component ? -1 : 1;
    int c = rp_str_cmp(x->file, y->file);
    return c != 0 ? c : (int)x->what - (int)y->what;
}

static int by_owner(const void *a, const void *b)
{
    const rp_source_power *x = a, *y = b;
    return x->component < y->component ? -1 : x->component > y->component;
}

rp_code rp_verify_sources(const rp_verify_input *in, rp_arena *arena, rp_verified *ret,
                          rp_error *err)
{
    rp_error why = {0};
    *ret = (rp_verified){0};
    verifier v = {.arena = arena, .in = in, .out = ret};
    if (rp_hash_start(RP_HASH_SHA256, &v.hash, &why) != RP_OK) {
        ret->why = "there is no libcrypto to compute SHA-256 with";
        return RP_OK;
    }
    for (uint32_t i = 0; i < in->lock->npackages && !v.out_of_memory; i++) {
        verify_package(&v, i);
        rp_arena_reset(&v.scratch);
    }
    rp_hash_end(&v.hash);
    rp_arena_free(&v.scratch);
    if (v.out_of_memory)
        return rp_fail_memory(err);
    if (v.notes.n > 1)
        qsort(v.notes.items, v.notes.n, sizeof *v.notes.items, by_component);
    if (v.powers.n > 1)
        qsort(v.powers.items, v.powers.n, sizeof *v.powers.items, by_owner);
    ret->notes = v.notes.items;
    ret->nnotes = v.notes.n;
    ret->powers = v.powers.items;
    ret->npowers = v.powers.n;
    return RP_OK;
}
