/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"
#include "checks/unsafe/shapes.h"

static bool is_cmse(const rp_rule_run *run, const rp_type *fn)
{
    rp_str text = rp_node_text(&run->c->files.items[fn->file]->ast, fn->node);
    return rp_str_find(text, RP_STR("cmse-nonsecure-call")) < text.len;
}

/* The pointer type in it: itself, or what an Option holds. */
static const rp_type *pointer_of(const rp_rule_run *run, rp_ty to)
{
    const rp_type *t = rp_type_of(run->types, to);
    if (t->kind == RP_TY_STD && rp_str_is(t->name, "std::option::Option"))
        t = rp_type_of(run->types, rp_ty_arg(run->types, to, 0));
    return t->kind == RP_TY_FN && t->node != 0 ? t : NULL;
}

static bool differs(const rp_type *a, const rp_type *b)
{
    return a->kind == RP_TY_PRIMITIVE && b->kind == RP_TY_PRIMITIVE && !rp_str_eq(a->name, b->name);
}

static const rp_type *param_type(rp_rule_run *run, rp_def_id scope, uint32_t file, rp_id params,
                                 uint32_t i)
{
    rp_id p = rp_kid(&run->c->files.items[file]->ast, params, i);
    rp_id type = rp_kid(&run->c->files.items[file]->ast, p, RP_PARAM_TYPE);
    rp_ty ty = type != 0 ? rp_ty_of_node(run->types, scope, file, type, NULL) : 0;
    return rp_type_of(run->types, ty);
}

/* Parameters as they are written: of a function, or of a pointer to one. */
typedef struct {
    rp_def_id scope;
    uint32_t file;
    rp_id list;
    uint32_t n;
    bool variadic;
} signature;

static signature signature_at(const rp_rule_run *run, rp_def_id scope, uint32_t file, rp_id params)
{
    const rp_ast *ast = &run->c->files.items[file]->ast;
    signature s = {.scope = scope, .file = file, .list = params};
    s.n = params != 0 ? rp_kids_count(ast, params) : 0;
    s.variadic = s.n != 0 && rp_node_has(ast, rp_kid(ast, params, s.n - 1), RP_Q_VARIADIC);
    return s;
}

static signature of_pointer(const rp_rule_run *run, const rp_body *body, const rp_type *pointer)
{
    const rp_ast *ast = &run->c->files.items[pointer->file]->ast;
    return signature_at(run, body->fn, pointer->file, rp_kid(ast, pointer->node, 2));
}

static signature of_function(const rp_rule_run *run, rp_def_id fn)
{
    const rp_def *d = rp_def_of(run->c, fn);
    return signature_at(run, fn, d->file, rp_kid(rp_def_ast(run->c, fn), d->node, RP_FN_PARAMS));
}

/* Are the parameters others? Only what is certain counts: what pointers lead to, and lifetimes, are
 * one ABI. */
static bool others(rp_rule_run *run, const signature *have, const signature *want)
{
    bool other = have->n != want->n;
    for (uint32_t i = 0; !other && i < have->n; i++) {
        rp_type a = *param_type(run, have->scope, have->file, have->list, i);
        rp_type b = *param_type(run, want->scope, want->file, want->list, i);
        other = differs(&a, &b);
    }
    return other && !have->variadic && !want->variadic;
}

static rp_def_id function_behind(const rp_rule_run *run, const rp_body *body, rp_id value)
{
    rp_id bare = value != 0 ? rp_shape_bare(body->ast, value) : 0;
    rp_ty ty = bare != 0 ? rp_body_type(body, bare) : 0;
    const rp_type *t = rp_type_of(run->types, ty);
    rp_def_id def = t->kind == RP_TY_FN ? t->def : 0;
    return def != 0 && rp_def_of(run->c, def)->kind == RP_DEF_FN ? def : 0;
}

static rp_str reason(const rp_rule_run *run, rp_ty from, const rp_type *pointer)
{
    const rp_type *t = rp_type_of(run->types, from);
    if (is_cmse(run, pointer))
        return RP_STR("an address becomes a function of the non-secure world: nothing checks that "
                      "it lies there, nor what it takes and returns");
    if (t->kind == RP_TY_RAW)
        return RP_STR("a data pointer becomes a function pointer: nothing checks that a function "
                      "of this type is there");
    if (t->kind == RP_TY_PRIMITIVE)
        return RP_STR("a number becomes a function pointer: nothing checks that a function of this "
                      "type is there");
    if (t->kind == RP_TY_FN)
        return RP_STR("a function pointer gets another type: calls through it are checked against "
                      "neither");
    return RP_STR("a function pointer is made by transmute: nothing checks that a function of this "
                  "type is there");
}

enum { MAX_TOKENS = 4096, MAX_CALLS = 256 }; /* looked at for one value */

/* Does a function of this crate call its i-th parameter? As far as its text says. */
static bool calls_param(const rp_rule_run *run, rp_def_id fn, uint32_t i)
{
    const rp_def *d = rp_def_of(run->c, fn);
    const rp_ast *ast = rp_def_ast(run->c, fn);
    rp_id params = d->kind == RP_DEF_FN ? rp_kid(ast, d->node, RP_FN_PARAMS) : 0;
    rp_id param = params != 0 && i < rp_kids_count(ast, params) ? rp_kid(ast, params, i) : 0;
    rp_id body = rp_kid(ast, d->node, RP_FN_BODY);
    if (param == 0 || body == 0)
        return false;
    rp_str name = rp_node_text(ast, rp_kid(ast, param, RP_PARAM_PAT));
    const rp_tokens *t = ast->tokens;
    uint32_t first = rp_node_of(ast, body)->first, last = rp_node_of(ast, body)->last;
    for (uint32_t k = first; k < last && k - first < MAX_TOKENS; k++)
        if (rp_str_eq(rp_token_text(t, k), name) && t->kind[k + 1] == RP_T_OPEN_PAREN)
            return true;
    return false;
}

/* Is the value, or the local of that name, handed to a function of this crate that calls it? */
static bool is_handed_on(const rp_rule_run *run, const rp_body *body, const rp_call *call,
                         rp_id node, rp_str name)
{
    const rp_ast *ast = body->ast;
    if (call->kind != RP_RES_DEF || call->method)
        return false;
    for (uint32_t i = RP_CALL_ARGS; i < rp_kids_count(ast, call->node); i++) {
        rp_id arg = rp_kid(ast, call->node, i);
        bool it = arg == node || (name.len != 0 && rp_str_eq(rp_node_text(ast, arg), name));
        if (it && calls_param(run, call->def, i - RP_CALL_ARGS))
            return true;
    }
    return false;
}

/* Is what the node gives called, at once, through its local, or by a function that it is given? */
static bool is_called(const rp_rule_run *run, const rp_body *body, rp_id node)
{
    const rp_ast *ast = body->ast;
    rp_id up = rp_body_parent(body, node);
    while (up != 0 && (rp_kind_of(ast, up) == RP_N_PAREN || rp_kind_of(ast, up) == RP_N_BLOCK ||
                       rp_kind_of(ast, up) == RP_N_EXPR_STMT)) {
        node = up;
        up = rp_body_parent(body, up);
    }
    if (up != 0 && rp_kind_of(ast, up) == RP_N_CALL && rp_kid(ast, up, 0) == node)
        return true;
    bool let = up != 0 && rp_kind_of(ast, up) == RP_N_LET;
    rp_str name = let ? rp_node_text(ast, rp_kid(ast, up, RP_LET_PAT)) : (rp_str){"", 0};
    for (uint32_t i = 0; i < body->calls.n && i < MAX_CALLS; i++) {
        const rp_call *c = &body->calls.items[i];
        if (let && c->value && rp_str_eq(rp_node_text(ast, rp_kid(ast, c->node, 0)), name))
            return true;
        if (is_handed_on(run, body, c, node, name))
            return true;
    }
    return false;
}

/* Would a call through the pointer give the function other arguments than it takes? A pointer
 * without parameters says nothing of them: C libraries keep callbacks so, and give each back its
 * own type. Only calling it is a mistake. */
static bool is_confused(rp_rule_run *run, const rp_body *body, const rp_transmute *t, rp_def_id fn,
                        const rp_type *pointer)
{
    const rp_type from = *rp_type_of(run->types, t->from);
    signature want = of_pointer(run, body, pointer);
    if (fn != 0) {
        signature have = of_function(run, fn);
        return others(run, &have, &want) && (want.n != 0 || is_called(run, body, t->call->node));
    }
    if (from.kind != RP_TY_FN || from.node == 0)
        return false;
    signature have = of_pointer(run, body, &from);
    return have.n != 0 && want.n != 0 && others(run, &have, &want);
}

/* p.cast(), v.as_ptr(): what they are called on; 0: it is no such call. */
static rp_id through_method(const rp_body *body, rp_id expr, const char *name)
{
    return rp_kind_of(body->ast, expr) == RP_N_METHOD_CALL &&
                   rp_str_starts(rp_node_word(body->ast, expr), name)
               ? rp_kid(body->ast, expr, 0)
               : 0;
}

/* What the bits were first, behind casts and locals. */
static rp_id first_value(const rp_body *body, rp_id expr)
{
    enum { MAX_STEPS = 16 };
    for (unsigned i = 0; expr != 0 && i < MAX_STEPS; i++) {
        expr = rp_shape_bare(body->ast, expr);
        rp_id inner = through_method(body, expr, "cast");
        rp_str name = rp_shape_name(body->ast, expr);
        if (inner == 0 && name.len != 0)
            inner = rp_body_let(body, name, expr);
        if (inner == 0)
            break;
        expr = inner;
    }
    return expr;
}

static bool is_list(const rp_types *types, rp_ty ty)
{
    const rp_type *t = rp_type_of(types, rp_ty_peel(types, ty));
    return t->kind == RP_TY_SLICE || t->kind == RP_TY_ARRAY ||
           (t->kind == RP_TY_STD && rp_str_is(t->name, "std::vec::Vec"));
}

/* An address that safe callers choose, that the source has, or that bytes lie at. Rust has no
 * other way to make a function of what a linker or an atomic pointer gives: where that comes from,
 * cannot be seen here. */
static const char *wrong_origin(rp_rule_run *run, const rp_body *body, rp_id value)
{
    rp_id first = value != 0 ? first_value(body, value) : 0;
    if (first == 0)
        return NULL;
    rp_id param = rp_shape_param(body, rp_shape_name(body->ast, first));
    rp_ty ty = param != 0 ? rp_ty_of_node(run->types, body->fn, body->file, param, NULL) : 0;
    bool data =
        rp_ty_is(run->types, ty) == RP_TY_RAW || rp_ty_is(run->types, ty) == RP_TY_PRIMITIVE;
    if (data && rp_shape_public_and_safe(body))
        return "safe code may pass any address";
    if (rp_kind_of(body->ast, first) == RP_N_LIT)
        return "the address stands in the source";
    rp_id of = through_method(body, first, "as_");
    return of != 0 && is_list(run->types, rp_body_type(body, of)) ? "bytes of data lie here" : NULL;
}

static void explain(rp_rule_run *run, rp_rule_note *n, const rp_body *body, const rp_transmute *t,
                    rp_def_id fn, const char *origin)
{
    if (origin != NULL)
        rp_rule_step_at(run, n, body->file, first_value(body, t->value), rp_str_from(origin));
    if (t->to_node != 0)
        rp_rule_step_at(run, n, body->file, t->to_node, RP_STR("the type that it is called as"));
    if (fn != 0)
        rp_rule_step_at(run, n, rp_def_of(run->c, fn)->file, rp_def_of(run->c, fn)->node,
                        RP_STR("the function"));
    if (n != NULL)
        n->fix = RP_STR("declare the function with its type (extern blocks, a table of typed "
                        "pointers), and build with control flow integrity");
}

/* What is called here is a mistake; what is only kept or handed on may get its own type again,
 * unless safe code has it. */
static rp_rule_confidence confusion(rp_rule_run *run, const rp_body *body, const rp_transmute *t,
                                    rp_def_id fn, rp_str *ret_text)
{
    bool called = is_called(run, body, t->call->node);
    rp_str who =
        fn != 0 ? rp_arena_printf(run->arena, "function %.*s", RP_FMT(rp_def_of(run->c, fn)->name))
                : RP_STR("a function pointer");
    *ret_text = rp_arena_printf(run->arena, "type confusion: %.*s %s another signature",
                                RP_FMT(who), called ? "is called as if it had" : "gets");
    if (called)
        return RP_RULE_CONFIRMED;
    return rp_shape_public_and_safe(body) ? RP_RULE_LIKELY : RP_RULE_REVIEW;
}

static void judge(rp_rule_run *run, const rp_body *body, const rp_transmute *t)
{
    const rp_type *at = pointer_of(run, t->to);
    if (at == NULL)
        return;
    rp_type pointer = *at;
    rp_def_id fn = function_behind(run, body, t->value);
    const char *origin = wrong_origin(run, body, t->value);
    rp_rule_confidence c =
        origin != NULL || is_cmse(run, &pointer) ? RP_RULE_LIKELY : RP_RULE_REVIEW;
    rp_str text = reason(run, t->from, &pointer);
    if (is_confused(run, body, t, fn, &pointer))
        c = confusion(run, body, t, fn, &text);
    explain(run, rp_rule_in(run, body, t->call->node, c, text), body, t, fn, origin);
}

static void look(rp_rule_run *run, const rp_body *body)
{
    rp_transmute t;
    for (uint32_t i = 0; i < body->calls.n; i++)
        if (rp_shape_transmute(run, body, i, &t))
            judge(run, body, &t);
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5144 = {
    .code = "RP5144",
    .name = "transmute-fn-pointer",
    .title = "no function pointer is made by transmute",
    .guide = "Control Flow Integrity (CFI)",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no function pointer is made by transmute",
    .rule = &rule,
};
