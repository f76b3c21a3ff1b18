/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef RP_TEXT_ESCAPE_H
#define RP_TEXT_ESCAPE_H

#include "base/buf.h"

/* Text from a file for a terminal: what would change it, move it or hide it becomes \xNN or
 * \u{N}. */
void rp_put_escaped(rp_buf *out, rp_str s);
/* One word of a shell command, quoted when it has to be. */
void rp_put_shell(rp_buf *out, rp_str s);

#endif
