/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/x86_thunks.h"

#include "isa/x86_insn.h"

enum { CALL = 5, SP = 4 };

/* pause; lfence; jmp back: where speculation is held */
static const uint8_t capture[] = {0xf3, 0x90, 0x0f, 0xae, 0xe8, 0xeb, 0xf9};
static const uint8_t lfence[] = {0x0f, 0xae, 0xe8};

uint32_t rp_x86_thunk_of_name(rp_str name)
{
    static const char *const registers[] = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
    static const char *const high[] = {"_r8",  "_r9",  "_r10", "_r11",
                                       "_r12", "_r13", "_r14", "_r15"};
    if (rp_str_ends(name, "_thunk") || rp_str_ends(name, "_push"))
        return RP_THUNK_STACK;
    for (uint32_t i = 0; i < RP_COUNT(registers); i++) {
        bool wide = name.len > 3 && name.ptr[name.len - 4] == '_' &&
                    (name.ptr[name.len - 3] == 'r' || name.ptr[name.len - 3] == 'e');
        if (wide && rp_str_ends(name, registers[i]))
            return RP_THUNK_REGISTERS + 2 * i;
        if (rp_str_ends(name, high[i]))
            return RP_THUNK_REGISTERS + 2 * (i + 8);
    }
    return RP_THUNK_UNKNOWN;
}

static bool starts(rp_bytes b, const uint8_t *with, size_t len)
{
    return b.len >= len && memcmp(b.ptr, with, len) == 0;
}

static rp_bytes from(rp_bytes b, size_t at)
{
    return at <= b.len ? (rp_bytes){b.ptr + at, b.len - at} : (rp_bytes){NULL, 0};
}

/* What a retpoline puts in the place of its return address: mov [rsp], reg; ret. One that drops it,
 * lea rsp, [rsp + word]; ret, returns to what the caller pushed, and so does clang's push. */
static uint32_t returns_to(rp_bytes b, bool mode64)
{
    static const uint8_t drop64[] = {0x48, 0x8d, 0x64, 0x24, 0x08, 0xc3},
                         drop32[] = {0x8d, 0x64, 0x24, 0x04, 0xc3},
                         push32[] = {0x83, 0xc4, 0x04, 0xff, 0x74, 0x24, 0x04};
    size_t rex = mode64;
    if (b.len >= 4 + rex && (!mode64 || (b.ptr[0] & 0xfbu) == 0x48) && b.ptr[rex] == 0x89 &&
        (b.ptr[rex + 1] & 0xc7u) == 0x04 && b.ptr[rex + 2] == 0x24 && b.ptr[rex + 3] == 0xc3) {
        uint32_t reg = (b.ptr[rex + 1] >> 3) & 7u;
        return RP_THUNK_REGISTERS + 2 * (reg + (mode64 && (b.ptr[0] & 4u) != 0 ? 8u : 0));
    }
    if ((mode64 && starts(b, drop64, sizeof drop64)) ||
        (!mode64 && (starts(b, drop32, sizeof drop32) || starts(b, push32, sizeof push32))))
        return RP_THUNK_STACK;
    return RP_THUNK_UNKNOWN;
}

/* call 1f; 0: pause; lfence; jmp 0b; 1: mov [rsp], reg; ret */
static bool retpoline(rp_bytes code, bool mode64, uint32_t *ret_index)
{
    if (code.len < CALL || code.ptr[0] != 0xe8 ||
        !starts(from(code, CALL), capture, sizeof capture))
        return false;
    int32_t rel = rp_x86_i32(code.ptr + 1);
    bool near = rel >= (int32_t)sizeof capture && rel < RP_THUNK_REACH;
    *ret_index = near ? returns_to(from(code, CALL + (size_t)rel), mode64) : RP_THUNK_UNKNOWN;
    return true;
}

/* lfence; jmp reg */
static bool lvi_thunk(rp_bytes code, bool mode64, uint32_t *ret_index)
{
    size_t high = mode64 && code.len > sizeof lfence && code.ptr[sizeof lfence] == 0x41;
    rp_bytes jump = from(code, sizeof lfence + high);
    if (!starts(code, lfence, sizeof lfence) || jump.len < 2 || jump.ptr[0] != 0xff ||
        (jump.ptr[1] & 0xf8u) != 0xe0)
        return false;
    *ret_index = RP_THUNK_REGISTERS + 2 * ((jump.ptr[1] & 7u) + 8 * (uint32_t)high);
    return true;
}

bool rp_x86_thunk_code(rp_bytes code, bool mode64, rp_landmark *ret)
{
    if (retpoline(code, mode64, &ret->index))
        ret->id = RP_LM_RETPOLINE;
    else if (lvi_thunk(code, mode64, &ret->index))
        ret->id = RP_LM_LVI_THUNK;
    else
        return false;
    return true;
}

size_t rp_x86_thunk_start(rp_bytes code, size_t fence)
{
    size_t before = CALL + 2;
    bool held = fence >= before && code.ptr[fence - before] == 0xe8 &&
                starts(from(code, fence - 2), capture, sizeof capture);
    return held ? fence - before : fence;
}

/* Thunks for calls stand behind a jump over them, to the call of theirs: where it leads, else 0. */
static size_t jumped_over(rp_bytes b, size_t thunk)
{
    return thunk >= 2 && b.ptr[thunk - 2] == 0xeb ? thunk + b.ptr[thunk - 1] : 0;
}

bool rp_x86_inline_thunk(const rp_code_range *range, size_t at, bool mode64, uint32_t *ret_index,
                         bool *ret_jump)
{
    rp_bytes b = range->bytes, call = from(b, at);
    if (call.len < CALL || call.ptr[0] != 0xe8)
        return false;
    int64_t to = (int64_t)at + CALL + rp_x86_i32(call.ptr + 1);
    *ret_jump = to > (int64_t)at;
    if (*ret_jump) {
        size_t own_call = jumped_over(b, at);
        bool called = own_call + CALL <= b.len && b.ptr[own_call] == 0xe8 &&
                      own_call + CALL + (size_t)(int64_t)rp_x86_i32(b.ptr + own_call + 1) == at;
        return at != 0 && !called && retpoline(call, mode64, ret_index);
    }
    return to > 0 && (int64_t)at - to < RP_THUNK_REACH && jumped_over(b, (size_t)to) == at &&
           retpoline(from(b, (size_t)to), mode64, ret_index);
}

/* The thunk that a direct call or jump goes to, or is; false: none. */
static bool thunk_of(const rp_code_range *range, bool mode64, rp_op *o, uint32_t *ret_index)
{
    bool jump;
    const rp_landmark *l =
        range->landmarks != NULL ? rp_landmarks_find(range->landmarks, o->target) : NULL;
    if (l != NULL && (l->id == RP_LM_RETPOLINE || l->id == RP_LM_LVI_THUNK)) {
        *ret_index = l->index;
        o->tail = o->kind == RP_OP_JUMP;
        return true;
    }
    if (o->kind != RP_OP_CALL ||
        !rp_x86_inline_thunk(range, (size_t)(o->addr - range->start), mode64, ret_index, &jump))
        return false;
    o->tail = jump;
    return true;
}

/* Through the register or the top of the stack. Up to two operations. */
static unsigned through(rp_op o, uint32_t index, bool mode64, rp_op ret[2])
{
    ret[0] = o;
    ret[0].target = 0;
    if (index != RP_THUNK_STACK) {
        ret[0].kind = RP_OP_CALL_REG;
        ret[0].src = (uint8_t)((index - RP_THUNK_REGISTERS) / 2);
        return 1;
    }
    ret[0].kind = RP_OP_CALL_MEM;
    ret[0].base = SP;
    ret[1] = o;
    ret[1].kind = RP_OP_ADD_CONST; /* what the caller pushed is gone when the call returns */
    ret[1].dst = ret[1].src = SP;
    ret[1].value = mode64 ? 8 : 4;
    ret[1].tail = false;
    return o.tail ? 1 : 2;
}

/* A conditional jump to a thunk: past the thunk's jump where the condition does not hold. */
static rp_op over(rp_op o, uint64_t next)
{
    static const uint8_t opposite[] = {[RP_COND_OTHER] = RP_COND_OTHER,
                                       [RP_COND_OUT_OF_RANGE] = RP_COND_IN_RANGE,
                                       [RP_COND_IN_RANGE] = RP_COND_OUT_OF_RANGE,
                                       [RP_COND_NOT_EQUAL] = RP_COND_EQUAL,
                                       [RP_COND_EQUAL] = RP_COND_NOT_EQUAL};
    o.cond = opposite[o.cond];
    o.target = next;
    return o;
}

unsigned rp_x86_through_thunk(const rp_code_range *range, bool mode64, rp_op o, uint64_t next,
                              rp_op ret[2])
{
    uint32_t index = RP_THUNK_UNKNOWN;
    bool branch = o.kind == RP_OP_BRANCH;
    rp_op skip = o;
    if ((o.kind != RP_OP_CALL && o.kind != RP_OP_JUMP && !branch) ||
        !thunk_of(range, mode64, &o, &index) || index == RP_THUNK_UNKNOWN)
        return 0;
    if (!branch)
        return through(o, index, mode64, ret);
    o.tail = true;
    (void)through(o, index, mode64, ret);
    ret[1] = ret[0];
    ret[0] = over(skip, next);
    return 2;
}
