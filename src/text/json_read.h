/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Reading JSON (RFC 8259) into a tree in an arena. The grammar is jansson's, which is loaded when
 * the first document is met; what it may be asked for (size, depth, containers) is capped before.
 */
#ifndef RP_TEXT_JSON_READ_H
#define RP_TEXT_JSON_READ_H

#include "base/arena.h"
#include "base/error.h"

enum {
    RP_JSON_READ_DEPTH = 128,             /* objects and arrays in one another */
    RP_JSON_READ_CONTAINERS = 1 << 20,    /* objects and arrays in all: each costs some 250 bytes */
    RP_JSON_READ_BYTES = 16 * 1024 * 1024 /* of the document */
};

typedef enum {
    RP_JSON_NULL,
    RP_JSON_BOOL,
    RP_JSON_INTEGER,
    RP_JSON_REAL,
    RP_JSON_STRING,
    RP_JSON_ARRAY,
    RP_JSON_OBJECT
} rp_json_kind;

typedef struct rp_json_member rp_json_member;

typedef struct rp_json_value {
    rp_json_kind kind;
    bool truth;
    int64_t integer;
    double number;
    rp_str text;           /* STRING: decoded, may hold NUL; NUL-terminated behind its end */
    rp_json_member *items; /* ARRAY, OBJECT: in the order of the document */
    uint32_t n;
} rp_json_value;

struct rp_json_member {
    rp_str key; /* empty in arrays */
    rp_json_value value;
};

/* Parses a whole document; any value may be its root. A key twice in one object is an error: two
 * readers would not agree on what it means. err->offset is a byte offset where it is known.
 * RP_E_UNSUPPORTED when jansson is not installed. */
RP_MUST_CHECK rp_code rp_json_read(rp_str text, rp_arena *arena, const rp_json_value **ret,
                                   rp_error *err);

/* The value under `key`, NULL when there is none or `object` is NULL or no object. */
const rp_json_value *rp_json_get(const rp_json_value *object, const char *key);
/* Its text when it is a string, else an empty one. */
rp_str rp_json_get_str(const rp_json_value *object, const char *key);
/* The array under `key`; a static empty one when there is none: loops need no test. */
const rp_json_value *rp_json_get_list(const rp_json_value *object, const char *key);

#endif
