/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Between the files that find landmarks. */
#ifndef RP_ISA_LANDMARKS_PARTS_H
#define RP_ISA_LANDMARKS_PARTS_H

#include "isa/address_map.h"
#include "isa/landmarks_elf.h"

typedef struct {
    rp_image *img;
    const rp_functions *functions;
    rp_landmarks *landmarks;
    rp_address_map map;
    const rp_segment *read_only;
    uint32_t nread_only;
    uint64_t text_low, text_high; /* of executable segments */
    const rp_section *gots[2];    /* .got and .got.plt, NULL without a section table */
    uint64_t got;                 /* DT_PLTGOT: what ebx holds in position-independent i386 code */
    RP_VEC(uint64_t) pointers;
    uint64_t budget; /* bytes that may still be looked through: segments may share theirs */
    RP_VEC(rp_landmark) texts;       /* addresses of panics' texts, with what their printer is */
    RP_VEC(rp_landmark) pieces;      /* words of data that point to them */
    RP_VEC(uint64_t) index_failures; /* functions that print what is wrong with an index by range */
    int64_t unsafe_stack;            /* as in rp_code_map */
    uint32_t named;                  /* places in code that name one */
    bool panic_names;                /* symbols name panic functions */
    bool preconditions; /* the file holds the text of core's unsafe precondition checks */
    bool cut_short;     /* something could not be read */
    bool out_of_memory;
} rp_lm_builder;

bool rp_lm_starts_function(const rp_lm_builder *b, uint64_t addr);

/* All return false only when memory ran out. */
RP_MUST_CHECK bool rp_lm_add(rp_lm_builder *b, uint64_t addr, rp_landmark_id id, uint32_t index);
/* Adds the target of a pointer, if it is code. */
RP_MUST_CHECK bool rp_lm_add_pointer(rp_lm_builder *b, uint64_t addr);
/* What a landmark's name tells beside its id: the register of a thunk (x86_thunks.h), else 0. */
uint32_t rp_lm_thunk_index(rp_landmark_id id, rp_str name);
/* Whether that many more bytes may be looked through; else `cut_short` is set. */
bool rp_lm_spend(rp_lm_builder *b, uint64_t bytes);
/* Looks through the constants for the text of unsafe precondition checks. */
void rp_lm_find_texts(rp_lm_builder *b);
/* Adds the panic functions whose texts tell what they are. */
RP_MUST_CHECK bool rp_lm_by_texts(rp_lm_builder *b);
/* What hands on to a function of `index_failures`, as core::str::slice_error_fail does. */
RP_MUST_CHECK bool rp_lm_wrappers(rp_lm_builder *b);
/* Linkers' stubs mean what the slot means that they jump through. Slots are added already. */
RP_MUST_CHECK bool rp_lm_stubs(rp_lm_builder *b);
/* What a name means in this format: C has an underscore of its own in some. */
typedef rp_landmark_id rp_lm_meaning(const rp_lm_builder *b, rp_str name);
/* COFF and Mach-O objects that were laid out: symbols, slots, words that hold addresses. */
RP_MUST_CHECK bool rp_lm_object(rp_lm_builder *b, rp_lm_meaning *meaning);

#endif
