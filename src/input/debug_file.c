/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "input/debug_file.h"

#include "base/fs.h"
#include "base/limits.h"
#include "obj/elf.h"
#include "obj/fat.h"
#include "obj/macho.h"

#include <zlib.h>

struct rp_debug_file {
    int fd;
    rp_source src;
    rp_source slice; /* of a fat file: the one that belongs to the image */
};

/* A name out of the file: only a plain one, so that it cannot lead to another folder. */
static bool plain_name(rp_str name)
{
    if (name.len == 0 || name.len > 255 || rp_str_is(name, "..") || rp_str_is(name, "."))
        return false;
    return memchr(name.ptr, '/', name.len) == NULL && memchr(name.ptr, '\0', name.len) == NULL;
}

static rp_str folder_of(rp_str path)
{
    size_t n = path.len;
    while (n > 0 && path.ptr[n - 1] != '/')
        n--;
    return n == 0 ? RP_STR("./") : rp_str_sub(path, 0, n);
}

static bool add_crc(void *user, rp_bytes piece, uint64_t at)
{
    uLong *crc = user;
    (void)at;
    *crc = crc32_z(*crc, piece.ptr, piece.len);
    return true;
}

/* GDB's rule where no build-id tells: CRC-32 of the whole debug file, as zlib computes it. */
static bool same_crc(const rp_image *img, rp_source *src)
{
    uLong crc = crc32_z(0, NULL, 0);
    return img->elf->debuglink_crc_known && rp_source_scan(src, 0, src->size, 0, add_crc, &crc) &&
           crc == img->elf->debuglink_crc;
}

/* dsymutil copies the UUID of the program that it read. */
static bool same_uuid(const rp_image *img, const rp_image *debug)
{
    rp_bytes a = img->macho->uuid, b = debug->macho->uuid;
    return a.len == 16 && b.len == 16 && memcmp(a.ptr, b.ptr, 16) == 0;
}

static bool belongs(const rp_image *img, const rp_image *debug, rp_source *src)
{
    if (img->macho != NULL)
        return debug->macho != NULL && debug->machine == img->machine && same_uuid(img, debug);
    if (debug->elf == NULL || debug->machine != img->machine || debug->bits != img->bits ||
        debug->big != img->big)
        return false;
    if (img->elf->build_id.len != 0)
        return rp_str_eq(img->elf->build_id, debug->elf->build_id);
    return same_crc(img, src);
}

static bool join_image(rp_image *img, rp_str path, rp_source *src)
{
    rp_image *debug = NULL;
    rp_error err = {0};
    if (src->size > RP_MAX_FILE || rp_image_open(src, img->arena, &debug, &err) != RP_OK ||
        !belongs(img, debug, src))
        return false;
    img->debug = debug;
    img->debug_path = path;
    return true;
}

/* dsymutil makes a fat file of a fat program's: the slice with the image's UUID. */
static bool join_slice(rp_image *img, rp_str path, rp_debug_file *file)
{
    const rp_fat_slice *slices = NULL;
    uint32_t n = 0;
    rp_error err = {0};
    uint8_t head[64];
    rp_bytes start = {head, rp_source_copy(&file->src, 0, head, sizeof head)};
    if (img->macho == NULL || !rp_fat_identify(start, file->src.size) ||
        rp_fat_slices(&file->src, img->arena, &slices, &n, &err) != RP_OK)
        return false;
    for (uint32_t i = 0; i < n; i++)
        if (!slices[i].outside &&
            rp_source_slice(&file->src, slices[i].offset, slices[i].size, &file->slice) &&
            join_image(img, path, &file->slice))
            return true;
    return false;
}

/* Joins the file at `path` when it belongs to the image; leaves *file closed otherwise. */
static bool try_path(rp_image *img, rp_str path, rp_debug_file *file)
{
    rp_error err = {0};
    rp_fs_info info;
    if (path.ptr == NULL || path.len == 0)
        return false;
    if (rp_fs_open(path.ptr, true, &file->fd, &info, &err) != RP_OK) {
        file->fd = -1;
        if (rp_fs_is_there(path.ptr))
            rp_image_odd(img, RP_NOWHERE, "the debug file %.*s cannot be read: %s", RP_FMT(path),
                         err.text);
        return false;
    }
    file->src = rp_source_fd(file->fd, info.size, img->arena);
    if (join_image(img, path, &file->src) || join_slice(img, path, file))
        return true;
    rp_fs_close(file->fd);
    file->fd = -1;
    return false;
}

static bool has_symbol_table(const rp_image *img)
{
    for (uint32_t i = 0; i < img->nsections; i++)
        if (img->sections[i].kind == RP_SEC_SYMBOLS && rp_str_is(img->sections[i].name, ".symtab"))
            return true;
    return false;
}

static bool wanted(const rp_image *img, const rp_input *item)
{
    bool linked = img->kind == RP_KIND_EXECUTABLE || img->kind == RP_KIND_LIBRARY;
    bool on_disk = item->member.len == 0 && !rp_str_is(item->path, "-") && item->path.len != 0;
    return img->elf != NULL && linked && on_disk && img->nsections != 0 && !has_symbol_table(img) &&
           (img->elf->build_id.len != 0 || img->elf->debuglink.len != 0);
}

/* The file on disk, or a slice of it. */
static bool is_whole(const rp_input *item)
{
    return item->path.len != 0 &&
           (item->member.len == 0 || (memchr(item->member.ptr, '/', item->member.len) == NULL &&
                                      memchr(item->member.ptr, '!', item->member.len) == NULL));
}

/* FILE.dSYM/Contents/Resources/DWARF/NAME: where dsymutil and Cargo put it. */
static rp_debug_file *join_bundle(rp_image *img, const rp_input *item)
{
    bool linked = img->kind == RP_KIND_EXECUTABLE || img->kind == RP_KIND_LIBRARY;
    rp_debug_file *file = linked && is_whole(item) ? rp_new(img->arena, 1, rp_debug_file) : NULL;
    rp_str name = rp_str_sub(item->path, folder_of(item->path).len, SIZE_MAX);
    if (memchr(item->path.ptr, '/', item->path.len) == NULL)
        name = item->path;
    if (file == NULL || !plain_name(name))
        return NULL;
    rp_str path = rp_arena_printf(img->arena, "%.*s.dSYM/Contents/Resources/DWARF/%.*s",
                                  RP_FMT(item->path), RP_FMT(name));
    return try_path(img, path, file) ? file : NULL;
}

rp_debug_file *rp_debug_file_join(rp_image *img, const rp_input *item)
{
    if (img->macho != NULL)
        return join_bundle(img, item);
    if (!wanted(img, item))
        return NULL;
    rp_debug_file *file = rp_new(img->arena, 1, rp_debug_file);
    if (file == NULL)
        return NULL;
    rp_str folder = folder_of(item->path), name = img->elf->debuglink;
    if (try_path(img, rp_elf_debug_path(img, "/usr/lib/debug"), file))
        return file;
    if (!plain_name(name))
        return NULL;
    rp_arena *a = img->arena;
    if (try_path(img, rp_arena_printf(a, "%.*s%.*s", RP_FMT(folder), RP_FMT(name)), file) ||
        try_path(img, rp_arena_printf(a, "%.*s.debug/%.*s", RP_FMT(folder), RP_FMT(name)), file))
        return file;
    /* only absolute folders have a mirror */
    bool mirror =
        folder.ptr[0] == '/' &&
        try_path(img, rp_arena_printf(a, "/usr/lib/debug%.*s%.*s", RP_FMT(folder), RP_FMT(name)),
                 file);
    return mirror ? file : NULL;
}

void rp_debug_file_close(rp_debug_file *file)
{
    if (file != NULL)
        rp_fs_close(file->fd);
}
