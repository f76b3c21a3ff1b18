/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/crate_parts.h"

/* ---- definitions by name ---- */

static uint32_t hash(rp_def_id parent, rp_str name)
{
    uint32_t h = 2166136261u ^ (parent * 2654435761u);
    for (size_t i = 0; i < name.len; i++)
        h = (h ^ (uint8_t)name.ptr[i]) * 16777619u;
    return h ^ h >> 15;
}

/* The slot of (parent, name), or the empty one where it belongs. */
static uint32_t slot_of(const rp_rust_crate *c, rp_def_id parent, rp_str name)
{
    uint32_t at = hash(parent, name) & (c->nslots - 1);
    for (;; at = (at + 1) & (c->nslots - 1)) {
        const rp_def *d = &c->defs.items[c->slots[at]];
        if (c->slots[at] == 0 || (d->parent == parent && rp_str_eq(d->name, name)))
            return at;
    }
}

static bool grow(rp_rust_crate *c)
{
    uint32_t n = c->nslots != 0 ? c->nslots * 2 : 256, *old = c->slots, nold = c->nslots;
    uint32_t *slots = rp_new(c->arena, n, uint32_t);
    if (slots == NULL)
        return false;
    c->slots = slots;
    c->nslots = n;
    for (uint32_t i = 0; i < nold; i++)
        if (old[i] != 0)
            slots[slot_of(c, c->defs.items[old[i]].parent, c->defs.items[old[i]].name)] = old[i];
    return true;
}

static bool hash_def(rp_rust_crate *c, rp_def_id id)
{
    rp_def *d = &c->defs.items[id];
    if (d->name.len == 0)
        return true;
    if (c->nhashed * 2 >= c->nslots && !grow(c))
        return false;
    uint32_t at = slot_of(c, d->parent, d->name);
    if (c->slots[at] == 0) {
        c->slots[at] = id;
        c->nhashed++;
    } else { /* behind the first one of the name, which is found */
        rp_def *first = &c->defs.items[c->slots[at]];
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
    return id;
}

rp_def_id rp_def_child(const rp_rust_crate *c, rp_def_id parent, rp_str name)
{
    return c->nslots != 0 && name.len != 0 ? c->slots[slot_of(c, parent, name)] : 0;
}

rp_def_id rp_def_module(const rp_rust_crate *c, rp_def_id id)
{
    while (id != 0 && c->defs.items[id].kind != RP_DEF_MODULE &&
           !(c->defs.items[id].kind == RP_DEF_FN &&
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
    rp_rust_file *f = c->files.items[file];
    rp_error err = {0};
    *ret_line = *ret_column = 0;
    if (f->lines.n == 0 && rp_lines_make(f->tokens.text, c->arena, &f->lines, &err) != RP_OK)
        return;
    *ret_line = rp_lines_line(&f->lines, at);
    *ret_column = rp_lines_column_chars(&f->lines, at);
}

/* ---- files ---- */

static rp_str folder_of(rp_str path)
{
    size_t n = path.len;
    while (n > 0 && path.ptr[n - 1] != '/')
        n--;
    return (rp_str){path.ptr, n};
}

/* Where the modules that a file names lie: beside lib.rs, main.rs, mod.rs and what #[path] names,
 * in a folder of its own name for others. */
static rp_str modules_of(rp_rust_crate *c, rp_str path, bool at_folder)
{
    rp_str folder = folder_of(path);
    if (at_folder)
        return folder;
    rp_str stem = {path.ptr + folder.len, path.len - folder.len};
    if (stem.len > 3 && memcmp(stem.ptr + stem.len - 3, ".rs", 3) == 0)
        stem.len -= 3;
    return rp_arena_printf(c->arena, "%.*s%.*s/", RP_FMT(folder), RP_FMT(stem));
}

static rp_code read_disk(void *user, rp_str path, rp_arena *arena, rp_padded *ret, rp_error *err)
{
    (void)user;
    rp_str z = rp_arena_str(arena, path);
    return z.ptr != NULL ? rp_pad_read(z.ptr, true, arena, ret, err) : rp_fail_memory(err);
}

static rp_code parse_file(rp_rust_crate *c, const rp_rust_source *from, rp_rust_file *f,
                          rp_error *err)
{
    rp_padded text;
    rp_code code =
        (from->read != NULL ? from->read : read_disk)(from->user, f->path, c->arena, &text, err);
    if (code == RP_OK)
        code = rp_lex(text, c->edition, c->arena, &f->tokens, err);
    if (code == RP_OK)
        code = rp_parse(&f->tokens, RP_PARSE_ITEMS, c->arena, &f->ast, err);
    f->unread = code != RP_OK;
    f->unsound = code == RP_OK && (f->tokens.n_errors != 0 || f->ast.n_errors != 0);
    return code;
}

static rp_rust_file *add_file(rp_rust_crate *c, rp_str path)
{
    rp_rust_file **slot = c->files.n < RP_MAX_RUST_FILES ? rp_vec_push(c->arena, &c->files) : NULL;
    rp_rust_file *f = slot != NULL ? rp_new(c->arena, 1, rp_rust_file) : NULL;
    if (f == NULL) {
        c->files.n -= slot != NULL;
        c->refused = true;
        return NULL;
    }
    *slot = f;
    f->path = path;
    return f;
}

/* Reads the file at `path` as the text of module `def`. */
static rp_code load(rp_rust_crate *c, const rp_rust_source *from, rp_pending *p, rp_def_id def,
                    rp_str path, bool at_folder, rp_error *err)
{
    rp_rust_file *f = add_file(c, path);
    if (f == NULL)
        return rp_fail_memory(err);
    rp_code code = parse_file(c, from, f, err);
    if (code == RP_E_IO) {
        c->files.n--;
        return code;
    }
    if (code != RP_OK) {
        f->why = rp_arena_str(c->arena, rp_str_from(err->text)).ptr;
        return code;
    }
    c->defs.items[def].file = c->files.n - 1;
    c->defs.items[def].node = f->ast.root;
    rp_collect at = {c, p, c->files.n - 1, def, folder_of(path), modules_of(c, path, at_folder), 0};
    rp_collect_items(&at, f->ast.root, RP_FILE_ITEMS);
    return RP_OK;
}

static bool loaded_before(const rp_rust_crate *c, rp_str path)
{
    for (uint32_t i = 0; i < c->files.n; i++)
        if (rp_str_eq(c->files.items[i]->path, path))
            return true;
    return false;
}

/* The file of one `mod x;`: as #[path] says, else x.rs or x/mod.rs. */
static void load_module(rp_rust_crate *c, const rp_rust_source *from, rp_pending *p,
                        const rp_module_file *m)
{
    rp_str tries[2];
    unsigned n = 0;
    rp_code code = RP_E_IO;
    if (m->named) {
        tries[n++] = m->path;
    } else {
        tries[n++] = rp_arena_printf(c->arena, "%.*s.rs", RP_FMT(m->path));
        tries[n++] = rp_arena_printf(c->arena, "%.*s/mod.rs", RP_FMT(m->path));
    }
    for (unsigned i = 0; i < n && code == RP_E_IO; i++) {
        rp_error err = {0};
        if (tries[i].ptr == NULL || loaded_before(c, tries[i]))
            continue; /* a module that includes itself has no end */
        code = load(c, from, p, m->def, tries[i], m->named || i == 1, &err);
    }
    bool sure = (c->defs.items[m->def].flags & (RP_DEF_CFG | RP_DEF_TEST)) == 0;
    c->missing_files += code == RP_E_IO && sure;
    c->refused |= code == RP_E_MEMORY;
}

rp_code rp_rust_crate_read(const rp_rust_source *source, rp_arena *arena, rp_rust_crate **ret,
                           rp_error *err)
{
    rp_rust_crate *c = rp_new(arena, 1, rp_rust_crate);
    rp_pending pending = {0};
    if (c == NULL)
        return rp_fail_memory(err);
    *c = (rp_rust_crate){.name = source->name, .edition = source->edition, .arena = arena};
    if (rp_vec_push(arena, &c->defs) == NULL || rp_vec_push(arena, &c->prefixes) == NULL)
        return rp_fail_memory(err); /* number 0 of both is none */
    rp_def root = {.kind = RP_DEF_MODULE, .flags = RP_DEF_PUB};
    if (rp_def_add(c, 0, &root) != 1)
        return rp_fail_memory(err);
    rp_code code = load(c, source, &pending, 1, source->root, true, err);
    if (code != RP_OK)
        return code;
    for (uint32_t i = 0; i < pending.files.n; i++)
        load_module(c, source, &pending, &pending.files.items[i]);
    *ret = c;
    return RP_OK;
}
