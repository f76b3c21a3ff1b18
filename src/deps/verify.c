/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "deps/verify.h"

#include "base/crypto.h"
#include "base/fs.h"
#include "base/numbers.h"
#include "cargo/files.h"
#include "cargo/git_tree.h"
#include "deps/db_archive.h"
#include "text/json_read.h"

#include <stdlib.h>

enum { DIGEST = 32, MAX_TREE_DEPTH = 32, MAX_SOURCE_FILE = 256 << 20, MAX_MEMBER = 64 << 20 };

/* A file that a tree should have. */
typedef struct {
    rp_str name;          /* from the package's or checkout's folder, '/' between */
    uint8_t hash[DIGEST]; /* by git it has RP_GIT_ID bytes */
    bool link;            /* by git */
    bool seen;
} listed;

typedef enum { BY_NOTHING, BY_SHA256, BY_GIT } comparison;

/* A repository may hold many packages: it is compared once. */
typedef struct {
    rp_str folder, revision;
    bool compared, looked;
} checkout;

typedef struct {
    rp_arena *arena;  /* of the results */
    rp_arena scratch; /* of one package */
    rp_hash hash;
    const rp_verify_input *in;
    RP_VEC(rp_source_note) notes;
    RP_VEC(rp_source_power) powers;
    RP_VEC(checkout) checkouts;
    rp_verified *out;
    /* of the package at hand */
    uint32_t package;
    uint32_t more; /* notes of it that were not kept */
    uint32_t kept;
    RP_VEC(listed) files;
    RP_VEC(rp_str) blobs;
    size_t prefix; /* of paths, up to the package's folder and its slash */
    comparison by;
    bool looked; /* its files were looked at for machine code */
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

/* Nothing to compare it with: no finding, but the answer is unknown. */
static void add_absent(verifier *v, rp_str file, const char *text)
{
    add_note(v, RP_SOURCE_ABSENT, file, text);
    v->out->absent++;
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
                                         "\xfe\xed\xfa\xcf", "\xfe\xed\xfa\xce", "!<ar",
                                         "BC\xc0\xde" /* LLVM bitcode */};
    static const uint8_t universal[] = {0xca, 0xfe, 0xba, 0xbe, 0, 0, 0};
    enum { JAVA = 45 }; /* the same magic, and a version from 45 on where slices are counted */
    for (size_t i = 0; i < RP_COUNT(magics); i++)
        if (b.len >= 8 && memcmp(b.ptr, magics[i], 4) == 0)
            return true;
    if (b.len >= 8 && memcmp(b.ptr, "\0asm", 4) == 0)
        return true;
    if (b.len >= 8 && memcmp(b.ptr, universal, sizeof universal) == 0 && b.ptr[7] < JAVA)
        return true;
    return b.len >= 64 && b.ptr[0] == 'M' && b.ptr[1] == 'Z'; /* PE: a DOS header of 64 bytes */
}

/* What Cargo puts beside the sources, into submodules too. */
static bool is_cargos_own(const verifier *v, rp_str name)
{
    if (v->by == BY_GIT)
        return rp_str_is(rp_path_last(name), ".cargo-ok") && find(v, name) == NULL;
    return rp_str_is(name, ".cargo-ok") || rp_str_is(name, ".cargo-checksum.json");
}

/* Git may write lines of text with "\r\n" where a repository asks for it (.gitattributes). */
static bool is_same_text(verifier *v, const listed *file, rp_bytes content)
{
    rp_error err = {0};
    uint8_t id[RP_GIT_ID], *text = rp_new(&v->scratch, content.len, uint8_t);
    size_t n = 0;
    v->out_of_memory |= text == NULL;
    for (size_t i = 0; text != NULL && i < content.len; i++)
        if (content.ptr[i] != '\r' || i + 1 == content.len || content.ptr[i + 1] != '\n')
            text[n++] = content.ptr[i];
    return text != NULL && n != content.len &&
           rp_git_name(RP_GIT_BLOB, (rp_bytes){text, n}, id, &err) == RP_OK &&
           memcmp(id, file->hash, RP_GIT_ID) == 0;
}

static bool is_same(verifier *v, const listed *file, rp_bytes content)
{
    rp_error err = {0};
    uint8_t hash[DIGEST];
    if (v->by == BY_SHA256)
        return digest(v, content, hash) && memcmp(hash, file->hash, DIGEST) == 0;
    if (rp_git_name(RP_GIT_BLOB, content, hash, &err) != RP_OK)
        return false;
    return memcmp(hash, file->hash, RP_GIT_ID) == 0 || is_same_text(v, file, content);
}

static void compare(verifier *v, rp_str path, rp_bytes content)
{
    listed *file = find(v, rp_str_sub(path, v->prefix, SIZE_MAX));
    if (v->by == BY_NOTHING)
        return;
    if (file != NULL)
        file->seen = true;
    if (file == NULL)
        add_note(v, RP_SOURCE_TREE_EXTRA, path, "a file that is not listed");
    else if (!is_same(v, file, content))
        add_note(v, RP_SOURCE_TREE_CHANGED, path, "another content than was published");
}

static void check_file(verifier *v, rp_str path)
{
    rp_arena one = {0};
    rp_bytes bytes = {0};
    rp_str name = rp_str_sub(path, v->prefix, SIZE_MAX);
    if (is_cargos_own(v, name) || !read_bytes(v, path.ptr, &one, &bytes)) {
        rp_arena_free(&one);
        return;
    }
    if (is_machine_code(bytes)) {
        rp_str *blob = rp_vec_push(v->arena, &v->blobs);
        rp_str copy = rp_arena_str(v->arena, name);
        v->out_of_memory |= blob == NULL || copy.ptr == NULL;
        if (blob != NULL)
            *blob = copy;
    }
    compare(v, path, bytes);
    rp_arena_free(&one);
}

/* Git tracks links: one that leads where it did is as it was published. */
static void check_link(verifier *v, rp_str path)
{
    rp_error err = {0};
    rp_str text = {"", 0};
    const listed *file = find(v, rp_str_sub(path, v->prefix, SIZE_MAX));
    if (v->by == BY_GIT && file != NULL && file->link &&
        rp_fs_link_text(path.ptr, &v->scratch, &text, &err) == RP_OK)
        compare(v, path, (rp_bytes){(const uint8_t *)text.ptr, text.len});
    else if (v->by != BY_NOTHING)
        add_note(v, RP_SOURCE_LINK, path, "a symbolic link");
    v->out_of_memory |= err.code == RP_E_MEMORY;
}

static void check_tree(verifier *v, rp_str folder, unsigned depth)
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
        else if (v->by == BY_GIT && rp_str_is(e->name, ".git"))
            continue; /* of a checkout or a submodule */
        else if (e->info.kind == RP_FS_FOLDER)
            check_tree(v, path, depth + 1);
        else if (e->info.kind == RP_FS_FILE)
            check_file(v, path);
        else if (e->info.kind == RP_FS_LINK)
            check_link(v, path);
        else if (v->by != BY_NOTHING)
            add_note(v, RP_SOURCE_LINK, path, "no regular file");
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

/* All below `folder`, against the files that were listed. */
static void check_sources(verifier *v, rp_str folder, comparison by)
{
    v->by = by;
    v->prefix = folder.len + 1;
    v->looked = true;
    check_tree(v, folder, 0);
    if (by != BY_NOTHING)
        check_missing(v, folder);
}

/* ---- one package ---- */

/* The cached .crate, where it is the one of the lock file. */
static bool open_archive(verifier *v, const rp_lock_package *p, const rp_package_place *place,
                         rp_bytes *ret)
{
    uint8_t have[DIGEST], want[DIGEST];
    if (!read_bytes(v, place->archive.ptr, &v->scratch, ret))
        return false;
    if (digest(v, *ret, have) && parse_digest(p->checksum, want) && memcmp(have, want, DIGEST) == 0)
        return true;
    add_note(v, RP_SOURCE_CRATE_MISMATCH, place->archive,
             "its SHA-256 is not the lock file's checksum");
    return false;
}

/* Whoever changes a vendored file can change its hash, too. cargo vendor leaves some files out, so
 * what is not there says nothing. */
static void compare_with_archive(verifier *v, const rp_lock_package *p,
                                 const rp_package_place *place)
{
    rp_bytes bytes = {0};
    v->files.n = 0;
    v->blobs.n = 0;
    if (!open_archive(v, p, place, &bytes) || !list_archive(v, place->archive, bytes))
        return;
    v->by = BY_SHA256;
    check_tree(v, place->sources, 0);
}

static void verify_vendored(verifier *v, const rp_lock_package *p, const rp_package_place *place)
{
    rp_bytes bytes = {0};
    rp_error err = {0};
    const rp_json_value *root = NULL;
    uint8_t have[DIGEST], want[DIGEST];
    rp_str path = rp_path_join(&v->scratch, place->sources, RP_STR(".cargo-checksum.json"));
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
    v->out->compared += v->files.n != 0;
    check_sources(v, place->sources, v->files.n != 0 ? BY_SHA256 : BY_NOTHING);
    if (v->kept == 0 && place->archive.len != 0 && p->checksum.len != 0)
        compare_with_archive(v, p, place);
}

static void verify_registry(verifier *v, const rp_lock_package *p, const rp_package_place *place)
{
    rp_bytes bytes = {0};
    if (place->archive.len == 0 || p->checksum.len == 0) {
        add_absent(v, place->sources,
                   p->checksum.len == 0 ? "the lock file has no checksum of it"
                                        : "its .crate is not in Cargo's cache");
        if (place->sources.len != 0)
            check_sources(v, place->sources, BY_NOTHING);
        return;
    }
    if (!open_archive(v, p, place, &bytes))
        return;
    if (place->sources.len != 0 && list_archive(v, place->archive, bytes))
        check_sources(v, place->sources, BY_SHA256);
    v->out->compared++;
}

/* ---- git ---- */

/* The folder around the package that git checked out, "" none. */
static rp_str checkout_around(verifier *v, rp_str folder)
{
    for (unsigned up = 0; up < MAX_TREE_DEPTH && folder.len > 1; up++) {
        rp_str git = rp_path_join(&v->scratch, folder, RP_STR(".git"));
        v->out_of_memory |= git.ptr == NULL;
        if (git.ptr == NULL || rp_is_folder(git.ptr))
            return folder;
        folder = rp_arena_str(&v->scratch, rp_path_folder(folder));
    }
    return RP_STR("");
}

static bool list_commit(verifier *v, rp_str folder, rp_str commit)
{
    rp_git_files files = {0};
    rp_error err = {0};
    rp_code code = rp_git_files_of(folder, commit, &v->scratch, &files, &err);
    for (uint32_t i = 0; i < files.n && code == RP_OK; i++) {
        listed *file = rp_vec_push(&v->scratch, &v->files);
        if (file == NULL) {
            code = rp_fail_memory(&err);
            break;
        }
        *file = (listed){.name = files.items[i].name, .link = files.items[i].link};
        memcpy(file->hash, files.items[i].id, RP_GIT_ID);
    }
    v->out_of_memory |= code == RP_E_MEMORY;
    if (code != RP_OK)
        add_absent(v, folder, err.text);
    sort_files(v);
    return code == RP_OK;
}

/* Whether its files were compared. Cargo asks only which commit HEAD stands for. */
static bool compare_checkout(verifier *v, rp_str folder, rp_str commit)
{
    rp_str head = {"", 0};
    if (!rp_git_head(folder, &v->scratch, &head)) {
        v->out_of_memory = true;
        return false;
    }
    if (head.len == 0) {
        add_absent(v, folder, "which commit is checked out cannot be read");
        return false;
    }
    if (!rp_str_eq(head, commit)) {
        add_note(v, RP_SOURCE_GIT_MISMATCH, folder, "not at the lock file's commit");
        return true;
    }
    if (!list_commit(v, folder, commit))
        return false;
    check_sources(v, folder, BY_GIT);
    return true;
}

static void verify_git(verifier *v, const rp_lock_package *p, rp_str sources)
{
    rp_str folder = checkout_around(v, sources), commit = p->source.revision;
    for (uint32_t i = 0; i < v->checkouts.n && folder.len != 0; i++) {
        const checkout *c = &v->checkouts.items[i];
        if (!rp_str_eq(c->folder, folder) || !rp_str_eq(c->revision, commit))
            continue;
        v->looked = c->looked;
        v->out->compared += c->compared;
        if (!c->compared)
            add_absent(v, folder, "its checkout could not be compared");
        return;
    }
    if (folder.len == 0) {
        add_absent(v, sources, "no checkout around it");
        return;
    }
    bool compared = compare_checkout(v, folder, commit);
    checkout *c = rp_vec_push(v->arena, &v->checkouts);
    folder = rp_arena_str(v->arena, folder);
    v->out->compared += compared;
    v->out_of_memory |= c == NULL || folder.ptr == NULL;
    if (c != NULL)
        *c = (checkout){folder, commit, compared, v->looked};
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
    v->looked = false;
    if (p->source.kind == RP_FROM_PATH) {
        if (place->sources.len != 0) /* nobody published it, but it may run where it is built */
            keep_power(v, place);
        return;
    }
    if (place->sources.len == 0 && place->archive.len == 0) {
        add_absent(v, p->name, "nothing of it is on this machine");
        v->out->unseen++;
        return;
    }
    if (place->vendored)
        verify_vendored(v, p, place);
    else if (p->source.kind == RP_FROM_GIT)
        verify_git(v, p, place->sources);
    else
        verify_registry(v, p, place);
    v->out->unseen += !v->looked;
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
