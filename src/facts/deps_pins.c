/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "facts/deps_pins.h"

#include "cargo/resolve.h"
#include "text/semver.h"

/* The matches of each component: numbers are one more than the index, 0 ends. */
typedef struct {
    uint32_t *first; /* by component */
    uint32_t *next;  /* by match */
} chains;

static bool chain(rp_arena *arena, uint32_t ncomponents, const rp_dep_match *matches, uint32_t n,
                  chains *ret)
{
    *ret = (chains){rp_new(arena, ncomponents, uint32_t), rp_new(arena, n, uint32_t)};
    if (ret->first == NULL || ret->next == NULL)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        ret->next[i] = ret->first[matches[i].component];
        ret->first[matches[i].component] = i + 1;
    }
    return true;
}

/* The package that the dependency means, if the lock file says that it is one that counts. */
static uint32_t target_of(const rp_deps_project *p, uint32_t package, const rp_manifest_dep *d)
{
    const rp_lock_package *from = &p->lock->packages[package];
    if (d->kind == RP_DEP_DEV && !p->member[package])
        return RP_NO_PACKAGE;
    uint32_t to = rp_lock_dep(p->lock, package, d);
    for (uint32_t i = 0; to != RP_NO_PACKAGE && i < from->ndeps; i++)
        if (from->deps[i] == to)
            return to;
    return RP_NO_PACKAGE;
}

static bool leaves_out(const rp_manifest_dep *d, rp_str version)
{
    rp_semver v;
    rp_semver_req req;
    return rp_semver_parse(version, &v) && rp_semver_req_parse(d->req, &req, NULL) == RP_OK &&
           !rp_semver_req_matches(&req, &v);
}

rp_code rp_deps_pins(const rp_deps_project *p, const uint32_t *component, uint32_t ncomponents,
                     rp_dep_match *matches, uint32_t n, rp_error *err)
{
    chains c;
    if (n == 0)
        return RP_OK;
    if (!chain(p->arena, ncomponents, matches, n, &c))
        return rp_fail_memory(err);
    for (uint32_t i = 0; i < p->lock->npackages; i++)
        for (uint32_t k = 0; p->manifests[i] != NULL && k < p->manifests[i]->ndeps; k++) {
            const rp_manifest_dep *d = &p->manifests[i]->deps[k];
            uint32_t to = target_of(p, i, d);
            for (uint32_t at = to != RP_NO_PACKAGE ? c.first[component[to]] : 0; at != 0;
                 at = c.next[at - 1]) {
                rp_dep_match *m = &matches[at - 1];
                if (!m->compatible || m->pinned_by.len != 0 || !leaves_out(d, m->upgrade))
                    continue;
                m->pinned_by = rp_arena_printf(p->arena, "%.*s asks for \"%.*s\"",
                                               RP_FMT(p->lock->packages[i].name), RP_FMT(d->req));
                if (m->pinned_by.ptr == NULL)
                    return rp_fail_memory(err);
            }
        }
    return RP_OK;
}
