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
    rp_lock_wake(&crew->lock);
}

void rp_crew_help(rp_crew *crew)
{
    rp_lock_take(&crew->lock);
    if (crew->working != 0) /* who never joined must not make the others wait for ever */
        crew->working--;
    rp_lock_wake(&crew->lock);
    while (crew->open != NULL || crew->working != 0) {
        if (crew->open != NULL)
            lend_hand(crew, crew->open);
        else
            rp_lock_wait(&crew->lock);
    }
    rp_lock_give(&crew->lock);
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
    rp_lock_wake(&crew->lock);
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
