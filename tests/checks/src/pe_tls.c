/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Two thread-local variables, three functions that use one, one that uses none, and the TLS
 * directory that the C library would bring: _tls_used, between .tls and .tls$ZZZ. */
#ifndef MODEL
#define MODEL
#endif
int _tls_index;
#ifdef __i386__ /* the C library's: the array's offset in the thread's block */
__asm__(".globl __tls_array\n__tls_array = 0x2c");
#endif
__attribute__((section(".tls"))) char _tls_start = 1;
__attribute__((section(".tls$ZZZ"))) char _tls_end = 1;
const struct {
    void *start, *end, *index, *callbacks;
    unsigned zeros, flags;
} _tls_used = {&_tls_start, &_tls_end, &_tls_index, 0, 0, 0};

static __thread int one MODEL = 1;
static __thread int two MODEL;

__declspec(dllexport) int get_one(void)
{
    return one;
}
__declspec(dllexport) int set_two(int x)
{
    return two += x;
}
__declspec(dllexport) int *both(int x)
{
    return x != 0 ? &one : &two;
}
__declspec(dllexport) int none(int x)
{
    return x + 1;
}
int mainCRTStartup(void)
{
    return 0;
}
int _DllMainCRTStartup(void)
{
    return 1;
}
