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
    rp_crew_help(&w->crew);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_piece_once),
        cmocka_unit_test(test_help_without_join),
        cmocka_unit_test(test_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
