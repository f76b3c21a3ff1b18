/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the readers of package formats have in common: members one after the other, each with its
 * bytes. A reader holds no more than one member's name and never passes over bytes for free. */
#ifndef RP_INPUT_MEMBERS_H
#define RP_INPUT_MEMBERS_H

#include "base/error.h"

typedef struct {
    rp_str name;        /* as stored; until the next member is asked for */
    uint64_t at;        /* of its header, in the stream: evidence */
    uint64_t size;      /* bytes it holds as declared, UINT64_MAX when nothing says */
    bool file;          /* a regular file; else a folder, a link, a device */
    const char *unread; /* why its bytes cannot be had, or NULL */
} rp_member;

typedef struct {
    /* The next member; *ret_end behind the last, with *ret untouched. After a failure nothing more
     * can be found. */
    rp_code (*next)(void *self, rp_member *ret, bool *ret_end, rp_error *err);
    /* Up to len of the member's bytes; fewer only at its end. */
    rp_code (*read)(void *self, uint8_t *to, size_t len, size_t *ret, rp_error *err);
    /* Passes over what is left of the member, which costs what reading it costs unless the reader
     * knows better. */
    rp_code (*skip)(void *self, rp_error *err);
    /* Where in the source all bytes of the member lie as they are; false when nowhere. NULL: never.
     */
    bool (*where)(const void *self, uint64_t *ret);
} rp_format_reader;

#endif
