/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "input/ar.h"

#include "base/limits.h"

enum { MAGIC = 8, HEADER = 60, MAX_NAMES = 64 << 20 };

bool rp_ar_identify(rp_bytes head)
{
    return head.len >= MAGIC &&
           (memcmp(head.ptr, "!<arch>\n", MAGIC) == 0 || memcmp(head.ptr, "!<thin>\n", MAGIC) == 0);
}

bool rp_ar_open(const rp_source *src, rp_arena *arena, rp_ar *ret)
{
    uint8_t magic[MAGIC];
    rp_bytes head = {magic, rp_source_copy(src, 0, magic, sizeof magic)};
    if (!rp_ar_identify(head))
        return false;
    *ret = (rp_ar){.src = src, .pos = MAGIC, .thin = magic[2] == 't', .arena = arena};
    return true;
}

/* Decimal digits, then spaces; false for anything else or more than 64 bits. */
static bool number(rp_str field, uint64_t *ret)
{
    uint64_t v = 0;
    size_t i = 0;
    for (; i < field.len && field.ptr[i] >= '0' && field.ptr[i] <= '9'; i++) {
        unsigned digit = (unsigned)(field.ptr[i] - '0');
        if (v > (UINT64_MAX - digit) / 10)
            return false;
        v = v * 10 + digit;
    }
    if (i == 0)
        return false;
    for (; i < field.len; i++)
        if (field.ptr[i] != ' ' && field.ptr[i] != '\0')
            return false;
    *ret = v;
    return true;
}

static rp_str trimmed(rp_str s)
{
    while (s.len != 0 && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\0'))
        s.len--;
    return s;
}

/* A name in the "//" table: GNU ends it with "/\n", COFF libraries with NUL. */
static rp_str long_name(rp_str names, uint64_t off)
{
    if (off >= names.len)
        return (rp_str){NULL, 0};
    rp_str rest = {names.ptr + off, names.len - (size_t)off};
    size_t n = 0;
    while (n < rest.len && n < RP_MAX_NAME && rest.ptr[n] != '\n' && rest.ptr[n] != '\0')
        n++;
    if (n != 0 && rest.ptr[n - 1] == '/')
        n--;
    return (rp_str){rest.ptr, n};
}

static rp_str bytes_of(const rp_ar *ar, uint64_t off, uint64_t len)
{
    if (off > ar->src->size || len > ar->src->size - off)
        return (rp_str){NULL, 0};
    char *p = rp_new(ar->arena, len, char);
    if (p == NULL || rp_source_copy(ar->src, off, p, (size_t)len) != len)
        return (rp_str){NULL, 0};
    return (rp_str){p, (size_t)len};
}

/* BSD: "#1/20": the first 20 bytes of the data are the name. */
static rp_code bsd_name(rp_ar *ar, rp_ar_member *m, rp_str digits, rp_error *err)
{
    uint64_t len = 0;
    if (!number(digits, &len) || len > m->size || len > RP_MAX_NAME)
        return rp_fail(err, RP_E_FORMAT, m->at, "a BSD name is longer than its member");
    rp_str name = bytes_of(ar, m->offset, len);
    if (name.ptr == NULL)
        return rp_fail(err, RP_E_FORMAT, m->at, "a BSD name cannot be read");
    m->name = trimmed(name);
    m->offset += len;
    m->size -= len;
    return RP_OK;
}

static rp_code names_table(rp_ar *ar, rp_ar_member *m, rp_error *err)
{
    m->index = true;
    if (m->size > MAX_NAMES)
        return rp_fail(err, RP_E_LIMIT, m->at, "the table of names is larger than 64 MiB");
    ar->names = bytes_of(ar, m->offset, m->size);
    return ar->names.ptr || m->size == 0
               ? RP_OK
               : rp_fail(err, RP_E_FORMAT, m->at, "the table of names cannot be read");
}

static bool is_bsd_index(rp_str name)
{
    return rp_str_starts(name, "__.SYMDEF");
}

/* Short names: GNU ends them with '/', BSD and deb(5) pad them with spaces. */
static rp_code name_member(rp_ar *ar, rp_ar_member *m, rp_str field, rp_error *err)
{
    uint64_t off = 0;
    m->name = field;
    m->outside = ar->thin;
    if (rp_str_is(field, "//") || rp_str_is(field, "ARFILENAMES/")) {
        m->outside = false;
        return names_table(ar, m, err);
    }
    if (rp_str_is(field, "/") || rp_str_is(field, "/SYM64/") || rp_str_starts(field, "/<")) {
        m->outside = false; /* "/<ECSYMBOLS>/", "/<XFGHASHMAP>/": linker members of COFF */
        m->index = true;
        return RP_OK;
    }
    if (field.len > 1 && field.ptr[0] == '/') {
        rp_str digits = rp_str_sub(field, 1, field.len);
        size_t colon = rp_str_find(digits, RP_STR(":")); /* thin, nested: "/12:345" */
        if (!number(rp_str_sub(digits, 0, colon), &off))
            return rp_fail(err, RP_E_FORMAT, m->at, "a member's name is not a number");
        m->name = long_name(ar->names, off);
        return m->name.ptr ? RP_OK
                           : rp_fail(err, RP_E_FORMAT, m->at,
                                     "a member's name lies outside the table of names");
    }
    if (rp_str_starts(field, "#1/")) {
        rp_code code = bsd_name(ar, m, rp_str_sub(field, 3, field.len), err);
        m->index = code == RP_OK && is_bsd_index(m->name);
        return code;
    }
    if (m->name.len != 0 && m->name.ptr[m->name.len - 1] == '/')
        m->name.len--;
    m->index = is_bsd_index(m->name);
    return RP_OK;
}

rp_code rp_ar_next(rp_ar *ar, rp_ar_member *ret, bool *ret_end, rp_error *err)
{
    char header[HEADER];
    *ret_end = ar->pos >= ar->src->size;
    if (*ret_end)
        return RP_OK;
    uint64_t at = ar->pos;
    if (rp_source_copy(ar->src, at, header, sizeof header) != sizeof header)
        return rp_fail(err, RP_E_FORMAT, at, "a member's header is cut short");
    if (header[58] != '`' || header[59] != '\n')
        return rp_fail(err, RP_E_FORMAT, at + 58, "a member's header does not end as it must");
    *ret = (rp_ar_member){.at = at, .offset = at + HEADER};
    if (!number((rp_str){header + 48, 10}, &ret->size))
        return rp_fail(err, RP_E_FORMAT, at + 48, "a member's size is not a number");
    memcpy(ret->short_name, header, 16);
    uint64_t stored = ret->size;
    rp_code code = name_member(ar, ret, trimmed((rp_str){ret->short_name, 16}), err);
    if (code != RP_OK)
        return code;
    uint64_t from = at + HEADER;
    if (ret->outside)
        stored = 0;
    else if (stored > ar->src->size - from)
        stored = ar->src->size - from;      /* cut short: the caller sees that it does not fit */
    ar->pos = from + stored + (stored & 1); /* members start at even offsets */
    return RP_OK;
}
