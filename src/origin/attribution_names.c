/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "origin/attribution_names.h"

#include "origin/runtime_name.h"

enum { UNIT_HASH = 16 };

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

rp_str rp_unit_crate(rp_str object)
{
    size_t at = rp_str_find(object, RP_STR("-cgu."));
    if (at == SIZE_MAX || at < UNIT_HASH + 2 || object.ptr[at - UNIT_HASH - 1] != '.')
        return (rp_str){"", 0};
    for (size_t i = at - UNIT_HASH; i < at; i++)
        if (!is_hex(object.ptr[i]))
            return (rp_str){"", 0};
    rp_str crate = rp_str_sub(object, 0, at - UNIT_HASH - 1);
    for (size_t i = crate.len; i > 0; i--)
        if (crate.ptr[i - 1] == '/')
            return rp_str_sub(crate, i, SIZE_MAX);
    return crate;
}

rp_owner rp_owner_of_file(rp_str file)
{
    static const struct {
        const char *end;
        rp_owner owner;
    } table[] = {{"crtstuff.c", RP_OWNER_RUNTIME},
                 {"safestack.cpp", RP_OWNER_RUNTIME},
                 {"safestack.cpp.o", RP_OWNER_RUNTIME},
                 {".c", RP_OWNER_C},
                 {".cc", RP_OWNER_CPP},
                 {".cpp", RP_OWNER_CPP},
                 {".cxx", RP_OWNER_CPP},
                 {".C", RP_OWNER_CPP},
                 {".s", RP_OWNER_ASSEMBLY},
                 {".S", RP_OWNER_ASSEMBLY},
                 {".asm", RP_OWNER_ASSEMBLY},
                 {".go", RP_OWNER_OTHER},
                 {".swift", RP_OWNER_OTHER},
                 {".rs", RP_OWNER_RUST_USER}};
    for (size_t i = 0; i < RP_COUNT(table); i++)
        if (rp_str_ends(file, table[i].end))
            return table[i].owner;
    return rp_unit_crate(file).len != 0 ? RP_OWNER_RUST_USER : RP_OWNER_UNKNOWN;
}

static bool has_prefix(rp_str name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (rp_str_starts(name, list[i]))
            return true;
    return false;
}

/* Names that std and rustc's allocator shim write without mangling. */
static bool is_rust_runtime(rp_str name)
{
    static const char *const list[] = {
        "rust_begin_unwind", "rust_eh_personality", "rust_panic",    "__rust_", "__rdl_", "__rg_",
        "rust_oom",          "__rust_probestack",   "DW.ref.rust_eh"};
    return has_prefix(rp_runtime_name(name), list, RP_COUNT(list));
}

/* Sanitizers' runtimes, compiler-rt, libgcc and the C runtime's stubs. */
static bool is_runtime(rp_str name)
{
    static const char *const list[] = {"__asan_",
                                       "__hwasan_",
                                       "__msan_",
                                       "__tsan_",
                                       "__ubsan_",
                                       "__lsan_",
                                       "__safestack_",
                                       "__get_unsafe_stack_",
                                       "__sanitizer",
                                       "__interceptor_",
                                       "___interceptor_",
                                       "__interception",
                                       "__cfi_",
                                       "__x86_indirect_thunk",
                                       "__x86_return_thunk",
                                       "__llvm_retpoline",
                                       "__llvm_slsblr_thunk_",
                                       "__call_indirect_",
                                       "__stack_chk_fail",
                                       "__chkstk",
                                       "___chkstk",
                                       "__x86.get_pc_thunk",
                                       "__libc_",
                                       "__security_",
                                       "__GSHandler",
                                       "_Unwind_",
                                       "__mingw_",
                                       "__gcc_",
                                       "__register_frame",
                                       "__deregister_frame",
                                       "__scrt_",
                                       "__guard_"};
    return has_prefix(name, list, RP_COUNT(list));
}

static rp_owner owner_of_name(rp_str name, rp_mangled *ret)
{
    *ret = rp_mangled_parse(name);
    switch (ret->scheme) {
    case RP_MANGLED_RUST_LEGACY:
    case RP_MANGLED_RUST_V0:
        return RP_OWNER_RUST_USER;
    case RP_MANGLED_CPP:
    case RP_MANGLED_MSVC:
        return RP_OWNER_CPP;
    case RP_MANGLED_GO_OR_SWIFT:
        return RP_OWNER_OTHER;
    case RP_MANGLED_NOT:
        break;
    }
    if (is_rust_runtime(name))
        return RP_OWNER_RUST_STD;
    return is_runtime(name) ? RP_OWNER_RUNTIME : RP_OWNER_UNKNOWN;
}

rp_named rp_owner_of_names(const rp_function *f)
{
    rp_named n = {.owner = RP_OWNER_UNKNOWN};
    n.owner = owner_of_name(f->name, &n.parsed);
    for (uint16_t i = 0; i < f->naliases && n.owner == RP_OWNER_UNKNOWN; i++)
        n.owner = owner_of_name(f->aliases[i], &n.parsed);
    return n;
}
