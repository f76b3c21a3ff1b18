/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Calls through pointers: of an argument, as the last thing a function does, of a table's entry,
 * and with so many arguments that the pointer lies in the last register that calls may change. */
typedef int (*P_step)(int);
typedef int (*P_many)(int, int, int, int);

int P_leaf(int x)
{
    return x + 7;
}

int P_pointer(P_step f, int x)
{
    return f(x) + 2;
}

int P_tail(P_step f, int x)
{
    return f(x + 1);
}

int P_entry(const P_step *table, int i)
{
    return table[i](i) + 1;
}

int P_crowded(int a, int b, int c, int d, P_many f)
{
    return f(b, a, d, c) + 1;
}

int P_last(int a, int b, int c, int d, P_many f)
{
    return f(b, a, d, c);
}
