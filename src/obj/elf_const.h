/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Numbers of the ELF format that the obj and facts rooms test for. Names are those of the gABI and
 * its supplements. */
#ifndef RP_OBJ_ELF_CONST_H
#define RP_OBJ_ELF_CONST_H

enum { ET_REL = 1, ET_EXEC = 2, ET_DYN = 3, ET_CORE = 4 };

enum {
    ELFOSABI_STANDALONE = 255,
    SHN_XINDEX = 0xffff,
    SHN_LORESERVE = 0xff00,
    SHN_ABS = 0xfff1,
    PN_XNUM = 0xffff,
};

enum {
    EM_SPARC = 2,
    EM_386 = 3,
    EM_IAMCU = 6,
    EM_MIPS = 8,
    EM_MIPS_RS3_LE = 10,
    EM_SPARC32PLUS = 18,
    EM_PPC = 20,
    EM_PPC64 = 21,
    EM_S390 = 22,
    EM_ARM = 40,
    EM_SPARCV9 = 43,
    EM_X86_64 = 62,
    EM_AARCH64 = 183,
    EM_RISCV = 243,
    EM_BPF = 247,
    EM_LOONGARCH = 258,
};

enum { PF_X = 1, PF_W = 2, PF_R = 4 };

enum {
    PT_LOAD = 1,
    PT_DYNAMIC = 2,
    PT_INTERP = 3,
    PT_NOTE = 4,
    PT_TLS = 7,
    PT_GNU_EH_FRAME = 0x6474e550,
    PT_GNU_STACK = 0x6474e551,
    PT_GNU_RELRO = 0x6474e552,
    PT_GNU_PROPERTY = 0x6474e553,
    PT_OPENBSD_WXNEEDED = 0x65a3dbe7,
    PT_OPENBSD_NOBTCFI = 0x65a3dbe8,
    PT_ARM_EXIDX = 0x70000001,          /* EM_ARM only */
    PT_AARCH64_MEMTAG_MTE = 0x70000002, /* EM_AARCH64 only */
};

enum {
    SHT_NULL = 0,
    SHT_PROGBITS = 1,
    SHT_SYMTAB = 2,
    SHT_STRTAB = 3,
    SHT_RELA = 4,
    SHT_NOTE = 7,
    SHT_NOBITS = 8,
    SHT_REL = 9,
    SHT_DYNSYM = 11,
    SHT_PREINIT_ARRAY = 16,
    SHT_SYMTAB_SHNDX = 18,
    SHT_RELR = 19,
    SHT_CREL = 0x40000014,
    SHT_ANDROID_REL = 0x60000001,
    SHT_ANDROID_RELA = 0x60000002,
    SHT_ANDROID_RELR = 0x6fffff00,
};

enum { SHF_WRITE = 1, SHF_ALLOC = 2, SHF_EXECINSTR = 4, SHF_TLS = 0x400, SHF_COMPRESSED = 0x800 };

enum {
    DT_NULL = 0,
    DT_NEEDED = 1,
    DT_PLTRELSZ = 2,
    DT_PLTGOT = 3,
    DT_HASH = 4,
    DT_STRTAB = 5,
    DT_SYMTAB = 6,
    DT_RELA = 7,
    DT_RELASZ = 8,
    DT_RELAENT = 9,
    DT_STRSZ = 10,
    DT_SYMENT = 11,
    DT_INIT = 12,
    DT_FINI = 13,
    DT_SONAME = 14,
    DT_RPATH = 15,
    DT_REL = 17,
    DT_RELSZ = 18,
    DT_RELENT = 19,
    DT_PLTREL = 20,
    DT_DEBUG = 21,
    DT_TEXTREL = 22,
    DT_JMPREL = 23,
    DT_BIND_NOW = 24,
    DT_INIT_ARRAY = 25,
    DT_FINI_ARRAY = 26,
    DT_RUNPATH = 29,
    DT_FLAGS = 30,
    DT_PREINIT_ARRAY = 32,
    DT_RELRSZ = 35,
    DT_RELR = 36,
    DT_ANDROID_REL = 0x6000000f,
    DT_ANDROID_RELSZ = 0x60000010,
    DT_ANDROID_RELA = 0x60000011,
    DT_ANDROID_RELASZ = 0x60000012,
    DT_ANDROID_RELR = 0x6fffe000,
    DT_ANDROID_RELRSZ = 0x6fffe001,
    DT_GNU_HASH = 0x6ffffef5,
    DT_VERSYM = 0x6ffffff0,
    DT_FLAGS_1 = 0x6ffffffb,
    DT_VERDEF = 0x6ffffffc,
    DT_VERNEED = 0x6ffffffe,
    DT_VERNEEDNUM = 0x6fffffff,
    /* EM_AARCH64 only */
    DT_AARCH64_BTI_PLT = 0x70000001,
    DT_AARCH64_PAC_PLT = 0x70000003,
    DT_AARCH64_MEMTAG_MODE = 0x70000009,
    DT_AARCH64_MEMTAG_HEAP = 0x7000000b,
    DT_AARCH64_MEMTAG_STACK = 0x7000000c,
    DT_AARCH64_MEMTAG_GLOBALS = 0x7000000d,
    DT_AARCH64_MEMTAG_GLOBALSSZ = 0x7000000f,
    /* EM_MIPS only */
    DT_MIPS_LOCAL_GOTNO = 0x7000000a,
    DT_MIPS_SYMTABNO = 0x70000011,
    DT_MIPS_GOTSYM = 0x70000013,
};

enum { DF_TEXTREL = 4, DF_BIND_NOW = 8, DF_STATIC_TLS = 16 };
enum { DF_1_NOW = 1, DF_1_PIE = 0x08000000 };

enum { NT_GNU_BUILD_ID = 3, NT_GNU_PROPERTY_TYPE_0 = 5, NT_ANDROID_TYPE_MEMTAG = 4 };

#define GNU_PROPERTY_X86_FEATURE_1_AND     0xc0000002u
#define GNU_PROPERTY_AARCH64_FEATURE_1_AND 0xc0000000u
#define GNU_PROPERTY_AARCH64_PAUTH         0xc0000001u
#define GNU_PROPERTY_RISCV_FEATURE_1_AND   0xc0000000u

enum {
    STT_OBJECT = 1,
    STT_FUNC = 2,
    STT_SECTION = 3,
    STT_FILE = 4,
    STT_COMMON = 5,
    STT_TLS = 6,
    STT_GNU_IFUNC = 10
};
enum { STB_LOCAL = 0 };

enum { EF_MIPS_ABI2 = 0x20 };

#endif
