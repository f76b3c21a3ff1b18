/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Commands on the screen stay what a shell reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/command.h"

static void check(const char *command, unsigned width, const char *want)
{
    rp_report_options opt = {.width = width};
    rp_buf out = {0};
    rp_put_commands(&opt, &out, rp_str_from(command), 2);
    rp_str got = rp_buf_str(&out);
    if (!rp_str_is(got, want))
        fail_msg("'%s' at %u: '%.*s', not '%s'", command, width, RP_FMT(got), want);
    rp_buf_free(&out);
}

static void breaks(void **state)
{
    (void)state;
    check("", 20, "");
    check("a; b", 20, "a; b");
    check("readelf -a x; readelf -b y", 20, "readelf -a x\n  readelf -b y");
    check("readelf -a x; readelf -b y", 0, "readelf -a x; readelf -b y");
    check("readelf -a x | grep -E foo", 20, "readelf -a x |\n    grep -E foo");
    check("a || b; cccccccccccccccccc", 20, "a || b\n  cccccccccccccccccc");
    check("trailing; ", 5, "trailing");
}

/* Between words a backslash says that the command goes on. */
static void words(void **state)
{
    (void)state;
    check("objdump -d --start=0x10 app", 20, "objdump -d \\\n      --start=0x10 \\\n      app");
    check("objdump -d app | grep 'a b' -E xxx", 20,
          "objdump -d app |\n    grep 'a b' -E \\\n      xxx");
    check("objdump averylongpath | grep x", 20, "objdump \\\n      averylongpath |\n    grep x");
    check("f averylongpathwithoutspaces x", 20,
          "f \\\n      averylongpathwithoutspaces \\\n      x");
}

/* What is in quotes belongs to a word, whatever stands in it. */
static void quotes(void **state)
{
    (void)state;
    check("f 'x; y | z; aaaaaaaaaaaaaa'", 20, "f \\\n      'x; y | z; aaaaaaaaaaaaaa'");
    check("f \"x; \\\" | y\" aaaaaaaaaaaaa; g", 30, "f \"x; \\\" | y\" aaaaaaaaaaaaa\n  g");
    check("f $'x\\'; | y' aaaaaaaaaaaaa; g", 30, "f $'x\\'; | y' aaaaaaaaaaaaa\n  g");
    check("f '\\' aaaaaaaaaaaaaaaaaa; g", 26, "f '\\' aaaaaaaaaaaaaaaaaa\n  g");
    check("f x\\; y aaaaaaaaaaaaaa; g", 24, "f x\\; y aaaaaaaaaaaaaa\n  g");
    check("f 'never closed; aaaaaaaaaaa", 20, "f \\\n      'never closed; aaaaaaaaaaa");
    check("f aaaaaaaaaaaaaaaaaaaaaaaa \\", 40, "f aaaaaaaaaaaaaaaaaaaaaaaa \\");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(breaks), cmocka_unit_test(words),
                                       cmocka_unit_test(quotes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
