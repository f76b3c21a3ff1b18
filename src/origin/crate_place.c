/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "origin/crate_place.h"

enum {
    COMPONENTS_MAX = 64, /* folders of a path that are looked at */
    NAME_MAX_LEN = 64,   /* crates.io */
    HASH = 16            /* hexadecimal digits of Cargo's short hashes */
};

static bool is_separator(char c)
{
    return c == '/' || c == '\\';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool all_hex(rp_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_digit(s.ptr[i]) && (s.ptr[i] < 'a' || s.ptr[i] > 'f'))
            return false;
    return s.len != 0;
}

/* ---- NAME-VERSION ---- */

static size_t digits(rp_str s, size_t at)
{
    while (at < s.len && is_digit(s.ptr[at]))
        at++;
    return at;
}

/* Identifiers of SemVer behind '-' or '+': to the end or to `stop`. */
static size_t identifiers(rp_str s, size_t at, char stop)
{
    while (at < s.len && s.ptr[at] != stop &&
           (is_digit(s.ptr[at]) || is_alpha(s.ptr[at]) || s.ptr[at] == '.' || s.ptr[at] == '-'))
        at++;
    return at;
}

/* semver.org: N.N.N[-pre][+build], and nothing behind. */
static bool is_version(rp_str s)
{
    size_t at = 0;
    for (int i = 0; i < 3; i++) {
        size_t end = digits(s, at);
        if (end == at || (i < 2 && (end >= s.len || s.ptr[end] != '.')))
            return false;
        at = i < 2 ? end + 1 : end;
    }
    if (at + 1 < s.len && s.ptr[at] == '-')
        at = identifiers(s, at + 1, '+');
    if (at + 1 < s.len && s.ptr[at] == '+')
        at = identifiers(s, at + 1, '\0');
    return at == s.len;
}

static bool is_name(rp_str s)
{
    if (s.len == 0 || s.len > NAME_MAX_LEN || !(is_alpha(s.ptr[0]) || s.ptr[0] == '_'))
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!is_alpha(s.ptr[i]) && !is_digit(s.ptr[i]) && s.ptr[i] != '_' && s.ptr[i] != '-')
            return false;
    return true;
}

bool rp_crate_split(rp_str folder, rp_str *ret_name, rp_str *ret_version)
{
    for (size_t i = 1; i + 5 < folder.len; i++) {
        if (folder.ptr[i] != '-' || !is_digit(folder.ptr[i + 1]))
            continue;
        rp_str name = rp_str_sub(folder, 0, i), version = rp_str_sub(folder, i + 1, SIZE_MAX);
        if (!is_name(name))
            return false;
        if (!is_version(version))
            continue;
        *ret_name = name;
        *ret_version = version;
        return true;
    }
    return false;
}

/* ---- components ---- */

typedef struct {
    rp_str c[COMPONENTS_MAX];
    unsigned n; /* folders, without the file's name */
    bool absolute;
    rp_crate_place *ret;
} parts;

static void split_path(rp_str path, parts *p)
{
    size_t at = 0;
    p->absolute = path.len > 2 && (is_separator(path.ptr[0]) || path.ptr[1] == ':');
    while (at < path.len && p->n < COMPONENTS_MAX) {
        size_t end = at;
        while (end < path.len && !is_separator(path.ptr[end]))
            end++;
        if (end > at && end < path.len)
            p->c[p->n++] = rp_str_sub(path, at, end - at);
        at = end + 1;
    }
}

static rp_str part(const parts *p, unsigned i)
{
    return i < p->n ? p->c[i] : (rp_str){"", 0};
}

static bool part_is(const parts *p, unsigned i, const char *text)
{
    return i < p->n && rp_str_is(p->c[i], text);
}

/* The folder at i is NAME-VERSION. */
static bool take(parts *p, unsigned i, rp_place_kind kind)
{
    if (!rp_crate_split(part(p, i), &p->ret->name, &p->ret->version))
        return false;
    p->ret->kind = kind;
    return true;
}

/* Some versions on crates.io are no SemVer ("1.0", "0.1.00"): where the layout is sure, what
 * follows the first '-' before a digit is one. */
static bool take_any(parts *p, unsigned i, rp_place_kind kind)
{
    rp_str s = part(p, i);
    if (take(p, i, kind))
        return true;
    for (size_t at = 1; at + 2 < s.len; at++) {
        size_t end = digits(s, at + 1);
        if (s.ptr[at] != '-' || end == at + 1 || end >= s.len || s.ptr[end] != '.')
            continue;
        p->ret->kind = kind;
        p->ret->name = rp_str_sub(s, 0, at);
        p->ret->version = rp_str_sub(s, at + 1, SIZE_MAX);
        return is_name(p->ret->name);
    }
    return false;
}

/* ---- layouts; each looks at the folder at i and what follows ---- */

static bool registry(parts *p, unsigned i)
{
    if (part_is(p, i, "cargo_registry"))
        return take(p, i + 1, RP_PLACE_DISTRIBUTION);
    if (!part_is(p, i, "registry"))
        return false;
    if (part_is(p, i + 1, "src") && take_any(p, i + 3, RP_PLACE_CARGO_HOME)) {
        p->ret->index = part(p, i + 2);
        return true;
    }
    rp_str id = part(p, i + 1);
    if (id.len == HASH && all_hex(id) && take_any(p, i + 2, RP_PLACE_TRIMMED)) {
        p->ret->index = id;
        return true;
    }
    return take(p, i + 1, RP_PLACE_DISTRIBUTION);
}

/* "rust-serde-1.0.136.tar.gz", as Guix unpacks crates. */
static bool guix(parts *p, unsigned i)
{
    rp_str s = part(p, i);
    if (!rp_str_starts(s, "rust-"))
        return false;
    s = rp_str_sub(s, 5, SIZE_MAX);
    bool tar = rp_str_ends(s, ".tar.gz"), crate = rp_str_ends(s, ".crate");
    if (!tar && !crate)
        return false;
    s.len -= tar ? 7 : 6;
    p->ret->kind = RP_PLACE_VENDOR;
    return rp_crate_split(s, &p->ret->name, &p->ret->version);
}

static bool is_vendor(rp_str s)
{
    return rp_str_is(s, "vendor") || rp_str_is(s, "vendored") || rp_str_ends(s, "-vendor") ||
           rp_str_ends(s, "_vendor") || rp_str_is(s, "cargo-vendor-dir");
}

/* vendor/NAME/src/: cargo vendor gives versions to folders only where two of a name meet. */
static bool vendor_without_version(parts *p, unsigned i)
{
    if (!is_name(part(p, i + 1)) || !part_is(p, i + 2, "src"))
        return false;
    p->ret->kind = RP_PLACE_VENDOR;
    p->ret->name = part(p, i + 1);
    return true;
}

static bool vendor(parts *p, unsigned i)
{
    if (!is_vendor(part(p, i)))
        return false;
    rp_str next = part(p, i + 1);
    if (rp_str_starts(next, "source-git-"))
        return take(p, i + 2, RP_PLACE_GIT);
    if (rp_str_starts(next, "source-"))
        return take(p, i + 2, RP_PLACE_VENDOR);
    return guix(p, i + 1) || take_any(p, i + 1, RP_PLACE_VENDOR) || vendor_without_version(p, i);
}

/* external/crates__serde-1.0.136/, external/rules_rust++crate+crates__serde-1.0.136/ */
static bool bazel(parts *p, unsigned i)
{
    rp_str s = part(p, i);
    if (i == 0 || !part_is(p, i - 1, "external"))
        return false;
    for (size_t at = s.len; at >= 2; at--)
        if (s.ptr[at - 1] == '_' && s.ptr[at - 2] == '_') {
            p->ret->kind = RP_PLACE_BAZEL;
            return rp_crate_split(rp_str_sub(s, at, SIZE_MAX), &p->ret->name, &p->ret->version);
        }
    return false;
}

static bool deps(parts *p, unsigned i)
{
    if (!part_is(p, i, "deps"))
        return false;
    bool trimmed = i == 1 && part_is(p, 0, "cargo");
    return take(p, i + 1, trimmed ? RP_PLACE_CARGO_PATH : RP_PLACE_DEPS);
}

/* "tokio-377c595163f99a10" → "tokio" */
static rp_str without_hash(rp_str s)
{
    size_t n = s.len > HASH + 1 ? s.len - HASH - 1 : 0;
    return n != 0 && s.ptr[n] == '-' && all_hex(rp_str_sub(s, n + 1, HASH)) ? rp_str_sub(s, 0, n)
                                                                            : s;
}

/* The folder above src/ names the package of a repository with several, the repository the others.
 */
static rp_str package_in(const parts *p, unsigned from, rp_str repository)
{
    for (unsigned i = p->n; i-- > from + 1;)
        if (rp_str_is(p->c[i], "src") || rp_str_is(p->c[i], "tests") ||
            rp_str_is(p->c[i], "examples") || rp_str_is(p->c[i], "benches"))
            return p->c[i - 1];
    return repository;
}

static bool git(parts *p, unsigned i)
{
    bool checkouts = part_is(p, i, "checkouts") && i > 0 && part_is(p, i - 1, "git");
    bool trimmed = part_is(p, i, "git") && i == 1 && part_is(p, 0, "cargo");
    if ((!checkouts && !trimmed) || i + 2 >= p->n || !all_hex(p->c[i + 2]))
        return false;
    p->ret->kind = RP_PLACE_GIT;
    p->ret->revision = p->c[i + 2];
    p->ret->name = package_in(p, i + 3, without_hash(p->c[i + 1]));
    return is_name(p->ret->name);
}

/* Folders below which builders of distributions unpack a package under NAME-VERSION. */
static bool is_builder(const parts *p, unsigned i)
{
    static const char *const tops[] = {"build", "builddir", "BUILD", "reproducible-path", "debian"};
    for (size_t k = 0; p->absolute && i > 0 && k < RP_COUNT(tops); k++)
        if (rp_str_is(p->c[i - 1], tops[k]))
            return true;
    return false;
}

static bool folder(parts *p, unsigned i)
{
    return take(p, i, is_builder(p, i) ? RP_PLACE_BUILD_FOLDER : RP_PLACE_FOLDER) &&
           !rp_str_is(p->ret->name, "rustc");
}

static bool known_layout(parts *p, unsigned i)
{
    static const rp_crate_place none = {
        .name = {"", 0}, .version = {"", 0}, .index = {"", 0}, .revision = {"", 0}};
    bool (*const layouts[])(parts *, unsigned) = {registry, vendor, bazel, deps, git};
    for (size_t k = 0; k < RP_COUNT(layouts); k++) {
        *p->ret = none;
        if (layouts[k](p, i))
            return true;
    }
    *p->ret = none;
    return false;
}

bool rp_crate_place_of(rp_str path, rp_crate_place *ret)
{
    static const rp_crate_place none = {
        .name = {"", 0}, .version = {"", 0}, .index = {"", 0}, .revision = {"", 0}};
    parts p = {.ret = ret};
    *ret = none;
    split_path(path, &p);
    for (unsigned i = 0; i < p.n; i++)
        if (known_layout(&p, i))
            return true;
    for (unsigned i = 0; i < p.n; i++)
        if (folder(&p, i))
            return true;
    *ret = none;
    return false;
}

/* Hashes that Cargo has given to crates.io's folder: of the repository on 64-bit, 32-bit and
 * big-endian hosts; of the sparse index up to 1.84 and since. */
static const char *const crates_io_hashes[] = {"1ecc6299db9ec823", "88ac128001ac3a9a",
                                               "eae4ba8cbf2ce1c7", "6f17d22bba15001f",
                                               "1cd66030c949c28d", "1949cf8c6b5b557f"};

rp_tri rp_crate_index_is_crates_io(const rp_crate_place *place)
{
    rp_str s = place->index;
    if (place->kind == RP_PLACE_TRIMMED)
        return rp_str_is(s, "25cdd57fae9f0462") ? RP_YES : RP_NO;
    if (place->kind != RP_PLACE_CARGO_HOME)
        return RP_UNKNOWN;
    for (size_t i = 0; i < RP_COUNT(crates_io_hashes); i++)
        if (s.len > HASH && rp_str_ends(s, crates_io_hashes[i]))
            return RP_YES;
    rp_str host = without_hash(s);
    if (rp_str_ends(host, ".crates.io"))
        return RP_YES;
    return rp_str_is(host, "github.com") || host.len == s.len ? RP_UNKNOWN : RP_NO;
}
