/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/body_parts.h"
#include "rust/externs.h"

enum { MAX_MACROS = 16 };

const char *rp_unsafe_kind_text(rp_unsafe_kind kind)
{
    switch (kind) {
    case RP_UNSAFE_DEREF:
        return "dereference of a raw pointer";
    case RP_UNSAFE_CALL:
        return "call of an unsafe function";
    case RP_UNSAFE_FOREIGN_CALL:
        return "call of a foreign function";
    case RP_UNSAFE_STATIC_MUT:
        return "use of a mutable static";
    case RP_UNSAFE_FOREIGN_STATIC:
        return "use of a foreign static";
    case RP_UNSAFE_UNION_FIELD:
        return "read of a union's field";
    case RP_UNSAFE_ASM:
        return "inline assembly";
    case RP_UNSAFE_FEATURE_CALL:
        return "call of a function with target features";
    case RP_UNSAFE_MACRO:
        return "macro whose expansion is not known";
    }
    return "";
}

void rp_reader_op(rp_reader *r, rp_id node, rp_unsafe_kind kind, bool sure, uint32_t call)
{
    rp_unsafe_op *op = rp_vec_push(r->t->arena, &r->b->ops);
    if (op == NULL) {
        r->b->refused = true;
        return;
    }
    *op = (rp_unsafe_op){.node = node,
                         .kind = (uint8_t)kind,
                         .sure = sure,
                         .in_block = r->open.n != 0,
                         .in_fn = r->open.n == 0 && r->fn_is_unsafe,
                         .call = call};
    for (uint32_t i = 0; i < r->open.n; i++) {
        rp_unsafe_block *b = &r->b->blocks.items[r->open.items[i]];
        b->all++;
        b->sure += sure;
    }
}

/* ---- calls ---- */

enum { ASKS = RP_DEF_UNSAFE | RP_DEF_FEATURES, MAX_SAME = 64 };

/* What the definitions of one name in `parent` ask of a caller, whatever their platform. */
static void asked_in(const rp_rust_crate *c, rp_def_id parent, rp_str name, unsigned *all,
                     unsigned *any)
{
    unsigned left = MAX_SAME;
    for (rp_def_id id = rp_def_child(c, parent, name); id != 0; id = rp_def_of(c, id)->same) {
        const rp_def *d = rp_def_of(c, id);
        if (left-- == 0) { /* nobody looked at the rest */
            *all = 0;
            *any |= RP_DEF_UNSAFE;
            return;
        }
        if (d->kind != RP_DEF_FN)
            continue;
        *all &= d->flags & ASKS;
        *any |= d->flags & ASKS;
    }
}

/* A call of a function of crate `c`. Of several with its name, for other platforms, the first was
 * found: when they differ nothing is sure. */
static void fn_op(rp_reader *r, const rp_call *call, rp_rust_crate *c, rp_def_id def,
                  uint32_t index)
{
    const rp_def *d = rp_def_of(c, def);
    if (d->kind != RP_DEF_FN)
        return;
    unsigned all = d->flags & ASKS, any = all;
    const rp_impl *own = NULL;
    if (rp_def_of(c, d->parent)->kind == RP_DEF_IMPL) {
        rp_extern_link(c);
        own = rp_impl_of(c, d->parent);
    }
    asked_in(c, d->parent, d->name, &all, &any);
    uint32_t at =
        own != NULL && own->inherent && own->type != 0 ? rp_def_of(c, own->type)->impls : 0;
    for (unsigned n = 0; at != 0 && n < 64; n++) {
        const rp_impl *impl = &c->impls.items[at - 1];
        if (impl->inherent)
            asked_in(c, impl->def, d->name, &all, &any);
        at = impl->next_of_type;
    }
    if (any == 0 || (any == RP_DEF_FEATURES && r->has_features))
        return;
    rp_unsafe_kind kind = (any & RP_DEF_UNSAFE) == 0         ? RP_UNSAFE_FEATURE_CALL
                          : (d->flags & RP_DEF_FOREIGN) != 0 ? RP_UNSAFE_FOREIGN_CALL
                                                             : RP_UNSAFE_CALL;
    rp_reader_op(r, call->node, kind, all == any || (all & RP_DEF_UNSAFE) != 0, index);
}

static bool receiver_known(const rp_reader *r, const rp_call *call)
{
    rp_ty_kind kind = rp_ty_is(r->t, rp_ty_peel(r->t, call->receiver));
    return kind != RP_TY_UNKNOWN && kind != RP_TY_EXTERN && kind != RP_TY_ASSOC &&
           kind != RP_TY_DYN && kind != RP_TY_PARAM; /* a trait of another crate may give it */
}

/* A method whose receiver is not known: unsafe for sure when every method of that name is, not when
 * none is. */
static void by_name(rp_reader *r, const rp_call *call, uint32_t index)
{
    uint32_t first, n = rp_methods_named(r->t->c, call->name, &first);
    uint32_t bad = rp_unsafe_methods(r->t->c, first, n), good = n - bad;
    uint32_t rows = rp_std_count_named(call->name);
    for (uint32_t i = 0; i < rows; i++) {
        const rp_std_item *item = rp_std_named(call->name, i);
        if ((item->flags & RP_STD_METHOD) == 0)
            continue;
        bool is_unsafe = (item->flags & RP_STD_UNSAFE) != 0;
        bad += is_unsafe;
        good += !is_unsafe;
    }
    /* of another crate; or called like a safe one of std, but known for unsafe ones elsewhere */
    bool strange = !rp_std_is_method(call->name) || rp_str_starts(call->name, "deref") ||
                   rp_str_starts(call->name, "as_ref") || rp_str_starts(call->name, "as_mut");
    if (bad != 0 || (strange && !(receiver_known(r, call) && good != 0)))
        rp_reader_op(r, call->node, RP_UNSAFE_CALL, bad != 0 && good == 0, index);
}

/* A method of a standard type that the standard library does not know: a trait gives it, of this
 * crate or another. A function of a type may be one of a trait, too: File::from_raw_fd. */
static void extension(rp_reader *r, const rp_call *call, uint32_t index)
{
    uint32_t rows = rp_std_count_named(call->name);
    bool risky = false; /* some type of std has an unsafe method of that name; does a trait? */
    for (uint32_t i = 0; i < rows; i++)
        risky |= (rp_std_named(call->name, i)->flags & (RP_STD_METHOD | RP_STD_UNSAFE)) ==
                 (RP_STD_METHOD | RP_STD_UNSAFE);
    if (call->method && rp_std_is_method(call->name)) {
        if (risky)
            rp_reader_op(r, call->node, RP_UNSAFE_CALL, false, index);
        return;
    }
    for (uint32_t i = 0; i < rows; i++) {
        const rp_std_item *item = rp_std_named(call->name, i);
        if ((item->flags & RP_STD_OF_TRAIT) != 0 && (item->flags & RP_STD_UNSAFE) != 0) {
            rp_reader_op(r, call->node, RP_UNSAFE_CALL, true, index);
            return;
        }
    }
    if (call->method) {
        by_name(r, call, index);
        return;
    }
    uint32_t first, n = rp_methods_named(r->t->c, call->name, &first);
    if (rp_unsafe_methods(r->t->c, first, n) != 0) /* f64::fast(): of a trait of this crate */
        rp_reader_op(r, call->node, RP_UNSAFE_CALL, false, index);
}

/* Methods of traits that everybody implements, and that are safe whoever does. */
static bool harmless(const rp_call *call)
{
    static const char *const names[] = {
        "borrow", "borrow_mut", "clone",       "cmp",      "eq",        "fmt",
        "hash",   "into",       "into_iter",   "is_empty", "iter",      "len",
        "ne",     "next",       "partial_cmp", "to_owned", "to_string", "try_into"};
    for (size_t i = 0; call->method && i < sizeof names / sizeof names[0]; i++)
        if (rp_str_is(call->name, names[i]))
            return true;
    return false;
}

void rp_reader_call_op(rp_reader *r, const rp_call *call, uint32_t index)
{
    bool arch =
        rp_str_starts(call->path, "std::arch::") || rp_str_starts(call->path, "std::intrinsics::");
    switch (call->kind) {
    case RP_RES_DEF:
        fn_op(r, call, r->t->c, call->def, index);
        break;
    case RP_RES_STD:
        if (call->std != NULL && (call->std->flags & RP_STD_UNSAFE) != 0)
            rp_reader_op(r, call->node, RP_UNSAFE_CALL, true, index);
        else if (arch)
            rp_reader_op(r, call->node, RP_UNSAFE_FEATURE_CALL, false, index);
        else if (call->std == NULL)
            extension(r, call, index);
        break;
    case RP_RES_EXTERN:
        if (call->home != NULL)
            fn_op(r, call, call->home, call->there, index);
        else if (!harmless(call)) /* its source was not read */
            rp_reader_op(r, call->node, RP_UNSAFE_CALL, false, index);
        break;
    default:
        if (call->method)
            by_name(r, call, index);
        else
            rp_reader_op(r, call->node, RP_UNSAFE_CALL, false, index);
        break;
    }
}

/* ---- macros ---- */

typedef enum {
    OPAQUE, /* nothing is known of it */
    VALUES, /* its arguments are expressions that it uses as such */
    PLACE,  /* addr_of!: names a place */
    ASM,
    HARMLESS /* none of its arguments run */
} macro_kind;

static macro_kind macro_of(rp_str name)
{
    static const struct {
        const char *name;
        macro_kind kind;
    } rows[] = {
        {"addr_of", PLACE},
        {"addr_of_mut", PLACE},
        {"asm", ASM},
        {"assert", VALUES},
        {"assert_eq", VALUES},
        {"assert_ne", VALUES},
        {"cfg", HARMLESS},
        {"column", HARMLESS},
        {"compile_error", HARMLESS},
        {"concat", HARMLESS},
        {"dbg", VALUES},
        {"debug_assert", VALUES},
        {"debug_assert_eq", VALUES},
        {"debug_assert_ne", VALUES},
        {"env", HARMLESS},
        {"eprint", VALUES},
        {"eprintln", VALUES},
        {"file", HARMLESS},
        {"format", VALUES},
        {"format_args", VALUES},
        {"global_asm", ASM},
        {"include_bytes", HARMLESS},
        {"include_str", HARMLESS},
        {"line", HARMLESS},
        {"llvm_asm", ASM},
        {"matches", VALUES},
        {"module_path", HARMLESS},
        {"naked_asm", ASM},
        {"offset_of", HARMLESS},
        {"option_env", HARMLESS},
        {"panic", VALUES},
        {"print", VALUES},
        {"println", VALUES},
        {"stringify", HARMLESS},
        {"todo", VALUES},
        {"unimplemented", VALUES},
        {"unreachable", VALUES},
        {"vec", VALUES},
        {"write", VALUES},
        {"writeln", VALUES},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rp_str_is(name, rows[i].name))
            return rows[i].kind;
    return OPAQUE;
}

/* A comma or semicolon at the top of [from, to), `to` when there is none. */
static uint32_t split_at(const rp_tokens *t, uint32_t from, uint32_t to, rp_token_kind kind)
{
    while (from < to && t->kind[from] != kind)
        from = rp_tokens_after_tree(t, from);
    return from < to ? from : to;
}

static void one_part(rp_reader *r, rp_id node, uint32_t from, uint32_t to)
{
    uint32_t end;
    rp_id list = rp_parse_fragment(r->b->ast, RP_PARSE_EXPRS_ALL, from, to, false, &end);
    if (list != 0)
        rp_reader_walk(r, list, node);
    else if (from < to && r->macros > 0)
        rp_reader_op(r, node, RP_UNSAFE_MACRO, false, 0);
}

/* matches!(value, pattern): the value alone. */
static void arguments(rp_reader *r, rp_id node, rp_str name, uint32_t open, uint32_t close)
{
    const rp_tokens *t = r->b->ast->tokens;
    uint32_t from = open + 1, to = close;
    if (rp_str_is(name, "matches"))
        to = split_at(t, from, close, RP_T_COMMA);
    if (rp_str_is(name, "vec")) {
        uint32_t semi = split_at(t, from, close, RP_T_SEMI);
        if (semi < close)
            one_part(r, node, semi + 1, close);
        to = semi;
    }
    one_part(r, node, from, to);
}

static rp_ty macro_type(rp_reader *r, rp_str name)
{
    if (rp_str_is(name, "format"))
        return rp_reader_std(r, "std::string::String", 0);
    if (rp_str_is(name, "vec"))
        return rp_reader_std(r, "std::vec::Vec", 0);
    if (rp_str_is(name, "addr_of") || rp_str_is(name, "addr_of_mut"))
        return rp_ty_of_one(r->t, RP_TY_RAW, 0, rp_str_is(name, "addr_of_mut"));
    rp_type never = {.kind = RP_TY_NEVER};
    bool ends = rp_str_is(name, "panic") || rp_str_is(name, "unreachable") ||
                rp_str_is(name, "todo") || rp_str_is(name, "unimplemented");
    return ends ? rp_ty_new(r->t, &never) : 0;
}

void rp_reader_macro(rp_reader *r, rp_id node)
{
    rp_id path = rp_kid(r->b->ast, node, 0);
    rp_str name = path != 0 ? rp_node_word(r->b->ast, path) : RP_STR("");
    macro_kind kind = macro_of(name);
    uint32_t open, close;
    rp_reader_set(r, node, macro_type(r, name));
    if (kind == ASM)
        rp_reader_op(r, node, RP_UNSAFE_ASM, true, 0);
    if (kind == OPAQUE)
        rp_reader_op(r, node, RP_UNSAFE_MACRO, false, 0);
    if (kind == HARMLESS || kind == ASM || r->macros >= MAX_MACROS ||
        !rp_node_group(r->b->ast, node, &open, &close))
        return;
    bool before = r->safe_place;
    r->safe_place |= kind == PLACE;
    r->macros++;
    arguments(r, node, name, open, close);
    r->macros--;
    r->safe_place = before;
}
