/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* For the differential test: what the ELF parser and its facts say, one JSON object a line for each
 * path read from standard input. */
#define _GNU_SOURCE /* O_CLOEXEC, getline */
#include "base/source.h"
#include "facts/elf_facts_build.h"
#include "facts/facts.h"
#include "obj/elf.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef unsigned long long ull;

/* Bytes above 0x7e as Latin-1, so that each byte of a name is one character. */
static void put_string(rp_str s)
{
    putchar('"');
    for (size_t i = 0; i < s.len; i++) {
        unsigned c = (uint8_t)s.ptr[i];
        if (c < 0x20 || c > 0x7e || c == '"' || c == '\\')
            printf("\\u%04x", c);
        else
            putchar((int)c);
    }
    putchar('"');
}

static void put_named(const char *name, rp_str s)
{
    printf(",\"%s\":", name);
    put_string(s);
}

static void put_fact(const char *name, rp_fact f)
{
    printf(",\"%s\":\"%s\"", name, f.is == RP_YES ? "yes" : f.is == RP_NO ? "no" : "unknown");
}

static void put_header(const rp_image *img, const rp_elf_facts *f)
{
    printf(",\"class\":%u,\"big\":%d,\"machine\":%u,\"e_type\":%u,\"osabi\":%u", img->bits,
           img->big, img->machine, f->e_type, f->osabi);
    printf(",\"entry\":%llu,\"e_flags\":%u,\"sections\":%u", (ull)img->entry, f->e_flags,
           img->nsections);
    put_named("arch", rp_str_from(rp_arch_name(img->arch)));
    printf(",\"kind\":%d,\"type\":%d,\"sure\":%d,\"bare\":%d", (int)img->kind, (int)f->type,
           f->type_sure, f->bare_metal);
    put_named("rule", rp_str_from(f->type_rule));
    printf(",\"phdrs\":[");
    for (uint32_t i = 0; i < img->elf->nphdrs; i++) {
        const rp_elf_phdr *p = &img->elf->phdrs[i];
        printf("%s[%u,%llu,%llu,%llu,%llu,%llu,%u,%llu]", i ? "," : "", p->type, (ull)p->offset,
               (ull)p->vaddr, (ull)p->paddr, (ull)p->filesz, (ull)p->memsz, p->flags,
               (ull)p->align);
    }
    printf("]");
}

static void put_dynamic(rp_image *img, const rp_elf_facts *f)
{
    printf(",\"tags\":[");
    for (uint32_t i = 0; i < img->elf->ndyn; i++)
        printf("%s%llu", i ? "," : "", (ull)img->elf->dyn[i].tag);
    printf("],\"needed\":[");
    for (uint32_t i = 0; i < img->nlibraries; i++) {
        printf("%s", i ? "," : "");
        put_string(img->libraries[i]);
    }
    printf("],\"paths\":[");
    for (uint32_t i = 0; i < f->npaths; i++) {
        printf("%s[%d,", i ? "," : "", f->paths[i].runpath);
        put_string(f->paths[i].text);
        printf("]");
    }
    printf("],\"flags\":%llu,\"flags_1\":%llu", (ull)f->flags, (ull)f->flags_1);
    put_named("soname", f->soname);
    put_named("interp", f->interp_path);
    put_named("min_glibc", f->min_glibc);
    put_fact("dynamic", f->dynamic);
    put_fact("bind_now", f->bind_now);
    put_fact("textrel", f->textrel);
}

static void put_notes(const rp_elf_facts *f)
{
    printf(",\"build_id\":\"");
    for (size_t i = 0; i < f->build_id.len; i++)
        printf("%02x", (uint8_t)f->build_id.ptr[i]);
    printf("\",\"x86\":%u,\"aarch64\":%u,\"riscv\":%u", f->x86_feature_1, f->aarch64_feature_1,
           f->riscv_feature_1);
    put_fact("properties", f->properties);
    put_named("debuglink", f->debuglink);
    printf(",\"comments\":[");
    for (uint32_t i = 0; i < f->ncomments; i++) {
        printf("%s", i ? "," : "");
        put_string(f->comments[i]);
    }
    printf("]");
}

static void put_hardening(const rp_elf_facts *f)
{
    put_fact("relro", f->relro);
    put_fact("relro_covers_got", f->relro_covers_got);
    put_fact("relro_mapped", f->relro_mapped);
    put_fact("relro_page_safe", f->relro_page_safe);
    put_fact("separate_code", f->separate_code);
    put_fact("separate_pages", f->separate_pages);
    put_fact("object_stack_note", f->object_stack_note);
    put_fact("annobin", f->annobin);
    printf(",\"stack\":%d,\"nwx\":%u,\"tls_size\":%llu", (int)f->stack, f->nwx, (ull)f->tls_size);
}

/* One table: how many, and sums that no wrong record survives. */
static void put_symbols(const char *name, const rp_symbol *s, uint32_t n)
{
    uint64_t values = 0, sizes = 0, names = 0;
    uint32_t defined = 0, global = 0, func = 0;
    for (uint32_t i = 0; i < n; i++) {
        values += s[i].addr;
        sizes += s[i].size;
        names += s[i].kind == RP_SYM_SECTION ? 0 : s[i].name.len;
        defined += s[i].defined;
        global += s[i].global;
        func += s[i].kind == RP_SYM_FUNC;
    }
    printf(",\"%s\":{\"n\":%u,\"values\":%llu,\"sizes\":%llu,\"names\":%llu,\"defined\":%u,"
           "\"global\":%u,\"func\":%u}",
           name, n, (ull)values, (ull)sizes, (ull)names, defined, global, func);
}

static void put_relocs(rp_image *img, const rp_elf_facts *f)
{
    const rp_elf_relocs *r = rp_elf_relocations(img);
    printf(",\"relocs\":{\"total\":%u,\"relr\":%u,\"text\":%u,\"tls\":[%u,%u,%u,%u],\"known\":%d",
           r->total, r->relr, r->text, r->tls_mod, r->tls_off, r->tls_tp, r->tls_desc,
           f->relocations != UINT32_MAX);
    printf(",\"types\":{");
    const char *comma = "";
    for (uint32_t i = 0; i <= RP_ELF_RELOC_TYPES; i++) {
        if (r->by_type[i] != 0) {
            printf("%s\"%u\":%u", comma, i, r->by_type[i]);
            comma = ",";
        }
    }
    printf("}}");
}

static void put_starts(rp_image *img, const rp_elf_facts *f)
{
    const uint64_t *starts;
    uint32_t n;
    uint64_t sum = 0;
    rp_elf_function_starts(img, &starts, &n);
    for (uint32_t i = 0; i < n; i++)
        sum += starts[i];
    printf(",\"functions\":%u,\"starts\":%u,\"starts_sum\":%llu", f->functions, n, (ull)sum);
}

static void put_anomalies(const rp_image *img)
{
    printf(",\"anomalies\":[");
    for (uint32_t i = 0; i < img->nanomalies; i++) {
        printf("%s", i ? "," : "");
        put_string(rp_str_from(img->anomaly_items[i].text));
    }
    printf("]");
}

static void put_facts(rp_image *img)
{
    const rp_elf_facts *f = NULL;
    rp_error err = {0};
    rp_image_symbols(img);
    if (rp_elf_facts_build(img, RP_NEED_SYMBOLS | RP_NEED_RELOCS, &f, &err) != RP_OK) {
        put_named("error", rp_str_from(err.text));
        return;
    }
    put_header(img, f);
    put_dynamic(img, f);
    put_notes(f);
    put_hardening(f);
    printf(",\"exported\":%u,\"symbols_known\":%d", f->exported, img->symbols_known == RP_YES);
    put_symbols("symtab", img->symbols, img->elf->nsymtab);
    put_symbols("dynsym", img->symbols + img->elf->nsymtab, img->elf->ndynsym);
    put_relocs(img, f);
    put_starts(img, f);
    put_anomalies(img);
}

static void dump(const char *path)
{
    rp_arena arena = {0};
    rp_error err = {0};
    rp_image *img = NULL;
    struct stat st = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    printf("{\"path\":");
    put_string(rp_str_from(path));
    if (fd < 0 || fstat(fd, &st) != 0) {
        printf(",\"error\":\"cannot be opened\"");
    } else {
        rp_source src = rp_source_fd(fd, (uint64_t)st.st_size, &arena);
        if (rp_image_open(&src, &arena, &img, &err) != RP_OK)
            put_named("error", rp_str_from(err.text));
        else if (img->elf != NULL)
            put_facts(img);
    }
    printf("}\n");
    fflush(stdout);
    if (fd >= 0)
        close(fd);
    rp_arena_free(&arena);
}

int main(void)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    while ((n = getline(&line, &cap, stdin)) > 0) {
        if (line[n - 1] == '\n')
            line[n - 1] = 0;
        dump(line);
    }
    free(line);
    return 0;
}
