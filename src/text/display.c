/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "text/display.h"

#include "base/search.h"

typedef struct {
    uint32_t first, last;
} range;

/* Default_Ignorable_Code_Point and Bidi_Control of the Unicode Character Database, line and
 * paragraph separators, interlinear annotation. */
static const range hidden[] = {
    {0x00, 0x1f},        {0x7f, 0x9f},     {0xad, 0xad},     {0x34f, 0x34f},     {0x61c, 0x61c},
    {0x115f, 0x1160},    {0x17b4, 0x17b5}, {0x180b, 0x180f}, {0x200b, 0x200f},   {0x2028, 0x202e},
    {0x2060, 0x206f},    {0x2800, 0x2800}, {0x3164, 0x3164}, {0xfdd0, 0xfdef},   {0xfe00, 0xfe0f},
    {0xfeff, 0xfeff},    {0xffa0, 0xffa0}, {0xfff0, 0xfffc}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
    {0xe0000, 0x10ffff},
};

/* Nonspacing marks of the scripts that occur in file names; others are shown one column wide, which
 * costs alignment and nothing else. */
static const range combining[] = {
    {0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},
    {0x64b, 0x65f},   {0x900, 0x902},   {0x93c, 0x93c},   {0x941, 0x948},
    {0xe31, 0xe31},   {0xe34, 0xe3a},   {0xe47, 0xe4e},   {0x1ab0, 0x1aff},
    {0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0x3099, 0x309a}, {0xfe20, 0xfe2f},
};

/* East_Asian_Width W and F, and emoji. */
static const range wide[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x23e9, 0x23ec},   {0x2614, 0x2615},
    {0x26a1, 0x26a1},   {0x2705, 0x2705},   {0x274c, 0x274c},   {0x2753, 0x2755},
    {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},   {0x4e00, 0x9fff},
    {0xa000, 0xa4cf},   {0xa960, 0xa97f},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
    {0xfe30, 0xfe6f},   {0xff01, 0xff60},   {0xffe0, 0xffe6},   {0x16fe0, 0x18cff},
    {0x1b000, 0x1b2ff}, {0x1f004, 0x1f004}, {0x1f18e, 0x1f19a}, {0x1f200, 0x1f64f},
    {0x1f680, 0x1f6ff}, {0x1f900, 0x1faff}, {0x20000, 0x3fffd},
};

static bool in_ranges(const range *ranges, size_t n, uint32_t c)
{
    size_t low;
    RP_SEARCH(low, n, c > ranges[low].last);
    return low < n && c >= ranges[low].first;
}

bool rp_utf8_valid(rp_str s)
{
    uint32_t c;
    for (size_t at = 0, n; at < s.len; at += n) {
        at += rp_ascii_run(rp_str_sub(s, at, SIZE_MAX));
        n = rp_utf8_decode(s, at, &c);
        if (n == 0)
            return at == s.len;
    }
    return true;
}

bool rp_char_hidden(uint32_t c)
{
    if (c >= 0x20 && c < 0x7f)
        return false;
    return (c & 0xfffe) == 0xfffe || in_ranges(hidden, RP_COUNT(hidden), c);
}

unsigned rp_char_width(uint32_t c)
{
    if (c < 0x300)
        return 1;
    if (in_ranges(combining, RP_COUNT(combining), c))
        return 0;
    return in_ranges(wide, RP_COUNT(wide), c) ? 2 : 1;
}

size_t rp_display_width(rp_str s)
{
    size_t width = 0;
    uint32_t c;
    for (size_t at = 0; at < s.len;) {
        size_t n = rp_utf8_decode(s, at, &c);
        width += n == 0 ? 1 : rp_char_width(c);
        at += n == 0 ? 1 : n;
    }
    return width;
}
