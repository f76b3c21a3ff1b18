/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Where exceptions continue: one function with one handler, one without. P_ becomes a_ and b_. */
extern int far_away(int);

int P_leaf(int x)
{
    return x + 7;
}

int P_handler(int x)
{
    __try {
        return far_away(x);
    } __except (1) {
        return 2;
    }
}
