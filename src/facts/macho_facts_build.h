/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef RP_FACTS_MACHO_FACTS_BUILD_H
#define RP_FACTS_MACHO_FACTS_BUILD_H

#include "facts/macho_facts.h"
#include "obj/image.h"

/* The facts of a Mach-O image, in its arena. `needs`: RP_NEED_ bits of facts.h; what was not asked
 * for is unknown. Fails only when memory runs out. */
RP_MUST_CHECK rp_code rp_macho_facts_build(rp_image *img, uint32_t needs,
                                           const rp_macho_facts **ret, rp_error *err);
/* Thread-local variables: `tls` and what belongs to it. False only when memory runs out. */
RP_MUST_CHECK bool rp_macho_tls_facts(rp_image *img, uint32_t needs, rp_macho_facts *f);

#endif
