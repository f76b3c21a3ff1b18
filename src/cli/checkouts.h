/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Indexes of databases that are checkouts of git, kept in our cache (deps/db_checkout.h). */
#ifndef RP_CLI_CHECKOUTS_H
#define RP_CLI_CHECKOUTS_H

/* Makes the index of the database at `folder` if it is a checkout; cache: where they lie, NULL
 * nowhere. What fails is no error: without an index the text is read. */
void rp_cli_index_checkout(const char *folder, const char *cache);

#endif
