/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What each.c takes of other libraries, for linkers that leave nothing open. Without frames. */
int far_away(int x)
{
    return x;
}

void far_use(char *p)
{
    __asm__ volatile("" : : "r"(p) : "memory");
}
