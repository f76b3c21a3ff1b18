/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A C program with a buffer on the stack, an indirect call and a copy that fortify knows. */
#include <stdio.h>
#include <string.h>

typedef int (*step)(int);

static int grow(int x)
{
    return x + 1;
}

static int shrink(int x)
{
    return x - 1;
}

int main(int argc, char **argv)
{
    char text[64];
    volatile step f = argc > 2 ? shrink : grow;
    strncpy(text, argv[0], (size_t)argc * 8);
    text[sizeof text - 1] = 0;
    printf("%s %d\n", text, f(argc));
    return 0;
}
