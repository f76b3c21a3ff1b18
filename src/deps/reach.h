/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Are the functions that advisories name in this artefact? Symbols and debug information together:
 * a symbol survives where two functions were folded into one, debug information where a function
 * was inlined everywhere. Only debug information that covers the crate can say "not emitted". In
 * stripped files a panic location among the function's lines says that it is there. */
#ifndef RP_DEPS_REACH_H
#define RP_DEPS_REACH_H

#include "deps/match.h"
#include "obj/image.h"

/* Functions of one advisory for one crate. */
typedef struct {
    rp_str crate;            /* as its manifest spells it */
    const rp_str *functions; /* "time::OffsetDateTime::now_local" */
    uint32_t nfunctions;     /* 0: the advisory names none; the answer is unknown */
    rp_str version;          /* "" unknown: panic sites tell nothing then */
} rp_reach_query;

/* Where more may lie. */
typedef struct {
    rp_str cargo_home; /* sources of crates; "" unknown */
    rp_str path;       /* of the artefact: split debug information lies beside it; "" unknown */
} rp_reach_options;

/* Answers all queries at once: names are looked for in one pass. ret[i] belongs to queries[i]; its
 * strings are the queries' or live in the image's arena. Fails only when memory ran out. */
RP_MUST_CHECK rp_code rp_reach_read(rp_image *img, const rp_reach_query *queries, uint32_t n,
                                    const rp_reach_options *options, rp_reach *ret, rp_error *err);

#endif
