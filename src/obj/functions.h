/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Where functions begin and end: from symbols, .eh_frame, .pdata, LC_FUNCTION_STARTS, .ARM.exidx,
 * exports and the entry point, joined. Padding, jump tables and literal pools are outside every
 * function. */
#ifndef RP_OBJ_FUNCTIONS_H
#define RP_OBJ_FUNCTIONS_H

#include "obj/unwind.h"

typedef enum { /* best source first */
               RP_FN_BY_SYMBOL,
               RP_FN_BY_UNWIND, /* FDE, .pdata, compact unwind */
               RP_FN_BY_STARTS, /* LC_FUNCTION_STARTS, .eh_frame_hdr, .ARM.exidx: a start without an
                                   end */
               RP_FN_BY_EXPORT,
               RP_FN_BY_ENTRY /* entry point, init_array, TLS callbacks */
} rp_fn_source;

typedef enum {
    RP_FN_NORMAL,
    RP_FN_PLT,      /* a linker's stub to an import */
    RP_FN_THUNK,    /* a linker's range extension, incremental or import thunk */
    RP_FN_STARTUP,  /* _start, crt files, the C runtime's entry */
    RP_FN_CFI_TABLE /* an entry of LLVM CFI's jump table */
} rp_fn_kind;

typedef struct {
    uint64_t start, end; /* addresses; end is behind the last instruction */
    uint64_t at;         /* file offset of the first byte, RP_NOWHERE when the file has none */
    rp_str name; /* as in the symbol table, "" unknown; global before local, shortest first */
    const rp_str *aliases; /* other names of the same address (merged functions) */
    uint32_t frame;        /* index into rp_functions.frames, UINT32_MAX without */
    uint32_t
        object; /* index into rp_functions.objects of the STT_FILE symbol before it, UINT32_MAX */
    uint16_t naliases;
    uint8_t source; /* rp_fn_source */
    uint8_t kind;   /* rp_fn_kind */
    bool thumb;
} rp_function;

/* Code that is no function: jump tables and literal pools by mapping symbols ($d), bytes between
 * functions. */
typedef struct {
    uint64_t start, end;
} rp_data_in_code;

typedef struct {
    const rp_function *items; /* by start; they do not overlap */
    uint32_t n;
    rp_frames frames;
    const rp_str *objects; /* names of STT_FILE and COFF .file symbols */
    uint32_t nobjects;
    const rp_data_in_code *data;
    uint32_t ndata;
    uint64_t code_bytes, covered_bytes; /* of executable sections; of them inside functions */
    rp_tri whole; /* UNKNOWN: a source was cut short, functions may be missing */
    bool hybrid;  /* ARM64X, ARM64EC: code for the other processor was left out */
} rp_functions;

/* Reads them into the image's arena. False only when memory ran out. */
RP_MUST_CHECK bool rp_functions_read(rp_image *img, rp_functions *ret);

#endif
