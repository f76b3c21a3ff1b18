/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "origin/runtime_name.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

rp_str rp_runtime_name(rp_str name)
{
    size_t at = rp_str_find(name, RP_STR("_7___rustc"));
    if (at == SIZE_MAX || name.len < 12 || name.ptr[0] != '_' || name.ptr[1] != 'R')
        return name;
    size_t i = at + 10;
    size_t len = 0;
    while (i < name.len && is_digit(name.ptr[i]) && len < 1000)
        len = len * 10 + (size_t)(name.ptr[i++] - '0');
    /* RFC 2603: an identifier that starts with a digit or '_' is set off by one '_' */
    if (i < name.len && name.ptr[i] == '_')
        i++;
    if (len == 0 || len > name.len - i)
        return name;
    return rp_str_sub(name, i, len);
}
