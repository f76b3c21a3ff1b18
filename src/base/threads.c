/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE /* sched_getaffinity */
#include "base/threads.h"

#include <sched.h>
#include <unistd.h>

bool rp_lock_init(rp_lock *lock)
{
    if (pthread_mutex_init(&lock->mutex, NULL) != 0)
        return false;
    if (pthread_cond_init(&lock->changed, NULL) != 0) {
        (void)pthread_mutex_destroy(&lock->mutex);
        return false;
    }
    return true;
}

void rp_lock_free(rp_lock *lock)
{
    (void)pthread_cond_destroy(&lock->changed);
    (void)pthread_mutex_destroy(&lock->mutex);
}

void rp_lock_take(rp_lock *lock)
{
    (void)pthread_mutex_lock(&lock->mutex);
}

bool rp_lock_try(rp_lock *lock)
{
    return pthread_mutex_trylock(&lock->mutex) == 0;
}

void rp_lock_give(rp_lock *lock)
{
    (void)pthread_mutex_unlock(&lock->mutex);
}

void rp_lock_wait(rp_lock *lock)
{
    (void)pthread_cond_wait(&lock->changed, &lock->mutex);
}

void rp_lock_wake(rp_lock *lock)
{
    (void)pthread_cond_broadcast(&lock->changed);
}

unsigned rp_cores(void)
{
    long n = 0;
#ifdef __linux__
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        n = CPU_COUNT(&set);
#endif
    if (n <= 0)
        n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > RP_MAX_WORKERS ? RP_MAX_WORKERS : (unsigned)n;
}

typedef struct {
    rp_worker_fn work;
    void *user;
    unsigned number;
} assignment;

static void *start(void *user)
{
    const assignment *a = user;
    a->work(a->user, a->number);
    return NULL;
}

void rp_run_workers(unsigned n, rp_worker_fn work, void *user)
{
    assignment assignments[RP_MAX_WORKERS];
    pthread_t threads[RP_MAX_WORKERS];
    unsigned started = 0;
    if (n > RP_MAX_WORKERS)
        n = RP_MAX_WORKERS;
    for (unsigned i = 1; i < n; i++) {
        assignments[started] = (assignment){work, user, i};
        if (pthread_create(&threads[started], NULL, start, &assignments[started]) != 0)
            break;
        started++;
    }
    work(user, 0);
    for (unsigned i = 0; i < started; i++)
        (void)pthread_join(threads[i], NULL);
}

/* ---- crews ---- */

struct rp_crew_task {
    rp_crew_task *next;
    rp_worker_fn work;
    void *user;
    unsigned hands; /* at work on it, beside the one who opened it */
    unsigned wanted;
};

/* With the lock held. */
static void wake(rp_crew *crew)
{
    crew->changes++;
    rp_lock_wake(&crew->lock);
}

void rp_crew_wake(rp_crew *crew)
{
    rp_lock_take(&crew->lock);
    wake(crew);
    rp_lock_give(&crew->lock);
}

bool rp_crew_init(rp_crew *crew, unsigned spare)
{
    *crew = (rp_crew){.spare = spare};
    return rp_lock_init(&crew->lock);
}

void rp_crew_free(rp_crew *crew)
{
    rp_lock_free(&crew->lock);
}

void rp_crew_join(rp_crew *crew)
{
    rp_lock_take(&crew->lock);
    crew->working++;
    rp_lock_give(&crew->lock);
}

/* With the lock held. */
static void close_task(rp_crew *crew, const rp_crew_task *task)
{
    rp_crew_task **at = &crew->open;
    while (*at != NULL && *at != task)
        at = &(*at)->next;
    if (*at != NULL)
        *at = task->next;
}

/* With the lock held: a hand for the task, whose work ends when nothing is left of it. */
static void lend_hand(rp_crew *crew, rp_crew_task *task)
{
    task->hands++;
    if (--task->wanted == 0)
        close_task(crew, task);
    rp_lock_give(&crew->lock);
    task->work(task->user, 1);
    rp_lock_take(&crew->lock);
    close_task(crew, task);
    task->hands--;
    wake(crew);
}

/* With the lock held, as when it returns: the first errand that waits. */
static void run_first(rp_crew *crew, void *worker)
{
    rp_errand *e = crew->waiting;
    crew->waiting = e->next;
    e->next = crew->running;
    crew->running = e;
    rp_lock_give(&crew->lock);
    e->run(e, worker);
    rp_lock_take(&crew->lock);
    rp_errand **at = &crew->running;
    while (*at != e)
        at = &(*at)->next;
    *at = e->next;
    e->next = crew->idle;
    crew->idle = e;
    wake(crew);
}

void rp_crew_help(rp_crew *crew, void *worker)
{
    rp_lock_take(&crew->lock);
    if (crew->working != 0) /* who never joined must not make the others wait for ever */
        crew->working--;
    wake(crew);
    while (crew->open != NULL || crew->waiting != NULL || crew->working != 0) {
        if (crew->waiting != NULL)
            run_first(crew, worker);
        else if (crew->open != NULL)
            lend_hand(crew, crew->open);
        else
            rp_lock_wait(&crew->lock);
    }
    rp_lock_give(&crew->lock);
}

void rp_crew_lend(rp_crew *crew, rp_errand *errand)
{
    rp_lock_take(&crew->lock);
    errand->next = crew->idle;
    crew->idle = errand;
    rp_lock_give(&crew->lock);
}

/* With the lock held: whether an errand of the rank, with a number of at most `number`, is there.
 */
static bool holds(const rp_errand *list, uint64_t rank, uint64_t number)
{
    for (; list != NULL; list = list->next)
        if (list->rank == rank && list->number <= number)
            return true;
    return false;
}

static void settle(rp_crew *crew, uint64_t rank, uint64_t number, void *worker)
{
    for (;;) {
        if (holds(crew->waiting, rank, number))
            run_first(crew, worker); /* it, or one of a lower rank */
        else if (holds(crew->running, rank, number))
            rp_lock_wait(&crew->lock);
        else
            return;
    }
}

rp_errand *rp_crew_errand(rp_crew *crew, uint64_t rank, uint64_t number, uint64_t window,
                          void *worker)
{
    rp_lock_take(&crew->lock);
    if (number >= window)
        settle(crew, rank, number - window, worker);
    while (crew->waiting != NULL &&
           (crew->waiting->rank < rank || (crew->waiting->rank == rank && crew->idle == NULL)))
        run_first(crew, worker);
    rp_errand *e = crew->idle;
    if (e != NULL) {
        crew->idle = e->next;
        e->rank = rank;
        e->number = number;
    }
    rp_lock_give(&crew->lock);
    return e;
}

static bool comes_after(const rp_errand *e, const rp_errand *other)
{
    return e->rank > other->rank || (e->rank == other->rank && e->number > other->number);
}

void rp_crew_post(rp_crew *crew, rp_errand *errand)
{
    rp_lock_take(&crew->lock);
    rp_errand **at = &crew->waiting;
    while (*at != NULL && comes_after(errand, *at))
        at = &(*at)->next;
    errand->next = *at;
    *at = errand;
    wake(crew);
    rp_lock_give(&crew->lock);
}

void rp_crew_pause(rp_crew *crew, uint64_t rank, bool (*full)(void *user), void *user, void *worker)
{
    rp_lock_take(&crew->lock);
    for (;;) {
        uint64_t changes = crew->changes;
        rp_lock_give(&crew->lock); /* who wakes us may hold what `full` looks at */
        bool wait = full(user);
        rp_lock_take(&crew->lock);
        if (!wait)
            break;
        if (crew->waiting != NULL && crew->waiting->rank < rank)
            run_first(crew, worker);
        else if (changes == crew->changes)
            rp_lock_wait(&crew->lock);
    }
    rp_lock_give(&crew->lock);
}

bool rp_crew_take(rp_crew *crew, uint64_t below, void *worker)
{
    rp_lock_take(&crew->lock);
    bool found = crew->waiting != NULL && crew->waiting->rank < below;
    if (found)
        run_first(crew, worker);
    rp_lock_give(&crew->lock);
    return found;
}

typedef struct {
    rp_crew *crew;
    rp_crew_task *task;
    pthread_t thread;
} spare_hand;

static void *start_spare(void *user)
{
    const spare_hand *hand = user;
    hand->task->work(hand->task->user, 1);
    return NULL;
}

void rp_crew_run(rp_crew *crew, unsigned hands, rp_worker_fn work, void *user)
{
    rp_crew_task task = {.work = work, .user = user, .wanted = hands};
    spare_hand spare[RP_MAX_WORKERS];
    unsigned started = 0;
    if (crew == NULL || hands == 0) {
        work(user, 0);
        return;
    }
    rp_lock_take(&crew->lock);
    unsigned most = crew->spare < hands ? crew->spare : hands;
    for (; started < most && started < RP_MAX_WORKERS; started++) {
        spare[started] = (spare_hand){.crew = crew, .task = &task};
        if (pthread_create(&spare[started].thread, NULL, start_spare, &spare[started]) != 0)
            break;
    }
    crew->spare -= started;
    task.wanted -= started;
    if (task.wanted != 0) {
        task.next = crew->open;
        crew->open = &task;
    }
    wake(crew);
    rp_lock_give(&crew->lock);
    work(user, 0);
    for (unsigned i = 0; i < started; i++)
        (void)pthread_join(spare[i].thread, NULL);
    rp_lock_take(&crew->lock);
    close_task(crew, &task);
    crew->spare += started;
    while (task.hands != 0)
        rp_lock_wait(&crew->lock);
    rp_lock_give(&crew->lock);
}
