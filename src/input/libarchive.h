/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* libarchive's reading functions, found when the first package is met: it brings some twenty
 * libraries with it, which would cost more at start-up than a run without packages needs in all.
 * Types and numbers as in its archive.h, stable since 3.0. */
#ifndef RP_INPUT_LIBARCHIVE_H
#define RP_INPUT_LIBARCHIVE_H

#include "base/error.h"

#include <sys/types.h>

struct archive;
struct archive_entry;

enum { /* archive.h */
       RP_ARCHIVE_EOF = 1,
       RP_ARCHIVE_OK = 0,
       RP_ARCHIVE_WARN = -20,
       RP_ARCHIVE_FAILED = -25,
       RP_ARCHIVE_FATAL = -30
};

typedef ssize_t (*rp_archive_read_fn)(struct archive *, void *user, const void **ret);

typedef struct {
    void *library;
    struct archive *(*read_new)(void);
    int (*read_free)(struct archive *);
    int (*set_data)(struct archive *, void *user);
    int (*set_read)(struct archive *, rp_archive_read_fn);
    int (*open)(struct archive *);
    int (*next_header)(struct archive *, struct archive_entry **);
    int (*read_block)(struct archive *, const void **ret, size_t *ret_len, int64_t *ret_offset);
    int (*append_filter)(struct archive *, int filter);
    int (*filter_count)(struct archive *);
    const char *(*error_string)(struct archive *);
} rp_libarchive;

/* RP_E_UNSUPPORTED when it is not installed. */
RP_MUST_CHECK rp_code rp_libarchive_load(rp_libarchive *ret, rp_error *err);
/* Lets `a` read what the function named archive_read_support_<what> supports. Refuses what
 * libarchive could only read by running another program. */
RP_MUST_CHECK rp_code rp_libarchive_support(const rp_libarchive *la, struct archive *a,
                                            const char *what, rp_error *err);
void rp_libarchive_unload(rp_libarchive *la);

#endif
