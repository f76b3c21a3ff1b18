/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* One call through memory that anybody may write; two functions that keep their return address in
 * memory. */
typedef int (*step)(int);
extern int far_away(int);

int twice(int x)
{
    return far_away(x) + far_away(x + 1);
}

int through(step *f, int x)
{
    return (*f)(x) + 2;
}
