/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/windows/windows.h"

#include "obj/pe.h"

/* In a DLL the flag counts only where the program that loads it has it too. */
static void find_low(const rp_facts *f, rp_out *out, const char *text)
{
    rp_find(out, "%s", text);
    if (f->pe->dll)
        rp_out_level(out, RP_NOTE);
    rp_pe_fix_link(f, out, RP_FIX_SAFE, "/HIGHENTROPYVA", "--high-entropy-va");
}

static void judge(const rp_facts *f, rp_out *out)
{
    const rp_pe_facts *pe = f->pe;
    bool wide = (pe->dll_characteristics & RP_PE_HIGH_ENTROPY_VA) != 0;
    bool aware = (pe->characteristics & RP_PE_LARGE_ADDRESS_AWARE) != 0;
    rp_pe_show_flags(f, out, wide ? "HIGH_ENTROPY_VA is set" : "HIGH_ENTROPY_VA is not set");
    rp_evidence(out, pe->characteristics_at, "Characteristics 0x%04x: LARGE_ADDRESS_AWARE is %s",
                (unsigned)pe->characteristics, aware ? "set" : "not set");
    if (!wide)
        find_low(f, out,
                 "no high-entropy ASLR: heaps and mappings get 8 random bits instead of 24");
    else if (!aware)
        find_low(f, out,
                 "HIGH_ENTROPY_VA without LARGE_ADDRESS_AWARE: everything stays below 2 GiB");
    else
        rp_pass(out, "high-entropy ASLR");
    if (pe->image_base <= UINT32_MAX)
        rp_evidence(out, RP_NOWHERE,
                    "ImageBase 0x%llx is below 4 GiB: old versions of Windows "
                    "then use fewer random bits",
                    (unsigned long long)pe->image_base);
}

static void high_entropy_va(const rp_facts *f, rp_out *out)
{
    rp_pe_verify_headers(out, "HIGH_ENTROPY|LARGE_ADDRESS|DYNAMIC_BASE");
    if (rp_pe_skip_unloaded(f, out))
        return;
    if (!f->pe->pe32_plus)
        rp_skip(out, "32-bit: the address space has no room for more random bits");
    else if ((f->pe->dll_characteristics & RP_PE_DYNAMIC_BASE) == 0)
        rp_skip(out, "the image is not moved at all (RP2101)");
    else if (f->pe->driver)
        rp_skip(out, "a driver: the kernel chooses its address by rules of its own");
    else
        judge(f, out);
}

const rp_check rp_check_rp2131 = {
    .code = "RP2131",
    .name = "high-entropy-va",
    .title = "the address is chosen from the whole 64-bit space",
    .guide = "Position-Independent Executables (PIE)",
    .since = "0.1",
    .level = RP_WARN,
    .needs = RP_NEED_HEADERS,
    .formats = RP_ON_PE,
    .run = high_entropy_va,
};
