/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Tables of functions in data: vtables of trait objects, static arrays of function pointers. Where
 * a table begins is known from who forms or stores its address, where it ends from where the next
 * begins: an upper bound. Who has a table may call what it holds. */
#ifndef RP_ISA_CODE_TABLES_H
#define RP_ISA_CODE_TABLES_H

#include "obj/functions.h"

/* A word of data that points to a function's first instruction. */
typedef struct {
    uint64_t place;
    uint32_t function;
} rp_code_pointer;

/* A word of data that points to a table. */
typedef struct {
    uint64_t place, table;
} rp_table_link;

typedef struct {
    const rp_code_pointer *pointers; /* by place */
    uint32_t npointers;
    const rp_table_link *links; /* by place */
    uint32_t nlinks;
    unsigned word;
} rp_code_tables;

/* Reads them into the image's arena. False only when memory ran out. */
RP_MUST_CHECK bool rp_code_tables_read(rp_image *img, const rp_functions *functions,
                                       rp_code_tables *ret);

/* Whether a table may begin at `addr`: among its first words one points to a function or a table. A
 * vtable begins with drop glue or nothing, size and alignment. */
bool rp_is_code_table(const rp_code_tables *tables, uint64_t addr);

/* The first pointer, or link, at or behind `addr`: an index, up to their number. */
uint32_t rp_code_pointer_from(const rp_code_tables *tables, uint64_t addr);
uint32_t rp_table_link_from(const rp_code_tables *tables, uint64_t addr);

#endif
