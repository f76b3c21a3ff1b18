/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/overflow/sites.h"

#include "base/buf.h"

/* A crate without a check was built without when it had the occasion for some. Measured in programs
 * built with checks: among so many indexings there were at least five, and among so many places of
 * any kind; crates with 36 places and 8 indexings had none. */
enum { MANY_BOUNDS = 20, MANY_PLACES = 200, MANY_FUNCTIONS = 20, NAMES_SHOWN = 3 };

static bool is_program(const rp_checked_crate *c)
{
    return c->owner == RP_OWNER_RUST_USER;
}

rp_sites rp_sites_overflow(const rp_checked_crate *c)
{
    if (c->overflow != 0)
        return RP_SITES_WITH;
    bool occasion = c->bounds >= MANY_BOUNDS || c->places >= MANY_PLACES;
    return occasion ? RP_SITES_WITHOUT : RP_SITES_UNTOLD;
}

rp_sites rp_sites_asserts(const rp_checked_crate *c)
{
    return c->debug_asserts != 0 ? RP_SITES_WITH : RP_SITES_UNTOLD;
}

rp_sites_sum rp_sites_sum_of(const rp_facts *f, rp_sites_fn *of)
{
    rp_sites_sum sum = {0};
    for (uint32_t i = 0; i < f->code->nchecked; i++) {
        const rp_checked_crate *c = &f->code->checked[i];
        rp_sites how = of(c);
        if (!is_program(c))
            continue;
        uint32_t *own[] = {&sum.own_untold, &sum.own_with, &sum.own_without};
        uint32_t *other[] = {&sum.untold, &sum.with, &sum.without};
        ++*(c->own == RP_YES ? own : other)[how];
    }
    return sum;
}

static rp_str name_of(const rp_checked_crate *c)
{
    return c->name.len != 0 ? c->name : RP_STR("the program's own crate");
}

static void put_names(const rp_facts *f, rp_buf *text, rp_sites_fn *of, rp_sites how, bool own,
                      uint32_t *shown, uint32_t *more)
{
    for (uint32_t i = 0; i < f->code->nchecked; i++) {
        const rp_checked_crate *c = &f->code->checked[i];
        if (!is_program(c) || (c->own == RP_YES) != own || of(c) != how)
            continue;
        if (*shown == NAMES_SHOWN) {
            ++*more;
            continue;
        }
        rp_buf_printf(text, "%s%.*s", *shown == 0 ? "" : ", ", RP_FMT(name_of(c)));
        ++*shown;
    }
}

const char *rp_sites_names(const rp_facts *f, rp_out *out, rp_sites_fn *of, rp_sites how)
{
    rp_buf text = {0};
    uint32_t shown = 0, more = 0;
    put_names(f, &text, of, how, true, &shown, &more);
    put_names(f, &text, of, how, false, &shown, &more);
    if (more != 0)
        rp_buf_printf(&text, " and %u more", (unsigned)more);
    rp_str copy = rp_arena_str(out->arena, rp_buf_str(&text));
    bool failed = text.bad || copy.ptr == NULL;
    rp_buf_free(&text);
    if (!failed)
        return copy.ptr;
    out->out_of_memory = true;
    return "";
}

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

static void put_crate(rp_out *out, const rp_checked_crate *c, rp_sites_fn *of)
{
    const char *own = c->own == RP_YES && c->name.len != 0 ? " (the program's own)" : "";
    if (of == rp_sites_asserts)
        rp_evidence(out, RP_NOWHERE, "%.*s%s: %u debug assertion%s in %u function%s",
                    RP_FMT(name_of(c)), own, RP_MANY(c->debug_asserts), RP_MANY(c->functions));
    else
        rp_evidence(
            out, RP_NOWHERE,
            "%.*s%s: %u overflow check%s and %u bounds check%s at %u place%s that can panic",
            RP_FMT(name_of(c)), own, RP_MANY(c->overflow), RP_MANY(c->bounds), RP_MANY(c->places));
}

void rp_sites_evidence(const rp_facts *f, rp_out *out, const rp_cover *c, rp_sites_fn *of,
                       const char *what)
{
    rp_cover_unread(out, c);
    if (!rp_cover_told(c))
        return;
    rp_cover_totals(f, out, c, what);
    for (uint32_t i = 0; i < f->code->nchecked; i++) {
        const rp_checked_crate *crate = &f->code->checked[i];
        if (is_program(crate) && (crate->own == RP_YES || of(crate) != RP_SITES_UNTOLD))
            put_crate(out, crate, of);
    }
}
