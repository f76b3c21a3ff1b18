/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Mach-O files, thin and fat, and entitlements by themselves. What holds whatever the bytes are:
 * failures say why, places lie inside the file, unknown facts say why, addresses rise, a signature
 * that was read has a directory, and the work stays in proportion. */
#include "base/arena.h"
#include "base/source.h"
#include "facts/facts.h"
#include "facts/macho_facts_build.h"
#include "obj/codesign.h"
#include "obj/fat.h"
#include "obj/macho.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require_reason(rp_fact fact)
{
    REQUIRE(fact.is != RP_UNKNOWN || (fact.why != NULL && fact.why[0] != '\0'));
}

static void require_image(const rp_image *img, uint64_t size)
{
    for (uint32_t i = 0; i < img->nsegments; i++)
        REQUIRE(img->segments[i].at < size);
    for (uint32_t i = 0; i < img->nsections; i++) {
        const rp_section *s = &img->sections[i];
        REQUIRE(s->at < size);
        REQUIRE(s->offset == RP_NOWHERE ||
                (s->offset <= size && s->filesz <= size - s->offset && s->filesz <= s->size));
    }
    for (uint32_t i = 0; i < img->nsymbols; i++) {
        REQUIRE(img->symbols[i].at < size && img->symbols[i].section <= img->nsections);
        REQUIRE(img->symbols[i].name.ptr != NULL);
    }
    REQUIRE((img->symbols_known != RP_YES || img->symbols != NULL));
}

static void require_facts(const rp_macho_facts *f, uint64_t size)
{
    const rp_fact facts[] = {f->commands,        f->pagezero,      f->data_const,
                             f->writable_got,    f->lazy_pointers, f->restrict_segment,
                             f->encrypted,       f->dylinker,      f->chained_fixups,
                             f->pointers_walked, f->signature,     f->code_directory,
                             f->code_covered,    f->cms,           f->entitlements_present,
                             f->page_hashes,     f->blob_hashes,   f->function_starts};
    for (size_t i = 0; i < RP_COUNT(facts); i++) {
        require_reason(facts[i]);
        REQUIRE(facts[i].at == RP_NOWHERE || facts[i].at <= size);
    }
    for (uint32_t i = 0; i < f->nentitlements; i++)
        REQUIRE(f->entitlements[i].at < size);
    REQUIRE(f->signature.is != RP_YES || f->code_directory.is == RP_YES);
    REQUIRE(f->page_hashes.is != RP_NO || (f->bad_pages != 0 && f->first_bad_page < size));
    REQUIRE(f->page_hashes.is != RP_YES || (f->pages != 0 && f->bad_pages == 0));
    REQUIRE(f->authenticated_fixups <= f->fixup_pointers);
}

static void require_starts(rp_image *img)
{
    rp_macho_functions starts;
    if (rp_macho_function_starts(img, true, &starts, NULL) != RP_OK)
        return;
    for (uint32_t i = 1; i < starts.n && starts.known == RP_YES; i++)
        REQUIRE(starts.addresses[i - 1] < starts.addresses[i]);
}

static void read_thin(rp_source *src, rp_arena *arena)
{
    rp_image *img = NULL;
    const rp_macho_facts *facts = NULL;
    rp_error err = {0};
    rp_code code = rp_image_open(src, arena, &img, &err);
    if (code == RP_OK && img->macho == NULL)
        return;
    if (code == RP_OK)
        code = rp_macho_facts_build(img, UINT32_MAX, &facts, &err);
    if (code != RP_OK) {
        REQUIRE(err.code == code && err.text[0] != '\0');
        return;
    }
    rp_image_symbols(img);
    require_image(img, src->size);
    require_facts(facts, src->size);
    require_starts(img);
}

static void read_fat(rp_source *src, rp_arena *arena)
{
    const rp_fat_slice *slices = NULL;
    uint32_t n = 0;
    rp_error err = {0};
    if (rp_fat_slices(src, arena, &slices, &n, &err) != RP_OK) {
        REQUIRE(err.code != RP_OK && err.text[0] != '\0');
        return;
    }
    REQUIRE(n != 0);
    for (uint32_t i = 0; i < n; i++) {
        rp_source part;
        REQUIRE(slices[i].name.len != 0);
        REQUIRE(rp_source_slice(src, slices[i].offset, slices[i].size, &part) != slices[i].outside);
        if (!slices[i].outside && i < 4)
            read_thin(&part, arena);
    }
}

static void judge(rp_bytes bytes)
{
    rp_arena arena = {.limit = 256u << 20};
    rp_source src = rp_source_memory(bytes, &arena);
    rp_sign_keys keys = {0}, more = {0};
    if (rp_fat_identify(bytes, bytes.len))
        read_fat(&src, &arena);
    else
        read_thin(&src, &arena);
    (void)!rp_plist_keys(&arena, bytes, 0, &keys);
    (void)!rp_der_keys(&arena, bytes, 0, &more);
    for (uint32_t i = 0; i < keys.n; i++)
        REQUIRE(keys.items[i].at < bytes.len);
    rp_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    judge((rp_bytes){data, size});
    if (size != 0 && data[size - 1] < 0x40) { /* once more with one allocation failing */
        rp_arena_fail_at(1u + data[size - 1]);
        judge((rp_bytes){data, size});
        rp_arena_fail_at(0);
    }
    return 0;
}
