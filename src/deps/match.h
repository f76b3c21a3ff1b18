/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* An advisory that applies to a component of the inventory: what checks and reporters see of the
 * advisory database. Filled by deps/advisory* (what is known) and deps/reach* (whether it is
 * there).
 *
 * Declared for tools/gen_copy and tools/gen-facts: "const T *xs" has its count "nxs" beside it. */
#ifndef RP_DEPS_MATCH_H
#define RP_DEPS_MATCH_H

#include "deps/inventory.h"

typedef enum {
    RP_ADVISORY_VULNERABILITY,
    RP_ADVISORY_MALICIOUS, /* above every severity */
    RP_ADVISORY_UNSOUND,
    RP_ADVISORY_UNMAINTAINED,
    RP_ADVISORY_NOTICE,
    RP_ADVISORY_OTHER /* an informational kind of tomorrow */
} rp_advisory_kind;

typedef enum {
    RP_SEVERITY_UNKNOWN, /* no vector, or none that can be read */
    RP_SEVERITY_NONE,
    RP_SEVERITY_LOW,
    RP_SEVERITY_MEDIUM,
    RP_SEVERITY_HIGH,
    RP_SEVERITY_CRITICAL
} rp_severity;

typedef enum {
    RP_REACH_UNKNOWN,    /* .why says what is missing */
    RP_REACH_PRESENT,    /* an affected function is in the artefact */
    RP_REACH_NOT_EMITTED /* complete debug information, and none of them in it */
} rp_reach_state;

typedef struct {
    rp_reach_state state;
    const char *why; /* one clause: "the file is stripped"; NULL when present */
    rp_str function; /* PRESENT: the advisory's path of it */
    rp_str symbol;   /* PRESENT: what stands in the artefact */
    rp_str by;       /* "symbol", "debug information", "inlined call", "panic location" */
    uint64_t at;     /* file offset or RP_NOWHERE */
    uint64_t addr;
    const rp_str *path; /* from an entry point to it, where call edges are visible */
    uint32_t npath;
    bool path_possible;    /* through a table of functions: who uses it may call, or not */
    const char *no_path;   /* PRESENT without a path: why none is shown; proves nothing */
    bool overflow_checked; /* PRESENT: debug information is complete, and wherever the functions
                              stand, overflow checks of their crate do */
} rp_reach;

typedef struct {
    uint32_t component; /* index in the inventory */
    rp_str id;          /* "RUSTSEC-2024-0003" */
    rp_advisory_kind kind;
    rp_severity severity;
    uint16_t score; /* CVSS base score times ten, UINT16_MAX without */
    rp_str vector;  /* "CVSS:3.1/AV:N/…", "" */
    rp_str title, date, url, database;
    rp_str license;        /* to be shown with url when it is not CC0-1.0 */
    const rp_str *aliases; /* CVE, GHSA */
    uint32_t naliases;
    const rp_str *categories;
    uint32_t ncategories;
    const rp_str *patched; /* requirements as written */
    uint32_t npatched;
    const rp_str *functions; /* affected ones for this version, "" none named */
    uint32_t nfunctions;
    rp_str upgrade;  /* end of the affected range, and of those of other advisories that it lies in;
                        "" there is none */
    bool compatible; /* `upgrade` is: cargo update alone brings it */
    rp_str pinned_by; /* who keeps Cargo from taking it: `core asks for "=1.2.0"`; "" nobody that is
                         known */
    rp_tri here; /* the artefact's or target's system and architecture are affected; UNKNOWN: the
                    advisory names some and the target is not known */
    rp_str source_doubt; /* "" or why name and version match but the crate may be another: "from
                            git" */
    rp_reach reach;
    bool ignored;          /* people decided to live with it: */
    rp_str ignored_reason; /* "" none given */
    rp_str ignored_file;   /* the entry that says so */
    uint32_t ignored_line;
} rp_dep_match;

/* An entry of a file that says: live with this advisory. */
typedef struct {
    rp_str id;     /* of the advisory, or an alias of it; "" the file cannot be read */
    rp_str reason; /* "" none given */
    rp_str until;  /* "2026-12-31": from that day on it is over; "" for ever */
    rp_str file;
    uint32_t line;
    rp_str problem; /* why it cannot be read, "" it can */
    bool expired;
    bool used; /* some advisory with that id applies */
} rp_dep_ignore;

/* What is known of the database that was asked. */
typedef struct {
    rp_str path;  /* "" none was found */
    rp_str as_of; /* date of its newest advisory, or of its last update: "2026-08-21" */
    uint32_t advisories;
    uint32_t broken;   /* that could not be read, on packages that nobody can tell */
    uint32_t age_days; /* UINT32_MAX unknown */
} rp_dep_database;

#endif
