/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "deps/db_checkout.h"

#include "base/buf.h"
#include "base/fs.h"

#include <inttypes.h>

enum { MAX_HEAD = 4096 };

/* A small file of git's, without the blanks at its end; "" when there is none. */
static rp_str small_file(const char *path, rp_arena *arena)
{
    int fd = -1;
    rp_fs_info info;
    rp_bytes bytes = {NULL, 0};
    rp_error err = {0};
    if (rp_fs_open(path, true, &fd, &info, &err) != RP_OK)
        return RP_STR("");
    rp_code code = rp_fs_read_all(fd, MAX_HEAD, arena, &bytes, &err);
    rp_fs_close(fd);
    rp_str text = {(const char *)bytes.ptr, code == RP_OK ? bytes.len : 0};
    while (text.len > 0 && (uint8_t)text.ptr[text.len - 1] <= ' ')
        text.len--;
    return text;
}

static void put_touched(rp_buf *out, const char *path)
{
    rp_fs_info info = {0};
    rp_error err = {0};
    if (rp_fs_look(path, true, &info, &err) == RP_OK)
        rp_buf_printf(out, "%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", info.ino, info.size,
                      info.changed);
    else
        rp_buf_puts(out, "-\n");
}

/* gitrepository-layout(5): HEAD is a commit or "ref: NAME", whose commit is in the file of that
 * name or in packed-refs; `index` is written whenever the files are. */
static void put_git(rp_buf *out, const char *folder, rp_arena *arena)
{
    static const char *const touched[] = {"index", "packed-refs"};
    rp_str head = small_file(rp_arena_printf(arena, "%s/.git/HEAD", folder).ptr, arena);
    out->bad |= head.len == 0;
    rp_buf_put(out, head);
    rp_buf_char(out, '\n');
    if (rp_str_starts(head, "ref: refs/") && rp_str_find(head, RP_STR("..")) == SIZE_MAX) {
        rp_str ref = rp_str_sub(head, 5, SIZE_MAX);
        rp_str path = rp_arena_printf(arena, "%s/.git/%.*s", folder, RP_FMT(ref));
        rp_buf_put(out, small_file(path.ptr, arena));
        rp_buf_char(out, '\n');
    }
    for (size_t i = 0; i < RP_COUNT(touched); i++)
        put_touched(out, rp_arena_printf(arena, "%s/.git/%s", folder, touched[i]).ptr);
}

bool rp_db_checkout_state(const char *folder, rp_arena *arena, rp_str *ret)
{
    rp_fs_info info = {0};
    rp_error err = {0};
    rp_buf out = {.max = 4 * MAX_HEAD};
    if (rp_fs_look(folder, true, &info, &err) != RP_OK || info.kind != RP_FS_FOLDER)
        return false;
    rp_buf_printf(&out, "checkout %" PRIu64 " %" PRIu64 "\n", info.dev, info.ino);
    put_git(&out, folder, arena);
    *ret = out.bad ? RP_STR("") : rp_arena_str(arena, rp_buf_str(&out));
    rp_buf_free(&out);
    return ret->len > 0;
}

const char *rp_db_checkout_index(const char *cache, const char *folder, rp_arena *arena)
{
    rp_fs_info info = {0};
    rp_error err = {0};
    if (rp_fs_look(folder, true, &info, &err) != RP_OK)
        return NULL;
    return rp_arena_printf(arena, "%s/%" PRIx64 "-%" PRIx64 ".index", cache, info.dev, info.ino)
        .ptr;
}

rp_str rp_db_checkout_identity(rp_str state, uint64_t begun, rp_arena *arena)
{
    return rp_arena_printf(arena, "%.*sbegun %" PRIu64, RP_FMT(state), begun);
}

/* 0: there is none. */
static uint64_t touched_at(const char *path)
{
    rp_fs_info info = {0};
    rp_error err = {0};
    return path != NULL && rp_fs_look(path, true, &info, &err) == RP_OK ? info.changed : 0;
}

static uint64_t number_in(rp_str digits)
{
    uint64_t n = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9' || n > UINT64_MAX / 10 - 9)
            return 0;
        n = n * 10 + (uint64_t)(digits.ptr[i] - '0');
    }
    return n;
}

uint64_t rp_db_checkout_begun(const char *folder, rp_str state, rp_str identity, rp_arena *arena)
{
    static const char *const lists[] = {"", "/crates", "/rust"};
    static const char label[] = "begun ";
    rp_str rest = rp_str_sub(identity, state.len, SIZE_MAX);
    if (identity.len <= state.len || !rp_str_eq(rp_str_sub(identity, 0, state.len), state) ||
        !rp_str_starts(rest, label))
        return 0;
    uint64_t begun = number_in(rp_str_sub(rest, sizeof label - 1, SIZE_MAX));
    for (size_t i = 0; i < RP_COUNT(lists); i++) {
        const char *path = rp_arena_printf(arena, "%s%s", folder, lists[i]).ptr;
        if (path == NULL || touched_at(path) >= begun)
            return 0;
    }
    return begun;
}

bool rp_db_checkout_same(const char *package, uint64_t begun)
{
    rp_arena arena = {.chunk = 4 << 10};
    rp_fs_listing list = {0};
    rp_error err = {0};
    uint64_t touched = touched_at(package);
    bool same =
        touched != 0 && touched < begun && rp_fs_list(package, false, &arena, &list, &err) == RP_OK;
    for (uint32_t i = 0; i < list.entries.n && same; i++) {
        const rp_fs_entry *e = &list.entries.items[i];
        same = e->err == NULL && e->info.kind != RP_FS_LINK && e->info.changed < begun;
    }
    rp_arena_free(&arena);
    return same;
}
