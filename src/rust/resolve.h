/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What a path means (the Rust Reference, "Paths", "Names"; "Preludes"): definitions of the crate,
 * or a path in the standard library or another crate. */
#ifndef RP_RUST_RESOLVE_H
#define RP_RUST_RESOLVE_H

#include "rust/crate.h"

typedef enum {
    RP_RES_UNKNOWN,   /* not found: from a macro, an unread file, a glob of another crate */
    RP_RES_DEF,       /* `def` */
    RP_RES_STD,       /* `path`: std::…, core and alloc spelled std */
    RP_RES_EXTERN,    /* `path`: of another crate, its name first */
    RP_RES_PRIMITIVE, /* `path`: u8, str, … */
    RP_RES_SELF_TYPE  /* Self: `def` is the impl or trait */
} rp_res_kind;

typedef struct {
    rp_res_kind kind;
    rp_def_id def;
    rp_str path;
    uint32_t left; /* words behind what was found: Type::method where the type has no such item */
    rp_str last;   /* the last word of the path */
} rp_res;

typedef enum { RP_NS_TYPE, RP_NS_VALUE, RP_NS_MACRO } rp_namespace;

/* A path node of `file`, as seen from the definition `scope` (a module, function, impl, …). Generic
 * parameters and local variables are the caller's business: they hide what is found here. Texts are
 * in the crate's arena. */
rp_res rp_resolve_path(rp_rust_crate *c, rp_def_id scope, uint32_t file, rp_id path,
                       rp_namespace ns);

/* The same for one name, as a `use` or a path of one word would find it. */
rp_res rp_resolve_name(rp_rust_crate *c, rp_def_id scope, rp_str name, rp_namespace ns);

/* What an import leads to; a glob: the module or enum whose names it brings. */
rp_res rp_resolve_import(rp_rust_crate *c, const rp_import *use, rp_namespace ns);
/* A path from the root of the crate on, as another crate asks for it: "fs::File::open", "" the
 * root.
 */
rp_res rp_resolve_inside(rp_rust_crate *c, rp_str path, rp_namespace ns);

/* The type or trait behind an alias or `Self`, as far as it is a definition of the crate: 0 if not.
 */
rp_def_id rp_resolve_type_def(rp_rust_crate *c, rp_def_id scope, uint32_t file, rp_id type);

#endif
