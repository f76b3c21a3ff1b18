/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Between the files that build ELF facts only. */
#ifndef RP_FACTS_ELF_FACTS_PARTS_H
#define RP_FACTS_ELF_FACTS_PARTS_H

#include "facts/elf_facts.h"
#include "obj/elf.h"

/* YES at `at`; else NO, or UNKNOWN with `why` when what could have told is not whole. */
static inline rp_fact rp_elf_found(bool found, uint64_t at, const char *why)
{
    if (found)
        return rp_fact_yes(at);
    return why ? rp_fact_unknown(why) : rp_fact_no(RP_NOWHERE);
}

/* Whether a dynamic tag is there. */
rp_fact rp_elf_tag_fact(const struct rp_elf *elf, uint64_t tag);

/* relro*, bind_now*, plt_relocs*, flags*. */
void rp_elf_relro_facts(const rp_image *img, rp_elf_facts *f);
/* wx, nloads, separate_code, separate_pages, max_align, stack*. */
RP_MUST_CHECK rp_code rp_elf_segment_facts(rp_image *img, rp_elf_facts *f, rp_error *err);
/* tls_accesses. The image's relocations were read whole. */
RP_MUST_CHECK rp_code rp_elf_tls_facts(rp_image *img, const rp_elf_relocs *relocs, rp_elf_facts *f,
                                       rp_error *err);

#endif
