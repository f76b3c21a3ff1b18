/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Names as rustc mangles them: the legacy scheme (an Itanium look-alike ending in a hash) and v0
 * (RFC 2603). C++ names are recognised, not demangled. */
#ifndef RP_ORIGIN_DEMANGLE_H
#define RP_ORIGIN_DEMANGLE_H

#include "base/buf.h"

typedef enum {
    RP_MANGLED_NOT, /* a plain name: C, assembly, #[no_mangle] */
    RP_MANGLED_RUST_LEGACY,
    RP_MANGLED_RUST_V0,
    RP_MANGLED_CPP,        /* Itanium C++ without a Rust hash */
    RP_MANGLED_MSVC,       /* '?' names */
    RP_MANGLED_GO_OR_SWIFT /* "$s…" and "go:…": neither Rust nor C */
} rp_mangling;

typedef struct {
    rp_mangling scheme;
    rp_str crate; /* crate at the root of the path, "" unknown; borrowed from the mangled name */
    uint64_t disambiguator; /* v0: of that crate, 0 none */
    rp_str instantiated_in; /* v0: crate that asked for this instance of a generic, "" none */
    uint64_t instantiated_disambiguator;
    bool closure; /* the path goes through a closure */
    bool generic; /* has generic arguments */
    bool shim;    /* drop glue, vtable shim, … */
} rp_mangled;

/* Which scheme, and for Rust names the crate. Cheap: no text is made. */
rp_mangled rp_mangled_parse(rp_str name);

/* Appends the readable form as `rustc-demangle` writes it: `with_hashes` keeps crate
 * disambiguators, legacy hashes and literal types ("{}" there, else "{:#}"). False, and nothing
 * appended, when it is not a valid Rust name. */
bool rp_demangle(rp_str name, bool with_hashes, rp_buf *out);

#endif
