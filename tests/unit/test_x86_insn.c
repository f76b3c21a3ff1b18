/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "isa/x86_insn.h"

typedef struct {
    const char *bytes; /* hexadecimal */
    unsigned len;      /* 0: no instruction */
    bool mode64;
} vector;

/* Encodings that Zydis 4.0 does not know, or gets wrong: by the APX, AVX10 and AMD manuals. */
static const vector vectors[] = {
    {"d5180009", 4, true},                /* rex2 add [r17], r17b */
    {"d51058", 3, true},                  /* rex2 pop r16 */
    {"d500a11122334455667788", 11, true}, /* jmpabs imm64 */
    {"d5800f", 0, true},                  /* cut short */
    {"d58005", 3, true},                  /* rex2, map 1: syscall */
    {"62f47c1801c8", 6, true},            /* EVEX map 4: add with a new destination */
    {"62f47c1883c005", 7, true},          /* … with an 8-bit immediate */
    {"62f47c1881c005000000", 10, true},
    {"62f5fe0858c1", 6, true}, /* map 5: vaddsh */
    {"62f67d0898c1", 6, true}, /* map 6 */
    {"8fe97801c8", 5, true},   /* XOP map 9 */
    {"8fea781000"
     "05000000",
     9, true},          /* XOP map a: bextr imm32 */
    {"8f00", 2, true},  /* pop [rax] */
    {"d50a", 2, false}, /* aad */
    {"c40a", 2, false}, /* les */
    {"6208", 2, false}, /* bound */
    {"40", 1, false},   /* inc eax */
    {"66e90000"
     "0000",
     6, true}, /* Intel: 66 does not shorten near branches */
    {"66e90000", 4, false},
    {"f30f1efa", 4, true},
    {"3effe0", 3, true},
    {"666666666666666666666666660f1f", 0, true},
    {"48b8"
     "0102030405060708",
     10, true},
    {"f6042401", 4, true},
    {"67b94002", 0, true},
    {"670fb94002", 5, true}, /* ud1 2(%eax), %eax */
    {"f30fa7d8", 4, true},   /* rep xcryptctr */
    {"0fa7c0", 3, true},     /* xstore */
    {"0fa7c8", 0, true},     /* xcryptecb without rep */
    {"f30fa6d0", 4, true},   /* rep xsha256 */
    {"f30fa6d8", 0, true},
    {"f30fa7c1", 0, true},
    {"f30fa700", 0, true},
    {"06", 0, true},
    {"06", 1, false},
};

static size_t from_hex(const char *hex, uint8_t *to)
{
    size_t n = 0;
    for (; hex[0] != 0; hex += 2) {
        unsigned v = 0;
        for (unsigned i = 0; i < 2; i++)
            v = v * 16 + (unsigned)(hex[i] <= '9' ? hex[i] - '0' : hex[i] - 'a' + 10);
        to[n++] = (uint8_t)v;
    }
    return n;
}

static void test_x86_insn__lengths(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        uint8_t bytes[32];
        size_t n = from_hex(vectors[i].bytes, bytes);
        rp_x86_insn in = rp_x86_decode(bytes, n, vectors[i].mode64);
        if (in.len != vectors[i].len)
            print_message("%s\n", vectors[i].bytes);
        assert_int_equal(in.len, vectors[i].len);
    }
}

/* Cut short anywhere, an instruction is none; with bytes behind it, it is the same one. */
static void test_x86_insn__truncated(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        uint8_t bytes[64] = {0};
        size_t n = from_hex(vectors[i].bytes, bytes);
        if (vectors[i].len == 0)
            continue;
        for (size_t left = 0; left < vectors[i].len; left++)
            assert_true(rp_x86_decode(bytes, left, vectors[i].mode64).len <= left);
        assert_int_equal(rp_x86_decode(bytes, n + 32, vectors[i].mode64).len, vectors[i].len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_x86_insn__lengths),
                                       cmocka_unit_test(test_x86_insn__truncated)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
