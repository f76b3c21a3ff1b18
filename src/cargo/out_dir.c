/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "cargo/out_dir.h"

#include "base/fs.h"
#include "cargo/files.h"

enum { MAX_UP = 32, HASH_DIGITS = 16, BELOW_TRIPLE = 1 };

rp_str rp_cargo_target_above(rp_str manifest, rp_arena *arena)
{
    rp_str folder = rp_path_join(arena, rp_path_folder(manifest), RP_STR("."));
    for (unsigned i = 0; i < MAX_UP && folder.ptr != NULL; i++) {
        rp_str toml = rp_path_join(arena, folder, RP_STR("Cargo.toml"));
        rp_str target = rp_path_join(arena, folder, RP_STR("target"));
        if (toml.ptr == NULL || target.ptr == NULL)
            return (rp_str){NULL, 0};
        if (rp_is_folder(target.ptr) && rp_is_file(toml.ptr))
            return target;
        if (rp_str_is(folder, "/"))
            break;
        folder = rp_path_join(arena, folder, RP_STR(".."));
    }
    return folder.ptr != NULL ? (rp_str){"", 0} : folder;
}

typedef struct {
    rp_arena *arena;
    rp_str package;
    rp_str newest; /* "" none yet */
    uint64_t written;
    bool refused;
} search;

static bool is_hash(rp_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!((s.ptr[i] >= '0' && s.ptr[i] <= '9') || (s.ptr[i] >= 'a' && s.ptr[i] <= 'f')))
            return false;
    return s.len == HASH_DIGITS;
}

/* PACKAGE-HASH, and no other package's that begins like it. */
static bool is_of(rp_str name, rp_str package)
{
    return name.len > package.len && name.ptr[package.len] == '-' &&
           rp_str_eq(rp_str_sub(name, 0, package.len), package) &&
           is_hash(rp_str_sub(name, package.len + 1, SIZE_MAX));
}

static rp_str below(search *s, rp_str folder, rp_str name)
{
    rp_str path = rp_path_join(s->arena, folder, name);
    s->refused |= path.ptr == NULL;
    return path;
}

static bool list(search *s, rp_str folder, rp_fs_listing *ret)
{
    rp_error err = {0};
    if (folder.ptr == NULL || !rp_is_folder(folder.ptr))
        return false;
    if (rp_fs_list(folder.ptr, true, s->arena, ret, &err) == RP_OK)
        return true;
    s->refused |= err.code == RP_E_MEMORY;
    return false;
}

/* Cargo writes what the script says to `output`, beside `out`, each time that it runs it. */
static void look_at(search *s, rp_str run)
{
    rp_fs_info info;
    rp_str out = below(s, run, RP_STR("out")), said = below(s, run, RP_STR("output"));
    if (out.ptr == NULL || said.ptr == NULL || !rp_is_folder(out.ptr) ||
        rp_fs_look(said.ptr, true, &info, NULL) != RP_OK)
        return;
    if (s->newest.len != 0 && info.changed <= s->written)
        return;
    s->newest = out;
    s->written = info.changed;
}

static void look_through(search *s, rp_str folder, unsigned depth)
{
    rp_fs_listing entries = {0}, runs = {0};
    rp_str build = below(s, folder, RP_STR("build"));
    if (list(s, build, &runs)) {
        for (uint32_t i = 0; i < runs.entries.n; i++)
            if (is_of(runs.entries.items[i].name, s->package))
                look_at(s, below(s, build, runs.entries.items[i].name));
        return;
    }
    if (depth > BELOW_TRIPLE || !list(s, folder, &entries))
        return;
    for (uint32_t i = 0; i < entries.entries.n; i++)
        if (entries.entries.items[i].info.kind == RP_FS_FOLDER)
            look_through(s, below(s, folder, entries.entries.items[i].name), depth + 1);
}

rp_str rp_cargo_out_dir(rp_str target, rp_str package, rp_arena *arena)
{
    search s = {.arena = arena, .package = package, .newest = {"", 0}};
    look_through(&s, target, 0);
    return s.refused ? (rp_str){NULL, 0} : s.newest;
}
