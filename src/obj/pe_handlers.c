/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/pe_handlers.h"

#include "base/limits.h"
#include "base/search.h"
#include "obj/pe.h"

#include <stdlib.h>

enum {
    ENTRY_BYTES = 12,
    UNW_EHANDLER = 1,
    UNW_UHANDLER = 2,
    UNW_CHAININFO = 4,
    MAX_CHAIN = 32,
    MAX_TRIES = 4096,
    FUNC_INFO_MAGIC = 0x19930520, /* … to 0x19930522 */
    FUNC_INFO_MAGICS = 3,
    FI4_BBT = 4, /* header of FuncInfo4 */
    FI4_UNWIND_MAP = 8,
    FI4_TRY_BLOCK_MAP = 16,
    FI4_UNUSED = 128
};

typedef enum { NO_HANDLER, CLEANS_UP, CATCHES, UNTOLD } purpose;

typedef struct {
    uint32_t begin, end, unwind;
} entry;

typedef struct {
    uint32_t begin;
    bool listed;
} function;

typedef struct {
    rp_image *img;
    const uint32_t *targets; /* RVAs of the table, ascending */
    uint32_t ntargets;
    RP_VEC(function) catching;
    uint64_t scopes; /* that may still be read: true ones have bytes of their own */
    rp_pe_handlers *ret;
} reading;

static bool executable(const rp_image *img, uint32_t rva)
{
    const rp_pe_span *span = rp_pe_span_of(img, rva);
    return span != NULL && (span->perm & RP_X) != 0;
}

/* ---- what a handler's data say ---- */

/* __C_specific_handler: a count, then {begin, end, filter or finally, target}; a target is where
 * __except goes on. Returns UNTOLD for what is no such table. */
static purpose of_scopes(reading *g, uint32_t data)
{
    rp_image *img = g->img;
    rp_reader r;
    purpose found = CLEANS_UP;
    if (!rp_pe_reader(img, data, 4, &r))
        return UNTOLD;
    uint32_t n = rp_u32(&r);
    if (n == 0 || n > g->scopes || !rp_pe_reader(img, (uint64_t)data + 4, 16ull * n, &r))
        return UNTOLD;
    g->scopes -= n;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t begin = rp_u32(&r), end = rp_u32(&r);
        rp_skip_bytes(&r, 4);
        uint32_t target = rp_u32(&r);
        if (begin >= end || !executable(img, begin) || (target != 0 && !executable(img, target)))
            return UNTOLD;
        if (target != 0)
            found = CATCHES;
    }
    return found;
}

/* FuncInfo of __CxxFrameHandler3: magic, states, unwind map, number of try blocks. */
static purpose of_func_info(rp_image *img, uint32_t info)
{
    rp_reader r;
    if (!rp_pe_reader(img, info, 16, &r) ||
        (rp_u32(&r) & 0x1fffffffu) - FUNC_INFO_MAGIC >= FUNC_INFO_MAGICS)
        return UNTOLD;
    rp_skip_bytes(&r, 8);
    return rp_u32(&r) != 0 ? CATCHES : CLEANS_UP;
}

/* Numbers of FuncInfo4: the low bits of the first byte tell how many follow. */
static uint32_t compressed(rp_reader *r)
{
    uint8_t first = rp_u8(r);
    unsigned more = (first & 1) == 0 ? 0 : (first & 2) == 0 ? 1 : (first & 4) == 0 ? 2 : 3;
    if ((first & 0xf) == 0xf)
        return rp_u32(r);
    uint32_t value = (uint32_t)first >> (more + 1);
    for (unsigned i = 0; i < more; i++)
        value |= (uint32_t)rp_u8(r) << (8 * i + 7 - more);
    return value;
}

/* The map of try blocks: how many, and of the first its states, which must be in order. */
static bool is_try_map(rp_image *img, uint32_t map)
{
    enum { LONGEST = 4 * 5 };
    rp_reader r;
    uint64_t room = rp_pe_room(img, map);
    if (map == 0 || executable(img, map) ||
        !rp_pe_reader(img, map, room < LONGEST ? room : LONGEST, &r))
        return false;
    uint32_t n = compressed(&r), low = compressed(&r), high = compressed(&r);
    return n != 0 && n <= MAX_TRIES && low <= high && compressed(&r) > high && !r.bad;
}

/* FuncInfo4 of __CxxFrameHandler4 has no magic: it is believed when all that it names is there. */
static purpose of_func_info4(rp_image *img, uint32_t info)
{
    enum { LONGEST = 1 + 5 + 4 * 3 };
    rp_reader r;
    uint64_t room = rp_pe_room(img, info);
    if (executable(img, info) || !rp_pe_reader(img, info, room < LONGEST ? room : LONGEST, &r))
        return UNTOLD;
    uint8_t header = rp_u8(&r);
    if ((header & FI4_BBT) != 0)
        (void)compressed(&r);
    uint32_t unwinding = (header & FI4_UNWIND_MAP) != 0 ? rp_u32(&r) : 0;
    uint32_t tries = (header & FI4_TRY_BLOCK_MAP) != 0 ? rp_u32(&r) : 0;
    uint32_t states = rp_u32(&r);
    bool good = !r.bad && (header & FI4_UNUSED) == 0 && (unwinding | tries) != 0 && states != 0 &&
                rp_pe_offset(img, states) != RP_NOWHERE &&
                (unwinding == 0 || rp_pe_offset(img, unwinding) != RP_NOWHERE);
    if (!good || (tries != 0 && !is_try_map(img, tries)))
        return UNTOLD;
    return tries != 0 ? CATCHES : CLEANS_UP;
}

static purpose of_data(reading *g, uint32_t data)
{
    rp_image *img = g->img;
    rp_reader r;
    if (!rp_pe_reader(img, data, 4, &r))
        return UNTOLD;
    uint32_t info = rp_u32(&r);
    purpose found = of_func_info(img, info);
    if (found == UNTOLD)
        found = of_scopes(g, data);
    return found == UNTOLD ? of_func_info4(img, info) : found;
}

/* ---- the exception directory ---- */

/* UNWIND_INFO: version and flags, prologue, number of codes, frame; codes, an even number of them;
 * then the entry that this one is a part of, or the handler and its data. */
static bool tail_of(rp_image *img, uint32_t unwind, uint8_t *ret_flags, uint32_t *ret_tail)
{
    rp_reader r;
    if (!rp_pe_reader(img, unwind, 4, &r))
        return false;
    *ret_flags = rp_u8(&r) >> 3;
    rp_skip_bytes(&r, 1);
    uint32_t codes = rp_u8(&r);
    *ret_tail = unwind + 4 + 2 * ((codes + 1) & ~1u);
    return true;
}

/* The entry that `e` is a part of, which may be itself, and what its handler is for. */
static bool root_of(reading *g, entry *e, purpose *ret)
{
    rp_image *img = g->img;
    uint8_t flags = 0;
    uint32_t tail = 0;
    *ret = NO_HANDLER;
    for (uint32_t i = 0; i < MAX_CHAIN; i++) {
        rp_reader r;
        if ((e->unwind & 1u) != 0 || !tail_of(img, e->unwind, &flags, &tail))
            return false;
        if ((flags & UNW_CHAININFO) == 0) {
            if ((flags & (UNW_EHANDLER | UNW_UHANDLER)) != 0)
                *ret = of_data(g, tail + 4);
            return true;
        }
        if (!rp_pe_reader(img, tail, ENTRY_BYTES, &r))
            return false;
        *e = (entry){rp_u32(&r), rp_u32(&r), rp_u32(&r)};
    }
    return false;
}

static bool names_between(const reading *g, uint32_t begin, uint32_t end)
{
    uint32_t low;
    RP_SEARCH(low, g->ntargets, g->targets[low] < begin);
    return low < g->ntargets && g->targets[low] < end;
}

/* Parts of one function are counted together by tally(). */
static bool add_entry(reading *g, entry e)
{
    purpose what;
    bool listed = names_between(g, e.begin, e.end);
    uint32_t begin = e.begin;
    if (!root_of(g, &e, &what)) {
        g->ret->known = RP_UNKNOWN;
        g->ret->why = "an entry of the exception directory names no unwind data";
        return true;
    }
    if (what == UNTOLD && e.begin == begin)
        g->ret->untold++;
    if (what != CATCHES)
        return true;
    function *f = rp_vec_push(g->img->arena, &g->catching);
    if (f == NULL)
        return false;
    *f = (function){e.begin, listed};
    return true;
}

static int by_begin(const void *x, const void *y)
{
    const function *a = x, *b = y;
    return (a->begin > b->begin) - (a->begin < b->begin);
}

static void tally(reading *g)
{
    const function *f = g->catching.items;
    if (g->catching.n != 0)
        qsort(g->catching.items, g->catching.n, sizeof *f, by_begin);
    for (uint32_t i = 0; i < g->catching.n;) {
        uint32_t begin = f[i].begin;
        bool listed = false;
        for (; i < g->catching.n && f[i].begin == begin; i++)
            listed |= f[i].listed;
        g->ret->catching++;
        g->ret->listed += listed ? 1 : 0;
        if (!listed && g->ret->unlisted == 0)
            g->ret->unlisted = begin;
    }
}

/* The table's RVAs; none when it cannot be read, which the table's own fact says. */
static bool copy_targets(reading *g, const rp_pe_load_config *lc)
{
    rp_pe_guard_table t;
    rp_reader r;
    rp_pe_read_guard_table(g->img, lc, RP_LC_EHCONT_TABLE, RP_LC_EHCONT_COUNT, &t);
    uint32_t extra = (uint32_t)lc->field[RP_LC_GUARD_FLAGS].value >> RP_GUARD_STRIDE_SHIFT;
    if (t.ok != RP_YES || !rp_pe_file_reader(g->img, t.at, (uint64_t)t.count * (4 + extra), &r))
        return true;
    uint32_t *targets = rp_new(g->img->arena, t.count, uint32_t);
    if (targets == NULL)
        return false;
    for (uint32_t i = 0; i < t.count; i++) {
        targets[i] = rp_u32(&r);
        rp_skip_bytes(&r, extra);
    }
    g->targets = targets;
    g->ntargets = t.count;
    return true;
}

bool rp_pe_read_handlers(rp_image *img, const rp_pe_load_config *lc, rp_pe_handlers *ret)
{
    const rp_pe_dir *dir = &img->pe->dir[RP_PE_DIR_EXCEPTION];
    reading g = {.img = img, .scopes = img->src->size / 16, .ret = ret};
    rp_reader r;
    *ret = (rp_pe_handlers){.known = RP_YES, .why = rp_pe_why_unknown(img, RP_PE_DIR_EXCEPTION)};
    if (ret->why != NULL)
        ret->known = RP_UNKNOWN;
    if (ret->why != NULL || dir->rva == 0 || dir->size == 0)
        return true;
    if (dir->size / ENTRY_BYTES > RP_MAX_FUNCTIONS || !rp_pe_reader(img, dir->rva, dir->size, &r)) {
        ret->known = RP_UNKNOWN;
        ret->why = "the exception directory lies outside the image";
        return true;
    }
    if (!copy_targets(&g, lc))
        return false;
    while (rp_left(&r) >= ENTRY_BYTES) {
        entry e = {rp_u32(&r), rp_u32(&r), rp_u32(&r)};
        if ((e.begin | e.end) != 0 && !add_entry(&g, e)) /* zeros pad the table */
            return false;
    }
    tally(&g);
    return true;
}
