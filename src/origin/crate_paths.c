/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "origin/crate_paths.h"

#include "origin/crate_place.h"

static bool is_separator(char c)
{
    return c == '/' || c == '\\';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f');
}

static char folded(char c)
{
    return c == '-' ? '_' : c;
}

bool rp_crate_name_eq(rp_str a, rp_str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (folded(a.ptr[i]) != folded(b.ptr[i]))
            return false;
    return true;
}

static bool in_list(rp_str name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (rp_crate_name_eq(name, rp_str_from(list[i])))
            return true;
    return false;
}

bool rp_crate_is_std(rp_str name)
{
    static const char *const list[] = {"core",
                                       "alloc",
                                       "std",
                                       "panic_unwind",
                                       "panic_abort",
                                       "test",
                                       "proc_macro",
                                       "unwind",
                                       "std_detect",
                                       "compiler_builtins",
                                       "__rustc",
                                       "rustc_std_workspace_core",
                                       "rustc_std_workspace_alloc",
                                       "rustc_std_workspace_std",
                                       "profiler_builtins"};
    return in_list(name, list, RP_COUNT(list));
}

/* library/Cargo.lock over the years. */
bool rp_crate_is_std_dependency(rp_str name)
{
    static const char *const list[] = {"hashbrown",
                                       "addr2line",
                                       "gimli",
                                       "object",
                                       "miniz_oxide",
                                       "rustc_demangle",
                                       "memchr",
                                       "adler",
                                       "adler2",
                                       "libc",
                                       "cfg_if",
                                       "unicode_width",
                                       "getopts",
                                       "rustc_literal_escaper",
                                       "foldhash",
                                       "allocator_api2",
                                       "fortanix_sgx_abi",
                                       "hermit_abi",
                                       "wasi",
                                       "dlmalloc",
                                       "r_efi",
                                       "r_efi_alloc",
                                       "backtrace",
                                       "crc32fast",
                                       "flate2",
                                       "compiler_builtins",
                                       "vex_sdk",
                                       "moto_rt"};
    return in_list(name, list, RP_COUNT(list));
}

/* ---- components ---- */

/* The path walked from its end: one component at a time. */
typedef struct {
    rp_str path;
    size_t end; /* of the component that comes next, counted from the front */
} walker;

static bool up(walker *w, rp_str *ret)
{
    while (w->end > 0 && is_separator(w->path.ptr[w->end - 1]))
        w->end--;
    size_t start = w->end;
    while (start > 0 && !is_separator(w->path.ptr[start - 1]))
        start--;
    *ret = rp_str_sub(w->path, start, w->end - start);
    w->end = start;
    return ret->len != 0;
}

/* Offset behind the last "/<name>/" (or a leading "<name>/"), SIZE_MAX without. */
static size_t behind(rp_str path, const char *name)
{
    size_t n = strlen(name), found = SIZE_MAX;
    for (size_t i = 0; i + n < path.len; i++)
        if ((i == 0 || is_separator(path.ptr[i - 1])) && is_separator(path.ptr[i + n]) &&
            memcmp(path.ptr + i, name, n) == 0)
            found = i + n + 1;
    return found;
}

static rp_str component(rp_str path, size_t from)
{
    size_t to = from;
    while (to < path.len && !is_separator(path.ptr[to]))
        to++;
    return rp_str_sub(path, from, to - from);
}

/* "regex-automata-0.4.7" → name and version: the first '-' that a digit, digits and '.' follow. */
static bool split_version(rp_str s, rp_str *ret_name, rp_str *ret_version)
{
    for (size_t i = 1; i + 3 < s.len; i++) {
        size_t j = i + 1;
        if (s.ptr[i] != '-' || !is_digit(s.ptr[j]))
            continue;
        while (j < s.len && is_digit(s.ptr[j]))
            j++;
        if (j + 1 < s.len && s.ptr[j] == '.' && is_digit(s.ptr[j + 1])) {
            *ret_name = rp_str_sub(s, 0, i);
            *ret_version = rp_str_sub(s, i + 1, SIZE_MAX);
            return true;
        }
    }
    return false;
}

static bool package(rp_str folder, rp_crate_layout layout, rp_crate_path *ret)
{
    if (folder.len == 0)
        return false;
    *ret = (rp_crate_path){.name = folder, .version = {"", 0}, .layout = layout};
    (void)split_version(folder, &ret->name, &ret->version);
    return true;
}

/* ---- layouts ---- */

/* library/<crate>/…: some folders hold parts of core and std. */
static bool std_library(rp_str path, rp_crate_path *ret)
{
    static const struct {
        const char *folder, *crate;
    } parts[] = {{"stdarch", "core"},
                 {"portable-simd", "core"},
                 {"core_arch", "core"},
                 {"backtrace", "std"},
                 {"compiler-builtins", "compiler_builtins"}};
    size_t at = behind(path, "library");
    if (at == SIZE_MAX)
        return false;
    rp_str crate = component(path, at);
    for (size_t i = 0; i < RP_COUNT(parts); i++)
        if (rp_str_is(crate, parts[i].folder))
            crate = rp_str_from(parts[i].crate);
    if (!rp_crate_is_std(crate))
        return false;
    *ret = (rp_crate_path){.name = crate, .version = {"", 0}, .layout = RP_CRATE_STD};
    return true;
}

/* Sources of a compiler's own tree: what lies below is std's, if std's at all. */
static bool compiler_tree(rp_str path)
{
    return rp_str_starts(path, "/rustc/") || rp_str_starts(path, "/rust/deps/") ||
           rp_str_starts(path, "/usr/src/rustc-") ||
           rp_str_find(path, RP_STR("/rustlib/src/rust/")) != SIZE_MAX;
}

/* Tools of the Rust project take their own packages from /rust/deps/, too. */
static bool std_dependency(rp_str path, rp_crate_path *ret)
{
    if (!compiler_tree(path))
        return false;
    size_t at = behind(path, "vendor");
    if (at == SIZE_MAX)
        at = behind(path, "deps");
    if (at == SIZE_MAX || !package(component(path, at), RP_CRATE_STD, ret))
        return false;
    if (!rp_crate_is_std_dependency(ret->name))
        ret->layout = RP_CRATE_REGISTRY;
    return true;
}

/* What crate_place.h recognises. A repository's packages are told by git_checkout: their folders
 * need not lie where Cargo's checkouts do. */
static bool placed(rp_str path, rp_crate_path *ret)
{
    rp_crate_place place;
    if (!rp_crate_place_of(path, &place) || place.kind == RP_PLACE_GIT)
        return false;
    bool folder = place.kind == RP_PLACE_FOLDER || place.kind == RP_PLACE_BUILD_FOLDER;
    *ret = (rp_crate_path){.name = place.name,
                           .version = place.version,
                           .layout = folder ? RP_CRATE_UNPLACED : RP_CRATE_REGISTRY};
    return true;
}

/* The folder that holds src/, searched from the file upwards. */
static rp_str folder_above_src(rp_str path, size_t from)
{
    walker w = {path, path.len};
    rp_str part, above;
    while (up(&w, &part) && w.end > from)
        if ((rp_str_is(part, "src") || rp_str_is(part, "tests") || rp_str_is(part, "examples") ||
             rp_str_is(part, "benches")) &&
            up(&w, &above))
            return above;
    return (rp_str){"", 0};
}

static bool all_hex(rp_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_hex(s.ptr[i]))
            return false;
    return s.len != 0;
}

/* git/checkouts/REPOSITORY-<16 hex>/<7 hex>/[folders/]src/ */
static bool git_checkout(rp_str path, rp_crate_path *ret)
{
    size_t at = behind(path, "checkouts");
    if (at == SIZE_MAX)
        return false;
    rp_str repository = component(path, at);
    rp_str above = folder_above_src(path, at);
    if (repository.len > 17 && repository.ptr[repository.len - 17] == '-' &&
        all_hex(rp_str_sub(repository, repository.len - 16, 16)))
        repository = rp_str_sub(repository, 0, repository.len - 17);
    bool nested = above.len != 0 && !(above.len <= 12 && all_hex(above));
    return package(nested ? above : repository, RP_CRATE_GIT, ret);
}

/* target/…/build/NAME-<16 hex>/out/: what a build script wrote */
static bool build_output(rp_str path, rp_crate_path *ret)
{
    size_t at = behind(path, "build");
    rp_str folder = at == SIZE_MAX ? (rp_str){"", 0} : component(path, at);
    if (folder.len < 18 || folder.ptr[folder.len - 17] != '-' ||
        !all_hex(rp_str_sub(folder, folder.len - 16, 16)))
        return false;
    return package(rp_str_sub(folder, 0, folder.len - 17), RP_CRATE_BUILT, ret);
}

static bool is_absolute(rp_str path)
{
    return is_separator(path.ptr[0]) || (path.len > 2 && path.ptr[1] == ':');
}

/* The file's own package: its folder names it, "src/main.rs" does not. */
static bool own(rp_str path, rp_crate_path *ret)
{
    *ret = (rp_crate_path){.name = folder_above_src(path, 0),
                           .version = {"", 0},
                           .layout = is_absolute(path) ? RP_CRATE_UNPLACED : RP_CRATE_OWN};
    if (rp_str_is(ret->name, "..") || rp_str_is(ret->name, "."))
        ret->name = (rp_str){"", 0};
    return true;
}

bool rp_crate_of_path(rp_str path, rp_crate_path *ret)
{
    if (path.len < 4 || !rp_str_ends(path, ".rs"))
        return false;
    return std_dependency(path, ret) || std_library(path, ret) || git_checkout(path, ret) ||
           build_output(path, ret) || placed(path, ret) || own(path, ret);
}
