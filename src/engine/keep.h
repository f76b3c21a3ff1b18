/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef RP_ENGINE_KEEP_H
#define RP_ENGINE_KEEP_H

#include "engine/report_model.h"

/* A deep copy of a report and its facts in `arena`: some 20 KiB, where the arena that it was made
 * in holds everything that was read of the artefact. NULL when out of memory. */
const rp_target_report *rp_report_copy(rp_arena *arena, const rp_target_report *report);

#endif
