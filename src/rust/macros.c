/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "base/limits.h"
#include "base/search.h"
#include "rust/attr.h"
#include "rust/macros_parts.h"
#include "rust/resolve.h"

static const char known_text[] =
#include "rust/known_macros.inc"
    ;

rp_token_source rp_file_source(const rp_rust_crate *c, uint32_t file)
{
    const rp_rust_file *f = c->files.items[file];
    if (f->made != NULL)
        return *f->made;
    return (rp_token_source){&f->tokens, NULL, NULL, file};
}

/* ---- names ---- */

static uint32_t hash(rp_str name)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < name.len; i++)
        h = (h ^ (uint8_t)name.ptr[i]) * 16777619u;
    return h ^ h >> 15;
}

static uint32_t slot_of(const rp_macros *m, rp_str name)
{
    uint32_t at = hash(name) & (m->nslots - 1);
    while (m->slots[at] != 0 && !rp_str_eq(m->items.items[m->slots[at]].name, name))
        at = (at + 1) & (m->nslots - 1);
    return at;
}

static bool grow(rp_rust_crate *c)
{
    rp_macros *m = c->macros;
    uint32_t n = m->nslots != 0 ? m->nslots * 2 : 64, *old = m->slots, nold = m->nslots;
    uint32_t *slots = rp_new(c->arena, n, uint32_t);
    if (slots == NULL)
        return false;
    m->slots = slots;
    m->nslots = n;
    for (uint32_t i = 0; i < nold; i++)
        if (old[i] != 0)
            slots[slot_of(m, m->items.items[old[i]].name)] = old[i];
    return true;
}

static void hash_macro(rp_rust_crate *c, uint32_t id)
{
    rp_macros *m = c->macros;
    if (m->nhashed * 2 >= m->nslots && !grow(c)) {
        c->refused = true;
        return;
    }
    uint32_t at = slot_of(m, m->items.items[id].name);
    if (m->slots[at] == 0) {
        m->slots[at] = id;
        m->nhashed++;
    } else {
        rp_macro *first = &m->items.items[m->slots[at]];
        m->items.items[id].same = first->same;
        first->same = id;
    }
}

uint32_t rp_macro_named(const rp_rust_crate *c, rp_str name)
{
    const rp_macros *m = c->macros;
    return m->nslots != 0 ? m->slots[slot_of(m, name)] : 0;
}

uint32_t rp_macro_define(rp_rust_crate *c, const rp_token_source *source, const rp_ast *ast,
                         rp_id node, bool in_body)
{
    rp_macros *m = c->macros;
    uint32_t open, close;
    if (!rp_node_group(ast, node, &open, &close))
        return 0;
    rp_macro *to = rp_vec_push(c->arena, &m->items);
    if (to == NULL) {
        c->refused = true;
        return 0;
    }
    rp_id export = rp_attr_named(ast, node, "macro_export", 0);
    *to = (rp_macro){.name = rp_node_word(ast, node),
                     .source = *source,
                     .open = open,
                     .close = close,
                     .token = rp_node_of(ast, node)->main,
                     .node = node,
                     .flags = rp_item_cfg_flags(ast, node),
                     .in_body = in_body,
                     .exported = export != 0,
                     .local_inner =
                         export != 0 && rp_attr_has_word(ast, export, "local_inner_macros"),
                     .brings_unsafe = rp_tokens_have(source->t, open, close, RP_T_UNSAFE)};
    if (!in_body) {
        hash_macro(c, m->items.n - 1);
        m->unsafe_known = false;
    }
    return m->items.n - 1;
}

/* ---- scope ---- */

uint32_t rp_macro_env_with(rp_rust_crate *c, uint32_t env, uint32_t macro)
{
    rp_macro_env *to = macro != 0 ? rp_vec_push(c->arena, &c->macros->envs) : NULL;
    if (to == NULL) {
        c->refused |= macro != 0;
        return env;
    }
    *to = (rp_macro_env){macro, env};
    return c->macros->envs.n - 1;
}

uint32_t rp_macro_env_at(const rp_rust_file *f, uint32_t token)
{
    uint32_t low;
    RP_SEARCH(low, f->scopes.n, f->scopes.items[low].from <= token);
    return low != 0 ? f->scopes.items[low - 1].env : 0;
}

/* Of alternatives under different cfgs: one that is not for tests alone, and rather one that has
 * unsafe code than none. */
static bool is_better(const rp_macro *now, const rp_macro *before)
{
    if ((before->flags & RP_DEF_TEST) != 0)
        return (now->flags & RP_DEF_TEST) == 0;
    return (before->flags & RP_DEF_CFG) != 0 && (now->flags & RP_DEF_TEST) == 0 &&
           now->brings_unsafe && !before->brings_unsafe;
}

static uint32_t find_in_env(rp_macros *m, uint32_t env, rp_str name)
{
    uint32_t found = 0;
    for (; env != 0 && m->fuel > 0; env = m->envs.items[env].before, m->fuel--) {
        uint32_t id = m->envs.items[env].macro;
        const rp_macro *macro = &m->items.items[id];
        if (!rp_str_eq(macro->name, name))
            continue;
        if (found == 0 || is_better(macro, &m->items.items[found]))
            found = id;
        if ((macro->flags & (RP_DEF_TEST | RP_DEF_CFG)) == 0)
            break;
    }
    return found;
}

/* Names of std's own macros: a crate's own of that name is found by its scope or path only. */
bool rp_macro_is_std(rp_str name)
{
    static const char *const names[] = {"assert",
                                        "assert_eq",
                                        "assert_ne",
                                        "concat",
                                        "dbg",
                                        "debug_assert",
                                        "eprint",
                                        "eprintln",
                                        "format",
                                        "matches",
                                        "panic",
                                        "print",
                                        "println",
                                        "stringify",
                                        "todo",
                                        "try",
                                        "unreachable",
                                        "unimplemented",
                                        "vec",
                                        "write",
                                        "writeln",
                                        "env",
                                        "include",
                                        "cfg",
                                        "line",
                                        "file",
                                        "column",
                                        "debug_assert_eq",
                                        "debug_assert_ne"};
    for (size_t i = 0; i < RP_COUNT(names); i++)
        if (rp_str_is(name, names[i]))
            return true;
    return false;
}

uint32_t rp_macro_exported(const rp_macros *m, uint32_t first)
{
    for (uint32_t id = first; id != 0; id = m->items.items[id].same)
        if (m->items.items[id].exported)
            return id;
    return 0;
}

static uint32_t of_def(const rp_rust_crate *c, uint32_t first, rp_def_id def)
{
    const rp_def *d = rp_def_of(c, def);
    for (uint32_t id = first; id != 0; id = c->macros->items.items[id].same) {
        const rp_macro *macro = &c->macros->items.items[id];
        if (macro->node == d->node && macro->source.t == &c->files.items[d->file]->tokens)
            return id;
    }
    return 0;
}

/* ---- well-known macros of other crates ---- */

static bool read_known(rp_rust_crate *c)
{
    rp_error err = {0};
    rp_padded text;
    rp_rust_file *f = rp_new(c->arena, 1, rp_rust_file);
    rp_token_source *made = rp_new(c->arena, 1, rp_token_source);
    rp_rust_file **to = f != NULL ? rp_vec_push(c->arena, &c->modules.files) : NULL;
    if (to == NULL || made == NULL ||
        rp_pad((rp_str){known_text, sizeof known_text - 1}, c->arena, &text, &err) != RP_OK ||
        rp_lex(text, RP_EDITION_2021, c->arena, &f->tokens, &err) != RP_OK ||
        rp_parse(&f->tokens, RP_PARSE_ITEMS, c->arena, &f->ast, &err) != RP_OK)
        return false;
    *to = f;
    f->path = RP_STR("<well-known macros>");
    c->files.items = c->modules.files.items;
    c->files.n = c->modules.files.n;
    c->macros->known_file = c->files.n - 1;
    *made = (rp_token_source){&f->tokens, NULL, NULL, c->files.n - 1};
    f->made = made;
    return true;
}

static uint32_t well_known(rp_rust_crate *c, rp_str name)
{
    static const char *const names[] = {"bitflags", "cfg_if", "cfg_select", "lazy_static",
                                        "thread_local"};
    rp_macros *m = c->macros;
    bool known = false;
    for (size_t i = 0; i < RP_COUNT(names); i++)
        known |= rp_str_is(name, names[i]);
    if (!known || (m->known_file == 0 && !read_known(c)))
        return 0;
    const rp_rust_file *f = c->files.items[m->known_file];
    for (uint32_t i = 1; i < m->items.n; i++)
        if (m->items.items[i].known && m->items.items[i].krate.len == 0 &&
            rp_str_eq(m->items.items[i].name, name))
            return i;
    for (uint32_t i = RP_FILE_ITEMS; i < rp_kids_count(&f->ast, f->ast.root); i++) {
        rp_id node = rp_kid(&f->ast, f->ast.root, i);
        if (!rp_str_eq(rp_node_word(&f->ast, node), name))
            continue;
        uint32_t id = rp_macro_define(c, f->made, &f->ast, node, true);
        if (id != 0)
            m->items.items[id].known = true;
        return id;
    }
    return 0;
}

/* ---- what a call means ---- */

typedef struct {
    rp_str last;
    uint32_t n;
    bool from_root; /* crate::m, $crate::m */
} path_shape;

static path_shape shape_of(const rp_ast *ast, rp_id path)
{
    path_shape s = {.n = 0};
    for (rp_path_words w = rp_path_start(ast, path); rp_path_next(&w); s.n++) {
        s.last = rp_token_word(ast->tokens, w.word);
        s.from_root |= s.n == 0 && rp_str_is(s.last, "crate");
    }
    return s;
}

/* What another crate exports, by its path, or a `use` that brings it. */
static uint32_t of_other(rp_rust_crate *c, const rp_ast *ast, rp_id path, const path_shape *s,
                         const rp_res *r)
{
    if (r->kind == RP_RES_EXTERN)
        return rp_macro_of_path(c, r->path);
    if (r->kind != RP_RES_UNKNOWN || rp_macro_is_std(s->last) || c->externs == NULL)
        return 0;
    if (s->n == 1)
        return rp_macro_of_prelude(c, s->last);
    rp_str text = {"", 0};
    for (rp_path_words w = rp_path_start(ast, path); s->n < 8 && rp_path_next(&w);)
        text = rp_arena_printf(c->arena, "%.*s%s%.*s", RP_FMT(text), text.len != 0 ? "::" : "",
                               RP_FMT(rp_token_word(ast->tokens, w.word)));
    return text.len != 0 ? rp_macro_of_path(c, text) : 0;
}

/* What a name that no macro of the crate has may be: called so by a `use`, or another crate's.
 * Globs are not looked through: few bring macros, and there are many names that are nothing. */
static uint32_t find_elsewhere(rp_rust_crate *c, rp_def_id scope, const rp_ast *ast, rp_id path,
                               const path_shape *s)
{
    rp_res r = {.kind = RP_RES_UNKNOWN};
    if (s->n == 1 && rp_import_named(c, rp_def_module(c, scope), s->last) != 0)
        r = rp_resolve_name(c, scope, s->last, RP_NS_MACRO);
    if (r.kind == RP_RES_DEF && r.left == 0)
        return of_def(c, rp_macro_named(c, rp_def_of(c, r.def)->name), r.def);
    return of_other(c, ast, path, s, &r);
}

uint32_t rp_macro_find(rp_rust_crate *c, rp_def_id scope, uint32_t file, const rp_ast *ast,
                       rp_id path, uint32_t env)
{
    rp_macros *m = c->macros;
    path_shape s = shape_of(ast, path);
    uint32_t found = s.n == 1 ? find_in_env(m, env, s.last) : 0;
    uint32_t first = found == 0 && s.n != 0 ? rp_macro_named(c, s.last) : 0;
    if (found == 0 && s.n != 0 && first == 0)
        found = well_known(c, s.last);
    if (found != 0 || s.n == 0)
        return found;
    if (first == 0)
        return find_elsewhere(c, scope, ast, path, &s);
    if (s.from_root && s.n == 2 && rp_macro_exported(m, first) != 0)
        return rp_macro_exported(m, first);
    rp_res r = {.kind = RP_RES_UNKNOWN};
    if (file != UINT32_MAX)
        r = rp_resolve_path(c, scope, file, path, RP_NS_MACRO);
    else if (s.n == 1)
        r = rp_resolve_name(c, scope, s.last, RP_NS_MACRO);
    if (r.kind == RP_RES_DEF && r.left == 0) /* its own name: `use m as n` */
        return of_def(c, rp_macro_named(c, rp_def_of(c, r.def)->name), r.def);
    if (r.kind == RP_RES_UNKNOWN && s.n == 1 && !rp_macro_is_std(s.last) &&
        rp_macro_exported(m, first) != 0)
        return rp_macro_exported(m, first);
    return of_other(c, ast, path, &s, &r);
}

/* ---- expansion ---- */

/* The call as a site; 0 when there is no room. */
static uint32_t add_site(rp_rust_crate *c, const rp_macro *macro, const rp_token_source *source,
                         const rp_node *call)
{
    rp_macros *m = c->macros;
    rp_origin first = rp_origin_of(source, call->first), last = rp_origin_of(source, call->last);
    rp_origin def = rp_origin_of(&macro->source, macro->token);
    rp_macro_site *to = rp_vec_push(c->arena, &m->sites);
    if (to == NULL) {
        c->refused = true;
        return 0;
    }
    *to = (rp_macro_site){.file = first.file,
                          .start = first.at,
                          .end = last.at + (uint32_t)rp_token_text(source->t, call->last).len,
                          .outer = first.site,
                          .def_site = def.site,
                          .def_in_body = macro->in_body && !macro->known,
                          .known = macro->known,
                          .krate = macro->krate,
                          .def = def,
                          .name = macro->name};
    if (macro->in_body && !macro->known) /* its text may be gone when the body is done */
        to->name = rp_arena_str(c->arena, macro->name);
    if (last.file != first.file || last.site != first.site || to->end < to->start)
        to->end = first.at + (uint32_t)rp_token_text(source->t, call->first).len;
    return m->sites.n - 1;
}

static bool read_rules(rp_rust_crate *c, rp_macro *macro, rp_arena *arena)
{
    if (!macro->is_read &&
        !rp_macro_rules_read(&macro->source, macro->open, macro->close, arena, &macro->rules)) {
        c->refused = true;
        return false;
    }
    macro->is_read = true;
    return macro->rules.wrong == NULL;
}

/* The tokens [from, to) that a call gives, at `site`. */
typedef struct {
    const rp_token_source *source;
    uint32_t from, to, site;
} macro_input;

/* `name!(…)`, without a path? */
static bool is_bare_call(const rp_tokens *t, uint32_t i)
{
    return rp_is_word(t->kind[i]) && i + 2 < t->n && t->kind[i + 1] == RP_T_NOT &&
           rp_is_open(t->kind[i + 2]) && (i == 0 || t->kind[i - 1] != RP_T_COLON_COLON);
}

/* What a macro of another crate wrote, `$crate` called as this crate calls that one. */
static bool write_foreign(rp_rust_crate *c, const rp_macro *macro, rp_token_writer *w,
                          rp_token_writer *out)
{
    rp_tokens t;
    rp_token_source made;
    w->max = UINT32_MAX;
    if (!rp_writer_finish(w, c->edition, &t, &made))
        return false;
    for (uint32_t i = 0; i < t.n; i++) {
        bool dollar = t.kind[i] == RP_T_DOLLAR && i + 1 < t.n && t.kind[i + 1] == RP_T_CRATE;
        if (dollar || (macro->local_inner && is_bare_call(&t, i))) {
            rp_writer_put(out, RP_T_COLON_COLON, 0, RP_STR("::"), made.origin[i]);
            rp_writer_put(out, RP_T_IDENT, 0, macro->krate, made.origin[i]);
        }
        if (dollar) {
            i++;
            continue;
        }
        if (macro->local_inner && is_bare_call(&t, i))
            rp_writer_put(out, RP_T_COLON_COLON, 0, RP_STR("::"), made.origin[i]);
        rp_writer_copy(out, &made, i, 0);
    }
    return true;
}

static rp_macro_result expand(rp_rust_crate *c, const rp_macro *macro, const macro_input *in,
                              rp_arena *scratch, rp_token_writer *out)
{
    uint64_t *fuel = &c->macros->fuel;
    if (macro->krate.len == 0)
        return rp_macro_expand(&macro->rules, in->source, in->from, in->to, in->site, fuel, scratch,
                               out);
    rp_token_writer w = {.arena = scratch, .max = out->max - out->n};
    rp_macro_result r =
        rp_macro_expand(&macro->rules, in->source, in->from, in->to, in->site, fuel, scratch, &w);
    if (r == RP_MACRO_EXPANDED && (!write_foreign(c, macro, &w, out) || out->full))
        return RP_MACRO_LIMIT;
    return r;
}

rp_macro_result rp_macro_call_expand(rp_rust_crate *c, uint32_t id, const rp_token_source *source,
                                     const rp_ast *ast, rp_id node, rp_arena *scratch,
                                     rp_token_writer *out)
{
    rp_macros *m = c->macros;
    rp_macro *macro = &m->items.items[id];
    uint32_t open, close, before = out->n;
    m->stats.calls++;
    if (m->tokens_left == 0 || m->fuel == 0)
        return RP_MACRO_LIMIT;
    if (!rp_node_group(ast, node, &open, &close) ||
        !read_rules(c, macro, macro->in_body && !macro->known ? scratch : c->arena))
        return RP_MACRO_ERROR;
    uint32_t site = add_site(c, macro, source, rp_node_of(ast, node));
    if (site == 0)
        return RP_MACRO_LIMIT;
    out->max = out->n + (m->tokens_left < RP_MAX_MACRO_MADE ? m->tokens_left : RP_MAX_MACRO_MADE);
    const macro_input in = {source, open + 1, close, site};
    rp_macro_result r = expand(c, &m->items.items[id], &in, scratch, out);
    uint32_t made = out->n - before;
    m->tokens_left -= made < m->tokens_left ? made : m->tokens_left;
    m->stats.expanded += r == RP_MACRO_EXPANDED;
    m->stats.tokens += made;
    return r;
}

void rp_macro_limit_met(rp_rust_crate *c, uint32_t file, rp_id node)
{
    if (!c->macros->limit_met)
        rp_crate_gap(c, file, node, RP_STR("what a macro expands to is too large"));
    c->macros->limit_met = true;
}

rp_rust_file *rp_macro_file(rp_rust_crate *c, rp_token_writer *w, rp_node_kind of, rp_str path,
                            rp_arena *scratch, uint32_t *ret_index)
{
    rp_error err = {0};
    rp_rust_file *f = rp_new(c->arena, 1, rp_rust_file);
    rp_token_source *made = rp_new(c->arena, 1, rp_token_source);
    rp_writer_move(w, c->arena);
    w->max = UINT32_MAX;
    if (f == NULL || made == NULL || !rp_writer_finish(w, c->edition, &f->tokens, made) ||
        rp_parse_inside(&f->tokens, of, scratch, &f->ast, &err) != RP_OK) {
        c->refused |= !w->full;
        return NULL;
    }
    if (f->ast.n_errors != 0)
        return NULL;
    rp_rust_file **to =
        rp_ast_move(&f->ast, c->arena) ? rp_vec_push(c->arena, &c->modules.files) : NULL;
    c->refused |= to == NULL;
    if (to == NULL)
        return NULL;
    *to = f;
    f->path = path;
    made->file = c->modules.files.n - 1;
    f->made = made;
    c->files.items = c->modules.files.items;
    c->files.n = c->modules.files.n;
    *ret_index = made->file;
    return f;
}

/* ---- places ---- */

rp_origin rp_token_origin(const rp_rust_crate *c, uint32_t file, uint32_t token)
{
    const rp_rust_file *f = c->files.items[file];
    if (f->made != NULL && f->made->origin != NULL && token < f->tokens.n)
        return f->made->origin[token];
    return (rp_origin){file, token <= f->tokens.n ? f->tokens.start[token] : 0, 0};
}

const rp_macro_site *rp_macro_site_of(const rp_rust_crate *c, uint32_t site)
{
    return &c->macros->sites.items[site];
}

/* Where the outermost call stands that made what `site` made. */
static const rp_macro_site *outermost(const rp_rust_crate *c, uint32_t site)
{
    const rp_macro_site *s = rp_macro_site_of(c, site);
    while (s->outer != 0)
        s = rp_macro_site_of(c, s->outer);
    return s;
}

static rp_written_span token_span(const rp_rust_crate *c, uint32_t file, uint32_t token,
                                  uint32_t *ret_site)
{
    const rp_rust_file *f = c->files.items[file];
    rp_origin o = f->made->origin != NULL ? f->made->origin[token]
                                          : (rp_origin){file, f->tokens.start[token], 0};
    uint32_t len = rp_token_end(&f->tokens, token) - f->tokens.start[token];
    *ret_site = o.site;
    if (o.site == 0)
        return (rp_written_span){o.file, o.at, o.at + len};
    const rp_macro_site *s = outermost(c, o.site);
    return (rp_written_span){s->file, s->start, s->end};
}

bool rp_macro_place(const rp_rust_crate *c, uint32_t file, rp_id node, rp_written_span *ret)
{
    const rp_rust_file *f = c->files.items[file];
    const rp_node *n = rp_node_of(&f->ast, node);
    if (f->made == NULL || f->made->origin == NULL)
        return false;
    for (uint32_t i = n->first; i <= n->last && i < f->tokens.n; i++) {
        rp_origin o = f->made->origin[i];
        if (o.site == 0 || !rp_rust_file_is_source(c->files.items[o.file]))
            continue;
        uint32_t last = i;
        while (last < n->last && f->made->origin[last + 1].site == o.site)
            last++;
        rp_origin end = f->made->origin[last];
        uint32_t len = rp_token_end(&f->tokens, last) - f->tokens.start[last];
        *ret = (rp_written_span){o.file, o.at, o.at};
        if (end.file == o.file && end.at + len > o.at)
            ret->end = end.at + len;
        return true;
    }
    return false;
}

rp_written_span rp_written(const rp_rust_crate *c, uint32_t file, rp_id node, uint32_t *ret_site)
{
    const rp_rust_file *f = c->files.items[file];
    rp_written_span s = {.file = file};
    *ret_site = 0;
    if (f->made == NULL) {
        rp_node_span(&f->ast, node, &s.start, &s.end);
        return s;
    }
    const rp_node *n = rp_node_of(&f->ast, node);
    uint32_t first_site, last_site, last = n->last < f->tokens.n ? n->last : n->first;
    if (n->first >= f->tokens.n)
        return (rp_written_span){0, 0, 0};
    s = token_span(c, file, n->first, &first_site);
    rp_written_span end = token_span(c, file, last, &last_site);
    if (end.file == s.file && end.end > s.end && (first_site == 0 || last_site != first_site))
        s.end = end.end;
    *ret_site = first_site != 0 ? first_site : last_site;
    return s;
}

bool rp_written_bytes(const rp_rust_crate *c, uint32_t file, uint32_t start, uint32_t end,
                      rp_written_span *ret)
{
    const rp_rust_file *f = c->files.items[file];
    *ret = (rp_written_span){file, start, end};
    if (f->made == NULL)
        return true;
    const rp_tokens *t = &f->tokens;
    uint32_t i = rp_token_at(t, start);
    if (i != 0 && (i >= t->n || t->start[i] > start))
        i--; /* white space belongs to the token before it */
    if (i >= t->n || f->made->origin == NULL)
        return false;
    rp_origin o = f->made->origin[i];
    uint32_t shift = t->start[i];
    for (uint32_t k = i; k < t->n && (k == i || t->start[k] < end || t->start[k] == start); k++) {
        rp_origin at = f->made->origin[k];
        if (at.site != 0 || at.file != o.file || at.at - o.at != t->start[k] - shift)
            return false;
    }
    *ret = (rp_written_span){o.file, o.at + start - shift, o.at + end - shift};
    return start >= shift;
}

rp_macro_stats rp_macros_stats(const rp_rust_crate *c)
{
    return c->macros != NULL ? c->macros->stats : (rp_macro_stats){0, 0, 0};
}

/* ---- what brings unsafe code ---- */

/* Calls [from, to) of the tokens a macro that brings it? */
static bool calls_unsafe(const rp_rust_crate *c, const rp_tokens *t, uint32_t from, uint32_t to)
{
    uint32_t at = from;
    while (at < to) {
        const uint8_t *hit = memchr(t->kind + at, RP_T_NOT, to - at);
        if (hit == NULL)
            return false;
        uint32_t i = (uint32_t)(hit - t->kind);
        at = i + 1;
        if (i == from || at >= to || !rp_is_word(t->kind[i - 1]) || !rp_is_open(t->kind[at]))
            continue;
        uint32_t id = rp_macro_named(c, rp_token_word(t, i - 1));
        for (; id != 0; id = c->macros->items.items[id].same)
            if (c->macros->items.items[id].brings_unsafe)
                return true;
    }
    return false;
}

static void pass_unsafe_on(rp_rust_crate *c)
{
    rp_macros *m = c->macros;
    bool more = true;
    for (unsigned round = 0; more && round < RP_MAX_MACRO_DEPTH; round++) {
        more = false;
        for (uint32_t i = 1; i < m->items.n; i++) {
            rp_macro *macro = &m->items.items[i];
            if (macro->brings_unsafe || macro->in_body ||
                !calls_unsafe(c, macro->source.t, macro->open, macro->close))
                continue;
            macro->brings_unsafe = more = true;
        }
    }
    m->unsafe_known = true;
}

bool rp_macros_bring_unsafe(rp_rust_crate *c, rp_def_id fn)
{
    if (c->macros == NULL || c->macros->nhashed == 0)
        return false;
    if (!c->macros->unsafe_known)
        pass_unsafe_on(c);
    const rp_ast *ast = rp_def_ast(c, fn);
    const rp_node *n = rp_node_of(ast, rp_def_of(c, fn)->node);
    return calls_unsafe(c, ast->tokens, n->first, n->last + 1);
}
