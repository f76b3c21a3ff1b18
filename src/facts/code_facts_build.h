/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef RP_FACTS_CODE_FACTS_BUILD_H
#define RP_FACTS_CODE_FACTS_BUILD_H

#include "facts/facts.h"

/* Reads the machine code when `facts->needs` asks for it; the other facts of the artefact are built
 * already. */
RP_MUST_CHECK rp_code rp_code_facts_build(rp_image *img, const rp_facts *facts,
                                          const rp_code_facts **ret, rp_error *err);

#endif
