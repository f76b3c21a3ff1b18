/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* `[target.'cfg(…)'.dependencies]`: whether it holds on a target. */
#ifndef RP_CARGO_CFG_H
#define RP_CARGO_CFG_H

#include "base/base.h"

typedef struct rp_target_cfg rp_target_cfg;

/* By triple, in rustc's own list; NULL when it is not there. */
const rp_target_cfg *rp_target_cfg_of(rp_str triple);
/* rustc's name of the machine that this program was built for, "" unknown. */
rp_str rp_host_triple(void);

/* `platform` is a triple or `cfg(…)`; "" holds everywhere. What is not known of the target (a NULL
 * `cfg` with a triple of its own) and what cannot be parsed is UNKNOWN. */
rp_tri rp_platform_holds(rp_str platform, rp_str triple, const rp_target_cfg *cfg);

#endif
