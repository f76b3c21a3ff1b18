/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/scan_note.h"

/* The row of a location's file; NULL when memory ran out. */
static rp_location_use *use_of(rp_code_sink *sink, uint32_t file)
{
    while (sink->uses.n <= file) {
        rp_location_use *row = rp_vec_push(sink->arena, &sink->uses);
        if (row == NULL) {
            sink->out_of_memory = true;
            return NULL;
        }
        *row = (rp_location_use){0};
    }
    return &sink->uses.items[file];
}

/* A panic function is called: whose location it gets, the one named before tells. */
static void note_panic(rp_code_sink *sink, rp_fn_code *fn, rp_landmark_id id)
{
    rp_location_use *use = sink->location != 0 ? use_of(sink, sink->location - 1) : NULL;
    sink->location = 0;
    if (use == NULL) {
        if (id == RP_LM_OVERFLOW)
            rp_note_one(&fn->unplaced);
        return;
    }
    use->overflow += id == RP_LM_OVERFLOW;
    use->bounds += id == RP_LM_BOUNDS;
}

void rp_note_landmark(rp_code_sink *sink, rp_fn_code *fn, const rp_landmark *l)
{
    static const uint32_t flag_of[RP_LM_COUNT] = {
        [RP_LM_STACK_CHK_FAIL] = RP_FN_GUARD_FAIL,
        [RP_LM_STACK_GUARD] = RP_FN_GUARD_LOAD,
        [RP_LM_TLS_GET_ADDR] = RP_FN_TLS_GD,
        [RP_LM_RETPOLINE] = RP_FN_RETPOLINE,
        [RP_LM_ASAN] = RP_FN_ASAN,
        [RP_LM_HWASAN] = RP_FN_HWASAN,
        [RP_LM_MSAN] = RP_FN_MSAN,
        [RP_LM_TSAN] = RP_FN_TSAN,
        [RP_LM_UNSAFE_STACK] = RP_FN_UNSAFE_STACK,
        [RP_LM_CHKSTK] = RP_FN_PROBE_CALL,
        [RP_LM_TLS_IE] = RP_FN_TLS_IE,
        [RP_LM_TLS_DESC] = RP_FN_TLS_DESC,
        [RP_LM_TLS_INDEX] = RP_FN_TLS_LD,
        [RP_LM_EMUTLS] = RP_FN_TLS_EMULATED,
    };
    fn->flags |= flag_of[l->id];
    switch (l->id) {
    case RP_LM_OVERFLOW:
        rp_note_one(&fn->overflow);
        break;
    case RP_LM_BOUNDS:
        rp_note_one(&fn->bounds);
        break;
    case RP_LM_DEBUG_ASSERT:
        rp_note_one(&fn->debug_asserts);
        break;
    case RP_LM_PANIC:
        rp_note_one(&fn->panics);
        break;
    default:
        return;
    }
    note_panic(sink, fn, l->id);
}

void rp_note_vote(rp_code_sink *sink, uint32_t fn, uint32_t file)
{
    uint32_t *first = rp_vec_push(sink->arena, &sink->file_votes);
    if (first != NULL)
        *first = fn;
    uint32_t *second = first ? rp_vec_push(sink->arena, &sink->file_votes) : NULL;
    if (second != NULL)
        *second = file;
    else
        sink->out_of_memory = true;
    rp_location_use *use = use_of(sink, file);
    if (use != NULL)
        use->places++;
    sink->location = file + 1;
}

void rp_note_slot(rp_code_sink *sink, const rp_landmark *l)
{
    uint64_t *taken = rp_vec_push(sink->arena, &sink->taken);
    if (taken != NULL)
        *taken = sink->text_low + l->index;
    else
        sink->out_of_memory = true;
}

void rp_note_address(rp_code_sink *sink, const rp_code_range *range, rp_fn_code *fn, uint64_t to,
                     unsigned align)
{
    const rp_landmark *l = rp_landmarks_find(&sink->landmarks, to);
    if (l != NULL && l->id == RP_LM_LOCATION)
        rp_note_vote(sink, range->index, l->index);
    else if (l != NULL)
        rp_note_landmark(sink, fn, l);
    if (to < sink->fn_low || to >= sink->fn_high || (to & align) != 0)
        return;
    uint64_t *taken = rp_vec_push(sink->arena, &sink->taken);
    if (taken != NULL)
        *taken = to;
    else
        sink->out_of_memory = true;
}

rp_branch *rp_note_branch(rp_code_sink *sink, const rp_code_range *range, rp_fn_code *fn,
                          uint64_t addr, bool jump)
{
    rp_branch *b = rp_vec_push(sink->arena, &sink->branches);
    if (b == NULL) {
        sink->out_of_memory = true;
        return NULL;
    }
    *b = (rp_branch){.addr = addr, .fn = range->index, .jump = jump};
    if (fn->nsites == 0)
        fn->sites = sink->branches.n - 1;
    fn->nsites++;
    return b;
}

void rp_note_exit(rp_code_sink *sink, uint64_t to)
{
    rp_code_exit *exit = rp_vec_push(sink->arena, &sink->exits);
    if (exit == NULL)
        sink->out_of_memory = true;
    else
        *exit = (rp_code_exit){to, sink->trail.n - 1};
}
