/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* text/ and the escapes of report/: whatever a name holds, what is written is valid UTF-8 without a
 * hidden character, on one line, and JSON strings end where they should. */
#include "report/style.h"
#include "require.h"
#include "text/display.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require_harmless(const rp_buf *b, bool lines)
{
    uint32_t c = 0;
    for (size_t at = 0, n; at < b->len; at += n) {
        n = rp_utf8_decode(rp_buf_str(b), at, &c);
        REQUIRE(n != 0);
        REQUIRE(!rp_char_hidden(c) || (lines && c == '\n'));
    }
}

/* The quote that ends a JSON string is the first one without a backslash before it. */
static size_t json_string_end(rp_str s)
{
    for (size_t i = 1; i < s.len; i++) {
        if (s.ptr[i] == '\\')
            i++;
        else if (s.ptr[i] == '"')
            return i;
    }
    return SIZE_MAX;
}

static void json(rp_str s)
{
    rp_buf b = {0};
    rp_json j = {.out = &b};
    rp_json_text(&j, s);
    REQUIRE(b.bad || json_string_end(rp_buf_str(&b)) == b.len - 1);
    require_harmless(&b, false);
    rp_buf_free(&b);
}

static void terminal(rp_str s, unsigned width)
{
    rp_report_options opt = {.width = width, .redact = width % 2 == 1, .home = RP_STR("/h")};
    rp_buf text = {0}, wrapped = {0}, shell = {0};
    rp_put_text(&opt, &text, s);
    require_harmless(&text, false);
    rp_put_wrapped(&opt, &wrapped, rp_buf_str(&text), width / 2, width / 4);
    require_harmless(&wrapped, true);
    rp_put_shell(&shell, s);
    require_harmless(&shell, false);
    REQUIRE(shell.bad || shell.len > 0);
    rp_buf_free(&text);
    rp_buf_free(&wrapped);
    rp_buf_free(&shell);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    rp_str s = {(const char *)data + 1, size - 1};
    json(s);
    terminal(s, data[0]);
    return 0;
}
