/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Whose loader a file is for: an operating system's, a kernel's, none. */
#include "base/limits.h"
#include "obj/elf_const.h"
#include "obj/elf_parts.h"

static bool has_section(const rp_image *img, const char *name)
{
    return rp_image_section(img, name) != NULL;
}

/* Linkers of hosted programs put every loaded byte at p_vaddr; firmware is stored at p_paddr and
 * copied. A page that is not congruent cannot be mapped by any kernel. */
static const char *unmappable(const rp_image *img)
{
    const struct rp_elf *elf = img->elf;
    for (uint32_t i = 0; i < elf->nphdrs; i++) {
        const rp_elf_phdr *p = &elf->phdrs[i];
        if (p->type != PT_LOAD || p->memsz == 0)
            continue;
        if (p->paddr != 0 && p->paddr != p->vaddr && elf->e_type == ET_EXEC)
            return "a PT_LOAD is stored at another address than it runs at";
        if (p->filesz != 0 && ((p->vaddr - p->offset) & 0xfff) != 0)
            return "a PT_LOAD is not page-congruent: no kernel can map it";
        if (elf->e_type == ET_EXEC && p->vaddr < 0x8000)
            return "a PT_LOAD lies below the lowest address that a process may map";
    }
    return NULL;
}

static const char *bare_metal_rule(rp_image *img)
{
    const struct rp_elf *elf = img->elf;
    static const char *const vectors[] = {".vector_table", ".isr_vector", ".vectors"};
    if (elf->osabi == ELFOSABI_STANDALONE)
        return "EI_OSABI says standalone";
    if (rp_elf_first_phdr(elf, PT_INTERP) != NULL || elf->dynamic != NULL)
        return NULL;
    for (size_t i = 0; i < RP_COUNT(vectors); i++)
        if (has_section(img, vectors[i]))
            return "it has a vector table section";
    if (elf->arm.profile == 'M')
        return "built for an ARM core of profile M, which has no memory management";
    return unmappable(img);
}

static void decide_host(rp_image *img)
{
    struct rp_elf *elf = img->elf;
    elf->host_rule = "";
    if (elf->e_type == ET_REL) {
        if (img->machine == EM_BPF) {
            elf->host = RP_ELF_BPF;
            elf->host_rule = "machine BPF";
        } else if (has_section(img, ".gnu.linkonce.this_module")) {
            elf->host = RP_ELF_KERNEL_MODULE;
            elf->host_rule = "section .gnu.linkonce.this_module";
        }
    } else if (elf->e_type == ET_EXEC || elf->e_type == ET_DYN) {
        if (has_section(img, "__ksymtab") && rp_elf_first_phdr(elf, PT_INTERP) == NULL) {
            elf->host = RP_ELF_KERNEL;
            elf->host_rule = "section __ksymtab";
        } else if ((elf->host_rule = bare_metal_rule(img)) != NULL) {
            elf->host = RP_ELF_BARE;
        }
    }
}

static bool is_program(rp_elf_type type)
{
    return type == RP_ELF_EXEC || type == RP_ELF_EXEC_STATIC || type == RP_ELF_PIE ||
           type == RP_ELF_STATIC_PIE;
}

void rp_elf_decide_kind(rp_image *img)
{
    struct rp_elf *elf = img->elf;
    elf->arm = rp_elf_arm_core(img);
    decide_host(img);
    rp_elf_decide_type(img);
    if (elf->debug_file)
        img->kind = RP_KIND_DEBUG;
    else if (elf->host != RP_ELF_HOSTED)
        img->kind = RP_KIND_KERNEL;
    else if (elf->type == RP_ELF_OBJECT)
        img->kind = RP_KIND_OBJECT;
    else if (elf->type == RP_ELF_CORE)
        img->kind = RP_KIND_CORE;
    else if (is_program(elf->type))
        img->kind = RP_KIND_EXECUTABLE;
    else if (elf->type != RP_ELF_OTHER)
        img->kind = RP_KIND_LIBRARY;
}
