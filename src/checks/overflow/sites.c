/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/overflow/sites.h"

enum { MANY_FUNCTIONS = 20 }; /* so many of one crate have arithmetic somewhere */

bool rp_sites_only_std(const rp_cover *c)
{
    return rp_cover_told(c) && rp_cover_owner(c, RP_OWNER_RUST_STD).covered > 0 &&
           rp_cover_owner(c, RP_OWNER_UNKNOWN).covered == 0 &&
           rp_cover_owner(c, RP_OWNER_RUST_USER).covered == 0 &&
           rp_cover_owner(c, RP_OWNER_RUST_USER).total >= MANY_FUNCTIONS;
}

const char *rp_sites_std(const rp_cover *c)
{
    return rp_cover_std_without(c) ? "; std was built without" : "";
}

void rp_sites_evidence(const rp_facts *f, rp_out *out, const rp_cover *c, const char *what)
{
    rp_cover_unread(out, c);
    if (!rp_cover_told(c))
        return;
    rp_cover_totals(f, out, c, what);
    for (uint32_t i = 0; i < c->of->nby_crate; i++) {
        const rp_coverage_row *row = &c->of->by_crate[i];
        if (row->owner == RP_OWNER_RUST_USER && row->covered > 0)
            rp_evidence(out, RP_NOWHERE, "%.*s: %u of %u function%s", RP_FMT(row->name),
                        (unsigned)row->covered, RP_MANY(row->total));
        else if (row->owner == RP_OWNER_RUST_USER && row->total >= MANY_FUNCTIONS)
            rp_evidence(out, RP_NOWHERE, "%.*s: none of %u function%s", RP_FMT(row->name),
                        RP_MANY(row->total));
    }
}
