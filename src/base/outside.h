/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* MemorySanitizer sees only code that was built with it: what zlib, Zydis, libarchive, jansson and
 * libcrypto write counts as uninitialised, and what they hand to libc's functions too. Whoever
 * calls them says here what they wrote. Without MemorySanitizer all of this is nothing. */
#ifndef RP_BASE_OUTSIDE_H
#define RP_BASE_OUTSIDE_H

#include "base/base.h"

#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#define RP_MSAN
#include <sanitizer/msan_interface.h>
#endif
#endif

/* A library wrote these bytes. */
static inline void rp_outside_wrote(const void *bytes, size_t size)
{
#ifdef RP_MSAN
    __msan_unpoison(bytes, size);
#else
    (void)bytes, (void)size;
#endif
}

/* The same of a text that ends with NUL. */
static inline void rp_outside_wrote_text(const char *text)
{
#ifdef RP_MSAN
    if (text != NULL)
        __msan_unpoison_string(text);
#else
    (void)text;
#endif
}

/* Between these a library runs: what it passes to libc is its own affair. Calls nest. */
static inline void rp_outside_enter(void)
{
#ifdef RP_MSAN
    __msan_scoped_disable_interceptor_checks();
#endif
}

static inline void rp_outside_leave(void)
{
#ifdef RP_MSAN
    __msan_scoped_enable_interceptor_checks();
#endif
}

#endif
