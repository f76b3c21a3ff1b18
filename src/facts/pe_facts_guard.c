/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Facts of the load configuration: cookie, SafeSEH, Control Flow Guard and what came after it. */
#include "facts/pe_facts_build.h"
#include "obj/pe_handlers.h"

/* The value that the C runtime gives __security_cookie before the loader or start-up code replaces
 * it. */
#define COOKIE_64 0x00002b992ddfa232u
#define COOKIE_32 0xbb40e64eu
#define COOKIE_16 0xbb40u /* 32-bit images of old compilers */

static rp_fact of(bool yes, uint64_t at)
{
    return yes ? rp_fact_yes(at) : rp_fact_no(at);
}

/* The field is there and not zero. */
static rp_fact of_field(const rp_pe_load_config *lc, rp_lc_field field)
{
    return of(lc->field[field].there && lc->field[field].value != 0,
              lc->field[field].there ? lc->field[field].at : lc->at);
}

static uint32_t count_of(const rp_pe_load_config *lc, rp_lc_field field)
{
    uint64_t n = lc->field[field].value;
    return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

static bool is_default(const rp_image *img, uint64_t value)
{
    return img->pe->pe32_plus ? value == COOKIE_64 : value == COOKIE_32 || value == COOKIE_16;
}

static void cookie(rp_image *img, const rp_pe_load_config *lc, rp_pe_facts *f)
{
    f->cookie = of_field(lc, RP_LC_SECURITY_COOKIE);
    f->cookie_addr = lc->field[RP_LC_SECURITY_COOKIE].value;
    f->cookie_default = rp_fact_no(f->cookie.at);
    if (f->cookie.is != RP_YES)
        return;
    unsigned width = img->pe->pe32_plus ? 8 : 4;
    uint32_t rva;
    rp_reader r;
    const rp_pe_span *span = NULL;
    if (rp_pe_rva(img, f->cookie_addr, &rva))
        span = rp_pe_span_of(img, rva);
    if (span == NULL) {
        rp_image_odd(img, f->cookie.at, "SecurityCookie points outside the image");
        f->cookie_default = rp_fact_unknown("SecurityCookie points outside the image");
    } else if (rp_pe_reader(img, rva, width, &r)) {
        uint64_t at = rp_at(&r);
        f->cookie_value = rp_uint(&r, width);
        f->cookie_default = of(is_default(img, f->cookie_value), at);
    } /* else it lies in zeroed memory: 0 is not the default */
}

static void safe_seh(const rp_image *img, const rp_pe_load_config *lc, rp_pe_facts *f)
{
    const uint64_t at =
        lc->field[RP_LC_SE_HANDLER_TABLE].there ? lc->field[RP_LC_SE_HANDLER_TABLE].at : lc->at;
    f->safe_seh_count = count_of(lc, RP_LC_SE_HANDLER_COUNT);
    f->safe_seh = of(img->pe->machine == RP_PE_I386 &&
                         lc->field[RP_LC_SE_HANDLER_TABLE].value != 0 && f->safe_seh_count != 0,
                     at);
}

static rp_fact of_table(const rp_pe_guard_table *t)
{
    return (rp_fact){t->ok, t->at, t->ok == RP_UNKNOWN ? t->why : NULL};
}

static void guard_tables(rp_image *img, const rp_pe_load_config *lc, rp_pe_facts *f)
{
    rp_pe_guard_table t;
    rp_pe_read_guard_table(img, lc, RP_LC_CF_TABLE, RP_LC_CF_COUNT, &t);
    f->guard_table = lc->field[RP_LC_CF_TABLE].value;
    f->guard_count = count_of(lc, RP_LC_CF_COUNT);
    f->guard_table_ok = of_table(&t);
    f->iat_count = count_of(lc, RP_LC_IAT_COUNT);
    f->longjmp_count = count_of(lc, RP_LC_LONGJMP_COUNT);
    f->ehcont_count = count_of(lc, RP_LC_EHCONT_COUNT);
    rp_pe_read_guard_table(img, lc, RP_LC_EHCONT_TABLE, RP_LC_EHCONT_COUNT, &t);
    f->ehcont_table = of_table(&t);
    if (f->ehcont_table.is == RP_YES && (f->guard_flags_value & RP_GUARD_EHCONT_TABLE) == 0)
        f->ehcont_table = rp_fact_no(f->guard_flags.at);
}

/* What the table of exception continuation targets has to name. */
static bool handlers(rp_image *img, const rp_pe_load_config *lc, rp_pe_facts *f)
{
    rp_pe_handlers h;
    f->handlers = rp_fact_no(f->guard_flags.at);
    if (img->pe->machine != RP_PE_AMD64 || (f->guard_flags_value & RP_GUARD_EHCONT_TABLE) == 0)
        return true;
    if (!rp_pe_read_handlers(img, lc, &h))
        return false;
    f->handlers = (rp_fact){h.known, img->pe->dir[RP_PE_DIR_EXCEPTION].at, h.why};
    f->catching = h.catching;
    f->catching_listed = h.listed;
    f->catching_untold = h.untold;
    f->catching_unlisted = h.unlisted;
    return true;
}

static void guard(rp_image *img, const rp_pe_load_config *lc, rp_pe_facts *f)
{
    bool there = lc->field[RP_LC_GUARD_FLAGS].there;
    uint32_t flags = (uint32_t)lc->field[RP_LC_GUARD_FLAGS].value;
    uint64_t at = there ? lc->field[RP_LC_GUARD_FLAGS].at : lc->at;
    f->guard_flags = of(there, at);
    f->guard_flags_value = flags;
    f->guard_check = lc->field[RP_LC_CF_CHECK].value;
    f->guard_dispatch = lc->field[RP_LC_CF_DISPATCH].value;
    bool xfg_pointers =
        lc->field[RP_LC_XFG_CHECK].value != 0 || lc->field[RP_LC_XFG_DISPATCH].value != 0;
    f->xfg = of((flags & RP_GUARD_XFG_ENABLED) != 0 && xfg_pointers, at);
    f->castguard =
        of((flags & RP_GUARD_CASTGUARD) != 0 && lc->field[RP_LC_CASTGUARD].value != 0, at);
    f->retpoline = of((flags & RP_GUARD_RETPOLINE) != 0, at);
    f->export_suppression = of((flags & RP_GUARD_EXPORT_SUPPRESSION) != 0, at);
    f->memcpy_guard = of((flags & RP_GUARD_MEMCPY) != 0 && lc->field[RP_LC_MEMCPY].value != 0, at);
    guard_tables(img, lc, f);
}

/* The same answer for every fact that rests on the load configuration. */
static void set_all(rp_pe_facts *f, rp_fact fact)
{
    f->load_config = f->cookie = f->cookie_default = f->safe_seh = fact;
    f->guard_flags = f->guard_table_ok = f->ehcont_table = fact;
    f->xfg = f->castguard = f->retpoline = f->export_suppression = f->memcpy_guard = fact;
    f->handlers = fact;
}

/* ARM64EC code hides behind the AMD64 machine type; CHPE metadata tell. */
static void hybrid(const rp_image *img, const rp_pe_load_config *lc, rp_pe_facts *f)
{
    bool chpe = lc->field[RP_LC_CHPE_METADATA].value != 0;
    f->arm64ec = chpe && img->pe->machine == RP_PE_AMD64;
    f->arm64x = chpe && img->pe->machine == RP_PE_ARM64;
}

bool rp_pe_facts_guard(rp_image *img, rp_pe_facts *f)
{
    rp_pe_load_config lc;
    rp_pe_read_load_config(img, &lc);
    set_all(f, (rp_fact){lc.present, lc.at, lc.why});
    if (lc.present != RP_YES)
        return true;
    f->load_config_size = lc.size;
    f->load_config_addr = lc.addr;
    cookie(img, &lc, f);
    safe_seh(img, &lc, f);
    guard(img, &lc, f);
    hybrid(img, &lc, f);
    return handlers(img, &lc, f);
}
