/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../report/sample.h"
#include "report/fleet.h"
#include "text/json.h"
#include "text/display.h"

typedef void (*make_fn)(rp_arena *, sample *);
static const make_fn makers[] = {sample_one,   sample_covered, sample_few,
                                 sample_fleet, sample_hostile, sample_nothing};

static void assert_text(rp_buf *b, const char *expected)
{
    assert_false(b->bad);
    assert_string_equal(b->len ? b->ptr : "", expected);
    rp_buf_free(b);
}

static void escaping_shows_what_hides(void **state)
{
    (void)state;
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"plain/path-1.so", "plain/path-1.so"},
        {"ä€𝄞日本", "ä€𝄞日本"},
        {"a\nb\tc\x1b[31m", "a\\x0ab\\x09c\\x1b[31m"},
        {"rtl\u202egnp", "rtl\\u{202e}gnp"},
        {"zero\u200bwidth\ufeff", "zero\\u{200b}width\\u{feff}"},
        {"\xff\xc0\xaf\xed\xa0\x80", "\\xff\\xc0\\xaf\\xed\\xa0\\x80"},
        {"cut\xe2\x82", "cut\\xe2\\x82"},
        {"c1\xc2\x9b"
         "1m",
         "c1\\u{9b}1m"},
    };
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        rp_buf b = {0};
        rp_put_escaped(&b, rp_str_from(cases[i].in));
        assert_text(&b, cases[i].out);
    }
}

static void shell_words_are_quoted_when_needed(void **state)
{
    (void)state;
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"./a-b_c.so", "./a-b_c.so"},
        {"", "''"},
        {"two words", "'two words'"},
        {"it's", "'it'\\''s'"},
        {"$(reboot)`id`", "'$(reboot)`id`'"},
        {"~root", "'~root'"},
        {"a\nb", "$'a\\012b'"},
        {"x\x1b'\\\xff", "$'x\\033\\047\\134\\377'"},
        {"ä", "'ä'"},
        {"rtl\u202e1", "$'rtl\\342\\200\\2561'"},
    };
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        rp_buf b = {0};
        rp_put_shell(&b, rp_str_from(cases[i].in));
        assert_text(&b, cases[i].out);
    }
}

/* The shell itself is the oracle: what bash makes of the word is the string again. */
static void shell_words_come_back(void **state)
{
    (void)state;
    if (system("command -v bash > /dev/null") != 0)
        skip();
    static const char *const strings[] = {"a'b\"c\\d", "\x01\x7f\xff 9", "$HOME*?[x]{a,b}!#&;|<>",
                                          "-n", "\u202e\n\n"};
    for (size_t i = 0; i < RP_COUNT(strings); i++) {
        rp_buf b = {0};
        rp_buf_puts(&b, "bash -c \"$(cat <<'END'\n[ \"$(printf %s ");
        rp_put_shell(&b, rp_str_from(strings[i]));
        rp_buf_puts(&b, " | od -An -v -tx1 | tr -d ' \\n')\" = ");
        for (const char *p = strings[i]; *p != '\0'; p++)
            rp_buf_printf(&b, "%02x", (unsigned)(uint8_t)*p);
        rp_buf_puts(&b, " ]\nEND\n)\"");
        assert_int_equal(system(b.ptr), 0);
        rp_buf_free(&b);
    }
}

static void utf8_follows_rfc_3629(void **state)
{
    (void)state;
    assert_true(rp_utf8_valid(RP_STR("\xf4\x8f\xbf\xbf")));
    static const char *const bad[] = {"\x80",         "\xc1\xbf",         "\xe0\x9f\xbf",
                                      "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80",
                                      "\xe2\x28\xa1", "\xf0\x9f\x92"};
    for (size_t i = 0; i < RP_COUNT(bad); i++)
        assert_false(rp_utf8_valid(rp_str_from(bad[i])));
    assert_int_equal(rp_display_width(RP_STR("日本e\u0301x")), 6);
}

static void json_is_valid_and_keeps_bytes(void **state)
{
    (void)state;
    rp_buf b = {0};
    rp_json j = {.out = &b};
    const rp_str list[] = {RP_STR("ok"), RP_STR("\xff")};
    rp_json_open(&j);
    rp_json_str(&j, "a", RP_STR("q\"\\/\n\x01\x7f\u202e𝄞"));
    rp_json_str(&j, "b", RP_STR("x\xffy"));
    rp_json_strs(&j, "c", list, 2);
    rp_json_num(&j, "d", UINT64_MAX);
    rp_json_cstr(&j, "e", NULL);
    rp_json_key(&j, "f");
    rp_json_open_list(&j);
    rp_json_close_list(&j);
    rp_json_close(&j);
    assert_text(&b, "{\"a\":\"q\\\"\\\\/\\n\\u0001\\u007f\\u202e𝄞\",\"b\":\"x\\ufffdy\","
                    "\"b_bytes\":\"78ff79\",\"c\":[\"ok\",\"\\ufffd\"],\"c_bytes\":[null,\"ff\"],"
                    "\"d\":18446744073709551615,\"e\":null,\"f\":[]}");
}

static void json_refuses_what_is_too_deep(void **state)
{
    (void)state;
    rp_buf b = {0};
    rp_json j = {.out = &b};
    for (int i = 0; i < RP_JSON_DEPTH; i++)
        rp_json_open_list(&j);
    assert_false(b.bad);
    rp_json_open_list(&j);
    assert_true(b.bad);
    rp_buf_free(&b);
}

static size_t longest_line(rp_str s)
{
    size_t longest = 0;
    for (size_t at = 0; at < s.len;) {
        size_t end = at;
        while (end < s.len && s.ptr[end] != '\n')
            end++;
        rp_str line = rp_str_sub(s, at, end - at);
        size_t width = rp_display_width(line);
        /* commands are not broken: they are to be copied */
        if (width > longest && rp_str_find(line, RP_STR("verify")) == SIZE_MAX)
            longest = width;
        at = end + 1;
    }
    return longest;
}

static void default_screen_fits(void **state)
{
    (void)state;
    for (size_t i = 0; i < RP_COUNT(makers); i++) {
        rp_arena arena = {0};
        rp_buf out = {0};
        sample s;
        rp_report_options opt = {.width = 100, .unicode = true};
        makers[i](&arena, &s);
        sample_render(rp_reporter_find("text"), &opt, &s, &out);
        size_t lines = 0;
        for (size_t k = 0; k < out.len; k++)
            lines += out.ptr[k] == '\n';
        assert_in_range(lines, 2, 41);
        assert_in_range(longest_line(rp_buf_str(&out)), 20, 110);
        rp_buf_free(&out);
        rp_arena_free(&arena);
    }
}

/* Checks that do not know, for the same reason, share a row; -v gives each its own. */
static void one_reason_is_told_once(void **state)
{
    (void)state;
    static const char *const reasons[] = {"cut short", "other", "cut short", "cut short"};
    rp_arena arena = {0};
    sample s;
    sample_one(&arena, &s);
    rp_result *results = (rp_result *)(uintptr_t)s.targets[0]->results;
    for (uint32_t i = 0; i < RP_COUNT(reasons); i++)
        results[i].out = (rp_out){
            .outcome = RP_OUTCOME_UNKNOWN, .level = RP_DENY, .text = rp_str_from(reasons[i])};
    for (int verbose = 0; verbose <= 1; verbose++) {
        rp_buf out = {0};
        rp_report_options opt = {.width = 100, .verbose = verbose};
        sample_render(rp_reporter_find("text"), &opt, &s, &out);
        rp_str text = rp_buf_str(&out);
        size_t first = rp_str_find(text, RP_STR("RP2101 pie"));
        size_t also = rp_str_find(text, RP_STR("also    RP2103 wx-segments, RP2104 full-relro\n"));
        size_t other = rp_str_find(text, RP_STR("RP2102 nx-stack"));
        assert_true(first < other && other != SIZE_MAX);
        if (verbose == 0)
            assert_true(first < also && also < other);
        else
            assert_int_equal(also, SIZE_MAX);
        rp_buf_free(&out);
    }
    rp_arena_free(&arena);
}

/* Whatever the names hold: no control byte but newline, no hidden character, valid UTF-8; and no
 * line that a name made. */
static void hostile_names_are_harmless(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < rp_reporters_count; i++) {
        for (int verbose = -1; verbose <= 2; verbose++) {
            rp_arena arena = {0};
            rp_buf out = {0};
            sample s;
            rp_report_options opt = {.unicode = true, .verbose = verbose, .redact = verbose == 2};
            sample_hostile(&arena, &s);
            sample_render(rp_reporters[i], &opt, &s, &out);
            assert_false(out.bad);
            uint32_t c = 0;
            for (size_t at = 0, n; at < out.len; at += n) {
                n = rp_utf8_decode(rp_buf_str(&out), at, &c);
                assert_int_not_equal(n, 0);
                assert_true(c == '\n' || !rp_char_hidden(c));
            }
            if (out.len > 0) /* cargo-audit's has nothing to say of artefacts */
                assert_null(strstr(out.ptr, "\nb: error[RP2101]: forged"));
            rp_buf_free(&out);
            rp_arena_free(&arena);
        }
    }
}

static void ascii_without_unicode(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < rp_reporters_count; i++) {
        rp_arena arena = {0};
        rp_buf out = {0};
        sample s;
        rp_report_options opt = {.width = 80, .color = true, .verbose = 2};
        sample_fleet(&arena, &s);
        sample_render(rp_reporters[i], &opt, &s, &out);
        for (size_t k = 0; k < out.len; k++)
            assert_in_range((uint8_t)out.ptr[k], 1, 126);
        rp_buf_free(&out);
        rp_arena_free(&arena);
    }
}

static void redaction_hides_names(void **state)
{
    (void)state;
    rp_report_options opt = {.redact = true, .home = RP_STR("/srv/people/eve")};
    rp_buf b = {0};
    rp_put_text(&opt, &b,
                RP_STR("/home/alice/.cargo, /srv/people/eve/x, C:\\Users\\bob\\y /homes"));
    assert_text(&b, "/home/REDACTED/.cargo, ~/x, C:\\Users\\REDACTED\\y /homes");
}

static void members_say_how_to_get_them_out(void **state)
{
    (void)state;
    static const struct {
        const char *path, *member, *command;
        rp_steps steps;
    } cases[] = {
        {"rg.deb",
         "usr/bin/rg",
         "bsdtar -xOf rg.deb 'data.tar*' | bsdtar -xOf - usr/bin/rg > rg",
         {{{RP_STEP_DEB, 0, 0, 0, 0}, {RP_STEP_PACKAGE, 0, 10, 0, 0}}, 2}},
        {"lib x.rlib", "a.o", "ar p 'lib x.rlib' a.o > a.o", {{{RP_STEP_AR, 0, 3, 0, 0}}, 1}},
        {"p.zip",
         "b[1]*",
         "bsdtar -xOf p.zip 'b\\[1]\\*' > 'b[1]*'",
         {{{RP_STEP_PACKAGE, 0, 5, 0, 0}}, 1}},
        {"-x.tgz", "-r", "bsdtar -xOf ./-x.tgz -- -r > ./-r", {{{RP_STEP_PACKAGE, 0, 2, 0, 0}}, 1}},
        {"biome.tgz",
         "package/biome",
         "bsdtar -xOf biome.tgz package/biome > biome",
         {{{RP_STEP_PACKAGE, 0, 13, 0, 0}}, 1}},
        {"app",
         "arm64",
         "tail -c +4097 app | head -c 300 > arm64",
         {{{RP_STEP_FAT, 0, 5, 4096, 300}}, 1}},
        {"app.gz", "app", "bsdcat app.gz > app", {{{RP_STEP_COMPRESSED, 0, 3, 0, 0}}, 1}},
        {"a.zip",
         "d/lib!x.a!arm64!b.o",
         "bsdtar -xOf a.zip 'd/lib!x.a' | tail -c +33 | head -c 80 | bsdtar -xOf - b.o > b.o",
         {{{RP_STEP_PACKAGE, 0, 9, 0, 0},
           {RP_STEP_FAT, 10, 15, 32, 80},
           {RP_STEP_AR, 16, 19, 0, 0}},
          3}},
    };
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        rp_buf b = {0};
        rp_report_options opt = {0};
        rp_target_report t = {.path = rp_str_from(cases[i].path),
                              .member = rp_str_from(cases[i].member),
                              .steps = cases[i].steps};
        assert_true(rp_put_extract(&opt, &b, &t));
        assert_text(&b, cases[i].command);
    }
}

/* Every format, with the n-th allocation failing: an output that says it is bad, never a crash. */
static void out_of_memory_is_reported(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < rp_reporters_count; i++) {
        rp_arena arena = {0};
        sample s;
        rp_report_options opt = {.width = 80};
        sample_few(&arena, &s);
        bool failed = true;
        for (uint64_t n = 1; failed && n < 500; n++) {
            rp_buf out = {0};
            rp_arena_fail_at(n);
            sample_render(rp_reporters[i], &opt, &s, &out);
            failed = rp_arena_fail_at(0) >= n;
            assert_int_equal(out.bad, failed);
            rp_buf_free(&out);
        }
        assert_false(failed);
        rp_arena_free(&arena);
    }
}

/* Workers gather in any order. */
static void fleets_do_not_depend_on_who_came_first(void **state)
{
    (void)state;
    static const char *const names[] = {"text", "table"};
    for (int verbose = -1; verbose <= 1; verbose++)
        for (size_t i = 0; i < RP_COUNT(names) * RP_COUNT(makers); i++) {
            const rp_reporter *reporter = rp_reporter_find(names[i % RP_COUNT(names)]);
            rp_report_options opt = {.width = 100, .verbose = verbose};
            rp_arena arena = {0};
            sample s;
            rp_buf expected = {0}, out = {0};
            makers[i / RP_COUNT(names)](&arena, &s);
            sample_render(reporter, &opt, &s, &expected);
            rp_fleet *fleet = reporter->gather(&opt);
            assert_non_null(fleet);
            for (uint32_t k = s.run.ntargets; k-- > 0;)
                rp_fleet_add(fleet, s.run.targets[k], k / 3, k % 3);
            rp_report_end(reporter, &opt, &s.run, fleet, &out);
            assert_string_equal(out.ptr, expected.ptr);
            rp_fleet_free(fleet);
            rp_buf_free(&out);
            rp_buf_free(&expected);
            rp_arena_free(&arena);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escaping_shows_what_hides),
        cmocka_unit_test(shell_words_are_quoted_when_needed),
        cmocka_unit_test(shell_words_come_back),
        cmocka_unit_test(utf8_follows_rfc_3629),
        cmocka_unit_test(json_is_valid_and_keeps_bytes),
        cmocka_unit_test(json_refuses_what_is_too_deep),
        cmocka_unit_test(default_screen_fits),
        cmocka_unit_test(one_reason_is_told_once),
        cmocka_unit_test(hostile_names_are_harmless),
        cmocka_unit_test(ascii_without_unicode),
        cmocka_unit_test(redaction_hides_names),
        cmocka_unit_test(members_say_how_to_get_them_out),
        cmocka_unit_test(out_of_memory_is_reported),
        cmocka_unit_test(fleets_do_not_depend_on_who_came_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
