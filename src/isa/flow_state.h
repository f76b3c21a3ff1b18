/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What isa/flow.c knows at one point of a function: which value each register and stack slot
 * holds, and which values were checked on every path to here. */
#ifndef RP_ISA_FLOW_STATE_H
#define RP_ISA_FLOW_STATE_H

#include "isa/flow.h"

enum { RP_FLOW_SLOTS = 24, RP_FLOW_CHECKS = 12 };

/* A value: 0 unknown; FRAME | offset: address in this function's frame; else who defined it. Two
 * places that hold the same id hold the same value. */
typedef uint32_t rp_value_id;
#define RP_FRAME_ID ((rp_value_id)1 << 31)

enum {                     /* cell.tags */
       RP_CELL_FIXED = 1,  /* constant, or read from memory that nobody can write */
       RP_CELL_TABLE = 2,  /* computed from a jump table */
       RP_CELL_RELOAD = 4, /* came from the stack after it was checked */
       RP_CELL_UNSEEN = 8, /* came into a block that no way was found to */
       RP_CELL_RETURN = 16 /* the return address */
};

typedef struct {
    rp_value_id id;
    uint32_t tags;
} rp_cell;

typedef struct {
    rp_value_id id;
    rp_guard guard;
    uint32_t class_size;
    bool data; /* a pointer to one of some read-only objects (vtables): what it points to is good */
} rp_checked;

typedef struct {
    rp_cell regs[RP_LOC_REGS];
    rp_cell slots[RP_FLOW_SLOTS];
    int32_t slot_at[RP_FLOW_SLOTS]; /* frame offset; meaningful where slots[i].id != 0 */
    rp_checked checks[RP_FLOW_CHECKS];
    uint8_t nchecks;
    uint8_t nslots; /* slots from here on hold nothing */
    bool reached;
    bool compared;       /* the flags hold a comparison of `compared_id` as CFI makes it */
    bool compared_equal; /* … for equality */
    rp_value_id compared_id;
    uint32_t compared_class;
    bool compared_data; /* with addresses of data, as checks of vtables do */
} rp_flow_state;

/* The check that value `id` passed, NULL when it passed none. */
const rp_checked *rp_flow_check_of(const rp_flow_state *s, rp_value_id id);
void rp_flow_mark_checked(rp_flow_state *s, rp_value_id id, rp_guard guard, uint32_t class_size,
                          bool data);
/* The value is about to be defined anew (its definition stands in a loop): what the last round
 * left is another one. */
void rp_flow_forget(rp_flow_state *s, rp_value_id id);

/* Offset in the frame of cell + disp; false when the cell is no address in the frame. */
bool rp_cell_frame_offset(rp_cell c, int64_t disp, int32_t *ret);
rp_value_id rp_frame_value(int32_t offset);

/* The stack slot at a frame offset, NULL when nothing is known of it. */
const rp_cell *rp_flow_slot(const rp_flow_state *s, int32_t offset);
void rp_flow_slot_store(rp_flow_state *s, int32_t offset, rp_cell c);

#endif
