/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Macro calls in bodies and signatures: the item's text is written again with the calls replaced,
 * and becomes an expansion that the definition moves to. */
#include "rust/macros_parts.h"

typedef struct {
    rp_rust_crate *c;
    rp_def_id fn;
    rp_arena *scratch;
    rp_token_writer *out;
    uint32_t env;
    unsigned depth;
    bool any;       /* a call was replaced */
    bool limit_met; /* a call was not, for what it becomes is too large */
} splicer;

/* A tree whose tokens are copied, calls replaced. */
typedef struct {
    const rp_token_source *source;
    rp_ast *ast;
    uint32_t file;    /* the crate's, UINT32_MAX for an expansion that is being made */
    uint32_t at, end; /* tokens that are not copied yet */
} text;

static void splice(splicer *s, text *t, rp_id root);

/* AS_OPERAND: an expression that begins a statement and is only a part of it. */
typedef enum { AS_EXPR, AS_OPERAND, AS_STMTS, AS_PAT, AS_TYPE, AS_ITEMS } position;

/* ---- where a call stands ---- */

/* The name of slot `slot` of a node of this kind, as RP_NODES has it: "attrs pat type" */
static rp_str slot_name(rp_node_kind kind, uint32_t slot)
{
    rp_str names = rp_str_from(rp_node_slots[kind]), name = {"", 0};
    for (size_t from = 0, i = 0; i <= names.len; i++) {
        if (i < names.len && names.ptr[i] != ' ')
            continue;
        name = rp_str_sub(names, from, i - from);
        from = i + 1;
        if (slot-- == 0)
            break;
    }
    return name;
}

static position position_of(const rp_ast *ast, const rp_walk *w)
{
    rp_id up = rp_walk_parent(w, 1);
    if (up == 0)
        return AS_EXPR;
    rp_node_kind kind = rp_kind_of(ast, up);
    rp_str slot = slot_name(kind, w->path.items[w->path.n - 2].next - 1);
    if (rp_str_is(slot, "pat") || rp_str_is(slot, "pats*") || rp_str_is(slot, "sub"))
        return AS_PAT;
    if (rp_str_is(slot, "type") || rp_str_is(slot, "types*") || rp_str_is(slot, "ret") ||
        rp_str_is(slot, "inputs*") || rp_str_is(slot, "self") ||
        (rp_str_is(slot, "args*") && kind == RP_N_GENERIC_ARGS) ||
        (rp_str_is(slot, "value") && kind == RP_N_ASSOC_ARG))
        return AS_TYPE;
    return AS_EXPR;
}

static bool has_braces(const rp_ast *ast, rp_id call)
{
    return ast->tokens->kind[rp_node_of(ast, call)->last] == RP_T_CLOSE_BRACE;
}

/* Is a call that is a statement of its own expanded to statements? With a semicolon or braces it
 * is; without, it is the value of its block. */
static bool is_statement(const rp_ast *ast, rp_id stmt, rp_id call)
{
    return rp_node_has(ast, stmt, RP_Q_SEMI) || has_braces(ast, call);
}

/* ---- one call ---- */

static void copy_to(splicer *s, text *t, uint32_t to)
{
    if (to > t->at)
        rp_writer_copy_all(s->out, t->source, t->at, to, 0);
    t->at = to > t->at ? to : t->at;
}

typedef struct {
    rp_tokens tokens;
    rp_token_source source;
    rp_ast ast;
    rp_id root;
} expansion;

static bool is_expr(position as)
{
    return as == AS_EXPR || as == AS_OPERAND;
}

static bool parse_expansion(expansion *e, position as, rp_arena *scratch)
{
    static const uint8_t fragments[] = {
        [AS_EXPR] = RP_PARSE_EXPR, [AS_OPERAND] = RP_PARSE_EXPR, [AS_STMTS] = RP_PARSE_STMTS_ALL,
        [AS_PAT] = RP_PARSE_PAT,   [AS_TYPE] = RP_PARSE_TYPE,    [AS_ITEMS] = RP_PARSE_ITEMS_ALL};
    rp_error err = {0};
    uint32_t n = e->tokens.n, end = 0;
    if (rp_ast_start(&e->tokens, scratch, &e->ast, &err) != RP_OK)
        return false;
    if (is_expr(as) && n != 0 && e->tokens.kind[n - 1] == RP_T_SEMI)
        n--; /* rustc lets it go, with a lint */
    e->root = rp_parse_fragment(&e->ast, (rp_fragment)fragments[as], 0, n, false, &end);
    bool empty = n == 0 && (as == AS_STMTS || as == AS_ITEMS);
    if (e->root != 0 && end == n)
        return true;
    e->root = 0;
    return empty;
}

/* What the call becomes; false: nothing that is known. */
static bool expand(splicer *s, const text *t, uint32_t macro, rp_id call, position as,
                   expansion *ret)
{
    rp_token_writer w = {.arena = s->scratch};
    memset(ret, 0, sizeof *ret);
    rp_macro_result made =
        s->depth < RP_MAX_MACRO_DEPTH
            ? rp_macro_call_expand(s->c, macro, t->source, t->ast, call, s->scratch, &w)
            : RP_MACRO_LIMIT;
    s->limit_met |= made == RP_MACRO_LIMIT;
    return made == RP_MACRO_EXPANDED && (w.max = UINT32_MAX) != 0 &&
           rp_writer_finish(&w, s->c->edition, &ret->tokens, &ret->source) &&
           parse_expansion(ret, as, s->scratch);
}

/* Statements whose last one is an expression without its semicolon. */
static bool ends_open(const expansion *e)
{
    uint32_t n = e->root != 0 ? rp_kids_count(&e->ast, e->root) : 0;
    rp_id last = n > RP_BLOCK_STMTS ? rp_kid(&e->ast, e->root, n - 1) : 0;
    return last != 0 && rp_kind_of(&e->ast, last) == RP_N_EXPR_STMT &&
           !rp_node_has(&e->ast, last, RP_Q_SEMI);
}

/* What keeps an expansion together. A fragment that is a block ends a statement, a call does not:
 * `read!(p) + 1`. */
static void put_around(splicer *s, const expansion *e, position as, bool opens)
{
    static const uint8_t around[] = {
        [AS_EXPR] = RP_MF_EXPR, [AS_PAT] = RP_MF_PAT, [AS_TYPE] = RP_MF_TY};
    rp_origin at = e->source.origin[0];
    if (as == AS_OPERAND)
        rp_writer_put(s->out, opens ? RP_T_OPEN_PAREN : RP_T_CLOSE_PAREN, 0,
                      opens ? RP_STR("(") : RP_STR(")"), at);
    else if (as != AS_STMTS && as != AS_ITEMS)
        rp_writer_put(s->out, opens ? RP_T_OPEN_NONE : RP_T_CLOSE_NONE, around[as], RP_STR(""), at);
}

static void put_expansion(splicer *s, expansion *e, position as)
{
    uint32_t n = e->tokens.n;
    text inner = {&e->source, &e->ast, UINT32_MAX, 0, n};
    if (is_expr(as) && n != 0 && e->tokens.kind[n - 1] == RP_T_SEMI)
        inner.end--;
    put_around(s, e, as, true);
    s->depth++;
    splice(s, &inner, e->root);
    s->depth--;
    put_around(s, e, as, false);
}

/* Replaces tokens [first, last] by what `call` becomes. False: they stay. */
static bool replace(splicer *s, text *t, rp_id call, position as, uint32_t first, uint32_t last,
                    bool goes_on)
{
    expansion e;
    rp_id path = rp_kid(t->ast, call, 0);
    if (path == 0)
        return false;
    uint32_t macro = rp_macro_find(s->c, s->fn, t->file, t->ast, path, s->env);
    if (macro == 0 || !expand(s, t, macro, call, as, &e))
        return false;
    copy_to(s, t, first);
    t->at = last + 1;
    s->any = true;
    put_expansion(s, &e, as);
    if (as == AS_STMTS && goes_on && ends_open(&e))
        rp_writer_put(s->out, RP_T_SEMI, 0, RP_STR(";"),
                      rp_origin_of(t->source, rp_node_of(t->ast, call)->last));
    return true;
}

/* Macros of std whose arguments are expressions: calls in them are replaced, too. */
static void arguments(splicer *s, text *t, rp_id call)
{
    uint32_t open, close, end;
    rp_ast inner;
    if (!rp_node_group(t->ast, call, &open, &close) || s->depth >= RP_MAX_MACRO_DEPTH ||
        !rp_tokens_have(t->ast->tokens, open, close, RP_T_NOT) ||
        !rp_ast_small(t->ast->tokens, s->scratch, &inner))
        return;
    rp_id list = rp_parse_fragment(&inner, RP_PARSE_EXPRS_ALL, open + 1, close, false, &end);
    if (list == 0)
        return;
    /* their paths are in no tree of the crate */
    text part = {t->source, &inner, UINT32_MAX, t->at, close};
    s->depth++;
    splice(s, &part, list);
    s->depth--;
    t->at = part.at;
}

/* ---- a tree ---- */

/* Is the statement in hand the last of its block? */
static bool is_last(const rp_ast *ast, const rp_walk *w, unsigned up)
{
    rp_id block = rp_walk_parent(w, up);
    if (block == 0 || rp_kind_of(ast, block) != RP_N_BLOCK || w->path.n < up + 1)
        return false;
    return w->path.items[w->path.n - 1 - up].next >= rp_kids_count(ast, block);
}

/* Does the call begin a statement that goes on behind it? */
static bool is_operand(const rp_ast *ast, const rp_walk *w, rp_id call)
{
    const rp_node *n = rp_node_of(ast, call);
    for (unsigned up = 1; up < w->path.n; up++) {
        rp_id id = rp_walk_parent(w, up);
        if (id == 0 || rp_node_of(ast, id)->first != n->first)
            return false;
        if (rp_kind_of(ast, id) == RP_N_EXPR_STMT)
            return up > 1;
    }
    return false;
}

static void call(splicer *s, text *t, const rp_walk *w, rp_id node)
{
    const rp_node *n = rp_node_of(t->ast, node);
    rp_id up = rp_walk_parent(w, 1);
    position as = position_of(t->ast, w);
    rp_node_kind above = up != 0 ? rp_kind_of(t->ast, up) : RP_N_NONE;
    uint32_t first = n->first, last = n->last;
    bool goes_on = false;
    if (above == RP_N_EXPR_STMT && is_statement(t->ast, up, node)) {
        as = AS_STMTS;
        goes_on = !is_last(t->ast, w, 2) && !rp_node_has(t->ast, up, RP_Q_SEMI);
    } else if (above == RP_N_MACRO_ITEM) {
        as = AS_ITEMS;
        first = rp_node_of(t->ast, up)->first;
        last = rp_node_of(t->ast, up)->last;
    } else if (as == AS_EXPR && is_operand(t->ast, w, node)) {
        as = AS_OPERAND;
    }
    if (!replace(s, t, node, as, first, last, goes_on) && above != RP_N_MACRO_ITEM)
        arguments(s, t, node);
}

static void define(splicer *s, const text *t, rp_id node)
{
    uint32_t id = rp_macro_define(s->c, t->source, t->ast, node, true);
    s->env = rp_macro_env_with(s->c, s->env, id);
}

/* Copies what is left of a text up to its end, with the calls below `root` replaced. The scope of a
 * block ends with it; statements that are an expansion are part of the block around. */
static void splice(splicer *s, text *t, rp_id root)
{
    RP_VEC(uint32_t) envs = {0};
    rp_walk w = rp_walk_start(t->ast, root, s->scratch);
    for (rp_id id; root != 0 && (id = rp_walk_next(&w)) != 0;) {
        rp_node_kind kind = rp_kind_of(t->ast, id);
        if (kind == RP_N_BLOCK && id != root && w.entering) {
            uint32_t *env = rp_vec_push(s->scratch, &envs);
            if (env != NULL)
                *env = s->env;
        } else if (kind == RP_N_BLOCK && id != root && envs.n != 0) {
            s->env = envs.items[--envs.n];
        } else if (kind == RP_N_MACRO_RULES && w.entering) {
            define(s, t, id);
        } else if (kind == RP_N_MACRO_CALL && w.entering) {
            call(s, t, &w, id);
            rp_walk_skip(&w);
        }
    }
    copy_to(s, t, t->end);
}

/* ---- a function ---- */

/* May the macro be found? Those of std are not looked for. */
static bool may_be_found(const rp_rust_crate *c, rp_def_id fn, rp_str name)
{
    static const char *const others[] = {"macro_rules", "cfg_if",       "cfg_select",
                                         "lazy_static", "thread_local", "bitflags"};
    for (size_t k = 0; k < RP_COUNT(others); k++)
        if (rp_str_is(name, others[k]))
            return true;
    return rp_macro_named(c, name) != 0 || rp_import_named(c, rp_def_module(c, fn), name) != 0 ||
           (!c->macros->own_only && !rp_macro_is_std(name));
}

/* Has the body a call of a macro that may be found? Most have none. */
static bool may_have_calls(const rp_rust_crate *c, rp_def_id fn, const rp_tokens *t, uint32_t from,
                           uint32_t to)
{
    for (uint32_t at = from; at < to;) {
        const uint8_t *hit = memchr(t->kind + at, RP_T_NOT, to - at);
        if (hit == NULL)
            return false;
        uint32_t i = (uint32_t)(hit - t->kind);
        at = i + 1;
        if (i == from || !rp_is_ident(t->kind[i - 1], c->edition) ||
            !(rp_is_open(t->kind[at]) || rp_is_word(t->kind[at])))
            continue;
        if (may_be_found(c, fn, rp_token_word(t, i - 1)))
            return true;
    }
    return false;
}

static rp_node_kind inside_of(const rp_rust_crate *c, rp_def_id fn)
{
    rp_def_kind kind = (rp_def_kind)rp_def_of(c, rp_def_of(c, fn)->parent)->kind;
    return kind == RP_DEF_IMPL ? RP_N_IMPL : kind == RP_DEF_TRAIT ? RP_N_TRAIT : RP_N_FILE;
}

/* Its variants stand in the same order. */
static void move_variants(rp_rust_crate *c, rp_def_id id)
{
    const rp_def d = *rp_def_of(c, id);
    const rp_ast *ast = rp_def_ast(c, id);
    rp_def_id v = d.kind == RP_DEF_ENUM ? d.first : 0;
    for (uint32_t i = RP_ADT_MEMBERS; v != 0 && i < rp_kids_count(ast, d.node); i++) {
        if (rp_kind_of(ast, rp_kid(ast, d.node, i)) != RP_N_VARIANT)
            continue;
        c->defs.items[v].file = d.file;
        c->defs.items[v].node = rp_kid(ast, d.node, i);
        v = c->defs.items[v].next;
    }
}

/* Writes the item again with the calls below `root` replaced. */
static void rewrite(rp_rust_crate *c, rp_def_id fn, rp_id root, rp_arena *scratch)
{
    const rp_def d = *rp_def_of(c, fn);
    rp_rust_file *f = c->files.items[d.file];
    rp_token_source source = rp_file_source(c, d.file);
    const rp_node *n = rp_node_of(&f->ast, d.node);
    rp_token_writer w = {.arena = scratch, .max = RP_MAX_MACRO_TOKENS};
    splicer s = {.c = c, .fn = fn, .scratch = scratch, .out = &w};
    text t = {&source, &f->ast, d.file, n->first, n->last + 1};
    s.env = rp_macro_env_at(f, n->first);
    splice(&s, &t, root);
    if (s.limit_met || w.full)
        rp_macro_limit_met(c, d.file, d.node);
    uint32_t file;
    const rp_rust_file *made =
        s.any && !w.full ? rp_macro_file(c, &w, inside_of(c, fn), f->path, scratch, &file) : NULL;
    rp_id node = made != NULL ? rp_kid(&made->ast, made->ast.root, RP_FILE_ITEMS) : 0;
    if (node == 0 || rp_kind_of(&made->ast, node) != rp_kind_of(&f->ast, d.node))
        return;
    c->defs.items[fn].file = file;
    c->defs.items[fn].node = node;
    move_variants(c, fn);
}

static void expand_body(rp_rust_crate *c, rp_def_id fn, rp_arena *scratch)
{
    rp_ast *ast = rp_def_ast(c, fn);
    rp_id body = rp_ast_slot(ast, rp_def_of(c, fn)->node, rp_def_body_slot(c, fn));
    if (body == 0 || ast->refused)
        c->refused = true;
    else
        rewrite(c, fn, body, scratch);
}

static bool has_types(rp_def_kind kind)
{
    return kind == RP_DEF_FN || kind == RP_DEF_STRUCT || kind == RP_DEF_UNION ||
           kind == RP_DEF_ENUM || kind == RP_DEF_TYPE || kind == RP_DEF_CONST ||
           kind == RP_DEF_STATIC;
}

/* Has the item a call outside of its attributes and of what it runs? */
static bool calls_in_types(rp_rust_crate *c, rp_def_id id)
{
    const rp_def *d = rp_def_of(c, id);
    const rp_ast *ast = rp_def_ast(c, id);
    const rp_node *n = rp_node_of(ast, d->node);
    uint32_t slot = rp_def_body_slot(c, id);
    rp_id body = slot != 0 ? rp_kid(ast, d->node, slot) : 0;
    uint32_t to = body != 0 ? rp_node_of(ast, body)->first : n->last + 1;
    return may_have_calls(c, id, ast->tokens, n->main, to);
}

void rp_macros_expand_types(rp_rust_crate *c)
{
    rp_arena scratch = {.limit = RP_MAX_MACRO_MEMORY};
    uint32_t n = c->defs.n;
    if (c->macros->items.n <= 1)
        return;
    c->macros->own_only = c->externs == NULL || c->dependency;
    for (rp_def_id id = 1; id < n && !c->refused; id++) {
        if (!has_types((rp_def_kind)rp_def_of(c, id)->kind) || !calls_in_types(c, id))
            continue;
        rewrite(c, id, rp_def_of(c, id)->node, &scratch);
        c->refused |= scratch.refused;
        rp_arena_reset(&scratch);
    }
    c->macros->own_only = false;
    rp_arena_free(&scratch);
}

void rp_macros_expand_body(rp_rust_crate *c, rp_def_id fn)
{
    const rp_def *d = rp_def_of(c, fn);
    const rp_ast *ast = rp_def_ast(c, fn);
    uint32_t slot = rp_def_body_slot(c, fn);
    rp_id body = slot != 0 ? rp_kid(ast, d->node, slot) : 0;
    rp_macros *m = c->macros;
    if (m == NULL || body == 0 || rp_kind_of(ast, body) != RP_N_UNPARSED)
        return;
    uint32_t macros = m->items.n, envs = m->envs.n;
    const rp_node *n = rp_node_of(ast, body);
    /* what is neither unsafe nor items is not worth opening other crates for */
    m->own_only =
        c->externs == NULL ||
        (!rp_def_is_unnamed(d) &&
         !rp_tokens_have(ast->tokens, rp_node_of(ast, d->node)->first, n->last + 1, RP_T_UNSAFE));
    if (may_have_calls(c, fn, ast->tokens, n->first, n->last + 1)) {
        rp_arena scratch = {.limit = RP_MAX_MACRO_MEMORY};
        expand_body(c, fn, &scratch);
        c->refused |= scratch.refused;
        rp_arena_free(&scratch);
    }
    m->own_only = false;
    while (m->items.n > macros && !m->items.items[m->items.n - 1].known)
        m->items.n--; /* those of the body, whose tokens are gone */
    if (m->items.n == macros)
        m->envs.n = envs;
}
