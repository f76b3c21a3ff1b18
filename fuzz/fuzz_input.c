/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Containers: ar archives, fat files, packages. What holds whatever the bytes are: every member
 * lies inside its archive, items come in order, failures say why, work is bounded, and the same
 * bytes give the same items again. */
#include "base/limits.h"
#include "input/ar.h"
#include "input/input.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    uint64_t items, sum;
} tally;

static void visit(void *user, const rp_input *item)
{
    tally *t = user;
    REQUIRE(item->ordinal == t->items);
    REQUIRE(item->kind != RP_INPUT_ERROR || (item->err.code != RP_OK && item->err.text[0] != 0));
    REQUIRE((item->kind == RP_INPUT_ARTEFACT) == (item->src != NULL));
    t->items++;
    t->sum = t->sum * 31 + (uint64_t)item->kind + item->member.len;
    if (item->kind == RP_INPUT_ARTEFACT) {
        rp_bytes whole;
        REQUIRE(rp_source_bytes(item->src, 0, item->src->size, &whole));
        t->sum += whole.len;
    }
}

static tally look(rp_bytes bytes)
{
    tally t = {0};
    rp_input_options opt = {.jobs = 1, .archives = true, .visit = visit, .user = &t};
    rp_input_totals totals;
    REQUIRE(rp_input_memory(&opt, bytes, "fuzz", &totals, NULL) == RP_OK);
    REQUIRE(totals.others + totals.artefacts + totals.errors == t.items);
    return t;
}

static void walk_ar(rp_bytes bytes)
{
    rp_arena arena = {.limit = 64u << 20};
    rp_source src = rp_source_memory(bytes, &arena);
    rp_ar ar;
    rp_error err = {0};
    uint64_t before = 0;
    if (rp_ar_open(&src, &arena, &ar)) {
        for (;;) {
            rp_ar_member m;
            bool end = false;
            if (rp_ar_next(&ar, &m, &end, &err) != RP_OK || end)
                break;
            REQUIRE(ar.pos > before); /* it comes to an end */
            before = ar.pos;
            REQUIRE(m.at < bytes.len && m.offset <= bytes.len);
            REQUIRE(m.name.len <= RP_MAX_NAME);
        }
        REQUIRE(err.code == RP_OK || err.text[0] != 0);
    }
    rp_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    rp_bytes bytes = {data, size};
    walk_ar(bytes);
    tally first = look(bytes), second = look(bytes);
    REQUIRE(first.items == second.items && first.sum == second.sum);
    return 0;
}
