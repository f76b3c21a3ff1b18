/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Which databases of advisories a command asks. */
#ifndef RP_CLI_DATABASES_H
#define RP_CLI_DATABASES_H

#include "cli/cli.h"
#include "deps/advisory.h"
#include "deps/db_place.h"

rp_db_environment rp_cli_db_environment(void);
uint32_t rp_cli_today(void); /* days since 1970, 0 unknown */
/* Those of --db, else of the environment and the usual places; none: ret->n is 0. */
RP_MUST_CHECK rp_code rp_cli_databases(rp_cli *cli, rp_db_paths *ret, rp_error *err);
/* Opened for an audit: *ret is NULL, and *ret_why says why, when there is none, or, unless they
 * were named, when they cannot be read. In cli->arena. */
RP_MUST_CHECK rp_code rp_cli_open_databases(rp_cli *cli, const rp_advisory_db **ret,
                                            const char **ret_why, rp_error *err);

#endif
