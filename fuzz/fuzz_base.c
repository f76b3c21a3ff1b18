/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* base/: the input is a little program. Its first bytes choose operations on a reader, a source in
 * memory and one in a file over the rest; both sources must agree, and nothing may leave its
 * window. */
#define _GNU_SOURCE
#include "base/arena.h"
#include "base/buf.h"
#include "base/source.h"
#include "require.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STEPS = 64 };

static bool inside(const rp_reader *r, const void *ptr, size_t len)
{
    const uint8_t *p = ptr;
    return len == 0 || (p >= r->buf.ptr && len <= r->buf.len && p <= r->buf.ptr + r->buf.len - len);
}

/* One operation; a reader that is bad stays bad and gives nothing. */
static void step(rp_reader *r, uint8_t op, uint64_t arg)
{
    bool was_bad = r->bad;
    size_t before = r->pos;
    rp_str s = {"", 0};
    rp_reader w;
    switch (op % 9) {
    case 0:
        if (rp_uint(r, 1u << (arg & 3)) != 0)
            REQUIRE(!r->bad);
        break;
    case 1:
        if (rp_uleb(r) != 0)
            REQUIRE(!r->bad);
        break;
    case 2:
        if (rp_sleb(r) != 0)
            REQUIRE(!r->bad);
        break;
    case 3:
        rp_skip_bytes(r, arg);
        break;
    case 4:
        rp_seek(r, arg);
        break;
    case 5:
        s = rp_next_cstr(r);
        REQUIRE(r->bad ? s.len == 0 : inside(r, s.ptr, s.len) && memchr(s.ptr, 0, s.len) == NULL);
        break;
    case 6:
        s = rp_next_str(r, (size_t)(arg % 4096));
        REQUIRE(r->bad ? s.len == 0 : inside(r, s.ptr, s.len));
        break;
    case 7:
        if (rp_window(r, arg, arg >> 3, &w))
            REQUIRE(inside(r, w.buf.ptr, w.buf.len) && w.origin == r->origin + arg && !w.bad);
        break;
    default:
        if (rp_cstr(r, arg, &s))
            REQUIRE(inside(r, s.ptr, s.len + 1) && s.ptr[s.len] == '\0');
    }
    REQUIRE(r->pos <= r->buf.len && rp_left(r) <= r->buf.len);
    REQUIRE(!was_bad || (r->bad && rp_left(r) == 0));
    REQUIRE(op % 9 == 4 || r->pos >= before);
}

typedef struct {
    uint64_t next; /* where the next new byte is expected */
    uint64_t sum;
    size_t overlap;
} scan_state;

/* Pieces come in order, without gaps, and repeat at most `overlap` bytes. */
static bool visit(void *user, rp_bytes piece, uint64_t at)
{
    scan_state *s = user;
    REQUIRE(at <= s->next && s->next - at <= s->overlap && at + piece.len >= s->next);
    for (size_t i = (size_t)(s->next - at); i < piece.len; i++)
        s->sum = s->sum * 31 + piece.ptr[i];
    s->next = at + piece.len;
    return true;
}

static void compare_range(rp_source *memory, rp_source *file, uint64_t off, uint64_t len)
{
    rp_bytes a, b;
    bool got_a = rp_source_bytes(memory, off, len, &a);
    bool got_b = rp_source_bytes(file, off, len, &b);
    REQUIRE(got_a == got_b);
    if (got_a)
        REQUIRE(a.len == len && b.len == len && (len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0));
    got_a = rp_source_upto(memory, off, len, &a);
    got_b = rp_source_upto(file, off, len, &b);
    REQUIRE(got_a == got_b && (!got_a || (a.len == b.len && a.len <= len)));
}

static void compare_scan(rp_source *memory, rp_source *file, uint64_t off, uint64_t len,
                         size_t overlap)
{
    scan_state a = {.next = off, .overlap = overlap}, b = a;
    bool got_a = rp_source_scan(memory, off, len, overlap, visit, &a);
    bool got_b = rp_source_scan(file, off, len, overlap, visit, &b);
    REQUIRE(got_a == got_b);
    if (got_a)
        REQUIRE(a.sum == b.sum && a.next == b.next && a.next == off + len);
}

static void sources(const uint8_t *data, size_t size, const uint64_t *args, size_t nargs)
{
    rp_arena arena = {.limit = 64u << 20};
    int fd = memfd_create("fuzz", 0);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    rp_source memory = rp_source_memory((rp_bytes){data, size}, &arena);
    rp_source file = rp_source_fd(fd, size, &arena);
    for (size_t i = 0; i + 1 < nargs && i < 16; i += 2) {
        rp_source part_m, part_f;
        compare_range(&memory, &file, args[i], args[i + 1]);
        compare_scan(&memory, &file, args[i], args[i + 1], args[i] % 64);
        bool m = rp_source_slice(&memory, args[i], args[i + 1], &part_m);
        bool f = rp_source_slice(&file, args[i], args[i + 1], &part_f);
        REQUIRE(m == f);
        if (m)
            compare_range(&part_m, &part_f, args[i] / 2, args[i + 1] / 2);
    }
    (void)close(fd);
    rp_arena_free(&arena);
}

static void growing_text(const uint8_t *data, size_t size, size_t max)
{
    rp_buf b = {.max = max};
    size_t n = 0;
    for (size_t i = 0; i < size && i < 512; i++) {
        rp_buf_repeat(&b, (char)data[i], data[i] % 37);
        rp_buf_printf(&b, "%u", (unsigned)data[i]);
        REQUIRE(b.len >= n && (max == 0 || b.len <= max));
        REQUIRE(b.len == 0 || b.ptr[b.len] == '\0');
        n = b.len;
    }
    rp_buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* 64 operations of 9 bytes each at most; the rest is what they work on */
    size_t steps = size / 18 < STEPS ? size / 18 : STEPS;
    const uint8_t *rest = data + steps * 9;
    size_t left = size - steps * 9;
    rp_reader program = rp_reader_of((rp_bytes){data, steps * 9}, 0, false);
    rp_reader r = rp_reader_of((rp_bytes){rest, left}, 1000, size % 2 == 1);
    uint64_t args[STEPS] = {0};
    for (size_t i = 0; i < steps; i++) {
        uint8_t op = rp_u8(&program);
        args[i] = rp_u64(&program);
        if (op & 0x80) /* small arguments reach further */
            args[i] %= left + 2;
        step(&r, op & 0x7f, args[i]);
    }
    REQUIRE(!program.bad);
    sources(rest, left, args, steps);
    growing_text(rest, left, size % 3 ? 0 : 100);
    return 0;
}
