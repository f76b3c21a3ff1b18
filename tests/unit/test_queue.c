/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Which worker reads which file: each file once, in order but for large ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "input/queue.h"

enum { FILES = 40000, MANY = 5000 };
#define LARGE (1ull << 20)

typedef struct {
    rp_arena arena;
    rp_walk_list list;
    rp_queue queue;
    uint8_t seen[FILES];
} world;

static void set_up(world *w, uint64_t n, const uint64_t *large, size_t nlarge)
{
    rp_error err = {0};
    *w = (world){.list = {.entries = {NULL, 0, 0}}};
    for (uint64_t i = 0; i < n; i++) {
        rp_walk_entry *e = rp_vec_push(&w->arena, &w->list.entries);
        assert_non_null(e);
        for (size_t k = 0; k < nlarge; k++)
            e->size = large[k] == i ? LARGE : e->size;
    }
    assert_int_equal(rp_queue_init(&w->queue, &w->list, &w->arena, &err), RP_OK);
}

static uint64_t take(world *w, unsigned worker)
{
    uint64_t i = 0;
    if (!rp_queue_take(&w->queue, worker, &i))
        return UINT64_MAX;
    assert_true(i < FILES && w->seen[i]++ == 0);
    return i;
}

static void test_one_worker_takes_all_in_order(void **state)
{
    (void)state;
    static world w;
    set_up(&w, MANY, (uint64_t[]){3, 4999}, 2);
    for (uint64_t i = 0; i < MANY; i++)
        assert_int_equal(take(&w, 0), i);
    assert_int_equal(take(&w, 0), UINT64_MAX);
    assert_int_equal(take(&w, 1), UINT64_MAX);
    rp_arena_free(&w.arena);
}

static void test_other_workers_begin_large_files_early(void **state)
{
    (void)state;
    static world w;
    set_up(&w, FILES, (uint64_t[]){1, 700, 30000}, 3);
    assert_int_equal(take(&w, 0), 0);
    assert_int_equal(take(&w, 1), 1);
    assert_int_equal(take(&w, 1), 700);
    assert_int_equal(take(&w, 1), 2); /* 30000 is too far ahead: output would wait in memory */
    for (uint64_t i = 3; i < 20000; i++)
        if (i != 700)
            assert_int_equal(take(&w, 0), i);
    assert_int_equal(take(&w, 2), 30000);
    uint64_t left = 0;
    while (take(&w, left % 3 == 0) != UINT64_MAX)
        left++;
    assert_int_equal(left, FILES - 20001);
    for (uint64_t i = 0; i < FILES; i++)
        assert_int_equal(w.seen[i], 1);
    rp_arena_free(&w.arena);
}

/* Their members are shared, and thousands of reports would wait. */
static void test_archives_of_objects_are_not_begun_early(void **state)
{
    (void)state;
    static world w;
    rp_error err = {0};
    const char *const paths[] = {"a", "libx.a", "liby.rlib", "z.lib", "z.jar"};
    for (size_t i = 0; i < RP_COUNT(paths); i++) {
        rp_walk_entry *e = rp_vec_push(&w.arena, &w.list.entries);
        assert_non_null(e);
        *e = (rp_walk_entry){.path = rp_str_from(paths[i]), .size = LARGE * (i != 0)};
    }
    assert_int_equal(rp_queue_init(&w.queue, &w.list, &w.arena, &err), RP_OK);
    assert_int_equal(take(&w, 1), 4);
    for (uint64_t i = 0; i < 4; i++)
        assert_int_equal(take(&w, 1), i);
    assert_int_equal(take(&w, 1), UINT64_MAX);
    rp_arena_free(&w.arena);
}

static void test_nothing_to_do(void **state)
{
    (void)state;
    static world w;
    set_up(&w, 0, NULL, 0);
    assert_int_equal(take(&w, 0), UINT64_MAX);
    assert_int_equal(take(&w, 1), UINT64_MAX);
    rp_arena_free(&w.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_worker_takes_all_in_order),
        cmocka_unit_test(test_other_workers_begin_large_files_early),
        cmocka_unit_test(test_archives_of_objects_are_not_begun_early),
        cmocka_unit_test(test_nothing_to_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
