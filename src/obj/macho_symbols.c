/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* LC_SYMTAB and the export trie. */
#include "base/limits.h"
#include "obj/macho.h"
#include "obj/macho_format.h"
#include "obj/macho_trie.h"

#include <stdlib.h>

typedef struct {
    rp_image *img;
    rp_string_table names;
    bool cut; /* a name or record could not be had */
    rp_symbol *items;
    uint32_t n, cap;
} table;

static rp_sym_kind kind_of(const rp_image *img, unsigned type, unsigned section)
{
    if (type != RP_N_SECT || section == 0 || section > img->nsections)
        return RP_SYM_OTHER;
    const rp_section *s = &img->sections[section - 1];
    if (s->kind == RP_SEC_CODE)
        return RP_SYM_FUNC;
    if (RP_S_TYPE(s->flags) == RP_S_THREAD_LOCAL_VARIABLES)
        return RP_SYM_TLS;
    return RP_SYM_OBJECT;
}

/* Debug map entries: of use are the paths. */
static bool read_stab(table *t, rp_symbol *s, unsigned type)
{
    t->img->macho->stabs++;
    s->kind = RP_SYM_FILE;
    s->defined = true;
    s->addr = 0;
    return (type == RP_N_SO || type == RP_N_OSO || type == RP_N_SOL) && s->name.len != 0;
}

static void classify(table *t, rp_symbol *s, unsigned type, unsigned section)
{
    const rp_image *img = t->img;
    unsigned what = type & RP_N_TYPE;
    bool external = (type & RP_N_EXT) != 0 && (type & RP_N_PEXT) == 0;
    s->kind = kind_of(img, what, section);
    s->section = what == RP_N_SECT && section <= img->nsections ? section : 0;
    s->defined = what != RP_N_UNDF && what != RP_N_PBUD;
    if (what == RP_N_UNDF && s->addr != 0 && img->kind == RP_KIND_OBJECT) {
        s->defined = true; /* a common symbol: the value is its size */
        s->kind = RP_SYM_OBJECT;
        s->size = s->addr;
        s->addr = 0;
    }
    s->global = external;
    s->dynamic = img->kind != RP_KIND_OBJECT && external;
    if (s->defined && !external)
        t->img->macho->locals++;
}

static void read_name(table *t, uint32_t offset, rp_symbol *s)
{
    if (rp_string_at(&t->names, offset, &s->name))
        return;
    if (!t->cut)
        rp_image_odd(t->img, s->at,
                     t->names.left == 0 ? "symbol names are shared beyond reason"
                                        : "a symbol's name lies outside the string table");
    t->cut = true;
}

/* One nlist record; false when it is of no use. */
static bool read_nlist(table *t, rp_reader *r, rp_symbol *s)
{
    s->at = rp_at(r);
    uint32_t name = rp_u32(r);
    unsigned type = rp_u8(r);
    unsigned section = rp_u8(r);
    (void)rp_u16(r);
    s->addr = rp_uint(r, t->img->bits == 64 ? 8 : 4);
    if (name != 0)
        read_name(t, name, s);
    if ((type & RP_N_STAB) != 0)
        return read_stab(t, s, type);
    classify(t, s, type, section);
    return true;
}

static void read_symtab(table *t)
{
    const rp_macho *m = t->img->macho;
    unsigned record = t->img->bits == 64 ? RP_MACHO_NLIST_64 : RP_MACHO_NLIST_32;
    rp_bytes bytes, names;
    if (!rp_source_upto(t->img->src, m->symtab.off, m->symtab.size, &bytes) ||
        !rp_source_upto(t->img->src, m->strings.off, m->strings.size, &names)) {
        t->cut = true;
        return;
    }
    t->cut = bytes.len < m->symtab.size || names.len < m->strings.size || m->symtab.twice;
    t->names = rp_string_table_of(rp_reader_of(names, m->strings.off, t->img->big));
    rp_reader r = rp_reader_of(bytes, m->symtab.off, t->img->big);
    for (size_t left = bytes.len / record; left != 0; left--) {
        if (t->n == t->cap) {
            t->cut = true;
            return;
        }
        rp_symbol s = {.name = {"", 0}};
        if (read_nlist(t, &r, &s))
            t->items[t->n++] = s;
    }
}

typedef struct {
    table *t;
    RP_VEC(rp_symbol) found;
} exports;

static bool add_export(void *user, rp_str name, uint64_t address, uint64_t flags, uint64_t at)
{
    exports *e = user;
    rp_symbol *s = rp_vec_push(e->t->img->arena, &e->found);
    if (s == NULL)
        return false;
    bool reexport = (flags & RP_TRIE_REEXPORT) != 0;
    *s = (rp_symbol){.name = name, .at = at, .global = true, .dynamic = true};
    s->defined = !reexport;
    s->addr = reexport ? 0 : address;
    s->kind = (flags & RP_TRIE_KIND) == RP_TRIE_THREAD_LOCAL ? RP_SYM_TLS : RP_SYM_OTHER;
    return true;
}

static const rp_macho_range *trie_of(const rp_macho *m)
{
    return m->exports_trie.at != RP_NOWHERE ? &m->exports_trie : &m->dyld_info;
}

/* What a segment's permissions say of an export. Files have five to ten segments: a few more bound
 * the time. */
static rp_sym_kind kind_at(const rp_image *img, uint64_t addr)
{
    for (uint32_t i = 0; i < img->nsegments && i < 64; i++) {
        const rp_segment *s = &img->segments[i];
        if (addr >= s->addr && addr - s->addr < s->size)
            return (s->perm & RP_X) != 0 ? RP_SYM_FUNC : RP_SYM_OBJECT;
    }
    return RP_SYM_OTHER;
}

static void read_exports(exports *e)
{
    rp_image *img = e->t->img;
    const rp_macho_range *range = trie_of(img->macho);
    if (range->at == RP_NOWHERE || range->size == 0)
        return;
    rp_trie_end end = rp_macho_trie_walk(img, range, add_export, e);
    if (end != RP_TRIE_WHOLE)
        e->t->cut = true;
    uint64_t base = rp_macho_base(img);
    for (uint32_t i = 0; i < e->found.n; i++) {
        rp_symbol *s = &e->found.items[i];
        if (!s->defined)
            continue;
        s->addr += base;
        if (s->kind == RP_SYM_OTHER)
            s->kind = kind_at(img, s->addr);
    }
}

static int by_name(const void *a, const void *b)
{
    return rp_str_cmp(*(const rp_str *)a, *(const rp_str *)b);
}

/* Exports that the symbol table does not have: all but a few in a stripped file. */
static bool add_missing(table *t, const exports *e)
{
    uint32_t n = 0;
    rp_str *names = rp_new(t->img->arena, t->n, rp_str);
    if (names == NULL)
        return false;
    for (uint32_t i = 0; i < t->n && e->found.n != 0; i++)
        if (t->items[i].dynamic && t->items[i].defined)
            names[n++] = t->items[i].name;
    qsort(names, n, sizeof *names, by_name);
    for (uint32_t i = 0; i < e->found.n; i++)
        if (bsearch(&e->found.items[i].name, names, n, sizeof *names, by_name) == NULL)
            t->items[t->n++] = e->found.items[i];
    return true;
}

void rp_macho_symbols(rp_image *img)
{
    rp_macho *m = img->macho;
    if (m->symbols_read)
        return;
    m->symbols_read = true;
    table t = {.img = img};
    exports e = {.t = &t};
    read_exports(&e);
    unsigned record = img->bits == 64 ? RP_MACHO_NLIST_64 : RP_MACHO_NLIST_32;
    uint64_t records = m->symtab.at == RP_NOWHERE ? 0 : m->symtab.size / record;
    uint64_t here = img->src->size / record;
    records = records < here ? records : here;
    t.cap = (uint32_t)(records < RP_MAX_SYMBOLS ? records : RP_MAX_SYMBOLS);
    t.items = rp_new(img->arena, (uint64_t)t.cap + e.found.n, rp_symbol);
    if (t.items == NULL)
        return;
    if (m->symtab.at != RP_NOWHERE && m->symtab.size != 0)
        read_symtab(&t);
    if (!add_missing(&t, &e))
        return;
    img->symbols = t.items;
    img->nsymbols = t.n;
    img->symbols_known = t.cut || !m->commands_whole ? RP_UNKNOWN
                         : img->nsymbols != 0        ? RP_YES
                                                     : RP_NO;
}
