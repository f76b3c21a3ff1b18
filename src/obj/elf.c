/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* ELF header, and the order in which the rest is read. */
#include "obj/elf.h"

#include "base/limits.h"
#include "obj/elf_const.h"
#include "obj/elf_parts.h"

bool rp_elf_identify(rp_bytes head, uint64_t size)
{
    (void)size; /* a file of four bytes that says it is ELF deserves an error, not silence */
    return head.len >= 4 && memcmp(head.ptr, "\177ELF", 4) == 0;
}

bool rp_elf_part(rp_image *img, uint64_t off, uint64_t len, uint64_t at, const char *what,
                 rp_reader *ret)
{
    uint64_t size = img->src->size;
    if (off > size || len > size - off) {
        rp_image_odd(img, at, "%s lies outside the file: %llu bytes at 0x%llx", what,
                     (unsigned long long)len, (unsigned long long)off);
        return false;
    }
    if (rp_source_reader(img->src, off, len, img->big, ret))
        return true;
    rp_image_odd(img, at, "%s cannot be read", what);
    return false;
}

bool rp_elf_string(rp_image *img, uint64_t off, uint64_t end, rp_str *ret)
{
    static const uint64_t tries[] = {64, 512, RP_MAX_NAME + 1};
    if (end > img->src->size)
        end = img->src->size;
    if (off >= end)
        return false;
    for (size_t i = 0; i < RP_COUNT(tries); i++) {
        rp_bytes b;
        uint64_t len = end - off < tries[i] ? end - off : tries[i];
        if (!rp_source_bytes(img->src, off, len, &b))
            return false;
        rp_reader r = rp_reader_of(b, off, false);
        if (rp_cstr(&r, 0, ret))
            return true;
    }
    return false;
}

static rp_arch arch_of(uint32_t machine)
{
    switch (machine) {
    case EM_386:
    case EM_IAMCU:
        return RP_ARCH_X86;
    case EM_X86_64:
        return RP_ARCH_X86_64;
    case EM_ARM:
        return RP_ARCH_ARM;
    case EM_AARCH64:
        return RP_ARCH_AARCH64;
    case EM_RISCV:
        return RP_ARCH_RISCV;
    case EM_PPC:
        return RP_ARCH_PPC;
    case EM_PPC64:
        return RP_ARCH_PPC64;
    case EM_S390:
        return RP_ARCH_S390;
    case EM_MIPS:
    case EM_MIPS_RS3_LE:
        return RP_ARCH_MIPS;
    case EM_LOONGARCH:
        return RP_ARCH_LOONGARCH;
    case EM_SPARC:
    case EM_SPARC32PLUS:
    case EM_SPARCV9:
        return RP_ARCH_SPARC;
    case EM_BPF:
        return RP_ARCH_BPF;
    default:
        return RP_ARCH_OTHER;
    }
}

/* gABI e_ident: class, data encoding and version come first, in single bytes. */
static rp_code read_ident(rp_image *img, rp_reader *r, rp_error *err)
{
    rp_skip_bytes(r, 4);
    unsigned class = rp_u8(r), data = rp_u8(r), version = rp_u8(r);
    img->elf->osabi = rp_u8(r);
    rp_seek(r, 16);
    if (r->bad)
        return rp_fail(err, RP_E_FORMAT, 0, "the ELF header is cut short: %zu bytes", r->buf.len);
    if (class != 1 && class != 2)
        return rp_fail(err, RP_E_FORMAT, 4, "ELF class %u: neither 32 nor 64 bits", class);
    if (data != 1 && data != 2)
        return rp_fail(err, RP_E_FORMAT, 5, "ELF data encoding %u: no byte order", data);
    if (version != 1)
        rp_image_odd(img, 6, "EI_VERSION is %u, not 1", version);
    img->bits = class == 2 ? 64 : 32;
    img->big = data == 2;
    r->big = img->big;
    return RP_OK;
}

static rp_code read_header(rp_image *img, uint32_t *ret_phnum, rp_error *err)
{
    struct rp_elf *elf = img->elf;
    rp_bytes head;
    if (!rp_source_upto(img->src, 0, 64, &head))
        return rp_fail(err, RP_E_IO, 0, "the ELF header cannot be read");
    rp_reader r = rp_reader_of(head, 0, false);
    rp_code code = read_ident(img, &r, err);
    if (code != RP_OK)
        return code;
    unsigned word = rp_elf_word(img);
    elf->e_type = rp_u16(&r);
    img->machine = rp_u16(&r);
    uint32_t version = rp_u32(&r);
    img->entry = rp_uint(&r, word);
    elf->phoff = rp_uint(&r, word);
    elf->shoff = rp_uint(&r, word);
    elf->e_flags = rp_u32(&r);
    elf->ehsize = rp_u16(&r);
    elf->phentsize = rp_u16(&r);
    *ret_phnum = rp_u16(&r);
    elf->shentsize = rp_u16(&r);
    elf->shnum = rp_u16(&r);
    elf->shstrndx = rp_u16(&r);
    if (r.bad)
        return rp_fail(err, RP_E_FORMAT, 0, "the ELF header is cut short: %zu bytes", head.len);
    if (version != 1)
        rp_image_odd(img, 20, "e_version is %u, not 1", version);
    img->arch = arch_of(img->machine);
    return RP_OK;
}

rp_code rp_elf_open(rp_image *img, rp_error *err)
{
    struct rp_elf *elf = rp_new(img->arena, 1, struct rp_elf);
    if (elf == NULL)
        return rp_fail_memory(err);
    img->elf = elf;
    elf->strtab = elf->android_memtag_at = elf->build_id_at = RP_NOWHERE;
    elf->symtab_known = elf->dynsym_known = RP_UNKNOWN;
    uint32_t phnum = 0;
    rp_code code = read_header(img, &phnum, err);
    if (code == RP_OK)
        code = rp_elf_read_section_zero(img, &phnum, err);
    if (code == RP_OK)
        code = rp_elf_read_segments(img, phnum, err);
    if (code == RP_OK)
        code = rp_elf_read_sections(img, err);
    if (code == RP_OK)
        code = rp_elf_read_dynamic(img, err);
    if (code != RP_OK)
        return code;
    rp_elf_read_notes(img);
    rp_elf_decide_kind(img);
    return RP_OK;
}
