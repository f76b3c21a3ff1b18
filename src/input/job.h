/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* One top-level file, on one thread: what it is, and everything inside of it. */
#ifndef RP_INPUT_JOB_H
#define RP_INPUT_JOB_H

#include "base/limits.h"
#include "base/threads.h"
#include "input/input.h"
#include "input/open_file.h"

#include <stdatomic.h>

typedef enum {
    RP_THING_OTHER,
    RP_THING_ARTEFACT,
    RP_THING_FAT,    /* universal Mach-O */
    RP_THING_AR,     /* ar archive: .a, .rlib, .lib, .deb */
    RP_THING_PACKAGE /* what libarchive reads */
} rp_thing;

enum {
    RP_HEAD = 4096, /* bytes that are enough to tell what a file is */
    RP_FIRST = 512  /* of them, bytes that are enough to tell of most that they are none of ours */
};

enum {
    RP_PARCELS = 64,        /* artefacts of archives that may wait for a worker */
    RP_PARCELS_AHEAD = 1024 /* members that others may be behind the one that is handed on */
};
#define RP_PARCEL_BYTES (16ull << 20) /* unpacked bytes that may wait with them */

/* An artefact in an archive, handed on to whichever worker has time. */
typedef struct {
    rp_errand errand; /* first */
    rp_input item;
    rp_source src;
    rp_arena bytes; /* what was unpacked, and the name */
    atomic_uint_fast64_t *held;
    rp_open_file *file; /* that it is a part of */
} rp_parcel;

/* A worker's own: one file after the other. */
typedef struct {
    const rp_input_options *opt;
    struct rp_crew *crew;
    atomic_uint_fast64_t *held; /* unpacked bytes in parcels; NULL: all is visited here */
    rp_open_files *files;       /* NULL: there is one file, in memory */
    uint64_t max_memory;
    rp_arena arena; /* of the item that is visited */
    rp_arena bytes; /* unpacked bytes of the item, until it is handed on */
    rp_arena levels[RP_MAX_ARCHIVE_DEPTH + 2]; /* of the containers around it, outermost first */
    rp_input_totals totals;
    /* of the current file */
    rp_open_file *file; /* what is read now; NULL as `files` */
    rp_str path;
    bool named;
    bool in_memory; /* path is no path: there is no folder beside it */
    uint64_t sequence, ordinal, artefacts;
    struct {
        rp_step_kind kind;
        size_t member;                /* length of the container's own name */
        uint64_t offset, size;        /* of the slice of a fat file that is visited */
    } open[RP_MAX_ARCHIVE_DEPTH + 2]; /* containers around what is visited, outermost first */
    unsigned nopen;
    uint64_t file_size;
    uint64_t unpacked; /* bytes that came out of all its packages */
    bool stop;         /* a cap on the whole file was met: nothing more of it is visited */
} rp_job;

rp_thing rp_thing_of(rp_bytes head, uint64_t size);
/* Whether RP_FIRST bytes tell that it is RP_THING_OTHER, whatever follows them. */
bool rp_thing_none(rp_bytes first, uint64_t size);

/* Visits the artefact, other file or container in `src`, whose bytes live in levels[depth] or
 * outlive the job. `depth` containers are around it; member is "" for the file itself. */
void rp_job_source(rp_job *job, rp_source *src, rp_str member, unsigned depth);
/* The same for an artefact that is a slice of a file or whose bytes were put into job->bytes, which
 * is empty again then. It is visited now or later, on any thread. */
void rp_job_artefact(rp_job *job, rp_source *src, rp_str member, bool packed);
/* Containers: every member of the one in `src`, whose arena is levels[depth]. */
void rp_job_ar(rp_job *job, rp_source *src, rp_str member, unsigned depth);
void rp_job_package(rp_job *job, rp_source *src, rp_str member, unsigned depth, rp_bytes head);
/* Opens a file as a part of the current one; *ret, whose windows are in `arena`, reads it. It is
 * closed when rp_job_close is called and all its artefacts are visited. */
RP_MUST_CHECK rp_code rp_job_open(rp_job *job, const char *path, bool follow, rp_arena *arena,
                                  rp_source *ret, rp_error *err);
void rp_job_close(rp_job *job);
/* The worker has no more to do with the current file: it is done when all its artefacts are. */
void rp_job_end(rp_job *job);
void rp_job_other(rp_job *job, rp_str member, bool packed);
void rp_job_error(rp_job *job, rp_str member, const rp_error *err);

/* "outer!inner", or inner alone when outer is empty; {NULL, 0} when out of memory. */
rp_str rp_member_join(rp_arena *arena, rp_str outer, rp_str inner);

#endif
