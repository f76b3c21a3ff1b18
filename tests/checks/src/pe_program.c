/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A program for Windows without a C runtime: indirect calls, pointers to relocate, an export. */
typedef int (*operation)(int);

int add_one(int x)
{
    return x + 1;
}

int twice(int x)
{
    return x * 2;
}

volatile int selected = 1;
operation operations[2] = {add_one, twice};

__declspec(dllexport) int apply(int i)
{
    return operations[i & 1](i);
}

int mainCRTStartup(void)
{
    return apply(selected);
}
