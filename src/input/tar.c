/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "input/tar.h"

#include "base/limits.h"

enum { RECORD = 512, MAX_EXTENSIONS = 16, MAX_PAX = 1 << 20 };

/* Fields of a header: offset and length. POSIX.1-2017 "ustar Interchange Format"; GNU: "oldgnu". */
enum {
    NAME = 0,
    NAME_LEN = 100,
    SIZE = 124,
    NUMBER_LEN = 12,
    CHECKSUM = 148,
    CHECKSUM_LEN = 8,
    TYPE = 156,
    MAGIC = 257,
    PREFIX = 345,
    PREFIX_LEN = 155,
    GNU_MORE_HOLES = 482,
    GNU_STILL_MORE = 504
};

/* What the headers before a file's own say of it. */
typedef struct {
    rp_str path;
    uint64_t size; /* UINT64_MAX: nothing */
    bool pax, sparse;
} extension;

/* Octal with spaces around, or, when the first bit is set, GNU's big-endian base 256. UINT64_MAX
 * when it is neither, negative, or larger than 2^63. */
static uint64_t number(const uint8_t *p, size_t len)
{
    uint64_t v = 0;
    size_t i = 0;
    if (p[0] & 0x80) {
        v = p[0] & 0x7f;
        for (i = 1; i < len && v >> 55 == 0; i++)
            v = v << 8 | p[i];
        return i == len ? v : UINT64_MAX;
    }
    while (i < len && p[i] == ' ')
        i++;
    for (; i < len && p[i] >= '0' && p[i] <= '7'; i++)
        v = v << 3 | (uint64_t)(p[i] - '0');
    return i == len || p[i] == ' ' || p[i] == '\0' ? v : UINT64_MAX;
}

/* The sum of all bytes, its own field taken as spaces; some old writers summed signed ones. */
static bool right_checksum(const uint8_t *h)
{
    uint64_t wanted = number(h + CHECKSUM, CHECKSUM_LEN), plain = 0;
    int64_t with_sign = 0;
    for (size_t i = 0; i < RECORD; i++) {
        uint8_t c = i >= CHECKSUM && i < CHECKSUM + CHECKSUM_LEN ? ' ' : h[i];
        plain += c;
        with_sign += (int8_t)c;
    }
    return wanted == plain || (int64_t)wanted == with_sign;
}

static bool all_zero(const uint8_t *h)
{
    return h[0] == 0 && memcmp(h, h + 1, RECORD - 1) == 0;
}

bool rp_tar_identify(rp_bytes head)
{
    if (head.len < RECORD)
        return false;
    const uint8_t *h = head.ptr;
    return h[0] != 0 && right_checksum(h) && number(h + SIZE, NUMBER_LEN) != UINT64_MAX;
}

static rp_str field(const uint8_t *p, size_t max)
{
    const uint8_t *end = memchr(p, 0, max);
    return (rp_str){(const char *)p, end ? (size_t)(end - p) : max};
}

/* The name in the header itself, in the arena; {NULL, 0} when out of memory. */
static rp_str own_name(rp_tar *t, const uint8_t *h)
{
    rp_str name = field(h + NAME, NAME_LEN), prefix = {NULL, 0};
    if (memcmp(h + MAGIC, "ustar", 6) == 0)
        prefix = field(h + PREFIX, PREFIX_LEN);
    if (prefix.len == 0)
        return rp_arena_str(&t->names, name);
    return rp_arena_printf(&t->names, "%.*s/%.*s", RP_FMT(prefix), RP_FMT(name));
}

static uint64_t padded(uint64_t size)
{
    return size > UINT64_MAX - RECORD ? size : (size + RECORD - 1) / RECORD * RECORD;
}

/* The data of an extension header. */
static rp_code read_extension(rp_tar *t, uint64_t size, rp_str *ret, rp_error *err)
{
    uint64_t at = t->from->out;
    if (size > MAX_PAX)
        return rp_fail(err, RP_E_LIMIT, at, "tar: %llu bytes of headers for one member",
                       (unsigned long long)size);
    char *text = rp_new(&t->names, size + 1, char);
    if (text == NULL)
        return rp_fail_memory(err);
    rp_code code = rp_unpack_exactly(t->from, text, (size_t)size, err);
    if (code == RP_OK)
        code = rp_unpack_skip(t->from, padded(size) - size, err);
    *ret = (rp_str){text, (size_t)size};
    return code;
}

static uint64_t decimal(rp_str s)
{
    uint64_t v = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9' || v > UINT64_MAX / 16)
            return UINT64_MAX;
        v = v * 10 + (uint64_t)(s.ptr[i] - '0');
    }
    return s.len != 0 ? v : UINT64_MAX;
}

static rp_code pax_keyword(extension *x, rp_str key, rp_str value, uint64_t at, rp_error *err)
{
    if (rp_str_is(key, "path") || rp_str_is(key, "GNU.sparse.name")) {
        bool better = !x->sparse || rp_str_is(key, "GNU.sparse.name");
        x->path = better ? value : x->path;
    } else if (rp_str_is(key, "size")) {
        x->size = decimal(value);
        if (x->size == UINT64_MAX)
            return rp_fail(err, RP_E_FORMAT, at, "tar: a pax header's size is no number");
    }
    x->sparse = x->sparse || rp_str_starts(key, "GNU.sparse.");
    return RP_OK;
}

/* POSIX.1-2017 "pax Extended Header": records of "length keyword=value\n". */
static rp_code parse_pax(extension *x, rp_str text, uint64_t at, rp_error *err)
{
    x->pax = true;
    while (text.len != 0) {
        size_t space = rp_str_find(rp_str_sub(text, 0, 20), RP_STR(" "));
        uint64_t len = space != SIZE_MAX ? decimal(rp_str_sub(text, 0, space)) : UINT64_MAX;
        if (len > text.len || len < space + 2 || text.ptr[len - 1] != '\n')
            return rp_fail(err, RP_E_FORMAT, at, "tar: a pax header is damaged");
        rp_str record = rp_str_sub(text, space + 1, (size_t)len - space - 2);
        const char *equals = record.len ? memchr(record.ptr, '=', record.len) : NULL;
        if (equals == NULL)
            return rp_fail(err, RP_E_FORMAT, at, "tar: a pax header has no '='");
        rp_str key = {record.ptr, (size_t)(equals - record.ptr)};
        rp_code code = pax_keyword(x, key, rp_str_sub(record, key.len + 1, SIZE_MAX), at, err);
        if (code != RP_OK)
            return code;
        text = rp_str_sub(text, (size_t)len, SIZE_MAX);
    }
    return RP_OK;
}

/* One header that only says something of the file behind it; *ret_is: it was one. */
static rp_code take_extension(rp_tar *t, const uint8_t *h, extension *x, bool *ret_is,
                              rp_error *err)
{
    uint64_t at = t->from->out - RECORD, size = number(h + SIZE, NUMBER_LEN);
    char type = (char)h[TYPE];
    rp_str text = {NULL, 0};
    *ret_is = strchr("xXgLKV", type) != NULL && type != '\0';
    if (!*ret_is)
        return RP_OK;
    rp_code code = read_extension(t, type == 'V' ? 0 : size, &text, err); /* V: a label, no data */
    if (code == RP_OK && (type == 'x' || type == 'X'))
        code = parse_pax(x, text, at, err);
    if (code == RP_OK && type == 'L')
        x->path = (rp_str){text.ptr, strlen(text.ptr)};
    return code;
}

/* Reads headers up to the one of a member. *ret_end: the end mark came. */
static rp_code read_headers(rp_tar *t, uint8_t *h, extension *x, bool *ret_end, rp_error *err)
{
    for (unsigned n = 0; n < MAX_EXTENSIONS; n++) {
        uint64_t at = t->from->out;
        size_t got = 0;
        bool was = false;
        rp_code code = rp_unpack_read(t->from, h, RECORD, &got, err);
        if (code != RP_OK)
            return code;
        if (got != RECORD)
            return rp_fail(err, RP_E_FORMAT, at,
                           "tar: truncated: it ends without an end mark; members may be missing");
        *ret_end = all_zero(h);
        if (*ret_end)
            return RP_OK;
        if (!right_checksum(h) || number(h + SIZE, NUMBER_LEN) == UINT64_MAX)
            return rp_fail(err, RP_E_FORMAT, at, "tar: damaged: a header's checksum is wrong");
        code = take_extension(t, h, x, &was, err);
        if (code != RP_OK || !was)
            return code;
    }
    return rp_fail(err, RP_E_LIMIT, t->from->out, "tar: more than %d headers for one member",
                   MAX_EXTENSIONS);
}

/* GNU tar manual, "Basic Tar Format": where four holes are not enough, records of 21 follow. */
static rp_code skip_old_sparse(rp_tar *t, const uint8_t *h, rp_error *err)
{
    uint8_t record[RECORD];
    rp_code code = RP_OK;
    for (bool more = h[GNU_MORE_HOLES] != 0; code == RP_OK && more;
         more = record[GNU_STILL_MORE] != 0)
        code = rp_unpack_exactly(t->from, record, RECORD, err);
    return code;
}

/* Whether bytes follow the header. POSIX lets a hard link have them in pax archives only; other
 * writers gave it the size of the file it links to, without bytes. */
static bool has_data(char type, const extension *x)
{
    return type == '1' ? x->pax : type < '2' || type > '6';
}

static rp_code skip(void *self, rp_error *err)
{
    rp_tar *t = self;
    uint64_t n = t->left;
    t->left = t->data = 0;
    return rp_unpack_skip(t->from, n, err);
}

static rp_code next(void *self, rp_member *ret, bool *ret_end, rp_error *err)
{
    rp_tar *t = self;
    uint8_t h[RECORD];
    extension x = {.size = UINT64_MAX};
    *ret_end = t->ended;
    rp_code code = skip(t, err);
    if (code != RP_OK || t->ended)
        return code;
    rp_arena_reset(&t->names);
    code = read_headers(t, h, &x, ret_end, err);
    t->ended = *ret_end;
    if (code != RP_OK || t->ended)
        return code;
    char type = (char)h[TYPE];
    rp_member m = {.at = t->from->out - RECORD, .name = x.path};
    uint64_t size = x.size != UINT64_MAX ? x.size : number(h + SIZE, NUMBER_LEN);
    if (m.name.ptr == NULL)
        m.name = own_name(t, h);
    if (m.name.ptr == NULL)
        return rp_fail_memory(err);
    m.size = has_data(type, &x) ? size : 0;
    bool folder = m.name.len != 0 && m.name.ptr[m.name.len - 1] == '/';
    m.file = (type < '2' || type > '6') && type != 'D' && !folder && (type != '1' || m.size != 0);
    if (type == 'S' || x.sparse)
        m.unread = "it is stored with holes (a sparse file), which is not read";
    if (type == 'S')
        code = skip_old_sparse(t, h, err);
    t->data = m.size;
    t->left = padded(m.size);
    *ret = m;
    return code;
}

static rp_code read_data(void *self, uint8_t *to, size_t len, size_t *ret, rp_error *err)
{
    rp_tar *t = self;
    *ret = t->data < len ? (size_t)t->data : len;
    t->data -= *ret;
    t->left -= *ret;
    return rp_unpack_exactly(t->from, to, *ret, err);
}

static bool where(const void *self, uint64_t *ret)
{
    const rp_tar *t = self;
    return rp_unpack_where(t->from, ret);
}

void rp_tar_free(rp_tar *t)
{
    rp_arena_free(&t->names);
}

const rp_format_reader rp_tar_reader = {next, read_data, skip, where};
