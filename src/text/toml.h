/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Reading TOML 1.0.0. Strict: what the specification forbids is an error with its offset. Every
 * value and key knows where it stands, so that a finding can name the line. */
#ifndef RP_TEXT_TOML_H
#define RP_TEXT_TOML_H

#include "base/arena.h"
#include "base/error.h"

enum { RP_TOML_DEPTH = 128 }; /* arrays and inline tables in one another; parts of a dotted key */

typedef enum {
    RP_TOML_STRING,
    RP_TOML_INTEGER,
    RP_TOML_FLOAT,
    RP_TOML_BOOL,
    RP_TOML_OFFSET_DATETIME,
    RP_TOML_LOCAL_DATETIME,
    RP_TOML_LOCAL_DATE,
    RP_TOML_LOCAL_TIME,
    RP_TOML_ARRAY,
    RP_TOML_TABLE
} rp_toml_kind;

typedef struct rp_toml_item rp_toml_item;

typedef struct rp_toml {
    rp_toml_kind kind;
    bool truth;
    bool explicit_, closed, of_tables; /* how a table came to be: may it be defined again? */
    uint32_t section;                  /* for the same rules */
    uint32_t n, cap, mask;             /* of items, items, index */
    uint64_t at;                       /* offset of its first byte in the document */
    uint64_t end;                      /* behind its last byte; tables: of their header */
    rp_str text;                       /* STRING: decoded; FLOAT and dates: as written */
    union {                            /* a lock file makes thousands of these: keep them small */
        int64_t integer;
        double number;
    };
    rp_toml_item *items; /* ARRAY, TABLE: in the order of the document */
    uint32_t *index;     /* TABLE of many keys: hash → item + 1 */
} rp_toml;

struct rp_toml_item {
    rp_str key; /* decoded; empty in arrays */
    uint64_t key_at;
    rp_toml *value;
};

/* Parses a whole document; the root is a table. Strings are borrowed from `text` or lie in the
 * arena. err->offset is a byte offset; rp_toml_line turns it into a line. */
RP_MUST_CHECK rp_code rp_toml_parse(rp_str text, rp_arena *arena, const rp_toml **ret,
                                    rp_error *err);

/* The same with the tree in an arena of its own, for who keeps nothing but strings of it. */
RP_MUST_CHECK rp_code rp_toml_parse_apart(rp_str text, rp_arena *tree, rp_arena *strings,
                                          const rp_toml **ret, rp_error *err);

/* The value under `key` of a table, NULL when there is none or `table` is NULL or no table. */
const rp_toml *rp_toml_get(const rp_toml *table, const char *key);
/* Its text when it is a string, else an empty one. */
rp_str rp_toml_string(const rp_toml *table, const char *key);
/* The value when it is a boolean, else `otherwise`. */
bool rp_toml_truth(const rp_toml *table, const char *key, bool otherwise);

/* Line and column (both from 1; columns in bytes) of an offset. */
void rp_toml_line(rp_str text, uint64_t offset, uint32_t *ret_line, uint32_t *ret_column);

#endif
