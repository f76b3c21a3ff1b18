/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "origin/strings.h"

#include "obj/macho.h"
#include "origin/matcher.h"
#include "origin/paths.h"
#include "origin/rodata.h"

#include <stdlib.h>

/* Kinds of needles; from N_MESSAGE on one id per message, which is a bit of rp_strings.messages. */
enum {
    N_PATH,
    N_ATTEMPT,
    N_ASSERTION,
    N_RUST_TEXT,
    N_JEMALLOC,
    N_JEMALLOC_VERSION,
    N_MIMALLOC,
    N_TCMALLOC,
    N_SNMALLOC,
    N_SCUDO,
    N_SANITIZER,
    N_SANITIZER_FLAG,
    N_CPP,
    N_MESSAGE
};

/* Texts of core, alloc and std: present when code that can panic so is linked in. */
static const rp_needle needles[] = {
    {"src/", N_PATH},
    {"src\\", N_PATH},
    {"/home/", N_PATH},
    {"/Users/", N_PATH},
    {"\\Users\\", N_PATH},
    {"/root/", N_PATH},
    {".cargo", N_PATH},
    {"rustc/", N_PATH},
    {"rustc-", N_PATH},
    {"/target/", N_PATH},
    {"attempt to ", N_ATTEMPT},
    {"unsafe precondition(s) violated", N_ASSERTION},
    {"misaligned pointer dereference: address must be", N_ASSERTION},
    {"null pointer dereference occurred", N_ASSERTION},
    {"trying to construct an enum from an invalid value", N_ASSERTION},
    {"RUST_BACKTRACE", N_RUST_TEXT},
    {"<jemalloc>", N_JEMALLOC},
    {"-0-g", N_JEMALLOC_VERSION},
    {"mimalloc: ", N_MIMALLOC},
    {"tcmalloc", N_TCMALLOC},
    {"snmalloc", N_SNMALLOC},
    {"Scudo ERROR", N_SCUDO},
    {"SAN_OPTIONS", N_SANITIZER},
    {"symbolize_inline_frames", N_SANITIZER_FLAG},
    {"St9bad_alloc", N_CPP},
    {"called `Option::unwrap()` on a `None` value", N_MESSAGE + 0},
    {"called `Result::unwrap()` on an `Err` value", N_MESSAGE + 1},
    {"index out of bounds: the len is ", N_MESSAGE + 2},
    {"internal error: entered unreachable code", N_MESSAGE + 3},
    {"assertion `left ", N_MESSAGE + 4},
    {"assertion failed: ", N_MESSAGE + 5},
    {"explicit panic", N_MESSAGE + 6},
    {"range end index ", N_MESSAGE + 7},
    {"range start index ", N_MESSAGE + 8},
    {"slice index starts at ", N_MESSAGE + 9},
    {"already borrowed", N_MESSAGE + 10},
    {"already mutably borrowed", N_MESSAGE + 11},
    {"capacity overflow", N_MESSAGE + 12},
    {"not implemented", N_MESSAGE + 13},
    {"is not a char boundary", N_MESSAGE + 14},
    {"panicked at ", N_MESSAGE + 15},
    {"copy_from_slice: ", N_MESSAGE + 16},
};
_Static_assert(RP_COUNT(needles) <= RP_NEEDLE_MAX, "rp_matcher has room for every needle");

enum {
    LOOK = RP_PATH_REACH + 112, /* bytes that a hit may need on either side */
    FILE_SLOTS = 2 * RP_STRINGS_FILES,
    LEAK_SLOTS = 1024, /* different leaks that are counted */
    MESSAGE_DIVIDE = 17,
    MESSAGE_REMAINDER = 18
};

typedef struct {
    uint64_t *slots;
    uint32_t nslots; /* a power of two */
    uint32_t n;
} hash_set;

typedef struct {
    rp_image *img;
    rp_strings *out;
    rp_matcher *matcher;
    uint64_t base;  /* file offset of the piece's first byte */
    uint64_t next;  /* first file offset not looked at */
    uint64_t end;   /* of the range */
    bool only_rust; /* stop at the first text that says Rust */
    bool no_memory;
    hash_set files, leak_texts;
    uint32_t sanitizers; /* bits, index of the table */
    uint64_t sanitizer_at[8];
    bool sanitizer_flags;
    RP_VEC(rp_found) leaks;
} scan;

/* FNV-1a; never 0, which marks an empty slot. */
static uint64_t hash_of(rp_str s)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (uint8_t)s.ptr[i]) * 0x100000001b3u;
    return h | 1;
}

/* True when it was not there yet. Full at half its slots: then everything counts as seen. */
static bool hash_set_add(hash_set *set, uint64_t h)
{
    uint32_t mask = set->nslots - 1;
    uint32_t i = (uint32_t)(h >> 17) & mask;
    while (set->slots[i] != 0 && set->slots[i] != h)
        i = (i + 1) & mask;
    if (set->slots[i] == h || set->n >= set->nslots / 2)
        return false;
    set->slots[i] = h;
    set->n++;
    return true;
}

static void keep(scan *s, rp_found *to, rp_str text, uint64_t at)
{
    if (to->text.len != 0)
        return;
    rp_str copy = rp_arena_str(s->img->arena, text);
    if (copy.ptr == NULL)
        s->no_memory = true;
    else
        *to = (rp_found){copy, at};
}

static void keep_leak(scan *s, const rp_path *p, rp_bytes b)
{
    bool fresh = p->home && p->user.len != 0 &&
                 (s->out->user.len == 0 ||
                  (rp_path_is_service_user(s->out->user) && !rp_path_is_service_user(p->user)));
    if (fresh) {
        s->out->user = rp_arena_str(s->img->arena, p->user);
        s->no_memory |= s->out->user.ptr == NULL;
    }
    if (!hash_set_add(&s->leak_texts, hash_of(p->root)))
        return;
    s->out->leaks_total++;
    s->out->home_leaks += p->home;
    if (s->leaks.n >= RP_STRINGS_LEAKS)
        return;
    rp_found *f = rp_vec_push(s->img->arena, &s->leaks);
    if (f == NULL) {
        s->no_memory = true;
        return;
    }
    *f = (rp_found){{NULL, 0}, 0};
    keep(s, f, p->root, s->base + (uint64_t)((const uint8_t *)p->root.ptr - b.ptr));
}

/* Home folders in what a Mach-O file loads and searches: these texts lie in the load commands,
 * which hold no constants. */
static void keep_command_leak(scan *s, rp_str text, uint64_t at)
{
    if (text.len == 0)
        return;
    rp_path p;
    rp_bytes b = {(const uint8_t *)text.ptr, text.len};
    rp_path_around(b, text.len - 1, &p);
    s->base = at;
    if (p.kind == RP_PATH_HOME && p.start == 0)
        keep_leak(s, &p, b);
}

static void scan_load_commands(scan *s)
{
    const rp_macho *m = s->img->macho;
    if (m == NULL || s->only_rust)
        return;
    for (uint32_t i = 0; i < m->nrpaths; i++)
        keep_command_leak(s, m->rpaths[i].text, m->rpaths[i].at);
    for (uint32_t i = 0; i < s->img->nlibraries; i++)
        keep_command_leak(s, m->dylibs[i].name, m->dylibs[i].at);
}

static bool holds(rp_bytes b, const rp_path *p, const char *unix_part, const char *windows_part)
{
    rp_bytes path = {b.ptr + p->start, p->end - p->start};
    return rp_bytes_find(path, rp_str_from(unix_part)) != SIZE_MAX ||
           rp_bytes_find(path, rp_str_from(windows_part)) != SIZE_MAX;
}

static size_t on_path(scan *s, rp_bytes b, size_t pos)
{
    rp_path p;
    rp_path_around(b, pos, &p);
    uint64_t at = s->base + p.start;
    rp_str text = {(const char *)b.ptr + p.start, p.end - p.start};
    if (p.kind == RP_PATH_STD) {
        s->out->std_paths++;
        keep(s, &s->out->rust, text, at);
        if (p.commit.len != 0)
            keep(s, &s->out->commit, p.commit, at);
        if (p.version.len != 0)
            keep(s, &s->out->version, p.version, at);
        s->out->panic_unwind |= holds(b, &p, "panic_unwind/", "panic_unwind\\");
    } else if (p.rust) {
        keep(s, &s->out->rust, text, at);
        size_t tail = text.len > 64 ? text.len - 64 : 0;
        if (hash_set_add(&s->files, hash_of(rp_str_sub(text, tail, SIZE_MAX))))
            s->out->user_files++;
    }
    if (p.source && (p.home || p.kind == RP_PATH_BUILD)) {
        keep_leak(s, &p, b);
        s->out->debug_path |= holds(b, &p, "/target/debug/", "\\target\\debug\\");
        s->out->release_path |= holds(b, &p, "/target/release/", "\\target\\release\\");
    }
    return p.end > pos ? p.end : pos + 1;
}

static size_t on_attempt(scan *s, rp_bytes b, size_t pos)
{
    static const struct {
        const char *text;
        uint32_t overflow; /* 0: always on */
        uint32_t message;
    } rest[] = {
        {"add with overflow", RP_OVERFLOW_ADD, 0},
        {"subtract with overflow", RP_OVERFLOW_SUB, 0},
        {"multiply with overflow", RP_OVERFLOW_MUL, 0},
        {"negate with overflow", RP_OVERFLOW_NEG, 0},
        {"shift left with overflow", RP_OVERFLOW_SHL, 0},
        {"shift right with overflow", RP_OVERFLOW_SHR, 0},
        {"divide by zero", 0, MESSAGE_DIVIDE},
        {"divide with overflow", 0, MESSAGE_DIVIDE},
        {"calculate the remainder", 0, MESSAGE_REMAINDER},
    };
    enum { HEAD = 11 };
    rp_str tail = {(const char *)b.ptr + pos + HEAD, b.len - pos - HEAD};
    for (size_t i = 0; i < RP_COUNT(rest); i++) {
        size_t len = strlen(rest[i].text);
        if (!rp_str_starts(tail, rest[i].text))
            continue;
        rp_str whole = {(const char *)b.ptr + pos, HEAD + len};
        if (rest[i].overflow != 0)
            keep(s, &s->out->overflow_message, whole, s->base + pos);
        else
            s->out->messages |= 1u << rest[i].message;
        s->out->overflow |= rest[i].overflow;
        return pos + HEAD + len;
    }
    return pos + HEAD;
}

static void on_allocator(scan *s, rp_allocator kind, const char *name, size_t pos)
{
    if (s->out->allocator_kind != RP_ALLOC_UNKNOWN)
        return;
    s->out->allocator_kind = kind;
    s->out->allocator = (rp_found){rp_str_from(name), s->base + pos};
}

static bool is_version_char(uint8_t c)
{
    return (c >= '0' && c <= '9') || c == '.';
}

/* jemalloc's JEMALLOC_VERSION: "5.3.0-0-g<40 hex digits>". */
static void on_jemalloc_version(scan *s, rp_bytes b, size_t pos)
{
    size_t from = pos;
    while (from > 0 && pos - from < 12 && is_version_char(b.ptr[from - 1]))
        from--;
    size_t hex = 0;
    while (pos + 4 + hex < b.len && hex < 41 &&
           strchr("0123456789abcdef", b.ptr[pos + 4 + hex]) != NULL && b.ptr[pos + 4 + hex] != 0)
        hex++;
    /* built from something that is no checkout it says 0.0.0 and a commit of zeros */
    bool zeros = pos - from >= 5 && memcmp(b.ptr + from, "0.0.0", 5) == 0;
    if (pos - from < 5 || hex != 40 || zeros)
        return;
    rp_str name = rp_arena_printf(s->img->arena, "jemalloc %.*s", (int)(pos - from),
                                  (const char *)b.ptr + from);
    if (name.ptr == NULL) {
        s->no_memory = true;
        return;
    }
    s->out->allocator_kind = RP_ALLOC_JEMALLOC;
    s->out->allocator = (rp_found){name, s->base + from};
}

/* Every sanitizer runtime reads <X>SAN_OPTIONS, and so may a program that starts others; only a
 * runtime also has the table of common flags (compiler-rt, sanitizer_flags.inc). ASan's holds the
 * leak and undefined-behaviour ones: the first row that was seen counts. */
static const struct {
    const char *prefix;
    const char *name;
} sanitizers[] = {{"HWA", "hwaddress"}, {"A", "address"}, {"T", "thread"},    {"M", "memory"},
                  {"RT", "realtime"},   {"L", "leak"},    {"UB", "undefined"}};

/* Is the string of `len` bytes at `pos` a C string of its own? */
static bool is_alone(rp_bytes b, size_t pos, size_t len)
{
    return pos > 0 && b.ptr[pos - 1] == 0 && len < b.len - pos && b.ptr[pos + len] == 0;
}

static void on_sanitizer(scan *s, rp_bytes b, size_t pos)
{
    enum { TAIL = 11 }; /* "SAN_OPTIONS" */
    for (size_t i = 0; i < RP_COUNT(sanitizers); i++) {
        size_t n = strlen(sanitizers[i].prefix);
        if (pos > n && memcmp(b.ptr + pos - n, sanitizers[i].prefix, n) == 0 &&
            is_alone(b, pos - n, n + TAIL)) {
            if ((s->sanitizers & 1u << i) == 0)
                s->sanitizer_at[i] = s->base + pos - n;
            s->sanitizers |= 1u << i;
            return;
        }
    }
}

static void settle_sanitizer(scan *s)
{
    for (size_t i = 0; i < RP_COUNT(sanitizers) && s->sanitizer_flags; i++) {
        if ((s->sanitizers & 1u << i) != 0) {
            s->out->sanitizer = (rp_found){rp_str_from(sanitizers[i].name), s->sanitizer_at[i]};
            return;
        }
    }
}

static void on_name(scan *s, int id, rp_bytes b, size_t pos)
{
    switch (id) {
    case N_ASSERTION:
        keep(s, &s->out->assertion_message,
             (rp_str){(const char *)b.ptr + pos, strlen("unsafe precondition(s) violated")},
             s->base + pos);
        break;
    case N_RUST_TEXT:
        keep(s, &s->out->rust, RP_STR("RUST_BACKTRACE"), s->base + pos);
        break;
    case N_JEMALLOC:
        on_allocator(s, RP_ALLOC_JEMALLOC, "jemalloc", pos);
        break;
    case N_JEMALLOC_VERSION:
        on_jemalloc_version(s, b, pos);
        break;
    case N_MIMALLOC:
        on_allocator(s, RP_ALLOC_MIMALLOC, "mimalloc", pos);
        break;
    case N_TCMALLOC:
        on_allocator(s, RP_ALLOC_TCMALLOC, "tcmalloc", pos);
        break;
    case N_SNMALLOC:
        on_allocator(s, RP_ALLOC_SNMALLOC, "snmalloc", pos);
        break;
    case N_SCUDO:
        on_allocator(s, RP_ALLOC_HARDENED, "Scudo", pos);
        break;
    case N_SANITIZER:
        on_sanitizer(s, b, pos);
        break;
    case N_SANITIZER_FLAG:
        s->sanitizer_flags |= is_alone(b, pos, strlen("symbolize_inline_frames"));
        break;
    default:
        s->out->cpp_runtime = true;
        break;
    }
}

static size_t on_hit(void *user, int id, rp_bytes b, size_t pos)
{
    scan *s = user;
    size_t next = pos + RP_NEEDLE_MIN;
    if (id == N_PATH)
        next = on_path(s, b, pos);
    else if (id == N_ATTEMPT)
        next = on_attempt(s, b, pos);
    else if (id >= N_MESSAGE)
        s->out->messages |= 1u << (id - N_MESSAGE);
    else
        on_name(s, id, b, pos);
    if (id == N_MESSAGE || id == N_MESSAGE + 1) /* the backquoted ones: nobody else writes these */
        keep(s, &s->out->rust, RP_STR("core's panic messages"), s->base + pos);
    bool enough = s->only_rust && s->out->rust.text.len != 0;
    return enough || s->no_memory ? SIZE_MAX : next;
}

/* Each place is looked at once, with LOOK bytes on either side of it (rp_source_scan hands on 2 *
 * LOOK bytes of the piece before). */
static bool on_piece(void *user, rp_bytes piece, uint64_t at)
{
    scan *s = user;
    uint64_t piece_end = at + piece.len;
    size_t to = piece_end >= s->end ? piece.len : piece.len > LOOK ? piece.len - LOOK : 0;
    size_t from = s->next > at ? (size_t)(s->next - at) : 0;
    s->base = at;
    if (from >= to)
        return true;
    size_t stopped = rp_matcher_run(s->matcher, piece, from, to, on_hit, s);
    if (stopped == SIZE_MAX)
        return false;
    s->next = at + stopped;
    return true;
}

static int by_text(const void *a, const void *b)
{
    const rp_found *x = a;
    const rp_found *y = b;
    return rp_str_cmp(x->text, y->text);
}

static bool scan_start(scan *s, rp_image *img, rp_strings *out)
{
    *s = (scan){.img = img, .out = out};
    *out = (rp_strings){.whole = RP_YES};
    s->matcher = rp_new(img->arena, 1, rp_matcher);
    s->files = (hash_set){rp_new(img->arena, FILE_SLOTS, uint64_t), FILE_SLOTS, 0};
    s->leak_texts = (hash_set){rp_new(img->arena, LEAK_SLOTS, uint64_t), LEAK_SLOTS, 0};
    if (s->matcher == NULL || s->files.slots == NULL || s->leak_texts.slots == NULL)
        return false;
    rp_matcher_init(s->matcher, needles, RP_COUNT(needles));
    return true;
}

static bool scan_run(scan *s)
{
    const rp_range *ranges = NULL;
    uint32_t n = 0;
    bool clipped = false;
    if (!rp_rodata_ranges(s->img, &ranges, &n, &clipped))
        return false;
    s->out->whole = n == 0 ? RP_NO : RP_YES;
    for (uint32_t i = 0; i < n && !s->no_memory; i++) {
        s->next = ranges[i].off;
        s->end = ranges[i].end;
        if (!rp_source_scan(s->img->src, ranges[i].off, ranges[i].end - ranges[i].off, 2 * LOOK,
                            on_piece, s))
            clipped = true;
        if (s->only_rust && s->out->rust.text.len != 0)
            break;
    }
    scan_load_commands(s);
    if (clipped)
        s->out->whole = RP_UNKNOWN;
    return !s->no_memory;
}

/* LC_ID_DYLIB: rustc writes where it linked the library, unless told otherwise. It lies among the
 * load commands, not in a section. */
static void read_install_name(scan *s)
{
    if (s->img->format != RP_FORMAT_MACHO)
        return;
    rp_macho_text name = s->img->macho->install_name;
    rp_bytes b = {(const uint8_t *)name.text.ptr, name.text.len};
    if (b.len == 0)
        return;
    rp_path p;
    rp_path_around(b, 0, &p);
    s->base = name.at;
    if (p.kind == RP_PATH_HOME || p.kind == RP_PATH_BUILD)
        keep_leak(s, &p, b);
}

bool rp_strings_read(rp_image *img, rp_strings *ret)
{
    scan s;
    if (!scan_start(&s, img, ret) || !scan_run(&s))
        return false;
    read_install_name(&s);
    if (s.no_memory)
        return false;
    if (s.leaks.n > 1)
        qsort(s.leaks.items, s.leaks.n, sizeof *s.leaks.items, by_text);
    settle_sanitizer(&s);
    ret->leaks = s.leaks.items;
    ret->nleaks = s.leaks.n;
    return true;
}

rp_tri rp_strings_say_rust(rp_image *img)
{
    scan s;
    rp_strings out;
    if (!scan_start(&s, img, &out))
        return RP_UNKNOWN;
    s.only_rust = true;
    if (!scan_run(&s))
        return RP_UNKNOWN;
    if (out.rust.text.len != 0)
        return RP_YES;
    return out.whole == RP_UNKNOWN ? RP_UNKNOWN : RP_NO;
}
