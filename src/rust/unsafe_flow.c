/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "base/limits.h"
#include "rust/unsafe_flow.h"

enum { MAX_SOURCES = 64, MAX_DEPTH = 1500, MAX_HITS = 256, MAX_STEPS = 1 << 20 };

/* Loops in loops run twice each: what a body may cost rests on its size. */
static uint32_t steps_of(const rp_body *b)
{
    uint32_t most = b->n > MAX_STEPS / 4 ? 4 * b->n : MAX_STEPS;
    return b->n < MAX_STEPS / 64 ? 4096 + 64 * b->n : most;
}

/* What holds at one point of the run. */
typedef struct {
    uint64_t live;              /* sources, by number */
    uint32_t guards;            /* locals with a destructor of this crate */
    uint32_t assigned;          /* … of them those that were declared before they had a value */
    rp_id reserved;             /* the last call that made room and wrote nothing */
    bool filled;                /* something was written since */
    bool dropped_sure, counted; /* counted: a length or index was set */
    bool wrote;                 /* an element, and not counted it */
    rp_id dropped;              /* by unknown code, before anything was counted */
    rp_id grown, grown_under;   /* a length that grew; unknown code that ran since */
    rp_id handed;               /* a call of no std function that had a pointer to the memory */
    rp_id way_out;              /* `?` or return while something exists twice */
    bool flagged;               /* a flag of self says that something is under way */
    bool undropped;             /* something is in ManuallyDrop: a copy of it is its one owner */
    bool emptied;               /* a length was made smaller: what is taken out has no owner */
    bool forgot; /* an owner gave its memory up: from its parts comes the one owner */
    bool dead;   /* the run does not come here */
} state;

typedef struct {
    rp_id node;
    uint8_t kind;
    bool uninit;
    bool alone; /* a value that has no second owner, for all that is seen */
} source;

typedef struct loop {
    struct loop *up;
    state out; /* joined from each break */
    bool any;
} loop;

typedef struct {
    const rp_body *b;
    const rp_ast *ast;
    rp_flow_scope scope;
    rp_flow *out;
    source sources[MAX_SOURCES];
    uint32_t nsources;
    rp_id *extra, *next; /* by node - low: trees of a macro's arguments, and the next one */
    loop *loops;
    unsigned depth;
    uint32_t steps;
} flow;

static void eval(flow *f, rp_id node, state *s);

static void join(state *to, const state *from)
{
    if (from->dead)
        return;
    if (to->dead) {
        *to = *from;
        return;
    }
    to->live |= from->live;
    to->guards = to->guards < from->guards ? to->guards : from->guards;
    to->assigned = to->assigned < from->assigned ? to->assigned : from->assigned;
    to->reserved = to->reserved != 0 ? to->reserved : from->reserved;
    to->filled = to->filled || from->filled;
    to->emptied = to->emptied && from->emptied;
    to->undropped = to->undropped && from->undropped;
    to->flagged = to->flagged && from->flagged;
    to->forgot = to->forgot && from->forgot;
    to->counted = to->counted && from->counted;
    to->wrote = to->wrote || from->wrote;
    to->dropped_sure = to->dropped != 0 ? to->dropped_sure : from->dropped_sure;
    to->dropped = to->dropped != 0 ? to->dropped : from->dropped;
    to->grown = to->grown != 0 ? to->grown : from->grown;
    to->grown_under = to->grown_under != 0 ? to->grown_under : from->grown_under;
    to->handed = to->handed == from->handed ? to->handed : 0;
    to->way_out = to->way_out != 0 ? to->way_out : from->way_out;
}

static uint64_t of_kinds(const flow *f, unsigned kinds)
{
    uint64_t set = 0;
    for (uint32_t i = 0; i < f->nsources; i++)
        if ((kinds >> f->sources[i].kind & 1) != 0)
            set |= UINT64_C(1) << i;
    return set;
}

/* ---- sources and sinks ---- */

static void add_source(flow *f, state *s, rp_id node, rp_flow_source kind, bool alone)
{
    uint32_t i = 0;
    while (i < f->nsources && f->sources[i].node != node)
        i++;
    if (i >= MAX_SOURCES) { /* what they leave unsound is not known */
        f->out->refused = true;
        return;
    }
    if (i == f->nsources)
        f->sources[f->nsources++] = (source){.node = node, .kind = (uint8_t)kind, .alone = alone};
    f->sources[i].uninit |= s->reserved != 0 && !s->filled;
    s->live |= UINT64_C(1) << i;
}

static bool known_hit(const flow *f, rp_id from, rp_id to)
{
    for (uint32_t i = 0; i < f->out->hits.n; i++)
        if (f->out->hits.items[i].source == from && f->out->hits.items[i].sink == to)
            return true;
    return false;
}

static void misorder(flow *f, const state *s, rp_flow_order kind, bool sure, rp_id first,
                     rp_id between, rp_id last)
{
    for (uint32_t i = 0; i < f->out->misorders.n; i++)
        if (f->out->misorders.items[i].kind == kind)
            return; /* one of a kind says it */
    rp_flow_misorder *m = rp_vec_push(f->b->types->arena, &f->out->misorders);
    if (m == NULL) {
        f->out->refused = true;
        return;
    }
    *m = (rp_flow_misorder){.kind = (uint8_t)kind,
                            .sure = sure,
                            .guarded = s->guards != 0,
                            .first = first,
                            .between = between,
                            .last = last};
}

/* A length, an index or a link says what is alive from here on. */
static void count(flow *f, state *s, rp_id node, bool grows)
{
    if (s->dropped != 0)
        misorder(f, s, RP_FLOW_DROP_FIRST, s->dropped_sure, s->dropped, 0, node);
    s->dropped = 0;
    s->counted = true;
    if (grows && !s->wrote)
        s->grown = node;
    s->grown_under = 0;
    s->wrote = false;
}

static void wrote(flow *f, state *s, rp_id node)
{
    if (s->grown != 0 && s->grown_under != 0)
        misorder(f, s, RP_FLOW_COUNT_FIRST, true, s->grown, s->grown_under, node);
    s->grown = s->grown_under = 0;
    s->wrote = true;
}

/* drop(self.remove(i)): the function that gave the value has taken it out of the account. */
static bool is_taken_out(const flow *f, rp_id drop)
{
    const rp_call *call = rp_body_call(f->b, drop);
    rp_id what = call != NULL && !call->method ? rp_kid(f->ast, drop, RP_CALL_ARGS) : 0;
    const rp_call *from = what != 0 ? rp_body_call(f->b, what) : NULL;
    return from != NULL && from->method && from->kind == RP_RES_DEF;
}

static void add_sink(flow *f, state *s, rp_id node, rp_flow_sink kind, bool sure)
{
    if (kind == RP_FLOW_DROP && !s->counted && s->dropped == 0 && !is_taken_out(f, node)) {
        s->dropped = node;
        s->dropped_sure = sure;
    }
    if (kind != RP_FLOW_DROP && sure && s->grown != 0 && s->grown_under == 0)
        s->grown_under = node;
    bool text = rp_flow_takes_char(&f->scope, node);
    for (uint32_t i = 0; i < f->nsources; i++) {
        const source *from = &f->sources[i];
        bool bare = (kind == RP_FLOW_DROP && from->kind == RP_FLOW_SET_LEN) ||
                    (from->kind == RP_FLOW_COPY_TEXT && !text);
        if ((s->live >> i & 1) == 0 || bare || known_hit(f, from->node, node))
            continue;
        if (f->out->hits.n >= MAX_HITS) {
            f->out->refused = true;
            return;
        }
        rp_flow_hit *h = rp_vec_push(f->b->types->arena, &f->out->hits);
        if (h == NULL) {
            f->out->refused = true;
            return;
        }
        *h = (rp_flow_hit){.source = from->node,
                           .sink = node,
                           .source_kind = from->kind,
                           .sink_kind = (uint8_t)kind,
                           .sure = sure,
                           .guarded = s->guards != 0 || from->alone || s->flagged ||
                                      rp_flow_is_restored(f->b, from->node, node) ||
                                      (s->undropped && from->kind == RP_FLOW_READ),
                           .uninit = from->uninit,
                           .text = text};
    }
}

/* ---- what calls do to the state ---- */

static bool ends_with(rp_str text, const char *end)
{
    size_t n = strlen(end);
    return text.len >= n && memcmp(text.ptr + text.len - n, end, n) == 0;
}

/* Does the argument lead to the memory itself: v.as_mut_ptr(), &mut v? */
static bool hands_out(const flow *f, const rp_call *call)
{
    uint32_t first = call->method ? RP_METHOD_ARGS : RP_CALL_ARGS;
    for (uint32_t i = first; i < rp_kids_count(f->ast, call->node); i++) {
        rp_str text = rp_node_text(f->ast, rp_kid(f->ast, call->node, i));
        for (size_t at = 0; at + 10 <= text.len; at++)
            if (memcmp(text.ptr + at, "as_mut_ptr", 10) == 0)
                return true;
    }
    return false;
}

static bool has(rp_str text, rp_str word)
{
    for (size_t i = 0; word.len != 0 && i + word.len <= text.len; i++)
        if (memcmp(text.ptr + i, word.ptr, word.len) == 0)
            return true;
    return false;
}

/* read_into(v.as_mut_ptr(), n); v.set_len(n): what is counted was written by somebody else. */
static bool was_handed_out(const flow *f, const state *s, const rp_call *set_len)
{
    rp_id owner = rp_kid(f->ast, set_len->node, 0);
    if (s->handed == 0 || owner == 0)
        return false;
    rp_str text = rp_node_text(f->ast, owner);
    rp_str pointer = rp_arena_printf(f->b->types->arena, "%.*s.as_mut_ptr", RP_FMT(text));
    return has(rp_node_text(f->ast, s->handed), pointer);
}

/* forget(x) behind ptr::read(&x) and a way out: on that way x is dropped, and its copy too. */
static void late_forget(flow *f, const rp_call *call, const state *s)
{
    rp_id what = rp_kid(f->ast, call->node, RP_CALL_ARGS);
    uint64_t twice = of_kinds(f, 1u << RP_FLOW_READ | 1u << RP_FLOW_FROM_PARTS);
    if (s->way_out == 0 || what == 0 || rp_kind_of(f->ast, what) != RP_N_PATH_EXPR)
        return;
    rp_str name = rp_node_text(f->ast, what);
    for (uint32_t i = 0; i < f->nsources; i++)
        if ((s->live >> i & twice >> i & 1) != 0 &&
            has(rp_node_text(f->ast, f->sources[i].node), name))
            misorder(f, s, RP_FLOW_LATE_FORGET, true, f->sources[i].node, s->way_out, call->node);
}

/* ptr::copy_nonoverlapping(&tmp, hole, 1): what was read out before fills the hole. */
static bool puts_back(const flow *f, const rp_call *call)
{
    rp_id from = call->method ? 0 : rp_kid(f->ast, call->node, RP_CALL_ARGS);
    while (from != 0 && rp_kind_of(f->ast, from) == RP_N_CAST)
        from = rp_kid(f->ast, from, 0);
    if (!rp_str_starts(call->name, "copy") || from == 0 || rp_kind_of(f->ast, from) != RP_N_REF)
        return false;
    rp_id what = rp_kid(f->ast, from, 0);
    return what != 0 && rp_kind_of(f->ast, what) == RP_N_PATH_EXPR &&
           !rp_flow_is_param(f->b, rp_node_text(f->ast, what));
}

/* initialize(&mut buf[n..]), zero_fill(…): a function of the crate, or one that is not known. */
static bool fills_by_name(const rp_call *call)
{
    bool named = has(call->name, RP_STR("init")) || has(call->name, RP_STR("zero")) ||
                 has(call->name, RP_STR("fill"));
    return named && !call->method && call->kind != RP_RES_STD;
}

static rp_str root_text(const flow *f, rp_id at)
{
    while (at != 0 && (rp_kind_of(f->ast, at) == RP_N_METHOD_CALL ||
                       rp_kind_of(f->ast, at) == RP_N_CAST || rp_kind_of(f->ast, at) == RP_N_PAREN))
        at = rp_kid(f->ast, at, 0);
    return at != 0 ? rp_node_text(f->ast, at) : RP_STR("");
}

/* ptr::copy(p, p.add(n), len) makes room between elements: nothing new is written. */
static bool moves_within(const flow *f, const rp_call *call)
{
    if (call->method || !rp_str_is(call->name, "copy"))
        return false;
    rp_str from = root_text(f, rp_kid(f->ast, call->node, RP_CALL_ARGS));
    rp_str to = root_text(f, rp_kid(f->ast, call->node, RP_CALL_ARGS + 1));
    return from.len != 0 && rp_str_eq(from, to);
}

static void kills(flow *f, const rp_call *call, state *s)
{
    static const char *const fills[] = {
        "copy_nonoverlapping", "copy",           "copy_to",         "copy_from",        "write",
        "write_bytes",         "write_volatile", "copy_from_slice", "extend_from_slice"};
    bool forget = rp_str_is(call->name, "forget") || rp_str_is(call->name, "into_raw");
    if (rp_str_is(call->name, "forget"))
        late_forget(f, call, s);
    if (forget || ends_with(call->path, "ManuallyDrop::new"))
        s->live &= ~of_kinds(f, 1u << RP_FLOW_READ);
    if (forget) /* ManuallyDrop is no help where the second owner may grow and move */
        s->live &= ~of_kinds(f, 1u << RP_FLOW_FROM_PARTS);
    if (ends_with(call->path, "ManuallyDrop::new"))
        s->undropped = true;
    s->forgot |= forget;
    if (rp_str_is(call->name, "set_len")) {
        s->live &= ~of_kinds(f, 1u << RP_FLOW_SET_LEN);
        s->emptied = rp_flow_shrinks(&f->scope, call);
        if (s->emptied) /* what was moved about has no owner now */
            s->live &= ~of_kinds(f, 1u << RP_FLOW_READ | 1u << RP_FLOW_COPY |
                                        1u << RP_FLOW_COPY_TEXT | 1u << RP_FLOW_WRITE);
    }
    if (rp_str_is(call->name, "with_capacity") || rp_str_starts(call->name, "reserve") ||
        rp_str_starts(call->name, "with_capacity_")) {
        s->reserved = call->node;
        s->filled = false;
    }
    for (size_t i = 0; i < sizeof fills / sizeof fills[0]; i++) {
        if (!rp_str_is(call->name, fills[i]) || moves_within(f, call))
            continue;
        s->filled = true;
        wrote(f, s, call->node);
    }
    if (rp_str_is(call->name, "set_len"))
        count(f, s, call->node, false);
    if (rp_str_is(call->name, "write"))
        s->live &= ~of_kinds(f, 1u << RP_FLOW_READ);
    if (puts_back(f, call))
        s->live &= ~of_kinds(f, 1u << RP_FLOW_READ | 1u << RP_FLOW_COPY);
    rp_flow_source kind;
    if (call->kind != RP_RES_STD && !call->value && hands_out(f, call))
        s->handed = call->node;
    if ((hands_out(f, call) && !rp_flow_source_of(&f->scope, call, &kind)) || fills_by_name(call))
        s->filled = true;
}

static void unwritten(flow *f, const state *s, rp_id set_len)
{
    for (uint32_t i = 0; i < f->out->unwritten.n; i++)
        if (f->out->unwritten.items[i].set_len == set_len)
            return;
    rp_flow_unwritten *u = rp_vec_push(f->b->types->arena, &f->out->unwritten);
    if (u != NULL)
        *u = (rp_flow_unwritten){.reserve = s->reserved, .set_len = set_len};
    else
        f->out->refused = true;
}

static void call_effect(flow *f, rp_id node, state *s)
{
    const rp_call *call = rp_body_call(f->b, node);
    rp_flow_source from;
    rp_flow_sink to;
    bool sure;
    if (call == NULL)
        return;
    bool is_source = rp_flow_source_of(&f->scope, call, &from);
    bool wrote_before = s->wrote; /* an element, and then its place is counted */
    bool failing = is_source && from == RP_FLOW_SET_LEN && /* of a file: a vector's cannot fail */
                   rp_kind_of(f->ast, rp_body_parent(f->b, node)) == RP_N_TRY;
    is_source = is_source && !failing;
    if (!is_source && rp_flow_sink_of(&f->scope, call, &to, &sure))
        add_sink(f, s, node, to, sure);
    kills(f, call, s);
    bool skip = is_source && from == RP_FLOW_SET_LEN &&
                ((s->reserved != 0 && s->filled) || wrote_before || was_handed_out(f, s, call));
    skip |= is_source && s->emptied &&
            (from == RP_FLOW_READ || from == RP_FLOW_COPY || from == RP_FLOW_COPY_TEXT ||
             from == RP_FLOW_WRITE);
    skip |= is_source && s->forgot && from == RP_FLOW_FROM_PARTS;
    skip |= is_source && from == RP_FLOW_COPY && puts_back(f, call);
    if (is_source && from == RP_FLOW_SET_LEN && s->reserved != 0 && !s->filled)
        unwritten(f, s, node);
    if (is_source && !skip)
        add_source(f, s, node, from,
                   from == RP_FLOW_READ && (s->forgot || rp_flow_is_alone(&f->scope, call)));
    if (rp_ty_is(f->b->types, rp_body_type(f->b, node)) == RP_TY_NEVER ||
        ends_with(call->path, "process::abort") || ends_with(call->path, "process::exit"))
        s->dead = true;
}

/* ---- statements and expressions ---- */

static bool runs(rp_node_kind kind)
{
    return kind == RP_N_PATH_EXPR ||
           (!rp_is_item(kind) && !rp_is_type(kind) && !rp_is_pattern(kind) && !rp_is_path(kind) &&
            kind != RP_N_ATTRS && kind != RP_N_GENERIC_ARGS && kind != RP_N_PARAMS);
}

static void kids(flow *f, rp_id node, state *s)
{
    for (uint32_t i = 0; i < rp_kids_count(f->ast, node); i++)
        eval(f, rp_kid(f->ast, node, i), s);
}

static void let(flow *f, rp_id node, state *s)
{
    rp_id init = rp_kid(f->ast, node, RP_LET_INIT), other = rp_kid(f->ast, node, RP_LET_ELSE);
    eval(f, init, s);
    if (other != 0) {
        state instead = *s;
        eval(f, other, &instead);
    }
    s->undropped |= init != 0 && has(rp_node_text(f->ast, init), RP_STR("ManuallyDrop::new"));
    rp_id type = rp_kid(f->ast, node, RP_LET_TYPE);
    rp_ty ty = init != 0 ? rp_body_type(f->b, init) : 0;
    if (ty == 0 && type != 0)
        ty = rp_ty_of_node(f->b->types, f->b->fn, f->b->file, type, NULL);
    s->guards += rp_flow_is_guard(f->b, ty);
}

static void block(flow *f, rp_id node, state *s)
{
    loop here = {.up = f->loops};
    uint32_t before = s->guards, assigned = s->assigned;
    uint64_t live = s->live;
    bool labelled = rp_kid(f->ast, node, RP_BLOCK_LABEL) != 0;
    if (labelled)
        f->loops = &here;
    for (uint32_t i = RP_BLOCK_STMTS; i < rp_kids_count(f->ast, node); i++)
        eval(f, rp_kid(f->ast, node, i), s);
    f->loops = here.up;
    if (labelled && here.any)
        join(s, &here.out);
    uint32_t stay = s->assigned > assigned ? s->assigned - assigned : 0;
    if (s->guards > before + stay) /* its destructor has set right what was done beside it */
        s->live &= live;
    s->guards = before + stay;
}

static void leave_loop(flow *f, rp_id node, state *s)
{
    eval(f, rp_kid(f->ast, node, 1), s);
    bool labelled = rp_kid(f->ast, node, 0) != 0; /* which one: any of those around */
    for (loop *l = f->loops; l != NULL && !s->dead; l = labelled ? l->up : NULL) {
        if (l->any)
            join(&l->out, s);
        else
            l->out = *s;
        l->any = true;
    }
    s->dead = true;
}

/* A body that runs again: twice shows what the first time leaves for the second. */
static void repeat(flow *f, rp_id node, rp_id cond, rp_id body, state *s)
{
    loop here = {.up = f->loops};
    bool endless = rp_kind_of(f->ast, node) == RP_N_LOOP;
    bool iterates = rp_kind_of(f->ast, node) == RP_N_FOR;
    state after = *s;
    f->loops = &here;
    after.dead = endless;
    for (unsigned i = 0; i < 2; i++) {
        if (i == 1) /* the order of one pass says nothing of the next */
            s->grown = s->grown_under = s->dropped = 0;
        if (iterates && rp_flow_is_generic(&f->scope, rp_body_type(f->b, cond)))
            add_sink(f, s, cond, RP_FLOW_ITERATOR, true);
        else if (!iterates)
            eval(f, cond, s);
        if (!endless)
            join(&after, s);
        eval(f, body, s);
        s->dead = false; /* `continue` comes back, too */
        if (!endless)
            join(&after, s);
    }
    f->loops = here.up;
    if (here.any)
        join(&after, &here.out);
    *s = after;
}

static void branch(flow *f, rp_id node, state *s)
{
    eval(f, rp_kid(f->ast, node, RP_IF_COND), s);
    state other = *s;
    eval(f, rp_kid(f->ast, node, RP_IF_THEN), s);
    eval(f, rp_kid(f->ast, node, RP_IF_ELSE), &other);
    join(s, &other);
}

static void match(flow *f, rp_id node, state *s)
{
    eval(f, rp_kid(f->ast, node, RP_MATCH_EXPR), s);
    state before = *s;
    uint32_t n = rp_kids_count(f->ast, node);
    s->dead = n > RP_MATCH_ARMS || s->dead;
    for (uint32_t i = RP_MATCH_ARMS; i < n; i++) {
        state arm = before;
        rp_id id = rp_kid(f->ast, node, i);
        eval(f, rp_kid(f->ast, id, RP_ARM_GUARD), &arm);
        eval(f, rp_kid(f->ast, id, RP_ARM_BODY), &arm);
        join(s, &arm);
    }
}

static void closure(flow *f, rp_id node, state *s)
{
    state in = *s;
    loop *loops = f->loops;
    f->loops = NULL;
    eval(f, rp_kid(f->ast, node, RP_CLOSURE_BODY), &in);
    f->loops = loops;
    in.dead = false;
    join(s, &in);
}

static bool is_parameter(const flow *f, rp_id node)
{
    rp_ty ty = node != 0 ? rp_body_type(f->b, node) : 0;
    rp_ty_kind kind = rp_ty_is(f->b->types, ty);
    if (kind == RP_TY_REF)
        kind = rp_ty_is(f->b->types, rp_ty_arg(f->b->types, ty, 0));
    return (kind == RP_TY_PARAM || kind == RP_TY_ASSOC) && rp_flow_is_generic(&f->scope, ty);
}

/* A field whose name says that it keeps account of what is alive. */
static bool counts(const flow *f, rp_id place)
{
    static const char *const names[] = {"back",  "count", "end",  "front",  "head",
                                        "index", "left",  "len",  "length", "next",
                                        "prev",  "right", "size", "start",  "tail"};
    if (rp_kind_of(f->ast, place) != RP_N_FIELD_EXPR)
        return false;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (rp_str_is(rp_node_word(f->ast, place), names[i]))
            return true;
    return false;
}

/* self.len, a parameter's: what a local keeps account of is its own function's. */
static bool outlives(const flow *f, rp_id place)
{
    while (rp_kind_of(f->ast, place) == RP_N_FIELD_EXPR ||
           rp_kind_of(f->ast, place) == RP_N_DEREF || rp_kind_of(f->ast, place) == RP_N_PAREN)
        place = rp_kid(f->ast, place, 0);
    if (place == 0 || rp_kind_of(f->ast, place) != RP_N_PATH_EXPR)
        return true;
    rp_str name = rp_node_text(f->ast, place);
    return rp_str_is(name, "self") || rp_flow_is_param(f->b, name);
}

/* x.len += n; x.len = x.len + n */
static bool grows(const flow *f, rp_id assign)
{
    rp_id right = rp_kid(f->ast, assign, 1);
    unsigned op = rp_node_of(f->ast, assign)->aux;
    bool sum = right != 0 && rp_kind_of(f->ast, right) == RP_N_BINARY &&
               rp_node_of(f->ast, right)->aux == RP_OP_ADD;
    return op == RP_OP_ADD || (op == RP_OP_NONE && sum);
}

static void way_out(flow *f, rp_id node, state *s)
{
    kids(f, node, s);
    if ((s->live & of_kinds(f, 1u << RP_FLOW_READ | 1u << RP_FLOW_FROM_PARTS)) != 0)
        s->way_out = node;
}

/* self.panicking = true; … = false: the destructor asks it. */
static void flag(const flow *f, rp_id value, state *s)
{
    rp_str text = rp_node_text(f->ast, value);
    s->flagged = (s->flagged || rp_str_is(text, "true")) && !rp_str_is(text, "false");
}

static void operators(flow *f, rp_id node, state *s)
{
    rp_node_kind kind = rp_kind_of(f->ast, node);
    unsigned op = rp_node_of(f->ast, node)->aux;
    rp_id left = rp_kid(f->ast, node, 0);
    bool lazy = kind == RP_N_BINARY && (op == RP_OP_AND || op == RP_OP_OR);
    if (kind == RP_N_ASSIGN) {
        eval(f, rp_kid(f->ast, node, 1), s);
        eval(f, left, s);
    } else if (lazy) {
        eval(f, left, s);
        state other = *s;
        eval(f, rp_kid(f->ast, node, 1), &other);
        join(s, &other);
    } else {
        kids(f, node, s);
    }
    bool plain = kind == RP_N_ASSIGN && op == RP_OP_NONE;
    if (s->dead || lazy || (kind == RP_N_DEREF && !is_parameter(f, left)))
        return;
    if (kind == RP_N_ASSIGN && counts(f, left))
        count(f, s, node, grows(f, node) && outlives(f, left));
    if (plain && rp_flow_is_guard(f->b, rp_body_type(f->b, rp_kid(f->ast, node, 1)))) {
        s->guards++;
        s->assigned++;
    }
    if (plain && rp_kind_of(f->ast, left) == RP_N_FIELD_EXPR)
        flag(f, rp_kid(f->ast, node, 1), s);
    if (plain && rp_kind_of(f->ast, left) == RP_N_DEREF)
        s->filled = true;
    else if (!plain && kind != RP_N_DEREF && is_parameter(f, left))
        add_sink(f, s, node, RP_FLOW_OPERATOR, true);
}

/* A macro that is given a pointer, and is none of those that print or test, may write through it.
 */
static bool may_write(const flow *f, rp_id node)
{
    static const char *const harmless[] = {"assert", "debug_assert", "print", "eprint",
                                           "format", "panic",        "dbg",   "trace"};
    rp_str text = rp_node_text(f->ast, node);
    for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++)
        if (rp_str_starts(text, harmless[i]))
            return false;
    return has(text, RP_STR("ptr"));
}

static void macro(flow *f, rp_id node, state *s)
{
    rp_id at = node - f->b->low < f->b->n ? f->extra[node - f->b->low] : 0;
    if (may_write(f, node))
        s->filled = true;
    for (; at != 0; at = f->next[at - f->b->low])
        eval(f, at, s);
    if (rp_ty_is(f->b->types, rp_body_type(f->b, node)) == RP_TY_NEVER)
        s->dead = true;
}

/* abort_on_unwind(|| f(x)), catch_unwind(AssertUnwindSafe(|| f(x))): what panics in there does not
 * come out by itself. */
static bool holds_panics(const flow *f, rp_id node)
{
    const rp_call *made = rp_body_call(f->b, node);
    return made != NULL &&
           (has(made->name, RP_STR("abort")) || has(made->name, RP_STR("no_unwind")) ||
            has(made->name, RP_STR("catch_unwind")) || rp_str_is(made->name, "AssertUnwindSafe"));
}

static void call(flow *f, rp_id node, state *s)
{
    bool holds = holds_panics(f, node);
    for (uint32_t i = 0; i < rp_kids_count(f->ast, node); i++) {
        rp_id kid = rp_kid(f->ast, node, i);
        if (!(holds && kid != 0 && rp_kind_of(f->ast, kid) == RP_N_CLOSURE))
            eval(f, kid, s);
    }
    if (!s->dead)
        call_effect(f, node, s);
}

static void dispatch(flow *f, rp_id node, state *s)
{
    switch (rp_kind_of(f->ast, node)) {
    case RP_N_BLOCK:
        block(f, node, s);
        break;
    case RP_N_LET:
        let(f, node, s);
        break;
    case RP_N_IF:
        branch(f, node, s);
        break;
    case RP_N_MATCH:
        match(f, node, s);
        break;
    case RP_N_LOOP:
        repeat(f, node, 0, rp_kid(f->ast, node, RP_LOOP_BODY), s);
        break;
    case RP_N_WHILE:
        repeat(f, node, rp_kid(f->ast, node, RP_WHILE_COND), rp_kid(f->ast, node, RP_WHILE_BODY),
               s);
        break;
    case RP_N_FOR:
        eval(f, rp_kid(f->ast, node, RP_FOR_ITER), s);
        repeat(f, node, rp_kid(f->ast, node, RP_FOR_ITER), rp_kid(f->ast, node, RP_FOR_BODY), s);
        break;
    case RP_N_CLOSURE:
        closure(f, node, s);
        break;
    case RP_N_BREAK:
        leave_loop(f, node, s);
        break;
    case RP_N_RETURN:
    case RP_N_CONTINUE:
    case RP_N_BECOME:
        kids(f, node, s);
        s->dead = true;
        break;
    case RP_N_CALL:
    case RP_N_METHOD_CALL:
        call(f, node, s);
        break;
    case RP_N_TRY:
        way_out(f, node, s);
        break;
    case RP_N_BINARY:
    case RP_N_ASSIGN:
    case RP_N_NEG:
    case RP_N_NOT:
    case RP_N_INDEX:
    case RP_N_DEREF:
        operators(f, node, s);
        break;
    case RP_N_MACRO_CALL:
        macro(f, node, s);
        break;
    default:
        kids(f, node, s);
        break;
    }
}

static void eval(flow *f, rp_id node, state *s)
{
    if (node == 0 || s->dead || !runs(rp_kind_of(f->ast, node)))
        return;
    if (f->depth >= MAX_DEPTH || f->steps >= steps_of(f->b)) {
        f->out->refused = true;
        return;
    }
    f->depth++;
    f->steps++;
    dispatch(f, node, s);
    f->depth--;
}

/* Macros' arguments are trees beside the body's: their roots know the call as their parent. */
static bool find_arguments(flow *f)
{
    const rp_body *b = f->b;
    f->extra = rp_new(b->types->arena, b->n, rp_id);
    f->next = rp_new(b->types->arena, b->n, rp_id);
    if (f->extra == NULL || f->next == NULL)
        return false;
    for (uint32_t i = b->n; i-- > 0;) {
        rp_id up = b->parent[i];
        if (up < b->low || up - b->low >= b->n || rp_kind_of(f->ast, up) != RP_N_MACRO_CALL ||
            rp_kid(f->ast, up, 0) == b->low + i)
            continue;
        f->next[i] = f->extra[up - b->low];
        f->extra[up - b->low] = b->low + i;
    }
    return true;
}

void rp_flow_read(const rp_body *body, rp_flow *ret)
{
    flow f = {.b = body, .ast = body->ast, .out = ret};
    state s = {.live = 0};
    *ret = (rp_flow){.refused = body->refused};
    if (!find_arguments(&f)) {
        ret->refused = true;
        return;
    }
    rp_flow_scope_read(body, &f.scope);
    s.guards = rp_flow_given_guards(body) + rp_flow_is_told(body) + rp_flow_never_returns(body);
    eval(&f, body->root, &s);
}
