/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "facts/fortify.h"

#include "base/limits.h"
#include "base/search.h"

/* glibc 2.41: every <name> that has a __<name>_chk in debug/ or in the fortify headers. Sorted. */
static const char *const functions[] = {
    /* clang-format off */
    "asprintf", "confstr", "dprintf", "explicit_bzero", "fdelt", "fgets", "fgets_unlocked",
    "fgetws", "fgetws_unlocked", "fprintf", "fread", "fread_unlocked", "fwprintf", "getcwd",
    "getdomainname", "getgroups", "gethostname", "getlogin_r", "gets", "getwd", "longjmp",
    "mbsnrtowcs", "mbsrtowcs", "mbstowcs", "memcpy", "memmove", "mempcpy", "memset",
    "obstack_printf", "obstack_vprintf", "poll", "ppoll", "pread", "pread64", "printf",
    "ptsname_r", "read", "readlink", "readlinkat", "realpath", "recv", "recvfrom", "snprintf",
    "sprintf", "stpcpy", "stpncpy", "strcat", "strcpy", "strlcat", "strlcpy", "strncat",
    "strncpy", "swprintf", "syslog", "ttyname_r", "vasprintf", "vdprintf", "vfprintf",
    "vfwprintf", "vprintf", "vsnprintf", "vsprintf", "vswprintf", "vsyslog", "vwprintf", "wcpcpy",
    "wcpncpy", "wcrtomb", "wcscat", "wcscpy", "wcslcat", "wcslcpy", "wcsncat", "wcsncpy",
    "wcsnrtombs", "wcsrtombs", "wcstombs", "wctomb", "wmemcpy", "wmemmove", "wmempcpy", "wmemset",
    "wprintf",
    /* clang-format on */
};

_Static_assert(RP_COUNT(functions) <= RP_FORTIFY_MAX, "rp_fortify has room for every function");

static size_t find(rp_str name)
{
    size_t low;
    RP_SEARCH(low, RP_COUNT(functions), rp_str_cmp(rp_str_from(functions[low]), name) < 0);
    return low < RP_COUNT(functions) && rp_str_cmp(rp_str_from(functions[low]), name) == 0
               ? low
               : SIZE_MAX;
}

void rp_fortify_count(rp_fortify *f, rp_str name, bool defined)
{
    bool checked = rp_str_starts(name, "__") && rp_str_ends(name, "_chk") && name.len > 6;
    size_t i = find(checked ? rp_str_sub(name, 2, name.len - 6) : name);
    if (i == SIZE_MAX)
        return;
    f->checked[i] |= checked;
    f->plain[i] |= !checked && !defined;
}

/* The names of those that are set, as many as evidence shows; *ret_n counts all. */
static const rp_str *collect(const bool *set, rp_arena *arena, uint32_t *ret_n, uint32_t *ret_shown)
{
    rp_str *names = rp_new(arena, RP_MAX_EVIDENCE, rp_str);
    uint32_t n = 0;
    for (size_t i = 0; i < RP_COUNT(functions) && names != NULL; i++) {
        if (set[i] && n < RP_MAX_EVIDENCE)
            names[n] = rp_str_from(functions[i]);
        n += set[i];
    }
    *ret_n = n;
    *ret_shown = n < RP_MAX_EVIDENCE ? n : RP_MAX_EVIDENCE;
    return names;
}

bool rp_fortify_names(const rp_fortify *f, rp_arena *arena, rp_symbol_facts *ret)
{
    ret->fortified_names = collect(f->checked, arena, &ret->fortified, &ret->nfortified_names);
    ret->fortifiable_names = collect(f->plain, arena, &ret->fortifiable, &ret->nfortifiable_names);
    return ret->fortified_names != NULL && ret->fortifiable_names != NULL;
}
