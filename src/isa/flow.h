/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Second pass, for functions with undecided indirect branches: was the target of each checked on
 * every path that leads to it? A must-dataflow over values, registers and stack slots, on
 * operations that an architecture's lifter makes. */
#ifndef RP_ISA_FLOW_H
#define RP_ISA_FLOW_H

#include "isa/code.h"
#include "obj/unwind.h"

enum { RP_LOC_REGS = 32, RP_LOC_NONE = 255 };

/* Memory operands are [base + value]; base RP_LOC_NONE: at address `value` alone. */
typedef enum {
    RP_OP_NOP,        /* padding */
    RP_OP_OTHER,      /* writes dst and `clobbers`, nothing else of interest */
    RP_OP_COPY,       /* dst = src */
    RP_OP_CONST,      /* dst = value: an address of the image, or a number */
    RP_OP_LOAD,       /* dst = memory */
    RP_OP_STORE,      /* memory = src; src RP_LOC_NONE: something unknown */
    RP_OP_LOAD_TABLE, /* dst = memory at base + value + an index */
    RP_OP_ADD,        /* dst = src + src2 + value */
    RP_OP_ADD_CONST,  /* dst = src + value */
    RP_OP_SUB,        /* dst = src - src2; src RP_LOC_NONE: from 0 */
    RP_OP_SELECT,     /* dst = src or src2: a conditional move */
    RP_OP_ROTATE,     /* dst = src rotated right by `value`: CFI's alignment check */
    RP_OP_COMPARE,    /* flags of src against value, or against src2 unless that is RP_LOC_NONE */
    RP_OP_PUSH,       /* stack pointer -= word; top = src, unknown when RP_LOC_NONE */
    RP_OP_POP,        /* dst = top; stack pointer += word */
    RP_OP_BRANCH,     /* conditional, to `target` */
    RP_OP_JUMP,       /* to `target` */
    RP_OP_CALL,       /* of `target` */
    RP_OP_CALL_REG,   /* through src */
    RP_OP_CALL_MEM,   /* through memory */
    RP_OP_CALL_TABLE, /* through memory at base + value + an index */
    RP_OP_RETURN,
    RP_OP_TRAP /* never continues; value != 0: bytes that are no instruction */
} rp_op_kind;

typedef enum {
    RP_COND_OTHER,
    RP_COND_OUT_OF_RANGE,
    RP_COND_IN_RANGE,
    RP_COND_NOT_EQUAL,
    RP_COND_EQUAL
} rp_cond;

typedef struct {
    uint64_t addr;
    uint64_t target;              /* branches, jumps, calls */
    int64_t value;                /* constant, displacement */
    uint32_t clobbers;            /* registers written beside dst */
    uint8_t kind;                 /* rp_op_kind */
    uint8_t cond;                 /* rp_cond: when the branch is taken */
    uint8_t dst, src, src2, base; /* registers, RP_LOC_NONE */
    bool tail;                    /* CALL_…: a jump */
    bool sets_flags;              /* beside COMPARE: earlier comparisons no longer count */
    bool compressed;              /* LOAD_TABLE: of less than 32 bits */
} rp_op;

/* One function in address order. */
typedef struct {
    const rp_op *items;
    uint32_t n;
    uint64_t end;               /* address behind the last one */
    const rp_landing *landings; /* where calls continue when they unwind, by address of the call */
    uint32_t nlandings;
} rp_ops;

typedef struct {
    const rp_landmarks *landmarks;
    uint64_t text_low, text_high;
    struct rp_image *image;    /* to read switches' tables from; NULL: they are not followed */
    rp_arena *scratch;         /* the caller resets it after each function */
    uint8_t word;              /* bytes of a pointer */
    uint8_t stack_pointer;     /* its register */
    uint8_t nregs;             /* registers that operations name; 0: RP_LOC_REGS */
    bool return_on_stack;      /* calls push the return address */
    uint32_t call_clobbers;    /* registers that a call may change */
    uint32_t check_clobbers;   /* registers that RP_LM_GUARD_CHECK's function may change */
    uint8_t checked_argument;  /* register that holds the pointer at RP_LM_GUARD_CHECK calls */
    uint8_t slowpath_argument; /* register that holds the pointer at RP_LM_CFI_SLOWPATH calls */
    const rp_segment *
        read_only; /* ranges that nobody can write at run time, RELRO included; sorted by address */
    uint32_t nread_only;
} rp_flow_env;

/* Control does not go on behind the operation. */
bool rp_flow_ends_way(const rp_flow_env *env, const rp_op *o);
/* Nobody can write there at run time. */
bool rp_flow_env_read_only(const rp_flow_env *env, uint64_t addr);
/* A pointer that lies at a fixed address stays as it is. */
bool rp_flow_env_fixed_slot(const rp_flow_env *env, uint64_t addr);

/* What the entries of the table at `table` count from when they do not count from it: MSVC's
 * switches do so from the image's base. */
uint64_t rp_flow_image_base(const rp_flow_env *env, uint64_t table);

/* Decides those branches of [sites, sites + n), of one function and with ascending addresses, that
 * are UNDECIDED. What is not understood stays so: code that no way was found to, functions that are
 * too large or do not settle (then the answer is false). */
RP_MUST_CHECK bool rp_flow_decide(const rp_flow_env *env, const rp_ops *ops, rp_branch *sites,
                                  uint32_t n);

#endif
