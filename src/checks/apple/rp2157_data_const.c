/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/apple/apple.h"
#include "checks/common.h"

/* Chained fixups bind everything at start-up: no lazy pointers, and the GOT in __DATA_CONST. */
static void fix_fixups(const rp_facts *f, rp_out *out)
{
    if (rp_facts_rust(f)) {
        rp_cause(out, ".cargo/config.toml", "env.MACOSX_DEPLOYMENT_TARGET");
        rp_fix_key(out, RP_FIX_REVIEW, ".cargo/config.toml", "env.MACOSX_DEPLOYMENT_TARGET",
                   "\"12.0\"");
    } else {
        rp_fix_advice(out, "build with -mmacosx-version-min=12.0 or later: linkers then make "
                           "chained fixups, which bind everything at start-up");
    }
}

static const char *unknown_of(const rp_macho_facts *m)
{
    if (m->writable_got.is == RP_UNKNOWN)
        return m->writable_got.why;
    if (m->lazy_pointers.is == RP_UNKNOWN)
        return m->lazy_pointers.why;
    return m->data_const.is == RP_UNKNOWN ? m->data_const.why : NULL;
}

static void find_without_flag(const rp_macho_facts *m, rp_out *out)
{
    rp_find(out, "__DATA_CONST is there, but nothing makes it read-only");
    rp_brief(out, "bogus");
    rp_evidence(out, m->data_const.at, "segment __DATA_CONST without SG_READ_ONLY (0x10)");
    if (m->writable_got.is == RP_YES)
        rp_evidence(out, m->writable_got.at, "the GOT stays writable with it");
    else
        rp_out_level(out, RP_NOTE);
    rp_fix_advice(out, "link with a linker that sets the flag: Xcode 11's or later, a current lld");
}

static void data_const(const rp_facts *f, rp_out *out)
{
    const rp_macho_facts *m = f->macho;
    rp_verify(out, RP_LOAD_COMMANDS " | grep -E 'segname|flags|__got|_ptr'");
    if (f->kind == RP_KIND_OBJECT) {
        rp_skip(out, "an object file: the linker decides");
    } else if (f->kind != RP_KIND_EXECUTABLE && f->kind != RP_KIND_LIBRARY) {
        rp_skip(out, "not loaded by dyld");
    } else if (m->data_const.is == RP_NO && m->data_const.at != RP_NOWHERE) {
        find_without_flag(m, out);
    } else if (m->writable_got.is == RP_YES) {
        rp_find(out, "the GOT lies in a segment that stays writable");
        rp_brief(out, "none");
        rp_evidence(out, m->writable_got.at, "non-lazy symbol pointers in a writable segment");
        fix_fixups(f, out);
    } else if (m->lazy_pointers.is == RP_YES) {
        rp_out_level(out, RP_NOTE);
        rp_find(out, "lazily bound pointers stay writable");
        rp_brief(out, "part");
        rp_evidence(out, m->lazy_pointers.at, "lazy symbol pointers in a writable segment");
        fix_fixups(f, out);
    } else if (unknown_of(m) != NULL) {
        rp_unknown(out, "%s", unknown_of(m));
    } else if (m->data_const.is == RP_YES) {
        rp_pass(out, "what dyld binds lies in __DATA_CONST, read-only after start-up");
        rp_brief(out, "full");
        rp_evidence(out, m->data_const.at, "segment __DATA_CONST with SG_READ_ONLY");
    } else {
        rp_skip(out, "no pointers that dyld binds, and no __DATA_CONST");
    }
}

const rp_check rp_check_rp2157 = {
    .code = "RP2157",
    .name = "data-const",
    .title = "what dyld resolves is read-only after start-up",
    .guide = "Read-Only Relocations (RELRO)",
    .since = "0.1",
    .level = RP_WARN,
    .needs = RP_NEED_HEADERS,
    .formats = RP_ON_MACHO,
    .run = data_const,
};
