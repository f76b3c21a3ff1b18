/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/check.h"

#include "base/limits.h"
#include "base/vec.h"
#include "text/escape.h"

#include <stdarg.h>
#include <stdio.h>
#include <strings.h>

rp_out rp_out_start(rp_arena *arena, const rp_check *check)
{
    return (rp_out){.arena = arena, .level = check->level};
}

static rp_str format_text(rp_out *out, const char *format, va_list ap)
{
    char text[1024];
    int n = vsnprintf(text, sizeof text, format, ap);
    size_t len = n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
    rp_str copy = rp_arena_str(out->arena, (rp_str){text, len});
    if (copy.ptr == NULL)
        out->out_of_memory = true;
    return copy;
}

static void settle(rp_out *out, rp_outcome outcome, const char *format, va_list ap)
{
    if (out->outcome != RP_OUTCOME_NONE) {
        out->outcome = RP_OUTCOME_ERROR;
        out->text = RP_STR("the check came to two outcomes");
        return;
    }
    out->outcome = outcome;
    out->text = format_text(out, format, ap);
}

#define SETTLE(outcome)                                                                            \
    do {                                                                                           \
        va_list ap;                                                                                \
        va_start(ap, format);                                                                      \
        settle(out, (outcome), format, ap);                                                        \
        va_end(ap);                                                                                \
    } while (0)

void rp_pass(rp_out *out, const char *format, ...)
{
    SETTLE(RP_OUTCOME_PASS);
}

void rp_find(rp_out *out, const char *format, ...)
{
    SETTLE(RP_OUTCOME_FINDING);
}

void rp_skip(rp_out *out, const char *format, ...)
{
    SETTLE(RP_OUTCOME_NA);
}

void rp_unknown(rp_out *out, const char *format, ...)
{
    SETTLE(RP_OUTCOME_UNKNOWN);
}

/* A list with one more zeroed item; NULL and out_of_memory set when there is no room. */
static void *one_more(rp_out *out, const void *items, uint32_t n, uint32_t *cap, size_t size)
{
    if (n < *cap)
        return (void *)(uintptr_t)items;
    uint32_t before = *cap;
    void *grown = rp_vec_more(out->arena, (void *)(uintptr_t)items, n, cap, size);
    if (*cap != before)
        return grown;
    out->out_of_memory = true;
    return NULL;
}

void rp_evidence(rp_out *out, uint64_t at, const char *format, ...)
{
    if (out->nevidence >= RP_MAX_EVIDENCE)
        return;
    rp_evidence_line *lines =
        one_more(out, out->evidence, out->nevidence, &out->evidence_cap, sizeof *out->evidence);
    if (lines == NULL)
        return;
    va_list ap;
    va_start(ap, format);
    lines[out->nevidence++] = (rp_evidence_line){at, format_text(out, format, ap)};
    va_end(ap);
    out->evidence = lines;
}

void rp_verify(rp_out *out, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    out->verify = format_text(out, format, ap);
    va_end(ap);
}

void rp_verify_also(rp_out *out, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    rp_str more = format_text(out, format, ap);
    va_end(ap);
    rp_str all = out->verify.len == 0
                     ? more
                     : rp_arena_printf(out->arena, "%.*s; %.*s", RP_FMT(out->verify), RP_FMT(more));
    if (all.ptr == NULL)
        out->out_of_memory = true;
    else
        out->verify = all;
}

const char *rp_phrase(rp_out *out, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    rp_str text = format_text(out, format, ap);
    va_end(ap);
    return text.ptr == NULL ? "" : text.ptr;
}

const char *rp_all(rp_out *out, uint32_t n)
{
    return n == 1 ? "the only" : rp_phrase(out, "all %u", n);
}

const char *rp_shell_word(rp_out *out, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    rp_str text = format_text(out, format, ap);
    va_end(ap);
    rp_buf word = {0};
    if (text.len > 0 && text.ptr[0] == '-')
        rp_buf_puts(&word, "./");
    rp_buf_put(&word, text);
    rp_buf quoted = {0};
    rp_put_shell(&quoted, rp_buf_str(&word));
    rp_str kept = rp_arena_str(out->arena, rp_buf_str(&quoted));
    bool failed = word.bad || quoted.bad || kept.ptr == NULL;
    rp_buf_free(&word);
    rp_buf_free(&quoted);
    out->out_of_memory |= failed;
    return failed ? "" : kept.ptr;
}

void rp_brief(rp_out *out, const char *text)
{
    out->brief = rp_str_from(text);
}

void rp_cause(rp_out *out, const char *file, const char *key)
{
    out->cause_file = rp_str_from(file);
    out->cause_key = rp_str_from(key);
}

void rp_out_level(rp_out *out, rp_level level)
{
    out->level = level;
}

void rp_coverage_of(rp_out *out, const rp_coverage *coverage, uint32_t owners, const char *unit)
{
    out->coverage = coverage;
    out->coverage_owners = owners;
    out->coverage_unit = unit;
}

void rp_out_where(rp_out *out, rp_str file, uint32_t line, uint32_t column)
{
    out->where = (rp_where){file, line, column};
}

void rp_out_subject(rp_out *out, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    out->subject = format_text(out, format, ap);
    va_end(ap);
}

static void add_fix(rp_out *out, rp_fix fix)
{
    rp_fix *fixes = one_more(out, out->fixes, out->nfixes, &out->fixes_cap, sizeof *out->fixes);
    if (fixes == NULL)
        return;
    fixes[out->nfixes++] = fix;
    out->fixes = fixes;
}

void rp_fix_key(rp_out *out, rp_safety safety, const char *file, const char *key, const char *value)
{
    add_fix(out, (rp_fix){rp_str_from(file), rp_str_from(key), rp_str_from(value), safety, false});
}

void rp_fix_line(rp_out *out, rp_safety safety, rp_str at, rp_str before, rp_str after)
{
    add_fix(out, (rp_fix){at, before, after, safety, true});
}

void rp_fix_command(rp_out *out, rp_safety safety, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    rp_str text = format_text(out, format, ap);
    va_end(ap);
    add_fix(out, (rp_fix){.value = text, .safety = safety});
}

void rp_fix_advice(rp_out *out, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    rp_str text = format_text(out, format, ap);
    va_end(ap);
    add_fix(out, (rp_fix){.value = text, .safety = RP_FIX_MANUAL});
}

const rp_check *rp_check_find(rp_str key)
{
    for (uint32_t i = 0; i < rp_checks_count; i++) {
        const rp_check *c = rp_checks[i];
        if ((strlen(c->code) == key.len && strncasecmp(c->code, key.ptr, key.len) == 0) ||
            (strlen(c->name) == key.len && strncasecmp(c->name, key.ptr, key.len) == 0))
            return c;
    }
    return NULL;
}
