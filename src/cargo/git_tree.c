/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "cargo/git_tree.h"

#include "base/fs.h"
#include "base/limits.h"
#include "base/reader.h"
#include "cargo/files.h"

enum { MAX_DEPTH = 64 }; /* folders and submodules in one another */

static rp_str trimmed(rp_str s)
{
    while (s.len > 0 && (uint8_t)s.ptr[s.len - 1] <= ' ')
        s.len--;
    return s;
}

/* The text of a small file without the blanks at its end, "" when it cannot be read; false: out of
 * memory. */
static bool small_file(rp_arena *arena, rp_str folder, rp_str name, rp_str *ret)
{
    rp_error err = {0};
    rp_str text = {"", 0}, path = rp_path_join(arena, folder, name);
    if (path.ptr == NULL ||
        (rp_is_file(path.ptr) && rp_read_text(path.ptr, arena, &text, &err) == RP_E_MEMORY))
        return false;
    *ret = trimmed(text);
    return true;
}

/* ".git" below the folder, or where the file of that name leads: "gitdir: PATH". "" none. */
static bool git_folder(rp_str folder, rp_arena *arena, rp_str *ret)
{
    static const char label[] = "gitdir: ";
    rp_str text = {"", 0};
    rp_str path = rp_path_join(arena, folder, RP_STR(".git"));
    if (path.ptr == NULL || !small_file(arena, folder, RP_STR(".git"), &text))
        return false;
    *ret = rp_is_folder(path.ptr) ? path : RP_STR("");
    if (rp_str_starts(text, label))
        *ret = rp_path_join(arena, folder, rp_str_sub(text, sizeof label - 1, SIZE_MAX));
    return ret->ptr != NULL;
}

/* "COMMIT NAME" in a list of lines, "" none. */
static rp_str packed_ref(rp_str list, rp_str name)
{
    for (size_t at = 0, end; at < list.len; at = end + 1) {
        for (end = at; end < list.len && list.ptr[end] != '\n';)
            end++;
        rp_str line = rp_str_sub(list, at, end - at);
        if (rp_str_eq(rp_str_sub(line, 2 * RP_GIT_ID + 1, SIZE_MAX), name))
            return rp_str_sub(line, 0, 2 * RP_GIT_ID);
    }
    return RP_STR("");
}

bool rp_git_head(rp_str folder, rp_arena *arena, rp_str *ret)
{
    static const char label[] = "ref: ";
    uint8_t id[RP_GIT_ID];
    rp_str git = {"", 0}, head = {"", 0};
    *ret = RP_STR("");
    if (!git_folder(folder, arena, &git) || !small_file(arena, git, RP_STR("HEAD"), &head))
        return false;
    if (rp_str_starts(head, "ref: refs/") && rp_str_find(head, RP_STR("..")) == SIZE_MAX) {
        rp_str name = rp_str_sub(head, sizeof label - 1, SIZE_MAX), packed = {"", 0};
        if (!small_file(arena, git, name, &head) ||
            !small_file(arena, git, RP_STR("packed-refs"), &packed))
            return false;
        head = head.len != 0 ? head : packed_ref(packed, name);
    }
    if (rp_git_parse_id(head, id))
        *ret = head;
    return true;
}

/* ---- trees ---- */

typedef struct {
    rp_arena *arena;
    rp_git_files *files;
    uint32_t entries; /* met so far: one tree may stand in many places */
    rp_error *err;
} walk;

typedef struct {
    rp_str mode, name;
    const uint8_t *id;
} entry;

/* "100644 NAME", a NUL, and the object's name. What could lead out of the folder is refused. */
static bool next_entry(rp_reader *r, entry *ret)
{
    rp_str head = rp_next_cstr(r);
    size_t space = rp_str_find(head, RP_STR(" "));
    ret->id = rp_take(r, RP_GIT_ID);
    ret->mode = rp_str_sub(head, 0, space);
    ret->name = rp_str_sub(head, space != SIZE_MAX ? space + 1 : head.len, SIZE_MAX);
    return !r->bad && ret->name.len != 0 && rp_str_find(ret->name, RP_STR("/")) == SIZE_MAX &&
           !rp_str_is(ret->name, ".") && !rp_str_is(ret->name, "..");
}

static rp_code add_commit(walk *w, rp_str folder, const uint8_t id[RP_GIT_ID], rp_str prefix,
                          unsigned depth);
static rp_code add_tree(walk *w, rp_git_objects *o, rp_str folder, const uint8_t id[RP_GIT_ID],
                        rp_str prefix, unsigned depth);

static rp_code add_file(walk *w, const entry *e, rp_str name)
{
    rp_git_file *file = rp_vec_push(w->arena, w->files);
    if (file == NULL)
        return rp_fail_memory(w->err);
    *file = (rp_git_file){.name = name, .link = rp_str_is(e->mode, "120000")};
    memcpy(file->id, e->id, RP_GIT_ID);
    return RP_OK;
}

/* A submodule that is not checked out has no files. */
static rp_code add_submodule(walk *w, const entry *e, rp_str folder, rp_str name, unsigned depth)
{
    rp_str git = {"", 0};
    rp_str below = rp_path_join(w->arena, folder, name);
    if (below.ptr == NULL || !git_folder(below, w->arena, &git))
        return rp_fail_memory(w->err);
    return git.len != 0 ? add_commit(w, folder, e->id, name, depth + 1) : RP_OK;
}

static rp_code add_entry(walk *w, rp_git_objects *o, const entry *e, rp_str folder, rp_str prefix,
                         unsigned depth)
{
    rp_str name = prefix.len != 0
                      ? rp_arena_printf(w->arena, "%.*s/%.*s", RP_FMT(prefix), RP_FMT(e->name))
                      : rp_arena_str(w->arena, e->name);
    if (name.ptr == NULL)
        return rp_fail_memory(w->err);
    if (w->entries++ >= RP_MAX_GIT_FILES || depth >= MAX_DEPTH)
        return rp_fail(w->err, RP_E_LIMIT, RP_NOWHERE, "more files or folders than are looked at");
    if (rp_str_is(e->mode, "40000"))
        return add_tree(w, o, folder, e->id, name, depth + 1);
    if (rp_str_is(e->mode, "160000"))
        return add_submodule(w, e, folder, name, depth);
    return add_file(w, e, name);
}

static rp_code add_tree(walk *w, rp_git_objects *o, rp_str folder, const uint8_t id[RP_GIT_ID],
                        rp_str prefix, unsigned depth)
{
    rp_bytes bytes = {NULL, 0};
    rp_code code = rp_git_object(o, id, RP_GIT_TREE, &bytes, w->err);
    rp_reader r = rp_reader_of(bytes, 0, false);
    while (code == RP_OK && rp_left(&r) != 0) {
        entry e;
        code = next_entry(&r, &e) ? add_entry(w, o, &e, folder, prefix, depth)
                                  : rp_fail(w->err, RP_E_FORMAT, RP_NOWHERE, "a damaged tree");
    }
    return code;
}

/* "tree ID" is a commit's first line. */
static rp_code tree_of(rp_git_objects *o, const uint8_t id[RP_GIT_ID], uint8_t ret[RP_GIT_ID],
                       rp_error *err)
{
    static const char label[] = "tree ";
    rp_bytes bytes = {NULL, 0};
    rp_code code = rp_git_object(o, id, RP_GIT_COMMIT, &bytes, err);
    rp_str text = {(const char *)bytes.ptr, bytes.len};
    if (code == RP_OK && (!rp_str_starts(text, label) ||
                          !rp_git_parse_id(rp_str_sub(text, sizeof label - 1, 2 * RP_GIT_ID), ret)))
        code = rp_fail(err, RP_E_FORMAT, RP_NOWHERE, "a damaged commit");
    return code;
}

/* Of a submodule where `prefix` is not "". */
static rp_code add_commit(walk *w, rp_str folder, const uint8_t id[RP_GIT_ID], rp_str prefix,
                          unsigned depth)
{
    uint8_t tree[RP_GIT_ID];
    rp_git_objects *o = NULL;
    rp_str git = {"", 0}, at = prefix.len != 0 ? rp_path_join(w->arena, folder, prefix) : folder;
    if (at.ptr == NULL || !git_folder(at, w->arena, &git))
        return rp_fail_memory(w->err);
    if (git.len == 0)
        return rp_fail(w->err, RP_E_IO, RP_NOWHERE, "it has no .git");
    rp_code code = rp_git_objects_open(git, w->arena, &o, w->err);
    if (code != RP_OK)
        return code;
    code = tree_of(o, id, tree, w->err);
    if (code == RP_OK)
        code = add_tree(w, o, folder, tree, prefix, depth);
    rp_git_objects_close(o);
    return code;
}

rp_code rp_git_files_of(rp_str folder, rp_str commit, rp_arena *arena, rp_git_files *ret,
                        rp_error *err)
{
    uint8_t id[RP_GIT_ID];
    walk w = {.arena = arena, .files = ret, .err = err};
    if (!rp_git_parse_id(commit, id))
        return rp_fail(err, RP_E_UNSUPPORTED, RP_NOWHERE, "no name of a commit by SHA-1");
    return add_commit(&w, folder, id, (rp_str){"", 0}, 0);
}
