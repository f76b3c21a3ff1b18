/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"
#include "rust/types.h"

enum { MAX_DEPTH = 6, FUEL = 4000 };

typedef struct {
    rp_types *t;
    bool is_sync;
    bool inner; /* an UnsafeCell was met */
    unsigned depth, fuel;
    rp_str found;
} search;

static bool named(rp_str path, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (rp_str_is(path, list[i]))
            return true;
    return false;
}

/* What must not cross by itself (the library's own negative impls). */
static bool stays(const search *s, rp_str path)
{
    static const char *const both[] = {"std::rc::Rc", "std::rc::Weak"};
    static const char *const sent[] = {"std::sync::MutexGuard", "std::sync::RwLockReadGuard",
                                       "std::sync::RwLockWriteGuard"};
    static const char *const shared[] = {"std::cell::Cell", "std::cell::RefCell",
                                         "std::cell::OnceCell"};
    return named(path, both, RP_COUNT(both)) ||
           (s->is_sync ? named(path, shared, RP_COUNT(shared)) : named(path, sent, RP_COUNT(sent)));
}

static void visit(search *s, rp_ty ty);

static void fields(search *s, rp_def_id adt, rp_id of, uint32_t from)
{
    const rp_def d = *rp_def_of(s->t->c, adt);
    const rp_ast *ast = rp_def_ast(s->t->c, adt);
    for (uint32_t i = from; i < rp_kids_count(ast, of); i++) {
        rp_id f = rp_kid(ast, of, i);
        if (rp_kind_of(ast, f) == RP_N_FIELD)
            visit(s, rp_ty_of_node(s->t, adt, d.file, rp_kid(ast, f, RP_FIELD_TYPE), NULL));
    }
}

static bool promises(const rp_rust_crate *c, rp_def_id adt, bool is_sync)
{
    for (uint32_t i = rp_def_of(c, adt)->impls; i != 0; i = c->impls.items[i - 1].next_of_type) {
        const rp_ast *ast = rp_def_ast(c, c->impls.items[i - 1].def);
        rp_id trait = rp_kid(ast, rp_def_of(c, c->impls.items[i - 1].def)->node, RP_IMPL_TRAIT);
        if (trait != 0 && rp_str_is(rp_node_word(ast, trait), is_sync ? "Sync" : "Send"))
            return true;
    }
    return false;
}

static void own(search *s, rp_def_id adt)
{
    const rp_def d = *rp_def_of(s->t->c, adt);
    const rp_ast *ast = rp_def_ast(s->t->c, adt);
    if (d.kind == RP_DEF_STRUCT)
        fields(s, adt, d.node, RP_ADT_MEMBERS);
    for (uint32_t i = RP_ADT_MEMBERS; d.kind == RP_DEF_ENUM && i < rp_kids_count(ast, d.node); i++)
        fields(s, adt, rp_kid(ast, d.node, i), RP_VARIANT_FIELDS);
}

static void visit(search *s, rp_ty ty)
{
    const rp_type type = *rp_type_of(s->t, ty);
    bool pointer = type.kind == RP_TY_RAW || type.kind == RP_TY_FN || type.kind == RP_TY_DYN;
    if (s->found.len != 0 || s->fuel == 0 || s->depth >= MAX_DEPTH || pointer)
        return;
    s->fuel--;
    s->depth++;
    if (type.kind == RP_TY_STD && stays(s, type.name)) {
        s->found = type.name;
    } else if (type.kind == RP_TY_STD) {
        /* a lock makes Sync of Send; a marker is there to take the promise away */
        static const char *const covers[] = {"std::sync::Mutex", "std::marker::PhantomData",
                                             "std::ptr::NonNull", "std::thread::LocalKey"};
        for (uint32_t i = 0; i < type.nargs && !named(type.name, covers, RP_COUNT(covers)); i++)
            visit(s, type.args[i]);
    } else if (type.kind == RP_TY_DEF && !promises(s->t->c, type.def, s->is_sync)) {
        own(s, type.def);
    } else if (type.kind == RP_TY_ARRAY || type.kind == RP_TY_TUPLE || type.kind == RP_TY_SLICE) {
        for (uint32_t i = 0; i < type.nargs; i++)
            visit(s, type.args[i]);
    }
    s->depth--;
}

static bool asks_thread(const rp_ast *ast, rp_id node)
{
    const rp_node *n = rp_node_of(ast, node);
    for (uint32_t i = n->first; i <= n->last; i++) {
        rp_str w = rp_token_word(ast->tokens, i);
        if (rp_str_is(w, "ThreadId") || rp_str_is(w, "thread_id"))
            return true;
    }
    return false;
}

static const rp_impl *linked(const rp_rust_crate *c, rp_def_id def)
{
    for (uint32_t i = 0; i < c->impls.n; i++)
        if (c->impls.items[i].def == def)
            return &c->impls.items[i];
    return NULL;
}

static void look(rp_rule_run *run, rp_def_id def)
{
    const rp_def d = *rp_def_of(run->c, def);
    if (d.kind != RP_DEF_IMPL || (d.flags & RP_DEF_UNSAFE) == 0 ||
        (d.flags & (RP_DEF_NEGATIVE | RP_DEF_TEST)) != 0)
        return;
    const rp_ast *ast = rp_def_ast(run->c, def);
    rp_id trait = rp_kid(ast, d.node, RP_IMPL_TRAIT);
    rp_str word = trait != 0 ? rp_node_word(ast, trait) : RP_STR("");
    const rp_impl *impl =
        rp_str_is(word, "Send") || rp_str_is(word, "Sync") ? linked(run->c, def) : NULL;
    if (impl == NULL || impl->type == 0 || impl->trait != 0)
        return;
    search s = {.t = run->types, .is_sync = rp_str_is(word, "Sync"), .fuel = FUEL};
    own(&s, impl->type);
    if (s.found.len == 0)
        return;
    const rp_def *adt = rp_def_of(run->c, impl->type);
    bool cell = rp_str_starts(s.found, "std::cell::"); /* with locks of its own, maybe */
    bool chosen = (d.flags & RP_DEF_CFG) != 0;         /* for a platform with one thread, maybe */
    bool saved = cell || chosen || asks_thread(rp_def_ast(run->c, impl->type), adt->node);
    rp_rule_note *n = rp_rule_at(
        run, impl->type, d.file, d.node, saved ? RP_RULE_REVIEW : RP_RULE_LIKELY,
        rp_arena_printf(run->arena, "%.*s is declared %.*s and holds a %.*s, which is not",
                        RP_FMT(adt->name), RP_FMT(word), RP_FMT(s.found)));
    if (n != NULL)
        n->fix = RP_STR("Arc, Mutex, RwLock or atomics in the field, and no unsafe impl");
}

static const rp_rust_rule rule = {.on_def = look};

const rp_check rp_check_rp5151 = {
    .code = "RP5151",
    .name = "thread-unsafe-field",
    .title = "promises about threads fit the fields",
    .guide = "Unsafe Code Patterns",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no type promises about threads what its fields deny",
    .rule = &rule,
};
