/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef RP_FACTS_FILE_FACTS_H
#define RP_FACTS_FILE_FACTS_H

#include "facts/facts.h"

/* Fills what all formats share: packed, debug_info, debug_name, symbol_table. f->symbols is set. */
void rp_file_facts(rp_image *img, rp_facts *f);

#endif
