/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/landmark_names.h"

typedef struct {
    const char *name;
    rp_landmark_id id;
    bool prefix; /* any name that begins so */
} known_name;

/* The first that fits counts. */
static const known_name c_names[] = {
    {"__stack_chk_fail", RP_LM_STACK_CHK_FAIL, false},
    {"__stack_chk_fail_local", RP_LM_STACK_CHK_FAIL, false},
    {"__stack_smash_handler", RP_LM_STACK_CHK_FAIL, false}, /* OpenBSD */
    {"__security_check_cookie", RP_LM_STACK_CHK_FAIL, false},
    {"__security_pop_cookie", RP_LM_STACK_CHK_FAIL, false}, /* MSVC for ARM64 */
    {"__stack_chk_guard", RP_LM_STACK_GUARD, false},
    {"__guard_local", RP_LM_STACK_GUARD, false}, /* OpenBSD */
    {"__security_cookie", RP_LM_STACK_GUARD, false},
    {"__security_push_cookie", RP_LM_STACK_GUARD, false},
    {"__chkstk", RP_LM_CHKSTK, false},
    {"___chkstk_ms", RP_LM_CHKSTK, false},
    {"_chkstk", RP_LM_CHKSTK, false},
    {"__rust_probestack", RP_LM_CHKSTK, false},
    {"__cfi_slowpath", RP_LM_CFI_SLOWPATH, true},
    {"__ubsan_handle_cfi_check_fail", RP_LM_CFI_REPORT, true},
    {"__tls_get_addr", RP_LM_TLS_GET_ADDR, false},
    {"___tls_get_addr", RP_LM_TLS_GET_ADDR, false}, /* i386: argument in eax */
    {"__tls_get_offset", RP_LM_TLS_GET_ADDR, false},
    {"__emutls_get_address", RP_LM_EMUTLS, false},
    {"_tls_index", RP_LM_TLS_INDEX, false},
    {"__aeabi_read_tp", RP_LM_READ_TP, false},
    {"__x86_indirect_thunk", RP_LM_RETPOLINE, true},
    {"__llvm_retpoline_", RP_LM_RETPOLINE, true},
    {"__guard_retpoline_", RP_LM_RETPOLINE, true}, /* Windows' kernel, which writes calls of them */
    {"_guard_retpoline_", RP_LM_RETPOLINE, true},
    {"__llvm_lvi_thunk_", RP_LM_LVI_THUNK, true},
    {"__safestack_unsafe_stack_ptr", RP_LM_UNSAFE_STACK, false},
    {"__safestack_pointer_address", RP_LM_UNSAFE_STACK, false}, /* Android */
    {"__asan_", RP_LM_ASAN, true},
    {"__hwasan_", RP_LM_HWASAN, true},
    {"__msan_", RP_LM_MSAN, true},
    {"__tsan_", RP_LM_TSAN, true},
    {"__ubsan_handle_", RP_LM_UBSAN, true},
};

static rp_landmark_id c_name(rp_str name)
{
    for (size_t i = 0; i < RP_COUNT(c_names); i++)
        if (c_names[i].prefix ? rp_str_starts(name, c_names[i].name)
                              : rp_str_is(name, c_names[i].name))
            return c_names[i].id;
    return RP_LM_NONE;
}

/* The first identifiers of a mangled path, crate first. */
enum { MAX_PARTS = 6 };

typedef struct {
    rp_str parts[MAX_PARTS];
    uint32_t n;
} path;

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* One length-prefixed identifier at *at; v0 parts it from its length by '_' when it begins with a
 * digit or '_'. */
static bool identifier(rp_str s, size_t *at, bool v0, rp_str *ret)
{
    size_t len = 0, i = *at;
    if (i >= s.len || !digit(s.ptr[i]))
        return false;
    while (i < s.len && digit(s.ptr[i]) && len <= s.len)
        len = len * 10 + (size_t)(s.ptr[i++] - '0');
    if (v0 && i < s.len && s.ptr[i] == '_')
        i++;
    if (len > s.len - i)
        return false;
    *ret = rp_str_sub(s, i, len);
    *at = i + len;
    return true;
}

static void identifiers(rp_str s, size_t at, bool v0, path *ret)
{
    ret->n = 0;
    while (ret->n < MAX_PARTS) {
        if (v0 && at < s.len && s.ptr[at] == 's') { /* disambiguator: s <base 62> _ */
            while (at < s.len && s.ptr[at] != '_')
                at++;
            at++;
        }
        if (!identifier(s, &at, v0, &ret->parts[ret->n]))
            return;
        ret->n++;
    }
}

/* Plain paths only, "_RNvNtNtC<crate><module>…" and generic instances of them, "_RINv…": panic
 * entry points are free functions. Legacy: "_ZN<crate><module>…17h<hash>E". */
static bool parse_path(rp_str name, path *ret)
{
    if (rp_str_starts(name, "_ZN4core")) {
        identifiers(name, 3, false, ret);
        if (ret->n != 0 && ret->n < MAX_PARTS && ret->parts[ret->n - 1].len == 17)
            ret->n--; /* the hash */
        return ret->n > 1;
    }
    if (!rp_str_starts(name, "_RNv") && !rp_str_starts(name, "_RINv"))
        return false;
    size_t at = name.ptr[2] == 'I' ? 5 : 4;
    while (at + 1 < name.len && name.ptr[at] == 'N' && name.ptr[at + 1] >= 'a' &&
           name.ptr[at + 1] <= 'z')
        at += 2;
    if (at >= name.len || name.ptr[at] != 'C')
        return false;
    identifiers(name, at + 1, true, ret);
    return ret->n > 1 && rp_str_is(ret->parts[0], "core");
}

static bool part_is(const path *p, uint32_t i, const char *text)
{
    return i < p->n && rp_str_is(p->parts[i], text);
}

/* add, sub, mul, neg, shl, shr: what -C overflow-checks adds. Division is checked without it. */
static bool overflow(rp_str name)
{
    static const char *const names[] = {"panic_const_add_overflow", "panic_const_sub_overflow",
                                        "panic_const_mul_overflow", "panic_const_neg_overflow",
                                        "panic_const_shl_overflow", "panic_const_shr_overflow"};
    for (size_t i = 0; i < RP_COUNT(names); i++)
        if (rp_str_is(name, names[i]))
            return true;
    return false;
}

static rp_landmark_id panicking(const path *p, bool unsafe_preconditions)
{
    if (part_is(p, 2, "panic_const"))
        return p->n > 3 && overflow(p->parts[3]) ? RP_LM_OVERFLOW : RP_LM_PANIC;
    if (part_is(p, 2, "panic_bounds_check"))
        return RP_LM_BOUNDS;
    bool precondition = part_is(p, 2, "panic_nounwind") || part_is(p, 2, "panic_nounwind_fmt");
    return precondition && unsafe_preconditions ? RP_LM_DEBUG_ASSERT : RP_LM_PANIC;
}

/* core::slice::index::{slice_index_fail, slice_start_index_len_fail, …}, core::str::
 * slice_error_fail: out of line failures of indexing by ranges, whatever the release called them.
 */
static bool index_failure(const path *p)
{
    bool slice = part_is(p, 1, "slice") && part_is(p, 2, "index") && p->n > 3;
    bool text = part_is(p, 1, "str") && p->n > 2;
    if (!slice && !text)
        return false;
    rp_str name = p->parts[slice ? 3 : 2];
    return rp_str_starts(name, "slice_") &&
           (rp_str_ends(name, "_fail") || rp_str_ends(name, "_fail_rt"));
}

static rp_landmark_id rust_name(rp_str name, bool unsafe_preconditions)
{
    path p;
    /* core's assert_unsafe_precondition makes a function of that name in the one it guards */
    if (unsafe_preconditions && rp_str_find(name, RP_STR("18precondition_check")) != SIZE_MAX)
        return RP_LM_DEBUG_ASSERT;
    if (!parse_path(name, &p))
        return RP_LM_NONE;
    if (part_is(&p, 1, "panicking") && p.n > 2)
        return panicking(&p, unsafe_preconditions);
    return index_failure(&p) ? RP_LM_BOUNDS : RP_LM_NONE;
}

rp_landmark_id rp_landmark_of_name(rp_str name, bool unsafe_preconditions)
{
    if (name.len < 4 || name.ptr[0] != '_')
        return RP_LM_NONE;
    if (name.ptr[1] == 'R' || name.ptr[1] == 'Z')
        return rust_name(name, unsafe_preconditions);
    return c_name(name);
}
