/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef RP_CHECKS_PAGES_H
#define RP_CHECKS_PAGES_H

#include "base/base.h"

/* The Markdown page of a check by its code ("RP2104"), or {NULL, 0}. */
rp_str rp_page(const char *code);

#endif
