/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Paths inside read-only data. Rust's strings lie there one behind the other without a terminator
 * ("…/mod.rs/usr/share/…", "a `None` value/home/…"), so where a path begins and ends is worked
 * out. */
#ifndef RP_ORIGIN_PATHS_H
#define RP_ORIGIN_PATHS_H

#include "base/base.h"

typedef enum {
    RP_PATH_OTHER,    /* relative, or nothing that we know */
    RP_PATH_STD,      /* sources of std and its dependencies: /rustc/<commit>/, rustc-<version>/ */
    RP_PATH_PACKAGED, /* a distribution's or toolchain's fixed folder: /usr/share/cargo, /nix/store
                       */
    RP_PATH_HOME,     /* below a home folder */
    RP_PATH_BUILD     /* absolute, anywhere else: where it was built */
} rp_path_kind;

typedef struct {
    size_t start, end; /* in the bytes handed in */
    rp_path_kind kind;
    bool rust;      /* ends in ".rs" */
    bool source;    /* ends like a source, object or library file, or names a build folder */
    bool home;      /* lies below a home folder, whatever its kind (rustup keeps std there) */
    rp_str user;    /* of a home folder; empty for root's */
    rp_str commit;  /* of /rustc/<40 hex digits>/ */
    rp_str version; /* of rustc-<X.Y.Z> */
    rp_str root;    /* the part that says where: home and registry folder, or project folder */
} rp_path;

/* How far to either side of an anchor it looks. */
enum { RP_PATH_REACH = 400 };

/* The path that holds bytes.ptr[anchor]. Everything in *ret is borrowed from `bytes`. */
void rp_path_around(rp_bytes bytes, size_t anchor, rp_path *ret);

/* Names that build services use for their accounts: nobody's name. */
bool rp_path_is_service_user(rp_str user);

#endif
