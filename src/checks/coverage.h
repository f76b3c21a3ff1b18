/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the code says of one mitigation, asked and said alike by all checks: n of m, and where the
 * rest is. A header's word counts only as far as the code agrees with it. */
#ifndef RP_CHECKS_COVERAGE_H
#define RP_CHECKS_COVERAGE_H

#include "checks/common.h"

typedef enum {
    RP_COVER_UNREAD, /* the code was not read, or does not tell: `why` */
    RP_COVER_NEVER,  /* this code cannot have it: `why` */
    RP_COVER_EMPTY,  /* nothing in the code could have it */
    RP_COVER_NONE,
    RP_COVER_PART,
    RP_COVER_ALL
} rp_cover_state;

/* Whose functions count: bits 1 << rp_owner. */
enum {
    RP_OWNERS_ALL = (1 << RP_OWNER_COUNT) - 1,
    RP_OWNERS_RUST = 1 << RP_OWNER_RUST_USER | 1 << RP_OWNER_RUST_STD,
    RP_OWNERS_C = 1 << RP_OWNER_C | 1 << RP_OWNER_CPP,
    /* without what no compiler's flag reaches: start-up code, thunks, hand-written assembly */
    RP_OWNERS_COMPILED = RP_OWNERS_ALL & ~(1 << RP_OWNER_ASSEMBLY | 1 << RP_OWNER_RUNTIME),
    RP_OWNERS_BUT_RUNTIME = RP_OWNERS_ALL & ~(1 << RP_OWNER_RUNTIME),
};

typedef struct {
    rp_cover_state state;
    const char *why;
    uint32_t covered, total; /* of the owners that count */
    uint32_t aside;          /* outside the mitigation, by owners that do not count */
    uint32_t owners;
    const rp_coverage *of;
} rp_cover;

rp_cover rp_cover_of(const rp_facts *f, const rp_coverage *of, uint32_t owners);
/* The code was read and says how many there are. */
bool rp_cover_told(const rp_cover *c);

/* One owner's share; zeros when it has none. */
rp_coverage_row rp_cover_owner(const rp_cover *c, rp_owner owner);
/* Somebody asked for it: crates of the program have some of it. */
bool rp_cover_asked(const rp_cover *c);
/* Crates of the program have it and std, as good as, not: the one that rustup installs was linked
 * in. */
bool rp_cover_std_without(const rp_cover *c);

/* Where the rest is: "all in C (libgit2, openssl)", "143 in std, 3 in C (zlib)". For owners that
 * count only. Never NULL; "" when nothing is missing. */
const char *rp_cover_rest(rp_out *out, const rp_cover *c);
/* "; 5 in start-up code and assembly are set aside", or "". */
const char *rp_cover_aside(rp_out *out, const rp_cover *c);

/* The result rests on this coverage. Evidence: how many by owner; reports list the places outside,
 * with `unit`, what their detail counts ("bytes of frame"). `what`: "landing pads". */
void rp_cover_evidence(const rp_facts *f, rp_out *out, const rp_cover *c, const char *what,
                       const char *unit);
/* The command that disassembles the whole file for its machine, through `filter` ("grep …"). */
void rp_cover_verify(const rp_facts *f, rp_out *out, const char *filter);
/* What of the first place outside a command is to show. */
typedef enum {
    RP_PLACE_FUNCTION, /* the function, through `filter` ("grep …") */
    RP_PLACE_BRANCH    /* the branch that the place is; `filter`: how many lines before it, "8" */
} rp_place_part;
/* Adds the command that disassembles it, through `filter`; nothing when there is no such place. */
void rp_cover_verify_place(const rp_facts *f, rp_out *out, const rp_cover *c, rp_place_part part,
                           const char *filter);
/* The first line of it alone. */
void rp_cover_totals(const rp_facts *f, rp_out *out, const rp_cover *c, const char *what);
/* Evidence that the code was not read, and why. Nothing when it was. */
void rp_cover_unread(rp_out *out, const rp_cover *c);

#endif
