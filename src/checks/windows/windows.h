/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the checks of PE images ask first, or say alike. A function that returns bool has settled
 * the outcome when it returns true. */
#ifndef RP_CHECKS_WINDOWS_WINDOWS_H
#define RP_CHECKS_WINDOWS_WINDOWS_H

#include "checks/common.h"

/* Does not apply: an object file, or what firmware loads. Drivers are judged: the kernel's loader
 * honours the same fields. */
bool rp_pe_skip_unloaded(const rp_facts *f, rp_out *out);
/* An object without sections: of an import library (does not apply), or of /GL (unknown until it is
 * linked). */
bool rp_pe_skip_no_sections(const rp_facts *f, rp_out *out);
/* Does not apply: intermediate code only, which the .NET runtime compiles and guards. */
bool rp_pe_skip_managed(const rp_facts *f, rp_out *out);
/* Does not apply: made with the GNU runtime, whose linkers cannot write `what`. */
bool rp_pe_skip_gnu(const rp_facts *f, rp_out *out, const char *what);
/* Does not apply: shadow stacks and what rests on them exist for x86-64 code only. */
bool rp_pe_skip_no_shadow_stack(const rp_facts *f, rp_out *out);

/* DllCharacteristics as evidence, with what of it matters: "NX_COMPAT is set". */
void rp_pe_show_flags(const rp_facts *f, rp_out *out, const char *what);
/* Link with an option: `msvc` ("/CETCOMPAT") or `gnu` ("--nxcompat") by who made the file; "" =
 * that linker has none. */
void rp_pe_fix_link(const rp_facts *f, rp_out *out, rp_safety safety, const char *msvc,
                    const char *gnu);
/* The command that shows the headers. */
void rp_pe_verify_headers(rp_out *out, const char *names);
void rp_pe_verify_load_config(rp_out *out, const char *names);

#endif
