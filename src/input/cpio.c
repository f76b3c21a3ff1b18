/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "input/cpio.h"

#include "base/limits.h"
#include "base/reader.h"

enum {
    MAGIC = 6,
    NEW = 110,
    OLD = 76,
    BINARY = 26,
    TYPE = 0170000, /* of a mode */
    REGULAR = 0100000,
    BINARY_MAGIC = 070707
};

typedef struct {
    uint64_t mode, name, size;
    unsigned align; /* of the name's end (counted from the header) and of the data's */
    size_t length;  /* of the header */
} header;

/* `digits` digits of base 8 or 16; UINT64_MAX when one of them is none. */
static uint64_t number(const uint8_t *p, unsigned digits, unsigned base)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < digits; i++) {
        unsigned c = p[i] | (p[i] >= 'A' ? 0x20u : 0), d = c - (c >= 'a' ? 'a' - 10u : '0');
        if (p[i] < '0' || d >= base)
            return UINT64_MAX;
        v = v * base + d;
    }
    return v;
}

/* cpio(5): c_magic 6 bytes, then 13 fields of eight hexadecimal digits. */
static header new_ascii(const uint8_t *p)
{
    return (header){.mode = number(p + 14, 8, 16),
                    .size = number(p + 54, 8, 16),
                    .name = number(p + 94, 8, 16),
                    .align = 4,
                    .length = NEW};
}

/* cpio(5): fields of six octal digits, the time and the size eleven. */
static header old_ascii(const uint8_t *p)
{
    return (header){.mode = number(p + 18, 6, 8),
                    .name = number(p + 59, 6, 8),
                    .size = number(p + 65, 11, 8),
                    .align = 1,
                    .length = OLD};
}

/* cpio(5): thirteen 16-bit numbers; of longer ones the more significant half comes first. */
static header binary(const uint8_t *p, bool big)
{
    rp_reader r = rp_reader_of((rp_bytes){p, BINARY}, 0, big);
    rp_skip_bytes(&r, 6);
    header h = {.mode = rp_u16(&r), .align = 2, .length = BINARY};
    rp_seek(&r, 20);
    h.name = rp_u16(&r);
    h.size = (uint64_t)rp_u16(&r) << 16;
    h.size |= rp_u16(&r);
    return h;
}

static bool is_binary(const uint8_t *p, bool big)
{
    return (big ? p[0] << 8 | p[1] : p[1] << 8 | p[0]) == BINARY_MAGIC;
}

/* FIFO, character device, folder, block device, file, link, socket. */
static bool is_type(uint64_t mode)
{
    static const uint16_t types = 1 << 1 | 1 << 2 | 1 << 4 | 1 << 6 | 1 << 8 | 1 << 10 | 1 << 12;
    return (types >> ((mode & TYPE) >> 12) & 1) != 0;
}

bool rp_cpio_binary(rp_bytes head)
{
    if (head.len < BINARY + 1)
        return false;
    header h = binary(head.ptr, is_binary(head.ptr, true));
    if (!is_type(h.mode) || h.name < 2 || h.name > RP_MAX_NAME)
        return false;
    size_t nul = BINARY + (size_t)h.name - 1; /* the name ends in a NUL, its first */
    return memchr(head.ptr + BINARY, 0, head.len - BINARY) ==
           (nul < head.len ? head.ptr + nul : NULL);
}

static rp_code damaged(uint64_t at, const char *what, rp_error *err)
{
    return rp_fail(err, RP_E_FORMAT, at, "cpio: %s", what);
}

/* The header that comes next, of whatever form it is. */
static rp_code read_header(rp_cpio *c, uint64_t at, header *ret, rp_error *err)
{
    uint8_t p[NEW];
    rp_code code = rp_unpack_exactly(c->from, p, BINARY, err);
    if (code != RP_OK)
        return code;
    bool new = memcmp(p, "070701", MAGIC) == 0 || memcmp(p, "070702", MAGIC) == 0;
    bool big = is_binary(p, true);
    if (new || memcmp(p, "070707", MAGIC) == 0) {
        code = rp_unpack_exactly(c->from, p + BINARY, (new ? NEW : OLD) - BINARY, err);
        if (code == RP_OK)
            *ret = new ? new_ascii(p) : old_ascii(p);
    } else if (big || is_binary(p, false)) {
        *ret = binary(p, big);
    } else {
        return damaged(at, "damaged: there is no header where one has to be", err);
    }
    return code;
}

static rp_code read_name(rp_cpio *c, uint64_t at, const header *h, rp_member *ret, rp_error *err)
{
    if (h->name == 0 || h->name > RP_MAX_NAME + 1)
        return rp_fail(err, RP_E_LIMIT, at, "cpio: a name of %llu bytes; at most %u are read",
                       (unsigned long long)h->name, RP_MAX_NAME);
    uint64_t padding = (h->align - (h->length + h->name) % h->align) % h->align;
    rp_arena_reset(&c->names);
    char *name = rp_new(&c->names, h->name + 1, char);
    if (name == NULL)
        return rp_fail_memory(err);
    rp_code code = rp_unpack_exactly(c->from, name, (size_t)h->name, err);
    if (code == RP_OK)
        code = rp_unpack_skip(c->from, padding, err);
    ret->name = (rp_str){name, strlen(name)};
    return code;
}

static rp_code skip(void *self, rp_error *err)
{
    rp_cpio *c = self;
    uint64_t left = c->left, padding = c->padding;
    c->left = c->padding = 0;
    rp_code code = rp_unpack_skip(c->from, left, err);
    return code == RP_OK ? rp_unpack_skip(c->from, padding, err) : code;
}

static rp_code next(void *self, rp_member *ret, bool *ret_end, rp_error *err)
{
    rp_cpio *c = self;
    header h = {0};
    rp_code code = skip(c, err);
    *ret_end = c->ended;
    uint64_t at = c->from->out;
    if (code != RP_OK || c->ended || (code = read_header(c, at, &h, err)) != RP_OK)
        return code;
    if (h.mode == UINT64_MAX || h.size == UINT64_MAX || h.name == UINT64_MAX)
        return damaged(at, "damaged: a number in a header is none", err);
    rp_member m = {.at = at, .size = h.size, .file = (h.mode & TYPE) == REGULAR};
    code = read_name(c, at, &h, &m, err);
    if (code != RP_OK)
        return code;
    c->left = h.size;
    c->padding = (unsigned)((h.align - h.size % h.align) % h.align);
    c->ended = *ret_end = rp_str_is(m.name, "TRAILER!!!");
    if (!c->ended)
        *ret = m;
    return RP_OK;
}

static rp_code read_data(void *self, uint8_t *to, size_t len, size_t *ret, rp_error *err)
{
    rp_cpio *c = self;
    *ret = c->left < len ? (size_t)c->left : len;
    c->left -= *ret;
    return rp_unpack_exactly(c->from, to, *ret, err);
}

static bool where(const void *self, uint64_t *ret)
{
    const rp_cpio *c = self;
    return rp_unpack_where(c->from, ret);
}

void rp_cpio_free(rp_cpio *c)
{
    rp_arena_free(&c->names);
}

const rp_format_reader rp_cpio_reader = {next, read_data, skip, where};
