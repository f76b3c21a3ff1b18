/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What is at a path: files, folders, standard input, packages and their members, ar archives, fat
 * slices. Hands each candidate artefact on, in an order that depends only on names. Judges nothing.
 */
#ifndef RP_INPUT_INPUT_H
#define RP_INPUT_INPUT_H

#include "base/error.h"
#include "base/limits.h"
#include "base/source.h"
#include "obj/image.h"

typedef enum {
    RP_INPUT_ARTEFACT, /* src holds an ELF, PE, COFF or Mach-O file (one slice of a fat file) */
    RP_INPUT_OTHER,    /* a readable file that is none of ours: counted, not judged */
    RP_INPUT_ERROR     /* err says what could not be read; the others go on */
} rp_input_kind;

/* What has to be opened to come to a member. */
typedef enum {
    RP_STEP_PACKAGE,    /* tar, zip, rpm, cpio, …: bsdtar takes the member out */
    RP_STEP_COMPRESSED, /* one compressed file, whose name inside is made up */
    RP_STEP_AR,
    RP_STEP_DEB, /* Debian package: its data.tar follows as a package and has no name in `member` */
    RP_STEP_FAT  /* universal Mach-O: the member is an architecture */
} rp_step_kind;

typedef struct {
    rp_step_kind kind;
    size_t from, to;       /* the part of `member` that names what was taken out */
    uint64_t offset, size; /* of RP_STEP_FAT: where the slice lies */
} rp_step;

typedef struct {
    rp_step items[RP_MAX_ARCHIVE_DEPTH + 2]; /* outermost first */
    unsigned n;
} rp_steps;

typedef struct {
    rp_input_kind kind;
    rp_str path;     /* on disk, as the user named or the walk found it; "-" for standard input */
    rp_str member;   /* "data.tar!usr/bin/rg", "libx.rlib!x.o", "arm64" for a fat slice; "" for a
                        plain file */
    rp_steps steps;  /* from path to member */
    rp_source *src;  /* valid during the call only */
    rp_arena *arena; /* for what is made of this item: reset after the call. path, member and the
                        bytes of an unpacked member live elsewhere, until the call ends */
    rp_error err;
    uint64_t position;    /* order key: the sequence number of the top-level file */
    uint64_t ordinal;     /* of this item in that file: 0, 1, 2 … as they lie in it */
    uint64_t artefact;    /* how many artefacts of that file came before it */
    struct rp_crew *crew; /* workers that may help with this item; NULL: none */
    bool packed;          /* found inside of a package, an archive or a fat file */
    bool named; /* the user named this very path (an error or "nothing to audit" then matters more)
                 */
} rp_input;

/* Called once per artefact, other file or error, on any worker thread; those of one archive, too,
 * in any order, each with its ordinal. */
typedef void (*rp_input_fn)(void *user, const rp_input *item);

typedef struct {
    unsigned jobs;         /* worker threads, 0 = number of cores */
    uint64_t max_file;     /* 0 = RP_MAX_FILE */
    uint64_t max_memory;   /* of an item's arena, beside the bytes of a member; 0 =
                              RP_MAX_TARGET_MEM */
    uint64_t max_unpacked; /* bytes that may come out of the packages in one file; 0 =
                              RP_MAX_ARCHIVE_TOTAL */
    bool archives;         /* look into packages and archives (on by default in the cli) */
    bool archives_named;   /* into those that were named, where `archives` is off */
    /* Each file that is to be read, before the first is. May be NULL. */
    void (*listed)(void *user, bool named, rp_str path);
    rp_input_fn visit;
    /* Whether a file of another kind is to be visited; those that are not have no ordinal and are
     * counted as unwanted. NULL: all are. What it wants by its name and is no file at all is an
     * error. */
    bool (*wants)(void *user, const rp_input *item);
    void *user;
    /* After all members of top-level file number `sequence` (0, 1, 2 … in output order) were
     * visited; may come in any order from any thread. */
    void (*file_done)(void *user, uint64_t sequence);
    /* Before the first visit of top-level file number `sequence`. May be NULL. */
    void (*file_start)(void *user, uint64_t sequence, bool named, rp_str path);
    /* Whether artefacts of file number `sequence` should wait, since too much that was made of
     * files waits for earlier ones. Says so of none that is not begun, nor of all that are.
     * rp_crew_wake(crew) when that may have changed. May be NULL. */
    bool (*full)(void *user, uint64_t sequence, struct rp_crew *crew);
    /* Now and then, from one thread at a time: for a progress line. May be NULL. */
    void (*progress)(void *user, uint64_t done, uint64_t total, rp_str path);
} rp_input_options;

typedef struct {
    uint64_t files, folders, others, artefacts, errors, skipped_special;
    uint64_t unwanted; /* of `others` */
} rp_input_totals;

/* Visits everything under the paths (n of them). Fails only on out of memory or internal errors. */
RP_MUST_CHECK rp_code rp_input_run(const rp_input_options *opt, const char *const *paths, size_t n,
                                   rp_input_totals *ret, rp_error *err);
/* The same for bytes in memory. */
RP_MUST_CHECK rp_code rp_input_memory(const rp_input_options *opt, rp_bytes bytes, const char *name,
                                      rp_input_totals *ret, rp_error *err);

#endif
