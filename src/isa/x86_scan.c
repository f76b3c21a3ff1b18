/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/x86_scan.h"

#include "isa/address_map.h"
#include "isa/scan_note.h"
#include "isa/x86_fences.h"
#include "isa/x86_insn.h"
#include "isa/x86_thunks.h"
#include "isa/x86_tls.h"

enum {
    NO_REGISTER = 255,
    SP = 4,
    BP = 5,
    ASAN_SHADOW = 0x7fff8000,
    GUARD_64 = 0x28,
    GUARD_32 = 0x14,
    TEB_TLS_64 = 0x58, /* ThreadLocalStoragePointer of Windows' thread environment block */
    TEB_TLS_32 = 0x2c
};

/* A function while it is read, in address order. */
typedef struct {
    rp_code_sink *sink;
    const rp_code_range *range;
    rp_fn_code *fn;
    bool mode64;
    const uint8_t *p; /* the instruction at hand */
    rp_x86_insn i;
    uint64_t addr;       /* its address */
    uint32_t untouched;  /* stack taken since the last touch */
    uint32_t loop_frame; /* N of "mov r11, rsp; sub r11, N": the frame of a probe loop */
    uint32_t eax;        /* last immediate moved to eax: size for __chkstk */
    uint32_t kcfi_hash;  /* of the last "mov r10d, -hash" */
    uint8_t kcfi_step; /* 1 that mov, 2 "add r10d, [reg-4]", 3 "je", 4 "ud2": its call is checked */
    uint8_t kcfi_reg;
    uint32_t rets, trapped_rets;
    bool helpers;            /* it calls what checks, or reports failed checks */
    bool traps;              /* a trap was seen: where failed checks lead */
    uint16_t text_registers; /* general registers that ever took a code address from lea */
    uint32_t rotated;        /* general registers that were rotated as a CFI check does */
    unsigned nthread;
    uint32_t thread[8]; /* instructions (in the trail) that use the thread pointer */
    bool segment;       /* it reads memory at a segment's base: the thread's, or a processor's */
    bool thread_array;  /* it reads the thread's array of TLS blocks (Windows) */
    bool after_ret;     /* the last instruction was a return or an indirect jump */
} scan;

static bool is_one(const scan *s, uint8_t op)
{
    return s->i.map == RP_X86_ONE && s->i.op == op && s->i.vector == 0;
}

static uint64_t next_addr(const scan *s)
{
    return s->addr + s->i.len;
}

static bool in_text(const scan *s, uint64_t addr)
{
    return addr >= s->sink->text_low && addr < s->sink->text_high;
}

static unsigned modrm_reg(const scan *s)
{
    return (s->p[s->i.modrm] >> 3) & 7u;
}

/* Memory operand [rip+disp32], or [disp32] in 32-bit mode; its address. */
static bool fixed_operand(const scan *s, uint64_t *ret)
{
    if (rp_x86_room(s->i, s->mode64) < 4 || (s->p[s->i.modrm] & 0xc7u) != 5)
        return false;
    int64_t disp = rp_x86_i32(s->p + s->i.modrm + 1);
    *ret = s->mode64 ? next_addr(s) + (uint64_t)disp : (uint32_t)disp;
    return true;
}

/* Memory operand with base rsp and no index. */
static bool stack_operand(const scan *s)
{
    const uint8_t *m = s->p + s->i.modrm;
    return rp_x86_room(s->i, s->mode64) >= 1 && (m[0] >> 6) != 3 && m[1] == 0x24 &&
           rp_x86_at_stack(m, s->i) && (s->i.rex & 2u) == 0;
}

static const rp_landmark *landmark(const scan *s, uint64_t addr)
{
    return rp_landmarks_find(&s->sink->landmarks, addr);
}

/* KCFI: mov r10d, -hash; add r10d, [reg-4]; je +2; ud2; call reg. Steps must follow one another. */
static uint8_t kcfi_next(scan *s)
{
    if (s->i.map == RP_X86_ONE && s->i.op == 0xba && s->i.rex == 0x41 && s->i.len == 6) {
        s->kcfi_hash = 0u - (uint32_t)rp_x86_i32(s->p + 2);
        return 1;
    }
    if (s->kcfi_step == 1 && is_one(s, 0x03) && (s->i.rex & 4u) != 0) {
        const uint8_t *m = s->p + s->i.modrm;
        bool sib = (m[0] & 7u) == 4;
        if ((m[0] & 0xf8u) == 0x50 && m[1 + sib] == 0xfc) { /* r10d, disp8 -4 */
            s->kcfi_reg = (uint8_t)rp_x86_rm(s->p, s->i);
            return 2;
        }
    }
    if (s->kcfi_step == 2 && is_one(s, 0x74) && s->p[s->i.imm] == 2)
        return 3;
    if (s->kcfi_step == 3 && s->i.map == RP_X86_0F && s->i.op == 0x0b)
        return 4;
    return 0;
}

/* Puts the index of the instruction at hand in a list's new item. */
static void note_index(scan *s, uint32_t *at)
{
    if (at != NULL)
        *at = s->sink->trail.n - 1;
    else
        s->sink->out_of_memory = true;
}

/* The indirect branch at hand, through register `reg` or none. NULL when memory ran out. */
static rp_branch *add_branch(scan *s, bool jump, unsigned reg)
{
    rp_branch *b = rp_note_branch(s->sink, s->range, s->fn, s->addr, jump);
    if (b != NULL && s->kcfi_step == 4 && reg == s->kcfi_reg) {
        b->edge = RP_EDGE_GUARDED;
        b->guard = RP_GUARD_KCFI;
        b->class_size = s->kcfi_hash;
    }
    if (jump)
        note_index(s, rp_vec_push(s->sink->arena, &s->sink->jumps));
    return b;
}

/* The call of __tls_get_addr at hand: its own bytes and those of the lea before it tell. */
static uint32_t dynamic_model(const scan *s)
{
    const rp_code_range *r = s->range;
    return rp_x86_tls_call(r->bytes, (size_t)(s->addr - r->start), s->i.len, s->mode64);
}

/* What a call, jump or load to a landmark tells of the function. */
static void note_landmark(scan *s, const rp_landmark *l)
{
    s->helpers |= l->id == RP_LM_CFI_SLOWPATH || l->id == RP_LM_CFI_REPORT ||
                  l->id == RP_LM_GUARD_CHECK || l->id == RP_LM_GUARD_CALL ||
                  l->id == RP_LM_XFG_CHECK;
    if (l->id == RP_LM_TLS_GET_ADDR)
        s->fn->flags |= dynamic_model(s);
    else
        rp_note_landmark(s->sink, s->fn, l);
    if (l->id != RP_LM_CHKSTK)
        return;
    s->fn->flags |= RP_FN_FRAME;
    if (s->eax > s->fn->frame)
        s->fn->frame = s->eax;
}

static void note_address(scan *s, uint64_t *at, uint64_t addr)
{
    if (at != NULL)
        *at = addr;
    else
        s->sink->out_of_memory = true;
}

/* An address that code forms: lea, or an absolute immediate. */
static void address_formed(scan *s, uint64_t to)
{
    const rp_landmark *l = landmark(s, to);
    if (l != NULL && l->id == RP_LM_LOCATION)
        rp_note_vote(s->sink, s->range->index, l->index);
    else if (l != NULL && l->id == RP_LM_TLS_DESC)
        note_landmark(s, l);
    if (to % 4 == 0) /* a table, perhaps */
        note_address(s, rp_vec_push(s->sink->arena, &s->sink->formed), to);
    if (in_text(s, to))
        note_address(s, rp_vec_push(s->sink->arena, &s->sink->taken), to);
}

/* Stack bytes taken at once; `touched` says that the instruction itself touches them. */
static void take_stack(scan *s, uint32_t bytes)
{
    s->fn->flags |= RP_FN_FRAME;
    s->untouched = bytes > UINT32_MAX - s->untouched ? UINT32_MAX : s->untouched + bytes;
    if (s->untouched > s->fn->step)
        s->fn->step = s->untouched;
    if (bytes > s->fn->frame)
        s->fn->frame = bytes;
}

/* What was taken last goes first. */
static void give_back(scan *s, uint32_t bytes)
{
    s->untouched = bytes < s->untouched ? s->untouched - bytes : 0;
}

static void touch_stack(scan *s)
{
    if (s->untouched >= s->sink->guard_size)
        s->fn->flags |= RP_FN_PROBE_INLINE;
    s->untouched = 0;
}

/* cmp with a constant: the bound of a rotated difference, or the only target's address. */
static void compare_constant(scan *s, unsigned reg, int32_t value, bool long_one)
{
    if ((s->rotated >> reg & 1u) != 0 || (long_one && in_text(s, (uint32_t)value)))
        note_index(s, rp_vec_push(s->sink->arena, &s->sink->compares));
}

/* sub rsp, imm; add rsp, -imm; and the first half of probe loops: sub r11, imm */
static void group_1(scan *s)
{
    const uint8_t *m = s->p + s->i.modrm;
    bool direct = (m[0] >> 6) == 3;
    int32_t imm = s->i.op == 0x81 ? rp_x86_i32(s->p + s->i.imm) : (int8_t)s->p[s->i.imm];
    if (!direct) {
        if (s->untouched != 0 && stack_operand(s))
            touch_stack(s);
        return;
    }
    unsigned reg = rp_x86_rm(s->p, s->i), op = modrm_reg(s);
    if (reg == SP && op == 5 && imm > 0)
        take_stack(s, (uint32_t)imm);
    else if (reg == SP && op == 0 && imm < 0)
        take_stack(s, 0u - (uint32_t)imm);
    else if (reg == SP && op == 0)
        give_back(s, (uint32_t)imm);
    else if (op == 5 && imm >= (int32_t)s->sink->guard_size)
        s->loop_frame = (uint32_t)imm;
    else if (op == 7)
        compare_constant(s, reg, imm, s->i.op == 0x81);
}

/* lea: [rip+d] forms an address; rsp, [rsp-N] takes stack; r11, [rsp-N] starts GCC's probe loop. */
static void lea(scan *s)
{
    uint64_t to;
    if (fixed_operand(s, &to)) {
        address_formed(s, to);
        if (in_text(s, to))
            s->text_registers |= (uint16_t)(1u << rp_x86_reg(s->p, s->i));
        return;
    }
    const uint8_t *m = s->p + s->i.modrm;
    if (!stack_operand(s) || (m[0] >> 6) == 0)
        return;
    int32_t disp = (m[0] >> 6) == 1 ? (int8_t)m[2] : rp_x86_i32(m + 2);
    if (disp >= 0 && rp_x86_reg(s->p, s->i) == SP)
        give_back(s, (uint32_t)disp);
    if (disp >= 0)
        return;
    if (rp_x86_reg(s->p, s->i) == SP)
        take_stack(s, 0u - (uint32_t)disp);
    else if (0u - (uint32_t)disp >= s->sink->guard_size)
        s->loop_frame = 0u - (uint32_t)disp;
}

/* A jump back over a probe: the loop took loop_frame bytes, page by page. */
static void branch_back(scan *s)
{
    if (s->loop_frame == 0 || (s->fn->flags & RP_FN_PROBE_INLINE) == 0)
        return;
    if (s->loop_frame > s->fn->frame)
        s->fn->frame = s->loop_frame;
    s->loop_frame = 0;
}

/* A branch to this function's own code, behind its start. */
static bool add_label(scan *s, uint64_t to)
{
    if (to - s->range->start >= s->range->bytes.len) {
        rp_note_exit(s->sink, to);
        return false;
    }
    uint64_t *label = rp_vec_push(s->sink->arena, &s->sink->labels);
    if (label == NULL)
        s->sink->out_of_memory = true;
    else
        *label = (to - s->range->start) << 32 | (s->sink->trail.n - 1);
    return to != s->range->start;
}

/* Calls through a thunk, and jumps: of a landmark, or inside of the function. */
static void thunk_branch(scan *s, uint32_t index, bool jump)
{
    unsigned reg = index >= RP_THUNK_REGISTERS ? (index - RP_THUNK_REGISTERS) / 2 : NO_REGISTER;
    rp_branch *b = add_branch(s, jump, reg);
    if (b != NULL)
        b->thunk = true;
}

static void inline_thunk(scan *s)
{
    uint32_t index;
    bool jump;
    if (!rp_x86_inline_thunk(s->range, (size_t)(s->addr - s->range->start), s->mode64, &index,
                             &jump))
        return;
    s->fn->flags |= RP_FN_RETPOLINE;
    thunk_branch(s, index, jump);
}

static void direct_branch(scan *s, bool call)
{
    int32_t rel = s->i.len - s->i.imm == 4 ? rp_x86_i32(s->p + s->i.imm) : (int8_t)s->p[s->i.imm];
    uint64_t to = next_addr(s) + (uint64_t)(int64_t)rel;
    to = s->mode64 ? to : (uint32_t)to;
    if (call) {
        note_index(s, rp_vec_push(s->sink->arena, &s->sink->calls));
        if (RP_UNLIKELY(rel >= -RP_THUNK_REACH && rel < RP_THUNK_REACH))
            inline_thunk(s);
    } else {
        if (rel < 0)
            branch_back(s);
        if (add_label(s, to))
            return;
    }
    const rp_landmark *l = landmark(s, to);
    if (l != NULL)
        note_landmark(s, l);
    if (l != NULL && (l->id == RP_LM_RETPOLINE || l->id == RP_LM_LVI_THUNK))
        thunk_branch(s, l->index, !call);
    if (call && s->untouched != 0)
        touch_stack(s);
    else if (is_one(s, 0xe9) || is_one(s, 0xeb))
        s->untouched = 0; /* what follows is reached from elsewhere */
}

static void set_aside(scan *s, rp_edge_reason why)
{
    s->sink->set_aside[why]++;
}

/* call and jmp through a fixed slot: the slot decides. True when that settled it. */
static bool slot_branch(scan *s)
{
    uint64_t slot;
    if (!fixed_operand(s, &slot))
        return false;
    const rp_landmark *l = landmark(s, slot);
    if (l == NULL) {
        if (!rp_segments_find(s->sink->read_only, s->sink->nread_only, slot))
            return false;
        set_aside(s, RP_WHY_READ_ONLY_SLOT);
        return true;
    }
    if (l->id == RP_LM_GUARD_DISPATCH || l->id == RP_LM_XFG_DISPATCH) {
        rp_note_one(l->id == RP_LM_XFG_DISPATCH ? &s->fn->typed_calls : &s->fn->guarded_calls);
        return true;
    }
    if (l->id != RP_LM_IMPORT_WRITABLE)
        note_landmark(s, l);
    if (rp_landmark_writable(l))
        return false;
    set_aside(s, RP_WHY_READ_ONLY_SLOT);
    return true;
}

static void group_5(scan *s)
{
    unsigned op = modrm_reg(s);
    bool call = op == 2;
    if (op == 6) /* push [mem] */
        touch_stack(s);
    if (op != 2 && op != 4)
        return;
    if (call)
        note_index(s, rp_vec_push(s->sink->arena, &s->sink->calls));
    if (!call && (s->i.prefix & RP_X86_NOTRACK) != 0) {
        set_aside(s, RP_WHY_JUMP_TABLE);
        note_index(s, rp_vec_push(s->sink->arena, &s->sink->jumps));
    } else if (!slot_branch(s)) {
        bool direct = (s->p[s->i.modrm] >> 6) == 3;
        (void)add_branch(s, !call, direct ? rp_x86_rm(s->p, s->i) : NO_REGISTER);
    }
    if (call)
        touch_stack(s);
    else
        s->untouched = 0;
    s->after_ret = !call;
    s->rets += !call;
}

/* SafeStack's pointer is a thread-local variable like others, but for its place. */
static void local_exec(scan *s, int64_t offset)
{
    bool own = s->sink->unsafe_stack != 0 && offset == s->sink->unsafe_stack;
    s->fn->flags |= own ? RP_FN_UNSAFE_STACK : RP_FN_TLS_LE;
}

/* fs:0x28 (gs:0x14 in 32-bit mode) is the guard; other TLS accesses tell their model. */
static void segment_access(scan *s)
{
    uint32_t disp;
    bool fs = (s->i.prefix & RP_X86_FS) != 0;
    bool moffs = is_one(s, 0xa1) && !s->mode64;
    if (moffs)
        disp = (uint32_t)rp_x86_i32(s->p + s->i.imm);
    if (s->sink->windows) {
        if (moffs || rp_x86_absolute(s->p, s->i, s->mode64, &disp))
            s->thread_array |= fs != s->mode64 && disp == (s->mode64 ? TEB_TLS_64 : TEB_TLS_32);
        return;
    }
    s->segment = true;
    if (fs != s->mode64)
        return;
    if (moffs || rp_x86_absolute(s->p, s->i, s->mode64, &disp)) {
        if (disp == (s->mode64 ? GUARD_64 : GUARD_32))
            s->fn->flags |= RP_FN_GUARD_LOAD;
        else if ((int32_t)disp < 0)
            local_exec(s, (int32_t)disp);
        else if (disp == 0 && s->nthread < RP_COUNT(s->thread))
            s->thread[s->nthread++] = (uint32_t)s->sink->trail.n - 1;
    } else if (s->i.modrm != 0 && s->nthread < RP_COUNT(s->thread)) {
        s->thread[s->nthread++] = (uint32_t)s->sink->trail.n - 1;
    }
}

/* Uses of the thread pointer whose model only their surroundings tell. */
static void thread_uses(scan *s)
{
    const rp_code_range *r = s->range;
    for (unsigned i = 0; i < s->nthread; i++) {
        int64_t offset = 0;
        uint32_t model = rp_x86_tls_use(r->bytes, s->sink->trail.items, s->sink->trail.n,
                                        s->thread[i], s->mode64, &offset);
        if (model == RP_FN_TLS_LE)
            local_exec(s, offset);
        else
            s->fn->flags |= model;
    }
    if (s->thread_array && (s->fn->flags & RP_FN_TLS_LD) == 0)
        s->fn->flags |= RP_FN_TLS_LE; /* the program's own block is the first */
}

/* mov rsp, reg. From the frame pointer it gives back what was taken; from another register it takes
 * a run-time amount, or gives that back. */
static void set_stack(scan *s)
{
    bool stores = is_one(s, 0x89), loads = is_one(s, 0x8b);
    unsigned reg = rp_x86_reg(s->p, s->i), rm = rp_x86_rm(s->p, s->i);
    unsigned from = stores ? reg : rm, to = stores ? rm : reg;
    if ((!stores && !loads) || to != SP || from == SP)
        return;
    s->untouched = 0;
    if (from != BP)
        s->fn->flags |= RP_FN_DYNAMIC_STACK | RP_FN_FRAME;
}

/* A load from, or of the address in, what the landmark marks. */
static void slot_operand(scan *s, const rp_landmark *l)
{
    if (l->id == RP_LM_STACK_GUARD || l->id == RP_LM_UNSAFE_STACK || l->id == RP_LM_TLS_IE ||
        l->id == RP_LM_TLS_INDEX || l->id == RP_LM_TLS_DESC)
        note_landmark(s, l);
    else if (l->id == RP_LM_LOCAL_SLOT)
        rp_note_slot(s->sink, l);
}

/* Loads and stores: landmarks they name, the stack they touch, ASan's shadow offset. */
static void memory_operand(scan *s)
{
    const uint8_t *m = s->p + s->i.modrm;
    uint64_t to;
    unsigned mod = m[0] >> 6;
    if (mod == 3) {
        if (RP_UNLIKELY((m[0] & 0xc7u) == 0xc4 || (m[0] & 0xf8u) == 0xe0))
            set_stack(s);
        return;
    }
    if (s->untouched != 0 && stack_operand(s))
        touch_stack(s);
    if (fixed_operand(s, &to)) {
        const rp_landmark *l = landmark(s, to);
        if (RP_UNLIKELY(l != NULL))
            slot_operand(s, l);
        return;
    }
    s->fn->flags |=
        rp_x86_room(s->i, s->mode64) >= 1 && rp_x86_at_stack(m, s->i) ? 0u : RP_FN_MEMORY;
    unsigned sib = (m[0] & 7u) == 4;
    if (mod == 2 && rp_x86_room(s->i, s->mode64) >= 4 + sib) {
        if (rp_x86_i32(m + 1 + sib) == ASAN_SHADOW)
            s->fn->flags |= RP_FN_ASAN;
    }
}

/* mov r32, imm32: a size for __chkstk, or in position-dependent code an address. */
static void move_immediate(scan *s)
{
    unsigned n = (unsigned)(s->i.len - s->i.imm);
    if (n < 4)
        return;
    uint64_t v = (uint32_t)rp_x86_i32(s->p + s->i.imm);
    if (n == 8)
        v |= (uint64_t)(uint32_t)rp_x86_i32(s->p + s->i.imm + 4) << 32;
    s->fn->flags |= n == 8 && v == 0x500000000000u ? RP_FN_MSAN : 0u;
    if (s->i.op == 0xb8 && (s->i.rex & 1u) == 0 && n == 4)
        s->eax = (uint32_t)v;
    else if (s->i.op == 0xbb && (s->i.rex & 1u) != 0 && v >= s->sink->guard_size)
        s->loop_frame = (uint32_t)v;
    if (in_text(s, v))
        address_formed(s, v);
}

static void returns(scan *s)
{
    s->rets++;
    s->after_ret = true;
    s->untouched = 0;
    rp_x86_return(s->range, &s->sink->trail.items[s->sink->trail.n - 1], s->sink->trail.n, s->fn);
}

static void two_byte(scan *s)
{
    if ((s->i.op & 0xf0u) == 0x80) {
        direct_branch(s, false);
    } else if (s->i.op == 0x0b || s->i.op == 0xb9 || s->i.op == 0xff) {
        s->traps = true;
    } else if (s->i.op == 0x1e && (s->i.prefix & RP_X86_F3) != 0 &&
               (s->p[s->i.modrm] & 0xfeu) == 0xfa) {
        if (s->addr == s->range->start) /* endbr64 fa, endbr32 fb */
            s->fn->flags |= RP_FN_LANDING;
    } else if (s->i.op == 0xae && s->p[s->i.modrm] == 0xe8) {
        rp_x86_lfence(s->range, &s->sink->trail.items[s->sink->trail.n - 1], s->sink->trail.n,
                      s->fn);
    } else if (s->i.modrm != 0 && s->i.op != 0x1f && s->i.op != 0x1e) {
        memory_operand(s);
    }
}

/* sub rsp, reg takes a run-time amount, unless it is the tail of __chkstk or a probe loop. */
static void sub_register(scan *s)
{
    unsigned to = s->i.op == 0x29 ? rp_x86_rm(s->p, s->i) : rp_x86_reg(s->p, s->i);
    if ((s->p[s->i.modrm] >> 6) != 3) {
        memory_operand(s);
    } else if (to == SP && (s->fn->flags & RP_FN_PROBE_CALL) == 0) {
        s->fn->flags |= RP_FN_DYNAMIC_STACK | RP_FN_FRAME;
    }
}

/* mov eax, [address]: how 32-bit code loads the cookie, and the pointers to CFG's checks */
static void moffs_load(scan *s)
{
    bool wide = s->i.len - s->i.imm == 4;
    const rp_landmark *l = wide ? landmark(s, (uint32_t)rp_x86_i32(s->p + s->i.imm)) : NULL;
    if (l != NULL &&
        (l->id == RP_LM_STACK_GUARD || l->id == RP_LM_UNSAFE_STACK || l->id == RP_LM_TLS_INDEX ||
         l->id == RP_LM_GUARD_CHECK || l->id == RP_LM_XFG_CHECK))
        note_landmark(s, l);
}

/* rol, ror: CFI rotates its slots' alignment away. */
static void group_2(scan *s)
{
    const uint8_t *m = s->p + s->i.modrm;
    unsigned n = s->p[s->i.imm] & (s->mode64 ? 63u : 31u), bits = s->mode64 ? 64 : 32;
    unsigned right = modrm_reg(s) == 1 ? n : bits - n;
    if ((m[0] >> 6) != 3)
        memory_operand(s);
    else if (modrm_reg(s) <= 1 && right >= RP_CFI_LEAST_ALIGNED && right <= RP_CFI_MOST_ALIGNED)
        s->rotated |= (uint16_t)(1u << rp_x86_rm(s->p, s->i));
}

/* cmp of whole registers, one of which held a code address once: a check against the only target,
 * perhaps. */
static void compare(scan *s)
{
    bool wide = s->mode64 ? (s->i.rex & 8u) != 0 : (s->i.prefix & RP_X86_66) == 0;
    if ((s->p[s->i.modrm] >> 6) != 3) {
        memory_operand(s);
        return;
    }
    unsigned pair = 1u << rp_x86_rm(s->p, s->i) | 1u << rp_x86_reg(s->p, s->i);
    if (!wide || (s->text_registers & pair) == 0)
        return;
    note_index(s, rp_vec_push(s->sink->arena, &s->sink->compares));
}

enum { /* what one-byte opcodes are to this pass */
       C_NOTHING,
       C_MODRM, /* a memory operand, perhaps */
       C_PUSH,
       C_BRANCH,
       C_CALL,
       C_LEA,
       C_GROUP_5,
       C_GROUP_1,
       C_GROUP_2,
       C_SUB,
       C_CMP,
       C_CMP_EAX,
       C_MOVE_IMMEDIATE,
       C_RETURN,
       C_TRAP,
       C_MOFFS
};

/* clang-format off */
#define EIGHT(x) x, x, x, x, x, x, x, x
#define ALU C_MODRM, C_MODRM, C_MODRM, C_MODRM, 0, 0, 0, 0
#define M4 C_MODRM, C_MODRM, C_MODRM, C_MODRM
static const uint8_t classes[256] = {
    /* 00 */ ALU, ALU, ALU, ALU, ALU,
    /* 28 */ C_MODRM, C_SUB, C_MODRM, C_SUB, 0, 0, 0, 0, ALU,
    /* 38 */ C_MODRM, C_CMP, C_MODRM, C_CMP, 0, C_CMP_EAX, 0, 0,
    /* 40 */ EIGHT(0), EIGHT(0), EIGHT(C_PUSH), EIGHT(0),
    /* 60 */ 0, 0, C_MODRM, C_MODRM, 0, 0, 0, 0, C_PUSH, C_MODRM, C_PUSH, C_MODRM, 0, 0, 0, 0,
    /* 70 */ EIGHT(C_BRANCH), EIGHT(C_BRANCH),
    /* 80 */ C_MODRM, C_GROUP_1, C_MODRM, C_GROUP_1, M4, M4, C_MODRM, C_LEA, C_MODRM, C_MODRM,
    /* 90 */ EIGHT(0), EIGHT(0), 0, C_MOFFS, 0, 0, 0, 0, 0, 0, EIGHT(0), EIGHT(0),
    /* b8 */ EIGHT(C_MOVE_IMMEDIATE),
    /* c0 */ C_MODRM, C_GROUP_2, C_RETURN, C_RETURN, M4, 0, 0, 0, 0, C_TRAP, C_TRAP, 0, 0,
    /* d0 */ M4, 0, 0, 0, 0, M4, M4,
    /* e0 */ C_BRANCH, C_BRANCH, C_BRANCH, C_BRANCH, 0, 0, 0, 0,
    /* e8 */ C_CALL, C_BRANCH, 0, C_BRANCH, 0, 0, 0, 0,
    /* f0 */ 0, 0, 0, 0, C_TRAP, 0, C_MODRM, C_MODRM, 0, 0, 0, 0, 0, 0, C_MODRM, C_GROUP_5,
};
#define M M4, M4, M4, M4
/* … and opcodes of the second map: C_TRAP, C_BRANCH and C_CALL stand for all that two_byte knows */
static const uint8_t two_byte_classes[256] = {
    /* 00 */ M4, 0, 0, 0, 0, 0, 0, 0, C_TRAP, 0, C_MODRM, 0, C_MODRM,
    /* 10 */ M4, M4, M4, C_MODRM, C_MODRM, C_TRAP, 0,
    /* 20 */ M, EIGHT(0), EIGHT(0), M, M, M,
    /* 70 */ M4, C_MODRM, C_MODRM, C_MODRM, 0, M4, M4,
    /* 80 */ EIGHT(C_BRANCH), EIGHT(C_BRANCH), M,
    /* a0 */ 0, 0, 0, C_MODRM, C_MODRM, C_MODRM, 0, 0,
    /* a8 */ 0, 0, 0, C_MODRM, C_MODRM, C_MODRM, C_TRAP, C_MODRM,
    /* b0 */ M4, M4, C_MODRM, C_TRAP, C_MODRM, C_MODRM, M4,
    /* c0 */ M4, M4, EIGHT(0), M, M,
    /* f0 */ M4, M4, M4, C_MODRM, C_MODRM, C_MODRM, C_TRAP,
};
#undef EIGHT
#undef ALU
#undef M4
#undef M
/* clang-format on */

static void one_byte(scan *s)
{
    switch (classes[s->i.op]) {
    case C_MODRM:
        memory_operand(s);
        break;
    case C_PUSH:
        touch_stack(s);
        break;
    case C_BRANCH:
        direct_branch(s, false);
        break;
    case C_CALL:
        direct_branch(s, true);
        break;
    case C_LEA:
        lea(s);
        break;
    case C_GROUP_5:
        group_5(s);
        break;
    case C_GROUP_1:
        group_1(s);
        break;
    case C_GROUP_2:
        group_2(s);
        break;
    case C_SUB:
        sub_register(s);
        break;
    case C_MOFFS:
        if (!s->mode64)
            moffs_load(s);
        break;
    case C_TRAP:
        s->traps = true;
        break;
    case C_CMP:
        compare(s);
        break;
    case C_CMP_EAX:
        if (s->i.len - s->i.imm == 4)
            compare_constant(s, 0, rp_x86_i32(s->p + s->i.imm), true);
        break;
    case C_MOVE_IMMEDIATE:
        move_immediate(s);
        break;
    case C_RETURN:
        returns(s);
        break;
    default:
        break;
    }
}

static void instruction(scan *s)
{
    bool trap = is_one(s, 0xcc);
    if (s->after_ret)
        s->trapped_rets += trap;
    s->after_ret = false;
    if (RP_UNLIKELY((s->i.prefix & (RP_X86_FS | RP_X86_GS)) != 0))
        segment_access(s);
    uint8_t step = 0;
    if (RP_UNLIKELY(s->kcfi_step != 0 || (s->i.rex == 0x41 && s->i.op == 0xba)))
        step = kcfi_next(s);
    if (RP_UNLIKELY(s->i.vector != 0)) {
        if (s->i.modrm != 0)
            memory_operand(s);
    } else if (s->i.map == RP_X86_ONE) {
        one_byte(s);
    } else if (s->i.map == RP_X86_0F) {
        two_byte(s);
    }
    s->kcfi_step = step;
}

static void finish_function(scan *s)
{
    rp_fn_code *fn = s->fn;
    uint32_t page = s->sink->guard_size;
    if (fn->step > page && (fn->flags & RP_FN_PROBE_CALL) == 0)
        fn->flags |= RP_FN_UNPROBED;
    if (fn->step > fn->frame)
        fn->frame = fn->step;
    if (s->rets != 0 && s->trapped_rets == s->rets)
        fn->flags |= RP_FN_SLS;
    if (s->segment && (fn->flags & RP_FN_GUARD_FAIL) != 0)
        fn->flags |= RP_FN_GUARD_LOAD; /* kernels choose the segment and the offset */
    if (s->nthread != 0 || s->thread_array)
        thread_uses(s);
    if (!s->traps) /* failed checks lead to one, or to a helper */
        s->sink->compares.n = 0;
    s->sink->checks = s->helpers;
}

/* Most loads and stores say only that there is one. False when there may be more to it. */
static inline bool plain_memory(scan *s, const uint8_t *m)
{
    unsigned mod = m[0] >> 6;
    if (mod == 3)
        return true;
    if (s->untouched != 0 || (m[0] & 0xc7u) == 5)
        return false;
    s->fn->flags |= rp_x86_at_stack(m, s->i) ? 0u : RP_FN_MEMORY;
    return mod != 2 || rp_x86_i32(m + 1 + ((m[0] & 7u) == 4)) != ASAN_SHADOW;
}

/* An instruction of the first two maps without prefixes but REX, and nothing to remember from the
 * one before: what most are is told at once. */
static inline void plain_instruction(scan *s, const rp_x86_insn *i)
{
    unsigned class = i->map == RP_X86_ONE ? classes[i->op] : two_byte_classes[i->op];
    if (class == C_NOTHING || (class == C_MODRM && plain_memory(s, s->p + i->modrm)))
        return;
    s->i = *i;
    if (i->map == RP_X86_0F)
        two_byte(s);
    else if (RP_UNLIKELY(i->op == 0xba && i->rex == 0x41))
        instruction(s);
    else
        one_byte(s);
}

/* Room for the offsets of as many instructions as there can be. */
static bool long_enough(rp_code_sink *sink, size_t n)
{
    if (n <= sink->trail.cap)
        return true;
    uint64_t more = n + n / 2 + RP_X86_WINDOW;
    uint32_t *items = more <= UINT32_MAX ? rp_new(sink->arena, more, uint32_t) : NULL;
    if (items == NULL)
        return false;
    sink->trail.items = items;
    sink->trail.cap = (uint32_t)more;
    return true;
}

static inline void scan_all(scan *s, bool mode64)
{
    rp_code_sink *sink = s->sink;
    const rp_code_range *range = s->range;
    size_t len = range->bytes.len;
    for (size_t at = 0; at < len;) {
        rp_x86_insn i;
        size_t left = len - at;
        sink->trail.items[sink->trail.n++] = (uint32_t)at;
        s->p = range->bytes.ptr + at;
        s->addr = range->start + at;
        if (RP_LIKELY(left >= RP_X86_WINDOW && rp_x86_decode_plain(s->p, mode64, &i) &&
                      !s->after_ret && s->kcfi_step == 0)) {
            at += i.len;
            plain_instruction(s, &i);
            continue;
        }
        s->i = rp_x86_decode(s->p, left, mode64);
        at += s->i.len != 0 ? s->i.len : 1;
        if (RP_LIKELY(s->i.len != 0)) {
            instruction(s);
        } else {
            s->fn->flags |= RP_FN_BAD_CODE;
            sink->bad_bytes++;
        }
    }
}

void rp_x86_scan(rp_code_sink *sink, const rp_code_range *range, bool mode64, rp_fn_code *ret)
{
    *ret = (rp_fn_code){0};
    scan s = {.sink = sink, .range = range, .fn = ret, .mode64 = mode64};
    uint64_t bad = sink->bad_bytes;
    sink->trail.n = sink->labels.n = sink->jumps.n = sink->compares.n = 0;
    sink->calls.n = sink->formed.n = sink->exits.n = 0;
    if (!long_enough(sink, range->bytes.len)) {
        sink->out_of_memory = true;
        return;
    }
    if (mode64)
        scan_all(&s, true);
    else
        scan_all(&s, false);
    sink->instructions += sink->trail.n - (sink->bad_bytes - bad);
    sink->bytes += range->bytes.len;
    finish_function(&s);
}
