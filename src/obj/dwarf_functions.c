/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/dwarf_functions.h"

#include "base/limits.h"
#include "obj/dwarf_entries.h"

#include <stdlib.h>

enum {
    IDS_MAX = 1 << 16,
    ROUNDS = 16, /* links in a chain of abstract origins and specifications */
    NESTED = 64, /* functions in functions */
    FILTER = 1 << 16,
    STEPS_PER_BYTE = 4 /* an entry's attributes have a byte each, nearly all more */
};

typedef struct {
    uint64_t key;
    uint32_t id;
} pair;

typedef struct {
    uint64_t at, origin;
} link;

/* Offsets → ids. */
typedef struct {
    pair *slots; /* open addressing; key: the offset plus 1, 0 is free */
    uint32_t mask, n;
} map;

typedef struct {
    rp_dwarf *dwarf;
    rp_image *loaded;
    rp_arena *arena;
    rp_dwarf_wanted_fn wanted;
    void *user;
    rp_dwarf_uses *ret;
    map names;   /* offsets in .debug_str */
    map entries; /* offsets in .debug_info of entries of wanted functions */
    RP_VEC(link) links;
    RP_VEC(rp_dwarf_use) uses;
    uint8_t *seen;  /* by id: 1 own code, 2 inlined */
    uint8_t *marks; /* by unit: bit 0 first walk, bit 1 second */
    rp_dwarf_walker walker;
    uint32_t range_steps;
    bool out_of_memory, elsewhere, full;
    bool stray;     /* the last look at ranges met addresses without code */
    bool displaced; /* a call inlined into code that is there has such addresses */
    /* the unit that is walked */
    const rp_dwarf_unit *unit;
    rp_dwarf_bases bases;
    struct {
        uint32_t depth;
        bool live;
    } functions[NESTED];
    unsigned nfunctions;
    uint64_t live_at; /* result of the last look at ranges */
} search;

/* ---- the map ---- */

static uint32_t slot_of(const map *m, uint64_t key)
{
    uint32_t at = (uint32_t)((key * 0x9e3779b97f4a7c15u) >> 32) & m->mask;
    while (m->slots[at].key != 0 && m->slots[at].key != key)
        at = (at + 1) & m->mask;
    return at;
}

static uint32_t map_get(const map *m, uint64_t key)
{
    if (m->n == 0 || key == RP_NOWHERE)
        return RP_DWARF_UNWANTED;
    const pair *p = &m->slots[slot_of(m, key + 1)];
    return p->key == key + 1 ? p->id : RP_DWARF_UNWANTED;
}

static bool map_put(search *s, map *m, uint64_t key, uint32_t id)
{
    if (key == RP_NOWHERE)
        return true;
    if (m->slots == NULL || m->n >= m->mask / 2) {
        map bigger = {.mask = m->slots != NULL ? m->mask * 2 + 1 : 255};
        bigger.slots = rp_new(s->arena, (uint64_t)bigger.mask + 1, pair);
        if (bigger.slots == NULL) {
            s->out_of_memory = true;
            return false;
        }
        for (uint32_t i = 0; m->slots != NULL && i <= m->mask; i++)
            if (m->slots[i].key != 0)
                bigger.slots[slot_of(&bigger, m->slots[i].key)] = m->slots[i];
        bigger.n = m->n;
        *m = bigger;
    }
    pair *p = &m->slots[slot_of(m, key + 1)];
    m->n += p->key == 0;
    *p = (pair){key + 1, id};
    return true;
}

/* ---- names ---- */

static uint32_t ask(search *s, rp_str name)
{
    s->ret->named++;
    uint32_t id = s->wanted(s->user, name);
    return id < IDS_MAX ? id : RP_DWARF_UNWANTED;
}

static bool is_mangled(rp_str s)
{
    return s.len > 4 && s.ptr[0] == '_' &&
           (s.ptr[1] == 'Z' || s.ptr[1] == 'R' || (s.ptr[1] == '_' && s.ptr[2] == 'Z'));
}

static void read_names(search *s)
{
    rp_bytes b;
    if (rp_debug_section_bytes(&s->dwarf->sections, RP_DEBUG_STR, &b) != RP_YES)
        return;
    for (size_t at = 0; at < b.len && !s->out_of_memory;) {
        const uint8_t *end = memchr(b.ptr + at, '\0', b.len - at);
        if (end == NULL)
            return;
        rp_str text = {(const char *)b.ptr + at, (size_t)(end - b.ptr) - at};
        uint32_t id = is_mangled(text) ? ask(s, text) : RP_DWARF_UNWANTED;
        if (id != RP_DWARF_UNWANTED && s->names.n < RP_MAX_DWARF_NAMES)
            (void)map_put(s, &s->names, at, id);
        at += text.len + 1;
    }
    s->full |= s->names.n >= RP_MAX_DWARF_NAMES;
}

static uint32_t id_of_name(search *s, rp_dwarf_value v)
{
    const rp_dwarf_unit *u = s->unit;
    if (v.form == DW_FORM_strp)
        return map_get(&s->names, v.value);
    if (rp_dwarf_form_is_strx(v.form))
        return map_get(&s->names,
                       rp_dwarf_table_entry(&s->dwarf->sections, RP_DEBUG_STR_OFFSETS,
                                            u->str_offsets_base, v.value, u->wide ? 8 : 4));
    return v.form == DW_FORM_string && is_mangled(v.text) ? ask(s, v.text) : RP_DWARF_UNWANTED;
}

/* ---- which units ---- */

static void mark_all(search *s, uint8_t bit)
{
    for (uint32_t i = 0; i < s->dwarf->nunits; i++)
        s->marks[i] |= bit;
}

/* Marks units that hold one of the map's keys as a word of four bytes anywhere, and perhaps some
 * others: a filter of 64 Ki bits stands before the look-up. */
static void mark_by_words(search *s, const map *m, uint8_t bit)
{
    rp_bytes info;
    bool big = s->loaded->big;
    uint8_t *filter = rp_new(s->arena, FILTER / 8, uint8_t);
    if (filter == NULL ||
        rp_debug_section_bytes(&s->dwarf->sections, RP_DEBUG_INFO, &info) != RP_YES) {
        s->out_of_memory |= filter == NULL;
        return;
    }
    for (uint32_t i = 0; m->n != 0 && i <= m->mask; i++) {
        uint64_t key = m->slots[i].key - 1;
        if (m->slots[i].key != 0)
            filter[(key & 0xffff) / 8] |= (uint8_t)(1u << (key & 7));
    }
    for (uint32_t i = 0; i < s->dwarf->nunits; i++) {
        const rp_dwarf_unit *u = &s->dwarf->units[i];
        for (uint64_t at = u->entries_at; at + 4 <= u->end && at + 4 <= info.len; at++) {
            const uint8_t *p = info.ptr + at;
            uint32_t low = big ? (uint32_t)p[2] << 8 | p[3] : (uint32_t)p[1] << 8 | p[0];
            if (!(filter[low / 8] & 1u << (low & 7)))
                continue;
            uint32_t high = big ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[3] << 8 | p[2];
            if (map_get(m, (uint64_t)high << 16 | low) == RP_DWARF_UNWANTED)
                continue;
            s->marks[i] |= bit;
            break;
        }
    }
}

/* DWARF 5 names strings by their place in a table: all units with such a table that holds one. */
static bool table_holds(search *s, const rp_dwarf_unit *u, rp_bytes table)
{
    unsigned width = u->wide ? 8 : 4, head = u->wide ? 16 : 8;
    uint64_t base = u->str_offsets_base;
    rp_reader r = rp_reader_of(table, 0, s->loaded->big);
    if (u->version < 5 || base < head || base > table.len)
        return true; /* GNU's tables of version 4 do not tell their length: look */
    rp_seek(&r, base - head + (u->wide ? 4 : 0));
    uint64_t len = rp_uint(&r, width);
    uint64_t n = len < 4 ? 0 : (len - 4) / width;
    rp_seek(&r, base);
    for (uint64_t i = 0; i < n && !r.bad; i++) {
        if (s->range_steps == 0)
            return true;
        s->range_steps--;
        if (map_get(&s->names, rp_uint(&r, width)) != RP_DWARF_UNWANTED)
            return true;
    }
    return false;
}

static void mark_by_names(search *s)
{
    rp_bytes table;
    if (rp_debug_section_bytes(&s->dwarf->sections, RP_DEBUG_STR, &table) == RP_NO)
        mark_all(s, 1); /* names stand in the entries */
    mark_by_words(s, &s->names, 1);
    if (rp_debug_section_bytes(&s->dwarf->sections, RP_DEBUG_STR_OFFSETS, &table) != RP_YES)
        return;
    uint64_t last =
        RP_NOWHERE; /* thin LTO and partial links share tables: the answer is the same */
    bool held = false;
    for (uint32_t i = 0; i < s->dwarf->nunits; i++) {
        const rp_dwarf_unit *u = &s->dwarf->units[i];
        if (u->version < 5 && !u->split && s->dwarf->skeleton == NULL)
            continue;
        if (u->str_offsets_base != last)
            held = table_holds(s, u, table);
        last = u->str_offsets_base;
        s->marks[i] |= held;
    }
}

/* ---- first walk: entries that carry a name, and who refers to whom ---- */

static bool collect(void *user, const rp_dwarf_entry *e)
{
    search *s = user;
    uint32_t id = e->linkage_name.form != 0 ? id_of_name(s, e->linkage_name) : RP_DWARF_UNWANTED;
    if (id != RP_DWARF_UNWANTED)
        return map_put(s, &s->entries, e->at, id);
    if (e->tag != RP_DW_TAG_subprogram || e->origin == RP_NOWHERE)
        return true;
    if (s->links.n >= RP_MAX_DWARF_ENTRIES) {
        s->full = true;
        return false;
    }
    link *l = rp_vec_push(s->arena, &s->links);
    if (l == NULL) {
        s->out_of_memory = true;
        return false;
    }
    *l = (link){e->at, e->origin};
    return true;
}

/* declaration ← abstract instance ← concrete one */
static void follow(search *s)
{
    bool more = true;
    for (int round = 0; round < ROUNDS && more; round++) {
        more = false;
        for (uint32_t i = 0; i < s->links.n; i++) {
            uint32_t id = map_get(&s->entries, s->links.items[i].origin);
            if (id == RP_DWARF_UNWANTED ||
                map_get(&s->entries, s->links.items[i].at) != RP_DWARF_UNWANTED)
                continue;
            if (!map_put(s, &s->entries, s->links.items[i].at, id))
                return;
            more = true;
        }
    }
}

/* ---- second walk: code at addresses that exist ---- */

static bool is_code(const rp_image *img, uint64_t addr)
{
    for (uint32_t i = 0; i < img->nsegments; i++) {
        const rp_segment *g = &img->segments[i];
        if ((g->perm & RP_X) && addr >= g->addr && addr - g->addr < g->size)
            return true;
    }
    return false;
}

static bool first_range(void *user, uint64_t start, uint64_t end)
{
    search *s = user;
    (void)end;
    if (!is_code(s->loaded, start)) {
        s->stray = true;
        return true;
    }
    s->live_at = start;
    return false;
}

static bool is_live(search *s, const rp_dwarf_entry *e)
{
    s->live_at = RP_NOWHERE;
    s->stray = false;
    rp_dwarf_ranges(&s->bases, e->low_pc, e->high_pc, e->ranges, s->unit->low_pc, first_range, s);
    return s->live_at != RP_NOWHERE;
}

static bool add_use(search *s, const rp_dwarf_entry *e, uint32_t id, bool inlined)
{
    uint8_t bit = inlined ? 2 : 1;
    if (s->seen[id] & bit)
        return true;
    s->seen[id] |= bit;
    rp_dwarf_use *use = rp_vec_push(s->arena, &s->uses);
    if (use == NULL) {
        s->out_of_memory = true;
        return false;
    }
    *use = (rp_dwarf_use){id, inlined, s->live_at, e->at};
    return true;
}

static bool examine(void *user, const rp_dwarf_entry *e)
{
    search *s = user;
    bool inlined = e->tag == RP_DW_TAG_inlined_subroutine;
    while (s->nfunctions > 0 && s->functions[s->nfunctions - 1].depth >= e->depth)
        s->nfunctions--;
    bool around = s->nfunctions > 0 && s->functions[s->nfunctions - 1].live;
    uint32_t id = map_get(&s->entries, e->origin == RP_NOWHERE ? e->at : e->origin);
    if (id == RP_DWARF_UNWANTED)
        id = map_get(&s->entries, e->at);
    s->elsewhere |= e->elsewhere;
    if (inlined) {
        if (id == RP_DWARF_UNWANTED || !around)
            return true;
        bool there = is_live(s, e);
        s->displaced |=
            !there && s->stray; /* LLVM 14's dsymutil moves such calls of DWARF 5 twice */
        return !there || add_use(s, e, id, true);
    }
    bool live = is_live(s, e);
    if (s->nfunctions < NESTED) {
        s->functions[s->nfunctions].depth = e->depth;
        s->functions[s->nfunctions++].live = live;
    }
    return id == RP_DWARF_UNWANTED || !live || add_use(s, e, id, false);
}

static void walk(search *s, uint8_t bit, rp_dwarf_entry_fn visit)
{
    for (uint32_t i = 0; i < s->dwarf->nunits && !s->out_of_memory; i++) {
        const rp_dwarf_unit *u = &s->dwarf->units[i];
        if (!(s->marks[i] & bit))
            continue;
        s->unit = u;
        s->nfunctions = 0;
        rp_debug_sections *own = &s->dwarf->sections, *skeleton = s->dwarf->skeleton;
        s->bases = (rp_dwarf_bases){.sections = skeleton != NULL && u->version < 5 ? skeleton : own,
                                    .addresses = skeleton != NULL ? skeleton : own,
                                    .e = {u->address_size, u->wide, u->version},
                                    .addr_base = u->addr_base,
                                    .rnglists_base = u->rnglists_base,
                                    .ranges_base =
                                        skeleton != NULL ? u->ranges_base : 0, /* the .dwo's only */
                                    .steps = &s->range_steps};
        (void)rp_dwarf_walk(&s->walker, u, visit, s);
        s->out_of_memory |= s->walker.out_of_memory;
        s->ret->walked += bit == 2;
    }
}

/* Units that hold entries of wanted functions are walked again; so are those that refer to them. */
static void mark_by_entries(search *s)
{
    mark_by_words(s, &s->entries, 2);
    for (uint32_t i = 0; i < s->dwarf->nunits; i++)
        s->marks[i] |= (uint8_t)((s->marks[i] & 1) << 1);
}

/* ---- all of it ---- */

static int by_id(const void *a, const void *b)
{
    const rp_dwarf_use *x = a, *y = b;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return x->inlined - y->inlined;
}

static void conclude(search *s)
{
    rp_dwarf_uses *r = s->ret;
    bool split = false;
    for (uint32_t i = 0; i < s->dwarf->nunits; i++)
        split |= s->dwarf->units[i].split;
    if (s->uses.n > 1)
        qsort(s->uses.items, s->uses.n, sizeof *s->uses.items, by_id);
    r->uses = s->uses.items;
    r->nuses = s->uses.n;
    r->why = s->walker.malformed || s->dwarf->known == RP_UNKNOWN
                 ? "debug information is malformed, or too large"
             : s->full || s->range_steps == 0 ? "debug information is too large"
             : split                          ? "debug information was split off and is not here"
             : s->displaced ? "debug information has inlined calls where no code is"
             : s->elsewhere ? "parts of the debug information lie in another file"
                            : NULL;
    if (r->why != NULL)
        r->known = RP_UNKNOWN;
}

bool rp_dwarf_functions(rp_dwarf *dwarf, rp_image *loaded, rp_arena *arena,
                        rp_dwarf_wanted_fn wanted, void *user, rp_dwarf_uses *ret)
{
    enum { RANGE_STEPS = 1 << 27 };
    rp_bytes info;
    *ret = (rp_dwarf_uses){.known = dwarf->known, .units = dwarf->nunits};
    if (dwarf->nunits == 0)
        return true;
    search *s = rp_new(arena, 1, search);
    if (s == NULL)
        return false;
    *s = (search){.dwarf = dwarf,
                  .loaded = loaded,
                  .arena = arena,
                  .wanted = wanted,
                  .user = user,
                  .ret = ret,
                  .range_steps = RANGE_STEPS};
    s->seen = rp_new(arena, IDS_MAX, uint8_t);
    s->marks = rp_new(arena, dwarf->nunits, uint8_t);
    if (s->seen == NULL || s->marks == NULL ||
        rp_debug_section_bytes(&dwarf->sections, RP_DEBUG_INFO, &info) != RP_YES)
        return false;
    s->walker = (rp_dwarf_walker){.sections = &dwarf->sections,
                                  .arena = arena,
                                  .steps = STEPS_PER_BYTE * (uint64_t)info.len + FILTER};
    read_names(s);
    mark_by_names(s);
    walk(s, 1, collect);
    follow(s);
    if (s->entries.n != 0) {
        mark_by_entries(s);
        walk(s, 2, examine);
    }
    conclude(s);
    return !s->out_of_memory && !dwarf->sections.out_of_memory;
}
