/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef RP_ORIGIN_RUNTIME_NAME_H
#define RP_ORIGIN_RUNTIME_NAME_H

#include "base/base.h"

/* std's runtime symbols are mangled too in newer versions (_RNvCs…_7___rustc12___rust_alloc): the
 * name inside ("__rust_alloc"), or `name` itself. Borrowed. */
rp_str rp_runtime_name(rp_str name);

#endif
