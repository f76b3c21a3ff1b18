/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Facts of ELF files. Sources: gABI, psABI supplements, Linux Documentation/userspace-api/ELF.rst.
 */
#ifndef RP_FACTS_ELF_FACTS_H
#define RP_FACTS_ELF_FACTS_H

#include "facts/fact.h"
#include "obj/elf_type.h"

typedef enum { RP_STACK_MISSING, RP_STACK_NOEXEC, RP_STACK_EXEC } rp_elf_stack;

/* A program header, dynamic entry, section or note that is evidence. */
typedef struct {
    uint64_t at;   /* file offset of its record */
    uint64_t addr; /* virtual address, 0 when it has none */
    uint64_t size; /* in memory */
    uint8_t perm;  /* RP_R | RP_W | RP_X */
    rp_str name;   /* section name, empty for a program header */
} rp_elf_area;

typedef struct {
    rp_str text;  /* one element, split at ':' */
    uint64_t at;  /* the dynamic entry */
    bool runpath; /* DT_RUNPATH, else DT_RPATH */
} rp_elf_path;

/* One entry of the GOT through which code reaches a thread-local variable. */
typedef struct {
    rp_str name; /* "" where no symbol tells */
    rp_elf_tls_model model;
    uint64_t place; /* address of the entry */
    uint64_t at;    /* of the relocation */
} rp_elf_tls_access;

typedef struct {
    rp_elf_type type;
    const char *type_rule; /* which rule of binary-hardening 7.1 decided, in words: "ET_DYN with
                              DF_1_PIE" */
    bool type_sure;        /* false: decided by a heuristic (entry without exports) */
    bool bare_metal;       /* no OS loader: entry without PT_INTERP/PT_DYNAMIC on a bare target, or
                              EI_OSABI standalone */
    bool firmware;         /* bare metal, and no part of a kernel */
    uint64_t type_at;      /* e_type, or the flag that decided */
    uint8_t osabi;
    uint16_t e_type;
    uint32_t e_flags;
    bool section_headers; /* false: removed; nothing below depends on them unless it says so */

    rp_fact interp; /* first PT_INTERP */
    rp_str interp_path;
    rp_fact dynamic; /* PT_DYNAMIC, readable */
    rp_str soname;
    uint32_t exported; /* defined dynamic symbols, UINT32_MAX unknown */

    /* stack: the last PT_GNU_STACK wins (ELF.rst) */
    rp_elf_stack stack;
    uint64_t stack_at;
    uint32_t stack_headers; /* how many PT_GNU_STACK there are */
    uint64_t stack_size;    /* p_memsz: a size request of musl or -z stack-size, not an error */

    /* segments */
    const rp_elf_area *wx; /* PT_LOAD that are writable and executable (objects: sections) */
    uint32_t nwx;
    const char *wx_why; /* not all sections of an object could be looked at: nwx is a lower bound */
    uint32_t nloads;
    rp_fact separate_code;  /* no executable PT_LOAD holds file headers or read-only data: see
                               facts/elf_facts.c */
    rp_fact separate_pages; /* and no page of an executable PT_LOAD, rounded as the loader maps it,
                               holds other file bytes (-z separate-code) */
    uint64_t max_align;     /* largest p_align of PT_LOAD */

    /* RELRO, 7.3 */
    rp_fact relro; /* PT_GNU_RELRO */
    uint64_t relro_addr, relro_size;
    rp_fact relro_covers_got; /* DT_PLTGOT's slots lie inside; NO with at = the DT_PLTGOT entry;
                                 UNKNOWN without DT_PLTGOT */
    rp_fact relro_mapped;     /* lies inside a writable PT_LOAD */
    rp_fact relro_page_safe;  /* its end is a multiple of the largest page that the machine's
                                 kernels use (at most max_align): nothing stays writable */
    rp_fact bind_now;         /* DT_BIND_NOW, DF_BIND_NOW or DF_1_NOW */
    const char *bind_now_by;  /* which, "DT_FLAGS BIND_NOW" */
    uint64_t flags_at, flags_1_at; /* entries DT_FLAGS, DT_FLAGS_1; RP_NOWHERE */
    uint64_t flags, flags_1;
    rp_fact plt_relocs; /* DT_PLTRELSZ != 0: something is bound lazily unless bind_now */
    uint64_t plt_relocs_size;

    rp_fact textrel;          /* DT_TEXTREL or DF_TEXTREL */
    uint32_t text_relocs;     /* relocations whose place lies in a non-writable segment
                                 (RP_NEED_RELOCS), UINT32_MAX unknown */
    const rp_elf_path *paths; /* RPATH and RUNPATH elements in order */
    uint32_t npaths;
    const char *paths_why; /* some could not be read, or there are too many: more may exist */

    /* GNU properties, 7.5; flags are only set for the machine that they belong to */
    rp_fact properties;           /* a NT_GNU_PROPERTY_TYPE_0 note was found and read whole */
    const char *properties_by;    /* "PT_GNU_PROPERTY", "PT_NOTE", ".note.gnu.property" */
    uint32_t properties_unmerged; /* further notes beside it; a linker leaves one */
    uint64_t x86_feature_at, aarch64_feature_at, riscv_feature_at,
        pauth_at;               /* RP_NOWHERE when absent */
    uint32_t x86_feature_1;     /* IBT 1, SHSTK 2, LAM_U48 4, LAM_U57 8 */
    uint32_t aarch64_feature_1; /* BTI 1, PAC 2, GCS 4 */
    uint32_t riscv_feature_1;   /* ZICFILP_UNLABELED 1, ZICFISS 2, ZICFILP_FUNC_SIG 4 */
    uint64_t pauth_platform, pauth_version;
    rp_fact bti_plt, pac_plt; /* DT_AARCH64_BTI_PLT, DT_AARCH64_PAC_PLT */
    rp_fact memtag; /* any DT_AARCH64_MEMTAG_*, PT_AARCH64_MEMTAG_MTE or Android memtag note */
    uint32_t memtag_mode; /* DT_AARCH64_MEMTAG_MODE or the note's level: 0 sync, 1 async */
    bool memtag_heap, memtag_stack;
    rp_fact openbsd_wxneeded, openbsd_nobtcfi;

    /* mitigations that leave data behind */
    rp_fact kcfi_traps;        /* section .kcfi_traps; strip keeps it, --strip-sections does not */
    uint64_t kcfi_traps_count; /* size / 4 */
    rp_fact preinit_array;
    rp_fact annobin; /* .gnu.build.attributes: C objects of Fedora/RHEL */

    /* thread-local storage */
    rp_fact tls; /* PT_TLS */
    uint64_t tls_size;
    rp_fact static_tls; /* DF_STATIC_TLS */
    uint32_t tls_dtpmod, tls_dtpoff, tls_tpoff,
        tls_desc; /* relocations by model (RP_NEED_RELOCS); UINT32_MAX unknown */
    const rp_elf_tls_access *tls_accesses; /* linked files (RP_NEED_RELOCS and RP_NEED_SYMBOLS) */
    uint32_t ntls_accesses;
    uint32_t tls_unlisted; /* beyond RP_MAX_TLS_ACCESSES; UINT32_MAX unknown */
    uint32_t relocations, relative_relocations, relr,
        android_packed; /* counts (RP_NEED_RELOCS); UINT32_MAX unknown */

    /* debug information and identity */
    rp_str build_id; /* bytes */
    uint64_t build_id_at;
    rp_str debuglink;      /* file name in .gnu_debuglink */
    rp_str gnu_hash_style; /* "gnu", "sysv", "both" */
    rp_str min_glibc;      /* highest GLIBC_x.y of the version needs, "" without */
    rp_fact eh_frame_hdr;
    uint32_t functions;     /* entries of the .eh_frame_hdr search table, 0 without */
    rp_fact comment;        /* .comment has text */
    const rp_str *comments; /* its strings */
    uint32_t ncomments;
    rp_fact object_stack_note; /* ET_REL: .note.GNU-stack; YES = present without SHF_EXECINSTR */
} rp_elf_facts;

#endif
