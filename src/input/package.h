/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Which packages and compressed files are looked into, by their first bytes. */
#ifndef RP_INPUT_PACKAGE_H
#define RP_INPUT_PACKAGE_H

#include "base/base.h"
#include "input/window.h"

typedef enum {
    RP_PACKAGE_STREAM, /* compressed: a tar or cpio archive or one file inside, or nothing */
    RP_PACKAGE_TAR,
    RP_PACKAGE_CPIO,
    RP_PACKAGE_ZIP,
    RP_PACKAGE_RPM /* headers, then a STREAM or a CPIO */
} rp_package_format;

typedef struct {
    const char *name;
    size_t offset;
    rp_str magic;
    rp_package_format format;
    int filter;          /* of a STREAM: ARCHIVE_FILTER_… of archive.h */
    const char *support; /* archive_read_support_<support>, when libarchive has to detect it */
    rp_window_kind window;
} rp_package_kind;

/* NULL when it is none. */
const rp_package_kind *rp_package_identify(rp_bytes head);
/* What the bytes that came out of a STREAM are: TAR, CPIO, or STREAM for one file. */
rp_package_format rp_package_content(rp_bytes head);

/* A member's path as it is shown: without "./", leading and doubled slashes. In place; returns the
 * new length. */
size_t rp_package_tidy(char *path, size_t len);

#endif
