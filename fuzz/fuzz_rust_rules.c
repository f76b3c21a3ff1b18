/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* From the text of a crate to its findings: names, bodies, variance, unsafe data-flow and every
 * rule. The first byte chooses the edition and whether findings for review are shown. Whatever the
 * text is: what is found lies in it, the same text gives the same findings, and what is missing is
 * said to be unknown; with an allocation failing too. */
#define _GNU_SOURCE /* memfd_create */
#include <string.h>

#include "base/arena.h"
#include "checks/check.h"
#include "facts/source_build.h"
#include "require.h"
#include "rust/rule.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    const struct rp_rust_rule **rules;
    rp_rule_name *names;
    rp_source_crate crate;
    bool strict;
    size_t size;
} request;

static void require_note(const rp_source_facts *f, const rp_rust_note *n, const request *r)
{
    REQUIRE(n->rule < rp_checks_count && r->rules[n->rule] != NULL);
    REQUIRE(n->text.len != 0 && n->confidence <= RP_RULE_REVIEW);
    REQUIRE(r->strict || (!n->test && n->confidence != RP_RULE_REVIEW));
    REQUIRE(n->code.len <= r->size);
    if (f->read.is == RP_YES)
        REQUIRE(n->line != 0 && n->column != 0 && n->line <= r->size + 1);
    for (uint32_t i = 0; i < n->nchanges; i++) {
        const rp_rust_change *c = &n->changes[i];
        REQUIRE(c->line != 0 && c->line <= c->last_line && c->last_line <= r->size + 1);
        REQUIRE(c->before.len <= r->size + 8 && memchr(c->after.ptr, '\n', c->after.len) == NULL);
    }
}

static rp_code build(const request *r, rp_arena *arena, rp_source_facts **ret)
{
    rp_error err = {0};
    rp_code code = rp_source_build(&r->crate, r->rules, r->names, rp_checks_count, NULL, r->strict,
                                   arena, ret, &err);
    REQUIRE((code == RP_OK) == (*ret != NULL));
    REQUIRE(code == RP_OK || (err.code == code && err.text[0] != '\0'));
    for (uint32_t i = 0; code == RP_OK && i < (*ret)->nnotes; i++)
        require_note(*ret, &(*ret)->notes[i], r);
    return code;
}

static void require_same(const rp_source_facts *a, const rp_source_facts *b)
{
    REQUIRE(a->nnotes == b->nnotes && a->nunsafe_in == b->nunsafe_in);
    REQUIRE(a->left_out == b->left_out && a->nunknown == b->nunknown);
    for (uint32_t i = 0; i < a->nnotes; i++) {
        const rp_rust_note *x = &a->notes[i], *y = &b->notes[i];
        REQUIRE(x->rule == y->rule && x->line == y->line && x->column == y->column);
        REQUIRE(rp_str_eq(x->text, y->text) && x->nsteps == y->nsteps &&
                x->nchanges == y->nchanges);
    }
}

static void twice(const request *r, unsigned fail_at)
{
    rp_arena arenas[2] = {{.limit = 128u << 20}, {.limit = 128u << 20}};
    rp_source_facts *a = NULL, *b = NULL;
    rp_code code = build(r, &arenas[0], &a);
    rp_arena_fail_at(fail_at);
    rp_code again = build(r, &arenas[1], &b);
    rp_arena_fail_at(0);
    REQUIRE(fail_at != 0 || code == again);
    if (code == RP_OK && again == RP_OK && a->read.is == RP_YES && b->read.is == RP_YES)
        require_same(a, b);
    rp_arena_free(&arenas[0]);
    rp_arena_free(&arenas[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint32_t editions[] = {2015, 2018, 2021, 2024};
    rp_arena arena = {.limit = 1u << 20};
    char path[64];
    int fd = size > 1 ? memfd_create("crate", 0) : -1;
    if (fd < 0)
        return 0;
    REQUIRE(write(fd, data + 1, size - 1) == (ssize_t)(size - 1));
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    request r = {.rules = rp_new(&arena, rp_checks_count, const struct rp_rust_rule *),
                 .names = rp_new(&arena, rp_checks_count, rp_rule_name),
                 .crate = {.name = RP_STR("c"),
                           .root = rp_str_from(path),
                           .edition = editions[data[0] % 4],
                           .lints = data[0] >> 2 & 3u},
                 .strict = (data[0] & 16) != 0,
                 .size = size - 1};
    REQUIRE(r.rules != NULL && r.names != NULL);
    for (uint32_t i = 0; i < rp_checks_count; i++) {
        r.rules[i] = rp_checks[i]->rule;
        r.names[i] = (rp_rule_name){rp_checks[i]->code, rp_checks[i]->name};
    }
    twice(&r, (data[0] & 32) != 0 ? 1u + data[size - 1] + data[size / 2] : 0);
    (void)close(fd);
    rp_arena_free(&arena);
    return 0;
}
