/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* One line on a terminal's standard error, drawn when a run takes long and removed at its end. May
 * be used by several threads. */
#ifndef RP_CLI_PROGRESS_H
#define RP_CLI_PROGRESS_H

#include "base/base.h"

#include <pthread.h>

typedef struct {
    pthread_mutex_t lock;
    bool enabled;
    bool unicode;
    bool drawn;
    unsigned width;
    uint64_t began, last; /* nanoseconds */
} rp_progress;

void rp_progress_init(rp_progress *p, bool enabled, bool unicode);
/* total 0: not known yet. */
void rp_progress_update(rp_progress *p, uint64_t done, uint64_t total, rp_str path);
/* Between these two nothing is drawn, and the line is gone: for writing to the same terminal. */
void rp_progress_pause(rp_progress *p);
void rp_progress_resume(rp_progress *p);
void rp_progress_done(rp_progress *p);

#endif
