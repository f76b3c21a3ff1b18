/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Errors stop one target: a code, the byte offset, one line of text, owned by the caller. First
 * cause wins. */
#ifndef RP_BASE_ERROR_H
#define RP_BASE_ERROR_H

#include "base/base.h"

typedef enum {
    RP_OK = 0,
    RP_E_FORMAT,      /* the bytes break the rules of their format */
    RP_E_MEMORY,      /* an allocation failed or the memory limit was met */
    RP_E_LIMIT,       /* a cap of base/limits.h was met */
    RP_E_IO,          /* the system could not read it */
    RP_E_UNSUPPORTED, /* well-formed as far as seen, but not something we read */
    RP_E_USAGE,       /* the caller asked for something that does not exist */
    RP_E_INTERNAL     /* our mistake */
} rp_code;

typedef struct {
    rp_code code;
    uint64_t offset; /* in the file, RP_NOWHERE when it has none */
    char text[200]; /* one line, no final full stop or newline; may hold bytes from files: escape it
                     */
} rp_error;

/* Records the failure unless one is recorded already; returns `code`. `err` may be NULL. */
rp_code rp_fail(rp_error *err, rp_code code, uint64_t offset, const char *format, ...)
    RP_PRINTF(4, 5);
/* RP_E_MEMORY with the standard text. */
rp_code rp_fail_memory(rp_error *err);

#endif
