/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"

#include "base/search.h"
#include "checks/common.h"

/* The registry's index of a check, which notes name it by. */
static uint32_t index_of(const rp_check *check)
{
    uint32_t i = 0;
    while (i < rp_checks_count && rp_checks[i] != check)
        i++;
    return i;
}

/* The first note whose rule is not below `rule`: they are sorted by it. */
static uint32_t first_of(const rp_source_facts *s, uint32_t rule)
{
    uint32_t low;
    RP_SEARCH(low, s->nnotes, s->notes[low].rule < rule);
    return low;
}

uint32_t rp_rule_subjects(const rp_facts *f, const rp_check *check)
{
    uint32_t rule = index_of(check);
    return f->source != NULL ? first_of(f->source, rule + 1) - first_of(f->source, rule) : 0;
}

static const char *confidence_text(uint32_t confidence)
{
    static const char *const texts[] = {"the pattern itself is the mistake",
                                        "wrong unless something that was not seen holds",
                                        "to review: it is often right"};
    return confidence < RP_COUNT(texts) ? texts[confidence] : texts[2];
}

static void show_fix(const rp_rust_note *n, rp_out *out)
{
    rp_safety safety = n->fix_is_safe ? RP_FIX_SAFE : RP_FIX_REVIEW;
    if (n->fix.len != 0)
        rp_fix_advice(out, "%.*s", RP_FMT(n->fix));
    for (uint32_t i = 0; i < n->nchanges; i++) {
        const rp_rust_change *c = &n->changes[i];
        rp_str at =
            c->last_line > c->line
                ? rp_arena_printf(out->arena, "%.*s:%u-%u", RP_FMT(c->file), c->line, c->last_line)
                : rp_arena_printf(out->arena, "%.*s:%u", RP_FMT(c->file), c->line);
        rp_fix_line(out, safety, at, c->before, c->after);
    }
}

/* A word for the shell; files with other characters than these are not quoted but left out. */
static bool plain(rp_str path)
{
    for (size_t i = 0; i < path.len; i++) {
        char c = path.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && strchr("/._-+", c) == NULL)
            return false;
    }
    return path.len != 0 && path.ptr[0] != '-';
}

static void show_lines(const rp_source_facts *s, const rp_rust_note *n, rp_out *out)
{
    uint32_t end = n->end_line < n->line + 20 ? n->end_line : n->line + 20;
    end = end < n->line ? n->line : end;
    if (rp_str_eq(n->file, s->root))
        rp_verify(out, "sed -n '%u,%up' {}", n->line, end);
    else if (plain(n->file))
        rp_verify(out, "sed -n '%u,%up' %.*s", n->line, end, RP_FMT(n->file));
    else
        rp_verify(out, "sed -n '%u,%up'", n->line, end);
}

void rp_rule_judge(const rp_facts *f, const rp_check *check, uint32_t n, rp_out *out)
{
    const rp_rust_note *note = &f->source->notes[first_of(f->source, index_of(check)) + n];
    rp_find(out, "%.*s", RP_FMT(note->text));
    rp_out_where(out, note->file, note->line, note->column);
    /* what it is in and what is written there: lines move, findings stay the same */
    rp_out_subject(out, "%.*s\n%.*s", RP_FMT(note->function), RP_FMT(note->code));
    if (note->confidence == RP_RULE_REVIEW)
        rp_out_level(out, RP_NOTE);
    if (note->allowed)
        rp_out_level(out, RP_ALLOW);
    show_lines(f->source, note, out);
    rp_evidence(out, RP_NOWHERE, "%u: %.*s", note->line, RP_FMT(note->code));
    for (uint32_t i = 0; i < note->nsteps; i++)
        rp_evidence(out, RP_NOWHERE, "%.*s:%u:%u: %.*s", RP_FMT(note->steps[i].file),
                    note->steps[i].line, note->steps[i].column, RP_FMT(note->steps[i].text));
    if (note->fold)
        rp_evidence(out, RP_NOWHERE, "in %.*s", RP_FMT(note->function));
    else
        rp_evidence(out, RP_NOWHERE, "in %.*s; %s", RP_FMT(note->function),
                    confidence_text(note->confidence));
    show_fix(note, out);
}

bool rp_rule_unread(const rp_facts *f, rp_out *out)
{
    const rp_source_facts *s = f->source;
    if (rp_unknown_fact(out, s->read))
        return true;
    if (s->nunknown == 0)
        return false;
    rp_unknown(out, "%u file%s could not be understood", RP_MANY(s->nunknown));
    for (uint32_t i = 0; i < s->nunknown && i < 8; i++)
        rp_evidence(out, RP_NOWHERE, "%.*s:%u: %.*s", RP_FMT(s->unknown[i].file),
                    s->unknown[i].line, RP_FMT(s->unknown[i].why));
    return true;
}

void rp_rule_holds(const rp_facts *f, const rp_check *check, rp_out *out)
{
    const rp_source_facts *s = f->source;
    if (rp_rule_unread(f, out))
        return;
    rp_pass(out, "%s", check->holds);
    rp_evidence(out, RP_NOWHERE, "%u file%s, %u line%s and %u function%s read", RP_MANY(s->files),
                RP_MANY(s->lines), RP_MANY(s->functions));
}
