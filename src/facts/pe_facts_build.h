/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef RP_FACTS_PE_FACTS_BUILD_H
#define RP_FACTS_PE_FACTS_BUILD_H

#include "base/error.h"
#include "facts/pe_facts.h"
#include "obj/image.h"
#include "obj/pe_parts.h"

/* Facts of a PE image or COFF object, in the image's arena. Of `needs` (RP_NEED_ bits) only
 * RP_NEED_SIGNATURE makes a difference: the file is hashed. Fails only when memory runs out. */
RP_MUST_CHECK rp_code rp_pe_facts_build(rp_image *img, uint32_t needs, const rp_pe_facts **ret,
                                        rp_error *err);

static inline rp_fact rp_pe_fact(rp_pe_found found)
{
    return (rp_fact){found.is, found.at, found.is == RP_UNKNOWN ? found.why : NULL};
}

/* Parts of it (one file each). False: out of memory. */
RP_MUST_CHECK bool rp_pe_facts_guard(rp_image *img, rp_pe_facts *f);
RP_MUST_CHECK bool rp_pe_facts_debug(rp_image *img, rp_pe_facts *f);
RP_MUST_CHECK bool rp_pe_facts_signature(rp_image *img, uint32_t needs, rp_pe_facts *f);

#endif
