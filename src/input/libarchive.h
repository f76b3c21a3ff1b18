/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* libarchive's reading functions, found when the first package is met: it brings some twenty
 * libraries with it, which would cost more at start-up than a run without packages needs in all.
 * Types and numbers as in its archive.h and archive_entry.h, stable since 3.0. */
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
       RP_ARCHIVE_FORMAT_RAW = 0x90000,
       RP_ARCHIVE_FORMAT_ZIP = 0x50000,
       RP_ARCHIVE_FORMAT_MASK = 0xff0000,
       RP_ARCHIVE_REGULAR = 0100000 /* AE_IFREG */
};

typedef ssize_t (*rp_archive_read_fn)(struct archive *, void *user, const void **ret);
typedef int64_t (*rp_archive_skip_fn)(struct archive *, void *user, int64_t bytes);
typedef int64_t (*rp_archive_seek_fn)(struct archive *, void *user, int64_t offset, int whence);

typedef struct {
    void *library;
    struct archive *(*read_new)(void);
    int (*read_free)(struct archive *);
    int (*set_data)(struct archive *, void *user);
    int (*set_read)(struct archive *, rp_archive_read_fn);
    int (*set_skip)(struct archive *, rp_archive_skip_fn);
    int (*set_seek)(struct archive *, rp_archive_seek_fn);
    int (*open)(struct archive *);
    int (*next_header)(struct archive *, struct archive_entry **);
    ssize_t (*read_data)(struct archive *, void *to, size_t len);
    int (*format)(struct archive *);
    const char *(*error_string)(struct archive *);
    const char *(*pathname)(struct archive_entry *);
    const char *(*pathname_utf8)(struct archive_entry *);
    const char *(*hardlink)(struct archive_entry *);
    int64_t (*size)(struct archive_entry *);
    int (*size_is_set)(struct archive_entry *);
    mode_t (*filetype)(struct archive_entry *);
} rp_libarchive;

/* RP_E_UNSUPPORTED when it is not installed. */
RP_MUST_CHECK rp_code rp_libarchive_load(rp_libarchive *ret, rp_error *err);
/* Lets `a` read what the function named archive_read_support_<what> supports. Refuses what
 * libarchive could only read by running another program. */
RP_MUST_CHECK rp_code rp_libarchive_support(const rp_libarchive *la, struct archive *a,
                                            const char *what, rp_error *err);
void rp_libarchive_unload(rp_libarchive *la);

#endif
