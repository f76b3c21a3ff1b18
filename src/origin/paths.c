/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "origin/paths.h"

static bool is_alpha(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(uint8_t c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f');
}

static bool is_separator(uint8_t c)
{
    return c == '/' || c == '\\';
}

static bool is_path_char(uint8_t c)
{
    return is_alpha(c) || is_digit(c) || is_separator(c) ||
           (c != 0 && strchr("._-+@~=", c) != NULL);
}

/* "C:\" or "C:/" with the colon at i; "s://" is the end of a URL's scheme. */
static bool is_drive_colon(rp_bytes b, size_t i)
{
    return b.ptr[i] == ':' && i > 0 && i + 1 < b.len && is_alpha(b.ptr[i - 1]) &&
           is_separator(b.ptr[i + 1]) &&
           (b.ptr[i + 1] == '\\' ||
            (b.ptr[i - 1] <= 'Z' && !(i + 2 < b.len && b.ptr[i + 2] == '/')));
}

static bool is_dot_rs(rp_bytes b, size_t i)
{
    return i + 3 <= b.len && memcmp(b.ptr + i, ".rs", 3) == 0;
}

/* First byte of the run of path characters around `anchor`; the ".rs" of another path ends it. */
static size_t run_start(rp_bytes b, size_t anchor)
{
    size_t low = anchor > RP_PATH_REACH ? anchor - RP_PATH_REACH : 0;
    size_t i = anchor;
    while (i > low) {
        if (is_drive_colon(b, i - 1))
            return i - 2;
        if (!is_path_char(b.ptr[i - 1]) || (i >= 3 && i - 3 >= low && is_dot_rs(b, i - 3)))
            break;
        i--;
    }
    return i;
}

/* Behind the first ".rs", else behind the last path character. Paths of Rust sources have no
 * terminator, those of C have one. */
static size_t run_end(rp_bytes b, size_t anchor)
{
    size_t high = b.len - anchor > RP_PATH_REACH ? anchor + RP_PATH_REACH : b.len;
    size_t i = anchor;
    while (i < high && is_path_char(b.ptr[i])) {
        if (is_dot_rs(b, i))
            return i + 3;
        i++;
    }
    return i;
}

static rp_str text_of(rp_bytes b, size_t start, size_t end)
{
    return (rp_str){(const char *)b.ptr + start, end - start};
}

/* Like rp_str_starts, where '/' of `prefix` stands for either separator. */
static bool path_starts(rp_str s, const char *prefix)
{
    size_t n = strlen(prefix);
    if (s.len < n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (prefix[i] == '/' ? !is_separator((uint8_t)s.ptr[i]) : s.ptr[i] != prefix[i])
            return false;
    return true;
}

static size_t path_find(rp_str s, const char *needle)
{
    size_t n = strlen(needle);
    for (size_t i = 0; i + n <= s.len; i++) {
        bool may = needle[0] == '/' ? is_separator((uint8_t)s.ptr[i]) : s.ptr[i] == needle[0];
        if (may && path_starts(rp_str_sub(s, i, n), needle))
            return i;
    }
    return SIZE_MAX;
}

/* The component at s.ptr[from], without separators. */
static rp_str component(rp_str s, size_t from)
{
    size_t to = from;
    while (to < s.len && !is_separator((uint8_t)s.ptr[to]))
        to++;
    return rp_str_sub(s, from, to - from);
}

/* Roots that are taken for the start of a path wherever they stand in the run: the text before them
 * is the end of another string. */
static const char *const roots[] = {"/home/",      "/Users/",           "/root/",
                                    "/rustc/",     "/builds/",          "/usr/src/",
                                    "/rust/deps/", "/usr/local/cargo/", "/usr/share/cargo/",
                                    "/nix/store/", "/github/home/",     "/__w/"};

/* First components that are believed when the run begins with them. */
static const char *const tops[] = {"build",
                                   "builds",
                                   "buildkite",
                                   "builddir",
                                   "work",
                                   "workspace",
                                   "workdir",
                                   "app",
                                   "opt",
                                   "mnt",
                                   "media",
                                   "data",
                                   "srv",
                                   "tmp",
                                   "var",
                                   "private",
                                   "Volumes",
                                   "src",
                                   "code",
                                   "project",
                                   "projects",
                                   "repo",
                                   "usr",
                                   "github",
                                   "__w",
                                   "drone",
                                   "go",
                                   "checkout",
                                   "cache",
                                   "ci",
                                   "agent",
                                   "runner",
                                   "cargo",
                                   "rust",
                                   "gnu",
                                   "nix",
                                   "export",
                                   "local",
                                   "scratch",
                                   "source",
                                   "sources",
                                   "target",
                                   "hostedtoolcache"};

static bool begins_at_root(rp_str run, size_t i)
{
    rp_str rest = rp_str_sub(run, i, SIZE_MAX);
    if (path_starts(rest, "/build/")) /* Debian: /build/<package>-<random>/ */
        return path_find(rest, "/debian/") != SIZE_MAX;
    for (size_t k = 0; k < RP_COUNT(roots); k++) {
        size_t n = strlen(roots[k]);
        /* no user is called ".cargo" */
        if (path_starts(rest, roots[k]) && rest.len > n && (k > 1 || rest.ptr[n] != '.'))
            return true;
    }
    return false;
}

static bool begins_at_top(rp_str run)
{
    rp_str first = component(run, 1);
    for (size_t k = 0; k < RP_COUNT(tops); k++)
        if (rp_str_is(first, tops[k]))
            return true;
    return false;
}

/* Offset in `run` at which its absolute path begins, SIZE_MAX for a relative one. The last root
 * counts: what is before it may hold anything. */
static size_t absolute_start(rp_str run, size_t anchor)
{
    if (run.len > 2 && run.ptr[1] == ':')
        return 0;
    for (size_t i = anchor + 1 < run.len ? anchor + 1 : run.len; i-- > 0;)
        if (is_separator((uint8_t)run.ptr[i]) && begins_at_root(run, i))
            return i;
    bool slash = run.len > 1 && run.ptr[0] == '/';
    return slash && begins_at_top(run) ? 0 : SIZE_MAX;
}

static bool is_commit(rp_str s)
{
    if (s.len != 40)
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!is_hex((uint8_t)s.ptr[i]))
            return false;
    return true;
}

/* "1.63.0" at the start of s, with at most three digits a part. */
static rp_str version_at(rp_str s)
{
    size_t i = 0;
    for (int part = 0; part < 3; part++) {
        size_t digits = 0;
        while (i < s.len && is_digit((uint8_t)s.ptr[i]) && digits < 3) {
            i++;
            digits++;
        }
        bool dot = i < s.len && s.ptr[i] == '.';
        if (digits == 0 || (part < 2 && !dot))
            return rp_str_sub(s, 0, 0);
        i += part < 2;
    }
    return rp_str_sub(s, 0, i);
}

/* std's own sources: /rustc/<commit>/…, or a distribution's
 * …/rustc-<X.Y.Z>[-src]/{library,vendor}/… */
static bool is_std(rp_str path, rp_path *ret)
{
    size_t at = path_find(path, "/rustc/");
    if (at != SIZE_MAX) {
        rp_str commit = component(path, at + 7);
        if (is_commit(commit))
            ret->commit = commit;
        return is_commit(commit) || rp_str_find(path, RP_STR("library")) != SIZE_MAX;
    }
    at = path_find(path, "/rustc-");
    if (at != SIZE_MAX &&
        (path_find(path, "/library/") != SIZE_MAX || path_find(path, "/vendor/") != SIZE_MAX)) {
        ret->version = version_at(rp_str_sub(path, at + 7, SIZE_MAX));
        return ret->version.len != 0;
    }
    return path_starts(path, "/rust/deps/");
}

static bool is_relative_std(rp_str path)
{
    static const char *const crates[] = {"library/core/src/", "library/std/src/",
                                         "library/alloc/src/"};
    for (size_t i = 0; i < RP_COUNT(crates); i++)
        if (path_find(path, crates[i]) != SIZE_MAX)
            return true;
    return false;
}

static bool is_packaged(rp_str path)
{
    static const char *const fixed[] = {"/usr/share/", "/usr/src/",       "/rust/deps/",
                                        "/usr/lib/",   "/usr/lib64/",     "/usr/include/",
                                        "/usr/bin/",   "/usr/sbin/",      "/bin/",
                                        "/sbin/",      "/lib/",           "/etc/",
                                        "/proc/",      "/sys/",           "/dev/",
                                        "/run/",       "/nix/store/",     "/checkout/",
                                        "/cargo/",     "/rust/",          "/gnu/store/",
                                        "//",          "/usr/local/lib/", "/usr/local/share/"};
    for (size_t i = 0; i < RP_COUNT(fixed); i++)
        if (path_starts(path, fixed[i]))
            return true;
    return false;
}

static bool is_source(rp_str path)
{
    static const char *const ends[] = {
        ".rs",  ".c",   ".h", ".cc", ".cpp",  ".cxx", ".hpp", ".hh",   ".S",  ".s",  ".asm",
        ".inc", ".pdb", ".o", ".a",  ".toml", ".m",   ".mm",  ".rlib", ".so", ".go", ".proto"};
    static const char *const inside[] = {"/.cargo/", "/.rustup/", "/target/debug/",
                                         "/target/release/", "/registry/src/"};
    for (size_t i = 0; i < RP_COUNT(ends); i++)
        if (rp_str_ends(path, ends[i]))
            return true;
    for (size_t i = 0; i < RP_COUNT(inside); i++)
        if (path_find(path, inside[i]) != SIZE_MAX)
            return true;
    return false;
}

/* Length of the home folder at the start of `path`, separator included; 0 when it is none. */
static size_t home_len(rp_str path, rp_str *ret_user)
{
    size_t from = 0;
    if (path.len > 2 && path.ptr[1] == ':')
        from = 2;
    rp_str rest = rp_str_sub(path, from, SIZE_MAX);
    if (from == 0 && path_starts(rest, "/root/"))
        return 6;
    size_t n = path_starts(rest, "/Users/") ? 7 : from == 0 && path_starts(rest, "/home/") ? 6 : 0;
    if (n == 0)
        return 0;
    rp_str user = component(rest, n);
    if (user.len == 0 || n + user.len >= rest.len)
        return 0;
    *ret_user = user;
    return from + n + user.len + 1;
}

/* What of a leaking path is worth telling: up to the registry's folder, else the project's folder
 * (before "src", else the file's). */
static rp_str root_of(rp_str path, size_t home)
{
    static const char *const stores[] = {"/registry/src/", "/git/checkouts/", "/toolchains/"};
    for (size_t i = 0; i < RP_COUNT(stores); i++) {
        size_t at = path_find(path, stores[i]);
        if (at != SIZE_MAX) {
            rp_str name = component(path, at + strlen(stores[i]));
            size_t end = at + strlen(stores[i]) + name.len;
            return rp_str_sub(path, 0, end < path.len ? end + 1 : end);
        }
    }
    static const char *const folders[] = {"/cargo_registry/", "/vendor/"};
    for (size_t i = 0; i < RP_COUNT(folders); i++) {
        size_t at = path_find(path, folders[i]);
        if (at != SIZE_MAX)
            return rp_str_sub(path, 0, at + strlen(folders[i]));
    }
    size_t at = path_find(path, "/src/");
    if (at != SIZE_MAX && at + 1 >= home)
        return rp_str_sub(path, 0, at + 1);
    size_t end = path.len;
    while (end > home && !is_separator((uint8_t)path.ptr[end - 1]))
        end--;
    return rp_str_sub(path, 0, end > 1 ? end : path.len);
}

static void classify(rp_str path, bool absolute, rp_path *ret)
{
    ret->rust = rp_str_ends(path, ".rs");
    ret->source = is_source(path);
    size_t home = absolute ? home_len(path, &ret->user) : 0;
    if (is_std(path, ret) || is_relative_std(path))
        ret->kind = RP_PATH_STD;
    else if (home != 0)
        ret->kind = RP_PATH_HOME;
    else if (!absolute)
        ret->kind = RP_PATH_OTHER;
    else
        ret->kind = is_packaged(path) ? RP_PATH_PACKAGED : RP_PATH_BUILD;
    ret->home = home != 0;
    if (ret->home || ret->kind == RP_PATH_BUILD)
        ret->root = root_of(path, home);
    if (ret->kind == RP_PATH_BUILD && ret->root.len == 1) {
        ret->kind = RP_PATH_PACKAGED; /* "/src/…", a neutral name: it tells of no folder */
        ret->root = (rp_str){NULL, 0};
    }
}

void rp_path_around(rp_bytes bytes, size_t anchor, rp_path *ret)
{
    size_t start = run_start(bytes, anchor);
    size_t end = run_end(bytes, anchor);
    rp_str run = text_of(bytes, start, end);
    size_t at = absolute_start(run, anchor - start);
    *ret = (rp_path){.start = start + (at == SIZE_MAX ? 0 : at), .end = end};
    classify(text_of(bytes, ret->start, end), at != SIZE_MAX, ret);
}

bool rp_path_is_service_user(rp_str user)
{
    static const char *const names[] = {"runner",
                                        "runneradmin",
                                        "circleci",
                                        "buildozer",
                                        "abuild",
                                        "builder",
                                        "build",
                                        "jenkins",
                                        "travis",
                                        "vsts",
                                        "VssAdministrator",
                                        "ContainerAdministrator",
                                        "appveyor",
                                        "buildbot",
                                        "gitlab-runner",
                                        "docker",
                                        "ubuntu",
                                        "ci",
                                        "worker",
                                        "rust",
                                        "cargo",
                                        "distiller",
                                        "buildkite-agent",
                                        "runneruser",
                                        "vagrant",
                                        "mockbuild",
                                        "linuxbrew",
                                        "brew",
                                        "admin",
                                        "root",
                                        "user",
                                        "Administrator"};
    for (size_t i = 0; i < RP_COUNT(names); i++)
        if (rp_str_is(user, names[i]))
            return true;
    return false;
}
