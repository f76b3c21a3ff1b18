/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Table tests of checks: facts as struct literals in, the verdict out. Each row is also run with
 * every allocation failing in turn. Include after cmocka.h. */
#ifndef RP_TESTS_UNIT_ROWS_H
#define RP_TESTS_UNIT_ROWS_H

#include <stdio.h>

#include "checks/check.h"

typedef struct {
    const char *what; /* the arm, in words */
    rp_facts f;       /* its pointers are set by run_row */
    rp_elf_facts elf;
    rp_pe_facts pe;
    rp_macho_facts macho;
    rp_symbol_facts symbols;
    rp_rust_facts rust;
    rp_target_facts target;
    rp_code_facts code; /* zeroed: not read */
    rp_outcome outcome;
    const char *text;  /* part of the verdict's text */
    const char *brief; /* NULL: not looked at */
    int level;         /* of a finding, RP_NOTE…; 0: the check's own; negative: allowed */
} row;

static inline rp_facts row_facts(const row *r)
{
    rp_facts f = r->f;
    if (f.format == RP_FORMAT_NONE)
        f.format = RP_FORMAT_ELF;
    if (f.format == RP_FORMAT_ELF)
        f.elf = &r->elf;
    else if (f.format == RP_FORMAT_MACHO)
        f.macho = &r->macho;
    else
        f.pe = &r->pe;
    f.symbols = &r->symbols;
    f.rust = &r->rust;
    f.target = &r->target;
    f.code = &r->code;
    return f;
}

/* What every verdict owes its reader, whatever it is. */
static inline const char *row_flaw(const rp_out *out)
{
    if (out->text.len == 0)
        return "no text";
    if (out->text.ptr[out->text.len - 1] == '.')
        return "the text ends in a full stop";
    if ((out->outcome == RP_OUTCOME_PASS || out->outcome == RP_OUTCOME_FINDING) &&
        out->nevidence == 0)
        return "no evidence";
    if (out->outcome == RP_OUTCOME_FINDING && out->nfixes == 0)
        return "no fix";
    if (out->outcome == RP_OUTCOME_FINDING && out->verify.len == 0)
        return "no command to verify";
    return NULL;
}

static inline void expect_row(const rp_check *check, const row *r, const rp_out *out)
{
    const char *flaw = row_flaw(out);
    rp_level level = r->level == 0 ? check->level : r->level < 0 ? RP_ALLOW : (rp_level)r->level;
    bool level_ok = out->outcome != RP_OUTCOME_FINDING || out->level == level;
    bool brief_ok = r->brief == NULL || rp_str_is(out->brief, r->brief);
    if (flaw == NULL && out->outcome == r->outcome && level_ok && brief_ok &&
        rp_str_find(out->text, rp_str_from(r->text)) != SIZE_MAX)
        return;
    fail_msg("%s, %s: expected outcome %d \"%s\", got %d \"%.*s\" level %d brief \"%.*s\" %s",
             check->code, r->what, (int)r->outcome, r->text, (int)out->outcome, RP_FMT(out->text),
             (int)out->level, RP_FMT(out->brief), flaw != NULL ? flaw : "");
}

static inline void run_row(const rp_check *check, const row *r)
{
    rp_facts f = row_facts(r);
    rp_arena arena = {0};
    rp_out out = rp_out_start(&arena, check);
    rp_arena_fail_at(0);
    check->run(&f, &out);
    uint64_t allocations = rp_arena_fail_at(0);
    expect_row(check, r, &out);
    assert_false(out.out_of_memory);
    rp_arena_reset(&arena);
    for (uint64_t n = 1; n <= allocations; n++) {
        out = rp_out_start(&arena, check);
        rp_arena_fail_at(n);
        check->run(&f, &out);
        rp_arena_fail_at(0);
        assert_true(out.out_of_memory);
        rp_arena_reset(&arena);
    }
    rp_arena_free(&arena);
}

static inline void run_rows(const char *code, const row *rows, size_t n)
{
    const rp_check *check = rp_check_find(rp_str_from(code));
    assert_non_null(check);
    for (size_t i = 0; i < n; i++)
        run_row(check, &rows[i]);
}

#define RUN_ROWS(code, rows) run_rows((code), (rows), RP_COUNT(rows))

#endif
