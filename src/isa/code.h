/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What one pass over the machine code says: functions with their flags and counts, and the indirect
 * branches that need a second look. Each architecture's scanner (x86_scan.h, a64_scan.h, …) fills
 * the same struct; origin/ and facts/ read it. Addresses are virtual, as in rp_image. */
#ifndef RP_ISA_CODE_H
#define RP_ISA_CODE_H

#include "base/vec.h"
#include "obj/image.h"

/* Places that say something when code calls, loads from or points to them. Made by facts/ from
 * symbols, imports, relocations, load configuration and strings. */
typedef enum {
    RP_LM_NONE,
    RP_LM_IMPORT_SLOT, /* GOT or IAT slot that the loader fills and that is read-only at run time */
    RP_LM_IMPORT_WRITABLE, /* the same, but writable at run time: attackable */
    RP_LM_LOCAL_SLOT,      /* read-only slot with the address of a function of this artefact; index:
                              from the lowest address of code on */
    RP_LM_STACK_CHK_FAIL,  /* __stack_chk_fail, its PLT stub or slot; __security_check_cookie */
    RP_LM_STACK_GUARD,     /* __stack_chk_guard, __security_cookie or their slot */
    RP_LM_CHKSTK,          /* __chkstk, ___chkstk_ms, __rust_probestack */
    RP_LM_CFI_SLOWPATH,    /* __cfi_slowpath[_diag]: cross-DSO CFI */
    RP_LM_CFI_REPORT,      /* __ubsan_handle_cfi_check_fail[_abort]: diagnostic CFI */
    RP_LM_GUARD_CHECK,     /* slot of GuardCFCheckFunctionPointer */
    RP_LM_GUARD_DISPATCH,  /* slot of GuardCFDispatchFunctionPointer */
    RP_LM_XFG_CHECK,
    RP_LM_XFG_DISPATCH,
    RP_LM_OVERFLOW,     /* panic_const_{add,sub,mul,neg,shl,shr}_overflow */
    RP_LM_BOUNDS,       /* panic_bounds_check, slice index failures */
    RP_LM_DEBUG_ASSERT, /* panic_nounwind of "unsafe precondition(s) violated" */
    RP_LM_PANIC,        /* other entry points of core::panicking */
    RP_LM_TLS_GET_ADDR,
    RP_LM_EMUTLS,
    RP_LM_RETPOLINE, /* __x86_indirect_thunk_*, __llvm_retpoline_*; index: as x86_thunks.h says */
    RP_LM_LVI_THUNK, /* __llvm_lvi_thunk_*: waits, then jumps through its register; likewise */
    RP_LM_ASAN,
    RP_LM_HWASAN,
    RP_LM_MSAN,
    RP_LM_TSAN,
    RP_LM_UBSAN,
    RP_LM_LOCATION,     /* a core::panic::Location record; index: its source file */
    RP_LM_UNSAFE_STACK, /* SafeStack's pointer */
    RP_LM_TLS_IE,       /* slot with a variable's offset from the thread pointer */
    RP_LM_TLS_DESC,     /* slot with a TLS descriptor; Mach-O: the descriptor itself */
    RP_LM_TLS_INDEX,    /* Windows: _tls_index, the module's number in the thread's array */
    RP_LM_READ_TP,      /* __aeabi_read_tp: Arm's thread pointer, where no register has it */
    RP_LM_GUARD_CALL,   /* code that hands on to what RP_LM_GUARD_CHECK's slot names */
    RP_LM_COUNT
} rp_landmark_id;

typedef struct {
    uint64_t addr;
    rp_landmark_id id;
    uint32_t index; /* meaning depends on id */
} rp_landmark;

/* index of slots that mean something else than IMPORT_*: whether code may still change them. */
enum { RP_SLOT_FIXED, RP_SLOT_WRITABLE };
/* A slot whose pointer an attacker may replace. */
static inline bool rp_landmark_writable(const rp_landmark *l)
{
    bool own_index =
        l->id == RP_LM_IMPORT_SLOT || l->id == RP_LM_LOCAL_SLOT || l->id == RP_LM_LOCATION;
    return l->id == RP_LM_IMPORT_WRITABLE || (!own_index && (l->index & RP_SLOT_WRITABLE) != 0);
}

/* Hash table from address to landmark; open addressing, power of two. */
typedef struct {
    rp_landmark *slots; /* addr == 0 and id == NONE: free */
    uint32_t mask, used;
    uint64_t low, high; /* smallest and largest address in it: a cheap first test */
    uint8_t *maybe;     /* bits, 16 or more to an address: another one */
    uint64_t near[16];  /* bits, one to 64 KiB: whether one lies there, in the two before, or in the
                           one behind; addresses 64 MiB apart have the same bit */
} rp_landmarks;

RP_MUST_CHECK bool rp_landmarks_add(rp_arena *arena, rp_landmarks *map, rp_landmark item);
/* Fibonacci hashing: addresses differ in their low bits, which end in the product's high bits. */
static inline uint32_t rp_landmarks_hash(uint64_t addr)
{
    return (uint32_t)((addr * 0x9e3779b97f4a7c15u) >> 32);
}
/* The byte is that of the address' slot; which bit of it, other bits of the hash say. */
static inline unsigned rp_landmarks_bit(uint64_t addr)
{
    return rp_landmarks_hash(addr) >> 29;
}
/* Whether an access at `addr` plus a constant may meet a landmark: offsets of up to -64 KiB and
 * +128 KiB. */
static inline bool rp_landmarks_near(const rp_landmarks *map, uint64_t addr)
{
    return (map->near[addr >> 22 & 15u] >> (addr >> 16 & 63u) & 1u) != 0;
}
const rp_landmark *rp_landmarks_search(const rp_landmarks *map, uint64_t addr);
/* Whether a map that is not empty may have one for the address. */
static inline bool rp_landmarks_may_have(const rp_landmarks *map, uint64_t addr)
{
    unsigned in_range = addr - map->low <= map->high - map->low;
    unsigned bits = map->maybe[rp_landmarks_hash(addr) & map->mask];
    return (bits >> rp_landmarks_bit(addr) & in_range) != 0;
}
/* The first one added for the address, or NULL, as for most. */
static inline const rp_landmark *rp_landmarks_find(const rp_landmarks *map, uint64_t addr)
{
    return map->used != 0 && rp_landmarks_may_have(map, addr) ? rp_landmarks_search(map, addr)
                                                              : NULL;
}

/* What a format's tables tell beside the code itself: input of rp_pass_run. */
typedef struct {
    rp_landmarks landmarks;
    const rp_segment *read_only; /* what nobody can write at run time, RELRO included; by address */
    uint32_t nread_only;
    const uint64_t *pointers; /* code addresses that data holds, that are exported or where the
                                 loader begins; any order, may repeat; ARM: with the Thumb bit */
    uint32_t npointers;
    int64_t unsafe_stack; /* SafeStack's pointer from the thread pointer, where a program's symbol
                             tells; 0 unknown */
    bool forwards;        /* for tests: follow whole functions where walking back would do */
    rp_tri whole;         /* UNKNOWN: a table was cut short, landmarks or pointers may be missing */
} rp_code_map;

enum {                                /* rp_fn_code.flags: what was seen in the function */
       RP_FN_FRAME = 1u << 0,         /* takes stack for itself */
       RP_FN_DYNAMIC_STACK = 1u << 1, /* takes a run-time amount of stack */
       RP_FN_PROBE_INLINE = 1u << 2,  /* touches each page: unrolled or loop */
       RP_FN_PROBE_CALL = 1u << 3,    /* calls __chkstk, __rust_probestack */
       RP_FN_UNPROBED = 1u << 4,      /* takes more than a guard page without touching it */
       RP_FN_GUARD_LOAD = 1u << 5,    /* reads the stack protector's guard */
       RP_FN_GUARD_FAIL = 1u << 6,    /* can call __stack_chk_fail */
       RP_FN_LANDING = 1u << 7,       /* starts with endbr, bti c/jc, paciasp, lpad */
       RP_FN_SIGNS = 1u << 8,         /* paciasp, pacibsp and kin */
       RP_FN_AUTHENTICATES = 1u << 9, /* autiasp, retaa and kin */
       RP_FN_SPILLS_LR = 1u << 10,    /* stores the link register */
       RP_FN_BARE_RET = 1u << 11, /* returns through a reloaded, unauthenticated link register */
       RP_FN_SHADOW_STACK = 1u << 12, /* pushes the return address on the shadow call stack */
       RP_FN_UNSAFE_STACK = 1u << 13, /* SafeStack */
       RP_FN_ASAN = 1u << 14,
       RP_FN_HWASAN = 1u << 15,
       RP_FN_MSAN = 1u << 16,
       RP_FN_TSAN = 1u << 17,
       RP_FN_MEMTAG = 1u << 18, /* irg, stg */
       RP_FN_RETPOLINE = 1u << 19,
       RP_FN_LFENCE = 1u << 20,
       RP_FN_SLS = 1u << 21,    /* each return and indirect jump is followed by a trap */
       RP_FN_TLS_GD = 1u << 22, /* general dynamic: calls __tls_get_addr; but for x86, local
                                   dynamic looks the same */
       RP_FN_TLS_DESC = 1u << 23,
       RP_FN_TLS_IE = 1u << 24,
       RP_FN_TLS_LE = 1u << 25,
       RP_FN_MEMORY = 1u << 26, /* reads or writes memory other than its frame */
       RP_FN_BAD_CODE =
           1u << 27, /* bytes that are no instruction: counts below are a lower bound */
       RP_FN_KCFI_PREFIX = 1u << 28,  /* a type hash stands before its entry */
       RP_FN_TLS_EMULATED = 1u << 29, /* calls __emutls_get_address */
       RP_FN_TAKEN =
           1u << 30, /* its address is taken or exported: indirect branches may go there */
};

/* local dynamic, where it can be told; enumerators must fit an int */
#define RP_FN_TLS_LD (1u << 31)

typedef struct {
    uint32_t flags;
    uint32_t frame;  /* largest stack adjustment seen, in bytes */
    uint32_t step;   /* largest part of it not touched in between */
    uint32_t sites;  /* index of its first branch in rp_code.branches … */
    uint32_t nsites; /* … and how many */
    uint16_t overflow, bounds, debug_asserts, panics; /* call sites */
    uint16_t unplaced;                /* overflow's sites whose panic location was not seen */
    uint16_t guarded_calls;           /* calls through a CFG dispatch slot */
    uint16_t typed_calls;             /* … through one of XFG */
    uint16_t returns, fenced_returns; /* x86; of them: whose address is waited for (lfence) */
    uint16_t fences;                  /* x86: lfences that are no return's or jump's */
} rp_fn_code;

/* How an indirect branch stands, decided by the second pass. */
typedef enum {
    RP_EDGE_UNDECIDED,
    RP_EDGE_GUARDED,         /* the target was checked on every path */
    RP_EDGE_GUARDED_SPILLED, /* checked, then reloaded from memory */
    RP_EDGE_UNGUARDED,
    RP_EDGE_NOT_ATTACKABLE /* see reason */
} rp_edge_class;

typedef enum {
    RP_WHY_NONE,
    RP_WHY_READ_ONLY_SLOT, /* GOT under full RELRO, IAT */
    RP_WHY_JUMP_TABLE,
    RP_WHY_CONSTANT, /* the target is a constant of the code */
    RP_WHY_PLT,      /* the stub itself */
    RP_WHY_RUNTIME,  /* start-up code and thunks of the C runtime */
    RP_WHY_RETURN    /* a return in disguise: pop, lfence, jmp (load value injection) */
} rp_edge_reason;

typedef enum {
    RP_GUARD_NONE,
    RP_GUARD_CFI,
    RP_GUARD_CFI_DIAG,
    RP_GUARD_CFI_CROSS_DSO,
    RP_GUARD_KCFI,
    RP_GUARD_CFG,
    RP_GUARD_XFG,
    RP_GUARD_PAUTH
} rp_guard;

typedef struct {
    uint64_t addr;
    uint32_t fn; /* index into functions */
    bool jump;   /* jmp, br: a tail call or a switch */
    bool thunk;  /* a direct branch to a thunk, or an inline one, that goes through a register */
    rp_edge_class edge;
    rp_edge_reason reason;
    rp_guard guard;
    uint32_t class_size; /* CFI: targets that its check admits; KCFI: the hash; 0 unknown */
} rp_branch;

/* The part of a function's description that scanners read. */
typedef struct {
    uint64_t start;  /* address of bytes.ptr[0] */
    rp_bytes bytes;  /* the whole function, padding cut off */
    uint32_t index;  /* of the function */
    rp_bytes around; /* what literal loads may read: bytes of the file at around_start that hold the
                        function and its pools; NULL: only `bytes` */
    uint64_t around_start;
    const rp_landmarks *landmarks; /* to tell calls of thunks from others; NULL: none */
} rp_code_range;

/* Places that name a panic location of one source file, and what they call with it. */
typedef struct {
    uint32_t places, overflow, bounds;
} rp_location_use;

/* Logarithms of how far apart what CFI admits may lie: a jump table's slots; vtables. */
enum { RP_CFI_LEAST_ALIGNED = 2, RP_CFI_MOST_ALIGNED = 16 };

/* A direct branch out of a function. */
typedef struct {
    uint64_t to;
    uint32_t insn; /* index of the branch */
} rp_code_exit;

typedef struct {
    rp_arena *arena;
    bool out_of_memory;
    rp_landmarks landmarks;
    uint64_t text_low,
        text_high;            /* addresses of executable segments: lowest, one past the highest */
    uint64_t fn_low, fn_high; /* … of functions: what code forms outside is none's address */
    const rp_segment *read_only; /* what nobody can write at run time, RELRO included */
    uint32_t nread_only;
    int64_t unsafe_stack;         /* as in rp_code_map */
    bool windows;                 /* a PE image or object */
    uint32_t guard_size;          /* bytes that a frame may take untouched: 4096 */
    RP_VEC(rp_branch) branches;   /* those that pass 1 could not set aside are UNDECIDED */
    RP_VEC(uint64_t) taken;       /* code addresses that code points to; unsorted, may repeat */
    RP_VEC(uint32_t) file_votes;  /* pairs function, source file of a Location that it names */
    RP_VEC(rp_location_use) uses; /* by source file of a Location */
    uint32_t
        location; /* source file of the last Location named and not yet called with, + 1; 0: none */
    RP_VEC(uint32_t) trail;      /* x86, of the range at hand: offsets of its instructions */
    RP_VEC(uint64_t) labels;     /* … its direct branches: target << 32 | index of the branch */
    RP_VEC(rp_code_exit) exits;  /* … those that lead out of it */
    RP_VEC(uint32_t) calls;      /* … its calls, as indices of instructions */
    RP_VEC(uint32_t) jumps;      /* … its indirect jumps, likewise */
    RP_VEC(uint64_t) formed;     /* … addresses that it forms, of multiples of four */
    RP_VEC(uint32_t) compares;   /* … its comparisons that may be CFI's, likewise */
    bool checks;                 /* … it calls what checks, or reports failed checks */
    bool traps;                  /* AArch64: the function at hand has a trap; a check leads to it */
    RP_VEC(uint32_t) trap_words; /* … the words that are one, in their order */
    uint64_t pages[32];          /* AArch64: room for what registers hold */
    uint64_t instructions, bytes, bad_bytes;
    uint32_t set_aside[8]; /* branches not recorded, by rp_edge_reason */
} rp_code_sink;

#endif
