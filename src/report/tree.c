/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* tree: who asks for whom, as cargo tree shows it. */
#include "report/style.h"

enum { MAX_DEPTH = 100 };

typedef struct {
    const rp_report_options *opt;
    rp_buf *out;
    const rp_inventory *inv;
    bool *shown;   /* its dependencies stand somewhere above */
    bool *built;   /* some edge of this build leads to it: its dependencies stand there */
    rp_buf margin; /* what stands left of the branches */
} tree;

static bool in_this_build(uint8_t kinds)
{
    return kinds == 0 || (kinds & (RP_DEP_NORMAL | RP_DEP_BUILD | RP_DEP_DEV)) != 0;
}

static void mark_built(tree *t)
{
    for (uint32_t i = 0; i < t->inv->ncomponents; i++)
        for (uint32_t k = 0; k < t->inv->components[i].ndeps; k++)
            if (in_this_build(t->inv->components[i].deps[k].kinds))
                t->built[t->inv->components[i].deps[k].to] = true;
}

static void put_component(tree *t, const rp_component *c, uint8_t kinds)
{
    rp_put_text(t->opt, t->out, c->name);
    if (c->version.len != 0) {
        rp_buf_char(t->out, ' ');
        rp_put_text(t->opt, t->out, c->version);
    }
    if (c->source.kind == RP_FROM_GIT || c->source.crates_io == RP_NO) {
        rp_buf_puts(t->out, c->source.url.len != 0 ? " from " : "");
        rp_put_text(t->opt, t->out, c->source.url);
    }
    if ((kinds & RP_DEP_PROC_MACRO) != 0)
        rp_buf_puts(t->out, " (proc-macro)");
    if (kinds != 0 && (kinds & RP_DEP_NORMAL) == 0)
        rp_buf_puts(t->out, (kinds & RP_DEP_BUILD) != 0 ? " (build)"
                            : (kinds & RP_DEP_DEV) != 0 ? " (dev)"
                                                        : " (not in this build)");
    if (c->yanked == RP_YES)
        rp_buf_puts(t->out, " (yanked)");
}

static void put_children(tree *t, uint32_t i, unsigned depth)
{
    const rp_component *c = &t->inv->components[i];
    for (uint32_t k = 0; k < c->ndeps; k++) {
        const rp_dep_edge *e = &c->deps[k];
        bool last = k + 1 == c->ndeps, unicode = t->opt->unicode;
        size_t margin = t->margin.len;
        rp_buf_put(t->out, rp_buf_str(&t->margin));
        rp_buf_puts(t->out, last ? (unicode ? "└── " : "`-- ") : unicode ? "├── " : "|-- ");
        put_component(t, &t->inv->components[e->to], e->kinds);
        bool elsewhere = t->built[e->to] && !in_this_build(e->kinds);
        bool again = (elsewhere || t->shown[e->to]) && t->inv->components[e->to].ndeps != 0;
        rp_buf_puts(t->out, again                ? " (*)\n"
                            : depth >= MAX_DEPTH ? " (deeper ones are left out)\n"
                                                 : "\n");
        if (again || depth >= MAX_DEPTH)
            continue;
        t->shown[e->to] = true;
        rp_buf_puts(&t->margin, last ? "    " : unicode ? "│   " : "|   ");
        put_children(t, e->to, depth + 1);
        t->margin.len = margin;
    }
}

static void tree_target(const rp_report_options *opt, const rp_target_report *target, rp_buf *out)
{
    rp_arena arena = {0};
    const rp_deps_facts *deps = target->facts != NULL ? target->facts->deps : NULL;
    tree t = {.opt = opt, .out = out, .inv = deps != NULL ? deps->inventory : NULL};
    rp_put_name(opt, out, target);
    rp_buf_puts(out, t.inv == NULL ? ": dependencies were not read\n" : "\n");
    if (t.inv == NULL)
        return;
    t.shown = rp_new(&arena, t.inv->ncomponents, bool);
    t.built = rp_new(&arena, t.inv->ncomponents, bool);
    bool room = t.shown != NULL && t.built != NULL;
    out->bad |= !room;
    if (room)
        mark_built(&t);
    for (uint32_t i = 0; i < t.inv->ncomponents && room; i++) {
        if (!t.inv->components[i].root && t.inv->edges)
            continue;
        t.shown[i] = true;
        put_component(&t, &t.inv->components[i], 0);
        rp_buf_char(out, '\n');
        put_children(&t, i, 0);
    }
    out->bad |= t.margin.bad;
    rp_buf_free(&t.margin);
    rp_arena_free(&arena);
}

static void tree_end(const rp_report_options *opt, const rp_run_report *run, rp_buf *out)
{
    (void)opt;
    (void)run;
    (void)out;
}

const rp_reporter rp_report_tree = {
    .name = "tree",
    .help = "dependencies as a tree, and no verdicts (deps)",
    .between = "\n",
    .target = tree_target,
    .end = tree_end,
};
