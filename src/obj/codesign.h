/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Code signatures of Mach-O files: a superblob of code directories, entitlements, requirements and
 * a CMS message; big-endian whatever the file is. Source: XNU osfmk/kern/cs_blobs.h,
 * bsd/kern/ubc_subr.c. What the CMS message proves is not judged: that needs Apple's roots. */
#ifndef RP_OBJ_CODESIGN_H
#define RP_OBJ_CODESIGN_H

#include "obj/image.h"

#define RP_CS_ADHOC          0x00000002u
#define RP_CS_GET_TASK_ALLOW 0x00000004u
#define RP_CS_FORCED_LV      0x00000010u
#define RP_CS_HARD           0x00000100u
#define RP_CS_KILL           0x00000200u
#define RP_CS_RESTRICT       0x00000800u
#define RP_CS_ENFORCEMENT    0x00001000u
#define RP_CS_REQUIRE_LV     0x00002000u
#define RP_CS_RUNTIME        0x00010000u
#define RP_CS_LINKER_SIGNED  0x00020000u

enum { /* slots of the superblob; special hashes of a code directory count down from them */
       RP_CS_SLOT_CODE_DIRECTORY = 0,
       RP_CS_SLOT_INFO = 1,
       RP_CS_SLOT_REQUIREMENTS = 2,
       RP_CS_SLOT_RESOURCES = 3,
       RP_CS_SLOT_ENTITLEMENTS = 5,
       RP_CS_SLOT_ENTITLEMENTS_DER = 7,
       RP_CS_SLOT_ALTERNATE = 0x1000, /* … 0x1004: more code directories */
       RP_CS_SLOT_CMS = 0x10000
};

typedef struct {
    uint32_t slot, magic;
    uint64_t at; /* file offset */
    uint32_t length;
} rp_sign_blob;

typedef struct {
    uint64_t at; /* file offset */
    uint32_t length, slot, version, flags;
    uint64_t flags_at, hashes_at; /* file offsets; hashes_at: of code slot 0 */
    uint32_t nspecial, ncode;
    uint64_t code_limit;                      /* bytes of the file that the pages cover, from 0 */
    uint8_t hash_size, hash_type, page_shift; /* page_shift 0: one page of any size */
    bool scattered; /* pages are not in file order: no system of today accepts it */
    rp_str identifier, team;
    uint64_t exec_flags; /* CS_EXECSEG_ of version 0x20400 on */
    uint32_t runtime;    /* hardened runtime version, xxxx.yy.zz; 0 without */
} rp_code_directory;

typedef struct {
    rp_str name;
    rp_tri value; /* UNKNOWN: neither true nor false */
    uint64_t at;
} rp_sign_key;

typedef struct {
    rp_tri known;    /* YES: read; NO: there is none; UNKNOWN: see `why` */
    const char *why; /* UNKNOWN: one clause */
    uint64_t at, size;
    const rp_sign_blob *blobs;
    uint32_t nblobs;
    const rp_code_directory *directories;
    uint32_t ndirectories;
    const rp_code_directory *best; /* strongest hash: the one that the kernel takes; may be NULL */
    const rp_sign_blob *cms;       /* NULL: none, or empty as in ad hoc signatures */
    const rp_sign_blob *xml, *der; /* entitlements */
    rp_tri entitlements_known;     /* YES: `entitlements` is whole; NO: none; UNKNOWN: unreadable */
    const rp_sign_key *entitlements;
    uint32_t nentitlements;
} rp_codesign;

/* Reads the signature of a Mach-O image, once per call. Fails only when memory runs out. */
RP_MUST_CHECK rp_code rp_codesign_read(rp_image *img, const rp_codesign **ret, rp_error *err);

typedef struct {
    rp_tri pages;    /* every page hash of the best code directory matches the file */
    const char *why; /* pages UNKNOWN: one clause */
    uint32_t npages, bad_pages;
    uint64_t first_bad; /* file offset */
    rp_tri blobs;       /* the special hashes of requirements and entitlements match their blobs */
    uint32_t bad_slot;  /* blobs NO: which */
} rp_codesign_check;

/* Hashes the file: costs as much as reading it. Fails only when memory runs out. */
RP_MUST_CHECK rp_code rp_codesign_verify(rp_image *img, const rp_codesign *sign,
                                         rp_codesign_check *ret, rp_error *err);

/* Top-level keys of an entitlements property list, XML or DER, appended to *ret (in `arena`).
 * RP_E_FORMAT: not readable by strict rules. `at` is the file offset of its first byte. */
typedef RP_VEC(rp_sign_key) rp_sign_keys;
RP_MUST_CHECK rp_code rp_plist_keys(rp_arena *arena, rp_bytes xml, uint64_t at, rp_sign_keys *ret);
RP_MUST_CHECK rp_code rp_der_keys(rp_arena *arena, rp_bytes der, uint64_t at, rp_sign_keys *ret);

#endif
