/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The dependencies of an artefact, what is known against them, and whether it is there. */
#ifndef RP_FACTS_DEPS_IMAGE_H
#define RP_FACTS_DEPS_IMAGE_H

#include "facts/deps_build.h"
#include "facts/rust_facts.h"
#include "obj/image.h"

/* What an artefact says of itself (.dep-v0), else what can be recovered from it; C libraries too.
 */
RP_MUST_CHECK rp_code rp_deps_of_image(const rp_deps_options *opt, rp_image *img,
                                       const rp_rust_facts *rust, rp_str path,
                                       const rp_deps_facts **ret, rp_error *err);

#endif
