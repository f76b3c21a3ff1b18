/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* First bytes as the formats' own documents have them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "input/foreign.h"

static const char *hint(const char *bytes, size_t len, const char *path)
{
    return rp_foreign_hint((rp_bytes){(const uint8_t *)bytes, len}, rp_str_from(path));
}

static void assert_says(const char *text, const char *part)
{
    assert_non_null(text);
    assert_non_null(strstr(text, part));
}

static void formats_are_known_by_their_first_bytes(void **state)
{
    (void)state;
    assert_says(hint("\0asm\1\0\0\0", 8, "a"), "WebAssembly");
    assert_says(hint("Microsoft C/C++ MSF 7.00\r\n\x1a", 27, "a"), "PDB");
    assert_says(hint("UF2\nWQ]\x9e", 8, "a"), "UF2");
    assert_says(hint(":020000040800F2\r\n", 17, "a"), "Intel HEX");
    assert_says(hint("S0030000FC\n", 11, "a"), "S-records");
    assert_says(hint("#!/bin/sh\n", 10, "a"), "script");
    assert_says(hint("\xca\xfe\xba\xbe\0\0\0\x34", 8, "a"), "Java");
    assert_says(hint("\0\0\4\x20", 4, "fw.bin"), "raw image");
}

static void other_files_get_no_hint(void **state)
{
    (void)state;
    assert_null(hint("", 0, "a"));
    assert_null(hint("", 0, ".bin"));
    assert_null(hint(":) hello", 8, "a"));
    assert_null(hint(":020", 4, "a"));
    assert_null(hint("Sum of all", 10, "a"));
    assert_null(hint("\xca\xfe\xba\xbe\0\0\0\2", 8, "fat"));
    assert_null(hint("Microsoft C/C++", 15, "a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(formats_are_known_by_their_first_bytes),
                                       cmocka_unit_test(other_files_get_no_hint)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
