/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* How many dynamic symbols there are: no tag says so. */
#include "base/limits.h"
#include "obj/elf_const.h"
#include "obj/elf_parts.h"

/* gABI DT_HASH: nbucket, nchain; nchain is the number of symbols. The words have 8 bytes on Alpha
 * and on 64-bit S/390. */
static bool count_sysv(rp_image *img, uint64_t *ret)
{
    const rp_elf_dyn *tag = rp_elf_tag(img->elf, DT_HASH);
    uint64_t off = tag ? rp_image_offset(img, tag->value) : RP_NOWHERE;
    unsigned word = img->bits == 64 && (img->machine == EM_S390 || img->machine == 0x9026) ? 8 : 4;
    rp_reader r;
    if (off == RP_NOWHERE || !rp_source_reader(img->src, off, 2 * word, img->big, &r))
        return false;
    (void)rp_uint(&r, word);
    *ret = rp_uint(&r, word);
    return true;
}

/* The last chain that a bucket begins, or 0; false when a bucket lies outside. */
static bool last_chain(rp_reader *r, uint32_t nbuckets, uint32_t *ret)
{
    uint32_t last = 0;
    for (uint32_t i = 0; i < nbuckets; i++) {
        uint32_t b = rp_u32(r);
        last = b > last ? b : last;
    }
    *ret = last;
    return !r->bad;
}

/* DT_GNU_HASH: nbuckets, symoffset, bloom words, shift; bloom filter; buckets; one chain word per
 * hashed symbol, whose bit 0 ends a chain. The table is sorted by bucket, so the chain with the
 * highest start is the last. Symbols below symoffset (imports) are not hashed. */
static bool count_gnu(rp_image *img, uint64_t *ret)
{
    const rp_elf_dyn *tag = rp_elf_tag(img->elf, DT_GNU_HASH);
    uint64_t off = tag ? rp_image_offset(img, tag->value) : RP_NOWHERE;
    rp_reader r;
    if (off == RP_NOWHERE || !rp_source_reader(img->src, off, 16, img->big, &r))
        return false;
    uint32_t nbuckets = rp_u32(&r), first = rp_u32(&r), bloom = rp_u32(&r), last = 0;
    off += 16 + (uint64_t)bloom * rp_elf_word(img);
    if (!rp_source_reader(img->src, off, (uint64_t)nbuckets * 4, img->big, &r) ||
        !last_chain(&r, nbuckets, &last))
        return false;
    if (last < first) {
        *ret = first;
        return true;
    }
    off += (uint64_t)nbuckets * 4 + (uint64_t)(last - first) * 4;
    while (last < RP_MAX_SYMBOLS && rp_source_reader(img->src, off, 4, img->big, &r)) {
        last++;
        off += 4;
        if (rp_u32(&r) & 1) {
            *ret = last;
            return true;
        }
    }
    return false;
}

/* The table that follows .dynsym in memory bounds it. */
static uint64_t bound_by_next_table(const struct rp_elf *elf, uint64_t symtab, uint32_t entsize)
{
    static const uint64_t tables[] = {DT_STRTAB, DT_HASH,   DT_GNU_HASH,  DT_VERSYM, DT_VERNEED,
                                      DT_VERDEF, DT_RELA,   DT_REL,       DT_JMPREL, DT_RELR,
                                      DT_INIT,   DT_PLTGOT, DT_INIT_ARRAY};
    uint64_t next = UINT64_MAX;
    for (size_t i = 0; i < RP_COUNT(tables); i++) {
        const rp_elf_dyn *d = rp_elf_tag(elf, tables[i]);
        if (d != NULL && d->value > symtab && d->value < next)
            next = d->value;
    }
    return next == UINT64_MAX ? 0 : (next - symtab) / entsize;
}

/* SHT_DYNSYM, when it describes the same bytes as DT_SYMTAB. */
static bool count_by_section(const rp_image *img, uint64_t off, uint32_t entsize, uint64_t *ret)
{
    for (uint32_t i = 0; i < img->nsections; i++) {
        const rp_section *s = &img->sections[i];
        if (s->type == SHT_DYNSYM && s->offset == off && s->filesz == s->size) {
            *ret = s->size / entsize;
            return true;
        }
    }
    return false;
}

bool rp_elf_dynsym_extent(rp_image *img, uint64_t *ret_off, uint64_t *ret_n)
{
    const rp_elf_dyn *tag = rp_elf_tag(img->elf, DT_SYMTAB);
    uint32_t entsize = img->bits == 64 ? 24 : 16;
    uint64_t n = 0;
    if (tag == NULL)
        return true;
    uint64_t off = rp_image_offset(img, tag->value);
    if (off == RP_NOWHERE) {
        rp_image_odd(img, tag->at, "DT_SYMTAB points outside the file");
        return false;
    }
    *ret_off = off;
    if (count_by_section(img, off, entsize, ret_n) || count_sysv(img, ret_n))
        return true;
    bool hashed = count_gnu(img, &n);
    const rp_elf_dyn *mips = rp_elf_tag(img->elf, DT_MIPS_SYMTABNO);
    if (img->arch == RP_ARCH_MIPS && mips != NULL) {
        *ret_n = mips->value;
        return true;
    }
    /* with nothing exported the hash table is silent on the imports */
    uint64_t bound = bound_by_next_table(img->elf, tag->value, entsize);
    *ret_n = n > bound ? n : bound;
    if (hashed || bound != 0)
        return true;
    rp_image_odd(img, tag->at, "nothing tells how many dynamic symbols there are");
    return false;
}
