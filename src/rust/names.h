/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What names in modules were found to mean, so that each is looked for once. Globs may bring in
 * each other in circles: what was not found while a look-up around it was still at work holds only
 * when that one finds nothing either. So look-ups are numbered by depth, and each knows the
 * outermost one that it met at work (Tarjan's strongly connected components). */
#ifndef RP_RUST_NAMES_H
#define RP_RUST_NAMES_H

#include "rust/resolve.h"

/* It met no look-up at work. No enumerator: ISO C has none beyond int. */
#define RP_NAME_FREE UINT32_MAX

typedef struct rp_names rp_names;

typedef struct {
    rp_names *in;
    uint32_t index; /* of the answer in it */
} rp_name_pending;

/* The look-ups at work; one for a crate that is audited and all that are opened for it. */
typedef struct {
    uint32_t depth;
    uint32_t lowest; /* the outermost one that was met at work, RP_NAME_FREE */
    uint32_t cuts;   /* times that a look-up was given up: what it did not find is not known */
    RP_VEC(rp_name_pending) pending; /* not found, as far as is known */
} rp_lookups;

typedef enum {
    RP_NAME_STALE, /* to be looked for */
    RP_NAME_AT_WORK,
    RP_NAME_PENDING, /* not found, unless a look-up around it finds it */
    RP_NAME_KNOWN
} rp_name_state;

typedef struct {
    rp_str name;
    rp_def_id module;
    uint32_t age; /* rp_rust_crate.named when it was found out */
    uint32_t depth;
    uint8_t ns, state;
    bool glob_outside; /* a glob of another crate may have the name */
    rp_res res;
} rp_name_answer;

/* An import that is looked through. */
typedef struct {
    uint32_t busy;  /* since the look-up of this depth, + 1; 0: it is not */
    uint32_t age;   /* rp_rust_crate.named when `target` was found out, + 1; 0: it was not */
    rp_res *target; /* of a glob: where it leads */
} rp_import_look;

struct rp_names {
    rp_arena *arena;
    rp_lookups *lookups;
    rp_import_look *imports; /* by import */
    uint32_t nimports;
    RP_VEC(rp_name_answer) answers;
    uint32_t *slots; /* hash of (module, name, namespace) → index of answer, + 1 */
    uint32_t nslots;
};

/* A look-up at work. */
typedef struct {
    rp_names *names;
    uint32_t index, outer_lowest, cuts, pending;
} rp_name_work;

/* What a crate's names are kept in, made when first asked for; NULL when out of memory. */
rp_names *rp_names_of(rp_rust_crate *c);

/* Of import `index`, until another one is asked for; NULL when out of memory. */
rp_import_look *rp_import_look_of(rp_rust_crate *c, uint32_t index);

/* True: *ret is the answer. False: look for it, between this and rp_name_end; work->names is NULL
 * when there is no room to keep it. */
bool rp_name_begin(rp_rust_crate *c, rp_def_id module, rp_str name, rp_namespace ns,
                   rp_name_work *work, rp_name_answer *ret);
void rp_name_end(rp_rust_crate *c, const rp_name_work *work, rp_res res, bool glob_outside);

/* A look-up was given up: what is at work is not to be kept. */
void rp_name_cut(rp_rust_crate *c);
/* What began at `depth` is at work already. */
void rp_name_met(rp_rust_crate *c, uint32_t depth);
/* A crate that was opened for another one shares its look-ups. */
void rp_names_share(rp_rust_crate *c, rp_lookups *lookups);

#endif
