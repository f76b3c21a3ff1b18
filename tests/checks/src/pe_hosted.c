/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A program with a C runtime: for mingw. */
#include <stdio.h>

__declspec(dllexport) int answer(int x)
{
    return x * 42;
}

int main(int argc, char **argv)
{
    printf("%d %s\n", answer(argc), argv[0]);
    return 0;
}
