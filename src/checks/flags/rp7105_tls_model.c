/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/common.h"

/* ELF Handling For Thread-Local Storage (Drepper): a TPOFF relocation in a library is initial-exec;
 * such a library needs room in the static TLS block, which dlopen cannot enlarge. */
static void judge_library(const rp_elf_facts *e, rp_out *out)
{
    bool counted = e->tls_tpoff != UINT32_MAX;
    if (e->static_tls.is == RP_YES || (counted && e->tls_tpoff != 0)) {
        rp_find(out, "a library with initial-exec TLS: dlopen fails when the static TLS block is "
                     "full");
        if (e->static_tls.is == RP_YES)
            rp_evidence(out, e->static_tls.at, "DF_STATIC_TLS");
        if (counted)
            rp_evidence(out, RP_NOWHERE, "%u TPOFF relocation%s", RP_MANY(e->tls_tpoff));
        rp_brief(out, "static");
        rp_cause(out, ".cargo/config.toml", "build.rustflags");
        rp_fix_advice(out, "leave -Ztls-model and -ftls-model at their default (global-dynamic) "
                           "for libraries");
    } else if (e->static_tls.is == RP_UNKNOWN || !counted) {
        rp_unknown(out, "%s",
                   e->static_tls.is == RP_UNKNOWN ? e->static_tls.why
                                                  : "the relocations were not read");
    } else {
        rp_pass(out, "a library with dynamic TLS: it can be loaded at any time");
        rp_evidence(out, e->tls.at, "PT_TLS; %u DTPMOD, %u TLSDESC and no TPOFF relocations",
                    (unsigned)e->tls_dtpmod, (unsigned)e->tls_desc);
        rp_brief(out, "dynamic");
    }
}

/* Where there is no model: a table of the C library, or of GCC's or LLVM's own. */
static bool judge_emulated(const rp_facts *f, rp_out *out)
{
    const rp_symbol_facts *y = f->symbols;
    uint32_t named =
        y->watch[RP_WATCH_ANDROID_EMUTLS].undefined + y->watch[RP_WATCH_ANDROID_EMUTLS].defined;
    if (named + f->code->tls_emulated == 0)
        return false;
    rp_pass(out, "emulated TLS: a library call and an allocation for each variable");
    rp_evidence(out, named != 0 ? y->watch[RP_WATCH_ANDROID_EMUTLS].at : RP_NOWHERE,
                "__emutls_get_address");
    rp_brief(out, "emu");
    if (f->elf == NULL)
        rp_verify(out, "llvm-nm {} | grep emutls");
    return true;
}

static void judge_elf(const rp_facts *f, rp_out *out)
{
    const rp_elf_facts *e = f->elf;
    if (judge_emulated(f, out) || rp_unknown_fact(out, e->tls))
        return;
    if (e->tls.is == RP_NO) {
        rp_skip(out, "no thread-local storage");
    } else if (f->kind == RP_KIND_LIBRARY) {
        judge_library(e, out);
    } else {
        rp_pass(out, "a program: its TLS block is laid out at start-up, every model works");
        rp_evidence(out, e->tls.at, "PT_TLS of %llu bytes", (unsigned long long)e->tls_size);
        rp_brief(out, "local");
    }
}

/* PE Format, the .tls section: code takes the block that its own index, written by the loader,
 * names in the thread's array. Compilers may take the first one instead, for the program itself. */
static void judge_pe(const rp_facts *f, rp_out *out)
{
    const rp_pe_facts *pe = f->pe;
    bool first = f->code->read == RP_YES && f->code->tls_le != 0;
    rp_verify(out, "llvm-readobj --coff-tls-directory {}");
    if (judge_emulated(f, out) || rp_unknown_fact(out, pe->tls))
        return;
    if (pe->tls.is == RP_NO) {
        rp_skip(out, "no thread-local storage");
        return;
    }
    if (pe->dll && first) {
        rp_find(out, "a DLL takes the first block of thread-local variables, which is the "
                     "program's, for its own");
        rp_brief(out, "first");
        rp_verify(out,
                  "llvm-objdump --disassemble {} | grep -A 1 -E '%%gs:(88|0x58)|%%fs:(44|0x2c)'");
        rp_cause(out, ".cargo/config.toml", "build.rustflags");
        rp_fix_advice(out, "leave -Ztls-model at its default, and -ftls-model and /GA out");
    } else {
        rp_pass(out, "%s",
                !pe->dll ? "a program: its block of thread-local variables is laid out at start-up"
                         : "a DLL with thread-local variables by its own index (local-dynamic): it "
                           "can be loaded at any time since Windows Vista");
        rp_brief(out, first ? "local" : "index");
    }
    rp_evidence(out, pe->tls.at, "TLS directory; a block of %llu bytes for each thread",
                (unsigned long long)pe->tls_size);
}

/* mach-o/loader.h, tlv_descriptor: dyld puts the function that finds the variable into it. */
static void judge_macho(const rp_facts *f, rp_out *out)
{
    enum { SHOWN = 8 };
    const rp_macho_facts *m = f->macho;
    uint32_t n = m->ntls_variables < SHOWN ? m->ntls_variables : SHOWN;
    uint32_t more = m->ntls_variables - n + m->tls_unlisted;
    rp_verify(out, "llvm-objdump --section-headers {} | grep __thread_");
    if (judge_emulated(f, out) || rp_unknown_fact(out, m->tls))
        return;
    if (m->tls.is == RP_NO) {
        rp_skip(out, "no thread-local storage");
        return;
    }
    rp_pass(out,
            "thread-local variables by descriptor (global-dynamic), the only model here: it can "
            "be loaded at any time");
    rp_brief(out, "desc");
    for (uint32_t i = 0; i < n; i++) {
        const rp_macho_tls *v = &m->tls_variables[i];
        rp_evidence(out, v->at, "%.*s: descriptor%s at 0x%llx",
                    RP_FMT(v->name.len != 0 ? v->name : RP_STR("a variable")),
                    v->imported ? " in another library, pointer" : "", (unsigned long long)v->addr);
    }
    if (more != 0)
        rp_evidence(out, RP_NOWHERE, "and %u more", (unsigned)more);
}

/* Functions by the model with which they reach thread-local variables. */
static void show_models(const rp_facts *f, rp_out *out)
{
    const rp_code_facts *c = f->code;
    uint32_t dynamic = c->tls_gd + c->tls_ld + c->tls_desc + c->tls_emulated;
    if (c->read != RP_YES || dynamic + c->tls_ie + c->tls_le == 0)
        return;
    rp_evidence(out, RP_NOWHERE,
                "code: %u function%s with general dynamic access, %u local dynamic, %u with TLS "
                "descriptors, %u initial exec, %u local exec, %u emulated",
                RP_MANY(c->tls_gd), (unsigned)c->tls_ld, (unsigned)c->tls_desc, (unsigned)c->tls_ie,
                (unsigned)c->tls_le, (unsigned)c->tls_emulated);
}

/* The guide's models, each with what it is for. */
static const char *advice(rp_elf_tls_model model)
{
    switch (model) {
    case RP_TLS_DYNAMIC:
        return "global-dynamic, the most flexible, at the price of a call";
    case RP_TLS_OWN_MODULE:
        return "local-dynamic, or global-dynamic without export: for libraries";
    case RP_TLS_DESCRIPTOR:
        return "global-dynamic by descriptor: as flexible, cheaper once it is in place";
    case RP_TLS_INITIAL_EXEC:
        return "initial-exec, fast, for what is there when the program starts";
    case RP_TLS_NONE:
        break;
    }
    return "";
}

static void show_variables(const rp_elf_facts *e, rp_out *out)
{
    enum { SHOWN = 8 };
    uint32_t n = e->ntls_accesses < SHOWN ? e->ntls_accesses : SHOWN;
    for (uint32_t i = 0; i < n; i++) {
        const rp_elf_tls_access *a = &e->tls_accesses[i];
        rp_str name = a->name.len != 0 ? a->name : RP_STR("a variable of its own");
        rp_evidence(out, a->at, "%.*s through the entry at 0x%llx: %s", RP_FMT(name),
                    (unsigned long long)a->place, advice(a->model));
    }
    if (e->tls_unlisted != UINT32_MAX && e->ntls_accesses - n + e->tls_unlisted != 0)
        rp_evidence(out, RP_NOWHERE, "and %u more %s for thread-local variables",
                    (unsigned)(e->ntls_accesses - n + e->tls_unlisted),
                    rp_by_count(e->ntls_accesses - n + e->tls_unlisted, "entry", "entries"));
}

static void tls_model(const rp_facts *f, rp_out *out)
{
    if (rp_skip_unloaded(f, out))
        return;
    if (f->elf != NULL) {
        rp_verify(out, "readelf -lWrd {} | grep -E 'TLS|TPOFF|DTPMOD'");
        judge_elf(f, out);
        show_models(f, out);
        show_variables(f->elf, out);
    } else if (f->pe != NULL) {
        judge_pe(f, out);
        show_models(f, out);
    } else {
        judge_macho(f, out);
        show_models(f, out);
    }
}

const rp_check rp_check_rp7105 = {
    .code = "RP7105",
    .name = "tls-model",
    .title = "the TLS model fits how it is loaded",
    .guide = "Thread Local Storage Models",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_HEADERS | RP_NEED_SYMBOLS | RP_NEED_RELOCS | RP_NEED_CODE,
    .formats = RP_ON_ALL,
    .run = tls_model,
};
