/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef RP_OBJ_ELF_TYPE_H
#define RP_OBJ_ELF_TYPE_H

/* What an ELF file is, beyond e_type. */
typedef enum {
    RP_ELF_OTHER,           /* ET_NONE, processor-specific types */
    RP_ELF_EXEC,            /* ET_EXEC, dynamic: not position-independent */
    RP_ELF_EXEC_STATIC,     /* ET_EXEC without PT_DYNAMIC and PT_INTERP */
    RP_ELF_PIE,             /* ET_DYN executable with an interpreter */
    RP_ELF_STATIC_PIE,      /* ET_DYN executable without an interpreter */
    RP_ELF_SHARED,          /* shared library */
    RP_ELF_SHARED_RUNNABLE, /* shared library with an entry of its own: libc.so.6, ld.so */
    RP_ELF_OBJECT,          /* ET_REL */
    RP_ELF_CORE
} rp_elf_type;

/* How a variable is reached: the model that a relocation asks for. */
typedef enum {
    RP_TLS_NONE,         /* no relocation of TLS, or only the offset that goes with another */
    RP_TLS_DYNAMIC,      /* general dynamic: module number, for __tls_get_addr */
    RP_TLS_OWN_MODULE,   /* the same for this file's own module: local dynamic, or a variable that
                            is not exported */
    RP_TLS_DESCRIPTOR,   /* general dynamic by TLS descriptor */
    RP_TLS_INITIAL_EXEC, /* offset from the thread pointer */
} rp_elf_tls_model;

#endif
