/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* One function that uses a thread-local variable, by the model that it is built with, and one that
 * uses none. P_ becomes a_ and b_; each half has a variable of its own, since linkers relax what
 * one entry of the GOT serves. */
#ifdef LOCAL
static
#else
extern
#endif
    __thread __attribute__((tls_model(MODEL))) int P_counter;

int P_leaf(int x)
{
    return x + 7;
}

int P_counts(int x)
{
    P_counter += x;
    return P_counter;
}
