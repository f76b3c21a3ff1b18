/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* `unsafe impl Send` and `unsafe impl Sync`: which bounds each type parameter has there, and what
 * the type's safe interface lets others do with a value of it (the Rustonomicon, "Send and Sync").
 * Only signatures and fields are read, no body but for the names of threads' ids. After the
 * send-sync-variance analysis of Rudra (SOSP 2021), which works on the same facts. */
#ifndef RP_RUST_VARIANCE_H
#define RP_RUST_VARIANCE_H

#include "rust/rule.h"

/* Where the interface handles a value: the function, or 0 and a field; node 0: it does not. */
typedef struct {
    rp_def_id fn;
    uint32_t file;
    rp_id node; /* of the signature: the type, the parameter's bound, the field */
} rp_api_use;

typedef enum {
    RP_USE_MOVED,  /* through a shared reference: taken, given out, or lent for writing */
    RP_USE_SHARED, /* through a shared reference: lent for reading */
    RP_USE_MADE,   /* given to a constructor */
    RP_USE_OTHER,  /* through an exclusive reference, or with the whole value */
    RP_USES
} rp_use_kind;

typedef struct {
    rp_str name;  /* as the impl calls it */
    rp_id param;  /* its GENERIC_PARAM in the impl */
    bool phantom; /* no field holds or points to one: PhantomData and function pointers only */
    bool hollow;  /* … and nothing in the type has a place where one could be */
    bool send, sync, copy; /* bounds, those of workspace traits' supertraits with them */
    bool foreign;          /* … or of a trait that is not known, which may imply any of these */
    bool sealed;           /* … or of one of the crate's that only its own types implement */
    bool enters;           /* some safe function takes one, whatever it is */
    bool owned;            /* a field holds one by value, through Box, Vec, Arc and their like */
    bool locked;           /* … in a cell or lock: whoever shares the whole may change it */
    bool lent;             /* a field holds, or PhantomData says that it holds, a & of one */
    rp_api_use read;       /* a safe function with &self whose body has such a field */
    rp_api_use uses[RP_USES];
} rp_variance_param;

enum { RP_MAX_VARIANCE_PARAMS = 16 };

typedef struct {
    rp_def_id impl;
    rp_def_id adt; /* 0: the type is not known, its interface neither */
    rp_str type;   /* as it is written */
    uint32_t file;
    rp_id node; /* IMPL */
    bool is_sync;
    bool is_public;   /* the type has `pub` */
    bool is_exported; /* other crates can name it */
    bool is_open;     /* an enum or union: whoever has it has what is in it */
    bool asks_thread; /* its functions speak of the thread they run on */
    bool is_copy;     /* whoever has one may have two */
    bool is_cloned;   /* … by Clone */
    bool lends_mut;   /* by DerefMut: whoever has it has what it leads to alone */
    bool is_handle;   /* it points to something of a fixed type that is no bytes, as a C object */
    rp_variance_param params[RP_MAX_VARIANCE_PARAMS];
    uint32_t n;
} rp_variance;

/* What definition `impl` promises; false when it is no unsafe impl of Send or Sync, or for a type
 * without type parameters. The crate is linked. */
bool rp_variance_of(rp_types *t, rp_def_id impl, rp_variance *ret);

/* Is there a value of it: in a field, or, whatever the fields say, in what safe functions hand out?
 * A pointer without a type and PhantomData<T> hide one. */
static inline bool rp_variance_holds(const rp_variance_param *p)
{
    if (p->hollow)
        return false;
    return !p->phantom || p->uses[RP_USE_MOVED].node != 0 || p->uses[RP_USE_SHARED].node != 0 ||
           p->uses[RP_USE_OTHER].node != 0;
}

static inline bool rp_use_is(const rp_variance_param *p, rp_use_kind kind)
{
    return p->uses[kind].node != 0;
}

/* An exported type that holds one of the type with its own unbounded parameter for this one, and
 * makes no promise of its own: the promise is the exported type's then. 0: none was found. */
rp_def_id rp_variance_holder(rp_types *t, const rp_variance *v, const rp_variance_param *p);

/* `best`, or less where something that was not seen may save the code: a foreign trait, a type
 * that is not public, threads that are told apart. */
rp_rule_confidence rp_variance_confidence(rp_types *t, const rp_variance *v,
                                          const rp_variance_param *p, rp_rule_confidence best);
/* The judgement of one parameter by a rule: does it lack what it must have, how sure is that, and
 * which use of it does the harm. */
typedef struct {
    bool (*lacks)(const rp_variance *v, const rp_variance_param *p);
    rp_rule_confidence (*confidence)(rp_types *t, const rp_variance *v, const rp_variance_param *p);
    rp_use_kind (*why)(const rp_variance_param *p);
    const char *bound;
} rp_variance_rule;

/* Of the parameters that lack the bound the one that is surest, and how sure; NULL: none does. */
const rp_variance_param *rp_variance_worst(rp_types *t, const rp_variance *v,
                                           const rp_variance_rule *rule, rp_rule_confidence *ret);
/* The steps of all parameters that lack it. */
void rp_variance_explain_all(rp_rule_run *run, rp_rule_note *note, const rp_variance *v,
                             const rp_variance_rule *rule);
/* The steps: where the parameter lacks the bound, and who handles it; the edit that adds it. */
void rp_variance_explain(rp_rule_run *run, rp_rule_note *note, const rp_variance *v,
                         const rp_variance_param *p, rp_use_kind why, const char *bound);
/* A note about the whole impl, in the name of its type. */
rp_rule_note *rp_variance_note(rp_rule_run *run, const rp_variance *v,
                               rp_rule_confidence confidence, rp_str text);

/* ---- between variance*.c ---- */

void rp_variance_bounds(rp_rust_crate *c, rp_variance *v);
/* … and those of a `where` clause in the same file, as a function's own. */
void rp_variance_where(rp_rust_crate *c, rp_variance *v, rp_id where);
void rp_variance_api(rp_types *t, rp_variance *v);
void rp_variance_fields(rp_types *t, rp_variance *v);
/* Are there functions that make a value of the type, and do all of them ask of the parameter what
 * the promise does not ask? */
bool rp_variance_makers_ask(rp_types *t, const rp_variance *v, const rp_variance_param *p);

#endif
