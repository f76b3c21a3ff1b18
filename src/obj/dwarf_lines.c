/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Line tables: DWARF 5 section 6.2, versions 2 to 5. */
#include "base/limits.h"
#include "base/search.h"
#include "obj/dwarf_forms.h"
#include "obj/dwarf_units.h"

#include <stdlib.h>

#define FILE_NONE UINT32_MAX

enum { /* 6.2.5.2 and 6.2.5.3 */
       LNS_COPY = 1,
       LNS_ADVANCE_PC,
       LNS_ADVANCE_LINE,
       LNS_SET_FILE,
       LNS_CONST_ADD_PC = 8,
       LNS_FIXED_ADVANCE_PC,
       LNE_END_SEQUENCE = 1,
       LNE_SET_ADDRESS,
       LNCT_PATH = 1,
       LNCT_DIRECTORY
};

typedef struct {
    rp_dwarf_encoding e;
    unsigned min_length, max_ops, opcode_base, line_range;
    int line_base;
    uint8_t lengths[256]; /* operands of standard opcodes */
    rp_reader tables;     /* where folders and files begin */
    rp_reader program;
} table;

typedef struct {
    rp_dwarf *d;
    rp_arena *arena;
    rp_dwarf_place *places; /* sorted; of the unit that is read */
    uint32_t n;
    uint32_t *next;   /* of each place: itself, or a later one when it has its line */
    uint32_t *files;  /* of each place: index in the unit's file table */
    uint64_t budget;  /* bytes of programs that may still be read */
    uint32_t entries; /* of file tables */
    bool out_of_memory;
} lookup;

static bool big(const lookup *l)
{
    return l->d->sections.img->big;
}

/* ---- header ---- */

static bool read_header(lookup *l, const rp_dwarf_unit *unit, table *t)
{
    rp_bytes b;
    if (rp_debug_section_bytes(&l->d->sections, RP_DEBUG_LINE, &b) != RP_YES ||
        unit->lines_at >= b.len)
        return false;
    rp_reader r = rp_reader_of(b, 0, big(l)), all;
    rp_seek(&r, unit->lines_at);
    uint64_t len = rp_u32(&r);
    t->e.wide = len == 0xffffffffu;
    if (t->e.wide)
        len = rp_u64(&r);
    if (r.bad || !rp_window(&r, r.pos, len, &all))
        return false;
    t->e.version = rp_u16(&all);
    t->e.address_size = unit->address_size;
    if (t->e.version >= 5)
        (void)rp_u16(&all); /* address_size, segment_selector_size */
    uint64_t header = rp_uint(&all, t->e.wide ? 8 : 4);
    size_t after = all.pos;
    t->min_length = rp_u8(&all);
    t->max_ops = t->e.version >= 4 ? rp_u8(&all) : 1;
    (void)rp_u8(&all); /* default_is_stmt */
    t->line_base = (int8_t)rp_u8(&all);
    t->line_range = rp_u8(&all);
    t->opcode_base = rp_u8(&all);
    for (unsigned i = 1; i < t->opcode_base; i++)
        t->lengths[i] = rp_u8(&all);
    t->tables = t->program = all;
    if (header > all.buf.len - after)
        return false;
    rp_seek(&t->program, after + header);
    return !all.bad && t->e.version >= 2 && t->e.version <= 5 && t->line_range != 0 &&
           t->opcode_base != 0;
}

/* ---- program ---- */

typedef struct {
    uint64_t addr, line;
    uint32_t file;
    bool open;      /* a row of this sequence was met */
    bool discarded; /* the linker threw the function of this sequence away */
} row;

/* The first place from `i` on that has no line yet (disjoint sets with path halving: rows that
 * cover the same places again and again cost nothing). */
static uint32_t open_place(lookup *l, uint32_t i)
{
    while (i < l->n && l->next[i] != i) {
        if (l->next[i] < l->n)
            l->next[i] = l->next[l->next[i]];
        i = l->next[i];
    }
    return i;
}

/* Places in [from, to) get the row that begins at `from`. A later row does not overwrite. */
static void give(lookup *l, const row *from, uint64_t to)
{
    uint32_t low;
    RP_SEARCH(low, l->n, l->places[low].addr < from->addr);
    low = open_place(l, low);
    for (; low < l->n && l->places[low].addr < to; low = open_place(l, low)) {
        l->places[low].line = from->line <= UINT32_MAX ? (uint32_t)from->line : 0;
        l->files[low] = from->file;
        l->next[low] = low + 1;
    }
}

/* Functions that the linker threw away keep their rows: GNU ld puts them at 0, lld at the highest
 * addresses (DWARF 6 issue 200609.1). In an object, 0 is where a section begins. */
static bool is_discarded(const lookup *l, uint64_t addr)
{
    rp_kind kind = l->d->sections.img->kind;
    bool linked = kind == RP_KIND_EXECUTABLE || kind == RP_KIND_LIBRARY || kind == RP_KIND_DEBUG;
    return (addr == 0 && linked) || addr >= UINT64_MAX - 1;
}

static void emit(lookup *l, row *last, const row *now)
{
    if (last->open && !last->discarded && now->addr > last->addr)
        give(l, last, now->addr);
    *last = *now;
    last->open = true;
}

/* VLIW's op_index is left out: no machine with a rustc target has it. */
static void advance(const table *t, row *now, uint64_t operation)
{
    now->addr += operation * t->min_length;
}

static row first_row(void)
{
    return (row){.line = 1, .file = 1};
}

static void extended(lookup *l, const table *t, rp_reader *r, row *last, row *now)
{
    uint64_t len = rp_uleb(r);
    rp_reader body;
    if (r->bad || len == 0 || !rp_window(r, r->pos, len, &body)) {
        r->bad = true;
        return;
    }
    rp_skip_bytes(r, len);
    switch (rp_u8(&body)) {
    case LNE_END_SEQUENCE:
        emit(l, last, now);
        *now = first_row();
        *last = first_row();
        break;
    case LNE_SET_ADDRESS:
        now->addr = rp_uint(&body, rp_left(&body) >= 8 ? 8 : 4);
        now->discarded = is_discarded(l, now->addr);
        break;
    default:
        break;
    }
    (void)t;
}

static void standard(lookup *l, const table *t, rp_reader *r, unsigned op, row *last, row *now)
{
    switch (op) {
    case LNS_COPY:
        emit(l, last, now);
        break;
    case LNS_ADVANCE_PC:
        advance(t, now, rp_uleb(r));
        break;
    case LNS_ADVANCE_LINE:
        now->line += (uint64_t)rp_sleb(r);
        break;
    case LNS_SET_FILE:
        now->file = (uint32_t)rp_uleb(r);
        break;
    case LNS_CONST_ADD_PC:
        advance(t, now, (255 - t->opcode_base) / t->line_range);
        break;
    case LNS_FIXED_ADVANCE_PC:
        now->addr += rp_u16(r);
        break;
    default: /* as many operands as the header says */
        for (unsigned i = 0; i < t->lengths[op]; i++)
            (void)rp_uleb(r);
    }
}

static void run(lookup *l, const table *t)
{
    rp_reader r = t->program;
    row last = first_row(), now = first_row();
    while (rp_left(&r) != 0) {
        unsigned op = rp_u8(&r);
        if (op >= t->opcode_base) {
            unsigned adjusted = op - t->opcode_base;
            advance(t, &now, adjusted / t->line_range);
            now.line += (uint64_t)(t->line_base + (int)(adjusted % t->line_range));
            emit(l, &last, &now);
        } else if (op == 0) {
            extended(l, t, &r, &last, &now);
        } else {
            standard(l, t, &r, op, &last, &now);
        }
    }
}

/* ---- file names ---- */

typedef struct {
    rp_str name;
    uint64_t folder;
} entry;

typedef RP_VEC(entry) entry_list;

typedef struct {
    entry *items;
    uint32_t n;
    uint32_t first; /* what the first one is called: 1 before version 5 */
} entries;

static rp_str section_string(lookup *l, rp_debug_section which, uint64_t off)
{
    rp_bytes b;
    rp_str s = {"", 0};
    if (rp_debug_section_bytes(&l->d->sections, which, &b) != RP_YES || off >= b.len)
        return s;
    size_t len = b.len - (size_t)off < RP_MAX_NAME ? b.len - (size_t)off : RP_MAX_NAME;
    rp_reader r = rp_reader_of((rp_bytes){b.ptr + off, len}, 0, big(l));
    return rp_cstr(&r, 0, &s) ? s : (rp_str){"", 0};
}

static entry *new_entry(lookup *l, entry_list *list)
{
    if (l->entries >= RP_MAX_LINE_FILES)
        return NULL;
    l->entries++;
    entry *e = rp_vec_push(l->arena, list);
    l->out_of_memory |= e == NULL;
    return e;
}

/* Version 5: a list of (content, form) pairs, then the entries. */
static bool entries_5(lookup *l, const table *t, rp_reader *r, entries *ret)
{
    uint64_t formats[2 * 256];
    entry_list list = {0};
    unsigned nformats = rp_u8(r);
    for (unsigned i = 0; i < 2 * nformats; i++)
        formats[i] = rp_uleb(r);
    uint64_t n = rp_uleb(r);
    if (r->bad || (n != 0 && nformats == 0))
        return false;
    for (uint64_t i = 0; i < n; i++) {
        entry *e = new_entry(l, &list);
        if (e == NULL)
            return false;
        e->name = (rp_str){"", 0};
        for (unsigned k = 0; k < nformats; k++) {
            rp_dwarf_value v = rp_dwarf_form(r, formats[2 * k + 1], t->e, 0);
            if (formats[2 * k] == LNCT_DIRECTORY)
                e->folder = v.value;
            else if (formats[2 * k] == LNCT_PATH)
                e->name = v.form == DW_FORM_string ? v.text
                          : v.form == DW_FORM_line_strp
                              ? section_string(l, RP_DEBUG_LINE_STR, v.value)
                          : v.form == DW_FORM_strp ? section_string(l, RP_DEBUG_STR, v.value)
                                                   : (rp_str){"", 0};
        }
        if (r->bad)
            return false;
    }
    *ret = (entries){list.items, list.n, 0};
    return true;
}

/* Before version 5: strings up to an empty one; files have folder, time and length behind. */
static bool entries_4(lookup *l, rp_reader *r, bool files, entries *ret)
{
    entry_list list = {0};
    for (;;) {
        rp_str name = rp_next_cstr(r);
        if (r->bad)
            return false;
        if (name.len == 0)
            break;
        entry *e = new_entry(l, &list);
        if (e == NULL)
            return false;
        e->name = name;
        if (files) {
            e->folder = rp_uleb(r);
            (void)rp_uleb(r);
            (void)rp_uleb(r);
        }
    }
    *ret = (entries){list.items, list.n, 1};
    return true;
}

static bool is_absolute(rp_str s)
{
    return s.len != 0 && (s.ptr[0] == '/' || s.ptr[0] == '\\' || (s.len > 1 && s.ptr[1] == ':'));
}

static bool join(lookup *l, rp_str folder, rp_str name, rp_str *ret)
{
    *ret = name;
    if (folder.len == 0 || is_absolute(name))
        return true;
    *ret = rp_arena_printf(l->arena, "%.*s/%.*s", RP_FMT(folder), RP_FMT(name));
    return ret->ptr != NULL;
}

static bool name_place(lookup *l, const rp_dwarf_unit *unit, const entries *folders,
                       const entries *files, uint32_t file, rp_str *ret)
{
    uint32_t index = file - files->first;
    if (file < files->first || index >= files->n)
        return true;
    const entry *e = &files->items[index];
    rp_str folder = {"", 0};
    if (e->folder >= folders->first && e->folder - folders->first < folders->n)
        folder = folders->items[e->folder - folders->first].name;
    return join(l, unit->folder, folder, &folder) && join(l, folder, e->name, ret);
}

static bool name_places(lookup *l, const rp_dwarf_unit *unit, table *t)
{
    entries folders, files;
    rp_reader *r = &t->tables;
    bool ok = t->e.version >= 5 ? entries_5(l, t, r, &folders) && entries_5(l, t, r, &files)
                                : entries_4(l, r, false, &folders) && entries_4(l, r, true, &files);
    for (uint32_t i = 0; ok && i < l->n; i++)
        if (l->files[i] != FILE_NONE &&
            !name_place(l, unit, &folders, &files, l->files[i], &l->places[i].file)) {
            l->out_of_memory = true;
            return false;
        }
    return !l->out_of_memory;
}

/* ---- look-up ---- */

static bool unit_lines(lookup *l, const rp_dwarf_unit *unit)
{
    table t = {.min_length = 1};
    if (unit->lines_at == RP_NOWHERE || !read_header(l, unit, &t))
        return true;
    if (rp_left(&t.program) > l->budget)
        return true;
    l->budget -= rp_left(&t.program);
    run(l, &t);
    return name_places(l, unit, &t);
}

typedef struct {
    uint32_t unit;
    rp_dwarf_place place;
    uint32_t index;
} request;

static int by_unit(const void *a, const void *b)
{
    const request *x = a, *y = b;
    if (x->unit != y->unit)
        return x->unit < y->unit ? -1 : 1;
    return (x->place.addr > y->place.addr) - (x->place.addr < y->place.addr);
}

static uint32_t collect(const rp_dwarf *d, rp_dwarf_place *places, uint32_t n, request *ret)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        const rp_dwarf_unit *u = rp_dwarf_unit_at(d, places[i].addr);
        places[i].file = (rp_str){"", 0};
        places[i].line = 0;
        if (u != NULL)
            ret[kept++] = (request){(uint32_t)(u - d->units), places[i], i};
    }
    if (kept > 1)
        qsort(ret, kept, sizeof *ret, by_unit);
    return kept;
}

/* Requests of one unit, as a list of places for its line table. */
static bool serve(lookup *l, const request *from, uint32_t n, rp_dwarf_place *places)
{
    l->n = n;
    for (uint32_t i = 0; i < n; i++) {
        l->places[i] = from[i].place;
        l->files[i] = FILE_NONE;
        l->next[i] = i;
    }
    if (!unit_lines(l, &l->d->units[from->unit]))
        return false;
    for (uint32_t i = 0; i < n; i++)
        places[from[i].index] = l->places[i];
    return true;
}

bool rp_dwarf_lines(rp_dwarf *d, rp_arena *arena, rp_dwarf_place *places, uint32_t n)
{
    request *requests = rp_new(arena, n, request);
    lookup l = {.d = d,
                .arena = arena,
                .places = rp_new(arena, n, rp_dwarf_place),
                .files = rp_new(arena, n, uint32_t),
                .next = rp_new(arena, n, uint32_t),
                .budget = RP_MAX_LINE_BYTES};
    if (requests == NULL || l.places == NULL || l.files == NULL || l.next == NULL)
        return false;
    uint32_t kept = collect(d, places, n, requests);
    for (uint32_t i = 0; i < kept;) {
        uint32_t from = i;
        while (i < kept && requests[i].unit == requests[from].unit)
            i++;
        if (!serve(&l, requests + from, i - from, places))
            return false;
    }
    return !d->sections.out_of_memory;
}
