/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A C library: one global, one function that calls through a pointer. */
int rp_counter = 1;

int rp_apply(int (*f)(int), int x)
{
    rp_counter += x;
    return f(x) + rp_counter;
}
