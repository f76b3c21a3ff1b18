/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Two thread-local variables of its own and one of another library; four functions use one, one
 * uses none. */
__thread int one = 1;
__thread int two;
extern __thread int far;

int get_one(void)
{
    return one;
}
int set_two(int x)
{
    return two += x;
}
int *both(int x)
{
    return x != 0 ? &one : &two;
}
int get_far(void)
{
    return far;
}
int none(int x)
{
    return x + 1;
}
