/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Split DWARF (-C split-debuginfo=packed, unpacked): finds the files. Each unit is taken only where
 * its id is the skeleton's, so that files of another build do no harm. */
#include "deps/reach_parts.h"

#include "base/fs.h"
#include "base/limits.h"
#include "cargo/files.h"

typedef struct {
    rp_dwarf *main;
    rp_arena *arena;
    rp_reach_splits *ret;
    uint64_t left; /* bytes that may still be read */
    bool out_of_memory;
} finder;

/* Reads the file into memory and joins it, when it is one and there. */
static void try_file(finder *f, rp_str path)
{
    rp_error err = {0};
    rp_fs_info info;
    rp_bytes bytes;
    rp_image *img = NULL;
    int fd;
    if (path.ptr == NULL) {
        f->out_of_memory = true;
        return;
    }
    if (rp_fs_open(path.ptr, true, &fd, &info, &err) != RP_OK)
        return;
    rp_code code =
        info.size <= f->left ? rp_fs_read_all(fd, f->left, f->arena, &bytes, &err) : RP_E_LIMIT;
    rp_fs_close(fd);
    rp_source *src = code == RP_OK ? rp_new(f->arena, 1, rp_source) : NULL;
    f->out_of_memory |= code == RP_E_MEMORY || (code == RP_OK && src == NULL);
    if (src == NULL)
        return;
    f->left -= bytes.len < f->left ? bytes.len : f->left;
    *src = rp_source_memory(bytes, f->arena);
    code = rp_image_open(src, f->arena, &img, &err);
    f->out_of_memory |= code == RP_E_MEMORY;
    if (code != RP_OK)
        return;
    rp_dwarf *to = rp_vec_push(f->arena, f->ret);
    if (to == NULL || !rp_dwarf_read_split(img, f->main, f->arena, to))
        f->out_of_memory = true;
    else if (to->nunits == 0)
        f->ret->n--;
}

static uint32_t still_split(const rp_dwarf *d)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->nunits; i++)
        n += d->units[i].split;
    return n;
}

/* Where the compiler wrote it, else beside the artefact. */
static void try_unit(finder *f, const rp_dwarf_unit *u, rp_str folder)
{
    if (u->dwo_name.len == 0)
        return;
    try_file(f, rp_path_join(f->arena, u->folder, u->dwo_name));
    if (u->split && folder.len != 0 && !f->out_of_memory)
        try_file(f, rp_path_join(f->arena, folder, rp_path_last(u->dwo_name)));
}

bool rp_reach_split(rp_dwarf *main, rp_str path, rp_arena *arena, rp_reach_splits *ret)
{
    finder f = {.main = main, .arena = arena, .ret = ret, .left = RP_MAX_DEBUG_BYTES};
    if (still_split(main) == 0)
        return true;
    if (path.len != 0)
        try_file(&f, rp_arena_printf(arena, "%.*s.dwp", RP_FMT(path)));
    rp_str folder = path.len != 0 ? rp_path_folder(path) : path;
    for (uint32_t i = 0; i < main->nunits && !f.out_of_memory; i++)
        if (main->units[i].split)
            try_unit(&f, &main->units[i], folder);
    return !f.out_of_memory;
}
