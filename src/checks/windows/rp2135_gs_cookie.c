/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/coverage.h"
#include "checks/windows/windows.h"

/* Whose functions keep it: the runtime's always do. */
static void show_functions(const rp_facts *f, rp_out *out)
{
    rp_cover all = rp_cover_of(f, &f->code->protector, RP_OWNERS_BUT_RUNTIME);
    rp_cover_unread(out, &all);
    if (rp_cover_told(&all))
        rp_cover_totals(f, out, &all, "functions with a frame that check it");
}

/* That there is a cookie means that the C runtime was linked, no more: stable Rust checks none in
 * its functions. */
static void judge(const rp_facts *f, rp_out *out)
{
    const rp_pe_facts *pe = f->pe;
    if (rp_unknown_fact(out, pe->cookie_default))
        return;
    if (pe->cookie_default.at != RP_NOWHERE)
        rp_verify_also(out, "od -Ax -t%s -j0x%llx -N%u {}", pe->pe32_plus ? "x8" : "x4",
                       (unsigned long long)pe->cookie_default.at, pe->pe32_plus ? 8u : 4u);
    if (pe->cookie_value == 0) /* zero-filled memory has no bytes in the file */
        rp_verify_also(out, "llvm-readobj --sections {} | grep -E ' (Name|Virtual|RawDataSize)'");
    if (pe->cookie_default.is == RP_YES) {
        rp_pass(out, "the security cookie holds the default value, which Windows replaces with a "
                     "random one");
        rp_evidence(out, pe->cookie_default.at, "0x%llx", (unsigned long long)pe->cookie_value);
        show_functions(f, out);
        return;
    }
    rp_find(out,
            "the security cookie starts as 0x%llx, not as the default: Windows leaves it as "
            "it is",
            (unsigned long long)pe->cookie_value);
    rp_evidence(out, pe->cookie_default.at, "SecurityCookie is at 0x%llx, its value 0x%llx",
                (unsigned long long)pe->cookie_addr, (unsigned long long)pe->cookie_value);
    show_functions(f, out);
    rp_fix_advice(out, "do not define __security_cookie: link the C runtime's, and let its "
                       "start-up code or the loader set it");
}

static void gs_cookie(const rp_facts *f, rp_out *out)
{
    rp_pe_verify_load_config(out, "SecurityCookie");
    if (rp_pe_skip_unloaded(f, out) || rp_pe_skip_managed(f, out) ||
        rp_unknown_fact(out, f->pe->cookie))
        return;
    if (f->pe->load_config.is == RP_NO)
        rp_skip(out, "no load configuration, so no security cookie%s",
                f->pe->mingw ? " (the GNU runtime guards stacks by __stack_chk_guard: RP2110)"
                             : "");
    else if (f->pe->cookie.is == RP_NO)
        rp_skip(out, "no security cookie: nothing in the image was compiled with /GS");
    else
        judge(f, out);
}

const rp_check rp_check_rp2135 = {
    .code = "RP2135",
    .name = "gs-cookie",
    .title = "the stack cookie of the C runtime gets a random value",
    .guide = "Exploit Mitigations",
    .since = "0.1",
    .level = RP_WARN,
    .needs = RP_NEED_HEADERS | RP_NEED_CODE,
    .formats = RP_ON_PE,
    .run = gs_cookie,
};
