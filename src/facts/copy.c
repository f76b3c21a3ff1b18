/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Each own_… function replaces what a struct points to by copies; tools/gen_copy writes those of
 * the fact structs from their declarations. */
#include "facts/copy.h"

static inline bool own_rp_str(rp_arena *a, rp_str *v)
{
    if (v->len != 0)
        *v = rp_arena_str(a, *v);
    else
        v->ptr = "";
    return v->ptr != NULL;
}

static inline bool own_cstr(rp_arena *a, const char **v)
{
    if (*v == NULL)
        return true;
    *v = rp_arena_str(a, rp_str_from(*v)).ptr;
    return *v != NULL;
}

static inline bool own_rp_fact(rp_arena *a, rp_fact *v)
{
    return own_cstr(a, &v->why);
}

#define OWN_ARRAY(type)                                                                            \
    static inline bool own_##type##_array(rp_arena *a, const type **items, uint64_t n)             \
    {                                                                                              \
        type *copy = n != 0 ? rp_new(a, n, type) : NULL;                                           \
        if (n != 0 && copy == NULL)                                                                \
            return false;                                                                          \
        for (uint64_t i = 0; i < n; i++) {                                                         \
            copy[i] = (*items)[i];                                                                 \
            if (!own_##type(a, &copy[i]))                                                          \
                return false;                                                                      \
        }                                                                                          \
        *items = copy;                                                                             \
        return true;                                                                               \
    }

OWN_ARRAY(rp_str)
#include "copy.inc"

const rp_facts *rp_facts_copy(rp_arena *arena, const rp_facts *facts)
{
    const rp_facts *copy = facts;
    return own_rp_facts_array(arena, &copy, 1) ? copy : NULL;
}

const rp_coverage *rp_coverage_copy(rp_arena *arena, const rp_coverage *coverage)
{
    const rp_coverage *copy = coverage;
    return own_rp_coverage_array(arena, &copy, 1) ? copy : NULL;
}
