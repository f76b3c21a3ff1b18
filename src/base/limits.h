/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Every cap on what a file may ask for, in one place. A parser that meets a cap records an anomaly
 * and makes the facts that rest on the rest unknown; it never silently stops. */
#ifndef RP_BASE_LIMITS_H
#define RP_BASE_LIMITS_H

#define RP_MAX_TARGET_MEM    (512ull << 20) /* arena bytes for one artefact, beside its own bytes */
#define RP_MAX_FILE          (4ull << 30)   /* largest artefact that is read */
#define RP_MAX_MEMBER        (1ull << 30)   /* largest archive member held in memory */
#define RP_MAX_ARCHIVE_TOTAL (8ull << 30)   /* unpacked bytes of one package */
#define RP_MAX_ARCHIVE_RATIO 200u           /* unpacked : packed, beyond 16 MiB */
#define RP_MAX_ARCHIVE_DEPTH 4u             /* package in package in … */
#define RP_MAX_WINDOW        (64ull << 20)  /* of a decompressor: as much as xz -9 needs */
#define RP_MAX_ENTRIES       1000000u       /* members of one archive */
#define RP_MAX_WALK_DEPTH    64u            /* folders in folders */
#define RP_MAX_SEGMENTS      65535u
#define RP_MAX_SECTIONS      1000000u
#define RP_MAX_SYMBOLS       (16u << 20)
#define RP_MAX_RELOCS        (32u << 20)
#define RP_MAX_DYNAMIC       100000u
#define RP_MAX_NOTES         10000u
#define RP_MAX_NOTE_SEGMENTS 256u
#define RP_MAX_LIBRARIES     4096u      /* DT_NEEDED of one ELF file */
#define RP_MAX_TLS_ACCESSES  64u        /* thread-local variables that are named */
#define RP_MAX_PATHS         1024u      /* RPATH and RUNPATH elements */
#define RP_MAX_COMMENT       (1u << 20) /* bytes of .comment that are read */
#define RP_MAX_COMMENTS      64u        /* different strings in .comment */
#define RP_MAX_VERSIONS      10000u     /* symbol versions that one ELF file needs */
#define RP_MAX_LOAD_COMMANDS 65536u
#define RP_MAX_FAT_SLICES    64u
#define RP_MAX_IMPORTS       (1u << 20)
#define RP_MAX_FUNCTIONS     (8u << 20)
#define RP_MAX_NAME          4096u /* one name or path out of a file */
#define RP_MAX_ANOMALIES     64u   /* kept per artefact; more are counted only */
#define RP_MAX_PLACES        1000u /* functions listed as outside a mitigation; all are counted */
#define RP_MAX_DEBUG_BYTES   (128ull << 20) /* debug sections of one artefact, unpacked */
#define RP_MAX_UNITS         (1u << 20)     /* DWARF compile units */
#define RP_MAX_DWARF_NAMES   (1u << 20)     /* linkage names that one search may want */
#define RP_MAX_DWARF_ENTRIES (4u << 20)     /* entries that refer to others, in one search */
#define RP_MAX_UNIT_RANGES   (4u << 20)     /* their address ranges, all together */
#define RP_MAX_LINE_BYTES    (64ull << 20)  /* line tables that one look-up reads */
#define RP_MAX_LINE_FILES    (1u << 20)     /* file names in them */
#define RP_MAX_EVIDENCE      32u            /* lines of evidence per result */

/* Dependencies */
#define RP_MAX_CALL_CODE  (1ull << 30)  /* bytes of code in which calls are looked for */
#define RP_MAX_CALL_EDGES (8u << 20)    /* calls between functions of one artefact */
#define RP_MAX_REACH_PATH 32u           /* functions that are shown of a path */
#define RP_MAX_MANIFEST   (64ull << 20) /* a lock file or manifest */
#define RP_MAX_COMPONENTS 100000u       /* crates of one inventory */
#define RP_MAX_DEP_EDGES  1000000u      /* who asks for whom, all together */
#define RP_MAX_GIT_BYTES  (256u << 20)  /* commits and trees of one checkout */
#define RP_MAX_GIT_FILES  1000000u      /* files and folders of one checkout */

/* Rust source */
#define RP_MAX_RUST_TEXT    (1u << 28) /* bytes of one source file */
#define RP_MAX_RUST_MODULES 100000u    /* of one crate */
#define RP_MAX_PATH_WORDS   256u       /* of one use path */
#define RP_MAX_GENERICS     1024u      /* parameters of one item: each use looks through them */
#define RP_MAX_RUST_DEPTH   400u       /* expressions, types, patterns, items in one another */

#define RP_MAX_RUST_DEFS      (8u << 20)   /* definitions of one crate */
#define RP_MAX_RUST_FILES     100000u      /* files of one crate */
#define RP_MAX_RUST_INCLUDES  10000u       /* files that include! brings into one crate */
#define RP_MAX_RUST_IMPLS     1024u        /* of one type that a lookup of a method walks through */
#define RP_MAX_RUST_NOTES     100000u      /* findings of one crate */
#define RP_MAX_RUST_ALLOWS    10000u       /* codes in comments of one crate that allow findings */
#define RP_MAX_EXTERN_BYTES   (256u << 20) /* memory for other crates, where no limit is set */
#define RP_KEEP_OUTLINE_BYTES (64u << 20)  /* of other crates, kept for further ones of a run */

#define RP_MAX_MACRO_DEPTH  128u          /* expansions in one another, as rustc */
#define RP_MAX_MACRO_TOKENS (4u << 20)    /* of all expansions of one crate; seen: 2.7 million */
#define RP_MAX_MACRO_MADE   (1u << 20)    /* tokens of one expansion; seen: 0.3 million */
#define RP_MAX_MACRO_TEXT   (1u << 28)    /* bytes of one expansion */
#define RP_MAX_MACRO_FUEL   (64ull << 20) /* steps of matching and writing, of one crate */
#define RP_MAX_MACRO_MEMORY (1ull << 27)  /* that one call may need while it is expanded */

/* Mach-O */
#define RP_MAX_COMMAND_BYTES     (16u << 20) /* all load commands together */
#define RP_MAX_MACHO_SEGMENTS    1024u       /* each is searched for sections and addresses */
#define RP_MAX_SIGNATURE_BLOBS   64u
#define RP_MAX_ENTITLEMENT_BYTES (1u << 20)
#define RP_MAX_ENTITLEMENTS      4096u

#endif
