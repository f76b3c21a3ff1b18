/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/crate_parts.h"
#include "rust/externs.h"
#include "rust/left_out.h"

#include "rust/macros.h"

/* ---- definitions by name ---- */

static uint32_t hash(rp_def_id parent, rp_str name)
{
    uint32_t h = 2166136261u ^ (parent * 2654435761u);
    for (size_t i = 0; i < name.len; i++)
        h = (h ^ (uint8_t)name.ptr[i]) * 16777619u;
    return h ^ h >> 15;
}

/* The slot of (parent, name), or the empty one where it belongs. */
static struct rp_def_slot *slot_of(const rp_rust_crate *c, uint32_t h, rp_def_id parent,
                                   rp_str name)
{
    for (uint32_t at = h & (c->nslots - 1);; at = (at + 1) & (c->nslots - 1)) {
        struct rp_def_slot *slot = &c->slots[at];
        if (slot->def == 0)
            return slot;
        const rp_def *d = slot->hash == h ? &c->defs.items[slot->def] : NULL;
        if (d != NULL && d->parent == parent && rp_str_eq(d->name, name))
            return slot;
    }
}

static bool grow(rp_rust_crate *c)
{
    uint32_t n = c->nslots != 0 ? c->nslots * 2 : 256;
    struct rp_def_slot *slots = rp_new(c->arena, n, struct rp_def_slot);
    if (slots == NULL)
        return false;
    for (uint32_t i = 0; i < c->nslots; i++) {
        uint32_t at = c->slots[i].hash & (n - 1);
        while (c->slots[i].def != 0 && slots[at].def != 0)
            at = (at + 1) & (n - 1);
        if (c->slots[i].def != 0)
            slots[at] = c->slots[i];
    }
    c->slots = slots;
    c->nslots = n;
    return true;
}

static bool hash_def(rp_rust_crate *c, rp_def_id id)
{
    rp_def *d = &c->defs.items[id];
    if (d->name.len == 0)
        return true;
    if (c->nhashed * 2 >= c->nslots && !grow(c))
        return false;
    uint32_t h = hash(d->parent, d->name);
    struct rp_def_slot *slot = slot_of(c, h, d->parent, d->name);
    if (slot->def == 0) {
        *slot = (struct rp_def_slot){h, id};
        c->nhashed++;
    } else { /* behind the first one of the name, which is found */
        rp_def *first = &c->defs.items[slot->def];
        d->same = first->same;
        first->same = id;
    }
    return true;
}

rp_def_id rp_def_add(rp_rust_crate *c, rp_def_id parent, const rp_def *def)
{
    rp_def_id id = c->defs.n;
    rp_def *d = id < RP_MAX_RUST_DEFS ? rp_vec_push(c->arena, &c->defs) : NULL;
    if (d == NULL) {
        c->refused = true;
        return 0;
    }
    *d = *def;
    d->parent = parent;
    rp_def *p = &c->defs.items[parent];
    if (parent != 0 && p->last != 0)
        c->defs.items[p->last].next = id;
    else if (parent != 0)
        p->first = id;
    if (parent != 0)
        p->last = id;
    if (!hash_def(c, id))
        c->refused = true;
    c->named += ((def->flags | p->flags) & RP_DEF_IN_BODY) == 0;
    return id;
}

/* ---- imports by name ---- */

static uint32_t *use_slot_of(const rp_rust_crate *c, rp_def_id module, rp_str name)
{
    uint32_t at = hash(module, name) & (c->nuse_slots - 1);
    for (;; at = (at + 1) & (c->nuse_slots - 1)) {
        const rp_import *i = &c->imports.items[c->use_slots[at] - 1];
        if (c->use_slots[at] == 0 || (i->module == module && rp_str_eq(i->name, name)))
            return &c->use_slots[at];
    }
}

static bool grow_uses(rp_rust_crate *c)
{
    uint32_t n = c->nuse_slots != 0 ? c->nuse_slots * 2 : 64, *old = c->use_slots,
             nold = c->nuse_slots;
    uint32_t *slots = rp_new(c->arena, n, uint32_t);
    if (slots == NULL)
        return false;
    c->use_slots = slots;
    c->nuse_slots = n;
    for (uint32_t i = 0; i < nold; i++)
        if (old[i] != 0) {
            const rp_import *use = &c->imports.items[old[i] - 1];
            *use_slot_of(c, use->module, use->name) = old[i];
        }
    return true;
}

bool rp_import_hash(rp_rust_crate *c)
{
    rp_import *i = &c->imports.items[c->imports.n - 1];
    if (c->nhashed_uses * 2 >= c->nuse_slots && !grow_uses(c))
        return false;
    uint32_t *slot = use_slot_of(c, i->module, i->name);
    c->nhashed_uses += *slot == 0;
    i->same = *slot;
    *slot = c->imports.n;
    return true;
}

uint32_t rp_import_named(const rp_rust_crate *c, rp_def_id module, rp_str name)
{
    bool any = c->defs.items[module].imports != 0 && c->nuse_slots != 0;
    return any ? *use_slot_of(c, module, name) : 0;
}

rp_def_id rp_def_child(const rp_rust_crate *c, rp_def_id parent, rp_str name)
{
    bool any = c->nslots != 0 && name.len != 0;
    return any ? slot_of(c, hash(parent, name), parent, name)->def : 0;
}

rp_def_id rp_def_module(const rp_rust_crate *c, rp_def_id id)
{
    while (id != 0 && c->defs.items[id].kind != RP_DEF_MODULE &&
           !(rp_def_body_slot(c, id) != 0 &&
             (c->defs.items[id].first != 0 || c->defs.items[id].imports != 0)))
        id = c->defs.items[id].parent;
    return id;
}

static rp_str word_of_def(const rp_def *d)
{
    return d->kind == RP_DEF_IMPL ? RP_STR("<impl>") : d->name;
}

rp_str rp_def_path(const rp_rust_crate *c, rp_def_id id, rp_arena *arena)
{
    rp_str path = {NULL, 0};
    for (unsigned steps = 0; id > 1 && steps < 64; id = c->defs.items[id].parent, steps++) {
        rp_str w = word_of_def(&c->defs.items[id]);
        path = path.len == 0 ? w : rp_arena_printf(arena, "%.*s::%.*s", RP_FMT(w), RP_FMT(path));
    }
    if (path.len == 0)
        return c->name;
    return rp_arena_printf(arena, "%.*s::%.*s", RP_FMT(c->name), RP_FMT(path));
}

void rp_rust_place(rp_rust_crate *c, uint32_t file, uint32_t at, uint32_t *ret_line,
                   uint32_t *ret_column)
{
    rp_lines *lines = &c->files.items[file]->lines;
    rp_error err = {0};
    *ret_line = *ret_column = 0;
    if (lines->n == 0 &&
        rp_lines_make(c->files.items[file]->tokens.text, c->arena, lines, &err) != RP_OK)
        return;
    *ret_line = rp_lines_line(lines, at);
    *ret_column = rp_lines_column_chars(lines, at);
}

/* ---- modules ---- */

void rp_crate_gap(rp_rust_crate *c, uint32_t file, rp_id node, rp_str why)
{
    rp_rust_gap *to = rp_vec_push(c->arena, &c->gaps);
    c->refused |= to == NULL;
    if (to != NULL)
        *to = (rp_rust_gap){file, node, why};
}

/* A definition for module i, whose parent has one already. */
static rp_def_id add_module(rp_rust_crate *c, uint32_t i)
{
    const rp_module *m = &c->modules.modules.items[i];
    rp_collect at = {.c = c, .file = m->declared};
    at.parent = i != 0 ? c->module_defs.items[m->parent] : 0;
    rp_def d = {.kind = RP_DEF_MODULE, .flags = RP_DEF_PUB};
    if (i != 0) {
        d = rp_def_of_item(&at, m->declaration, RP_DEF_MODULE);
        d.flags |= c->defs.items[at.parent].flags & RP_DEF_TEST;
    }
    d.file = m->file;
    d.node = m->items != 0 ? m->items : m->declaration;
    return rp_def_add(c, i != 0 ? at.parent : 0, &d);
}

static void collect(rp_rust_crate *c, const rp_module *m, rp_def_id def)
{
    rp_collect at = {.c = c, .file = m->file, .parent = def};
    at.flags = c->defs.items[def].flags & RP_DEF_TEST;
    bool whole = m->items != 0 && m->kind == RP_MODULE_FILE;
    if (m->items != 0)
        rp_collect_items(&at, m->items,
                         whole ? (uint32_t)RP_FILE_ITEMS : (uint32_t)RP_MODULE_ITEMS);
}

static bool define_module(rp_rust_crate *c, uint32_t i)
{
    const rp_module *m = &c->modules.modules.items[i];
    rp_def_id *def = rp_vec_push(c->arena, &c->module_defs);
    if (def == NULL)
        return false;
    *def = 0;
    if (m->kind == RP_MODULE_OFF) {
        rp_leave_out_module(c, &c->files.items[m->declared]->ast, m->declaration,
                            c->module_defs.items[m->parent]);
        return true;
    }
    rp_def_id id = *def = add_module(c, i);
    bool sure = (c->defs.items[id].flags & (RP_DEF_CFG | RP_DEF_TEST)) == 0;
    if (m->kind == RP_MODULE_MISSING && sure)
        rp_crate_gap(c, m->declared, m->declaration,
                     rp_arena_printf(c->arena, "module %.*s has no file", RP_FMT(m->name)));
    if (id != 0 && (m->kind == RP_MODULE_FILE || m->kind == RP_MODULE_INLINE))
        collect(c, m, id);
    return id != 0;
}

bool rp_define_modules(rp_rust_crate *c, uint32_t from)
{
    for (uint32_t i = from; i < c->modules.modules.n; i++)
        if (!define_module(c, i))
            return false;
    return true;
}

void rp_rust_crate_close(rp_rust_crate *c)
{
    rp_externs_close(c->externs);
    c->externs = NULL;
}

static bool fill(rp_rust_crate *c, const rp_rust_source *source)
{
    c->files.items = c->modules.files.items;
    c->files.n = c->modules.files.n;
    c->refused = c->modules.capped;
    /* number 0 of definitions and prefixes is none */
    if (rp_vec_push(c->arena, &c->defs) == NULL || rp_vec_push(c->arena, &c->prefixes) == NULL ||
        !rp_define_modules(c, 0))
        return false;
    if (source->max_made != 0)
        c->modules.text_left = source->max_made;
    bool expanded = rp_macros_expand_items(c);
    c->refused |= c->modules.capped;
    return expanded;
}

rp_code rp_rust_crate_read(const rp_rust_source *source, rp_arena *arena, rp_rust_crate **ret,
                           rp_error *err)
{
    static const rp_cfg any = {.n = 0}; /* nothing is known, everything is taken in */
    rp_rust_crate *c = rp_new(arena, 1, rp_rust_crate);
    rp_str root = rp_arena_str(arena, source->root);
    if (c == NULL || root.ptr == NULL)
        return rp_fail_memory(err);
    *c = (rp_rust_crate){.name = source->name,
                         .edition = source->edition,
                         .lints = source->lints,
                         .build_script = source->build_script,
                         .manifest = source->manifest,
                         .out_dir = source->out_dir,
                         .arena = arena};
    c->externs = rp_externs_new(source, arena);
    rp_code code =
        rp_modules_read(root.ptr, source->edition, source->cfg != NULL ? source->cfg : &any,
                        source->bare, arena, &c->modules, err);
    if (code == RP_OK && !fill(c, source))
        code = rp_fail_memory(err);
    if (code == RP_OK)
        *ret = c;
    else
        rp_rust_crate_close(c);
    return code;
}
