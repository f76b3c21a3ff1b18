/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Facts of the debug directory and the Rich header: what the link left about itself. */
#include "base/buf.h"
#include "facts/pe_facts_build.h"
#include "obj/pe_parts.h"

/* Symbol servers: the GUID's fields as numbers in hex, then its bytes, then the age in hex without
 * zeros. */
static rp_str guid_text(rp_image *img, const rp_pe_debug *d)
{
    const uint8_t *g = d->guid;
    return rp_arena_printf(img->arena,
                           "%02X%02X%02X%02X%02X%02X%02X%02X%02X%02X%02X%02X%02X%02X%02X%02X%X",
                           g[3], g[2], g[1], g[0], g[5], g[4], g[7], g[6], g[8], g[9], g[10], g[11],
                           g[12], g[13], g[14], g[15], d->age);
}

/* "C++ 30795 ×12, MASM 30795 ×3": tool, its build, objects. */
static bool rich_text(rp_image *img, const rp_pe_rich_entry *entries, uint32_t n, rp_str *ret)
{
    enum { SHOWN = 16 };
    rp_buf b = {0};
    for (uint32_t i = 0; i < n && i < SHOWN; i++) {
        const rp_pe_rich_entry *e = &entries[i];
        rp_buf_puts(&b, i != 0 ? ", " : "");
        rp_buf_puts(&b, rp_pe_rich_product(e->product));
        if (e->build != 0)
            rp_buf_printf(&b, " %u", e->build);
        rp_buf_printf(&b, " ×%u", e->objects);
    }
    if (n > SHOWN)
        rp_buf_printf(&b, ", %u more", n - SHOWN);
    bool ok = !b.bad;
    if (ok)
        *ret = rp_arena_str(img->arena, rp_buf_str(&b));
    rp_buf_free(&b);
    return ok && ret->ptr != NULL;
}

static bool rich(rp_image *img, rp_pe_facts *f)
{
    const rp_pe_rich_entry *entries;
    uint32_t n;
    rp_pe_found found = rp_pe_read_rich(img, &entries, &n);
    f->rich = rp_pe_fact(found);
    if (found.is == RP_NO && found.at != RP_NOWHERE)
        rp_image_odd(img, found.at, "the checksum of the Rich header is wrong");
    return rich_text(img, entries, n, &f->rich_summary);
}

bool rp_pe_facts_debug(rp_image *img, rp_pe_facts *f)
{
    rp_pe_debug d;
    rp_pe_read_debug(img, &d);
    f->ex_characteristics = rp_pe_fact(d.ex_characteristics);
    f->ex_characteristics_value = d.ex_value;
    f->reproducible = d.repro.is == RP_YES;
    if (d.codeview.is == RP_YES) {
        f->pdb_path = d.pdb_path;
        f->pdb_at = d.codeview.at;
        f->pdb_guid = guid_text(img, &d);
        if (f->pdb_guid.ptr == NULL)
            return false;
    }
    return rich(img, f);
}
