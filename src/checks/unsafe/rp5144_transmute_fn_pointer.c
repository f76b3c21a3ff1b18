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

/* Has the function other parameters than the pointer says? Only what is certain counts. */
static bool other_signature(rp_rule_run *run, const rp_body *body, rp_def_id fn,
                            const rp_type *pointer)
{
    const rp_def *d = rp_def_of(run->c, fn);
    rp_id have = rp_kid(rp_def_ast(run->c, fn), d->node, RP_FN_PARAMS);
    rp_id want = rp_kid(&run->c->files.items[pointer->file]->ast, pointer->node, 2);
    uint32_t n = have != 0 ? rp_kids_count(rp_def_ast(run->c, fn), have) : 0;
    uint32_t m = want != 0 ? rp_kids_count(&run->c->files.items[pointer->file]->ast, want) : 0;
    bool other = n != m;
    for (uint32_t i = 0; !other && i < n; i++) {
        rp_type a = *param_type(run, fn, d->file, have, i);
        rp_type b = *param_type(run, body->fn, pointer->file, want, i);
        other = differs(&a, &b);
    }
    return other;
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

/* `callback as *const ()` as fn(): a known function under the type that says nothing, as GLib and
 * others take callbacks and give them back their own. Calling it here would be another matter. */
static bool is_erased(const rp_rule_run *run, const rp_body *body, rp_def_id fn, rp_id call,
                      const rp_type *pointer)
{
    const rp_ast *ast = &run->c->files.items[pointer->file]->ast;
    rp_id params = rp_kid(ast, pointer->node, 2), up = rp_body_parent(body, call);
    bool bare = fn != 0 && (params == 0 || rp_kids_count(ast, params) == 0);
    while (up != 0 && (rp_kind_of(body->ast, up) == RP_N_PAREN ||
                       (rp_kind_of(body->ast, up) == RP_N_CALL &&
                        rp_str_is(rp_node_text(body->ast, rp_kid(body->ast, up, 0)), "Some"))))
        up = rp_body_parent(body, up);
    return bare && up != 0 && rp_kind_of(body->ast, up) == RP_N_CALL &&
           rp_node_of(body->ast, rp_kid(body->ast, up, 0))->last <
               rp_node_of(body->ast, call)->first;
}

static void judge(rp_rule_run *run, const rp_body *body, const rp_transmute *t)
{
    const rp_type *at = pointer_of(run, t->to);
    if (at == NULL)
        return;
    rp_type pointer = *at;
    rp_def_id fn = function_behind(run, body, t->value);
    bool erased = is_erased(run, body, fn, t->call->node, &pointer);
    bool other = !erased && fn != 0 && other_signature(run, body, fn, &pointer);
    rp_str text = reason(run, t->from, &pointer);
    if (other)
        text = rp_arena_printf(run->arena,
                               "type confusion: function %.*s is called as if it had another "
                               "signature",
                               RP_FMT(rp_def_of(run->c, fn)->name));
    rp_rule_note *n = rp_rule_in(run, body, t->call->node,
                                 erased  ? RP_RULE_REVIEW
                                 : other ? RP_RULE_CONFIRMED
                                         : RP_RULE_LIKELY,
                                 text);
    if (t->to_node != 0)
        rp_rule_step_at(run, n, body->file, t->to_node, RP_STR("the type that it is called as"));
    if (fn != 0)
        rp_rule_step_at(run, n, rp_def_of(run->c, fn)->file, rp_def_of(run->c, fn)->node,
                        RP_STR("the function"));
    if (n != NULL)
        n->fix = RP_STR("declare the function with its type (extern blocks, a table of typed "
                        "pointers), and build with control flow integrity");
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
