/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/common.h"

#include "text/path.h"

#define CONFIG    ".cargo/config.toml"
#define RUSTFLAGS "build.rustflags"

bool rp_skip_unloaded(const rp_facts *f, rp_out *out)
{
    if (f->elf != NULL && f->elf->firmware) {
        rp_skip(out, "bare metal: no loader of an operating system maps it");
        return true;
    }
    switch (f->kind) {
    case RP_KIND_OBJECT:
        rp_skip(out, "an object file: the linker decides");
        return true;
    case RP_KIND_DEBUG:
        rp_skip(out, "separate debug information: never loaded");
        return true;
    case RP_KIND_CORE:
        rp_skip(out, "a core dump: never loaded");
        return true;
    case RP_KIND_KERNEL:
        rp_skip(out, "a kernel or a part of one: no loader of an operating system maps it");
        return true;
    case RP_KIND_UNKNOWN:
    case RP_KIND_EXECUTABLE:
    case RP_KIND_LIBRARY:
        break;
    }
    return false;
}

bool rp_skip_no_code(const rp_facts *f, rp_out *out)
{
    return f->kind != RP_KIND_KERNEL && rp_skip_unlinked(f, out);
}

bool rp_skip_unlinked(const rp_facts *f, rp_out *out)
{
    if (f->kind != RP_KIND_OBJECT)
        return rp_skip_unloaded(f, out);
    if (f->metadata_only)
        rp_skip(out, "metadata of a Rust library: no linker takes it");
    return f->metadata_only;
}

bool rp_unknown_fact(rp_out *out, rp_fact fact)
{
    if (fact.is != RP_UNKNOWN)
        return false;
    rp_unknown(out, "%s", fact.why != NULL ? fact.why : "not read");
    return true;
}

bool rp_skip_static(const rp_facts *f, rp_out *out, const char *because)
{
    if (rp_unknown_fact(out, f->elf->dynamic))
        return true;
    if (f->elf->dynamic.is == RP_YES)
        return false;
    rp_skip(out, "no dynamic section: %s", because);
    return true;
}

bool rp_skip_other_arch(const rp_facts *f, rp_out *out, rp_arch arch, const char *what)
{
    if (f->arch == arch)
        return false;
    rp_skip(out, "%s belongs to %s, this file is for %s", what, rp_arch_name(arch),
            rp_arch_name(f->arch));
    return true;
}

bool rp_facts_rust(const rp_facts *f)
{
    return f->rust->is_rust.is == RP_YES;
}

bool rp_facts_go_alone(const rp_facts *f)
{
    const rp_rust_facts *r = f->rust;
    return r->has_go.is == RP_YES && r->has_c.is != RP_YES && r->has_cpp.is != RP_YES &&
           !rp_facts_rust(f);
}

const char *rp_nm_of(const rp_facts *f)
{
    return f->format == RP_FORMAT_ELF ? "nm" : "llvm-nm";
}

const char *rp_facts_target_name(const rp_facts *f)
{
    const char *triple = f->target->triple;
    return triple != NULL && triple[0] != '\0' ? triple : rp_arch_name(f->arch);
}

rp_tri rp_facts_sanitizer(const rp_facts *f, uint32_t sanitizer)
{
    if (f->target->triple == NULL || f->target->triple[0] == '\0')
        return RP_UNKNOWN;
    return (f->target->sanitizers & sanitizer) != 0 ? RP_YES : RP_NO;
}

static rp_libc libc_by_name(rp_str name)
{
    if (rp_str_is(name, "libc.so.6") || rp_str_starts(name, "ld-linux") ||
        rp_str_starts(name, "ld64.so"))
        return RP_LIBC_GLIBC;
    if (rp_str_starts(name, "libc.musl-") || rp_str_starts(name, "ld-musl-"))
        return RP_LIBC_MUSL;
    return RP_LIBC_UNKNOWN;
}

rp_libc rp_facts_libc(const rp_facts *f)
{
    const rp_elf_facts *e = f->elf;
    rp_libc libc = libc_by_name(rp_path_last(e->interp_path));
    if (rp_str_starts(e->interp_path, "/system/bin/linker") ||
        rp_str_find(f->rust->triple, RP_STR("android")) != SIZE_MAX)
        return RP_LIBC_BIONIC;
    if (libc == RP_LIBC_UNKNOWN)
        libc = libc_by_name(e->soname); /* the C library or its loader itself */
    for (uint32_t i = 0; i < f->nlibraries && libc == RP_LIBC_UNKNOWN; i++)
        libc = libc_by_name(f->libraries[i]);
    if (libc != RP_LIBC_UNKNOWN)
        return libc;
    if (e->min_glibc.len > 0 || rp_str_find(f->rust->triple, RP_STR("-gnu")) != SIZE_MAX)
        return RP_LIBC_GLIBC;
    if (rp_str_find(f->rust->triple, RP_STR("-musl")) != SIZE_MAX)
        return RP_LIBC_MUSL;
    return RP_LIBC_UNKNOWN;
}

void rp_fix_flag(const rp_facts *f, rp_out *out, rp_safety safety, const char *rustflag,
                 const char *other)
{
    if (!rp_facts_rust(f)) {
        rp_fix_advice(out, "%s", other);
        return;
    }
    rp_cause(out, CONFIG, RUSTFLAGS);
    rp_fix_key(out, safety, CONFIG, RUSTFLAGS, rustflag);
}

void rp_fix_nightly(const rp_facts *f, rp_out *out, const char *rustflag, const char *other)
{
    if (!rp_facts_rust(f)) {
        rp_fix_advice(out, "%s", other);
        return;
    }
    rp_cause(out, CONFIG, RUSTFLAGS);
    rp_fix_advice(out,
                  "on a nightly toolchain: %s in %s of %s, and -Zbuild-std, since the std that "
                  "rustup installs is built without",
                  rustflag, RUSTFLAGS, CONFIG);
}
