/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef RP_FACTS_ELF_FACTS_BUILD_H
#define RP_FACTS_ELF_FACTS_BUILD_H

#include "base/error.h"
#include "facts/elf_facts.h"
#include "obj/image.h"

/* Facts of an ELF image, in its arena; strings are borrowed from it. `needs`: RP_NEED_ bits of
 * facts/facts.h; what was not asked for is unknown (UINT32_MAX where it is a count). Fails only
 * when out of memory: odd input ends in anomalies of the image and unknown facts. */
RP_MUST_CHECK rp_code rp_elf_facts_build(rp_image *img, uint32_t needs, const rp_elf_facts **ret,
                                         rp_error *err);

#endif
