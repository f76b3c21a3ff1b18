/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What many checks ask first, or say alike. A function that returns bool has settled the outcome
 * when it returns true. */
#ifndef RP_CHECKS_COMMON_H
#define RP_CHECKS_COMMON_H

#include "checks/check.h"

/* Does not apply: nothing that the loader of an operating system maps (object file, core, separate
 * debug file, kernel, bare metal). */
bool rp_skip_unloaded(const rp_facts *f, rp_out *out);
/* The same for checks that judge object files, too: of these, only what no linker takes is left
 * out. */
bool rp_skip_unlinked(const rp_facts *f, rp_out *out);
/* For questions to the code and its texts, whatever runs it: kernels and firmware are asked, too.
 */
bool rp_skip_no_code(const rp_facts *f, rp_out *out);
/* Does not apply: no dynamic section, so no loader binds or relocates it. Unknown when the dynamic
 * section could not be read. ELF only. */
bool rp_skip_static(const rp_facts *f, rp_out *out, const char *because);
/* Does not apply: made for another machine than `arch`. */
bool rp_skip_other_arch(const rp_facts *f, rp_out *out, rp_arch arch, const char *what);
/* Unknown, with the fact's reason, when the fact is. */
bool rp_unknown_fact(rp_out *out, rp_fact fact);

bool rp_facts_rust(const rp_facts *f);
/* What shows the header and the load commands of a Mach-O file, on a Mac and elsewhere. */
#define RP_LOAD_COMMANDS "llvm-objdump --macho --private-headers --non-verbose {}"
/* Go, and nothing says C, C++ or Rust. */
bool rp_facts_go_alone(const rp_facts *f);
/* The program that lists symbols of this format: GNU's knows no Mach-O everywhere. */
const char *rp_nm_of(const rp_facts *f);
/* The target's triple where it is known, else the machine: to name in a text. */
const char *rp_facts_target_name(const rp_facts *f);
/* Can rustc do what this RP_SAN_ bit says on the target? UNKNOWN without a row for the target. */
rp_tri rp_facts_sanitizer(const rp_facts *f, uint32_t sanitizer);

typedef enum { RP_LIBC_UNKNOWN, RP_LIBC_GLIBC, RP_LIBC_MUSL, RP_LIBC_BIONIC } rp_libc;
/* By interpreter, imported libraries, version needs and triple. ELF only. */
rp_libc rp_facts_libc(const rp_facts *f);

/* How to mend it: an edit of build.rustflags for Rust (which is then the cause, too), the advice
 * `other` else. */
void rp_fix_flag(const rp_facts *f, rp_out *out, rp_safety safety, const char *rustflag,
                 const char *other);
/* The advice for flags that work only with a rebuilt standard library on a nightly toolchain. */
void rp_fix_nightly(const rp_facts *f, rp_out *out, const char *rustflag, const char *other);

#endif
