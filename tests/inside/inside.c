/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What is inside a binary, one component a line, for the scripts beside it:
 *   inside FILE…
 * kind, name, version, source, certainty, witnesses, root, offset, text: between tabs. A line
 * "file" begins each file, one "auditable" says what became of .dep-v0. */
#define _GNU_SOURCE /* O_CLOEXEC */
#include "deps/auditable.h"
#include "deps/recover.h"
#include "deps/wasm.h"
#include "facts/facts.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void print(const rp_inventory *inv)
{
    static const char *const kinds[] = {"crate", "c", "toolchain"};
    static const char *const sources[] = {"?", "registry", "git", "path", "std"};
    static const char *const certainties[] = {"exact", "high", "guess"};
    static const char *const tris[] = {"no", "yes", "?"};
    for (uint32_t i = 0; i < inv->ncomponents; i++) {
        const rp_component *c = &inv->components[i];
        rp_str text = c->nsightings != 0 ? c->sightings[0].text : RP_STR("");
        printf("%s\t%.*s\t%.*s\t%s\t%s\t%s\t%u\t%u\t%u\t%u\t%llx\t%.*s\n", kinds[c->kind],
               RP_FMT(c->name), RP_FMT(c->version), sources[c->source.kind],
               tris[c->source.crates_io], certainties[c->certainty], c->witnesses, c->kinds,
               c->root, c->ndeps,
               c->nsightings != 0 ? (unsigned long long)c->sightings[0].at : 0ull, RP_FMT(text));
    }
}

static rp_code read_image(rp_image *img, rp_inventory_builder *b, rp_auditable *a, rp_error *err)
{
    const rp_facts *facts;
    rp_recover_options o = {0}; /* strings are set below */
    rp_code code = rp_facts_build(img, RP_STR("x"), RP_STR(""), RP_NEED_STRINGS | RP_NEED_SYMBOLS,
                                  &facts, err);
    if (code != RP_OK)
        return code;
    o.rustc = facts->rust->version;
    o.commit = facts->rust->commit;
    o.rustc_by = facts->rust->version_by;
    o.rustc_at = facts->rust->version_at;
    code = rp_auditable_image(img, b, a, err);
    return code == RP_OK ? rp_recover(img, &o, b, err) : code;
}

static rp_code one(rp_source *src, rp_arena *arena, rp_error *err)
{
    rp_image *img;
    rp_bytes head;
    rp_auditable a;
    const rp_inventory *inv;
    rp_inventory_builder *b = rp_inventory_start(arena);
    if (b == NULL || !rp_source_upto(src, 0, 16, &head))
        return rp_fail_memory(err);
    rp_code code;
    if (rp_wasm_identify(head)) {
        code = rp_wasm_deps(src, arena, b, &a, err);
    } else {
        code = rp_image_open(src, arena, &img, err);
        if (code == RP_OK)
            code = read_image(img, b, &a, err);
    }
    if (code == RP_OK)
        code = rp_inventory_finish(b, &inv, NULL, err);
    if (code != RP_OK)
        return code;
    printf("auditable\t%d\t%u\t%s\n", (int)a.found, a.packages, a.odd != NULL ? a.odd : "");
    print(inv);
    return RP_OK;
}

int main(int argc, char **argv)
{
    int failed = 0;
    for (int i = 1; i < argc; i++) {
        struct stat st;
        rp_arena arena = {0};
        rp_error err = {.code = RP_OK};
        int fd = open(argv[i], O_RDONLY | O_CLOEXEC);
        printf("file\t%s\n", argv[i]);
        if (fd < 0 || fstat(fd, &st) != 0)
            return 2;
        rp_source src = rp_source_fd(fd, (uint64_t)st.st_size, &arena);
        if (one(&src, &arena, &err) != RP_OK) {
            printf("error\t%s\n", err.text);
            failed = 1;
        }
        rp_arena_free(&arena);
        (void)close(fd);
    }
    return failed;
}
