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
