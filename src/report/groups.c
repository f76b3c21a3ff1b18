/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "report/groups.h"

#include "base/vec.h"

#include <stdlib.h>

typedef RP_VEC(rp_place) place_vec;
typedef RP_VEC(rp_group) group_vec;

static bool same_problem(const rp_place *a, const rp_place *b)
{
    return a->result->check == b->result->check && rp_look_of(a->result) == rp_look_of(b->result) &&
           rp_str_eq(a->result->out.subject, b->result->out.subject);
}

static int by_problem(const void *pa, const void *pb)
{
    const rp_place *a = pa, *b = pb;
    int order = rp_look_of(a->result)->rank - rp_look_of(b->result)->rank;
    if (order == 0)
        order = strcmp(a->result->check->code, b->result->check->code);
    if (order == 0)
        order = rp_str_cmp(a->result->out.subject, b->result->out.subject);
    if (order == 0)
        order = rp_str_cmp(a->result->out.text, b->result->out.text);
    if (order == 0)
        order = a->order < b->order ? -1 : a->order > b->order;
    return order;
}

static bool collect(rp_arena *arena, const rp_report_options *opt, const rp_run_report *run,
                    place_vec *ret)
{
    for (uint32_t i = 0; i < run->ntargets; i++) {
        const rp_target_report *t = run->targets[i];
        for (uint32_t k = 0; k < t->nresults; k++) {
            const rp_result *r = &t->results[k];
            if (!rp_is_shown(opt, r) || !rp_is_problem(opt, r))
                continue;
            rp_place *place = rp_vec_push(arena, ret);
            if (place == NULL)
                return false;
            *place = (rp_place){r, t, i};
        }
    }
    return true;
}

bool rp_groups_of(rp_arena *arena, const rp_report_options *opt, const rp_run_report *run,
                  rp_groups *ret)
{
    place_vec places = {0};
    group_vec groups = {0};
    if (!collect(arena, opt, run, &places))
        return false;
    if (places.n > 0)
        qsort(places.items, places.n, sizeof places.items[0], by_problem);
    for (uint32_t i = 0, n; i < places.n; i += n) {
        for (n = 1; i + n < places.n && same_problem(&places.items[i], &places.items[i + n]);)
            n++;
        rp_group *group = rp_vec_push(arena, &groups);
        if (group == NULL)
            return false;
        *group = (rp_group){&places.items[i], n};
    }
    *ret = (rp_groups){groups.items, groups.n};
    return true;
}
