/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/dwarf_units.h"

#include "base/limits.h"
#include "base/search.h"
#include "obj/dwarf_package.h"
#include "obj/dwarf_ranges.h"

#include <stdlib.h>

enum { /* 7.5.1 */
       UT_COMPILE = 1,
       UT_TYPE = 2,
       UT_SKELETON = 4,
       UT_SPLIT_COMPILE = 5,
       UT_SPLIT_TYPE = 6,
       TAG_COMPILE_UNIT = 0x11,
       TAG_PARTIAL_UNIT = 0x3c,
       TAG_SKELETON_UNIT = 0x4a
};

enum { /* attributes of a unit that are looked at, as an index into `attrs` */
       AT_NAME,
       AT_STMT_LIST,
       AT_LOW_PC,
       AT_HIGH_PC,
       AT_LANGUAGE,
       AT_COMP_DIR,
       AT_PRODUCER,
       AT_RANGES,
       AT_STR_OFFSETS_BASE,
       AT_ADDR_BASE,
       AT_RNGLISTS_BASE,
       AT_DWO_NAME,
       AT_DWO_ID,
       AT_RANGES_BASE,
       AT_COUNT
};

static int attribute_index(uint64_t at)
{
    static const uint16_t codes[][2] = {
        {0x03, AT_NAME},       {0x10, AT_STMT_LIST},     {0x11, AT_LOW_PC},
        {0x12, AT_HIGH_PC},    {0x13, AT_LANGUAGE},      {0x1b, AT_COMP_DIR},
        {0x25, AT_PRODUCER},   {0x55, AT_RANGES},        {0x72, AT_STR_OFFSETS_BASE},
        {0x73, AT_ADDR_BASE},  {0x74, AT_RNGLISTS_BASE}, {0x76, AT_DWO_NAME},
        {0x2130, AT_DWO_NAME}, {0x2131, AT_DWO_ID},      {0x2132, AT_RANGES_BASE},
        {0x2133, AT_ADDR_BASE}};
    for (size_t i = 0; i < RP_COUNT(codes); i++)
        if (codes[i][0] == at)
            return codes[i][1];
    return -1;
}

typedef struct {
    rp_dwarf *d;
    rp_image *img;
    rp_arena *arena;
    RP_VEC(rp_dwarf_unit) units;
    RP_VEC(rp_dwarf_range) ranges;
    uint32_t unit;                   /* index of the one that is read */
    uint32_t left;                   /* attributes and range entries that may still be read */
    const rp_dwarf_package *package; /* of a .dwo or .dwp file, else NULL */
    bool incomplete, out_of_memory;
} reader;

/* Units may share tables, so time is bounded for all of them together. */
enum { STEPS = 1 << 26 };

static bool step(reader *d)
{
    if (d->left == 0)
        d->incomplete = true;
    else
        d->left--;
    return d->left != 0;
}

typedef struct {
    rp_dwarf_encoding e;
    uint64_t at, entries, end;
    uint64_t abbrev;
    uint64_t dwo_id;
    unsigned type;
    rp_dwarf_value attrs[AT_COUNT];
} unit_head;

/* ---- strings and addresses ---- */

static rp_str string_at(reader *d, rp_debug_section which, uint64_t off)
{
    rp_bytes b;
    rp_str s = {"", 0};
    if (rp_debug_section_bytes(&d->d->sections, which, &b) != RP_YES)
        return s;
    if (off >= b.len)
        return s;
    size_t len = b.len - (size_t)off < RP_MAX_NAME ? b.len - (size_t)off : RP_MAX_NAME;
    rp_reader r = rp_reader_of((rp_bytes){b.ptr + off, len}, 0, d->img->big);
    return rp_cstr(&r, 0, &s) ? s : (rp_str){"", 0};
}

static rp_str text_of(reader *d, const unit_head *u, int at)
{
    rp_dwarf_value v = u->attrs[at];
    if (v.form == DW_FORM_string)
        return v.text;
    if (v.form == DW_FORM_strp)
        return string_at(d, RP_DEBUG_STR, v.value);
    if (v.form == DW_FORM_line_strp)
        return string_at(d, RP_DEBUG_LINE_STR, v.value);
    if (rp_dwarf_form_is_strx(v.form)) {
        unsigned width = u->e.wide ? 8 : 4;
        uint64_t off = rp_dwarf_table_entry(&d->d->sections, RP_DEBUG_STR_OFFSETS,
                                            u->attrs[AT_STR_OFFSETS_BASE].value, v.value, width);
        return string_at(d, RP_DEBUG_STR, off);
    }
    return (rp_str){"", 0};
}

/* ---- ranges ---- */

static bool add_range(void *user, uint64_t start, uint64_t end)
{
    reader *d = user;
    if (d->ranges.n >= RP_MAX_UNIT_RANGES) {
        d->incomplete = true;
        return false;
    }
    rp_dwarf_range *r = rp_vec_push(d->arena, &d->ranges);
    if (r == NULL) {
        d->out_of_memory = true;
        return false;
    }
    *r = (rp_dwarf_range){start, end, d->unit};
    return true;
}

static void read_ranges(reader *d, const unit_head *u, uint64_t *ret_low)
{
    rp_dwarf_bases b = {.sections = &d->d->sections,
                        .addresses = &d->d->sections,
                        .e = u->e,
                        .addr_base = u->attrs[AT_ADDR_BASE].value,
                        .rnglists_base = u->attrs[AT_RNGLISTS_BASE].value,
                        .steps = &d->left};
    rp_dwarf_value low = u->attrs[AT_LOW_PC];
    *ret_low = rp_dwarf_address(&b, low);
    rp_dwarf_ranges(&b, low, u->attrs[AT_HIGH_PC], u->attrs[AT_RANGES], *ret_low, add_range, d);
    d->incomplete |= d->left == 0;
}

/* ---- units ---- */

enum { ABBREVS_BEFORE = 1 << 16 };

/* Places `r` behind the tag and children byte of abbreviation `code`: the unit's own, nearly always
 * the first of its table; thin LTO shares tables, and it may be the hundredth. step() bounds the
 * time. */
static bool find_abbrev(reader *d, rp_reader *r, uint64_t code, uint64_t *ret_tag)
{
    for (unsigned i = 0; i < ABBREVS_BEFORE; i++) {
        uint64_t own = rp_uleb(r);
        if (r->bad || own == 0)
            return false;
        *ret_tag = rp_uleb(r);
        (void)rp_u8(r);
        if (own == code)
            return !r->bad;
        for (;;) {
            uint64_t at = rp_uleb(r), form = rp_uleb(r);
            if (form == DW_FORM_implicit_const)
                (void)rp_sleb(r);
            if (r->bad || !step(d))
                return false;
            if (at == 0 && form == 0)
                break;
        }
    }
    return false;
}

/* Attributes of the unit's first entry. False: not a unit, or malformed. */
static bool read_attributes(reader *d, unit_head *u, rp_reader *info)
{
    rp_bytes b;
    uint64_t tag = 0, code = rp_uleb(info);
    if (rp_debug_section_bytes(&d->d->sections, RP_DEBUG_ABBREV, &b) != RP_YES)
        return false;
    rp_reader abbrev = rp_reader_of(b, 0, d->img->big);
    rp_seek(&abbrev, u->abbrev);
    if (!find_abbrev(d, &abbrev, code, &tag) ||
        (tag != TAG_COMPILE_UNIT && tag != TAG_PARTIAL_UNIT && tag != TAG_SKELETON_UNIT))
        return false;
    for (;;) {
        uint64_t at = rp_uleb(&abbrev), form = rp_uleb(&abbrev);
        int64_t implicit = form == DW_FORM_implicit_const ? rp_sleb(&abbrev) : 0;
        if (abbrev.bad || !step(d) || (at == 0 && form == 0))
            return !abbrev.bad && d->left != 0;
        rp_dwarf_value v = rp_dwarf_form(info, form, u->e, implicit);
        int index = attribute_index(at);
        if (info->bad)
            return false;
        if (index >= 0)
            u->attrs[index] = v;
    }
}

/* 7.5.1: unit_length was read; `r` is a window of what follows. */
static bool read_head(rp_reader *r, unit_head *u)
{
    u->e.version = rp_u16(r);
    if (u->e.version >= 5) {
        u->type = rp_u8(r);
        u->e.address_size = rp_u8(r);
        u->abbrev = rp_uint(r, u->e.wide ? 8 : 4);
        if (u->type == UT_SKELETON || u->type == UT_SPLIT_COMPILE)
            u->dwo_id = rp_u64(r);
    } else {
        u->type = UT_COMPILE;
        u->abbrev = rp_uint(r, u->e.wide ? 8 : 4);
        u->e.address_size = rp_u8(r);
    }
    bool size = u->e.address_size == 4 || u->e.address_size == 8;
    return !r->bad && u->e.version >= 2 && u->e.version <= 5 && size;
}

/* Split units have no bases: each table is the unit's own, at its place in the package. */
static void split_bases(reader *d, unit_head *u)
{
    rp_dwarf_contribution c = rp_dwarf_contribution_of(d->package, u->at);
    uint64_t head = u->e.version < 5 ? 0 : u->e.wide ? 16 : 8;
    u->attrs[AT_STR_OFFSETS_BASE].value = c.str_offsets + head;
    u->attrs[AT_RNGLISTS_BASE].value = c.rnglists + (u->e.wide ? 20 : 12);
    u->attrs[AT_DWO_NAME].form = 0; /* it names itself */
}

/* 3.1.2: a unit without a base uses the table behind the section's header */
static void default_bases(unit_head *u)
{
    if (u->e.version >= 5 && u->attrs[AT_STR_OFFSETS_BASE].form == 0)
        u->attrs[AT_STR_OFFSETS_BASE].value = u->e.wide ? 16 : 8;
    if (u->e.version >= 5 && u->attrs[AT_ADDR_BASE].form == 0)
        u->attrs[AT_ADDR_BASE].value = u->e.wide ? 16 : 8;
}

static bool add_unit(reader *d, const unit_head *u)
{
    if (d->units.n >= RP_MAX_UNITS) {
        d->incomplete = true;
        return false;
    }
    rp_dwarf_unit *to = rp_vec_push(d->arena, &d->units);
    if (to == NULL) {
        d->out_of_memory = true;
        return false;
    }
    d->unit = d->units.n - 1;
    rp_dwarf_value lines = u->attrs[AT_STMT_LIST];
    *to = (rp_dwarf_unit){.at = u->at,
                          .name = text_of(d, u, AT_NAME),
                          .folder = text_of(d, u, AT_COMP_DIR),
                          .producer = text_of(d, u, AT_PRODUCER),
                          .lines_at = lines.form != 0 ? lines.value : RP_NOWHERE,
                          .language = (uint16_t)u->attrs[AT_LANGUAGE].value,
                          .version = (uint8_t)u->e.version,
                          .address_size = (uint8_t)u->e.address_size,
                          .split = u->attrs[AT_DWO_NAME].form != 0,
                          .wide = u->e.wide,
                          .entries_at = u->entries,
                          .end = u->end,
                          .abbrevs_at = u->abbrev,
                          .str_offsets_base = u->attrs[AT_STR_OFFSETS_BASE].value,
                          .addr_base = u->attrs[AT_ADDR_BASE].value,
                          .rnglists_base = u->attrs[AT_RNGLISTS_BASE].value,
                          .ranges_base = u->attrs[AT_RANGES_BASE].value,
                          .dwo_id = u->dwo_id != 0 ? u->dwo_id : u->attrs[AT_DWO_ID].value,
                          .dwo_name = text_of(d, u, AT_DWO_NAME)};
    if (d->package == NULL)
        read_ranges(d, u, &to->low_pc);
    return !d->out_of_memory;
}

/* The next unit's length (7.4: 0xffffffff begins a 64-bit one). False at the end. */
static bool next_unit(rp_reader *r, rp_reader *ret, bool *ret_wide)
{
    uint64_t len = rp_u32(r);
    *ret_wide = len == 0xffffffffu;
    if (*ret_wide)
        len = rp_u64(r);
    if (r->bad || !rp_window(r, r->pos, len, ret))
        return false;
    rp_skip_bytes(r, len);
    return true;
}

static void read_units(reader *d, rp_bytes info)
{
    rp_reader r = rp_reader_of(info, 0, d->img->big);
    while (rp_left(&r) != 0 && !d->out_of_memory) {
        unit_head u = {.at = r.pos};
        rp_reader body;
        if (!next_unit(&r, &body, &u.e.wide)) {
            d->incomplete = true;
            return;
        }
        u.end = r.pos;
        if (!read_head(&body, &u)) {
            d->incomplete = true;
            continue;
        }
        u.entries = u.end - rp_left(&body);
        if (u.type == UT_TYPE || u.type == UT_SPLIT_TYPE)
            continue;
        if (d->package != NULL)
            u.abbrev += rp_dwarf_contribution_of(d->package, u.at).abbrev;
        if (!read_attributes(d, &u, &body)) {
            d->incomplete = true;
            continue;
        }
        if (d->package != NULL)
            split_bases(d, &u);
        else
            default_bases(&u);
        if (!add_unit(d, &u))
            return;
    }
}

static int by_start(const void *a, const void *b)
{
    const rp_dwarf_range *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return (x->unit > y->unit) - (x->unit < y->unit);
}

/* Ranges that overlap (merged functions, broken files): an address belongs to the range that begins
 * last; each is cut where the next one begins, so that one look-up finds it. */
static void cut_overlaps(rp_dwarf_range *r, uint32_t n)
{
    for (uint32_t i = 0; i + 1 < n; i++)
        if (r[i].end > r[i + 1].start)
            r[i].end = r[i + 1].start;
}

bool rp_dwarf_read(rp_image *img, rp_arena *arena, rp_dwarf *ret)
{
    rp_bytes info;
    *ret = (rp_dwarf){.known = RP_NO, .sections = rp_debug_sections_of(img, arena)};
    if (img->kind == RP_KIND_OBJECT) {
        ret->known = RP_UNKNOWN;
        return true;
    }
    reader d = {.d = ret, .img = img, .arena = arena, .left = STEPS};
    ret->known = rp_debug_section_bytes(&ret->sections, RP_DEBUG_INFO, &info);
    if (ret->known == RP_YES)
        read_units(&d, info);
    if (d.out_of_memory || ret->sections.out_of_memory)
        return false;
    if (d.incomplete) {
        rp_image_odd(img, 0, "debug information is malformed or cut short");
        ret->known = RP_UNKNOWN;
    }
    if (d.ranges.n > 1)
        qsort(d.ranges.items, d.ranges.n, sizeof *d.ranges.items, by_start);
    cut_overlaps(d.ranges.items, d.ranges.n);
    ret->units = d.units.items;
    ret->nunits = d.units.n;
    ret->ranges = d.ranges.items;
    ret->nranges = d.ranges.n;
    return true;
}

/* ---- split units ---- */

static int by_id(const void *a, const void *b)
{
    const rp_dwarf_unit *const *x = a, *const *y = b;
    return ((*x)->dwo_id > (*y)->dwo_id) - ((*x)->dwo_id < (*y)->dwo_id);
}

/* Skeletons by id; NULL when out of memory. */
static rp_dwarf_unit **skeletons_of(rp_dwarf *main, rp_arena *arena, uint32_t *ret_n)
{
    rp_dwarf_unit **list = rp_new(arena, main->nunits, rp_dwarf_unit *);
    for (uint32_t i = 0; list != NULL && i < main->nunits; i++)
        if (main->units[i].split)
            list[(*ret_n)++] = &main->units[i];
    if (list != NULL && *ret_n > 1)
        qsort(list, *ret_n, sizeof *list, by_id);
    return list;
}

static void join(rp_dwarf_unit *split, rp_dwarf_unit *skeleton)
{
    split->addr_base = skeleton->addr_base;
    split->ranges_base = skeleton->ranges_base;
    split->low_pc = skeleton->low_pc;
    skeleton->name = split->name;
    skeleton->producer = split->producer;
    skeleton->language = split->language;
    skeleton->split = false;
    if (skeleton->folder.len == 0)
        skeleton->folder = split->folder;
}

/* Units without a skeleton are another program's, or were thrown away. */
static bool join_all(rp_dwarf *split, rp_dwarf *main, rp_arena *arena)
{
    uint32_t n = 0, kept = 0;
    rp_dwarf_unit **skeletons = skeletons_of(main, arena, &n);
    if (skeletons == NULL)
        return false;
    for (uint32_t i = 0; i < split->nunits; i++) {
        const rp_dwarf_unit *key = &split->units[i];
        rp_dwarf_unit **found =
            n != 0 ? bsearch(&key, skeletons, n, sizeof *skeletons, by_id) : NULL;
        if (found == NULL || (*found)->dwo_id == 0 || !(*found)->split)
            continue;
        split->units[kept] = split->units[i];
        join(&split->units[kept++], *found);
    }
    split->nunits = kept;
    return true;
}

bool rp_dwarf_read_split(rp_image *dwo, rp_dwarf *main, rp_arena *arena, rp_dwarf *ret)
{
    rp_bytes info;
    rp_dwarf_package package;
    *ret = (rp_dwarf){.sections = rp_debug_sections_of(dwo, arena), .skeleton = &main->sections};
    ret->sections.dwo = true;
    ret->known = rp_debug_section_bytes(&ret->sections, RP_DEBUG_INFO, &info);
    if (ret->known != RP_YES)
        return !ret->sections.out_of_memory;
    if (!rp_dwarf_package_read(&ret->sections, arena, &package))
        return false;
    reader d = {.d = ret, .img = dwo, .arena = arena, .left = STEPS, .package = &package};
    read_units(&d, info);
    ret->units = d.units.items;
    ret->nunits = d.units.n;
    if (d.incomplete || !package.whole)
        ret->known = RP_UNKNOWN;
    return !d.out_of_memory && !ret->sections.out_of_memory && join_all(ret, main, arena);
}

const rp_dwarf_unit *rp_dwarf_unit_at(const rp_dwarf *dwarf, uint64_t addr)
{
    uint32_t low;
    RP_SEARCH(low, dwarf->nranges, dwarf->ranges[low].start <= addr);
    if (low == 0 || addr >= dwarf->ranges[low - 1].end)
        return NULL;
    return &dwarf->units[dwarf->ranges[low - 1].unit];
}
