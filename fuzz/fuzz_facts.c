/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* From bytes to verdicts without packages: the image, all facts, every check. What holds whatever
 * the bytes are: failures say why, facts say where inside the file, each check comes to exactly one
 * outcome; with an allocation failing too. */
#include "base/arena.h"
#include "base/source.h"
#include "checks/check.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    EVERYTHING = RP_NEED_HEADERS | RP_NEED_SYMBOLS | RP_NEED_STRINGS | RP_NEED_RELOCS |
                 RP_NEED_SIGNATURE | RP_NEED_CODE
};

static unsigned format_bit(const rp_facts *f)
{
    return f->elf != NULL ? RP_ON_ELF : f->pe != NULL ? RP_ON_PE : RP_ON_MACHO;
}

static void run_checks(const rp_facts *facts, rp_arena *arena, size_t size)
{
    for (uint32_t i = 0; i < rp_checks_count; i++) {
        const rp_check *check = rp_checks[i];
        if ((check->formats & format_bit(facts)) == 0)
            continue;
        rp_out out = rp_out_start(arena, check);
        check->run(facts, &out);
        if (out.out_of_memory)
            continue;
        REQUIRE(out.outcome > RP_OUTCOME_NONE && out.outcome < RP_OUTCOME_ERROR);
        REQUIRE(out.text.len != 0);
        for (uint32_t e = 0; e < out.nevidence; e++)
            REQUIRE(out.evidence[e].at == RP_NOWHERE || out.evidence[e].at <= size);
    }
}

static void judge(const uint8_t *data, size_t size)
{
    rp_bytes bytes = {data, size};
    rp_format format = rp_image_identify(bytes, size);
    rp_arena arena = {.limit = 256u << 20};
    rp_source src = rp_source_memory(bytes, &arena);
    rp_image *img = NULL;
    const rp_facts *facts = NULL;
    rp_error err = {0};
    rp_code code = rp_image_open(&src, &arena, &img, &err);
    if (code == RP_OK) {
        REQUIRE(format != RP_FORMAT_NONE);
        REQUIRE((img->elf != NULL) + (img->pe != NULL) + (img->macho != NULL) == 1);
        for (uint32_t i = 0; i < img->nanomalies; i++)
            REQUIRE(img->anomaly_items[i].text != NULL);
        code = rp_facts_build(img, RP_STR("x"), RP_STR(""), EVERYTHING, &facts, &err);
    }
    if (code != RP_OK) {
        REQUIRE(err.code == code && err.text[0] != '\0');
    } else {
        REQUIRE((facts->elf != NULL) + (facts->pe != NULL) + (facts->macho != NULL) == 1);
        REQUIRE(facts->symbols != NULL && facts->rust != NULL && facts->target != NULL);
        run_checks(facts, &arena, size);
    }
    rp_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    judge(data, size);
    if (size != 0 && data[size - 1] < 0x40) { /* once more with one allocation failing */
        rp_arena_fail_at(1u + data[size - 1] + data[size / 2]);
        judge(data, size);
        rp_arena_fail_at(0);
    }
    return 0;
}
