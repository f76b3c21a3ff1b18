/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Files of formats that hold programs, or parts of them, but none that is audited. */
#ifndef RP_INPUT_FOREIGN_H
#define RP_INPUT_FOREIGN_H

#include "base/base.h"

/* What a file is by its first bytes and its name, and what to name instead: a sentence for a hint.
 * NULL: none that is known. */
const char *rp_foreign_hint(rp_bytes head, rp_str path);

#endif
