/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* One function for each thing that a mitigation counts, so that counts are made by hand. Compiled
 * one file, with P_ replaced by a_ and by b_; "partly" is a_ with the mitigation and b_ without. */
typedef int (*P_step)(int);
extern int far_away(int); /* of another library */
extern void far_use(char *);

int P_leaf(int x) /* keeps its return address in a register, no memory */
{
    return x + 7;
}

int P_calls(int x) /* keeps its return address in memory */
{
    return far_away(x) + far_away(x + 1);
}

int P_pointer(P_step f, int x) /* one indirect call */
{
    return f(x) + 2;
}

int P_store(int *p, int v) /* memory that is no frame's */
{
    *p = v;
    return v + 1;
}

int P_buffer(int i) /* an array on the stack */
{
    char bytes[64];
    far_use(bytes);
    return bytes[i];
}

int P_large(int i) /* a frame that needs probes wherever there are any */
{
    char bytes[300000];
    far_use(bytes);
    return bytes[i];
}

#ifndef NO_TABLE           /* lld links no signed pointers in data */
static int P_tabled(int x) /* reached through a table alone */
{
    return x * 3;
}

const P_step P_table[1] = {P_tabled};
#endif
