/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/pointers.h"

#include "base/limits.h"
#include "base/search.h"
#include "obj/elf_const.h"
#include "obj/elf_parts.h"
#include "obj/macho.h"

#include <stdlib.h>

enum { RELOC_PIECE = 1 << 20, PAIR = 2, TRIPLE = 3 };

typedef RP_VEC(rp_data_area) areas;

static int by_addr(const void *a, const void *b)
{
    const rp_data_area *x = a, *y = b;
    return (x->addr > y->addr) - (x->addr < y->addr);
}

static bool add_area(rp_data *d, rp_arena *arena, areas *list, rp_data_area a, uint64_t offset,
                     uint64_t len)
{
    if (len == 0 || offset == RP_NOWHERE || len > UINT64_MAX - a.addr)
        return true;
    if (!rp_source_bytes(d->img->src, offset, len, &a.bytes)) {
        d->whole = false;
        return true;
    }
    rp_data_area *to = rp_vec_push(arena, list);
    if (to != NULL)
        *to = a;
    return to != NULL;
}

static bool from_sections(rp_data *d, rp_arena *arena, areas *list)
{
    for (uint32_t i = 0; i < d->img->nsections; i++) {
        const rp_section *s = &d->img->sections[i];
        bool data = s->kind == RP_SEC_RODATA || s->kind == RP_SEC_DATA;
        if (!data || s->addr == 0 || s->offset == RP_NOWHERE)
            continue;
        uint64_t len = s->filesz < s->size ? s->filesz : s->size;
        if (!add_area(d, arena, list, (rp_data_area){.addr = s->addr}, s->offset, len))
            return false;
    }
    return true;
}

static bool from_segments(rp_data *d, rp_arena *arena, areas *list)
{
    for (uint32_t i = 0; i < d->img->nsegments; i++) {
        const rp_segment *s = &d->img->segments[i];
        uint64_t len = s->filesz < s->size ? s->filesz : s->size;
        if ((s->perm & RP_R) != 0 &&
            !add_area(d, arena, list, (rp_data_area){.addr = s->addr}, s->offset, len))
            return false;
    }
    return true;
}

/* Areas that overlap would be searched in vain: the later one gives way. */
static uint32_t drop_overlaps(rp_data_area *a, uint32_t n)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t end = kept != 0 ? a[kept - 1].addr + a[kept - 1].bytes.len : 0;
        if (kept == 0 || a[i].addr >= end)
            a[kept++] = a[i];
    }
    return kept;
}

bool rp_data_read(rp_image *img, rp_arena *arena, rp_data *ret)
{
    areas list = {0};
    *ret = (rp_data){.img = img, .word = img->bits == 32 ? 4 : 8, .whole = true};
    if (img->kind == RP_KIND_OBJECT || img->kind == RP_KIND_DEBUG)
        return true; /* no addresses yet, or the bytes are in another file */
    if (!from_sections(ret, arena, &list))
        return false;
    if (list.n == 0 && !from_segments(ret, arena, &list))
        return false;
    if (list.n > 1)
        qsort(list.items, list.n, sizeof *list.items, by_addr);
    ret->areas = list.items;
    ret->n = drop_overlaps(list.items, list.n);
    return true;
}

static const rp_data_area *area_of(const rp_data *d, uint64_t addr)
{
    uint32_t low;
    RP_SEARCH(low, d->n, d->areas[low].addr <= addr);
    const rp_data_area *a = low > 0 ? &d->areas[low - 1] : NULL;
    return a != NULL && addr - a->addr < a->bytes.len ? a : NULL;
}

bool rp_data_bytes(const rp_data *d, uint64_t addr, uint64_t len, rp_bytes *ret)
{
    const rp_data_area *a = area_of(d, addr);
    if (a == NULL || len > a->bytes.len - (addr - a->addr))
        return false;
    *ret = (rp_bytes){a->bytes.ptr + (addr - a->addr), (size_t)len};
    return true;
}

/* ---- ELF: relocations with addends ---- */

typedef struct {
    rp_data *data;
    rp_pointer_fn visit;
    void *user;
    uint8_t kinds[RP_ELF_RELOC_TYPES];
} relocs;

static bool visit_record(relocs *w, uint64_t place, uint64_t target)
{
    const rp_data_area *a = area_of(w->data, place);
    if (a == NULL || a->bytes.len - (place - a->addr) < w->data->word)
        return true;
    size_t at = (size_t)(place - a->addr) + w->data->word;
    return w->visit(w->user, place, target, (rp_bytes){a->bytes.ptr + at, a->bytes.len - at});
}

/* The type is in the low 32 (ELF64) or 8 bits; machines that differ (MIPS64, SPARC) have no rustc
 * target with panics worth the trouble. */
static bool visit_records(relocs *w, rp_reader r, unsigned word)
{
    while (rp_left(&r) >= (size_t)TRIPLE * word) {
        uint64_t place = rp_uint(&r, word), info = rp_uint(&r, word), addend = rp_uint(&r, word);
        uint64_t type = word == 8 ? (uint32_t)info : info & 0xff;
        if (type < RP_ELF_RELOC_TYPES && w->kinds[type] == RP_RELOC_RELATIVE &&
            !visit_record(w, place, addend))
            return false;
    }
    return true;
}

static bool elf_addends(rp_data *d, rp_pointer_fn visit, void *user)
{
    relocs w = {.data = d, .visit = visit, .user = user};
    const struct rp_elf *elf = d->img->elf;
    const rp_elf_dyn *table = rp_elf_tag(elf, DT_RELA), *size = rp_elf_tag(elf, DT_RELASZ);
    if (table == NULL || size == NULL || !rp_elf_reloc_kinds(d->img->arch, w.kinds))
        return true;
    unsigned word = d->word;
    uint64_t off = rp_image_offset(d->img, table->value), left = size->value;
    uint64_t piece = (uint64_t)RELOC_PIECE - RELOC_PIECE % ((uint64_t)TRIPLE * word);
    if (off == RP_NOWHERE || left / word / TRIPLE > RP_MAX_RELOCS) {
        d->whole = false;
        return true;
    }
    for (; left != 0; off += piece, left -= piece < left ? piece : left) {
        rp_reader r;
        uint64_t len = left < piece ? left : piece;
        if (!rp_source_reader(d->img->src, off, len, d->img->big, &r)) {
            d->whole = false;
            return true;
        }
        if (!visit_records(&w, r, word))
            return false;
    }
    return true;
}

/* ---- words that hold their value in the file ---- */

static bool is_code(const rp_data *d, uint64_t addr)
{
    return addr >= d->code_low && addr < d->code_high;
}

static bool is_known(const rp_data *d, uint64_t addr)
{
    return area_of(d, addr) != NULL || is_code(d, addr);
}

/* dyld_chained_ptr_64[_offset]: target in bits 0 to 35; arm64e: 0 to 42 or, signed, 0 to 31. What
 * stands above are the next fixup's distance and the key. */
static uint64_t macho_target(const rp_data *d, uint64_t base, uint64_t word)
{
    static const uint64_t masks[] = {0xfffffffffu, 0x7ffffffffffu, 0xffffffffu};
    if (is_known(d, word))
        return word;
    for (size_t i = 0; i < RP_COUNT(masks); i++) {
        uint64_t low = word & masks[i];
        if (is_known(d, low))
            return low;
        if (is_known(d, base + low))
            return base + low;
    }
    return 0;
}

static bool scan_area(rp_data *d, const rp_data_area *a, uint64_t base, rp_pointer_fn visit,
                      void *user)
{
    rp_reader r = rp_reader_of(a->bytes, 0, d->img->big);
    size_t skip = (size_t)((d->word - a->addr % d->word) % d->word);
    rp_skip_bytes(&r, skip);
    while (rp_left(&r) >= d->word) {
        uint64_t place = a->addr + r.pos, target = rp_uint(&r, d->word);
        if (target == 0)
            continue;
        if (d->img->format == RP_FORMAT_MACHO)
            target = macho_target(d, base, target);
        else if (!is_code(d, target) &&
                 (d->n == 0 || target < d->areas[0].addr ||
                  target > d->areas[d->n - 1].addr + d->areas[d->n - 1].bytes.len))
            continue;
        if (target != 0 &&
            !visit(user, place, target, (rp_bytes){a->bytes.ptr + r.pos, a->bytes.len - r.pos}))
            return false;
    }
    return true;
}

/* All addresses stand in relocations with addends. */
static bool only_addends(const rp_data *d)
{
    const struct rp_elf *elf = d->img->elf;
    bool independent = d->img->nsegments != 0;
    for (uint32_t i = 0; i < d->img->nsegments; i++)
        independent =
            independent && (d->img->segments[i].offset != 0 || d->img->segments[i].addr == 0);
    return independent && rp_elf_tag(elf, DT_RELA) != NULL && rp_elf_tag(elf, DT_RELR) == NULL;
}

void rp_data_pointers(rp_data *d, rp_pointer_fn visit, void *user)
{
    uint64_t base = d->img->macho != NULL ? rp_macho_base(d->img) : 0;
    if (d->img->elf != NULL && !elf_addends(d, visit, user))
        return;
    if (d->code_high != 0 && d->img->elf != NULL && only_addends(d))
        return;
    for (uint32_t i = 0; i < d->n; i++)
        if (!scan_area(d, &d->areas[i], base, visit, user))
            return;
}
