/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Universal ("fat") files: several Mach-O files, or archives, behind one table. The table is
 * big-endian whatever the slices are. Source: mach-o/fat.h. */
#ifndef RP_OBJ_FAT_H
#define RP_OBJ_FAT_H

#include "base/arena.h"
#include "base/error.h"
#include "base/source.h"

typedef struct {
    uint32_t cputype, cpusubtype; /* subtype with its capability byte */
    uint64_t offset, size;        /* in the fat file, as the table says */
    uint64_t at;                  /* offset of its record: evidence */
    rp_str name;                  /* "arm64", "x86_64", "cpu 99 subtype 1"; distinct in one file */
    bool outside;                 /* does not lie inside the file: cannot be read */
    const char *odd; /* NULL, or one clause on what is wrong with the record (outside, overlap, …):
                        to be reported, whether the slice can be read or not */
} rp_fat_slice;

/* Does the file begin with a fat table? `head`: its first bytes (64 suffice), `size`: of the whole
 * file. Java classes share the first magic: told apart by their version, which is where the count
 * of slices would be. */
bool rp_fat_identify(rp_bytes head, uint64_t size);

/* The slices in table order, in `arena`. Fails when there are none, too many or the table is cut
 * short. */
RP_MUST_CHECK rp_code rp_fat_slices(rp_source *src, rp_arena *arena, const rp_fat_slice **ret,
                                    uint32_t *ret_n, rp_error *err);

/* The name that Apple's tools give an architecture ("arm64e"), or NULL. */
const char *rp_fat_arch_name(uint32_t cputype, uint32_t cpusubtype);

#endif
