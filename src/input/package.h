/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Which packages and compressed files are read through libarchive, by their first bytes. */
#ifndef RP_INPUT_PACKAGE_H
#define RP_INPUT_PACKAGE_H

#include "base/base.h"

enum { RP_PACKAGE_READERS = 8 };

typedef struct {
    const char *name;
    size_t offset;
    rp_str magic;
    /* archive_read_support_… names of what may be inside; the rest NULL */
    const char *readers[RP_PACKAGE_READERS];
} rp_package_kind;

/* NULL when it is none. */
const rp_package_kind *rp_package_identify(rp_bytes head);

/* A member's path as it is shown: without "./", leading and doubled slashes. In place; returns the
 * new length. */
size_t rp_package_tidy(char *path, size_t len);

#endif
