/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Program or library? e_type does not say: both are ET_DYN. A superset of annocheck's rule. PT_PHDR
 * is no evidence: lld puts it into every shared library. */
#include "obj/elf_const.h"
#include "obj/elf_parts.h"

static void decide(struct rp_elf *elf, rp_elf_type type, bool sure, uint64_t at, const char *rule)
{
    elf->type = type;
    elf->type_sure = sure;
    elf->type_at = at;
    elf->type_rule = rule;
}

/* ld.so has a SONAME, no interpreter, and runs; libraries of old linkers have an entry as well, so
 * only the name tells. */
static bool is_loader_name(rp_str soname)
{
    return rp_str_starts(soname, "ld-") || rp_str_starts(soname, "ld.so") ||
           rp_str_starts(soname, "ld64.so") || rp_str_starts(soname, "ld32.so");
}

static void decide_library(struct rp_elf *elf, bool interp, const rp_elf_dyn *soname)
{
    if (interp)
        decide(elf, RP_ELF_SHARED_RUNNABLE, true, soname->at,
               "ET_DYN with DT_SONAME and PT_INTERP");
    else if (is_loader_name(elf->soname))
        decide(elf, RP_ELF_SHARED_RUNNABLE, true, soname->at,
               "ET_DYN with the DT_SONAME of a dynamic loader");
    else
        decide(elf, RP_ELF_SHARED, true, soname->at, "ET_DYN with DT_SONAME");
}

/* Nothing names it: an entry point and nothing to bind to make a program. */
static void decide_unnamed(rp_image *img)
{
    struct rp_elf *elf = img->elf;
    uint32_t exported = 0;
    bool known = rp_elf_exports(img, &exported);
    if (img->entry != 0 && known && exported == 0)
        decide(elf, RP_ELF_STATIC_PIE, false, 16,
               "ET_DYN with an entry point and no exported symbols");
    else if (!known || elf->dynamic_why != NULL)
        decide(elf, RP_ELF_SHARED, false, 16, "ET_DYN; what would tell more cannot be read");
    else
        decide(elf, RP_ELF_SHARED, true, 16, "ET_DYN without any mark of a program");
}

/* Linkers leave room for the debugger's link map in programs only. */
static const rp_elf_dyn *debug_tag(const rp_image *img)
{
    const rp_elf_dyn *debug = rp_elf_tag(img->elf, DT_DEBUG);
    if (debug == NULL && img->arch == RP_ARCH_MIPS)
        debug = rp_elf_tag(img->elf, DT_MIPS_RLD_MAP);
    if (debug == NULL && img->arch == RP_ARCH_MIPS)
        debug = rp_elf_tag(img->elf, DT_MIPS_RLD_MAP_REL);
    return debug;
}

/* PIE of linkers before DF_1_PIE (binutils 2.26), or a library that prints its version when run
 * (pam_cap.so). */
static void decide_interpreted(rp_image *img, const rp_elf_phdr *interp)
{
    struct rp_elf *elf = img->elf;
    uint32_t exported = 0;
    if (debug_tag(img) == NULL && rp_elf_exports(img, &exported) && exported != 0)
        decide(elf, RP_ELF_SHARED_RUNNABLE, true, interp->at,
               "ET_DYN with PT_INTERP and exported symbols, but no DT_DEBUG");
    else
        decide(elf, RP_ELF_PIE, elf->dynamic_why == NULL, interp->at,
               "ET_DYN with PT_INTERP and no DT_SONAME");
}

static void decide_dyn(rp_image *img)
{
    struct rp_elf *elf = img->elf;
    const rp_elf_dyn *flags_1 = rp_elf_tag(elf, DT_FLAGS_1);
    const rp_elf_dyn *soname = rp_elf_tag(elf, DT_SONAME);
    const rp_elf_dyn *debug = debug_tag(img);
    const rp_elf_phdr *interp = rp_elf_first_phdr(elf, PT_INTERP);
    if (flags_1 != NULL && (flags_1->value & DF_1_PIE) != 0)
        decide(elf, interp ? RP_ELF_PIE : RP_ELF_STATIC_PIE, true, flags_1->at,
               interp ? "ET_DYN with DF_1_PIE and PT_INTERP"
                      : "ET_DYN with DF_1_PIE, no PT_INTERP");
    else if (soname != NULL)
        decide_library(elf, interp != NULL, soname);
    else if (interp != NULL)
        decide_interpreted(img, interp);
    else if (debug != NULL)
        decide(elf, RP_ELF_STATIC_PIE, true, debug->at, "ET_DYN with DT_DEBUG and no DT_SONAME");
    else
        decide_unnamed(img);
}

void rp_elf_decide_type(rp_image *img)
{
    struct rp_elf *elf = img->elf;
    bool dynamic = rp_elf_first_phdr(elf, PT_DYNAMIC) != NULL;
    bool interp = rp_elf_first_phdr(elf, PT_INTERP) != NULL;
    switch (elf->e_type) {
    case ET_REL:
        decide(elf, RP_ELF_OBJECT, true, 16, "ET_REL");
        break;
    case ET_CORE:
        decide(elf, RP_ELF_CORE, true, 16, "ET_CORE");
        break;
    case ET_EXEC:
        if (dynamic || interp)
            decide(elf, RP_ELF_EXEC, true, 16, "ET_EXEC with PT_DYNAMIC or PT_INTERP");
        else
            decide(elf, RP_ELF_EXEC_STATIC, true, 16, "ET_EXEC without PT_DYNAMIC and PT_INTERP");
        break;
    case ET_DYN:
        decide_dyn(img);
        break;
    default:
        decide(elf, RP_ELF_OTHER, true, 16, "e_type is none of REL, EXEC, DYN, CORE");
        break;
    }
}
