/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What sanitizers that watch memory are counted on: three functions that access it, one that has
 * none to access. */
int P_leaf(int x)
{
    return x + 7;
}

void P_store(int *p, int v)
{
    *p = v;
}

int P_load(const int *p)
{
    return *p + 1;
}

void P_copy(long *to, const long *from)
{
    *to = *from + 1;
}
