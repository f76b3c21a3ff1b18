/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* For the differential test: what the Mach-O parser and its facts say of each file, or of each
 * slice of a fat one, as lines "key value". */
#define _GNU_SOURCE /* O_CLOEXEC */
#include "base/buf.h"
#include "facts/facts.h"
#include "facts/macho_facts_build.h"
#include "obj/fat.h"
#include "obj/macho.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef unsigned long long ull;

static char is(rp_fact fact)
{
    return "ny?"[fact.is];
}

static void dump_map(const rp_image *img)
{
    for (uint32_t i = 0; i < img->nsegments; i++) {
        const rp_segment *s = &img->segments[i];
        printf("segment [%.*s] addr=0x%llx size=0x%llx off=0x%llx filesz=0x%llx init=%u max=%u\n",
               RP_FMT(s->name), (ull)s->addr, (ull)s->size, (ull)s->offset, (ull)s->filesz, s->perm,
               s->max_perm);
    }
    for (uint32_t i = 0; i < img->nsections; i++) {
        const rp_section *s = &img->sections[i];
        printf("section [%.*s] addr=0x%llx size=0x%llx flags=0x%llx kind=%d\n", RP_FMT(s->name),
               (ull)s->addr, (ull)s->size, (ull)s->flags, (int)s->kind);
    }
}

static void dump_links(const rp_image *img, const rp_macho_facts *f)
{
    if (img->macho->install_name.text.len != 0)
        printf("id %.*s\n", RP_FMT(img->macho->install_name.text));
    for (uint32_t i = 0; i < f->ndylibs; i++)
        printf("dylib %.*s%s\n", RP_FMT(f->dylibs[i].name), f->dylibs[i].weak ? " (weak)" : "");
    for (uint32_t i = 0; i < f->nrpaths; i++)
        printf("rpath %.*s\n", RP_FMT(f->rpaths[i].text));
}

static void dump_symbols(rp_image *img)
{
    uint32_t undefined = 0, exports = 0;
    rp_image_symbols(img);
    for (uint32_t i = 0; i < img->nsymbols; i++) {
        undefined += !img->symbols[i].defined && img->symbols[i].kind != RP_SYM_FILE;
        exports += img->symbols[i].dynamic && img->symbols[i].defined;
    }
    printf("symbols known=%c n=%u undefined=%u exports=%u locals=%u stabs=%u\n",
           "ny?"[img->symbols_known], img -> nsymbols, undefined, exports, img -> macho -> locals,
           img -> macho -> stabs);
    for (uint32_t i = 0; i < img->nsymbols; i++)
        if (!img->symbols[i].defined)
            printf("undefined %.*s\n", RP_FMT(img->symbols[i].name));
    for (uint32_t i = 0; i < img->nsymbols; i++)
        if (img->symbols[i].dynamic && img->symbols[i].defined)
            printf("export 0x%llx %.*s\n", (ull)img->symbols[i].addr, RP_FMT(img->symbols[i].name));
}

static void dump_signature(const rp_macho_facts *f)
{
    printf("signature %c directory=%c version=0x%x flags=0x%x hash=%u cms=%c id=%.*s team=%.*s "
           "runtime=0x%x directories=%u covered=%c\n",
           is(f->signature), is(f->code_directory), f->cd_version, f->cd_flags, f->cd_hash_type,
           is(f->cms), RP_FMT(f->identifier), RP_FMT(f->team), f->cd_runtime, f->ncode_directories,
           is(f->code_covered));
    printf("pages %c n=%u bad=%u blobs=%c%s%s\n", is(f->page_hashes), f->pages, f->bad_pages,
           is(f->blob_hashes), f->page_hashes.why ? " " : "",
           f->page_hashes.why ? f->page_hashes.why : "");
    for (uint32_t i = 0; i < f->nentitlements; i++)
        printf("entitlement %.*s %c\n", RP_FMT(f->entitlements[i].name),
               "ny?"[f->entitlements[i].value]);
}

static void dump_facts(const rp_macho_facts *f)
{
    printf("platform %.*s min=%u.%u.%u sdk=%u.%u.%u\n", RP_FMT(f->platform), f->min_os >> 16,
           f->min_os >> 8 & 255, f->min_os & 255, f->sdk >> 16, f->sdk >> 8 & 255, f->sdk & 255);
    printf("uuid ");
    for (size_t i = 0; i < f->uuid.len; i++)
        printf("%02X", (unsigned char)f->uuid.ptr[i]);
    printf(
        "\nfacts commands=%c wx=%u pagezero=%c data_const=%c writable_got=%c lazy=%c restrict=%c "
        "encrypted=%c arm64e=%d abi=%u\n",
        is(f->commands), f->nwx, is(f->pagezero), is(f->data_const), is(f->writable_got),
        is(f->lazy_pointers), is(f->restrict_segment), is(f->encrypted), f->arm64e, f->ptrauth_abi);
    printf("fixups %c format=%u walked=%c pointers=%u authenticated=%u\n", is(f->chained_fixups),
           f->chained_format, is(f->pointers_walked), f->fixup_pointers, f->authenticated_fixups);
    printf("functions %c n=%u\n", is(f->function_starts), f->functions);
}

static void dump_starts(rp_image *img)
{
    rp_macho_functions functions;
    if (rp_macho_function_starts(img, true, &functions, NULL) != RP_OK)
        return;
    for (uint32_t i = 0; i < functions.n; i++)
        printf("start 0x%llx\n", (ull)functions.addresses[i]);
}

static rp_code dump(rp_source *src, rp_arena *arena, rp_error *err)
{
    rp_image *img = NULL;
    const rp_macho_facts *f = NULL;
    rp_code code = rp_image_open(src, arena, &img, err);
    if (code != RP_OK)
        return code;
    if (img->macho == NULL)
        return rp_fail(err, RP_E_UNSUPPORTED, 0, "not a Mach-O file");
    code = rp_macho_facts_build(img, UINT32_MAX, &f, err);
    if (code != RP_OK)
        return code;
    printf("header cpu=0x%x subtype=0x%x filetype=%u flags=0x%x bits=%u big=%d arch=%s kind=%d "
           "ncmds=%u entry=0x%llx\n",
           img->machine, f->cpusubtype, f->filetype, f->flags, img->bits, img->big,
           rp_arch_name(img->arch), (int)img->kind, img->macho->ncommands, (ull)img->entry);
    dump_map(img);
    dump_links(img, f);
    dump_facts(f);
    dump_signature(f);
    dump_symbols(img);
    dump_starts(img);
    for (uint32_t i = 0; i < img->nanomalies; i++)
        printf("anomaly 0x%llx %s\n", (ull)img->anomaly_items[i].at, img->anomaly_items[i].text);
    return RP_OK;
}

static rp_code dump_file(rp_source *src, rp_arena *arena, rp_error *err)
{
    rp_bytes head;
    if (!rp_source_upto(src, 0, 64, &head) || !rp_fat_identify(head, src->size))
        return dump(src, arena, err);
    const rp_fat_slice *slices = NULL;
    uint32_t n = 0;
    rp_code code = rp_fat_slices(src, arena, &slices, &n, err);
    for (uint32_t i = 0; i < n && code == RP_OK; i++) {
        rp_source part;
        printf("slice %.*s off=0x%llx size=0x%llx%s%s\n", RP_FMT(slices[i].name),
               (ull)slices[i].offset, (ull)slices[i].size, slices[i].odd ? " odd=" : "",
               slices[i].odd ? slices[i].odd : "");
        if (rp_source_slice(src, slices[i].offset, slices[i].size, &part))
            code = dump(&part, arena, err);
    }
    return code;
}

int main(int argc, char **argv)
{
    int worst = 0;
    for (int i = 1; i < argc; i++) {
        struct stat st = {0};
        int fd = open(argv[i], O_RDONLY | O_CLOEXEC);
        if (fd < 0 || fstat(fd, &st) != 0) {
            perror(argv[i]);
            return 2;
        }
        printf("file %s\n", argv[i]);
        rp_arena arena = {0};
        rp_error err = {0};
        rp_source src = rp_source_fd(fd, (uint64_t)st.st_size, &arena);
        if (dump_file(&src, &arena, &err) != RP_OK) {
            printf("error %s at 0x%llx\n", err.text, (ull)err.offset);
            worst = 1;
        }
        rp_arena_free(&arena);
        (void)close(fd);
    }
    return worst;
}
