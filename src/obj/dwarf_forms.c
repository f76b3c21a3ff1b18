/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/dwarf_forms.h"

/* Bytes of a form of fixed size; 0 for the others. */
static unsigned fixed_size(uint64_t form, rp_dwarf_encoding e)
{
    static const uint8_t sizes[] = {
        [DW_FORM_data1] = 1,    [DW_FORM_flag] = 1,     [DW_FORM_ref1] = 1,
        [DW_FORM_strx1] = 1,    [DW_FORM_addrx1] = 1,   [DW_FORM_data2] = 2,
        [DW_FORM_ref2] = 2,     [DW_FORM_strx2] = 2,    [DW_FORM_addrx2] = 2,
        [DW_FORM_strx3] = 3,    [DW_FORM_addrx3] = 3,   [DW_FORM_data4] = 4,
        [DW_FORM_ref4] = 4,     [DW_FORM_ref_sup4] = 4, [DW_FORM_strx4] = 4,
        [DW_FORM_addrx4] = 4,   [DW_FORM_data8] = 8,    [DW_FORM_ref8] = 8,
        [DW_FORM_ref_sig8] = 8, [DW_FORM_ref_sup8] = 8};
    switch (form) {
    case DW_FORM_addr:
        return e.address_size;
    case DW_FORM_ref_addr: /* DWARF 2: as long as an address */
        return e.version < 3 ? e.address_size : e.wide ? 8 : 4;
    case DW_FORM_strp:
    case DW_FORM_line_strp:
    case DW_FORM_sec_offset:
    case DW_FORM_strp_sup:
    case DW_FORM_GNU_ref_alt:
    case DW_FORM_GNU_strp_alt:
        return e.wide ? 8 : 4;
    default:
        return form < RP_COUNT(sizes) ? sizes[form] : 0;
    }
}

static uint64_t fixed(rp_reader *r, unsigned size)
{
    if (size != 3)
        return rp_uint(r, size);
    uint64_t a = rp_u8(r), b = rp_u8(r), c = rp_u8(r);
    return r->big ? a << 16 | b << 8 | c : c << 16 | b << 8 | a;
}

/* Blocks and expressions: their length only. */
static uint64_t block(rp_reader *r, uint64_t form)
{
    uint64_t len = form == DW_FORM_block1   ? rp_u8(r)
                   : form == DW_FORM_block2 ? rp_u16(r)
                   : form == DW_FORM_block4 ? rp_u32(r)
                                            : rp_uleb(r);
    rp_skip_bytes(r, len);
    return len;
}

rp_dwarf_value rp_dwarf_form(rp_reader *r, uint64_t form, rp_dwarf_encoding e, int64_t implicit)
{
    rp_dwarf_value v = {.form = form, .text = {"", 0}};
    unsigned size = fixed_size(form, e);
    if (size != 0) {
        v.value = fixed(r, size);
        return v;
    }
    switch (form) {
    case DW_FORM_string:
        v.text = rp_next_cstr(r);
        break;
    case DW_FORM_block:
    case DW_FORM_block1:
    case DW_FORM_block2:
    case DW_FORM_block4:
    case DW_FORM_exprloc:
        v.value = block(r, form);
        break;
    case DW_FORM_data16:
        rp_skip_bytes(r, 16);
        break;
    case DW_FORM_sdata:
        v.value = (uint64_t)rp_sleb(r);
        break;
    case DW_FORM_udata:
    case DW_FORM_ref_udata:
    case DW_FORM_strx:
    case DW_FORM_addrx:
    case DW_FORM_loclistx:
    case DW_FORM_rnglistx:
    case DW_FORM_GNU_addr_index:
    case DW_FORM_GNU_str_index:
        v.value = rp_uleb(r);
        break;
    case DW_FORM_flag_present:
        v.value = 1;
        break;
    case DW_FORM_implicit_const:
        v.value = (uint64_t)implicit;
        break;
    default: /* DW_FORM_indirect too: no producer uses it for a unit */
        r->bad = true;
    }
    return v;
}

bool rp_dwarf_form_is_strx(uint64_t form)
{
    return form == DW_FORM_strx || form == DW_FORM_GNU_str_index ||
           (form >= DW_FORM_strx1 && form <= DW_FORM_strx4);
}

bool rp_dwarf_form_is_addrx(uint64_t form)
{
    return form == DW_FORM_addrx || form == DW_FORM_GNU_addr_index ||
           (form >= DW_FORM_addrx1 && form <= DW_FORM_addrx4);
}
