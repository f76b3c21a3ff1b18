/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A load configuration for images without a C runtime: lld-link finds _load_config_used by name. What it shall hold
 * is chosen with -D:
 *   SIZE=n          the Size field (all of the structure)
 *   COOKIE=n        a security cookie with that value (none)
 *   EXTRA_FLAGS=n   added to the linker's GuardFlags (0)
 *   CASTGUARD=1     the CastGuard field points somewhere
 *   XFG=1           so do the XFG fields
 *   CHPE=1          so does CHPEMetadataPointer */
#if defined(__i386__)
#define POINTER .long
#define ALIGN 4
#define NAME(x) _##x
#define CODE_INTEGRITY_TO_IAT 12
#define WHOLE 0xc0
#define HEAD 0x3c - 4
#else
#define POINTER .quad
#define ALIGN 8
#define NAME(x) x
#define CODE_INTEGRITY_TO_IAT 12
#define WHOLE 0x140
#define HEAD 0x58 - 4
#endif
#ifndef SIZE
#define SIZE WHOLE
#endif
#ifndef EXTRA_FLAGS
#define EXTRA_FLAGS 0
#endif

#if defined(__i386__) /* /safeseh takes no object that does not say that it has none, or all registered */
    .def @feat.00
    .scl 3
    .type 0
    .endef
    .globl @feat.00
@feat.00 = 1
#endif

    .section .00cfg, "dr"
    .balign ALIGN
    .globl NAME(__guard_check_icall_fptr)
NAME(__guard_check_icall_fptr):
    POINTER NAME(guard_nothing)
    .globl NAME(__guard_dispatch_icall_fptr)
NAME(__guard_dispatch_icall_fptr):
    POINTER NAME(guard_nothing)

#ifdef XFG
    .globl NAME(__guard_xfg_check_icall_fptr)
NAME(__guard_xfg_check_icall_fptr):
    POINTER NAME(guard_nothing)
    .globl NAME(__guard_xfg_dispatch_icall_fptr)
NAME(__guard_xfg_dispatch_icall_fptr):
    POINTER NAME(guard_nothing)
#endif

    .text
    .globl NAME(guard_nothing)
NAME(guard_nothing):
    ret

    .data
    .balign ALIGN
    .globl NAME(__security_cookie)
NAME(__security_cookie):
NAME(cookie):
#ifdef COOKIE
    POINTER COOKIE
#else
    POINTER 0
#endif

    .section .rdata, "dr"
    .balign 16
    .globl NAME(_load_config_used)
NAME(_load_config_used):
    .long SIZE
    .fill HEAD, 1, 0
#ifdef COOKIE
    POINTER NAME(cookie)
#else
    POINTER 0
#endif
#if defined(__i386__)
    POINTER NAME(__safe_se_handler_table)
    POINTER NAME(__safe_se_handler_count)
#else
    POINTER 0
    POINTER 0
#endif
    POINTER NAME(__guard_check_icall_fptr)
    POINTER NAME(__guard_dispatch_icall_fptr)
    POINTER NAME(__guard_fids_table)
    POINTER NAME(__guard_fids_count)
    .long NAME(__guard_flags) + EXTRA_FLAGS
    .fill CODE_INTEGRITY_TO_IAT, 1, 0
    POINTER NAME(__guard_iat_table)
    POINTER NAME(__guard_iat_count)
    POINTER NAME(__guard_longjmp_table)
    POINTER NAME(__guard_longjmp_count)
    POINTER 0 /* DynamicValueRelocTable */
#ifdef CHPE
    POINTER NAME(cookie)
#else
    POINTER 0
#endif
    .fill 2, ALIGN, 0 /* return flow guard: two pointers, */
    .fill 8, 1, 0     /* a table offset, a section and padding, */
    POINTER 0         /* a third pointer */
    .fill 8, 1, 0     /* hot patch table and padding */
    POINTER 0         /* enclave */
    POINTER 0         /* volatile metadata */
    POINTER NAME(__guard_eh_cont_table)
    POINTER NAME(__guard_eh_cont_count)
#ifdef XFG
    POINTER NAME(__guard_xfg_check_icall_fptr)
    POINTER NAME(__guard_xfg_dispatch_icall_fptr)
    POINTER NAME(__guard_xfg_dispatch_icall_fptr)
#else
    .fill 3, ALIGN, 0
#endif
#ifdef CASTGUARD
    POINTER NAME(cookie)
#else
    POINTER 0
#endif
    POINTER 0 /* memcpy */
NAME(load_config_end):
