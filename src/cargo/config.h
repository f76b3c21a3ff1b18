/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* `.cargo/config.toml`: the files that Cargo reads for a folder, nearest first, and what they say.
 */
#ifndef RP_CARGO_CONFIG_H
#define RP_CARGO_CONFIG_H

#include "base/error.h"
#include "text/toml.h"

typedef struct {
    rp_str path;
    rp_str folder; /* that the .cargo folder lies in: relative paths start there */
    rp_str text;
    const rp_toml *root;
} rp_config_file;

typedef struct {
    const rp_config_file *files; /* nearest first; Cargo's home last */
    uint32_t nfiles;
    const char *doubt; /* a file that could not be read: why; NULL */
} rp_config;

/* `folder`: absolute, or from the working folder; then folders above the working folder are found
 * too. `home`: Cargo's, "" unknown. Fails only on out of memory. */
RP_MUST_CHECK rp_code rp_config_read(rp_str folder, rp_str home, rp_arena *arena,
                                     const rp_config **ret, rp_error *err);
/* The value of a path of keys, in the nearest file that has it; *ret_file may be NULL. NULL: none.
 */
const rp_toml *rp_config_get(const rp_config *config, const rp_str *keys, uint32_t n,
                             const rp_config_file **ret_file);

/* build.target-dir, the folder of artefacts: "" when no file names one. {NULL, 0} when out of
 * memory. */
rp_str rp_config_target_folder(const rp_config *config, rp_arena *arena);

/* Where crates of a source really come from, after [source.X] replace-with. */
typedef enum { RP_REPLACED_NOT, RP_REPLACED_FOLDER, RP_REPLACED_REGISTRY } rp_replacement_kind;

typedef struct {
    rp_replacement_kind kind;
    rp_str name;                /* of the last source: "vendored-sources" */
    rp_str folder;              /* FOLDER: of a directory source; REGISTRY: of a local one, or "" */
    rp_str url;                 /* REGISTRY: of an index or a repository; "" a local one */
    const rp_config_file *file; /* that says so */
    uint64_t at;                /* offset of `replace-with` in it */
} rp_replacement;

/* `name`: "crates-io", or the URL of a git repository or registry. False: out of memory. */
RP_MUST_CHECK bool rp_config_replacement(const rp_config *config, rp_str name, rp_arena *arena,
                                         rp_replacement *ret);

#endif
