/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/modules.h"

#include "base/fs.h"
#include "base/limits.h"

enum { MAX_MODULE_DEPTH = 128 };

static rp_str folder_of(rp_str path)
{
    size_t n = path.len;
    while (n > 0 && path.ptr[n - 1] != '/')
        n--;
    return rp_str_sub(path, 0, n > 1 ? n - 1 : n);
}

static rp_str join(rp_arena *arena, rp_str folder, rp_str name, const char *suffix)
{
    bool alone = folder.len == 0 || (name.len != 0 && name.ptr[0] == '/');
    bool slash = !alone && folder.ptr[folder.len - 1] != '/';
    return rp_arena_printf(arena, "%.*s%s%.*s%s", alone ? 0 : (int)folder.len, folder.ptr,
                           slash ? "/" : "", (int)name.len, name.ptr, suffix);
}

/* What is read is kept at its size; the tree of a file whose bodies are asked for still grows. */
static rp_code read_text(const rp_modules *m, rp_padded text, rp_node_kind of, rp_arena *scratch,
                         rp_rust_file *f)
{
    rp_code code = (m->bare ? rp_lex_bare : rp_lex)(text, m->edition, scratch, &f->tokens, &f->err);
    if (code == RP_OK && !rp_tokens_move(&f->tokens, m->arena))
        return rp_fail_memory(&f->err);
    rp_arena *arena = m->bare ? scratch : m->arena;
    if (code == RP_OK)
        code = rp_parse_inside(&f->tokens, of, arena, &f->ast, &f->err);
    if (code == RP_OK && m->bare && !rp_ast_move(&f->ast, m->arena))
        return rp_fail_memory(&f->err);
    return code;
}

/* `of`: as in rp_parse_inside */
static rp_code open_file(rp_modules *m, rp_str path, rp_node_kind of, const rp_fs_info *info,
                         uint32_t *ret, rp_error *err)
{
    rp_padded text;
    rp_rust_file *f = rp_new(m->arena, 1, rp_rust_file);
    rp_rust_file **to = f != NULL ? rp_vec_push(m->arena, &m->files) : NULL;
    if (to == NULL)
        return rp_fail_memory(err);
    *to = f;
    *ret = m->files.n - 1;
    f->path = path;
    f->dev = info->dev;
    f->ino = info->ino;
    rp_code code = rp_pad_read(path.ptr, true, m->arena, &text, &f->err);
    rp_arena scratch = {.limit = m->arena->limit != 0 ? m->arena->limit - m->arena->used + 1 : 0};
    if (code == RP_OK)
        code = read_text(m, text, of, &scratch, f);
    m->arena->refused |= scratch.refused;
    rp_arena_free(&scratch);
    return code == RP_E_MEMORY ? rp_fail_memory(err) : RP_OK;
}

/* Is the file one that a module above (or this one) stands in? */
static bool is_circular(const rp_modules *m, uint32_t module, const rp_fs_info *info)
{
    for (;;) {
        const rp_module *at = &m->modules.items[module];
        const rp_rust_file *f = m->files.items[at->file];
        if (f->dev == info->dev && f->ino == info->ino)
            return true;
        if (module == 0)
            return false;
        module = at->parent;
    }
}

static bool may_read(rp_modules *m, const rp_fs_info *info)
{
    bool may = info->size <= m->text_left;
    m->text_left -= may ? info->size : 0;
    m->capped |= !may;
    return may;
}

static bool find_file(const rp_modules *m, uint32_t parent, rp_str path, rp_fs_info *ret)
{
    return path.ptr != NULL && rp_fs_look(path.ptr, true, ret, NULL) == RP_OK &&
           ret->kind == RP_FS_FILE && !is_circular(m, parent, ret);
}

enum { MAX_PATHS = 16 };

/* What #[path = "…"] says; several under cfgs that are not known. */
typedef struct {
    const rp_tokens *tokens;
    rp_arena *arena;
    rp_str paths[MAX_PATHS];
    unsigned n;
    bool sure; /* the last one holds whatever those before it do */
} path_search;

static bool see_path(void *user, const rp_meta *meta)
{
    path_search *s = user;
    if (!rp_meta_is(s->tokens, meta, "path") ||
        !rp_meta_string(s->tokens, meta, s->arena, &s->paths[s->n]))
        return true;
    s->n++;
    s->sure = meta->active == RP_YES;
    return !s->sure && s->n < MAX_PATHS;
}

typedef struct {
    rp_str of_modules, of_paths; /* of #[path] */
} folders;

/* Where modules that file `declared` declares in module `parent` lie: beside the file, when it was
 * included. */
static folders folders_of(const rp_modules *m, uint32_t parent, uint32_t declared)
{
    const rp_module *up = &m->modules.items[parent];
    rp_str own = m->files.items[declared]->folder;
    return own.ptr != NULL && up->file != declared ? (folders){own, own}
                                                   : (folders){up->folder, up->path_folder};
}

/* `mod name;`: from #[path], from name.rs or from name/mod.rs. */
static rp_code read_module(rp_modules *m, rp_module *child, rp_str written, rp_error *err)
{
    const folders in = folders_of(m, child->parent, child->declared);
    rp_fs_info info;
    rp_str path, flat = {NULL, 0};
    bool found;
    if (written.ptr != NULL) {
        path = join(m->arena, in.of_paths, written, "");
        found = find_file(m, child->parent, path, &info);
    } else {
        path = flat = join(m->arena, in.of_modules, child->name, ".rs");
        found = find_file(m, child->parent, path, &info);
        if (!found) {
            path = join(m->arena, in.of_modules, child->name, "/mod.rs");
            flat = (rp_str){NULL, 0};
            found = find_file(m, child->parent, path, &info);
        }
    }
    child->kind = RP_MODULE_MISSING;
    if (!found || !may_read(m, &info))
        return m->arena->refused ? rp_fail_memory(err) : RP_OK;
    rp_code code = open_file(m, path, RP_N_FILE, &info, &child->file, err);
    if (code != RP_OK)
        return code;
    const rp_rust_file *f = m->files.items[child->file];
    child->kind = f->err.code == RP_OK ? RP_MODULE_FILE : RP_MODULE_UNREAD;
    child->items = f->err.code == RP_OK ? f->ast.root : 0;
    child->path_folder = folder_of(path);
    child->folder = flat.ptr != NULL ? rp_str_sub(flat, 0, flat.len - 3) : child->path_folder;
    return RP_OK;
}

static rp_tri both(rp_tri a, rp_tri b)
{
    return a == RP_NO || b == RP_NO ? RP_NO : a == RP_YES && b == RP_YES ? RP_YES : RP_UNKNOWN;
}

static rp_code push(rp_modules *m, const rp_module *child, rp_error *err)
{
    rp_module *to = rp_vec_push(m->arena, &m->modules);
    if (to == NULL)
        return rp_fail_memory(err);
    *to = *child;
    return RP_OK;
}

static rp_code add_inline(rp_modules *m, rp_module *child, const path_search *search, rp_error *err)
{
    const folders in = folders_of(m, child->parent, child->declared);
    child->kind = RP_MODULE_INLINE;
    child->items = child->declaration;
    child->folder = search->n != 0 ? join(m->arena, in.of_paths, search->paths[0], "")
                                   : join(m->arena, in.of_modules, child->name, "");
    child->path_folder = child->folder;
    return child->folder.ptr != NULL ? push(m, child, err) : rp_fail_memory(err);
}

/* One module for each file that is there: which of them is compiled hangs on cfgs that are not
 * known. Without any file one that says so. */
static rp_code add_files(rp_modules *m, const rp_module *child, const path_search *search,
                         rp_error *err)
{
    unsigned n = search->n + (search->sure ? 0 : 1), found = 0;
    rp_module missing = *child;
    for (unsigned i = 0; i < n && m->modules.n < RP_MAX_RUST_MODULES; i++) {
        rp_module one = *child;
        bool named = i < search->n;
        if (n > 1)
            one.active = both(one.active, RP_UNKNOWN);
        rp_code code = read_module(m, &one, named ? search->paths[i] : (rp_str){NULL, 0}, err);
        if (code == RP_OK && one.kind != RP_MODULE_MISSING) {
            found++;
            code = push(m, &one, err);
        }
        if (code != RP_OK)
            return code;
    }
    missing.kind = RP_MODULE_MISSING;
    return found != 0 ? RP_OK : push(m, &missing, err);
}

static rp_code add_one(rp_modules *m, uint32_t parent, uint32_t file, rp_id declaration,
                       rp_error *err)
{
    const rp_ast *ast = &m->files.items[file]->ast;
    const rp_module *up = &m->modules.items[parent];
    if (m->modules.n >= RP_MAX_RUST_MODULES || up->depth >= MAX_MODULE_DEPTH) {
        m->capped = true;
        return RP_OK;
    }
    rp_module child = {.parent = parent,
                       .name = rp_node_word(ast, declaration),
                       .file = file,
                       .declared = file,
                       .declaration = declaration,
                       .depth = up->depth + 1,
                       .active = both(up->active, rp_cfg_of(ast, declaration, m->cfg))};
    if (child.active == RP_NO) {
        child.kind = RP_MODULE_OFF;
        return push(m, &child, err);
    }
    path_search search = {.tokens = ast->tokens, .arena = m->arena};
    rp_metas(ast, declaration, m->cfg, see_path, &search);
    return rp_node_has(ast, declaration, RP_Q_INLINE) ? add_inline(m, &child, &search, err)
                                                      : add_files(m, &child, &search, err);
}

/* The modules of all modules from index `from` on, those that are found meanwhile included. */
static rp_code add_below(rp_modules *m, uint32_t from, rp_error *err)
{
    for (uint32_t i = from; i < m->modules.n; i++) {
        const rp_module mod = m->modules.items[i];
        const rp_ast *ast = mod.items != 0 ? &m->files.items[mod.file]->ast : NULL;
        for (uint32_t k = 0; ast != NULL && k < rp_kids_count(ast, mod.items); k++) {
            rp_id item = rp_kid(ast, mod.items, k);
            if (item == 0 || rp_kind_of(ast, item) != RP_N_MODULE)
                continue;
            rp_code code = add_one(m, i, mod.file, item, err);
            if (code != RP_OK)
                return code;
        }
    }
    return RP_OK;
}

rp_code rp_modules_add(rp_modules *m, uint32_t parent, uint32_t file, rp_id declaration,
                       rp_error *err)
{
    uint32_t from = m->modules.n;
    rp_code code = add_one(m, parent, file, declaration, err);
    return code != RP_OK ? code : add_below(m, from, err);
}

/* Is it file `by`, or one that includes that? */
static bool includes_itself(const rp_modules *m, uint32_t by, const rp_fs_info *info)
{
    for (uint32_t i = by + 1; i != 0; i = m->files.items[i - 1]->includer)
        if (m->files.items[i - 1]->dev == info->dev && m->files.items[i - 1]->ino == info->ino)
            return true;
    return false;
}

rp_code rp_modules_include(rp_modules *m, uint32_t by, rp_str path, bool from_here, rp_node_kind of,
                           uint32_t *ret, rp_error *err)
{
    rp_fs_info info;
    rp_str folder = from_here ? (rp_str){"", 0} : folder_of(m->files.items[by]->path);
    rp_str whole = join(m->arena, folder, path, "");
    *ret = UINT32_MAX;
    if (whole.ptr == NULL)
        return rp_fail_memory(err);
    if (rp_fs_look(whole.ptr, true, &info, NULL) != RP_OK || info.kind != RP_FS_FILE ||
        includes_itself(m, by, &info) || !may_read(m, &info))
        return RP_OK;
    rp_code code = open_file(m, whole, of, &info, ret, err);
    if (code == RP_OK) {
        m->files.items[*ret]->folder = folder_of(whole);
        m->files.items[*ret]->includer = by + 1;
    }
    return code;
}

rp_code rp_modules_read(const char *root, rp_edition edition, const rp_cfg *cfg, bool bare,
                        rp_arena *arena, rp_modules *ret, rp_error *err)
{
    rp_modules m = {.arena = arena, .edition = edition, .cfg = cfg, .bare = bare};
    rp_fs_info info;
    uint32_t file;
    rp_str path = rp_arena_str(arena, rp_str_from(root));
    m.text_left = UINT64_MAX;
    if (path.ptr == NULL)
        return rp_fail_memory(err);
    rp_code code = rp_fs_look(path.ptr, true, &info, err);
    if (code == RP_OK)
        code = open_file(&m, path, RP_N_FILE, &info, &file, err);
    if (code != RP_OK)
        return code;
    rp_rust_file *f = m.files.items[file];
    if (f->err.code != RP_OK)
        return rp_fail(err, f->err.code, f->err.offset, "%s", f->err.text);
    rp_module *top = rp_vec_push(arena, &m.modules);
    if (top == NULL)
        return rp_fail_memory(err);
    *top = (rp_module){.kind = RP_MODULE_FILE, .items = f->ast.root, .active = RP_YES};
    top->active = rp_cfg_of(&f->ast, f->ast.root, cfg);
    top->folder = top->path_folder = folder_of(path);
    code = add_below(&m, 0, err);
    if (code == RP_OK)
        *ret = m;
    return code;
}
