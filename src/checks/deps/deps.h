/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Shared arms of the checks of dependencies. */
#ifndef RP_CHECKS_DEPS_DEPS_H
#define RP_CHECKS_DEPS_DEPS_H

#include "checks/check.h"

/* ---- notes of lock files and manifests: facts->deps->notes is sorted by kind ---- */

/* How many notes there are of the kinds in `mask` (1 << rp_lock_oddity); and the nth of them. */
uint32_t rp_notes(const rp_facts *f, uint32_t mask);
const rp_lock_note *rp_note(const rp_facts *f, uint32_t mask, uint32_t n);
/* Place and subject ("serde 1.0.0") of a result about a note. */
void rp_about_note(const rp_facts *f, const rp_lock_note *note, rp_out *out);
/* The same, the line as evidence, and the command that shows it: of a lock file the whole entry. */
void rp_show_note(const rp_facts *f, const rp_lock_note *note, rp_out *out);

/* ---- advisories: facts->deps->matches is sorted by kind ---- */

uint32_t rp_matches(const rp_facts *f, rp_advisory_kind kind);
const rp_dep_match *rp_match(const rp_facts *f, rp_advisory_kind kind, uint32_t n);
/* Finding, place, subject, path, evidence and fix of a match. `what` completes "h2 0.3.20 …". */
void rp_find_match(const rp_facts *f, const rp_dep_match *m, const char *what, rp_out *out);
/* The outcome when there is no match of the kind: passes, or unknown and why. */
void rp_no_match(const rp_facts *f, const char *none, rp_out *out);

/* ---- components ---- */

/* Where the component stands: the line of the lock file, or nowhere. */
void rp_about_component(const rp_facts *f, uint32_t component, rp_out *out);
/* "reached: a → b → c" as evidence, unless it is a root itself. */
void rp_show_path(const rp_facts *f, uint32_t component, rp_out *out);
/* "" or, behind a name, why it counts less: " (in the lock file, but not in the build)". */
const char *rp_out_of_build(const rp_component *c);
/* Several versions of one name are inside: commands have to say which. */
bool rp_is_ambiguous(const rp_inventory *inv, uint32_t component);

/* True, with the outcome set, when there is nothing to judge: no inventory. */
bool rp_skip_unread(const rp_facts *f, rp_out *out);
/* True, with the outcome unknown, when there is an inventory and not every manifest was read. */
bool rp_skip_manifests(const rp_facts *f, rp_out *out);

#endif
