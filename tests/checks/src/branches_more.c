/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The object beside branches.c that is compiled otherwise: one exported function that calls. */
int rp_leaf(int x);

int rp_other(int x)
{
    return rp_leaf(x) + 5;
}
