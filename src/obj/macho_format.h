/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Figures of the Mach-O format. Sources: mach-o/loader.h, mach-o/nlist.h, mach-o/fixup-chains.h,
 * mach/machine.h, XNU osfmk/kern/cs_blobs.h. */
#ifndef RP_OBJ_MACHO_FORMAT_H
#define RP_OBJ_MACHO_FORMAT_H

#define RP_MH_MAGIC_32 0xfeedfaceu
#define RP_MH_MAGIC_64 0xfeedfacfu

enum { /* filetype */
       RP_MH_OBJECT = 1,
       RP_MH_EXECUTE = 2,
       RP_MH_FVMLIB = 3,
       RP_MH_CORE = 4,
       RP_MH_PRELOAD = 5,
       RP_MH_DYLIB = 6,
       RP_MH_DYLINKER = 7,
       RP_MH_BUNDLE = 8,
       RP_MH_DYLIB_STUB = 9,
       RP_MH_DSYM = 10,
       RP_MH_KEXT = 11,
       RP_MH_FILESET = 12
};

enum { /* header flags */
       RP_MH_NOUNDEFS = 0x1,
       RP_MH_DYLDLINK = 0x4,
       RP_MH_ALLOW_STACK_EXECUTION = 0x20000,
       RP_MH_PIE = 0x200000,
       RP_MH_NO_HEAP_EXECUTION = 0x1000000
};

#define RP_CPU_ABI64          0x01000000u
#define RP_CPU_X86            7u
#define RP_CPU_X86_64         0x01000007u
#define RP_CPU_ARM            12u
#define RP_CPU_ARM64          0x0100000cu
#define RP_CPU_ARM64_32       0x0200000cu
#define RP_CPU_PPC            18u
#define RP_CPU_PPC64          0x01000012u
#define RP_CPU_RISCV          24u
#define RP_CPU_SUBTYPE_MASK   0x00ffffffu
#define RP_CPU_SUBTYPE_ARM64E 2u
#define RP_ARM64E_VERSIONED   0x80000000u /* CPU_SUBTYPE_PTRAUTH_ABI: the nibble below counts */
#define RP_ARM64E_KERNEL      0x40000000u
#define RP_ARM64E_VERSION(s)  (((s) >> 24) & 0xfu)

#define RP_LC_SEGMENT           0x1u
#define RP_LC_SYMTAB            0x2u
#define RP_LC_THREAD            0x4u
#define RP_LC_UNIXTHREAD        0x5u
#define RP_LC_DYSYMTAB          0xbu
#define RP_LC_LOAD_DYLIB        0xcu
#define RP_LC_ID_DYLIB          0xdu
#define RP_LC_LOAD_DYLINKER     0xeu
#define RP_LC_SEGMENT_64        0x19u
#define RP_LC_UUID              0x1bu
#define RP_LC_CODE_SIGNATURE    0x1du
#define RP_LC_LAZY_LOAD_DYLIB   0x20u
#define RP_LC_ENCRYPTION        0x21u
#define RP_LC_DYLD_INFO         0x22u
#define RP_LC_MIN_MACOSX        0x24u
#define RP_LC_MIN_IPHONEOS      0x25u
#define RP_LC_FUNCTION_STARTS   0x26u
#define RP_LC_DATA_IN_CODE      0x29u
#define RP_LC_DYLD_ENVIRONMENT  0x27u
#define RP_LC_ENCRYPTION_64     0x2cu
#define RP_LC_MIN_TVOS          0x2fu
#define RP_LC_MIN_WATCHOS       0x30u
#define RP_LC_BUILD_VERSION     0x32u
#define RP_LC_LOAD_WEAK_DYLIB   0x80000018u
#define RP_LC_RPATH             0x8000001cu
#define RP_LC_REEXPORT_DYLIB    0x8000001fu
#define RP_LC_DYLD_INFO_ONLY    0x80000022u
#define RP_LC_LOAD_UPWARD_DYLIB 0x80000023u
#define RP_LC_MAIN              0x80000028u
#define RP_LC_EXPORTS_TRIE      0x80000033u
#define RP_LC_CHAINED_FIXUPS    0x80000034u

enum { RP_SG_READ_ONLY = 0x10 }; /* dyld makes the segment read-only after fixups */

enum { /* section types: flags & 0xff */
       RP_S_ZEROFILL = 0x1,
       RP_S_CSTRING_LITERALS = 0x2,
       RP_S_NON_LAZY_SYMBOL_POINTERS = 0x6,
       RP_S_LAZY_SYMBOL_POINTERS = 0x7,
       RP_S_GB_ZEROFILL = 0xc,
       RP_S_LAZY_DYLIB_SYMBOL_POINTERS = 0x10,
       RP_S_THREAD_LOCAL_REGULAR = 0x11,
       RP_S_THREAD_LOCAL_ZEROFILL = 0x12,
       RP_S_THREAD_LOCAL_VARIABLES = 0x13,
       RP_S_THREAD_LOCAL_VARIABLE_POINTERS = 0x14
};
#define RP_S_TYPE(flags)            ((unsigned)((flags)&0xffu))
#define RP_S_ATTR_PURE_INSTRUCTIONS 0x80000000u
#define RP_S_ATTR_DEBUG             0x02000000u
#define RP_S_ATTR_SOME_INSTRUCTIONS 0x00000400u

enum { /* n_type */
       RP_N_EXT = 0x01,
       RP_N_TYPE = 0x0e,
       RP_N_PEXT = 0x10,
       RP_N_STAB = 0xe0,
       RP_N_UNDF = 0x0,
       RP_N_ABS = 0x2,
       RP_N_INDR = 0xa,
       RP_N_PBUD = 0xc,
       RP_N_SECT = 0xe,
       RP_N_SO = 0x64,  /* source file or its folder */
       RP_N_OSO = 0x66, /* object file that holds the debug information */
       RP_N_SOL = 0x84  /* included source file */
};

enum { /* DYLD_CHAINED_PTR_ */
       RP_CHAIN_ARM64E = 1,
       RP_CHAIN_64 = 2,
       RP_CHAIN_32 = 3,
       RP_CHAIN_64_OFFSET = 6,
       RP_CHAIN_ARM64E_KERNEL = 7,
       RP_CHAIN_ARM64E_USERLAND = 9,
       RP_CHAIN_ARM64E_FIRMWARE = 10,
       RP_CHAIN_ARM64E_USERLAND24 = 12
};

enum { /* sizes of records on disk */
       RP_MACHO_HEADER_32 = 28,
       RP_MACHO_HEADER_64 = 32,
       RP_MACHO_COMMAND = 8,
       RP_MACHO_NAME = 16,
       RP_MACHO_NLIST_32 = 12,
       RP_MACHO_NLIST_64 = 16
};

#endif
