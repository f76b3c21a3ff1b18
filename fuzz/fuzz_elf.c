/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The ELF model: opened, symbols, relocations, function starts, facts. What holds whatever the
 * bytes are: failures say why, offsets lie inside the file, starts are sorted, unknown facts say
 * why, and the same file read in windows gives the same facts. */
#define _GNU_SOURCE /* memfd_create */
#include "base/arena.h"
#include "base/source.h"
#include "facts/elf_facts_build.h"
#include "facts/facts.h"
#include "obj/elf.h"
#include "require.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void inside(uint64_t at, size_t size)
{
    REQUIRE(at == RP_NOWHERE || at < size);
}

static void fact(rp_fact f, size_t size)
{
    REQUIRE(f.is == RP_NO || f.is == RP_YES || f.is == RP_UNKNOWN);
    REQUIRE(f.is != RP_UNKNOWN || (f.why != NULL && f.why[0] != 0));
    inside(f.at, size);
}

static void check_image(const rp_image *img, size_t size)
{
    for (uint32_t i = 0; i < img->nsections; i++) {
        const rp_section *s = &img->sections[i];
        inside(s->at, size);
        REQUIRE(s->offset == RP_NOWHERE || (s->offset <= size && s->filesz <= size - s->offset));
        REQUIRE(s->offset != RP_NOWHERE || s->filesz == 0);
    }
    for (uint32_t i = 0; i < img->nsegments; i++) {
        const rp_segment *s = &img->segments[i];
        inside(s->at, size);
        REQUIRE(s->offset == RP_NOWHERE || (s->offset <= size && s->filesz <= size - s->offset));
        REQUIRE(s->offset != RP_NOWHERE || s->filesz == 0);
    }
    for (uint32_t i = 0; i < img->nsymbols; i++) {
        inside(img->symbols[i].at, size);
        REQUIRE(img->symbols[i].section <= img->nsections);
    }
    for (uint32_t i = 0; i < img->nanomalies; i++) {
        inside(img->anomaly_items[i].at, size);
        REQUIRE(img->anomaly_items[i].text[0] != 0);
    }
}

static void check_starts(rp_image *img)
{
    const uint64_t *starts;
    uint32_t n;
    rp_elf_function_starts(img, &starts, &n);
    for (uint32_t i = 1; i < n; i++)
        REQUIRE(starts[i - 1] < starts[i]);
}

static void check_facts(const rp_elf_facts *f, size_t size)
{
    const rp_fact facts[] = {f->interp,
                             f->dynamic,
                             f->separate_code,
                             f->separate_pages,
                             f->relro,
                             f->relro_mapped,
                             f->relro_page_safe,
                             f->relro_covers_got,
                             f->bind_now,
                             f->plt_relocs,
                             f->textrel,
                             f->properties,
                             f->bti_plt,
                             f->pac_plt,
                             f->memtag,
                             f->openbsd_wxneeded,
                             f->openbsd_nobtcfi,
                             f->kcfi_traps,
                             f->preinit_array,
                             f->annobin,
                             f->tls,
                             f->static_tls,
                             f->eh_frame_hdr,
                             f->comment,
                             f->object_stack_note};
    for (size_t i = 0; i < RP_COUNT(facts); i++)
        fact(facts[i], size);
    const uint64_t places[] = {f->type_at,          f->stack_at,       f->flags_at,
                               f->flags_1_at,       f->x86_feature_at, f->aarch64_feature_at,
                               f->riscv_feature_at, f->pauth_at,       f->build_id_at};
    for (size_t i = 0; i < RP_COUNT(places); i++)
        inside(places[i], size);
    for (uint32_t i = 0; i < f->npaths; i++)
        inside(f->paths[i].at, size);
    for (uint32_t i = 0; i < f->nwx; i++)
        inside(f->wx[i].at, size);
    REQUIRE(f->type_rule != NULL && f->type_rule[0] != 0);
    REQUIRE(f->properties.is == RP_YES || (f->x86_feature_1 | f->aarch64_feature_1) == 0);
}

/* Reads everything there is; NULL when the file is refused. */
static const rp_elf_facts *read_all(rp_source *src, rp_arena *arena, size_t size)
{
    rp_image *img = NULL;
    const rp_elf_facts *f = NULL;
    rp_error err = {0};
    rp_code code = rp_image_open(src, arena, &img, &err);
    if (code != RP_OK || img->elf == NULL) {
        REQUIRE(code == RP_OK || (err.code == code && err.text[0] != 0));
        return NULL;
    }
    rp_image_symbols(img);
    check_starts(img);
    code = rp_elf_facts_build(img, RP_NEED_SYMBOLS | RP_NEED_RELOCS, &f, &err);
    REQUIRE(code == RP_OK || code == RP_E_MEMORY);
    check_image(img, size);
    if (code != RP_OK)
        return NULL;
    check_facts(f, size);
    return f;
}

/* The same bytes behind a descriptor: windows instead of one piece. */
static void compare_windows(const uint8_t *data, size_t size, const rp_elf_facts *whole)
{
    int fd = memfd_create("elf", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size) {
        if (fd >= 0)
            (void)close(fd);
        return;
    }
    rp_arena arena = {.limit = 256u << 20};
    rp_source src = rp_source_fd(fd, size, &arena);
    const rp_elf_facts *f = read_all(&src, &arena, size);
    if (f != NULL) { /* windows need memory: the limit may be met earlier */
        REQUIRE(f->type == whole->type && f->stack == whole->stack && f->npaths == whole->npaths);
        REQUIRE(f->relocations == whole->relocations && f->exported == whole->exported);
        REQUIRE(f->bind_now.is == whole->bind_now.is && f->dynamic.is == whole->dynamic.is);
        REQUIRE(f->properties.is == whole->properties.is && f->relro.is == whole->relro.is);
    }
    (void)close(fd);
    rp_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    rp_arena arena = {.limit = 256u << 20};
    rp_source src = rp_source_memory((rp_bytes){data, size}, &arena);
    const rp_elf_facts *f = read_all(&src, &arena, size);
    if (f != NULL && size < (1u << 20))
        compare_windows(data, size, f);
    rp_arena_free(&arena);
    return 0;
}
