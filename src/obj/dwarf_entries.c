/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/dwarf_entries.h"

enum {
    ABBREVS_MAX = 1 << 16,
    SPECS_MAX = 1 << 20, /* attributes of one table */
    DW_AT_low_pc = 0x11,
    DW_AT_high_pc = 0x12,
    DW_AT_abstract_origin = 0x31,
    DW_AT_specification = 0x47,
    DW_AT_ranges = 0x55,
    DW_AT_linkage_name = 0x6e,
    DW_AT_MIPS_linkage_name = 0x2007
};

typedef struct {
    uint16_t at, form; /* larger codes are no attribute that is looked at, no form that is known */
    int64_t implicit;
} spec;

typedef struct {
    uint64_t code;
    uint64_t tag;
    uint32_t first, n; /* in specs */
    bool children;
} abbrev;

struct rp_dwarf_abbrevs {
    uint64_t at; /* offset of the table */
    RP_VEC(abbrev) items;
    RP_VEC(spec) specs;
    bool ordered; /* code i + 1 is items[i], as all compilers number them */
    bool bad;
};

/* ---- abbreviations ---- */

static bool read_specs(rp_dwarf_walker *w, rp_dwarf_abbrevs *t, rp_reader *r, uint32_t *ret_n)
{
    for (*ret_n = 0;; ++*ret_n) {
        uint64_t at = rp_uleb(r), form = rp_uleb(r);
        int64_t implicit = form == DW_FORM_implicit_const ? rp_sleb(r) : 0;
        if (r->bad || t->specs.n >= SPECS_MAX || form > UINT16_MAX)
            return false;
        if (at == 0 && form == 0)
            return true;
        spec *s = rp_vec_push(w->arena, &t->specs);
        if (s == NULL) {
            w->out_of_memory = true;
            return false;
        }
        *s = (spec){at > UINT16_MAX ? UINT16_MAX : (uint16_t)at, (uint16_t)form, implicit};
    }
}

static bool read_table(rp_dwarf_walker *w, rp_dwarf_abbrevs *t)
{
    rp_bytes b;
    if (rp_debug_section_bytes(w->sections, RP_DEBUG_ABBREV, &b) != RP_YES)
        return false;
    rp_reader r = rp_reader_of(b, 0, w->sections->img->big);
    rp_seek(&r, t->at);
    t->ordered = true;
    for (;;) {
        abbrev a = {.code = rp_uleb(&r), .first = t->specs.n};
        if (r.bad || t->items.n >= ABBREVS_MAX)
            return false;
        if (a.code == 0)
            return true;
        a.tag = rp_uleb(&r);
        a.children = rp_u8(&r) != 0;
        if (!read_specs(w, t, &r, &a.n))
            return false;
        t->ordered &= a.code == t->items.n + 1u;
        abbrev *to = rp_vec_push(w->arena, &t->items);
        if (to == NULL) {
            w->out_of_memory = true;
            return false;
        }
        *to = a;
    }
}

/* The table at `at`. Tables of units follow each other, and what LTO shares is used in a row. */
static const rp_dwarf_abbrevs *table_at(rp_dwarf_walker *w, uint64_t at)
{
    rp_dwarf_abbrevs *t = w->abbrevs;
    if (t != NULL && t->at == at)
        return t->bad ? NULL : t;
    if (t == NULL)
        t = w->abbrevs = rp_new(w->arena, 1, rp_dwarf_abbrevs);
    if (t == NULL) {
        w->out_of_memory = true;
        return NULL;
    }
    t->at = at;
    t->items.n = 0;
    t->specs.n = 0;
    t->bad = !read_table(w, t);
    uint64_t cost = (uint64_t)t->specs.n + t->items.n;
    w->steps = w->steps > cost ? w->steps - cost : 0;
    return t->bad ? NULL : t;
}

static const abbrev *find(const rp_dwarf_abbrevs *t, uint64_t code, uint64_t *steps)
{
    if (t->ordered)
        return code - 1 < t->items.n ? &t->items.items[code - 1] : NULL;
    for (uint32_t i = 0; i < t->items.n && *steps != 0; i++, --*steps)
        if (t->items.items[i].code == code)
            return &t->items.items[i];
    return NULL;
}

/* ---- entries ---- */

static void reference(rp_dwarf_entry *e, rp_dwarf_value v, const rp_dwarf_unit *u)
{
    switch (v.form) {
    case DW_FORM_ref1:
    case DW_FORM_ref2:
    case DW_FORM_ref4:
    case DW_FORM_ref8:
    case DW_FORM_ref_udata:
        e->origin = v.value < u->end - u->at ? u->at + v.value : RP_NOWHERE;
        return;
    case DW_FORM_ref_addr:
        e->origin = v.value;
        return;
    default:
        e->elsewhere = true;
    }
}

static void keep(rp_dwarf_entry *e, uint16_t at, rp_dwarf_value v, const rp_dwarf_unit *u)
{
    switch (at) {
    case DW_AT_low_pc:
        e->low_pc = v;
        return;
    case DW_AT_high_pc:
        e->high_pc = v;
        return;
    case DW_AT_ranges:
        e->ranges = v;
        return;
    case DW_AT_linkage_name:
    case DW_AT_MIPS_linkage_name:
        e->linkage_name = v;
        return;
    case DW_AT_abstract_origin:
    case DW_AT_specification:
        reference(e, v, u);
        return;
    default:
        return;
    }
}

static bool step(rp_dwarf_walker *w)
{
    if (w->steps != 0)
        w->steps--;
    return w->steps != 0;
}

static bool malformed(rp_dwarf_walker *w)
{
    w->malformed |= !w->out_of_memory;
    return false;
}

bool rp_dwarf_walk(rp_dwarf_walker *w, const rp_dwarf_unit *u, rp_dwarf_entry_fn visit, void *user)
{
    rp_bytes info;
    rp_reader r;
    rp_dwarf_encoding enc = {u->address_size, u->wide, u->version};
    const rp_dwarf_abbrevs *t = table_at(w, u->abbrevs_at);
    if (t == NULL || rp_debug_section_bytes(w->sections, RP_DEBUG_INFO, &info) != RP_YES ||
        u->end > info.len)
        return malformed(w);
    r = rp_reader_of((rp_bytes){info.ptr, (size_t)u->end}, 0, w->sections->img->big);
    rp_seek(&r, u->entries_at);
    uint32_t depth = 0;
    while (rp_left(&r) != 0) {
        rp_dwarf_entry e = {.at = r.pos, .depth = depth, .origin = RP_NOWHERE};
        uint64_t code = rp_uleb(&r);
        if (!step(w))
            return malformed(w);
        if (code == 0) { /* ends a list of children; some linkers pad units with such bytes */
            depth -= depth != 0;
            continue;
        }
        const abbrev *a = find(t, code, &w->steps);
        if (a == NULL)
            return malformed(w);
        bool wanted = a->tag == RP_DW_TAG_subprogram || a->tag == RP_DW_TAG_inlined_subroutine;
        for (uint32_t i = 0; i < a->n && step(w); i++) {
            const spec *s = &t->specs.items[a->first + i];
            rp_dwarf_value v = rp_dwarf_form(&r, s->form, enc, s->implicit);
            if (wanted)
                keep(&e, s->at, v, u);
        }
        if (r.bad)
            return malformed(w);
        e.tag = a->tag;
        if (wanted && !visit(user, &e))
            return true;
        depth += a->children;
    }
    return true;
}
