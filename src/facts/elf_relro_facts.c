/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* RELRO and binding: what of the loader's tables is read-only after start-up, to the byte and to
 * the page. */
#include "facts/elf_facts_parts.h"
#include "obj/elf_const.h"

static void binding(const struct rp_elf *elf, rp_elf_facts *f)
{
    const rp_elf_dyn *flags = rp_elf_tag(elf, DT_FLAGS), *flags_1 = rp_elf_tag(elf, DT_FLAGS_1);
    const rp_elf_dyn *now = rp_elf_tag(elf, DT_BIND_NOW);
    f->flags_at = flags ? flags->at : RP_NOWHERE;
    f->flags_1_at = flags_1 ? flags_1->at : RP_NOWHERE;
    f->flags = flags ? flags->value : 0;
    f->flags_1 = flags_1 ? flags_1->value : 0;
    f->bind_now_by = "";
    if (f->flags_1 & DF_1_NOW) {
        f->bind_now = rp_fact_yes(f->flags_1_at);
        f->bind_now_by = "DT_FLAGS_1 NOW";
    } else if (f->flags & DF_BIND_NOW) {
        f->bind_now = rp_fact_yes(f->flags_at);
        f->bind_now_by = "DT_FLAGS BIND_NOW";
    } else if (now != NULL) {
        f->bind_now = rp_fact_yes(now->at);
        f->bind_now_by = "DT_BIND_NOW";
    } else {
        f->bind_now = rp_elf_found(false, RP_NOWHERE, elf->dynamic_why);
    }
}

static void plt(const struct rp_elf *elf, rp_elf_facts *f)
{
    const rp_elf_dyn *size = rp_elf_tag(elf, DT_PLTRELSZ);
    f->plt_relocs_size = size ? size->value : 0;
    if (size != NULL && size->value != 0)
        f->plt_relocs = rp_fact_yes(size->at);
    else if (elf->dynamic_why != NULL)
        f->plt_relocs = rp_fact_unknown(elf->dynamic_why);
    else
        f->plt_relocs = rp_fact_no(size ? size->at : RP_NOWHERE);
}

static bool inside(const rp_elf_facts *f, uint64_t addr, uint64_t size)
{
    return addr >= f->relro_addr && addr - f->relro_addr <= f->relro_size &&
           size <= f->relro_size - (addr - f->relro_addr);
}

/* Words before the first PLT slot, for the loader itself (psABI supplements). */
static uint64_t reserved_slots(rp_arch arch)
{
    switch (arch) {
    case RP_ARCH_RISCV:
    case RP_ARCH_LOONGARCH:
    case RP_ARCH_PPC64:
        return 2;
    case RP_ARCH_PPC:
        return 0;
    default:
        return 3;
    }
}

/* Bytes of the table that DT_PLTGOT begins: one slot per PLT relocation; on MIPS the whole GOT
 * (psABI 5: local entries, then one per global symbol). */
static uint64_t got_bytes(const rp_image *img, const rp_elf_facts *f)
{
    const struct rp_elf *elf = img->elf;
    uint64_t word = img->bits / 8;
    const rp_elf_dyn *rela = rp_elf_tag(elf, DT_PLTREL);
    bool has_addend = rela ? rela->value == DT_RELA : word == 8;
    uint64_t slots = f->plt_relocs_size / (word * (has_addend ? 3 : 2));
    if (img->arch == RP_ARCH_MIPS) {
        const rp_elf_dyn *local = rp_elf_tag(elf, DT_MIPS_LOCAL_GOTNO);
        const rp_elf_dyn *all = rp_elf_tag(elf, DT_MIPS_SYMTABNO);
        const rp_elf_dyn *first = rp_elf_tag(elf, DT_MIPS_GOTSYM);
        if (local && all && first && all->value >= first->value)
            slots = local->value + (all->value - first->value);
        return slots < UINT32_MAX ? slots * word : UINT64_MAX;
    }
    /* PowerPC64 ELFv1: a slot is a function descriptor of three words */
    if (img->arch == RP_ARCH_PPC64 && (elf->e_flags & 3) < 2)
        return slots * 3 * word;
    return (slots + reserved_slots(img->arch)) * word;
}

/* Without PLT relocations nothing is resolved through DT_PLTGOT; the data slots are in .got. */
static rp_fact data_got(const rp_image *img, const rp_elf_facts *f)
{
    const rp_section *got = rp_image_section(img, ".got");
    if (got == NULL || got->size == 0)
        return rp_fact_unknown("no call is bound through DT_PLTGOT and no section names the GOT");
    return inside(f, got->addr, got->size) ? rp_fact_yes(got->at) : rp_fact_no(got->at);
}

static rp_fact covers_got(const rp_image *img, const rp_elf_facts *f)
{
    const rp_elf_dyn *got = rp_elf_tag(img->elf, DT_PLTGOT);
    if (got == NULL)
        return rp_fact_unknown(img->elf->dynamic_why ? img->elf->dynamic_why : "no DT_PLTGOT");
    bool used = f->plt_relocs.is != RP_NO || img->arch == RP_ARCH_MIPS;
    if (!used)
        return inside(f, got->value, img->bits / 8) ? rp_fact_yes(got->at) : data_got(img, f);
    return inside(f, got->value, got_bytes(img, f)) ? rp_fact_yes(got->at) : rp_fact_no(got->at);
}

/* ld.so protects it with mprotect: it must be memory that one writable PT_LOAD maps. */
static rp_fact mapped(const rp_image *img, const rp_elf_facts *f, uint64_t at)
{
    for (uint32_t i = 0; i < img->nsegments; i++) {
        const rp_segment *s = &img->segments[i];
        if ((s->perm & RP_W) == 0 || f->relro_addr < s->addr || f->relro_addr - s->addr > s->size)
            continue;
        /* lld rounds the end up to a page: it may lie past the last byte, within its page */
        uint64_t room = s->size - (f->relro_addr - s->addr);
        uint64_t page = 0x10000;
        if (f->relro_size <= room || f->relro_size - room < page)
            return rp_fact_yes(s->at);
    }
    return rp_fact_no(at);
}

/* The largest page that a kernel for this machine uses. */
static uint64_t largest_page(rp_arch arch)
{
    switch (arch) {
    case RP_ARCH_X86:
    case RP_ARCH_X86_64:
    case RP_ARCH_ARM:
    case RP_ARCH_RISCV:
    case RP_ARCH_S390:
        return 0x1000;
    case RP_ARCH_SPARC:
        return 0x2000;
    default:
        return 0x10000;
    }
}

/* ld.so rounds the end down to the page size of the running kernel: what lies behind that stays
 * writable. lld's .relro_padding is no answer: it fills up to the common page (4 KiB), so that on a
 * kernel with larger pages the whole tail is left out. */
static rp_fact page_safe(const rp_image *img, const rp_elf_facts *f, uint64_t at)
{
    uint64_t page = largest_page(img->arch);
    if (f->max_align != 0 && f->max_align < page)
        page = f->max_align;
    return (f->relro_addr + f->relro_size) % page == 0 ? rp_fact_yes(at) : rp_fact_no(at);
}

void rp_elf_relro_facts(const rp_image *img, rp_elf_facts *f)
{
    const struct rp_elf *elf = img->elf;
    const rp_elf_phdr *relro = rp_elf_last_phdr(elf, PT_GNU_RELRO);
    binding(elf, f);
    plt(elf, f);
    if (elf->debug_file) {
        f->relro = rp_fact_unknown("separate debug information");
        f->relro_covers_got = f->relro_mapped = f->relro_page_safe = f->relro;
        return;
    }
    f->relro = rp_elf_found(relro != NULL, relro ? relro->at : RP_NOWHERE, NULL);
    if (relro == NULL) {
        f->relro_covers_got = f->relro_mapped = f->relro_page_safe = rp_fact_no(RP_NOWHERE);
        return;
    }
    f->relro_addr = relro->vaddr;
    f->relro_size = relro->memsz;
    f->relro_covers_got = covers_got(img, f);
    f->relro_mapped = mapped(img, f, relro->at);
    f->relro_page_safe = page_safe(img, f, relro->at);
}
