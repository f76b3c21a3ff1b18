/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Who made an artefact: language, compiler, linker, target, and what its strings tell. Judges
 * nothing. */
#ifndef RP_ORIGIN_ORIGIN_H
#define RP_ORIGIN_ORIGIN_H

#include "facts/elf_facts.h"
#include "facts/macho_facts.h"
#include "facts/pe_facts.h"
#include "facts/rust_facts.h"
#include "facts/symbol_facts.h"
#include "facts/target_facts.h"
#include "obj/image.h"

/* What the builders of format and symbol facts have read; NULL where there is none. */
typedef struct {
    const rp_elf_facts *elf;
    const rp_pe_facts *pe;
    const rp_macho_facts *macho;
    const rp_symbol_facts *symbols; /* never NULL */
    rp_str container; /* path of the artefact, or of the archive that it is a member of */
    bool member;
    bool strings; /* scan read-only data */
} rp_origin_input;

/* Identity, in the image's arena. Without `strings` only what .comment, section names, libraries
 * and symbols tell. Only out of memory fails. */
RP_MUST_CHECK rp_code rp_origin_build(rp_image *img, const rp_origin_input *in,
                                      const rp_rust_facts **ret, rp_error *err);

/* Is there Rust in it? By section names, .comment and libraries alone (a few kilobytes are read):
 * YES, or UNKNOWN when they say nothing. */
rp_tri rp_origin_is_rust_cheap(rp_image *img);
/* The same, and when that says nothing a scan of read-only data up to the first text that only Rust
 * programs carry. For folder scans: decide before facts are built. */
rp_tri rp_origin_is_rust(rp_image *img);

/* What rustc can do on the target of `triple`: the row of that name, or a zeroed one (triple "",
 * everything UNKNOWN). Never NULL. */
const rp_target_facts *rp_origin_target(rp_str triple);
/* Row `i` of the table, sorted by triple; NULL behind the last one. */
const rp_target_facts *rp_origin_target_at(size_t i);

#endif
