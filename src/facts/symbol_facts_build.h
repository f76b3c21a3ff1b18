/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef RP_FACTS_SYMBOL_FACTS_BUILD_H
#define RP_FACTS_SYMBOL_FACTS_BUILD_H

#include "facts/symbol_facts.h"
#include "obj/image.h"

/* Reads the symbol tables when `wanted` and counts what they hold, in one pass; else the facts say
 * UNKNOWN. Only out of memory fails. */
RP_MUST_CHECK rp_code rp_symbol_facts_build(rp_image *img, bool wanted, const rp_symbol_facts **ret,
                                            rp_error *err);

/* The watched symbol of that name (decoration taken off by rp_symbol_plain), or RP_WATCH_COUNT. */
rp_watch rp_watch_of(rp_str plain);
/* Without Mach-O's and COFF's leading '_', "__imp_" and "@VERSION"; the inner name of std's own
 * mangled runtime symbols (_RNvCs…_7___rustc12___rust_alloc). Borrowed from `name`. */
rp_str rp_symbol_plain(const rp_image *img, rp_str name);

#endif
