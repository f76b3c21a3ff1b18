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

#endif
