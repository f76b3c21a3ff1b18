/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "cargo/git_objects.h"

#include "base/buf.h"
#include "base/crypto.h"
#include "base/fs.h"
#include "base/limits.h"
#include "base/numbers.h"
#include "base/outside.h"
#include "base/reader.h"
#include "base/source.h"
#include "base/vec.h"
#include "cargo/files.h"

#include <zlib.h>

enum {
    MAX_PACKS = 256,
    MAX_STORES = 8,
    MAX_DELTAS = 256, /* one on the other: git makes 50, older ones made 250 */
    FANOUT = 8,       /* offset in an index of version 2 */
    NAMES = FANOUT + 256 * 4,
    PACK_HEAD = 12,
    OFS_DELTA = 6,
    REF_DELTA = 7
};

/* An open file; fd -1: none. */
typedef struct {
    int fd;
    rp_source src;
} opened;

typedef struct {
    opened index, pack;
    uint32_t n; /* objects */
} pack;

struct rp_git_objects {
    rp_arena *arena;
    rp_str stores[MAX_STORES]; /* folders "objects" */
    uint32_t nstores;
    RP_VEC(pack) packs;
    uint64_t left; /* bytes that objects may still have, all together */
};

static const char *const kinds[] = {"", "commit ", "tree ", "blob ", "tag "};

bool rp_git_parse_id(rp_str text, uint8_t ret[RP_GIT_ID])
{
    if (text.len != (size_t)RP_GIT_ID * 2)
        return false;
    for (size_t i = 0; i < RP_GIT_ID; i++) {
        int high = rp_hex_digit(text.ptr[2 * i]), low = rp_hex_digit(text.ptr[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        ret[i] = (uint8_t)(high * 16 + low);
    }
    return true;
}

/* ---- files ---- */

static rp_code open_file(const char *path, rp_arena *arena, opened *ret, rp_error *err)
{
    rp_fs_info info = {0};
    ret->fd = -1;
    rp_code code = rp_fs_open(path, true, &ret->fd, &info, err);
    if (code == RP_OK)
        ret->src = rp_source_fd(ret->fd, info.size, arena);
    return code;
}

static void close_file(opened *file)
{
    if (file->fd >= 0)
        rp_fs_close(file->fd);
    file->fd = -1;
}

static bool number_at(const opened *file, uint64_t at, unsigned width, uint64_t *ret)
{
    uint8_t bytes[8];
    if (rp_source_copy(&file->src, at, bytes, width) != width)
        return false;
    rp_reader r = rp_reader_of((rp_bytes){bytes, width}, at, true);
    *ret = rp_uint(&r, width);
    return true;
}

static bool is_index(const opened *file, uint32_t *ret_n)
{
    uint64_t magic, version, n;
    bool ok = number_at(file, 0, 4, &magic) && number_at(file, 4, 4, &version) &&
              number_at(file, NAMES - 4, 4, &n) && magic == 0xff744f63 && version == 2 &&
              NAMES + n * (RP_GIT_ID + 8) <= file->src.size;
    *ret_n = ok ? (uint32_t)n : 0;
    return ok;
}

/* INDEX is "…/pack-X.idx". */
static rp_code open_pack(rp_git_objects *o, rp_str index, rp_error *err)
{
    rp_str stem = rp_str_sub(index, 0, index.len - (sizeof "idx" - 1));
    rp_str path = rp_arena_printf(o->arena, "%.*spack", RP_FMT(stem));
    if (o->packs.n == MAX_PACKS)
        return rp_fail(err, RP_E_LIMIT, RP_NOWHERE, "more than %d packs", MAX_PACKS);
    pack *p = rp_vec_push(o->arena, &o->packs);
    if (p == NULL || path.ptr == NULL)
        return rp_fail_memory(err);
    *p = (pack){.index.fd = -1, .pack.fd = -1};
    rp_code code = open_file(index.ptr, o->arena, &p->index, err);
    if (code == RP_OK)
        code = open_file(path.ptr, o->arena, &p->pack, err);
    if (code == RP_OK && !is_index(&p->index, &p->n))
        code = rp_fail(err, RP_E_FORMAT, 0, "%s is no index of version 2", index.ptr);
    return code;
}

static rp_code open_packs(rp_git_objects *o, rp_str store, rp_error *err)
{
    rp_fs_listing list = {0};
    rp_str folder = rp_path_join(o->arena, store, RP_STR("pack"));
    if (folder.ptr == NULL)
        return rp_fail_memory(err);
    if (!rp_fs_is_there(folder.ptr))
        return RP_OK;
    rp_code code = rp_fs_list(folder.ptr, true, o->arena, &list, err);
    for (uint32_t i = 0; i < list.entries.n && code == RP_OK; i++) {
        if (!rp_str_ends(list.entries.items[i].name, ".idx"))
            continue;
        rp_str path = rp_path_join(o->arena, folder, list.entries.items[i].name);
        code = path.ptr != NULL ? open_pack(o, path, err) : rp_fail_memory(err);
    }
    return code;
}

/* What follows in a list of lines; "" at its end. */
static rp_str next_line(rp_str *rest)
{
    size_t end = 0;
    while (end < rest->len && rest->ptr[end] != '\n')
        end++;
    rp_str line = rp_str_sub(*rest, 0, end);
    *rest = rp_str_sub(*rest, end < rest->len ? end + 1 : end, SIZE_MAX);
    return line;
}

/* objects/info/alternates: a line for each store that this one borrows from. */
static rp_code add_store(rp_git_objects *o, rp_str store, rp_error *err)
{
    rp_str text = {"", 0};
    rp_error none = {0};
    if (o->nstores == MAX_STORES)
        return rp_fail(err, RP_E_LIMIT, RP_NOWHERE, "more than %d stores", MAX_STORES);
    o->stores[o->nstores++] = store;
    rp_code code = open_packs(o, store, err);
    rp_str list = rp_path_join(o->arena, store, RP_STR("info/alternates"));
    if (code == RP_OK && list.ptr == NULL)
        code = rp_fail_memory(err);
    if (code == RP_OK && rp_is_file(list.ptr) &&
        rp_read_text(list.ptr, o->arena, &text, &none) == RP_E_MEMORY)
        code = rp_fail_memory(err);
    while (code == RP_OK && text.len != 0) {
        rp_str line = next_line(&text);
        rp_str path = rp_path_join(o->arena, store, line);
        if (path.ptr == NULL)
            code = rp_fail_memory(err);
        else if (line.len != 0)
            code = add_store(o, path, err); /* at most MAX_STORES deep */
    }
    return code;
}

rp_code rp_git_objects_open(rp_str git_folder, rp_arena *arena, rp_git_objects **ret, rp_error *err)
{
    rp_git_objects *o = rp_new(arena, 1, rp_git_objects);
    rp_str store = rp_path_join(arena, git_folder, RP_STR("objects"));
    if (o == NULL || store.ptr == NULL)
        return rp_fail_memory(err);
    *o = (rp_git_objects){.arena = arena, .left = RP_MAX_GIT_BYTES};
    rp_code code = add_store(o, store, err);
    if (code != RP_OK)
        rp_git_objects_close(o);
    else
        *ret = o;
    return code;
}

void rp_git_objects_close(rp_git_objects *o)
{
    for (uint32_t i = 0; i < o->packs.n; i++) {
        close_file(&o->packs.items[i].index);
        close_file(&o->packs.items[i].pack);
    }
    o->packs.n = 0;
}

/* ---- zlib ---- */

/* Inflates what begins at `at` until `room` bytes are full; *ret_ended: that was all of it. */
static size_t inflate_some(const opened *file, uint64_t at, uint8_t *to, size_t room,
                           bool *ret_ended)
{
    uint8_t piece[4096];
    int code = Z_OK;
    z_stream z = {.next_out = to, .avail_out = (uInt)room};
    *ret_ended = false;
    if (inflateInit(&z) != Z_OK)
        return 0;
    while (code == Z_OK && z.avail_out != 0) {
        size_t n = rp_source_copy(&file->src, at, piece, sizeof piece);
        if (n == 0)
            break;
        at += n;
        z.next_in = piece;
        z.avail_in = (uInt)n;
        code = inflate(&z, Z_NO_FLUSH);
    }
    size_t made = room - z.avail_out;
    (void)inflateEnd(&z);
    rp_outside_wrote(to, made);
    *ret_ended = code == Z_STREAM_END;
    return made;
}

/* `skip` bytes, which are left out, and the `size` that follow. */
static rp_code inflate_whole(rp_git_objects *o, const opened *file, uint64_t at, size_t skip,
                             uint64_t size, rp_bytes *ret, rp_error *err)
{
    bool ended = false;
    if (size > o->left)
        return rp_fail(err, RP_E_LIMIT, at, "objects of more than %llu bytes",
                       (unsigned long long)RP_MAX_GIT_BYTES);
    o->left -= size;
    size_t all = skip + (size_t)size;
    uint8_t *to = rp_new(o->arena, all + 1, uint8_t); /* a byte more, to see the end */
    if (to == NULL)
        return rp_fail_memory(err);
    if (inflate_some(file, at, to, all + 1, &ended) != all || !ended)
        return rp_fail(err, RP_E_FORMAT, at, "an object that cannot be unpacked");
    *ret = (rp_bytes){to + skip, (size_t)size};
    return RP_OK;
}

/* ---- packs ---- */

typedef struct {
    unsigned kind;
    rp_bytes bytes;
} object;

/* Its place in a pack; false: it is not in it. */
static bool find_in_pack(const pack *p, const uint8_t id[RP_GIT_ID], uint64_t *ret)
{
    uint64_t low = 0, high = 0, at = 0;
    uint8_t name[RP_GIT_ID];
    if ((id[0] != 0 && !number_at(&p->index, FANOUT + 4 * (id[0] - 1u), 4, &low)) ||
        !number_at(&p->index, FANOUT + 4u * id[0], 4, &high) || high > p->n)
        return false;
    while (low < high) {
        uint64_t mid = low + (high - low) / 2;
        if (rp_source_copy(&p->index.src, NAMES + mid * RP_GIT_ID, name, RP_GIT_ID) != RP_GIT_ID)
            return false;
        int c = memcmp(name, id, RP_GIT_ID);
        if (c == 0) {
            uint64_t offsets = NAMES + (uint64_t)p->n * (RP_GIT_ID + 4);
            if (!number_at(&p->index, offsets + 4 * mid, 4, &at))
                return false;
            *ret = at;
            return at < 0x80000000 ||
                   number_at(&p->index, offsets + 4 * (uint64_t)p->n + 8 * (at & 0x7fffffff), 8,
                             ret);
        }
        low = c < 0 ? mid + 1 : low;
        high = c < 0 ? high : mid;
    }
    return false;
}

/* The head of an entry: three bits of kind, and the size in groups of seven bits after the first
 * four, the lowest first. */
static unsigned entry_head(rp_reader *r, uint64_t *ret_size)
{
    uint8_t byte = rp_u8(r);
    unsigned kind = byte >> 4 & 7, shift = 4;
    *ret_size = byte & 15;
    while ((byte & 0x80) != 0 && !r->bad && shift < 60) {
        byte = rp_u8(r);
        *ret_size |= (uint64_t)(byte & 0x7f) << shift;
        shift += 7;
    }
    r->bad |= (byte & 0x80) != 0;
    return kind;
}

/* How far in front the base of an OFS_DELTA lies: groups of seven bits, the highest first, each but
 * the last one less. */
static uint64_t base_distance(rp_reader *r)
{
    uint8_t byte = rp_u8(r);
    uint64_t n = byte & 0x7f;
    while ((byte & 0x80) != 0 && !r->bad && n < UINT64_MAX >> 8) {
        byte = rp_u8(r);
        n = (n + 1) << 7 | (byte & 0x7f);
    }
    r->bad |= (byte & 0x80) != 0;
    return n;
}

static uint64_t delta_size(rp_reader *r)
{
    uint64_t n = 0;
    uint8_t byte = 0x80;
    for (unsigned shift = 0; (byte & 0x80) != 0 && shift < 60; shift += 7) {
        byte = rp_u8(r);
        n |= (uint64_t)(byte & 0x7f) << shift;
    }
    return n;
}

/* The number whose bytes, the lowest first, are there where the bits of `mask` say so. */
static uint32_t sparse(rp_reader *r, unsigned mask, unsigned width)
{
    uint32_t n = 0;
    for (unsigned i = 0; i < width; i++)
        if ((mask >> i & 1) != 0)
            n |= (uint32_t)rp_u8(r) << (8 * i);
    return n;
}

/* One instruction of a delta: a piece of the base, or bytes that follow. */
static bool delta_piece(rp_reader *r, rp_bytes base, rp_bytes *ret)
{
    uint8_t op = rp_u8(r);
    if ((op & 0x80) == 0) {
        *ret = (rp_bytes){rp_take(r, op), op};
        return op != 0 && !r->bad;
    }
    uint64_t at = sparse(r, op, 4), n = sparse(r, op >> 4 & 7, 3);
    n = n != 0 ? n : 0x10000;
    if (r->bad || at > base.len || n > base.len - at)
        return false;
    *ret = (rp_bytes){base.ptr + at, (size_t)n};
    return true;
}

static rp_code apply_delta(rp_git_objects *o, rp_bytes base, rp_bytes delta, rp_bytes *ret,
                           rp_error *err)
{
    rp_reader r = rp_reader_of(delta, 0, false);
    uint64_t from = delta_size(&r), size = delta_size(&r), at = 0;
    if (r.bad || from != base.len)
        return rp_fail(err, RP_E_FORMAT, RP_NOWHERE, "a delta on another object");
    if (size > o->left)
        return rp_fail(err, RP_E_LIMIT, RP_NOWHERE, "objects that are too large");
    o->left -= size;
    uint8_t *to = rp_new(o->arena, size, uint8_t);
    if (to == NULL)
        return rp_fail_memory(err);
    while (rp_left(&r) != 0) {
        rp_bytes piece = {NULL, 0};
        if (!delta_piece(&r, base, &piece) || piece.len > size - at)
            return rp_fail(err, RP_E_FORMAT, RP_NOWHERE, "a delta that leads outside");
        memcpy(to + at, piece.ptr, piece.len);
        at += piece.len;
    }
    *ret = (rp_bytes){to, (size_t)size};
    return at == size ? RP_OK
                      : rp_fail(err, RP_E_FORMAT, RP_NOWHERE, "a delta that ends too early");
}

static rp_code read_any(rp_git_objects *o, const uint8_t id[RP_GIT_ID], unsigned deltas,
                        object *ret, rp_error *err);

static rp_code read_packed(rp_git_objects *o, const pack *p, uint64_t at, unsigned deltas,
                           object *ret, rp_error *err)
{
    uint8_t bytes[64];
    uint64_t size = 0, distance = 0;
    object base = {0};
    size_t n = rp_source_copy(&p->pack.src, at, bytes, sizeof bytes);
    rp_reader r = rp_reader_of((rp_bytes){bytes, n}, at, false);
    ret->kind = entry_head(&r, &size);
    if (ret->kind == OFS_DELTA)
        distance = base_distance(&r);
    const uint8_t *id = ret->kind == REF_DELTA ? rp_take(&r, RP_GIT_ID) : NULL;
    if (r.bad || at < PACK_HEAD || distance > at - PACK_HEAD || deltas > MAX_DELTAS ||
        (ret->kind == OFS_DELTA && distance == 0))
        return rp_fail(err, RP_E_FORMAT, at, "a damaged entry of a pack");
    rp_code code = inflate_whole(o, &p->pack, rp_at(&r), 0, size, &ret->bytes, err);
    if (code != RP_OK || (distance == 0 && id == NULL))
        return code;
    code = distance != 0 ? read_packed(o, p, at - distance, deltas + 1, &base, err)
                         : read_any(o, id, deltas + 1, &base, err);
    ret->kind = base.kind;
    return code == RP_OK ? apply_delta(o, base.bytes, ret->bytes, &ret->bytes, err) : code;
}

/* ---- loose objects ---- */

static bool decimal(rp_str digits, uint64_t *ret)
{
    *ret = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9' || *ret > RP_MAX_GIT_BYTES)
            return false;
        *ret = *ret * 10 + (uint64_t)(digits.ptr[i] - '0');
    }
    return digits.len != 0;
}

/* "tree 123", and a NUL behind it. */
static bool loose_head(rp_str head, object *ret, uint64_t *ret_size, size_t *ret_len)
{
    const char *end = head.len != 0 ? memchr(head.ptr, '\0', head.len) : NULL;
    if (end == NULL)
        return false;
    head.len = (size_t)(end - head.ptr);
    *ret_len = head.len + 1;
    for (unsigned k = 1; k < RP_COUNT(kinds); k++)
        if (rp_str_starts(head, kinds[k])) {
            ret->kind = k;
            return decimal(rp_str_sub(head, strlen(kinds[k]), SIZE_MAX), ret_size);
        }
    return false;
}

static rp_code read_loose(rp_git_objects *o, const char *path, object *ret, rp_error *err)
{
    uint8_t head[64];
    opened file;
    uint64_t size = 0;
    size_t len = 0;
    bool ended = false;
    rp_code code = open_file(path, o->arena, &file, err);
    if (code != RP_OK)
        return code;
    size_t n = inflate_some(&file, 0, head, sizeof head, &ended);
    if (loose_head((rp_str){(const char *)head, n}, ret, &size, &len))
        code = inflate_whole(o, &file, 0, len, size, &ret->bytes, err);
    else
        code = rp_fail(err, RP_E_FORMAT, 0, "%s is no object", path);
    close_file(&file);
    return code;
}

/* ---- objects ---- */

static void write_id(const uint8_t id[RP_GIT_ID], char ret[2 * RP_GIT_ID + 1])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < RP_GIT_ID; i++) {
        ret[2 * i] = digits[id[i] >> 4];
        ret[2 * i + 1] = digits[id[i] & 15];
    }
    ret[2 * RP_GIT_ID] = '\0';
}

static rp_code read_any(rp_git_objects *o, const uint8_t id[RP_GIT_ID], unsigned deltas,
                        object *ret, rp_error *err)
{
    uint64_t at = 0;
    char name[2 * RP_GIT_ID + 1];
    for (uint32_t i = 0; i < o->packs.n; i++)
        if (find_in_pack(&o->packs.items[i], id, &at))
            return read_packed(o, &o->packs.items[i], at, deltas, ret, err);
    write_id(id, name);
    for (uint32_t i = 0; i < o->nstores; i++) {
        rp_str path =
            rp_arena_printf(o->arena, "%.*s/%.2s/%s", RP_FMT(o->stores[i]), name, name + 2);
        if (path.ptr == NULL)
            return rp_fail_memory(err);
        if (rp_is_file(path.ptr))
            return read_loose(o, path.ptr, ret, err);
    }
    return rp_fail(err, RP_E_IO, RP_NOWHERE, "object %s is not there", name);
}

rp_code rp_git_name(rp_git_kind kind, rp_bytes bytes, uint8_t ret[RP_GIT_ID], rp_error *err)
{
    rp_hash hash;
    uint8_t digest[RP_HASH_MAX];
    rp_buf head = {0};
    rp_code code = rp_hash_start(RP_HASH_SHA1, &hash, err);
    if (code != RP_OK)
        return code;
    rp_buf_printf(&head, "%s%zu", kinds[kind], bytes.len);
    rp_buf_char(&head, '\0');
    rp_hash_add(&hash, (rp_bytes){(const uint8_t *)head.ptr, head.len});
    rp_hash_add(&hash, bytes);
    if (head.bad)
        code = rp_fail_memory(err);
    else if (!rp_hash_finish(&hash, digest))
        code = rp_fail(err, RP_E_UNSUPPORTED, RP_NOWHERE, "no SHA-1");
    else
        memcpy(ret, digest, RP_GIT_ID);
    rp_buf_free(&head);
    rp_hash_end(&hash);
    return code;
}

rp_code rp_git_object(rp_git_objects *o, const uint8_t id[RP_GIT_ID], rp_git_kind kind,
                      rp_bytes *ret, rp_error *err)
{
    object found = {0};
    uint8_t is[RP_GIT_ID];
    rp_code code = read_any(o, id, 0, &found, err);
    if (code == RP_OK && found.kind != (unsigned)kind)
        code = rp_fail(err, RP_E_FORMAT, RP_NOWHERE, "an object of another kind");
    if (code == RP_OK)
        code = rp_git_name(kind, found.bytes, is, err);
    if (code == RP_OK && memcmp(is, id, RP_GIT_ID) != 0)
        code = rp_fail(err, RP_E_FORMAT, RP_NOWHERE, "an object that has another name");
    *ret = found.bytes;
    return code;
}
