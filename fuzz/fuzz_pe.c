/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* PE images and COFF objects: the parser with all its parts, and the facts of it. What holds
 * whatever the bytes are: spans lie inside the file and ascend, items of tables have their place in
 * the file, a size is never beyond what is there, "yes" has a place; with an allocation failing
 * too. */
#include "base/arena.h"
#include "base/source.h"
#include "facts/facts.h"
#include "facts/pe_facts_build.h"
#include "obj/pe.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_map(const rp_image *img, size_t size)
{
    for (uint32_t i = 0; i < img->nsections; i++) {
        const rp_section *s = &img->sections[i];
        REQUIRE(s->at < size);
        REQUIRE(s->offset == RP_NOWHERE || (s->offset <= size && s->filesz <= size - s->offset));
    }
    for (uint32_t i = 0; i < img->pe->nspans; i++) {
        const rp_pe_span *s = &img->pe->spans[i];
        REQUIRE(s->filesz == 0 || (s->offset < size && s->filesz <= size - s->offset));
        REQUIRE(i == 0 || img->pe->spans[i - 1].rva <= s->rva);
    }
}

static void check_tables(rp_image *img, size_t size)
{
    rp_pe_read_tables(img);
    for (uint32_t i = 0; i < img->pe->imports.n; i++)
        REQUIRE(img->pe->imports.items[i].at < size);
    for (uint32_t i = 0; i < img->pe->exports.n; i++)
        REQUIRE(img->pe->exports.items[i].at < size);
    rp_image_symbols(img);
    for (uint32_t i = 0; i < img->nsymbols; i++)
        REQUIRE(img->symbols[i].at < size && img->symbols[i].section <= img->nsections);
}

static void check_fact(rp_fact f, size_t size)
{
    REQUIRE(f.at == RP_NOWHERE || f.at <= size);
    REQUIRE(f.is != RP_UNKNOWN || f.why != NULL);
}

static void check_facts(const rp_pe_facts *f, size_t size)
{
    const rp_fact all[] = {f->relocs,
                           f->anything_to_relocate,
                           f->imports_executable,
                           f->load_config,
                           f->cookie,
                           f->cookie_default,
                           f->safe_seh,
                           f->guard_flags,
                           f->guard_table_ok,
                           f->ehcont_table,
                           f->handlers,
                           f->xfg,
                           f->castguard,
                           f->ex_characteristics,
                           f->rich,
                           f->signature,
                           f->signature_hash,
                           f->signature_content,
                           f->tls_callbacks};
    for (size_t i = 0; i < RP_COUNT(all); i++)
        check_fact(all[i], size);
    REQUIRE(f->load_config_size <= size);
    REQUIRE(f->directories <= RP_PE_DIR_COUNT);
    REQUIRE(f->guard_table_ok.is != RP_YES || (uint64_t)f->guard_count * 4 <= size);
    REQUIRE(f->catching_listed <= f->catching && f->catching <= size / 12);
    REQUIRE(f->relocations <= size / 2);
}

static void judge(const uint8_t *data, size_t size)
{
    rp_bytes bytes = {data, size};
    rp_arena arena = {.limit = 256u << 20};
    rp_source src = rp_source_memory(bytes, &arena);
    rp_image *img = NULL;
    rp_error err = {0};
    const rp_pe_facts *facts = NULL;
    rp_code code = rp_image_open(&src, &arena, &img, &err);
    if (code == RP_OK && img->pe != NULL) {
        check_map(img, size);
        check_tables(img, size);
        code = rp_pe_facts_build(img, RP_NEED_SIGNATURE, &facts, &err);
        if (code == RP_OK)
            check_facts(facts, size);
    }
    REQUIRE(code == RP_OK || (err.code == code && err.text[0] != '\0'));
    rp_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    judge(data, size);
    if (size != 0 && data[size - 1] < 0x40) { /* once more with one allocation failing */
        rp_arena_fail_at(1u + data[size - 1]);
        judge(data, size);
        rp_arena_fail_at(0);
    }
    return 0;
}
