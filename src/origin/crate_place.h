/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Where a Rust source file lay when it was compiled, by the path that panics print: which layout
 * that is, and what the layout tells of crate, version, registry, repository. */
#ifndef RP_ORIGIN_CRATE_PLACE_H
#define RP_ORIGIN_CRATE_PLACE_H

#include "base/base.h"

typedef enum {
    RP_PLACE_NONE,         /* relative, or no folder of it says anything */
    RP_PLACE_CARGO_HOME,   /* registry/src/<index>-<hash>/NAME-VERSION/ */
    RP_PLACE_TRIMMED,      /* trim-paths: /cargo/registry/<16 hex digits>/NAME-VERSION/ */
    RP_PLACE_DISTRIBUTION, /* Debian, Fedora: registry/NAME-VERSION/, cargo_registry/… */
    RP_PLACE_VENDOR,       /* vendor/NAME[-VERSION]/, Nix's X-vendor/…, Guix's guix-vendor/… */
    RP_PLACE_BAZEL,        /* external/<repository>__NAME-VERSION/ */
    RP_PLACE_DEPS,         /* /deps/NAME-VERSION/ */
    RP_PLACE_CARGO_PATH,   /* trim-paths: /cargo/deps/NAME-VERSION/, a path dependency */
    RP_PLACE_GIT,          /* git/checkouts/REPOSITORY-<hash>/<revision>/, /cargo/git/<id>/<rev>/ */
    RP_PLACE_FOLDER,       /* some other folder is called NAME-VERSION */
    RP_PLACE_BUILD_FOLDER  /* so is the folder that a distribution's builder unpacked */
} rp_place_kind;

typedef struct {
    rp_place_kind kind;
    rp_str name, version; /* version "" unknown */
    rp_str index;         /* CARGO_HOME: folder of the registry; TRIMMED: its id */
    rp_str revision;      /* GIT: hexadecimal digits, "" unknown */
} rp_crate_place;

/* "regex-automata-0.4.7" → name and version, where the version is three numbers with pre-release
 * and build metadata as SemVer has them and the name is one that Cargo takes. Names have no dot, so
 * the first '-' before such a version is the border, and a name may end in "-1". */
RP_MUST_CHECK bool rp_crate_split(rp_str folder, rp_str *ret_name, rp_str *ret_version);

/* Everything in *ret is borrowed from `path`. False (RP_PLACE_NONE) when no layout is recognised;
 * sources of compilers (`/rustc/<commit>/`, `/rust/deps/`) are for rp_crate_of_path. */
bool rp_crate_place_of(rp_str path, rp_crate_place *ret);

/* CARGO_HOME, TRIMMED: is that registry crates.io? UNKNOWN: a folder whose hash is not known. */
rp_tri rp_crate_index_is_crates_io(const rp_crate_place *place);

#endif
