/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The audit itself, shared by the commands that run it. */
#ifndef RP_CLI_AUDIT_H
#define RP_CLI_AUDIT_H

#include "cargo/crates.h"
#include "cli/cli.h"

/* Audits n paths as the flags say and writes the reports; the exit code. With deps also what is
 * known against the crates in artefacts. */
int rp_audit(rp_cli *cli, const rp_deps_options *deps, const char *const *paths, size_t n);
/* A project: its lock file, the root files of its crates, its artefacts, which are the paths. */
int rp_audit_project(rp_cli *cli, const rp_deps_options *deps, const rp_source_options *source,
                     const char *const *paths, size_t n);
/* Only what concerns dependencies, of lock files and of artefacts that are named. */
int rp_audit_deps(rp_cli *cli, const rp_deps_options *deps, const char *const *paths, size_t n);
/* Reads what is inside and judges nothing. */
int rp_audit_inventory(rp_cli *cli, const rp_deps_options *deps, const char *const *paths,
                       size_t n);
/* The source of the crates whose root files are the paths. */
int rp_audit_source(rp_cli *cli, const rp_source_options *source, const char *const *paths,
                    size_t n);
/* Lists the unsafe operations of the crates. */
int rp_src_inventory(rp_cli *cli, const rp_source_options *source);
/* Reads facts only. */
int rp_audit_facts(rp_cli *cli, const char *const *paths, size_t n);

/* Cargo's home as the command line or the environment says; "" unknown. */
rp_str rp_cargo_home(rp_cli *cli);

typedef RP_VEC(const char *) rp_path_list;

/* What --db and the flags of dependencies ask for, with the databases open; an exit code, 0 when
 * they are, said on standard error else. */
int rp_deps_prepare(rp_cli *cli, rp_deps_options *ret);
/* The folder of artefacts by flag or by Cargo's variables; NULL: neither names one. */
const char *rp_named_target_folder(const rp_cli *cli);
/* The same by the configuration that Cargo reads in a folder ("" none names one). False: out of
 * memory. */
RP_MUST_CHECK bool rp_configured_target_folder(rp_cli *cli, rp_str folder, rp_str *ret);
/* Adds the lock file of the project around the working folder; false: there is none. */
bool rp_project_lock(rp_cli *cli, rp_path_list *ret);
/* The crates of the package or workspace in the working folder; adds their root files. False when
 * out of memory; ret->n is 0 where there is no source. *ret_unread: manifests and folders that
 * could not be read, said on standard error. */
bool rp_project_source(rp_cli *cli, rp_source_options *ret, rp_path_list *roots,
                       uint32_t *ret_unread);

/* Who knows the crates that source names, for rp_source_options.opener: what is read of them is
 * shared by all crates of a run. False when out of memory. */
RP_MUST_CHECK bool rp_source_opener(rp_cli *cli, rp_rust_opener *ret);
void rp_source_opener_free(const rp_rust_opener *opener);

/* The final artefacts of the Cargo project around the working folder: RP_E_USAGE with text and hint
 * when there is no project or nothing was built. Says on standard error what it looks at. */
RP_MUST_CHECK rp_code rp_project_artefacts(rp_cli *cli, rp_path_list *ret, const char **ret_hint,
                                           rp_error *err);

#endif
