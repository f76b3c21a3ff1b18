/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A result's identity from one build to the next: for baselines and for services that track
 * findings. Hash of the check's code, the target's logical name and the message without its
 * numbers. */
#ifndef RP_ENGINE_FINGERPRINT_H
#define RP_ENGINE_FINGERPRINT_H

#include "engine/report_model.h"

/* The target's name as it is from build to build: the last part of `path` and `member`, without
 * rustc's and Cargo's hashes ("-0123456789abcdef"). Neither an absolute path nor a build folder is
 * in it. */
void rp_fingerprint(const char *code, rp_str path, rp_str member, rp_str message, uint64_t ret[2]);
/* For results that name their subject: "RUSTSEC-2024-0003 h2" is one from build to build, and its
 * numbers count. */
void rp_fingerprint_subject(const char *code, rp_str path, rp_str member, rp_str subject,
                            uint64_t ret[2]);
/* Of a result, by its subject where it has one. Made when a report prints it, since most do not. */
void rp_fingerprint_result(const rp_target_report *target, const rp_result *result,
                           uint64_t ret[2]);

#endif
