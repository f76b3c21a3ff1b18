/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What is common to the schemes, and the legacy scheme. */
#include "origin/demangle.h"

#include "base/utf8.h"
#include "origin/demangle_v0.h"

enum { HASH = 17 }; /* "h" and 16 hex digits: the last part of each legacy name */

/* Mach-O puts one more '_' before each name; 32-bit Windows takes one away. */
static rp_str after_prefix(rp_str name, const char *prefix)
{
    for (size_t underscores = 0; underscores <= 2; underscores++) {
        size_t n = strlen(prefix);
        if (name.len > underscores + n && memcmp("__", name.ptr, underscores) == 0 &&
            memcmp(name.ptr + underscores, prefix, n) == 0)
            return rp_str_sub(name, underscores + n, SIZE_MAX);
    }
    return (rp_str){NULL, 0};
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

static bool is_upper_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || c == '@';
}

/* ThinLTO appends ".llvm." and a number to what it makes visible; no part of the name. */
static rp_str without_llvm_suffix(rp_str name)
{
    size_t at = rp_str_find(name, RP_STR(".llvm."));
    if (at == SIZE_MAX)
        return name;
    for (size_t i = at + 6; i < name.len; i++)
        if (!is_upper_hex(name.ptr[i]))
            return name;
    return rp_str_sub(name, 0, at);
}

/* The next length-prefixed part of a legacy name; false at the end or when malformed. */
static bool legacy_part(rp_str *rest, rp_str *ret)
{
    size_t len = 0, digits = 0;
    while (digits < rest->len && rest->ptr[digits] >= '0' && rest->ptr[digits] <= '9') {
        len = len * 10 + (size_t)(rest->ptr[digits] - '0');
        if (++digits > 7)
            return false;
    }
    if (digits == 0 || len == 0 || len > rest->len - digits)
        return false;
    *ret = rp_str_sub(*rest, digits, len);
    *rest = rp_str_sub(*rest, digits + len, SIZE_MAX);
    return true;
}

static bool is_hash(rp_str part)
{
    if (part.len != HASH || part.ptr[0] != 'h')
        return false;
    for (size_t i = 1; i < HASH; i++)
        if (!is_hex(part.ptr[i]))
            return false;
    return true;
}

/* Walks the parts; true when there are at least two, the last a hash, then 'E' and at most a '.'
 * suffix. */
static bool legacy_valid(rp_str inner, rp_str *ret_first, rp_str *ret_suffix)
{
    rp_str rest = inner, part, last = {NULL, 0};
    size_t n = 0;
    while (legacy_part(&rest, &part)) {
        if (n++ == 0)
            *ret_first = part;
        last = part;
    }
    if (n < 2 || !is_hash(last) || rest.len == 0 || rest.ptr[0] != 'E')
        return false;
    *ret_suffix = rp_str_sub(rest, 1, SIZE_MAX);
    return ret_suffix->len == 0 || ret_suffix->ptr[0] == '.';
}

/* "$LT$" and kin; false when it is no escape. */
static bool legacy_escape(rp_str code, rp_buf *out)
{
    static const struct {
        const char *code, *text;
    } table[] = {{"SP", "@"}, {"BP", "*"}, {"RF", "&"}, {"LT", "<"},
                 {"GT", ">"}, {"LP", "("}, {"RP", ")"}, {"C", ","}};
    for (size_t i = 0; i < RP_COUNT(table); i++)
        if (rp_str_is(code, table[i].code)) {
            rp_buf_puts(out, table[i].text);
            return true;
        }
    if (code.len < 2 || code.len > 7 || code.ptr[0] != 'u')
        return false;
    uint32_t c = 0;
    for (size_t i = 1; i < code.len; i++) {
        if (!is_hex(code.ptr[i]))
            return false;
        char d = code.ptr[i];
        c = c * 16 + (uint32_t)(d <= '9' ? d - '0' : d - 'a' + 10);
    }
    if (c < 0x20 || (c >= 0x7f && c < 0xa0))
        return false;
    return rp_utf8_put(out, c);
}

static void legacy_text(rp_str part, rp_buf *out)
{
    if (rp_str_starts(part, "_$"))
        part = rp_str_sub(part, 1, SIZE_MAX);
    while (part.len != 0) {
        size_t take = 1;
        if (part.ptr[0] == '.') {
            take = part.len > 1 && part.ptr[1] == '.' ? 2 : 1;
            rp_buf_puts(out, take == 2 ? "::" : ".");
        } else if (part.ptr[0] == '$') {
            size_t end = rp_str_find(rp_str_sub(part, 1, SIZE_MAX), RP_STR("$"));
            if (end == SIZE_MAX || !legacy_escape(rp_str_sub(part, 1, end), out)) {
                rp_buf_put(out, part); /* as rustc-demangle: the rest stays as it is */
                return;
            }
            take = end + 2;
        } else {
            while (take < part.len && part.ptr[take] != '.' && part.ptr[take] != '$')
                take++;
            rp_buf_put(out, rp_str_sub(part, 0, take));
        }
        part = rp_str_sub(part, take, SIZE_MAX);
    }
}

static void legacy_print(rp_str inner, bool with_hashes, rp_buf *out)
{
    rp_str rest = inner, part;
    for (size_t n = 0; legacy_part(&rest, &part); n++) {
        bool last = rest.len != 0 && rest.ptr[0] == 'E';
        if (last && !with_hashes && is_hash(part))
            break;
        if (n != 0)
            rp_buf_puts(out, "::");
        legacy_text(part, out);
    }
}

/* The crate of a legacy path: its first part, or for "<impl …>" and "<T as …>" parts the first path
 * inside. */
static rp_str legacy_crate(rp_str first)
{
    if (!rp_str_starts(first, "_$LT$") && !rp_str_starts(first, "$LT$"))
        return first;
    rp_str s = rp_str_sub(first, first.ptr[0] == '_' ? 5 : 4, SIZE_MAX);
    /* "_$LT$alloc..vec..Vec$LT$T$GT$$u20$as$u20$core..…": the type's crate owns the impl more often
     * than not */
    size_t i = 0;
    while (i < s.len &&
           ((s.ptr[i] >= 'a' && s.ptr[i] <= 'z') || (s.ptr[i] >= '0' && s.ptr[i] <= '9') ||
            (s.ptr[i] >= 'A' && s.ptr[i] <= 'Z') || s.ptr[i] == '_'))
        i++;
    bool path = i != 0 && i + 1 < s.len && s.ptr[i] == '.' && s.ptr[i + 1] == '.';
    return path ? rp_str_sub(s, 0, i) : (rp_str){"", 0};
}

static rp_mangled legacy_info(rp_str inner, rp_str first)
{
    rp_mangled m = {.scheme = RP_MANGLED_RUST_LEGACY, .crate = legacy_crate(first)};
    m.closure = rp_str_find(inner, RP_STR("$u7b$$u7b$closure$u7d$$u7d$")) != SIZE_MAX;
    m.generic = rp_str_find(inner, RP_STR("$LT$")) != SIZE_MAX;
    m.shim = rp_str_find(inner, RP_STR("drop_in_place")) != SIZE_MAX ||
             rp_str_find(inner, RP_STR("$u7b$$u7b$vtable.shim$u7d$$u7d$")) != SIZE_MAX;
    return m;
}

rp_mangled rp_mangled_parse(rp_str name)
{
    rp_mangled m = {.scheme = RP_MANGLED_NOT, .crate = {"", 0}, .instantiated_in = {"", 0}};
    if (name.len == 0 || strchr("_RZ?$gr", name.ptr[0]) == NULL)
        return m; /* no scheme's first letter: most names of C */
    name = without_llvm_suffix(name);
    rp_str inner = after_prefix(name, "R");
    if (inner.ptr != NULL && rp_v0_parse(inner, &m))
        return m;
    inner = after_prefix(name, "ZN");
    rp_str first, suffix;
    if (inner.ptr != NULL && legacy_valid(inner, &first, &suffix))
        return legacy_info(inner, first);
    if (rp_str_starts(name, "_Z") || rp_str_starts(name, "__Z") || rp_str_starts(name, "___Z"))
        m.scheme = RP_MANGLED_CPP;
    else if (rp_str_starts(name, "?"))
        m.scheme = RP_MANGLED_MSVC;
    else if (rp_str_starts(name, "$s") || rp_str_starts(name, "_$s") ||
             rp_str_starts(name, "go:") || rp_str_starts(name, "runtime."))
        m.scheme = RP_MANGLED_GO_OR_SWIFT;
    return m;
}

bool rp_demangle(rp_str name, bool with_hashes, rp_buf *out)
{
    rp_str suffix = {"", 0}, first;
    name = without_llvm_suffix(name);
    rp_str inner = after_prefix(name, "R");
    if (inner.ptr != NULL && rp_v0_print(inner, with_hashes, out))
        return true;
    inner = after_prefix(name, "ZN");
    if (inner.ptr == NULL || !legacy_valid(inner, &first, &suffix))
        return false;
    legacy_print(inner, with_hashes, out);
    rp_buf_put(out, suffix);
    return true;
}
