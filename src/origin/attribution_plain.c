/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Functions that nothing but a plain name tells of: C's, or #[no_mangle] ones of Rust. */
#include "base/numbers.h"
#include "origin/attribution_parts.h"
#include "origin/evidence.h"

#include <stdlib.h>

typedef struct {
    bool rust;      /* some code is Rust's */
    bool units;     /* file symbols name codegen units of rustc */
    bool c;         /* … or sources of C, C++ or an assembler */
    uint32_t crate; /* the only one of the program that they name, RP_NO_CRATE */
} company;

/* The crate of a codegen unit, unless it is std's. */
static bool add_unit(rp_attributing *a, rp_str object, company *in, bool *several)
{
    rp_str crate = rp_unit_crate(object);
    in->units = true;
    if (crate.len == 0 || rp_crate_is_std(crate) || rp_crate_is_std_dependency(crate))
        return true;
    rp_crate_row row = {.name = crate, .version = {"", 0}, .owner = RP_OWNER_RUST_USER};
    uint32_t index = rp_crate_table_row(&a->table, &row);
    *several |= in->crate != RP_NO_CRATE && in->crate != index;
    in->crate = index;
    return index != RP_NO_CRATE;
}

static bool look_around(rp_attributing *a, company *ret)
{
    bool several = false;
    rp_comment comment = {0};
    rp_comment_of(a->img, &comment); /* all that is left where the linker took std out */
    *ret = (company){.crate = RP_NO_CRATE, .rust = comment.rustc.len != 0};
    for (uint32_t i = 0; i < a->functions->n && !ret->rust; i++)
        ret->rust =
            a->items[i].owner == RP_OWNER_RUST_USER || a->items[i].owner == RP_OWNER_RUST_STD;
    for (uint32_t i = 0; i < a->functions->nobjects; i++) {
        rp_owner owner = rp_owner_of_file(a->functions->objects[i]);
        ret->c |= owner == RP_OWNER_C || owner == RP_OWNER_CPP || owner == RP_OWNER_ASSEMBLY;
        if (owner == RP_OWNER_RUST_USER && !add_unit(a, a->functions->objects[i], ret, &several))
            return false;
    }
    if (several)
        ret->crate = RP_NO_CRATE;
    return true;
}

typedef RP_VEC(uint64_t) addresses;

static bool exports_of(rp_attributing *a, addresses *ret)
{
    rp_image_symbols(a->img);
    for (uint32_t i = 0; i < a->img->nsymbols; i++) {
        const rp_symbol *s = &a->img->symbols[i];
        uint64_t *to = s->dynamic && s->defined ? rp_vec_push(a->arena, ret) : NULL;
        if (to != NULL)
            *to = s->addr;
        else if (s->dynamic && s->defined)
            return false;
    }
    if (ret->n != 0)
        qsort(ret->items, ret->n, sizeof *ret->items, rp_ascending_u64);
    return true;
}

static bool is_exported(const addresses *exports, uint64_t addr)
{
    return exports->n != 0 &&
           bsearch(&addr, exports->items, exports->n, sizeof addr, rp_ascending_u64) != NULL;
}

/* File symbols that name Rust's units and no source of C leave nothing but Rust, those of C make a
 * plain name C's: what a program has of #[no_mangle], it mostly calls itself. But a library's
 * exports may be either's, and without file symbols so may all names. */
static void settle(rp_fn_origin *o, const company *in, bool exported)
{
    bool rust = in->units && !in->c;
    if (in->rust && !rust && (exported || !in->c))
        return;
    o->by = rust ? RP_ATTR_NEIGHBOURS : RP_ATTR_SYMBOL;
    o->owner = rust ? RP_OWNER_RUST_USER : RP_OWNER_C;
    o->crate = rust ? in->crate : RP_NO_CRATE;
}

bool rp_attribute_plain(rp_attributing *a)
{
    company in;
    addresses exports = {0};
    if (!look_around(a, &in) ||
        (a->img->kind == RP_KIND_LIBRARY && in.rust && !exports_of(a, &exports)))
        return false;
    for (uint32_t i = 0; i < a->functions->n; i++) {
        const rp_function *f = &a->functions->items[i];
        if (a->items[i].by == RP_ATTR_NONE && f->name.len != 0)
            settle(&a->items[i], &in, is_exported(&exports, f->start));
    }
    return true;
}
