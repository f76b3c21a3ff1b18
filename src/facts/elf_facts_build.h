/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef RP_FACTS_ELF_FACTS_BUILD_H
#define RP_FACTS_ELF_FACTS_BUILD_H

#include "facts/elf_facts.h"
#include "obj/image.h"

/* Facts of an opened ELF image, in the image's arena. `needs` are RP_NEED_ bits of facts/facts.h:
 * what they do not ask for stays unknown. Odd input ends in anomalies and unknown facts; only out
 * of memory fails. */
RP_MUST_CHECK rp_code rp_elf_facts_build(rp_image *img, uint32_t needs, const rp_elf_facts **ret,
                                         rp_error *err);

#endif
