/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What functions with a stack cookie call in Windows code before they return: compares it (rcx, ecx, x0) with the
 * one that the load configuration names. */
    .text
#if defined(__x86_64__)
    .globl __security_check_cookie
    .p2align 4
__security_check_cookie:
    cmpq __security_cookie(%rip), %rcx
    jne 1f
    retq
1:  int $0x29
#elif defined(__i386__)
    .globl @__security_check_cookie@4
    .p2align 4
@__security_check_cookie@4:
    cmpl ___security_cookie, %ecx
    jne 1f
    retl
1:  int $0x29
#else
    .globl __security_check_cookie
    .p2align 4
__security_check_cookie:
    adrp x8, __security_cookie
    ldr x8, [x8, :lo12:__security_cookie]
    cmp x0, x8
    b.ne 1f
    ret
1:  brk #0xf003
#endif
