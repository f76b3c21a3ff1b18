/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Workers that help each other: everything is done once, and nobody waits for ever. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/threads.h"

enum { PIECES = 2000, WORKERS = 6 };

typedef struct {
    rp_crew crew;
    atomic_uint next, done, hands;
    bool join;
} world;

/* Takes pieces until none is left. */
static void take_pieces(void *user, unsigned number)
{
    world *w = user;
    (void)number;
    atomic_fetch_add(&w->hands, 1);
    while (atomic_fetch_add(&w->next, 1) < PIECES)
        atomic_fetch_add(&w->done, 1);
}

/* Worker 0 has the one large piece of work; the others have none. */
static void work(void *user, unsigned worker)
{
    world *w = user;
    if (worker == 0 || w->join)
        rp_crew_join(&w->crew);
    if (worker == 0)
        rp_crew_run(&w->crew, WORKERS - 1, take_pieces, w);
    rp_crew_help(&w->crew, NULL);
}

static void run(bool join, unsigned spare)
{
    for (unsigned round = 0; round < 50; round++) {
        world w = {.join = join};
        assert_true(rp_crew_init(&w.crew, spare));
        rp_run_workers(WORKERS, work, &w);
        assert_int_equal(atomic_load(&w.done), PIECES);
        assert_in_range(atomic_load(&w.hands), 1, WORKERS);
        assert_int_equal(w.crew.spare, spare);
        assert_null(w.crew.open);
        rp_crew_free(&w.crew);
    }
}

static void test_every_piece_once(void **state)
{
    (void)state;
    run(true, 0);
    run(true, 3);
    run(true, 64);
}

/* Who helps without having joined must not let the others, or himself, wait for ever. */
static void test_help_without_join(void **state)
{
    (void)state;
    run(false, 0);
    run(false, 2);
}

static void test_alone(void **state)
{
    (void)state;
    world w = {.join = true};
    rp_crew_run(NULL, 5, take_pieces, &w);
    assert_int_equal(atomic_load(&w.done), PIECES);
    assert_int_equal(atomic_load(&w.hands), 1);
}

/* ---- errands ---- */

enum { SLOTS = 4, ERRANDS = 3000, WINDOW = 100, OWNERS = 3 };

typedef struct party party;
typedef struct {
    rp_errand errand;
    party *party;
    unsigned owner, number;
} slot;

struct party {
    rp_crew crew;
    slot slots[SLOTS];
    atomic_uchar seen[OWNERS][ERRANDS];
    atomic_uint done[OWNERS];
    atomic_bool full;
};

static void run_slot(rp_errand *errand, void *worker)
{
    const slot *s = (slot *)errand;
    assert_non_null(worker);
    assert_int_equal(atomic_fetch_add(&s->party->seen[s->owner][s->number], 1), 0);
    atomic_fetch_add(&s->party->done[s->owner], 1);
}

/* Owners hand on what they have and are done when all of it is; the others only help. */
static void own_errands(void *user, unsigned worker)
{
    party *p = user;
    rp_crew_join(&p->crew);
    for (unsigned i = 0; worker < OWNERS && i < ERRANDS; i++) {
        slot *s = (slot *)rp_crew_errand(&p->crew, worker, i, WINDOW, p);
        if (s != NULL) {
            s->party = p, s->owner = worker, s->number = i;
            s->errand.run = run_slot;
            assert_true(s->errand.rank == worker && s->errand.number == i);
            rp_crew_post(&p->crew, &s->errand);
        } else {
            atomic_fetch_add(&p->seen[worker][i], 1);
            atomic_fetch_add(&p->done[worker], 1);
        }
        for (unsigned k = 0; k + WINDOW < i; k++)
            assert_int_equal(atomic_load(&p->seen[worker][k]), 1);
    }
    while (rp_crew_take(&p->crew, UINT64_MAX, p))
        continue;
    rp_crew_help(&p->crew, p);
}

static void test_every_errand_once(void **state)
{
    (void)state;
    for (unsigned workers = OWNERS; workers <= WORKERS; workers++) {
        static party p;
        memset(&p, 0, sizeof p);
        assert_true(rp_crew_init(&p.crew, 0));
        for (unsigned i = 0; i < SLOTS; i++)
            rp_crew_lend(&p.crew, &p.slots[i].errand);
        rp_run_workers(workers, own_errands, &p);
        for (unsigned i = 0; i < OWNERS; i++)
            assert_int_equal(atomic_load(&p.done[i]), ERRANDS);
        rp_crew_free(&p.crew);
    }
}

static bool is_full(void *user)
{
    party *p = user;
    return atomic_load(&p->full);
}

/* Worker 1 may not go on until worker 0 has had all its errands run, if need be by worker 1. */
static void pause_or_wake(void *user, unsigned worker)
{
    party *p = user;
    rp_crew_join(&p->crew);
    if (worker == 1) {
        rp_crew_pause(&p->crew, 7, is_full, p, p);
        assert_int_equal(atomic_load(&p->done[0]), ERRANDS);
    }
    for (unsigned i = 0; worker == 0 && i < ERRANDS; i++) {
        slot *s = NULL;
        while (s == NULL)
            s = (slot *)rp_crew_errand(&p->crew, 0, i, WINDOW, p);
        s->party = p, s->owner = 0, s->number = i;
        s->errand.run = run_slot;
        rp_crew_post(&p->crew, &s->errand);
    }
    if (worker == 0) {
        while (atomic_load(&p->done[0]) != ERRANDS)
            (void)rp_crew_take(&p->crew, UINT64_MAX, p);
        atomic_store(&p->full, false);
        rp_crew_wake(&p->crew);
    }
    rp_crew_help(&p->crew, p);
}

static void test_pause_until_woken(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 20; round++) {
        static party p;
        memset(&p, 0, sizeof p);
        atomic_store(&p.full, true);
        assert_true(rp_crew_init(&p.crew, 0));
        for (unsigned i = 0; i < SLOTS; i++)
            rp_crew_lend(&p.crew, &p.slots[i].errand);
        rp_run_workers(2, pause_or_wake, &p);
        rp_crew_free(&p.crew);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_piece_once),
        cmocka_unit_test(test_help_without_join),
        cmocka_unit_test(test_alone),
        cmocka_unit_test(test_every_errand_once),
        cmocka_unit_test(test_pause_until_woken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
