/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What is known of the dependencies of a project, a lock file or an artefact: inventory,
 * advisories, what the lock file itself says wrong, and whether the sources on disk are those it
 * promised. */
#ifndef RP_FACTS_DEPS_FACTS_H
#define RP_FACTS_DEPS_FACTS_H

#include "cargo/notes.h"
#include "deps/match.h"
#include "deps/verify_notes.h"
#include "facts/fact.h"

/* A crate that its authors withdrew. */
typedef struct {
    uint32_t component;
} rp_yanked_crate;

typedef struct {
    rp_fact read;    /* YES: there is an inventory; UNKNOWN: why not */
    rp_str lock;     /* path of the lock file, "" none */
    rp_str manifest; /* path of the root manifest, "" none */
    uint32_t lock_version;
    rp_fact locked;                /* NO: a project without a lock file */
    const char *manifests_why;     /* a manifest is there but could not be read: what manifests say
                                      is not all that there is; NULL */
    const char *config_why;        /* the same of Cargo's configuration */
    rp_str target;                 /* triple that the graph is resolved for, "" all */
    rp_fact resolved;              /* YES: in_build and kinds follow Cargo's resolver */
    const rp_inventory *inventory; /* NULL unless read */
    const rp_lock_note *notes;     /* by kind, file, line */
    uint32_t nnotes;
    const rp_lock_place *places; /* by component */
    uint32_t nplaces;
    rp_fact matched; /* YES: an advisory database was asked; UNKNOWN: why none */
    const rp_dep_database *databases;
    uint32_t ndatabases;
    uint32_t max_age;            /* days that a database may be old; 0 any number */
    const rp_dep_match *matches; /* by kind, component, id */
    uint32_t nmatches;
    const rp_dep_match *ignored; /* that match and that people decided to live with */
    uint32_t nignored;
    rp_str digest; /* SHA-256 of the artefact, hexadecimal; "" not asked for, or none to be had */
    const rp_dep_ignore *ignores; /* what says that matches are left out, in the order of files */
    uint32_t nignores;
    uint32_t ncrates_unjudged; /* whose version is unknown, or none that advisories can name */
    uint32_t nadvisories_lost; /* on crates of the inventory, that could not be read */
    rp_fact yanked_known;      /* YES: the local index cache was there for every crates.io crate */
    const rp_yanked_crate *yanked;
    uint32_t nyanked;
    uint32_t yanked_unknown; /* crates that it does not hold */
    rp_fact verified;        /* YES: sources were compared (--verify) */
    uint32_t nverified;      /* components whose sources were compared whole */
    uint32_t nabsent;        /* components whose sources are not here, or cannot be compared */
    uint32_t nunseen;        /* components whose files --verify did not even see */
    const rp_source_note *sources; /* absent ones last, one each; then by component, file */
    uint32_t nsources;
    const rp_source_power *powers; /* by component */
    uint32_t npowers;
} rp_deps_facts;

#endif
