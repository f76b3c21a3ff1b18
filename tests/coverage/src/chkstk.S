/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What large frames call in Windows code: touches each page of a frame to come, whose size is in eax, rax or x15
 * (there in units of 16 bytes). On x86 it also takes the frame. */
    .text
#if defined(__x86_64__)
    .globl __chkstk
    .p2align 4
__chkstk:
    pushq %rcx
    pushq %rax
    cmpq $0x1000, %rax
    leaq 24(%rsp), %rcx
    jb 2f
1:  subq $0x1000, %rcx
    testq %rcx, (%rcx)
    subq $0x1000, %rax
    cmpq $0x1000, %rax
    ja 1b
2:  subq %rax, %rcx
    testq %rcx, (%rcx)
    popq %rax
    popq %rcx
    retq
#elif defined(__i386__)
    .globl __chkstk
    .p2align 4
__chkstk:
    pushl %ecx
    cmpl $0x1000, %eax
    leal 8(%esp), %ecx
    jb 2f
1:  subl $0x1000, %ecx
    testl %ecx, (%ecx)
    subl $0x1000, %eax
    cmpl $0x1000, %eax
    ja 1b
2:  subl %eax, %ecx
    testl %ecx, (%ecx)
    movl %esp, %eax
    movl %ecx, %esp
    movl (%eax), %ecx
    pushl 4(%eax)
    ret
#else
    .globl __chkstk
    .p2align 2 /* right behind a function of one instruction, which is not taken for it */
__chkstk:
    lsl x16, x15, #4
    mov x17, sp
1:  sub x17, x17, #0x1000
    subs x16, x16, #0x1000
    ldr xzr, [x17]
    b.gt 1b
    ret
#endif
