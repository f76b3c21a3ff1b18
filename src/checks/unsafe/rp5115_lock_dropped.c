/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"

static rp_str last_of(rp_str path)
{
    for (size_t i = path.len; i >= 2; i--)
        if (path.ptr[i - 1] == ':' && path.ptr[i - 2] == ':')
            return rp_str_sub(path, i, path.len);
    return path;
}

static bool is_one(rp_str word, const char *const *of, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (rp_str_is(word, of[i]))
            return true;
    return false;
}

/* `x.lock().unwrap()`, `x.lock()?`, `x.lock().await`: the call of lock. */
static rp_id inner_call(const rp_ast *ast, rp_id e)
{
    static const char *const through[] = {"unwrap", "expect", "unwrap_or_else", "await"};
    for (;;) {
        rp_node_kind kind = rp_kind_of(ast, e);
        bool call =
            kind == RP_N_METHOD_CALL && is_one(rp_node_word(ast, e), through, RP_COUNT(through));
        if (kind != RP_N_TRY && kind != RP_N_AWAIT && kind != RP_N_PAREN && !call)
            return e;
        e = rp_kid(ast, e, 0);
    }
}

/* A method that gives a guard, by its name and the type that it is called on. */
static bool locks(const rp_body *b, rp_id call, rp_rule_confidence *ret)
{
    static const char *const methods[] = {"lock", "read", "write"};
    static const char *const types[] = {"Mutex", "RwLock", "ReentrantMutex", "FairMutex",
                                        "ReentrantLock"};
    const rp_call *c = rp_body_call(b, call);
    rp_str name = rp_node_word(b->ast, call);
    if (c == NULL || !c->method || !is_one(name, methods, RP_COUNT(methods)) ||
        rp_kids_count(b->ast, call) > RP_METHOD_ARGS)
        return false;
    const rp_type *of = rp_type_of(b->types, rp_ty_peel(b->types, c->receiver));
    bool other = of->kind == RP_TY_STD || of->kind == RP_TY_EXTERN;
    *ret = other ? RP_RULE_CONFIRMED : RP_RULE_REVIEW;
    if (other)
        return is_one(last_of(of->name), types, RP_COUNT(types));
    /* of an unknown type: it may be the lock of a file */
    return of->kind == RP_TY_UNKNOWN && rp_str_is(name, "lock");
}

static void one_let(rp_rule_run *run, const rp_body *b, rp_id let)
{
    rp_id pat = rp_kid(b->ast, let, RP_LET_PAT), init = rp_kid(b->ast, let, RP_LET_INIT);
    rp_rule_confidence confidence = RP_RULE_REVIEW;
    if (pat == 0 || init == 0 || rp_kind_of(b->ast, pat) != RP_N_PAT_WILD)
        return;
    rp_id call = inner_call(b->ast, init);
    if (rp_kind_of(b->ast, call) != RP_N_METHOD_CALL || !locks(b, call, &confidence))
        return;
    rp_rule_note *n =
        rp_rule_in(run, b, let, confidence, RP_STR("`let _ =` gives the lock back at once"));
    rp_rule_step_at(run, n, b->file, call, RP_STR("the guard is made here"));
    rp_rule_step_at(run, n, b->file, pat,
                    RP_STR("`_` keeps nothing: it is dropped before the next statement"));
    rp_rule_edit_at(run, n, rp_node_bytes(run->c, b->file, pat), RP_STR("_guard"));
}

/* Most functions have no `let _`: their bodies are not read for this. */
static bool worth_it(const rp_ast *ast, const rp_node *fn)
{
    for (uint32_t i = fn->first; i + 2 <= fn->last; i++)
        if (ast->tokens->kind[i] == RP_T_LET && rp_str_is(rp_token_text(ast->tokens, i + 1), "_"))
            return true;
    return false;
}

static void look(rp_rule_run *run, rp_def_id fn)
{
    const rp_def d = *rp_def_of(run->c, fn);
    rp_body b;
    if (d.kind != RP_DEF_FN ||
        !worth_it(rp_def_ast(run->c, fn), rp_node_of(rp_def_ast(run->c, fn), d.node)) ||
        !rp_body_read(run->types, fn, &b))
        return;
    run->refused |= b.refused;
    for (uint32_t i = 0; i < b.n; i++) /* n is room: what has no parent is no node of the body */
        if (b.parent[i] != 0 && rp_kind_of(b.ast, b.low + i) == RP_N_LET)
            one_let(run, &b, b.low + i);
}

static const rp_rust_rule rule = {.on_def = look};

const rp_check rp_check_rp5115 = {
    .code = "RP5115",
    .name = "lock-dropped",
    .title = "locks are held for longer than the statement that takes them",
    .guide = "Unsafe Code Patterns",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no lock is given back by the statement that takes it",
    .rule = &rule,
};
