/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "deps/clibs.h"

#include "origin/matcher.h"
#include "origin/rodata.h"

typedef enum {
    V_NEXT,  /* the version follows at once */
    V_DATED, /* …and then a date: "OpenSSL 3.0.15 3 Sep 2024" */
    V_TEXT,  /* …and then a given text */
    V_SELF,  /* the version begins two bytes before the needle's end: "Lua 5." */
    V_NONE   /* the library is there; `after` is its version, NULL when that is not told */
} version_shape;

typedef struct {
    const char *name;
    version_shape shape;
    const char *after; /* V_TEXT, V_SELF */
} library;

/* Texts that these libraries' sources put into each build of them (and their users do not).
 * Where a program only prints another one's version, the number is not a constant of its own. */
static const struct {
    const char *text;
    library lib;
} rows[] = {
    {"OpenSSL ", {"openssl", V_DATED, NULL}},
    {"LibreSSL ", {"libressl", V_NEXT, NULL}},
    {"compatible; AWS-LC ", {"aws-lc", V_NEXT, NULL}},
    {"compatible; BoringSSL", {"boringssl", V_NONE, NULL}},
    {"deflate ", {"zlib", V_TEXT, " Copyright 1995-"}},
    {"inflate ", {"zlib", V_TEXT, " Copyright 1995-"}},
    {"zlib-ng ", {"zlib-ng", V_NEXT, NULL}},
    {"SQLite format 3", {"sqlite", V_NONE, NULL}},
    {"libgit2 ", {"libgit2", V_NEXT, NULL}},
    {"libcurl/", {"curl", V_NEXT, NULL}},
    {"SSH-2.0-libssh2_", {"libssh2", V_NEXT, NULL}},
    {"SSH-2.0-libssh_", {"libssh", V_NEXT, NULL}},
    {"libpng version ", {"libpng", V_NEXT, NULL}},
    {"libjpeg-turbo version ", {"libjpeg-turbo", V_NEXT, NULL}},
    {"LLVM version ", {"llvm", V_NEXT, NULL}},
    {"libarchive ", {"libarchive", V_NEXT, NULL}},
    {"expat_", {"expat", V_NEXT, NULL}},
    {"mbed TLS ", {"mbedtls", V_NEXT, NULL}},
    {"Mbed TLS ", {"mbedtls", V_NEXT, NULL}},
    {"Lua 5.", {"lua", V_SELF, "  Copyright"}},
    {"LuaJIT 2.", {"luajit", V_SELF, NULL}},
    {"1.0.8, 13-Jul-2019", {"bzip2", V_NONE, "1.0.8"}},
    {"1.0.6, 6-Sept-2010", {"bzip2", V_NONE, "1.0.6"}},
    {"Frame requires too much memory for decoding", {"zstd", V_NONE, NULL}},
    {"ERROR_frameType_unknown", {"lz4", V_NONE, NULL}},
    {"<jemalloc>: ", {"jemalloc", V_NONE, NULL}},
    {"mimalloc: ", {"mimalloc", V_NONE, NULL}},
};

enum { LIBRARIES = RP_COUNT(rows), LOOK = 128, TEXT_MAX = 80, VERSION_MAX = 24 };

typedef struct {
    rp_image *img;
    rp_inventory_builder *b;
    rp_error *err;
    rp_code code;
    uint64_t base, next, end;    /* file offsets: of the piece, of what comes next, of the range */
    uint64_t seen_at[LIBRARIES]; /* V_NONE: where, 0 not seen */
    rp_str last[LIBRARIES];      /* the version that was given last */
    rp_matcher matcher;
} scan;

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(uint8_t c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "3.0.15", "1.1.1w", "9e": digits, dots and letters, with a dot and no dot at the end. */
static size_t version_len(rp_bytes b, size_t at)
{
    size_t n = 0;
    bool dot = false;
    while (at + n < b.len && n < VERSION_MAX && (is_alnum(b.ptr[at + n]) || b.ptr[at + n] == '.')) {
        dot |= b.ptr[at + n] == '.';
        n++;
    }
    while (n > 0 && b.ptr[at + n - 1] == '.')
        n--;
    return dot && n >= 3 && is_digit(b.ptr[at]) ? n : 0;
}

static bool follows(rp_bytes b, size_t at, const char *text)
{
    size_t n = strlen(text);
    return at <= b.len && n <= b.len - at && memcmp(b.ptr + at, text, n) == 0;
}

/* " 3 Sep 2024", " 11 Feb 2025 (Library: …)" */
static bool dated(rp_bytes b, size_t at)
{
    size_t i = at + 1;
    if (at + 11 > b.len || b.ptr[at] != ' ' || !is_digit(b.ptr[i]))
        return false;
    i += is_digit(b.ptr[i + 1]) ? 2 : 1;
    return b.len - i >= 9 && b.ptr[i] == ' ' && b.ptr[i + 4] == ' ' && is_digit(b.ptr[i + 5]) &&
           is_digit(b.ptr[i + 8]);
}

static bool shaped(const library *lib, rp_bytes b, size_t end)
{
    if (lib->shape == V_DATED)
        return dated(b, end);
    return lib->after == NULL || follows(b, end, lib->after);
}

static void give(scan *s, const char *name, rp_str version, rp_certainty certainty, uint64_t at,
                 rp_str text)
{
    uint32_t id;
    rp_str kept = rp_arena_str(s->img->arena, text);
    rp_str number = rp_arena_str(s->img->arena, version);
    if (kept.ptr == NULL || number.ptr == NULL) {
        s->code = rp_fail_memory(s->err);
        return;
    }
    rp_seen seen = {.kind = RP_COMPONENT_C_LIBRARY,
                    .name = rp_str_from(name),
                    .version = number,
                    .source = {.url = {"", 0},
                               .reference = {"", 0},
                               .revision = {"", 0},
                               .path = {"", 0},
                               .crates_io = RP_NO},
                    .checksum = {"", 0},
                    .kinds = RP_DEP_NORMAL,
                    .certainty = certainty,
                    .seen = {.what = RP_WITNESS_STRING, .file = {"", 0}, .at = at, .text = kept}};
    s->code = rp_inventory_add(s->b, &seen, &id, s->err);
}

/* What can be printed, to the end of the text. */
static rp_str text_at(rp_bytes b, size_t at)
{
    size_t n = 0;
    while (at + n < b.len && n < TEXT_MAX && b.ptr[at + n] >= 0x20 && b.ptr[at + n] < 0x7f)
        n++;
    return (rp_str){(const char *)b.ptr + at, n};
}

static size_t hit(void *user, int id, rp_bytes b, size_t pos)
{
    scan *s = user;
    const library *lib = &rows[id].lib;
    size_t at = pos + strlen(rows[id].text);
    if (lib->shape == V_NONE) {
        if (s->seen_at[id] == 0)
            s->seen_at[id] = s->base + pos;
        return pos + 1;
    }
    if (lib->shape == V_SELF)
        at -= 2; /* one digit and the dot */
    size_t len = version_len(b, at);
    rp_str version = {(const char *)b.ptr + at, len};
    if (len == 0 || !shaped(lib, b, at + len) || rp_str_eq(version, s->last[id]))
        return pos + 1;
    give(s, lib->name, version, RP_HIGH, s->base + pos, text_at(b, pos));
    s->last[id] = rp_arena_str(s->img->arena, version);
    return s->code == RP_OK ? at + len : SIZE_MAX;
}

static bool piece(void *user, rp_bytes b, uint64_t at)
{
    scan *s = user;
    size_t from = s->next > at ? (size_t)(s->next - at) : 0;
    size_t to = at + b.len >= s->end || b.len < LOOK ? b.len : b.len - LOOK;
    s->base = at;
    if (from >= to)
        return true;
    size_t stopped = rp_matcher_run(&s->matcher, b, from, to, hit, s);
    if (stopped == SIZE_MAX)
        return false;
    s->next = at + stopped;
    return true;
}

/* ---- SQLite: its version stands alone ---- */

typedef struct {
    char text[VERSION_MAX];
    size_t len;
    uint64_t at;
    bool several;
} alone;

/* "\0" "3.45.1" "\0" */
static bool alone_at(rp_bytes b, size_t i, size_t *ret_len)
{
    size_t n = version_len(b, i), dots = 0;
    for (size_t k = 0; k < n; k++) {
        if (b.ptr[i + k] != '.' && !is_digit(b.ptr[i + k]))
            return false;
        dots += b.ptr[i + k] == '.';
    }
    *ret_len = n;
    return dots == 2 && i > 0 && b.ptr[i - 1] == 0 && i + n < b.len && b.ptr[i + n] == 0;
}

static bool find_alone(void *user, rp_bytes b, uint64_t at)
{
    alone *a = user;
    size_t i = 0, n;
    while (i < b.len) {
        size_t next = rp_bytes_find((rp_bytes){b.ptr + i, b.len - i}, RP_STR("3."));
        if (next == SIZE_MAX)
            return true;
        i += next;
        if (alone_at(b, i, &n)) {
            if (a->len != 0 && (a->len != n || memcmp(a->text, b.ptr + i, n) != 0)) {
                a->several = true;
                return false;
            }
            memcpy(a->text, b.ptr + i, n);
            a->len = n;
            a->at = at + i;
        }
        i += 2;
    }
    return true;
}

static void without_version(scan *s, const rp_range *ranges, uint32_t n)
{
    for (size_t id = 0; id < LIBRARIES && s->code == RP_OK; id++) {
        alone a = {.len = 0};
        if (s->seen_at[id] == 0)
            continue;
        if (strcmp(rows[id].lib.name, "sqlite") == 0)
            for (uint32_t i = 0; i < n && !a.several; i++)
                if (!rp_source_scan(s->img->src, ranges[i].off, ranges[i].end - ranges[i].off,
                                    VERSION_MAX + 2, find_alone, &a))
                    break;
        const char *fixed = rows[id].lib.after;
        rp_str version = {a.text, a.several ? 0 : a.len};
        if (fixed != NULL)
            version = rp_str_from(fixed);
        give(s, rows[id].lib.name, version, fixed != NULL ? RP_HIGH : RP_GUESSED, s->seen_at[id],
             rp_str_from(rows[id].text));
    }
}

rp_code rp_clibs(rp_image *img, rp_inventory_builder *b, rp_error *err)
{
    const rp_range *ranges;
    uint32_t n;
    bool clipped;
    rp_needle *needles = rp_new(img->arena, LIBRARIES, rp_needle);
    scan *s = rp_new(img->arena, 1, scan);
    if (needles == NULL || s == NULL || !rp_rodata_ranges(img, &ranges, &n, &clipped))
        return rp_fail_memory(err);
    *s = (scan){.img = img, .b = b, .err = err};
    for (size_t i = 0; i < LIBRARIES; i++)
        needles[i] = (rp_needle){rows[i].text, (int)i};
    rp_matcher_init(&s->matcher, needles, LIBRARIES);
    for (uint32_t i = 0; i < n && s->code == RP_OK; i++) {
        s->next = ranges[i].off;
        s->end = ranges[i].end;
        /* what cannot be read was said by whoever read the headers */
        if (!rp_source_scan(img->src, ranges[i].off, ranges[i].end - ranges[i].off, 2 * LOOK, piece,
                            s))
            break;
    }
    if (s->code == RP_OK)
        without_version(s, ranges, n);
    return s->code;
}
