/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "origin/triple.h"

#include "obj/elf.h"

/* What is behind the architecture: "unknown-linux-gnu". */
typedef struct {
    const char *rest; /* NULL: cannot be told */
    rp_confidence by;
} os_guess;

static bool needs_library(const rp_image *img, const char *prefix)
{
    for (uint32_t i = 0; i < img->nlibraries; i++)
        if (rp_str_starts(img->libraries[i], prefix))
            return true;
    return false;
}

enum { OSABI_NETBSD = 2, OSABI_GNU = 3, OSABI_SOLARIS = 6, OSABI_FREEBSD = 9, OSABI_OPENBSD = 12 };

static bool interp_has(const rp_elf_facts *e, const char *part)
{
    return rp_str_find(e->interp_path, rp_str_from(part)) != SIZE_MAX;
}

/* By the loader's path: every system has its own. */
static os_guess elf_os_by_interp(const rp_elf_facts *e)
{
    static const struct {
        const char *part;
        const char *rest;
    } rows[] = {{"/system/bin/linker", "linux-android"},
                {"ld-musl-", "unknown-linux-musl"},
                {"ld-uClibc", "unknown-linux-uclibc"},
                {"ld-linux", "unknown-linux-gnu"},
                {"/ld64.so", "unknown-linux-gnu"},
                {"/lib/ld.so.1", "unknown-linux-gnu"},
                {"/libexec/ld-elf.so", "unknown-freebsd"},
                {"/usr/libexec/ld.so", "unknown-openbsd"},
                {"/libexec/ld.elf_so", "unknown-netbsd"},
                {"/libexec/ld-elf.so.2", "unknown-dragonfly"},
                {"/usr/lib/ld.so.1", "pc-solaris"},
                {"/lib/ld64-uClibc", "unknown-linux-uclibc"},
                {"/boot/system/runtime_loader", "unknown-haiku"}};
    for (size_t i = 0; i < RP_COUNT(rows); i++)
        if (interp_has(e, rows[i].part))
            return (os_guess){rows[i].rest, RP_SURE};
    return (os_guess){NULL, RP_GUESS};
}

/* Libraries and static programs have no loader's path. */
static os_guess elf_os_by_traces(const rp_image *img, const rp_elf_facts *e)
{
    if (rp_image_section(img, ".note.android.ident") != NULL)
        return (os_guess){"linux-android", RP_SURE};
    if (e->min_glibc.len != 0 || needs_library(img, "libc.so.6"))
        return (os_guess){"unknown-linux-gnu", RP_SURE};
    if (needs_library(img, "libc.musl-"))
        return (os_guess){"unknown-linux-musl", RP_SURE};
    if (e->osabi == OSABI_FREEBSD)
        return (os_guess){"unknown-freebsd", RP_SURE};
    if (e->osabi == OSABI_OPENBSD || rp_image_section(img, ".note.openbsd.ident") != NULL)
        return (os_guess){"unknown-openbsd", RP_SURE};
    if (e->osabi == OSABI_NETBSD || rp_image_section(img, ".note.netbsd.ident") != NULL)
        return (os_guess){"unknown-netbsd", RP_SURE};
    if (needs_library(img, "liblog.so"))
        return (os_guess){"linux-android", RP_LIKELY};
    if (needs_library(img, "libc.so"))
        return (os_guess){"unknown-linux-musl", RP_LIKELY};
    if (rp_image_section(img, ".note.ABI-tag") != NULL || e->osabi == OSABI_GNU)
        return (os_guess){"unknown-linux-gnu", RP_LIKELY};
    bool program = e->type == RP_ELF_EXEC_STATIC || e->type == RP_ELF_STATIC_PIE;
    if (program && img->kind == RP_KIND_EXECUTABLE) /* glibc leaves the note above, musl nothing */
        return (os_guess){"unknown-linux-musl", RP_GUESS};
    return (os_guess){NULL, RP_GUESS};
}

static os_guess elf_os(const rp_image *img, const rp_elf_facts *e)
{
    if (e->bare_metal || img->arch == RP_ARCH_BPF)
        return (os_guess){"unknown-none", RP_LIKELY};
    os_guess os = elf_os_by_interp(e);
    return os.rest != NULL ? os : elf_os_by_traces(img, e);
}

static const char *elf_arch(const rp_image *img)
{
    switch (img->arch) {
    case RP_ARCH_X86:
        return "i686";
    case RP_ARCH_X86_64:
        return "x86_64";
    case RP_ARCH_AARCH64:
        return img->big ? "aarch64_be" : "aarch64";
    case RP_ARCH_RISCV:
        return img->bits == 64 ? "riscv64gc" : "riscv32gc";
    case RP_ARCH_PPC:
        return "powerpc";
    case RP_ARCH_PPC64:
        return img->big ? "powerpc64" : "powerpc64le";
    case RP_ARCH_S390:
        return "s390x";
    case RP_ARCH_MIPS:
        if (img->bits == 64)
            return img->big ? "mips64" : "mips64el";
        return img->big ? "mips" : "mipsel";
    case RP_ARCH_LOONGARCH:
        return img->bits == 64 ? "loongarch64" : "loongarch32";
    case RP_ARCH_SPARC:
        return img->bits == 64 ? "sparc64" : "sparc";
    case RP_ARCH_BPF:
        return img->big ? "bpfeb" : "bpfel";
    default:
        return NULL;
    }
}

/* What rustc calls the cores ("Addenda to, and Errata in, the ABI": Tag_CPU_arch). NULL: not told.
 */
static const char *bare_arm(rp_arm_core core)
{
    static const struct {
        uint8_t arch;
        char profile; /* 0: any */
        const char *name;
    } rows[] = {{2, 0, "armv4t"},         {4, 0, "armv5te"},        {10, 'M', "thumbv7m"},
                {10, 'R', "armv7r"},      {10, 'A', "armv7a"},      {11, 0, "thumbv6m"},
                {12, 0, "thumbv6m"},      {13, 0, "thumbv7em"},     {15, 0, "armv8r"},
                {16, 0, "thumbv8m.base"}, {17, 0, "thumbv8m.main"}, {21, 0, "thumbv8m.main"}};
    for (size_t i = 0; i < RP_COUNT(rows); i++)
        if (rows[i].arch == core.arch && (rows[i].profile == 0 || rows[i].profile == core.profile))
            return rows[i].name;
    return NULL;
}

/* ARM ELF: e_flags EF_ARM_ABI_FLOAT_HARD 0x400; the version of the architecture is only in the
 * attributes, and for systems armv7 is what nearly everybody builds. */
static bool arm_triple(const rp_image *img, const rp_elf_facts *e, os_guess os, rp_str *ret)
{
    bool hard = (e->e_flags & 0x400) != 0 || interp_has(e, "armhf");
    const char *bare = bare_arm(img->elf->arm), *hf = hard ? "hf" : "";
    if (rp_str_is(rp_str_from(os.rest), "linux-android"))
        *ret = RP_STR("armv7-linux-androideabi");
    else if (rp_str_starts(rp_str_from(os.rest), "unknown-linux-"))
        *ret = rp_arena_printf(img->arena, "%s-%seabi%s", hard ? "armv7" : "arm", os.rest, hf);
    else if (!rp_str_is(rp_str_from(os.rest), "unknown-none"))
        *ret = rp_arena_printf(img->arena, "armv7-%s", os.rest);
    else if (bare != NULL)
        *ret = rp_arena_printf(img->arena, "%s-none-eabi%s", bare, hf);
    else
        *ret = RP_STR("");
    return ret->ptr != NULL;
}

/* RISC-V: e_flags EF_RISCV_RVC 1, the float ABI in bits 1 and 2; the targets of firmware that are
 * built most. */
static const char *bare_riscv(const rp_image *img, uint32_t e_flags)
{
    bool floats = (e_flags & 6) != 0, compressed = (e_flags & 1) != 0;
    if (img->bits == 64)
        return floats ? "riscv64gc" : "riscv64imac";
    return floats ? "riscv32imafc" : compressed ? "riscv32imac" : "riscv32im";
}

/* Suffixes that one architecture has and others do not. */
static const char *abi_suffix(const rp_image *img, const char *rest)
{
    rp_str os = rp_str_from(rest);
    if (img->arch == RP_ARCH_X86_64 && img->bits == 32 && rp_str_ends(os, "gnu"))
        return "x32";
    if (img->arch == RP_ARCH_AARCH64 && img->bits == 32 && rp_str_ends(os, "gnu"))
        return "_ilp32";
    if (img->arch == RP_ARCH_MIPS && img->bits == 64 && rp_str_starts(os, "unknown-linux"))
        return "abi64";
    if (img->arch == RP_ARCH_RISCV && rp_str_ends(os, "none"))
        return "-elf";
    return "";
}

static bool elf_triple(const rp_image *img, const rp_origin_input *in, rp_str *ret,
                       rp_confidence *ret_by)
{
    os_guess os = elf_os(img, in->elf);
    *ret_by = os.by;
    if (os.rest == NULL)
        return true;
    if (img->arch == RP_ARCH_ARM) {
        *ret_by = os.by == RP_SURE ? RP_LIKELY : os.by;
        return arm_triple(img, in->elf, os, ret);
    }
    const char *arch = elf_arch(img);
    if (arch == NULL)
        return true;
    const char *rest = os.rest;
    if (img->arch == RP_ARCH_RISCV && rp_str_is(rp_str_from(rest), "unknown-none"))
        arch = bare_riscv(img, in->elf->e_flags);
    /* as the target list has it: i686 is a Pentium 4 for programs, riscv's Android has no "gc" */
    if (img->arch == RP_ARCH_RISCV && rp_str_is(rp_str_from(rest), "linux-android"))
        arch = "riscv64";
    if (img->arch == RP_ARCH_BPF || (img->arch == RP_ARCH_SPARC && img->bits == 64)) {
        *ret = rp_arena_printf(img->arena, "%s-%s", arch, rest);
        return ret->ptr != NULL;
    }
    *ret = rp_arena_printf(img->arena, "%s-%s%s", arch, rest, abi_suffix(img, rest));
    return ret->ptr != NULL;
}

enum { SUBSYSTEM_EFI_FIRST = 10, SUBSYSTEM_EFI_LAST = 13 };

static bool pe_triple(const rp_image *img, const rp_origin_input *in, rp_str *ret,
                      rp_confidence *ret_by)
{
    const char *arch = NULL;
    if (in->pe->arm64ec)
        arch = "arm64ec";
    else if (img->arch == RP_ARCH_X86_64)
        arch = "x86_64";
    else if (img->arch == RP_ARCH_X86)
        arch = "i686";
    else if (img->arch == RP_ARCH_AARCH64)
        arch = "aarch64";
    else if (img->arch == RP_ARCH_ARM)
        arch = "thumbv7a";
    if (arch == NULL)
        return true;
    const char *rest = in->pe->mingw ? "pc-windows-gnu" : "pc-windows-msvc";
    *ret_by = in->pe->image ? RP_LIKELY : RP_GUESS;
    if (in->pe->subsystem >= SUBSYSTEM_EFI_FIRST && in->pe->subsystem <= SUBSYSTEM_EFI_LAST) {
        rest = "unknown-uefi";
        *ret_by = RP_SURE;
    }
    *ret = rp_arena_printf(img->arena, "%s-%s", arch, rest);
    return ret->ptr != NULL;
}

static bool macho_triple(const rp_image *img, const rp_origin_input *in, rp_str *ret,
                         rp_confidence *ret_by)
{
    static const struct {
        const char *platform;
        const char *rest;
    } rows[] = {{"macOS", "darwin"},
                {"iOS", "ios"},
                {"tvOS", "tvos"},
                {"watchOS", "watchos"},
                {"Mac Catalyst", "ios-macabi"},
                {"iOS simulator", "ios-sim"},
                {"tvOS simulator", "tvos-sim"},
                {"watchOS simulator", "watchos-sim"},
                {"visionOS", "visionos"},
                {"visionOS simulator", "visionos-sim"}};
    const char *arch = NULL;
    if (in->macho->arm64e)
        arch = "arm64e";
    else if (img->arch == RP_ARCH_AARCH64)
        arch = img->bits == 64 ? "aarch64" : "arm64_32";
    else if (img->arch == RP_ARCH_X86_64)
        arch = "x86_64";
    else if (img->arch == RP_ARCH_X86)
        arch = "i686";
    *ret_by = RP_SURE;
    for (size_t i = 0; i < RP_COUNT(rows) && arch != NULL; i++) {
        if (rp_str_is(in->macho->platform, rows[i].platform)) {
            *ret = rp_arena_printf(img->arena, "%s-apple-%s", arch, rows[i].rest);
            return ret->ptr != NULL;
        }
    }
    return true;
}

bool rp_triple_guess(const rp_image *img, const rp_origin_input *in, rp_str *ret,
                     rp_confidence *ret_by)
{
    *ret = (rp_str){NULL, 0};
    *ret_by = RP_GUESS;
    if (in->elf != NULL)
        return elf_triple(img, in, ret, ret_by);
    if (in->pe != NULL)
        return pe_triple(img, in, ret, ret_by);
    return in->macho == NULL || macho_triple(img, in, ret, ret_by);
}
