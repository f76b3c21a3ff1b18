/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef RP_FACTS_COPY_H
#define RP_FACTS_COPY_H

#include "facts/facts.h"

/* A deep copy in `arena`, which holds everything that the copy points to: the artefact's own arena
 * and bytes may go. NULL when out of memory. */
const rp_facts *rp_facts_copy(rp_arena *arena, const rp_facts *facts);
const rp_coverage *rp_coverage_copy(rp_arena *arena, const rp_coverage *coverage);

#endif
