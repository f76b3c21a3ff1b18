/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "report/coverage.h"

#include "report/json_parts.h"
#include "text/display.h"

/* ---- text ---- */

static const char *owner_words(rp_owner owner)
{
    static const char *const words[RP_OWNER_COUNT] = {
        [RP_OWNER_UNKNOWN] = "",         [RP_OWNER_RUST_USER] = "Rust",
        [RP_OWNER_RUST_STD] = "std",     [RP_OWNER_C] = "C",
        [RP_OWNER_CPP] = "C++",          [RP_OWNER_ASSEMBLY] = "assembly",
        [RP_OWNER_RUNTIME] = "run-time", [RP_OWNER_OTHER] = "another language",
    };
    return words[owner];
}

uint32_t rp_outside_total(const rp_out *r)
{
    const rp_coverage *c = r->coverage;
    uint32_t n = 0;
    if (c == NULL || c->known != RP_YES)
        return 0;
    if (c->nby_owner == 0)
        return c->total - c->covered;
    for (uint32_t i = 0; i < c->nby_owner; i++)
        if ((r->coverage_owners >> (unsigned)c->by_owner[i].owner & 1u) != 0)
            n += c->by_owner[i].total - c->by_owner[i].covered;
    return n;
}

const rp_code_place *rp_outside_next(const rp_out *r, uint32_t *at)
{
    const rp_coverage *c = r->coverage;
    while (c != NULL && c->known == RP_YES && *at < c->noutside) {
        const rp_code_place *place = &c->outside[(*at)++];
        if ((r->coverage_owners >> (unsigned)place->owner & 1u) != 0)
            return place;
    }
    return NULL;
}

void rp_put_outside(const rp_report_options *opt, rp_buf *out, const rp_out *r,
                    const rp_code_place *place)
{
    const char *owner = owner_words(place->owner);
    rp_str of = place->crate.len != 0 ? place->crate : place->object;
    bool words = owner[0] != '\0';
    if (place->name.len != 0)
        rp_put_text(opt, out, place->name);
    else
        rp_buf_puts(out, "a function without a name");
    if (words || of.len != 0) {
        rp_buf_puts(out, " (");
        rp_buf_puts(out, owner);
        rp_buf_puts(out, words && of.len != 0 ? ", " : "");
        rp_put_text(opt, out, of);
        rp_buf_char(out, ')');
    }
    rp_buf_printf(out, " at 0x%llx", (unsigned long long)place->addr);
    if (place->line != 0) {
        rp_buf_puts(out, ", ");
        rp_put_text(opt, out, place->file);
        rp_buf_printf(out, ":%u", (unsigned)place->line);
    }
    if (r->coverage_unit != NULL)
        rp_buf_printf(out, ", %u %s", (unsigned)place->detail, r->coverage_unit);
}

const rp_coverage_row *rp_coverage_rows(const rp_report_options *opt, const rp_coverage *coverage,
                                        uint32_t *ret_n)
{
    *ret_n = 0;
    if (coverage == NULL || coverage->known != RP_YES)
        return NULL;
    switch (opt->by) {
    case RP_BY_CRATE:
        *ret_n = coverage->nby_crate;
        return coverage->by_crate;
    case RP_BY_LANGUAGE:
        *ret_n = coverage->nby_owner;
        return coverage->by_owner;
    case RP_BY_OBJECT:
        *ret_n = coverage->nby_object;
        return coverage->by_object;
    case RP_BY_NOTHING:
        break;
    }
    return NULL;
}

bool rp_coverage_rest(const rp_report_options *opt, const rp_coverage *coverage,
                      rp_coverage_row *ret)
{
    uint32_t n;
    const rp_coverage_row *rows = rp_coverage_rows(opt, coverage, &n);
    if (coverage == NULL || coverage->known != RP_YES ||
        (opt->by != RP_BY_CRATE && opt->by != RP_BY_OBJECT))
        return false;
    *ret = (rp_coverage_row){.covered = coverage->covered, .total = coverage->total};
    ret->name =
        opt->by == RP_BY_CRATE ? RP_STR("(of no known crate)") : RP_STR("(of no known object)");
    for (uint32_t i = 0; i < n; i++) {
        ret->covered -= rows[i].covered;
        ret->total -= rows[i].total;
    }
    return ret->total != 0;
}

void rp_put_coverage_row(const rp_report_options *opt, rp_buf *out, const rp_coverage_row *row,
                         size_t names)
{
    size_t start = out->len;
    if (row->name.len != 0)
        rp_put_text(opt, out, row->name);
    else
        rp_buf_puts(out, "(not told)");
    size_t width = rp_display_width((rp_str){out->ptr ? out->ptr + start : "", out->len - start});
    rp_put_gap(out, width, names + 2);
    rp_buf_printf(out, "%u of %u", row->covered, row->total);
}

/* ---- JSON ---- */

static const char *owner_key(rp_owner owner)
{
    static const char *const keys[RP_OWNER_COUNT] = {
        [RP_OWNER_UNKNOWN] = "unknown",   [RP_OWNER_RUST_USER] = "rust",
        [RP_OWNER_RUST_STD] = "rust-std", [RP_OWNER_C] = "c",
        [RP_OWNER_CPP] = "cpp",           [RP_OWNER_ASSEMBLY] = "assembly",
        [RP_OWNER_RUNTIME] = "run-time",  [RP_OWNER_OTHER] = "other",
    };
    return keys[owner];
}

static void put_rows(const rp_report_options *opt, rp_json *j, const char *key,
                     const rp_coverage_row *rows, uint32_t n)
{
    rp_json_key(j, key);
    rp_json_open_list(j);
    for (uint32_t i = 0; i < n; i++) {
        rp_json_open(j);
        rp_json_put(opt, j, "name", rows[i].name);
        rp_json_cstr(j, "owner", owner_key(rows[i].owner));
        rp_json_num(j, "covered", rows[i].covered);
        rp_json_num(j, "total", rows[i].total);
        rp_json_close(j);
    }
    rp_json_close_list(j);
}

static void put_places(const rp_report_options *opt, rp_json *j, const rp_coverage *c)
{
    rp_json_key(j, "outside");
    rp_json_open_list(j);
    for (uint32_t i = 0; i < c->noutside; i++) {
        const rp_code_place *p = &c->outside[i];
        rp_json_open(j);
        rp_json_put(opt, j, "name", p->name);
        rp_json_cstr(j, "owner", owner_key(p->owner));
        rp_json_put(opt, j, "crate", p->crate);
        rp_json_put(opt, j, "object", p->object);
        rp_json_put(opt, j, "file", p->file);
        rp_json_num(j, "line", p->line);
        rp_json_num(j, "address", p->addr);
        rp_json_at(j, "offset", p->at);
        rp_json_num(j, "function", p->function);
        rp_json_num(j, "size", p->size);
        rp_json_num(j, "detail", p->detail);
        rp_json_close(j);
    }
    rp_json_close_list(j);
}

void rp_json_coverage(const rp_report_options *opt, rp_json *j, const rp_coverage *c)
{
    rp_json_key(j, "coverage");
    if (c == NULL || c->known != RP_YES) {
        rp_json_null(j);
        return;
    }
    rp_json_open(j);
    rp_json_num(j, "covered", c->covered);
    rp_json_num(j, "total", c->total);
    put_rows(opt, j, "by_language", c->by_owner, c->nby_owner);
    put_rows(opt, j, "by_crate", c->by_crate, c->nby_crate);
    put_rows(opt, j, "by_object", c->by_object, c->nby_object);
    put_places(opt, j, c);
    rp_json_close(j);
}
