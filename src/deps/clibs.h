/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* C libraries that were linked in, by the version text that they carry. Advisories on -sys crates
 * speak of the crate; what runs is this. */
#ifndef RP_DEPS_CLIBS_H
#define RP_DEPS_CLIBS_H

#include "deps/inventory.h"
#include "obj/image.h"

/* Adds components of kind RP_COMPONENT_C_LIBRARY: RP_HIGH when name and version stand in one text,
 * RP_GUESSED when only the library itself, or a version that stands alone, was seen. */
RP_MUST_CHECK rp_code rp_clibs(rp_image *img, rp_inventory_builder *b, rp_error *err);

#endif
