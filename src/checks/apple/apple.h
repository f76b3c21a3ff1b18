/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Questions that the checks of Apple platforms share. Not for other areas. */
#ifndef RP_CHECKS_APPLE_APPLE_H
#define RP_CHECKS_APPLE_APPLE_H

#include "checks/common.h"

/* Flags of a code directory (cs_blobs.h). */
enum {
    RP_APPLE_ADHOC = 0x2,
    RP_APPLE_GET_TASK_ALLOW = 0x4,
    RP_APPLE_FORCED_LV = 0x10,
    RP_APPLE_RESTRICT = 0x800,
    RP_APPLE_REQUIRE_LV = 0x2000,
    RP_APPLE_RUNTIME = 0x10000,
    RP_APPLE_LINKER_SIGNED = 0x20000
};

/* CPU_TYPE_ARM64 */
enum { RP_APPLE_CPU_ARM64 = 0x0100000c };

/* Says "does not apply" and returns true when the file is no main executable of macOS: what belongs
 * to the process is decided by its executable, and elsewhere by the system. */
bool rp_apple_no_mac_process(const rp_facts *f, rp_out *out);

/* YES when entitlement `name` is true; NO when it is absent or false; UNKNOWN when entitlements
 * could not be read, or its value is no boolean. `ret_at` (may be NULL): its place. */
rp_tri rp_apple_entitled(const rp_macho_facts *m, const char *name, uint64_t *ret_at);

/* YES: signed, with one of `flags` set. */
rp_tri rp_apple_signed_with(const rp_macho_facts *m, uint32_t flags);

/* How to sign for distribution, and the command that shows a signature. */
void rp_apple_advise_signing(rp_out *out);
/* `options` of codesign, which only Macs have; elsewhere the flags and the keys, out of the bytes.
 */
void rp_apple_verify_signature(const rp_macho_facts *m, rp_out *out, const char *options);
#define RP_APPLE_DISPLAY "--display --verbose=4 --entitlements -"

#endif
