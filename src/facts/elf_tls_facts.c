/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Which thread-local variables a linked file reaches, and by which model: one relocation for each
 * GOT entry (Drepper, "ELF Handling For Thread-Local Storage", 4.1). */
#include "facts/elf_facts_parts.h"
#include "base/limits.h"
#include "obj/elf_const.h"

typedef struct {
    rp_image *img;
    rp_elf_tls_access *list;
    uint32_t n, room;
} accesses;

/* Mapping symbols of Arm's and RISC-V's psABI, and the name that linkers give to the block. */
static bool is_variable(const rp_symbol *s)
{
    return s->kind == RP_SYM_TLS && s->defined && !rp_str_starts(s->name, "$") &&
           !rp_str_eq(s->name, RP_STR("_TLS_MODULE_BASE_"));
}

/* The variable at an offset in the TLS block: its own static symbol, where it was not stripped. */
static rp_str variable_at(const rp_image *img, uint64_t offset)
{
    for (uint32_t i = 0; i < img->elf->nsymtab + img->elf->ndynsym; i++) {
        const rp_symbol *s = &img->symbols[i];
        if (s->addr == offset && is_variable(s))
            return s->name;
    }
    return RP_STR("");
}

static bool on_reloc(void *user, const rp_elf_reloc *r)
{
    accesses *a = user;
    rp_elf_tls_model model = rp_elf_reloc_tls(a->img->arch, r->type);
    if (model == RP_TLS_NONE)
        return true;
    if (a->n == a->room)
        return false;
    const rp_symbol *s = rp_elf_dynamic_symbol(a->img, r->symbol);
    rp_elf_tls_access *own = &a->list[a->n++];
    *own = (rp_elf_tls_access){.model = model, .place = r->place, .at = r->at};
    if (s != NULL)
        own->name = s->name;
    else if (r->symbol == 0 && model != RP_TLS_DYNAMIC && r->has_addend)
        own->name = variable_at(a->img, r->addend);
    /* DTPMOD without a symbol: this file's module number, its offset is in the GOT already */
    if (r->symbol == 0 && model == RP_TLS_DYNAMIC)
        own->model = RP_TLS_OWN_MODULE;
    return true;
}

rp_code rp_elf_tls_facts(rp_image *img, const rp_elf_relocs *relocs, rp_elf_facts *f, rp_error *err)
{
    uint64_t n = (uint64_t)relocs->tls_mod + relocs->tls_tp + relocs->tls_desc;
    f->tls_unlisted = 0;
    if (n == 0)
        return RP_OK;
    rp_image_symbols(img);
    accesses a = {.img = img, .room = n < RP_MAX_TLS_ACCESSES ? (uint32_t)n : RP_MAX_TLS_ACCESSES};
    a.list = rp_new(img->arena, a.room, rp_elf_tls_access);
    if (a.list == NULL)
        return rp_fail_memory(err);
    (void)rp_elf_relocs_each(img, on_reloc, &a); /* false: the list is full */
    f->tls_accesses = a.list;
    f->ntls_accesses = a.n;
    f->tls_unlisted = (uint32_t)(n - a.n);
    return RP_OK;
}
