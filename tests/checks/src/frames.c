/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Frames of known sizes: two below a page, three above. Each keeps its array: the address leaves.
 */
void rp_use(char *p);

#define FRAME(name, size)                                                                          \
    int name(void)                                                                                 \
    {                                                                                              \
        char bytes[size];                                                                          \
        rp_use(bytes);                                                                             \
        return bytes[0];                                                                           \
    }

FRAME(rp_frame_100, 100)
FRAME(rp_frame_2000, 2000)
FRAME(rp_frame_5000, 5000)
FRAME(rp_frame_20000, 20000)
FRAME(rp_frame_300000, 300000)

void rp_use(char *p)
{
    p[0] = 1;
    __asm__ volatile("" : : "r"(p) : "memory");
}
