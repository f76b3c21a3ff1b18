/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "facts/vex.h"

typedef struct {
    const rp_facts *f;
    const rp_dep_match *m;
    const rp_component *c;
    const rp_advisory *a;
    rp_arena *arena;
    rp_vex *ret;
} judge;

bool rp_vex_speaks_of(const rp_dep_match *m)
{
    return m->kind == RP_ADVISORY_VULNERABILITY || m->kind == RP_ADVISORY_MALICIOUS ||
           m->kind == RP_ADVISORY_UNSOUND;
}

/* ---- overflow checks as a mitigation ---- */

static bool letters_equal(const char *a, const char *lower, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char c = a[i] >= 'A' && a[i] <= 'Z' ? (char)(a[i] - 'A' + 'a') : a[i];
        if (c != lower[i] && !((c == '-' || c == '\n') && lower[i] == ' '))
            return false;
    }
    return true;
}

static bool holds(rp_str s, const char *lower)
{
    size_t n = strlen(lower);
    for (size_t i = 0; i + n <= s.len; i++)
        if (letters_equal(s.ptr + i, lower, n))
            return true;
    return false;
}

static bool is_about_overflow(const rp_advisory *a, rp_str title)
{
    static const char words[] = "integer overflow";
    bool is = holds(title, words) || holds(a->description, words);
    for (uint32_t i = 0; i < a->keywords.n; i++)
        is |= holds(a->keywords.items[i], words);
    return is;
}

/* Casts, wrapping_add and C code overflow with checks, too: the advisory has to say that it is
 * about builds without them. */
static bool blames_release(const rp_advisory *a)
{
    static const char *const words[] = {"overflow checks", "release mode", "release build",
                                        "overflow in debug", "overflows in debug"};
    for (size_t i = 0; i < RP_COUNT(words); i++)
        if (holds(a->description, words[i]))
            return true;
    return false;
}

/* An arithmetic overflow that the checks turn into a panic. Where the panic itself is the harm
 * (denial of service) they protect nobody. */
static bool checks_stop(const rp_advisory *a, rp_str title)
{
    for (uint32_t i = 0; i < a->categories.n; i++)
        if (rp_str_is(a->categories.items[i], "denial-of-service"))
            return false;
    return a->categories.n > 0 && is_about_overflow(a, title) && blames_release(a);
}

/* ---- the judgement ---- */

static void say(judge *v, rp_vex_status status, rp_vex_reason reason, rp_str why)
{
    v->ret->status = status;
    v->ret->reason = reason;
    v->ret->why = why;
}

/* Somebody who knows the project says why it does not matter, in a file of the project. */
static bool decided_by_people(judge *v)
{
    const rp_dep_match *m = v->m;
    if (!m->ignored || m->ignored_reason.len == 0)
        return false;
    say(v, RP_VEX_NOT_AFFECTED, RP_VEX_NO_REASON,
        rp_arena_printf(v->arena, "%.*s (%.*s:%u)", RP_FMT(m->ignored_reason),
                        RP_FMT(m->ignored_file), m->ignored_line));
    return true;
}

static bool not_in_build(judge *v)
{
    rp_str target = v->f->deps->target;
    if (v->c->in_build != RP_NO || v->f->deps->resolved.is != RP_YES)
        return false;
    say(v, RP_VEX_NOT_AFFECTED, RP_VEX_COMPONENT_NOT_PRESENT,
        rp_arena_printf(v->arena,
                        "In the lock file, but the build does not need it, for %.*s, with the "
                        "features that were chosen: only tests, features or platforms do that are "
                        "not part of it.",
                        RP_FMT(target.len > 0 ? target : RP_STR("any target"))));
    return true;
}

static bool elsewhere(judge *v)
{
    if (v->m->here != RP_NO)
        return false;
    say(v, RP_VEX_NOT_AFFECTED, RP_VEX_OTHER_ENVIRONMENT,
        rp_arena_printf(v->arena, "The advisory is about other systems or processors than %.*s.",
                        RP_FMT(v->f->deps->target)));
    return true;
}

static bool not_emitted(judge *v)
{
    if (v->m->reach.state != RP_REACH_NOT_EMITTED || v->m->kind == RP_ADVISORY_MALICIOUS)
        return false;
    say(v, RP_VEX_NOT_AFFECTED, RP_VEX_CODE_NOT_PRESENT,
        RP_STR("None of the affected functions is in the artefact: its debug information is "
               "complete, covers the crate, and has none of them, nor have its symbols."));
    return true;
}

static bool protected_by_compiler(judge *v)
{
    if (!v->m->reach.overflow_checked || v->m->kind == RP_ADVISORY_MALICIOUS || v->a == NULL ||
        !checks_stop(v->a, v->m->title))
        return false;
    say(v, RP_VEX_NOT_AFFECTED, RP_VEX_PROTECTED_BY_COMPILER,
        RP_STR("Wherever an affected function stands in the artefact, its own crate's overflow "
               "checks stand with it, by debug information that is complete: the overflow panics "
               "instead of wrapping."));
    return true;
}

/* " Calls that lead there: main → a → b."; {NULL, 0}: out of memory */
static rp_str calls(const judge *v)
{
    const rp_reach *r = &v->m->reach;
    rp_str text = RP_STR("");
    for (uint32_t i = 0; i < r->npath && text.ptr != NULL; i++)
        text = rp_arena_printf(v->arena, "%.*s%s%.*s", RP_FMT(text),
                               i != 0             ? " → "
                               : r->path_possible ? " Calls that may lead there: "
                                                  : " Calls that lead there: ",
                               RP_FMT(r->path[i]));
    if (text.ptr != NULL && r->npath != 0)
        return rp_arena_printf(v->arena, "%.*s.", RP_FMT(text));
    return r->no_path != NULL
               ? rp_arena_printf(v->arena, " No path to it is shown: %s.", r->no_path)
               : text;
}

static bool affected(judge *v)
{
    const rp_reach *r = &v->m->reach;
    rp_str where = v->f->deps->lock.len > 0 ? RP_STR("build") : RP_STR("artefact");
    if (r->state == RP_REACH_PRESENT) {
        rp_str path = calls(v);
        rp_str why = {NULL, 0};
        if (path.ptr != NULL)
            why = rp_arena_printf(v->arena, "%.*s is in the artefact, seen as %.*s.%.*s",
                                  RP_FMT(r->function), RP_FMT(r->by), RP_FMT(path));
        say(v, RP_VEX_AFFECTED, RP_VEX_NO_REASON, why);
        return true;
    }
    bool inside =
        rp_facts_artefact(v->f) ? v->c->certainty != RP_GUESSED : v->c->in_build == RP_YES;
    if (!inside || v->m->source_doubt.len > 0 || v->m->here == RP_UNKNOWN ||
        (v->m->nfunctions > 0 && v->m->kind != RP_ADVISORY_MALICIOUS))
        return false;
    say(v, RP_VEX_AFFECTED, RP_VEX_NO_REASON,
        rp_arena_printf(v->arena,
                        "The %.*s holds an affected version, and the advisory limits it to no "
                        "functions.",
                        RP_FMT(where)));
    return true;
}

static void undecided(judge *v)
{
    const rp_dep_match *m = v->m;
    const char *why = "the resolver's answer is not known";
    if (m->source_doubt.len > 0) {
        v->ret->why = rp_arena_printf(v->arena, "Name and version match, but it is %.*s.",
                                      RP_FMT(m->source_doubt));
        return;
    }
    if (m->here == RP_UNKNOWN)
        why = "the advisory is about some systems or processors, and the target is not known";
    else if (v->c->certainty == RP_GUESSED)
        why = "the component is a guess";
    else if (m->nfunctions > 0 && rp_facts_artefact(v->f) && m->reach.why != NULL)
        why = m->reach.why;
    else if (m->nfunctions > 0)
        why = "whether the affected functions are used shows in an artefact only";
    else if (v->f->deps->resolved.why != NULL)
        why = v->f->deps->resolved.why;
    v->ret->why = rp_arena_printf(v->arena, "An affected version; not decided: %s.", why);
}

static rp_str action(const judge *v)
{
    if (v->m->kind == RP_ADVISORY_MALICIOUS)
        return RP_STR("Remove the crate, and treat machines that built it as compromised.");
    if (v->m->upgrade.len > 0)
        return rp_arena_printf(v->arena, "Update %.*s to %.*s or later.", RP_FMT(v->c->name),
                               RP_FMT(v->m->upgrade));
    return rp_arena_printf(v->arena, "No version is known to be free of it: replace %.*s.",
                           RP_FMT(v->c->name));
}

rp_code rp_vex_of(const rp_facts *f, const rp_dep_match *m, const rp_advisory *a, rp_arena *arena,
                  rp_vex *ret, rp_error *err)
{
    judge v = {.f = f,
               .m = m,
               .c = &f->deps->inventory->components[m->component],
               .a = a,
               .arena = arena,
               .ret = ret};
    *ret = (rp_vex){.status = RP_VEX_UNDER_INVESTIGATION};
    if (!decided_by_people(&v) && !not_in_build(&v) && !elsewhere(&v) && !not_emitted(&v) &&
        !protected_by_compiler(&v) && !affected(&v))
        undecided(&v);
    if (m->ignored && m->ignored_reason.len == 0 && ret->why.ptr != NULL)
        ret->why = rp_arena_printf(arena, "%.*s Ignored without a reason (%.*s:%u).",
                                   RP_FMT(ret->why), RP_FMT(m->ignored_file), m->ignored_line);
    if (ret->status == RP_VEX_AFFECTED)
        ret->action = action(&v);
    if (ret->why.ptr == NULL || (ret->status == RP_VEX_AFFECTED && ret->action.ptr == NULL))
        return rp_fail_memory(err);
    return RP_OK;
}
