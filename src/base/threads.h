/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A handful of workers, a lock and a condition: all that rustproof needs of threads. */
#ifndef RP_BASE_THREADS_H
#define RP_BASE_THREADS_H

#include "base/base.h"

#include <pthread.h>

typedef struct {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
} rp_lock;

/* False when the system has no room for one. */
RP_MUST_CHECK bool rp_lock_init(rp_lock *lock);
void rp_lock_free(rp_lock *lock);
void rp_lock_take(rp_lock *lock);
/* True when it was free and is taken now. */
RP_MUST_CHECK bool rp_lock_try(rp_lock *lock);
void rp_lock_give(rp_lock *lock);
/* With the lock held: sleeps until rp_lock_wake (or, now and then, without cause). */
void rp_lock_wait(rp_lock *lock);
void rp_lock_wake(rp_lock *lock);

/* Cores that this process may use, at least 1. */
unsigned rp_cores(void);

typedef void (*rp_worker_fn)(void *user, unsigned worker);
/* Runs work(user, 0) … work(user, n-1) at the same time, 0 on the calling thread; returns when all
 * have. When the system has no more threads those that could not be started do not run: work must
 * be such that any number of workers finishes it. */
void rp_run_workers(unsigned n, rp_worker_fn work, void *user);

enum { RP_MAX_WORKERS = 256 };

/* Workers that have run out of work of their own lend a hand to those that still have large pieces.
 * A crew's workers call rp_crew_join first and rp_crew_help last: who joins and never helps lets
 * the others wait for ever; who helps without having joined may let them leave early, no more. */
typedef struct rp_crew_task rp_crew_task;

/* A small piece of work that any worker may do between its own: a part of somebody's larger one. */
typedef struct rp_errand rp_errand;
struct rp_errand {
    rp_errand *next;
    void (*run)(rp_errand *errand, void *worker); /* worker: of who runs it */
    uint64_t rank;                                /* whose it is: lower ones are done first */
    uint64_t number; /* within the rank, ascending as they are posted */
};

typedef struct rp_crew {
    rp_lock lock;
    rp_crew_task *open; /* tasks that more hands would help */
    unsigned working;   /* workers that may still open one */
    unsigned spare;     /* threads that may be started beside the workers */
    rp_errand *idle;    /* lent to the crew and free to be posted */
    rp_errand *waiting; /* posted, by rank and number */
    rp_errand *running;
    uint64_t changes; /* counts what might end somebody's sleep */
} rp_crew;

/* `spare` threads may run beside the workers. False when the system has no room for a lock. */
RP_MUST_CHECK bool rp_crew_init(rp_crew *crew, unsigned spare);
void rp_crew_free(rp_crew *crew);
void rp_crew_join(rp_crew *crew);
/* Takes part in the tasks and errands of others until there can be no more. */
void rp_crew_help(rp_crew *crew, void *worker);
/* Runs work(user, 0) here and, at the same time, on at most `hands` others: workers without work
 * and spare threads. All return when nothing is left to be taken up; then so does this. crew NULL:
 * here alone. */
void rp_crew_run(rp_crew *crew, unsigned hands, rp_worker_fn work, void *user);

/* Before the workers run: errands that may be posted, as many as may wait or run at one time. They
 * are the caller's. */
void rp_crew_lend(rp_crew *crew, rp_errand *errand);
/* One to fill in and post, for piece `number` of `rank`. First runs what waits of lower ranks and,
 * where all errands are in use, of this one; NULL when others have all of them. Sleeps while a
 * piece of this rank that is `window` numbers or more behind is not done. */
rp_errand *rp_crew_errand(rp_crew *crew, uint64_t rank, uint64_t number, uint64_t window,
                          void *worker);
void rp_crew_post(rp_crew *crew, rp_errand *errand);
/* Runs the first errand that waits, of a rank below `below`; false when there is none. */
bool rp_crew_take(rp_crew *crew, uint64_t below, void *worker);
/* Sleeps while full(user) holds, or runs errands of lower ranks instead; rp_crew_wake says that it
 * may not hold any more. */
void rp_crew_pause(rp_crew *crew, uint64_t rank, bool (*full)(void *user), void *user,
                   void *worker);
void rp_crew_wake(rp_crew *crew);

#endif
