/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Writing JSON (RFC 8259) as a stream. The output is valid UTF-8 whatever the strings hold, and
 * harmless on a terminal: hidden characters are written as \u escapes.
 *
 * A string that is not valid UTF-8 keeps its bytes: under key "x" the readable text, with U+FFFD
 * for each bad byte, and under "x_bytes" all its bytes in hexadecimal. In an array of strings the
 * key beside it is an array of the same length, null where nothing was lost. */
#ifndef RP_TEXT_JSON_H
#define RP_TEXT_JSON_H

#include "base/buf.h"

enum { RP_JSON_DEPTH = 63 }; /* nesting; deeper makes `out` bad */

typedef struct {
    rp_buf *out;
    bool pretty;    /* one key per line, two spaces a level; else one line */
    unsigned depth; /* open objects and arrays */
    uint64_t some;  /* bit d: level d has an item already */
    bool after_key;
} rp_json;

/* A pretty writer that goes on inside the list of an outer object, `{"k": [`, that an earlier
 * writer left open: for documents that are written piece by piece. first: the list has no item. */
rp_json rp_json_in_list(rp_buf *out, bool first);

void rp_json_open(rp_json *j);  /* { */
void rp_json_close(rp_json *j); /* } */
void rp_json_open_list(rp_json *j);
void rp_json_close_list(rp_json *j);
void rp_json_key(rp_json *j, const char *key); /* written as it is: a literal */

void rp_json_text(rp_json *j, rp_str s); /* bad bytes as U+FFFD */
void rp_json_hex(rp_json *j, rp_str bytes);
void rp_json_uint(rp_json *j, uint64_t v); /* exact up to 64 bits */
/* v / 100, without needless zeroes: confidences and scores. */
void rp_json_hundredths(rp_json *j, uint64_t v);
void rp_json_bool(rp_json *j, bool v);
void rp_json_null(rp_json *j);

/* A key with its value. rp_json_str adds KEY_bytes when needed. */
void rp_json_str(rp_json *j, const char *key, rp_str s);
void rp_json_cstr(rp_json *j, const char *key, const char *s); /* NULL: null */
void rp_json_strs(rp_json *j, const char *key, const rp_str *items, size_t n);
void rp_json_num(rp_json *j, const char *key, uint64_t v);
void rp_json_flag(rp_json *j, const char *key, bool v);

#endif
