/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the name of a target says: rustc's own table. */
#include "base/vec.h"
#include "base/search.h"
#include "rust/cfg.h"

enum { KEYS = 7 };

static const char *const keys[KEYS] = {"target_arch",  "target_pointer_width", "target_endian",
                                       "target_os",    "target_env",           "target_abi",
                                       "target_vendor"};

/* Texts of a fixed room: pointers would have to be relocated at each start of the program. */
static const struct {
    char name[40], values[KEYS][16];
    char families[12]; /* slashes between */
} targets[] = {
#include "rust/targets.inc"
};

typedef struct {
    rp_arena *arena;
    RP_VEC(rp_cfg_name) names;
    bool refused;
} maker;

static void set(maker *m, const char *key, rp_str value, rp_tri is)
{
    rp_cfg_name *n = rp_vec_push(m->arena, &m->names);
    if (n == NULL)
        m->refused = true;
    else
        *n = (rp_cfg_name){rp_str_from(key), value, is};
}

static size_t find(rp_str target)
{
    size_t low;
    RP_SEARCH(low, RP_COUNT(targets), rp_str_cmp(rp_str_from(targets[low].name), target) < 0);
    return low < RP_COUNT(targets) && rp_str_cmp(rp_str_from(targets[low].name), target) == 0
               ? low
               : SIZE_MAX;
}

static void set_target(maker *m, size_t row)
{
    for (size_t i = 0; i < KEYS; i++)
        set(m, keys[i], rp_str_from(targets[row].values[i]), RP_YES);
    rp_str rest = rp_str_from(targets[row].families);
    while (rest.len != 0) {
        size_t len = rp_str_find(rest, RP_STR("/"));
        rp_str family = rp_str_sub(rest, 0, len);
        set(m, "target_family", family, RP_YES);
        if (rp_str_is(family, "unix") || rp_str_is(family, "windows"))
            set(m, rp_str_is(family, "unix") ? "unix" : "windows", RP_STR(""), RP_YES);
        rest = rp_str_sub(rest, family.len + 1, SIZE_MAX);
    }
}

rp_code rp_cfg_make(rp_str target, const rp_str *features, uint32_t n_features, rp_arena *arena,
                    rp_cfg *ret, rp_error *err)
{
    static const char *const off[] = {"test", "doc", "doctest", "miri"};
    maker m = {.arena = arena};
    for (size_t i = 0; i < RP_COUNT(off); i++)
        set(&m, off[i], RP_STR(""), RP_NO);
    for (uint32_t i = 0; i < n_features; i++)
        set(&m, "feature", features[i], RP_YES);
    if (target.len != 0) {
        size_t row = find(target);
        if (row == SIZE_MAX)
            return rp_fail(err, RP_E_UNSUPPORTED, RP_NOWHERE, "'%.*s' is no target that is known",
                           RP_FMT(target));
        set_target(&m, row);
    }
    if (m.refused)
        return rp_fail_memory(err);
    *ret = (rp_cfg){.names = m.names.items,
                    .n = m.names.n,
                    .target_known = target.len != 0,
                    .features_known = true};
    return RP_OK;
}
