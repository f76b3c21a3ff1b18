/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/windows/windows.h"

#include "obj/pe.h"

#define CONFIG    ".cargo/config.toml"
#define RUSTFLAGS "build.rustflags"

bool rp_pe_skip_unloaded(const rp_facts *f, rp_out *out)
{
    if (!f->pe->image) {
        rp_skip(out, "an object file: the linker decides");
        return true;
    }
    if (f->kind == RP_KIND_DEBUG)
        return rp_skip_unloaded(f, out);
    if (f->kind == RP_KIND_KERNEL && !f->pe->driver) {
        rp_skip(out, "firmware or a boot loader loads it, not Windows");
        return true;
    }
    return false;
}

bool rp_pe_skip_no_sections(const rp_facts *f, rp_out *out)
{
    if (f->pe->import_object)
        rp_skip(out, "a member of an import library: it has no sections");
    else if (f->pe->intermediate)
        rp_unknown(out, "an object of intermediate code (/GL): its sections are made at link time");
    else
        return false;
    return true;
}

bool rp_pe_skip_managed(const rp_facts *f, rp_out *out)
{
    if (!f->pe->il_only)
        return false;
    rp_skip(out, "a .NET image of intermediate code: the runtime compiles and guards it");
    return true;
}

bool rp_pe_skip_gnu(const rp_facts *f, rp_out *out, const char *what)
{
    if (!f->pe->mingw)
        return false;
    rp_skip(out, "built for the GNU runtime, whose linker writes no %s (a -msvc target can)", what);
    return true;
}

bool rp_pe_skip_no_shadow_stack(const rp_facts *f, rp_out *out)
{
    if (f->pe->arm64ec || f->pe->arm64x) {
        rp_skip(out, "ARM64EC code: no shadow stack of x86 processors");
    } else if (f->pe->machine == RP_PE_I386) {
        rp_skip(out, "32-bit: Windows has shadow stacks for 64-bit processes only");
    } else if (f->pe->machine != RP_PE_AMD64) {
        rp_skip(out, "shadow stacks belong to x86-64, this file is for %s", rp_arch_name(f->arch));
    } else {
        return false;
    }
    return true;
}

void rp_pe_show_flags(const rp_facts *f, rp_out *out, const char *what)
{
    rp_evidence(out, f->pe->dll_characteristics_at, "DllCharacteristics 0x%04x: %s",
                (unsigned)f->pe->dll_characteristics, what);
}

void rp_pe_fix_link(const rp_facts *f, rp_out *out, rp_safety safety, const char *msvc,
                    const char *gnu)
{
    const char *option = f->pe->mingw ? gnu : msvc;
    if (option[0] == '\0') {
        rp_fix_advice(out, "build for a -msvc target: the GNU linker has no option for it");
        return;
    }
    if (!rp_facts_rust(f)) {
        rp_fix_advice(out, "link with %s", option);
        return;
    }
    rp_str flag =
        rp_arena_printf(out->arena, "-Clink-arg=%s%s", f->pe->mingw ? "-Wl," : "", option);
    if (flag.ptr == NULL) {
        out->out_of_memory = true;
        return;
    }
    rp_cause(out, CONFIG, RUSTFLAGS);
    rp_fix_key(out, safety, CONFIG, RUSTFLAGS, flag.ptr);
}

void rp_pe_verify_headers(rp_out *out, const char *names)
{
    rp_verify(out, "llvm-readobj --file-headers {} | grep -E 'Characteristics|%s'", names);
}

void rp_pe_verify_load_config(rp_out *out, const char *names)
{
    rp_verify(out, "llvm-readobj --file-headers --coff-load-config {} | grep -E '%s'", names);
}
