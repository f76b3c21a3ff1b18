/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The audit itself, shared by the commands that run it. */
#ifndef RP_CLI_AUDIT_H
#define RP_CLI_AUDIT_H

#include "cli/cli.h"

/* Audits n paths as the flags say and writes the reports; the exit code. */
int rp_audit(rp_cli *cli, const char *const *paths, size_t n);
/* Only what concerns dependencies, of lock files and of artefacts that are named. */
int rp_audit_deps(rp_cli *cli, const rp_deps_options *deps, const char *const *paths, size_t n);
/* Reads what is inside and judges nothing. */
int rp_audit_inventory(rp_cli *cli, const rp_deps_options *deps, const char *const *paths,
                       size_t n);
/* The source of the crates whose root files are the paths. */
int rp_audit_source(rp_cli *cli, const rp_source_options *source, const char *const *paths,
                    size_t n);
/* Lists the unsafe operations of the crates. */
int rp_src_inventory(rp_cli *cli, const rp_source_crate *crates, uint32_t n);
/* Reads facts only. */
int rp_audit_facts(rp_cli *cli, const char *const *paths, size_t n);

typedef RP_VEC(const char *) rp_path_list;

/* The final artefacts of the Cargo project around the working folder: RP_E_USAGE with text and hint
 * when there is no project or nothing was built. Says on standard error what it looks at. */
RP_MUST_CHECK rp_code rp_project_artefacts(rp_cli *cli, rp_path_list *ret, const char **ret_hint,
                                           rp_error *err);

#endif
