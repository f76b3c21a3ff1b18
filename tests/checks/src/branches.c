/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What landing pads, signed returns and shadow stacks are counted on: three exported functions, one
 * that is reached through a table, one that is only called. rp_leaf calls nothing, so it keeps its
 * return address in a register; the three others that are not inlined call and return: they spill
 * it. */
typedef int (*rp_step)(int);

__attribute__((noinline)) static int hidden(int x)
{
    __asm__ volatile("" : "+r"(x) : : "memory");
    return x * 3;
}

__attribute__((noinline)) static int tabled(int x)
{
    return hidden(x) + 1;
}

const rp_step rp_table[1] = {tabled};

int rp_leaf(int x)
{
    return x + 7;
}

int rp_call(rp_step f, int x)
{
    return f(x) + 2;
}

int rp_direct(int x)
{
    return hidden(x) + hidden(x + 1);
}
