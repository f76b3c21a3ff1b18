/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* One frame larger than a page, beside a probe of our own. */
void use(volatile char *p);
void __chkstk(void);

__attribute__((naked)) void __chkstk(void)
{
    __asm__(
        "push %rcx\n push %rax\n cmp $0x1000, %rax\n lea 0x18(%rsp), %rcx\n jb 2f\n"
        "1: sub $0x1000, %rcx\n orq $0, (%rcx)\n sub $0x1000, %rax\n cmp $0x1000, %rax\n ja 1b\n"
        "2: sub %rax, %rcx\n orq $0, (%rcx)\n pop %rax\n pop %rcx\n ret");
}

__attribute__((noinline)) void use(volatile char *p)
{
    *p = 1;
}

__attribute__((noinline)) int large_frame(void)
{
    volatile char large[20000];
    use(large);
    return large[0];
}

int mainCRTStartup(void)
{
    return large_frame() + 1;
}
