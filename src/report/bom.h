/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What CycloneDX, SPDX and OpenVEX share: package URLs, references, licences, identities that come
 * from content. */
#ifndef RP_REPORT_BOM_H
#define RP_REPORT_BOM_H

#include "facts/vex.h"
#include "report/json_parts.h"

/* One target of the run as the subject of a bill of materials. */
typedef struct {
    const rp_report_options *opt;
    const rp_target_report *target;
    const rp_deps_facts *deps;
    const rp_inventory *inv;
    uint32_t number;  /* of the target */
    bool several;     /* targets in this document: references begin with the number */
    uint32_t subject; /* the only root of a project: it is the subject itself; RP_NO_COMPONENT: the
                         target is something of its own, an artefact or a workspace */
} rp_bom;

/* The next target from *at on whose inventory was read; false when there is none. */
bool rp_bom_next(const rp_report_options *opt, const rp_run_report *run, uint32_t *at, rp_bom *ret);

/* A string from a file as a value: bad bytes as U+FFFD, redacted when asked. No "_bytes" key beside
 * it, which the schemas do not allow. */
void rp_bom_text(const rp_bom *bom, rp_json *j, const char *key, rp_str s);
/* Writes what `put` makes as the value of the key. */
#define RP_BOM_VALUE(j, key, ...)                                                                  \
    do {                                                                                           \
        rp_buf rp_value = {0};                                                                     \
        __VA_ARGS__;                                                                               \
        if ((key) != NULL)                                                                         \
            rp_json_key((j), (key));                                                               \
        rp_json_text((j), rp_buf_str(&rp_value));                                                  \
        (j)->out->bad |= rp_value.bad;                                                             \
        rp_buf_free(&rp_value);                                                                    \
    } while (0)

/* Name and version of what the document is about: the root package, else the file or folder. */
rp_str rp_bom_subject_name(const rp_bom *bom);
rp_str rp_bom_subject_version(const rp_bom *bom);

/* Package URL (ECMA-427): "pkg:cargo/h2@0.3.20". A crate of another registry has `repository_url`
 * and its checksum, one from git has `vcs_url`; what is on no registry (local packages, C
 * libraries, the toolchain) is `pkg:generic`, so that nobody takes it for the crate of that name.
 */
void rp_put_purl(rp_buf *out, const rp_component *c);
void rp_put_subject_purl(rp_buf *out, const rp_bom *bom);
/* Unique in the document, ASCII: "crate:h2@0.3.20". */
void rp_put_ref(rp_buf *out, const rp_bom *bom, uint32_t component);
void rp_put_subject_ref(rp_buf *out, const rp_bom *bom);

/* The licence as an SPDX expression ("MIT/Apache-2.0" of old manifests with OR); false when it is
 * none by its letters, and nothing is written. */
bool rp_put_license(rp_buf *out, rp_str license);
/* 64 hexadecimal digits. */
bool rp_is_sha256(rp_str s);

/* A UUID (RFC 9562, version 8) of the text: equal documents have equal ones. An identity, no proof:
 * it is two FNV-1a hashes, so that documents do not depend on a library for hashes being there. */
void rp_put_uuid_of(rp_buf *out, rp_str text);

/* Puts what VEX says of each advisory that applies, those that people ignore behind the others. */
typedef void (*rp_bom_vex_fn)(const rp_bom *bom, rp_json *j, const rp_dep_match *m,
                              const rp_vex *vex);
void rp_bom_vex(const rp_bom *bom, rp_json *j, rp_bom_vex_fn put);
uint32_t rp_bom_vex_count(const rp_bom *bom);

/* How sure a witness makes a component, in hundredths. */
unsigned rp_witness_confidence(rp_witness what);
const char *rp_witness_words(rp_witness what); /* "panic location" */

#endif
