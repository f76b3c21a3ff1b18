/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Between functions.c and its sources only. */
#ifndef RP_OBJ_FUNCTION_SOURCES_H
#define RP_OBJ_FUNCTION_SOURCES_H

#include "obj/functions.h"

/* Something that says "a function starts here". */
typedef struct {
    uint64_t start, end; /* end 0: not said */
    rp_str name;
    uint32_t frame, object; /* UINT32_MAX without */
    uint8_t source, kind;
    uint8_t rank; /* among names of one address: global functions first */
    bool thumb, thumb_known;
} rp_fn_candidate;

typedef struct {
    uint64_t addr, size, offset;
} rp_fn_area;

typedef RP_VEC(rp_function) rp_function_list;

typedef struct {
    rp_image *img;
    RP_VEC(rp_fn_area) areas; /* of code, by address */
    RP_VEC(rp_fn_candidate) candidates;
    RP_VEC(rp_str) objects;
    RP_VEC(rp_data_in_code) data;
    bool cut_short;
    bool hybrid; /* code for another processor was taken out of the areas */
} rp_fn_builder;

/* The area that holds an address, or NULL. Areas are sorted and do not overlap by the time that
 * sources are read. */
const rp_fn_area *rp_fn_area_of(const rp_fn_builder *b, uint64_t addr);

/* All return false only when memory ran out. */
RP_MUST_CHECK bool rp_fn_area_add(rp_fn_builder *b, uint64_t addr, uint64_t size, uint64_t offset);
RP_MUST_CHECK bool rp_fn_add(rp_fn_builder *b, rp_fn_candidate c);
/* From `start` to `end` (0: not told) as a table of the format says. ARM: an odd start is Thumb's.
 */
RP_MUST_CHECK bool rp_fn_add_range(rp_fn_builder *b, uint64_t start, uint64_t end,
                                   rp_fn_source source, rp_fn_kind kind);
RP_MUST_CHECK bool rp_fn_from_frames(rp_fn_builder *b, const rp_frames *frames);
/* Function symbols, mapping symbols, file symbols. */
RP_MUST_CHECK bool rp_fn_from_symbols(rp_fn_builder *b);
/* What only the format has: search tables, exception directory, function starts, PLT sections,
 * entry points. */
RP_MUST_CHECK bool rp_fn_from_format(rp_fn_builder *b);
/* The parts of rp_fn_from_format that only PE and only Mach-O have; called last, when `candidates`
 * holds what all other sources said. */
RP_MUST_CHECK bool rp_fn_from_pe(rp_fn_builder *b);
RP_MUST_CHECK bool rp_fn_from_macho(rp_fn_builder *b);
RP_MUST_CHECK bool rp_fn_from_elf(rp_fn_builder *b);
/* Takes out of the areas what is for another processor than the header names. */
RP_MUST_CHECK bool rp_fn_leave_foreign(rp_fn_builder *b);
/* A start without an end; nothing is added outside code. ARM: an odd address is Thumb's. */
RP_MUST_CHECK bool rp_fn_add_start(rp_fn_builder *b, uint64_t addr, rp_fn_source source,
                                   rp_fn_kind kind);
/* Targets of calls and of pointers in data, where the other sources know little. */
RP_MUST_CHECK bool rp_fn_from_calls(rp_fn_builder *b);
/* The same for PE and Mach-O, and x86 too. */
RP_MUST_CHECK bool rp_fn_from_targets(rp_fn_builder *b);
/* Slots of LLVM CFI's jump tables among the bytes between functions: they have no unwind data, and
 * no symbols in stripped files. Adds them to `fns`, which stays sorted, and cuts a symbol's size
 * that spans a table. */
RP_MUST_CHECK bool rp_fn_jump_tables(rp_fn_builder *b, rp_function_list *fns);
/* Bytes of x86 padding that `code` ends in; length of the no-op that it begins with, 0 when it is
 * none. */
size_t rp_fn_x86_padding(rp_bytes code);
size_t rp_fn_x86_no_op(rp_bytes code);
/* Bytes of padding that [f->start, f->end) ends in, at most a page. */
uint64_t rp_fn_padding(rp_fn_builder *b, const rp_function *f);
/* Where the code of a function ends whose extent only its neighbour tells: padding cut off. */
uint64_t rp_fn_trim(rp_fn_builder *b, const rp_function *f);
/* Whether code of ARM at `start` is Thumb, where no symbol tells. */
bool rp_fn_guess_thumb(rp_fn_builder *b, uint64_t start, uint64_t at);

#endif
