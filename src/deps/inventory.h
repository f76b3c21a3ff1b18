/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What is inside: crates (and C libraries, and the toolchain) with version, source, how sure that
 * is, and what was read where. One model, whatever the witnesses: a lock file, Cargo's SBOM,
 * `.dep-v0`, panic paths, symbols, debug information, a vendor folder.
 *
 * Declared for tools/gen_copy and tools/gen-facts: "const T *xs" has its count "nxs" beside it. */
#ifndef RP_DEPS_INVENTORY_H
#define RP_DEPS_INVENTORY_H

#include "base/error.h"
#include "base/vec.h"
#include "cargo/source.h"

#define RP_NO_COMPONENT UINT32_MAX

typedef enum {
    RP_COMPONENT_CRATE,
    RP_COMPONENT_C_LIBRARY, /* OpenSSL, zlib, SQLite: by the version text that it links in */
    RP_COMPONENT_TOOLCHAIN  /* rustc, cargo */
} rp_component_kind;

typedef enum {            /* later is weaker */
               RP_EXACT,  /* written down by Cargo: lock file, SBOM, .dep-v0 */
               RP_HIGH,   /* a path of a known layout names crate and version */
               RP_GUESSED /* a name alone, or a path of an unknown layout */
} rp_certainty;

typedef enum {
    RP_WITNESS_LOCK,
    RP_WITNESS_MANIFEST,
    RP_WITNESS_SBOM,
    RP_WITNESS_AUDITABLE, /* .dep-v0 and its ancestors */
    RP_WITNESS_LOCATION,  /* a panic location reached through its record */
    RP_WITNESS_PATH,      /* the path of a source file among strings */
    RP_WITNESS_SYMBOL,
    RP_WITNESS_DWARF,
    RP_WITNESS_SOURCES, /* vendored or unpacked sources on disk */
    RP_WITNESS_STRING,  /* a version text, a compiler's comment */
    RP_WITNESS_COUNT
} rp_witness;

/* What was read, and where. */
typedef struct {
    rp_witness what;
    rp_str file;   /* path, or member of the artefact; "" the artefact itself */
    uint64_t at;   /* byte offset in it, RP_NOWHERE */
    uint32_t line; /* from 1; 0: not a text file */
    rp_str text;   /* what stands there */
} rp_sighting;

typedef struct {
    uint32_t to;   /* index in rp_inventory.components */
    uint8_t kinds; /* RP_DEP_ bits of this edge */
} rp_dep_edge;

typedef struct {
    rp_component_kind kind;
    rp_str name;    /* as its manifest spells it; only a symbol's "_" when nothing else is known */
    rp_str version; /* as written, "" unknown: crates.io holds some that are no SemVer */
    rp_crate_source source;
    rp_str checksum;        /* SHA-256 of the .crate, 64 hex digits; "" none */
    const rp_str *features; /* that are on in any of its builds, sorted; told by the SBOM */
    uint32_t nfeatures;
    rp_str license;          /* as its manifest on disk writes it, "" unknown */
    uint8_t kinds;           /* RP_DEP_ bits by which anything asks for it */
    bool root;               /* what was built, or the project's own package */
    bool member;             /* of the workspace */
    rp_tri in_build;         /* the chosen target and features need it; UNKNOWN: not resolved */
    rp_tri yanked;           /* by the local index cache */
    rp_str published;        /* "2026-08-20T06:12:03Z" by the local index cache, "" unknown */
    const rp_dep_edge *deps; /* by index */
    uint32_t ndeps;
    uint32_t via;       /* whoever asks for it on a shortest path from a root (a normal edge before
                           others); RP_NO_COMPONENT: UINT32_MAX for roots and what none reaches */
    uint64_t pulled_by; /* a bit for each of the first roots and members that ask for it, by
                           whatever path; the last bit stands for all that have none of their own */
    rp_certainty certainty;       /* of the strongest witness */
    uint32_t witnesses;           /* 1 << rp_witness, of all sightings, dropped ones too */
    const rp_sighting *sightings; /* strongest first, at most RP_MAX_SIGHTINGS */
    uint32_t nsightings;
} rp_component;

enum { RP_MAX_SIGHTINGS = 8 };

typedef struct {
    const rp_component *components; /* by kind, name, version, source: bytes */
    uint32_t ncomponents;
    bool edges; /* some witness tells who asks for whom */
    bool whole; /* some witness lists everything: what is not here is not inside */
} rp_inventory;

/* ---- building one ----
 * Witnesses add what they saw in any order; the same crate may be added many times. Equal are:
 * kind, version, source as far as both are known, and the name ('-' equals '_' where one of the two
 * comes from symbols). A sighting without a version joins the one crate of that name when there is
 * only one. Nothing that a stronger witness said is overwritten by a weaker one. */
typedef struct rp_inventory_builder rp_inventory_builder;

/* In `arena`, which also holds the finished inventory. NULL when out of memory. */
rp_inventory_builder *rp_inventory_start(rp_arena *arena);
/* Room for n components at once: growing would leave as much again behind. */
RP_MUST_CHECK rp_code rp_inventory_expect(rp_inventory_builder *b, uint32_t n, rp_error *err);

/* What one witness saw. A zeroed field is "not known" (but set `via`, `deps`: they are not read).
 * Strings are borrowed: they live in the arena or longer. */
typedef struct {
    rp_component_kind kind;
    rp_str name, version;
    rp_crate_source source;
    rp_str checksum;
    uint8_t kinds;
    bool root, member;
    rp_certainty certainty;
    bool from_symbols; /* '_' in name may stand for '-' */
    rp_sighting seen;
} rp_seen;

/* *ret_id: a handle for edges, good until the end. RP_E_LIMIT over RP_MAX_COMPONENTS. */
RP_MUST_CHECK rp_code rp_inventory_add(rp_inventory_builder *b, const rp_seen *seen,
                                       uint32_t *ret_id, rp_error *err);
/* `from` asks for `to`; handles. Adding it again ORs the kinds. */
RP_MUST_CHECK rp_code rp_inventory_edge(rp_inventory_builder *b, uint32_t from, uint32_t to,
                                        uint8_t kinds, rp_error *err);
/* A feature of it is on; a handle. Again is no harm. */
RP_MUST_CHECK rp_code rp_inventory_feature(rp_inventory_builder *b, uint32_t id, rp_str feature,
                                           rp_error *err);
/* A witness that lists everything was read whole. */
void rp_inventory_whole(rp_inventory_builder *b);
/* Joins, sorts, fills `via` and `pulled_by`. ret_index, when not NULL: for each handle its index.
 */
RP_MUST_CHECK rp_code rp_inventory_finish(rp_inventory_builder *b, const rp_inventory **ret,
                                          const uint32_t **ret_index, rp_error *err);

/* First component of that name (exact bytes) and version ("" any); RP_NO_COMPONENT. */
uint32_t rp_inventory_find(const rp_inventory *inv, rp_str name, rp_str version);
/* "root 0.1.0 → a 1.2.3 → b 4.5.6", for messages; {NULL, 0} when out of memory. Longer paths than
 * some eight steps are cut in the middle. */
rp_str rp_inventory_path(const rp_inventory *inv, uint32_t index, rp_arena *arena);
/* Where that path begins; `index` itself where none leads to it. */
uint32_t rp_inventory_origin(const rp_inventory *inv, uint32_t index);
/* "app, tool": all roots and members that pull it in, of many "a, b, … and 3 more"; "" none do.
 * {NULL, 0} when out of memory. */
rp_str rp_inventory_pulled_by(const rp_inventory *inv, uint32_t index, rp_arena *arena);

#endif
