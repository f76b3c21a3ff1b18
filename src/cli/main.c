/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stdio.h>

int main(void)
{
    puts("rustproof " RP_VERSION);
    return 0;
}
