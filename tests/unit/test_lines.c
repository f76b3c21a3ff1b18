/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "text/lines.h"
#include "text/toml.h"

/* Each offset, in an order that jumps, beside counting from the beginning. */
static void lines_are_those_that_counting_finds(void **state)
{
    (void)state;
    char text[1500];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = i % 7 == 3 || (i > 250 && i < 260) || i == 511 || i == 512 ? '\n' : 'x';
    for (size_t i = 600; i < 1200; i++)
        text[i] = 'y'; /* a line over several stretches */
    static const size_t sizes[] = {0, 1, 255, 256, 257, 512, sizeof text};
    for (size_t k = 0; k < RP_COUNT(sizes); k++) {
        rp_arena arena = {0};
        rp_lines lines;
        rp_str s = {text, sizes[k]};
        assert_true(rp_lines_of(s, &arena, &lines));
        for (size_t i = 0; i < 2 * sizes[k] + 2; i++) {
            size_t at = i * 997 % (sizes[k] + 2);
            uint32_t line, column, line_wanted, column_wanted;
            rp_lines_at(&lines, at, &line, &column);
            rp_toml_line(s, at, &line_wanted, &column_wanted);
            assert_int_equal(line, line_wanted);
            assert_int_equal(column, column_wanted);
        }
        rp_arena_free(&arena);
    }
}

static void lines_need_memory(void **state)
{
    (void)state;
    rp_arena arena = {0};
    rp_lines lines;
    rp_arena_fail_at(1);
    assert_false(rp_lines_of(RP_STR("a\nb"), &arena, &lines));
    rp_arena_fail_at(0);
    rp_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_those_that_counting_finds),
        cmocka_unit_test(lines_need_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
