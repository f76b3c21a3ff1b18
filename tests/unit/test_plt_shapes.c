/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Tables of linkers without section headers: heads and entries as GNU ld and lld write them (bytes
 * by llvm-objdump), and functions that only begin alike. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "obj/plt_shapes.h"

#define CODE(text) text, sizeof text - 1

static const struct {
    const char *what;
    rp_arch arch;
    const char *code;
    size_t len;
    uint64_t size;
    bool plt;
} cases[] = {
    {"x86-64, head", RP_ARCH_X86_64, CODE("\xff\x35\x02\x20\0\0\xff\x25\x04\x20\0\0"), 48, true},
    {"x86-64, head with bnd", RP_ARCH_X86_64, CODE("\xff\x35\x02\x20\0\0\xf2\xff\x25\x04\x20\0\0"),
     48, true},
    {"x86-64, .plt.sec", RP_ARCH_X86_64, CODE("\xf3\x0f\x1e\xfa\xff\x25\x02\x20\0\0"), 16, true},
    {"x86-64, .plt.got", RP_ARCH_X86_64, CODE("\xff\x25\x02\x20\0\0\x66\x90"), 8, true},
    {"x86-64, a function that jumps on", RP_ARCH_X86_64, CODE("\xff\x25\x02\x20\0\0"), 6, false},
    {"x86-64, one with endbr", RP_ARCH_X86_64, CODE("\xf3\x0f\x1e\xfa\xff\x25\x02\x20\0\0"), 10,
     false},
    {"x86-64, lazy entry with endbr", RP_ARCH_X86_64,
     CODE("\xf3\x0f\x1e\xfa\x68\0\0\0\0\xe9\xe2\xff\xff\xff"), 16, true},
    {"x86-64, a function", RP_ARCH_X86_64, CODE("\xf3\x0f\x1e\xfa\x53\xc3"), 16, false},
    {"i386, head", RP_ARCH_X86, CODE("\xff\xb3\x04\0\0\0\xff\xa3\x08\0\0\0"), 48, true},
    {"i386, entry", RP_ARCH_X86, CODE("\xff\xa3\x0c\0\0\0\x68\0\0\0\0"), 16, true},
    {"AArch64, head", RP_ARCH_AARCH64, CODE("\xf0\x7b\xbf\xa9\xf0\0\0\xf0"), 32, true},
    {"AArch64, entry", RP_ARCH_AARCH64,
     CODE("\x10\x01\0\x90\x11\x02\x40\xf9\x10\x02\0\x91\x20\x02\x1f\xd6"), 16, true},
    {"AArch64, entry with bti", RP_ARCH_AARCH64,
     CODE("\x5f\x24\x03\xd5\x10\x01\0\x90\x11\x02\x40\xf9\x10\x02\0\x91\x20\x02\x1f\xd6"), 24,
     true},
    {"AArch64, bti alone", RP_ARCH_AARCH64, CODE("\x5f\x24\x03\xd5\xc0\x03\x5f\xd6"), 8, false},
    {"AArch64, one that saves x16", RP_ARCH_AARCH64, CODE("\xf0\x7b\xbf\xa9\xc0\x03\x5f\xd6"), 8,
     false},
    {"Arm, head of GNU ld", RP_ARCH_ARM, CODE("\x04\xe0\x2d\xe5\x04\xe0\x9f\xe5"), 20, true},
    {"Arm, head of lld", RP_ARCH_ARM, CODE("\x04\xe0\x2d\xe5\0\xe6\x8f\xe2"), 32, true},
    {"Arm, entry", RP_ARCH_ARM, CODE("\0\xc6\x8f\xe2\x20\xca\x8c\xe2\xb8\xf0\xbc\xe5"), 16, true},
    {"Arm, push {lr}", RP_ARCH_ARM, CODE("\x04\xe0\x2d\xe5\x01\0\xa0\xe3"), 16, false},
    {"RISC-V, head", RP_ARCH_RISCV, CODE("\x97\x23\0\0\x33\x03\xc3\x41"), 32, true},
    {"RISC-V, entry", RP_ARCH_RISCV, CODE("\x17\x2e\0\0\x03\x3e\x0e\xb0\x67\x03\x0e\0"), 16, true},
    {"cut short", RP_ARCH_RISCV, CODE("\x17\x2e\0"), 3, false},
    {"nothing", RP_ARCH_X86_64, "", 0, 0, false},
    {"another machine", RP_ARCH_PPC64, CODE("\xff\x25\x02\x20\0\0\x66\x90"), 8, false},
};

static void shapes(void **state)
{
    (void)state;
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        rp_bytes code = {(const uint8_t *)cases[i].code, cases[i].len};
        if (rp_plt_shape(cases[i].arch, code, cases[i].size) != cases[i].plt)
            fail_msg("%s", cases[i].what);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(shapes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
