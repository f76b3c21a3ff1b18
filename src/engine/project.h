/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Lock files and Cargo projects as targets. */
#ifndef RP_ENGINE_PROJECT_H
#define RP_ENGINE_PROJECT_H

#include "engine/engine.h"

/* Whether a file that input/ does not understand is a lock file, or (named) a manifest. */
bool rp_is_project_file(const rp_input *item);
/* Facts of it, in item->arena. */
RP_MUST_CHECK rp_code rp_project_facts(const rp_deps_options *opt, const rp_input *item,
                                       rp_str name, const rp_facts **ret, rp_error *err);

#endif
