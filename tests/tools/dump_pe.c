/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* For the differential test: what the PE parser and its facts say of each file, as lines "key
 * value". */
#define _GNU_SOURCE /* O_CLOEXEC */
#include "facts/facts.h"
#include "facts/pe_facts_build.h"
#include "obj/pe.h"
#include "obj/pe_load_config.h"
#include "obj/pe_parts.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef unsigned long long ull;

static char is(rp_tri tri)
{
    return "ny?"[tri];
}

static void dump_headers(const rp_image *img)
{
    const struct rp_pe *pe = img->pe;
    printf("machine 0x%X\nsections %u\ncharacteristics 0x%X\ntimestamp 0x%X\n", pe->machine,
           img->nsections, pe->characteristics, pe->timestamp);
    if (pe->image) {
        printf("linker %u.%u\nentry 0x%X\nbase 0x%llX\nsubsystem 0x%X\n", pe->linker_major,
               pe->linker_minor, pe->entry_rva, (ull)pe->image_base, pe->subsystem);
        printf("dll_characteristics 0x%X\ndirectories %u\n", pe->dll_characteristics,
               pe->directories);
    }
    for (uint32_t i = 0; i < pe->directories; i++)
        printf("directory %u 0x%X 0x%X\n", i, pe->dir[i].rva, pe->dir[i].size);
    for (uint32_t i = 0; i < img->nsections; i++)
        printf("section 0x%llX %.*s\n", (ull)img->sections[i].flags, RP_FMT(img->sections[i].name));
}

static void dump_tables(rp_image *img)
{
    rp_pe_read_tables(img);
    for (uint32_t i = 0; i < img->pe->imports.n; i++) {
        const rp_pe_import *im = &img->pe->imports.items[i];
        printf("%s %.*s %.*s (%u)\n", im->delayed ? "delay_import" : "import", RP_FMT(im->dll),
               RP_FMT(im->name), im->ordinal);
    }
    for (uint32_t i = 0; i < img->pe->exports.n; i++) {
        const rp_pe_export *ex = &img->pe->exports.items[i];
        printf("export %u 0x%X %.*s\n", ex->ordinal, ex->rva, RP_FMT(ex->name));
    }
}

static void dump_symbols(rp_image *img)
{
    rp_image_symbols(img);
    printf("symbols_known %c\n", is(img->symbols_known));
    for (uint32_t i = 0; i < img->nsymbols; i++) {
        const rp_symbol *s = &img->symbols[i];
        if (!s->dynamic)
            printf("symbol %u %.*s\n", s->section, RP_FMT(s->name));
    }
}

static void dump_load_config(rp_image *img)
{
    static const char *const names[RP_LC_FIELDS] = {
        "SecurityCookie", "SEHandlerTable", "SEHandlerCount", "GuardCFCheckFunction",
        "GuardCFCheckDispatch", "GuardCFFunctionTable", "GuardCFFunctionCount", "GuardFlags",
        "GuardAddressTakenIatEntryTable", "GuardAddressTakenIatEntryCount",
        "GuardLongJumpTargetTable", "GuardLongJumpTargetCount", "CHPEMetadataPointer",
        "GuardEHContinuationTable", "GuardEHContinuationCount",
        /* llvm-readobj 14 does not print these */
        "XFGCheck", "XFGDispatch", "XFGTableDispatch", "CastGuard", "Memcpy"};
    rp_pe_load_config lc;
    rp_pe_read_load_config(img, &lc);
    printf("load_config %c %u\n", is(lc.present), lc.size);
    for (unsigned i = 0; i < RP_LC_FIELDS; i++)
        if (lc.field[i].there)
            printf("lc %s 0x%llX\n", names[i], (ull)lc.field[i].value);
}

static void dump_debug(rp_image *img)
{
    rp_pe_debug d;
    rp_pe_read_debug(img, &d);
    printf("debug %c %u\nrepro %c\n", is(d.directory.is), d.entries, is(d.repro.is));
    if (d.ex_characteristics.is == RP_YES)
        printf("ex_characteristics 0x%X\n", d.ex_value);
    if (d.codeview.is != RP_YES)
        return;
    printf("pdb %u %.*s\nguid", d.age, RP_FMT(d.pdb_path));
    for (size_t i = 0; i < sizeof d.guid; i++)
        printf(" %02X", d.guid[i]);
    putchar('\n');
}

static void dump_facts(const rp_pe_facts *f)
{
    printf("relocations %c %u\n", is(f->relocs.is), f->relocations);
    printf("to_relocate %c\nmingw %d\ndotnet %d\narm64ec %d\narm64x %d\nfunctions %u\n",
           is(f->anything_to_relocate.is), f->mingw, f->dotnet, f->arm64ec, f->arm64x,
           f->functions);
    printf("cookie %c default %c 0x%llX\nsafe_seh %c %u\n", is(f->cookie.is),
           is(f->cookie_default.is), (ull)f->cookie_value, is(f->safe_seh.is), f->safe_seh_count);
    printf("guard_table %c %u\nehcont %c %u\nlongjmp %u\nxfg %c\ncastguard %c\n",
           is(f->guard_table_ok.is), f->guard_count, is(f->ehcont_table.is), f->ehcont_count,
           f->longjmp_count, is(f->xfg.is), is(f->castguard.is));
    printf("rich %c %.*s\ntls_callbacks %c\n", is(f->rich.is), RP_FMT(f->rich_summary),
           is(f->tls_callbacks.is));
    printf("signature %c hash %c content %c\n", is(f->signature.is), is(f->signature_hash.is),
           is(f->signature_content.is));
    if (f->signature.is == RP_YES)
        printf("digest %.*s\nsigned %.*s\nsigner %.*s\n", RP_FMT(f->signature_digest),
               RP_FMT(f->signature_signed), RP_FMT(f->signer));
    printf("wx %u\nshared %u\nimports_executable %c\n", f->nwx, f->nshared,
           is(f->imports_executable.is));
}

static int dump(const char *path, int fd)
{
    struct stat st = {0};
    if (fstat(fd, &st) != 0)
        return 1;
    rp_arena arena = {0};
    rp_source src = rp_source_fd(fd, (uint64_t)st.st_size, &arena);
    rp_image *img;
    rp_error err = {0};
    const rp_pe_facts *f;
    printf("file %s\n", path);
    rp_code code = rp_image_open(&src, &arena, &img, &err);
    if (code == RP_OK && img->pe == NULL)
        code = rp_fail(&err, RP_E_UNSUPPORTED, 0, "not a PE or COFF file");
    if (code == RP_OK)
        code = rp_pe_facts_build(img, RP_NEED_SIGNATURE, &f, &err);
    if (code != RP_OK) {
        printf("error %s\n", err.text);
    } else {
        dump_headers(img);
        if (img->pe->image) {
            dump_load_config(img);
            dump_debug(img);
            dump_facts(f);
        }
        dump_tables(img);
        dump_symbols(img);
        for (uint32_t i = 0; i < img->nanomalies; i++)
            printf("anomaly 0x%llx %s\n", (ull)img->anomaly_items[i].at,
                   img->anomaly_items[i].text);
    }
    rp_arena_free(&arena);
    return code != RP_OK;
}

int main(int argc, char **argv)
{
    int failed = 0;
    for (int i = 1; i < argc; i++) {
        int fd = open(argv[i], O_RDONLY | O_CLOEXEC);
        if (fd < 0) {
            perror(argv[i]);
            return 2;
        }
        failed |= dump(argv[i], fd);
        close(fd);
    }
    return failed;
}
