/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/image.h"

#include "base/limits.h"
#include "obj/elf.h"
#include "obj/macho.h"
#include "obj/pe.h"

#include <stdarg.h>
#include <stdio.h>

rp_format rp_image_identify(rp_bytes head, uint64_t size)
{
    if (rp_elf_identify(head, size))
        return RP_FORMAT_ELF;
    if (rp_macho_identify(head, size))
        return RP_FORMAT_MACHO;
    return rp_pe_identify(head, size);
}

rp_code rp_image_open(rp_source *src, rp_arena *arena, rp_image **ret, rp_error *err)
{
    rp_bytes head;
    if (!rp_source_upto(src, 0, 4096, &head))
        return rp_fail(err, RP_E_IO, 0, "the first bytes cannot be read");
    rp_image *img = rp_new(arena, 1, rp_image);
    if (img == NULL)
        return rp_fail_memory(err);
    *img = (rp_image){.src = src, .arena = arena, .symbols_known = RP_UNKNOWN};
    img->format = rp_image_identify(head, src->size);
    rp_code code = RP_E_UNSUPPORTED;
    switch (img->format) {
    case RP_FORMAT_ELF:
        code = rp_elf_open(img, err);
        break;
    case RP_FORMAT_PE:
    case RP_FORMAT_COFF:
        code = rp_pe_open(img, err);
        break;
    case RP_FORMAT_MACHO:
        code = rp_macho_open(img, err);
        break;
    case RP_FORMAT_NONE:
        return rp_fail(err, RP_E_UNSUPPORTED, 0, "not an ELF, PE, COFF or Mach-O file");
    }
    if (code == RP_OK)
        *ret = img;
    return code;
}

void rp_image_symbols(rp_image *img)
{
    if (img->symbols != NULL || img->symbols_known == RP_NO)
        return;
    if (img->elf != NULL)
        rp_elf_symbols(img);
    else if (img->pe != NULL)
        rp_pe_symbols(img);
    else if (img->macho != NULL)
        rp_macho_symbols(img);
}

/* Facts may be built twice from one image: what is odd is odd once. */
static bool is_told(const rp_image *img, uint64_t at, const char *text)
{
    for (uint32_t i = 0; i < img->nanomalies; i++)
        if (img->anomaly_items[i].at == at && strcmp(img->anomaly_items[i].text, text) == 0)
            return true;
    return false;
}

void rp_image_odd(rp_image *img, uint64_t at, const char *format, ...)
{
    if (img->anomaly_items == NULL)
        img->anomaly_items = rp_new(img->arena, RP_MAX_ANOMALIES, rp_anomaly);
    char text[256];
    va_list ap;
    va_start(ap, format);
    (void)vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    if (is_told(img, at, text))
        return;
    rp_str copy = {NULL, 0};
    if (img->anomaly_items != NULL && img->nanomalies < RP_MAX_ANOMALIES)
        copy = rp_arena_str(img->arena, rp_str_from(text));
    if (copy.ptr == NULL)
        img->dropped_anomalies++;
    else
        img->anomaly_items[img->nanomalies++] = (rp_anomaly){at, copy.ptr};
}

static const rp_segment *segment_of(const rp_image *img, uint64_t addr)
{
    for (uint32_t i = 0; i < img->nsegments; i++) {
        const rp_segment *s = &img->segments[i];
        if (addr >= s->addr && addr - s->addr < s->filesz)
            return s;
    }
    return NULL;
}

uint64_t rp_image_offset(const rp_image *img, uint64_t addr)
{
    const rp_segment *s = segment_of(img, addr);
    return s ? s->offset + (addr - s->addr) : RP_NOWHERE;
}

bool rp_image_bytes(rp_image *img, uint64_t addr, uint64_t len, rp_bytes *ret)
{
    const rp_segment *s = segment_of(img, addr);
    if (s == NULL || len > s->filesz - (addr - s->addr))
        return false;
    return rp_source_bytes(img->src, s->offset + (addr - s->addr), len, ret);
}

const rp_section *rp_image_section(const rp_image *img, const char *name)
{
    for (uint32_t i = 0; i < img->nsections; i++)
        if (rp_str_is(img->sections[i].name, name))
            return &img->sections[i];
    return NULL;
}

const char *rp_format_name(rp_format format)
{
    static const char *const names[] = {"none", "ELF", "PE", "COFF", "Mach-O"};
    return names[format];
}

const char *rp_arch_name(rp_arch arch)
{
    static const char *const names[RP_ARCH_COUNT] = {
        [RP_ARCH_OTHER] = "other",
        [RP_ARCH_X86] = "x86",
        [RP_ARCH_X86_64] = "x86-64",
        [RP_ARCH_ARM] = "ARM",
        [RP_ARCH_AARCH64] = "AArch64",
        [RP_ARCH_RISCV] = "RISC-V",
        [RP_ARCH_PPC] = "PowerPC",
        [RP_ARCH_PPC64] = "PowerPC64",
        [RP_ARCH_S390] = "s390x",
        [RP_ARCH_MIPS] = "MIPS",
        [RP_ARCH_LOONGARCH] = "LoongArch",
        [RP_ARCH_SPARC] = "SPARC",
        [RP_ARCH_BPF] = "BPF",
        [RP_ARCH_WASM] = "WebAssembly",
    };
    return names[arch];
}
