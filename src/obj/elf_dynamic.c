/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The dynamic section, found as ld.so finds it: PT_DYNAMIC, addresses mapped through PT_LOAD. */
#include "base/limits.h"
#include "obj/elf_const.h"
#include "obj/elf_parts.h"

const rp_elf_dyn *rp_elf_tag(const struct rp_elf *elf, uint64_t tag)
{
    for (uint32_t i = elf->ndyn; i-- > 0;)
        if (elf->dyn[i].tag == tag)
            return &elf->dyn[i];
    return NULL;
}

bool rp_elf_dynamic_string(rp_image *img, uint64_t index, rp_str *ret)
{
    const struct rp_elf *elf = img->elf;
    if (elf->strtab == RP_NOWHERE || index >= elf->strsz)
        return false;
    return rp_elf_string(img, elf->strtab + index, elf->strtab + elf->strsz, ret);
}

/* ld.so reads the entries at p_vaddr; p_offset matters only where no PT_LOAD maps that address. */
static uint64_t dynamic_offset(rp_image *img, const rp_elf_phdr *p)
{
    uint64_t off = rp_image_offset(img, p->vaddr);
    if (off == RP_NOWHERE)
        return p->offset;
    if (off != p->offset)
        rp_image_odd(img, p->at, "PT_DYNAMIC: p_offset and p_vaddr name different bytes");
    return off;
}

/* Reads entries up to DT_NULL; ld.so does not look at p_filesz, so a table without DT_NULL would be
 * read past its end. */
static rp_code read_entries(rp_image *img, rp_reader *r, rp_error *err)
{
    struct rp_elf *elf = img->elf;
    unsigned word = rp_elf_word(img);
    uint64_t n = rp_left(r) / (2 * word);
    if (n > RP_MAX_DYNAMIC)
        n = RP_MAX_DYNAMIC;
    rp_elf_dyn *dyn = rp_new(img->arena, n, rp_elf_dyn);
    if (dyn == NULL)
        return rp_fail_memory(err);
    elf->dyn = dyn;
    for (uint32_t i = 0; i < n; i++) {
        rp_elf_dyn d = {.at = rp_at(r)};
        d.tag = rp_uint(r, word);
        d.value = rp_uint(r, word);
        if (d.tag == DT_NULL)
            return RP_OK;
        dyn[elf->ndyn++] = d;
    }
    elf->dynamic_why = "the dynamic section has no DT_NULL";
    rp_image_odd(img, elf->dynamic->at, "the dynamic section does not end with DT_NULL");
    return RP_OK;
}

static void find_strings(rp_image *img)
{
    struct rp_elf *elf = img->elf;
    const rp_elf_dyn *tab = rp_elf_tag(elf, DT_STRTAB), *size = rp_elf_tag(elf, DT_STRSZ);
    uint64_t off = tab ? rp_image_offset(img, tab->value) : RP_NOWHERE;
    if (off != RP_NOWHERE && size != NULL && size->value <= img->src->size - off) {
        elf->strtab = off;
        elf->strsz = size->value;
        return;
    }
    if (tab == NULL && size == NULL && rp_elf_tag(elf, DT_NEEDED) == NULL)
        return; /* nothing names a string */
    elf->strings_why = "the dynamic string table lies outside the file";
    rp_image_odd(
        img, tab ? tab->at : elf->dynamic->at,
        "the dynamic string table cannot be found: DT_STRTAB, DT_STRSZ or PT_LOAD is wrong");
}

/* A dynamic entry's string; an anomaly when it has none. */
static rp_str string_of(rp_image *img, const rp_elf_dyn *d)
{
    rp_str s;
    if (rp_elf_dynamic_string(img, d->value, &s))
        return s;
    if (img->elf->strings_why == NULL) {
        img->elf->strings_why = "a dynamic entry names a string outside the string table";
        rp_image_odd(img, d->at, "a dynamic entry names string 0x%llx: it is not in the table",
                     (unsigned long long)d->value);
    }
    return RP_STR("");
}

static rp_code read_names(rp_image *img, rp_error *err)
{
    struct rp_elf *elf = img->elf;
    uint32_t n = 0;
    for (uint32_t i = 0; i < elf->ndyn; i++)
        n += elf->dyn[i].tag == DT_NEEDED;
    if (n > RP_MAX_LIBRARIES) {
        rp_image_odd(img, elf->dynamic->at, "%u DT_NEEDED entries, more than %u", n,
                     RP_MAX_LIBRARIES);
        elf->strings_why = "there are too many DT_NEEDED entries";
        n = RP_MAX_LIBRARIES;
    }
    rp_str *libraries = rp_new(img->arena, n, rp_str);
    if (libraries == NULL)
        return rp_fail_memory(err);
    img->libraries = libraries;
    for (uint32_t i = 0; i < elf->ndyn && img->nlibraries < n; i++)
        if (elf->dyn[i].tag == DT_NEEDED)
            libraries[img->nlibraries++] = string_of(img, &elf->dyn[i]);
    const rp_elf_dyn *soname = rp_elf_tag(elf, DT_SONAME);
    elf->soname = soname ? string_of(img, soname) : RP_STR("");
    return RP_OK;
}

/* "GLIBC_2.34" as 2034000 + patch, 0 for anything else (GLIBC_PRIVATE, GLIBC_ABI_DT_RELR). */
static uint64_t glibc_number(rp_str s)
{
    if (!rp_str_starts(s, "GLIBC_"))
        return 0;
    uint64_t parts[3] = {0};
    size_t part = 0;
    for (size_t i = 6; i < s.len; i++) {
        if (s.ptr[i] == '.' && part < 2)
            part++;
        else if (s.ptr[i] >= '0' && s.ptr[i] <= '9' && parts[part] < 100)
            parts[part] = parts[part] * 10 + (uint64_t)(s.ptr[i] - '0');
        else
            return 0;
    }
    return parts[0] * 1000000 + parts[1] * 1000 + parts[2];
}

static void keep_higher(rp_image *img, uint64_t name, uint64_t *best)
{
    rp_str s;
    if (!rp_elf_dynamic_string(img, name, &s))
        return;
    uint64_t number = glibc_number(s);
    if (number > *best) {
        *best = number;
        img->elf->min_glibc = rp_str_sub(s, 6, s.len);
    }
}

/* Versions of one needed file: Elf_Vernaux records, vna_name at 8, vna_next at 12 (same layout in
 * both classes). Returns how many were read. */
static uint32_t read_versions(rp_image *img, uint64_t off, uint32_t n, uint32_t left,
                              uint64_t *best)
{
    uint32_t i = 0;
    while (i < n && i < left) {
        rp_reader r;
        if (!rp_source_reader(img->src, off, 16, img->big, &r))
            break;
        rp_skip_bytes(&r, 8);
        keep_higher(img, rp_u32(&r), best);
        uint32_t next = rp_u32(&r);
        i++;
        if (next == 0)
            break;
        off += next;
    }
    return i;
}

/* gABI/LSB symbol versions: DT_VERNEED is a list of Elf_Verneed, each with a list of versions. */
static void read_version_needs(rp_image *img)
{
    const rp_elf_dyn *need = rp_elf_tag(img->elf, DT_VERNEED);
    const rp_elf_dyn *num = rp_elf_tag(img->elf, DT_VERNEEDNUM);
    uint64_t off = need ? rp_image_offset(img, need->value) : RP_NOWHERE;
    uint64_t files = num ? num->value : 0, best = 0;
    uint32_t left = RP_MAX_VERSIONS;
    while (off != RP_NOWHERE && files > 0 && left > 0) {
        rp_reader r;
        if (!rp_elf_part(img, off, 16, need->at, "a version need", &r))
            return;
        rp_skip_bytes(&r, 2);
        uint32_t count = rp_u16(&r);
        rp_skip_bytes(&r, 4);
        uint32_t aux = rp_u32(&r), next = rp_u32(&r);
        left--;
        uint32_t done = read_versions(img, off + aux, count, left, &best);
        left -= done;
        off = next != 0 ? off + next : RP_NOWHERE;
        files--;
    }
    if (left == 0)
        rp_image_odd(img, need->at, "more than %u version needs", RP_MAX_VERSIONS);
}

rp_code rp_elf_read_dynamic(rp_image *img, rp_error *err)
{
    struct rp_elf *elf = img->elf;
    if (elf->debug_file)
        return RP_OK; /* its program headers describe the file that it belongs to */
    rp_elf_check_segments(img);
    const rp_elf_phdr *p = rp_elf_last_phdr(elf, PT_DYNAMIC);
    if (p == NULL)
        return RP_OK;
    elf->dynamic = p;
    uint64_t off = dynamic_offset(img, p);
    rp_reader r;
    if (!rp_elf_part(img, off, p->filesz, p->at, "the dynamic section", &r)) {
        elf->dynamic_why = "the dynamic section lies outside the file";
        elf->strings_why = elf->dynamic_why;
        return RP_OK;
    }
    rp_code code = read_entries(img, &r, err);
    if (code != RP_OK)
        return code;
    find_strings(img);
    code = read_names(img, err);
    read_version_needs(img);
    return code;
}
