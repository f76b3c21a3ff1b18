/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The C half of a mixed program: a buffer on the stack, and a copy whose size fortify knows. */
#include <string.h>

unsigned long rp_copy_length(const char *text, unsigned long n)
{
    char copy[32];
    memset(copy, 0, sizeof copy);
    memcpy(copy, text, n);
    return strlen(copy);
}
