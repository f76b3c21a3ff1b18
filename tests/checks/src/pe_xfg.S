/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What Microsoft's compiler alone writes: with XFG, eight bytes of hash stand before each function whose address is
 * taken, and an indirect call goes through a pointer that compares them with r10. Made by hand from the documented form;
 * P_ becomes a_ and b_. */
    .text
#ifdef XFG
    .balign 16
    .fill 8, 1, 0xcc
    .quad 0x8a1d3ad7c4f2e671 /* hash of int (int), its lowest bit set: a call target */
#endif
    .globl P_leaf
    .def P_leaf; .scl 2; .type 32; .endef
P_leaf:
    leal 7(%rcx), %eax
    retq

    .globl P_pointer
    .def P_pointer; .scl 2; .type 32; .endef
    .seh_proc P_pointer
P_pointer:
    subq $40, %rsp
    .seh_stackalloc 40
    .seh_endprologue
    movq %rcx, %rax
    movl %edx, %ecx
#if defined(XFG)
    movabsq $0x8a1d3ad7c4f2e670, %r10
    callq *__guard_xfg_dispatch_icall_fptr(%rip)
#elif defined(CFG)
    callq *__guard_dispatch_icall_fptr(%rip)
#else
    callq *%rax
#endif
    addl $2, %eax
    addq $40, %rsp
    retq
    .seh_endproc

    .globl P_tail
    .def P_tail; .scl 2; .type 32; .endef
P_tail:
    movq %rcx, %rax
    movl %edx, %ecx
#if defined(XFG)
    movabsq $0x8a1d3ad7c4f2e670, %r10
    movq __guard_xfg_dispatch_icall_fptr(%rip), %r8
    jmpq *%r8
#elif defined(CFG)
    movq __guard_dispatch_icall_fptr(%rip), %r8
    jmpq *%r8
#else
    jmpq *%rax
#endif

    .section .rdata, "dr"
    .globl P_table
    .balign 8
P_table: .quad P_leaf
