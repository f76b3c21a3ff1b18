/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Panic functions of stripped files, by the texts that they print: text, then the code that names
 * its address, then the function around it. Since Rust 1.78 each kind of overflow has a function of
 * its own, core::panicking::panic_const::*; before, every site named the text itself. */
#include "base/numbers.h"
#include "base/search.h"
#include "isa/landmarks_parts.h"
#include "isa/x86_insn.h"
#include "obj/elf.h"

#include <stdlib.h>

/* core::ub_checks: the text that all unsafe precondition checks begin with. */
#define PRECONDITION RP_STR("unsafe precondition(s) violated")

enum { MAX_TEXTS = 256, MAX_NAMED = 10000, MAX_INDEX_FAILURES = 16 };

/* How long a function may be that prints the text; a str's failures print characters too. */
enum { OVERFLOW_FN = 96, BOUNDS_FN = 512, STR_FN = 2048 };

/* A common beginning, and what may follow; NULL: anything. */
typedef struct {
    const char *begin;
    const char *const *ends;
    rp_landmark_id id;
    uint32_t longest;
} text_kind;

static const char *const overflow_ends[] = {"add with overflow",
                                            "subtract with overflow",
                                            "multiply with overflow",
                                            "negate with overflow",
                                            "shift left with overflow",
                                            "shift right with overflow",
                                            NULL};
static const text_kind kinds[] = {
    {"attempt to ", overflow_ends, RP_LM_OVERFLOW, OVERFLOW_FN},
    {"index out of bounds: the len is ", NULL, RP_LM_BOUNDS, BOUNDS_FN},
    {"range start index ", NULL, RP_LM_BOUNDS, BOUNDS_FN},
    {"range end index ", NULL, RP_LM_BOUNDS, BOUNDS_FN},
    {"slice index starts at ", NULL, RP_LM_BOUNDS, BOUNDS_FN},
    {"begin <= end (", NULL, RP_LM_BOUNDS, STR_FN},
    {"byte range starts at ", NULL, RP_LM_BOUNDS, STR_FN},
    {"byte index ", NULL, RP_LM_BOUNDS, STR_FN},
    {"start byte index ", NULL, RP_LM_BOUNDS, STR_FN},
    {"end byte index ", NULL, RP_LM_BOUNDS, STR_FN},
};

typedef struct {
    rp_lm_builder *b;
    const rp_segment *segment;
} search;

static bool add_text(rp_lm_builder *b, uint64_t addr, const text_kind *k)
{
    if (b->texts.n >= MAX_TEXTS)
        return true;
    rp_landmark *to = rp_vec_push(b->img->arena, &b->texts);
    if (to == NULL) {
        b->out_of_memory = true;
        return false;
    }
    *to = (rp_landmark){addr, k->id, k->longest};
    return true;
}

static bool ends_well(const text_kind *k, rp_bytes rest)
{
    if (k->ends == NULL)
        return true;
    for (size_t i = 0; k->ends[i] != NULL; i++) {
        size_t n = strlen(k->ends[i]);
        if (rest.len >= n && memcmp(rest.ptr, k->ends[i], n) == 0)
            return true;
    }
    return false;
}

/* Texts are merged without NULs: they may begin anywhere. From Rust 1.93 on, a format string's
 * pieces have their length in the byte before. */
static bool find_kind(search *s, const text_kind *k, rp_bytes piece, uint64_t at)
{
    rp_str begin = rp_str_from(k->begin);
    size_t from = 0;
    while (from < piece.len && s->b->texts.n < MAX_TEXTS) {
        rp_bytes rest = {piece.ptr + from, piece.len - from};
        size_t hit = rp_bytes_find(rest, begin);
        if (hit == SIZE_MAX)
            return true;
        from += hit + begin.len;
        uint64_t addr = s->segment->addr + (at + from - begin.len - s->segment->offset);
        if (!ends_well(k, (rp_bytes){piece.ptr + from, piece.len - from}))
            continue;
        if (!add_text(s->b, addr, k) || (k->ends == NULL && !add_text(s->b, addr - 1, k)))
            return false;
    }
    return true;
}

static bool on_panic_piece(void *user, rp_bytes piece, uint64_t at)
{
    search *s = user;
    for (size_t i = 0; i < RP_COUNT(kinds); i++)
        if (!find_kind(s, &kinds[i], piece, at))
            return false;
    return true;
}

static bool on_piece(void *user, rp_bytes piece, uint64_t at)
{
    search *s = user;
    (void)at;
    s->b->preconditions |= rp_bytes_find(piece, PRECONDITION) != SIZE_MAX;
    return !s->b->preconditions;
}

/* Over all constants: read-only segments, or, where the linker made only one for code and
 * constants, that one. */
static void each_constant(rp_lm_builder *b, rp_visit_fn visit)
{
    bool apart = false;
    for (uint32_t i = 0; i < b->map.n; i++)
        apart |= (b->map.items[i].perm & (RP_W | RP_X)) == 0 && b->map.items[i].filesz > 4096;
    for (uint32_t i = 0; i < b->map.n; i++) {
        const rp_segment *s = &b->map.items[i];
        if ((s->perm & (apart ? RP_W | RP_X : RP_W)) != 0 || s->filesz == 0 ||
            s->offset == RP_NOWHERE || s->offset > b->img->src->size)
            continue;
        uint64_t room = b->img->src->size - s->offset;
        uint64_t len = s->filesz < room ? s->filesz : room;
        search found = {b, s};
        if (!rp_lm_spend(b, len))
            return;
        if (!rp_source_scan(b->img->src, s->offset, len, 64, visit, &found))
            b->cut_short = true;
    }
}

void rp_lm_find_texts(rp_lm_builder *b)
{
    each_constant(b, on_piece);
}

/* ---- from texts to the functions that name them ---- */

static int by_addr(const void *a, const void *b)
{
    const rp_landmark *x = a, *y = b;
    if (x->addr != y->addr)
        return x->addr < y->addr ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static void sort_texts(rp_lm_builder *b)
{
    if (b->texts.n > 1)
        qsort(b->texts.items, b->texts.n, sizeof *b->texts.items, by_addr);
}

static const rp_landmark *text_at(const rp_lm_builder *b, uint64_t addr)
{
    const rp_landmark *t = b->texts.items;
    if (b->texts.n == 0 || addr < t[0].addr || addr > t[b->texts.n - 1].addr)
        return NULL;
    uint32_t low;
    RP_SEARCH(low, b->texts.n, t[low].addr < addr);
    return low < b->texts.n && t[low].addr == addr ? &t[low] : NULL;
}

/* A word of data that holds a text's address is the array of pieces that old releases format: code
 * names it instead. */
static bool on_piece_reloc(void *user, const rp_elf_reloc *r)
{
    rp_lm_builder *b = user;
    uint64_t value = r->addend;
    if (r->stores != RP_STORES_BASE)
        return true;
    if (!r->has_addend && !rp_address_map_word(b->img, &b->map, r->place, &value))
        return true;
    const rp_landmark *text = text_at(b, value);
    if (text == NULL || b->pieces.n >= MAX_TEXTS)
        return true;
    rp_landmark *to = rp_vec_push(b->img->arena, &b->pieces);
    b->out_of_memory |= to == NULL;
    if (to != NULL)
        *to = (rp_landmark){r->place, text->id, text->index};
    return to != NULL;
}

static bool add_pieces(rp_lm_builder *b)
{
    (void)rp_elf_relocs_each(b->img, on_piece_reloc, b);
    for (uint32_t i = 0; i < b->pieces.n && !b->out_of_memory; i++) {
        rp_landmark *to = rp_vec_push(b->img->arena, &b->texts);
        b->out_of_memory |= to == NULL;
        if (to != NULL)
            *to = b->pieces.items[i];
    }
    sort_texts(b);
    return !b->out_of_memory;
}

static const rp_function *function_around(const rp_lm_builder *b, uint64_t addr)
{
    const rp_functions *fns = b->functions;
    uint32_t low;
    RP_SEARCH(low, fns->n, fns->items[low].start <= addr);
    return low != 0 && addr < fns->items[low - 1].end ? &fns->items[low - 1] : NULL;
}

static bool x86_returns(const rp_lm_builder *b, rp_bytes code)
{
    for (size_t i = 0; i < code.len;) {
        rp_x86_insn insn =
            rp_x86_decode(code.ptr + i, code.len - i, b->img->arch == RP_ARCH_X86_64);
        if (insn.len == 0)
            return true;
        if (insn.map == RP_X86_ONE && (insn.op & 0xf6u) == 0xc2) /* ret, retf */
            return true;
        i += insn.len;
    }
    return false;
}

static bool a64_returns(rp_bytes code)
{
    for (size_t i = 0; i + 4 <= code.len; i += 4) {
        uint32_t w = rp_le32(code.ptr + i);
        if ((w & 0xfffffc1fu) == 0xd65f0000u || (w & 0xfffffbffu) == 0xd65f0bffu) /* ret, retaa */
            return true;
    }
    return false;
}

/* A program has four or five. */
static bool add_index_failure(rp_lm_builder *b, uint64_t fn)
{
    if (b->index_failures.n >= MAX_INDEX_FAILURES)
        return true;
    uint64_t *to = rp_vec_push(b->img->arena, &b->index_failures);
    if (to != NULL)
        *to = fn;
    return to != NULL;
}

/* Code at `at` names a text. The function around it is a panic function when it is short and never
 * returns: a site of an old release would go on. */
static bool named(rp_lm_builder *b, uint64_t at, const rp_landmark *text)
{
    const rp_function *f = function_around(b, at);
    rp_bytes code;
    if (b->named++ >= MAX_NAMED) {
        b->cut_short = true;
        return true;
    }
    if (f == NULL || f->end - f->start > text->index ||
        !rp_address_map_bytes(b->img, &b->map, f->start, &code))
        return true;
    if (code.len > f->end - f->start)
        code.len = (size_t)(f->end - f->start);
    if (b->img->arch == RP_ARCH_AARCH64 ? a64_returns(code) : x86_returns(b, code))
        return true;
    if (text->id == RP_LM_BOUNDS && !add_index_failure(b, f->start))
        return false;
    return rp_lm_add(b, f->start, text->id, 0);
}

/* lea r64, [rip + disp32] anywhere: what only looks like it does not come to a text's address. */
static bool x86_names(rp_lm_builder *b, uint64_t addr, rp_bytes code)
{
    for (size_t i = 0; i + 6 <= code.len; i++) {
        const uint8_t *p = memchr(code.ptr + i, 0x8d, code.len - 5 - i);
        if (p == NULL)
            return true;
        i = (size_t)(p - code.ptr);
        if ((p[1] & 0xc7u) != 5)
            continue;
        uint32_t rel = rp_le32(p + 2);
        const rp_landmark *text = text_at(b, addr + i + 6 + rel - ((uint64_t)(rel >> 31) << 32));
        if (text != NULL && !named(b, addr + i, text))
            return false;
    }
    return true;
}

/* adrp x, page; … add x', x, low: up to six instructions apart. */
static bool a64_names(rp_lm_builder *b, uint64_t addr, rp_bytes code)
{
    uint64_t low = b->texts.items[0].addr & ~(uint64_t)0xfff;
    uint64_t high = b->texts.items[b->texts.n - 1].addr;
    for (size_t i = 0; i + 8 <= code.len; i += 4) {
        uint32_t w = rp_le32(code.ptr + i);
        if ((w & 0x9f000000u) != 0x90000000u)
            continue;
        uint64_t pages = ((uint64_t)(w >> 5 & 0x7ffffu) << 2) | (w >> 29 & 3u);
        uint64_t page = ((addr + i) & ~(uint64_t)0xfff) + (((pages ^ 0x100000u) - 0x100000u) << 12);
        if (page < low || page > high)
            continue;
        for (size_t k = i + 4; k + 4 <= code.len && k <= i + 24; k += 4) {
            uint32_t add = rp_le32(code.ptr + k);
            if ((add & 0xffc00000u) != 0x91000000u || (add >> 5 & 31u) != (w & 31u))
                continue;
            const rp_landmark *text = text_at(b, page + (add >> 10 & 0xfffu));
            if (text != NULL && !named(b, addr + i, text))
                return false;
        }
    }
    return true;
}

bool rp_lm_by_texts(rp_lm_builder *b)
{
    rp_arch arch = b->img->arch;
    if (arch != RP_ARCH_X86_64 && arch != RP_ARCH_AARCH64)
        return true;
    each_constant(b, on_panic_piece);
    sort_texts(b);
    if (b->texts.n == 0 || b->out_of_memory || !add_pieces(b))
        return !b->out_of_memory;
    for (uint32_t i = 0; i < b->map.n; i++) {
        const rp_segment *s = &b->map.items[i];
        rp_bytes code;
        if ((s->perm & RP_X) == 0 || !rp_lm_spend(b, s->filesz) ||
            !rp_address_map_bytes(b->img, &b->map, s->addr, &code))
            continue;
        if (!(arch == RP_ARCH_AARCH64 ? a64_names(b, s->addr, code) : x86_names(b, s->addr, code)))
            return false;
    }
    return !b->img->arena->refused && rp_lm_wrappers(b);
}
